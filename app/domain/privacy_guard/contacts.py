"""How a person is reached or recognised: e-mail addresses, telephone numbers, plates, names in social media.

Plates: three letters of the Swedish plate alphabet (no I, Q, V, Å, Ä, Ö), two digits, and a digit or a letter (not O).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain.privacy_guard import lexicons
from app.domain.privacy_guard.findings import Finding, finding

if TYPE_CHECKING:
    from collections.abc import Iterator

_EMAIL_DOMAIN: Final = re.compile(r"@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_EMAIL_IN_WORDS: Final = re.compile(
    r"(?: (?:snabel-a|at) | ?[(\[](?:snabel-a|at|@)[)\]] ?)[\w-]{2,63}"
    r"(?:\.| punkt | ?[(\[](?:punkt|dot)[)\]] ?)(?:se|com|nu|net|org|eu)(?!\w)"
)
_EMAIL_NAME: Final = frozenset("._%+-'")
_LONGEST_EMAIL_NAME: Final = 64
_PHONE: Final = re.compile(
    r"(?<![0-9])(?<![0-9][-./:,])"
    r"(?:(?:\+|00)46[- /]{0,3}(?:\(0\) ?)?|(?P<trunk>\(?0))"
    r"(?P<number>[1-9](?:[- /)]{0,3}[0-9]){6,8})(?![0-9])"
)
_FOUR_FIGURE_AREA: Final = 3
_LONGEST_GROUP: Final = 3
_PLATE_LETTERS: Final = "A-HJ-PR-UW-Z"
_PLATE: Final = re.compile(
    rf"(?<!\w)(?:(?P<letters>[{_PLATE_LETTERS}]{{3}})(?P<space> ?)[0-9]{{2}}[0-9A-HJ-NPR-UW-Z]"
    rf"|[{_PLATE_LETTERS.lower()}]{{3}}[0-9]{{2}}[0-9a-hj-npr-uw-z])(?!\w)"
)
_PLATFORM: Final = re.compile(
    r"(?<!\w)(?:snapchat|snap|instagram|insta|tiktok|telegram|discord|facebook|messenger|signal|wickr|kik)(?!\w)",
    re.IGNORECASE,
)
_HANDLE: Final = re.compile(r"(?<![\w@.])@[\w.]{2,30}")
_NAMED: Final = re.compile(
    r"(?<!\w)(?:kontot|användaren|användarnamnet|användarnamn|kallar sig|heter)"
    r"[ :]{1,2}(?:[^\W\d_]{1,15} )?[”\"]?(?P<name>[\w.]{3,30})",
    re.IGNORECASE,
)
_NEAR: Final = 80


def emails(text: str) -> Iterator[Finding]:
    """E-mail addresses, also with the sign in words."""
    for pattern in (_EMAIL_DOMAIN, _EMAIL_IN_WORDS):
        for domain in pattern.finditer(text):
            start = domain.start()
            earliest = max(0, start - _LONGEST_EMAIL_NAME)
            while start > earliest and (text[start - 1].isalnum() or text[start - 1] in _EMAIL_NAME):
                start -= 1
            if start < domain.start():
                yield finding("email", start, domain.end())


def phones(text: str) -> Iterator[Finding]:
    """Swedish telephone numbers, mobile and fixed."""
    end = 0
    for match in every_match(_PHONE, text):
        if match.start() >= end and (match["trunk"] is None or _is_grouped_like_a_phone(match["number"])):
            end = match.end()
            yield finding("phone", match.start(), end)


def reads_as_phone(text: str) -> bool:
    """Whether all of it is a telephone number written as such numbers are."""
    match = _PHONE.fullmatch(text)
    return match is not None and (match["trunk"] is None or _is_grouped_like_a_phone(match["number"]))


def plates(text: str) -> Iterator[Finding]:
    """Swedish registration plates."""
    for match in _PLATE.finditer(text):
        if match["letters"] not in lexicons.BEFORE_A_NUMBER:
            yield finding("registration_plate", match.start(), match.end())


def handles(text: str) -> Iterator[Finding]:
    """Names in social media: "@namn", or a name that somebody goes by, close to the name of a platform."""
    for platform in _PLATFORM.finditer(text):
        start, end = max(0, platform.start() - _NEAR), platform.end() + _NEAR
        for match in _HANDLE.finditer(text, start, end):
            yield finding("handle", match.start(), match.end())
        for match in _NAMED.finditer(text, start, end):
            if any(sign.isdigit() or sign in "_." for sign in match["name"].rstrip(".")):
                yield finding("handle", match.start("name"), match.end("name"))


def every_match(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches at every start, overlapping ones too.

    In "2027-02-26 1985-..." a date and the beginning of a number look like one number; the real one, which begins
    inside it, must not be stepped over.
    """
    match = pattern.search(text)
    while match is not None:
        yield match
        match = pattern.search(text, match.start() + 1)


def _is_grouped_like_a_phone(number: str) -> bool:
    """Whether what follows the 0 is written like a Swedish number, not like a date or opening hours.

    An area code ("8", "70", "371"), then a subscriber's own number that begins with no 0 and stands in one piece or
    in groups of two and three digits. Digits without any break are taken for a number.
    """
    area, *groups = re.split(r"[^0-9]{1,4}", number)
    if not groups:
        return True
    known = area in lexicons.AREA_CODES or len(area) >= _FOUR_FIGURE_AREA
    pieces = len(groups) == 1 or max(map(len, groups)) <= _LONGEST_GROUP
    return known and pieces and not groups[0].startswith("0")
