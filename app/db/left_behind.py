"""Open tasks whose assignee may do them no longer, or whose department, company, actor or body has closed."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from app.db.people import Person
from app.db.prevention.municipalities import Actor, Body, Unit
from app.db.process.jobs import Job
from app.db.process.user_tasks import UserTask
from app.db.role_assignments import RoleAssignment
from app.db.session import Session
from app.db.substitutions import Substitution

MOST = 500
"""Tasks found at once; the next look finds the rest."""


def of_gone_people(
    session: Session, today: date, *, person_id: UUID | None = None, task_id: UUID | None = None
) -> list[UserTask]:
    """Open tasks assigned to somebody who may do them no longer, directly or as a substitute.

    Who claimed a task must hold its role today, in its scope; who was handed one, any role in the municipality.
    """
    open_account = exists().where(Person.id == UserTask.assignee_id, Person.active)
    of_role = RoleAssignment.role.in_([UserTask.candidate_role, UserTask.co_role]) & or_(
        RoleAssignment.scope_id.is_(None), RoleAssignment.scope_id == UserTask.scope_id
    )
    may = _holds(today) & or_(UserTask.assigned_by.is_not(None), of_role)
    statement = select(UserTask).where(
        UserTask.status == "open",
        UserTask.assignee_id.is_not(None),
        or_(~open_account, ~exists().where(may)),
    )
    if person_id is not None:
        statement = statement.where(UserTask.assignee_id == person_id)
    if task_id is not None:
        statement = statement.where(UserTask.id == task_id)
    return list(session.execute(statement.order_by(UserTask.id).limit(MOST)).scalars())


def _holds(today: date) -> ColumnElement[bool]:
    """A role assignment of today in the task's municipality, of its assignee or of whom they stand in for."""
    stands_in = exists().where(
        Substitution.municipality_id == RoleAssignment.municipality_id,
        Substitution.person_id == RoleAssignment.person_id,
        Substitution.substitute_id == UserTask.assignee_id,
        Substitution.from_on <= today,
        Substitution.to_on >= today,
    )
    return (
        (RoleAssignment.municipality_id == UserTask.municipality_id)
        & (RoleAssignment.valid_from <= today)
        & or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to >= today)
        & or_(RoleAssignment.person_id == UserTask.assignee_id, stands_in)
    )


def of_closed_places(session: Session, today: date, municipality: str | None = None) -> list[UserTask]:
    """Open tasks for a department, company, actor or body that has closed, with no withdrawal queued yet."""
    closed = or_(
        _closed(Unit.municipality_id, Unit.id, Unit.closed_on, today),
        _closed(Actor.municipality_id, Actor.id, Actor.closed_on, today),
        _closed(Body.municipality_id, Body.id, Body.closed_on, today),
    )
    queued = exists().where(
        Job.municipality_id == UserTask.municipality_id,
        Job.process_instance_id == UserTask.process_instance_id,
        Job.kind == "expiry",
        Job.scope_kind == "user_task",
        Job.scope_id == UserTask.id,
    )
    statement = select(UserTask).where(UserTask.status == "open", UserTask.scope_id.is_not(None), closed, ~queued)
    if municipality is not None:
        statement = statement.where(UserTask.municipality_id == municipality)
    return list(session.execute(statement.order_by(UserTask.id).limit(MOST)).scalars())


def _closed(municipality_id: Any, place_id: Any, closed_on: Any, today: date) -> ColumnElement[bool]:
    return exists().where(
        municipality_id == UserTask.municipality_id, place_id == UserTask.scope_id, closed_on <= today
    )
