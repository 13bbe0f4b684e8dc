"""Patterns (``pattern``) that can be tried on any text without the work exploding.

Python's regular expressions search by trying every way to match, so a careless pattern can take longer than the
universe has existed. Here a pattern is read piece by piece and the ways are counted: every optional piece doubles
them, every unbounded repetition multiplies them by the length of the text, every branch by the number of branches.
A pattern with more ways than ``MAX_WAYS`` is refused, as is a repetition inside a repetition. What remains is the part
that ECMA 262 (JSON Schema's language for patterns) and Python read alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.swedish_dates import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PATTERN: Final = 100
"""Characters in a pattern."""
MAX_MATCHED: Final = 200
"""A text that a pattern judges is at most this long."""
MAX_WAYS: Final = 50_000
"""Ways a pattern may match a text of ``MAX_MATCHED`` characters: a few milliseconds of work."""

_TOKEN: Final = re.compile(
    r"(?P<escape>\\.)"
    r"|(?P<set>\[\^?(?:\\.|[^\]\\\[])+\])"
    r"|(?P<open>\((?:\?:)?)"
    r"|(?P<close>\))"
    r"|(?P<branch>\|)"
    r"|(?P<quantifier>(?:[*+?]|\{[0-9]{1,3}(?:,(?:[0-9]{1,3})?)?\})\??)"
    r"|(?P<anchor>[\^$])"
    r"|(?P<literal>[^\\\[\](){}|*+?^$])",
    re.DOTALL,
)
_LETTER_ESCAPES: Final = frozenset("dDwWsS")
_SET_OPERATIONS: Final = ("--", "&&", "~~", "||")  # Python warns that these may come to mean something


class PatternInvalid(ValueError):
    """A pattern that is not used, and why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.sv)
        self.sentence = sentence


class _Token(NamedTuple):
    kind: str
    text: str


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to search with; raises PatternInvalid for one that is too long, dangerous or no pattern.

    ``$`` means the very end, as in ECMA 262, and not also "before a last line break" as in Python.
    """
    if len(pattern) > MAX_PATTERN:
        raise _refusal(
            f"Mönstret är längre än {MAX_PATTERN} tecken.",
            f"The pattern is longer than {MAX_PATTERN} characters.",
        )
    tokens = list(_tokens(pattern))
    ways, _, rest = _ways(tokens, 0)
    if rest < len(tokens):
        raise _not_a_pattern()
    if ways * (1 if _is_anchored(tokens) else MAX_MATCHED) > MAX_WAYS:
        raise _refusal(
            "Mönstret kan matcha på för många sätt och ta för lång tid. Börja det med ^ och använd färre *, + och ?.",
            "The pattern can match in too many ways and take too long. Begin it with ^ and use fewer *, + and ?.",
        )
    try:
        # ASCII, because \d and \w are that in ECMA 262.
        return re.compile("".join(r"\Z" if token == ("anchor", "$") else token.text for token in tokens), re.ASCII)
    except (re.error, OverflowError):
        raise _not_a_pattern() from None


def _tokens(pattern: str) -> Iterator[_Token]:
    position = 0
    while position < len(pattern):
        match = _TOKEN.match(pattern, position)
        if match is None or match.lastgroup is None:
            raise _not_a_pattern()
        token = _Token(match.lastgroup, match.group())
        _require_plain(token)
        yield token
        position = match.end()


def _require_plain(token: _Token) -> None:
    """Refuse what Python and ECMA 262 read differently, and back-references."""
    escaped = re.findall(r"\\(.)", token.text, re.DOTALL) if token.kind in {"escape", "set"} else []
    odd_escape = any(char.isalnum() and char not in _LETTER_ESCAPES for char in escaped)
    odd_set = token.kind == "set" and any(operation in token.text for operation in _SET_OPERATIONS)
    if odd_escape or odd_set:
        raise _refusal(f"”{token.text}” används inte i mönster här.", f"“{token.text}” is not used in patterns here.")


def _is_anchored(tokens: list[_Token]) -> bool:
    """Whether the pattern can only match from the beginning of the text."""
    depth = 0
    for token in tokens:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.kind == "branch" and depth == 0:
            return False
    return tokens[:1] == [("anchor", "^")]


def _ways(tokens: list[_Token], start: int) -> tuple[int, bool, int]:
    """How the tokens from ``start`` to the end of their group match: the ways, any repetition, where it ends."""
    total, branch, repeats, position = 0, 1, False, start
    while position < len(tokens) and tokens[position].kind != "close":
        kind = tokens[position].kind
        if kind == "branch":
            total, branch, position = total + branch, 1, position + 1
            continue
        if kind == "quantifier":
            raise _not_a_pattern()
        piece, inner = 1, False
        if kind == "open":
            piece, inner, position = _ways(tokens, position + 1)
            if position >= len(tokens):
                raise _not_a_pattern()
        position += 1
        if position < len(tokens) and tokens[position].kind == "quantifier":
            piece = _repeated(piece, tokens[position].text, holds_repetition=inner)
            inner = True
            position += 1
        branch, repeats = min(branch * piece, MAX_WAYS + 1), repeats or inner
    return total + branch, repeats, position


def _repeated(piece: int, quantifier: str, *, holds_repetition: bool) -> int:
    """The ways of a piece that is repeated."""
    lowest, highest = _bounds(quantifier.removesuffix("?") if len(quantifier) > 1 else quantifier)
    if highest > 1 and (piece > 1 or holds_repetition):
        raise _refusal(
            "En upprepning får inte innehålla en upprepning eller ett val: (a+)* kan ta hur lång tid som helst.",
            "A repetition must not hold a repetition or a choice: (a+)* can take any amount of time.",
        )
    return piece + 1 if (lowest, highest) == (0, 1) else piece * max(1, highest - lowest + 1)


def _bounds(quantifier: str) -> tuple[int, int]:
    if quantifier in {"*", "+", "?"}:
        return (1 if quantifier == "+" else 0), (1 if quantifier == "?" else MAX_MATCHED)
    lowest, comma, highest = quantifier[1:-1].partition(",")
    return int(lowest), int(highest) if highest else (MAX_MATCHED if comma else int(lowest))


def _refusal(sv: str, en: str) -> PatternInvalid:
    return PatternInvalid(Sentence(sv, en))


def _not_a_pattern() -> PatternInvalid:
    return _refusal(
        "Mönstret går inte att läsa. Tecken, [mängder], (grupper), | och * + ? {2,4} ^ $ kan användas.",
        "The pattern cannot be read. Characters, [sets], (groups), | and * + ? {2,4} ^ $ can be used.",
    )
