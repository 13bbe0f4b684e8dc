"""Decision tables: what a table means, what is refused, and that no file and no value breaks the reading."""

import ast
import os
import re
from pathlib import Path
from time import perf_counter
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine import decisions
from app.engine.decisions import Decision, DecisionInvalid, evaluate, read_decisions
from app.engine.expressions import ExpressionFailed
from app.engine.problems import Problem
from tests.engine.drawings import facts
from tests.engine.test_decision_cells import CELLS, VALUES

EXAMPLES = 150 * (50 if os.environ.get("TRYGGHET_THOROUGH") else 1)
MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
FUNCTIONS = facts(lists={"departments": [{"kind": "department", "id": "1", "name": "Skola"}]}).functions()

# How a municipality may weigh its problem areas: what is grave or growing comes first, whatever the number.
PRIORITIES = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"
  xmlns:biodi="http://bpmn.io/schema/dmn/biodi/2.0" id="d" name="Prioritering" namespace="urn:prov">
  <inputData id="lage" name="Lägesbilden"/>
  <decision id="prioritera_problemomrade" name="Prioritera ett problemområde">
    <informationRequirement id="ir"><requiredInput href="#lage"/></informationRequirement>
    <decisionTable id="t" hitPolicy="FIRST" biodi:annotationsWidth="300">
      <input id="i1" label="Anmälda brott per 1 000 invånare"><inputExpression id="e1" typeRef="number">
        <text>anmalda / invanare * 1000</text></inputExpression></input>
      <input id="i2" label="Utveckling"><inputExpression id="e2" typeRef="string"><text>utveckling</text></inputExpression>
        <inputValues id="iv"><text>"ökar","oförändrad","minskar"</text></inputValues></input>
      <input id="i3" label="Unga berörs"><inputExpression id="e3" typeRef="boolean"><text>unga</text></inputExpression></input>
      <input id="i4" label="Känt sedan"><inputExpression id="e4" typeRef="date"><text>kant_sedan</text></inputExpression></input>
      <output id="o1" name="prioritet" typeRef="string"><outputValues id="ov"><text>"hög","medel","låg"</text></outputValues>
        <defaultOutputEntry id="od"><text>"låg"</text></defaultOutputEntry></output>
      <output id="o2" name="senast" typeRef="date"/>
      <output id="o3" name="orsaksanalys" typeRef="boolean"/>
      <rule id="r1"><description>Unga</description>
        <inputEntry id="a1"><text>-</text></inputEntry><inputEntry id="a2"><text>not("minskar")</text></inputEntry>
        <inputEntry id="a3"><text>true</text></inputEntry><inputEntry id="a4"><text></text></inputEntry>
        <outputEntry id="a5"><text>"hög"</text></outputEntry><outputEntry id="a6"><text>date("2027-03-31")</text></outputEntry>
        <outputEntry id="a7"><text>true</text></outputEntry></rule>
      <rule id="r2">
        <inputEntry id="b1"><text>&gt;= 20</text></inputEntry><inputEntry id="b2"><text>"ökar", "oförändrad"</text></inputEntry>
        <inputEntry id="b3"><text>-</text></inputEntry><inputEntry id="b4"><text>-</text></inputEntry>
        <outputEntry id="b5"><text>"hög"</text></outputEntry><outputEntry id="b6"><text>anchor</text></outputEntry>
        <outputEntry id="b7"><text>anmalda &gt; 100</text></outputEntry></rule>
      <rule id="r3">
        <inputEntry id="c1"><text>[5..20)</text></inputEntry><inputEntry id="c2"><text>-</text></inputEntry>
        <inputEntry id="c3"><text>-</text></inputEntry><inputEntry id="c4"><text>&lt; date("2026-01-01")</text></inputEntry>
        <outputEntry id="c5"><text>"medel"</text></outputEntry><outputEntry id="c6"><text>null</text></outputEntry>
        <outputEntry id="c7"><text>false</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI><dmndi:DMNDiagram/></dmndi:DMNDI>
