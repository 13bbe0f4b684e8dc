"""Meeting plans from files: what a file asks of the plan, previewed and carried out as changes of the calendar.

Deadlines count from meetings, so what a plan moves is found out as for any other change (`calendar_changes.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.db.prevention import municipalities
from app.domain.calendar_changes import AddMeeting, CalendarChange, MoveMeeting
from app.domain.errors import InvalidInput
from app.domain.meeting_imports import ImportedMeeting, ImportedPlan, ImportFault
from app.domain.meeting_plans import Meeting, organ_name
from app.domain.meeting_tables import read_csv, read_rows
from app.domain.principals import require_administers
from app.domain.swedish_dates import counted
from app.domain.table_imports.meetings import MEETINGS
from app.domain.table_imports.outcomes import CellChange, Outcome
from app.domain.table_imports.tables import Fault, Unreadable
from app.services.caches import Organisation
from app.services.facts import organisation
from app.services.prevention import calendar_changes
from app.services.table_files import read_table
from app.services.unit_of_work import UnitOfWork

REASON = "Sammanträdesplanen lästes in från en fil."


@dataclass(frozen=True)
class ReadMeetings:
    """What a file holds, the meetings of it that are new to the plan, and how many stand there already."""

    read: ImportedPlan
    new: tuple[Meeting, ...]
    known: int


def read_meetings(uow: UnitOfWork, municipality: str, name: str, content: bytes) -> ReadMeetings:
    """Read a meeting plan from a CSV, XLSX or ICS file. Nothing is written. Raises NotFound, NotYours, VettingBusy."""
    require_administers(uow.who(), municipality)
    read = read_plan(name, content)
    found = organisation(uow, municipality)
    meetings_read = read.planned(found.calendar, int(found.profile.get("manuscript_workdays", 20)))
    standing = {(m.organ, m.on) for m in found.plan.meetings}
    new = tuple(m for m in meetings_read if (m.organ, m.on) not in standing)
    return ReadMeetings(read, new, len(meetings_read) - len(new))


def read_plan(name: str, content: bytes) -> ImportedPlan:
    """The plan in a file, or what is wrong in it. Raises VettingBusy."""
    is_calendar = content.lstrip(b"\xef\xbb\xbf \r\n").upper().startswith(b"BEGIN:VCALENDAR")
    if is_calendar or name.lower().endswith(".ics"):
        from app.domain.meeting_calendars import read_ics  # noqa: PLC0415  its library is 4 MB, and seldom needed

        return read_ics(content)
    if not content.startswith(b"PK") and not name.lower().endswith((".xlsx", ".xlsm", ".xls")):
        return read_csv(content)
    try:
        table = read_table(name, content, MEETINGS.sv)
    except Unreadable as refused:
        fault = refused.fault
        return ImportedPlan(faults=(ImportFault(fault.row, fault.sv, fault.en),))
    if table.faults:
        return ImportedPlan(faults=tuple(ImportFault(fault.row, fault.sv, fault.en) for fault in table.faults))
    return read_rows([(row.number, row.cells) for row in table.rows])


@dataclass(frozen=True)
class JudgedPlan:
    """What a plan would do: the outcome of each meeting, the changes of the calendar, and what they would move."""

    outcomes: tuple[Outcome, ...]
    faults: tuple[Fault, ...]
    cautions: tuple[Fault, ...]
    changes: tuple[CalendarChange, ...] = ()
    preview: str = ""


def judge(uow: UnitOfWork, municipality: str, read: ImportedPlan) -> JudgedPlan:
    """What would become of each meeting of the file; the digest of what that would move."""
    cautions = tuple(
        Fault(event.line, "", f"Inte inläst, för att inget organ nämns: {event.name}",
              f"Not read, since no organ is named: {event.name}")
        for event in read.ignored
    )  # fmt: skip
    faults = tuple(Fault(fault.line, "", fault.sv, fault.en) for fault in read.faults)
    if faults:
        return JudgedPlan((), faults, cautions)
    found = organisation(uow, municipality)
    cautions = (*cautions, *_new_organs(read, found))
    usual = int(found.profile.get("manuscript_workdays", 20))
    standing = {(m.organ, m.on): m.manuscript_stop_on for m in found.plan.meetings}
    outcomes: list[Outcome] = []
    changes: list[CalendarChange] = []
    for one in sorted(read.meetings, key=lambda meeting: meeting.line):
        stop_on = ImportedPlan((one,)).planned(found.calendar, usual)[0].manuscript_stop_on
        outcome, change = _outcome(one, stop_on, standing.get((one.organ, one.on)))
        outcomes.append(outcome)
        changes += [change] if change else []
    if not changes:
        return JudgedPlan(tuple(outcomes), (), cautions)
    try:
        previewed = calendar_changes.preview(uow, municipality, changes)
    except InvalidInput as refused:
        return JudgedPlan((), (Fault(0, "", refused.sv, refused.en),), cautions)
    count = len(previewed.moves)
    days, are = ("day", "is") if count == 1 else ("days", "are")
    moved = Fault(0, "", f"{counted(count, 'dag', 'dagar')} i det som pågår eller är planerat flyttas av planen.",
                  f"{count} {days} of what is running or planned {are} moved by the plan.")  # fmt: skip
    return JudgedPlan(tuple(outcomes), (), (*cautions, moved) if count else cautions, tuple(changes), previewed.digest)


def carry_out(uow: UnitOfWork, municipality: str, changes: Sequence[CalendarChange]) -> None:
    """Change the calendar as was judged."""
    if changes:
        calendar_changes.confirm(uow, municipality, changes, REASON, None)


def lock(uow: UnitOfWork, municipality: str) -> None:
    """Let the plan be as it is until this is over."""
    municipalities.lock(uow.session, municipality)


def _new_organs(read: ImportedPlan, found: Organisation) -> Iterator[Fault]:
    """Organs that the service has not heard of: a name that is misspelt would be one of them."""
    known = {m.organ for m in found.plan.meetings} | {place.name for place in found.places if place.kind == "body"}
    for one in sorted(read.meetings, key=lambda meeting: meeting.line):
        if one.organ not in known and organ_name(one.organ).sv == one.organ:
            known.add(one.organ)
            yield Fault(one.line, "", f"”{one.organ}” har inga sammanträden i planen än. Är namnet rätt stavat?",
                        f"“{one.organ}” has no meetings in the plan yet. Is the name spelt right?")  # fmt: skip


def _outcome(one: ImportedMeeting, stop_on: date, known: date | None) -> tuple[Outcome, CalendarChange | None]:
    label = f"{one.organ} {one.on.isoformat()}"
    key = f"{one.organ} {one.on}"
    if known is None:
        said = {"manuscript_stop_on": stop_on.isoformat()}
        return Outcome(one.line, label, "created", key, said=said), AddMeeting(one.organ, one.on, stop_on)
    is_said = one.manuscript_stop_on is not None or one.manuscript_workdays is not None
    if not is_said or known == stop_on:
        return Outcome(one.line, label, "unchanged", key), None
    change = CellChange("manuscript_stop_on", known.isoformat(), stop_on.isoformat())
    return Outcome(one.line, label, "changed", key, changes=(change,)), MoveMeeting(one.organ, one.on, one.on, stop_on)
