"""Roles held for a period."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field, StringConstraints

from app.db import role_assignments as rows
from app.db.role_assignments import RoleAssignment
from app.domain.principals import administers, require_administers
from app.domain.roles import role_name
from app.services import role_assignments
from app.services.role_assignments import Given
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import MunicipalityId, Page, Shown, Taken
from app.web.api.process_instances import EARLIEST, LATEST
from app.web.deps import Changing, Posting, Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_cursor

routes = router("/role-assignments", "people")

RoleId = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]


class RoleAssignmentOut(Shown):
    """A role held for a period, both days included. Without a scope it is held in the whole municipality."""

    id: UUID
    municipality: str
    person_id: UUID
    role: str
    name: str = Field(description="The role's name.")
    scope_kind: str | None
    scope_id: UUID | None
    valid_from: date
    valid_to: date | None
    created_at: datetime | None
    created_by: UUID | None
    version: int

    @classmethod
    def of(cls, row: RoleAssignment, language: str) -> "RoleAssignmentOut":
        """The row, the role named in that language."""
        return cls(
            id=row.id,
            municipality=row.municipality_id,
            person_id=row.person_id,
            role=row.role,
            name=role_name(row.role, language),
            scope_kind=row.scope_kind,
            scope_id=row.scope_id,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            created_at=row.created_at,
            created_by=row.created_by,
            version=row.version,
        )


class RoleBody(Taken):
    """A role to give, from today unless `valid_from` says otherwise.

    `scope` is the id of a department, company, actor or body of the municipality.
    """

    role: RoleId
    scope: UUID | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None


class RoleAssignmentBody(RoleBody):
    """A role to give somebody who can sign in already."""

    municipality: MunicipalityId
    person_id: UUID


class LastDay(Taken):
    """The last day on which the role is held; null is until further notice."""

    valid_to: Day | None


@routes.get("", response_model=Page[RoleAssignmentOut], responses=READS)
def list_role_assignments(
    call: Reading,
    municipality: MunicipalityId | None = None,
    role: Annotated[str | None, Query(max_length=60)] = None,
    person: UUID | None = None,
    on: Annotated[date | None, Query(ge=EARLIEST, le=LATEST, description="Only those that hold on this day.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    after: After = None,
) -> Response:
    """Who holds which role, and when, where one administers."""
    places = call.places(administers, require_administers, municipality)
    (since,) = read_cursor(after, UUID) or (None,)
    found = rows.listed(call.uow.session, places, role=role, person_id=person, on=on, after=since, limit=limit + 1)
    shown, more = page_of(found, limit, lambda row: (row.id,))
    items = [RoleAssignmentOut.of(row, call.language) for row in shown]
    return call.answer(Page[RoleAssignmentOut](items=items, next=more))


@routes.post("", status_code=201, response_model=RoleAssignmentOut, responses=CHANGES)
def give_role(call: Posting, body: RoleAssignmentBody) -> Response:
    """Give a role for a period, as an administrator."""
    given = Given(body.role, body.valid_from or call.uow.today, body.valid_to, body.scope)
    row = role_assignments.give(call.uow, body.municipality, body.person_id, given)
    return call.answer(RoleAssignmentOut.of(row, call.language), 201)


@routes.get("/{assignment_id}", response_model=RoleAssignmentOut, responses=READS)
def read_role_assignment(call: Reading, assignment_id: UUID) -> Response:
    """One role assignment: one's own, or where one administers."""
    return call.answer(RoleAssignmentOut.of(role_assignments.visible(call.uow, assignment_id), call.language))


@routes.patch("/{assignment_id}", response_model=RoleAssignmentOut, responses=CHANGES)
def set_last_day(call: Changing, assignment_id: UUID, body: LastDay) -> Response:
    """Set the last day. Tasks claimed by the role go back to it once it has passed."""
    row = role_assignments.set_last_day(call.uow, assignment_id, body.valid_to, call.if_match)
    return call.answer(RoleAssignmentOut.of(row, call.language))


@routes.delete("/{assignment_id}", status_code=204, responses=CHANGES)
def take_role_back(call: Changing, assignment_id: UUID) -> Response:
    """Remove an assignment that has not begun; one that has is given a last day instead."""
    role_assignments.take_back(call.uow, assignment_id, call.if_match)
    return Response(status_code=204)
