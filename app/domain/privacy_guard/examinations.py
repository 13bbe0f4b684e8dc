"""A text examined: every search, the surest first, and how strict the form is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from app.domain.privacy_guard import contacts, sentences
from app.domain.privacy_guard.findings import NOT_TAKEN_HERE, WHERE_CASES_BELONG, Finding, finding
from app.domain.privacy_guard.foldings import folded
from app.domain.privacy_guard.identity_numbers import identity_numbers
from app.domain.privacy_guard.lexicons import PROTECTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.domain.privacy_guard.findings import Kind
    from app.domain.swedish_dates import Sentence

MAX_LENGTH: Final = 100_000
"""Characters that are examined. What lies beyond them stops the text: unread is not the same as clean."""

_OVERLAP: Final = 1000
Strictness = Literal["usual", "strict", "no_cases"]
"""``strict``: warnings stop. ``no_cases``: what is about an individual stops, and it is said where it belongs."""

_OF_TEXTS: Final = (identity_numbers, contacts.emails, contacts.phones, contacts.plates, contacts.handles)
_OF_SENTENCES: Final = (
    sentences.protected,
    sentences.accusations,
    sentences.health,
    sentences.origins,
    sentences.homes,
    sentences.singled_out,
)
_CASES: Final[frozenset[Kind]] = frozenset(
    {"individual_case", "accusation", "health", "ethnicity", "home_address", "singled_out", "handle"}
)


def examine(text: str, strictness: Strictness = "usual") -> list[Finding]:
    """Everything found in the text, in order; empty when it is clean. Never raises, whatever the text is."""
    read = folded(text[:MAX_LENGTH])
    found: list[Finding] = []
    taken = bytearray(len(read.text))
    for one in _searched(read.text, strictness):
        # An earlier search is the surer one: the digits of a personal number are no telephone number too.
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\x01" * (one.end - one.start)
            start, end = read.span(one.start, one.end)
            found.append(_judged(replace(one, start=start, end=end), strictness))
    if len(text) > MAX_LENGTH:
        found.append(finding("text_too_long", MAX_LENGTH, len(text)))
    return sorted(found, key=lambda f: (f.start, f.end))


def stops(text: str) -> list[Finding]:
    """What stops a text wherever it stands: a tenth of the work of `examine`, for texts nobody is asked about.

    Texts of any length: they are read in pieces that overlap by more than what is looked for.
    """
    found: dict[tuple[int, int], Finding] = {}
    for begin in range(0, max(1, len(text)), MAX_LENGTH):
        read = folded(text[max(0, begin - _OVERLAP) : begin + MAX_LENGTH])
        for one in _stopping(read.text):
            start, end = (place + max(0, begin - _OVERLAP) for place in read.span(one.start, one.end))
            found[start, end] = replace(one, start=start, end=end)
    return [found[place] for place in sorted(found)]


def _stopping(text: str) -> Iterator[Finding]:
    yield from (one for one in identity_numbers(text) if one.severity == "stop")
    if any(phrase in text.lower() for phrase in PROTECTED):
        for sentence in sentences.sentences(text):
            yield from sentences.protected(sentence)


def _searched(text: str, strictness: Strictness) -> Iterator[Finding]:
    for search in _OF_TEXTS:
        yield from search(text)
    cases = (sentences.individual_cases,) if strictness == "no_cases" else ()
    for sentence in sentences.sentences(text):
        for asked in (*_OF_SENTENCES, *cases):
            yield from asked(sentence)


def _judged(found: Finding, strictness: Strictness) -> Finding:
    """The finding as the form's strictness has it."""
    if strictness == "no_cases" and found.kind in _CASES:
        return _stopped(found, WHERE_CASES_BELONG)
    if strictness == "strict" and found.severity == "warn":
        return _stopped(found, NOT_TAKEN_HERE)
    return found


def _stopped(found: Finding, why: Sentence) -> Finding:
    return replace(found, severity="stop", sv=f"{found.sv} {why.sv}", en=f"{found.en} {why.en}")
