"""Action plans (åtgärdsplaner), and the decisions of political bodies."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.prevention.records import RecordRow
from app.db.session import Session


class ActionPlan(RecordRow, Base):
    """The plan of 5 §, lag (2023:196). `status`: draft, referred, adopted, rejected, replaced."""

    KIND: ClassVar[str] = "action_plan"
    SINGLE: ClassVar[bool] = True
    __tablename__ = "action_plan"
    problem_picture: Mapped[str | None]
    factors: Mapped[str | None]
    warning_signs: Mapped[str | None]
    coordination: Mapped[str | None]
    situation_picture_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(default="draft", server_default="draft")
    decided_on: Mapped[date | None]
    paragraph: Mapped[str | None]


class Decision(RecordRow, Base):
    """What a political body decided, recorded by its secretary."""

    KIND: ClassVar[str] = "decision"
    EACH_ROUND: ClassVar[bool] = True
    __tablename__ = "decision"
    organ: Mapped[str | None]
    decided_on: Mapped[date | None]
    paragraph: Mapped[str | None]
    text: Mapped[str | None]
    case_number: Mapped[str | None]


def of_instance(session: Session, municipality_id: str, instance_id: UUID) -> ActionPlan | None:
    """The plan of an instance."""
    return session.execute(
        select(ActionPlan).where(
            ActionPlan.municipality_id == municipality_id,
            ActionPlan.process_instance_id == instance_id,
            ActionPlan.withdrawn_at.is_(None),
        )
    ).scalar_one_or_none()


def last_decided_on(session: Session, municipality_id: str, organ: str, until: date) -> date | None:
    """The last day, no later than `until`, on which an organ decided or took note of something in the work."""
    return session.execute(
        select(func.max(Decision.decided_on)).where(
            Decision.municipality_id == municipality_id,
            Decision.organ == organ,
            Decision.decided_on <= until,
            Decision.withdrawn_at.is_(None),
        )
    ).scalar()


def in_force(session: Session, municipality_id: str, until: date | None = None) -> ActionPlan | None:
    """The plan that was adopted last and has not been replaced; with a day the one that was in force then."""
    statuses = ("adopted",) if until is None else ("adopted", "replaced")
    statement = select(ActionPlan).where(
        ActionPlan.municipality_id == municipality_id,
        ActionPlan.status.in_(statuses),
        ActionPlan.withdrawn_at.is_(None),
    )
    if until is not None:
        statement = statement.where(ActionPlan.decided_on <= until)
    return session.execute(
        statement.order_by(ActionPlan.decided_on.desc(), ActionPlan.created_at.desc()).limit(1)
    ).scalar_one_or_none()


def replace_earlier(session: Session, municipality_id: str, plan_id: UUID) -> None:
    """A plan was adopted: the one in force until then is replaced."""
    session.execute(
        update(ActionPlan)
        .where(
            ActionPlan.municipality_id == municipality_id,
            ActionPlan.status == "adopted",
            ActionPlan.id != plan_id,
        )
        .values(status="replaced")
        .execution_options(synchronize_session=False)
    )
