"""Registers to take home: opened as a spreadsheet program opens them. And the commitment ledger over years."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from app.db.prevention.records import columns_of
from app.db.tables import RECORDS
from app.domain.document_types import PUBLIC_FIELDS
from app.domain.record_rules import RULES
from app.domain.record_words import REGISTERS, heading_of, status_word
from app.services.prevention import registers
from app.web.api.records import PATHS
from tests.web.api.conftest import Caller, Put

By = Callable[[str], Caller]


def lines(answer: Any) -> list[dict[str, str]]:
    """A CSV file as Excel reads it."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


def sheet(answer: Any, number: int = 0) -> list[dict[str, Any]]:
    """A sheet of an XLSX file, each row by its headings."""
    assert answer.status_code == 200, answer.text
    book = load_workbook(io.BytesIO(answer.content))
    headings, *rows = book.worksheets[number].iter_rows()
    return [dict(zip([str(cell.value) for cell in headings], row, strict=True)) for row in rows]


def test_every_column_and_every_state_has_a_swedish_name() -> None:
    assert set(REGISTERS) == set(RECORDS)
    for kind, table in RECORDS.items():
        assert all(heading_of(kind, column) for column in columns_of(table))
        told = {status_word(kind, status) for status in (*RULES[kind].statuses, *RULES[kind].decided_in)}
        assert told.isdisjoint({*RULES[kind].statuses, *RULES[kind].decided_in})


def test_every_register_is_exported_in_every_format(by: By, put: Put) -> None:
    caller = by("soc.rep")
    for kind, path in PATHS.items():
        record = put(kind)
        assert [line["Id"] for line in lines(caller.get(f"/{path}/export"))] == [record]
        assert [row["Id"].value for row in sheet(caller.get(f"/{path}/export?format=xlsx"))] == [record]
        whole = caller.get(f"/{path}/export?format=json")
        assert whole.json()["items"] == [caller.get(f"/{path}/{record}").json()]
        assert whole.headers["content-disposition"].startswith("attachment; filename=")


def test_a_spreadsheet_has_real_dates_swedish_words_and_no_formulas(by: By, put: Put) -> None:
    put(
        "measure", title="=HYPERLINK(A1)", owner="Rektor på Ängsskolan", ends_on=date(2027, 5, 31), status="ongoing",
        extra={"plats": "Ån", "klart": True},
    )  # fmt: skip
    answer = by("soc.rep").get("/measures/export?format=xlsx")
    (row,) = sheet(answer)
    assert row["Slut"].value == datetime(2027, 5, 31)  # noqa: DTZ001  a spreadsheet's day has no zone
    assert row["Slut"].is_date
    assert (row["Läge"].value, row["Ansvarig"].value) == ("pågår", "Rektor på Ängsskolan")
    assert (row["Åtgärd"].value, row["Åtgärd"].data_type) == ("=HYPERLINK(A1)", "s")
    assert row["Övriga uppgifter"].value == "klart: ja; plats: Ån"
    page = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert (page.title, page.freeze_panes) == ("Åtgärder", "A2")
    assert page.column_dimensions["D"].width >= 30
    (line,) = lines(by("soc.rep").get("/measures/export"))
    assert (line["Åtgärd"], line["Slut"], line["Läge"]) == ("'=HYPERLINK(A1)", "2027-05-31", "pågår")
    assert line["Skapad"] == "2026-09-01 08:00"


def test_an_export_has_the_filters_of_the_list(by: By, put: Put) -> None:
    wanted = put("goal", title="Färre rån", year=2025)
    put("goal", title="Fler lampor")
    gone = put("goal", title="Borta", withdrawn_at=datetime.fromisoformat("2026-08-01T00:00:00+00:00"))
    caller = by("soc.rep")
    for query in ("year=2025", "q=rån", "to_year=2025"):
        assert [line["Id"] for line in lines(caller.get(f"/goals/export?{query}"))] == [wanted]
    assert [line["Id"] for line in lines(caller.get("/goals/export?withdrawn=true"))] == [gone]
    assert caller.get("/goals/export?owner=x").status_code == 422
    assert caller.get("/goals/export?format=pdf").status_code == 422


def test_what_everybody_may_read_has_neither_small_counts_nor_names_nor_drafts(by: By, put: Put) -> None:
    crime = "I kvarteret anmäldes 3 rån och 12 stölder."
    adopted = put("situation_picture", status="adopted", crime=crime, extra={"kriterier": "Fem"})
    put("situation_picture", status="draft", crime="Ett utkast")
    put("measure", status="decided", title="Belysning", owner="Kalle", extra={"hemligt": "x"})
    caller = by("soc.rep")
    public = {"audience": "public"}
    (line,) = lines(caller.get("/situation-pictures/export", params=public))
    assert line["Id"] == adopted
    assert line["Brottslighet"] == "I kvarteret anmäldes färre än 5 rån och 12 stölder."
    internal = columns_of(RECORDS["situation_picture"]) - PUBLIC_FIELDS["situation_picture"]
    assert internal
    assert {heading_of("situation_picture", column) for column in internal}.isdisjoint(line)
    (row,) = sheet(caller.get("/situation-pictures/export", params={**public, "format": "xlsx"}))
    assert row["Brottslighet"].value == line["Brottslighet"]
    (whole,) = caller.get("/measures/export", params={**public, "format": "json"}).json()["items"]
    assert whole["extra"] == {}
    assert set(whole["fields"]) <= PUBLIC_FIELDS["measure"]
    assert lines(caller.get("/situation-pictures/export"))[-1]["Brottslighet"] == crime
    refused = caller.get("/incident-reports/export", params=public)
    assert (refused.status_code, refused.json()["detail"][:20]) == (422, "Registret är internt")


