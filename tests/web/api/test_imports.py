"""Import of tables over HTTP: tried first, all or nothing, and the same file once more changes nothing."""

import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db.prevention import imports, municipalities
from app.db.prevention.measures import Measure
from app.db.session import everything
from app.services.installation import Installation
from app.services.prevention import table_imports
from app.services.process import jobs
from app.services.unit_of_work import UnitOfWork, begin
from app.services.unit_of_work import sign_in_principal as sign_in
from tests.web.api.conftest import Caller

By = Callable[[str], Caller]
IMPORTS = "/municipalities/askersund/imports"

MEASURES = [
    ["Referens", "Åtgärd", "Typ", "Ansvarig", "Förvaltning", "Startdatum", "Slutdatum", "Läge"],
    ["Å-1", "Nattvandring", "social", "Fritidschefen", "Socialförvaltningen", "2026-02-01", "2026-12-31", "pågår"],
    ["Å-2", "Belysning vid stationen", "situationell", "Tekniska", "", "2026-03-01", "2026-10-31", "föreslagen"],
    ["Å-3", "Läxhjälp", "", "Skolan", "", "", "2025-12-31", "genomförd"],
]
COMMITMENTS = [
    ["Åtagande", "Aktör", "Klart senast", "Läge"],
    ["Öppnar lokalen två kvällar", "Svenska kyrkan", "2026-11-30", ""],
    ["Ronderar på fredagar", "Askersundsbostäder", "2026-06-30", "uppfyllt"],
]
AGREEMENTS = [
    ["Rubrik", "Part", "Syften", "Områden", "Gäller från", "Gäller till", "Läge"],
    ["Samverkan 2026", "Polisen, lokalpolisområdet", "Tryggare centrum | Färre brott", "Offentlig plats",
     "2026-01-01", "2027-12-31", "gäller"],
]  # fmt: skip
PEOPLE = [
    ["Namn", "E-post", "Roll", "Gäller för", "Till"],
    ["Åsa Berg", "asa.berg@exempel.se", "Inrapportör", "", "2027-12-31"],
    ["Åsa Berg", "asa.berg@exempel.se", "Förvaltningsrepresentant", "Socialförvaltningen", ""],
    ["Örjan Öst", "orjan@exempel.se", "Extern aktör", "Svenska kyrkan", ""],
]
MEETINGS = [["Organ", "Datum", "Manusstopp"], ["KS", "2027-06-01", "2027-05-14"], ["KF", "2027-06-22", "10"]]
ALL = {
    "measures": MEASURES, "commitments": COMMITMENTS, "agreements": AGREEMENTS, "people": PEOPLE, "meetings": MEETINGS,
}  # fmt: skip


def csv(rows: Sequence[Sequence[str]]) -> bytes:
    quoted = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    return "\r\n".join(quoted).encode("utf-8-sig")


def xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    made = openpyxl.Workbook()
    page: Any = made.active
    for row in rows:
        page.append(list(row))
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def preview(caller: Caller, kind: str, rows: Sequence[Sequence[str]], name: str = "fil.csv") -> Any:
    return caller.post(f"{IMPORTS}/{kind}/preview", files={"file": (name, csv(rows))})


def run(caller: Caller, kind: str, rows: Sequence[Sequence[str]], **query: str) -> Any:
    return caller.post(f"{IMPORTS}/{kind}", files={"file": ("fil.csv", csv(rows))}, params=query)


def counts(answer: Any) -> tuple[int, int, int]:
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return found["created"], found["changed"], found["unchanged"]


def altered(rows: list[list[str]], row: int, heading: str, cell: str) -> list[list[str]]:
    copy = [list(one) for one in rows]
    copy[row][copy[0].index(heading)] = cell
    return copy


@pytest.fixture
def admin(by: By) -> Caller:
    return by("admin")


