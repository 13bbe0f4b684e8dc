"""Reports on measures: each is kept with its day, and moves its measure along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.db.prevention import measures, records, status_reports
from app.db.prevention.status_reports import StatusReport
from app.db.process import jobs, messages, process_instances
from app.domain.errors import FieldFault, InvalidSubmission
from app.domain.ids import new_id
from app.domain.measures import MeasureCannotBecome, status_after, status_judged
from app.services.process.projection import message_job
from app.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Told:
    """What a row says of a measure: `row` is as it will be stored, but its `status` is still the form's word.

    `pointer` is where the row stands in the answer.
    """

    pointer: str
    measure_id: UUID
    row: Mapping[str, Any]


OVER = "atgard.klar"
"""The message to a measure's own instance that somebody else has reported it as done or stopped."""


def tell(uow: UnitOfWork, municipality: str, told: Sequence[Told], *, by_owner: bool = False) -> list[UUID]:
    """Keep the reports and move the measures along; the ids of the reports.

    A measure that is over now is told to the instance in which it is carried out, unless it is `by_owner` there.

    A report that is sent in again (a second round of the same step) replaces its first and counts from where the
    measure stood before it. A row that says nothing new of its measure is no report. Raises InvalidSubmission for a
    measure that is not the municipality's, and for a status that the measure cannot go to.
    """
    if not told:
        return []
    teller = _Teller(uow, municipality, told)
    rows = [row for one in told if (row := teller.report(one)) is not None]
    if teller.faults:
        raise InvalidSubmission(teller.faults)
    for status in {row["status"] for row in rows}:
        moved = [row["measure_id"] for row in rows if row["status"] == status]
        measures.set_status(uow.session, municipality, moved, status, uow.now)
        if status in {"done", "cancelled", "evaluated"} and not by_owner:
            _tell_their_instances(uow, municipality, [m for m in moved if teller.current[m] != status])
    return records.upsert(uow.session, StatusReport, rows)


def _tell_their_instances(uow: UnitOfWork, municipality: str, over: Sequence[UUID]) -> None:
    keys = {f"atgard:{measure_id}": measure_id for measure_id in over}
    living = process_instances.active_keys(uow.session, municipality, "atgard", list(keys))
    rows = [
        {
            "municipality_id": municipality,
            "id": new_id(),
            "kind": "message",
            "name": OVER,
            "correlation": str(keys[key]),
            "payload": {},
            "sent_at": uow.now,
            "status": "buffered",
        }
        for key in living
    ]
    messages.add(uow.session, rows)
    jobs.add(uow.session, [message_job(municipality, UUID(str(row["id"])), "message", OVER, uow.now) for row in rows])
    if rows:
        uow.ring_after_commit()


class _Teller:
    """The measures of one submission, locked, with what has been told of them before."""

    def __init__(self, uow: UnitOfWork, municipality: str, told: Sequence[Told]) -> None:
        self.uow = uow
        ids = [one.measure_id for one in told]
        self.current = measures.lock_those(uow.session, municipality, ids)
        self.latest = status_reports.latest_of(uow.session, municipality, ids)
        self.mine = status_reports.by_source(uow.session, municipality, [one.row["source_key"] for one in told])
        self.faults: list[FieldFault] = []

    def report(self, told: Told) -> dict[str, Any] | None:
        """The row to store; None when it says nothing new, or cannot be."""
        current = self.current.get(told.measure_id)
        if current is None:
            self.faults.append(
                FieldFault(f"{told.pointer}/id", "Åtgärden finns inte längre.", "The measure no longer exists.")
            )
            return None
        mine = self.mine.get(str(told.row["source_key"]))
        before = mine.status_before if mine is not None and mine.status == current else current
        row = {"text": None, "effect": None, **told.row}
        try:
            status = status_after(before, str(row["status"])) if row.get("status") else before
        except MeasureCannotBecome as fault:
            self.faults.append(FieldFault(f"{told.pointer}/status", fault.sv, fault.en))
            return None
        status = status_judged(status, row["effect"])
        if mine is None and self._is_known(told.measure_id, current, status, row):
            return None
        return {**row, "status": status, "status_before": before, "reported_on": self.uow.today}

    def _is_known(self, measure_id: UUID, current: str, status: str, row: Mapping[str, Any]) -> bool:
        """A row that stood there from the start and was left as it was."""
        last = self.latest.get(measure_id)
        said = last.text if last is not None else None
        return status == current and (row["text"] or None) == said and not row["effect"] and not row["extra"]
