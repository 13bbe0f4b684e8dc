"""The personal-data guard: what in a free text must not be stored, and what needs a second thought.

A situation picture is about places, times and patterns, not people. Personal identity numbers stop a text: it is
refused and kept nowhere, not even as a draft. E-mail addresses, Swedish telephone numbers and registration plates
warn: the writer takes them out, or says that they point at nobody (a switchboard, a municipality's own address). A
finding says where, never what: its sentences can be logged.

Personal identity numbers: folkbokföringslagen (1991:481) 18 §, ten or twelve digits, the last a check digit by the
Luhn method. Coordination numbers: lag (2022:1697) om samordningsnummer, the same with 60 added to the day. Plates:
three letters of the Swedish plate alphabet (no I, Q, V, Å, Ä, Ö), two digits, and a digit or a letter (not O).

Every pattern has bounded repetition and no nesting that can run away: the time is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from app.domain.swedish_dates import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["personal_number", "coordination_number", "email", "phone", "registration_plate", "text_too_long"]

MAX_LENGTH: Final = 100_000
"""Characters that are examined. What lies beyond them stops the text: unread is not the same as clean."""

_HYPHENS: Final = "\\-\u00ad\u2010-\u2015\u2212"
_SPACES: Final = " \t\u00a0\u2007\u2009\u200b\u202f"
_JOINED_NUMBER: Final = re.compile(
    rf"(?<!\d)(?P<century>\d\d)?(?P<birth>\d{{6}})"
    rf"(?P<separator>[{_HYPHENS}{_SPACES}+./]{{0,3}})(?P<last>\d{{4}})(?!\d)"
)
_SPLIT_NUMBER: Final = re.compile(
    rf"(?<!\d)(?P<century>\d\d)?(?P<year>\d\d)(?P<inner>[{_HYPHENS}{_SPACES}./])(?P<month>\d\d)(?P=inner)"
    rf"(?P<day>\d\d)(?P<separator>[{_HYPHENS}{_SPACES}+./]{{1,3}})(?P<last>\d{{4}})(?!\d)"
)
_EMAIL_DOMAIN: Final = re.compile(r"@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_EMAIL_NAME: Final = frozenset("._%+-'")
_LONGEST_EMAIL_NAME: Final = 64
_PHONE: Final = re.compile(
    rf"(?<!\d)(?<!\d[{_HYPHENS}./:,])"
    rf"(?:(?:\+|00)46[{_SPACES}{_HYPHENS}/]{{0,3}}(?:\(0\)[{_SPACES}]?)?|(?P<trunk>\(?0))"
    rf"(?P<number>[1-9](?:[{_SPACES}{_HYPHENS}/)]{{0,3}}\d){{6,8}})(?!\d)"
)
_AREA_CODES: Final = frozenset(
    map(
        str,
        (
            8,
            10,
            11,
            13,
            16,
            *range(18, 22),
            23,
            26,
            31,
            33,
            35,
            36,
            40,
            42,
            44,
            46,
            54,
            60,
            63,
            70,
            72,
            73,
            76,
            77,
            79,
            90,
        ),
    )
)
_FOUR_FIGURE_AREA: Final = 3
_LONGEST_GROUP: Final = 3
_PLATE_LETTERS: Final = "A-HJ-PR-UW-Z"
_PLATE: Final = re.compile(
    rf"(?<!\w)(?:[{_PLATE_LETTERS}]{{3}}[ \u00a0]?\d\d[\dA-HJ-NPR-UW-Z]"
    rf"|[{_PLATE_LETTERS.lower()}]{{3}}\d\d[\da-hj-npr-uw-z])(?!\w)"
)
_NO_PLATES: Final = frozenset({"SOS112"})
_COORDINATION: Final = 60
_CENTURIES: Final = (18, 19, 20)

_WORDS: Final[dict[Kind, Sentence]] = {
    "personal_number": Sentence(
        "Här står ett personnummer. Ta bort det: texten sparas inte med uppgifter om en enskild person.",
        "There is a personal identity number here. Remove it: the text is not saved with data about a person.",
    ),
    "coordination_number": Sentence(
        "Här står ett samordningsnummer. Ta bort det: texten sparas inte med uppgifter om en enskild person.",
        "There is a coordination number here. Remove it: the text is not saved with data about a person.",
    ),
    "email": Sentence(
        "Här står en e-postadress. Ta bort den om den hör till en enskild person.",
        "There is an e-mail address here. Remove it if it belongs to a private person.",
    ),
    "phone": Sentence(
        "Här står något som ser ut som ett telefonnummer. Ta bort det om det hör till en enskild person.",
        "There is something that looks like a telephone number here. Remove it if it belongs to a private person.",
    ),
    "registration_plate": Sentence(
        "Här står något som ser ut som ett registreringsnummer. Ta bort det om det pekar ut en enskild person.",
        "There is something that looks like a registration plate here. Remove it if it points out a private person.",
    ),
    "text_too_long": Sentence(
        "Texten är för lång för att granskas. Dela upp den.",
        "The text is too long to be examined. Divide it.",
    ),
}
_PERHAPS: Final = Sentence(
    "Siffrorna kan vara ett datum med klockslag, men också ett personnummer. Ta bort dem om det är ett personnummer.",
    "The digits may be a date with a time, but also a personal identity number. Remove them if they are such a number.",
)


@dataclass(frozen=True)
class Finding:
    """One thing found at ``text[start:end]``. The sentences never repeat what stands there."""

    kind: Kind
    severity: Literal["stop", "warn"]
    start: int
    end: int
    sv: str
    en: str


def examine(text: str) -> list[Finding]:
    """Everything found in the text, in order; empty when it is clean. Never raises, whatever the text is."""
    read = text[:MAX_LENGTH]
    found: list[Finding] = []
    taken = bytearray(len(read))
    for search in (_identity_numbers, _emails, _phones, _plates):
        # An earlier search is the surer one: the digits of a personal number are no telephone number too.
        fresh = [f for f in search(read) if not any(taken[f.start : f.end])]
        for f in fresh:
            taken[f.start : f.end] = b"\x01" * (f.end - f.start)
        found += fresh
    if len(text) > MAX_LENGTH:
        found.append(_finding("text_too_long", "stop", MAX_LENGTH, len(text)))
    return sorted(found, key=lambda f: (f.start, f.end))


def _identity_numbers(text: str) -> Iterator[Finding]:
    for pattern in (_JOINED_NUMBER, _SPLIT_NUMBER):
        for match in _every_match(pattern, text):
            kind = _identity_kind(match)
            if kind is None:
                continue
            if _may_be_a_time(match):
                yield Finding(kind, "warn", match.start(), match.end(), _PERHAPS.sv, _PERHAPS.en)
            else:
                yield _finding(kind, "stop", match.start(), match.end())


def _emails(text: str) -> Iterator[Finding]:
    for domain in _EMAIL_DOMAIN.finditer(text):
        start = domain.start()
        earliest = max(0, start - _LONGEST_EMAIL_NAME)
        while start > earliest and (text[start - 1].isalnum() or text[start - 1] in _EMAIL_NAME):
            start -= 1
        if start < domain.start():
            yield _finding("email", "warn", start, domain.end())


def _phones(text: str) -> Iterator[Finding]:
    end = 0
    for match in _every_match(_PHONE, text):
        if match.start() >= end and (match["trunk"] is None or _is_grouped_like_a_phone(match["number"])):
            end = match.end()
            yield _finding("phone", "warn", match.start(), end)


def _plates(text: str) -> Iterator[Finding]:
    for match in _PLATE.finditer(text):
        if "".join(match[0].split()) not in _NO_PLATES:
            yield _finding("registration_plate", "warn", match.start(), match.end())


def _every_match(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches at every start, overlapping ones too.

    In "2027-02-26 1985-..." a date and the beginning of a number look like one number; the real one, which begins
    inside it, must not be stepped over.
    """
    match = pattern.search(text)
    while match is not None:
        yield match
        match = pattern.search(text, match.start() + 1)


