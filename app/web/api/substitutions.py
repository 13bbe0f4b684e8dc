"""Substitutes while somebody is away."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from app.db import substitutions as rows
from app.db.substitutions import Substitution
from app.domain.principals import administers, require
from app.services import substitutions
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import MunicipalityId, Page, Shown, Taken
from app.web.api.process_instances import EARLIEST, LATEST
from app.web.deps import Call, Changing, Posting, Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_cursor

routes = router("/substitutions", "people")

Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]


class SubstitutionOut(Shown):
    """`substitute_id` has the roles of `person_id` in the municipality, from the first day to the last, included."""

    id: UUID
    municipality: str
    person_id: UUID
    substitute_id: UUID
    from_on: date
    to_on: date
    version: int

    @classmethod
    def of(cls, row: Substitution) -> "SubstitutionOut":
        """The row."""
        return cls(
            id=row.id,
            municipality=row.municipality_id,
            person_id=row.person_id,
            substitute_id=row.substitute_id,
            from_on=row.from_on,
            to_on=row.to_on,
            version=row.version,
        )


class SubstitutionBody(Taken):
    """A substitute to arrange: for oneself, unless an administrator says for whom."""

    municipality: MunicipalityId
    person_id: UUID | None = None
    substitute_id: UUID
    from_on: Day
    to_on: Day


@routes.get("", response_model=Page[SubstitutionOut], responses=READS)
def list_substitutions(
    call: Reading,
    municipality: MunicipalityId | None = None,
    limit: Limit = DEFAULT_LIMIT,
    after: After = None,
) -> Response:
    """One's own, as the one away and as the substitute; everybody's for an administrator of the municipality."""
    places, person_id = _asked(call, municipality)
    (since,) = read_cursor(after, UUID) or (None,)
    found = rows.listed(call.uow.session, places, person_id=person_id, after=since, limit=limit + 1)
    shown, more = page_of(found, limit, lambda row: (row.id,))
    return call.answer(Page[SubstitutionOut](items=[SubstitutionOut.of(row) for row in shown], next=more))


def _asked(call: Call, municipality: str | None) -> tuple[list[str], UUID | None]:
    if municipality is None:
        return sorted(call.principal.municipalities), call.principal.id
    require(True, call.principal, municipality, "", "")
    return [municipality], None if administers(call.principal, municipality) else call.principal.id


@routes.post("", status_code=201, response_model=SubstitutionOut, responses=CHANGES)
def arrange_substitute(call: Posting, body: SubstitutionBody) -> Response:
    """Arrange a substitute."""
    away = body.person_id or call.principal.id
    row = substitutions.arrange(call.uow, body.municipality, away, body.substitute_id, body.from_on, body.to_on)
    return call.answer(SubstitutionOut.of(row), 201)


@routes.delete("/{substitution_id}", status_code=204, responses=CHANGES)
def end_substitution(call: Changing, substitution_id: UUID) -> Response:
    """End it now: the substitute loses the roles at once."""
    substitutions.end(call.uow, substitution_id)
    return Response(status_code=204)
