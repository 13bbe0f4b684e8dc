"""Calendar feeds (RFC 5545 with the names of RFC 7986): all-day events that calendar programs subscribe to.

There is no METHOD: what is fetched from an address is a calendar, not a message (RFC 5546 is for messages, and its
PUBLISH asks for an organiser). Every event is a day in Sweden, without hour and zone: summer time moves nothing.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from icalendar import Calendar, Event, vDate, vDDDTypes, vDuration, vText, vUri

from app.documents.day_calendars import DayCalendar, DayEvent

PRODUCER: Final = "-//Trygghetshjulet//Kalender//SV"
REFRESH: Final = timedelta(hours=1)
"""How often a calendar program is asked to look again."""

_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
# RFC 5545, 3.3.11: a text holds no control characters but the tab; line breaks are written by the library.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def write_calendar(calendar: DayCalendar, changed_at: datetime) -> bytes:
    """The calendar as bytes; the same bytes for the same calendar. `changed_at` is when it last said something new.

    Raises ValueError for an instant without a zone.
    """
    written = Calendar()
    written.add("version", "2.0")
    written.add("prodid", PRODUCER)
    written.add("calscale", "GREGORIAN")
    written.add("name", _text(calendar.name, calendar.language))
    written.add("description", _text(calendar.description, calendar.language))
    written.add("url", vUri(calendar.url))
    written.add("last-modified", vDDDTypes(_utc(changed_at)))
    every = vDuration(REFRESH)
    every.params["VALUE"] = "DURATION"
    written.add("refresh-interval", every)
    # The same three as Outlook, Google and Apple asked for them before RFC 7986: without parameters.
    written.add("x-wr-calname", vText(_clean(calendar.name)))
    written.add("x-wr-caldesc", vText(_clean(calendar.description)))
    written.add("x-published-ttl", vDuration(REFRESH))
    for event in _ordered(calendar.events):
        written.add_component(_event(event, calendar.language, changed_at))
    return bytes(written.to_ical(sorted=False))


def _ordered(events: Sequence[DayEvent]) -> list[DayEvent]:
    return sorted(events, key=lambda event: (event.on, event.uid))


def _event(event: DayEvent, language: str, changed_at: datetime) -> Event:
    written = Event()
    at = _utc(event.changed_at or changed_at)
    written.add("uid", vText(event.uid))
    # In a calendar without METHOD this is when the event was last changed, as LAST-MODIFIED (RFC 5545, 3.8.7.2).
    written.add("dtstamp", vDDDTypes(at))
    written.add("last-modified", vDDDTypes(at))
    written.add("sequence", event.sequence if event.sequence is not None else _sequence_of(changed_at))
    for name, day in (("dtstart", event.on), ("dtend", event.on + timedelta(days=1))):
        value = vDate(day)
        value.params["VALUE"] = "DATE"
        written.add(name, value)
    written.add("summary", _text(event.summary, language))
    written.add("description", _text(event.description, language))
    written.add("url", vUri(event.url))
    written.add("categories", [_clean(category) for category in event.categories])
    written.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    # A deadline takes no time out of the day: it must not make anybody look busy.
    written.add("transp", "TRANSPARENT")
    return written


def _sequence_of(at: datetime) -> int:
    """A number that rises with time, and fits in 32 bits until 2088: seconds since 2020."""
    return max(0, int((_utc(at) - _EPOCH).total_seconds()))


def _text(words: str, language: str) -> vText:
    text = vText(_clean(words))
    text.params["LANGUAGE"] = language
    return text


def _clean(words: str) -> str:
    return _CONTROLS.sub(" ", words.replace("\r\n", "\n"))


def _utc(at: datetime) -> datetime:
    """The instant in UTC, in whole seconds: the format has no parts of them."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return at.astimezone(UTC).replace(microsecond=0)
