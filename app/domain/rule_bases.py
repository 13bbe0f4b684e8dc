"""The days that calendar rules start from, before any offset: in a year, one day or several.

A rule that names several months, weeks or periods, or an interval, comes back within the year; each of its days then
belongs to a period with a label of its own ("2027-03", "2027-T1", "2027-v09"). A rule with one day a year has the
year itself as its label. The language is described for its users in docs/modelling.md, "Calendar rules".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from app.domain.durations import months_later
from app.domain.periods import PeriodKind, period_label
from app.domain.workdays import month_end, weeks_in_year

if TYPE_CHECKING:
    from app.domain.meeting_plans import MeetingPlan
    from app.domain.workdays import WorkdayCalendar

RuleName = Literal[
    "first_workday",
    "last_workday",
    "before_week",
    "meeting",
    "manuscript_stop",
    "end_of_month",
    "end_of_quarter",
    "end_of_tertial",
    "end_of_year",
    "date",
    "every_months",
    "every_weeks",
    "valid_until",
    "T",
]
"""What a rule may begin with. ``T`` is the target day of the same process, and only a start may be counted from it."""

PERIOD_MONTHS: Final = {"end_of_month": 1, "end_of_tertial": 4, "end_of_quarter": 3, "end_of_year": 12}
_KINDS: Final[dict[str, PeriodKind]] = {
    "before_week": "week",
    "every_weeks": "week",
    "end_of_quarter": "quarter",
    "end_of_tertial": "tertial",
}
_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class RuleBase:
    """What a rule says before its offset.

    ``numbers`` are months, weeks, quarters or tertials in order; month and day of a ``date``; the number of months
    or weeks of an interval. ``pause`` are the months an interval rests. ``since`` is the first day of the first
    week of ``every_weeks`` and the last valid day of ``valid_until``; ``first_month`` where ``every_months``
    begins; ``renewal`` the months between the ends of a validity that is renewed, 0 when it is not.
    """

    name: RuleName
    numbers: tuple[int, ...] = ()
    organ: str | None = None
    pause: tuple[int, ...] = ()
    since: date | None = None
    first_month: int = 1
    renewal: int = 0

    @property
    def is_interval(self) -> bool:
        """Whether it comes back every so many months or weeks."""
        return self.name in {"every_months", "every_weeks"}

    @property
    def comes_back(self) -> bool:
        """Whether it gives several days a year, so that each has a period of its own."""
        return self.is_interval or (self.name != "date" and len(self.numbers) > 1)

    @property
    def hangs_on_meeting(self) -> bool:
        """Whether it is counted from a meeting: then nothing of it ever moves later."""
        return self.name in {"meeting", "manuscript_stop"}

    @property
    def text(self) -> str:
        """As it is best written."""
        if self.name == "T":
            return "T"
        parts = [] if self.organ is None else [f"'{self.organ}'"]
        if self.since is not None and self.name == "valid_until":
            parts.append(f"'{self.since}'")
        if self.comes_back and not self.is_interval:
            parts.append(f"[{', '.join(map(str, self.numbers))}]")
        else:
            parts += map(str, self.numbers)
        if self.since is not None and self.name == "every_weeks":
            parts.append(f"since='{self.since}'")
        if self.first_month != 1:
            parts.append(f"first={self.first_month}")
        if self.pause:
            parts.append(f"pause=[{', '.join(map(str, self.pause))}]")
        if self.renewal:
            parts.append(f"every='{renewal_text(self.renewal)}'")
        return f"{self.name}({', '.join(parts)})"


class BaseDay(NamedTuple):
    """One day of a rule in one period; ``on`` is None when the period has none. ``number`` is its month or week."""

    period: str
    number: int
    on: date | None


def base_days(base: RuleBase, year: int, calendar: WorkdayCalendar, plan: MeetingPlan) -> tuple[BaseDay, ...]:
    """The rule's days of the year, in the order of their periods. Raises OutsideCalendar."""
    numbers = base_numbers(base, year)
    if not base.comes_back:
        label = period_label("year", year)
        return tuple(BaseDay(label, number, _base_day(base, number, year, calendar, plan)) for number in numbers)
    kind = _KINDS.get(base.name, "month")
    return tuple(
        BaseDay(period_label(kind, year, number), number, _base_day(base, number, year, calendar, plan))
        for number in numbers
    )