@pytest.mark.parametrize("kind", ALL)
def test_a_file_is_tried_imported_and_changes_nothing_the_second_time(admin, kind):
    rows = ALL[kind]
    tried = preview(admin, kind, rows)
    assert tried.json()["faults"] == []
    assert counts(tried) == (len(rows) - 1, 0, 0)
    digest = tried.json()["digest"]
    assert counts(run(admin, kind, rows, digest=digest)) == (len(rows) - 1, 0, 0)
    assert counts(preview(admin, kind, rows)) == (0, 0, len(rows) - 1)
    assert counts(run(admin, kind, rows)) == (0, 0, len(rows) - 1)
    assert run(admin, kind, rows, digest=digest).status_code == 409


@pytest.mark.parametrize("kind", ALL)
def test_xlsx_and_csv_say_the_same(admin, kind):
    assert counts(run(admin, kind, ALL[kind]))[0] > 0
    sent = admin.post(f"{IMPORTS}/{kind}/preview", files={"file": ("fil.xlsx", xlsx(ALL[kind]))})
    assert counts(sent) == (0, 0, len(ALL[kind]) - 1), sent.text


@pytest.mark.parametrize(
    ("kind", "row", "heading", "cell", "change"),
    [
        ("measures", 1, "Slutdatum", "2027-03-31", ("Slutdatum", "2026-12-31", "2027-03-31")),
        ("measures", 2, "Åtgärd", "Ny belysning", ("Åtgärd", "Belysning vid stationen", "Ny belysning")),
        ("measures", 1, "Förvaltning", "Folkhälsoteamet", ("Förvaltning", "Socialförvaltningen", "Folkhälsoteamet")),
        ("commitments", 1, "Läge", "delvis uppfyllt", ("Läge", "öppet", "delvis uppfyllt")),
        ("agreements", 1, "Syften", "Lugn", ("Syften", "Tryggare centrum, Färre brott", "Lugn")),
        ("people", 1, "Till", "2028-01-31", ("Till", "2027-12-31", "2028-01-31")),
        ("people", 3, "Namn", "Örjan Öster", ("Namn", "Örjan Öst", "Örjan Öster")),
        ("meetings", 1, "Manusstopp", "2027-05-10", ("Manusstopp", "2027-05-14", "2027-05-10")),
    ],
)
def test_an_altered_file_changes_just_the_altered_rows(admin, kind, row, heading, cell, change):
    assert counts(run(admin, kind, ALL[kind]))[0] > 0
    rows = altered(ALL[kind], row, heading, cell)
    if heading == "Namn":
        rows = [rows[0], *(one for one in rows[1:] if one[0] != "Åsa Berg")]
    tried = preview(admin, kind, rows)
    (changed,) = [one for one in tried.json()["rows"] if one["result"] == "changed"]
    assert changed["changes"] == [dict(zip(("column", "before", "after"), change, strict=True))]
    assert counts(run(admin, kind, rows, digest=tried.json()["digest"]))[1] == 1
    assert counts(preview(admin, kind, rows)) == (0, 0, len(rows) - 1)


def test_every_fault_is_told_and_nothing_is_imported(admin):
    rows = altered(altered(MEASURES, 1, "Slutdatum", "2026-13-01"), 3, "Läge", "klart")
    tried = preview(admin, "measures", rows).json()
    assert tried["digest"] is None
    assert [(f["row"], f["column"]) for f in tried["faults"]] == [(2, "Slutdatum"), (4, "Läge")]
    assert tried["faults"][0]["message"] == "Rad 2, kolumn ”Slutdatum”: 2026-13-01 finns inte i almanackan."
    sent = run(admin, "measures", rows)
    assert sent.status_code == 422
    assert [error["pointer"] for error in sent.json()["errors"]] == ["/rows/2/Slutdatum", "/rows/4/Läge"]
    assert admin.get("/measures?municipality=askersund").json()["items"] == []


