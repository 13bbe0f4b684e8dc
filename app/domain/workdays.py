"""The Swedish working calendar of a municipality.

Not working days: Saturdays, Sundays, the public holidays of lag (1989:253) om allmänna helgdagar, the three eves
that lag (1977:480) 7 § puts on a level with Sundays (midsommarafton, julafton, nyårsafton), and the days the
municipality itself has decided to close.

A *squeeze day* (klämdag) is a single working day between two days off. It is counted as a working day, because
the municipality is open, but nothing falls due on it, because half the people are not there. A *pause*
(app/domain/pauses.py) is the same at greater length: its working days count, and nothing falls due in it.

Everything here is dates in Europe/Stockholm; no function reads a clock.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import holidays
from holidays.version import __version__ as holidays_version

from app.domain.swedish_dates import Sentence, long_date

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.pauses import Pause

FIRST_YEAR: Final = 1990
"""The first year the calendar knows: lag (1989:253) has been in force since then."""
LAST_YEAR: Final = 2199
"""The last year the calendar knows: far beyond every plan, near enough that no count runs away."""

_RULES: Final = "1"
"""Raised when this module itself starts to count differently, so that stored deadlines show it."""
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_FRIDAY: Final = 4
_LONGEST_CLOSURE: Final = 400
"""Days in a row without a working day after which a search gives up: more than any real closure."""
_TERTIAL_MONTHS: Final = 4
_QUARTER_MONTHS: Final = 3


class OutsideCalendar(ValueError):
    """The calendar cannot answer: the year is outside 1990–2199, or no working day is to be found."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(sv, en)
        self.sv = sv
        self.en = en

    def __str__(self) -> str:
        return self.sv


@dataclass(frozen=True)
class WorkdayCalendar:
    """Which days a municipality works, and which days something may fall due on.

    ``own_days_off`` are the municipality's own closed days, beside the ones that are the same for all of Sweden.
    ``pauses`` are all the pauses of the municipality; those of a single process count only in the calendar that
    ``for_process`` gives for it.
    Every method raises OutsideCalendar for a year outside 1990–2199, and TypeError for a datetime: the local date
    of an instant is the caller's decision.
    """

    own_days_off: frozenset[date] = frozenset()
    pauses: tuple[Pause, ...] = ()
    process: str | None = None

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that change when anything that decides a date here changes.

        The own days off, the pauses of every process, the holidays and the way of counting decide it; the order of
        the pauses and what they are called do not, so that one municipality has one version at a time.
        """
        return _version(self.own_days_off, self.pauses)

    def for_process(self, key: str) -> WorkdayCalendar:
        """The calendar as the process meets it: with its own pauses beside those of the whole municipality."""
        return replace(self, process=key)

    def pause_on(self, d: date) -> Pause | None:
        """The pause the day lies in, for the whole municipality or for this calendar's process; otherwise None."""
        return next((p for p in self.pauses if p.applies_to(self.process) and p.covers(d)), None)

    def in_pause(self, d: date) -> bool:
        """Whether the day lies in a pause that counts here."""
        return self.pause_on(d) is not None

    def is_workday(self, d: date) -> bool:
        """Whether people work that day: no weekend, no red day, no closed day of the municipality's own."""
        return not self._is_day_off(_checked(d))

    def is_squeeze_day(self, d: date) -> bool:
        """Whether the day is a klämdag: a single working day between two days off."""
        return self.is_workday(d) and self._is_day_off(d - _DAY) and self._is_day_off(d + _DAY)

    def is_due_day(self, d: date) -> bool:
        """Whether something may fall due that day: a working day that is no klämdag and lies in no pause."""
        return self.is_workday(d) and not self.is_squeeze_day(d) and not self.in_pause(d)

    def add_workdays(self, d: date, n: int) -> date:
        """The n:th working day strictly after ``d``; strictly before it when ``n`` is negative; ``d`` for 0."""
        step = _DAY if n > 0 else -_DAY
        on, left = _checked(d), abs(n)
        while left:
            on += step
            left -= self.is_workday(on)
        return on

    def workdays_between(self, a: date, b: date) -> int:
        """The number n for which ``add_workdays(a, n)`` reaches ``b`` or the last working day before it.

        Working days after ``a`` up to and including ``b``; negative, and mirrored, when ``b`` is before ``a``.
        """
        if b < a:
            return -sum(self.is_workday(b + i * _DAY) for i in range((a - b).days))
        return sum(self.is_workday(a + i * _DAY) for i in range(1, (b - a).days + 1))

    def next_workday(self, d: date) -> date:
        """``d`` itself when it is a working day, otherwise the first one after it."""
        return _first(d, _DAY, self.is_workday)

    def previous_workday(self, d: date) -> date:
        """``d`` itself when it is a working day, otherwise the last one before it."""
        return _first(d, -_DAY, self.is_workday)

    def next_due_day(self, d: date) -> date:
        """``d`` itself when something may fall due on it, otherwise the first such day after it."""
        return _first(d, _DAY, self.is_due_day)

    def previous_due_day(self, d: date) -> date:
        """``d`` itself when something may fall due on it, otherwise the last such day before it."""
        return _first(d, -_DAY, self.is_due_day)

    def _is_day_off(self, d: date) -> bool:
        return d.weekday() >= _SATURDAY or d in red_days(d.year) or d in self.own_days_off


