"""Spreadsheets (XLSX) written. openpyxl is imported when it is first needed: few requests need it.

What is written opens in Excel with dates as dates and text as text: a text that begins with `=` stays a text, so that
nothing somebody wrote in a form becomes a formula in somebody else's spreadsheet.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_CELL: Final = 32_767
"""Characters in a cell at most: Excel's own limit. What is longer is cut and ends in an ellipsis."""

Value = str | int | float | Decimal | bool | date | datetime | None
"""What a cell may hold. An aware instant is written as the time in Sweden."""

_Page = Any
"""A sheet that is only written to: the library makes its attributes as it goes, and its types do not know them."""

_SWEDEN: Final = ZoneInfo("Europe/Stockholm")
# XML 1.0, 2.2: these cannot be written at all.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# What Excel does not take in the name of a sheet.
_NOT_IN_TITLES: Final = re.compile(r"[\[\]:*?/\\]")
_LISTS: Final = "Val"
_ROWS_WITH_CHOICES: Final = 5_001
_NARROWEST, _WIDEST = 10, 60


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, its headings, and rows of cells under them.

    `choices` are the values to choose among in a column, counted from 0; anything else is refused by the spreadsheet
    program when it is typed. `notes` are shown where a heading is pointed at. `date_columns` are for days, below the
    last row too. `widths` are in characters.
    """

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]] = ()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    notes: Mapping[int, str] = field(default_factory=dict)
    date_columns: frozenset[int] = frozenset()
    widths: Mapping[int, int] = field(default_factory=dict)


def write_sheets(sheets: Sequence[Sheet], title: str = "", made_at: datetime | None = None) -> bytes:
    """The sheets as an XLSX file: headings in bold that stay in view, a filter, dates as `2026-02-27`.

    `title` is what the file says of itself, and `made_at` when. Rows are taken one at a time, and not kept.
    """
    from openpyxl import Workbook  # noqa: PLC0415  a library that few requests need

    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = title or sheets[0].title, "Trygghetshjulet"
    if made_at is not None:
        book.properties.created = made_at.astimezone(UTC).replace(tzinfo=None)
    lists: list[Sequence[str]] = []
    for sheet in sheets:
        _write(book.create_sheet(title=_sheet_name(sheet.title)), sheet, lists)
    if lists:
        _write_lists(book.create_sheet(title=_LISTS), lists)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def write_sheet(sheet: Sheet, title: str = "", made_at: datetime | None = None) -> bytes:
    """One sheet as an XLSX file."""
    return write_sheets([sheet], title, made_at)


def _sheet_name(title: str) -> str:
    return _NOT_IN_TITLES.sub(" ", title).strip(" '")[:31] or "Blad1"


def _write(page: _Page, sheet: Sheet, lists: list[Sequence[str]]) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415  a library that few requests need

    page.freeze_panes = "A2"
    for number, heading in enumerate(sheet.headings):
        letter = get_column_letter(number + 1)
        width = sheet.widths.get(number, len(heading) + 4)
        page.column_dimensions[letter].width = min(_WIDEST, max(_NARROWEST, width))
        if number in sheet.date_columns:
            page.column_dimensions[letter].number_format = "yyyy-mm-dd"
        if number in sheet.choices:
            lists.append(sheet.choices[number])
            page.data_validations.append(_choice(letter, len(lists), len(sheet.choices[number])))
    page.append([_heading(page, text, sheet.notes.get(number, "")) for number, text in enumerate(sheet.headings)])
    last = 1
    for last, row in enumerate(sheet.rows, 2):  # noqa: B007  the number of the last row is wanted
        page.append([_cell(page, value) for value in row])
    page.auto_filter.ref = f"A1:{get_column_letter(max(1, len(sheet.headings)))}{last}"


def _write_lists(page: _Page, lists: Sequence[Sequence[str]]) -> None:
    """The values to choose among, a column for each list, on a sheet that is not shown."""
    page.sheet_state = "hidden"
    for number in range(max(len(values) for values in lists)):
        page.append([_cell(page, values[number] if number < len(values) else None) for values in lists])


def _choice(letter: str, place: int, number: int) -> Any:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415  a library that few requests need
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415  as above

    column = get_column_letter(place)
    choice = DataValidation(
        type="list", formula1=f"{_LISTS}!${column}$1:${column}${number}", allow_blank=True, showErrorMessage=True,
        errorTitle="Välj i listan", error="Värdet finns inte i listan.",
    )  # fmt: skip
    choice.add(f"{letter}2:{letter}{_ROWS_WITH_CHOICES}")
    return choice


def _heading(page: _Page, text: str, note: str) -> Any:
    from openpyxl.comments import Comment  # noqa: PLC0415  a library that few requests need
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415  as above

    cell = _cell(page, text)
    cell.font, cell.alignment = Font(bold=True), Alignment(vertical="top", wrap_text=True)
    if note:
        cell.comment = Comment(note, "Trygghetshjulet", height=120, width=320)
    return cell


def _cell(page: _Page, value: Value) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  a library that few requests need

    if isinstance(value, str):
        text = _CONTROLS.sub("", value)
        cell: Any = WriteOnlyCell(page, "")
        # Set as a string by force: the library would take `=1+1` for a formula and `#N/A` for an error.
        cell._value = text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"  # noqa: SLF001  no other way in
        cell.data_type = "s"
        return cell
    if isinstance(value, datetime):
        local = value.astimezone(_SWEDEN).replace(tzinfo=None) if value.tzinfo else value
        cell = WriteOnlyCell(page, local.replace(microsecond=0))
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    cell = WriteOnlyCell(page, cast("Any", value))
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell
