"""Evaluations: how a measure or a goal was judged afterwards, and what is to be done with it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, or_, select, update
from sqlalchemy.orm import Mapped

from app.db.base import Base
from app.db.prevention.goals import Goal
from app.db.prevention.measures import Measure
from app.db.prevention.records import RecordRow
from app.db.session import Session


class Evaluation(RecordRow, Base):
    """A judgement of a measure or of a goal, that the next situation picture takes up (`situation_picture_id`).

    `result` is how it went, in the form's word; `recommendation` what is to be done: behåll, ändra, avsluta, or from
    whoever carried the measure out fortsätt, ändra, avsluta, sprid.
    """

    KIND: ClassVar[str] = "evaluation"
    ABOUT: ClassVar[str | None] = "measure_id"
    __tablename__ = "evaluation"
    measure_id: Mapped[UUID | None]
    goal_id: Mapped[UUID | None]
    situation_picture_id: Mapped[UUID | None]
    evaluated_on: Mapped[date | None]
    result: Mapped[str | None]
    value_before: Mapped[float | None]
    value_after: Mapped[float | None]
    other_explanation: Mapped[str | None]
    text: Mapped[str | None]
    recommendation: Mapped[str | None]


Index("ix_evaluation_measure", Evaluation.municipality_id, Evaluation.measure_id)
Index("ix_evaluation_goal", Evaluation.municipality_id, Evaluation.goal_id)
Index("ix_evaluation_picture", Evaluation.municipality_id, Evaluation.situation_picture_id)


def of(
    session: Session, municipality_id: str, *, measure_ids: Sequence[UUID] = (), goal_ids: Sequence[UUID] = ()
) -> list[Evaluation]:
    """The evaluations of these measures and goals, oldest first."""
    return list(
        session.execute(
            select(Evaluation)
            .where(
                Evaluation.municipality_id == municipality_id,
                or_(Evaluation.measure_id.in_(list(measure_ids)), Evaluation.goal_id.in_(list(goal_ids))),
                Evaluation.withdrawn_at.is_(None),
            )
            .order_by(Evaluation.created_at, Evaluation.source_key)
        ).scalars()
    )


def subject(session: Session, evaluation: Evaluation) -> str:
    """What was judged: the title of the measure or the goal."""
    table: type[Measure | Goal] = Measure if evaluation.measure_id else Goal
    about = evaluation.measure_id or evaluation.goal_id
    return session.execute(select(table.title).where(table.id == about)).scalar() or ""


def waiting(session: Session, municipality_id: str) -> list[Evaluation]:
    """Those that no situation picture has taken up yet, oldest first."""
    return list(
        session.execute(
            select(Evaluation)
            .where(
                Evaluation.municipality_id == municipality_id,
                Evaluation.situation_picture_id.is_(None),
                Evaluation.withdrawn_at.is_(None),
            )
            .order_by(Evaluation.created_at, Evaluation.source_key)
        ).scalars()
    )


def taken_up(session: Session, municipality_id: str, picture_id: UUID) -> list[Evaluation]:
    """Those that a situation picture has taken up, oldest first."""
    return list(
        session.execute(
            select(Evaluation)
            .where(
                Evaluation.municipality_id == municipality_id,
                Evaluation.situation_picture_id == picture_id,
                Evaluation.withdrawn_at.is_(None),
            )
            .order_by(Evaluation.created_at, Evaluation.source_key)
        ).scalars()
    )


def take_up(session: Session, municipality_id: str, picture_id: UUID, at: datetime) -> None:
    """A situation picture is adopted: what was evaluated before it belongs to it."""
    session.execute(
        update(Evaluation)
        .where(
            Evaluation.municipality_id == municipality_id,
            Evaluation.situation_picture_id.is_(None),
            Evaluation.withdrawn_at.is_(None),
        )
        .values(situation_picture_id=picture_id, updated_at=at)
        .execution_options(synchronize_session=False)
    )
