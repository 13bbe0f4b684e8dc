"""What a sentence says of somebody: accusations, health, origin, homes, who can be told apart, individual cases.

A word is not enough: "psykisk ohälsa ökar" is a pattern, "pojken har adhd" is a person. So each search wants a person
and the word in the same sentence, a few words apart. A text is cut into sentences once, a sentence into words once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from app.domain.privacy_guard import lexicons
from app.domain.privacy_guard.findings import Finding, finding

if TYPE_CHECKING:
    from collections.abc import Iterator

_END: Final = re.compile(r"\n|[.!?][”\")]? {1,4}(?=[^a-zåäö0-9 ])")
_WORD: Final = re.compile(r"[^\W_]{1,40}(?:[-:][^\W_]{1,40}){0,3}")
_AGE: Final = re.compile(r"(?:[1-9][0-9]?|[a-zåäö]{3,10})-?år(?:ing|ingen|ingens|ig)")
_CLASS: Final = re.compile(r"(?:[1-9][a-fA-F]|[Nn][Aa][1-3]|[Ss][Aa][1-3]|[Ff]-klass|åk[1-9])")
_SINGLED: Final = re.compile(
    r"(?<!\w)(?:den|det)? ?enda (?:eleven|pojken|flickan|killen|tjejen|kvinnan|familjen|barnet|personen|lärlingen|"
    r"mannen|hyresgästen)(?!\w)", re.IGNORECASE
)  # fmt: skip
_STREET: Final = re.compile(
    r"(?<!\w)(?:[A-ZÅÄÖ][a-zåäöé]{1,20} ){0,2}(?P<street>[^\W\d_]{3,30})"
    r" (?P<number>[1-9][0-9]{0,2} ?[A-Ha-h]?)(?![\w-])"
)
_INDOORS: Final = re.compile(r",? ?(?:lgh|lägenhet|[1-9] tr|våning|vån)(?!\w)")
_NEAR: Final = 8
"""Words between a name and what it is said to have done."""
_ABOUT: Final = 14
"""Words between a person and a word about their health."""
_CLOSE: Final = 5
_LONGEST_PHRASE: Final = 30


@dataclass(frozen=True)
class Word:
    """A word at its place in the text."""

    text: str
    start: int
    end: int

    @cached_property
    def low(self) -> str:
        """In small letters."""
        return self.text.lower()


@dataclass(frozen=True)
class Sentence:
    """One sentence, as words and as the text it stands in."""

    text: str
    start: int
    end: int

    @cached_property
    def words(self) -> list[Word]:
        """Its words and numbers."""
        return [Word(m[0], m.start(), m.end()) for m in _WORD.finditer(self.text, self.start, self.end)]

    @cached_property
    def persons(self) -> list[int]:
        """Which words stand for one certain person."""
        return [i for i in range(len(self.words)) if self._is_person(i)]

    @cached_property
    def names(self) -> list[tuple[int, int]]:
        """From which word to which (not included) a person's name stands."""
        found: list[tuple[int, int]] = []
        for i, word in enumerate(self.words):
            if (not found or i >= found[-1][1]) and word.text[0].isupper() and (length := self._name_at(i)):
                found.append((i, i + length))
        return found

    @cached_property
    def people(self) -> frozenset[int]:
        """Which words stand for somebody, or begin a name."""
        return frozenset(self.persons) | {first for first, _ in self.names}

    @cached_property
    def accused(self) -> list[tuple[int, int]]:
        """The names beside a deed."""
        deeds = {
            i
            for i, word in enumerate(self.words)
            if word.low in lexicons.DEEDS or self.phrase_at(i, lexicons.DEEDS_IN_WORDS)
        }
        return [
            name
            for name in self.names
            if any(i in deeds and self._is_accused(name, i) for i in range(name[0] - _NEAR, name[1] + _NEAR))
        ]

    def phrase_at(self, i: int, phrases: tuple[str, ...]) -> bool:
        """Whether one of the phrases, in small letters, begins with that word."""
        start = self.words[i].start
        return self.text[start : start + _LONGEST_PHRASE].lower().startswith(phrases)

    def is_near(self, i: int, within: int) -> bool:
        """Whether somebody is spoken of at most so many words from that one."""
        return any(other in self.people for other in range(i - within, i + within + 1))

    def _is_accused(self, name: tuple[int, int], deed: int) -> bool:
        between = self.words[name[1] : deed] if deed >= name[1] else self.words[deed : name[0]]
        return not any(word.low in lexicons.TELLS for word in between)

    def _is_person(self, i: int) -> bool:
        low = self.words[i].low
        if low in lexicons.PERSONS:
            return self.words[i].text[0].islower() or i == 0
        if low in lexicons.ONE_OF or _AGE.fullmatch(low) is not None:
            if low.endswith(("ingen", "ingens")):
                return True
            before = [word.low for word in self.words[max(0, i - 4) : i]]
            article = next((k for k in range(len(before) - 1, -1, -1) if before[k] in {"en", "ett", "den"}), None)
            return article is not None and not any(word in lexicons.IN_GENERAL for word in before[:article])
        return False

    def _name_at(self, i: int) -> int:
        """How many words the name has that begins there; 0 where none does."""
        words = self.words
        if i and words[i - 1].low in lexicons.NO_NAME_AFTER:
            return 0
        length = 1
        while i + length < len(words) and length < _NEAR and self._continues(i + length):
            length += 1
        if i + length < len(words) and words[i + length].low in lexicons.NO_NAME_BEFORE:
            return 0
        first, last = _base(words[i].low, lexicons.FIRST_NAMES), words[i + length - 1].low
        if first is not None and (length > 1 or first not in lexicons.NAMES_THAT_ARE_WORDS):
            return length
        if i and words[i - 1].low in {"familjen", "bröderna", "systrarna", "herr", "fru"}:
            return length
        is_surname = last.endswith(("sson", "ssons")) or _base(last, lexicons.SURNAMES) is not None
        return length if is_surname and (length > 1 or last.endswith(("sson", "ssons"))) else 0

    def _continues(self, i: int) -> bool:
        between = self.text[self.words[i - 1].end : self.words[i].start]
        return self.words[i].text[0].isupper() and between in {" ", ". "}


