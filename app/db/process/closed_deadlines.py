"""Deadlines that calendars must be told are over, and when a deadline last changed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import false, func, or_, select, tuple_

from app.db.process.history import HistoryEvent
from app.db.process.user_tasks import UserTask
from app.db.session import Session


def closed_for(
    session: Session,
    person_id: UUID,
    stands_for: Collection[tuple[str, UUID]],
    roles: Sequence[tuple[str, str, UUID | None]],
    *,
    since: datetime,
    limit: int,
) -> list[UserTask]:
    """Tasks closed since then that the person did, had been given or could have done by a role, the latest first.

    `stands_for` and `roles` are as in `user_tasks.open_for`.
    """
    wide = [(place, role) for place, role, scope in roles if scope is None]
    narrow = [(place, role, scope) for place, role, scope in roles if scope is not None]
    of_role = [
        condition
        for column in (UserTask.candidate_role, UserTask.co_role)
        for condition in (
            _any(tuple_(UserTask.municipality_id, column), wide),
            _any(tuple_(UserTask.municipality_id, column, UserTask.scope_id), narrow),
        )
    ]
    own = or_(
        UserTask.assignee_id == person_id,
        UserTask.closed_by == person_id,
        _any(tuple_(UserTask.municipality_id, UserTask.assignee_id), list(stands_for)),
        *of_role,
    )
    places = {place for place, _role, _scope in roles} | {place for place, _person in stands_for}
    return _closed(session, sorted(places), own, since, limit)


def closed_in(session: Session, municipality_id: str, *, since: datetime, limit: int) -> list[UserTask]:
    """The municipality's tasks closed since then, the latest first."""
    return _closed(session, [municipality_id], UserTask.id.is_not(None), since, limit)


def _any(columns: Any, rows: list[Any]) -> Any:
    return columns.in_(rows) if rows else false()


def _closed(session: Session, places: list[str], own: Any, since: datetime, limit: int) -> list[UserTask]:
    return list(
        session.execute(
            select(UserTask)
            .where(UserTask.municipality_id.in_(places), UserTask.status != "open", UserTask.closed_at >= since, own)
            .order_by(UserTask.closed_at.desc(), UserTask.id)
            .limit(limit)
        ).scalars()
    )


def last_changes(session: Session, tasks: Sequence[UserTask]) -> dict[UUID, datetime]:
    """When the history last told of each of the tasks: claimed, handed over, moved, closed."""
    if not tasks:
        return {}
    rows = session.execute(
        select(HistoryEvent.user_task_id, func.max(HistoryEvent.at))
        .where(
            HistoryEvent.municipality_id.in_({task.municipality_id for task in tasks}),
            HistoryEvent.process_instance_id.in_({task.process_instance_id for task in tasks}),
            HistoryEvent.user_task_id.in_({task.id for task in tasks}),
        )
        .group_by(HistoryEvent.user_task_id)
    )
    return {task_id: at for task_id, at in rows if task_id is not None}
