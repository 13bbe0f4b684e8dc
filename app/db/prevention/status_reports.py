"""Status reports: what was told of a measure, by whom and when. Kept, so that a measure's years can be read."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, Index, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped

from app.db.base import Base
from app.db.prevention.measures import Measure
from app.db.prevention.records import RecordRow
from app.db.session import Session


class StatusReport(RecordRow, Base):
    """A measure's status on a day, in words too. `status_before` is what the measure had when this was told."""

    KIND: ClassVar[str] = "status_report"
    # A row's id is not its own but that of the measure it is about.
    ABOUT: ClassVar[str | None] = "measure_id"
    __tablename__ = "status_report"
    measure_id: Mapped[UUID]
    department_id: Mapped[UUID | None]
    department_name: Mapped[str | None]
    reported_on: Mapped[date]
    status: Mapped[str]
    status_before: Mapped[str]
    text: Mapped[str | None]
    effect: Mapped[str | None]


Index("ix_status_report_measure", StatusReport.municipality_id, StatusReport.measure_id, StatusReport.reported_on)


def latest_of(session: Session, municipality_id: str, measure_ids: Sequence[UUID]) -> dict[UUID, StatusReport]:
    """The last report of each measure, by the measure."""
    rows = session.execute(
        select(StatusReport)
        .ext(distinct_on(StatusReport.measure_id))
        .where(
            StatusReport.municipality_id == municipality_id,
            StatusReport.measure_id.in_(list(measure_ids)),
            StatusReport.withdrawn_at.is_(None),
        )
        .order_by(
            StatusReport.measure_id,
            StatusReport.reported_on.desc(),
            StatusReport.updated_at.desc(),
            StatusReport.source_key.desc(),
        )
    ).scalars()
    return {row.measure_id: row for row in rows}


def of_measures(session: Session, municipality_id: str, measure_ids: Sequence[UUID]) -> list[StatusReport]:
    """What has been told of these measures, in order."""
    return list(
        session.execute(
            select(StatusReport)
            .where(
                StatusReport.municipality_id == municipality_id,
                StatusReport.measure_id.in_(list(measure_ids)),
                StatusReport.withdrawn_at.is_(None),
            )
            .order_by(StatusReport.reported_on, StatusReport.created_at, StatusReport.source_key)
        ).scalars()
    )


def by_source(session: Session, municipality_id: str, keys: Sequence[str]) -> dict[str, StatusReport]:
    """Reports by what they came from, those that have not been withdrawn."""
    rows = session.execute(
        select(StatusReport).where(
            StatusReport.municipality_id == municipality_id,
            StatusReport.source_key.in_(list(keys)),
            StatusReport.withdrawn_at.is_(None),
        )
    ).scalars()
    return {row.source_key: row for row in rows}


def measures_told_of_in(session: Session, municipality_id: str, instance_id: UUID) -> frozenset[UUID]:
    """The measures that an instance's forms have told of."""
    rows = session.execute(
        select(StatusReport.measure_id).where(
            StatusReport.municipality_id == municipality_id,
            StatusReport.process_instance_id == instance_id,
            StatusReport.withdrawn_at.is_(None),
        )
    ).scalars()
    return frozenset(rows)


def withdraw_missing(
    session: Session, municipality_id: str, prefixes: Sequence[str], kept: Sequence[UUID], at: datetime
) -> None:
    """Withdraw the reports of a step's lists that its latest submission no longer has."""
    gone = or_(*(StatusReport.source_key.startswith(prefix, autoescape=True) for prefix in prefixes))
    _withdraw(session, municipality_id, gone & StatusReport.id.not_in(list(kept)), at)


def withdraw_of_instance(session: Session, municipality_id: str, instance_id: UUID, at: datetime) -> None:
    """Withdraw the reports of a cancelled instance."""
    _withdraw(session, municipality_id, StatusReport.process_instance_id == instance_id, at)


def _withdraw(session: Session, municipality_id: str, which: ColumnElement[bool], at: datetime) -> None:
    """Withdraw reports; a measure that has not been told of otherwise since has the status it had before."""
    withdrawn = (
        update(StatusReport)
        .where(StatusReport.municipality_id == municipality_id, which, StatusReport.withdrawn_at.is_(None))
        .values(withdrawn_at=at)
        .returning(StatusReport.measure_id, StatusReport.status, StatusReport.status_before)
        .cte("withdrawn")
    )
    session.execute(
        update(Measure)
        .where(
            Measure.municipality_id == municipality_id,
            Measure.id == withdrawn.c.measure_id,
            Measure.status == withdrawn.c.status,
        )
        .values(status=withdrawn.c.status_before, updated_at=at)
        .execution_options(synchronize_session=False)
    )
