"""What the form templates are given: plain values, every sentence already in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["input", "textarea", "select", "radios", "checkboxes", "checkbox", "file", "rows", "hidden"]


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose that comes from the records: its id, and what it is called."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class OptionView:
    """A radio button, a box to tick or a line of a list."""

    id: str
    value: str
    label: str
    is_checked: bool


@dataclass(frozen=True, slots=True)
class ButtonView:
    """A button that adds or removes a row; ``value`` is what it posts as ``_action``."""

    id: str
    value: str
    label: str
    has_autofocus: bool = False


@dataclass(frozen=True, slots=True)
class FileView:
    """A file that is attached already, and the box that takes it away."""

    attachment_id: str
    name: str
    remove_id: str
    remove_name: str
    remove_label: str


@dataclass(frozen=True, slots=True)
class ErrorView:
    """A line of the error summary; ``target_id`` is empty where there is no field to go to."""

    text: str
    target_id: str


@dataclass(frozen=True, slots=True)
class SummaryView:
    """All that must be put right, above the form."""

    id: str
    title: str
    errors: tuple[ErrorView, ...]


@dataclass(frozen=True, slots=True)
class CautionView:
    """What the writer should look at again before sending, and the box that says that they have.

    ``value`` is posted when the box is ticked. ``error`` is what stands at the box when the form was sent without it.
    ``asks_reason`` when something may be about somebody: then the writer says why it shall stand, too.
    """

    id: str
    name: str
    value: str
    warnings: tuple[ErrorView, ...]
    is_checked: bool = False
    error: str = ""
    asks_reason: bool = False
    reason_name: str = ""
    reason: str = ""
    reason_error: str = ""

    @property
    def reason_id(self) -> str:
        """The id of the reason."""
        return f"{self.id}--reason"

    @property
    def box_id(self) -> str:
        """The id of the box."""
        return f"{self.id}--box"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One question. ``kind`` says which macro shows it; what does not concern that kind is empty.

    ``id`` is where labels, error links and focus go. ``described_by`` lists the ids of the help, error and warning
    texts that are on the page, for ``aria-describedby``. ``is_optional`` is whether the label says so.
    """

    kind: Kind
    id: str
    name: str
    label: str
    help: str
    errors: tuple[str, ...]
    described_by: str
    is_required: bool
    is_optional: bool
    warnings: tuple[str, ...] = ()
    value: str = ""
    input_type: str = "text"
    input_mode: str = ""
    size: int = 0
    lines: int = 0
    options: tuple[OptionView, ...] = ()
    suggestions: tuple[str, ...] = ()
    file: FileView | None = None
    rows: tuple[RowView, ...] = ()
    add: ButtonView | None = None

    @property
    def help_id(self) -> str:
        """The id of the help text."""
        return f"{self.id}--help"

    @property
    def error_id(self) -> str:
        """The id of the error text."""
        return f"{self.id}--error"

    @property
    def warning_id(self) -> str:
        """The id of the warning text."""
        return f"{self.id}--warning"

    @property
    def group_id(self) -> str:
        """The id of the fieldset around the choices."""
        return f"{self.id}--group"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One row: its legend ("Åtgärd 1"), its fields, and the button that removes it, where it can be removed."""

    id: str
    marker: str
    legend: str
    errors: tuple[str, ...]
    fields: tuple[FieldView, ...]
    remove: ButtonView | None
    has_autofocus: bool

    @property
    def error_id(self) -> str:
        """The id of the error text."""
        return f"{self.id}--error"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """A form to show: what ``templates/forms/form.html`` reads as ``form``.

    ``action`` is where it posts, ``autosave_url`` where a draft saves itself (by script; empty where it does not).
    """

    title: str
    description: str
    action: str
    autosave_url: str
    encoding: str
    summary: SummaryView | None
    fields: tuple[FieldView, ...]
    caution: CautionView | None = None
