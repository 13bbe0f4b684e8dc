"""Signing in and out, tokens, and the first administrator."""

import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.db import people
from app.db.people import ApiToken, Person, SignIn
from app.domain.errors import Conflict, InvalidInput, WrongPassword
from app.domain.ids import new_id
from app.services.unit_of_work import UnitOfWork, digest

SESSION_LASTS = timedelta(hours=12)
MIN_PASSWORD = 12
MAX_PASSWORD = 200

# OWASP's second recommendation for argon2id: 19 MiB, two passes. A replica must stay under 200 MB also when several
# people sign in at once.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@lru_cache(maxsize=1)
def _nobody() -> str:
    """A hash to hold the password of an unknown user name against, so that the answer takes as long."""
    return _hasher.hash(secrets.token_urlsafe(16))


def sign_in(uow: UnitOfWork, username: str, password: str) -> tuple[str, str, Person]:
    """A new session: (its secret, its CSRF token, who). Raises WrongPassword, and says no more."""
    person = people.by_username(uow.session, username[:200])
    stored = person.password_hash if person is not None and person.password_hash else _nobody()
    try:
        _hasher.verify(stored, password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError) as fault:
        raise WrongPassword from fault
    if person is None or not person.password_hash:
        raise WrongPassword
    secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    people.forget_expired_sign_ins(uow.session, uow.now)
    uow.session.add(
        SignIn(
            id=digest(uow.installation, secret),
            person_id=person.id,
            csrf=csrf,
            created_at=uow.now,
            expires_at=uow.now + SESSION_LASTS,
        )
    )
    uow.session.flush()
    return secret, csrf, person


def sign_out(uow: UnitOfWork, secret: str) -> None:
    """Forget the session."""
    people.end_sign_in(uow.session, digest(uow.installation, secret))


def issue_token(uow: UnitOfWork, person_id: UUID, name: str, expires_at: datetime | None = None) -> str:
    """A new API token for a person. It is shown once; only its hash is stored."""
    secret = f"tgh_{secrets.token_urlsafe(32)}"
    uow.session.add(
        ApiToken(
            id=digest(uow.installation, secret),
            person_id=person_id,
            name=name,
            created_at=uow.now,
            expires_at=expires_at,
        )
    )
    uow.session.flush()
    return secret


def add_person(
    uow: UnitOfWork,
    *,
    username: str,
    name: str,
    password: str | None,
    email: str | None = None,
    system_admin: bool = False,
) -> Person:
    """Add somebody who can sign in. Raises Conflict when the user name is taken, InvalidInput for a short password."""
    if password is not None and not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidInput(
            f"Lösenordet ska ha minst {MIN_PASSWORD} tecken.",
            f"The password must have at least {MIN_PASSWORD} characters.",
        )
    if people.by_username(uow.session, username) is not None:
        raise Conflict("Användarnamnet är upptaget.", "The user name is taken.")
    person = Person(
        id=new_id(),
        username=username,
        name=name,
        email=email,
        password_hash=_hasher.hash(password) if password is not None else None,
        language="sv",
        system_admin=system_admin,
        active=True,
        created_at=uow.now,
    )
    uow.session.add(person)
    uow.session.flush()
    return person
