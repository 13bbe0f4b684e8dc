"""What the pages of registers show, already in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.web.views import Filter, LinkText, Stamp, Tag


@dataclass(frozen=True, slots=True)
class RegisterLink:
    """A register or a tool beside it: its name, its page, and a sentence about what is found there."""

    name: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class RegistersPage:
    """Register: the way to everything that is kept."""

    title: str
    lead: str
    links: tuple[RegisterLink, ...]
    filter: Filter | None = None


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure. `late` is set when its last day has passed and it is not done; `area` is the problem it is about."""

    title: str
    case: LinkText | None
    status: Tag
    owner: str
    department: str
    area: str
    ends: Stamp | None
    late: Tag | None


@dataclass(frozen=True, slots=True)
class MeasuresPage:
    """Åtgärder. `back_url` leads to the registers; `exports` are the same choice as files."""

    title: str
    summary: str
    back_url: str
    rows: tuple[MeasureRow, ...]
    exports: tuple[LinkText, ...] = ()
    filter: Filter | None = None
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class TallyRow:
    """How a year's commitments went; `overdue` are among those still `open`."""

    year: int
    kept: int
    partly: int
    not_kept: int
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A commitment: who promised what in which year, and how it went."""

    title: str
    actor: str
    year: int
    status: Tag
    due: Stamp | None
    late: Tag | None
    result: str


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Åtagandebok: each year in all, and each commitment by actor and year."""

    title: str
    summary: str
    back_url: str
    years: tuple[TallyRow, ...]
    rows: tuple[PromiseRow, ...]
    exports: tuple[LinkText, ...] = ()
    filter: Filter | None = None
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A version of a document. `files` are its formats."""

    title: str
    kind: str
    access: str
    version: int
    produced: Stamp
    case: LinkText | None
    files: tuple[LinkText, ...]


@dataclass(frozen=True, slots=True)
class PapersPage:
    """Dokument: what was written from the records, newest first."""

    title: str
    summary: str
    back_url: str
    rows: tuple[PaperRow, ...]
    filter: Filter | None = None
    more_url: str = ""
