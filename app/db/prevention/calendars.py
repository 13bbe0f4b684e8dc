"""A municipality's own days off and pauses, and the changes of its calendar with what they moved."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Municipal
from app.db.session import Session


class DayOff(Municipal, Base):
    """A day on which the municipality does not work, beyond the Swedish holidays."""

    __tablename__ = "day_off"
    on: Mapped[date]
    name: Mapped[str]

    __table_args__ = (Index("uq_day_off_on", "municipality_id", "on", unique=True),)


class Pause(Municipal, Base):
    """A time of rest, of one process or (None) of all. A yearly one comes back between the same days."""

    __tablename__ = "pause"
    name: Mapped[str]
    first_on: Mapped[date]
    last_on: Mapped[date]
    process: Mapped[str | None]
    yearly: Mapped[bool]

    __table_args__ = (Index("uq_pause_name", "municipality_id", "name", unique=True),)


class CalendarChange(Municipal, Base):
    """A change of what deadlines are reckoned by: who, when, why, and what it moved. Never changed afterwards."""

    __tablename__ = "calendar_change"
    changed_at: Mapped[datetime]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str]
    changes: Mapped[list[Any]]
    moves: Mapped[list[Any]]
    version_before: Mapped[str]
    version_after: Mapped[str]


def days_off(session: Session, municipality_id: str) -> list[DayOff]:
    """The municipality's own days off, by date."""
    return list(
        session.execute(select(DayOff).where(DayOff.municipality_id == municipality_id).order_by(DayOff.on)).scalars()
    )


def pauses(session: Session, municipality_id: str) -> list[Pause]:
    """The municipality's pauses, by name."""
    return list(
        session.execute(select(Pause).where(Pause.municipality_id == municipality_id).order_by(Pause.name)).scalars()
    )


def replace_days_off(session: Session, municipality_id: str, rows: Sequence[dict[str, Any]]) -> None:
    """Let these be the days off."""
    session.execute(delete(DayOff).where(DayOff.municipality_id == municipality_id))
    if rows:
        session.execute(insert(DayOff), list(rows))


def replace_pauses(session: Session, municipality_id: str, rows: Sequence[dict[str, Any]]) -> None:
    """Let these be the pauses."""
    session.execute(delete(Pause).where(Pause.municipality_id == municipality_id))
    if rows:
        session.execute(insert(Pause), list(rows))


def note_change(session: Session, row: dict[str, Any]) -> None:
    """Write down a change."""
    session.execute(insert(CalendarChange).values(**row))


def changes(
    session: Session, municipality_id: str, *, after: tuple[datetime, UUID] | None = None, limit: int = 50
) -> list[CalendarChange]:
    """The changes of a municipality's calendar, newest first."""
    statement = select(CalendarChange).where(CalendarChange.municipality_id == municipality_id)
    if after is not None:
        at, last = after
        statement = statement.where(
            (CalendarChange.changed_at < at) | ((CalendarChange.changed_at == at) & (CalendarChange.id < last))
        )
    statement = statement.order_by(CalendarChange.changed_at.desc(), CalendarChange.id.desc()).limit(limit)
    return list(session.execute(statement).scalars())