def iso_week(d: date) -> int:
    """The ISO 8601 week number, which is the Swedish one: 1 to 52 or 53."""
    return d.isocalendar().week


def weeks_in_year(year: int) -> int:
    """How many ISO weeks the year has: 52 or 53. The 28th of December always lies in the last one."""
    return date(year, 12, 28).isocalendar().week


def tertial_end(d: date) -> date:
    """The last day of the tertial that ``d`` lies in: 30 April, 31 August or 31 December."""
    return _period_end(d, _TERTIAL_MONTHS)


def quarter_end(d: date) -> date:
    """The last day of the quarter that ``d`` lies in: 31 March, 30 June, 30 September or 31 December."""
    return _period_end(d, _QUARTER_MONTHS)


def month_end(year: int, month: int) -> date:
    """The last day of the month."""
    following = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)  # noqa: PLR2004 - December
    return following - _DAY


@cache
def _sweden() -> Callable[..., holidays.HolidayBase]:
    """The library's Sweden, by its file: through its package, 250 other countries would be read with it (8 MB)."""
    path = Path(holidays.__file__).parent / "countries" / "sweden.py"
    spec = importlib.util.spec_from_file_location("holidays_of_sweden", path)
    assert spec is not None, path  # noqa: S101  an installation without its library
    assert spec.loader is not None, path  # noqa: S101  as above
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("Callable[..., holidays.HolidayBase]", module.Sweden)


@lru_cache(maxsize=256)
def red_days(year: int) -> frozenset[date]:
    """Sweden's public holidays of the year and the three eves that count as Sundays; plain Sundays left out."""
    public = _sweden()(years=year, expand=False, include_sundays=False).keys()
    midsummer_eve = next(d for d in (date(year, 6, n) for n in range(19, 26)) if d.weekday() == _FRIDAY)
    return frozenset({*public, midsummer_eve, date(year, 12, 24), date(year, 12, 31)})


@lru_cache(maxsize=256)
def _version(own_days_off: frozenset[date], pauses: tuple[Pause, ...]) -> str:
    rests = sorted(f"{p.first_on} {p.last_on} {p.yearly} {p.process or ''}" for p in pauses)
    parts = [_RULES, holidays_version, *sorted(d.isoformat() for d in own_days_off), *rests]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _period_end(d: date, months: int) -> date:
    return month_end(d.year, -(-d.month // months) * months)


def _checked(d: date) -> date:
    if isinstance(d, datetime):
        raise TypeError("Kalendern räknar med datum, inte tidpunkter. The calendar counts dates, not instants.")
    if not FIRST_YEAR <= d.year <= LAST_YEAR:
        raise OutsideCalendar(
            f"Kalendern kan åren {FIRST_YEAR} till {LAST_YEAR}, inte {d.year}.",
            f"The calendar knows the years {FIRST_YEAR} to {LAST_YEAR}, not {d.year}.",
        )
    return d


def _first(d: date, step: timedelta, accepts: Callable[[date], bool]) -> date:
    on = _checked(d)
    for _ in range(_LONGEST_CLOSURE):
        if accepts(on):
            return on
        on += step
    raise OutsideCalendar(*_no_workday_near(d))


def _no_workday_near(d: date) -> Sentence:
    return Sentence(
        f"Kommunens kalender har ingen arbetsdag inom {_LONGEST_CLOSURE} dagar från {long_date(d)}. "
        "Ta bort några av kommunens egna lediga dagar eller korta en paus.",
        f"The municipality's calendar has no working day within {_LONGEST_CLOSURE} days of "
        f"{long_date(d, 'en')}. Remove some of the municipality's own days off, or shorten a pause.",
    )
