"""Dates in plain words, Swedish first and English beside it.

The names are written out by hand: a locale installed on one server and missing on the next would otherwise
decide what a person reads. Weeks are ISO 8601 weeks, which is what "vecka 8" means in Sweden. No function here
reads a clock; "today" is always an argument, and is the date in Europe/Stockholm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from datetime import date

Language = Literal["sv", "en"]

_WEEKDAYS: Final[dict[Language, tuple[str, ...]]] = {
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "sv": (
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
_SHORT_MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "sv": ("jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


class Sentence(NamedTuple):
    """The same words in both languages."""

    sv: str
    en: str


def weekday_name(on: date, language: Language = "sv") -> str:
    """The day's name: "fredag", "Friday"."""
    return _WEEKDAYS[language][on.weekday()]


def month_name(month: int, language: Language = "sv") -> str:
    """The month's name, 1 to 12: "februari", "February"; a ValueError for any other number."""
    if not 1 <= month <= len(_MONTHS[language]):
        raise ValueError(f"Månaden {month} finns inte.")
    return _MONTHS[language][month - 1]


def day_and_month(on: date, language: Language = "sv") -> str:
    """The date without its year: "26 februari", "26 February"."""
    return f"{on.day} {month_name(on.month, language)}"


def long_date(on: date, language: Language = "sv") -> str:
    """The whole date: "fredag 26 februari 2027", "Friday 26 February 2027"."""
    return f"{weekday_name(on, language)} {day_and_month(on, language)} {on.year}"


def short_date(on: date, language: Language = "sv") -> str:
    """The date for a narrow column: "26 feb 2027", "26 Feb 2027"."""
    return f"{on.day} {_SHORT_MONTHS[language][on.month - 1]} {on.year}"


def due_phrase(due_on: date, language: Language = "sv") -> str:
    """The last day of a task: "Senast fredag 26 februari (vecka 8)", "By Friday 26 February (week 8)"."""
    day = f"{weekday_name(due_on, language)} {day_and_month(due_on, language)}"
    week = due_on.isocalendar().week
    return f"Senast {day} (vecka {week})" if language == "sv" else f"By {day} (week {week})"


def days_left_phrase(due_on: date, today_on: date, language: Language = "sv") -> str:
    """How far away the last day is, counted in calendar days from ``today_on``.

    "Försenad 3 dagar", "I dag", "I morgon", "Om 4 dagar"; "3 days late", "Today", "Tomorrow", "In 4 days".
    """
    left = (due_on - today_on).days
    if left == 0:
        return "I dag" if language == "sv" else "Today"
    if left == 1:
        return "I morgon" if language == "sv" else "Tomorrow"
    if language == "sv":
        return f"Om {left} dagar" if left > 0 else f"Försenad {counted(-left, 'dag', 'dagar')}"
    return f"In {left} days" if left > 0 else f"{counted(-left, 'day', 'days')} late"


def counted(number: int, one: str, several: str) -> str:
    """A number with its word in the right form: "1 dag", "3 dagar"."""
    return f"{number} {one if number == 1 else several}"
