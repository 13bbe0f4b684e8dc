"""Actions on measures: each decided one gets an instance of its own, which plans it, and judges it when it is over."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.db.prevention import action_plans, measures, municipalities, records
from app.db.prevention.commitments import Commitment
from app.db.prevention.evaluations import Evaluation
from app.db.prevention.measures import Measure
from app.db.process.process_instances import ProcessInstance
from app.domain.ids import new_id
from app.services.actions.results import ActionFailed, ActionResult, day_of
from app.services.facts import organisation
from app.services.prevention.measure_starts import place_of, start_each
from app.services.unit_of_work import UnitOfWork


def start_measures(uow: UnitOfWork, instance: ProcessInstance, _parameters: Mapping[str, Any]) -> ActionResult:
    """Let each decided measure of the instance's plan begin; without a plan, those that its own forms proposed.

    Without a last day a measure is to be done within the year.
    """
    place = instance.municipality_id
    plan = action_plans.of_instance(uow.session, place, instance.id)
    found = (
        measures.in_plan(uow.session, place, plan.id)
        if plan is not None
        else [m for m in records.of_instance(uow.session, Measure, place, instance.id) if m.commitment_id is None]
    )
    decided = [measure for measure in found if measure.status == "decided"]
    number = start_each(uow, place, decided, year=instance.year, sent_by=instance.id)
    return ActionResult({"antal": number}, {"measures": number})


def change_measure(uow: UnitOfWork, instance: ProcessInstance, parameters: Mapping[str, Any]) -> ActionResult:
    """Give a measure other days, another owner or another department; what is left out stays as it is."""
    measure = _measure(uow, instance, parameters)
    values: dict[str, Any] = {}
    for name, column in (("start", "starts_on"), ("slut", "ends_on")):
        if (on := day_of(parameters.get(name))) is not None:
            values[column] = on
    if parameters.get("ansvarig"):
        values["owner"] = str(parameters["ansvarig"])
    if parameters.get("enhet"):
        unit = municipalities.unit(uow.session, instance.municipality_id, UUID(str(parameters["enhet"])))
        if unit is None:
            raise ActionFailed("Förvaltningen finns inte.", "There is no such department.")
        values |= {"department_id": unit.id, "department_name": unit.name}
    if values:
        records.change(uow.session, Measure, instance.municipality_id, measure.id, {**values, "updated_at": uow.now})
    uow.session.refresh(measure)
    kinds = {unit.id: unit.kind for unit in organisation(uow, instance.municipality_id).places}
    ends_on = measure.ends_on.isoformat() if measure.ends_on else None
    told = {name: str(value) for name, value in values.items()}
    return ActionResult({"enhet": place_of(measure, kinds), "slut": ends_on}, {"measure": str(measure.id), **told})


def mark_late(uow: UnitOfWork, instance: ProcessInstance, parameters: Mapping[str, Any]) -> ActionResult:
    """The last day has passed and nobody has told how it went."""
    measure = _measure(uow, instance, parameters)
    if measure.status in {"decided", "ongoing"}:
        measures.set_status(uow.session, instance.municipality_id, [measure.id], "late", uow.now)
    return ActionResult({}, {"measure": str(measure.id), "status": "late"})


def evaluate_measure(uow: UnitOfWork, instance: ProcessInstance, parameters: Mapping[str, Any]) -> ActionResult:
    """Keep how whoever carried a measure out judges it: the lesson that the next plan begins with."""
    measure = _measure(uow, instance, parameters)
    row = {
        "municipality_id": instance.municipality_id,
        "id": new_id(),
        "source_key": f"{instance.id}:lesson",
        "process_instance_id": instance.id,
        "year": uow.today.year,
        "extra": {},
        "created_at": uow.now,
        "updated_at": uow.now,
        "measure_id": measure.id,
        "evaluated_on": uow.today,
        "result": str(parameters["effekt"]),
        "text": str(parameters.get("resultat") or "") or None,
        "recommendation": str(parameters.get("rekommendation") or "") or None,
    }
    (evaluation_id,) = records.upsert(uow.session, Evaluation, [row])
    if measure.commitment_id and row["text"]:
        # The council hears what came of it, and says itself whether the commitment was kept.
        told = {"result": row["text"], "updated_at": uow.now}
        records.change(uow.session, Commitment, instance.municipality_id, measure.commitment_id, told)
    return ActionResult({"id": str(evaluation_id)}, {"measure": str(measure.id), "result": row["result"]})


def _measure(uow: UnitOfWork, instance: ProcessInstance, parameters: Mapping[str, Any]) -> Measure:
    found = records.of_ids(uow.session, Measure, instance.municipality_id, [UUID(str(parameters["atgard"]))])
    if not found:
        raise ActionFailed("Åtgärden finns inte längre.", "The measure no longer exists.")
    measure: Measure = found[0]
    return measure
