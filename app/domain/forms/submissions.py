"""Judging a submission: whether the answer fits the form, and if not, what to put right.

First its outside, which must be sound before anything reads it closely: a bounded JSON value with storable text. Then
the JSON Schema, with jsonschema, where a few keywords are ours: text of nothing but spaces counts as missing, a
pattern is one that cannot explode, and the work grows in step with the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from app.domain.errors import FieldFault
from app.domain.forms.answers import answers_of
from app.domain.forms.envelopes import envelope_faults
from app.domain.forms.fields import Language, Sentence, pointer_to
from app.domain.forms.formats import FORMATS
from app.domain.forms.keywords import FormValidator
from app.domain.forms.places import Place, place_of
from app.domain.forms.sentences import (
    fault_sentence,
    line_break_sentence,
    refusal_sentence,
    unavailable_sentence,
    whole_sentence,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from app.domain.forms.fields import Form

MOST_ERRORS: Final = 200
"""More errors than this help nobody, and an answer made to have millions must not cost millions."""

_ONE_LINE: Final = frozenset({"text", "person"})
_LINE_BREAKS: Final = frozenset("\r\n")
_FIRST: Final = ("required", "type")  # of several errors at one place, these say most


@dataclass(frozen=True, slots=True)
class FieldError(FieldFault):
    """One thing to put right: where in the submission (RFC 6901), and what to do, naming the field's label."""

    def message_in(self, language: Language) -> str:
        """The sentence in that language."""
        return self.sv if language == "sv" else self.en


def validate(
    form: Form, submission: object, *, choices: Mapping[str, Collection[str]] | None = None
) -> list[FieldError]:
    """What must be put right before the answer can be sent in; an empty list when nothing must.

    At most one error for each place, in the order of the form, at most ``MOST_ERRORS``. ``choices`` are the ids that
    each source offers (``{"departments": {...}}``): for the sources named there, a chosen id, or the ``id`` of a row,
    must be one of them. Never raises, whatever the submission is.
    """
    faults = envelope_faults(submission)
    if faults:
        places = ((place_of(form, fault.path), fault) for fault in faults)
        return _once_each((place, fault_sentence(fault.kind, place)) for place, fault in places)
    if not isinstance(submission, dict):
        return [FieldError("", *whole_sentence())]
    found = [
        *_schema_errors(form, submission),
        *_line_break_errors(form, submission),
        *_choice_errors(form, submission, choices or {}),
    ]
    return _once_each(sorted(found, key=lambda error: error[0].order))


def _once_each(found: Iterable[tuple[Place, Sentence]]) -> list[FieldError]:
    """One error for each place: the first."""
    once: dict[str, FieldError] = {}
    for place, sentence in found:
        pointer = pointer_to(*place.path)
        once.setdefault(pointer, FieldError(pointer, sentence.sv, sentence.en))
    return list(once.values())[:MOST_ERRORS]


def _schema_errors(form: Form, submission: dict[str, object]) -> list[tuple[Place, Sentence]]:
    validator = FormValidator(form.schema, format_checker=FORMATS)
    errors = list(islice(validator.iter_errors(submission), MOST_ERRORS))
    errors.sort(key=lambda error: _FIRST.index(error.validator) if error.validator in _FIRST else len(_FIRST))
    places = [(place_of(form, tuple(error.absolute_path), submission), error) for error in errors]
    return [(place, refusal_sentence(str(error.validator), error, place)) for place, error in places]


def _line_break_errors(form: Form, submission: dict[str, object]) -> Iterator[tuple[Place, Sentence]]:
    """Several lines in a field of one line, where a page would lose them and a mail's subject must not have them."""
    for field, path, value in answers_of(form, submission):
        if field.widget in _ONE_LINE and isinstance(value, str) and not _LINE_BREAKS.isdisjoint(value):
            place = place_of(form, path, submission)
            yield place, line_break_sentence(place)


def _choice_errors(
    form: Form, submission: dict[str, object], choices: Mapping[str, Collection[str]]
) -> Iterator[tuple[Place, Sentence]]:
    """Values that were chosen, but that are not among what the source offers."""
    for path, source, value in _chosen(form, submission):
        if source in choices and isinstance(value, str) and value not in choices[source]:
            place = place_of(form, path, submission)
            yield place, unavailable_sentence(place)


def _chosen(form: Form, submission: dict[str, object]) -> Iterator[tuple[tuple[str | int, ...], str, object]]:
    """Each id that was chosen from a source: where, which source, which id. A row is chosen by its ``id``."""
    for field, path, value in answers_of(form, submission):
        if field.source is not None and field.is_chosen:
            yield from ((at, field.source, chosen) for at, chosen in _each(path, value))
    for field in form.fields:
        rows = submission.get(field.name)
        if field.widget == "rows" and field.source is not None and isinstance(rows, list):
            for position, row in enumerate(rows):
                if isinstance(row, dict):
                    yield (field.name, position), field.source, row.get("id")


def _each(path: tuple[str | int, ...], value: object) -> Iterator[tuple[tuple[str | int, ...], object]]:
    if isinstance(value, list):
        yield from (((*path, position), chosen) for position, chosen in enumerate(value))
    else:
        yield path, value
