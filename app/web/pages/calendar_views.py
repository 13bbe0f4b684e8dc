"""What the pages of the calendar show: one frozen dataclass per template, already in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from app.web.views import Choice, Fact, FieldError, Filter, LinkText, Stamp, Tag


@dataclass(frozen=True, slots=True)
class Day:
    """A day in a narrow column, with its week, and the rule that gave it in words where it stands beside it."""

    on: Stamp
    week: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class StartRow:
    """A process that the calendar starts. `key` and `period` name the occurrence; `note` is why it was struck.

    `error` and `reason` are what was wrong with the reason that was just typed, and the reason.
    """

    id: str
    key: str
    period: str
    name: str
    starts: Day
    towards: Day
    status: Tag
    note: str = ""
    case_url: str = ""
    may_start: bool = False
    may_skip: bool = False
    error: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock of the law and how it stands."""

    title: str
    status: Tag
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the year counted backwards. `workdays` says how many there are and how many the work needs."""

    name: str
    on: Day | None
    latest: Day | None
    workdays: str
    status: Tag
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting; without addresses to those who may not change it."""

    day: Day
    stop: Day
    spoken: str
    move_url: str = ""
    remove_url: str = ""


@dataclass(frozen=True, slots=True)
class MeetingTable:
    """The meetings of an organ in a year."""

    id: str
    title: str
    rows: tuple[MeetingRow, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A day off or a pause."""

    text: str
    remove_url: str = ""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """When a process starts and what it works towards: in words, and as it is written."""

    name: str
    start: str
    start_text: str
    anchor: str
    anchor_text: str
    change_url: str = ""


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """Kalender. The addresses of changes are empty for those who may not change it; `leads` may start and strike."""

    title: str
    lead: str
    place: str
    starts: tuple[StartRow, ...]
    clocks: tuple[Clock, ...]
    steps: tuple[Step, ...]
    steps_title: str
    years: tuple[LinkText, ...]
    meetings: tuple[MeetingTable, ...]
    days_off: tuple[Entry, ...]
    pauses: tuple[Entry, ...]
    rules: tuple[RuleRow, ...]
    gaps: tuple[str, ...]
    filter: Filter | None = None
    leads: bool = False
    change_urls: dict[str, str] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a change. `near` is the text where a rule went wrong, up to and from the place."""

    kind: Literal["text", "rule", "date", "select", "checkbox", "file"]
    name: str
    label: str
    value: str = ""
    help: str = ""
    error: str = ""
    choices: tuple[Choice, ...] = ()
    is_optional: bool = False
    is_checked: bool = False
    near: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """A change to fill in, before its preview. `lines` are what is wrong in a file; `examples` are rules and words."""

    title: str
    lead: str
    url: str
    place: str
    back_url: str
    fields: tuple[FormField, ...]
    errors: tuple[FieldError, ...] = ()
    lines: tuple[Fact, ...] = ()
    examples: tuple[Fact, ...] = ()
    notice: str = ""

    @property
    def has_file(self) -> bool:
        """Whether the form sends a file."""
        return any(entry.kind == "file" for entry in self.fields)


@dataclass(frozen=True, slots=True)
class MoveRow:
    """Something that lands on another day; `to` is None when it has no day any more."""

    name: str
    url: str
    was: Day | None
    to: Day | None
    why: str


@dataclass(frozen=True, slots=True)
class MoveGroup:
    """Moves of one kind."""

    id: str
    title: str
    rows: tuple[MoveRow, ...]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What changes would move, to be confirmed. `changes` travels as JSON and is checked again.

    `stale` says that an earlier preview was not true any more.
    """

    place: str
    back_url: str
    sentences: tuple[str, ...]
    groups: tuple[MoveGroup, ...]
    kept: str
    gaps: tuple[str, ...]
    notes: tuple[str, ...]
    changes: str
    digest: str
    reason: str = ""
    reason_error: str = ""
    stale: str = ""


@dataclass(frozen=True, slots=True)
class PastChange:
    """A change that was carried out: when, by whom, why, and what it moved."""

    id: str
    at: Stamp
    who: str
    reason: str
    sentences: tuple[str, ...]
    moved: str
    groups: tuple[MoveGroup, ...]


@dataclass(frozen=True, slots=True)
class PastChangesPage:
    """The changes of the calendar that were carried out, newest first."""

    title: str
    back_url: str
    changes: tuple[PastChange, ...]
    notice: str = ""
    more_url: str = ""
    filter: Filter | None = None