def sentences(text: str) -> list[Sentence]:
    """A folded text's sentences and lines."""
    cuts = [0, *(end.end() for end in _END.finditer(text)), len(text)]
    return [Sentence(text, start, end) for start, end in pairwise(cuts) if end > start]


def protected(sentence: Sentence) -> Iterator[Finding]:
    """That somebody's personal data are protected."""
    if not sentence.people:
        return
    for i, word in enumerate(sentence.words):
        if sentence.phrase_at(i, lexicons.PROTECTED):
            yield finding("protected_identity", word.start, word.end)


def accusations(sentence: Sentence) -> Iterator[Finding]:
    """Names beside something that the person is said to have done."""
    for first, after in sentence.accused:
        yield finding("accusation", sentence.words[first].start, sentence.words[after - 1].end)


def health(sentence: Sentence) -> Iterator[Finding]:
    """Words about health near a person."""
    for i, word in enumerate(sentence.words):
        if word.low in lexicons.HEALTH and sentence.is_near(i, _ABOUT):
            yield finding("health", word.start, word.end)


def origins(sentence: Sentence) -> Iterator[Finding]:
    """Words about ethnic origin and belief, near a person or before a word for people."""
    words = sentence.words
    for i, word in enumerate(words):
        following = {other.low for other in words[i + 1 : i + 3]}
        about = _is_ethnic(word.low) and (
            not lexicons.GROUPS.isdisjoint(following)
            or not lexicons.ONE_OF.isdisjoint(following)
            or sentence.is_near(i, _CLOSE)
        )
        of_origin = word.low in lexicons.ORIGIN and any(
            _is_ethnic(other.low) or other.low in lexicons.GROUPS for other in words[max(0, i - 3) : i]
        )
        if about or (of_origin and (word.low != "bakgrund" or sentence.is_near(i, _ABOUT))):
            yield finding("ethnicity", word.start, word.end)


def _is_ethnic(low: str) -> bool:
    return low in lexicons.ETHNIC or (low.endswith("skt") and low[:-1] in lexicons.ETHNIC)


def homes(sentence: Sentence) -> Iterator[Finding]:
    """A street with a number where somebody lives. A street and number alone is a place, and places are the subject."""
    at_home = any(word.low in lexicons.HOME for word in sentence.words)
    ends = {sentence.words[i].end for i in sentence.persons}
    for match in _STREET.finditer(sentence.text, sentence.start, sentence.end):
        if not match["street"].lower().endswith(lexicons.STREET_ENDINGS):
            continue
        indoors = _INDOORS.match(sentence.text, match.end())
        theirs = not ends.isdisjoint({match.start() - len(" på "), match.start() - len(" i ")})
        if at_home or indoors or theirs:
            yield finding("home_address", match.start(), match.end())


def singled_out(sentence: Sentence) -> Iterator[Finding]:
    """The only one of a kind; a person of a named class."""
    for match in _SINGLED.finditer(sentence.text, sentence.start, sentence.end):
        yield finding("singled_out", match.start(), match.end())
    if sentence.persons:
        for word in sentence.words:
            if _CLASS.fullmatch(word.text):
                yield finding("singled_out", word.start, word.end)


def individual_cases(sentence: Sentence) -> Iterator[Finding]:
    """A person of whom something is said that belongs in casework. Only asked where cases are not handled."""
    words = {word.low for word in sentence.words}
    if words.isdisjoint(lexicons.CASEWORK | lexicons.DEEDS | lexicons.HEALTH) and not any(map(_AGE.fullmatch, words)):
        return
    people = [(i, i + 1) for i in sentence.persons if sentence.words[i].low != "person"]
    if words.isdisjoint(lexicons.TELLS):
        people += sentence.names
    if people:
        first, after = min(people)
        yield finding("individual_case", sentence.words[first].start, sentence.words[after - 1].end)


def _base(low: str, known: frozenset[str]) -> str | None:
    """The name itself, of a name or its genitive."""
    if low in known:
        return low
    return low[:-1] if low.endswith("s") and low[:-1] in known else None