def test_faults_are_bounded_and_counted(admin):
    rows = [["Åtgärd", "Läge"], *([f"Nummer {number}", "x"] for number in range(300))]
    tried = preview(admin, "measures", rows).json()
    assert (len(tried["faults"]), tried["fault_count"]) == (200, 300)


def test_faults_are_told_in_english_to_whoever_reads_it(admin):
    files = {"file": ("a.csv", csv(altered(MEASURES, 1, "Läge", "x")))}
    answer = admin.post(f"{IMPORTS}/measures/preview", files=files, headers={"Accept-Language": "en"}).json()
    assert answer["faults"][0]["message"].startswith("Row 2, column “Status”: “x” cannot be chosen.")


def test_a_running_measure_becomes_a_case_with_its_department(admin, installation: Installation):
    adopt(installation)
    assert counts(run(admin, "measures", MEASURES)) == (3, 0, 0)
    jobs.run_due(installation)
    (case,) = admin.get("/process-instances?municipality=askersund&process_key=atgard").json()["items"]
    assert "Nattvandring" in case["name"]
    (task,) = admin.get(f"/user-tasks?view=municipality&process_instance={case['id']}").json()["items"]
    assert task["scope"]["name"] == "Socialförvaltningen"
    # A proposal begins when it has been decided, and what is over does not begin again.
    later = altered(MEASURES, 2, "Läge", "ej påbörjad")
    assert counts(run(admin, "measures", later)) == (0, 1, 2)
    jobs.run_due(installation)
    assert len(admin.get("/process-instances?municipality=askersund&process_key=atgard").json()["items"]) == 2
    run(admin, "measures", later)
    jobs.run_due(installation)
    assert len(admin.get("/process-instances?municipality=askersund&process_key=atgard").json()["items"]) == 2


def test_a_measure_that_has_come_further_is_reported_and_goes_no_way_back(admin):
    run(admin, "measures", MEASURES)
    done = altered(MEASURES, 1, "Läge", "genomförd")
    assert counts(run(admin, "measures", done)) == (0, 1, 2)
    (report,) = admin.get("/status-reports?municipality=askersund").json()["items"]
    assert (report["fields"]["status"], report["fields"]["status_before"]) == ("done", "ongoing")
    # The old file says what it said before it was altered: that would be a step back, and is told as such.
    tried = preview(admin, "measures", MEASURES).json()
    assert [fault["column"] for fault in tried["faults"]] == ["Läge"]
    assert "redan rapporterad som genomförd" in tried["faults"][0]["message"]
    assert [
        f["row"] for f in preview(admin, "measures", altered(MEASURES, 1, "Läge", "föreslagen")).json()["faults"]
    ] == [2]


def test_what_has_happened_here_since_is_not_undone_by_the_same_file(admin, installation: Installation):
    run(admin, "measures", MEASURES)
    with installation.database.transaction() as session:
        everything(session)
        (row,) = [m for m in imports.every(session, Measure, "askersund", locked=True) if m.title == "Nattvandring"]
        row.owner, row.status = "Någon annan", "late"
    assert counts(run(admin, "measures", MEASURES)) == (0, 0, 3)
    # Another change of the row touches just that cell.
    assert counts(run(admin, "measures", altered(MEASURES, 1, "Slutdatum", "2027-01-31"))) == (0, 1, 2)
    found = {m["fields"]["title"]: m["fields"] for m in admin.get("/measures?municipality=askersund").json()["items"]}
    changed = found["Nattvandring"]
    assert (changed["owner"], changed["status"], changed["ends_on"]) == ("Någon annan", "late", "2027-01-31")


def test_a_row_gets_a_reference_afterwards_without_doubling(admin):
    without = [row[1:] for row in MEASURES]
    assert counts(run(admin, "measures", without)) == (3, 0, 0)
    assert counts(run(admin, "measures", MEASURES)) == (0, 0, 3)
    # Now it is known by its reference, whatever else changes.
    assert counts(run(admin, "measures", altered(MEASURES, 1, "Åtgärd", "Kvällsvandring"))) == (0, 1, 2)


