"""Action plans (åtgärdsplaner), and the decisions of political bodies."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.prevention.records import RecordRow


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
    __tablename__ = "decision"
    organ: Mapped[str | None]
    decided_on: Mapped[date | None]
    paragraph: Mapped[str | None]
    text: Mapped[str | None]
    case_number: Mapped[str | None]
