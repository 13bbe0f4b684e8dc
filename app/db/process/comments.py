"""Remarks beside user tasks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Municipal
from app.db.session import Session


class Comment(Municipal, Base):
    """A remark beside a task."""

    __tablename__ = "comment"
    user_task_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    body: Mapped[str]
    written_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(["municipality_id", "user_task_id"], ["user_task.municipality_id", "user_task.id"]),
        Index("ix_comment_task", "municipality_id", "user_task_id", "written_at"),
    )


def add(session: Session, values: dict[str, Any]) -> None:
    """Store a comment."""
    session.execute(insert(Comment).values(**values))


def of_task(session: Session, municipality_id: str, task_id: UUID) -> list[Comment]:
    """The comments of a task, oldest first."""
    return list(
        session.execute(
            select(Comment)
            .where(Comment.municipality_id == municipality_id, Comment.user_task_id == task_id)
            .order_by(Comment.written_at, Comment.id)
        ).scalars()
    )
