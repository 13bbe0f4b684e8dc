"""History: what happened to each instance, in order, and never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Identity, Index, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.session import Session, insert_rows


class HistoryEvent(Base):
    """One line. `sequence` orders what a transaction wrote at one instant."""

    __tablename__ = "history_event"
    municipality_id: Mapped[str] = mapped_column(ForeignKey("municipality.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    process_instance_id: Mapped[UUID]
    at: Mapped[datetime]
    kind: Mapped[str]
    element: Mapped[str | None]
    name: Mapped[str | None]
    user_task_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    detail: Mapped[dict[str, Any]]

    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "process_instance_id"], ["process_instance.municipality_id", "process_instance.id"]
        ),
        Index("ix_history_event_instance", "municipality_id", "process_instance_id", "sequence"),
    )


def append(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write lines, in the order given."""
    insert_rows(session, insert(HistoryEvent.__table__), rows)  # type: ignore[arg-type]  # a Table


def of_instance(
    session: Session, municipality_id: str, instance_id: UUID, *, after: int = 0, limit: int = 200
) -> list[HistoryEvent]:
    """The lines of an instance, in order."""
    return list(
        session.execute(
            select(HistoryEvent)
            .where(
                HistoryEvent.municipality_id == municipality_id,
                HistoryEvent.process_instance_id == instance_id,
                HistoryEvent.sequence > after,
            )
            .order_by(HistoryEvent.sequence)
            .limit(limit)
        ).scalars()
    )


def of_task(
    session: Session, municipality_id: str, instance_id: UUID, task_id: UUID, *, after: int = 0, limit: int = 200
) -> list[HistoryEvent]:
    """The lines about a user task, in order."""
    return list(
        session.execute(
            select(HistoryEvent)
            .where(
                HistoryEvent.municipality_id == municipality_id,
                HistoryEvent.process_instance_id == instance_id,
                HistoryEvent.user_task_id == task_id,
                HistoryEvent.sequence > after,
            )
            .order_by(HistoryEvent.sequence)
            .limit(limit)
        ).scalars()
    )


def passed_elements(session: Session, municipality_id: str, instance_id: UUID) -> set[str]:
    """The elements that an instance has passed."""
    rows = session.execute(
        select(HistoryEvent.element)
        .distinct()
        .where(
            HistoryEvent.municipality_id == municipality_id,
            HistoryEvent.process_instance_id == instance_id,
            HistoryEvent.kind.in_(
                ["step_passed", "gateway_passed", "user_task_completed", "action_done", "call_ended"]
            ),
        )
    )
    return {str(row[0]) for row in rows}


def since(session: Session, municipality_id: str, sequence: int, limit: int = 10_000) -> list[HistoryEvent]:
    """What happened in a municipality after a sequence number, in order: a simulation's timeline is read from here."""
    return list(
        session.execute(
            select(HistoryEvent)
            .where(HistoryEvent.municipality_id == municipality_id, HistoryEvent.sequence > sequence)
            .order_by(HistoryEvent.sequence)
            .limit(limit)
        ).scalars()
    )
