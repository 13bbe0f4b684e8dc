"""Answers already given, so that a repeated call gets the first one again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.session import Session


class IdempotencyKey(Base):
    """A person's key, what was asked under it, and what was answered."""

    __tablename__ = "idempotency_key"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    status: Mapped[int]
    body: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(index=True)


def get(session: Session, person_id: UUID, key: str) -> IdempotencyKey | None:
    """The answer given under the key."""
    return session.execute(
        select(IdempotencyKey).where(IdempotencyKey.person_id == person_id, IdempotencyKey.key == key)
    ).scalar_one_or_none()


def put(session: Session, row: dict[str, object]) -> bool:
    """Keep an answer. False when a call under the same key finished in the meantime."""
    statement = insert(IdempotencyKey).values(**row).on_conflict_do_nothing().returning(IdempotencyKey.key)
    return session.execute(statement).scalar_one_or_none() is not None


def fill(session: Session, person_id: UUID, key: str, status: int, body: bytes) -> None:
    """The reserved key's answer, in the transaction of what it answers for."""
    session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.person_id == person_id, IdempotencyKey.key == key)
        .values(status=status, body=body)
        .execution_options(synchronize_session=False)
    )


def forget_before(session: Session, at: datetime, limit: int) -> int:
    """Remove so many answers older than that, oldest first; how many there were. What is in use is passed by."""
    found = (
        select(IdempotencyKey.person_id, IdempotencyKey.key)
        .where(IdempotencyKey.created_at < at)
        .order_by(IdempotencyKey.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .subquery()
    )
    removed = session.execute(
        delete(IdempotencyKey)
        .where(IdempotencyKey.person_id == found.c.person_id, IdempotencyKey.key == found.c.key)
        .returning(IdempotencyKey.key)
        .execution_options(synchronize_session=False)
    )
    return len(removed.all())
