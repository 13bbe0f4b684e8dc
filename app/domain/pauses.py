"""Pauses: times of the year when a municipality, or one of its processes, lets things rest.

July, when nobody meets; the months without EST. People may work in a pause, so its working days still count, but
nothing falls due in it (app/domain/workdays.py), and a rule that comes back every week or month skips it. Dates in
Europe/Stockholm, inclusive at both ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.swedish_dates import Sentence, day_and_month, long_date, month_name

LONGEST_PAUSE: Final = 300
"""Days a pause may last: what rests longer than that has ended."""
_LEAP_YEAR: Final = 2028
_LONGEST_NAME: Final = 80
_DAYS_A_YEAR: Final = 366


class PauseInvalid(ValueError):
    """A pause that cannot be: nameless, backwards or nearly the whole year. Sentences in ``sv`` and ``en``."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(sv, en)
        self.sv = sv
        self.en = en

    def __str__(self) -> str:
        return self.sv


@dataclass(frozen=True)
class Pause:
    """A rest from ``first_on`` to ``last_on``, for one process or, when ``process`` is None, for all of them.

    A ``yearly`` pause comes back between the same days of every year, whatever year its dates are written in, and
    may pass the new year (15 December to 6 January). Raises PauseInvalid.
    """

    name: str
    first_on: date
    last_on: date
    process: str | None = None
    yearly: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > _LONGEST_NAME:
            raise PauseInvalid(
                f"Pausen ska ha ett namn på högst {_LONGEST_NAME} tecken, till exempel Sommar.",
                f"The pause must have a name of at most {_LONGEST_NAME} characters, for example Summer.",
            )
        if not self.yearly and self.last_on < self.first_on:
            raise PauseInvalid(
                f"Pausen slutar {long_date(self.last_on)}, innan den börjar {long_date(self.first_on)}.",
                f"The pause ends {long_date(self.last_on, 'en')}, before it begins {long_date(self.first_on, 'en')}.",
            )
        if self._length() > LONGEST_PAUSE:
            raise PauseInvalid(
                f"Pausen är {self._length()} dagar. Den får vara högst {LONGEST_PAUSE}; dela upp den eller ta bort "
                "processen ur årshjulet.",
                f"The pause is {self._length()} days. It may be at most {LONGEST_PAUSE}; divide it, or take the "
                "process out of the wheel.",
            )

    def covers(self, d: date) -> bool:
        """Whether the day lies in the pause."""
        if not self.yearly:
            return self.first_on <= d <= self.last_on
        first, last, day = _month_day(self.first_on), _month_day(self.last_on), _month_day(d)
        return first <= day <= last if first <= last else day >= first or day <= last

    def applies_to(self, process: str | None) -> bool:
        """Whether the pause counts for the process; for None, whether it counts for the whole municipality."""
        return self.process is None or self.process == process

    def in_words(self) -> Sentence:
        """When it is: "Sommar, 1 juli till 31 juli varje år"; "Flytt, måndag 1 mars 2027 till ..."."""
        if self.yearly:
            return Sentence(
                f"{self.name}, {day_and_month(self.first_on)} till {day_and_month(self.last_on)} varje år",
                f"{self.name}, {day_and_month(self.first_on, 'en')} to {day_and_month(self.last_on, 'en')} every year",
            )
        return Sentence(
            f"{self.name}, {long_date(self.first_on)} till {long_date(self.last_on)}",
            f"{self.name}, {long_date(self.first_on, 'en')} to {long_date(self.last_on, 'en')}",
        )

    def _length(self) -> int:
        if not self.yearly:
            return (self.last_on - self.first_on).days + 1
        days = (_in_leap_year(self.last_on) - _in_leap_year(self.first_on)).days + 1
        return days if days > 0 else days + _DAYS_A_YEAR


def month_pause(month: int, process: str | None = None) -> Pause:
    """The whole month, every year: the way a profile names its pauses. A ValueError for a month that is none."""
    following = date(_LEAP_YEAR + month // 12, month % 12 + 1, 1)
    last_on = date.fromordinal(following.toordinal() - 1)
    return Pause(month_name(month).capitalize(), date(_LEAP_YEAR, month, 1), last_on, process, yearly=True)


def _month_day(d: date) -> tuple[int, int]:
    return d.month, d.day


def _in_leap_year(d: date) -> date:
    return d.replace(year=_LEAP_YEAR)
