"""From what a page posted to an answer, a draft, and what the person wanted done with it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app.domain.forms.fields import pointer_to
from app.domain.forms.vocabulary import BUTTON_NAME, CHECKED_NAME, MAX_ITEMS, PAGE_NAMES, REASON_NAME
from app.web.forms.typed import as_meant, with_line_feeds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from app.domain.forms import Field, Form
    from app.domain.forms.fields import Json

Action = Literal["send", "draft", "rows"]

_NAME: Final = re.compile(
    r"(?P<field>[a-z0-9_]+)(?:\.(?P<row>[0-9]{1,4})(?:\.(?P<inner>[a-z0-9_]+))?)?(?P<remove>:remove)?"
)
_ADD: Final = re.compile(r"add:(?P<rows>[a-z0-9_]+)")
_REMOVE: Final = re.compile(r"remove:(?P<rows>[a-z0-9_]+):(?P<row>[0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class PostedForm:
    """What was posted.

    ``submission`` is the answer, to be validated; ``draft_values`` what to store as a draft and to show again, with
    what was typed as it was typed. ``action`` is what was pressed: ``send``, ``draft``, or ``rows`` when a row was
    added or removed, which ``draft_values`` then shows; without a button (a draft that saves itself) it is ``draft``.
    ``focus`` points at the row to go to. ``checked`` are the marks of the warnings that the writer has said are all
    right, None where the page showed no warnings, and ``reason`` is why. ``ignored`` are posted names that neither the
    form nor the page has.
    """

    submission: dict[str, Json]
    draft_values: dict[str, Json]
    action: Action
    focus: str | None
    checked: frozenset[str] | None
    reason: str
    ignored: tuple[str, ...]


@dataclass(slots=True)
class _Posted:
    """The texts posted for the fields of the form, or of one row, in the order they came."""

    texts: defaultdict[str, list[str]]
    removed: set[str]


def parse_posted(form: Form, items: Collection[tuple[str, str]]) -> PostedForm:
    """The answer in the names and values that a browser posted. Never raises: what cannot be read is kept as typed.

    Uploads must have been stored, and stand among the items under the file field's name with the attachment's id. Rows
    in which nothing was filled in are left out, so that the rows of the draft and of the answer are the same ones;
    only where a row was just added or removed the draft keeps empty rows.
    """
    top, rows, pressed, ignored = _sorted_out(form, items)
    action, add, remove = _action(form, pressed)
    draft, answer = _read(form.fields, top)
    for field in (field for field in form.fields if field.widget == "rows"):
        read = {position: _read(field.fields, row) for position, row in sorted(rows[field.name].items())}
        filled = [both for both in read.values() if _is_filled(both[0])]
        if filled or field.required:
            # No rows is an answer where rows are asked for: there were none.
            answer[field.name] = [meant for _, meant in filled]
        kept: list[Json] = [typed for typed, _ in filled]
        if action == "rows":
            kept = [typed for position, (typed, _) in read.items() if (field.name, position) != remove]
            kept += [{}] * (add == field.name and len(kept) < MAX_ITEMS)
        if kept or action == "rows":
            draft[field.name] = kept
    return PostedForm(
        submission=_in_order(form, answer),
        draft_values=_in_order(form, draft),
        action=action,
        focus=_focus(draft, add, remove),
        checked=checked_in(items),
        reason=_last([text for name, text in items if name == REASON_NAME]).strip(),
        ignored=tuple(ignored),
    )


def _focus(draft: Mapping[str, Json], add: str | None, remove: tuple[str, int] | None) -> str | None:
    """Where to go on: the row that was added, or the list that a row was removed from."""
    if remove is not None:
        return pointer_to(remove[0])
    rows = draft.get(add) if add is not None else None
    return pointer_to(str(add), len(rows) - 1) if isinstance(rows, list) and rows else None


def checked_in(items: Iterable[tuple[str, object]]) -> frozenset[str] | None:
    """The marks of the warnings that the writer says are all right; None where the page asked about none."""
    texts = [str(text) for name, text in items if name == CHECKED_NAME]
    return frozenset(" ".join(texts).split()) if texts else None


def _sorted_out(
    form: Form, items: Iterable[tuple[str, str]]
) -> tuple[_Posted, defaultdict[str, defaultdict[int, _Posted]], str, list[str]]:
    """The items by field, by row and field, the button that was pressed, and the names that are no field's."""
    top = _nothing()
    rows: defaultdict[str, defaultdict[int, _Posted]] = defaultdict(lambda: defaultdict(_nothing))
    pressed, ignored = "", []
    for name, text in items:
        match = _NAME.fullmatch(name)
        field = form.field(match["field"]) if match is not None else None
        if name == BUTTON_NAME:
            pressed = text
        elif match is None or field is None or (field.widget == "rows") != (match["row"] is not None):
            ignored.append(name)
        elif match["row"] is None:
            _put(top, field.name, text, is_removal=match["remove"] is not None)
        else:
            row = rows[field.name][int(match["row"])]
            if match["inner"] is not None:
                _put(row, match["inner"], text, is_removal=match["remove"] is not None)
    return top, rows, pressed, [name for name in ignored if name not in PAGE_NAMES]


def _nothing() -> _Posted:
    return _Posted(texts=defaultdict(list), removed=set())


def _put(posted: _Posted, name: str, text: str, *, is_removal: bool) -> None:
    if is_removal:
        posted.removed.add(name)
    else:
        posted.texts[name].append(with_line_feeds(text))


def _action(form: Form, pressed: str) -> tuple[Action, str | None, tuple[str, int] | None]:
    """What was pressed, and the list to add to, or the list and row to remove."""
    if pressed == "send":
        return "send", None, None
    add, remove = _ADD.fullmatch(pressed), _REMOVE.fullmatch(pressed)
    match = add or remove
    field = form.field(match["rows"]) if match is not None else None
    if field is None or field.widget != "rows":
        return "draft", None, None
    return "rows", field.name if add else None, (field.name, int(remove["row"])) if remove else None


def _read(fields: Iterable[Field], posted: _Posted) -> tuple[dict[str, Json], dict[str, Json]]:
    """The values of these fields as typed, and as meant."""
    typed: dict[str, Json] = {}
    meant: dict[str, Json] = {}
    for field in fields:
        texts = posted.texts.get(field.name, [])
        if field.widget == "checkbox":
            typed[field.name] = meant[field.name] = "true" in texts
        elif field.widget == "checkboxes":
            chosen: list[Json] = [text for text in texts if text]
            if chosen:
                typed[field.name] = chosen
                meant[field.name] = [as_meant(field, str(text)) for text in chosen]
        elif field.widget != "rows":
            text = _file(texts, is_removed=field.name in posted.removed) if field.widget == "file" else _last(texts)
            if text:
                typed[field.name] = text
            value = as_meant(field, text)
            if value is not None:
                meant[field.name] = value
    return typed, meant


def _last(texts: list[str]) -> str:
    return texts[-1] if texts else ""


def _file(texts: list[str], *, is_removed: bool) -> str:
    """The id of the file: a new upload before the one that was there, which the page posts first."""
    ids = [text for text in texts if text]
    return _last(ids[1:] if is_removed else ids)


def _is_filled(typed: Mapping[str, Json]) -> bool:
    """Whether anything was filled in; a box that is not ticked is not."""
    return any(value is not False and not (isinstance(value, str) and not value.strip()) for value in typed.values())


def _in_order(form: Form, values: dict[str, Json]) -> dict[str, Json]:
    return {field.name: values[field.name] for field in form.fields if field.name in values}
