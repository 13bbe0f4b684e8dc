"""Spreadsheets read as tables: what real programs write, and what hostile files hold."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.import_templates import write_csv_template, write_xlsx_template
from app.documents.sheet_reading import MAX_UNPACKED, read_sheet
from app.domain.table_imports.columns import KnownPlace
from app.domain.table_imports.kinds import KINDS
from app.domain.table_imports.rows import read_rows
from app.domain.table_imports.tables import MAX_ROWS, Unreadable, file_type, read_csv_table
from app.services.table_files import read_table


def book(*rows: list[Any], title: str = "Blad1", change: Callable[[Any], None] | None = None) -> bytes:
    made = openpyxl.Workbook()
    page: Any = made.active
    page.title = title
    for row in rows:
        page.append(row)
    if change is not None:
        change(made)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def repacked(content: bytes, more: dict[str, bytes], change: Callable[[str, bytes], bytes] | None = None) -> bytes:
    """The package with parts added or changed."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            new.writestr(entry.filename, change(entry.filename, part) if change else part)
        for name, part in more.items():
            new.writestr(name, part)
    return written.getvalue()


def cells(content: bytes, wanted: str = "") -> list[tuple[str, ...]]:
    return [row.cells for row in read_sheet(content, wanted).rows]


def test_cells_come_as_a_person_sees_them():
    row = ["Åtgärd", date(2026, 2, 27), datetime(2026, 2, 27, 13, 5), 5, 5.0, 0.5, True, time(9, 30), "  text  "]  # noqa: DTZ001  as Excel has them
    assert cells(book(row)) == [
        ("Åtgärd", "2026-02-27", "2026-02-27 13:05", "5", "5", "0.5", "ja", "09:30", "text"),
    ]  # fmt: skip


def test_rows_keep_their_numbers_past_empty_ones():
    found = read_sheet(book(["a"], [], [None, ""], ["b"]), "")
    assert [(row.number, row.cells) for row in found.rows] == [(1, ("a",)), (4, ("b",))]


def test_the_sheet_of_the_kind_is_read_or_else_the_first():
    def more(made: Any) -> None:
        made.create_sheet("Åtgärder").append(["rätt"])

    content = book(["första"], change=more)
    assert cells(content, "åtgärder") == [("rätt",)]
    assert cells(content, "Åtaganden") == [("första",)]


def test_a_formula_without_a_saved_value_is_told_with_its_cell():
    found = read_sheet(book(["a", "b"], ["x", "=1+1"]), "")
    assert [(f.row, f.column) for f in found.faults] == [(2, 1)]
    assert "formel" in found.faults[0].sv


def test_a_formula_with_a_saved_value_is_that_value():
    def valued(name: str, part: bytes) -> bytes:
        return part.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
            b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"
        )

    found = read_sheet(repacked(book(["a", "b"], ["x", "=1+1"]), {}, valued), "")
    assert found.faults == ()
    assert found.rows[1].cells == ("x", "2")


def test_an_error_in_a_cell_is_told():
    found = read_sheet(book(["a"], ["#REF!"]), "")
    assert "fel (#REF!)" in found.faults[0].sv


def refused(content: bytes) -> str:
    with pytest.raises(Unreadable) as found:
        read_sheet(content, "")
    return found.value.fault.sv


def test_macros_are_refused_whatever_the_file_is_named():
    assert "makron" in refused(repacked(book(["a"]), {"xl/vbaProject.bin": b"x"}))
    claimed = repacked(
        book(["a"]), {}, lambda _name, part: part.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")
    )
    assert "makron" in refused(claimed)


def test_a_package_that_unfolds_to_gigabytes_is_refused_before_it_is_unpacked():
    assert "för stor när den packas upp" in refused(repacked(book(["a"]), {"xl/media/x.bin": bytes(MAX_UNPACKED)}))


def test_entities_are_refused():
    def laughing(name: str, part: bytes) -> bytes:
        return b'<!DOCTYPE x [<!ENTITY a "ha">]>' + part if name.startswith("xl/worksheets") else part

    assert "dokumenttyp" in refused(repacked(book(["a"]), {}, laughing))


def test_another_packed_document_is_no_spreadsheet():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr("word/document.xml", "<x/>")
    assert "ingen XLSX-fil" in refused(written.getvalue())


def test_too_many_rows_are_refused():
    made = openpyxl.Workbook(write_only=True)
    page = made.create_sheet("x")
    for number in range(MAX_ROWS + 2):
        page.append([number])
    written = io.BytesIO()
    made.save(written)
    assert "fler än 5000 rader" in refused(written.getvalue())


