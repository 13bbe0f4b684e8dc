"""Calendar rules: the small language that says on which days of a year something happens.

The language is described for its users in docs/modelling.md, "Calendar rules". A rule is one of

    first_workday(10)   last_workday([4, 10])   before_week(51)   date(12, 1)
    meeting('KS', 3)   manuscript_stop('KS', 3)
    end_of_month(3)   end_of_quarter([1, 2, 3, 4])   end_of_tertial(1)   end_of_year()
    every_months(1, pause=[7, 12])   every_weeks(2, since='2027-01-11', pause=[7])
    valid_until('2027-12-31', every='P2Y')

or ``T``, the process's own target day, from which only its start may be counted; then at most one offset
(``-30wd``, ``+14d``, ``-P6M``) and at most one direction (`` earlier``, `` later``).

A rule gives a day on which something may fall due (WorkdayCalendar.is_due_day). What is counted backwards, or
hangs on a meeting, or is the end of a validity, moves earlier to reach one; everything else moves later, unless the
rule says which way. What hangs on a meeting never moves later. Two things stay where they stand: ``first_workday``
and ``last_workday``, which are working days by definition, and a meeting itself, which is held on the day the plan
says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.day_offsets import DayOffset, Move, RuleTextInvalid, read_offset, require_plain_text, split_move
from app.domain.rule_bases import RuleBase, RuleName, base_days, base_numbers
from app.domain.rule_texts import read_base
from app.domain.rule_words import Direction, absence_in_words, base_in_words, direction_in_words
from app.domain.swedish_dates import Sentence
from app.domain.workdays import FIRST_YEAR, LAST_YEAR, month_end

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.domain.meeting_plans import MeetingPlan
    from app.domain.workdays import WorkdayCalendar

__all__ = [
    "MAX_LENGTH",
    "MAX_NEXT",
    "CalendarRule",
    "CalendarRuleInvalid",
    "Direction",
    "RuleDate",
    "RuleName",
    "next_dates",
    "parse",
]

MAX_LENGTH: Final = 200
"""Characters in a rule at most."""
MAX_NEXT: Final = 200
"""Dates that ``next_dates`` lists at most."""
_YEARS_AHEAD: Final = 25
"""Years in which ``next_dates`` looks for a rule that has no days: beyond the end of any plan."""
_MARGIN_YEARS: Final = 1
"""Years a day may lie from the year it belongs to, offsets apart: a move over the new year."""


class CalendarRuleInvalid(RuleTextInvalid):
    """A text that is no calendar rule: ``position`` in the text, and why in ``sv`` and ``en``."""


class RuleDate(NamedTuple):
    """One day of a rule. ``on`` is None when the period has none, and ``absence`` then says why."""

    period: str
    on: date | None
    absence: Sentence | None = None


@dataclass(frozen=True)
class CalendarRule:
    """One rule. ``parse`` makes it; two texts that mean the same make equal rules."""

    base: RuleBase
    offset: DayOffset | None = None
    move: Move | None = None

    @property
    def name(self) -> RuleName:
        """What the rule begins with."""
        return self.base.name

    @property
    def organ(self) -> str | None:
        """The organ whose meeting the rule hangs on, or None."""
        return self.base.organ

    @property
    def comes_back(self) -> bool:
        """Whether it gives several days a year, each with a period of its own."""
        return self.base.comes_back

    @property
    def text(self) -> str:
        """The rule as it is best written; ``parse`` of it gives the same rule."""
        return f"{self.base.text}{self.offset.text if self.offset else ''}{f' {self.move}' if self.move else ''}"

    @property
    def direction(self) -> Direction:
        """Which way a day moves on which nothing may fall due."""
        if self.move is not None:
            return self.move
        if self.offset is None and self.name in {"first_workday", "last_workday", "meeting", "T"}:
            return "stays"
        backwards = self.offset is not None and self.offset.backwards
        earlier = backwards or self.base.hangs_on_meeting or (self.name == "valid_until" and self.offset is None)
        return "earlier" if earlier else "later"

    def dates_in_year(self, year: int, calendar: WorkdayCalendar, plan: MeetingPlan) -> tuple[RuleDate, ...]:
        """The days the rule gives for the year, by period; an offset may take them into the year before or after.

        Raises OutsideCalendar for a year the calendar does not know.
        """
        return tuple(
            RuleDate(day.period, None, absence_in_words(self.base, year, day.number))
            if day.on is None
            else RuleDate(day.period, self.counted_from(day.on, calendar))
            for day in base_days(self.base, year, calendar, plan)
        )

    def in_year(self, year: int, calendar: WorkdayCalendar, plan: MeetingPlan) -> date | None:
        """The first day the rule gives for the year; the offset may take it into the year before or after.

        None when the year has no such day: no such meeting in the plan, no week 53, no working day in the month.
        Raises OutsideCalendar for a year the calendar does not know.
        """
        return next((d.on for d in self.dates_in_year(year, calendar, plan) if d.on is not None), None)

    def counted_from(self, base_on: date, calendar: WorkdayCalendar) -> date:
        """The rule's day when it starts from ``base_on``: the offset counted, and moved to a day that will do."""
        on = base_on if self.offset is None else self.offset.applied_to(base_on, calendar)
        match self.direction:
            case "stays":
                return on
            case "later":
                return calendar.next_due_day(on)
            case "earlier":
                earlier = calendar.previous_due_day(on)
                # "One day after the meeting" must not, for being moved earlier, come before it is held.
                return calendar.next_due_day(on) if earlier <= base_on < on else earlier

    def earliest_in_year(self, year: int, calendar: WorkdayCalendar, plan: MeetingPlan) -> date:
        """The day of the year, or, when there is none, the earliest day it could have been.

        For a meeting that is not planned that is counted from the first day of its month.
        """
        known = self.in_year(year, calendar, plan)
        if known is not None:
            return known
        month = 1 if self.name in {"T", "valid_until", "every_weeks"} else base_numbers(self.base, year)[0]
        base = month_end(year, 12) if self.name == "before_week" else date(year, month, 1)
        return base if self.offset is None else self.offset.applied_to(base, calendar)

    def absence(self, year: int) -> Sentence:
        """Why ``in_year`` gave None for the year, in words a planner can act on."""
        numbers = base_numbers(self.base, year)
        return absence_in_words(self.base, year, numbers[0] if numbers else 1)

    def reach_years(self) -> int:
        """How many years from its own year a day of the rule may lie at most."""
        return (self.offset.years() if self.offset else 0) + _MARGIN_YEARS

    def in_swedish(self) -> str:
        """The rule in plain words: "30 arbetsdagar före kommunstyrelsens sammanträde i mars"."""
        return self._in_words().sv

    def in_english(self) -> str:
        """The rule in plain words: "30 working days before the municipal board's meeting in March"."""
        return self._in_words().en

    def direction_in_words(self) -> Sentence:
        """Which way the day moves: "flyttas tidigare om inget kan förfalla den dagen"."""
        return direction_in_words(self.direction)

    def _in_words(self) -> Sentence:
        words = base_in_words(self.base)
        if self.offset is not None:
            count = self.offset.in_words()
            words = Sentence(f"{count.sv} {words.sv}", f"{count.en} {words.en}")
        if self.move is None:
            return words
        way = direction_in_words(self.direction)
        return Sentence(f"{words.sv}, {way.sv}", f"{words.en}, {way.en}")


