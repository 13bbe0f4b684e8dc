"""From a form, its values and its errors to what the templates show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Final

from app.domain.forms import PEOPLE
from app.domain.forms.fields import pointer_to
from app.domain.forms.formats import read_date
from app.domain.forms.vocabulary import MAX_ITEMS
from app.web.forms import words
from app.web.forms.cautions import caution_of, sentences_of
from app.web.forms.typed import as_typed, is_local_time
from app.web.forms.views import (
    ButtonView,
    ErrorView,
    FieldView,
    FileView,
    FormView,
    Kind,
    Option,
    OptionView,
    RowView,
    SummaryView,
)
from app.web.swedish import Swedish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from app.domain.errors import FieldFault
    from app.domain.forms import Field, Form, Language
    from app.domain.forms.fields import Titled
    from app.domain.forms.vocabulary import Widget
    from app.services.process.findings import Warned

_KINDS: Final[dict[Widget, Kind]] = {
    "text": "input",
    "textarea": "textarea",
    "radio": "radios",
    "select": "select",
    "checkbox": "checkbox",
    "checkboxes": "checkboxes",
    "date": "input",
    "datetime": "input",
    "number": "input",
    "file": "file",
    "rows": "rows",
    "yesno": "radios",
    "person": "input",
    "hidden": "hidden",
}
_LONG: Final = 30  # characters; a shorter text gets a field of its own length
_NUMBER_SIZE: Final = 12


@dataclass(frozen=True, slots=True)
class _Said:
    """Sentences by pointer, and those of single values by the pointer of their list."""

    own: Mapping[str, Sequence[str]]
    inner: Mapping[str, Sequence[str]]

    def at(self, pointer: str, field: Field) -> tuple[str, ...]:
        """What stands at the field: where one text area or group of boxes holds many values, also theirs."""
        holds_many = field.shape in {"choices", "lines"}
        return (*self.own.get(pointer, ()), *(self.inner.get(pointer, ()) if holds_many else ()))


@dataclass(frozen=True, slots=True)
class _Page:
    """What every field of the form is shown with; ``targets`` gathers, by pointer, the ids that errors lead to."""

    language: Language
    prefix: str
    errors: _Said
    warnings: _Said
    options: Mapping[str, Sequence[Option]]
    prefilled: Mapping[str, Sequence[Mapping[str, object]]]
    files: Mapping[str, str]
    focus: str | None
    targets: dict[str, str] = attribute(default_factory=dict)


def render_form(
    form: Form,
    values: Mapping[str, object] | None = None,
    errors: Iterable[FieldFault] = (),
    options: Mapping[str, Sequence[Option]] | None = None,
    language: Language = "sv",
    *,
    prefilled: Mapping[str, Sequence[Mapping[str, object]]] | None = None,
    files: Mapping[str, str] | None = None,
    warned: Sequence[Warned] = (),
    checked: frozenset[str] | None = None,
    reason: str = "",
    focus: str | None = None,
    action: str = "",
    autosave_url: str = "",
    prefix: str = "f",
) -> FormView:
    """The form as the templates show it.

    ``values`` is a submission, or a draft's values as ``parse_posted`` gives them. ``options`` are what the sources of
    ``form.option_sources`` offer, and ``prefilled`` the rows of ``form.row_sources``: dicts of field values, with the
    row's subject under ``label``. ``files`` are attachments' names by id, ``focus`` a pointer to the row or list that
    was just changed. ``warned`` is what the writer should look at again, ``checked`` the marks of what they have (None:
    nothing was asked yet), ``reason`` why it shall stand. The form posts to ``action``, and to the page's own address
    without it; ``prefix`` begins every id. Raises KeyError when the options of a source are missing: an empty list
    must be meant.
    """
    found = list(errors)
    said, looked_at = _said(found, language), _said(sentences_of(warned), language)
    page = _Page(language, prefix, said, looked_at, options or {}, prefilled or {}, files or {}, focus)
    return FormView(
        title=form.title_in(language),
        description=form.description_in(language),
        action=action,
        autosave_url=autosave_url,
        encoding="multipart/form-data" if form.has_files else "application/x-www-form-urlencoded",
        # In this order: the summaries lead to where the fields are.
        fields=_fields(page, form, values or {}),
        summary=_summary(page, found),
        caution=caution_of(warned, checked, lambda pointer: _target(page, pointer), language, prefix, reason),
    )


def _fields(page: _Page, form: Form, values: Mapping[str, object]) -> tuple[FieldView, ...]:
    return tuple(_field(page, field, (field.name,), values.get(field.name)) for field in form.fields)


def _is_optional(field: Field, kind: Kind) -> bool:
    """Whether the label says that nothing need be filled in; a list of rows may be empty unless it has minItems."""
    if kind == "rows":
        return not field.number("minItems") and not (field.required and field.source)
    return not field.required and kind not in {"checkbox", "hidden"}


def _said(faults: Sequence[FieldFault], language: Language) -> _Said:
    own = _sentences(faults, language, lambda pointer: pointer)
    return _Said(own, _sentences(faults, language, lambda pointer: pointer.rpartition("/")[0]))


def _sentences(errors: Iterable[FieldFault], language: Language, place: Callable[[str], str]) -> dict[str, list[str]]:
    sentences: dict[str, list[str]] = {}
    for error in errors:
        texts = sentences.setdefault(place(error.pointer), [])
        if _sentence(error, language) not in texts:
            texts.append(_sentence(error, language))
    return sentences


def _sentence(error: FieldFault, language: Language) -> str:
    return error.sv if language == "sv" else error.en


def _summary(page: _Page, errors: Sequence[FieldFault]) -> SummaryView | None:
    if not errors:
        return None
    return SummaryView(
        id=f"{page.prefix}-errors",
        title=words.errors_title(len(errors), page.language),
        errors=tuple(ErrorView(_sentence(error, page.language), _target(page, error.pointer)) for error in errors),
    )


def _target(page: _Page, pointer: str) -> str:
    """The id to go to: that of the field, else of what it stands in, else none."""
    while pointer:
        if pointer in page.targets:
            return page.targets[pointer]
        pointer = pointer.rpartition("/")[0]
    return ""


def _field(page: _Page, field: Field, path: tuple[str | int, ...], value: object) -> FieldView:
    kind: Kind = "select" if field.widget == "person" and field.is_chosen else _KINDS[field.widget]
    pointer = pointer_to(*path)
    identity = "-".join((page.prefix, *map(str, path)))
    help_text = _told(field.description, field.description_in(page.language), page.language)
    if field.shape == "lines" and not help_text:
        help_text = words.one_per_line(page.language)
    messages, warnings = page.errors.at(pointer, field), page.warnings.at(pointer, field)
    parts = {"help": help_text, "error": messages, "warning": warnings}
    if kind != "hidden":
        page.targets[pointer] = identity
    view = FieldView(
        kind=kind,
        id=identity,
        name=".".join(map(str, path)),
        label=_title(field, page.language),
        help=help_text,
        errors=messages,
        warnings=warnings,
        described_by=" ".join(f"{identity}--{part}" for part, shown in parts.items() if shown),
        is_required=field.required,
        is_optional=_is_optional(field, kind),
        value=as_typed(field, value, page.language),
    )
    return _completed(page, field, view, value)


def _completed(page: _Page, field: Field, view: FieldView, value: object) -> FieldView:
    """The view with what its kind needs."""
    match view.kind:
        case "input":
            return _input(page, field, view)
        case "textarea":
            return replace(view, lines=4 if field.shape == "lines" else 6)
        case "select" | "radios" | "checkboxes":
            options = _options(page, field, view, value)
            if not options and view.kind != "select":
                page.targets[f"/{view.name.replace('.', '/')}"] = view.group_id
            return replace(view, options=options)
        case "file":
            return replace(view, file=_file(page, view))
        case "rows":
            return _with_rows(page, field, view, value)
        case _:
            return view


def _input(page: _Page, field: Field, view: FieldView) -> FieldView:
    """A field of one line. What a browser's date field cannot show, because it is no date, is shown as text."""
    match field.shape:
        case "date":
            is_shown = not view.value or read_date(view.value) is not None
            return replace(view, input_type="date" if is_shown else "text")
        case "date-time":
            return replace(view, input_type="datetime-local" if is_local_time(view.value) else "text")
        case "email" | "uri":
            return replace(view, input_type="email" if field.shape == "email" else "url")
        case "number":
            return replace(view, size=_NUMBER_SIZE, input_mode=_keys(field))
        case _:
            longest = int(field.number("maxLength") or 0)
            people = [option.label for option in page.options.get(field.source or "", ())]
            return replace(view, size=longest if longest <= _LONG else 0, suggestions=tuple(people))


