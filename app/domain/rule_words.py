"""Calendar rules in plain words, Swedish and English: what a rule means, which way it moves, why it has no day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from app.domain.durations import Duration
from app.domain.meeting_plans import organ_genitive, organ_name
from app.domain.rule_bases import PERIOD_MONTHS
from app.domain.swedish_dates import Sentence, day_and_month, long_date, month_name
from app.domain.workdays import iso_week, month_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.rule_bases import RuleBase

Direction = Literal["earlier", "later", "stays"]
"""What becomes of a day on which nothing may fall due."""

LEAP_YEAR: Final = 2028
_MONTHS_A_YEAR: Final = 12
_EVERY: Final = {
    1: Sentence("varje", "every"),
    2: Sentence("varannan", "every second"),
    3: Sentence("var tredje", "every third"),
    4: Sentence("var fjärde", "every fourth"),
    6: Sentence("var sjätte", "every sixth"),
}
_DIRECTIONS: Final[dict[Direction, Sentence]] = {
    "earlier": Sentence(
        "flyttas tidigare om inget kan förfalla den dagen", "moves earlier when nothing may fall due on that day"
    ),
    "later": Sentence(
        "flyttas senare om inget kan förfalla den dagen", "moves later when nothing may fall due on that day"
    ),
    "stays": Sentence("flyttas aldrig", "never moves"),
}


def direction_in_words(direction: Direction) -> Sentence:
    """What becomes of the rule's day when nothing may fall due on it."""
    return _DIRECTIONS[direction]


def base_in_words(base: RuleBase) -> Sentence:
    """The rule without its offset: "sista arbetsdagen i februari", "the last working day of February"."""
    match base.name:
        case "first_workday":
            return _months("första arbetsdagen i", "the first working day of", base.numbers)
        case "last_workday":
            return _months("sista arbetsdagen i", "the last working day of", base.numbers)
        case "meeting" | "manuscript_stop":
            return _meeting(base)
        case "every_months" | "every_weeks":
            return _interval(base)
        case "valid_until":
            return _validity(base)
        case _:
            return _fixed(base)


def absence_in_words(base: RuleBase, year: int, number: int) -> Sentence:
    """Why the rule has no day in that month, week or period of the year, in words a planner can act on."""
    if base.name == "T":
        return Sentence("Det finns ingen måldag att räkna från.", "There is no target day to count from.")
    if base.name == "before_week":
        return Sentence(f"År {year} har ingen vecka {number}.", f"{year} has no week {number}.")
    if base.name == "every_weeks":
        return Sentence(
            f"Vecka {number} {year} har ingen dag som något kan förfalla på.",
            f"Week {number} of {year} has no day on which anything may fall due.",
        )
    sv, en = month_name(number), month_name(number, "en")
    if base.organ is not None:
        name = organ_name(base.organ)
        return Sentence(
            f"Sammanträdesplanen har inget sammanträde med {name.sv} i {sv} {year}.",
            f"The meeting plan has no meeting of {name.en} in {en} {year}.",
        )
    if base.name == "every_months":
        return Sentence(
            f"{sv.capitalize()} {year} har ingen dag som något kan förfalla på.",
            f"{en} {year} has no day on which anything may fall due.",
        )
    return Sentence(
        f"{sv.capitalize()} {year} har ingen arbetsdag i kommunens kalender.",
        f"{en} {year} has no working day in the municipality's calendar.",
    )


def listed(parts: Sequence[str], word: str) -> str:
    """Some words as a list in running text: "mars, juni och september"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def _meeting(base: RuleBase) -> Sentence:
    owner = organ_genitive(base.organ or "")
    several = base.comes_back
    sv, en = f"{owner.sv} sammanträde{'n' * several} i", f"{owner.en} meeting{'s' * several} in"
    if base.name == "manuscript_stop":
        sv, en = f"manusstopp för {sv}", f"the manuscript stop of {en}"
    return _months(sv, en, base.numbers)


def _interval(base: RuleBase) -> Sentence:
    every = base.numbers[0]
    words = _EVERY.get(every, Sentence(f"var {every}:e", f"every {every}th"))
    if base.name == "every_months":
        sv, en = f"första möjliga dagen {words.sv} månad", f"the first possible day of {words.en} month"
        if every > 1:
            since = _months("räknat från", "counted from", (base.first_month,))
            sv, en = f"{sv} {since.sv}", f"{en} {since.en}"
    else:
        first = base.since or date(LEAP_YEAR, 1, 1)
        week, year = iso_week(first), first.isocalendar().year
        sv = f"första möjliga dagen {words.sv} vecka från vecka {week} {year}"
        en = f"the first possible day of {words.en} week from week {week} of {year}"
    if base.pause:
        rest = _months("utom i", "except in", base.pause)
        sv, en = f"{sv} {rest.sv}", f"{en} {rest.en}"
    return Sentence(sv, en)


def _validity(base: RuleBase) -> Sentence:
    end = base.since or date(LEAP_YEAR, 12, 31)
    sv, en = long_date(end), long_date(end, "en")
    if base.renewal:
        years, months = divmod(base.renewal, 12)
        length = Duration(years=years, months=months).in_words()
        sv, en = f"{sv}, sedan med {length.sv}s mellanrum", f"{en}, then at intervals of {length.en}"
    return Sentence(f"dagen då giltigheten går ut ({sv})", f"the day the validity ends ({en})")


def _fixed(base: RuleBase) -> Sentence:
    if base.name == "T":
        return Sentence("måldagen", "the target day")
    if base.name == "date":
        return _day(date(LEAP_YEAR, *base.numbers))
    if base.name == "before_week":
        sv, en = "sista arbetsdagen före vecka", "the last working day before week"
        return Sentence(f"{sv} {_numbers(base.numbers, 'och')}", f"{en} {_numbers(base.numbers, 'and')}")
    return _period_end(base)


def _period_end(base: RuleBase) -> Sentence:
    if base.name == "end_of_year":
        return Sentence("slutet av året (31 december)", "the end of the year (31 December)")
    if base.name == "end_of_month":
        return _months("slutet av", "the end of", base.numbers)
    sv, en = ("tertial", "tertial") if base.name == "end_of_tertial" else ("kvartal", "quarter")
    if len(base.numbers) * PERIOD_MONTHS[base.name] == _MONTHS_A_YEAR:
        return Sentence(f"slutet av varje {sv}", f"the end of every {en}")
    if base.comes_back:
        en = f"{en}s"
    ends = [_day(month_end(LEAP_YEAR, n * PERIOD_MONTHS[base.name])) for n in base.numbers]
    return Sentence(
        f"slutet av {sv} {_numbers(base.numbers, 'och')} ({listed([e.sv for e in ends], 'och')})",
        f"the end of {en} {_numbers(base.numbers, 'and')} ({listed([e.en for e in ends], 'and')})",
    )


def _months(sv: str, en: str, months: Sequence[int]) -> Sentence:
    return Sentence(
        f"{sv} {listed([month_name(m) for m in months], 'och')}",
        f"{en} {listed([month_name(m, 'en') for m in months], 'and')}",
    )


def _numbers(numbers: Sequence[int], word: str) -> str:
    return listed([str(n) for n in numbers], word)


def _day(on: date) -> Sentence:
    return Sentence(day_and_month(on), day_and_month(on, "en"))
