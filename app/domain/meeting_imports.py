"""What the readers of meeting plans have in common: the imported plan, its faults, and which organ a name means.

A plan comes from a spreadsheet (app/domain/meeting_tables.py) or a calendar (app/domain/meeting_calendars.py). Reading
never stops at the first fault: the person who made the file sees all of them at once, each with its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.meeting_plans import Meeting, is_organ, manuscript_stop, organ_name
from app.domain.swedish_dates import long_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from app.domain.workdays import WorkdayCalendar

MAX_BYTES: Final = 1_000_000
"""Bytes in a file at most."""
MAX_ROWS: Final = 2000
"""Meetings in a file at most."""
MAX_FAULTS: Final = 100
"""Faults told at most: after so many the file is of another kind."""

_RECOGNISED: Final = {
    "ksau": "KSAU",
    "ks au": "KSAU",
    "kommunstyrelsens arbetsutskott": "KSAU",
    "ks": "KS",
    "kommunstyrelsen": "KS",
    "kommunstyrelsens": "KS",
    "kommunstyrelse": "KS",
    "kf": "KF",
    "kommunfullmäktige": "KF",
    "kommunfullmäktiges": "KF",
}


@dataclass(frozen=True)
class ImportFault:
    """Something in the file that will not do: the line (from 1, 0 for the file as a whole) and the mend."""

    line: int
    sv: str
    en: str


@dataclass(frozen=True)
class ImportedMeeting:
    """A meeting as the file has it. The manuscript stop is a day, a number of working days before, or neither."""

    line: int
    organ: str
    on: date
    manuscript_stop_on: date | None = None
    manuscript_workdays: int | None = None


@dataclass(frozen=True)
class IgnoredEvent:
    """An event of a calendar that was taken to be no meeting of an organ: shown, so that a name can be given."""

    line: int
    name: str


@dataclass(frozen=True)
class ImportedPlan:
    """What a file holds. With any fault nothing of it should be saved."""

    meetings: tuple[ImportedMeeting, ...] = ()
    faults: tuple[ImportFault, ...] = ()
    ignored: tuple[IgnoredEvent, ...] = ()

    def planned(self, calendar: WorkdayCalendar, workdays_before: int) -> tuple[Meeting, ...]:
        """The meetings of the plan in order of day, each with its manuscript stop.

        ``workdays_before`` is the municipality's usual number, for meetings where the file does not say. A stop that
        is counted and falls where nothing may fall due moves earlier; a day that the file names stays.
        """
        meetings = (Meeting(m.organ, m.on, _stop(m, calendar, workdays_before)) for m in self.meetings)
        return tuple(sorted(meetings, key=lambda m: (m.on, m.organ)))


def collected(read: Iterable[ImportedMeeting | ImportFault], ignored: Iterable[IgnoredEvent] = ()) -> ImportedPlan:
    """The plan of what was read, with two meetings of one organ on one day refused."""
    meetings: dict[tuple[str, date], ImportedMeeting] = {}
    faults: list[ImportFault] = []
    for entry in read:
        if isinstance(entry, ImportFault):
            faults.append(entry)
        elif (entry.organ, entry.on) in meetings:
            faults.append(_twice(entry, meetings[entry.organ, entry.on]))
        else:
            meetings[entry.organ, entry.on] = entry
    return ImportedPlan(tuple(meetings.values()), tuple(sorted(faults, key=_line)[:MAX_FAULTS]), tuple(ignored))


class Unreadable(Exception):
    """A file of which nothing can be read. The readers turn it into a plan with this one fault."""

    def __init__(self, sv: str, en: str, line: int = 0) -> None:
        super().__init__(sv)
        self.plan = ImportedPlan(faults=(ImportFault(line, sv, en),))


def require_size(raw: bytes) -> None:
    """Raise Unreadable for a file that is empty or too large."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(
            f"Filen är för stor: högst {MAX_BYTES // 1_000_000} MB.",
            f"The file is too large: at most {MAX_BYTES // 1_000_000} MB.",
        )
    if not raw.strip():
        raise Unreadable("Filen är tom.", "The file is empty.")


def require_number(number: int) -> None:
    """Raise Unreadable for a file with more meetings than a plan may have."""
    if number > MAX_ROWS:
        raise Unreadable(
            f"Filen har {number} sammanträden. En plan får ha högst {MAX_ROWS}; dela upp den per år.",
            f"The file has {number} meetings. A plan may have at most {MAX_ROWS}; divide it by year.",
        )


def organs_named(text: str, names: Mapping[str, str]) -> set[str]:
    """The organs that the text names, as whole words: by ``names`` (name to organ) first, then the usual ones.

    "Kommunstyrelsens arbetsutskott" is KSAU and not KS too.
    """
    return _named(text, {**_RECOGNISED, **{name.casefold().strip(): organ for name, organ in names.items()}})


def organ_of_cell(text: str, names: Mapping[str, str]) -> str | None:
    """The organ that a cell names: a known name in full, or the cell itself when it can name an organ."""
    wanted = " ".join(text.split())
    given = {name.casefold().strip(): organ for name, organ in names.items()}
    known = given.get(wanted.casefold()) or _RECOGNISED.get(wanted.casefold())
    if known is not None:
        return known
    return wanted if is_organ(wanted) else None


def _named(text: str, known: Mapping[str, str]) -> set[str]:
    left, organs = " ".join(text.casefold().split()), set()
    for name in sorted(known, key=len, reverse=True):
        if not name:
            continue
        left, number = re.subn(rf"(?<!\w){re.escape(name)}(?!\w)", " ", left)
        if number:
            organs.add(known[name])
    return organs


def _stop(meeting: ImportedMeeting, calendar: WorkdayCalendar, workdays_before: int) -> date:
    if meeting.manuscript_stop_on is not None:
        return meeting.manuscript_stop_on
    before = workdays_before if meeting.manuscript_workdays is None else meeting.manuscript_workdays
    return manuscript_stop(meeting.on, before, calendar)


def _twice(entry: ImportedMeeting, first: ImportedMeeting) -> ImportFault:
    name = organ_name(entry.organ)
    return ImportFault(
        entry.line,
        f"Två sammanträden med {name.sv} samma dag, {long_date(entry.on)}: se rad {first.line}. Ta bort det ena.",
        f"Two meetings of {name.en} on the same day, {long_date(entry.on, 'en')}: see line {first.line}. Remove one.",
    )


def _line(fault: ImportFault) -> int:
    return fault.line
