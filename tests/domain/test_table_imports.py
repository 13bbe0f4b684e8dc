"""Tables to import: every fault is told with its row and column, and the same file once more changes nothing."""

from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.record_words import heading_of, status_word
from app.domain.table_imports.columns import KnownPlace, folded
from app.domain.table_imports.kinds import KINDS, kind_named
from app.domain.table_imports.outcomes import Known, digest_of, outcome_of
from app.domain.table_imports.rows import Entry, ReadRows, read_rows
from app.domain.table_imports.tables import (
    MAX_BYTES,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    CellFault,
    Table,
    TableRow,
    Unreadable,
    file_type,
    read_csv_table,
)

MEASURES = kind_named("measures")
SCHOOL = KnownPlace("department", UUID(int=1), "Barn och utbildning")
CHURCH = KnownPlace("actor", UUID(int=2), "Svenska kyrkan")
PLACES = [SCHOOL, CHURCH]


def table(*rows: list[str]) -> Table:
    return Table(tuple(TableRow(number, tuple(cells)) for number, cells in enumerate(rows, 1)))


def read(kind: str, *rows: list[str], language: str = "sv") -> ReadRows:
    return read_rows(kind_named(kind), table(*rows), PLACES, language)


def one(kind: str, heading: str, cell: str) -> ReadRows:
    """A row that is right but for one cell."""
    right = {
        "measures": {"Åtgärd": "Belysning", "Läge": "pågår"},
        "commitments": {"Åtagande": "Läxhjälp", "Aktör": "Svenska kyrkan"},
        "agreements": {"Rubrik": "Samverkan", "Part": "Svenska kyrkan", "Läge": "utkast"},
        "people": {"Namn": "Åsa Berg", "E-post": "asa@exempel.se", "Roll": "Samordnare"},
    }[kind]
    cells = {**right, heading: cell}
    return read(kind, list(cells), list(cells.values()))


BAD_CELLS = [
    ("measures", "Slutdatum", "2026-13-01", "2026-13-01 finns inte i almanackan"),
    ("measures", "Slutdatum", "03/04/2026", "inget datum som bara kan läsas på ett sätt"),
    ("measures", "Slutdatum", "snart", "inget datum"),
    ("measures", "Läge", "", "måste fyllas i"),
    ("measures", "Läge", "igång", "Skriv föreslagen, ej påbörjad, pågår, försenad, genomförd eller avbruten"),
    ("measures", "Åtgärd", "", "måste fyllas i"),
    ("measures", "Åtgärd", "å" * 201, "Högst 200 får plats"),
    ("measures", "Åtgärd", "Samtal med 19900101-0017", "personnummer"),
    ("measures", "Referens", "900101-0017", "personnummer"),
    ("measures", "Beskrivning", "x" * 4001, "Högst 4000"),
    ("measures", "Beskrivning", "x" * (MAX_CELL + 1), "citattecken för mycket"),
    ("measures", "Förvaltning", "Skolan", "kommunens förvaltningar och bolag. Här finns Barn och"),
    ("measures", "Förvaltning", "Svenska kyrkan", "inte bland kommunens förvaltningar och bolag"),
    ("measures", "År", "26", "inget år"),
    ("measures", "År", "²026", "inget år"),
    ("commitments", "Aktör", "Pingstkyrkan", "”Pingstkyrkan” finns inte bland kommunens aktörer"),
    ("commitments", "Läge", "klart", "Skriv öppet, uppfyllt, delvis uppfyllt eller inte uppfyllt"),
    ("agreements", "Läge", "gäller", "ska ha syften och områden (9 §"),
    ("agreements", "Syften", "|".join("abc" for _ in range(51)), "Högst 50 saker"),
    ("people", "E-post", "asa(at)exempel.se", "ser inte ut som"),
    ("people", "E-post", "", "e-postadress eller ett användarnamn"),
    ("people", "Roll", "Kung", "eller något annat i mallens lista."),
    ("people", "Roll", "Kommunfullmäktige", "går inte att välja"),
    ("people", "Roll", "Extern aktör", "gäller för en aktör: säg vilken"),
    ("people", "Namn", "\u2028", "måste fyllas i"),
    ("people", "Från", "1066-10-14", "Året ska vara"),
]


