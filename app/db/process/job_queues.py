"""How the jobs stand: what an operator asks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.db.process.jobs import MAY_GO_ON, Job
from app.db.session import Session


@dataclass(frozen=True)
class Queue:
    """How the jobs stand. `oldest_due_at` is the one that has waited longest past its time; None when none has."""

    waiting: int
    due: int
    oldest_due_at: datetime | None

    def age(self, now: datetime) -> float:
        """For how many seconds the oldest due job has waited; 0 when nothing is late."""
        return max(0.0, (now - self.oldest_due_at).total_seconds()) if self.oldest_due_at is not None else 0.0


def queue(session: Session, now: datetime) -> Queue:
    """How the jobs stand at that instant. Walks the index of waiting jobs, not those that are done."""
    is_due = (Job.due_at <= now) & MAY_GO_ON
    row = session.execute(
        select(func.count(), func.count().filter(is_due), func.min(Job.due_at).filter(is_due)).where(
            Job.status == "waiting"
        )
    ).one()
    return Queue(row[0], row[1], row[2])


def count_by_status(session: Session) -> dict[str, int]:
    """How many jobs there are of each status."""
    rows = session.execute(select(Job.status, func.count()).group_by(Job.status))
    return {row[0]: row[1] for row in rows}
