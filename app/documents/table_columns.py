"""How wide the columns of a table are: by their shares, but a day or a long Swedish word is not broken if it fits."""

from typing import Final

from app.documents.blocks import Table

_LETTER: Final = 1.75
"""Millimetres that a letter of a table's text takes, at most."""
_PADDING: Final = 4.0


def column_widths(table: Table, width: float) -> list[float]:
    """The widths of the columns in millimetres; together they are `width`.

    A column gets its share, or what its longest word needs if that is more; the others then share what is left. When
    the longest words do not fit beside each other, the columns are as wide as those words are long.
    """
    needed = [_PADDING + _LETTER * length for length in _longest(table)]
    if sum(needed) >= width:
        return [width * each / sum(needed) for each in needed]
    fixed: dict[int, float] = {}
    while True:
        left = width - sum(fixed.values())
        shares = sum(share for number, share in enumerate(table.widths) if number not in fixed)
        found = [fixed.get(n, left * share / shares) for n, share in enumerate(table.widths)]
        short = {n: needed[n] for n, each in enumerate(found) if n not in fixed and each < needed[n]}
        if not short:
            return found
        fixed |= short


def _longest(table: Table) -> list[int]:
    """The length of the longest word of each column."""
    rows = [table.header, *table.rows]
    return [max((len(word) for row in rows for word in row[n].split()), default=0) for n in range(len(table.header))]
