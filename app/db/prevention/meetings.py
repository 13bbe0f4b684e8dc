"""The meeting plan (sammanträdesplan), and the council's own meetings with their minutes."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped

from app.db.base import Base, Municipal
from app.db.prevention.records import RecordRow
from app.db.session import Session
from app.domain.ids import new_id


class PlannedMeeting(Municipal, Base):
    """A date in the meeting plan of an organ: KS, KSAU, KF, the council, a group."""

    __tablename__ = "planned_meeting"
    organ: Mapped[str]
    on: Mapped[date]
    manuscript_stop_on: Mapped[date]

    __table_args__ = (
        CheckConstraint('manuscript_stop_on <= "on"', name="manuscript_stop"),
        Index("uq_planned_meeting", "municipality_id", "organ", "on", unique=True),
    )


class Meeting(RecordRow, Base):
    """A meeting that was held: its agenda, who attended, what was concluded, and its minutes."""

    KIND: ClassVar[str] = "meeting"
    SINGLE: ClassVar[bool] = True
    __tablename__ = "meeting"
    body: Mapped[str | None]
    held_on: Mapped[date | None]
    place: Mapped[str | None]
    agenda: Mapped[list[Any] | None]
    attendance: Mapped[list[Any] | None]
    minutes: Mapped[str | None]
    minutes_approved_on: Mapped[date | None]
    minutes_attachment: Mapped[UUID | None]


def planned(session: Session, municipality_id: str) -> list[PlannedMeeting]:
    """The whole meeting plan, by date."""
    return list(
        session.execute(
            select(PlannedMeeting)
            .where(PlannedMeeting.municipality_id == municipality_id)
            .order_by(PlannedMeeting.on, PlannedMeeting.organ)
        ).scalars()
    )


def of(session: Session, municipality_id: str, organ: str, on: date) -> PlannedMeeting | None:
    """The organ's planned meeting of a day."""
    return session.execute(
        select(PlannedMeeting).where(
            PlannedMeeting.municipality_id == municipality_id, PlannedMeeting.organ == organ, PlannedMeeting.on == on
        )
    ).scalar_one_or_none()


def replace_plan(
    session: Session,
    municipality_id: str,
    wanted: dict[tuple[str, date], date],
    moved: dict[tuple[str, date], date],
) -> None:
    """Let these be the planned meetings: (organ, day) -> manuscript stop. A moved one keeps its row."""
    rows = {(row.organ, row.on): row for row in planned(session, municipality_id)}
    for (organ, on), to_on in moved.items():
        row = rows.pop((organ, on), None)
        if row is not None and (organ, to_on) in wanted:
            row.on, row.manuscript_stop_on = to_on, wanted[organ, to_on]
            rows[organ, to_on] = row
    for key, row in rows.items():
        if key not in wanted:
            session.delete(row)
        elif row.manuscript_stop_on != wanted[key]:
            row.manuscript_stop_on = wanted[key]
    session.flush()
    new = [key for key in wanted if key not in rows]
    plan(
        session,
        [
            {
                "municipality_id": municipality_id,
                "id": new_id(),
                "organ": organ,
                "on": on,
                "manuscript_stop_on": wanted[organ, on],
            }
            for organ, on in new
        ],
    )


def plan(session: Session, rows: list[dict[str, object]]) -> int:
    """Add meetings to the plan; how many were new."""
    if not rows:
        return 0
    statement = insert(PlannedMeeting).on_conflict_do_nothing().returning(PlannedMeeting.id)
    return len(list(session.execute(statement, rows).scalars()))
