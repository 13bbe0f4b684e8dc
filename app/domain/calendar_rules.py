"""Calendar rules: the small language that says which day of a year something happens.

The language is described for its users in docs/modelling.md, "Calendar rules". A rule is one of

    first_workday(10)   last_workday(2)   before_week(51)   meeting('KS', 3)
    end_of_tertial(1)   end_of_quarter(2)   date(12, 1)

with at most one offset after it: ``meeting('KS', 3)-30wd``, ``first_workday(9)+14d``.

A rule gives a day on which something may fall due (WorkdayCalendar.is_due_day). What is counted backwards, or
hangs on a meeting, moves earlier to reach one; everything else moves later. Two things stay where they stand:
``first_workday`` and ``last_workday``, which are working days by definition, and a meeting itself, which is held
on the day the plan says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

from app.domain.day_offsets import DayOffset, RuleTextInvalid, read_offset, require_plain_text
from app.domain.meeting_plans import is_organ, organ_genitive, organ_name
from app.domain.swedish_dates import Sentence, day_and_month, month_name
from app.domain.workdays import month_end, weeks_in_year

if TYPE_CHECKING:
    from app.domain.meeting_plans import MeetingPlan
    from app.domain.workdays import WorkdayCalendar

MAX_LENGTH: Final = 200
"""Characters in a rule at most."""

RuleName = Literal[
    "first_workday", "last_workday", "before_week", "meeting", "end_of_tertial", "end_of_quarter", "date"
]

_CALL: Final = re.compile(r"\s*(?P<name>[A-Za-z_]+)\s*\((?P<arguments>[^()]*)\)\s*")
_NUMBER: Final = re.compile(r"\s*(?P<number>[0-9]{1,4})\s*")
_ORGAN_AND_MONTH: Final = re.compile(
    r"\s*(?P<quote>['\"])(?P<organ>[^'\"]*)(?P=quote)\s*,\s*(?:month\s*=\s*)?(?P<month>[0-9]{1,4})\s*"
)
_LEAP_YEAR: Final = 2028
_MONTHS_IN: Final = {"end_of_tertial": 4, "end_of_quarter": 3}


class CalendarRuleInvalid(RuleTextInvalid):
    """A text that is no calendar rule: ``position`` in the text, and why in ``sv`` and ``en``."""


class _Limit(NamedTuple):
    most: int
    sv: str
    en: str


_LIMITS: Final[dict[str, _Limit]] = {
    "first_workday": _Limit(12, "Månaden", "The month"),
    "last_workday": _Limit(12, "Månaden", "The month"),
    "before_week": _Limit(53, "Veckan", "The week"),
    "meeting": _Limit(12, "Månaden", "The month"),
    "end_of_tertial": _Limit(3, "Tertialet", "The tertial"),
    "end_of_quarter": _Limit(4, "Kvartalet", "The quarter"),
}


@dataclass(frozen=True)
class CalendarRule:
    """One rule. ``parse`` makes it; two texts that mean the same make equal rules.

    ``numbers`` are the numbers between the brackets: a month, a week, a tertial, a quarter, or month and day.
    """

    name: RuleName
    numbers: tuple[int, ...]
    organ: str | None = None
    offset: DayOffset | None = None

    @property
    def text(self) -> str:
        """The rule as it is best written; ``parse`` of it gives the same rule."""
        organ = [] if self.organ is None else [f"'{self.organ}'"]
        arguments = ", ".join([*organ, *map(str, self.numbers)])
        return f"{self.name}({arguments}){self.offset.text if self.offset else ''}"

    def in_year(self, year: int, calendar: WorkdayCalendar, plan: MeetingPlan) -> date | None:
        """The day the rule gives for the year; the offset may take it into the year before or after.

        None when the year has no such day: no such meeting in the plan, no week 53, no working day in the month.
        Raises OutsideCalendar for a year the calendar does not know.
        """
        base = self._base_in(year, calendar, plan)
        if base is None:
            return None
        if self.offset is None:
            return base if self._stands_still() else calendar.next_due_day(base)
        counted = self.offset.applied_to(base, calendar)
        if self.offset.backwards:
            return calendar.previous_due_day(counted)
        earlier = calendar.previous_due_day(counted) if self.name == "meeting" else None
        # "One day after the meeting" must not, for being moved earlier, end up before the meeting.
        return earlier if earlier is not None and earlier >= base else calendar.next_due_day(counted)

    def earliest_in_year(self, year: int, calendar: WorkdayCalendar, plan: MeetingPlan) -> date:
        """The day of the year, or, when there is none, the earliest day it could have been.

        For a meeting that is not planned that is counted from the first day of its month.
        """
        known = self.in_year(year, calendar, plan)
        if known is not None:
            return known
        base = month_end(year, 12) if self.name == "before_week" else date(year, self.numbers[0], 1)
        return base if self.offset is None else self.offset.applied_to(base, calendar)

    def absence(self, year: int) -> Sentence:
        """Why ``in_year`` gave None for the year, in words a planner can act on."""
        if self.name == "before_week":
            return Sentence(f"År {year} har ingen vecka {self.numbers[0]}.", f"{year} has no week {self.numbers[0]}.")
        sv, en = month_name(self.numbers[0]), month_name(self.numbers[0], "en")
        if self.organ is None:
            return Sentence(
                f"{sv.capitalize()} {year} har ingen arbetsdag i kommunens kalender.",
                f"{en} {year} has no working day in the municipality's calendar.",
            )
        name = organ_name(self.organ)
        return Sentence(
            f"Sammanträdesplanen har inget sammanträde med {name.sv} i {sv} {year}.",
            f"The meeting plan has no meeting of {name.en} in {en} {year}.",
        )

    def in_swedish(self) -> str:
        """The rule in plain words: "30 arbetsdagar före kommunstyrelsens sammanträde i mars"."""
        return self._in_words().sv

    def in_english(self) -> str:
        """The rule in plain words: "30 working days before the municipal board's meeting in March"."""
        return self._in_words().en

    def _in_words(self) -> Sentence:
        base = _base_in_words(self.name, self.numbers, self.organ)
        if self.offset is None:
            return base
        count = self.offset.in_words()
        return Sentence(f"{count.sv} {base.sv}", f"{count.en} {base.en}")

    def _stands_still(self) -> bool:
        return self.name in {"first_workday", "last_workday", "meeting"}

    def _base_in(self, year: int, calendar: WorkdayCalendar, plan: MeetingPlan) -> date | None:
        number = self.numbers[0]
        match self.name:
            case "first_workday":
                return _in_month(calendar.next_workday(date(year, number, 1)), number)
            case "last_workday":
                return _in_month(calendar.previous_workday(month_end(year, number)), number)
            case "before_week":
                return _before_week(year, number, calendar)
            case "meeting":
                meeting = plan.in_month(self.organ or "", year, number)
                return None if meeting is None else meeting.on
            case "date":
                return date(year, number, self.numbers[1])
            case "end_of_tertial" | "end_of_quarter":
                return month_end(year, number * _MONTHS_IN[self.name])


def parse(text: str) -> CalendarRule:
    """Read a rule. Raises CalendarRuleInvalid, with the place and the reason, for anything that is none."""
    require_plain_text(text, MAX_LENGTH, CalendarRuleInvalid)
    call = _CALL.match(text)
    if call is None:
        raise CalendarRuleInvalid(
            0,
            "En kalenderregel börjar med ett namn och parenteser, till exempel first_workday(10).",
            "A calendar rule begins with a name and brackets, for example first_workday(10).",
        )
    name = _known_name(call["name"], call.start("name"))
    organ, numbers = _arguments(name, call["arguments"], call.start("arguments"))
    rest = text[call.end() :].strip()
    offset = read_offset(text, call.end(), CalendarRuleInvalid) if rest else None
    return CalendarRule(name, numbers, organ, offset)


def _known_name(name: str, position: int) -> RuleName:
    known: tuple[RuleName, ...] = get_args(RuleName)
    for candidate in known:
        if candidate == name:
            return candidate
    raise CalendarRuleInvalid(
        position,
        f"Funktionen {name} finns inte. De som finns är {', '.join(known[:-1])} och {known[-1]}.",
        f"There is no function {name}. Those that exist are {', '.join(known[:-1])} and {known[-1]}.",
    )


def _arguments(name: RuleName, text: str, start: int) -> tuple[str | None, tuple[int, ...]]:
    if name == "meeting":
        return _organ_and_month(text, start)
    if name == "date":
        return None, _month_and_day(text, start)
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise CalendarRuleInvalid(
            start,
            f"{name} ska ha ett heltal mellan parenteserna, till exempel {name}(1).",
            f"{name} must have one whole number between the brackets, for example {name}(1).",
        )
    return None, (_within(name, int(found["number"]), start + found.start("number")),)


def _organ_and_month(text: str, start: int) -> tuple[str, tuple[int, ...]]:
    found = _ORGAN_AND_MONTH.fullmatch(text)
    if found is None:
        raise CalendarRuleInvalid(
            start,
            "meeting ska ha ett organ inom citattecken och en månad, till exempel meeting('KS', 3).",
            "meeting must have an organ in quotation marks and a month, for example meeting('KS', 3).",
        )
    if not is_organ(found["organ"]):
        raise CalendarRuleInvalid(
            start + found.start("organ"),
            "Organets namn ska börja med en bokstav och får bara ha bokstäver, siffror, mellanslag, bindestreck "
            "och understreck, högst 40 tecken.",
            "The organ's name must begin with a letter and may have only letters, digits, spaces, hyphens and "
            "underscores, at most 40 characters.",
        )
    return found["organ"], (_within("meeting", int(found["month"]), start + found.start("month")),)


def _month_and_day(text: str, start: int) -> tuple[int, ...]:
    parts = [_NUMBER.fullmatch(part) for part in text.split(",")]
    numbers = tuple(int(part["number"]) for part in parts if part is not None)
    if len(parts) != 2 or len(numbers) != 2:  # noqa: PLR2004 - a month and a day
        raise CalendarRuleInvalid(
            start,
            "date ska ha en månad och en dag, till exempel date(12, 1) för den 1 december.",
            "date must have a month and a day, for example date(12, 1) for 1 December.",
        )
    if numbers == (2, 29):
        raise CalendarRuleInvalid(
            start,
            "Den 29 februari finns inte varje år. Skriv last_workday(2) eller date(2, 28).",
            "29 February does not exist every year. Write last_workday(2) or date(2, 28).",
        )
    try:
        date(_LEAP_YEAR, *numbers)
    except ValueError:
        raise CalendarRuleInvalid(
            start,
            f"Månad {numbers[0]}, dag {numbers[1]} finns inte i almanackan. Månaden skrivs först: date(12, 1).",
            f"Month {numbers[0]}, day {numbers[1]} is not in the calendar. The month comes first: date(12, 1).",
        ) from None
    return numbers


def _within(name: RuleName, number: int, position: int) -> int:
    limit = _LIMITS[name]
    if not 1 <= number <= limit.most:
        raise CalendarRuleInvalid(
            position,
            f"{limit.sv} ska vara mellan 1 och {limit.most}, inte {number}.",
            f"{limit.en} must be between 1 and {limit.most}, not {number}.",
        )
    return number


def _in_month(on: date, month: int) -> date | None:
    # A municipality that is closed a whole month has no first working day of it.
    return on if on.month == month else None


def _before_week(year: int, week: int, calendar: WorkdayCalendar) -> date | None:
    if week > weeks_in_year(year):
        return None
    monday = date.fromisocalendar(year, week, 1)
    return calendar.previous_due_day(monday - timedelta(days=1))


def _base_in_words(name: RuleName, numbers: tuple[int, ...], organ: str | None) -> Sentence:
    number = numbers[0]
    match name:
        case "first_workday":
            return _month_words("första arbetsdagen i", "the first working day of", number)
        case "last_workday":
            return _month_words("sista arbetsdagen i", "the last working day of", number)
        case "meeting":
            owner = organ_genitive(organ or "")
            return _month_words(f"{owner.sv} sammanträde i", f"{owner.en} meeting in", number)
        case "before_week":
            sv, en = "sista arbetsdagen före vecka", "the last working day before week"
            return Sentence(f"{sv} {number}", f"{en} {number}")
        case "date":
            return _day_words(date(_LEAP_YEAR, *numbers))
        case "end_of_tertial" | "end_of_quarter":
            sv, en = ("tertial", "tertial") if name == "end_of_tertial" else ("kvartal", "quarter")
            last = _day_words(month_end(_LEAP_YEAR, number * _MONTHS_IN[name]))
            return Sentence(f"slutet av {sv} {number} ({last.sv})", f"the end of {en} {number} ({last.en})")


def _month_words(sv: str, en: str, month: int) -> Sentence:
    return Sentence(f"{sv} {month_name(month)}", f"{en} {month_name(month, 'en')}")


def _day_words(on: date) -> Sentence:
    return Sentence(day_and_month(on), day_and_month(on, "en"))
