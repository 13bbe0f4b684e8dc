"""Incidents: what could not go on by itself; retry it, or close it with a reason."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import Response

from app.db.process import incidents
from app.db.process.incidents import Incident
from app.domain.errors import NotFound
from app.domain.principals import oversees, require_oversees
from app.services.process import incidents as repairs
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import MunicipalityId, Page, ReasonBody, Shown
from app.web.deps import Call, Posting, Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_instant_key

routes = router("/incidents", "incidents")


class IncidentOut(Shown):
    """Something that could not go on by itself."""

    id: UUID
    municipality: str
    process_instance_id: UUID | None
    job_id: UUID | None
    kind: str
    element: str
    message: str
    opened_at: datetime
    resolved_at: datetime | None
    resolved_by: UUID | None
    resolution: str | None

    @classmethod
    def of(cls, row: Incident, language: str) -> "IncidentOut":
        """The row, worded in that language."""
        return cls(
            id=row.id,
            municipality=row.municipality_id,
            process_instance_id=row.process_instance_id,
            job_id=row.job_id,
            kind=row.kind,
            element=row.element,
            message=row.en if language == "en" else row.sv,
            opened_at=row.opened_at,
            resolved_at=row.resolved_at,
            resolved_by=row.resolved_by,
            resolution=row.resolution,
        )


@routes.get("", response_model=Page[IncidentOut], responses=READS)
def list_incidents(
    call: Reading,
    municipality: MunicipalityId | None = None,
    status: Literal["open", "all"] = "open",
    process_instance: UUID | None = None,
    limit: Limit = DEFAULT_LIMIT,
    after: After = None,
) -> Response:
    """Incidents, newest first."""
    places = call.places(oversees, require_oversees, municipality)
    found = incidents.page(
        call.uow.session, places, open_only=status == "open", instance_id=process_instance,
        after=read_instant_key(after), limit=limit + 1,
    )  # fmt: skip
    rows, following = page_of(found, limit, lambda row: (row.opened_at, row.id))
    items = [IncidentOut.of(row, call.language) for row in rows]
    return call.answer(Page[IncidentOut](items=items, next=following))


@routes.get("/{incident_id}", response_model=IncidentOut, responses=READS)
def read_incident(call: Reading, incident_id: UUID) -> Response:
    """One incident."""
    row = incidents.get(call.uow.session, incident_id)
    if row is None:
        raise NotFound("Felet", "The incident")
    require_oversees(call.principal, row.municipality_id)
    return call.answer(IncidentOut.of(row, call.language))


@routes.post("/{incident_id}/retry", response_model=IncidentOut, responses=CHANGES)
def retry_incident(call: Posting, incident_id: UUID) -> Response:
    """Try again what failed."""
    return _closed(call, repairs.retry(call.uow, incident_id), "retried")


@routes.post("/{incident_id}/resolve", response_model=IncidentOut, responses=CHANGES)
def resolve_incident(call: Posting, incident_id: UUID, body: ReasonBody) -> Response:
    """Close it by hand."""
    return _closed(call, repairs.resolve(call.uow, incident_id, body.reason), body.reason)


def _closed(call: Call, row: Incident, resolution: str) -> Response:
    shown = IncidentOut.of(row, call.language)
    changes = {"resolved_at": call.uow.now, "resolved_by": call.principal.id, "resolution": resolution}
    return call.answer(shown.model_copy(update=changes))
