"""Where in an answer something is, in words a person knows: the field's label, and the row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.forms.fields import Sentence, in_sentence
from app.domain.forms.vocabulary import MAX_FIELDS, NAME

if TYPE_CHECKING:
    from app.domain.forms.fields import Field, Form

_LAST: Final = MAX_FIELDS + 1  # unknown fields stand after all known ones
_WHOLE: Final = Sentence("Svaret", "The answer")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a submission.

    ``path`` leads to it, ending at the last step that can be told without repeating what was sent. ``field`` is the
    question there, if the form has it; ``rows`` the list it is a row of, ``row`` its position there from 0, and
    ``is_only_row`` whether there is no other. ``line`` is the position in a list without rows. ``order`` sorts
    places as the form asks them.
    """

    path: tuple[str | int, ...]
    order: tuple[int, ...]
    field: Field | None = None
    rows: Field | None = None
    row: int | None = None
    is_only_row: bool = False
    line: int | None = None

    @property
    def title(self) -> Sentence:
        """The label as it is, without the row."""
        return _WHOLE if self.field is None else Sentence(self.field.title, self.field.title_en)

    @property
    def within(self) -> Sentence:
        """The words that point out the row (``i åtgärd 2``, after a space); none where the row goes without saying."""
        if self.rows is None or self.rows.row is None or self.row is None or self.is_only_row:
            return Sentence("", "")
        row = self.rows.row
        return Sentence(
            f" i {in_sentence(row.title)} {self.row + 1}", f" in {in_sentence(row.title_en)} {self.row + 1}"
        )

    @property
    def subject(self) -> Sentence:
        """What a sentence begins with: "”Antal” i åtgärd 2", "Rad 3 i ”Punkter”", "Åtgärd 2", "Svaret"."""
        if self.field is None:
            return _WHOLE
        if self.field.widget == "rows" and self.field.row is not None and self.row is not None:
            row = self.field.row
            return Sentence(f"{row.title} {self.row + 1}", f"{row.title_en} {self.row + 1}")
        quoted = self.quoted
        if self.line is not None and self.field.shape == "lines":
            return Sentence(f"Rad {self.line + 1} i {quoted.sv}", f"Line {self.line + 1} of {quoted.en}")
        return quoted

    @property
    def quoted(self) -> Sentence:
        """The label in quotation marks, and the row: "”Antal” i åtgärd 2"."""
        return Sentence(f"”{self.title.sv}”{self.within.sv}", f"“{self.title.en}”{self.within.en}")


def place_of(form: Form, path: tuple[str | int, ...], submission: dict[str, object] | None = None) -> Place:
    """The place that the path leads to in a submission of the form.

    Without the submission it is not known whether a row is the only one, and the row is named.
    """
    field = form.field(path[0]) if path and isinstance(path[0], str) else None
    if field is None:
        return Place(path=_tellable(path[:1]), order=(_LAST,))
    order = (form.fields.index(field),)
    position = path[1] if len(path) > 1 and isinstance(path[1], int) else None
    if position is None:
        return Place(path=path[:1], order=order, field=field)
    if field.widget != "rows":
        return Place(path=path[:2], order=(*order, position), field=field, line=position)
    count = submission.get(field.name) if submission else None
    is_only = isinstance(count, list) and len(count) == 1
    row = Place(path=path[:2], order=(*order, position), field=field, rows=field, row=position, is_only_row=is_only)
    return row if len(path) == len(row.path) else _place_in_row(row, field, path)


def _place_in_row(row: Place, rows: Field, path: tuple[str | int, ...]) -> Place:
    inner = rows.field(path[2]) if isinstance(path[2], str) else None
    if inner is None:
        return Place(path=(*row.path, *_tellable(path[2:3])), order=(*row.order, _LAST))
    line = path[3] if len(path) > 3 and isinstance(path[3], int) else None  # noqa: PLR2004  list, row, field, value
    order = (*row.order, rows.fields.index(inner), *(() if line is None else (line,)))
    return Place(
        path=path[:4] if line is not None else path[:3],
        order=order,
        field=inner,
        rows=rows,
        row=row.row,
        is_only_row=row.is_only_row,
        line=line,
    )


def _tellable(steps: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """A step that may be repeated: a name that could be a field's. Anything else may be a text somebody wrote."""
    return steps if steps and isinstance(steps[0], str) and NAME.fullmatch(steps[0]) else ()
