"""What starts when: planned, started, skipped; and the starting or skipping of it by hand."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response
from pydantic import StringConstraints

from app.domain.errors import InvalidInput
from app.services import schedules
from app.services.schedules import Planned
from app.web.api.calendar_changes import GapOut
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import ProcessInstanceOut, Reason, Shown, Taken
from app.web.api.municipalities import internal, visible
from app.web.api.process_instances import EARLIEST, LATEST
from app.web.deps import Posting, Reading

routes = router("/municipalities/{municipality}/schedule", "calendars")

Id = Annotated[str, Path(max_length=40)]
Day = Annotated[date, Query(ge=EARLIEST, le=LATEST)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=80)]
LONGEST_SCHEDULE_DAYS = 366 * 3


class OccurrenceOut(Shown):
    """A process that the calendar starts. `anchor_on` is its T.

    `status` is planned, started, skipped (`note` says why) or missed: its T passed before anybody started it.
    """

    process_key: str
    period: str
    start_on: date
    anchor_on: date
    reason: str
    status: str
    process_instance_id: UUID | None
    note: str | None

    @classmethod
    def of(cls, found: Planned, language: str) -> "OccurrenceOut":
        """The occurrence, worded in that language."""
        o = found.occurrence
        return cls(
            process_key=o.key,
            period=o.period,
            start_on=o.start_on,
            anchor_on=o.anchor_on,
            reason=o.reason_en if language == "en" else o.reason_sv,
            status=found.status,
            process_instance_id=found.instance_id,
            note=found.note,
        )


class ScheduleOut(Shown):
    """What starts within the days, in order; and the periods for which a process has no day."""

    items: list[OccurrenceOut]
    gaps: list[GapOut]
    next: None = None


class OccurrenceBody(Taken):
    """An occurrence, as the schedule names it."""

    process_key: Key
    period: Key


class SkipBody(OccurrenceBody):
    """An occurrence that shall not start, and why."""

    reason: Reason


class Skipped(Shown):
    """It is skipped."""

    process_key: str
    period: str


@routes.get("", response_model=ScheduleOut, responses=READS)
def read_schedule(
    call: Reading,
    municipality: Id,
    from_on: Annotated[Day, Query(alias="from")],
    to_on: Annotated[Day, Query(alias="to")],
) -> Response:
    """What starts between two days, why then, and what has become of it."""
    internal(call, municipality)
    if not 0 <= (to_on - from_on).days <= LONGEST_SCHEDULE_DAYS:
        raise InvalidInput("Tiden är högst tre år, framåt.", "The time is three years at most, forwards.")
    found = schedules.planned(call.uow, municipality, from_on, to_on)
    gaps = schedules.gaps(call.uow, municipality, list(range(from_on.year, to_on.year + 1)))
    items = [OccurrenceOut.of(each, call.language) for each in found]
    return call.answer(ScheduleOut(items=items, gaps=[GapOut.of(gap, call.language) for gap in gaps]))


@routes.post("/start", status_code=201, response_model=ProcessInstanceOut, responses=CHANGES)
def start_early(call: Posting, municipality: Id, body: OccurrenceBody) -> Response:
    """Start an occurrence by hand: early, late, or one that was skipped. It is started once."""
    visible(call, municipality)
    row = schedules.start_early(call.uow, municipality, body.process_key, body.period)
    return call.answer(ProcessInstanceOut.of(row), 201)


@routes.post("/skip", status_code=201, response_model=Skipped, responses=CHANGES)
def skip_occurrence(call: Posting, municipality: Id, body: SkipBody) -> Response:
    """Let an occurrence not start, with a reason."""
    visible(call, municipality)
    schedules.skip(call.uow, municipality, body.process_key, body.period, body.reason)
    return call.answer(Skipped(process_key=body.process_key, period=body.period), 201)
