"""Tokens of HTTP clients: issued, listed, revoked."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.db import api_tokens, people
from app.db.api_tokens import ApiToken
from app.domain.clock import local_date
from app.domain.errors import Conflict, NotFound
from app.domain.ids import new_id
from app.domain.people import check_name, invalid
from app.services.people import changeable
from app.services.unit_of_work import UnitOfWork, digest

LASTS = timedelta(days=366)
"""How long a token lasts when nothing else is said."""
LONGEST = timedelta(days=3 * 366)
MOST_PER_PERSON = 20


def issue(uow: UnitOfWork, person_id: UUID, name: str, expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """A new token for oneself, or as an administrator for a person one may change: (the row, its secret).

    The secret is shown once; only its hash is stored. It lasts a year unless `expires_at` says otherwise. Raises
    NotFound, NotYours, InvalidInput, and Conflict when the person has very many tokens already.
    """
    require_may_hold(uow, person_id)
    if expires_at is None:
        expires_at = uow.now + LASTS
    if not uow.now < expires_at <= uow.now + LONGEST:
        raise invalid(
            "/expires_at",
            "Nyckeln ska sluta gälla i framtiden, högst tre år bort.",
            "The token must expire in the future, three years away at most.",
        )
    if api_tokens.in_force(uow.session, person_id, uow.now) >= MOST_PER_PERSON:
        raise Conflict(
            f"Personen har redan {MOST_PER_PERSON} nycklar som gäller. Dra in någon först.",
            f"The person has {MOST_PER_PERSON} valid tokens already. Revoke one first.",
        )
    return _store(uow, person_id, check_name(name), expires_at)


def issue_as_operator(uow: UnitOfWork, person_id: UUID, name: str, expires_at: datetime | None = None) -> str:
    """A token issued at the console, where nobody is signed in."""
    return _store(uow, person_id, name, expires_at)[1]


def _store(uow: UnitOfWork, person_id: UUID, name: str, expires_at: datetime | None) -> tuple[ApiToken, str]:
    secret = f"tgh_{secrets.token_urlsafe(32)}"
    row = ApiToken(
        id=digest(uow.installation, secret),
        token_id=new_id(),
        person_id=person_id,
        name=name,
        created_at=uow.now,
        expires_at=expires_at,
    )
    uow.session.add(row)
    uow.session.flush()
    return row, secret


def of_person(uow: UnitOfWork, person_id: UUID) -> Sequence[ApiToken]:
    """One's own tokens, or those of a person one may change. Raises NotFound, NotYours."""
    require_may_hold(uow, person_id)
    return api_tokens.of_person(uow.session, person_id)


def revoke(uow: UnitOfWork, person_id: UUID, token_id: UUID) -> None:
    """End a token at once. Ending it twice is ending it once. Raises NotFound, NotYours."""
    require_may_hold(uow, person_id)
    row = api_tokens.by_token_id(uow.session, token_id)
    if row is None or row.person_id != person_id:
        raise NotFound("API-nyckeln", "The API token")
    api_tokens.revoke(uow.session, token_id, uow.now)


def require_may_hold(uow: UnitOfWork, person_id: UUID) -> None:
    """Oneself, or somebody one may change. Raises NotFound, NotYours."""
    if person_id != uow.who().id:
        changeable(uow, people.get(uow.session, person_id))


def last_day(row: ApiToken) -> str:
    """The day it stops, in Sweden, as ISO; empty when it never does."""
    return local_date(row.expires_at).isoformat() if row.expires_at else ""
