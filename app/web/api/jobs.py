"""Jobs: what is to happen later, for those who oversee the work."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from fastapi import Response
from pydantic import AwareDatetime

from app.db.process import jobs
from app.db.process.jobs import Job
from app.domain.errors import NotFound
from app.domain.principals import oversees, require_oversees
from app.services.process import due_dates
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import MunicipalityId, Page, Reason, Shown, Taken
from app.web.deps import Posting, Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_instant_key

routes = router("/jobs", "jobs")


class JobOut(Shown):
    """Something that is to happen at `due_at`."""

    id: UUID
    municipality: str
    kind: str
    element: str
    process_instance_id: UUID | None
    status: str
    due_at: datetime
    due_on: date | None
    rule: str | None
    attempts: int
    last_error: str | None
    done_at: datetime | None

    @classmethod
    def of(cls, row: Job) -> "JobOut":
        """The row."""
        return cls(
            id=row.id,
            municipality=row.municipality_id,
            kind=row.kind,
            element=row.element,
            process_instance_id=row.process_instance_id,
            status=row.status,
            due_at=row.due_at,
            due_on=row.due_on,
            rule=row.rule,
            attempts=row.attempts,
            last_error=row.last_error,
            done_at=row.done_at,
        )


class MoveTimerBody(Taken):
    """The instant at which it shall come, with its offset, and why."""

    due_at: AwareDatetime
    reason: Reason


@routes.get("", response_model=Page[JobOut], responses=READS)
def list_jobs(
    call: Reading,
    municipality: MunicipalityId | None = None,
    status: Literal["waiting", "done", "cancelled", "failed"] | None = None,
    process_instance: UUID | None = None,
    limit: Limit = DEFAULT_LIMIT,
    after: After = None,
) -> Response:
    """Jobs in due order."""
    places = call.places(oversees, require_oversees, municipality)
    found = jobs.page(
        call.uow.session, places, status=status, instance_id=process_instance,
        after=read_instant_key(after), limit=limit + 1,
    )  # fmt: skip
    rows, following = page_of(found, limit, lambda row: (row.due_at, row.id))
    return call.answer(Page[JobOut](items=[JobOut.of(row) for row in rows], next=following))


@routes.post("/{job_id}/move", response_model=JobOut, responses=CHANGES)
def move_timer(call: Posting, job_id: UUID, body: MoveTimerBody) -> Response:
    """Set by hand when a waiting timer or expiry comes, with a reason, as an administrator."""
    return call.answer(JobOut.of(due_dates.move_timer(call.uow, job_id, body.due_at, body.reason)))


@routes.get("/{job_id}", response_model=JobOut, responses=READS)
def read_job(call: Reading, job_id: UUID) -> Response:
    """One job."""
    row = jobs.get(call.uow.session, job_id)
    if row is None:
        raise NotFound("Jobbet", "The job")
    require_oversees(call.principal, row.municipality_id)
    return call.answer(JobOut.of(row))
