"""Lagkoll over HTTP, and the audit file: opened, with every file in it held against its hash."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from lxml import html
from sqlalchemy import event

from app.db.prevention import documents, records
from app.db.prevention.situation_pictures import SituationPicture
from app.db.process import attachments
from app.db.tables import RECORDS
from app.domain.clock import SetClock
from app.domain.ids import new_id
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.web.api.conftest import Caller

By = Callable[[str], Caller]

CHECK = "/municipalities/askersund/legal-check"
FILE = f"{CHECK}/audit-file"
PAGE = b"<!doctype html><title>Bild</title>"
MINUTES = "Protokoll från mötet.".encode()
TEXTS = ("crime", "extent", "consequences", "other_information", "analysis")


@pytest.fixture
def kept(october: Installation, by: By) -> dict[str, Any]:
    """A municipality that keeps the law in October 2026: the ids of its records by name."""
    task = by("soc.rep").get("/user-tasks").json()["items"][0]
    names = "picture plan board council meeting agreement publication camera paper minutes"
    ids: dict[str, Any] = {name: new_id() for name in names.split()}
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("situation_picture", "picture", {"status": "adopted", "adopted_on": date(2026, 2, 27), "title": "=Lägesbild",
                                          "process_instance_id": UUID(task["process_instance_id"]),
                                          "extra": {"andra_analyser": ["Risk- och sårbarhetsanalysen"]},
                                          **dict.fromkeys(TEXTS, "Sagt")}),
        ("action_plan", "plan", {"status": "adopted", "decided_on": date(2026, 3, 24), "paragraph": "§ 39",
                                 "situation_picture_id": ids["picture"]}),
        ("decision", "council", {"organ": "KF", "decided_on": date(2026, 4, 27), "paragraph": "§ 41"}),
        ("meeting", "meeting", {"body": "strategic_council", "held_on": date(2025, 12, 12),
                                "minutes_attachment": ids["minutes"],
                                "extra": {"kommunen_ledde": True, "narvaro": [
                                    {"organisation": "Polisen", "ledande_befattning": True}]}}),
        ("agreement", "agreement", {"title": "Polisen", "purposes": ["Trygghet"], "areas": ["Centrum"],
                                    "signed_municipality_on": date(2026, 1, 1), "signed_party_on": date(2026, 1, 2),
                                    "valid_until": date(2029, 12, 31), "status": "signed"}),
        ("publication", "publication", {"title": "Lägesbild", "published_on": date(2026, 3, 1)}),
    ]  # fmt: skip
    with begin_system(october) as uow:
        for kind, name, values in rows:
            common = {
                "municipality_id": "askersund", "id": ids[name], "source_key": f"prov:{name}", "year": 2026,
                "extra": {}, "created_at": uow.now, "updated_at": uow.now,
            }  # fmt: skip
            uow.session.add(RECORDS[kind](**{**common, **values}))
        uow.session.flush()
        person = UUID(by("soc.rep").get("/me").json()["id"])
        about = {
            "municipality_id": "askersund", "id": ids["minutes"], "user_task_id": UUID(task["id"]),
            "file_name": "Protokoll råd.txt", "media_type": "text/plain", "size": len(MINUTES),
            "sha256": hashlib.sha256(MINUTES).hexdigest(), "uploaded_at": uow.now, "uploaded_by": person,
        }  # fmt: skip
        attachments.add(uow.session, about, MINUTES)
        paper = {
            "municipality_id": "askersund", "id": ids["paper"], "type": "lagesbild", "title": "Lägesbild 2026",
            "confidentiality": "internal", "version": 1, "year": 2026, "status": "final", "content_sha256": "0" * 64,
            "process_instance_id": UUID(task["process_instance_id"]), "sources": [], "produced_at": uow.now,
            "produced_by": "s",
        }  # fmt: skip
        told = {
            "format": "html",
            "media_type": "text/html",
            "size": len(PAGE),
            "sha256": hashlib.sha256(PAGE).hexdigest(),
        }
        documents.add(uow.session, paper, {"html": PAGE}, [told])
    return {name: str(identity) for name, identity in ids.items()}


def states(answer: Any) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {row["paragraph"]: row["state"] for row in answer.json()["items"]}


def test_a_new_municipality_has_its_coordinator_and_nothing_else(by: By) -> None:
    found = by("soc.rep").get(CHECK).json()
    told = {row["paragraph"]: (row["state"], row["state_in_words"]) for row in found["items"]}
    assert found["on"] == "2026-09-01"
    assert told["4"] == ("not_met", "Inte uppfyllt")
    assert told["11-12"] == ("unknown", "Kan inte bedömas")
    assert told["14"] == ("not_applicable", "Gäller inte")
    assert all(row["missing"] for row in found["items"])


def test_what_the_records_show_is_met_with_its_proof(by: By, kept: dict[str, Any]) -> None:
    answer = by("soc.rep").get(CHECK, headers={"Accept-Language": "en"})
    assert {p for p, state in states(answer).items() if state != "met"} == {"14"}
    found = {row["paragraph"]: row for row in answer.json()["items"]}
    assert found["5"]["proof"][0] == {
        "kind": "action_plan", "id": kept["plan"], "name": "Action plan", "title": "", "on": "2026-03-24",
        "minutes_paragraph": "§ 39", "process_instance_id": None, "url": f"/api/v1/action-plans/{kept['plan']}",
    }  # fmt: skip
    assert [row["id"] for row in found["4"]["documents"]] == [kept["paper"]]
    clocks = {clock["title"]: (clock["due_on"], clock["days_left"]) for clock in found["6"]["clocks"]}
    assert clocks["Situation picture brought up to date"] == ("2028-02-27", 514)
    # It was never followed up: counted from the decision.
    assert clocks["Action plan followed up"] == ("2028-03-24", 540)
    for row in found["5"]["proof"]:
        assert by("soc.rep").get(row["url"].removeprefix("/api/v1")).status_code == 200


@pytest.mark.parametrize(
    ("on", "picture", "report"),
    [("2027-01-26", "met", "met"), ("2027-01-27", "met", "soon"), ("2027-11-26", "met", "not_met"),
     ("2027-11-27", "soon", "not_met"), ("2028-02-27", "soon", "not_met"), ("2028-02-28", "not_met", "not_met")],
)  # fmt: skip
def test_a_day_ahead_shows_when_what_runs_out(by: By, kept: dict[str, Any], on: str, picture: str, report: str) -> None:
    found = states(by("soc.rep").get(CHECK, params={"on": on}))
    assert (found["6"], found["13"]) == (picture, report)


def test_a_day_behind_shows_what_stood_then(by: By, kept: dict[str, Any]) -> None:
    found = states(by("soc.rep").get(CHECK, params={"on": "2026-03-23"}))
    assert (found["4"], found["5"], found["13"]) == ("met", "not_met", "not_met")
    before = states(by("soc.rep").get(CHECK, params={"on": "2023-06-30"}))
    assert set(before.values()) == {"not_applicable"}
    assert by("soc.rep").get(CHECK, params={"on": "i dag"}).status_code == 422


def test_a_plan_on_a_picture_adopted_after_it_builds_on_none(
    by: By, kept: dict[str, Any], installation: Installation
) -> None:
    with begin_system(installation) as uow:
        row = records.get(uow.session, SituationPicture, UUID(kept["picture"]))
        assert row is not None
        row.adopted_on = date(2026, 3, 25)
    assert states(by("soc.rep").get(CHECK))["5"] == "not_met"


def test_a_camera_without_its_legal_check_is_named(by: By, kept: dict[str, Any], installation: Installation) -> None:
    with begin_system(installation) as uow:
        common = {"municipality_id": "askersund", "year": 2026, "created_at": uow.now, "updated_at": uow.now,
                  "kind": "kamerabevakning", "status": "decided"}  # fmt: skip
        checked = {"kamera_provad_den": "2026-09-01", "kamera_provning": "KS 2026/77"}
        table: Any = RECORDS["measure"]
        uow.session.add(table(id=new_id(), source_key="k:1", title="Kamera vid torget", extra=checked, **common))
        uow.session.add(table(id=UUID(kept["camera"]), source_key="k:2", title="Kamera i parken", extra={}, **common))
    found = {row["paragraph"]: row for row in by("soc.rep").get(CHECK).json()["items"]}["14"]
    assert found["state"] == "not_met"
    assert "Kamera i parken" in found["missing"]
    assert "torget" not in found["missing"]


def test_a_coordinator_whose_time_is_out_leaves_the_role_vacant(by: By, kept: dict[str, Any], clock: SetClock) -> None:
    held = by("admin").get("/role-assignments?municipality=askersund&role=crime_prevention_coordinator").json()["items"]
    changed = by("admin")("PATCH", f"/role-assignments/{held[0]['id']}", json={"valid_to": "2026-10-01"})
    assert changed.status_code == 200, changed.text
    assert states(by("soc.rep").get(CHECK))["11-12"] == "soon"
    clock.set(datetime(2026, 10, 2, 6, 0, tzinfo=UTC))
    assert states(by("soc.rep").get(CHECK))["11-12"] == "not_met"


def test_the_check_asks_a_fixed_number_of_questions(by: By, kept: dict[str, Any], installation: Installation) -> None:
    caller = by("soc.rep")
    with counted(installation) as few:
        caller.get(CHECK)
    with begin_system(installation) as uow:
        for number in range(40):
            common: dict[str, Any] = {
                "municipality_id": "askersund", "id": new_id(), "source_key": f"m:{number}", "year": 2026,
                "extra": {}, "created_at": uow.now, "updated_at": uow.now,
            }  # fmt: skip
            signed = {"signed_municipality_on": date(2026, 1, 1), "signed_party_on": date(2026, 1, 1)}
            uow.session.add(RECORDS["agreement"](**{**common, **signed}))
            uow.session.add(
                RECORDS["decision"](**{**common, "id": new_id(), "organ": "KF", "decided_on": date(2026, 5, 1)})
            )
    with counted(installation) as many:
        caller.get(CHECK)
    assert len(many) == len(few) < 40


@contextmanager
def counted(installation: Installation) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(installation.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(installation.database.engine, "before_cursor_execute", note)


def opened(answer: Any) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content)
    return zipfile.ZipFile(io.BytesIO(answer.content))


def listed(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig")), delimiter=";"))


def test_the_audit_file_holds_its_proof_and_each_hash_is_right(by: By, kept: dict[str, Any]) -> None:
    answer = by("sakerhetschef").get(FILE)
    assert 'filename="lagkoll-askersund-2026-10-01.zip"' in answer.headers["content-disposition"]
    archive = opened(answer)
    assert archive.testzip() is None
    rows = listed(archive)
    for row in rows:
        if row["Fil"]:
            content = archive.read(row["Fil"])
            assert hashlib.sha256(content).hexdigest() == row["SHA-256"]
            assert len(content) == int(row["Byte"])
    assert {row["Fil"] for row in rows if row["Fil"]} == set(archive.namelist()) - {"index.html", "index.csv"}
    assert list(dict.fromkeys(row["Paragraf"] for row in rows)) == [
        "4 §", "5 §", "6 §", "7 §", "8–9 §§", "10 §", "11–12 §§", "13 §", "14 §",
    ]  # fmt: skip
    by_file = {row["Fil"]: row for row in rows}
    plan = by_file[f"poster/action_plan-{kept['plan']}.json"]
    assert (plan["Läge"], plan["Dag"], plan["§ i protokollet"]) == ("Uppfyllt", "2026-03-24", "§ 39")
    assert archive.read(f"dokument/lagesbild-internal-v1-{kept['paper']}.html") == PAGE
    assert archive.read(f"bilagor/{kept['minutes']}-Protokoll råd.txt") == MINUTES
    record = json.loads(archive.read(f"poster/situation_picture-{kept['picture']}.json"))
    assert record["fields"]["adopted_on"] == "2026-02-27"


def test_the_index_is_a_page_that_links_every_file_and_fetches_nothing(by: By, kept: dict[str, Any]) -> None:
    archive = opened(by("sakerhetschef").get(FILE, headers={"Accept-Language": "en"}))
    page = html.document_fromstring(archive.read("index.html"))
    assert page.get("lang") == "en"
    assert page.xpath("string(//h1)") == "Legal check: Askersunds kommun, Thursday 1 October 2026"
    assert set(page.xpath("//a/@href")) == set(archive.namelist()) - {"index.html", "index.csv"}
    assert not page.xpath("//script | //link | //img | //*[@src]")
    assert "Met" in page.xpath("//h2[starts-with(., '4 §')]/following-sibling::p[1]")[0].text_content()


def test_a_cell_that_a_spreadsheet_would_run_is_text(by: By, kept: dict[str, Any]) -> None:
    raw = opened(by("sakerhetschef").get(FILE)).read("index.csv").decode("utf-8-sig")
    assert "Lägesbild: =Lägesbild" in raw
    assert not [cell for line in csv.reader(io.StringIO(raw), delimiter=";") for cell in line if cell.startswith("=")]


def test_the_same_day_gives_the_same_file(by: By, kept: dict[str, Any]) -> None:
    first, second = by("sakerhetschef").get(FILE).content, by("admin").get(FILE).content
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()


def test_who_audits_or_leads_may_fetch_the_file_and_nobody_else(by: By, kept: dict[str, Any]) -> None:
    for allowed in ("sakerhetschef", "admin", "drift"):
        assert by(allowed).get(FILE).status_code == 200
    for refused in ("soc.rep", "kommunsekreterare", "polisen"):
        assert (refused, by(refused).get(FILE).status_code) == (refused, 403)
    body = {
        "municipality": "askersund", "username": "revisor", "name": "Rut Revisor", "roles": [{"role": "auditor"}],
    }  # fmt: skip
    person = by("admin").post("/people", body).json()["id"]
    made = by("admin").post(f"/people/{person}/tokens", {"name": "prov"}).json()
    assert Caller(by("admin").client, made["token"]).get(FILE).status_code == 200


def test_a_municipality_without_anything_still_has_its_index(by: By) -> None:
    archive = opened(by("nassjo.sakerhetschef").get("/municipalities/nassjo/legal-check/audit-file"))
    (first, *_rest) = listed(archive)
    assert (first["Paragraf"], first["Läge"], first["Fil"]) == ("4 §", "Inte uppfyllt", "")
