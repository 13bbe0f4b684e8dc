"""The small language of conditions, collections, parameters and scripts. No Python runs.

An expression is parsed once, its syntax tree held against a list of what is allowed, and then evaluated by
simpleeval with our functions only. Attribute access reads fields of mappings and nothing else, and only a plain
name can be called, so no method of any object can be reached.
"""

import ast
import keyword
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
import simpleeval

MAX_LENGTH = 1000
MAX_DEPTH = 25
MAX_RESULT_BYTES = 64_000
MAX_DECIMALS = 15
MAX_LINES = 100

FUNCTIONS = frozenset({"len", "min", "max", "round", "count", "defined", "today"})
FACTS = frozenset(
    {"departments", "companies", "actors", "bodies", "open_commitments", "members", "groups", "meeting", "profile"}
)

_ALLOWED = (
    ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Attribute, ast.Call, ast.keyword, ast.Compare,
    ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.BinOp, ast.Add, ast.Sub, ast.Mult,
    ast.Div, ast.Mod, ast.IfExp, ast.List, ast.Tuple, ast.Subscript, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt,
    ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot,
)  # fmt: skip


class ExpressionInvalid(ValueError):
    """The text is not an expression of the language. `sv` and `en` say why."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.sv, self.en = sv, en


class ExpressionFailed(RuntimeError):
    """A valid expression that had no answer for these variables: an unknown name, a comparison of unlike things."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(f"'{text}': {why}")
        self.text, self.why = text, why


@dataclass(frozen=True)
class Expression:
    """A compiled expression: what it says, the names it reads, and the functions it calls."""

    text: str
    tree: ast.expr
    names: frozenset[str]
    calls: frozenset[str]

    @property
    def facts(self) -> frozenset[str]:
        """The facts it asks for, known before it runs."""
        return self.calls & FACTS


def _numeric(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The operation on numbers only: `'%999999999d' % 1` and `[[0] * 99999] * 99999` would fill the memory."""

    def calculate(left: Any, right: Any) -> Any:
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            raise TypeError("only numbers can be calculated with")
        result = operation(left, right)
        if isinstance(result, float) and not math.isfinite(result):
            raise OverflowError("the number is too large")
        return result

    return calculate


def _add(left: Any, right: Any) -> Any:
    """Numbers are added; two texts or two lists are joined."""
    if (isinstance(left, str) and isinstance(right, str)) or (isinstance(left, list) and isinstance(right, list)):
        return simpleeval.safe_add(left, right)
    return _numeric(operator.add)(left, right)


_OPERATORS = {
    ast.Add: _add, ast.Sub: _numeric(operator.sub), ast.Mult: _numeric(operator.mul),
    ast.Div: _numeric(operator.truediv), ast.Mod: _numeric(operator.mod), ast.Eq: operator.eq,
    ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Not: operator.not_, ast.USub: operator.neg, ast.UAdd: operator.pos, ast.In: lambda x, y: x in y,
    ast.NotIn: lambda x, y: x not in y, ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip


class _Evaluator(simpleeval.EvalWithCompoundTypes):  # type: ignore[misc]  # simpleeval ships no types
    def _eval_name(self, node: ast.Name) -> Any:
        # Only variables have a value by name: simpleeval would give the function itself for `departments`.
        if node.id not in self.names:
            raise simpleeval.NameNotDefined(node.id, "")
        return self.names[node.id]

    def _eval_attribute(self, node: ast.Attribute) -> Any:
        value = self._eval(node.value)
        if isinstance(value, Mapping) and node.attr in value:
            return value[node.attr]
        raise simpleeval.AttributeDoesNotExist(node.attr, "")

    def _eval_subscript(self, node: ast.Subscript) -> Any:
        return self._eval(node.value)[self._eval(node.slice)]


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Parse and judge an expression. Raises ExpressionInvalid with a sentence in Swedish and English."""
    text = text.strip()
    if not text:
        raise ExpressionInvalid("Uttrycket är tomt.", "The expression is empty.")
    if len(text) > MAX_LENGTH:
        raise ExpressionInvalid(
            f"Uttrycket är längre än {MAX_LENGTH} tecken.", f"The expression is longer than {MAX_LENGTH} characters."
        )
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionInvalid(
            f"Uttrycket ”{_short(text)}” går inte att läsa.", f"The expression '{_short(text)}' cannot be read."
        ) from error
    _judge(tree, text)
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - called
    return Expression(text, tree.body, frozenset(names), frozenset(called))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004  a line's worth


def _judge(tree: ast.Expression, text: str) -> None:
    _judge_depth(tree)
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            what = type(node).__name__
            raise ExpressionInvalid(
                f"Uttrycket ”{_short(text)}” använder något som språket inte har ({what}).",
                f"The expression '{_short(text)}' uses something the language does not have ({what}).",
            )
        if isinstance(node, ast.Constant):
            _judge_constant(node)
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            raise ExpressionInvalid(
                f"Fältet ”{node.attr}” får inte börja med understreck.",
                f"The field '{node.attr}' may not begin with an underscore.",
            )
        if isinstance(node, ast.Call):
            _judge_call(node)
        if isinstance(node, ast.Compare):
            _judge_compare(node)


def _judge_constant(node: ast.Constant) -> None:
    if not isinstance(node.value, str | int | float | bool | None):
        raise ExpressionInvalid("Värdet är av okänt slag.", "The value is of an unknown kind.")
    if isinstance(node.value, float) and not math.isfinite(node.value):
        raise ExpressionInvalid("Talet är för stort.", "The number is too large.")


def _judge_compare(node: ast.Compare) -> None:
    for operation, right in zip(node.ops, node.comparators, strict=True):
        plain_word = isinstance(right, ast.Constant) and (right.value is None or isinstance(right.value, bool))
        if isinstance(operation, ast.Is | ast.IsNot) and not plain_word:
            # Whether two equal texts are the same object is Python's own business.
            raise ExpressionInvalid(
                "”is” går bara att använda med None, True och False. Skriv == i stället.",
                "'is' can only be used with None, True and False. Write == instead.",
            )


def _judge_call(node: ast.Call) -> None:
    if not isinstance(node.func, ast.Name):
        raise ExpressionInvalid("Bara namngivna funktioner kan anropas.", "Only named functions can be called.")
    if node.func.id not in FUNCTIONS | FACTS:
        raise ExpressionInvalid(f"Funktionen ”{node.func.id}” finns inte.", f"There is no function '{node.func.id}'.")
    if any(argument.arg is None for argument in node.keywords):
        raise ExpressionInvalid("Argument kan inte packas upp.", "Arguments cannot be unpacked.")


def _judge_depth(tree: ast.AST) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH * 2):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise ExpressionInvalid("Uttrycket är för djupt.", "The expression is nested too deeply.")


