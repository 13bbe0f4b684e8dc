"""The registers as pages: measures, the commitment ledger and documents, for those who hold a role of the municipality.

Whoever only answers for an external actor sees its tasks and nothing here.
"""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest

from app.db.prevention import municipalities
from app.db.process import deployments
from app.db.tables import RECORDS
from app.domain.clock import SetClock
from app.domain.ids import new_id
from app.services.documents import Wanted, write
from app.services.installation import Installation
from app.services.process.process_instances import Start, begin_instance
from app.services.unit_of_work import UnitOfWork, begin_system
from app.web.pages import commitment_ledgers, documents, measures
from tests.web.api.test_work_per_completion import counted, listing
from tests.web.conftest import Shown, Visitor

AsPerson = Callable[[str], Visitor]
PATHS = ("/register", "/atgarder", "/atgarder/tabell", "/atagandebok", "/atagandebok/tabell", "/dokument")


def put(uow: UnitOfWork, kind: str, number: int, **values: Any) -> Any:
    """A record of Askersund's; the higher the number, the newer."""
    table: Any = RECORDS[kind]
    at = uow.now + timedelta(seconds=number)
    common = {"municipality_id": "askersund", "source_key": f"prov:{kind}:{number}", "year": 2026, "extra": {}}
    row = table(id=new_id(), created_at=at, updated_at=at, **{**common, **values})
    uow.session.add(row)
    uow.session.flush()
    return row


def begun(uow: UnitOfWork) -> Any:
    definition = deployments.latest(uow.session, "lagesbild", "askersund")
    assert definition is not None
    begin = Start(municipality="askersund", process_key="lagesbild", year=2027, anchor_on=date(2027, 2, 26))
    return begin_instance(uow, begin, definition, None)


@pytest.fixture
def filled(installation: Installation, clock: SetClock) -> str:
    """Two measures, three commitments and two documents; the id of their instance."""
    clock.set(datetime(2027, 1, 11, 8, 0, tzinfo=UTC))
    with begin_system(installation) as uow:
        instance = begun(uow)
        unit = municipalities.units(uow.session, "askersund", None)[0]
        police = municipalities.actors(uow.session, "askersund", None)[0]
        area = put(uow, "problem_area", 1, title="Otrygga stationen")
        cause = put(uow, "cause", 1, title="Mörkt", problem_area_id=area.id)
        put(
            uow,
            "measure",
            1,
            title="Ny belysning",
            status="ongoing",
            ends_on=date(2026, 12, 31),
            owner="Kim Ek",
            department_id=unit.id,
            department_name=unit.name,
            cause_id=cause.id,
            process_instance_id=instance.id,
        )
        put(uow, "measure", 2, title="Fältvandring", status="done", ends_on=date(2026, 12, 31))
        put(
            uow,
            "commitment",
            1,
            title="Patrullera kvällar",
            actor_id=police.id,
            actor_name=police.name,
            status="met",
            year=2025,
            result="Varje fredag",
        )
        put(
            uow,
            "commitment",
            2,
            title="Dela statistik",
            actor_id=police.id,
            actor_name=police.name,
            status="made",
            due_on=date(2026, 11, 30),
        )
        put(uow, "commitment", 3, title="Öppet hus", status="not_met")
        for access in ("public", "internal"):
            write(uow, instance, Wanted("lagesbild", access, "final", "skriv"))
        return str(instance.id)  # fmt: skip


def rows(page: Shown, table: int = 1) -> list[str]:
    found = page.root.xpath(f"(//main//table)[{table}]/tbody/tr")
    return [" ".join(row.text_content().split()) for row in found]


@pytest.mark.parametrize("path", PATHS)
def test_an_external_actor_sees_no_register(as_person: AsPerson, path: str) -> None:
    assert as_person("polisen").get(path).status == 403


def test_another_municipality_is_not_found(as_person: AsPerson) -> None:
    visitor = as_person("nassjo.sakerhetschef")
    assert [visitor.get(path, params={"kommun": "askersund"}).status for path in PATHS] == [404] * len(PATHS)


def test_whoever_is_not_signed_in_signs_in_first(stranger: Visitor) -> None:
    assert [stranger.get(path).url for path in PATHS] == ["/logga-in"] * len(PATHS)


