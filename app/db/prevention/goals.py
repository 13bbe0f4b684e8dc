"""Goals, the indicators that show whether they are met, and what was measured."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.prevention.records import RecordRow
from app.db.session import Session


class Goal(RecordRow, Base):
    """What is to be different, and by when. `status`: open, met, partly, not_met, unknown (it could not be judged)."""

    KIND: ClassVar[str] = "goal"
    __tablename__ = "goal"
    problem_area_id: Mapped[UUID | None]
    title: Mapped[str | None]
    baseline: Mapped[str | None]
    target: Mapped[str | None]
    due_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(default="open", server_default="open")


class Indicator(RecordRow, Base):
    """What shows that a goal is met or that a measure helps: of a problem area's goals, or of one measure."""

    KIND: ClassVar[str] = "indicator"
    __tablename__ = "indicator"
    problem_area_id: Mapped[UUID | None]
    measure_id: Mapped[UUID | None]
    title: Mapped[str | None]
    source: Mapped[str | None]
    interval: Mapped[str | None]


class Measurement(RecordRow, Base):
    """The value of an indicator on a day."""

    KIND: ClassVar[str] = "measurement"
    ABOUT: ClassVar[str | None] = "indicator_id"
    # A measure's owner reports its value again and again by one form.
    EACH_ROUND: ClassVar[bool] = True
    __tablename__ = "measurement"
    indicator_id: Mapped[UUID]
    measured_on: Mapped[date | None]
    value: Mapped[float | None]
    text: Mapped[str | None]


Index("ix_goal_problem_area", Goal.municipality_id, Goal.problem_area_id)
Index("ix_indicator_measure", Indicator.municipality_id, Indicator.measure_id)
Index("ix_indicator_problem_area", Indicator.municipality_id, Indicator.problem_area_id)
Index("ix_measurement_indicator", Measurement.municipality_id, Measurement.indicator_id, Measurement.measured_on)


def goals_of_areas(session: Session, municipality_id: str, area_ids: Sequence[UUID]) -> list[Goal]:
    """The goals of these problem areas, oldest first."""
    return list(
        session.execute(
            select(Goal)
            .where(
                Goal.municipality_id == municipality_id,
                Goal.problem_area_id.in_(list(area_ids)),
                Goal.withdrawn_at.is_(None),
            )
            .order_by(Goal.created_at, Goal.source_key)
        ).scalars()
    )


def open_goals(session: Session, municipality_id: str, years: Sequence[int]) -> list[Goal]:
    """The goals of those years that have not been judged, oldest first."""
    return list(
        session.execute(
            select(Goal)
            .where(
                Goal.municipality_id == municipality_id,
                Goal.status == "open",
                Goal.year.in_(list(years)),
                Goal.withdrawn_at.is_(None),
            )
            .order_by(Goal.year, Goal.created_at, Goal.source_key)
        ).scalars()
    )


def indicators_of(
    session: Session, municipality_id: str, *, area_ids: Sequence[UUID] = (), measure_ids: Sequence[UUID] = ()
) -> list[Indicator]:
    """The indicators of these problem areas and of these measures, oldest first."""
    return list(
        session.execute(
            select(Indicator)
            .where(
                Indicator.municipality_id == municipality_id,
                or_(Indicator.problem_area_id.in_(list(area_ids)), Indicator.measure_id.in_(list(measure_ids))),
                Indicator.withdrawn_at.is_(None),
            )
            .order_by(Indicator.created_at, Indicator.source_key)
        ).scalars()
    )


def measurements_of(session: Session, municipality_id: str, indicator_ids: Sequence[UUID]) -> list[Measurement]:
    """What has been measured of these indicators, by day."""
    return list(
        session.execute(
            select(Measurement)
            .where(
                Measurement.municipality_id == municipality_id,
                Measurement.indicator_id.in_(list(indicator_ids)),
                Measurement.withdrawn_at.is_(None),
            )
            .order_by(Measurement.measured_on, Measurement.created_at, Measurement.source_key)
        ).scalars()
    )
