"""The guard's work grows as its text does: counted, not timed. Its patterns are read, and its calls counted."""

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from app.domain.privacy_guard import contacts, examinations, examine, foldings, identity_numbers, sentences

# How Python itself reads a pattern; it has no public name.
marks: Any = importlib.import_module("re._constants")
reader: Any = importlib.import_module("re._parser")

MODULES: tuple[ModuleType, ...] = (contacts, examinations, foldings, identity_numbers, sentences)
PATTERNS = [
    pytest.param(value, id=f"{module.__name__.rpartition('.')[2]}.{name}")
    for module in MODULES
    for name, value in inspect.getmembers(module)
    if isinstance(value, re.Pattern)
]
LONGEST_MATCH = 250
WAYS = 250_000


def _ways(parsed: Any) -> int:
    """At most how many ways there are to try a piece at one place: repetitions and branches multiply."""
    ways = 1
    for mark, what in parsed:
        if mark in {marks.MAX_REPEAT, marks.MIN_REPEAT}:
            least, most, inner = what
            ways *= (most - least + 1) * _ways(inner)
        elif mark is marks.SUBPATTERN:
            ways *= _ways(what[3])
        elif mark is marks.BRANCH:
            ways *= sum(_ways(branch) for branch in what[1])
        elif mark in {marks.ASSERT, marks.ASSERT_NOT}:
            ways *= _ways(what[1])
    return ways


def _repeats(parsed: Any) -> Iterator[int]:
    for mark, what in parsed:
        if mark in {marks.MAX_REPEAT, marks.MIN_REPEAT}:
            yield int(what[1])
            yield from _repeats(what[2])
        elif mark is marks.SUBPATTERN:
            yield from _repeats(what[3])
        elif mark is marks.BRANCH:
            for branch in what[1]:
                yield from _repeats(branch)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_reads_a_bounded_piece_of_the_text_in_boundedly_many_ways(pattern: re.Pattern[str]) -> None:
    parsed = reader.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    assert max(_repeats(parsed), default=0) < marks.MAXREPEAT
    # An e-mail address in nine labels of 63 characters is the longest thing there is.
    assert parsed.getwidth()[1] <= max(LONGEST_MATCH, 64 * 9 + 64)
    assert _ways(parsed) <= WAYS


def _calls(text: str) -> int:
    """How many calls the examination makes, of Python's functions and of the library's."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        examine(text, "no_cases")
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        "1", "0", "a@", "@a.b", "08 ", "1-1-", "850709 ", "2027-02-26 ", "811228-9874 ", "ABC123 ", "a", ".", "(0",
        "+46", " at a",
        "\u00a0", "\u0301", "e\u0301", "\u200b", "å ", "Anna ", "Anna stal ", "stal ", "pojken ", "pojken har adhd ",
        "en ", "en man ", "Snap @", "snapchat ", "@aa ", "Ekvägen 5 ", "bor på Ekvägen 5 ", "A. ", "a. A", "A:a-", "\n",
        "Karl Johans gata ", "romsk familj ", "enda eleven ", "8B ", "x at y ", "skyddad identitet ", "15-åring ",
    ],
)  # fmt: skip
def test_twice_the_text_is_at_most_twice_the_work(piece: str) -> None:
    size = 4000
    short, long = piece * (size // len(piece)), piece * (2 * size // len(piece))
    assert _calls(long) <= 2.1 * _calls(short) + 100
