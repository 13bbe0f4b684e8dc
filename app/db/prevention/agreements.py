"""What is agreed and told outside: agreements, citizen promises, dialogues, publications."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.prevention.records import RecordRow
from app.db.session import Session


class Agreement(RecordRow, Base):
    """A written agreement on cooperation. Lag (2023:196) 9 §. `status`: draft, signed, ended."""

    KIND: ClassVar[str] = "agreement"
    SINGLE: ClassVar[bool] = True
    __tablename__ = "agreement"
    title: Mapped[str | None]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str | None]
    purposes: Mapped[list[Any] | None]
    areas: Mapped[list[Any] | None]
    goals: Mapped[str | None]
    follow_up: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    decided_on: Mapped[date | None]
    paragraph: Mapped[str | None]
    signed_municipality_on: Mapped[date | None]
    signed_party_on: Mapped[date | None]
    attachment: Mapped[UUID | None]
    reviewed_on: Mapped[date | None]
    review: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="draft", server_default="draft")


class CitizenPromise(RecordRow, Base):
    """What municipality and police promise the citizens for a period. `status`: draft, signed, ended."""

    KIND: ClassVar[str] = "citizen_promise"
    SINGLE: ClassVar[bool] = True
    __tablename__ = "citizen_promise"
    title: Mapped[str | None]
    focus_areas: Mapped[list[Any] | None]
    reason: Mapped[str | None]
    promises: Mapped[list[Any] | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    signed_municipality_on: Mapped[date | None]
    signed_police_on: Mapped[date | None]
    attachment: Mapped[UUID | None]
    reviewed_on: Mapped[date | None]
    review: Mapped[str | None]
    kept: Mapped[str | None]
    public_text: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="draft", server_default="draft")


class Dialogue(RecordRow, Base):
    """A dialogue with citizens. `status`: planned, information (nothing to influence), answered (they were told)."""

    KIND: ClassVar[str] = "dialogue"
    SINGLE: ClassVar[bool] = True
    __tablename__ = "dialogue"
    title: Mapped[str | None]
    purpose: Mapped[str | None]
    level: Mapped[str | None]
    influence: Mapped[str | None]
    decision_maker: Mapped[str | None]
    method: Mapped[str | None]
    held_on: Mapped[date | None]
    participants: Mapped[int | None]
    views: Mapped[list[Any] | None]
    themes: Mapped[list[Any] | None]
    representativeness: Mapped[str | None]
    feedback: Mapped[str | None]
    feedback_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(default="planned", server_default="planned")


class Publication(RecordRow, Base):
    """What of a document went out, and what was held back on which legal ground. `status`: reviewed, published."""

    KIND: ClassVar[str] = "publication"
    SINGLE: ClassVar[bool] = True
    __tablename__ = "publication"
    title: Mapped[str | None]
    confidentiality: Mapped[str | None]
    masked_parts: Mapped[list[Any] | None]
    legal_basis: Mapped[str | None]
    summary: Mapped[str | None]
    url: Mapped[str | None]
    published_on: Mapped[date | None]
    channels: Mapped[str | None]
    case_number: Mapped[str | None]
    retention: Mapped[str | None]
    weeded_in: Mapped[int | None]
    status: Mapped[str] = mapped_column(default="reviewed", server_default="reviewed")


def end_earlier_agreements(session: Session, municipality_id: str, row: Agreement) -> None:
    """The one before with the same party is over."""
    session.execute(
        update(Agreement)
        .where(
            Agreement.municipality_id == municipality_id,
            Agreement.actor_id == row.actor_id,
            Agreement.status == "signed",
            Agreement.id != row.id,
        )
        .values(status="ended")
        .execution_options(synchronize_session=False)
    )


def end_earlier_promises(session: Session, municipality_id: str, row: CitizenPromise) -> None:
    """The promise before is over."""
    session.execute(
        update(CitizenPromise)
        .where(
            CitizenPromise.municipality_id == municipality_id,
            CitizenPromise.status == "signed",
            CitizenPromise.id != row.id,
        )
        .values(status="ended")
        .execution_options(synchronize_session=False)
    )
