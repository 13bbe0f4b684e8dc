"""What deadlines are reckoned by: the calendar, changes of it that are previewed before they bind, and the schedule."""

from datetime import date
from typing import Annotated, Any

from fastapi import Path, Query, Response
from pydantic import Field, StringConstraints

from app.db.prevention import calendars, meetings
from app.domain.backward_schedules import PlannedStep
from app.domain.meeting_gaps import MeetingGap
from app.domain.watchdogs import Watch
from app.services import schedules
from app.services.facts import organisation
from app.services.prevention import watchdogs
from app.web.api.documentation import READS, router
from app.web.api.models import Shown
from app.web.api.municipalities import PlannedMeetingOut, internal
from app.web.api.process_instances import EARLIEST, LATEST
from app.web.deps import Reading

routes = router("/municipalities/{municipality}", "calendars")

Id = Annotated[str, Path(max_length=40)]
Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]
Organ = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Rule = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class DayOffOut(Shown):
    """A day off of the municipality's own."""

    on: date
    name: str


class PauseOut(Shown):
    """A time of rest."""

    name: str
    first_on: date
    last_on: date
    process: str | None
    yearly: bool


class RuleOut(Shown):
    """When a process starts and the day it works towards: as written, and in words."""

    process: str
    start: str
    anchor: str
    start_in_words: str
    anchor_in_words: str


class WatchOut(Shown):
    """A clock of the law. `state` is on_time, alarm, overdue or never (it has not been done at all)."""

    duty: str
    state: str
    paragraph: str
    fulfilled_on: date | None
    alarm_on: date | None
    due_on: date | None
    message: str

    @classmethod
    def of(cls, found: Watch, language: str) -> "WatchOut":
        """The clock, worded in that language."""
        return cls(
            duty=found.duty,
            state=found.state,
            paragraph=found.paragraph,
            fulfilled_on=found.fulfilled_on,
            alarm_on=found.alarm_on,
            due_on=found.due_on,
            message=found.en if language == "en" else found.sv,
        )


class Watchdogs(Shown):
    """The clocks of the law."""

    items: list[WatchOut]
    next: None = None


class StepOut(Shown):
    """A step of the year. `latest_on` is the last day it may be ready for the step that waits for it."""

    step: str
    before: str | None
    on: date | None
    begins_on: date | None
    latest_on: date | None
    workdays: int | None
    workdays_needed: int
    reason: str
    warnings: list[str]

    @classmethod
    def of(cls, step: PlannedStep, language: str) -> "StepOut":
        """The step, worded in that language."""
        return cls(
            step=step.key,
            before=step.before,
            on=step.on,
            begins_on=step.begins_on,
            latest_on=step.latest_on,
            workdays=step.workdays,
            workdays_needed=step.workdays_needed,
            reason=step.reason.en if language == "en" else step.reason.sv,
            warnings=[warning.en if language == "en" else warning.sv for warning in step.warnings],
        )


class MeetingGapOut(Shown):
    """A meeting that a rule counts on and the plan does not have; `proposed_on` is the nearest earlier one."""

    organ: str
    year: int
    month: int
    proposed_on: date | None
    message: str

    @classmethod
    def of(cls, gap: MeetingGap, language: str) -> "MeetingGapOut":
        """The gap, worded in that language."""
        return cls(
            organ=gap.organ,
            year=gap.year,
            month=gap.month,
            proposed_on=gap.proposed.on if gap.proposed is not None else None,
            message=gap.en if language == "en" else gap.sv,
        )


class BackwardSchedule(Shown):
    """The steps, from the last one back; and the meetings that the rules count on and the plan lacks."""

    items: list[StepOut]
    meeting_gaps: list[MeetingGapOut]
    next: None = None


class CalendarOut(Shown):
    """What the municipality's deadlines are reckoned by. A deadline remembers the `version` that gave it."""

    version: str
    days_off: list[DayOffOut]
    pauses: list[PauseOut]
    meetings: list[PlannedMeetingOut]
    rules: list[RuleOut]


@routes.get("/watchdogs", response_model=Watchdogs, responses=READS)
def read_watchdogs(call: Reading, municipality: Id) -> Response:
    """The clocks of lag (2023:196): the situation picture and the follow-up of 6 §, the reports of 13 §."""
    internal(call, municipality)
    found = watchdogs.watchdogs(call.uow, municipality)
    return call.answer(Watchdogs(items=[WatchOut.of(each, call.language) for each in found]))


@routes.get("/backward-schedule", response_model=BackwardSchedule, responses=READS)
def read_backward_schedule(
    call: Reading, municipality: Id, year: Annotated[int, Query(ge=EARLIEST.year, le=LATEST.year)]
) -> Response:
    """The year counted backwards from its last step: what must be ready when, and where there are too few days."""
    internal(call, municipality)
    found = watchdogs.backwards(call.uow, municipality, year)
    missing = watchdogs.meeting_gaps(call.uow, municipality, [year])
    return call.answer(
        BackwardSchedule(
            items=[StepOut.of(step, call.language) for step in found],
            meeting_gaps=[MeetingGapOut.of(gap, call.language) for gap in missing],
        )
    )


@routes.get("/calendar", response_model=CalendarOut, responses=READS)
def read_calendar(call: Reading, municipality: Id) -> Response:
    """The days off, pauses, meetings and rules that deadlines are reckoned by."""
    internal(call, municipality)
    session, found = call.uow.session, organisation(call.uow, municipality)
    rules = [entry.rule for entry in schedules.adopted(call.uow, found)]
    return call.answer(
        CalendarOut(
            version=found.calendar.version,
            days_off=[DayOffOut.model_validate(row) for row in calendars.days_off(session, municipality)],
            pauses=[PauseOut.model_validate(row) for row in calendars.pauses(session, municipality)],
            meetings=[PlannedMeetingOut.model_validate(row) for row in meetings.planned(session, municipality)],
            rules=[_rule(rule, call.language) for rule in rules],
        )
    )


def _rule(rule: Any, language: str) -> RuleOut:
    words = [part.in_english() if language == "en" else part.in_swedish() for part in (rule.start, rule.anchor)]
    return RuleOut(
        process=rule.key, start=rule.start.text, anchor=rule.anchor.text, start_in_words=words[0],
        anchor_in_words=words[1],
    )  # fmt: skip