def parse(text: str, organs: Collection[str] | None = None, *, is_start: bool = False) -> CalendarRule:
    """Read a rule. Raises CalendarRuleInvalid, with the place and the reason, for anything that is none.

    With ``organs``, the organs of the meeting plan, a meeting of an organ that is not among them is refused too.
    Only the start of a process (``is_start``) may be counted from T: a target day counted from itself is a cycle.
    """
    require_plain_text(text, MAX_LENGTH, CalendarRuleInvalid)
    wanted, move = split_move(text)
    require_plain_text(wanted, MAX_LENGTH, CalendarRuleInvalid)
    base, end = read_base(wanted, organs, CalendarRuleInvalid)
    if base.name == "T" and not is_start:
        raise CalendarRuleInvalid(
            text.index("T"),
            "T är måldagen själv, och en regel kan inte räknas från sig själv. Skriv en dag i året, till exempel "
            "last_workday(2). Bara en start får räknas från T.",
            "T is the target day itself, and a rule cannot be counted from itself. Write a day of the year, for "
            "example last_workday(2). Only a start may be counted from T.",
        )
    offset = read_offset(wanted, end, CalendarRuleInvalid) if wanted[end:].strip() else None
    if move == "later" and base.hangs_on_meeting:
        raise CalendarRuleInvalid(
            text.rindex(move),
            "Det som hänger på ett sammanträde flyttas aldrig senare. Ta bort ordet later.",
            "What hangs on a meeting never moves later. Remove the word later.",
        )
    return CalendarRule(base, offset, move)


def next_dates(rule: CalendarRule, after: date, n: int, calendar: WorkdayCalendar, plan: MeetingPlan) -> list[RuleDate]:
    """The rule's first ``n`` days strictly after ``after``, in order of day; fewer when it does not give so many.

    Periods without a day are left out. At most MAX_NEXT days, and no further ahead than the calendar reaches.
    """
    reach, wanted = rule.reach_years(), min(n, MAX_NEXT)
    first, last = FIRST_YEAR + reach, LAST_YEAR - reach
    found: list[RuleDate] = []
    idle = 0
    for year in range(max(after.year - reach, first), last + 1):
        ahead = [d for d in rule.dates_in_year(year, calendar, plan) if d.on is not None and d.on > after]
        found += ahead
        idle = 0 if ahead else idle + 1
        if idle > _YEARS_AHEAD or (len(found) >= wanted and year > after.year + reach):
            break
    found.sort(key=lambda d: (d.on or date.max, d.period))
    return found[:wanted]
