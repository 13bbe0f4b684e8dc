"""Charts as SVG: horizontal bars with their labels and numbers, in one ink that prints well and has contrast.

The picture is drawn once and put in all three formats. It says nothing that the table beneath it does not say.
"""

from collections.abc import Sequence
from html import escape

WIDTH = 640
_ROW, _BAR, _LABEL, _END = 34, 20, 250, 60
_INK, _TEXT = "#1b4f72", "#1c1c1c"
_FONT = "Libertinus Serif, Georgia, serif"
MAX_LABEL = 38


def bars(rows: Sequence[tuple[str, float]]) -> str:
    """The bars. A number below nought has no bar, only its number."""
    most = max(1e-9, *(value for _, value in rows))
    height = _ROW * len(rows) + 8
    drawn = "".join(_bar(number, label, value, most) for number, (label, value) in enumerate(rows))
    axis = f'<line x1="{_LABEL}" y1="2" x2="{_LABEL}" y2="{height - 2}" stroke="{_TEXT}" stroke-width="1"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
        f"{drawn}{axis}</svg>"
    )


def _bar(number: int, label: str, value: float, most: float) -> str:
    top = 4 + number * _ROW
    length = round(max(0.0, value) / most * (WIDTH - _LABEL - _END), 1)
    base = top + _BAR - 5
    shown = label if len(label) <= MAX_LABEL else label[: MAX_LABEL - 1].rstrip() + "…"
    text = f'font-family="{_FONT}" font-size="15" fill="{_TEXT}"'
    said = f"{value:g}".replace(".", ",")
    return (
        f'<text x="{_LABEL - 8}" y="{base}" text-anchor="end" {text}>{escape(shown)}</text>'
        f'<rect x="{_LABEL}" y="{top}" width="{length}" height="{_BAR}" fill="{_INK}"/>'
        f'<text x="{_LABEL + length + 6}" y="{base}" {text}>{said}</text>'
    )
