"""Stories of a measure that is carried out: begun, in trouble, handed over, late, and judged by whoever did it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.db.prevention import evaluations, goals, records, status_reports
from app.db.prevention.measures import Measure
from app.db.process import process_instances
from app.db.process.process_instances import ProcessInstance
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Rows, Tell
from tests.workflows.timelines import day, ended, of

PROCESSES = ["atgardsplan", "atgard"]
PERIOD = (PROCESSES, date(2027, 1, 1), date(2028, 2, 28))
OTHERS = frozenset(
    ("atgardsplan.foresla_atgarder", name) for name in ("Barn och Utbildningsförvaltningen", "Folkhälsoteamet")
)
WALK, EVENINGS = "Trygghetsvandring i centrum vår och höst", "Öppna kvällar för unga fredagar kl. 19–23"


@pytest.fixture(autouse=True)
def groundwork(send: Callable[[str, str], None]) -> None:
    """The council of December has agreed, and the situation picture is adopted."""
    send("radet.atgarder", "2027")
    send("lagesbild.faststalld", "2027")


def _measures(installation: Installation) -> dict[str, Measure]:
    with begin_system(installation) as uow:
        return {str(m.title): m for m in records.of_year(uow.session, Measure, "askersund", 2027)}


def _instances(installation: Installation) -> dict[str, ProcessInstance]:
    with begin_system(installation) as uow:
        found = process_instances.page(uow.session, ["askersund"], key="atgard")
    return {instance.name.partition(": ")[2]: instance for instance in found}


def _of_one(rows: Rows, instance: ProcessInstance) -> Rows:
    return [row for row in rows if row["instance"] == str(instance.id)]


def test_each_measure_of_the_adopted_plan_is_carried_out_by_its_department_and_judged(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(*PERIOD, silent=OTHERS)
    (decided,) = of(rows, "task_completed", "beslut")
    begun = [row for row in of(rows, "instance_started") if row["process"] == "atgard"]
    assert {day(row) for row in begun} == {day(decided)}
    started = _instances(installation)
    assert set(started) == {WALK, EVENINGS}
    # T is the last day that the plan gives the measure.
    assert started[WALK].anchor_on == date(2027, 10, 31)
    confirmed = of(rows, "task_opened", "bekrafta")
    assert {(row["role"], row["scope"]) for row in confirmed} == {("measure_owner", "Socialförvaltningen")}
    assert ended(rows, "atgard")
    assert of(rows, "incident_opened") == []
    assert {m.status for m in _measures(installation).values()} == {"evaluated"}


def test_every_quarter_a_report_is_kept_and_its_value_is_measured(installation: Installation, tell: Tell) -> None:
    rows = tell(*PERIOD, silent=OTHERS)
    measure = _measures(installation)[WALK]
    mine = _of_one(rows, _instances(installation)[WALK])
    assert len(of(mine, "task_completed", "statusrapport")) == 2
    with begin_system(installation) as uow:
        told = status_reports.of_measures(uow.session, "askersund", [measure.id])
        (indicator,) = goals.indicators_of(uow.session, "askersund", measure_ids=[measure.id])
        values = goals.measurements_of(uow.session, "askersund", [indicator.id])
        (lesson,) = evaluations.of(uow.session, "askersund", measure_ids=[measure.id])
    assert [(r.status_before, r.status, r.effect) for r in told] == [
        ("decided", "ongoing", None),
        ("ongoing", "ongoing", None),
        ("ongoing", "evaluated", "ja"),
    ]
    assert indicator.title == "Andel åtgärdade brister efter tre månader"
    assert [v.value for v in values] == [12.0, 12.0, 8.0]
    assert [v.measured_on for v in values] == sorted(r.reported_on for r in told)
    assert (lesson.result, lesson.recommendation) == ("ja", "fortsätt")
    assert "Händelserna på platsen har blivit färre" in str(lesson.text)


def test_a_department_that_does_not_take_a_measure_on_has_it_handed_over(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(
        *PERIOD, silent=OTHERS, answers={"atgard.bekrafta": [{"accepterad": False, "kommentar": "Vi saknar folk."}]}
    )
    handed = of(rows, "task_completed", "omfordela")
    assert {row["role"] for row in handed} == {"crime_prevention_coordinator"}
    asked = [row["scope"] for row in _of_one(rows, _instances(installation)[WALK]) if row["element"] == "bekrafta"]
    assert (asked[0], asked[-1]) == ("Socialförvaltningen", "Folkhälsoteamet")
    assert {(m.department_name, m.owner) for m in _measures(installation).values()} == {
        ("Folkhälsoteamet", "Folkhälsostrategen")
    }


def test_an_obstacle_gets_a_new_timetable_or_goes_to_the_council(installation: Installation, tell: Tell) -> None:
    stuck: dict[str, Any] = {"status": "försenad", "har_hinder": True, "hinder": "Lokalen är stängd."}
    rows = tell(
        *PERIOD,
        silent=OTHERS,
        answers={
            "atgard.statusrapport": [stuck, stuck],
            "atgard.los_hinder": [{"beslut": "ny tidplan", "ny_slutdag": "2027-12-17"}, {"beslut": "lyft till råd"}],
        },
    )
    mine = _of_one(rows, _instances(installation)[WALK])
    assert len(of(mine, "task_completed", "los_hinder")) == 2
    measure = _measures(installation)[WALK]
    assert (measure.ends_on, measure.status) == (date(2027, 12, 17), "evaluated")
    (final,) = of(mine, "task_opened", "slutrapport")
    assert day(final) == date(2027, 12, 17)


def test_a_measure_that_is_stopped_is_reported_as_stopped_and_leaves_its_lesson(
    installation: Installation, tell: Tell
) -> None:
    stopped = {"genomford_enligt_plan": "nej", "effekt_pa_orsak": "kan ej bedömas", "rekommendation": "avsluta"}
    tell(
        *PERIOD,
        silent=OTHERS,
        answers={
            "atgard.statusrapport": [{"har_hinder": True}],
            "atgard.los_hinder": [{"beslut": "avbryt"}],
            "atgard.slutrapport": [stopped],
        },
    )
    found = _measures(installation)
    assert {m.status for m in found.values()} == {"cancelled"}
    with begin_system(installation) as uow:
        lessons = evaluations.of(uow.session, "askersund", measure_ids=[m.id for m in found.values()])
    assert {(e.result, e.recommendation) for e in lessons} == {("kan ej bedömas", "avsluta")}


def test_a_final_report_that_does_not_come_makes_the_measure_late(installation: Installation, tell: Tell) -> None:
    rows = tell(
        PROCESSES,
        date(2027, 1, 1),
        date(2027, 12, 31),
        silent=OTHERS | {("atgard.slutrapport", WALK), ("atgard.slutrapport", "Socialförvaltningen")},
    )
    (opened,) = [row for row in of(rows, "task_opened", "slutrapport") if row["at"] < "2027-12"]
    (timer,) = of(rows, "timer_fired", "slutrapporten_drojer")
    assert timer["at"][:10] > opened["due_on"]
    assert _measures(installation)[WALK].status == "late"


def test_a_measure_that_somebody_else_reports_as_done_goes_to_its_final_report(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(
        [*PROCESSES, "forvaltningsrapport"],
        date(2027, 1, 1),
        date(2027, 12, 31),
        silent=OTHERS,
        answers={"forvaltningsrapport.rapport": [{"genomforda_atgarder": [{"status": "genomförd"}]}]},
    )
    mine = _of_one(rows, _instances(installation)[EVENINGS])
    (reported,) = [row for row in of(rows, "task_completed", "rapport") if row["scope"] == "Socialförvaltningen"]
    (final,) = of(mine, "task_opened", "slutrapport")
    # It was to go on until the last of December; the autumn's report says that it is done.
    assert day(final) == day(reported) < date(2027, 12, 31)
    assert _measures(installation)[EVENINGS].status == "evaluated"


def test_a_municipality_that_has_not_adopted_the_process_starts_none(installation: Installation, tell: Tell) -> None:
    rows = tell(["atgardsplan"], date(2027, 1, 1), date(2027, 6, 30), silent=OTHERS)
    assert ended(rows, "atgardsplan")
    assert _instances(installation) == {}
    assert {m.status for m in _measures(installation).values()} == {"decided"}
