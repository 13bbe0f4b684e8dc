"""The only place that reads the wall clock.

Instants (`_at`) are aware and in UTC; days (`_on`) are dates in Europe/Stockholm, where the people live.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock. Used where no database is at hand to ask."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251  this is the one place


class SetClock:
    """A clock that stands still until it is set: simulation and tests."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """The instant the clock was last set to."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move the clock. Time never runs backwards: an earlier instant is refused with ValueError."""
        if at < self._at:
            raise ValueError(f"the clock stands at {self._at}, it cannot go back to {at}")
        self._at = at


def local_date(at: datetime) -> date:
    """The day it is in Sweden at that instant."""
    return at.astimezone(STOCKHOLM).date()


def day_after(on: date) -> datetime:
    """The instant, in UTC, at which the day is over in Sweden."""
    return datetime.combine(on + timedelta(days=1), time(), STOCKHOLM).astimezone(UTC)
