"""One door, one unit of work: one transaction, one instant."""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from app.db import principals
from app.db.session import Session, everything
from app.db.times import database_now
from app.domain.clock import local_date
from app.domain.errors import NotSignedIn
from app.domain.principals import HeldRole, Principal
from app.services.installation import Installation

Credential = Literal["sign_in", "api_token", "calendar_feed"]


def digest(installation: Installation, secret: str) -> bytes:
    """What is stored of the secret of a session, a token or a feed: it is random, so one round is enough."""
    return hmac.digest(installation.secret_key, secret.encode(), "sha256")


class UnitOfWork:
    """A transaction with the one instant that everything in it happened at.

    `now` is the database's clock (or the installation's set clock) when the work began, and again once an instance
    lock was granted: a time read before waiting for a lock would lie before the holder's commit.
    """

    def __init__(self, installation: Installation, session: Session) -> None:
        self.installation = installation
        self.session = session
        self._now: datetime | None = None
        self._after: list[Callable[[], None]] = []
        self.principal: Principal | None = None
        self.csrf: str | None = None
        # The digest of the session that the principal was opened with; None for a token.
        self.sign_in: bytes | None = None

    @property
    def now(self) -> datetime:
        """The instant of this work, UTC."""
        if self.installation.clock is not None:
            return self.installation.clock.now()
        if self._now is None:
            self._now = database_now(self.session)
        return self._now

    def settle_now(self, at: datetime) -> None:
        """A lock was granted: this is when things happen."""
        self._now = at

    def refresh_now(self) -> None:
        """Read the clock again: a lock was granted."""
        self._now = None

    @property
    def today(self) -> date:
        """The day it is in Sweden."""
        return local_date(self.now)

    @property
    def set_instant(self) -> datetime | None:
        """The set clock's instant; None when the database's clock rules."""
        return None if self.installation.clock is None else self.installation.clock.now()

    def who(self) -> Principal:
        """Who acts. Raises NotSignedIn."""
        if self.principal is None:
            raise NotSignedIn
        return self.principal

    def after_commit(self, act: Callable[[], None]) -> None:
        """Do something once the transaction has been committed; never if it was not."""
        self._after.append(act)

    def ring_after_commit(self) -> None:
        """Wake the scheduler once this is committed."""
        if self.installation.ring not in self._after:
            self._after.append(self.installation.ring)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that may be refused and undone while the rest of the work is kept."""
        with self.session.begin_nested():
            yield

    def run_after_commit(self) -> None:
        """Called by whoever opened the unit of work."""
        for act in self._after:
            act()


@contextmanager
def begin(installation: Installation) -> Iterator[UnitOfWork]:
    """A unit of work that sees no municipality until a principal is opened in it: somebody's request is in hand."""
    with installation.turns.taken(), _begin(installation) as uow:
        yield uow


@contextmanager
def _begin(installation: Installation) -> Iterator[UnitOfWork]:
    with installation.database.transaction() as session:
        uow = UnitOfWork(installation, session)
        yield uow
    uow.run_after_commit()


@contextmanager
def begin_system(installation: Installation) -> Iterator[UnitOfWork]:
    """A unit of work of the service itself: the scheduler, the operator. It sees every municipality."""
    with _begin(installation) as uow:
        everything(uow.session, uow.set_instant)
        yield uow


def sign_in_principal(uow: UnitOfWork, kind: Credential, secret: str) -> Principal:
    """Open the principal behind a session, a token or a feed, and the second wall to just their municipalities.

    Raises NotSignedIn when it is unknown, revoked or out of date.
    """
    shown = digest(uow.installation, secret)
    row = principals.open_principal(uow.session, kind, shown, uow.set_instant)
    if row is None:
        raise NotSignedIn
    uow.settle_now(datetime.fromisoformat(row["at"]))
    uow.csrf = row["csrf"]
    uow.sign_in = shown if kind == "sign_in" else None
    uow.principal = Principal(
        id=UUID(row["id"]),
        username=row["username"],
        name=row["name"],
        language=row["language"],
        system_admin=row["system_admin"],
        roles=tuple(
            HeldRole(
                held["municipality"],
                held["role"],
                held["scope_kind"],
                UUID(held["scope_id"]) if held["scope_id"] else None,
                UUID(held["person"]),
            )
            for held in row["roles"]
        ),
        stands_for=frozenset((entry["municipality"], UUID(entry["person"])) for entry in row["stands_for"]),
    )
    return uow.principal
