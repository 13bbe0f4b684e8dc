"""Situation pictures (lägesbilder) and their problem areas."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.prevention.records import RecordRow
from app.db.session import Session


class SituationPicture(RecordRow, Base):
    """The situation picture of 4 §, lag (2023:196). `status`: draft, adopted, replaced.

    `kind` is yearly for that one; short (EST) and period (tertial, quarter) are pictures on the way there, which are
    noted, never adopted, and so replace nothing.
    """

    KIND: ClassVar[str] = "situation_picture"
    SINGLE: ClassVar[bool] = True
    __tablename__ = "situation_picture"
    crime: Mapped[str | None]
    extent: Mapped[str | None]
    consequences: Mapped[str | None]
    other_information: Mapped[str | None]
    analysis: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="yearly", server_default="yearly")
    title: Mapped[str | None]
    summary: Mapped[str | None]
    trend: Mapped[str | None]
    adopted_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(default="draft", server_default="draft")


class ProblemArea(RecordRow, Base):
    """A problem: what, where, how pressing and why. `status`: identified, prioritised, watched, closed."""

    KIND: ClassVar[str] = "problem_area"
    __tablename__ = "problem_area"
    situation_picture_id: Mapped[UUID | None]
    title: Mapped[str | None]
    description: Mapped[str | None]
    place: Mapped[str | None]
    priority: Mapped[str | None]
    reason: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="identified", server_default="identified")


def latest_adopted(session: Session, municipality_id: str, until: date | None = None) -> SituationPicture | None:
    """The picture in force; with a day the one that was in force then, whatever has replaced it since."""
    statuses = ("adopted",) if until is None else ("adopted", "replaced")
    statement = select(SituationPicture).where(
        SituationPicture.municipality_id == municipality_id,
        SituationPicture.kind == "yearly",
        SituationPicture.status.in_(statuses),
        SituationPicture.withdrawn_at.is_(None),
    )
    if until is not None:
        statement = statement.where(SituationPicture.adopted_on <= until)
    return session.execute(
        statement.order_by(SituationPicture.adopted_on.desc(), SituationPicture.created_at.desc()).limit(1)
    ).scalar_one_or_none()


def areas_in(session: Session, municipality_id: str, picture_id: UUID) -> list[ProblemArea]:
    """The problem areas that a picture points at, by priority."""
    return list(
        session.execute(
            select(ProblemArea)
            .where(
                ProblemArea.municipality_id == municipality_id,
                ProblemArea.situation_picture_id == picture_id,
                ProblemArea.withdrawn_at.is_(None),
            )
            .order_by(ProblemArea.priority, ProblemArea.created_at, ProblemArea.source_key)
        ).scalars()
    )


def put_areas_in(session: Session, municipality_id: str, instance_id: UUID, picture_id: UUID, at: datetime) -> None:
    """The problem areas of an instance belong to its picture."""
    session.execute(
        update(ProblemArea)
        .where(
            ProblemArea.municipality_id == municipality_id,
            ProblemArea.process_instance_id == instance_id,
            ProblemArea.withdrawn_at.is_(None),
        )
        .values(situation_picture_id=picture_id, status="prioritised", updated_at=at)
        .execution_options(synchronize_session=False)
    )


def last_noted_at(session: Session, municipality_id: str, kind: str, but_of: UUID) -> datetime | None:
    """When the last picture of the kind was written, that of the named instance not counted."""
    return session.execute(
        select(func.max(SituationPicture.created_at)).where(
            SituationPicture.municipality_id == municipality_id,
            SituationPicture.kind == kind,
            SituationPicture.process_instance_id != but_of,
            SituationPicture.withdrawn_at.is_(None),
        )
    ).scalar_one_or_none()


def adopt(session: Session, municipality_id: str, picture_id: UUID, on: date) -> None:
    """Adopt a picture; the one before it is replaced."""
    session.execute(
        update(SituationPicture)
        .where(
            SituationPicture.municipality_id == municipality_id,
            SituationPicture.status == "adopted",
            SituationPicture.id != picture_id,
        )
        .values(status="replaced")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(SituationPicture)
        .where(SituationPicture.municipality_id == municipality_id, SituationPicture.id == picture_id)
        .values(status="adopted", adopted_on=on)
        .execution_options(synchronize_session=False)
    )
