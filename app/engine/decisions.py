"""Decision tables: DMN 1.1 to 1.3 files read into plain data, and evaluated without any code from the file.

A decision is a table with hit policy UNIQUE, FIRST, ANY, COLLECT (a list, no aggregation) or RULE ORDER. Its inputs
and answers are expressions of our language, in which `true`, `false`, `null` and "text" are written FEEL's way too;
an answer may also be a day, `date("2027-01-01")`. The cells of its conditions are those of `decision_cells`. Anything
else a DMN file may hold is refused by name.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from app.engine.decision_cells import Cell, CellInvalid, UnlikeValues, read_cell, read_date
from app.engine.expressions import Expression, ExpressionFailed, ExpressionInvalid, compile_expression, plain
from app.engine.expressions import evaluate as value_of
from app.engine.problems import Problem, error
from app.engine.xml_trees import DocumentUnreadable, line_of, name_of, parse, text_of

DMN = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
    }
)
HIT_POLICIES = ("UNIQUE", "FIRST", "ANY", "COLLECT", "RULE ORDER")
MAX_ID = 100

_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
_ALWAYS = frozenset({"description", "extensionElements"})
_BESIDE = _ALWAYS | {
    "inputData", "knowledgeSource", "textAnnotation", "association", "itemDefinition", "elementCollection",
    "performanceIndicator", "organizationUnit",
}  # fmt: skip
_ABOUT = _ALWAYS | {
    "question", "allowedAnswers", "variable", "informationRequirement", "knowledgeRequirement",
    "authorityRequirement", "supportedObjective", "impactedPerformanceIndicator", "decisionMaker", "decisionOwner",
    "usingProcess", "usingTask",
}  # fmt: skip


class DecisionInvalid(ValueError):
    """The file holds no decision tables that we evaluate; `problems` says why, at least one, in order of lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.en for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Input:
    """A column of conditions: what is looked at, and the values it may have."""

    label: str
    expression: Expression
    allowed: Cell


@dataclass(frozen=True)
class Output:
    """A column of answers: its name, the values it may have, and the answer when no rule holds."""

    name: str
    allowed: Cell
    default: Expression | None


@dataclass(frozen=True)
class Row:
    """A rule of the table. `number` counts from 1, as the editor shows it."""

    number: int
    conditions: tuple[Cell, ...]
    answers: tuple[Expression, ...]


