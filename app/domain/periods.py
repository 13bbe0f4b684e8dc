"""What the parts of a year are called: "2027", "2027-03", "2027-K1", "2027-T1", "2027-v09".

A label tells one occurrence of a process from the next (schedules.Occurrence.period), sorts in time among its own
kind and never changes, whatever day the occurrence moves to. K is kvartal, T tertial, v vecka (ISO 8601, so that
2026 has a week 53 and 1 January 2027 lies in it).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final, Literal

from app.domain.swedish_dates import Sentence, month_name
from app.domain.workdays import quarter_end, tertial_end

PeriodKind = Literal["year", "month", "quarter", "tertial", "week"]

_LABEL: Final = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?:(?P<month>[0-9]{2})|K(?P<quarter>[1-4])|T(?P<tertial>[1-3])|v(?P<week>[0-9]{2})))?"
)


def period_label(kind: PeriodKind, year: int, number: int = 0) -> str:
    """The label of one period; ``number`` says which month, quarter, tertial or week of the year."""
    match kind:
        case "year":
            return f"{year}"
        case "month":
            return f"{year}-{number:02d}"
        case "quarter":
            return f"{year}-K{number}"
        case "tertial":
            return f"{year}-T{number}"
        case "week":
            return f"{year}-v{number:02d}"


def period_of(kind: PeriodKind, d: date) -> str:
    """The label of the period the day lies in. The year of a week is its ISO year."""
    if kind == "week":
        iso = d.isocalendar()
        return period_label(kind, iso.year, iso.week)
    number = {
        "year": 0,
        "month": d.month,
        "quarter": quarter_end(d).month // 3,
        "tertial": tertial_end(d).month // 4,
    }[kind]
    return period_label(kind, d.year, number)


def period_in_words(label: str) -> Sentence:
    """What people call it: "mars 2027", "tertial 1 2027", "vecka 9 2027"; any other text as it stands."""
    found = _LABEL.fullmatch(label)
    if found is None:
        return Sentence(label, label)
    year, month = found["year"], int(found["month"] or 0)
    if 1 <= month <= 12:  # noqa: PLR2004 - the months of a year
        return Sentence(f"{month_name(month)} {year}", f"{month_name(month, 'en')} {year}")
    for group, sv, en in (
        ("quarter", "kvartal", "quarter"),
        ("tertial", "tertial", "tertial"),
        ("week", "vecka", "week"),
    ):
        if found[group]:
            number = int(found[group])
            return Sentence(f"{sv} {number} {year}", f"{en} {number} {year}")
    return Sentence(label, label)
