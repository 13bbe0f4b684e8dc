"""Tables as text: what a Swedish spreadsheet program makes of them."""

import csv
from datetime import UTC, date, datetime

import pytest

from app.documents.separated_values import safe_text, write_lines


def test_the_table_is_read_back_as_it_was_meant() -> None:
    row = ("Åsa; Öst", date(2026, 2, 27), datetime(2026, 7, 1, 10, 30, tzinfo=UTC), 61.5, 7, True, None, "Två\nrader")
    written = b"".join(write_lines(["Namn", "Dag", "Tid", "Tal", "Antal", "Ja", "Inget", "Text"], [row]))
    assert written.startswith(b"\xef\xbb\xbfNamn;Dag")
    told = list(csv.reader(written.decode("utf-8-sig").splitlines(keepends=True), delimiter=";"))
    assert told[1] == ["Åsa; Öst", "2026-02-27", "2026-07-01 12:30", "61,5", "7", "ja", "", "Två\nrader"]
    assert len(told) == 2


@pytest.mark.parametrize("text", ["=1+1", "+46 8", "-5", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")'])
def test_what_would_be_a_formula_is_a_text(text: str) -> None:
    assert safe_text(text) == f"'{text}"
    (told,) = list(csv.reader([b"".join(write_lines(["A"], [[text]])).decode().split("\r\n", 1)[1]], delimiter=";"))[:1]
    assert told[0].startswith("'")


@pytest.mark.parametrize("text", ["", "Trygghet", "1=1", "å-ä"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert safe_text(text) == text


def test_a_number_below_nothing_is_a_number() -> None:
    assert b"".join(write_lines(["A"], [[-5.5], [-3]])).decode().split("\r\n")[1:3] == ["-5,5", "-3"]