def test_the_way_to_each_register_is_in_the_menu(as_person: AsPerson) -> None:
    page = as_person("soc.rep").get("/register")
    assert page.text("//header//a[@aria-current='page']") == "Register"
    assert page.root.xpath("//main//li/a/@href") == [
        f"/{path}?kommun=askersund" for path in ("atgarder", "atagandebok", "dokument", "lagkoll")
    ]


def test_whoever_may_decide_and_import_finds_that_too(as_person: AsPerson) -> None:
    visitor = as_person("admin")
    addresses = visitor.get("/register").root.xpath("//main//li/a/@href")
    assert addresses[4:] == ["/att-besluta?kommun=askersund", "/importera?kommun=askersund"]
    assert [visitor.get(str(address)).status for address in addresses] == [200] * 6


def test_registers_with_nothing_in_them_say_so(as_person: AsPerson) -> None:
    visitor = as_person("soc.rep")
    for path in ("/atgarder", "/atagandebok", "/dokument"):
        page = visitor.get(path)
        assert page.status == 200
        assert page.text("//p[@class='empty']").startswith("Det finns inga")
        assert not page.root.xpath("//main//table")


def test_a_measure_stands_with_its_owner_problem_day_and_case(filled: str, as_person: AsPerson) -> None:
    page = as_person("soc.rep").get("/atgarder")
    assert page.text("//p[@class='lead']") == "2 åtgärder visas."
    newest, lit = rows(page)
    assert "Fältvandring" in newest
    assert "Genomförd" in newest
    assert "För sent" not in newest
    for told in ("Ny belysning", "Pågår", "Kim Ek", "Otrygga stationen", "31 dec 2026", "För sent"):
        assert told in lit
    assert page.root.xpath("//tbody//a/@href") == [f"/arenden/{filled}"]


def test_measures_are_found_by_words_state_and_department(filled: str, as_person: AsPerson) -> None:
    visitor = as_person("soc.rep")
    page = visitor.get("/atgarder")
    unit = page.root.xpath("//select[@name='forvaltning']/option[2]/@value")[0]
    for chosen in ({"q": "belysningen"}, {"status": "ongoing"}, {"forvaltning": unit}):
        (found,) = rows(visitor.get("/atgarder", params=chosen))
        assert "Ny belysning" in found
    assert rows(visitor.get("/atgarder", params={"q": "belysning", "status": "done"})) == []
    assert len(rows(visitor.get("/atgarder", params={"status": "finns inte", "forvaltning": "inte heller"}))) == 2
    assert visitor.get("/atgarder", params={"q": "a" * 101}).status == 422
    assert visitor.get("/atgarder", params={"efter": "inte ett märke"}).status == 422


def test_the_choice_of_measures_is_taken_home(filled: str, as_person: AsPerson) -> None:
    visitor = as_person("soc.rep")
    page = visitor.get("/atgarder", params={"status": "ongoing"})
    xlsx, csv = page.root.xpath("//main//a[@download]/@href")
    answer = visitor.client.get(xlsx)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert sheet.max_row == 2
    text = visitor.client.get(csv).content.decode("utf-8-sig")
    assert "Ny belysning" in text
    assert "Fältvandring" not in text


def test_the_ledger_tells_each_year_and_each_promise(filled: str, as_person: AsPerson) -> None:
    visitor = as_person("soc.rep")
    page = visitor.get("/atagandebok")
    assert rows(page) == ["2025 1 0 0 0 0", "2026 0 0 1 1 1"]
    kept, shared, nobody = rows(page, 2)
    assert "Patrullera kvällar Varje fredag" in kept
    assert "Infriat" in kept
    assert "Pågår 30 nov 2026 För sent" in shared
    assert "Öppet hus Utan aktör 2026 Inte infriat" in nobody
    assert rows(visitor.get("/atagandebok", params={"fran": 2025, "till": 2025}), 2) == [kept]
    assert rows(visitor.get("/atagandebok", params={"fran": 2025, "till": 2024}), 2) == [kept]
    actor = page.root.xpath("//select[@name='aktor']/option[2]/@value")[0]
    assert rows(visitor.get("/atagandebok", params={"aktor": actor}), 2) == [kept, shared]
    assert visitor.get("/atagandebok", params={"fran": 2000, "till": 2100}).status == 422
    xlsx, csv = page.root.xpath("//main//a[@download]/@href")
    assert openpyxl.load_workbook(io.BytesIO(visitor.client.get(xlsx).content)).sheetnames[1] == "Per aktör och år"
    assert "Dela statistik" in visitor.client.get(csv).content.decode("utf-8-sig")


