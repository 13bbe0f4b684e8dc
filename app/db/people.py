"""People, how they sign in, and the roles they hold for a period."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Municipal
from app.db.session import Session


class Person(Base):
    """Somebody who can sign in. Global: one person may serve several municipalities."""

    __tablename__ = "person"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str | None]
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="sv")
    system_admin: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class SignIn(Base):
    """A server-side session. Only a hash of its secret is stored."""

    __tablename__ = "sign_in"
    id: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiToken(Base):
    """A token for HTTP clients. Only its hash is stored."""

    __tablename__ = "api_token"
    id: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class RoleAssignment(Municipal, Base):
    """A role held by a person for a period, in a municipality or in one department, actor or body of it."""

    __tablename__ = "role_assignment"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    scope_kind: Mapped[str | None]
    scope_id: Mapped[UUID | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        CheckConstraint("(scope_kind IS NULL) = (scope_id IS NULL)", name="scope"),
        Index("ix_role_assignment_person", "person_id"),
        Index("ix_role_assignment_role", "municipality_id", "role"),
    )


class Substitution(Municipal, Base):
    """Somebody who stands in for another while they are away."""

    __tablename__ = "substitution"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    substitute_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    to_on: Mapped[date]

    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="period"),
        CheckConstraint("person_id <> substitute_id", name="somebody_else"),
    )


def open_principal(session: Session, kind: str, digest: bytes, at: datetime | None) -> dict[str, Any] | None:
    """Who holds this session (`sign_in`) or token (`api_token`), and their roles today; None if it is not valid.

    One statement: the database function also opens the transaction's row-level security to just the municipalities
    where the person holds a role today, and answers with its clock (or with `at`, where a clock is set).
    """
    row = session.execute(
        text("SELECT open_principal(:kind, :digest, :at)"), {"kind": kind, "digest": digest, "at": at}
    ).scalar_one()
    return dict(row) if row is not None else None


def by_username(session: Session, username: str) -> Person | None:
    """The active person with that user name."""
    return session.execute(select(Person).where(Person.username == username, Person.active)).scalar_one_or_none()


def get(session: Session, person_id: UUID) -> Person | None:
    """The person."""
    return session.get(Person, person_id)


def names(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    """Id -> name."""
    if not ids:
        return {}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def set_language(session: Session, person_id: UUID, language: str) -> None:
    """Store the language a person reads."""
    session.execute(update(Person).where(Person.id == person_id).values(language=language))


def end_sign_in(session: Session, digest: bytes) -> None:
    """Forget a session."""
    session.execute(SignIn.__table__.delete().where(SignIn.id == digest))  # type: ignore[attr-defined]  # a Table


def forget_expired_sign_ins(session: Session, now: datetime) -> None:
    """Remove sessions whose time is out."""
    session.execute(SignIn.__table__.delete().where(SignIn.expires_at < now))  # type: ignore[attr-defined]  # a Table


def count(session: Session) -> int:
    """How many people there are."""
    return session.execute(select(func.count()).select_from(Person)).scalar_one()


def holders(
    session: Session, municipality_id: str, role: str, scope_id: UUID | None, today: date
) -> list[tuple[UUID, str]]:
    """Who holds the role today, in that department or actor or in the whole municipality: (person id, name)."""
    statement = (
        select(Person.id, Person.name)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            RoleAssignment.municipality_id == municipality_id,
            RoleAssignment.role == role,
            (RoleAssignment.scope_id.is_(None)) | (RoleAssignment.scope_id == scope_id),
            RoleAssignment.valid_from <= today,
            (RoleAssignment.valid_to.is_(None)) | (RoleAssignment.valid_to >= today),
            Person.active,
        )
        .order_by(Person.name)
        .distinct()
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def everyone_in(session: Session, municipality_id: str, today: date) -> list[tuple[UUID, str]]:
    """Everybody who holds a role in the municipality today: (person id, name), by name."""
    statement = (
        select(Person.id, Person.name)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            RoleAssignment.municipality_id == municipality_id,
            RoleAssignment.valid_from <= today,
            (RoleAssignment.valid_to.is_(None)) | (RoleAssignment.valid_to >= today),
            Person.active,
        )
        .order_by(Person.name)
        .distinct()
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def assignments_of(session: Session, municipality_id: str) -> list[RoleAssignment]:
    """All role assignments of a municipality."""
    return list(
        session.execute(
            select(RoleAssignment)
            .where(RoleAssignment.municipality_id == municipality_id)
            .order_by(RoleAssignment.role)
        ).scalars()
    )
