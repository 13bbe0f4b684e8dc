"""Stories of the year's planning: who represents whom, the meetings of next year, the gap, and the vacant role."""

from datetime import date

from app.db import people
from app.db.prevention import meetings
from app.db.process import history
from app.services.facts import organisation
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.timelines import completed, day, ended, in_turn, of

PERIOD = (["verksamhetsar", "atgardsplan", "politisk_rapport"], date(2026, 9, 1), date(2026, 10, 31))
NEXT = {"ks": ["2027-01-19", "2027-03-23", "2027-08-31"], "ksau": [], "kf": ["2027-04-26", "2027-08-30"]}


def _days(installation: Installation, organ: str) -> set[date]:
    with begin_system(installation) as uow:
        return {m.on for m in meetings.planned(uow.session, "askersund") if m.organ == organ}


def test_every_department_names_somebody_and_the_roles_are_confirmed_in_september(tell: Tell) -> None:
    rows = tell(*PERIOD, answers={"verksamhetsar.ange_sammantraden": [NEXT]})
    assert day(of(rows, "instance_started")[0]) == date(2026, 9, 1)
    named = of(rows, "task_completed", "utse_representanter")
    assert {row["scope"] for row in named} == {
        "Socialförvaltningen", "Barn och Utbildningsförvaltningen", "Folkhälsoteamet",
    }  # fmt: skip
    assert in_turn(rows, "ange_sammantraden", "bekrafta_roller")
    assert ended(rows, "verksamhetsar")
    assert all(day(row) <= date(2026, 9, 30) for row in of(rows, "task_completed"))


def test_the_secretarys_days_become_planned_meetings_with_their_manuscript_stops(
    installation: Installation, tell: Tell
) -> None:
    before = _days(installation, "KS")
    rows = tell(*PERIOD, answers={"verksamhetsar.ange_sammantraden": [NEXT]})
    assert of(rows, "incident_opened") == []
    # One day is new; the others stood in the plan already and stand there once.
    assert _days(installation, "KS") - before == {date(2027, 8, 31)}
    assert date(2027, 8, 30) in _days(installation, "KF")
    with begin_system(installation) as uow:
        meeting = organisation(uow, "askersund").plan.at("KS", date(2027, 8, 31))
    assert meeting is not None
    assert meeting.manuscript_stop_on < meeting.on


def test_a_year_without_a_board_meeting_in_march_is_warned_of_with_the_nearest_earlier_one(
    installation: Installation, tell: Tell
) -> None:
    with begin_system(installation) as uow:
        for planned in meetings.planned(uow.session, "askersund"):
            if planned.organ == "KS" and (planned.on.year, planned.on.month) == (2027, 3):
                uow.session.delete(planned)
    no_march = {**NEXT, "ks": ["2027-01-19"]}
    rows = tell(*PERIOD, answers={"verksamhetsar.ange_sammantraden": [no_march]})
    assert "los_luckan" in completed(rows)
    with begin_system(installation) as uow:
        told = [e for e in history.since(uow.session, "askersund", 0, 10_000) if e.element == "varna_for_luckan"]
    (warning,) = [e.detail["text"] for e in told if e.kind == "action_done"]
    assert "Inget sammanträde med kommunstyrelsen i mars 2027." in warning
    assert "Närmast före är" in warning
    assert "16 februari 2027" in warning


def test_a_vacant_role_goes_to_the_municipal_director(tell: Tell) -> None:
    vacant = {"roll_tom": True, "tomma_roller": "Analysledare"}
    rows = tell(
        *PERIOD,
        answers={"verksamhetsar.ange_sammantraden": [NEXT], "verksamhetsar.bekrafta_roller": [vacant]},
    )
    (filled,) = of(rows, "task_completed", "tillsatt_roller")
    assert filled["role"] == "municipal_director"
    assert ended(rows, "verksamhetsar")


def test_a_department_that_names_nobody_does_not_hold_the_year(tell: Tell) -> None:
    rows = tell(
        *PERIOD,
        answers={"verksamhetsar.ange_sammantraden": [NEXT]},
        silent=frozenset({("verksamhetsar.utse_representanter", "Folkhälsoteamet")}),
    )
    (silence,) = of(rows, "timer_fired", "utse_representanter")
    assert silence["scope"] == "Folkhälsoteamet"
    assert ended(rows, "verksamhetsar")


def _held(installation: Installation, on: date) -> set[tuple[str, str]]:
    """(Name, role) of whoever represents the social services on a day."""
    with begin_system(installation) as uow:
        (unit,) = [p for p in organisation(uow, "askersund").places if p.name == "Socialförvaltningen"]
        found = people.holders(uow.session, "askersund", "department_rep", unit.id, on)
    return {(name, "department_rep") for _, name in found}


def test_whoever_is_named_holds_the_role_next_year(installation: Installation, tell: Tell) -> None:
    with begin_system(installation) as uow:
        known = people.everyone_in(uow.session, "askersund", uow.today)
    somebody = known[0][1]
    rows = tell(
        *PERIOD,
        answers={
            "verksamhetsar.ange_sammantraden": [NEXT],
            "verksamhetsar.utse_representanter": [{"representant": somebody, "ersattare": None}],
        },
    )
    assert of(rows, "incident_opened") == []
    before = _held(installation, date(2026, 12, 31))
    assert _held(installation, date(2027, 1, 1)) - before <= {(somebody, "department_rep")}
    assert (somebody, "department_rep") in _held(installation, date(2027, 6, 1))
    assert "valj_personer" not in completed(rows)


def test_a_name_that_nobody_has_comes_to_the_coordinator_until_it_is_settled(
    installation: Installation, tell: Tell
) -> None:
    later = {"personer": [], "ga_vidare": False}
    rows = tell(*PERIOD, answers={"verksamhetsar.ange_sammantraden": [NEXT], "verksamhetsar.valj_personer": [later]})
    assert completed(rows).count("valj_personer") == 2
    assert ended(rows, "verksamhetsar")
    with begin_system(installation) as uow:
        told = [e for e in history.since(uow.session, "askersund", 0, 10_000) if e.element == "ge_rollerna"]
    missing = [e.detail["unknown"] for e in told if e.kind == "action_done"]
    assert "Socialförvaltningen, representant: Utvecklingsledaren" in missing[0]