def test_more_than_a_table_has_room_for_is_refused_before_anything_is_written(
    by: By, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        put("goal", title="Ett långt mål")
    monkeypatch.setattr(registers, "MAX_ROWS", 2)
    for form in ("csv", "xlsx", "json"):
        assert by("soc.rep").get(f"/goals/export?format={form}").status_code == 422
    monkeypatch.setattr(registers, "MAX_ROWS", 3)
    monkeypatch.setattr(registers, "MAX_CHARACTERS", 100)
    for form in ("csv", "xlsx"):
        assert by("soc.rep").get(f"/goals/export?format={form}").status_code == 413


def test_a_register_larger_than_memory_is_kept_in_comes_whole(
    by: By, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        put("goal", title="Mål " * 200)
    monkeypatch.setattr(registers, "_IN_MEMORY", 100)
    assert len(lines(by("soc.rep").get("/goals/export"))) == 5
    assert len(json.loads(by("soc.rep").get("/goals/export?format=json").content)["items"]) == 5


# --- the commitment ledger -------------------------------------------------------------------------------------------

BOOK = "/municipalities/askersund/commitment-ledger"


@pytest.fixture
def promised(by: By, put: Put) -> dict[str, UUID]:
    """What the police and the church promised over three years."""
    actors = {name: UUID(by(name).get("/me").json()["roles"][0]["scope_id"]) for name in ("polisen", "kyrkan")}
    police = {"actor_id": actors["polisen"], "actor_name": "Polisen"}
    church = {"actor_id": actors["kyrkan"], "actor_name": "Svenska kyrkan"}
    put("commitment", **police, year=2024, title="Fler pass", status="met", result="40 pass")
    put("commitment", **police, year=2025, title="Trygghetsvandring", status="not_met", due_on=date(2025, 10, 1))
    put("commitment", **police, year=2026, title="Skolbesök", status="made", due_on=date(2026, 8, 1))
    put("commitment", **church, year=2025, title="Öppen kyrka", status="partly")
    put("commitment", **church, year=2019, title="För länge sedan", status="met")
    return actors


def test_the_ledger_tells_what_became_of_the_promises_of_years(by: By, promised: dict[str, UUID]) -> None:
    book = by("soc.rep").get(BOOK).json()
    assert (book["from_year"], book["to_year"]) == (2022, 2026)
    assert [(line["actor"], line["year"]) for line in book["actors"]] == [
        ("Polisen", 2024), ("Polisen", 2025), ("Polisen", 2026), ("Svenska kyrkan", 2025),
    ]  # fmt: skip
    first, second, third, _ = book["actors"]
    assert first["tally"] == {"kept": 1, "partly": 0, "not_kept": 0, "open": 0, "overdue": 0}
    assert first["commitments"][0]["result"] == "40 pass"
    assert second["tally"]["not_kept"] == 1
    assert (third["tally"]["open"], third["commitments"][0]["is_overdue"]) == (1, True)
    assert [(year["year"], year["tally"]["partly"]) for year in book["years"]] == [(2024, 0), (2025, 1), (2026, 0)]
    church = by("soc.rep").get(f"{BOOK}?from_year=2010&actor={promised['kyrkan']}").json()
    assert [line["year"] for line in church["actors"]] == [2019, 2025]
    for query in ("from_year=2027", "from_year=2000", "to_year=1999"):
        assert by("soc.rep").get(f"{BOOK}?{query}").status_code == 422


def test_an_external_actor_sees_its_own_page_of_the_ledger(by: By, promised: dict[str, UUID]) -> None:
    assert {line["actor"] for line in by("polisen").get(BOOK).json()["actors"]} == {"Polisen"}
    assert by("polisen").get(f"{BOOK}?actor={promised['kyrkan']}").json()["actors"] == []
    assert by("naringsliv").get(BOOK).json()["actors"] == []
    assert len(lines(by("polisen").get(f"{BOOK}/export?format=csv"))) == 3


def test_the_ledger_is_exported(by: By, promised: dict[str, UUID]) -> None:
    del promised
    answer = by("soc.rep").get(f"{BOOK}/export")
    assert [row["Åtagande"].value for row in sheet(answer)] == [
        "Fler pass", "Trygghetsvandring", "Skolbesök", "Öppen kyrka",
    ]  # fmt: skip
    assert sheet(answer)[1]["Klart senast"].value == datetime(2025, 10, 1)  # noqa: DTZ001  a spreadsheet's day
    assert [row["Utfall"].value for row in sheet(answer)] == ["infriat", "inte infriat", "pågår", "delvis infriat"]
    sums = [[cell.value for cell in row.values()] for row in sheet(answer, 1)]
    assert sums[0] == ["Polisen", 2024, 1, 0, 0, 0, 0]
    assert sums[-1] == ["Alla", 2026, 0, 0, 0, 1, 1]
    assert lines(by("soc.rep").get(f"{BOOK}/export?format=csv"))[0]["Utfall"] == "infriat"
