"""A file as a table of texts, and its faults. CSV is read here, whatever program saved it.

Separator `;`, tab or `,`; UTF-8 with or without a mark, UTF-16, or the Windows code page that a Swedish Excel writes.
A file that is something else than its name says is refused, and so is one with macros, before anything of it is read.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_BYTES: Final = 5_000_000
"""Bytes in a file at most."""
MAX_ROWS: Final = 5_000
"""Rows below the headings at most."""
MAX_COLUMNS: Final = 60
"""Columns at most."""
MAX_CELL: Final = 10_000
"""Characters in a cell at most."""
MAX_TEXT: Final = 5_000_000
"""Characters in all cells together at most."""

FileType = Literal["csv", "xlsx", "ics"]

_SEPARATORS: Final = ";\t,"
_PACKED: Final = b"PK\x03\x04"
# How the older Excel files begin, and the newer ones when they are locked by a password.
_COMPOUND: Final = b"\xd0\xcf\x11\xe0"
_MACRO_NAMES: Final = (".xlsm", ".xltm", ".xlam")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Fault:
    """Something that will not do: the row as the spreadsheet numbers it (0 is the file), the column's heading, why.

    `column` is empty for a row as a whole.
    """

    row: int
    column: str
    sv: str
    en: str

    def sentence(self, language: str = "sv") -> str:
        """All of it in one sentence: `Rad 7, kolumn ”Slutdatum”: ...`."""
        if language == "en":
            where = f"Row {self.row}" if self.row else "The file"
            return f"{where}{f', column “{self.column}”' if self.column else ''}: {self.en}"
        where = f"Rad {self.row}" if self.row else "Filen"
        return f"{where}{f', kolumn ”{self.column}”' if self.column else ''}: {self.sv}"


@dataclass(frozen=True)
class TableRow:
    """A row that is not empty, with its number in the file, from 1."""

    number: int
    cells: tuple[str, ...]

    def cell(self, column: int) -> str:
        """The cell, empty when the row is shorter."""
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True)
class CellFault:
    """A cell of which no text can be had, such as a formula without a value. `column` counts from 0."""

    row: int
    column: int
    sv: str
    en: str


@dataclass(frozen=True)
class Table:
    """The rows of a file that are not empty, the headings first."""

    rows: tuple[TableRow, ...]
    faults: tuple[CellFault, ...] = ()


class Unreadable(Exception):
    """A file of which nothing can be read, and why."""

    def __init__(self, sv: str, en: str, row: int = 0) -> None:
        super().__init__(en)
        self.fault = Fault(row, "", sv, en)


def file_type(name: str, content: bytes) -> FileType:
    """What the file is, by its content; its name must agree. Raises Unreadable."""
    if len(content) > MAX_BYTES:
        raise Unreadable(
            f"Filen är för stor: högst {MAX_BYTES // 1_000_000} MB.",
            f"The file is too large: at most {MAX_BYTES // 1_000_000} MB.",
        )
    if not content.strip():
        raise Unreadable("Filen är tom.", "The file is empty.")
    wanted = name.lower().rpartition(".")[2] if "." in name else ""
    if name.lower().endswith(_MACRO_NAMES):
        raise _macros()
    if content.startswith(_COMPOUND):
        raise Unreadable(
            "Filen är låst med lösenord eller sparad i det äldre formatet XLS. Spara den som XLSX utan lösenord.",
            "The file is locked by a password or saved in the older format XLS. Save it as XLSX without one.",
        )
    found: FileType = "csv"
    if content.startswith(_PACKED):
        found = "xlsx"
    elif content.lstrip(b"\xef\xbb\xbf \r\n").upper().startswith(b"BEGIN:VCALENDAR"):
        found = "ics"
    claimed = {"csv": "csv", "txt": "csv", "tsv": "csv", "xlsx": "xlsx", "ics": "ics"}.get(wanted)
    if claimed is None:
        raise Unreadable(
            "Filen ska vara XLSX eller CSV, och heta så.", "The file must be XLSX or CSV, and be named so."
        )
    if claimed != found:
        raise Unreadable(
            f"Filen heter .{wanted} men innehållet är något annat. Spara den på nytt i rätt format.",
            f"The file is named .{wanted} but its content is something else. Save it anew in the right format.",
        )
    return found


def _macros() -> Unreadable:
    return Unreadable(
        "Filen kan ha makron. Spara den som XLSX, utan makron.",
        "The file may have macros. Save it as XLSX, without macros.",
    )


def read_csv_table(content: bytes) -> Table:
    """The table in a CSV file. Raises Unreadable."""
    return bounded(_csv_rows(_decoded(content)))


def bounded(rows: Iterable[tuple[int, Sequence[str]]], faults: Iterable[CellFault] = ()) -> Table:
    """The rows that are not empty, within the bounds, with their cells trimmed. Raises Unreadable."""
    kept: list[TableRow] = []
    left = MAX_TEXT
    for number, cells in rows:
        trimmed = tuple(cell.strip() for cell in cells)
        if not any(trimmed):
            continue
        left -= sum(map(len, trimmed))
        if left < 0:
            raise Unreadable("Filen har för mycket text.", "The file has too much text.", number)
        if len(kept) > MAX_ROWS:
            raise Unreadable(
                f"Filen har fler än {MAX_ROWS} rader. Dela upp den.",
                f"The file has more than {MAX_ROWS} rows. Divide it.",
            )
        kept.append(TableRow(number, _without_tail(trimmed, number)))
    if not kept:
        raise Unreadable("Filen är tom.", "The file is empty.")
    return Table(tuple(kept), tuple(faults))


def _without_tail(cells: tuple[str, ...], number: int) -> tuple[str, ...]:
    last = max(place for place, cell in enumerate(cells) if cell)
    if last >= MAX_COLUMNS:
        raise Unreadable(
            f"Raden har fler än {MAX_COLUMNS} kolumner.", f"The row has more than {MAX_COLUMNS} columns.", number
        )
    return cells[: last + 1]


def _decoded(raw: bytes) -> str:
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROLS.search(text) is None:
            return text
    raise Unreadable(
        "Filen är inte text. Spara bladet som CSV (semikolonavgränsad) eller XLSX och försök igen.",
        "The file is no text. Save the sheet as CSV (semicolon separated) or XLSX and try again.",
    )


def _csv_rows(text: str) -> Iterable[tuple[int, Sequence[str]]]:
    """Each row with its number among the rows, as the spreadsheet program shows it: a cell may have several lines."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=lambda s: (first.count(s), -_SEPARATORS.index(s)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells
    except csv.Error as error:
        raise Unreadable(
            "Tabellen går inte att läsa härifrån: kontrollera citattecknen.",
            "The table cannot be read from here: check the quotation marks.",
            number + 1,
        ) from error
