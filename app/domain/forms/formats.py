"""What a date, an instant, an address and an id look like (``format``), and which characters any text may hold."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from jsonschema import FormatChecker

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
"""A year outside these is a slip of the finger: a date field makes 0027 of "27"."""
MAX_EMAIL: Final = 254
MAX_URI: Final = 2000

FORMATS: Final = FormatChecker(formats=())
"""The formats a form may use, each checked by the functions below."""

# PostgreSQL's text has no NUL, UTF-8 no surrogates, and XML 1.0 (2.2 Characters), which DOCX is made of, none of these.
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?"
)
_EMAIL: Final = re.compile(r"[^@\s\"<>(),;:]{1,64}@[^@\s\"<>(),;:.]+(?:\.[^@\s\"<>(),;:.]+)+")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_unstorable(text: str) -> bool:
    """Whether the text holds a character that cannot be stored and shown everywhere."""
    return _UNSTORABLE.search(text) is not None


def read_date(text: str) -> date | None:
    """The day that ``2027-02-26`` is, or None for any other text."""
    if _DATE.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_instant(text: str) -> datetime | None:
    """The instant in ISO 8601 with an offset or Z (RFC 3339), or None; without an offset it is no instant."""
    moment = read_moment(text)
    return None if moment is None or moment.tzinfo is None else moment


def read_moment(text: str) -> datetime | None:
    """A day and a time of day, aware when an offset is written and naive when none is; None for any other text."""
    if _INSTANT.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def read_uuid(text: str) -> UUID | None:
    """The id in its usual form with hyphens, or None."""
    return UUID(text) if _UUID.fullmatch(text) else None


def is_likely(year: int) -> bool:
    """Whether a year can be meant."""
    return FIRST_YEAR <= year <= LAST_YEAR


def _register() -> None:
    @FORMATS.checks("date")
    def _date(value: object) -> bool:
        return not isinstance(value, str) or ((day := read_date(value)) is not None and is_likely(day.year))

    @FORMATS.checks("date-time")
    def _instant(value: object) -> bool:
        return not isinstance(value, str) or ((at := read_instant(value)) is not None and is_likely(at.year))

    @FORMATS.checks("uuid")
    def _uuid(value: object) -> bool:
        return not isinstance(value, str) or read_uuid(value) is not None

    @FORMATS.checks("email")
    def _email(value: object) -> bool:
        return not isinstance(value, str) or (len(value) <= MAX_EMAIL and _EMAIL.fullmatch(value) is not None)

    @FORMATS.checks("uri")
    def _uri(value: object) -> bool:
        return not isinstance(value, str) or _is_web_address(value)


def _is_web_address(text: str) -> bool:
    """Only http and https, since a link is what people will press."""
    if len(text) > MAX_URI or re.search(r"[\s\"<>\\^`{|}]", text) is not None:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


_register()