def _keys(field: Field) -> str:
    """Which keys a telephone shows. Those for digits lack the minus sign, so only where nothing is negative."""
    if (field.number("minimum") or field.number("exclusiveMinimum") or 0) < 0 or not (
        {"minimum", "exclusiveMinimum"} & field.schema.keys()
    ):
        return ""
    return "numeric" if field.type == "integer" else "decimal"


def _options(page: _Page, field: Field, view: FieldView, value: object) -> tuple[OptionView, ...]:
    """What can be chosen. An earlier choice that is not offered any more stays, so that it is not lost unseen."""
    if field.widget == "yesno":
        offered = [*words.yes_and_no(page.language)]
    elif field.source is not None:
        # People's names are in no language; what else the records offer was written in Swedish.
        is_named = field.source == PEOPLE
        offered = [(o.value, o.label if is_named else Swedish(o.label)) for o in page.options[field.source]]
    else:
        offered = [(c.text, _told(c.sv, c.label_in(page.language), page.language)) for c in field.options]
    chosen = [as_typed(field, one, page.language) for one in (value if isinstance(value, list) else [value])]
    values = {text for text, _ in offered}
    offered += [
        (text, words.no_longer_offered(page.language)) for text in dict.fromkeys(chosen) if text not in values | {""}
    ]
    return tuple(
        OptionView(view.id if position == 0 else f"{view.id}--{position + 1}", text, label, text in chosen)
        for position, (text, label) in enumerate(offered)
    )