def test_the_references_of_two_rows_may_not_lead_to_the_same_record(admin):
    run(admin, "measures", [MEASURES[0], MEASURES[1]])
    both = [MEASURES[0], altered(MEASURES, 1, "Åtgärd", "Annat")[1], ["", *MEASURES[1][1:]]]
    tried = preview(admin, "measures", both).json()
    assert [fault["message"] for fault in tried["faults"]] == ["Rad 3: Raden är samma post som rad 2. Ta bort den ena."]


def test_the_digest_is_refused_when_what_it_confirmed_is_not_true_any_more(admin):
    tried = preview(admin, "commitments", COMMITMENTS).json()
    assert counts(run(admin, "commitments", COMMITMENTS[:2])) == (1, 0, 0)
    late = run(admin, "commitments", COMMITMENTS, digest=tried["digest"])
    assert (late.status_code, late.json()["type"]) == (409, "/problems/conflict")


def test_the_same_key_gets_the_same_answer(admin):
    def send() -> Any:
        return admin.post(
            f"{IMPORTS}/commitments", files={"file": ("a.csv", csv(COMMITMENTS))}, headers={"Idempotency-Key": "k1"}
        )

    first, second = send(), send()
    assert counts(first) == counts(second) == (2, 0, 0)
    assert second.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("kind", ["measures", "people"])
def test_two_imports_at_once_do_not_double(installation: Installation, token: Callable[[str], str], kind):
    def send(_number: int) -> tuple[int, int]:
        with begin(installation) as uow:
            sign_in(uow, "api_token", token("admin"))
            judged = table_imports.run(uow, "askersund", kind, "a.csv", csv(ALL[kind]))
            return judged.count("created"), judged.count("unchanged")

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(send, range(4)))
    assert found == [(0, 3), (0, 3), (0, 3), (3, 0)]


def test_people_are_added_without_a_password_and_hold_their_roles(admin):
    run(admin, "people", PEOPLE)
    (person,) = admin.get("/people?municipality=askersund&q=asa.berg").json()["items"]
    assert (person["username"], person["name"], person["has_password"]) == ("asa.berg@exempel.se", "Åsa Berg", False)
    held = admin.get(f"/role-assignments?municipality=askersund&person={person['id']}").json()["items"]
    mine = [one for one in held if one["person"]["id"] == person["id"]] if "person" in held[0] else held
    assert {one["role"] for one in mine} >= {"reporter", "department_rep"}


def test_a_person_of_another_municipality_gets_a_role_but_keeps_name_and_address(by):
    before = by("drift").get("/people?q=kommunpolis").json()["items"][0]
    rows = [["Användarnamn", "Namn", "Roll"], ["kommunpolis", "Helt Annan", "Kommunpolis"]]
    tried = preview(by("admin"), "people", rows).json()
    assert tried["rows"][0]["result"] == "created"
    assert "lämnas som de är" in tried["rows"][0]["note"]
    assert counts(run(by("admin"), "people", rows))[0] == 1
    assert by("drift").get("/people?q=kommunpolis").json()["items"][0]["name"] == before["name"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["Åsa", "a@exempel.se", "Inrapportör", "", ""], ["Öga", "a@exempel.se", "Samordnare", "", ""]],
         "heter något annat på rad 2"),
        ([["Åsa", "a@exempel.se", "Inrapportör", "", "2020-01-01"]], "Sista dagen har passerat"),
        ([["Åsa", "a@exempel.se", "Inrapportör", "Kyrkan", ""]], "”Kyrkan” finns inte bland kommunens"),
    ],
)  # fmt: skip
def test_rows_of_people_that_cannot_be_are_told(admin, rows, said):
    tried = preview(admin, "people", [PEOPLE[0], *rows]).json()
    assert said in tried["faults"][0]["message"]


