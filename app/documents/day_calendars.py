"""What a calendar feed says, before it is written in a calendar's format (`calendars.py`)."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

DOMAIN: Final = "trygghetshjulet"
"""What stands after @ in the name of an event."""


@dataclass(frozen=True)
class DayEvent:
    """Something that falls on a day.

    `uid` is the same as long as it is the same thing, whatever day it moves to; `sequence` rises when it changes, and
    `changed_at` is when it last did. What nobody counts and notes has None, and follows the calendar as a whole.
    """

    uid: str
    on: date
    summary: str
    description: str
    url: str
    categories: tuple[str, ...]
    sequence: int | None = None
    changed_at: datetime | None = None
    cancelled: bool = False


@dataclass(frozen=True)
class DayCalendar:
    """A calendar to subscribe to: its name and what it is about, in the reader's language."""

    name: str
    description: str
    url: str
    language: str
    events: tuple[DayEvent, ...]


def fingerprint(calendar: DayCalendar) -> bytes:
    """What tells whether the calendar says something else than before, whenever it is asked."""
    return hashlib.sha256(repr(calendar).encode()).digest()
