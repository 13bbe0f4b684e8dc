"""Answering a form as a role holder would: what the answer book says, and for what it does not, what the form asks."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.day_offsets import RuleTextInvalid, read_offset
from app.domain.forms import Form
from app.domain.forms.fields import Field
from app.domain.meeting_plans import MeetingPlan
from app.domain.workdays import WorkdayCalendar
from app.services.sources import Options

_BOOK = Path(__file__).with_name("answer_book.toml")
_DATE = re.compile(r"(?P<base>T|svarsdagen|KSAU|KS|KF)(?P<offset>[+-].*)?")

Attach = Callable[[Field], str]


@dataclass(frozen=True)
class Asked:
    """A task as its scripted role holder meets it. `whose` is the department, actor or problem area, or empty."""

    process: str
    form: Form
    whose: str
    scope_id: str | None
    year: int
    anchor_on: date | None
    opened_on: date
    answered_on: date
    calendar: WorkdayCalendar
    plan: MeetingPlan
    options: Options


@lru_cache(maxsize=1)
def read_book() -> Mapping[str, Any]:
    """The answer book: process -> form -> field -> answer, with a section per department or actor under `for`."""
    return tomllib.loads(_BOOK.read_text(encoding="utf-8"))


def answer(asked: Asked, attach: Attach, changes: Mapping[str, Any]) -> dict[str, Any]:
    """A whole submission. `attach` stores a file for a field and gives its id; `changes` go before the book."""
    page: dict[str, Any] = read_book().get(asked.process, {}).get(asked.form.key, {})
    own: dict[str, Any] = page.get("for", {}).get(asked.whose, {})
    writer = _Writer(asked, attach)
    written = {**page, **own, **changes}
    left_empty = {name for name, value in changes.items() if value is None}
    values = {f.name: writer.value(f, written.get(f.name)) for f in asked.form.fields if f.name not in left_empty}
    return {name: value for name, value in values.items() if value is not None}


class _Writer:
    """Writes one submission."""

    def __init__(self, asked: Asked, attach: Attach) -> None:
        self.asked, self.attach = asked, attach
        self.words = {"år": str(asked.year), "nästa_år": str(asked.year + 1), "vem": asked.whose or "kommunen"}

    def value(self, field: Field, written: Any) -> Any:
        """The answer to a field; None leaves it empty."""
        if field.shape == "rows":
            return self._rows(field, written)
        if field.widget == "file":
            return self.attach(field) if field.required else None
        if field.has_options and field.is_chosen:
            return self._chosen(field, written)
        if written is not None:
            return self._written(field, written)
        return self._plain(field) if field.required else None

    def _rows(self, field: Field, written: Any) -> list[dict[str, Any]] | None:
        """Every row that was there from the start, answered; and where rows can be added, those of the book."""
        given = list(self.asked.options.rows.get(field.source or "", ()))
        pages: Sequence[Mapping[str, Any]] = [written] if isinstance(written, dict) else list(written or ())
        turns = pages or [{}]
        key = field.field("id")
        is_about = key is not None and key.required
        # What is said about a row that stands there is the book's; a row that may be rewritten is left as it is.
        mixed = [(turns[i % len(turns)], _kept(field, row)) for i, row in enumerate(given)]
        rows = [self._row(field, {**kept, **said} if is_about else {**said, **kept}) for said, kept in mixed]
        if field.source is None or (not is_about and not given):
            least = int(field.number("minItems") or 0)
            wanted = pages or ([{}] if least or field.required else [])
            rows += [self._row(field, row) for row in wanted]
        return rows if rows or field.required else None

    def _row(self, field: Field, written: Mapping[str, Any]) -> dict[str, Any]:
        values = {inner.name: self.value(inner, written.get(inner.name)) for inner in field.fields}
        return {name: value for name, value in values.items() if value is not None}

    def _chosen(self, field: Field, written: Any) -> Any:
        """One's own among the options, or what the book names, or the first; all of them where many may be chosen."""
        offers = self.asked.options.choices.get(field.source or "", ())
        if field.shape == "choices":
            named = [o.value for o in offers if written is None or o.label in written]
            return named or None
        own = [o.value for o in offers if o.value == self.asked.scope_id or o.label == written]
        return own[0] if own else offers[0].value if offers else None

    def _written(self, field: Field, written: Any) -> Any:
        if isinstance(written, list):
            return [self._text(item) for item in written]
        if field.shape == "date" and isinstance(written, str):
            return self._date(written).isoformat()
        return self._text(written)

    def _text(self, written: Any) -> Any:
        if not isinstance(written, str):
            return written
        for name, word in self.words.items():
            written = written.replace(f"{{{name}}}", word)
        return written

    def _date(self, written: str) -> date:
        """`T`, `svarsdagen` (the day of the answer), `KS` (its last meeting until then), with an offset; or a day."""
        asked = self.asked
        found = _DATE.fullmatch(written)
        if found is None:
            return date.fromisoformat(self._text(written))
        base = asked.answered_on
        if found["base"] == "T":
            base = asked.anchor_on or asked.answered_on
        elif found["base"] != "svarsdagen":
            met = [m.on for m in asked.plan.meetings if m.organ == found["base"] and m.on <= asked.answered_on]
            base = max(met, default=asked.answered_on)
        if found["offset"] is None:
            return base
        return read_offset(found["offset"], 0, RuleTextInvalid).applied_to(base, asked.calendar)

    def _plain(self, field: Field) -> Any:
        """What is asked and the book does not know: an answer of the right kind that goes forward."""
        if field.options:
            first = field.options[0].value
            return [first] if field.shape == "choices" else first
        day = self.asked.answered_on.isoformat()
        plain: dict[str, Any] = {
            "boolean": field.schema.get("const", True),
            "number": _least(field),
            "date": day,
            "date-time": f"{day}T10:00:00Z",
            "lines": [day if _holds_days(field) else self._sentence(field)],
            "email": "trygghet@example.org",
            "uri": "https://example.org/",
        }
        return plain.get(field.shape, self._sentence(field))

    def _sentence(self, field: Field) -> str:
        longest = int(field.number("maxLength") or 200)
        return f"{field.title}: gås igenom vid nästa avstämning."[:longest]


def _holds_days(field: Field) -> bool:
    items = field.schema.get("items")
    return isinstance(items, dict) and items.get("format") == "date"


def _least(field: Field) -> int | float:
    """The smallest number that the field takes, from 1 where nothing says otherwise."""
    if (least := field.number("minimum")) is not None:
        return least
    if (least := field.number("exclusiveMinimum")) is not None:
        return least + 1
    most = field.number("maximum")
    return 1 if most is None else min(1, most)


def _kept(field: Field, row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row has from the start, of what its fields ask."""
    return {inner.name: row[inner.name] for inner in field.fields if inner.name in row}
