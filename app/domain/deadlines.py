"""Deadlines: the small language for due dates, follow-ups, expiry and timers.

The language is described for its users in docs/modelling.md, "Deadlines". T is the instance's anchor date, D the
task's own due date:

    T   T-30wd   T+14d   T-P6M   D+3wd   manusstopp  counted from T or D
    5wd   30d   P21D   P1M   PT2H   P1DT2H           counted from the moment the step is reached
    2027-02-26   2027-02-26T10:00:00+01:00           that day, that instant

A deadline is a day, except where it is written with a time of day: then it is an instant and is never moved. A day on
which nothing may fall due moves earlier when it is counted backwards from T or D, or when T is a meeting and it is
counted from T; any other moves later; T and D themselves stay. `` earlier`` or `` later`` at the end says another way,
except for what hangs on a meeting: that never moves later. Dates are dates in Europe/Stockholm, instants are aware and
in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.clock import STOCKHOLM, local_date
from app.domain.day_offsets import DayOffset, Move
from app.domain.deadline_texts import MAX_LENGTH, Counted, DeadlineInvalid, Form, ManuscriptStop, read_deadline
from app.domain.durations import Duration
from app.domain.meeting_plans import organ_genitive
from app.domain.rule_words import Direction
from app.domain.swedish_dates import Sentence, long_date
from app.domain.workdays import FIRST_YEAR, LAST_YEAR, OutsideCalendar

if TYPE_CHECKING:
    from app.domain.meeting_plans import MeetingPlan
    from app.domain.workdays import WorkdayCalendar

__all__ = [
    "MAX_LENGTH",
    "TIMER_HOUR",
    "Counted",
    "Deadline",
    "DeadlineContext",
    "DeadlineInvalid",
    "DeadlineUnresolvable",
    "Due",
    "ManuscriptStop",
    "day_after",
    "parse",
]

TIMER_HOUR: Final = 8
"""The hour in Europe/Stockholm at which a timer written as a day fires."""

_REACHED: Final = Sentence("då steget nåddes", "when the step was reached")


class DeadlineUnresolvable(ValueError):
    """A good deadline that has no day here: it counts from a T or D that is missing, or runs off the calendar."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(sv, en)
        self.sv = sv
        self.en = en

    def __str__(self) -> str:
        return self.sv


@dataclass(frozen=True)
class DeadlineContext:
    """What a deadline is counted from. ``reached_at`` must be aware (a ValueError otherwise).

    ``anchor_on`` is T and ``anchor_organ`` the organ that meets on T, when T is a meeting. ``manuscript_workdays``
    is how long before a meeting papers are due when the plan does not say.
    """

    anchor_on: date | None
    task_due_on: date | None
    reached_at: datetime
    calendar: WorkdayCalendar
    plan: MeetingPlan
    anchor_organ: str | None = None
    manuscript_workdays: int = 20

    def __post_init__(self) -> None:
        if self.reached_at.tzinfo is None:
            raise ValueError("reached_at saknar tidszon. reached_at has no time zone.")
        if self.manuscript_workdays < 0:
            raise ValueError("manuscript_workdays är negativt. manuscript_workdays is negative.")


@dataclass(frozen=True)
class Due:
    """When it is: the local day, the instant a timer fires (UTC), and how it came to be just that."""

    on: date
    at: datetime
    rule: str
    reason_sv: str
    reason_en: str
    calendar_version: str


