"""What has been sent in, asked for across tasks and instances."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import Submission, UserTask
from app.db.session import Session


def of_instance(session: Session, municipality_id: str, instance_id: UUID) -> list[Submission]:
    """What has been sent in within an instance, in order."""
    return list(
        session.execute(
            select(Submission)
            .where(Submission.municipality_id == municipality_id, Submission.process_instance_id == instance_id)
            .order_by(Submission.submitted_at, Submission.id)
        ).scalars()
    )


@dataclass(frozen=True)
class Sent:
    """What was sent in, by which form, and for which department, company, actor, body or seat."""

    id: UUID
    form_key: str
    scope_kind: str | None
    scope_id: UUID | None
    scope_name: str | None
    data: dict[str, Any]


def sent_within(session: Session, municipality_id: str, instance_id: UUID) -> list[Sent]:
    """What has been sent in with forms within an instance, in order, and whose each was."""
    rows = session.execute(
        select(
            Submission.id,
            Submission.form_key,
            UserTask.scope_kind,
            UserTask.scope_id,
            UserTask.scope_name,
            Submission.data,
        )
        .join(
            UserTask,
            (UserTask.municipality_id == Submission.municipality_id) & (UserTask.id == Submission.user_task_id),
        )
        .where(
            Submission.municipality_id == municipality_id,
            Submission.process_instance_id == instance_id,
            Submission.form_key.is_not(None),
        )
        .order_by(Submission.submitted_at, Submission.id)
    )
    return [Sent(*row) for row in rows]


def of_task(session: Session, municipality_id: str, task_id: UUID) -> Submission | None:
    """What was sent in for a task."""
    return session.execute(
        select(Submission).where(Submission.municipality_id == municipality_id, Submission.user_task_id == task_id)
    ).scalar_one_or_none()


def answers_to(
    session: Session, municipality_id: str, process_key: str, element: str, *, years: Sequence[int]
) -> list[tuple[UUID, str | None]]:
    """What was sent in for a step of a process in those years: (submission id, department or actor), oldest first."""
    rows = session.execute(
        _of_step(municipality_id, process_key, element, Submission.id, UserTask.scope_name)
        .where(ProcessInstance.year.in_(list(years)))
        .order_by(Submission.submitted_at, UserTask.scope_name, Submission.id)
    )
    return [(row[0], row[1]) for row in rows]


def _of_step(municipality_id: str, process_key: str, element: str, *columns: Any) -> Select[Any]:
    """What was sent in for a step of a process, in whatever instance of it that was not cancelled."""
    return (
        select(*columns)
        .select_from(Submission)
        .join(
            UserTask,
            (UserTask.municipality_id == Submission.municipality_id) & (UserTask.id == Submission.user_task_id),
        )
        .join(
            ProcessInstance,
            (ProcessInstance.municipality_id == Submission.municipality_id)
            & (ProcessInstance.id == Submission.process_instance_id),
        )
        .where(
            Submission.municipality_id == municipality_id,
            Submission.element_id == element,
            ProcessInstance.process_key == process_key,
            ProcessInstance.status != "cancelled",
        )
    )


def answers_of(
    session: Session, municipality_id: str, instance_id: UUID, form_key: str
) -> list[tuple[str | None, dict[str, Any]]]:
    """What was sent in with a form within an instance: (department or actor, answer), by name, oldest first."""
    rows = session.execute(
        select(UserTask.scope_name, Submission.data)
        .join(
            Submission,
            (Submission.municipality_id == UserTask.municipality_id) & (Submission.user_task_id == UserTask.id),
        )
        .where(
            Submission.municipality_id == municipality_id,
            Submission.process_instance_id == instance_id,
            Submission.form_key == form_key,
        )
        .order_by(UserTask.scope_name, Submission.submitted_at, Submission.id)
    )
    return [(row[0], row[1]) for row in rows]


def latest_answers_to(
    session: Session, municipality_id: str, process_key: str, element: str, *, year: int
) -> dict[str, dict[str, Any]]:
    """The last that each department or actor sent in for a step of a process that year, by their name."""
    rows = session.execute(
        _of_step(municipality_id, process_key, element, UserTask.scope_name, Submission.data)
        .where(ProcessInstance.year == year, UserTask.scope_name.is_not(None))
        .order_by(UserTask.scope_name, Submission.submitted_at, Submission.id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Noted:
    """What a meeting noted: the submission, when, the instance's T, whose meeting, and the answer."""

    id: UUID
    submitted_at: datetime
    anchor_on: date | None
    scope_name: str | None
    data: dict[str, Any]


def noted_since(
    session: Session, municipality_id: str, process_key: str, element: str, since_at: datetime | None
) -> list[Noted]:
    """What has been sent in for a step of any instance of a process since then, oldest first."""
    columns = (
        Submission.id, Submission.submitted_at, ProcessInstance.anchor_on, UserTask.scope_name, Submission.data,
    )  # fmt: skip
    statement = _of_step(municipality_id, process_key, element, *columns).order_by(
        Submission.submitted_at, Submission.id
    )
    if since_at is not None:
        statement = statement.where(Submission.submitted_at > since_at)
    return [Noted(*row) for row in session.execute(statement)]


def last_sent_at(
    session: Session, municipality_id: str, process_key: str, element: str, *, but_of: UUID
) -> datetime | None:
    """When a step of a process was last answered in another instance than this."""
    return session.execute(
        select(func.max(Submission.submitted_at))
        .join(
            ProcessInstance,
            (ProcessInstance.municipality_id == Submission.municipality_id)
            & (ProcessInstance.id == Submission.process_instance_id),
        )
        .where(
            Submission.municipality_id == municipality_id,
            Submission.element_id == element,
            ProcessInstance.process_key == process_key,
            ProcessInstance.id != but_of,
        )
    ).scalar()
