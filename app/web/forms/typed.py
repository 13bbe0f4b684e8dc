"""Between what a person types and what it means: decimal commas, local times, lists line by line.

``as_meant`` never refuses: a text it cannot read is handed on as it was typed, and app/domain/forms says in plain
words what is wrong with it. ``as_typed`` is its reverse.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from app.domain.clock import STOCKHOLM
from app.domain.forms.fields import number_text
from app.domain.forms.formats import is_likely, read_instant

if TYPE_CHECKING:
    from app.domain.forms import Field, Language
    from app.domain.forms.fields import Json

_SPACES: Final = re.compile(r"(?<=[0-9])[ \u00a0\u2009\u202f](?=[0-9])")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,16}")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,16}(?:[.,][0-9]{1,400})?")  # the smallest float there is, written out
_COMPACT_DATE: Final = re.compile(r"[0-9]{8}")
_LOCAL: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]+([0-9]{2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?")
# Word's "new line, same paragraph" is pasted as a vertical tab, which no document can hold.
_LINE_BREAK: Final = re.compile(r"\r\n|[\r\n\v\f]")


def with_line_feeds(text: str) -> str:
    """The text with line feeds for every sort of line break that browsers and pasted text bring."""
    return _LINE_BREAK.sub("\n", text)


def as_meant(field: Field, text: str) -> Json:
    """What a typed text answers, or None when nothing was answered."""
    if field.shape == "lines":
        lines = [_scalar(field.item_type or "string", line.strip()) for line in text.split("\n") if line.strip()]
        return lines or None
    if not text.strip():
        return None
    match field.shape:
        case "choice" | "choices":
            return next((choice.value for choice in field.options if choice.text == text), text)
        case "date" | "date-time":
            return _date(text.strip()) if field.shape == "date" else _instant(text.strip())
        case "boolean" | "number":
            return _scalar(field.type, text.strip())
        case _:
            return text if field.widget in {"textarea", "hidden"} else text.strip()


def as_typed(field: Field, value: object, language: Language) -> str:
    """The text in the field for a value, or for a draft's text, which is given back as it is."""
    if isinstance(value, list):
        return "\n".join(_shown(item, language) for item in value if isinstance(item, str | int | float))
    if field.shape == "date-time" and isinstance(value, str):
        return _local(value)
    return _shown(value, "en" if field.shape in {"choice", "choices"} else language)


def is_local_time(text: str) -> bool:
    """Whether a browser's field for date and time can show the text."""
    return not text or ("T" in text and _LOCAL.fullmatch(text) is not None)


def _scalar(kind: str, text: str) -> Json:
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind not in {"integer", "number"}:
        return text
    digits = _SPACES.sub("", text).replace("\u2212", "-")
    if _INTEGER.fullmatch(digits):
        return int(digits)
    # In a whole number a comma may be meant to part thousands: it is left for the person to decide.
    if kind == "number" and _NUMBER.fullmatch(digits):
        return float(digits.replace(",", "."))
    return text


def _date(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if _COMPACT_DATE.fullmatch(text) else text


def _instant(text: str) -> str:
    """A local time in Sweden as ISO 8601 with its offset; the first of the two when clocks are turned back."""
    local = _LOCAL.fullmatch(text)
    if local is None:
        return text
    day, hour, minute, second = local.groups(default="00")
    try:
        moment = datetime.fromisoformat(f"{day}T{hour}:{minute}:{second}")
    except ValueError:
        return text
    if not is_likely(moment.year):
        return moment.isoformat()
    # By way of UTC, so that an hour that is skipped in spring becomes the one that the clocks show instead.
    return moment.replace(tzinfo=STOCKHOLM).astimezone(UTC).astimezone(STOCKHOLM).isoformat()


def _local(text: str) -> str:
    """The local time of an instant, for the field; where that would not lead back to it, the text as it is."""
    at = read_instant(text)
    if at is None or not is_likely(at.year):
        return text
    local = at.astimezone(STOCKHOLM).replace(tzinfo=None)
    shown = local.isoformat(timespec="minutes" if local.second == 0 else "seconds")
    return shown if read_instant(_instant(shown)) == at else text


def _shown(value: object, language: Language) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value, "," if language == "sv" else ".")
    return value if isinstance(value, str) else ""
