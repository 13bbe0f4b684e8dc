"""Commitments (åtaganden): what somebody promised at the strategic council."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.prevention.records import RecordRow
from app.db.session import Session

OPEN = ("made", "partly")


class Commitment(RecordRow, Base):
    """A promise with an owner and a day. `status`: made, met, partly, not_met."""

    KIND: ClassVar[str] = "commitment"
    __tablename__ = "commitment"
    title: Mapped[str | None]
    contact_person: Mapped[str | None]
    due_on: Mapped[date | None]
    indicator: Mapped[str | None]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str | None]
    result: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="made", server_default="made")
    action_plan_id: Mapped[UUID | None]


def still_open(session: Session, municipality_id: str) -> list[Commitment]:
    """Those not yet followed up to the end, by due date."""
    return list(
        session.execute(
            select(Commitment)
            .where(
                Commitment.municipality_id == municipality_id,
                Commitment.status.in_(OPEN),
                Commitment.withdrawn_at.is_(None),
            )
            .order_by(Commitment.due_on, Commitment.source_key)
        ).scalars()
    )


def of_years(
    session: Session, municipality_id: str, years: range, actor_ids: Sequence[UUID] | None, *, limit: int
) -> list[Commitment]:
    """The commitments of those years, of these actors (None: of all), by actor, year and due date."""
    statement = select(Commitment).where(
        Commitment.municipality_id == municipality_id,
        Commitment.year.between(years.start, years.stop - 1),
        Commitment.withdrawn_at.is_(None),
    )
    if actor_ids is not None:
        statement = statement.where(Commitment.actor_id.in_(list(actor_ids)))
    ordered = statement.order_by(Commitment.actor_name, Commitment.year, Commitment.due_on, Commitment.source_key)
    return list(session.execute(ordered.limit(limit)).scalars())


def put_in_plan(session: Session, municipality_id: str, ids: list[UUID], plan_id: UUID) -> None:
    """The commitments that a plan holds."""
    session.execute(
        update(Commitment)
        .where(Commitment.municipality_id == municipality_id, Commitment.id.in_(ids))
        .values(action_plan_id=plan_id)
        .execution_options(synchronize_session=False)
    )
