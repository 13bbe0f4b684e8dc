"""What the pages of imports show: one frozen dataclass per template, already in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.web.views import Choice, FieldError, Filter, Tag


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind of table, what its rows are, and where its templates are fetched."""

    name: str
    text: str
    xlsx_url: str
    csv_url: str


@dataclass(frozen=True, slots=True)
class ImportPage:
    """Läs in tabeller: the templates, and a file to try. `kind_error` and `file_error` are what was wrong."""

    place: str
    lead: str
    kinds: tuple[KindRow, ...]
    choices: tuple[Choice, ...]
    notice: str = ""
    kind_error: str = ""
    file_error: str = ""
    errors: tuple[FieldError, ...] = ()
    filter: Filter | None = None


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What would become of a row: its number, what it is called, and what changes in it."""

    number: int
    label: str
    result: Tag
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportPreviewPage:
    """The dry run. With faults there is nothing to confirm.

    `parts` are the file's content, packed and in pieces that a form can carry; it is judged again when it comes back.
    """

    title: str
    summary: str
    place: str
    kind: str
    back_url: str
    faults: tuple[str, ...]
    more_faults: str
    cautions: tuple[str, ...]
    rows: tuple[OutcomeRow, ...]
    more_rows: str
    may_confirm: bool
    file_name: str = ""
    parts: tuple[str, ...] = ()
    digest: str = ""
    stale: str = ""
