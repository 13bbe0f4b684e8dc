"""The action that lets what was promised at the council be carried out, as the plan's measures are."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.db.prevention import records
from app.db.prevention.commitments import Commitment
from app.db.prevention.goals import Indicator
from app.db.prevention.measures import Measure
from app.db.process.process_instances import ProcessInstance
from app.domain.ids import new_id
from app.services.actions.results import ActionResult
from app.services.facts import organisation
from app.services.prevention.measure_starts import are_started, start_each
from app.services.unit_of_work import UnitOfWork


def start_commitments(uow: UnitOfWork, instance: ProcessInstance, _parameters: Mapping[str, Any]) -> ActionResult:
    """Make a measure of each commitment that the council agreed on, and start an instance for it.

    The actor that promised answers for its own; the municipality's own go to those who own measures. The measure is
    no part of the plan's measures: the commitment stands in its part 4. Askersund: "Övriga aktörers åtaganden
    dokumenteras och resultatet av åtgärder följs upp vid nästa års strategiska råd." A municipality that has not
    adopted the process of measures follows up at that council only.
    """
    session, place = uow.session, instance.municipality_id
    if not are_started(uow, place):
        return ActionResult({"antal": 0}, {"measures": 0})
    promised = records.of_instance(session, Commitment, place, instance.id)
    agreed = [row for row in promised if row.status == "made" and row.extra.get("ingar") is not False]
    by_id = {row.id: row for row in agreed}
    municipality = organisation(uow, place).name
    ids = records.upsert(session, Measure, [_measure(uow, instance, row, municipality) for row in agreed])
    made = {measure: by_id[measure.commitment_id] for measure in records.of_ids(session, Measure, place, ids)}
    shown = [_indicator(uow, instance, measure.id, row) for measure, row in made.items() if row.indicator]
    records.upsert(session, Indicator, shown)
    whose = {
        measure.id: {"kind": "actor", "id": str(row.actor_id), "name": row.actor_name or ""}
        for measure, row in made.items()
        if row.actor_id is not None
    }
    decided = [measure for measure in made if measure.status == "decided"]
    number = start_each(uow, place, decided, year=instance.year, sent_by=instance.id, whose=whose)
    return ActionResult({"antal": number}, {"measures": number})


def _common(uow: UnitOfWork, instance: ProcessInstance, source_key: str) -> dict[str, Any]:
    return {
        "municipality_id": instance.municipality_id,
        "id": new_id(),
        "source_key": source_key,
        "process_instance_id": instance.id,
        "year": instance.year,
        "extra": {},
        "created_at": uow.now,
        "updated_at": uow.now,
    }


def _measure(uow: UnitOfWork, instance: ProcessInstance, row: Commitment, municipality: str) -> dict[str, Any]:
    return {
        **_common(uow, instance, f"commitment:{row.id}"),
        "title": row.title,
        "owner": row.actor_name or municipality,
        "ends_on": row.due_on,
        "follow_up_on": row.due_on,
        "indicator": row.indicator,
        "status": "decided",
        "commitment_id": row.id,
    }


def _indicator(uow: UnitOfWork, instance: ProcessInstance, measure_id: UUID, row: Commitment) -> dict[str, Any]:
    return {
        **_common(uow, instance, f"measure:{measure_id}:indicator"),
        "measure_id": measure_id,
        "title": row.indicator,
    }