def _identity_kind(match: re.Match[str]) -> Kind | None:
    groups = match.groupdict()
    birth = groups.get("birth") or groups["year"] + groups["month"] + groups["day"]
    year, month, day = int(birth[:2]), int(birth[2:4]), int(birth[4:])
    centuries = _CENTURIES if groups["century"] is None else (int(groups["century"]),)
    coordination = day > _COORDINATION
    born = day - _COORDINATION if coordination else day
    if not any(c in _CENTURIES and _is_date(c * 100 + year, month, born) for c in centuries):
        return None
    if not _passes_luhn(birth + groups["last"]):
        return None
    return "coordination_number" if coordination else "personal_number"


def _may_be_a_time(match: re.Match[str]) -> bool:
    """Whether it reads as well as a date with a time of day: "270226 1430"."""
    separator, last = match["separator"], match["last"]
    return separator.isspace() and int(last[:2]) < 24 and int(last[2:]) < 60  # noqa: PLR2004 - hours of a day, minutes of an hour


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _passes_luhn(digits: str) -> bool:
    doubled = [int(d) * (2 - i % 2) for i, d in enumerate(digits)]
    return sum(n // 10 + n % 10 for n in doubled) % 10 == 0


def _is_grouped_like_a_phone(number: str) -> bool:
    """Whether what follows the 0 is written like a Swedish number, not like a date or opening hours.

    An area code ("8", "70", "371"), then a subscriber's own number that begins with no 0 and stands in one piece or
    in groups of two and three digits. Digits without any break are taken for a number.
    """
    area, *groups = re.split(r"\D+", number)
    if not groups:
        return True
    known = area in _AREA_CODES or len(area) >= _FOUR_FIGURE_AREA
    pieces = len(groups) == 1 or max(map(len, groups)) <= _LONGEST_GROUP
    return known and pieces and not groups[0].startswith("0")


def _finding(kind: Kind, severity: Literal["stop", "warn"], start: int, end: int) -> Finding:
    words = _WORDS[kind]
    return Finding(kind, severity, start, end, words.sv, words.en)
