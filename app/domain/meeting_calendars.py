"""Meeting plans from calendars: the events of an iCalendar file (RFC 5545), as Outlook and others export it.

An event is a meeting when its SUMMARY names one organ, and its day is the day it starts in Europe/Stockholm.
Cancelled events, and those about papers (manusstopp, utskick), are no meetings. A repetition is refused: which
of its days are held is exactly what a meeting plan is there to say.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import icalendar

from app.domain.clock import local_date
from app.domain.meeting_imports import (
    IgnoredEvent,
    ImportedMeeting,
    ImportedPlan,
    ImportFault,
    Unreadable,
    collected,
    organs_named,
    require_number,
    require_size,
)
from app.domain.workdays import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping

_BEGIN: Final = re.compile(r"BEGIN:VEVENT\s*", re.IGNORECASE)
_CONTENT_LINE: Final = re.compile(r"[A-Za-z0-9-]+(?:;.*)?:")
_NO_MEETING: Final = re.compile(r"\b(?:manus\w*|utskick\w*|kallelse\w*|inställ[td]\w*|avlys\w*)\b", re.IGNORECASE)
_LONGEST_NAME: Final = 120


def read_ics(raw: bytes, names: Mapping[str, str] | None = None) -> ImportedPlan:
    """The meeting plan in a calendar file. ``names`` says which organ a name in a SUMMARY means.

    Never raises for what the file holds: its faults stand in the plan, each with the line its event begins on.
    """
    try:
        require_size(raw)
        events = _events(_decoded(raw))
    except Unreadable as fault:
        return fault.plan
    read = [_entry(event, line, names or {}) for line, event in events]
    return collected(
        (entry for entry in read if not isinstance(entry, IgnoredEvent)),
        (entry for entry in read if isinstance(entry, IgnoredEvent)),
    )


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Unreadable("Filen är inte text i UTF-8.", "The file is no UTF-8 text.", line) from error


def _events(text: str) -> list[tuple[int, icalendar.Component]]:
    """The events in the order of the file, each with the line it begins on."""
    lines = [number for number, line in enumerate(text.split("\n"), 1) if _BEGIN.fullmatch(line)]
    require_number(len(lines))
    try:
        calendars = icalendar.Calendar.from_ical(text, multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except Exception:  # noqa: BLE001 - a parser of foreign text; whatever stops it, the file is at fault
        events = []
    if not events and not lines and text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        raise Unreadable("Kalendern har inga händelser.", "The calendar has no events.")
    if not events or len(events) != len(lines):
        raise Unreadable(
            "Filen går inte att läsa som kalender (iCalendar). Exportera den igen som .ics.",
            "The file cannot be read as a calendar (iCalendar). Export it again as .ics.",
            _first_bad_line(text),
        )
    return list(zip(lines, events, strict=True))


def _first_bad_line(text: str) -> int:
    """The first line that is neither a property nor the continuation of one; 0 when every line looks well."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith((" ", "\t")) and not _CONTENT_LINE.match(line):
            return number
    return 0


def _entry(
    event: icalendar.Component, line: int, names: Mapping[str, str]
) -> ImportedMeeting | ImportFault | IgnoredEvent:
    name = " ".join(str(event.get("SUMMARY", "")).split())[:_LONGEST_NAME]
    organs = organs_named(name, names)
    if event.errors and not name:
        return ImportFault(
            line,
            "Händelsen har en rad som inte går att läsa. Exportera kalendern igen.",
            "The event has a line that cannot be read. Export the calendar again.",
        )
    cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
    if not organs or cancelled or _NO_MEETING.search(name):
        return IgnoredEvent(line, name)
    if len(organs) > 1:
        listed = ", ".join(sorted(organs))
        return ImportFault(
            line,
            f"Händelsen ”{name}” nämner flera organ: {listed}. Gör en händelse för varje.",
            f"The event “{name}” names several organs: {listed}. Make one event for each.",
        )
    if "RRULE" in event or "RDATE" in event:
        return ImportFault(
            line,
            f"Händelsen ”{name}” upprepas. Skriv varje sammanträde för sig, med sin egen dag.",
            f"The event “{name}” repeats. Write each meeting by itself, with a day of its own.",
        )
    on = _day(event)
    if on is None:
        return ImportFault(
            line,
            f"Händelsen ”{name}” har ingen dag som går att läsa (DTSTART).",
            f"The event “{name}” has no day that can be read (DTSTART).",
        )
    return ImportedMeeting(line, organs.pop(), on)


def _day(event: icalendar.Component) -> date | None:
    """The day the event starts: in Europe/Stockholm when it has a zone, as it stands when it has none."""
    try:
        start = event.decoded("DTSTART")
    except (KeyError, ValueError, AttributeError):
        return None
    if isinstance(start, datetime):
        start = start.date() if start.tzinfo is None else local_date(start)
    if not isinstance(start, date) or not FIRST_YEAR < start.year < LAST_YEAR:
        return None
    return start