def test_a_role_that_is_held_from_another_day_is_told(admin):
    rows = [["Namn", "E-post", "Roll", "Från"], ["Åsa", "a@exempel.se", "Inrapportör", "2026-01-01"]]
    run(admin, "people", rows)
    tried = preview(admin, "people", altered(rows, 1, "Från", "2026-02-01")).json()
    assert "har rollen från 2026-01-01" in tried["faults"][0]["message"]


@pytest.mark.parametrize(
    ("username", "kind", "status"),
    [
        ("sakerhetschef", "measures", 200), ("sakerhetschef", "agreements", 200), ("sakerhetschef", "people", 403),
        ("sakerhetschef", "meetings", 403), ("soc.rep", "measures", 403), ("savsjo.samordnare", "measures", 404),
    ],
)  # fmt: skip
def test_who_may_import_what(by, username, kind, status):
    caller = by(username)
    assert preview(caller, kind, ALL[kind]).status_code == status
    assert run(caller, kind, ALL[kind]).status_code == status
    assert caller.get(f"{IMPORTS}/{kind}/template").status_code == status


def test_a_template_has_the_municipalitys_own_places(admin):
    answer = admin.get(f"{IMPORTS}/commitments/template")
    made = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert {"Svenska kyrkan", "Askersundsbostäder"} <= {c.value for row in made["Val"].iter_rows() for c in row}
    assert "%C3%A5taganden.xlsx" in answer.headers["content-disposition"]
    plain = admin.get(f"{IMPORTS}/commitments/template?format=csv")
    assert plain.content.decode("utf-8-sig").startswith("Referens;Åtagande *;Aktör *;")


def test_the_meetings_that_a_plan_adds_are_changes_of_the_calendar(admin):
    run(admin, "meetings", MEETINGS)
    planned = {
        (m["organ"], m["on"]): m["manuscript_stop_on"]
        for m in admin.get("/municipalities/askersund/meetings").json()["items"]
    }
    assert planned["KS", "2027-06-01"] == "2027-05-14"
    (change,) = admin.get("/municipalities/askersund/calendar-changes").json()["items"]
    assert change["reason"] == "Sammanträdesplanen lästes in från en fil."


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.text("abcåäö -", min_size=1, max_size=8).filter(lambda text: text.strip()),
            st.sampled_from(["", "Rektor", "Skolchef"]),
            st.sampled_from(["", "2026-02-27", "2026-05-01"]),
            st.sampled_from(["föreslagen", "pågår", "genomförd"]),
        ),
        min_size=1,
        max_size=8,
        unique_by=lambda row: (" ".join(row[0].split()).casefold(), row[1], row[2]),
    )
)
def test_any_file_imported_twice_is_imported_once(installation: Installation, token: Callable[[str], str], rows):
    file = csv([["Åtgärd", "Ansvarig", "Startdatum", "Läge"], *map(list, rows)])

    def send(uow: UnitOfWork) -> Any:
        return table_imports.run(uow, "askersund", "measures", "a.csv", file)

    with pytest.raises(ZeroDivisionError), begin(installation) as uow:  # noqa: PT012  undone, so that each example begins anew
        sign_in(uow, "api_token", token("admin"))
        first, second = send(uow), send(uow)
        assert (first.count("created"), second.count("unchanged")) == (len(rows), len(rows))
        assert second.count("created") == second.count("changed") == 0
        raise ZeroDivisionError


def adopt(installation: Installation) -> None:
    """Askersund carries its measures out in cases of their own."""
    with installation.database.transaction() as session:
        everything(session)
        row = municipalities.get(session, "askersund")
        assert row is not None
        processes = [*row.profile["processes"], "atgard"]
        row.profile = {**row.profile, "processes": list(dict.fromkeys(processes))}
        municipalities.touch(session, "askersund")
