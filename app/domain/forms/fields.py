"""What a form is once it has been read: a title, and fields in the order they are asked."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from app.domain.swedish_dates import Language, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.domain.forms.vocabulary import FieldType, ShapeName, Widget
    from app.domain.privacy_guard import Strictness

__all__ = [
    "Choice",
    "Field",
    "Form",
    "FormInvalid",
    "FormProblem",
    "Json",
    "Language",
    "Scalar",
    "Sentence",
    "in_sentence",
    "number_text",
    "pointer_to",
]

Scalar = str | int | float | bool
Json = None | Scalar | list["Json"] | dict[str, "Json"]

_QUESTION_WIDGETS: Final = frozenset({"radio", "select", "checkboxes", "yesno"})


@dataclass(frozen=True, slots=True)
class FormProblem:
    """One thing that is wrong with a form file: where (a JSON Pointer into the file), and what to do about it."""

    pointer: str
    sv: str
    en: str

    def message_in(self, language: Language) -> str:
        """The sentence in that language."""
        return self.sv if language == "sv" else self.en


class FormInvalid(ValueError):
    """A file that is no form: every problem that was found in it, at least one."""

    def __init__(self, problems: Iterable[FormProblem]) -> None:
        self.problems = list(problems)
        super().__init__(*self.problems)

    def __str__(self) -> str:
        return " ".join(f"{problem.pointer or '/'}: {problem.sv}" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that may be chosen, and its words. ``value`` is a text, or a number where the field is one."""

    value: str | int | float
    sv: str
    en: str

    @property
    def text(self) -> str:
        """The value as a page posts it: a number with a full stop, a text as it is."""
        return number_text(self.value) if isinstance(self.value, int | float) else self.value

    def label_in(self, language: Language) -> str:
        """The words in that language."""
        return self.sv if language == "sv" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Titled:
    """Something with a title and a help text (empty when there is none), in Swedish and English.

    Where a form has no English words its Swedish ones stand in for them.
    """

    title: str
    title_en: str
    description: str = ""
    description_en: str = ""

    def title_in(self, language: Language) -> str:
        """The title in that language."""
        return self.title if language == "sv" else self.title_en

    def description_in(self, language: Language) -> str:
        """The help text in that language, or an empty text."""
        return self.description if language == "sv" else self.description_en


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Titled):
    """One question of a form, or of a row.

    ``shape`` is what kind of answer it takes, and ``schema`` its own part of the JSON Schema. ``options`` are the
    values of its ``enum``; a field with a ``source`` gets its options, or its rows, from the records instead.
    ``fields``, ``row`` (what one row is called) and ``values`` (the columns of its record that nobody types, as
    expressions) belong to lists of rows only. Rows that are a variable become the
    list of the records that were made of them, which is known only when they have been written.
    """

    name: str
    type: FieldType
    item_type: FieldType | None = None
    shape: ShapeName
    widget: Widget
    required: bool
    schema: Mapping[str, Json]
    options: tuple[Choice, ...] = ()
    source: str | None = None
    guard: bool = False
    record: str | None = None
    column: str | None = None
    values: Mapping[str, str] = dataclass_field(default_factory=dict)
    is_variable: bool = False
    fields: tuple[Field, ...] = ()
    row: Titled | None = None

    @property
    def is_chosen(self) -> bool:
        """Whether a person answers by choosing rather than by writing."""
        return self.widget in _QUESTION_WIDGETS or (self.widget == "person" and self.shape == "uuid")

    @property
    def has_options(self) -> bool:
        """Whether it shows options that come from its source."""
        return self.source is not None and self.widget != "rows"

    def number(self, keyword: str) -> int | float | None:
        """The limit that the keyword sets (``minItems``, ``maximum`` ...), or None when there is none."""
        limit = self.schema.get(keyword)
        return limit if isinstance(limit, int | float) else None

    def field(self, name: str) -> Field | None:
        """The field of a row with that name."""
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Titled):
    """A form that can be shown, answered and judged.

    ``schema`` is the JSON Schema with its ``$defs`` written out, in the order of the file; it must not be changed.
    ``record`` is the record that the whole form becomes, and ``values`` the columns that nobody types, as
    expressions. ``guard`` is how strictly the personal-data guard reads all of it.
    """

    key: str
    schema: dict[str, Json]
    fields: tuple[Field, ...]
    record: str | None = None
    values: Mapping[str, str]
    guard: Strictness = "usual"

    def field(self, name: str) -> Field | None:
        """The field with that name, not looking inside rows."""
        return next((field for field in self.fields if field.name == name), None)

    @property
    def option_sources(self) -> frozenset[str]:
        """The sources that options are needed from before the form can be shown."""
        return frozenset(
            field.source for field in self._every_field() if field.has_options and field.source is not None
        )

    @property
    def row_sources(self) -> frozenset[str]:
        """The sources that rows are filled from."""
        return frozenset(field.source for field in self.fields if field.widget == "rows" and field.source is not None)

    @property
    def has_files(self) -> bool:
        """Whether something can be attached, so that the page must post ``multipart/form-data``."""
        return any(field.widget == "file" for field in self._every_field())

    def _every_field(self) -> Iterable[Field]:
        for field in self.fields:
            yield field
            yield from field.fields


def pointer_to(*path: str | int) -> str:
    """The JSON Pointer (RFC 6901) to a place: ``pointer_to("rows", 0, "what")`` is ``/rows/0/what``."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def number_text(number: float, separator: str = ".") -> str:
    """A number written out in full, never with an exponent: ``0.0000001``, ``3``; with a comma for Swedish eyes."""
    text = format(Decimal(repr(number)), "f")
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}{separator}{decimals}" if decimals else whole


def in_sentence(label: str) -> str:
    """A label as it stands inside a sentence: "Utveckling" becomes "utveckling", "EST-möte" stays."""
    first, rest = label[:1], label[1:]
    return label if rest[:1].isupper() or rest[:1].isdigit() else first.lower() + rest
