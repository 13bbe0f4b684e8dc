"""The small language: what it says, what it refuses, and that nothing else ever comes out of it."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.expressions import (
    MAX_LENGTH,
    MAX_LINES,
    MAX_RESULT_BYTES,
    ExpressionFailed,
    ExpressionInvalid,
    compile_expression,
    evaluate,
    parse_script,
    plain,
)
from tests.engine.drawings import facts

EXAMPLES = 150 * (50 if os.environ.get("TRYGGHET_THOROUGH") else 1)

ROWS = [{"kind": "department", "id": "1", "name": "Skola", "svar": "ja"}, {"kind": "company", "id": "2", "name": "Bo"}]
VARIABLES: dict[str, Any] = {
    "year": 2027, "antal": 3, "andel": 0.5, "komplett": True, "namn": "Askersund", "on": "2027-02-26", "tom": None,
    "rader": ROWS, "tal": [3, 1, 2], "post": ROWS[0],
}  # fmt: skip
FUNCTIONS = facts(
    lists={"departments": ROWS[:1], "companies": ROWS[1:]}, profile={"ksau": True, "invanare": 11_500}
).functions()


def value(text: str, **more: Any) -> Any:
    return evaluate(compile_expression(text), {**VARIABLES, **more}, FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("antal", 3),
        ("'text'", "text"),
        ('"text"', "text"),
        ("True", True),
        ("None", None),
        ("1 + 2 * 3 - 4 / 2", 5),
        ("7 % 3", 1),
        ("-antal", -3),
        ("+antal", 3),
        ("antal == 3 and not komplett == False", True),
        ("antal != 3 or namn == 'Askersund'", True),
        ("1 < antal <= 3", True),
        ("antal > 3", False),
        ("antal >= 3", True),
        ("on < '2027-03-01'", True),
        ("tom is None", True),
        ("komplett is True", True),
        ("namn is not None", True),
        ("2 in tal", True),
        ("9 not in tal", True),
        ("'ker' in namn", True),
        ("'ja' if komplett else 'nej'", "ja"),
        ("[1, 'a', None]", [1, "a", None]),
        ("(1, 2)", [1, 2]),
        ("tal[0]", 3),
        ("tal[-1]", 2),
        ("post.name", "Skola"),
        ("post['name']", "Skola"),
        ("rader[1].name", "Bo"),
        ("'Asker' + 'sund'", "Askersund"),
        ("tal + [4]", [3, 1, 2, 4]),
        ("len(rader)", 2),
        ("min(tal)", 1),
        ("max(1, antal)", 3),
        ("max([], default=0)", 0),
        ("round(andel)", 0),
        ("round(2.345, 2)", 2.35),
        ("count(rader)", 2),
        ("count(rader, svar='ja')", 1),
        ("count(rader, kind='department', name='Skola')", 1),
        ("defined('namn')", True),
        ("defined('tom')", False),
        ("defined('okänd')", False),
        ("today()", "2027-01-11"),
        ("len(departments() + companies())", 2),
        ("departments()[0].name", "Skola"),
        ("actors()", []),
        ("open_commitments()", []),
        ("meeting('KS', month=3)", "2027-03-09"),
        ("meeting('KS', 4)", None),
        ("profile('ksau')", True),
        ("profile('saknas')", None),
        ("profile('invanare') / 1000 > 11", True),
        ("(antal == 3) + (year == 2027)", 2),
        ("antal ==\\\n 3", True),
    ],
)
def test_the_language_says(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        # Chains of underscores to the classes of Python.
        "().__class__.__bases__[0].__subclasses__()",
        "namn.__class__",
        "''.__class__.__mro__[1].__subclasses__()",
        "post.__init__.__globals__",
        "post['__class__']",
        "today.__globals__",
        "today.__self__.__class__",
        "len.__self__",
        "__builtins__",
        "__import__('os').system('id')",
        "__name__",
        # Builtins by name.
        "eval('1')",
        "exec('x = 1')",
        "compile('1', '', 'eval')",
        "open('/etc/passwd')",
        "getattr(namn, 'upper')",
        "setattr(post, 'x', 1)",
        "type(namn)",
        "type('X', (), {})",
        "vars()",
        "globals()",
        "locals()",
        "dir(post)",
        "input()",
        "print(namn)",
        "breakpoint()",
        "help()",
        "memoryview(namn)",
        "str(antal)",
        "int('9' * 9)",
        "object",
        "len",
        "list",
        "dict",
        "departments",
        # Methods of values.
        "namn.upper()",
        "'{0.__class__}'.format(namn)",
        "'{}'.format_map(post)",
        "namn.format",
        "tal.append(9)",
        "tal.sort()",
        "post.keys()",
        "post.pop('id')",
        "post.get",
        "namn.encode",
        "(1).bit_length()",
        # Syntax the language lacks.
        "lambda: 1",
        "(lambda x: x)(1)",
        "[x for x in tal]",
        "{x for x in tal}",
        "{x: 1 for x in tal}",
        "(x for x in tal)",
        "(y := 5)",
        "antal = 5",
        "antal += 1",
        "f'{namn}'",
        "f'{namn.__class__}'",
        "b'bytes'",
        "1j",
        "...",
        "{'a': 1}",
        "{1, 2}",
        "[*tal]",
        "max(*tal)",
        "count(rader, **post)",
        "tal[0:2]",
        "tal[::]",
        "yield 1",
        "await namn",
        "import os",
        "del antal",
        "assert True",
        "1; 2",
        "1\n2",
        "2 ** 8",
        "7 // 2",
        "1 << 9",
        "1 >> 1",
        "1 & 1",
        "1 | 1",
        "1 ^ 1",
        "~1",
        "tal @ tal",
        "namn is 'Askersund'",
        "antal is 3",
        # Arithmetic that would fill the memory or the day.
        "9 ** 9 ** 9",
        "'a' * 10",
        "[0] * 10",
        "[[[0] * 99999] * 99999] * 99999",
        "10 * 'a'",
        "'%999999999d' % 1",
        "'%s' % post",
        "round(1, -999999999)",
        "round(antal, ndigits=-400000000)",
        "1e999",
        "-1e999",
        "1e308 * 10",
        "1e308 + 1e308",
        "max(tal, key=len)",
        "min(tal, key=round)",
        "9" * 999,
        "9" * 20 + " * " + "9" * 20,
        # Things that have no answer.
        "okänd",
        "okänd.name",
        "post.saknas",
        "namn.name",
        "tal[9]",
        "tal['a']",
        "1 / 0",
        "1 % 0",
        "'a' < 1",
        "'a' + 1",
        "tal + (1,)",
        "-namn",
        "1 in 2",
        "len(1)",
        "len()",
        "defined(tal)",
        "count(1)",
        "meeting()",
        "min([])",
        # Too much text.
        "",
        "   ",
        "1 +",
        "(1",
        "'text",
        "(" * 300 + "1" + ")" * 300,
        "-" * 900 + "1",
        "not " * 200 + "True",
        "[" * 90 + "]" * 90,
        "1 + " * 200 + "1",
        "a" * (MAX_LENGTH + 1),
        "1\0",
        "\ud800",
        "'\\ud800'",
    ],
)
def test_the_language_refuses(text: str) -> None:
    with pytest.raises((ExpressionInvalid, ExpressionFailed)) as caught:
        value(text)
    assert str(caught.value)


@pytest.mark.parametrize("text", ["namn.upper()", "lambda: 1", "f'{namn}'", "[x for x in tal]", "post.__class__"])
def test_what_is_not_the_language_is_told_in_both_languages_before_anything_runs(text: str) -> None:
    with pytest.raises(ExpressionInvalid) as caught:
        compile_expression(text)
    assert caught.value.sv.endswith(".")
    assert caught.value.en.endswith(".")
    assert caught.value.sv != caught.value.en


def test_an_unknown_variable_is_named() -> None:
    with pytest.raises(ExpressionFailed, match="there is no variable 'svar'"):
        value("svar == 'ja'")


def test_a_function_without_its_parentheses_is_no_variable() -> None:
    with pytest.raises(ExpressionFailed, match="there is no variable 'departments'"):
        value("departments")


def test_a_variable_may_have_the_name_of_a_function() -> None:
    assert value("len(len)", len=[1, 2]) == 2


def test_a_row_may_have_a_field_called_rows() -> None:
    assert value("count(rader, rows=1)", rader=[{"rows": 1}, {"rows": 2}]) == 1


def test_the_operands_of_and_and_or_are_read_no_further_than_needed() -> None:
    assert value("tom is None or okänd > 1") is True
    assert value("komplett == False and okänd > 1") is False


def test_evaluating_changes_nothing() -> None:
    before = repr(VARIABLES)
    value("rader + rader")
    assert repr(VARIABLES) == before


def test_a_result_is_a_copy_and_of_bounded_size() -> None:
    assert value("rader") is not ROWS
    with pytest.raises(ExpressionFailed, match="larger than"):
        value("stor + stor", stor="a" * (MAX_RESULT_BYTES // 2))
    with pytest.raises(ExpressionFailed, match="cannot be stored"):
        plain({"a": {1, 2}})


def test_what_an_expression_reads_is_known_before_it_runs() -> None:
    compiled = compile_expression("antal + len(departments()) > year and defined('namn')")
    assert compiled.names == {"antal", "year"}
    assert compiled.calls == {"len", "departments", "defined"}
    assert compiled.facts == {"departments"}


def test_a_script_is_assignments_one_a_line() -> None:
    script = parse_script("# ett varv till\n\n  varv = varv + 1\nsvar = 'ja' if varv == 2 else 'nej'\n")
    assert [(name, expression.text) for name, expression in script] == [
        ("varv", "varv + 1"),
        ("svar", "'ja' if varv == 2 else 'nej'"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("import os", 1),
        ("x = 1\nprint(x)", 2),
        ("x == 1", 1),
        ("x += 1", 1),
        ("x.y = 1", 1),
        ("x[0] = 1", 1),
        ("x, y = 1, 2", 1),
        ("if = 1", 1),
        ("True = 1", 1),
        ("None = 1", 1),
        ("typename = 'x'", 1),
        ("= 1", 1),
        ("1 = 1", 1),
    ],
)
def test_a_line_that_assigns_nothing_is_named(text: str, line: int) -> None:
    with pytest.raises(ExpressionInvalid, match=f"Line {line} is not an assignment") as caught:
        parse_script(text)
    assert f"Rad {line}" in caught.value.sv


def test_a_script_longer_than_a_page_is_refused() -> None:
    assert len(parse_script("x = 1\n" * MAX_LINES)) == MAX_LINES
    with pytest.raises(ExpressionInvalid, match="more than"):
        parse_script("x = 1\n" * (MAX_LINES + 1))


@pytest.mark.parametrize("text", ["x = lambda: 1", "x =", "x = __import__('os')", "x = y = 1", "x: int = 1", "x = (1"])
def test_a_script_assigns_expressions_of_the_language_only(text: str) -> None:
    with pytest.raises(ExpressionInvalid):
        parse_script(text)


# --- whatever is written ----------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *VARIABLES, *FUNCTIONS, "len", "count", "round", "defined", "okänd", "__class__", "1", "0", "2.5", "1e300",
        "'a'", '"', "'", "(", ")", "[", "]", "{", "}", ".", ",", ":", "=", "==", "!=", "<", ">=", "+", "-", "*", "/",
        "%", "**", "and", "or", "not", "in", "is", "if", "else", "for", "lambda", "f'", "\\", "\n", " ", "None", "True",
        "@", ":=",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=14).map(" ".join), st.lists(WORDS).map("".join))
LEAVES = st.sampled_from(
    [*VARIABLES, "1", "0", "2.5", "'a'", "True", "None", "tal[0]", "post.name", "okänd", "departments()"]
)
OPERATORS = st.sampled_from(["+", "-", "*", "/", "%", "==", "<", ">=", "in", "and", "or"])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, OPERATORS, inner).map(" ".join),
        st.tuples(st.sampled_from(["not", "-"]), inner).map(" ".join),
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
        st.tuples(st.sampled_from(["len", "min", "max", "round", "count", "defined", "profile", "meeting"]), inner).map(
            lambda call: f"{call[0]}({call[1]})"
        ),
        st.tuples(inner, inner, inner).map(lambda three: f"({three[0]} if {three[1]} else {three[2]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]})[{two[1]}]"),
    ),
    max_leaves=12,
)


def refusal_of(judged: Callable[[str], Any], text: str) -> ExpressionInvalid | None:
    try:
        judged(text)
    except ExpressionInvalid as invalid:
        return invalid
    return None


@settings(max_examples=EXAMPLES, deadline=None)
@given(TEXTS)
def test_any_text_is_an_expression_or_is_told_not_to_be(text: str) -> None:
    refused = refusal_of(compile_expression, text)
    assert refused is None or (refused.sv and refused.en)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.one_of(EXPRESSIONS, TEXTS))
def test_an_expression_has_a_value_that_can_be_stored_or_fails_as_one(text: str) -> None:
    try:
        found = value(text)
    except (ExpressionInvalid, ExpressionFailed):
        return
    assert plain(found) == found


@settings(max_examples=EXAMPLES, deadline=None)
@given(TEXTS)
def test_any_script_is_assignments_or_is_told_not_to_be(text: str) -> None:
    refused = refusal_of(parse_script, text)
    assert refused is None or (refused.sv and refused.en)
