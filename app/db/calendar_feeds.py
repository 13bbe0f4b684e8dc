"""Secret addresses that calendar programs fetch: one of each person, one of each municipality."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.session import Session


class CalendarFeed(Base):
    """An address. `id` is the hash of its secret; it belongs to a person or to a municipality, never to both.

    `fingerprint` is of what it last answered and `changed_at` when that was new, so that a calendar program is told
    the truth about when something changed.
    """

    __tablename__ = "calendar_feed"
    id: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    municipality_id: Mapped[str | None] = mapped_column(ForeignKey("municipality.id"), unique=True)
    created_at: Mapped[datetime]
    renewed_at: Mapped[datetime]
    renewed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    fingerprint: Mapped[bytes | None]
    changed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("(person_id IS NULL) <> (municipality_id IS NULL)", name="owner"),)


def of_person(session: Session, person_id: UUID) -> CalendarFeed | None:
    """The person's address, if they have one."""
    return session.execute(select(CalendarFeed).where(CalendarFeed.person_id == person_id)).scalar_one_or_none()


def of_municipality(session: Session, municipality_id: str) -> CalendarFeed | None:
    """The municipality's address, if it has one."""
    statement = select(CalendarFeed).where(CalendarFeed.municipality_id == municipality_id)
    return session.execute(statement).scalar_one_or_none()


def put(session: Session, row: dict[str, Any]) -> None:
    """The owner's address from now on: the one before is no address any more."""
    owner = CalendarFeed.person_id if row.get("person_id") is not None else CalendarFeed.municipality_id
    fresh = {key: row[key] for key in ("id", "renewed_at", "renewed_by")}
    session.execute(
        insert(CalendarFeed)
        .values(**row)
        .on_conflict_do_update(index_elements=[owner], set_={**fresh, "fingerprint": None, "changed_at": None})
    )


def remove(session: Session, person_id: UUID | None, municipality_id: str | None) -> None:
    """End the owner's address."""
    session.execute(
        delete(CalendarFeed).where(
            CalendarFeed.person_id == person_id
            if person_id is not None
            else CalendarFeed.municipality_id == municipality_id
        )
    )


def open_municipality(session: Session, digest: bytes) -> str | None:
    """The municipality whose address this is, and the transaction's row-level security opened to it alone.

    None when it is no municipality's, or of one that is not served any more. A person's is opened by
    `principals.open_principal`.
    """
    return session.execute(
        text(
            "SELECT set_config('app.municipalities', m.id, true) FROM calendar_feed f "
            "JOIN municipality m ON m.id = f.municipality_id WHERE f.id = :digest AND m.active"
        ),
        {"digest": digest},
    ).scalar_one_or_none()


def changed_at(session: Session, digest: bytes, fingerprint: bytes, now: datetime) -> datetime:
    """Since when the address has answered with this content; from now, when it is new."""
    of_this = CalendarFeed.id == digest
    kept = session.execute(
        select(CalendarFeed.changed_at).where(of_this, CalendarFeed.fingerprint == fingerprint)
    ).scalar_one_or_none()
    if kept is not None:
        return kept
    session.execute(
        update(CalendarFeed)
        .where(of_this)
        .values(fingerprint=fingerprint, changed_at=now)
        .execution_options(synchronize_session=False)
    )
    return now
