"""Sessions on the server: the cookie holds a secret, the row its hash."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.session import Session


class SignIn(Base):
    """A server-side session. Only a hash of its secret is stored."""

    __tablename__ = "sign_in"
    id: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


def end(session: Session, digest: bytes) -> None:
    """Forget a session."""
    session.execute(delete(SignIn).where(SignIn.id == digest))


def end_all(session: Session, person_id: UUID, but: bytes | None = None) -> None:
    """Forget every session of a person, but one."""
    session.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.id.is_distinct_from(but)))


def forget_expired(session: Session, now: datetime, limit: int) -> int:
    """Remove so many sessions whose time is out; how many there were. What somebody else removes is passed by."""
    found = select(SignIn.id).where(SignIn.expires_at < now).limit(limit).with_for_update(skip_locked=True)
    removed = session.execute(delete(SignIn).where(SignIn.id.in_(found.scalar_subquery())).returning(SignIn.id))
    return len(removed.all())
