"""Jobs: everything that is to happen later or elsewhere. The table is the truth; the scheduler only rings."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    Update,
    bindparam,
    column,
    exists,
    func,
    literal,
    select,
    table,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.db.base import Base, Municipal
from app.db.session import Session, insert_rows

MAX_ATTEMPTS = 5
# What a date decides; everything else follows what queued it.
_IN_DUE_ORDER = ("timer", "expiry")


class Job(Municipal, Base):
    """One thing to do at `due_at` (UTC). `status`: waiting, done, cancelled, failed.

    Kinds: `timer`, `expiry` (a task completes by itself), `action`, `call`, `call_end`, `message`, `signal`,
    `deliver`, `cancel`, `release` (a task goes back to its role), `reckon` (due dates are counted anew), `reminder`,
    `mail` (leased: services/deliveries). The key is never null and names the token, so that nothing is armed twice.
    """

    __tablename__ = "job"
    kind: Mapped[str]
    scope_kind: Mapped[str]
    scope_id: Mapped[UUID]
    element: Mapped[str]
    token: Mapped[int]
    occurrence: Mapped[int] = mapped_column(default=0)
    process_instance_id: Mapped[UUID | None]
    due_at: Mapped[datetime]
    due_on: Mapped[date | None]
    zone: Mapped[str] = mapped_column(default="Europe/Stockholm")
    rule: Mapped[str | None]
    calendar_version: Mapped[str | None]
    # Who set its time by hand; then no change of the calendar moves it.
    moved_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    status: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("municipality_id", "kind", "scope_kind", "scope_id", "element", "token", "occurrence"),
        ForeignKeyConstraint(
            ["municipality_id", "process_instance_id"], ["process_instance.municipality_id", "process_instance.id"]
        ),
        CheckConstraint("status IN ('waiting', 'done', 'cancelled', 'failed')", name="status"),
        Index("ix_job_due", "due_at", "id", postgresql_where=text("status = 'waiting'")),
        Index("ix_job_mail_due", "due_at", "id", postgresql_where=text("status = 'waiting' AND kind = 'mail'")),
        Index("ix_job_instance", "municipality_id", "process_instance_id", "status"),
    )


# By its columns, since the table's module knows this one. A job of a suspended instance waits until it is resumed,
# however long past its time that is: it is neither due nor late. A cancellation is not kept waiting.
_instance = table("process_instance", column("municipality_id"), column("id"), column("status"))
MAY_GO_ON = (Job.kind == "cancel") | ~exists().where(
    _instance.c.municipality_id == Job.municipality_id,
    _instance.c.id == Job.process_instance_id,
    _instance.c.status == "suspended",
)


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Queue jobs. A job whose key is there already is left as it is: arming twice is arming once."""
    insert_rows(session, insert(Job.__table__).on_conflict_do_nothing(), rows)  # type: ignore[arg-type]  # a Table


def disarm(session: Session, municipality_id: str, instance_id: UUID, tokens: Sequence[int]) -> None:
    """Cancel what still waits for these tokens."""
    if tokens:
        session.execute(disarming(municipality_id, instance_id, tokens).execution_options(synchronize_session=False))


def disarming(municipality_id: str, instance_id: UUID, tokens: Sequence[int]) -> Update:
    """The statement that cancels what still waits for these tokens: to be executed, or a part of another."""
    return (
        update(Job)
        .where(
            Job.municipality_id == municipality_id,
            Job.process_instance_id == instance_id,
            Job.token.in_(list(tokens)),
            Job.kind.in_(["timer", "expiry", "action", "call", "reminder"]),
            Job.status == "waiting",
        )
        .values(status="cancelled")
    )


def disarm_instance(session: Session, municipality_id: str, instance_id: UUID) -> None:
    """Cancel everything that waits for an instance, but for telling its caller."""
    session.execute(
        update(Job)
        .where(
            Job.municipality_id == municipality_id,
            Job.process_instance_id == instance_id,
            Job.kind != "call_end",
            Job.status == "waiting",
        )
        .values(status="cancelled")
        .execution_options(synchronize_session=False)
    )


