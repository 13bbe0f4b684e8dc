"""Values for a record's columns as a client sends them: of the column's type, and as its forms would have them.

A record is made by forms, and what they ask of an answer is asked of a correction too: the length of a text, the words
to choose among, the bounds of a number. The forms are those of the process version that the record came from. A record
that came another way has its columns' types alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

from app.domain.errors import FieldFault
from app.domain.forms import validate
from app.domain.forms.formats import is_unstorable, read_date, read_instant, read_uuid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from app.domain.forms import Field, Form

MAX_TEXT: Final = 10_000
MAX_LINES: Final = 1000
EARLIEST: Final = date(1990, 1, 1)
LATEST: Final = date(2150, 12, 31)
_LARGEST: Final = 10**15

T = TypeVar("T")


class ValueUnfit(ValueError):
    """A value that the column cannot hold. Sentences in ``sv`` and ``en``."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.sv, self.en = sv, en


@dataclass(frozen=True)
class Asked:
    """A question of a form that fills a column, and the form, read with that question alone under the column's name."""

    field: Field
    form: Form

    @classmethod
    def of(cls, form: Form, field: Field, name: str) -> Asked:
        """The question, under that name."""
        named = replace(field, name=name)
        schema: dict[str, Any] = {"type": "object", "properties": {name: field.schema}, "additionalProperties": False}
        return cls(named, replace(form, schema=schema, fields=(named,), record=None, values={}))


def asked_of(forms: Iterable[Form], kind: str) -> tuple[dict[str, list[Asked]], dict[str, list[Asked]]]:
    """What the forms ask of a kind of record: by column, and by name for what has no column of its own."""
    columns: dict[str, list[Asked]] = {}
    extra: dict[str, list[Asked]] = {}
    for form in forms:
        groups = [form.fields] if form.record == kind else []
        groups += [field.fields for field in form.fields if field.record == kind]
        for field in (field for group in groups for field in group):
            if field.column is not None:
                columns.setdefault(field.column, []).append(Asked.of(form, field, field.column))
            elif field.record is None and field.name != "id" and field.widget not in {"rows", "file"}:
                extra.setdefault(field.name, []).append(Asked.of(form, field, field.name))
    return columns, extra


def faults_as_asked(asked: list[Asked], name: str, value: Any) -> list[FieldFault]:
    """Why none of the questions would take the value; empty when one would, or when there is none. Never raises."""
    found: list[FieldFault] = []
    for question in asked:
        if value is None:
            errors = _missing(name) if question.field.required else []
        else:
            errors = [*validate(question.form, {name: _as_answered(question.field, value)})]
        if not errors:
            return []
        found = errors
    return found


def typed(wanted: type, value: Any) -> Any:
    """The value as the column holds it; None stays None. Raises ValueUnfit."""
    return None if value is None else _TYPES[wanted](value)


def _missing(name: str) -> list[FieldFault]:
    return [FieldFault(f"/{name}", "Det här behöver fyllas i.", "This needs to be filled in.")]


def _as_answered(field: Field, value: Any) -> Any:
    """A column of text keeps numbers and lists as text: as the question would have had it."""
    if isinstance(value, str) and field.type == "array":
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, str) and field.type in {"integer", "number"}:
        try:
            return int(value) if field.type == "integer" else float(value)
        except ValueError:
            return value
    return value


def _text(value: Any) -> str:
    text = _of(value, str, "text", "a text")
    if not text.strip() or len(text) > MAX_TEXT:
        raise ValueUnfit(f"Texten ska ha 1 till {MAX_TEXT} tecken.", f"The text must have 1 to {MAX_TEXT} characters.")
    if is_unstorable(text):
        raise ValueUnfit("Texten har tecken som inte går att spara.", "The text has characters that cannot be stored.")
    return text


def _day(value: Any) -> date:
    day = read_date(value) if isinstance(value, str) else None
    if day is None:
        raise ValueUnfit("Värdet ska vara ett datum, ÅÅÅÅ-MM-DD.", "The value must be a date, YYYY-MM-DD.")
    if not EARLIEST <= day <= LATEST:
        sv, en = f"Dagen ska ligga mellan {EARLIEST} och {LATEST}.", f"The day must be from {EARLIEST} to {LATEST}."
        raise ValueUnfit(sv, en)
    return day


def _instant(value: Any) -> datetime:
    at = read_instant(value) if isinstance(value, str) else None
    if at is None or not EARLIEST <= at.date() <= LATEST:
        sv, en = "Värdet ska vara en tidpunkt med tidszon.", "The value must be a time with its time zone."
        raise ValueUnfit(sv, en)
    return at


def _whole(value: Any) -> int:
    number = _of(value, int, "ett heltal", "a whole number")
    if not 0 <= number < 2**31:
        raise ValueUnfit("Talet är för stort eller för litet.", "The number is too large or too small.")
    return number


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueUnfit("Värdet ska vara ett tal.", "The value must be a number.")
    if abs(value) >= _LARGEST:
        raise ValueUnfit("Talet är för stort.", "The number is too large.")
    return float(value)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueUnfit("Värdet ska vara true eller false.", "The value must be true or false.")
    return value


def _id(value: Any) -> UUID:
    found = read_uuid(_of(value, str, "ett id (UUID)", "an id (UUID)"))
    if found is None:
        raise ValueUnfit("Värdet ska vara ett id (UUID).", "The value must be an id (UUID).")
    return found


def _lines(value: Any) -> list[Any]:
    lines = _of(value, list, "en lista", "a list")
    if len(lines) > MAX_LINES:
        raise ValueUnfit(f"Listan har plats för {MAX_LINES} rader.", f"The list has room for {MAX_LINES} lines.")
    return [_text(line) for line in lines]


def _of(value: Any, kind: type[T], sv: str, en: str) -> T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueUnfit(f"Värdet ska vara {sv}.", f"The value must be {en}.")
    return value


_TYPES: Final[Mapping[type, Callable[[Any], Any]]] = {
    str: _text, date: _day, datetime: _instant, int: _whole, float: _number, bool: _truth, UUID: _id, list: _lines,
}  # fmt: skip
