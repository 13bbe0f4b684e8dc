"""What others take out of a submission: variables, the texts the guard reads, the attachments.

Each function expects a submission that ``validate`` has passed; of any other it leaves out what it cannot take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.forms.fields import Scalar, pointer_to
from app.domain.forms.formats import read_uuid
from app.domain.ids import AttachmentId

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.domain.forms.fields import Field, Form

Variable = Scalar | list[Scalar]
_WRITTEN: Final = frozenset({"text", "lines"})


def variables(form: Form, submission: Mapping[str, object]) -> dict[str, Variable]:
    """What the process remembers of the answer, by field name (docs/modelling.md, "Variables").

    Yes and no, numbers, choices and dates always; other text, and lists of values, where the field says
    ``x-variable``. Rows never: they are records. A question that was not answered gives no variable.
    """
    remembered: dict[str, Variable] = {}
    for field in form.fields:
        value = submission.get(field.name)
        if not field.is_variable or field.shape == "rows":
            continue
        if isinstance(value, Scalar):
            remembered[field.name] = value
        elif isinstance(value, list):
            scalars = [item for item in value if isinstance(item, Scalar)]
            if len(scalars) == len(value):
                remembered[field.name] = scalars
    return remembered


def answers_of(form: Form, submission: Mapping[str, object]) -> Iterator[tuple[Field, tuple[str | int, ...], object]]:
    """Every field that was answered, with the path to the answer; the fields of rows as many times as rows."""
    for field in form.fields:
        value = submission.get(field.name)
        if field.widget != "rows":
            yield field, (field.name,), value
            continue
        for position, row in enumerate(value if isinstance(value, list) else []):
            for inner in field.fields:
                if isinstance(row, dict):
                    yield inner, (field.name, position, inner.name), row.get(inner.name)


def guarded_texts(form: Form, submission: Mapping[str, object]) -> list[tuple[str, str]]:
    """The texts whose warnings the writer is asked about, each with its pointer, rows included.

    Those of the fields that say ``x-guard``; every written text where the form itself says so.
    """
    return [
        (pointer_to(*path), text)
        for field, path, value in answers_of(form, submission)
        if field.guard or (form.guard != "usual" and field.shape in _WRITTEN and not field.has_options)
        for path, text in _texts(path, value)
    ]


def texts_within(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, str]]:
    """Every text in an answer, a draft or variables, whatever the form asks, with its pointer.

    Whole numbers are texts too: twelve digits in a field for numbers may be anything. Ids are not.
    """
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts_within(inner, (*path, str(name)))
    elif isinstance(value, list | tuple):
        for position, inner in enumerate(value):
            yield from texts_within(inner, (*path, position))
    elif isinstance(value, str):
        if read_uuid(value) is None:
            yield pointer_to(*path), value
    elif isinstance(value, int) and not isinstance(value, bool):
        yield pointer_to(*path), str(value)


def file_ids(form: Form, submission: Mapping[str, object]) -> list[tuple[str, AttachmentId]]:
    """The attachments that the answer refers to, each with its pointer, rows included."""
    return [
        (pointer_to(*path), AttachmentId(attachment))
        for field, path, value in answers_of(form, submission)
        if field.widget == "file" and isinstance(value, str) and (attachment := read_uuid(value)) is not None
    ]


def _texts(path: tuple[str | int, ...], value: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        yield from (((*path, position), text) for position, text in enumerate(value) if isinstance(text, str))
