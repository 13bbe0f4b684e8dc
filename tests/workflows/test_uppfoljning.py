"""Stories of the follow-up: what was measured, how the goals were judged, and what the next picture takes up."""

from datetime import date
from typing import Any

from app.db.prevention import evaluations, goals, records
from app.db.prevention.evaluations import Evaluation
from app.db.prevention.goals import Goal, Indicator
from app.db.prevention.measures import Measure
from app.db.prevention.situation_pictures import SituationPicture
from app.db.process import history
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Rows, Tell
from tests.workflows.timelines import completed, day, ended, in_turn, of

YEAR = ["forvaltningsrapport", "strategiskt_rad", "lagesbild", "atgardsplan", "uppfoljning"]


def _of(installation: Installation, table: Any, year: int = 2027) -> list[Any]:
    with begin_system(installation) as uow:
        return records.of_year(uow.session, table, "askersund", year)


def _played(tell: Tell, **differs: Any) -> Rows:
    # The year before has had its council already.
    rows = tell(YEAR, date(2026, 9, 1), date(2027, 12, 31), **differs)
    assert of(rows, "incident_opened") == []
    return rows


def test_the_indicators_are_measured_the_goals_judged_and_every_measure_decided_on(
    installation: Installation, tell: Tell
) -> None:
    rows = [row for row in _played(tell) if row["process"] == "uppfoljning" and row["at"] > "2027"]
    assert in_turn(rows, "mat_indikatorer", "bedom_mal", "lardomar", "ta_stallning")
    assert ended(rows, "uppfoljning")
    decided = of(rows, "task_completed", "ta_stallning")[-1]
    # Before week 50, in time for the council of December.
    assert day(decided) <= date(2027, 12, 10)
    judged = _of(installation, Goal)
    assert {goal.status for goal in judged} == {"partly"}
    found = _of(installation, Evaluation)
    assert {e.goal_id for e in found if e.goal_id} == {goal.id for goal in judged}
    assert {(e.value_before, e.value_after) for e in found if e.goal_id} == {(48.0, 54.0)}
    of_measures = [e for e in found if e.measure_id]
    with begin_system(installation) as uow:
        in_force = [m for y in (2026, 2027) for m in records.of_year(uow.session, Measure, "askersund", y)
                    if m.status != "proposed"]  # fmt: skip
    assert {e.measure_id for e in of_measures} == {m.id for m in in_force}
    assert {e.recommendation for e in of_measures} == {"behåll", "ändra"}
    assert {e.evaluated_on for e in of_measures} == {day(decided)}


def test_what_is_measured_belongs_to_its_indicator_and_its_day(installation: Installation, tell: Tell) -> None:
    rows = _played(tell)
    (measured,) = [row for row in of(rows, "task_completed", "mat_indikatorer") if row["at"] > "2027"]
    indicators = _of(installation, Indicator)
    with begin_system(installation) as uow:
        values = goals.measurements_of(uow.session, "askersund", [i.id for i in indicators])
    assert {v.indicator_id for v in values} == {i.id for i in indicators}
    assert {v.measured_on for v in values} == {day(measured)}


def test_a_goal_that_cannot_be_judged_asks_for_an_indicator(installation: Installation, tell: Tell) -> None:
    unclear = {"maluppfyllelse": "kan ej bedömas", "fore": None, "efter": None}
    rows = _played(tell, answers={"uppfoljning.bedom_mal": [unclear]})
    mine = [row for row in rows if row["process"] == "uppfoljning"]
    assert "ange_matt" in completed(mine)
    assert "unknown" in {goal.status for goal in _of(installation, Goal)}
    assert "Antal klagomål till kommunens växel" in {i.title for i in _of(installation, Indicator)}


def test_a_plan_that_must_change_at_once_is_asked_for(installation: Installation, tell: Tell) -> None:
    _played(tell, answers={"uppfoljning.lardomar": [{"revidera": True}]})
    with begin_system(installation) as uow:
        told = [e for e in history.since(uow.session, "askersund", 0, 10_000) if e.element == "be_om_revidering"]
    assert {e.detail["role"] for e in told if e.kind == "action_done"} == {"security_manager"}


def test_the_next_picture_takes_up_what_the_follow_up_of_the_last_period_said(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(YEAR, date(2026, 9, 1), date(2028, 3, 31))
    assert of(rows, "incident_opened") == []
    (picture,) = _of(installation, SituationPicture, 2028)
    with begin_system(installation) as uow:
        taken_up = evaluations.taken_up(uow.session, "askersund", picture.id)
    assert {e.id for e in taken_up} >= {e.id for e in _of(installation, Evaluation)}
    # The form of February offered them; what was ticked is kept with the picture.
    assert set(picture.extra["uppfoljningar"]) <= {str(e.id) for e in taken_up}
    assert picture.extra["uppfoljningar"]
