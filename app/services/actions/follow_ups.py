"""Actions of the follow-up: what is to be judged, and what the judgements make of the goals."""

from collections.abc import Mapping
from typing import Any

from app.db.prevention import goals, records
from app.db.prevention.evaluations import Evaluation
from app.db.prevention.goals import Goal
from app.db.prevention.measures import Measure
from app.db.process.process_instances import ProcessInstance
from app.domain.measures import UNDER_WAY
from app.services.actions.results import ActionResult
from app.services.unit_of_work import UnitOfWork

_YEARS_BACK = 3
_MET = {"uppnått": "met", "delvis": "partly", "ej": "not_met", "kan ej bedömas": "unknown"}


def gather_follow_up(uow: UnitOfWork, instance: ProcessInstance, _parameters: Mapping[str, Any]) -> ActionResult:
    """What the follow-up is about: the goals that have not been judged, and how many measures and indicators there are.

    Law (2023:196) 6 §: the action plan is followed up at least every second year.
    """
    session, place = uow.session, instance.municipality_id
    years = range(instance.year - _YEARS_BACK, instance.year + 1)
    found = goals.open_goals(session, place, years)
    decided: list[Measure] = [m for year in years for m in records.of_year(session, Measure, place, year)]
    followed = [m.id for m in decided if m.status in UNDER_WAY | {"done", "evaluated"}]
    areas = [goal.problem_area_id for goal in found if goal.problem_area_id]
    shown_by = goals.indicators_of(session, place, area_ids=areas, measure_ids=followed)
    values = {
        "mal": [{"kind": "goal", "id": str(goal.id), "name": goal.title or ""} for goal in found],
        "antal_atgarder": len(followed),
        "antal_indikatorer": len(shown_by),
    }
    return ActionResult(values, {"goals": len(found), "measures": len(followed), "indicators": len(shown_by)})


def judge_goals(uow: UnitOfWork, instance: ProcessInstance, _parameters: Mapping[str, Any]) -> ActionResult:
    """The goals are as the instance's evaluations say: met, partly, not met, or not possible to judge."""
    session, place = uow.session, instance.municipality_id
    judged: list[Evaluation] = records.of_instance(session, Evaluation, place, instance.id)
    of_goals = [e for e in judged if e.goal_id is not None and e.result in _MET]
    for evaluation in of_goals:
        if evaluation.goal_id is not None:
            values = {"status": _MET[str(evaluation.result)], "updated_at": uow.now}
            records.change(session, Goal, place, evaluation.goal_id, values)
    unclear = sum(e.result == "kan ej bedömas" for e in of_goals)
    return ActionResult({"oklara": unclear}, {"goals": len(of_goals), "unclear": unclear})