@pytest.mark.parametrize(("kind", "heading", "cell", "said"), BAD_CELLS)
def test_a_bad_cell_is_told_with_its_row_and_column(kind, heading, cell, said):
    cell = cell.strip()
    found = one(kind, heading, cell)
    assert found.entries == ()
    fault = found.faults[0]
    assert {told.row for told in found.faults} == {2}
    assert fault.sentence().startswith(f"Rad 2, kolumn ”{fault.column}”: ")
    assert said in fault.sentence()
    assert "900101" not in fault.sentence() or "almanackan" in said
    assert fault.sentence("en").startswith("Row 2, column “")


GOOD_CELLS: list[tuple[str, str, str, str, Any]] = [
    ("measures", "Slutdatum", "2026-02-27", "ends_on", "2026-02-27"),
    ("measures", "Slutdatum", "27 februari 2026", "ends_on", "2026-02-27"),
    ("measures", "End date", "2026-02-27 00:00", "ends_on", "2026-02-27"),
    ("measures", "Status", "Försenad", "status", "late"),
    ("measures", "läge *", "ongoing", "status", "ongoing"),
    ("measures", "Förvaltning", "barn och  utbildning", "department",
     {"id": str(UUID(int=1)), "name": "Barn och utbildning", "kind": "department"}),
    ("measures", "Beskrivning", "rad ett\r\nrad två", "description", "rad ett\nrad två"),
    ("measures", "Budget", "20  000 kr", "budget", "20 000 kr"),
    ("measures", "Startdatum", "", "starts_on", None),
    ("agreements", "Syften", "Ett | Två\nTre; Fyra", "purposes", ["Ett", "Två", "Tre", "Fyra"]),
    ("people", "Gäller för", "Svenska kyrkan", "scope",
     {"id": str(UUID(int=2)), "name": "Svenska kyrkan", "kind": "actor"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "heading", "cell", "name", "value"), GOOD_CELLS)
def test_a_good_cell_means_what_it_says(kind, heading, cell, name, value):
    found = one(kind, heading, cell) if heading.casefold() not in {"status", "läge *"} else read(
        kind, ["Åtgärd", heading], ["Belysning", cell]
    )  # fmt: skip
    assert found.faults == ()
    assert found.entries[0].values[name] == value


def test_all_faults_are_told_at_once_in_the_order_of_the_rows():
    found = read(
        "measures",
        ["Åtgärd", "Startdatum", "Slutdatum", "Läge"],
        ["A", "2026-02-30", "x", "pågår"],
        ["", "", "", "pågår"],
        ["C", "2026-03-01", "2026-02-01", "pågår"],
        ["D", "2026-03-01", "2026-04-01", "pågår"],
    )
    assert [(f.row, f.column) for f in found.faults] == [
        (2, "Startdatum"), (2, "Slutdatum"), (3, "Åtgärd"), (4, "Slutdatum"),
    ]  # fmt: skip
    assert [entry.label for entry in found.entries] == ["D"]


def test_what_a_cell_says_wrong_does_not_hide_what_the_row_says_wrong():
    found = read("people", ["Namn", "E-post", "Roll"], ["Per Ek", "inte-en-adress", "Kung"])
    assert [(f.row, f.column) for f in found.faults] == [(2, "Roll"), (2, "E-post")]


@pytest.mark.parametrize("kind", ["measure", "commitment", "agreement"])
def test_what_was_taken_home_in_a_spreadsheet_can_be_read_in_again(kind):
    table = KINDS[f"{kind}s"]
    known = {heading for column in table.columns for heading in column.headings()}
    for column in table.columns:
        if column.shape != "place" and column.name not in {"reference", "year"}:
            assert folded(heading_of(kind, column.name)) in known, column.name
    words = table.column("status").choices
    assert {status_word(kind, status) for status in words.values()} <= set(words)


def test_a_column_that_is_missing_is_told_once_and_not_for_each_row():
    found = read("people", ["Namn", "E-post"], ["Per Ek", "per@exempel.se"], ["Bo Ek", "bo@exempel.se"])
    assert [fault.sentence() for fault in found.faults] == [
        "Rad 1, kolumn ”Roll”: Kolumnen saknas men måste finnas."
    ]  # fmt: skip
    assert found.entries == ()


def test_faults_name_the_headings_in_the_readers_language():
    found = read("measures", ["Åtgärd", "Läge"], ["A", "x"], language="en")
    assert found.faults[0].sentence("en").startswith("Row 2, column “Status”: “x” cannot be chosen. Write proposed,")


def test_a_column_that_is_not_known_is_told_and_not_read():
    found = read("measures", ["Åtgärd", "Läge", "Kommentar"], ["A", "pågår", "900101-0017"])
    assert found.faults == ()
    assert found.cautions[0].sentence() == "Rad 1, kolumn ”Kommentar”: Kolumnen känns inte igen och läses inte in."


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (["Åtgärd"], "Rad 1, kolumn ”Läge”: Kolumnen saknas men måste finnas."),
        (["Åtgärd", "Läge", "Titel"], "Rad 1, kolumn ”Titel”: Två kolumner har den rubriken. Ta bort den ena."),
        (["Vecka", "Kostnad"], "Rad 1: Första raden ska ha rubriker, som i mallen: Referens, Åtgärd,"),
    ],
)
def test_headings_that_will_not_do_are_told(headings, said):
    assert read("measures", headings, ["x"] * len(headings)).faults[0].sentence().startswith(said)


