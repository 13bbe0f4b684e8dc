"""Personal identity numbers and coordination numbers, however they are spelt.

Folkbokföringslagen (1991:481) 18 §: ten or twelve digits, the last a check digit by the Luhn method; a plus for the
hyphen from the year a person turns a hundred. Lag (2022:1697) om samordningsnummer: the same with 60 added to the day.
The third digit of an organisation number is at least 2, which is no month.

Two searches. The usual spellings (811228-9874, 19811228 9874, 1981-12-28-9874) are found wherever they begin, also
in a longer row of digits. Any other spelling (8 1 1 2 2 8 9 8 7 4, 81 12 28 98 74) is found where the row has ten or
twelve digits in all, so that a row of statistics is not taken for a person.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from app.domain.privacy_guard.contacts import every_match, reads_as_phone
from app.domain.privacy_guard.findings import PERHAPS_A_NUMBER, PERHAPS_A_PHONE, PERHAPS_A_TIME, Finding, finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.domain.privacy_guard.findings import Kind

_JOINED: Final = re.compile(
    r"(?<![0-9])(?P<century>[0-9]{2})?(?P<birth>[0-9]{6})(?P<separator>[-+ \n./_*~=()\[\],;:|\\]{0,3})"
    r"(?P<last>[0-9]{4})(?![0-9])"
)
_SPLIT: Final = re.compile(
    r"(?<![0-9])(?P<century>[0-9]{2})?(?P<year>[0-9]{2})(?P<inner>[-+ ./_])(?P<month>[0-9]{2})(?P=inner)"
    r"(?P<day>[0-9]{2})(?P<separator>[-+ \n./_*~=()\[\],;:|\\]{1,3})(?P<last>[0-9]{4})(?![0-9])"
)
_DATE_GOES_ON: Final = re.compile(r"[-./][0-9]{2}[-./][0-9]{2}(?![0-9])")
_GROUP: Final = re.compile(r"[0-9]{1,13}")
_GAP: Final = frozenset(" -+./_*~")
_LONGEST_GAP: Final = 3
_SORTS_OF_GAP: Final = 2
"""A space and a hyphen. Who writes a number with more than that is writing something else, most likely."""
_TEN, _TWELVE = 10, 12
_COORDINATION: Final = 60
_CENTURIES: Final = ("18", "19", "20")
_EVENT_YEARS: Final = range(10, 60)
"""Years without a century in which something may have happened at a time of day: 2010 to 2059."""


def identity_numbers(text: str) -> Iterator[Finding]:
    """Those in a folded text; the usual spellings first."""
    for pattern in (_JOINED, _SPLIT):
        for match in every_match(pattern, text):
            yield from _usual(match)
    yield from _unusual(text)


def _usual(match: re.Match[str]) -> Iterator[Finding]:
    groups = match.groupdict()
    birth = groups.get("birth") or groups["year"] + groups["month"] + groups["day"]
    separator, last = groups["separator"], groups["last"]
    kind = _kind((groups["century"] or "") + birth + last)
    if kind is None or ("\n" in separator and "-" not in separator):
        return
    at = (match.start(), match.end())
    if groups["century"] is not None and _is_range_of_dates(match):
        return
    if any(sign in ",;:|" for sign in separator):
        yield finding(kind, *at, PERHAPS_A_NUMBER, warns=True)
    elif separator.isspace() and int(birth[:2]) in _EVENT_YEARS and _is_time(last[:2], last[2:]):
        yield finding(kind, *at, PERHAPS_A_TIME)
    elif match[0].isdigit() and reads_as_phone(match[0]):
        yield finding(kind, *at, PERHAPS_A_PHONE)
    else:
        yield finding(kind, *at)


def _is_range_of_dates(match: re.Match[str]) -> bool:
    """Whether the last four digits are the year of a second date: "2026-10-19 – 2026-11-30"."""
    return (
        "year" in match.groupdict()
        and match["last"][:2] in _CENTURIES
        and _DATE_GOES_ON.match(match.string, match.end()) is not None
    )


def _unusual(text: str) -> Iterator[Finding]:
    """Rows of ten or twelve digits with spaces or signs between some of them."""
    row: list[re.Match[str]] = []
    for group in _GROUP.finditer(text):
        if row and not _goes_on(text, row[-1].end(), group.start()):
            yield from _spelt(text, row)
            row = []
        row.append(group)
    yield from _spelt(text, row)


def _goes_on(text: str, end: int, start: int) -> bool:
    return start - end <= _LONGEST_GAP and all(sign in _GAP for sign in text[end:start])


def _spelt(text: str, row: list[re.Match[str]]) -> Iterator[Finding]:
    groups = [group[0] for group in row]
    if len(groups) == 1 or sum(map(len, groups)) not in {_TEN, _TWELVE}:
        return
    kind = _kind("".join(groups))
    start, end = row[0].start(), row[-1].end()
    gaps = [text[before.end() : after.start()] for before, after in pairwise(row)]
    if kind is None or reads_as_phone(text[start:end]) or _is_date_and_time(groups, gaps):
        return
    is_sum = len(groups[0]) < len("1000") and all(len(group) == len("000") for group in groups[1:])
    if is_sum or len({gap.strip() for gap in gaps}) > _SORTS_OF_GAP:
        yield finding(kind, start, end, PERHAPS_A_NUMBER, warns=True)
    else:
        yield finding(kind, start, end)


def _is_date_and_time(groups: list[str], gaps: list[str]) -> bool:
    """Whether it is written like a date with a time of day: "2026-10-19 14.30"."""
    return (
        len(groups) == len(("year", "month", "day", "hours", "minutes"))
        and gaps[0] == gaps[1] != gaps[2]
        and gaps[3] == "."
        and _is_time(groups[3], groups[4])
    )


def _kind(digits: str) -> Kind | None:
    """Which sort of number ten or twelve digits are; None when they are none."""
    ten = digits[-_TEN:]
    centuries = _CENTURIES if len(digits) == _TEN else (digits[:2],)
    year, month, day = ten[:2], int(ten[2:4]), int(ten[4:6])
    coordination = day > _COORDINATION
    born = day - _COORDINATION if coordination else day
    if not any(c in _CENTURIES and _is_date(int(c + year), month, born) for c in centuries):
        return None
    if not _passes_luhn(ten):
        return None
    return "coordination_number" if coordination else "personal_number"


def _is_time(hours: str, minutes: str) -> bool:
    return len(hours) == len(minutes) == len("00") and int(hours) < 24 and int(minutes) < 60  # noqa: PLR2004 - hours of a day, minutes of an hour


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _passes_luhn(digits: str) -> bool:
    doubled = [int(d) * (2 - i % 2) for i, d in enumerate(digits)]
    return sum(n // 10 + n % 10 for n in doubled) % 10 == 0
