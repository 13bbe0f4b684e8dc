"""Municipalities, and their meeting plan."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field, StringConstraints

from app.db.prevention import meetings, municipalities
from app.domain.errors import NotFound
from app.domain.principals import require_internal, sees_municipality
from app.services.prevention.meetings import plan
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import Done, Page, Shown, Taken
from app.web.api.process_instances import EARLIEST, LATEST
from app.web.deps import Call, Posting, Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_cursor

routes = router("/municipalities", "municipalities")

Id = Annotated[str, Path(max_length=40)]


class MunicipalityOut(Shown):
    """A municipality."""

    id: str
    name: str
    processes: list[str]
    profile: Mapping[str, Any] | None = None


class MeetingBody(Taken):
    """A meeting to plan; without a manuscript stop it is the municipality's usual number of working days before."""

    organ: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    on: Annotated[date, Field(ge=EARLIEST, le=LATEST)]
    manuscript_stop_on: Annotated[date, Field(ge=EARLIEST, le=LATEST)] | None = None


class PlannedMeetingOut(Shown):
    """A meeting of the plan."""

    id: UUID
    organ: str
    on: date
    manuscript_stop_on: date


class PlannedMeetings(Shown):
    """The whole plan, by date."""

    items: list[PlannedMeetingOut]
    next: None = None


@routes.get("", response_model=Page[MunicipalityOut], responses=READS)
def list_municipalities(call: Reading, limit: Limit = DEFAULT_LIMIT, after: After = None) -> Response:
    """The municipalities where one holds a role; all of them for a system administrator."""
    session, principal = call.uow.session, call.principal
    found = (
        municipalities.every(session)
        if principal.system_admin
        else municipalities.some(session, sorted(principal.municipalities))
    )
    (since,) = read_cursor(after, str) or ("",)
    following = [row for row in found if row.id > since][: limit + 1]
    rows, more = page_of(following, limit, lambda row: (row.id,))
    return call.answer(Page[MunicipalityOut](items=[_shown(row) for row in rows], next=more))


def _shown(row: municipalities.Municipality, profile: Mapping[str, Any] | None = None) -> MunicipalityOut:
    return MunicipalityOut(id=row.id, name=row.name, processes=list(row.profile.get("processes", ())), profile=profile)


def visible(call: Call, municipality: str) -> municipalities.Municipality:
    """The municipality, if the principal may know of it. Raises NotFound."""
    known = sees_municipality(call.principal, municipality)
    row = municipalities.get(call.uow.session, municipality) if known else None
    if row is None:
        raise NotFound("Kommunen", "The municipality")
    return row


def internal(call: Call, municipality: str) -> municipalities.Municipality:
    """The municipality, for its own roles. Raises NotFound, NotYours."""
    row = visible(call, municipality)
    require_internal(call.principal, municipality)
    return row


@routes.get("/{municipality}", response_model=MunicipalityOut, responses=READS)
def read_municipality(call: Reading, municipality: Id) -> Response:
    """One municipality, with its profile."""
    row = internal(call, municipality)
    return call.answer(_shown(row, row.profile))


@routes.get("/{municipality}/meetings", response_model=PlannedMeetings, responses=READS)
def list_meetings(call: Reading, municipality: Id) -> Response:
    """The meeting plan."""
    internal(call, municipality)
    found = meetings.planned(call.uow.session, municipality)
    return call.answer(PlannedMeetings(items=[PlannedMeetingOut.model_validate(row) for row in found]))


@routes.post("/{municipality}/meetings", status_code=201, response_model=Done, responses=CHANGES)
def plan_meeting(call: Posting, municipality: Id, body: MeetingBody) -> Response:
    """Add a meeting to the plan, as an administrator."""
    visible(call, municipality)
    made = plan(call.uow, municipality, body.organ, body.on, body.manuscript_stop_on)
    return call.answer(Done(id=made), 201)