@dataclass(frozen=True)
class Deadline:
    """One deadline, made by ``parse``. ``text`` is how it is best written."""

    text: str
    form: Form
    move: Move | None = None

    @property
    def needs_task_due(self) -> bool:
        """Whether it counts from D, the task's own due date."""
        return isinstance(self.form, Counted) and self.form.base == "D"

    @property
    def needs_anchor(self) -> bool:
        """Whether it counts from T, the instance's anchor date."""
        return isinstance(self.form, ManuscriptStop) or (isinstance(self.form, Counted) and self.form.base == "T")

    @property
    def is_exact(self) -> bool:
        """Whether it names an instant and not a day: `PT2H`, `2027-02-26T10:00:00+01:00`."""
        return isinstance(self.form, datetime) or (isinstance(self.form, Duration) and self.form.has_time)

    def resolve(self, context: DeadlineContext) -> Due:
        """The day and instant it means here. Raises DeadlineUnresolvable when T or D is needed and missing."""
        try:
            on, reason, at = _moved(_landing(self.form, context), self.move, context.calendar)
        except (OutsideCalendar, OverflowError) as error:
            raise DeadlineUnresolvable(
                f"Tidsgränsen {self.text} hamnar utanför kalendern ({FIRST_YEAR} till {LAST_YEAR}).",
                f"The deadline {self.text} falls outside the calendar ({FIRST_YEAR} to {LAST_YEAR}).",
            ) from error
        return Due(
            on,
            _at_hour(on, TIMER_HOUR) if at is None else at,
            self.text,
            reason.sv,
            reason.en,
            context.calendar.version,
        )


def parse(text: str) -> Deadline:
    """Read a deadline. Raises DeadlineInvalid, with the place and the reason, for anything that is none."""
    return Deadline(*read_deadline(text))


def day_after(on: date) -> datetime:
    """The instant the day is over: 00:00 in Europe/Stockholm on the following day, in UTC.

    What expires at the end of a day expires here, so that the whole last day counts.
    """
    return _at_hour(on + timedelta(days=1), 0)


class _Landing(NamedTuple):
    """Where a deadline lands before any move; ``at`` only when it is an instant, which is never moved.

    ``tied_to`` is the meeting's day when it hangs on one: then it moves earlier whatever it says, but what comes
    after the meeting never moves back to it: there is nothing to expedite before it is held.
    """

    on: date
    reason: Sentence
    move: Direction
    at: datetime | None = None
    tied_to: date | None = None


def _landing(form: Form, context: DeadlineContext) -> _Landing:
    match form:
        case Counted():
            return _counted_landing(form, context)
        case ManuscriptStop():
            return _manuscript_landing(context)
        case Duration():
            return _duration_landing(form, context)
        case datetime():
            # A datetime is a date too: this case must come before that of the date.
            return _instant_landing(form.astimezone(UTC))
        case date():
            return _Landing(form, Sentence("det datum som är bestämt", "the date that is set"), "later")


def _counted_landing(form: Counted, context: DeadlineContext) -> _Landing:
    if form.base == "now":
        start = local_date(context.reached_at)
        day = Sentence(f"{long_date(start)}, {_REACHED.sv}", f"{long_date(start, 'en')}, {_REACHED.en}")
    else:
        start = _anchor(context) if form.base == "T" else _task_due(context)
        day = Sentence(long_date(start), long_date(start, "en"))
    if form.offset is None:
        name = (
            Sentence("måldagen", "the target day")
            if form.base == "T"
            else Sentence("uppgiftens sista dag", "the task's last day")
        )
        return _Landing(start, Sentence(f"{name.sv} {day.sv}", f"{name.en} {day.en}"), "stays")
    count = form.offset.in_words()
    reason = Sentence(f"{count.sv} {day.sv}", f"{count.en} {day.en}")
    on = form.offset.applied_to(start, context.calendar)
    meeting_on = start if form.base == "T" and context.anchor_organ is not None else None
    earlier = form.offset.backwards or meeting_on is not None
    return _Landing(on, reason, "earlier" if earlier else "later", tied_to=meeting_on)


