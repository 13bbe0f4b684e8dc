"""Decided measures begin: each gets an instance of its own, in which it is planned, followed up and judged."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.db.prevention.measures import Measure
from app.db.process import jobs, messages
from app.domain.ids import new_id
from app.services.facts import organisation
from app.services.process.projection import message_job
from app.services.unit_of_work import UnitOfWork

PROCESS = "atgard"
"""The process in which a measure is carried out."""
DECIDED = "atgard.beslutad"
"""The message that starts it; the correlation is the measure's id."""


def are_started(uow: UnitOfWork, municipality: str) -> bool:
    """Whether the municipality has adopted the process in which a measure is carried out."""
    return PROCESS in organisation(uow, municipality).profile.get("processes", ())


def start_each(
    uow: UnitOfWork,
    municipality: str,
    decided: Sequence[Measure],
    *,
    year: int | None = None,
    sent_by: UUID | None = None,
    whose: Mapping[UUID, Mapping[str, str]] | None = None,
) -> int:
    """Tell of each measure, by a message that starts its own instance; how many were told of.

    Each is started by a job of its own, so that no transaction holds two instances. A municipality that has not
    adopted the process starts none, and none is started twice. A measure without a last day is to be done within that
    year, or else its own. `whose` is who answers for a measure, by its id, where that is no department.
    """
    if not decided or not are_started(uow, municipality):
        return 0
    kinds = {unit.id: unit.kind for unit in organisation(uow, municipality).places}
    begun = messages.sent_about(uow.session, municipality, DECIDED, [str(measure.id) for measure in decided])
    rows = [
        _decided(
            uow, measure, _last_day(measure, year), (whose or {}).get(measure.id) or place_of(measure, kinds), sent_by
        )
        for measure in decided
        if str(measure.id) not in begun
    ]
    messages.add(uow.session, rows)
    jobs.add(uow.session, [message_job(municipality, row["id"], "message", DECIDED, uow.now) for row in rows])
    uow.ring_after_commit()
    return len(rows)


def place_of(measure: Measure, kinds: Mapping[UUID, str]) -> dict[str, str] | None:
    """The department or company that answers for the measure, as a task is given to it."""
    if measure.department_id is None:
        return None
    kind = kinds.get(measure.department_id, "department")
    return {"kind": kind, "id": str(measure.department_id), "name": measure.department_name or ""}


def _last_day(measure: Measure, year: int | None) -> date:
    return measure.ends_on or date(year or measure.year, 12, 31)


def _decided(
    uow: UnitOfWork, measure: Measure, ends_on: date, unit: Mapping[str, str] | None, sent_by: UUID | None
) -> dict[str, Any]:
    return {
        "municipality_id": measure.municipality_id,
        "id": new_id(),
        "kind": "message",
        "name": DECIDED,
        "correlation": str(measure.id),
        "payload": {
            "atgard_id": str(measure.id),
            "slut": ends_on.isoformat(),
            "enhet": unit,
            "anchor": ends_on.isoformat(),
            "name": measure.title or "",
        },
        "sent_at": uow.now,
        "sent_by_instance": sent_by,
        "status": "buffered",
    }
