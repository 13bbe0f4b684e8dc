"""The rows of a table read by the columns of its kind: entries, and every fault with its row and column."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.domain import privacy_guard
from app.domain.table_imports.columns import CellInvalid, Column, ImportKind, KnownPlace, folded, read_cell
from app.domain.table_imports.tables import MAX_CELL, Fault, Table, TableRow, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_FAULTS: Final = 200
"""Faults and cautions told at most, of each; the rest are counted."""
_HEADINGS_TOLD: Final = 60


@dataclass(frozen=True)
class Entry:
    """A row that can be imported: its number, what it is known by, and the value of each column that the file has.

    `natural` is what tells it from others without a reference.
    """

    number: int
    reference: str
    natural: tuple[str, ...]
    label: str
    values: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What the record is known by from one import to the next."""
        parts = ("ref", folded(self.reference)) if self.reference else ("row", *self.natural)
        return f"import:{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:40]}"


@dataclass(frozen=True)
class ReadRows:
    """What a table holds. `cautions` do not stand in the way: columns that are not read, texts to look at again."""

    entries: tuple[Entry, ...] = ()
    faults: tuple[Fault, ...] = ()
    cautions: tuple[Fault, ...] = ()


def read_rows(kind: ImportKind, table: Table, places: Sequence[KnownPlace], language: str = "sv") -> ReadRows:
    """The entries of the table, or what is wrong in it. `language` is that of the headings that faults name.

    Never raises for what the table holds.
    """
    try:
        headed = _Headed(kind, table.rows[0], language)
    except Unreadable as refused:
        return ReadRows(faults=(refused.fault,))
    if len(table.rows) == 1:
        return ReadRows(
            faults=(Fault(0, "", "Filen har rubriker men inga rader.", "The file has headings but no rows."),)
        )
    reader = _Reader(headed, places)
    for cell in table.faults:
        column = headed.columns.get(cell.column)
        if column is not None:
            reader.faults.append(Fault(cell.row, column.heading(language), cell.sv, cell.en))
            reader.spoilt.add((cell.row, cell.column))
    entries = [entry for row in table.rows[1:] if (entry := reader.entry(row)) is not None]
    faults = [*headed.faults, *reader.faults, *_twice(entries)]
    return ReadRows(tuple(entries), tuple(sorted(faults, key=lambda f: f.row)), (*headed.cautions, *reader.cautions))


def natural_key(kind: ImportKind, values: Mapping[str, Any]) -> tuple[str, ...]:
    """What tells a row from others: its own words, folded, and the ids of places."""
    return tuple(_key_part(name, values) for name in kind.key)


def _key_part(name: str, values: Mapping[str, Any]) -> str:
    if name == "user":
        return folded(str(values.get("username") or values.get("email") or ""))
    value = values.get(name)
    if isinstance(value, dict):
        return str(value["id"])
    return folded(str(value or ""))


class _Headed:
    """Which column of the file is which of the kind's."""

    def __init__(self, kind: ImportKind, row: TableRow, language: str) -> None:
        self.kind, self.language = kind, language
        self.faults: list[Fault] = []
        self.cautions: list[Fault] = []
        self.columns: dict[int, Column] = {}
        self.missing: set[str] = set()
        known = {heading: column for column in reversed(kind.columns) for heading in column.headings()}
        # A heading's own word goes before another column's word for the same.
        known |= {folded(text): column for column in kind.columns for text in (column.sv, column.en)}
        for place, text in enumerate(row.cells):
            column = known.get(folded(text))
            if column is None:
                if text:
                    self._unknown(row.number, text)
            elif column in self.columns.values():
                self._again(row.number, text)
            else:
                self.columns[place] = column
        if not self.columns:
            raise Unreadable(*_no_headings(kind), row=row.number)
        self._require(row.number)

    def _unknown(self, number: int, text: str) -> None:
        sv, en = "Kolumnen känns inte igen och läses inte in.", "The column is not known, and is not read."
        self.cautions.append(Fault(number, text[:_HEADINGS_TOLD], sv, en))

    def _again(self, number: int, text: str) -> None:
        sv, en = "Två kolumner har den rubriken. Ta bort den ena.", "Two columns have that heading. Remove one."
        self.faults.append(Fault(number, text[:_HEADINGS_TOLD], sv, en))

    def _require(self, number: int) -> None:
        for column in self.kind.columns:
            if column.required and column not in self.columns.values():
                self.missing.add(column.name)
                sv, en = "Kolumnen saknas men måste finnas.", "The column is missing but must be there."
                self.faults.append(Fault(number, column.heading(self.language), sv, en))


