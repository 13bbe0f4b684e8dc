"""Stories of the action plan: referred back, rejected, found wanting, and what each leaves behind."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import delete

from app.db.prevention import municipalities, records
from app.db.prevention.action_plans import ActionPlan, Decision
from app.db.prevention.measures import Measure
from app.db.prevention.meetings import PlannedMeeting
from app.db.process import process_instances
from app.services.facts import organisation
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.timelines import completed, ended, in_turn, of

PERIOD = (["atgardsplan"], date(2027, 1, 1), date(2027, 8, 31))


@pytest.fixture(autouse=True)
def groundwork(send: Callable[[str, str], None]) -> None:
    """The council of December has agreed, and the situation picture is adopted."""
    send("radet.atgarder", "2027")
    send("lagesbild.faststalld", "2027")


def _left(installation: Installation) -> tuple[ActionPlan, list[Decision], list[Measure]]:
    with begin_system(installation) as uow:
        (plan,) = records.of_year(uow.session, ActionPlan, "askersund", 2027)
        decisions = records.of_year(uow.session, Decision, "askersund", 2027)
        return plan, decisions, records.of_year(uow.session, Measure, "askersund", 2027)


def test_a_plan_referred_back_gets_new_proposals_and_is_decided_again(installation: Installation, tell: Tell) -> None:
    rows = tell(*PERIOD, answers={"atgardsplan.beslut": [{"beslut": "återremiss", "paragraf": "§ 21"}]})
    assert in_turn(rows, "beslut", "foresla_atgarder", "skriv_om_tjansteskrivelsen", "kvalitetsgrind", "beslut")
    assert completed(rows).count("del1_problem_skydd") == 1
    plan, decisions, measures = _left(installation)
    assert (plan.status, plan.paragraph) == ("adopted", "§ 39")
    # Both decisions were made, so both are kept.
    assert [(d.text, d.paragraph) for d in decisions] == [("återremiss", "§ 21"), ("antagen", "§ 39")]
    assert {(m.status, m.action_plan_id) for m in measures} == {("decided", plan.id)}
    assert ended(rows, "atgardsplan")


def test_a_plan_referred_back_works_towards_the_next_meeting_that_papers_can_still_reach(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(*PERIOD, answers={"atgardsplan.beslut": [{"beslut": "återremiss", "paragraf": "§ 21"}]})
    # The board meets on 13 April too, but its papers were due in March.
    first, second = of(rows, "task_opened", "beslut")
    assert (first["due_on"], second["due_on"]) == ("2027-03-23", "2027-05-18")
    proposals = of(rows, "task_opened", "foresla_atgarder")[3:]
    (rewritten,) = of(rows, "task_opened", "skriv_om_tjansteskrivelsen")
    with begin_system(installation) as uow:
        (instance,) = process_instances.page(uow.session, ["askersund"], key="atgardsplan")
        meeting = organisation(uow, "askersund").plan.at("KS", date(2027, 5, 18))
    assert meeting is not None
    assert {row["due_on"] for row in proposals} == {"2027-04-05"}
    assert rewritten["due_on"] == meeting.manuscript_stop_on.isoformat()
    assert (instance.anchor_on, instance.variables["anchor"]) == (date(2027, 5, 18), "2027-05-18")
    assert of(rows, "incident_opened") == []


def test_the_secretary_may_name_the_meeting_that_a_plan_comes_back_to(installation: Installation, tell: Tell) -> None:
    back = {"beslut": "återremiss", "paragraf": "§ 21", "nytt_sammantrade": "2027-04-13"}
    rows = tell(*PERIOD, answers={"atgardsplan.beslut": [back]})
    assert [row["due_on"] for row in of(rows, "task_opened", "beslut")] == ["2027-03-23", "2027-04-13"]
    assert _left(installation)[0].status == "adopted"


def test_a_plan_sent_back_twice_does_not_return_to_the_meeting_it_came_from(tell: Tell) -> None:
    named = {"beslut": "återremiss", "nytt_sammantrade": "2027-04-13"}
    rows = tell(*PERIOD, answers={"atgardsplan.beslut": [named, {"beslut": "återremiss"}]})
    due = [row["due_on"] for row in of(rows, "task_opened", "beslut")]
    assert due == ["2027-03-23", "2027-04-13", "2027-05-18"]


def test_a_plan_with_no_meeting_to_come_back_to_is_an_incident_that_says_so(
    installation: Installation, tell: Tell
) -> None:
    with begin_system(installation) as uow:
        uow.session.execute(delete(PlannedMeeting).where(PlannedMeeting.on > date(2027, 3, 23)))
        municipalities.touch(uow.session, "askersund")
    rows = tell(*PERIOD, answers={"atgardsplan.beslut": [{"beslut": "återremiss"}]})
    (incident,) = of(rows, "incident_opened")
    assert incident["element"] == "flytta_till_nasta_sammantrade"
    assert "inget senare sammanträde för kommunstyrelsen" in incident["detail"]["sv"]


def test_a_plan_cannot_come_back_to_a_day_that_has_been(tell: Tell) -> None:
    rows = tell(*PERIOD, answers={"atgardsplan.beslut": [{"beslut": "återremiss", "nytt_sammantrade": "2027-02-16"}]})
    (incident,) = of(rows, "incident_opened")
    assert "dagen har varit" in incident["detail"]["sv"]


def test_new_measures_of_a_second_round_stand_beside_those_of_the_first(installation: Installation, tell: Tell) -> None:
    rows = tell(*PERIOD, answers={"atgardsplan.beslut": [{"beslut": "återremiss"}]})
    proposed = of(rows, "record_saved", "foresla_atgarder")
    plan, _decisions, measures = _left(installation)
    # Two from each of three departments, written twice: the same records, not new ones.
    assert len(proposed) == 12
    assert len(measures) == 6
    assert {m.action_plan_id for m in measures} == {plan.id}


def test_a_rejected_plan_ends_and_its_measures_stay_proposals(installation: Installation, tell: Tell) -> None:
    rows = tell(*PERIOD, answers={"atgardsplan.beslut": [{"beslut": "avslag"}]})
    assert "expediera" not in completed(rows)
    assert ended(rows, "atgardsplan")
    plan, (decision,), measures = _left(installation)
    assert (plan.status, decision.text) == ("rejected", "avslag")
    assert {m.status for m in measures} == {"proposed"}


def test_a_plan_that_lacks_a_part_is_completed_before_it_goes_on(installation: Installation, tell: Tell) -> None:
    better = "Polisen ringer socialtjänsten inom en timme."
    rows = tell(
        *PERIOD,
        answers={
            "atgardsplan.kvalitetsgrind": [{"del3_klar": False, "avvikelse_motiv": "Rutinen saknar tider."}],
            "atgardsplan.komplettera_delar": [{"rutin": better, "problembild": "", "varningstecken": " "}],
        },
    )
    assert in_turn(rows, "kvalitetsgrind", "komplettera_delar", "kvalitetsgrind", "beredning", "beslut")
    plan, _decisions, _measures = _left(installation)
    assert plan.coordination == better
    # What was left empty is as it was written first, and part 2 is gathered from the departments.
    assert "tre problem" in str(plan.problem_picture)
    assert "Barn och Utbildningsförvaltningen, Årskurs 6–9" in str(plan.warning_signs)


def test_a_department_that_proposes_nothing_does_not_hold_the_plan(installation: Installation, tell: Tell) -> None:
    rows = tell(*PERIOD, silent=frozenset({("atgardsplan.foresla_atgarder", "Folkhälsoteamet")}))
    (silence,) = of(rows, "timer_fired", "foresla_atgarder")
    assert silence["scope"] == "Folkhälsoteamet"
    plan, _decisions, measures = _left(installation)
    assert plan.status == "adopted"
    assert {m.department_name for m in measures} == {"Socialförvaltningen", "Barn och Utbildningsförvaltningen"}


def test_a_department_that_tells_no_signs_does_not_hold_the_plan_and_its_autumn_report_speaks_for_it(
    installation: Installation, tell: Tell
) -> None:
    silent = frozenset({("atgardsplan.del2_varningstecken", "Socialförvaltningen")})
    rows = tell(["forvaltningsrapport", "atgardsplan"], date(2026, 10, 1), date(2027, 6, 30), silent=silent)
    (silence,) = of(rows, "timer_fired", "del2_varningstecken")
    assert silence["scope"] == "Socialförvaltningen"
    plan, _decisions, _measures = _left(installation)
    assert plan.status == "adopted"
    lines = str(plan.warning_signs).splitlines()
    assert "Socialförvaltningen, Hemtjänsten: Den äldre är orolig för sitt bankkonto." in lines[-1]
    assert {line.split(",")[0] for line in lines} == {
        "Socialförvaltningen", "Barn och Utbildningsförvaltningen", "Folkhälsoteamet",
    }  # fmt: skip


def test_a_plan_for_which_nobody_tells_any_signs_is_still_decided(installation: Installation, tell: Tell) -> None:
    names = ("Socialförvaltningen", "Barn och Utbildningsförvaltningen", "Folkhälsoteamet")
    rows = tell(*PERIOD, silent=frozenset({("atgardsplan.del2_varningstecken", name) for name in names}))
    assert len(of(rows, "timer_fired", "del2_varningstecken")) == 3
    assert _left(installation)[0].warning_signs is None
    assert ended(rows, "atgardsplan")
