"""Sending hours: when mails leave. Outside them the evening, the night and the days off are left in peace."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from app.domain.clock import STOCKHOLM
from app.domain.swedish_dates import Sentence
from app.domain.workdays import WorkdayCalendar

_HOURS: Final = re.compile(r"\s*([01][0-9]|2[0-3]):([0-5][0-9])\s*-\s*([01][0-9]|2[0-3]):([0-5][0-9])\s*")


@dataclass(frozen=True)
class SendingHours:
    """From one time of day up to, not including, another, on working days in Europe/Stockholm."""

    first: time
    last: time

    @property
    def text(self) -> str:
        """As it is written: "07:00-18:00"."""
        return f"{self.first:%H:%M}-{self.last:%H:%M}"

    def allow(self, at: datetime, calendar: WorkdayCalendar) -> bool:
        """Whether a mail may leave at that instant."""
        local = at.astimezone(STOCKHOLM)
        return calendar.is_workday(local.date()) and self.first <= local.time() < self.last

    def next_from(self, at: datetime, calendar: WorkdayCalendar) -> datetime:
        """The instant itself when a mail may leave then, otherwise the next one at which it may; UTC."""
        if self.allow(at, calendar):
            return at
        local = at.astimezone(STOCKHOLM)
        on = local.date() if local.time() < self.first else local.date() + timedelta(days=1)
        return _instant(calendar.next_workday(on), self.first)


DEFAULT_HOURS: Final = SendingHours(time(7), time(18))


def parse_hours(text: str) -> SendingHours:
    """Read "07:00-18:00". Raises ValueError holding a Sentence that says what is wrong."""
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ValueError(
            Sentence(
                f"”{text[:40]}” går inte att förstå. Skriv som 07:00-18:00.",
                f"'{text[:40]}' cannot be understood. Write it like 07:00-18:00.",
            )
        )
    first, last = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if last <= first:
        raise ValueError(
            Sentence("Den sista tiden ska vara senare än den första.", "The last time must be later than the first.")
        )
    return SendingHours(first, last)


def _instant(on: date, at: time) -> datetime:
    return datetime.combine(on, at, STOCKHOLM).astimezone(UTC)