@dataclass(frozen=True)
class Decision:
    """A decision table. `key` is the id of the decision in the file."""

    key: str
    name: str
    hit_policy: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...]

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts it asks for, known before it is evaluated."""
        answers = [answer for row in self.rows for answer in row.answers]
        defaults = [output.default for output in self.outputs if output.default is not None]
        expressions = [*(column.expression for column in self.inputs), *answers, *defaults]
        return frozenset().union(*(expression.facts for expression in expressions))


def evaluate(
    decision: Decision, variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]
) -> dict[str, Any] | list[dict[str, Any]]:
    """The answers by name; a list of them, in the order of the rules, for COLLECT and RULE ORDER.

    When no rule holds the answers are the table's defaults, or None; the list is empty. Raises ExpressionFailed when
    two rules of a UNIQUE table hold, when those of an ANY table differ, when an input or an answer has no value or
    one that is not allowed, and when a value is compared with one it has no order against.
    """
    visible = {**variables, **_WORDS}
    values = [_input(decision, column, visible, functions) for column in decision.inputs]
    hits = _hits(decision, values)
    if decision.hit_policy in {"COLLECT", "RULE ORDER"}:
        gathered = [_answers(decision, row, visible, functions) for row in hits]
        return list(plain(gathered, decision.name))
    first = next(hits, None)
    if first is None:
        return {
            o.name: None if o.default is None else value_of(o.default, visible, functions) for o in decision.outputs
        }
    answers = _answers(decision, first, visible, functions)
    if decision.hit_policy == "FIRST":
        return answers
    for other in hits:
        if decision.hit_policy == "UNIQUE" or _answers(decision, other, visible, functions) != answers:
            raise ExpressionFailed(
                decision.name, f"rules {first.number} and {other.number} both hold (hit policy {decision.hit_policy})"
            )
    return answers


def _input(
    decision: Decision, column: Input, visible: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]
) -> Any:
    value = value_of(column.expression, visible, functions)
    if not _holds(decision, column.allowed, value, column.label):
        raise ExpressionFailed(decision.name, f"{column.label} is {value!r}, which is not among its values"[:200])
    return value


def _hits(decision: Decision, values: Sequence[Any]) -> Iterator[Row]:
    for row in decision.rows:
        place = f"rule {row.number}"
        if all(_holds(decision, cell, value, place) for cell, value in zip(row.conditions, values, strict=True)):
            yield row


def _holds(decision: Decision, cell: Cell, value: Any, place: str) -> bool:
    try:
        return cell.holds(value)
    except UnlikeValues as unlike:
        raise ExpressionFailed(decision.name, f"{place}: {unlike}") from unlike


def _answers(
    decision: Decision, row: Row, visible: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]
) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for output, expression in zip(decision.outputs, row.answers, strict=True):
        value = value_of(expression, visible, functions)
        if not _holds(decision, output.allowed, value, f"rule {row.number}"):
            why = f"rule {row.number}: {output.name} is {value!r}, which is not among its values"
            raise ExpressionFailed(decision.name, why[:200])
        answers[output.name] = value
    return answers


# --- reading ----------------------------------------------------------------------------------------------------------


def read_decisions(raw: bytes) -> dict[str, Decision]:
    """The decision tables of a DMN file, by key.

    Raises DecisionInvalid: rules `dmn.*`, and those of `xml_trees` for bytes that are not XML within its bounds.
    """
    try:
        root = parse(raw)
    except DocumentUnreadable as unreadable:
        raise DecisionInvalid([unreadable.problem]) from unreadable
    namespace, local = name_of(root)
    if namespace not in DMN or local != "definitions":
        raise DecisionInvalid(
            [
                error(
                    "dmn.definitions",
                    "Filen är ingen beslutstabell i DMN 1.1–1.3: rotelementet ska vara definitions.",
                    "The file is no decision table in DMN 1.1–1.3: its root element must be definitions.",
                    line=line_of(root),
                )
            ]
        )
    reader = _Reader(namespace)
    decisions = reader.read(root)
    if reader.problems:
        raise DecisionInvalid(sorted(reader.problems, key=lambda p: (p.line or 0, p.rule)))
    return {decision.key: decision for decision in decisions}


class _Reader:
    """Reads one file and gathers everything that can be said against it."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.problems: list[Problem] = []
        self.at: str | None = None

    def read(self, root: etree._Element) -> list[Decision]:
        self._language(root)
        # What lies beside the decisions in other namespaces is the drawing.
        parts = self._parts(root, _BESIDE | {"decision"}, foreign=True).get("decision", [])
        found = [decision for part in parts if (decision := self._decision(part)) is not None]
        if not parts:
            self._say(root, "dmn.no-decision", "Filen har inget beslut.", "The file has no decision.")
        keys = Counter(part.get("id") for part in parts)
        for part in parts:
            if keys[part.get("id")] > 1:
                self.at = part.get("id")
                self._say(part, "dmn.duplicate-id", "Flera beslut har samma id.", "Several decisions have the same id.")
        return found

    def _decision(self, element: etree._Element) -> Decision | None:
        key = self.at = str(element.get("id") or "")
        if not key or len(key) > MAX_ID or any(c in key for c in ":/ \t\r\n"):
            self.at = key[:MAX_ID] or None
            self._say(element, "dmn.id", f"Beslutet ska ha ett id på högst {MAX_ID} tecken, utan blanksteg, kolon och "
                      "snedstreck.", f"The decision must have an id of at most {MAX_ID} characters, without spaces, "
                      "colons and slashes.")  # fmt: skip
        parts = self._parts(element, _ABOUT | {"decisionTable"}, rule="dmn.not-a-table")
        for needed in (*parts.get("informationRequirement", []), *parts.get("knowledgeRequirement", [])):
            if any(name_of(child)[1] != "requiredInput" for child in needed):
                self._say(needed, "dmn.requirement", "Beslutet bygger på ett annat beslut eller en modell. Varje "
                          "tabell ska stå för sig.", "The decision builds on another decision or a model. Each table "
                          "must stand by itself.")  # fmt: skip
        table, variable = self._only(parts, "decisionTable"), self._only(parts, "variable")
        if table is None:
            self._say(element, "dmn.not-a-table", "Beslutet ska vara en tabell.", "The decision must be a table.")
            return None
        named = None if variable is None else variable.get("name")
        return self._table(table, key, str(element.get("name") or key), str(named or key))

    def _table(self, table: etree._Element, key: str, name: str, variable: str) -> Decision | None:
        policy = table.get("hitPolicy") or "UNIQUE"
        if policy not in HIT_POLICIES:
            self._say(table, "dmn.hit-policy", f"Träffregeln ”{policy}” används inte. Välj {', '.join(HIT_POLICIES)}.",
                      f"The hit policy '{policy}' is not used. Choose {', '.join(HIT_POLICIES)}.")  # fmt: skip
        if table.get("aggregation"):
            self._say(table, "dmn.aggregation", "COLLECT ger en lista; sammanräkning används inte.",
                      "COLLECT gives a list; aggregation is not used.")  # fmt: skip
        parts = self._parts(table, _ALWAYS | {"input", "output", "rule", "annotation"})
        inputs = [self._input(element) for element in parts.get("input", [])]
        outputs = self._outputs(table, parts.get("output", []), variable)
        rows = [
            self._row(element, number, len(inputs), len(parts.get("output", [])))
            for number, element in enumerate(parts.get("rule", []), start=1)
        ]
        if not rows:
            self._say(table, "dmn.no-rules", "Tabellen har inga regler.", "The table has no rules.")
        if self.problems:
            return None
        read = (tuple(column for column in inputs if column), tuple(outputs), tuple(row for row in rows if row))
        return Decision(key, name, policy, *read)

    def _input(self, element: etree._Element) -> Input | None:
        parts = self._parts(element, _ALWAYS | {"inputExpression", "inputValues"})
        asked = self._only(parts, "inputExpression")
        expression = self._expression(element if asked is None else asked, "dmn.input-expression", answers=False)
        allowed = self._allowed(self._only(parts, "inputValues"), "dmn.input-values")
        if expression is None:
            return None
        return Input(str(element.get("label") or expression.text), expression, allowed)

    def _outputs(self, table: etree._Element, elements: list[etree._Element], variable: str) -> list[Output]:
        outputs: dict[str, Output] = {}
        for element in elements:
            # The only answer of a table may go without a name: then it has that of the decision (8.3.3).
            name = str(element.get("name") or (variable if len(elements) == 1 else ""))
            if not name.isidentifier() or name in outputs:
                self._say(element, "dmn.output-name", "Svaret ska ha ett eget namn av bokstäver, siffror och _.",
                          "The answer must have a name of its own, of letters, digits and _.")  # fmt: skip
            parts = self._parts(element, _ALWAYS | {"outputValues", "defaultOutputEntry"})
            default = self._only(parts, "defaultOutputEntry")
            outputs[name] = Output(
                name,
                self._allowed(self._only(parts, "outputValues"), "dmn.output-values"),
                None if default is None else self._expression(default, "dmn.output-entry", answers=True),
            )
        if not outputs:
            self._say(table, "dmn.no-output", "Tabellen ger inget svar.", "The table gives no answer.")
        return list(outputs.values())

    def _row(self, element: etree._Element, number: int, inputs: int, outputs: int) -> Row | None:
        parts = self._parts(element, _ALWAYS | {"inputEntry", "outputEntry", "annotationEntry"})
        conditions, answers = parts.get("inputEntry", []), parts.get("outputEntry", [])
        if (len(conditions), len(answers)) != (inputs, outputs):
            self._say(element, "dmn.rule-width", f"Regel {number} ska ha {inputs} villkor och {outputs} svar.",
                      f"Rule {number} must have {inputs} conditions and {outputs} answers.")  # fmt: skip
        cells = [self._cell(entry, "dmn.input-entry") for entry in conditions]
        expressions = [self._expression(entry, "dmn.output-entry", answers=True) for entry in answers]
        return Row(number, tuple(cells), tuple(e for e in expressions if e is not None))

    def _allowed(self, element: etree._Element | None, rule: str) -> Cell:
        return Cell("") if element is None else self._cell(element, rule)

    def _cell(self, element: etree._Element, rule: str) -> Cell:
        try:
            return read_cell(self._text(element))
        except CellInvalid as invalid:
            self._say(element, rule, invalid.sv, invalid.en)
            return Cell("")

    def _expression(self, element: etree._Element, rule: str, *, answers: bool) -> Expression | None:
        text = self._text(element)
        day = read_date(text) if answers else None
        try:
            return compile_expression(repr(day.isoformat()) if day is not None else text)
        except ExpressionInvalid as invalid:
            self._say(element, rule, invalid.sv, invalid.en)
            return None

    def _text(self, element: etree._Element) -> str:
        """The text of a cell; its own language must be FEEL, of which we read a part."""
        self._language(element)
        return text_of(self._only(self._parts(element, _ALWAYS | {"text"}), "text")) or ""

    def _language(self, element: etree._Element) -> None:
        language = element.get("expressionLanguage")
        if language and "feel" not in language.lower():
            self._say(element, "dmn.language", f"Uttrycksspråket ”{language}” används inte.",
                      f"The expression language '{language}' is not used.")  # fmt: skip

    def _parts(
        self,
        element: etree._Element,
        known: frozenset[str],
        *,
        rule: str = "dmn.unknown-element",
        foreign: bool = False,
    ) -> dict[str, list[etree._Element]]:
        """The children by name. Whatever is not among the known is spoken about, never passed over."""
        parts: dict[str, list[etree._Element]] = {}
        for child in element:
            namespace, local = name_of(child)
            if namespace == self.namespace and local in known:
                parts.setdefault(local, []).append(child)
            elif not (foreign and namespace != self.namespace):
                self._say(
                    child, rule, f"Elementet ”{local}” används inte här.", f"The element '{local}' is not used here."
                )
        return parts

    def _only(self, parts: Mapping[str, list[etree._Element]], local: str) -> etree._Element | None:
        """The child of that name, of which there may be one."""
        found = parts.get(local, [])
        for extra in found[1:]:
            self._say(extra, "dmn.unknown-element", f"Elementet ”{local}” får bara finnas en gång här.",
                      f"The element '{local}' may only be here once.")  # fmt: skip
        return found[0] if found else None

    def _say(self, element: etree._Element, rule: str, sv: str, en: str) -> None:
        self.problems.append(error(rule, sv, en, element=self.at, line=line_of(element)))
