"""A day and a long word stand whole in a table, when there is room for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.blocks import Table
from app.documents.table_columns import column_widths

WIDTH = 159.0


def table(widths: tuple[int, ...], *rows: tuple[str, ...]) -> Table:
    return Table("Åtgärder", tuple("Ä" for _ in widths), widths, rows)


def test_columns_whose_words_fit_have_their_shares() -> None:
    assert column_widths(table((1, 2), ("en", "två")), 90) == [30, 60]


def test_a_column_with_a_long_word_takes_what_it_needs_from_the_others() -> None:
    found = column_widths(table((5, 1, 1), ("Grindar", "2027-09-30", "Socialförvaltningen")), WIDTH)
    assert found[1] >= 4 + 1.75 * 10
    assert found[2] == 4 + 1.75 * 19
    assert sum(found) == pytest.approx(WIDTH)


def test_words_that_do_not_fit_beside_each_other_share_the_width_by_their_length() -> None:
    found = column_widths(table((1, 1), ("a" * 60, "b" * 120)), WIDTH)
    assert found[1] > found[0]
    assert sum(found) == pytest.approx(WIDTH)


@given(st.lists(st.tuples(st.integers(1, 20), st.text("ab ", max_size=80)), min_size=1, max_size=8))
def test_the_columns_always_fill_the_width(columns: list[tuple[int, str]]) -> None:
    shares, words = zip(*columns, strict=True)
    found = column_widths(table(shares, words), WIDTH)
    assert sum(found) == pytest.approx(WIDTH)
    assert all(each > 0 for each in found)
