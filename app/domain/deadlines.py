"""Deadlines: the small language for due dates, follow-ups, expiry and timers.

The language is described for its users in docs/modelling.md, "Deadlines". T is the instance's anchor date, D the
task's own due date:

    T   T-30wd   T+14d   D+3wd   manusstopp          counted from T or D
    5wd   30d   P21D   P1M   PT2H   P1DT2H           counted from the moment the step is reached
    2027-02-26   2027-02-26T10:00:00+01:00           that day, that instant

A deadline is a day, except where it is written with a time of day: then it is an instant and is never moved. A day
counted backwards from T or D on which nothing may fall due moves earlier, because a meeting depends on it; any
other moves later; T and D themselves stay. Dates are dates in Europe/Stockholm, instants are aware and in UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from app.domain.clock import STOCKHOLM, local_date
from app.domain.day_offsets import (
    MAX_DAYS,
    DayOffset,
    RuleTextInvalid,
    bounded_amount,
    read_offset,
    require_plain_text,
)
from app.domain.durations import Duration, read_duration
from app.domain.meeting_plans import organ_genitive
from app.domain.swedish_dates import Sentence, long_date
from app.domain.workdays import FIRST_YEAR, LAST_YEAR, OutsideCalendar

if TYPE_CHECKING:
    from app.domain.meeting_plans import MeetingPlan
    from app.domain.workdays import WorkdayCalendar

MAX_LENGTH: Final = 100
"""Characters in a deadline at most."""
TIMER_HOUR: Final = 8
"""The hour in Europe/Stockholm at which a timer written as a day fires."""

_COUNTED: Final = re.compile(r"\s*([TD])\s*(?=[+-]|$)")
_FROM_NOW: Final = re.compile(r"([0-9]+)\s*(wd|d)")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?"
)
_REACHED: Final = Sentence("då steget nåddes", "when the step was reached")


class DeadlineInvalid(RuleTextInvalid):
    """A text that is no deadline: ``position`` in the text, and why in ``sv`` and ``en``."""


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
class Counted:
    """Counted in days from T, from D, or from the day the step is reached ("now", always with an offset)."""

    base: Literal["T", "D", "now"]
    offset: DayOffset | None


@dataclass(frozen=True)
class ManuscriptStop:
    """The manuscript stop of the meeting that T is."""


@dataclass(frozen=True)
class Deadline:
    """One deadline, made by ``parse``. ``text`` is how it is best written."""

    text: str
    form: Counted | ManuscriptStop | Duration | date | datetime

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
            landing = _landing(self.form, context)
            on, reason = _moved(landing, context.calendar)
        except (OutsideCalendar, OverflowError) as error:
            raise DeadlineUnresolvable(
                f"Tidsgränsen {self.text} hamnar utanför kalendern ({FIRST_YEAR} till {LAST_YEAR}).",
                f"The deadline {self.text} falls outside the calendar ({FIRST_YEAR} to {LAST_YEAR}).",
            ) from error
        at = _at_hour(on, TIMER_HOUR) if landing.at is None else landing.at
        return Due(on, at, self.text, reason.sv, reason.en, context.calendar.version)


def parse(text: str) -> Deadline:
    """Read a deadline. Raises DeadlineInvalid, with the place and the reason, for anything that is none."""
    require_plain_text(text, MAX_LENGTH, DeadlineInvalid)
    counted = _COUNTED.match(text)
    if counted is not None:
        offset = read_offset(text, counted.end(), DeadlineInvalid) if text[counted.end() :] else None
        base: Literal["T", "D"] = "T" if counted[1] == "T" else "D"
        return Deadline(base + (offset.text if offset else ""), Counted(base, offset))
    start = len(text) - len(text.lstrip())
    word = text.strip()
    if word == "manusstopp":
        return Deadline(word, ManuscriptStop())
    if word.startswith("P"):
        return _parse_duration(word, start)
    from_now = _FROM_NOW.fullmatch(word)
    if from_now is not None:
        unit: Literal["wd", "d"] = "wd" if from_now[2] == "wd" else "d"
        amount = bounded_amount(from_now[1], unit, start, DeadlineInvalid)
        return Deadline(f"{amount}{unit}", Counted("now", DayOffset(amount, unit)))
    if _DAY.fullmatch(word):
        on = _parse_day(word, start)
        return Deadline(on.isoformat(), on)
    instant = _INSTANT.fullmatch(word)
    if instant is not None:
        at = _parse_instant(word, start, zoned=instant["offset"] is not None)
        return Deadline(at.isoformat(), at)
    raise DeadlineInvalid(start, *_unknown(word))


def day_after(on: date) -> datetime:
    """The instant the day is over: 00:00 in Europe/Stockholm on the following day, in UTC.

    What expires at the end of a day expires here, so that the whole last day counts.
    """
    return _at_hour(on + timedelta(days=1), 0)


class _Landing(NamedTuple):
    """Where a deadline lands before any move; ``at`` only when it is an instant, which is never moved."""

    on: date
    reason: Sentence
    move: Literal["earlier", "later", "stays"]
    at: datetime | None = None


def _landing(form: Counted | ManuscriptStop | Duration | date | datetime, context: DeadlineContext) -> _Landing:
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
    return _Landing(on, reason, "earlier" if form.offset.backwards else "later")


def _manuscript_landing(context: DeadlineContext) -> _Landing:
    anchor = _anchor(context)
    organ = context.anchor_organ
    meeting = context.plan.at(organ, anchor) if organ else None
    sv, en = long_date(anchor), long_date(anchor, "en")
    if meeting is not None:
        owner = organ_genitive(meeting.organ)
        reason = Sentence(f"manusstopp för {owner.sv} sammanträde {sv}", f"manuscript stop of {owner.en} meeting {en}")
        return _Landing(meeting.manuscript_stop_on, reason, "earlier")
    offset = DayOffset(-context.manuscript_workdays, "wd")
    count = offset.in_words()
    reason = Sentence(
        f"{count.sv} {sv}, eftersom sammanträdesplanen saknar manusstopp för den dagen",
        f"{count.en} {en}, because the meeting plan has no manuscript stop for that day",
    )
    return _Landing(offset.applied_to(anchor, context.calendar), reason, "earlier")


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


def _moved(landing: _Landing, calendar: WorkdayCalendar) -> tuple[date, Sentence]:
    """The day it becomes, and the reason with the move told."""
    if landing.move == "stays":
        return landing.on, landing.reason
    earlier = landing.move == "earlier"
    on = calendar.previous_due_day(landing.on) if earlier else calendar.next_due_day(landing.on)
    if on == landing.on:
        return on, landing.reason
    squeezed = calendar.is_squeeze_day(landing.on)
    sv_why = "är en klämdag" if squeezed else "inte är en arbetsdag"
    en_why = "is a day squeezed between days off" if squeezed else "is no working day"
    return on, Sentence(
        f"{landing.reason.sv}; flyttat {'tidigare' if earlier else 'senare'} från {long_date(landing.on)}, "
        f"som {sv_why}",
        f"{landing.reason.en}; moved {'earlier' if earlier else 'later'} from {long_date(landing.on, 'en')}, "
        f"which {en_why}",
    )


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


def _parse_duration(word: str, start: int) -> Deadline:
    duration = read_duration(word)
    if duration is None:
        raise DeadlineInvalid(
            start,
            f"”{word}” är ingen tidslängd. Skriv till exempel P21D (dagar), P1M (en månad) eller PT2H (timmar).",
            f"“{word}” is no duration. Write for example P21D (days), P1M (a month) or PT2H (hours).",
        )
    if duration.weight_in_days() > MAX_DAYS:
        raise DeadlineInvalid(
            start, "Tidslängden är för lång: högst fem år.", "The duration is too long: at most five years."
        )
    return Deadline(word, duration)


def _parse_day(word: str, start: int) -> date:
    try:
        on = date.fromisoformat(word)
    except ValueError:
        raise DeadlineInvalid(start, *_no_such_time(word)) from None
    _require_known_year(on, start)
    return on


def _parse_instant(word: str, start: int, *, zoned: bool) -> datetime:
    try:
        at = datetime.fromisoformat(word)
    except ValueError:
        raise DeadlineInvalid(start, *_no_such_time(word)) from None
    _require_known_year(at, start)
    if not zoned:
        mended = at.replace(tzinfo=STOCKHOLM).isoformat()
        raise DeadlineInvalid(
            start + len(word),
            f"Klockslaget saknar tidszon. Skriv {mended} för svensk tid.",
            f"The time has no time zone. Write {mended} for Swedish time.",
        )
    return at


def _require_known_year(on: date, start: int) -> None:
    if not FIRST_YEAR < on.year < LAST_YEAR:
        raise DeadlineInvalid(
            start,
            f"Året ska vara mellan {FIRST_YEAR + 1} och {LAST_YEAR - 1}.",
            f"The year must be between {FIRST_YEAR + 1} and {LAST_YEAR - 1}.",
        )


def _no_such_time(word: str) -> Sentence:
    return Sentence(f"{word} finns inte i almanackan.", f"{word} is not in the calendar.")


def _unknown(word: str) -> Sentence:
    forms = "T, T-30wd, T+14d, D+3wd, 5wd, P21D, PT2H, manusstopp, 2027-02-26"
    return Sentence(
        f"”{word}” är ingen tidsgräns. Den kan skrivas så här: {forms}.",
        f"“{word}” is no deadline. It can be written like this: {forms}.",
    )
