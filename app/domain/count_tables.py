"""Tables of counts that may be shown to the public: small counts withheld, and as many others as that takes.

A zero is shown: it points at nobody. A count of one to four at a place and for an age group can point somebody out. It
is withheld; but where the totals are shown, the rest of the row or the column gives it away. So more counts are
withheld, the smallest that do, until no withheld small count can be reckoned from what is shown.

That is a question about a graph. Rows and columns (the row of totals and the column of totals among them) are its
points, and each withheld count is a line between its row and its column. A count can be reckoned exactly when its line
is a bridge: when no other way of withheld counts leads between its ends. Where totals are not shown, nothing can be
reckoned along that row or column: all such rows and columns are one point, through which a way is always open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

from app.domain.small_counts import LEAST

MAX_CELLS: Final = 2_500
"""Counts in one table; a larger one is divided."""

Cell = tuple[int, int]
Point = tuple[str, int]
_FREE: Final[Point] = ("free", 0)
_DEAR: Final = 10**12
"""What it costs to withhold a zero: more than any other count, since a zero withheld looks like somebody."""


@dataclass(frozen=True)
class PublicTable:
    """A table as it may be shown; None stands for a count that is withheld. Totals are empty where none are shown."""

    counts: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...] = ()
    column_totals: tuple[int | None, ...] = ()
    total: int | None = None

    @property
    def withheld(self) -> int:
        """How many numbers are withheld, totals included."""
        shown = [*(count for row in self.counts for count in row), *self.row_totals, *self.column_totals]
        return sum(count is None for count in shown)


def suppressed(
    counts: Sequence[Sequence[int]], *, row_totals: bool = True, column_totals: bool = True, least: int = LEAST
) -> PublicTable:
    """The table with its small counts withheld, and what would give them away.

    `counts` are rows of equally many counts, without totals; `row_totals` and `column_totals` say which totals are to
    be shown beside them, and are reckoned here. The sum of all is shown when both are. Raises ValueError for negative
    counts, rows of unequal length, and tables without counts or with more than MAX_CELLS.
    """
    _check(counts)
    grid = [[*row, sum(row)] for row in counts]
    grid.append([sum(column) for column in zip(*grid, strict=True)])
    table = _Table(grid, row_totals=row_totals, column_totals=column_totals)
    hidden = {cell for cell in table.shown if 0 < table.count(cell) < least}
    small = sorted(hidden)
    for cell in small:
        hidden |= table.way_round(cell, hidden)
    while crowded := table.all_ones(hidden):
        hidden.add(crowded)
        hidden |= table.way_round(crowded, hidden)
    return table.published(hidden)


def _check(counts: Sequence[Sequence[int]]) -> None:
    widths = {len(row) for row in counts}
    if len(widths) != 1 or widths == {0}:
        raise ValueError("a table has at least one count, and as many in each row")
    if len(counts) * len(counts[0]) > MAX_CELLS:
        raise ValueError(f"a table has at most {MAX_CELLS} counts")
    if any(count < 0 for row in counts for count in row):
        raise ValueError("a count is not negative")


class _Table:
    """The counts with all their totals, and which of them are shown."""

    def __init__(self, grid: list[list[int]], *, row_totals: bool, column_totals: bool) -> None:
        self.grid, self.rows, self.columns = grid, len(grid) - 1, len(grid[0]) - 1
        self.row_totals, self.column_totals = row_totals, column_totals
        self.shown = [
            (i, j)
            for i in range(self.rows + 1)
            for j in range(self.columns + 1)
            if (j < self.columns or row_totals) and (i < self.rows or column_totals)
        ]
        self._at: dict[Point, list[Cell]] = {}
        for cell in self.shown:
            for point in set(self.points(cell)):
                self._at.setdefault(point, []).append(cell)

    def count(self, cell: Cell) -> int:
        """The count or total at a place."""
        return self.grid[cell[0]][cell[1]]

    def points(self, cell: Cell) -> tuple[Point, Point]:
        """The row and the column of a number; _FREE for those without a total, along which nothing can be reckoned."""
        row: Point = ("row", cell[0]) if self.row_totals else _FREE
        column: Point = ("column", cell[1]) if self.column_totals else _FREE
        return row, column

    def way_round(self, cell: Cell, hidden: set[Cell]) -> set[Cell]:
        """What to withhold besides, for the number not to be reckoned: the cheapest way from its row to its column."""
        start, goal = self.points(cell)
        best: dict[Point, int] = {start: 0}
        came: dict[Point, tuple[Point, Cell]] = {}
        queue = [(0, start)]
        while queue:
            cost, point = heappop(queue)
            if point == goal or cost > best[point]:
                continue
            for other in self._at[point]:
                if other == cell:
                    continue
                ends = self.points(other)
                to = ends[1] if ends[0] == point else ends[0]
                dearer = cost + (0 if other in hidden else self.count(other) + 1 if self.count(other) else _DEAR)
                if dearer < best.get(to, _DEAR**2):
                    best[to], came[to] = dearer, (point, other)
                    heappush(queue, (dearer, to))
        return _walked(came, start, goal)

    def all_ones(self, hidden: set[Cell]) -> Cell | None:
        """A number to withhold where those withheld in a row or column could only be ones; None where none could."""
        for i, row in enumerate(self.grid[: self.rows]):
            inner = [(i, j) for j in range(self.columns)]
            if self.row_totals and (found := self._crowded(inner, (i, self.columns), row[-1], hidden)):
                return found
        for j in range(self.columns):
            inner = [(i, j) for i in range(self.rows)]
            if self.column_totals and (found := self._crowded(inner, (self.rows, j), self.grid[-1][j], hidden)):
                return found
        return None

    def _crowded(self, inner: list[Cell], total: Cell, whole: int, hidden: set[Cell]) -> Cell | None:
        within = [cell for cell in inner if cell in hidden]
        rest = whole - sum(self.count(cell) for cell in inner if cell not in hidden)
        if total in hidden or not within or rest > len(within):
            return None
        others = [cell for cell in (*inner, total) if cell not in hidden]
        return min(others, key=lambda cell: self.count(cell) or _DEAR)

    def published(self, hidden: set[Cell]) -> PublicTable:
        """The table without what is withheld."""

        def row(i: int, columns: range) -> tuple[int | None, ...]:
            return tuple(None if (i, j) in hidden else self.grid[i][j] for j in columns)

        last_row, last_column = self.rows, self.columns
        has_total = self.row_totals and self.column_totals and (last_row, last_column) not in hidden
        return PublicTable(
            counts=tuple(row(i, range(last_column)) for i in range(last_row)),
            row_totals=tuple(row(i, range(last_column, last_column + 1))[0] for i in range(last_row))
            if self.row_totals
            else (),
            column_totals=row(last_row, range(last_column)) if self.column_totals else (),
            total=self.grid[-1][-1] if has_total else None,
        )


def _walked(came: dict[Point, tuple[Point, Cell]], start: Point, goal: Point) -> set[Cell]:
    found: set[Cell] = set()
    point = goal
    while point != start and point in came:
        point, cell = came[point]
        found.add(cell)
    return found
