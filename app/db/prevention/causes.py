"""Causes of a problem, risk and protective factors, and the early signs that something is about to happen."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, and_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.prevention.records import RecordRow
from app.db.prevention.situation_pictures import ProblemArea
from app.db.session import Session


class Cause(RecordRow, Base):
    """Why a problem is there. `status`: hypothesis, supported. `weight`: stor, viss, liten; None until it is weighed.

    `perspective` is whose view it is found in: brottsutsatt, gärningsperson, plats. `kind`: direkt, indirekt.
    """

    KIND: ClassVar[str] = "cause"
    __tablename__ = "cause"
    problem_area_id: Mapped[UUID | None]
    title: Mapped[str | None]
    perspective: Mapped[str | None]
    kind: Mapped[str | None]
    basis: Mapped[str | None]
    weight: Mapped[str | None]
    influenceable: Mapped[bool | None]
    status: Mapped[str] = mapped_column(default="hypothesis", server_default="hypothesis")


class Factor(RecordRow, Base):
    """Something that raises (`risk`) or lowers (`skydd`) the risk of crime, in one of Sävsjö's five areas (`arena`)."""

    KIND: ClassVar[str] = "factor"
    __tablename__ = "factor"
    problem_area_id: Mapped[UUID | None]
    department_id: Mapped[UUID | None]
    department_name: Mapped[str | None]
    title: Mapped[str | None]
    kind: Mapped[str | None]
    arena: Mapped[str | None]
    work: Mapped[str | None]


class WarningSign(RecordRow, Base):
    """An early sign (`title`) in an activity, what is done when it is seen, and who helps how."""

    KIND: ClassVar[str] = "warning_sign"
    __tablename__ = "warning_sign"
    department_id: Mapped[UUID | None]
    department_name: Mapped[str | None]
    activity: Mapped[str | None]
    title: Mapped[str | None]
    measure: Mapped[str | None]
    partner: Mapped[str | None]
    partner_measure: Mapped[str | None]
    action_plan_id: Mapped[UUID | None]


Index("ix_cause_problem_area", Cause.municipality_id, Cause.problem_area_id)
Index("ix_factor_problem_area", Factor.municipality_id, Factor.problem_area_id)


def of_areas(session: Session, municipality_id: str, area_ids: Sequence[UUID]) -> list[Cause]:
    """The causes of these problem areas, oldest first."""
    return list(
        session.execute(
            select(Cause)
            .where(
                Cause.municipality_id == municipality_id,
                Cause.problem_area_id.in_(list(area_ids)),
                Cause.withdrawn_at.is_(None),
            )
            .order_by(Cause.created_at, Cause.source_key)
        ).scalars()
    )


def area_titles(session: Session, municipality_id: str, cause_ids: Collection[UUID]) -> dict[UUID, str]:
    """The title of the problem area that each of these causes belongs to, by the cause's id; those without left out."""
    if not cause_ids:
        return {}
    rows = session.execute(
        select(Cause.id, ProblemArea.title)
        .join(
            ProblemArea,
            and_(ProblemArea.municipality_id == Cause.municipality_id, ProblemArea.id == Cause.problem_area_id),
        )
        .where(
            Cause.municipality_id == municipality_id,
            Cause.id.in_(list(cause_ids)),
            ProblemArea.withdrawn_at.is_(None),
        )
    )
    return {key: title for key, title in rows if title}


def signs_in_plan(session: Session, municipality_id: str, plan_id: UUID) -> list[WarningSign]:
    """The early signs that a plan holds, by department and then as they were told."""
    return list(
        session.execute(
            select(WarningSign)
            .where(
                WarningSign.municipality_id == municipality_id,
                WarningSign.action_plan_id == plan_id,
                WarningSign.withdrawn_at.is_(None),
            )
            .order_by(WarningSign.department_name, WarningSign.created_at, WarningSign.source_key)
        ).scalars()
    )


def put_signs_in_plan(session: Session, municipality_id: str, ids: Sequence[UUID], plan_id: UUID, at: datetime) -> None:
    """The early signs that a plan holds."""
    session.execute(
        update(WarningSign)
        .where(WarningSign.municipality_id == municipality_id, WarningSign.id.in_(list(ids)))
        .values(action_plan_id=plan_id, updated_at=at)
        .execution_options(synchronize_session=False)
    )
