"""Municipalities and their organisation: departments, companies, actors, bodies; and what the schedule decided."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Municipal
from app.db.session import Session


class Municipality(Base):
    """A municipality. `profile` is its parameters; `revision` rises with everything that its facts are made of."""

    __tablename__ = "municipality"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    profile: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (CheckConstraint("id ~ '^[a-z][a-z0-9_]{1,39}$'", name="id"),)


class Unit(Municipal, Base):
    """A department or municipal company (`kind`). `sort_key` orders Swedish names rightly."""

    __tablename__ = "department"
    kind: Mapped[str]
    name: Mapped[str]
    sort_key: Mapped[str]
    closed_on: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("kind IN ('department', 'company')", name="kind"),
        Index("uq_department_name", "municipality_id", "name", unique=True),
    )


class Actor(Municipal, Base):
    """An external organisation: the police, a property owner, a church."""

    __tablename__ = "actor"
    kind: Mapped[str]
    name: Mapped[str]
    sort_key: Mapped[str]
    closed_on: Mapped[date | None]

    __table_args__ = (Index("uq_actor_name", "municipality_id", "name", unique=True),)


class Body(Municipal, Base):
    """A body: the board and its committees (political), the council, a group.

    `organ` is its word in the meeting plan.
    """

    __tablename__ = "body"
    kind: Mapped[str]
    name: Mapped[str]
    sort_key: Mapped[str]
    organ: Mapped[str | None]
    closed_on: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("kind IN ('political', 'council', 'group')", name="kind"),
        Index("uq_body_name", "municipality_id", "name", unique=True),
    )


class Occurrence(Municipal, Base):
    """A scheduled occurrence of a process, decided exactly once: unique by municipality, process and period.

    `status` is started, or skipped with a `reason`; `started_by` decided it, None when the calendar did.
    """

    __tablename__ = "occurrence"
    process_key: Mapped[str]
    period: Mapped[str]
    start_on: Mapped[date]
    anchor_on: Mapped[date]
    process_instance_id: Mapped[UUID | None]
    started_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    status: Mapped[str] = mapped_column(default="started", server_default="started")
    reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("status IN ('started', 'skipped')", name="status"),
        Index("uq_occurrence", "municipality_id", "process_key", "period", unique=True),
    )


def get(session: Session, municipality_id: str) -> Municipality | None:
    """The municipality."""
    return session.get(Municipality, municipality_id)


def every(session: Session) -> list[Municipality]:
    """All active municipalities, by id."""
    return list(session.execute(select(Municipality).where(Municipality.active).order_by(Municipality.id)).scalars())


def some(session: Session, ids: Sequence[str]) -> list[Municipality]:
    """These municipalities, by id."""
    return list(
        session.execute(select(Municipality).where(Municipality.id.in_(list(ids))).order_by(Municipality.id)).scalars()
    )


def revision(session: Session, municipality_id: str) -> int:
    """The number that rises with every change of what facts are made of."""
    return session.execute(select(Municipality.revision).where(Municipality.id == municipality_id)).scalar_one()


def touch(session: Session, municipality_id: str) -> None:
    """Something that facts are made of has changed."""
    session.execute(
        update(Municipality).where(Municipality.id == municipality_id).values(revision=Municipality.revision + 1)
    )


def lock(session: Session, municipality_id: str) -> None:
    """Let nobody else change what its facts are made of until this is committed."""
    session.execute(select(Municipality.id).where(Municipality.id == municipality_id).with_for_update())


def set_rules(session: Session, municipality_id: str, rules: dict[str, dict[str, str]]) -> None:
    """Let these be the calendar rules of processes, in the municipality's profile."""
    row = session.execute(
        select(Municipality).where(Municipality.id == municipality_id).execution_options(populate_existing=True)
    ).scalar_one()
    own = {**row.profile.get("calendar", {})}
    for key, rule in rules.items():
        # What the profile gave as an example is now decided.
        kept = {name: value for name, value in own.get(key, {}).items() if name != "exempel"}
        own[key] = {**kept, **rule}
    row.profile = {**row.profile, "calendar": own}
    session.flush()


def set_adoption(session: Session, municipality_id: str, processes: Sequence[str], undecided: Sequence[str]) -> None:
    """Let these be the processes in use and the questions that are open, in the municipality's profile."""
    row = session.execute(
        select(Municipality).where(Municipality.id == municipality_id).execution_options(populate_existing=True)
    ).scalar_one()
    row.profile = {**row.profile, "processes": list(processes), "undecided": list(undecided)}
    session.flush()


