"""Incident reports (inrapporterade händelser) and flags: what is seen where, and what is new among it."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.prevention.records import RecordRow
from app.db.session import Session
from app.domain.clock import STOCKHOLM


class IncidentReport(RecordRow, Base):
    """An event or a place that feels unsafe, reported without individuals. `status`: new, triaged.

    Kommun 002:s riktlinje, EST: "med hjälp av brottsstatistik, inrapportörer samt ... lokalkännedom".
    """

    KIND: ClassVar[str] = "incident_report"
    SINGLE: ClassVar[bool] = True
    __tablename__ = "incident_report"
    happened_at: Mapped[datetime | None]
    place: Mapped[str | None]
    category: Mapped[str | None]
    kind: Mapped[str | None]
    description: Mapped[str | None]
    reported_to_police: Mapped[str | None]
    immediate_action: Mapped[str | None]
    priority: Mapped[str | None]
    problem_area_id: Mapped[UUID | None]
    department_id: Mapped[UUID | None]
    department_name: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="new", server_default="new")

    @property
    def title(self) -> str:
        """What it is called in a list: when, what and where, never the text itself."""
        when = self.happened_at.date().isoformat() if self.happened_at else None
        return ", ".join(part for part in (when, self.category, self.place) if part)


class Flag(RecordRow, Base):
    """A new type of event or phenomenon, to be a section of the next situation picture. `status`: open, dismissed.

    Askersunds plan: "Nya typer av händelser eller fenomen ... ska särskilt flaggas".
    """

    KIND: ClassVar[str] = "flag"
    __tablename__ = "flag"
    title: Mapped[str | None]
    description: Mapped[str | None]
    source: Mapped[str | None]
    reliability: Mapped[str | None]
    spread: Mapped[str | None]
    decision: Mapped[str | None]
    assessment: Mapped[str | None]
    incident_report_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(default="open", server_default="open")


def new_phenomena(session: Session, municipality_id: str, years: Sequence[int]) -> list[IncidentReport]:
    """Reports that their writer marked as something new, newest first."""
    return list(
        session.execute(
            select(IncidentReport)
            .where(
                IncidentReport.municipality_id == municipality_id,
                IncidentReport.year.in_(list(years)),
                IncidentReport.extra["nytt_fenomen"].as_boolean(),
                IncidentReport.withdrawn_at.is_(None),
            )
            .order_by(IncidentReport.created_at.desc(), IncidentReport.source_key)
        ).scalars()
    )


def reports_since(session: Session, municipality_id: str, since_at: datetime | None) -> list[IncidentReport]:
    """The reports made from that instant on (None: all that there are), oldest first."""
    statement = select(IncidentReport).where(
        IncidentReport.municipality_id == municipality_id, IncidentReport.withdrawn_at.is_(None)
    )
    if since_at is not None:
        statement = statement.where(IncidentReport.created_at >= since_at)
    return list(session.execute(statement.order_by(IncidentReport.created_at, IncidentReport.source_key)).scalars())


def flags_since(session: Session, municipality_id: str, since_on: date | None) -> list[Flag]:
    """The flags that stand, made on that Swedish day or later (None: all). None is lost; one of the day may return."""
    statement = select(Flag).where(
        Flag.municipality_id == municipality_id, Flag.status != "dismissed", Flag.withdrawn_at.is_(None)
    )
    if since_on is not None:
        statement = statement.where(Flag.created_at >= datetime.combine(since_on, time(), STOCKHOLM))
    return list(session.execute(statement.order_by(Flag.created_at, Flag.source_key)).scalars())
