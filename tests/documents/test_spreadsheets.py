"""Spreadsheets as they are opened again."""

import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from app.documents.spreadsheets import MAX_CELL, Sheet, Value, write_sheet, write_sheets


def opened(written: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(written))


def test_a_text_that_looks_like_a_formula_stays_a_text():
    texts = ["=HYPERLINK(1)", "+46", "#N/A", "@a"]
    page = opened(write_sheet(Sheet("Åtgärder", ["Titel"], [[text] for text in texts]))).worksheets[0]
    assert [(row[0].value, row[0].data_type) for row in page.iter_rows(min_row=2)] == [(text, "s") for text in texts]


def test_dates_are_dates_and_instants_are_the_time_in_sweden():
    rows: list[list[Value]] = [[date(2026, 2, 27), datetime(2026, 7, 1, 22, 30, tzinfo=UTC), 3.5, None]]
    page = opened(write_sheet(Sheet("Dagar", ["Dag", "När", "Tal", "Inget"], rows))).worksheets[0]
    assert [cell.value for cell in page[2]] == [datetime(2026, 2, 27), datetime(2026, 7, 2, 0, 30), 3.5, None]  # noqa: DTZ001  as Excel has them
    assert page["A2"].number_format == "yyyy-mm-dd"


def test_the_headings_stay_in_view_with_a_filter_over_all_rows():
    page = opened(write_sheet(Sheet("Två", ["A", "B"], [["1", "2"], ["3", "4"]]))).worksheets[0]
    assert (page.freeze_panes, page.auto_filter.ref, page["A1"].font.bold) == ("A2", "A1:B3", True)


def test_what_is_chosen_among_is_a_list_in_the_spreadsheet():
    many = [f"val nummer {number}" for number in range(100)]
    book = opened(write_sheets([Sheet("Ett", ["A", "B"], choices={1: many}), Sheet("Två", ["A"], choices={0: ["ja"]})]))
    assert book.sheetnames == ["Ett", "Två", "Val"]
    assert book["Val"].sheet_state == "hidden"
    first, second = (book[name].data_validations.dataValidation[0] for name in ("Ett", "Två"))
    assert (first.formula1, str(first.sqref)) == ("Val!$A$1:$A$100", "B2:B5001")
    assert (second.formula1, book["Val"]["B1"].value) == ("Val!$B$1:$B$1", "ja")


def test_names_of_sheets_are_made_to_fit():
    assert opened(write_sheet(Sheet("Mål/medel: [2026] och mycket mer än så", ["A"]))).sheetnames == [
        "Mål medel   2026  och mycket me"
    ]


def test_a_text_too_long_for_a_cell_is_cut_and_says_so():
    cell = opened(write_sheet(Sheet("A", ["A"], [["å" * 40_000]]))).worksheets[0]["A2"].value
    assert len(cell) == MAX_CELL
    assert cell.endswith("å…")


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_any_text_can_be_written_and_comes_back_but_for_what_xml_cannot_hold(texts):
    page = opened(write_sheet(Sheet("A", ["A"] * len(texts), [texts]))).worksheets[0]
    back = [page.cell(2, number + 1).value or "" for number in range(len(texts))]
    kept = ["".join(c for c in text if c >= " " or c in "\t\n\r") for text in texts]
    clean = [text.replace("\ufffe", "").replace("\uffff", "") for text in kept]
    assert [b.replace("\r\n", "\n").replace("\r", "\n") for b in back] == [
        c.replace("\r\n", "\n").replace("\r", "\n") for c in clean
    ]
