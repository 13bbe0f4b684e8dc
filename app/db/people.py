"""People, and who holds a role today."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Select, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.role_assignments import RoleAssignment
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
    # How reminders reach them: each by itself, in a digest on Mondays, or only what is late in what they lead.
    notifications: Mapped[str] = mapped_column(default="each", server_default="each")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        CheckConstraint("notifications IN ('each', 'digest', 'escalations')", name="notifications"),
        Index("ix_person_digest", "id", postgresql_where=text("notifications = 'digest'")),
    )


def by_username(session: Session, username: str) -> Person | None:
    """The person with that user name, active or not."""
    return session.execute(select(Person).where(Person.username == username)).scalar_one_or_none()


def get(session: Session, person_id: UUID) -> Person | None:
    """The person."""
    return session.get(Person, person_id)


def lock(session: Session, person_id: UUID) -> Person | None:
    """The person, for changing."""
    return session.execute(
        select(Person).where(Person.id == person_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()


def add(session: Session, person: Person) -> None:
    """Add a person."""
    session.add(person)
    session.flush()


def change(session: Session, person_id: UUID, values: dict[str, Any]) -> None:
    """Change a person and raise their version."""
    session.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(**values, version=Person.version + 1)
        .execution_options(synchronize_session=False)
    )


def names(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    """Id -> name."""
    if not ids:
        return {}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def usernames(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    """Id -> user name."""
    if not ids:
        return {}
    rows = session.execute(select(Person.id, Person.username).where(Person.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def set_language(session: Session, person_id: UUID, language: str) -> None:
    """Store the language a person reads."""
    session.execute(update(Person).where(Person.id == person_id).values(language=language))


def settle(session: Session, person_id: UUID, values: dict[str, str]) -> str:
    """Store what a person settles for themselves, `language` and `notifications`; how reminders now reach them."""
    statement = update(Person).where(Person.id == person_id).values(**values).returning(Person.notifications)
    return session.execute(statement.execution_options(synchronize_session=False)).scalar_one()


def notifications(session: Session, person_id: UUID) -> str:
    """How reminders reach a person: each, digest or escalations."""
    return session.execute(select(Person.notifications).where(Person.id == person_id)).scalar_one()


def count(session: Session) -> int:
    """How many people there are."""
    return session.execute(select(func.count()).select_from(Person)).scalar_one()


def places_of(session: Session, person_id: UUID) -> set[str]:
    """The municipalities where the person has held, holds or will hold a role.

    Those that the transaction may not see are among them: a database function looks over the wall and tells no more.
    """
    found = session.execute(text("SELECT places_of_person(:person)"), {"person": person_id}).scalar_one()
    return set(found)


def listed(
    session: Session,
    places: Sequence[str] | None,
    *,
    words: str | None = None,
    active: bool | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[Person]:
    """People by user name: those with a role, past or present, in these municipalities, or everybody (None)."""
    statement = select(Person)
    if places is not None:
        here = select(RoleAssignment.person_id).where(RoleAssignment.municipality_id.in_(list(places)))
        statement = statement.where(Person.id.in_(here))
    if words:
        pattern = f"%{words.translate(_LIKE)}%"
        statement = statement.where(Person.name.ilike(pattern) | Person.username.ilike(pattern))
    if active is not None:
        statement = statement.where(Person.active.is_(active))
    if after is not None:
        statement = statement.where(Person.username > after)
    return list(session.execute(statement.order_by(Person.username).limit(limit)).scalars())


_LIKE = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


def holders(
    session: Session, municipality_id: str, role: str, scope_id: UUID | None, today: date
) -> list[tuple[UUID, str]]:
    """Who holds the role today, in that department or actor or in the whole municipality: (person id, name)."""
    statement = _holding(municipality_id, today).where(
        RoleAssignment.role == role,
        (RoleAssignment.scope_id.is_(None)) | (RoleAssignment.scope_id == scope_id),
    )
    return [(row[0], row[1]) for row in session.execute(statement).all()]


def everyone_in(session: Session, municipality_id: str, today: date) -> list[tuple[UUID, str]]:
    """Everybody who holds a role in the municipality today: (person id, name), by name."""
    return [(row[0], row[1]) for row in session.execute(_holding(municipality_id, today)).all()]


def _holding(municipality_id: str, today: date) -> Select[UUID, str]:
    return (
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
