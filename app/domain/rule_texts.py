"""Reading calendar rules: from text to RuleBase, with the place and the mend of whatever is wrong.

Every refusal is the ``invalid`` that the caller names (a RuleTextInvalid), with ``position`` an index into the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn, get_args

from app.domain.day_offsets import RuleTextInvalid
from app.domain.durations import read_duration
from app.domain.meeting_plans import is_organ
from app.domain.rule_bases import RuleBase, RuleName, months_of
from app.domain.rule_words import LEAP_YEAR
from app.domain.swedish_dates import Sentence
from app.domain.workdays import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

MAX_INTERVAL_WEEKS: Final = 26
"""The most weeks between two occurrences: what comes more seldom is written by month."""
MONTH_INTERVALS: Final = (1, 2, 3, 4, 6)
"""The intervals that divide a year, so that the same months come back every year."""
MAX_RENEWAL: Final = 120
"""The most months between the ends of a validity."""

_CALL: Final = re.compile(r"\s*(?P<name>[A-Za-z_]+)\s*\((?P<arguments>[^()]*)\)\s*")
_TARGET: Final = re.compile(r"\s*T\s*(?=[+-]|$)")
_ARGUMENT: Final = re.compile(
    r"\s*(?:(?P<key>[a-z]+)\s*=\s*)?"
    r"(?:(?P<number>[0-9]{1,4})|(?P<quote>['\"])(?P<word>[^'\"]*)(?P=quote)|\[(?P<list>[0-9\s,]*)\])\s*(?:,|$)"
)
_LISTED: Final = re.compile(r"\s*([0-9]{1,4})\s*(?:,|$)")


class _Limit(NamedTuple):
    most: int
    sv: str
    en: str


_MONTH: Final = _Limit(12, "Månaden", "The month")
_LIMITS: Final[dict[str, _Limit]] = {
    "first_workday": _MONTH,
    "last_workday": _MONTH,
    "end_of_month": _MONTH,
    "before_week": _Limit(53, "Veckan", "The week"),
    "end_of_tertial": _Limit(3, "Tertialet", "The tertial"),
    "end_of_quarter": _Limit(4, "Kvartalet", "The quarter"),
}
_FORMS: Final[dict[str, Sentence]] = {
    "meeting": Sentence(
        "meeting ska ha ett organ inom citattecken och en månad, till exempel meeting('KS', 3).",
        "meeting must have an organ in quotation marks and a month, for example meeting('KS', 3).",
    ),
    "manuscript_stop": Sentence(
        "manuscript_stop ska ha ett organ inom citattecken och en månad, till exempel manuscript_stop('KS', 3).",
        "manuscript_stop must have an organ in quotation marks and a month, for example manuscript_stop('KS', 3).",
    ),
    "date": Sentence(
        "date ska ha en månad och en dag, till exempel date(12, 1) för den 1 december.",
        "date must have a month and a day, for example date(12, 1) for 1 December.",
    ),
    "end_of_year": Sentence(
        "end_of_year() har inget mellan parenteserna.", "end_of_year() has nothing between the brackets."
    ),
    "every_months": Sentence(
        "every_months skrivs till exempel every_months(1, pause=[7, 12]) eller every_months(3, first=2).",
        "every_months is written for example every_months(1, pause=[7, 12]) or every_months(3, first=2).",
    ),
    "every_weeks": Sentence(
        "every_weeks ska ha antalet veckor och en dag i den första veckan, till exempel "
        "every_weeks(2, since='2027-01-11', pause=[7]).",
        "every_weeks must have the number of weeks and a day in the first week, for example "
        "every_weeks(2, since='2027-01-11', pause=[7]).",
    ),
    "valid_until": Sentence(
        "valid_until ska ha den sista giltiga dagen, och kan ha tiden mellan förnyelser, till exempel "
        "valid_until('2027-12-31', every='P2Y').",
        "valid_until must have the last valid day, and may have the time between renewals, for example "
        "valid_until('2027-12-31', every='P2Y').",
    ),
}


class _Number(NamedTuple):
    value: int
    position: int


class _Word(NamedTuple):
    value: str
    position: int


_Value = _Number | _Word | tuple[_Number, ...]


@dataclass(frozen=True)
class _Reader:
    """The arguments of one rule. Positions count from the start of the whole text."""

    name: RuleName
    start: int
    positional: tuple[_Value, ...]
    named: dict[str, _Value]
    organs: Collection[str] | None
    invalid: type[RuleTextInvalid]

    def base(self) -> RuleBase:
        """The rule, or a refusal."""
        readers: dict[str, Callable[[], RuleBase]] = {
            "meeting": self._meeting,
            "manuscript_stop": self._meeting,
            "date": self._month_and_day,
            "end_of_year": self._end_of_year,
            "every_months": self._every_months,
            "every_weeks": self._every_weeks,
            "valid_until": self._valid_until,
        }
        return readers.get(self.name, self._numbered)()

    def _numbered(self) -> RuleBase:
        self._require(len(self.positional) == 1)
        return RuleBase(self.name, self._numbers(self.positional[0], _LIMITS[self.name]))

    def _end_of_year(self) -> RuleBase:
        self._require(len(self.positional) == 0)
        return RuleBase("end_of_year")

    def _meeting(self) -> RuleBase:
        months = [*self.positional[1:], *self._named("month")]
        self._require(len(self.positional) > 0 and len(months) == 1)
        organ = self.positional[0]
        if not isinstance(organ, _Word):
            self._refuse_form()
        self._check_organ(organ)
        return RuleBase(self.name, self._numbers(months[0], _MONTH), organ.value)

    def _check_organ(self, organ: _Word) -> None:
        if not is_organ(organ.value):
            raise self.invalid(
                organ.position,
                "Organets namn ska börja med en bokstav och får bara ha bokstäver, siffror, mellanslag, bindestreck "
                "och understreck, högst 40 tecken.",
                "The organ's name must begin with a letter and may have only letters, digits, spaces, hyphens and "
                "underscores, at most 40 characters.",
            )
        if self.organs is not None and organ.value not in self.organs:
            known = ", ".join(sorted(self.organs))
            raise self.invalid(
                organ.position,
                f"Organet {organ.value} finns inte i sammanträdesplanen. "
                + (f"De som finns är {known}." if known else "Planen är tom: lägg in sammanträdena först."),
                f"The organ {organ.value} is not in the meeting plan. "
                + (f"Those that are: {known}." if known else "The plan is empty: enter the meetings first."),
            )

    def _month_and_day(self) -> RuleBase:
        self._require(len(self.positional) == 2 and all(isinstance(v, _Number) for v in self.positional))  # noqa: PLR2004 - a month and a day
        numbers = tuple(v.value for v in self.positional if isinstance(v, _Number))
        if numbers == (2, 29):
            raise self.invalid(
                self.start,
                "Den 29 februari finns inte varje år. Skriv last_workday(2) eller date(2, 28).",
                "29 February does not exist every year. Write last_workday(2) or date(2, 28).",
            )
        try:
            date(LEAP_YEAR, *numbers)
        except ValueError:
            raise self.invalid(
                self.start,
                f"Månad {numbers[0]}, dag {numbers[1]} finns inte i almanackan. Månaden skrivs först: date(12, 1).",
                f"Month {numbers[0]}, day {numbers[1]} is not in the calendar. The month comes first: date(12, 1).",
            ) from None
        return RuleBase("date", numbers)

    def _every_months(self) -> RuleBase:
        interval = self._interval("first", "pause")
        if interval.value not in MONTH_INTERVALS:
            raise self.invalid(
                interval.position,
                "Antalet månader ska vara 1, 2, 3, 4 eller 6, så att samma månader kommer igen varje år.",
                "The number of months must be 1, 2, 3, 4 or 6, so that the same months come back every year.",
            )
        first = 1
        for value in self._named("first"):
            limit = _Limit(interval.value, "Den första månaden", "The first month")
            (first,) = self._numbers(value, limit, several=False)
        pause = self._pause()
        if not months_of(interval.value, first, pause):
            self._refuse_endless_rest()
        return RuleBase("every_months", (interval.value,), pause=pause, first_month=first)

    def _every_weeks(self) -> RuleBase:
        interval = self._interval("since", "pause")
        if not 1 <= interval.value <= MAX_INTERVAL_WEEKS:
            raise self.invalid(
                interval.position,
                f"Antalet veckor ska vara mellan 1 och {MAX_INTERVAL_WEEKS}.",
                f"The number of weeks must be between 1 and {MAX_INTERVAL_WEEKS}.",
            )
        self._require(bool(self._named("since")))
        pause = self._pause()
        if len(pause) == 12:  # noqa: PLR2004 - the months of a year
            self._refuse_endless_rest()
        return RuleBase("every_weeks", (interval.value,), pause=pause, since=self._date(self._named("since")[0]))

    def _valid_until(self) -> RuleBase:
        self._require(len(self.positional) == 1)
        end, renewal = self._date(self.positional[0]), 0
        for value in self._named("every"):
            renewal = self._renewal(value)
        return RuleBase("valid_until", since=end, renewal=renewal)

    def _renewal(self, value: _Value) -> int:
        if not isinstance(value, _Word):
            self._refuse_form()
        duration = read_duration(value.value)
        months = 0 if duration is None else duration.whole_months()
        if not 12 <= months <= MAX_RENEWAL:  # noqa: PLR2004 - a year
            raise self.invalid(
                value.position,
                "Tiden mellan förnyelser ska vara hela månader eller år, från P1Y till P10Y, till exempel P2Y.",
                "The time between renewals must be whole months or years, from P1Y to P10Y, for example P2Y.",
            )
        return months

    def _interval(self, *allowed: str) -> _Number:
        self._require(len(self.positional) == 1 and set(self.named) <= set(allowed))
        number = self.positional[0]
        if not isinstance(number, _Number):
            self._refuse_form()
        return number

    def _pause(self) -> tuple[int, ...]:
        found = self._named("pause")
        return self._numbers(found[0], _MONTH) if found else ()

    def _numbers(self, value: _Value, limit: _Limit, *, several: bool = True) -> tuple[int, ...]:
        if isinstance(value, _Word) or (not several and not isinstance(value, _Number)):
            self._refuse_form()
        listed = (value,) if isinstance(value, _Number) else value
        for number, position in listed:
            if not 1 <= number <= limit.most:
                raise self.invalid(
                    position,
                    f"{limit.sv} ska vara mellan 1 och {limit.most}, inte {number}.",
                    f"{limit.en} must be between 1 and {limit.most}, not {number}.",
                )
        numbers = tuple(sorted({n.value for n in listed}))
        if len(numbers) < len(listed):
            raise self.invalid(listed[-1].position, "Samma tal står två gånger.", "The same number stands twice.")
        return numbers

    def _date(self, value: _Value) -> date:
        if not isinstance(value, _Word):
            self._refuse_form()
        try:
            on = date.fromisoformat(value.value)
        except ValueError:
            on = date.min
        if not FIRST_YEAR < on.year < LAST_YEAR:
            raise self.invalid(
                value.position,
                f"{value.value} finns inte i almanackan. Skriv dagen som 2027-12-31.",
                f"{value.value} is not in the calendar. Write the day as 2027-12-31.",
            )
        return on

    def _named(self, key: str) -> list[_Value]:
        return [self.named[key]] if key in self.named else []

    def _require(self, fact: bool) -> None:  # noqa: FBT001 - a fact about the arguments
        if not fact:
            self._refuse_form()

    def _refuse_form(self) -> NoReturn:
        one, several = f"{self.name}(1)", f"{self.name}([1, 3])"
        numbers = Sentence(
            f"{self.name} ska ha ett heltal eller en lista av heltal mellan parenteserna, till exempel {one} eller "
            f"{several}.",
            f"{self.name} must have a whole number or a list of them between the brackets, for example {one} or "
            f"{several}.",
        )
        raise self.invalid(self.start, *_FORMS.get(self.name, numbers))

    def _refuse_endless_rest(self) -> NoReturn:
        raise self.invalid(
            self.start,
            "Regeln vilar alla sina månader och ger aldrig någon dag. Korta pausen.",
            "The rule rests in all its months and never gives a day. Shorten the pause.",
        )


def read_base(text: str, organs: Collection[str] | None, invalid: type[RuleTextInvalid]) -> tuple[RuleBase, int]:
    """The rule that the text begins with, and where its offset would begin.

    When ``organs`` is given, a meeting of any other organ is refused.
    """
    target = _TARGET.match(text)
    if target is not None:
        return RuleBase("T"), target.end()
    call = _CALL.match(text)
    if call is None:
        raise invalid(
            0,
            "En kalenderregel börjar med ett namn och parenteser, till exempel first_workday(10).",
            "A calendar rule begins with a name and brackets, for example first_workday(10).",
        )
    name = _known_name(call["name"], call.start("name"), invalid)
    start = call.start("arguments")
    arguments = _arguments(call["arguments"], start)
    positional = tuple(value for key, value in arguments or () if not key)
    named = {key: value for key, value in arguments or () if key}
    reader = _Reader(name, start, positional, named, organs, invalid)
    well_formed = arguments is not None and len(positional) + len(named) == len(arguments)
    reader._require(well_formed and set(named) <= _KEYS.get(name, set()))  # noqa: SLF001 - the reader's own module
    return reader.base(), call.end()


_KEYS: Final[dict[str, set[str]]] = {
    "meeting": {"month"},
    "manuscript_stop": {"month"},
    "every_months": {"first", "pause"},
    "every_weeks": {"since", "pause"},
    "valid_until": {"every"},
}


def _known_name(name: str, position: int, invalid: type[RuleTextInvalid]) -> RuleName:
    known: tuple[RuleName, ...] = get_args(RuleName)[:-1]
    for candidate in known:
        if candidate == name:
            return candidate
    raise invalid(
        position,
        f"Funktionen {name} finns inte. De som finns är {', '.join(known[:-1])} och {known[-1]}.",
        f"There is no function {name}. Those that exist are {', '.join(known[:-1])} and {known[-1]}.",
    )


def _arguments(text: str, start: int) -> list[tuple[str, _Value]] | None:
    """The arguments in order with their names ("" when they have none); None when they cannot be told apart."""
    found: list[tuple[str, _Value]] = []
    at = 0
    while text[at:].strip():
        argument = _ARGUMENT.match(text, at)
        if argument is None:
            return None
        value = _value(argument, start)
        if value is None:
            return None
        found.append((argument["key"] or "", value))
        at = argument.end()
    return None if text.rstrip().endswith(",") else found


def _value(argument: re.Match[str], start: int) -> _Value | None:
    if argument["number"] is not None:
        return _Number(int(argument["number"]), start + argument.start("number"))
    if argument["word"] is not None:
        return _Word(argument["word"], start + argument.start("word"))
    text, begin, at = argument["list"], start + argument.start("list"), 0
    numbers: list[_Number] = []
    while text[at:].strip():
        number = _LISTED.match(text, at)
        if number is None:
            return None
        numbers.append(_Number(int(number[1]), begin + number.start(1)))
        at = number.end()
    return tuple(numbers) or None
