"""User tasks, their drafts, submissions and comments."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    any_,
    case,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    tuple_,
    union,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.orm import Mapped, aliased, mapped_column, query_expression, with_expression
from sqlalchemy.types import Text, Uuid

from app.db.base import Base, Municipal
from app.db.process import jobs
from app.db.session import Session, insert_rows


class UserTask(Municipal, Base):
    """A task for a role. `status`: open, completed, cancelled. Everything a list shows is in the row."""

    __tablename__ = "user_task"
    process_instance_id: Mapped[UUID]
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    token: Mapped[int]
    element_id: Mapped[str]
    name: Mapped[str]
    instance_name: Mapped[str]
    form_key: Mapped[str | None]
    candidate_role: Mapped[str]
    co_role: Mapped[str | None]
    decider: Mapped[str | None]
    scope_kind: Mapped[str | None]
    scope_id: Mapped[UUID | None]
    scope_name: Mapped[str | None]
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    # Who handed it to the assignee; None when they claimed it themselves, by their role.
    assigned_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    status: Mapped[str]
    outcome: Mapped[str | None]
    due_on: Mapped[date]
    due_rule: Mapped[str]
    due_reason_sv: Mapped[str]
    due_reason_en: Mapped[str]
    calendar_version: Mapped[str]
    follow_up_on: Mapped[date | None]
    # Who set its due date by hand; then no change of the calendar moves it.
    moved_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    priority: Mapped[int]
    suspended: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    on_behalf_of: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int]
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    draft_at: Mapped[datetime | None]
    draft_by: Mapped[UUID | None]

    # Whether its step was completed before in the same instance, for the same scope; None when nobody asked.
    submitted_before: Mapped[bool | None] = query_expression()

    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "process_instance_id"], ["process_instance.municipality_id", "process_instance.id"]
        ),
        CheckConstraint("status IN ('open', 'completed', 'cancelled')", name="status"),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed"),
        Index("uq_user_task_token", "municipality_id", "process_instance_id", "token", unique=True),
        Index(
            "ix_user_task_open_role",
            "municipality_id",
            "candidate_role",
            "due_on",
            "id",
            postgresql_where=text("status = 'open'"),
        ),
        Index(
            "ix_user_task_open_scope",
            "municipality_id",
            "candidate_role",
            "scope_id",
            "due_on",
            "id",
            postgresql_where=text("status = 'open'"),
        ),
        Index(
            "ix_user_task_open_co_role",
            "municipality_id",
            "co_role",
            "due_on",
            "id",
            postgresql_where=text("status = 'open' AND co_role IS NOT NULL"),
        ),
        Index("ix_user_task_open_assignee", "assignee_id", "due_on", "id", postgresql_where=text("status = 'open'")),
        Index("ix_user_task_closed", "municipality_id", "closed_at", postgresql_where=text("status <> 'open'")),
        Index("ix_user_task_closed_by", "closed_by", "closed_at", postgresql_where=text("status = 'completed'")),
    )


class Submission(Municipal, Base):
    """What somebody sent in. Immutable: a correction is a new submission."""

    __tablename__ = "submission"
    process_instance_id: Mapped[UUID]
    user_task_id: Mapped[UUID]
    element_id: Mapped[str]
    form_key: Mapped[str | None]
    # JSON, not JSONB: rows and fields stay as they were typed.
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (
        ForeignKeyConstraint(["municipality_id", "user_task_id"], ["user_task.municipality_id", "user_task.id"]),
        Index("ix_submission_task", "municipality_id", "user_task_id"),
        Index("ix_submission_instance", "municipality_id", "process_instance_id"),
    )


def get(session: Session, task_id: UUID) -> UserTask | None:
    """The task, without its draft. None when it is unknown or another municipality's."""
    return session.execute(select(UserTask).where(UserTask.id == task_id)).scalar_one_or_none()


def open_by_token(session: Session, municipality_id: str, instance_id: UUID, token: int) -> UserTask | None:
    """The open task where that token waits."""
    return session.execute(
        select(UserTask).where(
            UserTask.municipality_id == municipality_id,
            UserTask.process_instance_id == instance_id,
            UserTask.token == token,
            UserTask.status == "open",
        )
    ).scalar_one_or_none()


