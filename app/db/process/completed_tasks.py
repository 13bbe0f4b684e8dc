"""What people have completed, in pages."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.db.process.user_tasks import UserTask
from app.db.session import Session


def page(
    session: Session,
    person_id: UUID,
    *,
    role: str | None,
    instance_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[UserTask]:
    """What the person has completed, latest first."""
    statement = select(UserTask).where(UserTask.closed_by == person_id, UserTask.status == "completed")
    if role is not None:
        statement = statement.where(UserTask.candidate_role == role)
    if instance_id is not None:
        statement = statement.where(UserTask.process_instance_id == instance_id)
    if after is not None:
        at, last = after
        statement = statement.where((UserTask.closed_at < at) | ((UserTask.closed_at == at) & (UserTask.id < last)))
    return list(
        session.execute(statement.order_by(UserTask.closed_at.desc(), UserTask.id.desc()).limit(limit)).scalars()
    )