def test_a_file_with_headings_alone_has_nothing_in_it():
    assert read("measures", ["Åtgärd", "Läge"]).faults[0].sentence() == "Filen: Filen har rubriker men inga rader."


def test_the_same_row_twice_is_told_by_the_number_of_the_first():
    found = read(
        "measures", ["Åtgärd", "Ansvarig", "Läge"], ["A", "Ö", "pågår"], ["B", "", "pågår"], ["a", "ö", "pågår"]
    )
    assert [fault.sentence() for fault in found.faults] == ["Rad 4: Samma som rad 2. Ta bort den ena."]


def test_two_rows_with_references_of_their_own_may_read_alike():
    rows = [["Referens", "Åtgärd", "Läge"], ["Å-1", "Kurs", "pågår"], ["Å-2", "Kurs", "pågår"]]
    assert read("measures", *rows).faults == ()
    again = read("measures", *rows, ["å-1", "Annat", "pågår"])
    assert [fault.row for fault in again.faults] == [4]


def test_a_text_that_must_be_looked_at_again_is_pointed_out_and_does_not_stop():
    found = read("measures", ["Åtgärd", "Läge", "Beskrivning"], ["A", "pågår", "Ring 070-123 45 67"])
    assert found.faults == ()
    assert "telefonnummer" in found.cautions[0].sentence()


@pytest.mark.parametrize(
    ("kind", "cells", "said"),
    [
        (
            "agreements",
            {
                "Rubrik": "Samverkan",
                "Part": "Svenska kyrkan",
                "Syften": "Tryggare",
                "Områden": "Skolan",
                "Läge": "gäller",
            },
            "Inget visar att båda har skrivit under.",
        ),
        (
            "people",
            {"Namn": "Åsa Berg", "E-post": "asa.berg@example.org", "Roll": "Förvaltningschef"},
            "Utan förvaltning gäller rollen alla förvaltningar i kommunen.",
        ),
    ],
    ids=["an agreement without signatures", "a head without a department"],
)
def test_what_should_be_thought_of_is_pointed_out_and_does_not_stop(kind, cells, said):
    found = read(kind, list(cells), list(cells.values()))
    assert found.faults == ()
    assert [said in caution.sv for caution in found.cautions].count(True) == 1
    assert len(found.entries) == 1


def test_a_cell_that_could_not_be_read_is_a_fault_of_its_column():
    rows = table(["Åtgärd", "Läge"], ["A", ""])
    found = read_rows(MEASURES, Table(rows.rows, (CellFault(2, 1, "En formel.", "A formula."),)), PLACES)
    assert [fault.sentence() for fault in found.faults] == ["Rad 2, kolumn ”Läge”: En formel."]


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_is_read_whatever_program_saved_it(encoding, separator):
    text = f'Åtgärd{separator}Läge\r\n\r\n"Öppet{separator} hus\nför alla"{separator}pågår\r\n'
    found = read_csv_table(text.encode(encoding))
    assert [row.cells for row in found.rows] == [("Åtgärd", "Läge"), (f"Öppet{separator} hus\nför alla", "pågår")]
    assert [row.number for row in found.rows] == [1, 3]


