"""Incidents: what could not go on by itself, with something to retry."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, func, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Municipal
from app.db.session import Session


class Incident(Municipal, Base):
    """Something that failed. Open until it is retried with success or resolved by hand with a reason."""

    __tablename__ = "incident"
    process_instance_id: Mapped[UUID | None]
    job_id: Mapped[UUID | None]
    # The task whose answer could not go on.
    user_task_id: Mapped[UUID | None]
    kind: Mapped[str]
    element: Mapped[str]
    sv: Mapped[str]
    en: Mapped[str]
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    resolution: Mapped[str | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "process_instance_id"], ["process_instance.municipality_id", "process_instance.id"]
        ),
        Index("ix_incident_open", "municipality_id", "opened_at", postgresql_where=text("resolved_at IS NULL")),
        Index("ix_incident_instance", "municipality_id", "process_instance_id"),
        Index("ix_incident_job", "municipality_id", "job_id"),
    )


def add(session: Session, values: dict[str, Any]) -> None:
    """Open an incident."""
    session.execute(insert(Incident).values(**values))


def get(session: Session, incident_id: UUID) -> Incident | None:
    """The incident."""
    return session.execute(select(Incident).where(Incident.id == incident_id)).scalar_one_or_none()


def lock(session: Session, incident_id: UUID) -> Incident | None:
    """The incident, locked."""
    return session.execute(select(Incident).where(Incident.id == incident_id).with_for_update()).scalar_one_or_none()


def resolve(session: Session, incident: Incident, *, at: datetime, person_id: UUID | None, resolution: str) -> None:
    """Close the incident."""
    session.execute(
        update(Incident)
        .where(Incident.municipality_id == incident.municipality_id, Incident.id == incident.id)
        .values(resolved_at=at, resolved_by=person_id, resolution=resolution)
        .execution_options(synchronize_session=False)
    )


def resolve_of_job(session: Session, municipality_id: str, job_id: UUID, at: datetime) -> None:
    """The job succeeded after all."""
    session.execute(
        update(Incident)
        .where(Incident.municipality_id == municipality_id, Incident.job_id == job_id, Incident.resolved_at.is_(None))
        .values(resolved_at=at, resolution="retried")
        .execution_options(synchronize_session=False)
    )


def resolve_of_completion(
    session: Session, municipality_id: str, instance_id: UUID, task_id: UUID, at: datetime
) -> None:
    """The answer that could not go on was sent in again, and did."""
    session.execute(
        update(Incident)
        .where(
            Incident.municipality_id == municipality_id,
            Incident.process_instance_id == instance_id,
            Incident.user_task_id == task_id,
            Incident.resolved_at.is_(None),
        )
        .values(resolved_at=at, resolution="retried")
        .execution_options(synchronize_session=False)
    )


def is_told(session: Session, municipality_id: str, instance_id: UUID, task_id: UUID, en: str) -> bool:
    """Whether an open incident says the same of the same task."""
    found = select(Incident.id).where(
        Incident.municipality_id == municipality_id,
        Incident.process_instance_id == instance_id,
        Incident.user_task_id == task_id,
        Incident.en == en,
        Incident.resolved_at.is_(None),
    )
    return session.execute(found.limit(1)).scalar() is not None


def page(
    session: Session,
    municipality_ids: list[str],
    *,
    open_only: bool = True,
    instance_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Incident]:
    """Incidents of these municipalities, newest first."""
    statement = select(Incident).where(Incident.municipality_id.in_(municipality_ids))
    if open_only:
        statement = statement.where(Incident.resolved_at.is_(None))
    if instance_id:
        statement = statement.where(Incident.process_instance_id == instance_id)
    if after:
        at, last = after
        statement = statement.where((Incident.opened_at < at) | ((Incident.opened_at == at) & (Incident.id < last)))
    return list(
        session.execute(statement.order_by(Incident.opened_at.desc(), Incident.id.desc()).limit(limit)).scalars()
    )


def count_open(session: Session) -> int:
    """How many incidents are open."""
    return session.execute(
        select(func.count()).select_from(Incident).where(Incident.resolved_at.is_(None))
    ).scalar_one()
