"""Process instances: one row each, with the engine's state as bytes."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    func,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, undefer
from sqlalchemy.orm.attributes import set_committed_value

from app.db.base import Base, Municipal
from app.db.process.user_tasks import UserTask
from app.db.session import Session
from app.domain.clock import day_after


class ProcessInstance(Municipal, Base):
    """A running or ended instance. `status`: active, suspended, ended, cancelled."""

    __tablename__ = "process_instance"
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    process_key: Mapped[str]
    program_digest: Mapped[str]
    business_key: Mapped[str | None]
    name: Mapped[str]
    status: Mapped[str]
    variables: Mapped[dict[str, Any]]
    state: Mapped[bytes | None] = mapped_column(deferred=True)
    anchor_on: Mapped[date | None]
    anchor_organ: Mapped[str | None]
    period: Mapped[str]
    year: Mapped[int]
    parent_id: Mapped[UUID | None]
    parent_token: Mapped[int | None]
    started_at: Mapped[datetime]
    started_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    version: Mapped[int]
    # What the facts of its municipality are read by; loaded with the lock, so that a completion asks once.
    revision: Mapped[int] = column_property(
        literal_column(
            "(SELECT municipality.revision FROM municipality WHERE municipality.id = process_instance.municipality_id)",
            Integer,
        ),
        deferred=True,
    )

    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "parent_id"], ["process_instance.municipality_id", "process_instance.id"]
        ),
        CheckConstraint("status IN ('active', 'suspended', 'ended', 'cancelled')", name="status"),
        CheckConstraint("(status IN ('ended', 'cancelled')) = (ended_at IS NOT NULL)", name="ended"),
        Index("ix_process_instance_list", "municipality_id", "started_at", "id"),
        Index("ix_process_instance_key", "municipality_id", "process_key", "business_key"),
        Index("ix_process_instance_parent", "municipality_id", "parent_id"),
    )


def lock(session: Session, instance_id: UUID) -> ProcessInstance | None:
    """The instance, with its state, locked until the transaction ends. Every change of an instance begins here.

    The lock lets others write rows that name the instance (PostgreSQL's FOR NO KEY UPDATE): a child that ends queues a
    job for its caller without waiting for whoever holds the caller, who may be waiting for the child.
    """
    statement = (
        select(ProcessInstance)
        .options(undefer(ProcessInstance.state), undefer(ProcessInstance.revision))
        .where(ProcessInstance.id == instance_id)
        .with_for_update(of=ProcessInstance, key_share=True)
        .execution_options(populate_existing=True)
    )
    return session.execute(statement).scalar_one_or_none()


def lock_of_task(session: Session, task_id: UUID) -> ProcessInstance | None:
    """The instance of a user task, locked. One statement: the task itself is read after the lock is granted."""
    of_task = select(UserTask.process_instance_id).where(UserTask.id == task_id).scalar_subquery()
    statement = (
        select(ProcessInstance)
        .options(undefer(ProcessInstance.state), undefer(ProcessInstance.revision))
        .where(ProcessInstance.id == of_task)
        .with_for_update(of=ProcessInstance, key_share=True)
        .execution_options(populate_existing=True)
    )
    return session.execute(statement).scalar_one_or_none()


def lock_unclaimed(session: Session, instance_id: UUID) -> ProcessInstance | None:
    """As `lock`, but None at once when somebody else holds it: the scheduler turns to another job."""
    statement = (
        select(ProcessInstance)
        .options(undefer(ProcessInstance.state), undefer(ProcessInstance.revision))
        .where(ProcessInstance.id == instance_id)
        .with_for_update(of=ProcessInstance, key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return session.execute(statement).scalar_one_or_none()


def get(session: Session, instance_id: UUID) -> ProcessInstance | None:
    """The instance, without its state. None when it is unknown or another municipality's."""
    return session.execute(select(ProcessInstance).where(ProcessInstance.id == instance_id)).scalar_one_or_none()


def living(session: Session, municipality_id: str) -> list[ProcessInstance]:
    """The instances that run or are suspended, callers before those they called; without their state."""
    return list(
        session.execute(
            select(ProcessInstance)
            .options(undefer(ProcessInstance.revision))
            .where(
                ProcessInstance.municipality_id == municipality_id,
                ProcessInstance.status.in_(["active", "suspended"]),
            )
            .order_by(ProcessInstance.started_at, ProcessInstance.id)
        ).scalars()
    )


@contextmanager
def supposed(session: Session, instance: ProcessInstance, *, anchor_on: date | None) -> Iterator[None]:
    """Let the row in memory have another T for a while, without writing anything."""
    with session.no_autoflush:
        before = instance.anchor_on
        set_committed_value(instance, "anchor_on", anchor_on)
        try:
            yield
        finally:
            set_committed_value(instance, "anchor_on", before)


def last_ended(session: Session, municipality_id: str, keys: Sequence[str], until: date) -> ProcessInstance | None:
    """The instance of one of these processes that came to its end last, no later than the day, in Sweden."""
    return session.execute(
        select(ProcessInstance)
        .where(
            ProcessInstance.municipality_id == municipality_id,
            ProcessInstance.process_key.in_(list(keys)),
            ProcessInstance.status == "ended",
            ProcessInstance.ended_at < day_after(until),
        )
        .order_by(ProcessInstance.ended_at.desc(), ProcessInstance.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def state(session: Session, instance: ProcessInstance) -> bytes | None:
    """The engine's state, without a lock: for showing where an instance stands."""
    return session.execute(
        select(ProcessInstance.state).where(
            ProcessInstance.municipality_id == instance.municipality_id, ProcessInstance.id == instance.id
        )
    ).scalar_one()


def save(session: Session, instance: ProcessInstance, values: dict[str, Any]) -> None:
    """Write new values and raise the version."""
    session.execute(
        update(ProcessInstance)
        .where(ProcessInstance.municipality_id == instance.municipality_id, ProcessInstance.id == instance.id)
        .values(**values, version=ProcessInstance.version + 1)
        .execution_options(synchronize_session=False)
    )
    for key, value in values.items():
        set_committed_value(instance, key, value)
    set_committed_value(instance, "version", instance.version + 1)


def page(
    session: Session,
    municipality_ids: list[str],
    *,
    key: str | None = None,
    status: str | None = None,
    business_key: str | None = None,
    text: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[ProcessInstance]:
    """Instances of these municipalities, newest first; `text` is looked for in their names, in any case."""
    statement = select(ProcessInstance).where(ProcessInstance.municipality_id.in_(municipality_ids))
    if key:
        statement = statement.where(ProcessInstance.process_key == key)
    if status:
        statement = statement.where(ProcessInstance.status == status)
    if business_key:
        statement = statement.where(ProcessInstance.business_key == business_key)
    if text:
        # What LIKE would take for wildcards is looked for as it is written.
        statement = statement.where(ProcessInstance.name.icontains(text, autoescape=True))
    if after:
        at, last = after
        statement = statement.where(
            (ProcessInstance.started_at < at) | ((ProcessInstance.started_at == at) & (ProcessInstance.id < last))
        )
    statement = statement.order_by(ProcessInstance.started_at.desc(), ProcessInstance.id.desc()).limit(limit)
    return list(session.execute(statement).scalars())


def active_with_key(session: Session, municipality_id: str, process_key: str, business_key: str) -> UUID | None:
    """The living instance of that process with that business key."""
    return session.execute(
        select(ProcessInstance.id).where(
            ProcessInstance.municipality_id == municipality_id,
            ProcessInstance.process_key == process_key,
            ProcessInstance.business_key == business_key,
            ProcessInstance.status.in_(["active", "suspended"]),
        )
    ).scalar()


def active_keys(session: Session, municipality_id: str, process_key: str, keys: Sequence[str]) -> list[str]:
    """Those of the business keys under which an instance of the process lives, in order."""
    if not keys:
        return []
    found = list(
        session.execute(
            select(ProcessInstance.business_key)
            .where(
                ProcessInstance.municipality_id == municipality_id,
                ProcessInstance.process_key == process_key,
                ProcessInstance.business_key.in_(list(keys)),
                ProcessInstance.status.in_(["active", "suspended"]),
            )
            .order_by(ProcessInstance.business_key)
        ).scalars()
    )
    return [key for key in found if key is not None]


def lock_key(session: Session, municipality_id: str, process_key: str, business_key: str) -> None:
    """Until the transaction ends, nobody else asks whether such an instance lives in order to start one."""
    name = f"process_instance:{municipality_id}:{process_key}:{business_key}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def children(session: Session, municipality_id: str, parent_id: UUID) -> list[ProcessInstance]:
    """The instances that this one called, oldest first."""
    return list(
        session.execute(
            select(ProcessInstance)
            .where(ProcessInstance.municipality_id == municipality_id, ProcessInstance.parent_id == parent_id)
            .order_by(ProcessInstance.started_at, ProcessInstance.id)
        ).scalars()
    )


def names_of(session: Session, municipality_id: str, ids: Collection[UUID]) -> dict[UUID, str]:
    """What the instances are called, by id."""
    if not ids:
        return {}
    rows = session.execute(
        select(ProcessInstance.id, ProcessInstance.name).where(
            ProcessInstance.municipality_id == municipality_id, ProcessInstance.id.in_(list(ids))
        )
    )
    return {row[0]: row[1] for row in rows}


def child_of(session: Session, municipality_id: str, parent_id: UUID, token: int) -> ProcessInstance | None:
    """The instance that a waiting call started, if it has."""
    return session.execute(
        select(ProcessInstance).where(
            ProcessInstance.municipality_id == municipality_id,
            ProcessInstance.parent_id == parent_id,
            ProcessInstance.parent_token == token,
        )
    ).scalar_one_or_none()


def depth(session: Session, municipality_id: str, instance_id: UUID) -> int:
    """How many callers stand above the instance."""
    base = (
        select(ProcessInstance.parent_id.label("up"), literal(0).label("depth"))
        .where(ProcessInstance.municipality_id == municipality_id, ProcessInstance.id == instance_id)
        .cte(recursive=True)
    )
    above = select(ProcessInstance.parent_id, base.c.depth + 1).where(
        ProcessInstance.municipality_id == municipality_id, ProcessInstance.id == base.c.up
    )
    chain = base.union_all(above)
    return int(session.execute(select(func.max(chain.c.depth))).scalar_one() or 0)


def count_by_status(session: Session) -> dict[str, int]:
    """How many instances there are of each status."""
    rows = session.execute(select(ProcessInstance.status, func.count()).group_by(ProcessInstance.status))
    return {row[0]: row[1] for row in rows}
