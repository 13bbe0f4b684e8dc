"""Answering a form as a role holder would: what the answer book says, and for what it does not, what the form asks."""

import re
import tomllib
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.day_offsets import RuleTextInvalid, read_offset
from app.domain.example_meetings import of_year
from app.domain.forms import Form
from app.domain.forms.fields import Field
from app.domain.meeting_plans import MeetingPlan
from app.domain.workdays import WorkdayCalendar
from app.services.simulation.themes import resolve, themes_of
from app.services.sources import Options

_BOOK = Path(__file__).with_name("answer_book.toml")
_DATE = re.compile(r"(?P<base>T|svarsdagen|KSAU|KS|KF)(?P<offset>[+-].*)?")

Attach = Callable[[Field], str]


@dataclass(frozen=True)
class Asked:
    """A task as its scripted role holder meets it. `whose` is the department, actor or problem area, or empty.

    `turn` is how many times they have answered the form before; None for the first of what varies, every time.
    """

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
    municipality: str = ""
    turn: int | None = None


@lru_cache(maxsize=1)
def read_book() -> Mapping[str, Any]:
    """The answer book: process -> form -> field -> answer.

    A form's page may have sections of its own: `in` has one per municipality, and `for` one per department, actor or
    group, in the page and in its municipality's section. Each may have `vary`, a list whose tables are taken in turn.
    """
    return tomllib.loads(_BOOK.read_text(encoding="utf-8"))


def answer(asked: Asked, attach: Attach, changes: Mapping[str, Any]) -> dict[str, Any]:
    """A whole submission. `attach` stores a file for a field and gives its id; `changes` go before the book."""
    written = resolve({**_page(asked), **changes}, _words(asked))
    writer = _Writer(asked, attach)
    left_empty = {name for name, value in changes.items() if value is None}
    values = {f.name: writer.value(f, written.get(f.name)) for f in asked.form.fields if f.name not in left_empty}
    return {name: value for name, value in values.items() if value is not None}


def _page(asked: Asked) -> dict[str, Any]:
    """What the book says on this form to this person, this time."""
    page: Mapping[str, Any] = read_book().get(asked.process, {}).get(asked.form.key, {})
    place: Mapping[str, Any] = page.get("in", {}).get(asked.municipality, {})
    own = asked.turn or 0
    # Not everybody begins at the same place of what varies, and each time they go one further.
    shared = 0 if asked.turn is None else zlib.crc32(f"{asked.municipality}/{asked.whose}".encode()) + own
    sections = [(page, shared), (place, own)]
    sections += [(section.get("for", {}).get(asked.whose, {}), own) for section in (page, place)]
    return {name: value for section, turn in sections for name, value in _this_time(section, turn).items()}


def _this_time(section: Mapping[str, Any], turn: int) -> dict[str, Any]:
    """A section with that of its `vary` whose turn it is."""
    turns: Sequence[Mapping[str, Any]] = section.get("vary", ())
    return {**section, **(turns[turn % len(turns)] if turns else {})}


def _words(asked: Asked) -> Mapping[str, Any]:
    """What the names in braces stand for."""
    on = asked.anchor_on or asked.answered_on
    return {
        "år": str(asked.year),
        "nästa_år": str(asked.year + 1),
        "vem": asked.whose or "kommunen",
        "sammanträden": _meetings(asked.plan, asked.year + 1),
        **themes_of(asked.municipality, on, asked.whose),
    }


def _meetings(plan: MeetingPlan, year: int) -> dict[str, list[str]]:
    """The days of next year's meetings by organ: those of this year's weekdays."""
    organs = {meeting.organ for meeting in plan.meetings}
    days = {organ: [m.on for m in plan.meetings if m.organ == organ] for organ in organs}
    found = {organ: [d for d in days[organ] if d.year == year] or of_year(days[organ], year) for organ in organs}
    return {organ: [day.isoformat() for day in on] for organ, on in found.items()}


class _Writer:
    """Writes one submission."""

    def __init__(self, asked: Asked, attach: Attach) -> None:
        self.asked, self.attach = asked, attach

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
        # What is said of many rows is taken in turn, and begins elsewhere next time.
        turns = [pages[(i + (self.asked.turn or 0)) % len(pages)] for i in range(len(pages))] or [{}]
        key = field.field("id")
        is_about = key is not None and key.required
        # What is said about a row that stands there is the book's; a row that may be rewritten is left as it is.
        mixed = [(turns[i % len(turns)], _kept(field, row)) for i, row in enumerate(given)]
        rows = [self._row(field, {**kept, **said} if is_about else {**said, **kept}) for said, kept in mixed]
        if field.source is None or (not is_about and not given):
            least = int(field.number("minItems") or 0)
            wanted = pages or ([{}] if least or (field.required and written is None) else [])
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
            return list(written)
        if field.shape == "date" and isinstance(written, str):
            return self._date(written).isoformat()
        # A figure of the year's problem, written in a text.
        return str(written) if field.shape == "text" else written

    def _date(self, written: str) -> date:
        """`T`, `svarsdagen` (the day of the answer), `KS` (its last meeting until then), with an offset; or a day."""
        asked = self.asked
        found = _DATE.fullmatch(written)
        if found is None:
            return date.fromisoformat(written)
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
