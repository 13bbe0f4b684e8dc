"""Tables as text (CSV) for a Swedish spreadsheet program: semicolons, decimal commas, and a mark that says UTF-8.

Without the mark Excel reads å, ä and ö wrong; with a comma between the cells it puts each line in one cell. A text
that begins as a formula does gets an apostrophe before it: a spreadsheet program would carry out `=HYPERLINK(...)`
that somebody wrote in a form.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from app.documents.spreadsheets import Value

MEDIA_TYPE: Final = "text/csv; charset=utf-8"
_MARK: Final = "\ufeff"
_FORMULAS: Final = tuple("=+-@\t\r\n")
_SWEDEN: Final = ZoneInfo("Europe/Stockholm")


def write_lines(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """The table, a line at a time: the headings, then each row as it comes."""
    yield (_MARK + _line([safe_text(heading) for heading in headings])).encode()
    for row in rows:
        yield _line([_cell(value) for value in row]).encode()


def safe_text(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet program would take for a formula."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe_text(value.replace("\x00", ""))
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, float | Decimal):
        return str(value).replace(".", ",")
    if isinstance(value, datetime):
        return (value.astimezone(_SWEDEN) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M")
    return str(value)
