"""Templates to fill in for each kind of table: XLSX with a sheet of instructions, or CSV as Excel opens it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from app.documents.spreadsheets import Sheet, write_sheets

if TYPE_CHECKING:
    from app.domain.table_imports.columns import Column, ImportKind

CSV_TYPE = "text/csv; charset=utf-8"
_INSTRUCTIONS = {"sv": "Så fyller du i", "en": "How to fill it in"}
_HEADS = {
    "sv": ["Kolumn", "Måste fyllas i", "Vad som ska stå", "Skrivs som", "Exempel"],
    "en": ["Column", "Must be filled in", "What to write", "Written as", "Example"],
}
_SHAPES = {
    "sv": {"date": "en dag: 2026-02-27", "list": "flera skiljs åt med |", "year": "ett år: 2026"},
    "en": {"date": "a day: 2026-02-27", "list": "several are separated by |", "year": "a year: 2026"},
}
_WIDE = frozenset({"text", "list"})


def write_xlsx_template(kind: ImportKind, places: Mapping[str, Sequence[str]], language: str = "sv") -> bytes:
    """The template as XLSX: headings, lists to choose in, and a second sheet that says what each column is for.

    `places` are the names of the municipality's places by kind: department, company, actor, body.
    """
    columns = kind.columns
    choices = {number: _choices(column, places, language) for number, column in enumerate(columns)}
    table = Sheet(
        title=kind.en if language == "en" else kind.sv,
        headings=[_heading(column, language) for column in columns],
        choices={number: words for number, words in choices.items() if words},
        notes={number: _help(column, language) for number, column in enumerate(columns) if _help(column, language)},
        date_columns=frozenset(number for number, column in enumerate(columns) if column.shape == "date"),
        widths={number: _width(column, language) for number, column in enumerate(columns)},
    )
    instructions = Sheet(
        title=_INSTRUCTIONS[language],
        headings=_HEADS[language],
        rows=[
            *(_row(column, language) for column in columns),
            [],
            [kind.help_en if language == "en" else kind.help_sv],
        ],
        widths={0: 24, 1: 16, 2: 60, 3: 40, 4: 40},
    )
    return write_sheets([table, instructions], title=table.title)


def write_csv_template(kind: ImportKind, language: str = "sv") -> bytes:
    """The headings as CSV: UTF-8 with a mark and semicolons, so that Excel opens it with its columns and åäö."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerow(
        [_heading(column, language) for column in kind.columns]
    )
    return written.getvalue().encode("utf-8-sig")


def _heading(column: Column, language: str) -> str:
    return column.heading(language) + (" *" if column.required else "")


def _help(column: Column, language: str) -> str:
    return column.help_en if language == "en" else column.help_sv


def _choices(column: Column, places: Mapping[str, Sequence[str]], language: str) -> list[str]:
    if column.shape == "choice":
        return column.words(language)
    if column.shape == "place":
        return sorted({name for kind in column.places for name in places.get(kind, ())}, key=str.casefold)
    return []


def _row(column: Column, language: str) -> list[str]:
    needed = {"sv": "ja", "en": "yes"}[language] if column.required else ""
    written = _SHAPES[language].get(column.shape, "")
    if column.shape == "choice":
        written = " / ".join(column.words(language))
    return [column.heading(language), needed, _help(column, language), written, column.example]


def _width(column: Column, language: str) -> int:
    return 50 if column.shape in _WIDE else 30 if column.name == "title" else len(_heading(column, language)) + 6
