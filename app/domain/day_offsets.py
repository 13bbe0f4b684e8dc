"""A signed number of days or months, as deadlines and calendar rules write it: ``-30wd``, ``+14d``, ``-P6M``.

``wd`` is a Swedish working day of the municipality, ``d`` a calendar day; a duration (``P6M``, ``P1Y``, ``P3W``) is
calendar months, or weeks and days. After it may stand which way the day moves when nothing may fall due on it:
`` earlier`` or `` later``. The two small languages that use it
(app/domain/calendar_rules.py and app/domain/deadlines.py) refuse a bad text in the same way, which is why the
shape of their refusal is here too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

from app.domain.durations import Duration, months_later, read_duration
from app.domain.swedish_dates import Sentence, counted

if TYPE_CHECKING:
    from app.domain.workdays import WorkdayCalendar

MAX_WORKDAYS: Final = 2000
"""The most working days an offset may count."""
MAX_DAYS: Final = 1830
"""The most calendar days an offset may count: five years."""
MAX_MONTHS: Final = 60
"""The most months an offset may count."""

Unit = Literal["wd", "d", "months"]
Move = Literal["earlier", "later"]

_OFFSET: Final = re.compile(r"(?P<sign>[+-])\s*(?:(?P<amount>[0-9]+)\s*(?P<unit>wd|d)|(?P<duration>P[0-9A-Z]+))\s*")
_MOVE: Final = re.compile(r"\s+(?P<move>earlier|later)\s*$")
_STRAY_DASH: Final = re.compile("[\u2010-\u2015\u2212]")


class RuleTextInvalid(ValueError):
    """A text that is no rule: where (an index into the text, from 0) and why, in Swedish and English."""

    def __init__(self, position: int, sv: str, en: str) -> None:
        super().__init__(position, sv, en)
        self.position = position
        self.sv = sv
        self.en = en

    def __str__(self) -> str:
        return self.sv


@dataclass(frozen=True)
class DayOffset:
    """So many working days (``wd``), calendar days (``d``) or months forward; backward when ``amount`` is negative."""

    amount: int
    unit: Unit

    @property
    def backwards(self) -> bool:
        """Whether it counts towards the past."""
        return self.amount < 0

    @property
    def text(self) -> str:
        """As it is written: "-30wd", "-P6M"."""
        if self.unit == "months":
            number = abs(self.amount)
            return f"{'-' if self.backwards else '+'}P" + (f"{number}M" if number % 12 else f"{number // 12}Y")
        return f"{self.amount:+d}{self.unit}"

    def applied_to(self, on: date, calendar: WorkdayCalendar) -> date:
        """The day counted to, before any move to a day on which something may fall due."""
        if self.unit == "wd":
            return calendar.add_workdays(on, self.amount)
        if self.unit == "months":
            return months_later(on, self.amount)
        return on + timedelta(days=self.amount)

    def years(self) -> int:
        """How many years it reaches at most, rounded up."""
        per_year = {"wd": 240, "d": 365, "months": 12}[self.unit]
        return -(-abs(self.amount) // per_year)

    def in_words(self) -> Sentence:
        """The count in words, "30 arbetsdagar före", "30 working days before": the date or its name follows."""
        number = abs(self.amount)
        if self.unit == "wd":
            sv, en = (
                counted(number, "arbetsdag", "arbetsdagar"),
                counted(number, "working day", "working days"),
            )
        elif self.unit == "months":
            sv, en = Duration(years=number // 12, months=number % 12).in_words()
        else:
            sv, en = counted(number, "dag", "dagar"), counted(number, "day", "days")
        return Sentence(f"{sv} före", f"{en} before") if self.backwards else Sentence(f"{sv} efter", f"{en} after")


def read_offset(text: str, start: int, invalid: type[RuleTextInvalid]) -> DayOffset:
    """Read ``text[start:]``, which must be one offset and nothing more.

    Raises ``invalid`` when it is anything else, or counts none at all or further than five years.
    """
    found = _OFFSET.fullmatch(text, start)
    if found is None:
        first = _OFFSET.match(text, start)
        if first is not None and text[first.end()] in "+-":
            raise invalid(
                first.end(),
                "Bara en förskjutning går att skriva, till exempel -30wd.",
                "Only one offset can be written, for example -30wd.",
            )
        raise invalid(
            start,
            f"”{text[start:].strip()}” går inte att förstå. En förskjutning skrivs som -30wd (arbetsdagar) "
            "eller +14d (dagar), eller som en tidslängd: -P6M (månader).",
            f"“{text[start:].strip()}” cannot be understood. An offset is written like -30wd (working days) "
            "or +14d (days), or as a duration: -P6M (months).",
        )
    if found["duration"] is not None:
        return _duration_offset(found, invalid)
    unit: Literal["wd", "d"] = "wd" if found["unit"] == "wd" else "d"
    amount = bounded_amount(found["amount"], unit, found.start("amount"), invalid)
    return DayOffset(-amount if found["sign"] == "-" else amount, unit)


def split_move(text: str) -> tuple[str, Move | None]:
    """The text without `` earlier`` or `` later`` at its end, and which of the two it was."""
    found = _MOVE.search(text)
    if found is None:
        return text, None
    return text[: found.start()], "earlier" if found["move"] == "earlier" else "later"


def bounded_amount(digits: str, unit: Literal["wd", "d"], position: int, invalid: type[RuleTextInvalid]) -> int:
    """The number of days the digits say; raises ``invalid`` when it is 0 or more than five years."""
    most = MAX_WORKDAYS if unit == "wd" else MAX_DAYS
    amount = int(digits)
    if not 1 <= amount <= most:
        raise invalid(
            position,
            f"Antalet {'arbetsdagar' if unit == 'wd' else 'dagar'} ska vara mellan 1 och {most}.",
            f"The number of {'working days' if unit == 'wd' else 'days'} must be between 1 and {most}.",
        )
    return amount


def require_plain_text(text: str, longest: int, invalid: type[RuleTextInvalid]) -> None:
    """Raise ``invalid`` for what no rule begins with: nothing, far too much, or a dash from a word processor."""
    if len(text) > longest:
        raise invalid(
            longest,
            f"Texten är för lång: högst {longest} tecken.",
            f"The text is too long: at most {longest} characters.",
        )
    if not text.strip():
        raise invalid(0, "Texten är tom.", "The text is empty.")
    dash = _STRAY_DASH.search(text)
    if dash is not None:
        raise invalid(
            dash.start(),
            "Tecknet är ett tankstreck eller ett matematiskt minus. Skriv ett vanligt bindestreck (-).",
            "The character is a dash or a mathematical minus. Write an ordinary hyphen (-).",
        )


def _duration_offset(found: re.Match[str], invalid: type[RuleTextInvalid]) -> DayOffset:
    duration, position = read_duration(found["duration"]), found.start("duration")
    months = duration.whole_months() if duration else 0
    days = duration.whole_days() if duration else 0
    if not months and not days:
        raise invalid(
            position,
            f"{found['duration']} går inte som förskjutning. Skriv månader och år (-P6M, -P1Y) eller veckor och dagar "
            "(-P3W, -P21D), inte noll och inte klockslag.",
            f"{found['duration']} will not do as an offset. Write months and years (-P6M, -P1Y) or weeks and days "
            "(-P3W, -P21D), not nothing and no times of day.",
        )
    if months > MAX_MONTHS or days > MAX_DAYS:
        raise invalid(
            position, "Förskjutningen är för lång: högst fem år.", "The offset is too long: at most five years."
        )
    sign = -1 if found["sign"] == "-" else 1
    return DayOffset(sign * months, "months") if months else DayOffset(sign * days, "d")
