"""The cells of a decision table's conditions: what each form lets through, and what is no cell."""

import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.decision_cells import CellInvalid, UnlikeValues, read_cell

EXAMPLES = 150 * (50 if os.environ.get("TRYGGHET_THOROUGH") else 1)

PIECES = st.sampled_from(
    ["-", "5", "-1.5", '"a"', "true", "false", "not", "(", ")", "[", "]", "..", ",", "<", ">=", 'date("2027-01-01")',
     " ", "x", "null", '"', "\\", "date", "'a'", "+", "if", "else", "len(x)", "?", "²"]
)  # fmt: skip
CELLS = st.one_of(st.lists(PIECES, max_size=8).map("".join), st.text(max_size=20))
VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5),
                   st.dates().map(str), st.lists(st.integers(), max_size=2))  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "through", "stopped"),
    [
        ("-", [1, "a", None, True, []], []),
        ("", [1, "a", None, True], []),
        ("5", [5, 5.0], [4, "5", None, True]),
        ("-5", [-5], [5]),
        ("1", [1], [True]),
        (".5", [0.5], [5]),
        ("2.50", [2.5], [2, 25]),
        ('"hög"', ["hög"], ["Hög", "", None, 1]),
        ('""', [""], [None, "a"]),
        ('"a \\"b\\" \\u00e5"', ['a "b" å'], ["a"]),
        ("true", [True], [False, 1, "true", None]),
        ("false", [False], [True, 0, None]),
        ("< 5", [4, 4.9, -1], [5, 6, None]),
        ("<= 5", [5, 4], [5.1]),
        ("> 5", [6], [5, None]),
        (">= -5", [-5, 0], [-5.5]),
        ('< "b"', ["a"], ["b", "c", None]),
        ("[1..5]", [1, 3, 5], [0, 6, None]),
        ("(1..5)", [2, 4], [1, 5]),
        ("]1..5[", [2, 4], [1, 5]),
        ("[1..5)", [1], [5]),
        ("(1..5]", [5], [1]),
        ("[1.5..2.5]", [2], [1]),
        ("[5..5]", [5], [4]),
        ('["a".."c"]', ["a", "b"], ["d"]),
        ('date("2027-01-01")', ["2027-01-01"], ["2027-01-02", "i år", 20270101, None]),
        ('< date("2027-01-01")', ["2026-12-31"], ["2027-01-01", None]),
        ('[date("2027-01-01")..date("2027-12-31")]', ["2027-06-06"], ["2028-01-01"]),
        ('"a","b"', ["a", "b"], ["c"]),
        ("1, 3, > 10", [1, 3, 11], [2, 10]),
        ('not("a")', ["b", 1, None], ["a"]),
        ('not("a", "b")', ["c"], ["a", "b"]),
        ("not(< 5)", [5], [4]),
        ("not([1..5], 9)", [6], [3, 9]),
        (" < 5 , > 9 ", [4, 10], [7]),
        ("not ( 1 )", [2], [1]),
    ],
)
def test_a_cell_lets_through(cell: str, through: list[Any], stopped: list[Any]) -> None:
    read = read_cell(cell)
    assert [value for value in through if not read.holds(value)] == []
    assert [value for value in stopped if read.holds(value)] == []


@pytest.mark.parametrize(
    "cell",
    [
        "5 6", "x", "okänd", "< x", "<", "< 5 >", "= 5", "== 5", "!= 5", "5,", ",5", "-,5", "not", "not(", "not()",
        "not(not(1))", "not(-)", '"a', 'a"', "'a'", '"\\x"', "[1..5", "1..5", "[1,5]", "[1..]", "[..5]", "[5..1]",
        "(1..1)", "[1..1)", '[1.."b"]', '[date("2027-01-01")..5]', "[true..false]", "< true", 'date("2027-13-01")',
        'date("i morgon")', "date(2027)", 'date and time("2027-01-01T00:00:00")', 'duration("P1D")', "null",
        "1e5", "1.", "--5", "x.y", "f(1)", "? > 5", "a and b", "trues", "falsex", "1_000", "٣", "²", "9" * 31,
        '"a"' + ',"a"' * 400,
    ],
)  # fmt: skip
def test_a_cell_of_another_form_is_refused_in_both_languages(cell: str) -> None:
    with pytest.raises(CellInvalid) as caught:
        read_cell(cell)
    assert caught.value.sv.endswith(".")
    assert caught.value.en.endswith(".")
    assert caught.value.sv != caught.value.en


@pytest.mark.parametrize(
    ("cell", "value"), [("< 5", "a"), ("[1..5]", True), ('> "a"', 5), ('< date("2027-01-01")', "snart"), ("> 1", [])]
)
def test_a_value_without_an_order_against_the_cell_is_not_silently_no(cell: str, value: Any) -> None:
    with pytest.raises(UnlikeValues):
        read_cell(cell).holds(value)


@settings(max_examples=EXAMPLES, deadline=None)
@given(CELLS, VALUES)
def test_any_text_is_a_cell_or_is_told_not_to_be_and_any_value_passes_or_not(text: str, value: Any) -> None:
    try:
        answer = read_cell(text).holds(value)
    except (CellInvalid, UnlikeValues):
        return
    assert isinstance(answer, bool)
