"""Counts under five, and what would give them away, are withheld; solving the sums is tried as a reader would."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.count_tables import PublicTable, suppressed

TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=1, max_size=5)
)


def test_a_table_without_small_counts_is_shown_whole():
    table = suppressed([[5, 0], [12, 30]])
    assert table == PublicTable(((5, 0), (12, 30)), (5, 42), (17, 30), 47)
    assert table.withheld == 0


def test_a_small_count_is_withheld_with_the_smallest_others_that_would_give_it_away():
    table = suppressed([[3, 20, 9], [8, 40, 7], [60, 70, 80]])
    assert table.counts == ((None, 20, None), (None, 40, None), (60, 70, 80))
    assert table.row_totals == (32, 55, 210)
    assert table.column_totals == (71, 130, 96)


def test_without_totals_nothing_but_the_small_count_is_withheld():
    table = suppressed([[3, 20], [8, 40]], row_totals=False, column_totals=False)
    assert table.counts == ((None, 20), (8, 40))
    assert (table.row_totals, table.column_totals, table.total) == ((), (), None)


def test_one_row_with_its_total_withholds_another_count():
    assert suppressed([[3, 20, 9]], column_totals=False).counts == ((None, 20, None),)


def test_a_small_total_is_a_small_count():
    table = suppressed([[0, 2], [30, 40]])
    assert table.row_totals[0] is None
    assert table.counts[0][1] is None


def test_counts_that_could_only_be_ones_are_not_left_to_be_understood():
    table = suppressed([[1, 1, 30]], column_totals=False)
    assert table.withheld > 2


def test_a_zero_is_shown():
    assert suppressed([[0, 9], [7, 6]]).counts[0][0] == 0


@pytest.mark.parametrize("counts", [[], [[]], [[1], [1, 2]], [[-1]]])
def test_what_is_no_table_is_refused(counts: list[list[int]]):
    with pytest.raises(ValueError, match="count"):
        suppressed(counts)


def reckonable(counts: list[list[int]], table: PublicTable, *, rows: bool, columns: bool) -> list[int]:
    """The withheld numbers that the shown ones determine, solved as linear equations."""
    height, width = len(counts), len(counts[0])
    true = {(i, j): counts[i][j] for i, j in product(range(height), range(width))}
    true |= {(i, width): sum(counts[i]) for i in range(height)} if rows else {}
    true |= {(height, j): sum(row[j] for row in counts) for j in range(width)} if columns else {}
    true |= {(height, width): sum(map(sum, counts))} if rows and columns else {}
    shown = {(i, j): table.counts[i][j] for i, j in product(range(height), range(width))}
    shown |= {(i, width): table.row_totals[i] for i in range(height)} if rows else {}
    shown |= {(height, j): table.column_totals[j] for j in range(width)} if columns else {}
    shown |= {(height, width): table.total} if rows and columns else {}
    assert all(value is None or value == true[cell] for cell, value in shown.items())
    unknown = [cell for cell, value in shown.items() if value is None]
    lines = [[(i, j) for j in range(width + 1)] for i in range(height + 1) if rows and (i < height or columns)]
    lines += [[(i, j) for i in range(height + 1)] for j in range(width + 1) if columns and (j < width or rows)]
    matrix = [[Fraction((-1 if cell == line[-1] else 1) if cell in line else 0) for cell in unknown] for line in lines]
    pivots = _reduced(matrix)
    return [true[unknown[j]] for row, j in pivots if sum(value != 0 for value in matrix[row]) == 1]


def _reduced(matrix: list[list[Fraction]]) -> list[tuple[int, int]]:
    pivots: list[tuple[int, int]] = []
    for j in range(len(matrix[0]) if matrix else 0):
        row = next((i for i in range(len(pivots), len(matrix)) if matrix[i][j]), None)
        if row is None:
            continue
        top = len(pivots)
        matrix[top], matrix[row] = matrix[row], matrix[top]
        matrix[top] = [value / matrix[top][j] for value in matrix[top]]
        for i, other in enumerate(matrix):
            if i != top and other[j]:
                matrix[i] = [a - other[j] * b for a, b in zip(other, matrix[top], strict=True)]
        pivots.append((top, j))
    return pivots


@settings(max_examples=400, deadline=None)
@given(TABLES, st.booleans(), st.booleans())
def test_no_small_count_can_be_reckoned_from_what_is_shown(counts: list[list[int]], rows: bool, columns: bool):  # noqa: FBT001 - hypothesis gives them
    table = suppressed(counts, row_totals=rows, column_totals=columns)
    assert not any(0 < value < 5 for row in table.counts for value in row if value is not None)
    assert not any(0 < value < 5 for value in (*table.row_totals, *table.column_totals) if value is not None)
    assert [value for value in reckonable(counts, table, rows=rows, columns=columns) if 0 < value < 5] == []
