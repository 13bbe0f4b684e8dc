"""Roles held for a period."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Municipal
from app.db.session import Session


class RoleAssignment(Municipal, Base):
    """A role held by a person for a period, in a municipality or in one department, company, actor or body of it.

    Both days are included; without a last day it holds until further notice. `created_by` is None for what the
    operator gave.
    """

    __tablename__ = "role_assignment"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    scope_kind: Mapped[str | None]
    scope_id: Mapped[UUID | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        CheckConstraint("(scope_kind IS NULL) = (scope_id IS NULL)", name="scope"),
        CheckConstraint("scope_kind IN ('department', 'company', 'actor', 'body')", name="scope_kind"),
        Index("ix_role_assignment_person", "person_id"),
        Index("ix_role_assignment_role", "municipality_id", "role"),
    )


def get(session: Session, assignment_id: UUID) -> RoleAssignment | None:
    """The assignment. None when it is unknown or another municipality's."""
    return session.execute(select(RoleAssignment).where(RoleAssignment.id == assignment_id)).scalar_one_or_none()


def lock(session: Session, assignment_id: UUID) -> RoleAssignment | None:
    """The assignment, for changing."""
    return session.execute(
        select(RoleAssignment)
        .where(RoleAssignment.id == assignment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def add(session: Session, row: RoleAssignment) -> None:
    """Give a role."""
    session.add(row)
    session.flush()


def change(session: Session, row: RoleAssignment, values: dict[str, Any]) -> None:
    """Change an assignment and raise its version."""
    session.execute(
        update(RoleAssignment)
        .where(RoleAssignment.municipality_id == row.municipality_id, RoleAssignment.id == row.id)
        .values(**values, version=RoleAssignment.version + 1)
        .execution_options(synchronize_session=False)
    )


def remove(session: Session, row: RoleAssignment) -> None:
    """Take back what has not begun."""
    session.delete(row)
    session.flush()


def overlapping(session: Session, row: RoleAssignment) -> bool:
    """Whether the person holds that role in that place on some day of the row's already."""
    ends_after = RoleAssignment.valid_to.is_(None) | (RoleAssignment.valid_to >= row.valid_from)
    begins_before = RoleAssignment.valid_from <= (row.valid_to or date.max)
    found = select(func.count()).where(
        RoleAssignment.municipality_id == row.municipality_id,
        RoleAssignment.person_id == row.person_id,
        RoleAssignment.role == row.role,
        RoleAssignment.scope_id.is_not_distinct_from(row.scope_id),
        RoleAssignment.id != row.id,
        ends_after,
        begins_before,
    )
    return session.execute(found).scalar_one() > 0


def listed(
    session: Session,
    places: Sequence[str],
    *,
    role: str | None = None,
    person_id: UUID | None = None,
    on: date | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> list[RoleAssignment]:
    """Assignments of these municipalities, in order of id; only those that hold on a day, where one is given."""
    statement = select(RoleAssignment).where(RoleAssignment.municipality_id.in_(list(places)))
    if role is not None:
        statement = statement.where(RoleAssignment.role == role)
    if person_id is not None:
        statement = statement.where(RoleAssignment.person_id == person_id)
    if on is not None:
        statement = statement.where(
            RoleAssignment.valid_from <= on, RoleAssignment.valid_to.is_(None) | (RoleAssignment.valid_to >= on)
        )
    if after is not None:
        statement = statement.where(RoleAssignment.id > after)
    return list(session.execute(statement.order_by(RoleAssignment.id).limit(limit)).scalars())


def held_roles(session: Session, municipality_id: str, on: date) -> frozenset[str]:
    """The roles that somebody holds on the day, anywhere in the municipality."""
    return frozenset(
        session.execute(
            select(RoleAssignment.role)
            .distinct()
            .where(
                RoleAssignment.municipality_id == municipality_id,
                RoleAssignment.valid_from <= on,
                RoleAssignment.valid_to.is_(None) | (RoleAssignment.valid_to >= on),
            )
        ).scalars()
    )


def of_municipality(session: Session, municipality_id: str) -> list[RoleAssignment]:
    """All role assignments of a municipality, by role."""
    return list(
        session.execute(
            select(RoleAssignment)
            .where(RoleAssignment.municipality_id == municipality_id)
            .order_by(RoleAssignment.role)
        ).scalars()
    )
