"""Meeting plans from spreadsheets: ``organ;datum;manusstopp``, as Excel and others save it.

Separator ``;``, tab or ``,``; UTF-8 with or without a mark, UTF-16, or the Windows code page that a Swedish Excel
writes. Headings may stand in another order, with other columns between; without headings the order is as above. The
manuscript stop is a day, a number of working days before the meeting, or empty.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.meeting_imports import (
    ImportedMeeting,
    ImportedPlan,
    ImportFault,
    Unreadable,
    collected,
    organ_of_cell,
    require_number,
    require_size,
)
from app.domain.swedish_dates import Sentence, long_date
from app.domain.written_dates import WrittenDateInvalid, read_written_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SEPARATORS: Final = ";\t,"
_ORGAN: Final = frozenset({"organ", "nämnd", "instans", "organ/nämnd", "politiskt organ", "nämnd/organ"})
_DATE: Final = frozenset({"datum", "dag", "date", "sammanträdesdag", "sammanträdesdatum", "sammanträde", "mötesdatum"})
_STOP: Final = frozenset({"manusstopp", "manus", "manusdag", "inlämning", "handlingar senast", "manuscript stop"})
_WORKDAYS: Final = re.compile(r"([0-9]{1,3})\s*(?:arbetsdag(?:ar)?|ad|wd)?(?:\s+(?:före|innan))?", re.IGNORECASE)
_MOST_WORKDAYS: Final = 200
_LONGEST_CELL: Final = 500
_COLUMNS: Final = Sentence(
    "Filen ska ha kolumnerna organ, datum och manusstopp, skilda åt med semikolon: organ;datum;manusstopp.",
    "The file must have the columns organ, datum and manusstopp, separated by semicolons: organ;datum;manusstopp.",
)


class _Columns(NamedTuple):
    organ: int
    on: int
    stop: int | None


class _Row(NamedTuple):
    line: int
    cells: list[str]


class _FaultInCell(Exception):
    """A cell that will not do; it becomes an ImportFault with the line of its row."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(sv)
        self.sv = sv
        self.en = en


def read_csv(raw: bytes, names: Mapping[str, str] | None = None) -> ImportedPlan:
    """The meeting plan in a spreadsheet file. ``names`` says which organ a name in the file means.

    Never raises for what the file holds: its faults stand in the plan, with their lines.
    """
    try:
        require_size(raw)
        rows = _rows(_decoded(raw))
    except Unreadable as fault:
        return fault.plan
    return _read(rows, names)


def read_rows(rows: Iterable[tuple[int, Sequence[str]]], names: Mapping[str, str] | None = None) -> ImportedPlan:
    """The meeting plan in the rows of a spreadsheet that another has opened: (number, cells) of each."""
    return _read([_Row(number, list(cells)) for number, cells in rows], names)


def _read(rows: Sequence[_Row], names: Mapping[str, str] | None) -> ImportedPlan:
    try:
        columns, data = _columns(rows)
        require_number(len(data))
    except Unreadable as fault:
        return fault.plan
    return collected(_meeting(row, columns, names or {}) for row in data)


def _decoded(raw: bytes) -> str:
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable(
        "Filen är inte text. Spara bladet som CSV (semikolonavgränsad) och försök igen.",
        "The file is no text. Save the sheet as CSV (semicolon separated) and try again.",
    )


def _rows(text: str) -> list[_Row]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=lambda s: (first.count(s), -_SEPARATORS.index(s)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows = []
    try:
        for cells in reader:
            trimmed = [cell.strip() for cell in cells]
            if any(trimmed):
                rows.append(_Row(reader.line_num, trimmed))
    except csv.Error as error:
        raise Unreadable(
            "Tabellen går inte att läsa härifrån: kontrollera citattecknen.",
            "The table cannot be read from here: check the quotation marks.",
            reader.line_num,
        ) from error
    return rows


def _columns(rows: Sequence[_Row]) -> tuple[_Columns, Sequence[_Row]]:
    """Which column holds what, and the rows below the headings."""
    if not rows:
        raise Unreadable("Filen är tom.", "The file is empty.")
    # A template marks what must be filled in by an asterisk.
    heads = [cell.casefold().rstrip(" *") for cell in rows[0].cells]
    organ, on, stop = (next((i for i, h in enumerate(heads) if h in names), None) for names in (_ORGAN, _DATE, _STOP))
    if organ is not None and on is not None:
        if len(rows) == 1:
            raise Unreadable("Filen har rubriker men inga sammanträden.", "The file has headings but no meetings.")
        return _Columns(organ, on, stop), rows[1:]
    if organ is None and on is None and stop is None and len(heads) > 1 and _is_date(rows[0].cells[1]):
        return _Columns(0, 1, 2), rows
    raise Unreadable(*_COLUMNS, line=rows[0].line)


def _is_date(text: str) -> bool:
    try:
        read_written_date(text)
    except WrittenDateInvalid:
        return False
    return True


def _meeting(row: _Row, columns: _Columns, names: Mapping[str, str]) -> ImportedMeeting | ImportFault:
    try:
        return _read_meeting(row, columns, names)
    except (_FaultInCell, WrittenDateInvalid) as fault:
        return ImportFault(row.line, fault.sv, fault.en)


def _read_meeting(row: _Row, columns: _Columns, names: Mapping[str, str]) -> ImportedMeeting:
    if any(len(cell) > _LONGEST_CELL for cell in row.cells):
        raise _FaultInCell(
            f"En cell har fler än {_LONGEST_CELL} tecken. Finns det ett citattecken för mycket?",
            f"A cell has more than {_LONGEST_CELL} characters. Is there a quotation mark too many?",
        )
    name = _cell(row, columns.organ)
    organ = organ_of_cell(name, names)
    if organ is None:
        raise _FaultInCell(
            f"”{name}” kan inte vara namn på ett organ. Skriv till exempel KS, KF eller Hållbarhetsrådet.",
            f"“{name}” cannot be the name of an organ. Write for example KS, KF or Hållbarhetsrådet.",
        )
    if not _cell(row, columns.on):
        raise _FaultInCell("Datumet saknas.", "The date is missing.")
    on = read_written_date(_cell(row, columns.on))
    stop = _cell(row, columns.stop)
    if not stop:
        return ImportedMeeting(row.line, organ, on)
    workdays = _WORKDAYS.fullmatch(stop)
    if workdays is not None:
        return ImportedMeeting(row.line, organ, on, manuscript_workdays=_bounded(int(workdays[1])))
    stop_on = read_written_date(stop)
    if stop_on > on:
        raise _FaultInCell(
            f"Manusstoppet {long_date(stop_on)} ligger efter sammanträdet {long_date(on)}.",
            f"The manuscript stop {long_date(stop_on, 'en')} is after the meeting {long_date(on, 'en')}.",
        )
    return ImportedMeeting(row.line, organ, on, manuscript_stop_on=stop_on)


def _bounded(workdays: int) -> int:
    if workdays > _MOST_WORKDAYS:
        raise _FaultInCell(
            f"Manusstoppet får vara högst {_MOST_WORKDAYS} arbetsdagar före sammanträdet.",
            f"The manuscript stop may be at most {_MOST_WORKDAYS} working days before the meeting.",
        )
    return workdays


def _cell(row: _Row, column: int | None) -> str:
    return row.cells[column] if column is not None and column < len(row.cells) else ""