def add(session: Session, row: dict[str, Any]) -> bool:
    """Add a municipality. False when it is there already."""
    statement = insert(Municipality).values(**row).on_conflict_do_nothing().returning(Municipality.id)
    return session.execute(statement).scalar_one_or_none() is not None


def unit(session: Session, municipality_id: str, unit_id: UUID) -> Unit | None:
    """The department or company."""
    return session.execute(
        select(Unit).where(Unit.municipality_id == municipality_id, Unit.id == unit_id)
    ).scalar_one_or_none()


def units(session: Session, municipality_id: str, today: date | None) -> list[Unit]:
    """The departments and companies that are not closed, in Swedish order; the closed too without a day."""
    return _places(session, Unit, municipality_id, today)


def actors(session: Session, municipality_id: str, today: date | None) -> list[Actor]:
    """The external actors that are not closed, in Swedish order; the closed too without a day."""
    return _places(session, Actor, municipality_id, today)


def bodies(session: Session, municipality_id: str, today: date | None) -> list[Body]:
    """The bodies that are not closed, in Swedish order; the closed too without a day."""
    return _places(session, Body, municipality_id, today)


P = TypeVar("P", Unit, Actor, Body)
AnyPlace = Unit | Actor | Body
PLACES: dict[str, type[AnyPlace]] = {"departments": Unit, "actors": Actor, "bodies": Body}


def _places(session: Session, table: type[P], municipality_id: str, today: date | None) -> list[P]:
    statement = select(table).where(table.municipality_id == municipality_id)
    if today is not None:
        statement = statement.where((table.closed_on.is_(None)) | (table.closed_on > today))
    return list(session.execute(statement.order_by(table.sort_key, table.id)).scalars())


def place(session: Session, table: type[AnyPlace], municipality_id: str, place_id: UUID) -> AnyPlace | None:
    """One department, company, actor or body, for changing."""
    statement = select(table).where(table.municipality_id == municipality_id, table.id == place_id).with_for_update()
    return cast("AnyPlace | None", session.execute(statement).scalar_one_or_none())


def is_named(session: Session, table: type[AnyPlace], municipality_id: str, name: str) -> bool:
    """Whether there is one of that name, open or closed."""
    statement = select(table.id).where(table.municipality_id == municipality_id, table.name == name)
    return session.execute(statement).scalar_one_or_none() is not None


def kind_of_place(session: Session, municipality_id: str, place_id: UUID) -> str | None:
    """`department`, `company`, `actor` or `body`; None when the municipality has none with that id."""
    unit = session.execute(
        select(Unit.kind).where(Unit.municipality_id == municipality_id, Unit.id == place_id)
    ).scalar_one_or_none()
    if unit is not None:
        return unit
    tables: tuple[tuple[type[AnyPlace], str], ...] = ((Actor, "actor"), (Body, "body"))
    return next((kind for table, kind in tables if place(session, table, municipality_id, place_id)), None)


def claim_occurrence(session: Session, row: dict[str, Any]) -> bool:
    """Claim an occurrence. False when it was started already, by whomever."""
    statement = insert(Occurrence).values(**row).on_conflict_do_nothing().returning(Occurrence.id)
    return session.execute(statement).scalar_one_or_none() is not None


def claim_skipped(session: Session, row: dict[str, Any]) -> bool:
    """Start what was skipped after all. False when it was not skipped."""
    statement = (
        update(Occurrence)
        .where(
            Occurrence.municipality_id == row["municipality_id"],
            Occurrence.process_key == row["process_key"],
            Occurrence.period == row["period"],
            Occurrence.status == "skipped",
        )
        .values(status="started", reason=None, started_by=row["started_by"], anchor_on=row["anchor_on"])
        .returning(Occurrence.id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def started(session: Session, municipality_id: str, process_key: str, period: str, instance_id: UUID) -> None:
    """The claimed occurrence became this instance."""
    session.execute(
        update(Occurrence)
        .where(
            Occurrence.municipality_id == municipality_id,
            Occurrence.process_key == process_key,
            Occurrence.period == period,
        )
        .values(process_instance_id=instance_id)
        .execution_options(synchronize_session=False)
    )


def occurrences(session: Session, municipality_id: str) -> list[Occurrence]:
    """What has been started by the schedule."""
    return list(
        session.execute(
            select(Occurrence).where(Occurrence.municipality_id == municipality_id).order_by(Occurrence.start_on)
        ).scalars()
    )


def try_schedule_lock(session: Session) -> bool:
    """Whether this replica looks after the schedule just now. Freed when the transaction ends."""
    return bool(session.execute(text("SELECT pg_try_advisory_xact_lock(hashtext('schedule'))")).scalar_one())