def due(session: Session, now: datetime | None, limit: int = 20, *, not_in: Sequence[UUID] = ()) -> list[Job]:
    """Jobs whose time has come, in due order. `now` None means the database's clock. Nothing is locked."""
    statement = (
        select(Job)
        .where(Job.status == "waiting", Job.kind != "mail", *_ready(_clock(now)), MAY_GO_ON)
        .order_by(Job.due_at, Job.id)
        .limit(limit)
    )
    if not_in:
        statement = statement.where(Job.id.not_in(list(not_in)))
    return list(session.execute(statement).scalars())


def _ready(at: Any) -> tuple[Any, Any]:
    """Its time has come and nobody has it on lease."""
    return Job.due_at <= at, Job.lease_until.is_(None) | (Job.lease_until < at)


def _clock(now: datetime | None) -> Any:
    """The set instant, or the database's clock: asked once, so that the index of due jobs can be used."""
    return select(func.clock_timestamp()).scalar_subquery() if now is None else literal(now, Job.due_at.type)


def take(session: Session, found: Job, now: datetime | None) -> tuple[Job, datetime] | None:
    """The job locked, with the clock's instant, if it is still to be done now; else None.

    Its instance is locked before this, never after: two locks in opposite order deadlock. Since it was found somebody
    may have done it, moved it, or put it off after a failure; so its time and lease are looked at again, and its
    number of attempts must be what was found. Timers of one instance go in due order: one waits for an earlier one
    that has been passed by.
    """
    values = {"municipality": found.municipality_id, "job": found.id, "attempts": found.attempts, "now": now}
    statement = _taking(in_due_order=found.kind in _IN_DUE_ORDER, by_set_clock=now is not None)
    row = session.execute(statement, values, execution_options={"populate_existing": True}).one_or_none()
    return None if row is None else (row[0], row[1].astimezone(UTC) if now is None else now)


@cache
def _taking(*, in_due_order: bool, by_set_clock: bool) -> Any:
    """Made once: it is asked for every job."""
    earlier = aliased(Job)
    at = bindparam("now", type_=Job.due_at.type) if by_set_clock else _clock(None)
    overtakes = exists().where(
        earlier.municipality_id == Job.municipality_id,
        earlier.process_instance_id == Job.process_instance_id,
        earlier.status == "waiting",
        earlier.kind.in_(_IN_DUE_ORDER),
        tuple_(earlier.due_at, earlier.id) < tuple_(Job.due_at, Job.id),
    )
    return (
        select(Job, func.clock_timestamp())
        .where(
            Job.municipality_id == bindparam("municipality"),
            Job.id == bindparam("job"),
            Job.status == "waiting",
            Job.attempts == bindparam("attempts"),
            *_ready(at),
            ~overtakes if in_due_order else true(),
        )
        .with_for_update(of=Job, skip_locked=True)
    )


def until_next(session: Session, now: datetime | None) -> float | None:
    """Seconds until something is due: nought or less when something is and was passed by, None when nothing waits.

    Mail is not waited for: it may be that there is no mail server.
    """
    statement = (
        select(func.extract("epoch", Job.due_at - _clock(now)))
        .where(Job.status == "waiting", Job.kind != "mail", Job.lease_until.is_(None), MAY_GO_ON)
        .order_by(Job.due_at, Job.id)
        .limit(1)
    )
    seconds = session.execute(statement).scalar_one_or_none()
    return None if seconds is None else float(seconds)


def next_due_at(session: Session, after: datetime | None = None) -> datetime | None:
    """When the next job is due; with `after`, the next one later than that."""
    statement = select(func.min(Job.due_at)).where(Job.status == "waiting")
    if after is not None:
        statement = statement.where(Job.due_at > after)
    return session.execute(statement).scalar()


