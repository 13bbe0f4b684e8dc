"""The jobs that dates have armed: timers and expiries that wait, and the reminders of open tasks."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update

from app.db.process.jobs import Job
from app.db.session import Session


def armed_of(session: Session, municipality_id: str, instance_ids: Sequence[UUID]) -> list[Job]:
    """The timers and expiries that wait in these instances."""
    if not instance_ids:
        return []
    return list(
        session.execute(
            select(Job)
            .where(
                Job.municipality_id == municipality_id,
                Job.process_instance_id.in_(list(instance_ids)),
                Job.kind.in_(["timer", "expiry"]),
                Job.scope_kind == "process_instance",
                Job.status == "waiting",
            )
            .order_by(Job.due_at, Job.id)
            .execution_options(populate_existing=True)
        ).scalars()
    )


def last_reminder(session: Session, municipality_id: str, instance_id: UUID, token: int) -> int:
    """The highest occurrence of a task's reminders; -1 when it has had none."""
    found = session.execute(
        select(func.max(Job.occurrence)).where(
            Job.municipality_id == municipality_id,
            Job.process_instance_id == instance_id,
            Job.token == token,
            Job.kind == "reminder",
        )
    ).scalar()
    return -1 if found is None else int(found)


def disarm_reminders(session: Session, municipality_id: str, instance_id: UUID, token: int) -> None:
    """Cancel the reminder that waits for a task."""
    session.execute(
        update(Job)
        .where(
            Job.municipality_id == municipality_id,
            Job.process_instance_id == instance_id,
            Job.token == token,
            Job.kind == "reminder",
            Job.status == "waiting",
        )
        .values(status="cancelled")
        .execution_options(synchronize_session=False)
    )
