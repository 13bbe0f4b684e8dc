"""The cells of a decision table's conditions: the part of FEEL's unary tests that we read (DMN 1.3, 7.3.4 and 10.3).

    -                          anything; so does an empty cell
    5   "hög"   true           that value
    date("2027-01-01")         that day
    < 5   >= date("2027-01-01")
    [1..5]   (1..5]   ]1..5[   from 1 to 5; a round or outward bracket leaves the end out
    "a", "b", > 10             any of these
    not("a", "b")              none of these

No expression is read here, and nothing is evaluated as code.
"""

import json
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

MAX_LENGTH = 1000
MAX_DIGITS = 30

Value = str | int | float | bool | date

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")
    |date\s*\(\s*"(?P<date>[^"]*)"\s*\)
    |(?P<number>-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+))
    |(?P<word>true|false|not)(?![A-Za-z0-9_])
    |(?P<sign><=|>=|\.\.|[<>\[\](),-]))""",
    re.VERBOSE,
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class CellInvalid(ValueError):
    """The cell is none of the forms above. `sv` and `en` say why."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.sv, self.en = sv, en


class UnlikeValues(TypeError):
    """A value has no order against the one in the cell: a text against a number."""


@dataclass(frozen=True)
class Equals:
    """The value itself. Values of different kinds are different, not a fault."""

    value: Value

    def holds(self, value: Any) -> bool:
        """Whether it is the same value."""
        found = _like(self.value, value)
        return found is not None and found == self.value


@dataclass(frozen=True)
class Compares:
    """A value before or after the one in the cell. None is neither."""

    sign: str
    value: Value

    def holds(self, value: Any) -> bool:
        """Whether it stands on that side. Raises UnlikeValues."""
        return value is not None and _ORDERS[self.sign](_ordered(self.value, value), self.value)


@dataclass(frozen=True)
class Between:
    """A value in an interval."""

    low: Compares
    high: Compares

    def holds(self, value: Any) -> bool:
        """Whether it lies within both ends. Raises UnlikeValues."""
        return self.low.holds(value) and self.high.holds(value)


@dataclass(frozen=True)
class Cell:
    """A cell as read: any of its tests, or none of them when `negated`; without tests, anything."""

    text: str
    tests: tuple[Equals | Compares | Between, ...] = ()
    negated: bool = False

    def holds(self, value: Any) -> bool:
        """Whether the cell lets the value through. Raises UnlikeValues."""
        return not self.tests or any(test.holds(value) for test in self.tests) is not self.negated


def read_cell(text: str) -> Cell:
    """Read a cell. Raises CellInvalid with a sentence in Swedish and English."""
    text = text.strip()
    if text in {"", "-"}:
        return Cell(text)
    if len(text) > MAX_LENGTH:
        raise CellInvalid(
            f"Cellen är längre än {MAX_LENGTH} tecken.", f"The cell is longer than {MAX_LENGTH} characters."
        )
    return _Reader(text).read()


def read_date(text: str) -> date | None:
    """The day when the whole text is `date("2027-01-01")`; None when it is something else."""
    found = _TOKEN.fullmatch(text.strip())
    return _day(found["date"]) if found and found["date"] is not None else None


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "date" if isinstance(value, date) else "text" if isinstance(value, str) else ""


def _like(expected: Value, value: Any) -> Any:
    """The value in the kind of the one in the cell; None when it is of another kind. Days are stored as ISO text."""
    if isinstance(expected, date):
        return _day(value) if isinstance(value, str) else None
    return value if _kind(value) == _kind(expected) else None


def _ordered(expected: Value, value: Any) -> Any:
    found = _like(expected, value)
    if found is None:
        raise UnlikeValues(f"{_shown(value)} cannot be compared with {_shown(expected)}")
    return found


def _shown(value: Any) -> str:
    return repr(value)[:60]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


class _Reader:
    """Reads one cell from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text.rstrip()):
            found = _TOKEN.match(text, at)
            if found is None or found.lastgroup is None:
                raise self._unreadable(text[at:])
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()
        self.at = 0

    def read(self) -> Cell:
        negated = self._take("word", "not")
        if negated:
            self._require("(")
        tests = [self._test()]
        while self._take("sign", ","):
            tests.append(self._test())
        if negated:
            self._require(")")
        if self.at < len(self.tokens):
            raise self._unreadable(self.tokens[self.at][1])
        return Cell(self.text, tuple(tests), negated)

    def _test(self) -> Equals | Compares | Between:
        sign = self._one_of(*_ORDERS)
        if sign:
            return Compares(sign, self._orderable())
        bracket = self._one_of("[", "(", "]")
        return self._interval(bracket) if bracket else Equals(self._value())

    def _interval(self, bracket: str) -> Between:
        low = self._orderable()
        self._require("..")
        high = self._orderable()
        closing = self._one_of("]", ")", "[")
        if closing is None:
            raise self._unreadable(self.text)
        if _kind(low) != _kind(high):
            raise CellInvalid(
                f"Intervallet i ”{self.text}” har ändar av olika slag.",
                f"The interval in '{self.text}' has ends of different kinds.",
            )
        closed = bracket == "[" and closing == "]"
        if not (low < high or (closed and low == high)):  # type: ignore[operator]  # of one kind, as just seen
            raise CellInvalid(f"Intervallet i ”{self.text}” är tomt.", f"The interval in '{self.text}' is empty.")
        return Between(Compares(">=" if bracket == "[" else ">", low), Compares("<=" if closing == "]" else "<", high))

    def _orderable(self) -> Value:
        value = self._value()
        if isinstance(value, bool):
            raise CellInvalid("true och false har ingen ordning.", "true and false have no order.")
        return value

    def _value(self) -> Value:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        self.at += 1
        match kind:
            case "text":
                return self._text(text)
            case "number":
                return self._number(text)
            case "date":
                return self._date(text)
            case "word" if text != "not":
                return text == "true"
        raise self._unreadable(text or self.text)

    def _text(self, literal: str) -> str:
        try:
            return str(json.loads(literal, strict=False))
        except ValueError:
            raise self._unreadable(literal) from None

    def _number(self, literal: str) -> int | float:
        if len(literal) > MAX_DIGITS:
            raise self._unreadable(literal)
        return float(literal) if "." in literal else int(literal)

    def _date(self, literal: str) -> date:
        day = _day(literal)
        if day is None:
            raise CellInvalid(
                f"”{literal[:40]}” är inget datum (ÅÅÅÅ-MM-DD).", f"'{literal[:40]}' is no date (YYYY-MM-DD)."
            )
        return day

    def _take(self, kind: str, text: str) -> bool:
        taken = self.at < len(self.tokens) and self.tokens[self.at] == (kind, text)
        self.at += taken
        return taken

    def _one_of(self, *signs: str) -> str | None:
        return next((sign for sign in signs if self._take("sign", sign)), None)

    def _require(self, sign: str) -> None:
        if not self._take("sign", sign):
            raise self._unreadable(self.text)

    def _unreadable(self, piece: str) -> CellInvalid:
        short = piece.strip()[:40]
        return CellInvalid(
            f'”{short}” går inte att läsa. Skriv till exempel "hög", 5, < 5, [1..5], "a", "b" eller not("a").',
            f'\'{short}\' cannot be read. Write for example "high", 5, < 5, [1..5], "a", "b" or not("a").',
        )
