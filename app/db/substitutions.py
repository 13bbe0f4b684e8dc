"""Who stands in for whom, and when."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Municipal
from app.db.session import Session


class Substitution(Municipal, Base):
    """Somebody who stands in for another while they are away. Both days are included."""

    __tablename__ = "substitution"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    substitute_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    to_on: Mapped[date]
    created_at: Mapped[datetime | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="period"),
        CheckConstraint("person_id <> substitute_id", name="somebody_else"),
        Index("ix_substitution_person", "person_id"),
    )


def get(session: Session, substitution_id: UUID) -> Substitution | None:
    """The substitution. None when it is unknown or another municipality's."""
    return session.execute(select(Substitution).where(Substitution.id == substitution_id)).scalar_one_or_none()


def add(session: Session, row: Substitution) -> None:
    """Arrange a substitute."""
    session.add(row)
    session.flush()


def overlapping(session: Session, row: Substitution) -> bool:
    """Whether somebody stands in for the person in that municipality on some day of the row's already."""
    found = select(func.count()).where(
        Substitution.municipality_id == row.municipality_id,
        Substitution.person_id == row.person_id,
        Substitution.id != row.id,
        Substitution.from_on <= row.to_on,
        Substitution.to_on >= row.from_on,
    )
    return session.execute(found).scalar_one() > 0


def remove(session: Session, row: Substitution) -> None:
    """Take back what has not begun."""
    session.delete(row)
    session.flush()


def end(session: Session, row: Substitution, to_on: date) -> None:
    """Let it end on that day."""
    row.to_on = to_on
    row.version += 1
    session.flush()


def listed(
    session: Session,
    places: Sequence[str],
    *,
    person_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> list[Substitution]:
    """Substitutions of these municipalities, in order of id; with a person, those where they are either of the two."""
    statement = select(Substitution).where(Substitution.municipality_id.in_(list(places)))
    if person_id is not None:
        statement = statement.where((Substitution.person_id == person_id) | (Substitution.substitute_id == person_id))
    if after is not None:
        statement = statement.where(Substitution.id > after)
    return list(session.execute(statement.order_by(Substitution.id).limit(limit)).scalars())
