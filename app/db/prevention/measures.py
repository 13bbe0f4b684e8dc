"""Measures (åtgärder)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.prevention.records import RecordRow
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import Submission
from app.db.session import Session


class Measure(RecordRow, Base):
    """Something to be done about a cause. `status`: proposed, decided, ongoing, late, done, cancelled.

    How it may go from one to another is said in `app/domain/measures.py`.
    """

    KIND: ClassVar[str] = "measure"
    __tablename__ = "measure"
    title: Mapped[str | None]
    description: Mapped[str | None]
    kind: Mapped[str | None]
    cause: Mapped[str | None]
    # The cause of the analysis that it is to affect; `cause` is how whoever proposed it said it.
    cause_id: Mapped[UUID | None]
    owner: Mapped[str | None]
    department_id: Mapped[UUID | None]
    department_name: Mapped[str | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    indicator: Mapped[str | None]
    evidence: Mapped[str | None]
    budget: Mapped[str | None]
    follow_up_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(default="proposed", server_default="proposed")
    action_plan_id: Mapped[UUID | None]
    # The council's commitment that the measure carries out, where it does: it is followed up with the commitments.
    commitment_id: Mapped[UUID | None]


def taken_up_in(session: Session, municipality_id: str, instance_id: UUID) -> list[Measure]:
    """What an instance's forms proposed, and earlier proposals that they were the last to write; oldest first."""
    own = select(Submission.id).where(
        Submission.municipality_id == municipality_id, Submission.process_instance_id == instance_id
    )
    return list(
        session.execute(
            select(Measure)
            .where(
                Measure.municipality_id == municipality_id,
                or_(Measure.process_instance_id == instance_id, Measure.submission_id.in_(own)),
                Measure.withdrawn_at.is_(None),
            )
            .order_by(Measure.created_at, Measure.source_key)
        ).scalars()
    )


def in_plan(session: Session, municipality_id: str, plan_id: UUID) -> list[Measure]:
    """The measures that a plan holds, oldest first."""
    return list(
        session.execute(
            select(Measure)
            .where(
                Measure.municipality_id == municipality_id,
                Measure.action_plan_id == plan_id,
                Measure.withdrawn_at.is_(None),
            )
            .order_by(Measure.created_at, Measure.source_key)
        ).scalars()
    )


def of_causes(session: Session, municipality_id: str, cause_ids: Sequence[UUID]) -> list[Measure]:
    """The measures that are to affect these causes, oldest first."""
    return list(
        session.execute(
            select(Measure)
            .where(
                Measure.municipality_id == municipality_id,
                Measure.cause_id.in_(list(cause_ids)),
                Measure.withdrawn_at.is_(None),
            )
            .order_by(Measure.created_at, Measure.source_key)
        ).scalars()
    )


def of_process(session: Session, municipality_id: str, process_key: str) -> list[Measure]:
    """Measures that came from any instance of the process and have been decided, oldest first."""
    return list(
        session.execute(
            select(Measure)
            .join(
                ProcessInstance,
                and_(
                    ProcessInstance.municipality_id == Measure.municipality_id,
                    ProcessInstance.id == Measure.process_instance_id,
                ),
            )
            .where(
                Measure.municipality_id == municipality_id,
                ProcessInstance.process_key == process_key,
                Measure.status != "proposed",
                Measure.withdrawn_at.is_(None),
            )
            .order_by(Measure.created_at, Measure.source_key)
        ).scalars()
    )


def put_in_plan(session: Session, municipality_id: str, ids: list[UUID], plan_id: UUID) -> None:
    """The measures that a plan holds."""
    session.execute(
        update(Measure)
        .where(Measure.municipality_id == municipality_id, Measure.id.in_(ids))
        .values(action_plan_id=plan_id)
        .execution_options(synchronize_session=False)
    )


def lock_those(session: Session, municipality_id: str, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The status of each measure by its id, locked until the transaction is over; unknown ids are left out."""
    rows = session.execute(
        select(Measure.id, Measure.status)
        .where(Measure.municipality_id == municipality_id, Measure.id.in_(list(ids)), Measure.withdrawn_at.is_(None))
        .order_by(Measure.id)
        .with_for_update()
    )
    return {row[0]: row[1] for row in rows}


def set_status(session: Session, municipality_id: str, ids: Sequence[UUID], status: str, at: datetime) -> None:
    """Measures have come further."""
    session.execute(
        update(Measure)
        .where(Measure.municipality_id == municipality_id, Measure.id.in_(list(ids)))
        .values(status=status, updated_at=at)
        .execution_options(synchronize_session=False)
    )


def decide(session: Session, municipality_id: str, plan_id: UUID) -> None:
    """The plan was decided, and with it its measures."""
    session.execute(
        update(Measure)
        .where(
            Measure.municipality_id == municipality_id,
            Measure.action_plan_id == plan_id,
            Measure.status == "proposed",
        )
        .values(status="decided")
        .execution_options(synchronize_session=False)
    )
