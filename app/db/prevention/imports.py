"""What an import needs to know of what there is already, and the lock that lets one import at a time judge it."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from app.db.people import Person
from app.db.prevention.records import RecordRow
from app.db.role_assignments import RoleAssignment
from app.db.session import Session


def lock(session: Session, name: str) -> None:
    """Wait until no other import of that name is in hand; freed when the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('import:' || :name))"), {"name": name})


def every(session: Session, table: type[RecordRow], municipality_id: str, *, locked: bool) -> list[Any]:
    """The municipality's records of that kind, the withdrawn ones too, oldest first.

    `locked`: nobody else changes them until this is committed. They are locked in order of id, as elsewhere.
    """
    statement = select(table).where(table.municipality_id == municipality_id).order_by(table.id)
    if locked:
        statement = statement.with_for_update(key_share=True)
    rows = session.execute(statement.execution_options(populate_existing=True)).scalars()
    return sorted(rows, key=lambda row: (row.created_at, row.source_key))


def with_usernames(session: Session, usernames: Collection[str]) -> list[Person]:
    """Those of the people who have these user names, wherever they hold roles."""
    return list(session.execute(select(Person).where(Person.username.in_(list(usernames)))).scalars())


def with_addresses(session: Session, municipality_id: str, addresses: Collection[str]) -> list[Person]:
    """People with these e-mail addresses, in small letters, who hold or have held a role in the municipality."""
    here = select(RoleAssignment.person_id).where(RoleAssignment.municipality_id == municipality_id)
    return list(
        session.execute(
            select(Person).where(Person.id.in_(here), func.lower(Person.email).in_(list(addresses)))
        ).scalars()
    )


def roles_of(session: Session, municipality_id: str, person_ids: Collection[UUID]) -> list[RoleAssignment]:
    """Every role that these people have held, hold or will hold in the municipality, by first day."""
    return list(
        session.execute(
            select(RoleAssignment)
            .where(
                RoleAssignment.municipality_id == municipality_id,
                RoleAssignment.person_id.in_(list(person_ids)),
            )
            .order_by(RoleAssignment.valid_from, RoleAssignment.id)
            .execution_options(populate_existing=True)
        ).scalars()
    )
