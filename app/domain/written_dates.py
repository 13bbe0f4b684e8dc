"""Dates as people in Sweden write them in a spreadsheet, and only when they can mean one day.

``2027-03-23``, ``2027/03/23``, ``23 mars 2027``, ``tisdag den 23 mars 2027``, ``23/3 2027``; a time of day after it is
read past. ``03/04/2027`` is refused: half the spreadsheets mean March and half mean April.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from app.domain.swedish_dates import Sentence, long_date, month_name, weekday_name
from app.domain.workdays import FIRST_YEAR, LAST_YEAR

_LONGEST: Final = 60
_TIME: Final = r"(?:[T ]+(?:kl\.? ?)?[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?)?"
_ISO: Final = re.compile(r"(?P<year>[0-9]{4})(?P<sep>[-/])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})" + _TIME)
_SLASHED: Final = re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})(?: +|-)(?P<year>[0-9]{4})" + _TIME)
_WORDS: Final = re.compile(
    r"(?:(?P<weekday>[a-zåäö]+) +)?(?:den +)?(?P<day>[0-9]{1,2}):?e? +(?P<name>[a-zåäö]+)\.?,? +(?P<year>[0-9]{4})"
    + _TIME,
    re.IGNORECASE,
)
_SHORTEST_MONTH: Final = 3


class WrittenDateInvalid(ValueError):
    """A text that is no date, or may be two. Sentences in ``sv`` and ``en``."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(sv, en)
        self.sv = sv
        self.en = en

    def __str__(self) -> str:
        return self.sv


def read_written_date(text: str) -> date:
    """The day the text means. Raises WrittenDateInvalid for none, for two, and for a weekday that does not agree."""
    wanted = " ".join(text.split())[:_LONGEST]
    found = _ISO.fullmatch(wanted) or _SLASHED.fullmatch(wanted)
    words = None if found else _WORDS.fullmatch(wanted)
    if found is not None:
        return _checked(wanted, int(found["year"]), int(found["month"]), int(found["day"]))
    month = _month_named(words["name"]) if words else None
    if words is None or month is None:
        raise WrittenDateInvalid(
            f"”{wanted}” är inget datum som bara kan läsas på ett sätt. Skriv 2027-03-23 eller 23 mars 2027.",
            f"“{wanted}” is no date that can be read in one way only. Write 2027-03-23 or 23 March 2027.",
        )
    on = _checked(wanted, int(words["year"]), month, int(words["day"]))
    _check_weekday(words["weekday"], on)
    return on


def _checked(text: str, year: int, month: int, day: int) -> date:
    try:
        on = date(year, month, day)
    except ValueError:
        raise WrittenDateInvalid(f"{text} finns inte i almanackan.", f"{text} is not in the calendar.") from None
    if not FIRST_YEAR < year < LAST_YEAR:
        raise WrittenDateInvalid(
            f"Året ska vara mellan {FIRST_YEAR + 1} och {LAST_YEAR - 1}, inte {year}.",
            f"The year must be between {FIRST_YEAR + 1} and {LAST_YEAR - 1}, not {year}.",
        )
    return on


def _month_named(text: str) -> int | None:
    """The month whose Swedish or English name begins so: "mars", "sept", "Dec"."""
    wanted = text.casefold()
    if len(wanted) < _SHORTEST_MONTH:
        return None
    months = range(1, 13)
    return next(
        (m for m in months if month_name(m).startswith(wanted) or month_name(m, "en").casefold().startswith(wanted)),
        None,
    )


def _check_weekday(text: str | None, on: date) -> None:
    if text is None or text.casefold() == "den":
        return
    wanted = text.casefold()
    names = Sentence(weekday_name(on), weekday_name(on, "en"))
    if not any(name.casefold().startswith(wanted) for name in names):
        raise WrittenDateInvalid(
            f"Dagen stämmer inte: det är {long_date(on)}, inte {text}.",
            f"The weekday does not agree: it is {long_date(on, 'en')}, not {text}.",
        )
