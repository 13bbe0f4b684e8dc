"""People, as administrators add and change them, and their tokens."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field, StringConstraints

from app.db import people as rows
from app.db.api_tokens import ApiToken
from app.db.people import Person
from app.domain.principals import administers, require_administers
from app.services import api_tokens, people
from app.services.role_assignments import Given, give
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import MunicipalityId, Page, Shown, Taken
from app.web.api.role_assignments import RoleAssignmentOut, RoleBody
from app.web.deps import Call, Changing, Posting, Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_cursor

routes = router("/people", "people")

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Address = Annotated[str, StringConstraints(max_length=254)]
Password = Annotated[str, StringConstraints(max_length=200)]
Username = Annotated[str, StringConstraints(min_length=1, max_length=254)]


class PersonOut(Shown):
    """Somebody who can sign in."""

    id: UUID
    username: str
    name: str
    email: str | None
    language: str
    system_admin: bool
    active: bool = Field(description="False when the account is closed.")
    has_password: bool = Field(description="False for one who cannot sign in with a password, such as a program.")
    created_at: datetime
    version: int
    role_assignments: list[RoleAssignmentOut] = Field(default=[], description="Those given in the same call.")

    @classmethod
    def of(cls, row: Person) -> "PersonOut":
        """The row, without what is secret."""
        return cls(
            id=row.id,
            username=row.username,
            name=row.name,
            email=row.email,
            language=row.language,
            system_admin=row.system_admin,
            active=row.active,
            has_password=row.password_hash is not None,
            created_at=row.created_at,
            version=row.version,
        )


class PersonBody(Taken):
    """Somebody to add, with their first role in the municipality.

    Without a password they cannot sign in until one is set; a program needs none, only a token.
    """

    municipality: MunicipalityId
    username: Username
    name: Line
    email: Address | None = None
    password: Password | None = None
    roles: Annotated[list[RoleBody], Field(min_length=1, max_length=20)]


class PersonChanges(Taken):
    """What to change; what is left out stays as it is."""

    name: Line | None = None
    email: Address | None = None
    language: Literal["sv", "en"] | None = None
    password: Password | None = None
    active: bool | None = None


class TokenOut(Shown):
    """A token for an HTTP client. `token` is its secret: shown when it is issued, and never again."""

    id: UUID
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    token: str | None = None

    @classmethod
    def of(cls, row: ApiToken, secret: str | None = None) -> "TokenOut":
        """The row."""
        return cls(
            id=row.token_id,
            name=row.name,
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            token=secret,
        )


class Tokens(Shown):
    """All of a person's tokens, newest first."""

    items: list[TokenOut]
    next: None = None


class TokenBody(Taken):
    """A token to issue. It lasts a year unless `expires_at` says otherwise, three at most."""

    name: Line
    expires_at: datetime | None = None


@routes.get("", response_model=Page[PersonOut], responses=READS)
def list_people(
    call: Reading,
    municipality: MunicipalityId | None = None,
    q: Annotated[str | None, Query(max_length=100, description="A part of the name or user name.")] = None,
    active: Annotated[bool | None, Query(description="False: the closed accounts.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    after: After = None,
) -> Response:
    """People with a role, past or present, where one administers; everybody for a system administrator."""
    everybody = call.principal.system_admin and municipality is None
    places = None if everybody else call.places(administers, require_administers, municipality)
    (since,) = read_cursor(after, str) or (None,)
    found = rows.listed(call.uow.session, places, words=q, active=active, after=since, limit=limit + 1)
    shown, more = page_of(found, limit, lambda row: (row.username,))
    return call.answer(Page[PersonOut](items=[PersonOut.of(row) for row in shown], next=more))


@routes.post("", status_code=201, response_model=PersonOut, responses=CHANGES)
def add_person(call: Posting, body: PersonBody) -> Response:
    """Add somebody with at least one role in a municipality that one administers."""
    require_administers(call.principal, body.municipality)
    person = people.add(call.uow, username=body.username, name=body.name, password=body.password, email=body.email)
    given = [
        give(call.uow, body.municipality, person.id, Given(r.role, r.valid_from or call.uow.today, r.valid_to, r.scope))
        for r in body.roles
    ]
    shown = PersonOut.of(person)
    shown.role_assignments = [RoleAssignmentOut.of(row, call.language) for row in given]
    return call.answer(shown, 201)


@routes.get("/{person_id}", response_model=PersonOut, responses=READS)
def read_person(call: Reading, person_id: UUID) -> Response:
    """Somebody."""
    return call.answer(PersonOut.of(people.visible(call.uow, person_id)))


@routes.patch("/{person_id}", response_model=PersonOut, responses=CHANGES)
def change_person(call: Changing, person_id: UUID, body: PersonChanges) -> Response:
    """Change somebody who holds roles only where one administers. A new password ends their sessions."""
    changes = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None}
    if "email" in body.model_fields_set:
        changes["email"] = body.email
    return call.answer(PersonOut.of(people.change(call.uow, person_id, changes, call.if_match)))


@routes.get("/{person_id}/tokens", response_model=Tokens, responses=READS)
def list_tokens(call: Reading, person_id: UUID) -> Response:
    """A person's tokens: one's own, or those of somebody one may change."""
    return tokens(call, person_id)


@routes.post("/{person_id}/tokens", status_code=201, response_model=TokenOut, responses=CHANGES)
def issue_token(call: Changing, person_id: UUID, body: TokenBody) -> Response:
    """Issue a token, for oneself or for somebody one may change. Its secret is in this answer and nowhere else."""
    return issued(call, person_id, body)


@routes.delete("/{person_id}/tokens/{token_id}", status_code=204, responses=CHANGES)
def revoke_token(call: Changing, person_id: UUID, token_id: UUID) -> Response:
    """End a token at once."""
    api_tokens.revoke(call.uow, person_id, token_id)
    return Response(status_code=204)


def tokens(call: Call, person_id: UUID) -> Response:
    """The list of a person's tokens."""
    found = api_tokens.of_person(call.uow, person_id)
    return call.answer(Tokens(items=[TokenOut.of(row) for row in found]))


def issued(call: Call, person_id: UUID, body: TokenBody) -> Response:
    """A new token. Not under an idempotency key: its secret would be kept."""
    row, secret = api_tokens.issue(call.uow, person_id, body.name, body.expires_at)
    return call.answer(TokenOut.of(row, secret), 201)
