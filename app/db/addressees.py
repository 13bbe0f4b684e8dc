"""Whom a mail about a task goes to: who holds a role today, and who stands in for those who are away."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from app.db.mails import Mail
from app.db.people import Person
from app.db.role_assignments import RoleAssignment
from app.db.session import Session
from app.db.substitutions import Substitution


@dataclass(frozen=True)
class Addressee:
    """A person with an open account. `notifications`: each, digest, escalations."""

    id: UUID
    name: str
    address: str | None
    language: str
    notifications: str


def holding(
    session: Session, municipality_id: str, roles: Collection[str], scope_id: UUID | None, today: date
) -> list[Addressee]:
    """Who holds one of the roles today, in that department or actor or in the whole municipality; by name."""
    statement = (
        _addressees()
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            RoleAssignment.municipality_id == municipality_id,
            RoleAssignment.role.in_(list(roles)),
            RoleAssignment.scope_id.is_(None) | (RoleAssignment.scope_id == scope_id),
            *_today(RoleAssignment, today),
        )
        .distinct()
    )
    return _read(session, statement)


def people(session: Session, ids: Collection[UUID]) -> list[Addressee]:
    """These people, but for closed accounts; by name."""
    return _read(session, _addressees().where(Person.id.in_(list(ids)))) if ids else []


def standing_in(
    session: Session, municipality_id: str, ids: Collection[UUID], today: date
) -> dict[UUID, list[Addressee]]:
    """Those of the people who are away today -> who stands in for them."""
    if not ids:
        return {}
    statement = (
        select(Substitution.person_id, Person.id, Person.name, Person.email, Person.language, Person.notifications)
        .join(Person, Person.id == Substitution.substitute_id)
        .where(
            Substitution.municipality_id == municipality_id,
            Substitution.person_id.in_(list(ids)),
            Substitution.from_on <= today,
            Substitution.to_on >= today,
            Person.active,
        )
        .order_by(Person.name, Person.id)
    )
    found: dict[UUID, list[Addressee]] = {}
    for row in session.execute(statement):
        found.setdefault(row[0], []).append(Addressee(row[1], row[2], row[3], row[4], row[5]))
    return found


def wanting_digest(session: Session, key_prefix: str) -> list[Addressee]:
    """Who reads a digest, has an address and has not been written to under `key_prefix` and their id; by name."""
    written = exists().where(Mail.dedup_key == key_prefix + Person.id.cast(Mail.dedup_key.type))
    return _read(session, _addressees().where(Person.notifications == "digest", Person.email.is_not(None), ~written))


def roles_of(session: Session, person_id: UUID, today: date) -> list[tuple[str, str, UUID | None]]:
    """(municipality, role, scope) that the person may act in today: their own, and those of whom they stand in for."""
    away = aliased(Substitution)
    stands_in = exists().where(
        away.substitute_id == person_id,
        away.person_id == RoleAssignment.person_id,
        away.municipality_id == RoleAssignment.municipality_id,
        away.from_on <= today,
        away.to_on >= today,
    )
    rows = session.execute(
        select(RoleAssignment.municipality_id, RoleAssignment.role, RoleAssignment.scope_id)
        .where((RoleAssignment.person_id == person_id) | stands_in, *_today(RoleAssignment, today))
        .distinct()
        .order_by(RoleAssignment.municipality_id, RoleAssignment.role)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def stands_for(session: Session, person_id: UUID, today: date) -> list[tuple[str, UUID]]:
    """(municipality, person) that the person stands in for today."""
    rows = session.execute(
        select(Substitution.municipality_id, Substitution.person_id).where(
            Substitution.substitute_id == person_id, Substitution.from_on <= today, Substitution.to_on >= today
        )
    )
    return [(row[0], row[1]) for row in rows]


def away_everywhere(session: Session, person_id: UUID, places: Sequence[str], today: date) -> bool:
    """Whether somebody stands in for the person today in each of the municipalities."""
    rows = session.execute(
        select(Substitution.municipality_id).where(
            Substitution.person_id == person_id, Substitution.from_on <= today, Substitution.to_on >= today
        )
    ).scalars()
    return bool(places) and set(places) <= set(rows)


def _addressees() -> Select[UUID, str, str | None, str, str]:
    return (
        select(Person.id, Person.name, Person.email, Person.language, Person.notifications)
        .where(Person.active)
        .order_by(Person.name, Person.id)
    )


def _today(table: type[RoleAssignment], today: date) -> tuple[Any, Any]:
    return table.valid_from <= today, table.valid_to.is_(None) | (table.valid_to >= today)


def _read(session: Session, statement: Select[UUID, str, str | None, str, str]) -> list[Addressee]:
    return [Addressee(row[0], row[1], row[2], row[3], row[4]) for row in session.execute(statement)]