def test_documents_stand_with_version_access_files_and_case(filled: str, as_person: AsPerson) -> None:
    visitor = as_person("soc.rep")
    page = visitor.get("/dokument")
    assert sorted(word for row in rows(page) for word in ("Intern", "Offentlig") if word in row) == [
        "Intern",
        "Offentlig",
    ]
    assert all("Lägesbild" in row and "11 jan 2027 1" in row for row in rows(page))
    assert set(page.root.xpath("//tbody//th//a/@href")) == {f"/arenden/{filled}"}
    files = page.root.xpath("//tbody//td//a/@href")
    assert len(files) == 6
    assert {visitor.client.get(str(file)).status_code for file in files} == {200}
    assert rows(visitor.get("/dokument", params={"slag": "protokoll"})) == []
    assert len(rows(visitor.get("/dokument", params={"slag": "lagesbild"}))) == 2


def test_the_pages_are_in_english_for_whoever_reads_english(filled: str, as_person: AsPerson) -> None:
    visitor = as_person("sakerhetschef")
    visitor.get("/sprak/en")
    assert visitor.get("/register").text("//h1") == "Registers, Askersunds kommun"
    page = visitor.get("/atgarder")
    assert page.text("//h1") == "Measures, Askersunds kommun"
    assert page.text("//tbody//th//span[@lang='sv'][.='Ny belysning']")
    assert "Situation picture" in visitor.get("/dokument").text("//tbody")
    assert "Not kept" in visitor.get("/atagandebok").text()


def test_what_does_not_fit_on_a_page_is_on_the_next(
    installation: Installation, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (commitment_ledgers, documents, measures):
        monkeypatch.setattr(module, "MOST", 2)
    with begin_system(installation) as uow:
        instance = begun(uow)
        for number in range(1, 4):
            put(uow, "measure", number, title=f"Åtgärd {number}")
            put(uow, "commitment", number, title=f"Åtagande {number}", due_on=date(2026, 10, number))
            write(
                uow, instance, Wanted("lagesbild", "internal" if number > 1 else "public", "working", f"steg {number}")
            )
    visitor = as_person("soc.rep")
    for path, table in (("/atgarder", 1), ("/atagandebok", 2), ("/dokument", 1)):
        first = visitor.get(path)
        assert len(rows(first, table)) == 2
        (address,) = first.root.xpath("//p[@class='more']/a/@href")
        rest = visitor.get(str(address))
        assert len(rows(rest, table)) == 1
        assert set(rows(rest, table)).isdisjoint(rows(first, table))
        assert not rest.root.xpath("//p[@class='more']")


def test_many_rows_cost_no_more_statements_than_one(
    installation: Installation, filled: str, as_person: AsPerson
) -> None:
    visitor = as_person("soc.rep")
    few = {path: statements_of(installation, visitor, path) for path in ("/atgarder", "/atagandebok", "/dokument")}
    with begin_system(installation) as uow:
        for number in range(10, 40):
            area = put(uow, "problem_area", number, title=f"Område {number}")
            cause = put(uow, "cause", number, title="Mörkt", problem_area_id=area.id)
            put(uow, "measure", number, title=f"Åtgärd {number}", cause_id=cause.id, process_instance_id=begun(uow).id)
            put(uow, "commitment", number, title=f"Åtagande {number}", actor_name=f"Aktör {number}")
    for path, before in few.items():
        after = statements_of(installation, visitor, path)
        assert len(after) <= max(len(before), 8), listing(after)


def statements_of(installation: Installation, visitor: Visitor, path: str) -> list[str]:
    with counted(installation) as (statements, _):
        assert visitor.get(path).status == 200
    return statements