def lock(session: Session, job_id: UUID) -> Job | None:
    """The job if it still waits, locked. None when somebody else has it or it is done.

    The instance is locked before this, never after: two locks in opposite order deadlock.
    """
    return session.execute(
        select(Job)
        .where(Job.id == job_id, Job.status == "waiting")
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def due_mail(session: Session, now: datetime | None, *, not_in: Sequence[UUID] = ()) -> Job | None:
    """The mail that has waited longest and that nobody has in hand, locked. A lease that has run out holds nothing."""
    at = func.clock_timestamp() if now is None else now
    statement = (
        select(Job)
        .where(
            Job.status == "waiting",
            Job.kind == "mail",
            Job.due_at <= at,
            (Job.lease_until.is_(None)) | (Job.lease_until < at),
            Job.id.not_in(list(not_in)),
        )
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return session.execute(statement).scalar_one_or_none()


def lease(session: Session, job: Job, owner: str, until: datetime) -> None:
    """Take a job that is done with no transaction open. The attempt counts even if nothing more is heard of it."""
    _set(session, job, {"lease_owner": owner, "lease_until": until, "attempts": Job.attempts + 1})


def release(session: Session, job: Job, due_at: datetime, error: str | None = None) -> None:
    """Give a leased job back, for a later time; the attempt was counted when it was leased."""
    values = {"due_at": due_at, "lease_owner": None, "lease_until": None}
    _set(session, job, values if error is None else {**values, "last_error": error[:500]})


def finish(session: Session, job: Job, at: datetime) -> None:
    """The job is done."""
    _set(session, job, {"status": "done", "done_at": at, "lease_owner": None, "lease_until": None})


def put_off(session: Session, job: Job, until: datetime, error: str) -> None:
    """Try again later: 10 s, 40 s, 90 s ..."""
    _set(
        session,
        job,
        {
            "due_at": until,
            "attempts": Job.attempts + 1,
            "last_error": error[:500],
            "lease_owner": None,
            "lease_until": None,
        },
    )


def give_up(session: Session, job: Job, error: str) -> None:
    """The last attempt failed; an incident says so."""
    _set(session, job, {"status": "failed", "attempts": Job.attempts + 1, "last_error": error[:500]})


def retry(session: Session, municipality_id: str, job_id: UUID, at: datetime) -> None:
    """Let a failed job have new attempts, from now."""
    session.execute(
        update(Job)
        .where(Job.municipality_id == municipality_id, Job.id == job_id, Job.status == "failed")
        .values(status="waiting", attempts=0, due_at=at, last_error=None)
        .execution_options(synchronize_session=False)
    )


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failures."""
    return timedelta(seconds=10 * (attempts + 1) ** 2)


def move(session: Session, job: Job, values: dict[str, Any]) -> None:
    """Give a waiting job another time."""
    _set(session, job, values)


def _set(session: Session, job: Job, values: dict[str, Any]) -> None:
    session.execute(
        update(Job)
        .where(Job.municipality_id == job.municipality_id, Job.id == job.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def get(session: Session, job_id: UUID) -> Job | None:
    """The job, as it is now."""
    statement = select(Job).where(Job.id == job_id).execution_options(populate_existing=True)
    return session.execute(statement).scalar_one_or_none()


def page(
    session: Session,
    municipality_ids: list[str],
    *,
    status: str | None = None,
    instance_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Job]:
    """Jobs of these municipalities, in due order."""
    statement = select(Job).where(Job.municipality_id.in_(municipality_ids))
    if status:
        statement = statement.where(Job.status == status)
    if instance_id:
        statement = statement.where(Job.process_instance_id == instance_id)
    if after:
        at, last = after
        statement = statement.where((Job.due_at > at) | ((Job.due_at == at) & (Job.id > last)))
    return list(session.execute(statement.order_by(Job.due_at, Job.id).limit(limit)).scalars())