def base_numbers(base: RuleBase, year: int) -> tuple[int, ...]:
    """The months, weeks or periods of the year in which the rule has a day, or should have one."""
    match base.name:
        case "date":
            return base.numbers[:1]
        case "every_months":
            return months_of(base.numbers[0], base.first_month, base.pause)
        case "every_weeks":
            return tuple(w for w in range(1, weeks_in_year(year) + 1) if _is_among_weeks(base, year, w))
        case "end_of_year" | "valid_until":
            return (1,) if _fixed_day(base, 1, year) is not None else ()
        case _:
            return base.numbers


def months_of(interval: int, first_month: int, pause: tuple[int, ...]) -> tuple[int, ...]:
    """The months of an interval, those of the pause left out."""
    return tuple(m for m in range(first_month, 13, interval) if m not in pause)


def renewal_text(months: int) -> str:
    """A number of months as a duration: "P2Y", "P18M"."""
    return f"P{months}M" if months % 12 else f"P{months // 12}Y"


def _base_day(base: RuleBase, number: int, year: int, calendar: WorkdayCalendar, plan: MeetingPlan) -> date | None:
    match base.name:
        case "first_workday":
            return _in_month(calendar.next_workday(date(year, number, 1)), number)
        case "last_workday":
            return _in_month(calendar.previous_workday(month_end(year, number)), number)
        case "before_week":
            return _before_week(year, number, calendar)
        case "meeting" | "manuscript_stop":
            return _at_meeting(base, number, year, calendar, plan)
        case "every_months" | "every_weeks":
            return _first_due_day(base, number, year, calendar)
        case _:
            return _fixed_day(base, number, year)


def _fixed_day(base: RuleBase, number: int, year: int) -> date | None:
    if base.name == "date":
        return date(year, *base.numbers)
    if base.name == "valid_until":
        return _validity_end(base, year)
    return month_end(year, number * PERIOD_MONTHS[base.name])


def _at_meeting(base: RuleBase, month: int, year: int, calendar: WorkdayCalendar, plan: MeetingPlan) -> date | None:
    meeting = plan.in_month(base.organ or "", year, month)
    if meeting is None:
        return None
    return meeting.on if base.name == "meeting" else calendar.previous_due_day(meeting.manuscript_stop_on)


def _in_month(on: date, month: int) -> date | None:
    # A municipality that is closed a whole month has no first working day of it.
    return on if on.month == month else None


def _before_week(year: int, week: int, calendar: WorkdayCalendar) -> date | None:
    if week > weeks_in_year(year):
        return None
    return calendar.previous_due_day(date.fromisocalendar(year, week, 1) - _DAY)


def _first_due_day(base: RuleBase, number: int, year: int, calendar: WorkdayCalendar) -> date | None:
    if base.name == "every_weeks":
        first = date.fromisocalendar(year, number, 1)
        last = first + _WEEK - _DAY
    else:
        first, last = date(year, number, 1), month_end(year, number)
    days = (first + i * _DAY for i in range((last - first).days + 1))
    return next((d for d in days if calendar.is_due_day(d)), None)


def _is_among_weeks(base: RuleBase, year: int, week: int) -> bool:
    monday = date.fromisocalendar(year, week, 1)
    if base.since is None or monday.month in base.pause:
        return False
    weeks = (monday - (base.since - timedelta(days=base.since.weekday()))).days // 7
    return weeks >= 0 and weeks % base.numbers[0] == 0


def _validity_end(base: RuleBase, year: int) -> date | None:
    if base.since is None or year == base.since.year:
        return base.since
    if not base.renewal or year < base.since.year:
        return None
    times = (year - base.since.year) * 12 // base.renewal
    ends = (months_later(base.since, base.renewal * k) for k in (times, times + 1))
    return next((end for end in ends if end.year == year), None)
