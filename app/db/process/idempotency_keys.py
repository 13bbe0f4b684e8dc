"""Answers already given, so that a repeated call gets the first one again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, delete, func, literal, select, update
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


def put(session: Session, row: Mapping[str, Any]) -> bool:
    """Take the key for this transaction. False when it is taken: answered before (`get` has the answer), or in use.

    Nobody waits for who has it: an advisory lock that is held until the end of the transaction is tried, not awaited.
    """
    table = IdempotencyKey.__table__
    mine = func.pg_try_advisory_xact_lock(func.hashtextextended(f"{row['person_id']} {row['key']}", 0))
    values = select(*(literal(value, table.c[name].type) for name, value in row.items())).where(mine)
    statement = insert(IdempotencyKey).from_select(list(row), values).on_conflict_do_nothing()
    return session.execute(statement.returning(IdempotencyKey.key)).scalar_one_or_none() is not None


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
