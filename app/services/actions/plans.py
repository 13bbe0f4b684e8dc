"""Actions on the situation picture and the action plan."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from app.db.prevention import (
    action_plans,
    causes,
    commitments,
    evaluations,
    measures,
    records,
    situation_pictures,
)
from app.db.prevention.action_plans import ActionPlan
from app.db.prevention.causes import WarningSign
from app.db.prevention.commitments import Commitment
from app.db.prevention.goals import Indicator
from app.db.prevention.situation_pictures import SituationPicture
from app.db.process import submissions
from app.db.process.process_instances import ProcessInstance
from app.domain.ids import new_id
from app.services.actions.results import ActionFailed, ActionResult, day_of
from app.services.prevention import threads
from app.services.unit_of_work import UnitOfWork

_STATUS = {"antagen": "adopted", "ändrad": "adopted", "återremiss": "referred", "avslag": "rejected"}
_WARNING_SIGNS = "del2_varningstecken"
_AUTUMN_REPORT = ("forvaltningsrapport", "rapport")


def adopt_situation_picture(uow: UnitOfWork, instance: ProcessInstance, parameters: Mapping[str, Any]) -> ActionResult:
    """Adopt the picture that the instance's forms have filled. Law (2023:196) 4 and 6 §§."""
    found = records.of_instance(uow.session, SituationPicture, instance.municipality_id, instance.id)
    if not found:
        raise ActionFailed("Ärendet har ingen lägesbild.", "The instance has no situation picture.")
    on = day_of(parameters.get("datum")) or uow.today
    situation_pictures.adopt(uow.session, instance.municipality_id, found[0].id, on)
    # The chain goes on from here to the problem areas, and came here from what was evaluated since the last picture.
    situation_pictures.put_areas_in(uow.session, instance.municipality_id, instance.id, found[0].id, uow.now)
    evaluations.take_up(uow.session, instance.municipality_id, found[0].id, uow.now)
    return ActionResult({"id": str(found[0].id)}, {"picture": str(found[0].id), "adopted_on": on.isoformat()})


def assemble_action_plan(uow: UnitOfWork, instance: ProcessInstance, _parameters: Mapping[str, Any]) -> ActionResult:
    """Gather the plan: the measures taken up in this instance, its early signs, and what the council promised.

    The commitments are those of the year before, but for the ones that part 4 left out. Askersund's plan asks for the
    four parts under "Implementering åtgärdsplan".
    """
    session, place = uow.session, instance.municipality_id
    plan_id = _plan(uow, instance)
    picture = situation_pictures.latest_adopted(session, place)
    if picture is not None:
        records.change(session, ActionPlan, place, plan_id, {"situation_picture_id": picture.id})
    _gather_warning_signs(uow, instance, plan_id)
    proposed = [row.id for row in measures.taken_up_in(session, place, instance.id)]
    council = records.of_year(session, Commitment, place, instance.year - 1)
    promised = [row.id for row in council if row.extra.get("med_i_planen") is not False]
    measures.put_in_plan(session, place, proposed, plan_id)
    causes.put_signs_in_plan(session, place, _signs(uow, instance), plan_id, uow.now)
    commitments.put_in_plan(session, place, promised, plan_id)
    return ActionResult(
        {"id": str(plan_id), "antal_atgarder": len(proposed), "antal_ataganden": len(promised)},
        {"plan": str(plan_id), "measures": len(proposed), "commitments": [str(i) for i in promised]},
    )


def _signs(uow: UnitOfWork, instance: ProcessInstance) -> list[UUID]:
    """The signs told for the plan, and of a department that was silent those of its autumn report."""
    session, place = uow.session, instance.municipality_id
    told = records.of_instance(session, WarningSign, place, instance.id)
    answered = {sign.department_id for sign in told}
    autumn = records.of_year(session, WarningSign, place, instance.year - 1)
    return [sign.id for sign in (*told, *(s for s in autumn if s.department_id not in answered))]


def _gather_warning_signs(uow: UnitOfWork, instance: ProcessInstance, plan_id: UUID) -> None:
    """Part 2 from the departments' rows, a line each; what somebody has written in the plan itself goes before."""
    session, place = uow.session, instance.municipality_id
    plan = next((p for p in records.of_instance(session, ActionPlan, place, instance.id) if p.id == plan_id), None)
    if plan is None or plan.warning_signs:
        return
    if lines := [_warning_sign(whose, row) for whose, row in _told_signs(uow, instance)]:
        records.change(session, ActionPlan, place, plan_id, {"warning_signs": "\n".join(lines)})