def _manuscript_landing(context: DeadlineContext) -> _Landing:
    anchor = _anchor(context)
    organ = context.anchor_organ
    meeting = context.plan.at(organ, anchor) if organ else None
    sv, en = long_date(anchor), long_date(anchor, "en")
    if meeting is not None:
        owner = organ_genitive(meeting.organ)
        reason = Sentence(f"manusstopp för {owner.sv} sammanträde {sv}", f"manuscript stop of {owner.en} meeting {en}")
        return _Landing(meeting.manuscript_stop_on, reason, "earlier", tied_to=anchor)
    offset = DayOffset(-context.manuscript_workdays, "wd")
    count = offset.in_words()
    reason = Sentence(
        f"{count.sv} {sv}, eftersom sammanträdesplanen saknar manusstopp för den dagen",
        f"{count.en} {en}, because the meeting plan has no manuscript stop for that day",
    )
    return _Landing(offset.applied_to(anchor, context.calendar), reason, "earlier", tied_to=anchor)


def _duration_landing(form: Duration, context: DeadlineContext) -> _Landing:
    reached = context.reached_at.astimezone(STOCKHOLM)
    words = form.in_words()
    day = Sentence(long_date(reached.date()), long_date(reached.date(), "en"))
    if form.has_time:
        day = Sentence(f"{day.sv} klockan {reached:%H.%M}", f"{day.en} at {reached:%H:%M}")
    reason = Sentence(f"{words.sv} efter {day.sv}, {_REACHED.sv}", f"{words.en} after {day.en}, {_REACHED.en}")
    if not form.has_time:
        return _Landing(form.after_date(reached.date()), reason, "later")
    at = form.after_instant(context.reached_at)
    return _Landing(local_date(at), reason, "stays", at)


def _instant_landing(at: datetime) -> _Landing:
    local = at.astimezone(STOCKHOLM)
    on = local.date()
    reason = Sentence(f"{long_date(on)} klockan {local:%H.%M}", f"{long_date(on, 'en')} at {local:%H:%M}")
    return _Landing(on, reason, "stays", at)


def _moved(landing: _Landing, wanted: Move | None, calendar: WorkdayCalendar) -> tuple[date, Sentence, datetime | None]:
    """The day it becomes, the reason with the move told, and the instant when it is one."""
    move = landing.move if wanted is None or landing.tied_to is not None else wanted
    if move == "stays":
        return landing.on, landing.reason, landing.at
    on = calendar.previous_due_day(landing.on) if move == "earlier" else calendar.next_due_day(landing.on)
    if landing.tied_to is not None and on <= landing.tied_to < landing.on:
        on, move = calendar.next_due_day(landing.on), "later"
    if on == landing.on:
        return on, landing.reason, None
    why = _why_not(landing.on, calendar)
    return (
        on,
        Sentence(
            f"{landing.reason.sv}; flyttat {'tidigare' if move == 'earlier' else 'senare'} från "
            f"{long_date(landing.on)}, som {why.sv}",
            f"{landing.reason.en}; moved {move} from {long_date(landing.on, 'en')}, which {why.en}",
        ),
        None,
    )


def _why_not(on: date, calendar: WorkdayCalendar) -> Sentence:
    """Why nothing may fall due that day."""
    if not calendar.is_workday(on):
        return Sentence("inte är en arbetsdag", "is no working day")
    if calendar.is_squeeze_day(on):
        return Sentence("är en klämdag", "is a day squeezed between days off")
    pause = calendar.pause_on(on)
    name = "" if pause is None else f" ({pause.name})"
    return Sentence(f"ligger i en paus{name}", f"lies in a pause{name}")


def _anchor(context: DeadlineContext) -> date:
    if context.anchor_on is None:
        raise DeadlineUnresolvable(
            "Tidsgränsen räknas från T, men processen har ingen måldag.",
            "The deadline is counted from T, but the process has no target day.",
        )
    return context.anchor_on


def _task_due(context: DeadlineContext) -> date:
    if context.task_due_on is None:
        raise DeadlineUnresolvable(
            "Tidsgränsen räknas från D, men uppgiften har ingen sista dag.",
            "The deadline is counted from D, but the task has no last day.",
        )
    return context.task_due_on


def _at_hour(on: date, hour: int) -> datetime:
    return datetime.combine(on, time(hour), STOCKHOLM).astimezone(UTC)
