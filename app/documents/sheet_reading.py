"""A sheet of an XLSX file read as a table of texts, each cell as a person sees it. For a child process with bounds.

What the package claims of itself is looked at before the library opens it: its unpacked size, macros, and entities,
which no spreadsheet program writes. openpyxl is imported when it is first needed.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Self

from app.domain.table_imports.tables import MAX_CELL, MAX_COLUMNS, MAX_ROWS, CellFault, Table, Unreadable, bounded

MAX_UNPACKED: Final = 60_000_000
"""Bytes in a file, unpacked, by what it claims; no more than that is unpacked of a part whatever it holds."""
MAX_PARTS: Final = 2_000
"""Packed parts in a file."""
_MOST_POSITIONS: Final = 4 * MAX_ROWS
"""Rows that are gone through, the empty ones among them."""
_PROLOGUE: Final = 4_096
_MACROS: Final = re.compile(r"vbaproject|macrosheets/|activex/", re.IGNORECASE)
_FORMULA: Final = (
    "Cellen har en formel vars värde inte är sparat. Öppna filen i ett kalkylprogram, spara, och försök igen.",
    "The cell has a formula whose value is not saved. Open the file in a spreadsheet program, save, and try again.",
)
_ERROR: Final = ("Cellen visar ett fel ({}).", "The cell shows an error ({}).")


def read_sheet(content: bytes, wanted: str) -> Table:
    """The rows of the sheet named so, or of the first one. A formula is its saved value. Raises Unreadable.

    What the library trips over in a damaged file is raised as it is.
    """
    _inspect(content)
    with warnings.catch_warnings():
        # It warns of what it does not keep, such as pictures: nothing is written back.
        warnings.simplefilter("ignore")
        rows, formulas = _rows(content, wanted, values=False)
        if formulas:
            valued, _none = _rows(content, wanted, values=True)
            rows = _with_values(rows, valued, formulas)
    faults = [
        CellFault(number, place, *cell.words)
        for number, cells in rows
        for place, cell in enumerate(cells)
        if isinstance(cell, _Spoilt)
    ]
    return bounded(((number, ["" if isinstance(c, _Spoilt) else c for c in cells]) for number, cells in rows), faults)


class _Spoilt(str):
    """The text of a cell that is no text to import: an error, or a formula without a value."""

    __slots__ = ("words",)
    words: tuple[str, str]

    def __new__(cls, words: tuple[str, str]) -> Self:
        made = super().__new__(cls, words[0])
        made.words = words
        return made


_Cells = list[tuple[int, list[str]]]


def _inspect(content: bytes) -> None:
    """What can be said of the package without reading its sheets. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            names = {entry.filename for entry in entries}
            if len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise Unreadable(
                    "Filen blir för stor när den packas upp. Ta bort bilder och blad som inte behövs.",
                    "The file is too large when it is unpacked. Remove pictures and sheets that are not needed.",
                )
            if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
                raise Unreadable("Filen är ingen XLSX-fil.", "The file is no XLSX file.")
            types = package.read("[Content_Types].xml")
            if any(_MACROS.search(name) for name in names) or b"macroenabled" in types.lower():
                raise Unreadable(
                    "Filen har makron. Spara den som XLSX, utan makron.",
                    "The file has macros. Save it as XLSX, without macros.",
                )
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    _refuse_entities(package, entry)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as fault:
        raise Unreadable(
            "Filen är skadad eller låst med lösenord. Spara den på nytt.",
            "The file is damaged or locked by a password. Save it anew.",
        ) from fault


def _refuse_entities(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    with package.open(entry) as part:
        head = part.read(_PROLOGUE).replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise Unreadable(
            "Filen har en dokumenttyp i sig, som inget kalkylprogram skriver. Spara den på nytt.",
            "The file has a document type in it, which no spreadsheet program writes. Save it anew.",
        )


def _rows(content: bytes, wanted: str, *, values: bool) -> tuple[_Cells, set[tuple[int, int]]]:
    """The rows with something in them by their numbers, and where formulas stand."""
    from openpyxl import load_workbook  # noqa: PLC0415  a library that few requests need

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)
    try:
        sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "iter_rows")]
        if not sheets:
            raise Unreadable("Filen har inget blad.", "The file has no sheet.")
        named = [sheet for sheet in sheets if (sheet.title or "").casefold() == wanted.casefold()]
        sheet: Any = (named or sheets)[0]
        # What the file claims of its size is not to be believed: some programs claim one cell.
        sheet.reset_dimensions()
        rows: _Cells = []
        formulas: set[tuple[int, int]] = set()
        before: object = None
        for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), 1):
            # Rows that the file leaves out are all one and the same, and there may be a million of them.
            if cells is before:
                continue
            before = cells
            texts = list(_texts(number, cells, formulas))
            if any(texts):
                rows.append((number, texts))
            if len(rows) > MAX_ROWS + 1 or (number > _MOST_POSITIONS and any(texts)):
                raise Unreadable(
                    f"Bladet har fler än {MAX_ROWS} rader. Dela upp det.",
                    f"The sheet has more than {MAX_ROWS} rows. Divide it.",
                )
        return rows, formulas
    finally:
        book.close()


def _texts(number: int, cells: Sequence[Any], formulas: set[tuple[int, int]]) -> Iterator[str]:
    for place, cell in enumerate(cells):
        if cell.data_type == "f":
            formulas.add((number, place))
            yield _Spoilt(_FORMULA)
        elif cell.data_type == "e":
            yield _Spoilt((_ERROR[0].format(str(cell.value)[:20]), _ERROR[1].format(str(cell.value)[:20])))
        else:
            yield _text(cell.value)


def _with_values(rows: _Cells, valued: _Cells, formulas: set[tuple[int, int]]) -> _Cells:
    """The rows with the saved values of formulas. One without a value is told as such."""
    known = dict(valued)
    return [
        (
            number,
            [
                (known.get(number, [])[place : place + 1] or [""])[0] or cell if (number, place) in formulas else cell
                for place, cell in enumerate(cells)
            ],
        )
        for number, cells in rows
    ]


def _text(value: Any) -> str:  # noqa: PLR0911  a sort of value a line
    """A cell's value as a person writes it. A longer text than is read is cut just beyond the bound."""
    match value:
        case None:
            return ""
        case str():
            return value[: MAX_CELL + 1]
        case bool():
            return "ja" if value else "nej"
        case datetime():
            return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            return str(value)
        case float():
            return f"{value:.15g}"
    return str(value)[: MAX_CELL + 1]