def test_a_row_far_down_and_a_cell_far_out_cost_nothing():
    def far(made: Any) -> None:
        made.active.cell(1_000_000, 1).value = "här"
        made.active.cell(1, 16_000).value = "långt bort"

    assert "fler än" in refused(book(["a"], change=far))


def test_a_damaged_file_is_refused_by_the_child():
    content = book(["a"], ["b"])
    broken = repacked(content, {}, lambda name, part: part[: len(part) // 2] if "sheet1" in name else part)
    for damaged in (content[:400], content[:-30], broken):
        with pytest.raises(Unreadable):
            read_table("a.xlsx", damaged, "")


def test_the_child_is_ended_when_it_takes_too_long():
    made = openpyxl.Workbook(write_only=True)
    page = made.create_sheet("x")
    for number in range(MAX_ROWS):
        page.append([f"{number} {column}" for column in range(50)])
    written = io.BytesIO()
    made.save(written)
    with pytest.raises(Unreadable) as found:
        read_table("a.xlsx", written.getvalue(), "", cpu_seconds=1)
    assert "för stor eller för invecklad" in found.value.fault.sv


def test_the_child_reads_what_is_read_here():
    content = book(["Åtgärd", "Läge"], ["Belysning", "=1+1"], ["", "#N/A"])
    assert read_table("a.xlsx", content, "") == read_sheet(content, "")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=20), max_size=6),
        max_size=5,
    )
)
def test_what_is_written_is_what_is_read(rows):
    content = book(["huvud"], *[["'" + text for text in row] for row in rows])
    wanted = [tuple(("'" + text).strip() for text in row) for row in rows if row]
    found = [row.cells for row in read_sheet(content, "").rows[1:]]
    assert found == wanted


# --- templates -------------------------------------------------------------------------------------------------------

NAMES = {"department": ["Skolan"], "company": ["Bostäder"], "actor": ["Svenska kyrkan"], "body": ["Rådet"]}
PLACES = [KnownPlace("actor", UUID(int=1), "Svenska kyrkan")]


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.id)
def test_a_template_is_read_by_its_own_kind(kind, language):
    xlsx = read_sheet(write_xlsx_template(kind, NAMES, language), kind.sv)
    content = write_csv_template(kind, language)
    assert content.startswith(b"\xef\xbb\xbf")
    assert file_type("mall.csv", content) == "csv"
    assert [row.cells for row in read_csv_table(content).rows] == [row.cells for row in xlsx.rows]
    found = read_rows(kind, xlsx, PLACES, language)
    assert [fault.sentence() for fault in found.faults] == ["Filen: Filen har rubriker men inga rader."]
    assert found.cautions == ()


@pytest.mark.parametrize("kind", [k for k in KINDS.values() if k.id != "meetings"], ids=lambda kind: kind.id)
def test_the_examples_of_a_template_are_right(kind):
    made = openpyxl.load_workbook(io.BytesIO(write_xlsx_template(kind, NAMES)))
    page, told = made.worksheets[0], made.worksheets[1]
    examples = [told.cell(number + 2, 5).value or "" for number in range(len(kind.columns))]
    places = {c.name: "Svenska kyrkan" for c in kind.columns if c.shape == "place" and c.required}
    page.append([text or places.get(c.name, "") for text, c in zip(examples, kind.columns, strict=True)])
    written = io.BytesIO()
    made.save(written)
    found = read_rows(kind, read_sheet(written.getvalue(), kind.sv), PLACES)
    assert [fault.sentence() for fault in found.faults] == []
    assert len(found.entries) == 1


def test_choices_and_places_can_be_chosen_in_the_template():
    made = openpyxl.load_workbook(io.BytesIO(write_xlsx_template(KINDS["measures"], NAMES)))
    columns = [column.name for column in KINDS["measures"].columns]
    lists = {str(v.sqref)[0]: v.formula1 for v in made.worksheets[0].data_validations.dataValidation}
    assert set(lists) == {
        "ABCDEFGHIJKLMNOP"[columns.index(name)] for name in ("kind", "department", "evidence", "status")
    }
    values = {cell.value for row in made["Val"].iter_rows() for cell in row}
    assert {"social", "pågår", "beprövad", "Skolan", "Bostäder"} <= values
    assert made["Val"].sheet_state == "hidden"
