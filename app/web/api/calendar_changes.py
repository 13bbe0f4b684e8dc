"""Changes of a municipality's calendar: previewed before they bind, confirmed with a reason, listed afterwards."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field, StringConstraints

from app.db.prevention import calendars
from app.domain import calendar_changes as domain
from app.domain.calendar_changes import CalendarChange
from app.domain.schedules import Missing
from app.services.prevention import calendar_changes, meeting_imports
from app.services.prevention.calendar_changes import Move, Preview
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import Done, Page, Reason, Shown, Taken
from app.web.api.municipalities import internal, visible
from app.web.api.process_instances import EARLIEST, LATEST
from app.web.api.uploads import OneFile, form_of
from app.web.deps import Posting, Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_instant_key

routes = router("/municipalities/{municipality}", "calendars")

Id = Annotated[str, Path(max_length=40)]
Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]
Organ = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Rule = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class LineOut(Shown):
    """A line of the file, from 1 (0 is the file as a whole), and what is said about it."""

    line: int
    message: str


class AddMeeting(Taken):
    """A meeting; without a manuscript stop it is the usual number of working days before."""

    kind: Literal["add_meeting"]
    organ: Organ
    on: Day
    manuscript_stop_on: Day | None = None

    def change(self) -> CalendarChange:
        """As the domain has it."""
        return domain.AddMeeting(self.organ, self.on, self.manuscript_stop_on)


class MoveMeeting(Taken):
    """A meeting gets another day; what counts from it follows."""

    kind: Literal["move_meeting"]
    organ: Organ
    on: Day
    to_on: Day
    manuscript_stop_on: Day | None = None

    def change(self) -> CalendarChange:
        """As the domain has it."""
        return domain.MoveMeeting(self.organ, self.on, self.to_on, self.manuscript_stop_on)


class RemoveMeeting(Taken):
    """A meeting is not held."""

    kind: Literal["remove_meeting"]
    organ: Organ
    on: Day

    def change(self) -> CalendarChange:
        """As the domain has it."""
        return domain.RemoveMeeting(self.organ, self.on)


class AddDayOff(Taken):
    """A day on which the municipality does not work, beyond the Swedish holidays."""

    kind: Literal["add_day_off"]
    on: Day
    name: Name

    def change(self) -> CalendarChange:
        """As the domain has it."""
        return domain.AddDayOff(self.on, self.name)


class RemoveDayOff(Taken):
    """The municipality works on that day after all."""

    kind: Literal["remove_day_off"]
    on: Day

    def change(self) -> CalendarChange:
        """As the domain has it."""
        return domain.RemoveDayOff(self.on)


class AddPause(Taken):
    """A time when nothing falls due, of one process or of all. A yearly one comes back between the same days."""

    kind: Literal["add_pause"]
    name: Name
    first_on: Day
    last_on: Day
    process: Key | None = None
    yearly: bool = False

    def change(self) -> CalendarChange:
        """As the domain has it. Raises InvalidInput."""
        values = self.model_dump(exclude={"kind"})
        return domain.AddPause(domain.read_pause(values))


class RemovePause(Taken):
    """The pause of that name is no more."""

    kind: Literal["remove_pause"]
    name: Name

    def change(self) -> CalendarChange:
        """As the domain has it."""
        return domain.RemovePause(self.name)


class SetRule(Taken):
    """When a process starts, and the day it works towards (its T), in the rules' language."""

    kind: Literal["set_rule"]
    process: Key
    start: Rule
    anchor: Rule

    def change(self) -> CalendarChange:
        """As the domain has it."""
        return domain.SetRule(self.process, self.start, self.anchor)


class AdoptProcess(Taken):
    """A process is taken into use; without rules it has those of the workflow, or none if no calendar starts it."""

    kind: Literal["adopt_process"]
    process: Key
    start: Rule | None = None
    anchor: Rule | None = None

    def change(self) -> CalendarChange:
        """As the domain has it."""
        return domain.AdoptProcess(self.process, self.start, self.anchor)


class DropProcess(Taken):
    """A process is not started any more. What runs goes on."""

    kind: Literal["drop_process"]
    process: Key

    def change(self) -> CalendarChange:
        """As the domain has it."""
        return domain.DropProcess(self.process)


class SettleQuestion(Taken):
    """What the municipality's plan left open is settled in another way than by a process or a rule."""

    kind: Literal["settle_question"]
    question: Key

    def change(self) -> CalendarChange:
        """As the domain has it."""
        return domain.SettleQuestion(self.question)


AnyChange = Annotated[
    AddMeeting
    | MoveMeeting
    | RemoveMeeting
    | AddDayOff
    | RemoveDayOff
    | AddPause
    | RemovePause
    | SetRule
    | AdoptProcess
    | DropProcess
    | SettleQuestion,
    Field(discriminator="kind"),
]


class ImportedOut(Shown):
    """What a file of meetings holds: the changes it asks for, to be previewed and confirmed, and what is wrong in it.

    With any fault nothing should be confirmed. `ignored` are events that were taken to be no meeting of an organ.
    """

    changes: list[AddMeeting]
    faults: list[LineOut]
    ignored: list[LineOut]
    known: int = Field(description="How many of its meetings stand in the plan already.")


