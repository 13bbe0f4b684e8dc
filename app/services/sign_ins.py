"""Signing in and out with a local account."""

import secrets
from datetime import timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.db import people, sign_ins
from app.db.people import Person
from app.db.sign_ins import SignIn
from app.domain.errors import WrongPassword
from app.domain.people import MAX_PASSWORD
from app.services.unit_of_work import UnitOfWork, digest

SESSION_LASTS = timedelta(hours=12)

# OWASP's second recommendation for argon2id: 19 MiB, two passes. A replica must stay under 200 MB also when several
# people sign in at once.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    """What is stored of a password: argon2id with its own salt."""
    return _hasher.hash(password)


@lru_cache(maxsize=1)
def _nobody() -> str:
    """A hash to hold the password of an unknown user name against, so that the answer takes as long."""
    return _hasher.hash(secrets.token_urlsafe(16))


def verify(person: Person | None, password: str) -> Person:
    """The person, if the password is theirs and the account is open. Raises WrongPassword, and says no more."""
    usable = person is not None and person.active and person.password_hash
    stored = person.password_hash if person is not None and usable else None
    try:
        _hasher.verify(stored or _nobody(), password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError) as fault:
        raise WrongPassword from fault
    if person is None or stored is None:
        raise WrongPassword
    return person


def sign_in(uow: UnitOfWork, username: str, password: str) -> tuple[str, str, Person]:
    """A new session: (its secret, its CSRF token, who). Raises WrongPassword, and says no more."""
    person = verify(people.by_username(uow.session, username.strip().casefold()[:300]), password)
    secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
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
    sign_ins.end(uow.session, digest(uow.installation, secret))