def _no_headings(kind: ImportKind) -> tuple[str, str]:
    return (
        f"Första raden ska ha rubriker, som i mallen: {', '.join(c.sv for c in kind.columns[:4])} …",
        f"The first row must have headings, as in the template: {', '.join(c.en for c in kind.columns[:4])} …",
    )


class _Reader:
    """One table on its way to entries."""

    def __init__(self, headed: _Headed, places: Sequence[KnownPlace]) -> None:
        self.headed, self.kind, self.places = headed, headed.kind, places
        self.faults: list[Fault] = []
        self.cautions: list[Fault] = []
        self.spoilt: set[tuple[int, int]] = set()

    def entry(self, row: TableRow) -> Entry | None:
        """The entry of a row; None when something in it will not do."""
        values: dict[str, Any] = {}
        for place, column in self.headed.columns.items():
            if (row.number, place) not in self.spoilt:
                self._cell(row, place, column, values)
        # What has its own fault is not judged together with the rest as if it were empty.
        told = {column.name for column in self.headed.columns.values()} - set(values) | self.headed.missing
        wrong = [(name, sv, en) for name, sv, en in self.kind.check(values) if name not in told]
        for name, sv, en in wrong:
            self._fault(row.number, self.kind.column(name), sv, en)
        if wrong or told:
            return None
        for name, sv, en in self.kind.advise(values):
            self._caution(row.number, self.kind.column(name), sv, en)
        reference = str(values.pop("reference", None) or "")
        label = str(values.get(self.kind.label) or "")
        return Entry(row.number, reference, natural_key(self.kind, values), label, values)

    def _cell(self, row: TableRow, place: int, column: Column, values: dict[str, Any]) -> None:
        text = row.cell(place)
        if len(text) > MAX_CELL:
            self._fault(row.number, column, *_too_long())
            return
        try:
            values[column.name] = read_cell(column, text, self.places)
        except CellInvalid as fault:
            self._fault(row.number, column, fault.sv, fault.en)
            return
        if column.guarded and len(self.cautions) < MAX_FAULTS:
            found = privacy_guard.examine(text)
            # The same text may hold the same sort of thing many times: once is enough to look again.
            said = {finding.kind: finding for finding in found}.values()
            for finding in said:
                self._caution(row.number, column, finding.sv, finding.en)

    def _caution(self, number: int, column: Column, sv: str, en: str) -> None:
        if len(self.cautions) < MAX_FAULTS:
            self.cautions.append(Fault(number, column.heading(self.headed.language), sv, en))

    def _fault(self, number: int, column: Column, sv: str, en: str) -> None:
        self.faults.append(Fault(number, column.heading(self.headed.language), sv, en))


def _too_long() -> tuple[str, str]:
    return (
        f"Cellen har fler än {MAX_CELL} tecken. Finns det ett citattecken för mycket?",
        f"The cell has more than {MAX_CELL} characters. Is there a quotation mark too many?",
    )


def _twice(entries: Sequence[Entry]) -> list[Fault]:
    """Rows that would be the same record. Two with references of their own may read alike."""
    by_key: dict[str, Entry] = {}
    alike: dict[tuple[str, ...], Entry] = {}
    faults = []
    for entry in entries:
        first = by_key.setdefault(entry.key, entry)
        other = alike.setdefault(entry.natural, entry)
        if first is entry and other is not entry and not (entry.reference and other.reference):
            first = other
        if first is not entry:
            sv, en = f"Samma som rad {first.number}. Ta bort den ena.", f"The same as row {first.number}. Remove one."
            faults.append(Fault(entry.number, "", sv, en))
    return faults