def evaluate(expression: Expression, variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    """The value of the expression.

    Raises ExpressionFailed when a name is unknown, the operands do not fit, or the result is larger than 64 kB.
    """
    evaluator = _Evaluator(operators=_OPERATORS, functions={**_builtin(variables), **functions}, names=dict(variables))
    evaluator.ATTR_INDEX_FALLBACK = False
    try:
        value = evaluator.eval(expression.text, previously_parsed=expression.tree)
    except simpleeval.NameNotDefined as error:
        raise ExpressionFailed(expression.text, f"there is no variable '{error.name}'") from error
    except RecursionError as error:
        raise ExpressionFailed(expression.text, "nested too deeply") from error
    except Exception as error:
        # Whatever simpleeval or an operator raises on odd operands is the same fact: there is no answer.
        raise ExpressionFailed(expression.text, f"{type(error).__name__}: {error}"[:200]) from error
    return plain(value, expression.text)


def is_plain_name(text: str) -> bool:
    """Whether the text is one name and nothing else, as a role is, where an expression may stand in its place."""
    return text.isidentifier()


def plain(value: Any, text: str = "", limit: int = MAX_RESULT_BYTES) -> Any:
    """The value as it will be stored: scalars, lists and mappings of them, in at most `limit` bytes of JSON.

    Raises ExpressionFailed otherwise.
    """
    try:
        encoded = orjson.dumps(value)
    except TypeError as error:
        raise ExpressionFailed(text, "the result is of a kind that cannot be stored") from error
    if len(encoded) > limit:
        raise ExpressionFailed(text, f"the result is larger than {limit} bytes")
    return orjson.loads(encoded)


def _builtin(variables: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
    def count(rows: Sequence[Any], /, **fields: Any) -> int:
        return sum(1 for row in rows if isinstance(row, Mapping) and all(row.get(k) == v for k, v in fields.items()))

    return {
        "len": len, "min": min, "max": max, "round": _round, "count": count,
        "defined": lambda name: variables.get(name) is not None,
    }  # fmt: skip


def _round(number: float, decimals: int | None = None) -> float:
    """The rounded number. To -999999999 decimals Python would calculate with a number of a billion digits."""
    if decimals is not None and not -MAX_DECIMALS <= decimals <= MAX_DECIMALS:
        raise ValueError(f"at most {MAX_DECIMALS} decimals")
    return round(number, decimals)


def parse_script(text: str) -> tuple[tuple[str, Expression], ...]:
    """A script's assignments, `name = expression`, one a line; `#` begins a remark line.

    Raises ExpressionInvalid, naming the line.
    """
    assignments: list[tuple[str, Expression]] = []
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise ExpressionInvalid(
            f"Skriptet har fler än {MAX_LINES} rader.", f"The script has more than {MAX_LINES} lines."
        )
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, equals, right = stripped.partition("=")
        name = name.strip()
        named = name.isidentifier() and not keyword.iskeyword(name) and name != "typename"
        if not equals or right.startswith("=") or not named:
            raise ExpressionInvalid(
                f"Rad {number} är inte en tilldelning (namn = uttryck).",
                f"Line {number} is not an assignment (name = expression).",
            )
        assignments.append((name, compile_expression(right)))
    return tuple(assignments)