</definitions>"""  # noqa: E501  a file as the editor writes it

AREA: dict[str, Any] = {
    "anmalda": 110, "invanare": 11_000, "utveckling": "oförändrad", "unga": False, "kant_sedan": "2025-06-01",
    "anchor": "2027-02-26",
}  # fmt: skip


def prioritised(**changes: Any) -> Any:
    decision = read_decisions(PRIORITIES.encode())["prioritera_problemomrade"]
    return evaluate(decision, {**AREA, **changes}, FUNCTIONS)


def test_a_problem_area_gets_its_priority_from_the_first_rule_that_holds() -> None:
    assert prioritised() == {"prioritet": "medel", "senast": None, "orsaksanalys": False}
    assert prioritised(unga=True) == {"prioritet": "hög", "senast": "2027-03-31", "orsaksanalys": True}
    assert prioritised(anmalda=220) == {"prioritet": "hög", "senast": "2027-02-26", "orsaksanalys": True}
    assert prioritised(anmalda=90, unga=True, utveckling="minskar")["prioritet"] == "medel"


def test_a_problem_area_that_no_rule_speaks_of_gets_the_default() -> None:
    assert prioritised(kant_sedan="2026-01-01") == {"prioritet": "låg", "senast": None, "orsaksanalys": None}
    assert prioritised(anmalda=220, utveckling="minskar")["prioritet"] == "låg"
    assert prioritised(kant_sedan=None)["prioritet"] == "låg"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"utveckling": "rusar"}, "Utveckling is 'rusar', which is not among its values"),
        ({"utveckling": None}, "Utveckling is None, which is not among its values"),
        ({"invanare": 0}, "ZeroDivisionError"),
        ({"kant_sedan": "i fjol"}, "rule 3: 'i fjol' cannot be compared"),
        ({"kant_sedan": 2025}, "rule 3: 2025 cannot be compared"),
    ],
)
def test_a_value_the_table_cannot_weigh_is_told(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ExpressionFailed, match=re.escape(why)):
        prioritised(**changes)


def test_a_variable_that_is_missing_is_named() -> None:
    decision = read_decisions(PRIORITIES.encode())["prioritera_problemomrade"]
    with pytest.raises(ExpressionFailed, match="there is no variable 'anmalda'"):
        evaluate(decision, {}, FUNCTIONS)


# --- small tables -----------------------------------------------------------------------------------------------------


def table(
    *rules: str, inputs: str = "x", outputs: str = "y", policy: str = "", attributes: str = "", extra: str = ""
) -> str:
    """A table with one rule a line, `condition ; condition -> answer ; answer`."""
    lines = [f'<decisionTable id="t" {policy and f"hitPolicy={policy!r}"} {attributes}>']
    lines += [f"<input><inputExpression><text>{escape(e)}</text></inputExpression></input>" for e in split(inputs)]
    lines += [f'<output name="{name}"/>' for name in split(outputs)]
    for rule in rules:
        conditions, _, answers = rule.partition("->")
        cells = [f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in split(conditions)]
        cells += [f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in split(answers)]
        lines.append(f"<rule>{''.join(cells)}</rule>")
    return "\n".join([*lines, extra, "</decisionTable>"])


def split(cells: str) -> list[str]:
    return [cell.strip() for cell in cells.split(";")] if cells.strip() else []


def file(inside: str, *, attributes: str = 'id="d" name="Prov"', beside: str = "", model: str = MODEL) -> bytes:
    return (
        f'<definitions xmlns="{model}">\n<decision {attributes}>\n{inside}\n</decision>\n{beside}\n</definitions>'
    ).encode()


def decided(*rules: str, given: dict[str, Any], **options: str) -> Any:
    decision = next(iter(read_decisions(file(table(*rules, **options))).values()))
    return evaluate(decision, given, FUNCTIONS)


@pytest.mark.parametrize("model", sorted(decisions.DMN))
def test_three_versions_of_dmn_are_read(model: str) -> None:
    found = read_decisions(file(table("- -> 1"), model=model))
    assert {key: decision.name for key, decision in found.items()} == {"d": "Prov"}


def test_several_decisions_in_a_file_are_found_by_their_ids() -> None:
    other = f'<decision id="e">{table("- -> 2")}</decision>'
    found = read_decisions(file(table("- -> 1"), beside=other))
    assert {key: evaluate(decision, {"x": 0}, FUNCTIONS) for key, decision in found.items()} == {
        "d": {"y": 1},
        "e": {"y": 2},
    }


def test_a_unique_table_has_one_rule_that_holds_and_says_when_there_are_two() -> None:
    rules = ('< 5 -> "få"', '[5..10] -> "fler"', '>= 10 -> "många"')
    assert decided(*rules, given={"x": 4}) == {"y": "få"}
    assert decided(*rules, given={"x": 10.5}) == {"y": "många"}
    with pytest.raises(ExpressionFailed, match="rules 2 and 3 both hold"):
        decided(*rules, given={"x": 10})


def test_unique_is_what_a_table_is_that_does_not_say() -> None:
    with pytest.raises(ExpressionFailed, match="hit policy UNIQUE"):
        decided("- -> 1", "- -> 1", given={"x": 0})
    with pytest.raises(ExpressionFailed, match="hit policy UNIQUE"):
        decided("- -> 1", "- -> 1", given={"x": 0}, policy="UNIQUE")


def test_first_takes_the_first_rule_that_holds_and_looks_no_further() -> None:
    rules = ("> 5 -> 1", "> 2 -> 2", "- -> okänd")
    assert [decided(*rules, given={"x": x}, policy="FIRST") for x in (9, 3)] == [{"y": 1}, {"y": 2}]
    with pytest.raises(ExpressionFailed, match="okänd"):
        decided(*rules, given={"x": 0}, policy="FIRST")


def test_any_lets_several_rules_hold_when_they_say_the_same() -> None:
    rules = ("> 5 -> 1", "> 2 -> 2 - 1", "> 8 -> 3")
    assert decided(*rules, given={"x": 7}, policy="ANY") == {"y": 1}
    with pytest.raises(ExpressionFailed, match="rules 1 and 3 both hold"):
        decided(*rules, given={"x": 9}, policy="ANY")


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER"])
def test_collect_and_rule_order_give_every_answer_in_the_order_of_the_rules(policy: str) -> None:
    rules = ('> 5 -> "a" ; 1', '> 2 -> "b" ; 2', '- -> "c" ; x')
    found = decided(*rules, given={"x": 3}, policy=policy, outputs="y;z")
    assert found == [{"y": "b", "z": 2}, {"y": "c", "z": 3}]
    assert decided("> 5 -> 1", given={"x": 1}, policy=policy) == []


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY"])
def test_a_table_in_which_no_rule_holds_answers_none_to_everything(policy: str) -> None:
    assert decided("> 5 -> 1 ; 2", given={"x": 1}, policy=policy, outputs="y;z") == {"y": None, "z": None}


def test_every_condition_of_a_rule_must_hold() -> None:
    rules = ('true ; "a" -> 1', 'true ; not("a") -> 2', "false ; - -> 3")
    given = [(True, "a"), (True, "b"), (False, "a")]
    found = [decided(*rules, given={"p": p, "q": q}, inputs="p;q") for p, q in given]
    assert found == [{"y": 1}, {"y": 2}, {"y": 3}]


def test_a_table_without_conditions_always_answers() -> None:
    assert decided(" -> 1", given={}, inputs="") == {"y": 1}


def test_an_input_is_any_expression_of_the_language() -> None:
    assert decided('> 0 ; true -> "ja"', given={}, inputs="len(departments()) ; defined('x') == false") == {"y": "ja"}


def test_the_facts_of_a_table_are_known_before_it_is_evaluated() -> None:
    raw = file(table("> 0 -> meeting('KS', 3)", inputs="len(departments())"))
    assert read_decisions(raw)["d"].facts == {"departments", "meeting"}


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ('"hög"', "hög"), ("'hög'", "hög"), ('"a, \\"b\\""', 'a, "b"'), ("7", 7), ("-1.5", -1.5), ("true", True),
        ("false", False), ("null", None), ("x + 1", 4), ('[1, "a"]', [1, "a"]), ('date("2027-01-01")', "2027-01-01"),
        ('"ja" if x > 2 else "nej"', "ja"), ("not true", False), ("today()", "2027-01-11"), ('""', ""),
    ],
)  # fmt: skip
def test_an_answer_is_a_value_a_day_or_an_expression(written: str, answer: Any) -> None:
    assert decided(f"- -> {written}", given={"x": 3}) == {"y": answer}


def test_a_variable_cannot_take_the_place_of_a_word_of_the_language() -> None:
    assert decided("- -> true", given={"x": 3, "true": "nej"}) == {"y": True}


def test_an_answer_that_is_not_among_its_values_is_told() -> None:
    raw = file(table('- -> "grön"')).replace(
        b'<output name="y"/>', b'<output name="y"><outputValues><text>"gul","bl\xc3\xa5"</text></outputValues></output>'
    )
    with pytest.raises(ExpressionFailed, match="y is 'grön'"):
        evaluate(read_decisions(raw)["d"], {"x": 1}, FUNCTIONS)


def test_the_only_answer_of_a_table_may_have_its_name_from_the_decision() -> None:
    bare = table("- -> 1").replace('<output name="y"/>', "<output/>")
    assert evaluate(read_decisions(file(bare))["d"], {"x": 1}, {}) == {"d": 1}
    named = f'<variable name="prioritet"/>{bare}'
    assert evaluate(read_decisions(file(named))["d"], {"x": 1}, {}) == {"prioritet": 1}


def test_a_result_too_large_to_be_stored_is_told() -> None:
    with pytest.raises(ExpressionFailed, match="larger than"):
        decided(*["- -> x"] * 10, given={"x": "a" * 10_000}, policy="COLLECT")


# --- refusals ---------------------------------------------------------------------------------------------------------

ONE = table("- -> 1")
REFUSED: dict[str, tuple[str, bytes, str | None]] = {
    "another root": ("dmn.definitions", b'<x xmlns="%s"/>' % MODEL.encode(), "<x"),
    "a diagram": ("dmn.definitions", b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "<def"),
    "a later DMN": ("dmn.definitions", file(ONE, model="https://www.omg.org/spec/DMN/20230324/MODEL/"), "<def"),
    "nothing": ("dmn.no-decision", f'<definitions xmlns="{MODEL}"/>'.encode(), "<def"),
    "no id": ("dmn.id", file(ONE, attributes='name="Prov"'), "<decision "),
    "an odd id": ("dmn.id", file(ONE, attributes='id="a b"'), "<decision "),
    "a long id": ("dmn.id", file(ONE, attributes=f'id="{"a" * 101}"'), "<decision "),
    "an id twice": ("dmn.duplicate-id", file(ONE, beside=f'<decision id="d">{ONE}</decision>'), "<decision "),
    "no logic": ("dmn.not-a-table", file(""), "<decision "),
    "a literal": ("dmn.not-a-table", file("<literalExpression><text>1</text></literalExpression>"), "<literal"),
    "two tables": ("dmn.unknown-element", file(f"{ONE}\n{ONE.replace('Table id', 'Table  id')}"), "Table  id"),
    "another decision": (
        "dmn.requirement",
        file(f'<informationRequirement><requiredDecision href="#e"/></informationRequirement>{ONE}'),
        "<requiredD",
    ),
    "knowledge": (
        "dmn.requirement",
        file(f'<knowledgeRequirement><requiredKnowledge href="#b"/></knowledgeRequirement>{ONE}'),
        "<knowledge",
    ),
    "a knowledge model": ("dmn.unknown-element", file(ONE, beside='<businessKnowledgeModel id="b"/>'), "<business"),
    "an import": ("dmn.unknown-element", file(ONE, beside='<import namespace="urn:x"/>'), "<import"),
    "PRIORITY": ("dmn.hit-policy", file(table("- -> 1", policy="PRIORITY")), "PRIORITY"),
    "OUTPUT ORDER": ("dmn.hit-policy", file(table("- -> 1", policy="OUTPUT ORDER")), "OUTPUT ORDER"),
    "a policy nobody has": ("dmn.hit-policy", file(table("- -> 1", policy="first")), "hitPolicy"),
    "SUM": ("dmn.aggregation", file(table("- -> 1", policy="COLLECT", attributes='aggregation="SUM"')), "SUM"),
    "an odd part": ("dmn.unknown-element", file(table("- -> 1", extra="<magic/>")), "<magic"),
    "a foreign part": ("dmn.unknown-element", file(table("- -> 1", extra='<x:rule xmlns:x="urn:x"/>')), "<x:rule"),
    "another language": (
        "dmn.language",
        file(ONE.replace("<inputExpression>", '<inputExpression expressionLanguage="groovy">')),
        "groovy",
    ),
    "another language of all": (
        "dmn.language", file(ONE).replace(b"xmlns=", b'expressionLanguage="juel" xmlns='), "juel",
    ),
    "an empty input": ("dmn.input-expression", file(table("- ; - -> 1", inputs=" ;x")), "<input>"),
    "no input expression": ("dmn.input-expression", file(table("- -> 1").replace("<text>x</text>", "")), "<input>"),
    "FEEL in an input": ("dmn.input-expression", file(table("- -> 1", inputs="some y in x satisfies y")), "satisfies"),
    "Python in an input": ("dmn.input-expression", file(table("- -> 1", inputs="x.__class__")), "__class__"),
    "odd input values": (
        "dmn.input-values",
        file(ONE.replace("</inputExpression>", "</inputExpression>\n<inputValues><text>a b</text></inputValues>")),
        "a b",
    ),
    "an odd cell": ("dmn.input-entry", file(table("- -> 1", "okänd -> 2")), "okänd"),
    "two texts": (
        "dmn.unknown-element", file(ONE.replace("<text>-</text>", "<text>1</text>\n<text>2</text>")), "<text>2",
    ),
    "an unnamed answer": ("dmn.output-name", file(table("- -> 1;2", outputs="y;")), 'name=""'),
    "an odd name": ("dmn.output-name", file(table("- -> 1", outputs="två ord")), "två ord"),
    "a name twice": ("dmn.output-name", file(table("- -> 1;2;3", outputs="z;y;y").replace('"y"', '"y" ', 1)), '"y"/'),
    "odd output values": (
        "dmn.output-values",
        file(ONE.replace('name="y"/>', 'name="y">\n<outputValues><text>(</text></outputValues></output>')),
        "<text>(",
    ),
    "an odd default": (
        "dmn.output-entry",
        file(ONE.replace('name="y"/>', 'name="y"><defaultOutputEntry><text>?</text></defaultOutputEntry></output>')),
        "<text>?",
    ),
    "an empty answer": ("dmn.output-entry", file(table("- -> 1;", outputs="y;z")), "<rule"),
    "an answer in FEEL": ("dmn.output-entry", file(table("- -> if x then 1 else 2")), "then"),
    "an answer in Python": ("dmn.output-entry", file(table("- -> open('/etc/passwd')")), "passwd"),
    "an answer that is no day": ("dmn.output-entry", file(table('- -> date("2027-02-30")')), "02-30"),
    "no answers": ("dmn.no-output", file(table("- -> ", outputs="")), "<decisionTable"),
    "no rules": ("dmn.no-rules", file(table()), "<decisionTable"),
    "a rule too narrow": ("dmn.rule-width", file(table("- -> 1", inputs="x;z")), "<rule"),
    "a rule too wide": ("dmn.rule-width", file(table("- ; - -> 1")), "<rule"),
    "not XML": ("xml.well-formed", b"<definitions", None),
    "a DOCTYPE": ("xml.doctype", b"<!DOCTYPE x [<!ENTITY y 'z'>]>" + file(ONE), "<!DOCTYPE"),
    "UTF-16": ("xml.encoding", file(ONE).decode().encode("utf-16"), None),
    "30,000 elements": ("xml.size", file("<decision/>" * 30_000), None),
}  # fmt: skip


def refusal(raw: bytes) -> tuple[Problem, ...]:
    with pytest.raises(DecisionInvalid) as caught:
        read_decisions(raw)
    assert str(caught.value)
    return caught.value.problems


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_evaluated_is_refused_with_its_line_and_in_both_languages(name: str) -> None:
    rule, raw, at = REFUSED[name]
    line = None if at is None else 1 + raw[: raw.index(at.encode())].count(b"\n")
    problem = next(p for p in refusal(raw) if p.rule == rule and line in {None, p.line})
    assert problem.severity == "error"
    assert problem.sv.endswith(".")
    assert problem.en.endswith(".")
    assert problem.sv != problem.en


def test_every_rule_has_an_example() -> None:
    tree = ast.parse(Path(decisions.__file__).read_text())
    found = {
        n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and re.fullmatch(r"dmn\.[a-z-]+", str(n.value))
    }
    assert found == {rule for rule, _raw, _at in REFUSED.values() if rule.startswith("dmn.")}


def test_everything_that_can_be_said_is_said_at_once_in_the_order_of_the_lines() -> None:
    problems = refusal(file(table("okänd -> ?", "- -> lambda: 1", policy="PRIORITY", inputs="x y")))
    assert [p.rule for p in problems] == [
        "dmn.hit-policy", "dmn.input-expression", "dmn.input-entry", "dmn.output-entry", "dmn.output-entry",
    ]  # fmt: skip
    assert {p.element for p in problems} == {"d"}


def test_the_problem_names_the_decision_it_is_in() -> None:
    raw = file(ONE, beside=f'<decision id="e">{table("? -> 1")}</decision>')
    assert [(p.rule, p.element) for p in refusal(raw)] == [("dmn.input-entry", "e")]


@pytest.mark.parametrize(
    "raw",
    [
        file(table(*["< 5 -> 1"] * 3_000)),
        file(table("- -> 1", inputs=";".join("x" * 3_000))),
        file(table("- -> 1", outputs=";".join(f"y{n}" for n in range(6_000)))),
        file(ONE, beside='<decision id="e"/>' * 15_000),
        file(table(f'"{"a" * 4_000_000}" -> 1')),
        file(table(f"{'1,' * 2_000_000}1 -> 1")),
    ],
    ids=["rules", "inputs", "outputs", "decisions", "a text", "a cell"],
)
def test_a_table_as_large_as_a_file_may_be_is_answered_in_time(raw: bytes) -> None:
    began = perf_counter()
    for decision in (read_or_none(raw) or {}).values():
        with pytest.raises(ExpressionFailed):
            evaluate(decision, {"x": 1}, FUNCTIONS)
    assert perf_counter() - began < 5


# --- whatever is written ----------------------------------------------------------------------------------------------


def read_or_none(raw: bytes) -> dict[str, Decision] | None:
    try:
        return read_decisions(raw)
    except DecisionInvalid as invalid:
        return None if invalid.problems else {}


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=4),
    VALUES,
    VALUES,
    st.sampled_from([*decisions.HIT_POLICIES, "X"]),
)
def test_any_table_is_refused_evaluated_or_has_no_answer(
    rules: list[tuple[str, str, str]], x: Any, z: Any, policy: str
) -> None:
    clean = [tuple(re.sub(r"[;\x00-\x1f\ud800-\udfff\ufffe\uffff]|->", "", cell) for cell in rule) for rule in rules]
    raw = file(table(*(f"{a} ; {b} -> {c}" for a, b, c in clean), inputs="x;z", policy=policy))
    for decision in (read_or_none(raw) or {}).values():
        try:
            answer = evaluate(decision, {"x": x, "z": z}, FUNCTIONS)
        except ExpressionFailed:
            continue
        assert isinstance(answer, list if policy in {"COLLECT", "RULE ORDER"} else dict)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.binary(max_size=500))
def test_any_bytes_are_tables_or_are_told_not_to_be(raw: bytes) -> None:
    assert read_or_none(raw) is None


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_a_damaged_table_is_read_or_told_what_is_wrong(data: st.DataObject) -> None:
    raw = bytearray(PRIORITIES.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        match data.draw(st.sampled_from(["turn", "cut", "double"])):
            case "turn":
                raw[at] ^= 1 << data.draw(st.integers(0, 7))
            case "cut":
                del raw[at : at + data.draw(st.integers(1, 200))]
            case "double":
                raw[at:at] = raw[at : at + data.draw(st.integers(1, 200))]
    for decision in (read_or_none(bytes(raw)) or {}).values():
        try:
            answered = evaluate(decision, AREA, FUNCTIONS)
        except ExpressionFailed:
            continue
        assert isinstance(answered, dict | list)
