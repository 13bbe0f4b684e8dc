"""Series of figures (dataserier) and their observations: what the statistics said, for when, and how surely."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy.orm import Mapped

from app.db.base import Base
from app.db.prevention.records import RecordRow


class DataSeries(RecordRow, Base):
    """Figures from one source for one period. `preliminary` ones are told as such wherever they are used.

    Its observations are those of the same submission.
    """

    KIND: ClassVar[str] = "data_series"
    __tablename__ = "data_series"
    title: Mapped[str | None]
    source: Mapped[str | None]
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    preliminary: Mapped[bool | None]
    comment: Mapped[str | None]
    attachment: Mapped[UUID | None]


class Observation(RecordRow, Base):
    """One figure of a series, and the one it is compared with. Counts under five are never written for a place."""

    KIND: ClassVar[str] = "observation"
    __tablename__ = "observation"
    title: Mapped[str | None]
    place: Mapped[str | None]
    value: Mapped[float | None]
    comparison: Mapped[float | None]
    unit: Mapped[str | None]