def _file(page: _Page, view: FieldView) -> FileView | None:
    if not view.value:
        return None
    name = page.files.get(view.value) or words.attached_file(page.language)
    return FileView(
        attachment_id=view.value,
        name=name,
        remove_id=f"{view.id}--remove",
        remove_name=f"{view.name}:remove",
        remove_label=words.remove_file(name, page.language),
    )


def _with_rows(page: _Page, field: Field, view: FieldView, value: object) -> FieldView:
    is_fixed = field.source is not None and (key := field.field("id")) is not None and key.required
    shown = _rows_shown(page, field, value, is_fixed=is_fixed)
    rows = tuple(_row(page, field, view, position, row) for position, row in enumerate(shown))
    if is_fixed or len(shown) >= (field.number("maxItems") or MAX_ITEMS):
        return replace(view, rows=rows)
    label = words.add_row(_noun(field, page.language), page.language)
    has_focus = page.focus == pointer_to(field.name)
    return replace(view, rows=rows, add=ButtonView(f"{view.id}--add", f"add:{field.name}", label, has_focus))


@dataclass(frozen=True, slots=True)
class _Row:
    """The values of a row, what it is about, and whether it can be removed."""

    values: Mapping[str, object]
    subject: str = ""
    can_go: bool = True


def _rows_shown(page: _Page, field: Field, value: object, *, is_fixed: bool) -> list[_Row]:
    """The rows in the order their pointers count: those that were filled in, then those of the source still missing.

    A row of the source is known by its ``id``; without one the source only gives the first values. A list that nobody
    has touched shows one empty row, to show what is asked.
    """
    own = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else None
    given = list(page.prefilled.get(field.source or "", ()))
    if field.field("id") is None:
        rows = own if own is not None else given
        return [_Row(row) for row in (rows or ([] if own == [] else [{}]))]
    by_id = {str(row.get("id")): row for row in given}
    shown = []
    for row in own or ():
        source = by_id.pop(str(row.get("id")), None)
        shown.append(_Row({**(source or {}), **row}, _subject(field, source), can_go=source is None))
    shown += [_Row(row, _subject(field, row), can_go=False) for row in by_id.values()]
    return shown if shown or is_fixed or own == [] else [_Row({})]


def _subject(field: Field, row: Mapping[str, object] | None) -> str:
    """What a row of the source is about; ``label`` is that unless the form asks for something by that name."""
    subject = row.get("label") if row is not None and field.field("label") is None else None
    return Swedish(subject) if isinstance(subject, str) else ""


def _row(page: _Page, field: Field, view: FieldView, position: int, row: _Row) -> RowView:
    identity, pointer = f"{view.id}-{position}", pointer_to(field.name, position)
    page.targets[pointer] = identity
    noun = _noun(field, page.language)
    remove = ButtonView(
        f"{identity}--remove", f"remove:{field.name}:{position}", words.remove_row(noun, position, page.language)
    )
    return RowView(
        id=identity,
        marker=f"{field.name}.{position}",
        legend=words.row_legend(noun, position, row.subject),
        errors=tuple(page.errors.own.get(pointer, ())),
        fields=tuple(
            _field(page, inner, (field.name, position, inner.name), row.values.get(inner.name))
            for inner in field.fields
        ),
        remove=remove if row.can_go else None,
        has_autofocus=page.focus == pointer,
    )


def _noun(field: Field, language: Language) -> str:
    return _title(field if field.row is None else field.row, language)


def _title(titled: Titled, language: Language) -> str:
    return _told(titled.title, titled.title_in(language), language)


def _told(swedish: str, told: str, language: Language) -> str:
    """The words of a form in that language: Swedish ones stand in where it has no others."""
    return Swedish(told) if language != "sv" and told and told == swedish else told