def _told_signs(uow: UnitOfWork, instance: ProcessInstance) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    """What each department answered; of one that was silent, what it wrote in its autumn report."""
    session, place = uow.session, instance.municipality_id
    answers = submissions.answers_of(session, place, instance.id, _WARNING_SIGNS)
    yield from ((whose, row) for whose, data in answers for row in data.get("rader") or [])
    answered = {whose for whose, _data in answers}
    autumn = submissions.latest_answers_to(session, place, *_AUTUMN_REPORT, year=instance.year - 1)
    for whose, data in autumn.items():
        if whose not in answered:
            yield from ((whose, row) for row in data.get("varningstecken") or [])


def _warning_sign(whose: str | None, row: Mapping[str, Any]) -> str:
    """As in: Socialförvaltningen, hemtjänsten: Oro för bankkontot. Vi ringer banken. Polisen: tar emot anmälan."""
    place = f"{whose}, {row['verksamhet']}" if whose else str(row["verksamhet"])
    told = [f"{place}: {row['tecken']}", str(row["atgard"])]
    if partner := row.get("samverkanspart"):
        told.append(f"{partner}: {row['partens_atgard']}" if row.get("partens_atgard") else f"Samverkan: {partner}")
    return ". ".join(part.strip().rstrip(".") for part in told) + "."


def count_findings(uow: UnitOfWork, instance: ProcessInstance, _parameters: Mapping[str, Any]) -> ActionResult:
    """How many of the plan's measures lack something in the red thread; what is in the history."""
    threads_of = threads.of_plan(uow.session, instance.municipality_id, _plan(uow, instance), uow.today)
    lacking = [thread for thread in threads_of if thread.findings]
    told = {str(thread.measure.id): [finding.code for finding in thread.findings] for thread in lacking}
    return ActionResult({"antal": len(lacking)}, {"measures": len(threads_of), "lacking": told})


def decide_action_plan(uow: UnitOfWork, instance: ProcessInstance, parameters: Mapping[str, Any]) -> ActionResult:
    """Write what the board decided about the plan. Law (2023:196) 5 §."""
    plan_id = _plan(uow, instance)
    status = _STATUS.get(str(parameters["beslut"]))
    if status is None:
        raise ActionFailed(
            f"Beslutet ”{parameters['beslut']}” är inte känt.", f"The decision '{parameters['beslut']}' is not known."
        )
    values = {"status": status, "decided_on": day_of(parameters["datum"]), "paragraph": str(parameters["paragraf"])}
    records.change(uow.session, ActionPlan, instance.municipality_id, plan_id, values)
    if status == "adopted":
        action_plans.replace_earlier(uow.session, instance.municipality_id, plan_id)
        measures.decide(uow.session, instance.municipality_id, plan_id)
        _make_indicators(uow, instance, plan_id)
    return ActionResult({"id": str(plan_id)}, {"plan": str(plan_id), **{k: str(v) for k, v in values.items()}})


def _make_indicators(uow: UnitOfWork, instance: ProcessInstance, plan_id: UUID) -> None:
    """What each measure said that it will show by becomes an indicator that can be measured."""
    decided = [m for m in measures.in_plan(uow.session, instance.municipality_id, plan_id) if m.indicator]
    rows: list[dict[str, Any]] = [
        {
            "municipality_id": instance.municipality_id,
            "id": new_id(),
            "source_key": f"measure:{measure.id}:indicator",
            "process_instance_id": instance.id,
            "year": instance.year,
            "extra": {},
            "created_at": uow.now,
            "updated_at": uow.now,
            "measure_id": measure.id,
            "title": measure.indicator,
        }
        for measure in decided
    ]
    records.upsert(uow.session, Indicator, rows)


def _plan(uow: UnitOfWork, instance: ProcessInstance) -> UUID:
    """The plan of the instance; made here when no form has."""
    now = uow.now
    row = {
        "municipality_id": instance.municipality_id,
        "id": new_id(),
        "source_key": str(instance.id),
        "process_instance_id": instance.id,
        "year": instance.year,
        "extra": {},
        "created_at": now,
        "updated_at": now,
    }
    return records.upsert(uow.session, ActionPlan, [row])[0]