def unreadable(name: str, content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        opened(name, content)
    return refused.value.fault.sentence()


def opened(name: str, content: bytes) -> Table | None:
    return read_csv_table(content) if file_type(name, content) == "csv" else None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "Filen är tom"),
        ("a.csv", b" \r\n ", "Filen är tom"),
        ("a.csv", b";;;\r\n;;", "Filen är tom"),
        ("a.csv", b"PK\x03\x04...", "heter .csv men innehållet är något annat"),
        ("a.xlsx", b"a;b", "heter .xlsx men innehållet är något annat"),
        ("a.csv", b"BEGIN:VCALENDAR", "heter .csv men"),
        ("a.xlsm", b"PK\x03\x04", "makron"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1", "äldre formatet XLS"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1", "låst med lösenord"),
        ("a.pdf", b"%PDF-1.7", "XLSX eller CSV"),
        ("fil", b"a;b", "XLSX eller CSV"),
        ("a.csv", b"%PDF-1.7\x00\x01", "inte text"),
        ("a.csv", b'a;b\r\n"oavslutad;b', "Rad 2: Tabellen går inte att läsa"),
        ("a.csv", b"a" * (MAX_BYTES + 1), "för stor: högst 5 MB"),
        ("a.csv", b"a;" * MAX_COLUMNS + b"b", "fler än 60 kolumner"),
        ("a.csv", b"a\r\n" * (MAX_ROWS + 2), "fler än 5000 rader"),
    ],
)
def test_a_file_that_will_not_do_is_refused_with_the_reason(name, content, said):
    assert said in unreadable(name, content)


def test_as_many_rows_and_columns_as_there_may_be_are_read():
    content = (";".join(["a"] * MAX_COLUMNS) + "\r\n").encode() * (MAX_ROWS + 1)
    assert len(read_csv_table(content).rows) == MAX_ROWS + 1


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    with suppress(Unreadable):
        rows = opened("a.csv", content)
        assert rows is not None
        read_rows(MEASURES, rows, PLACES)


# --- what an import would do -----------------------------------------------------------------------------------------


def entry(**values: Any) -> Entry:
    return Entry(2, "", ("a",), "A", values)


def known(entry_before: Entry, **now: Any) -> Known:
    return Known(UUID(int=9), {**entry_before.values, **now}, entry_before.values, entry_before.key)


def test_the_same_row_changes_nothing_whatever_has_happened_here_since():
    before = entry(title="A", status="ongoing")
    assert outcome_of(MEASURES, before, known(before, status="done")).result == "unchanged"


def test_only_the_cells_that_say_something_else_than_before_are_written():
    before = entry(title="A", status="ongoing", owner="Rektor")
    after = entry(title="A", status="ongoing", owner="Skolchef")
    found = outcome_of(MEASURES, after, known(before, status="done"))
    assert [(c.name, c.before, c.after) for c in found.changes] == [("owner", "Rektor", "Skolchef")]


def test_an_emptied_cell_empties_the_field_but_not_the_status():
    before = entry(title="A", status="ongoing", owner="Rektor")
    found = outcome_of(MEASURES, entry(title="A", status=None, owner=None), known(before))
    assert [(c.name, c.after) for c in found.changes] == [("owner", None)]


def test_a_record_from_a_form_is_left_as_it_is():
    found = outcome_of(MEASURES, entry(title="A", owner="X"), Known(UUID(int=9), {"title": "A"}, None))
    assert (found.result, bool(found.note_sv)) == ("unchanged", True)


def test_a_place_that_has_been_renamed_is_the_same_place():
    before = entry(department={"id": "1", "name": "Skolan"})
    after = entry(department={"id": "1", "name": "Barn och utbildning"})
    assert outcome_of(MEASURES, after, known(before)).result == "unchanged"


def test_the_digest_is_of_what_would_be_done():
    first = outcome_of(MEASURES, entry(title="A"), None)
    other = outcome_of(MEASURES, entry(title="B"), None)
    assert digest_of(MEASURES, [first]) == digest_of(MEASURES, [outcome_of(MEASURES, entry(title="A"), None)])
    assert digest_of(MEASURES, [first]) != digest_of(MEASURES, [other])
    assert digest_of(MEASURES, [first]) != digest_of(MEASURES, [first], ["moves"])


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.id)
def test_every_column_has_headings_of_its_own_and_says_what_it_is_for(kind):
    for language in ("sv", "en"):
        headings = [column.heading(language) for column in kind.columns]
        assert len({h.casefold() for h in headings}) == len(headings)
    assert all(column.help_sv and column.help_en for column in kind.columns)
    assert all(len(column.words("sv")) == len(column.words("en")) for column in kind.columns)
    assert all(column.required for column in kind.columns if column.name == kind.label)
