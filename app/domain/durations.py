"""ISO 8601 durations, counted the way people in Sweden count them: ``P21D``, ``P1M``, ``PT2H``, ``P1DT2H``.

Years and months are calendar months of the local date, clamped to the month's last day: a month after 31 January
is 28 or 29 February. A duration with a time part is elapsed time, so that its days are 24 hours each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from app.domain.clock import STOCKHOLM
from app.domain.swedish_dates import Sentence, counted
from app.domain.workdays import month_end

_DURATION: Final = re.compile(
    r"P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?"
    r"(T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?)?"
)
_WORDS: Final = (
    (("år", "år"), ("year", "years")),
    (("månad", "månader"), ("month", "months")),
    (("vecka", "veckor"), ("week", "weeks")),
    (("dag", "dagar"), ("day", "days")),
    (("timme", "timmar"), ("hour", "hours")),
    (("minut", "minuter"), ("minute", "minutes")),
    (("sekund", "sekunder"), ("second", "seconds")),
)
_MONTHS_A_YEAR: Final = 12
_LONGEST_MONTH_ON_AVERAGE: Final = 30.5
"""Days a month is taken to have when a duration is weighed against a bound: five years are then 1830 days."""


@dataclass(frozen=True)
class Duration:
    """A length of time. ``has_time`` says that it was written with a time part, however long that part is."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0
    seconds: int = 0
    has_time: bool = False

    def weight_in_days(self) -> float:
        """About how many days it is, to compare with a bound; not for counting."""
        months = self.years * _MONTHS_A_YEAR + self.months
        elapsed = self.hours / 24 + self.minutes / 1440 + self.seconds / 86400
        return months * _LONGEST_MONTH_ON_AVERAGE + self.weeks * 7 + self.days + elapsed

    def whole_months(self) -> int:
        """The months it is, when it is years and months only; otherwise 0."""
        rest = (self.weeks, self.days, self.hours, self.minutes, self.seconds)
        return 0 if any(rest) or self.has_time else self.years * _MONTHS_A_YEAR + self.months

    def whole_days(self) -> int:
        """The days it is, when it is weeks and days only; otherwise 0."""
        rest = (self.years, self.months, self.hours, self.minutes, self.seconds)
        return 0 if any(rest) or self.has_time else self.weeks * 7 + self.days

    def after_date(self, on: date) -> date:
        """The date so much later, by the calendar. The time part is left out."""
        return self._months_after(on) + timedelta(weeks=self.weeks, days=self.days)

    def after_instant(self, at: datetime) -> datetime:
        """The instant so much later, in UTC: calendar months in Europe/Stockholm, all else elapsed time."""
        local = at.astimezone(STOCKHOLM)
        # The same time of day some months on: a summer afternoon stays an afternoon in winter.
        moved = datetime.combine(self._months_after(local.date()), local.timetz()).astimezone(UTC)
        return moved + timedelta(
            weeks=self.weeks, days=self.days, hours=self.hours, minutes=self.minutes, seconds=self.seconds
        )

    def in_words(self) -> Sentence:
        """The length in words, "1 månad och 2 dagar", "1 month and 2 days"; "0 dagar" for no time at all."""
        numbers = (self.years, self.months, self.weeks, self.days, self.hours, self.minutes, self.seconds)
        parts = [(n, sv, en) for n, (sv, en) in zip(numbers, _WORDS, strict=True) if n] or [(0, *_WORDS[3])]
        return Sentence(
            _listed([counted(n, *sv) for n, sv, _ in parts], "och"),
            _listed([counted(n, *en) for n, _, en in parts], "and"),
        )

    def _months_after(self, on: date) -> date:
        return months_later(on, self.years * _MONTHS_A_YEAR + self.months)


def months_later(on: date, months: int) -> date:
    """The same day so many months later, or earlier when negative; the month's last day when it is shorter."""
    total = on.year * _MONTHS_A_YEAR + on.month - 1 + months
    last = month_end(total // _MONTHS_A_YEAR, total % _MONTHS_A_YEAR + 1)
    return last.replace(day=min(on.day, last.day))


def read_duration(text: str) -> Duration | None:
    """The duration the text is, or None when it is none: a bare "P", a "T" with nothing after it, a fraction."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    *calendar_parts, time_part, hours, minutes, seconds = found.groups()
    if not any(found.groups()) or time_part == "T":
        return None
    years, months, weeks, days = (int(n or 0) for n in calendar_parts)
    h, m, s = (int(n or 0) for n in (hours, minutes, seconds))
    return Duration(years, months, weeks, days, h, m, s, has_time=time_part is not None)


def _listed(parts: list[str], word: str) -> str:
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"