class PreviewBody(Taken):
    """Changes to try, in order."""

    changes: Annotated[list[AnyChange], Field(min_length=1, max_length=domain.MOST_CHANGES)]

    def wanted(self) -> list[CalendarChange]:
        """As the domain has them. Raises InvalidInput."""
        return [change.change() for change in self.changes]


class ConfirmBody(PreviewBody):
    """The changes that were previewed, why, and the preview's digest: it is refused if they would move anything else.

    Without a digest they are carried out whatever they move.
    """

    reason: Reason
    digest: Annotated[str, StringConstraints(max_length=64)] | None = None


class MoveOut(Shown):
    """Something that lands on another day; `to_on` null: it has no day any more.

    `kind` is task, expiry, timer, anchor (an instance's T) or start (of what is planned; `name` is its period).
    """

    kind: str
    process: str
    name: str
    process_instance_id: UUID | None
    user_task_id: UUID | None
    from_on: date | None
    to_on: date | None
    why: str

    @classmethod
    def of(cls, move: Move, language: str) -> "MoveOut":
        """The move, worded in that language."""
        return cls(
            kind=move.kind,
            process=move.process,
            name=move.name,
            process_instance_id=move.instance_id,
            user_task_id=move.task_id,
            from_on=move.from_on,
            to_on=move.to_on,
            why=move.why_en if language == "en" else move.why_sv,
        )


class GapOut(Shown):
    """A period for which a process has no day, and why."""

    process: str
    year: int
    period: str
    reason: str

    @classmethod
    def of(cls, gap: Missing, language: str) -> "GapOut":
        """The gap, worded in that language."""
        reason = gap.reason_en if language == "en" else gap.reason_sv
        return cls(process=gap.key, year=gap.year, period=gap.period, reason=reason)


class PreviewOut(Shown):
    """What the changes would move. `kept` is how many open tasks stay on their day. `digest` confirms just this."""

    moves: list[MoveOut]
    kept: int
    gaps: list[GapOut]
    version_before: str
    version_after: str
    digest: str

    @classmethod
    def of(cls, found: Preview, language: str) -> "PreviewOut":
        """The preview, worded in that language."""
        return cls(
            moves=[MoveOut.of(move, language) for move in found.moves],
            kept=found.kept,
            gaps=[GapOut.of(gap, language) for gap in found.gaps],
            version_before=found.version_before,
            version_after=found.version_after,
            digest=found.digest,
        )


class CalendarChangeOut(Shown):
    """A change that was carried out: who, when, why, and what it moved."""

    id: UUID
    changed_at: datetime
    person_id: UUID | None
    reason: str
    changes: list[dict[str, Any]]
    moves: list[dict[str, Any]]
    version_before: str
    version_after: str


@routes.post(
    "/meetings/import",
    response_model=ImportedOut,
    responses=CHANGES,
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": form_of("file", many=False)}}},
)
def import_meetings(file: OneFile, call: Reading, municipality: Id) -> Response:
    """Read a meeting plan from CSV, XLSX or a calendar (ICS). Nothing is written: confirm its changes afterwards."""
    visible(call, municipality)
    found = meeting_imports.read_meetings(call.uow, municipality, *file)
    english = call.language == "en"
    return call.answer(
        ImportedOut(
            changes=[
                AddMeeting(kind="add_meeting", organ=m.organ, on=m.on, manuscript_stop_on=m.manuscript_stop_on)
                for m in found.new
            ],
            faults=[LineOut(line=f.line, message=f.en if english else f.sv) for f in found.read.faults],
            ignored=[LineOut(line=event.line, message=event.name) for event in found.read.ignored],
            known=found.known,
        )
    )


@routes.post("/calendar-changes/preview", response_model=PreviewOut, responses=CHANGES)
def preview_calendar_change(call: Reading, municipality: Id, body: PreviewBody) -> Response:
    """What changes of meetings, days off, pauses or rules would move, running and planned. Nothing is written."""
    visible(call, municipality)
    found = calendar_changes.preview(call.uow, municipality, body.wanted())
    return call.answer(PreviewOut.of(found, call.language))


@routes.post("/calendar-changes", status_code=201, response_model=Done, responses=CHANGES)
def confirm_calendar_change(call: Posting, municipality: Id, body: ConfirmBody) -> Response:
    """Carry changes out. Running instances follow at once, each with a line in its history."""
    visible(call, municipality)
    made = calendar_changes.confirm(call.uow, municipality, body.wanted(), body.reason, body.digest)
    return call.answer(Done(id=made), 201)


@routes.get("/calendar-changes", response_model=Page[CalendarChangeOut], responses=READS)
def list_calendar_changes(
    call: Reading, municipality: Id, limit: Limit = DEFAULT_LIMIT, after: After = None
) -> Response:
    """The changes that were carried out, newest first."""
    internal(call, municipality)
    rows: Sequence[calendars.CalendarChange] = calendars.changes(
        call.uow.session, municipality, after=read_instant_key(after), limit=limit + 1
    )
    shown, more = page_of(rows, limit, lambda row: (row.changed_at, row.id))
    items = [CalendarChangeOut.model_validate(row) for row in shown]
    return call.answer(Page[CalendarChangeOut](items=items, next=more))