def read_locked(session: Session, task_id: UUID) -> tuple[UserTask, datetime] | None:
    """The task and the database's clock, read after the lock on its instance was granted.

    The task knows then whether its step was `submitted_before`, by the same department or actor.
    """
    other = aliased(UserTask)
    before = exists().where(
        other.municipality_id == UserTask.municipality_id,
        other.process_instance_id == UserTask.process_instance_id,
        other.element_id == UserTask.element_id,
        other.scope_id.is_not_distinct_from(UserTask.scope_id),
        other.status == "completed",
    )
    row = session.execute(
        select(UserTask, func.clock_timestamp())
        .where(UserTask.id == task_id)
        .options(with_expression(UserTask.submitted_before, before))
        .execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def draft(session: Session, task_id: UUID) -> dict[str, Any] | None:
    """The saved draft."""
    return session.execute(select(UserTask.draft).where(UserTask.id == task_id)).scalar()


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Open tasks."""
    insert_rows(session, insert(UserTask.__table__), rows)  # type: ignore[arg-type]  # a Table


def close(
    session: Session,
    municipality_id: str,
    instance_id: UUID,
    outcomes: dict[int, tuple[str, str | None]],
    *,
    disarm: Sequence[int],
    at: datetime,
    person_id: UUID | None,
    on_behalf_of: UUID | None,
) -> None:
    """Close tasks by token: token -> (status, outcome). Their drafts go.

    In the same statement the jobs of the tokens in `disarm` are cancelled, theirs and others'.
    """
    if not outcomes:
        return
    completed = [token for token, (status, _) in outcomes.items() if status == "completed"]
    outcome = next((o for _, o in outcomes.values() if o), None)
    was_completed = UserTask.token.in_(completed) if completed else literal(value=False)
    disarmed = jobs.disarming(municipality_id, instance_id, disarm).returning(jobs.Job.id).cte("disarmed")
    session.execute(
        update(UserTask)
        .add_cte(disarmed)
        .where(
            UserTask.municipality_id == municipality_id,
            UserTask.process_instance_id == instance_id,
            UserTask.token.in_(list(outcomes)),
            UserTask.status == "open",
        )
        .values(
            status=case((was_completed, "completed"), else_="cancelled"),
            outcome=case((was_completed, outcome), else_=None),
            closed_at=at,
            closed_by=case((was_completed, literal(person_id, Uuid)), else_=None),
            on_behalf_of=case((was_completed, literal(on_behalf_of, Uuid)), else_=None),
            draft=None,
            draft_at=None,
            draft_by=None,
            version=UserTask.version + 1,
        )
        .execution_options(synchronize_session=False)
    )


def change(session: Session, task: UserTask, values: dict[str, Any]) -> None:
    """Change an open task's fields and raise its version."""
    session.execute(
        update(UserTask)
        .where(UserTask.municipality_id == task.municipality_id, UserTask.id == task.id)
        .values(**values, version=UserTask.version + 1)
        .execution_options(synchronize_session=False)
    )


def suspend_all(session: Session, municipality_id: str, instance_id: UUID, *, suspended: bool) -> None:
    """Hide or show an instance's open tasks."""
    session.execute(
        update(UserTask)
        .where(
            UserTask.municipality_id == municipality_id,
            UserTask.process_instance_id == instance_id,
            UserTask.status == "open",
        )
        .values(suspended=suspended, version=UserTask.version + 1)
        .execution_options(synchronize_session=False)
    )


def add_submission(session: Session, values: dict[str, Any]) -> None:
    """Store a submission."""
    session.execute(insert(Submission).values(**values))


def open_for(
    session: Session,
    person_id: UUID,
    stands_for: Collection[tuple[str, UUID]],
    roles: Sequence[tuple[str, str, UUID | None]],
    *,
    role: str | None = None,
    instance_id: UUID | None = None,
    after: tuple[date, UUID] | None = None,
    limit: int = 50,
) -> list[UserTask]:
    """Open tasks that the person may do, by due date: assigned to them (or whom they stand in for), or for a role.

    `stands_for` are (municipality, person), `roles` are (municipality, role, scope id or None for the whole
    municipality). A task claimed by somebody else is not among them.
    """
    theirs = [person_id, *(other for _, other in stands_for)]
    mine = select(UserTask.id, UserTask.due_on).where(UserTask.assignee_id.in_(theirs), _is_open())
    if stands_for:
        pairs = tuple_(UserTask.municipality_id, UserTask.assignee_id).in_(list(stands_for))
        mine = mine.where((UserTask.assignee_id == person_id) | pairs)
    found = [_bounded(_narrowed(mine, role, instance_id), after, limit)]
    for scoped in (False, True):
        held = [entry for entry in roles if (entry[2] is not None) == scoped]
        for column in (UserTask.candidate_role, UserTask.co_role):
            if held:
                table = _held(held)
                each = _narrowed(_of_role(table, column, scoped=scoped), role, instance_id)
                found.append(_for_each(table, _bounded(each, after, limit)))
    each = union(*found).subquery()
    shown = select(each.c.id).order_by(each.c.due_on, each.c.id).limit(limit)
    # An array and not a join: for a join the planner counts with a page per role, and may read every task instead.
    of_shown = UserTask.id == any_(func.array(shown.scalar_subquery()))
    statement = select(UserTask).where(of_shown).order_by(UserTask.due_on, UserTask.id)
    return list(session.execute(statement).scalars())


def _is_open() -> Any:
    return (UserTask.status == "open") & (UserTask.suspended.is_(False))


def _held(roles: Sequence[tuple[str, str, UUID | None]]) -> Any:
    """The roles as a table of their own, so that any number of them is one statement."""
    columns = [list(column) for column in zip(*roles, strict=True)] or [[], [], []]
    return (
        func.unnest(
            literal(columns[0], ARRAY(Text)), literal(columns[1], ARRAY(Text)), literal(columns[2], ARRAY(Uuid))
        )
        .table_valued("municipality_id", "role", "scope_id", name="held")
        .render_derived()
    )


def _of_role(held: Any, column: Any, *, scoped: bool) -> Any:
    """The open, unclaimed tasks of one held role, in the order of an index that ends with the due date."""
    place = UserTask.scope_id == held.c.scope_id if scoped else literal(value=True)
    return select(UserTask.id, UserTask.due_on).where(
        UserTask.municipality_id == held.c.municipality_id,
        column == held.c.role,
        place,
        _is_open(),
        UserTask.assignee_id.is_(None),
    )


def _for_each(held: Any, statement: Any) -> Any:
    """The statement once for each held role: so many rows are read as are shown, however many wait for others."""
    each = statement.lateral()
    return select(each.c.id, each.c.due_on).select_from(held).join(each, literal(value=True))


def _narrowed(statement: Any, role: str | None, instance_id: UUID | None) -> Any:
    if role is not None:
        statement = statement.where(UserTask.candidate_role == role)
    if instance_id is not None:
        statement = statement.where(UserTask.process_instance_id == instance_id)
    return statement


def _bounded(statement: Any, after: tuple[date, UUID] | None, limit: int) -> Any:
    if after is not None:
        on, last = after
        statement = statement.where((UserTask.due_on > on) | ((UserTask.due_on == on) & (UserTask.id > last)))
    return statement.order_by(UserTask.due_on, UserTask.id).limit(limit)


def completed_by(session: Session, person_id: UUID, limit: int = 10) -> list[UserTask]:
    """What the person completed most recently."""
    return list(
        session.execute(
            select(UserTask)
            .where(UserTask.closed_by == person_id, UserTask.status == "completed")
            .order_by(UserTask.closed_at.desc())
            .limit(limit)
        ).scalars()
    )


def of_instance(session: Session, municipality_id: str, instance_id: UUID) -> list[UserTask]:
    """All tasks of an instance, oldest first."""
    return list(
        session.execute(
            select(UserTask)
            .where(UserTask.municipality_id == municipality_id, UserTask.process_instance_id == instance_id)
            .order_by(UserTask.created_at, UserTask.id)
        ).scalars()
    )


def open_of_instances(session: Session, instance_ids: list[UUID]) -> list[UserTask]:
    """The open tasks of several instances, by due date."""
    if not instance_ids:
        return []
    return list(
        session.execute(
            select(UserTask)
            .where(UserTask.process_instance_id.in_(instance_ids), UserTask.status == "open")
            .order_by(UserTask.due_on, UserTask.id)
        ).scalars()
    )


def in_municipalities(
    session: Session,
    municipality_ids: list[str],
    *,
    status: str = "open",
    role: str | None = None,
    instance_id: UUID | None = None,
    after: tuple[date, UUID] | None = None,
    limit: int = 50,
) -> list[UserTask]:
    """Tasks for those who may oversee a municipality, by due date."""
    statement = select(UserTask).where(UserTask.municipality_id.in_(municipality_ids), UserTask.status == status)
    if role:
        statement = statement.where(UserTask.candidate_role == role)
    if instance_id:
        statement = statement.where(UserTask.process_instance_id == instance_id)
    if after:
        on, last = after
        statement = statement.where((UserTask.due_on > on) | ((UserTask.due_on == on) & (UserTask.id > last)))
    return list(session.execute(statement.order_by(UserTask.due_on, UserTask.id).limit(limit)).scalars())
