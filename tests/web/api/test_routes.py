"""Every route of the API, for somebody without a token, without the right, and from another municipality.

The table is held against the OpenAPI document: a route without a row here fails.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app.db.prevention import documents
from app.db.process import incidents
from app.db.tables import RECORDS
from app.domain.ids import new_id
from app.services.installation import Installation
from app.services.unit_of_work import UnitOfWork, begin_system
from app.web.api.records import PATHS
from app.web.application import create_application
from tests.web.api.conftest import REPORT, Caller

By = Callable[[str], Caller]

DRAWING = {"files": {"process.bpmn": "<x/>"}}
REASON = {"reason": "Därför"}
OCCURRENCE = {"process_key": "strategiskt_rad", "period": "2026"}
CHANGE = {"changes": [{"kind": "add_day_off", "on": "2026-11-02", "name": "Planeringsdag"}]}
SOMEBODY = str(new_id())
NEWCOMER = {"municipality": "askersund", "username": "ny", "name": "Ny", "roles": [{"role": "reporter"}]}
ROLE = {"municipality": "askersund", "person_id": SOMEBODY, "role": "reporter"}
STAND_IN = {
    "municipality": "askersund", "person_id": SOMEBODY, "substitute_id": SOMEBODY, "from_on": "2026-11-01",
    "to_on": "2026-11-05",
}  # fmt: skip
TABLE = {"file": ("a.csv", "Åtgärd;Läge\r\nNattvandring;pågår".encode(), "text/csv")}
TEXT = {"file": ("a.txt", "Protokoll från mötet.".encode(), "text/plain")}


@dataclass(frozen=True)
class Row:
    """A route, what is sent, and who it is not for.

    `stranger` is somebody of the municipality who lacks the right (403); None where everybody there may.
    `outsider` is somebody of another municipality, who learns nothing (404); None where there is no municipality in
    it, and each sees just their own.
    """

    path: str
    options: Mapping[str, Any]
    stranger: str | None = "polisen"
    outsider: str | None = "kommunpolis"


ROWS: dict[str, Row] = {
    "POST /deployments": Row("/deployments?municipality=askersund", {"json": DRAWING}, "sakerhetschef"),
    # A list of what all share and what is one's own.
    "GET /process-definitions": Row("/process-definitions", {}, None, None),
    "POST /process-definitions/check": Row("/process-definitions/check", {"content": b"<x/>"}, None, None),
    "GET /process-definitions/{definition_id}": Row("/process-definitions/{definition}", {}, None),
    "GET /process-definitions/{definition_id}/xml": Row("/process-definitions/{definition}/xml", {}, None),
    "GET /process-definitions/{definition_id}/forms/{key}": Row("/process-definitions/{definition}/forms/f", {}, None),
    "POST /process-instances": Row(
        "/process-instances", {"json": {"process_key": "varv", "municipality": "askersund"}}, "soc.rep"
    ),
    "GET /process-instances": Row("/process-instances?municipality=askersund", {}),
    "GET /process-instances/{instance_id}": Row("/process-instances/{instance}", {}),
    "GET /process-instances/{instance_id}/variables": Row("/process-instances/{instance}/variables", {}, "soc.rep"),
    "PATCH /process-instances/{instance_id}/variables": Row(
        "/process-instances/{instance}/variables", {"json": {"variables": {"a": 1}, **REASON}}, "sakerhetschef"
    ),
    "POST /process-instances/{instance_id}/suspend": Row(
        "/process-instances/{instance}/suspend", {"json": REASON}, "soc.rep"
    ),
    "POST /process-instances/{instance_id}/resume": Row("/process-instances/{instance}/resume", {}, "soc.rep"),
    "POST /process-instances/{instance_id}/cancel": Row(
        "/process-instances/{instance}/cancel", {"json": REASON}, "soc.rep"
    ),
    "GET /process-instances/{instance_id}/diagram-state": Row("/process-instances/{instance}/diagram-state", {}),
    "GET /process-instances/{instance_id}/waiting": Row("/process-instances/{instance}/waiting", {}),
    "GET /process-instances/{instance_id}/history": Row("/process-instances/{instance}/history", {}),
    "GET /user-tasks": Row("/user-tasks?view=municipality&municipality=askersund", {}, "soc.rep"),
    "GET /user-tasks/{task_id}": Row("/user-tasks/{task}", {}, "skola.rep"),
    "POST /user-tasks/{task_id}/claim": Row("/user-tasks/{task}/claim", {}, "skola.rep"),
    "POST /user-tasks/{task_id}/release": Row("/user-tasks/{task}/release", {}, "skola.rep"),
    "POST /user-tasks/{task_id}/assign": Row(
        "/user-tasks/{task}/assign", {"json": {"person_id": str(new_id())}}, "skola.rep"
    ),
    "POST /user-tasks/{task_id}/complete": Row(
        "/user-tasks/{task}/complete", {"json": {"submission": REPORT}}, "skola.rep"
    ),
    "POST /user-tasks/{task_id}/move": Row(
        "/user-tasks/{task}/move", {"json": {"due_on": "2026-11-20", **REASON}}, "skola.rep"
    ),
    "GET /user-tasks/{task_id}/draft": Row("/user-tasks/{task}/draft", {}, "sakerhetschef"),
    "PUT /user-tasks/{task_id}/draft": Row("/user-tasks/{task}/draft", {"json": {"draft": {}}}, "sakerhetschef"),
    "GET /user-tasks/{task_id}/history": Row("/user-tasks/{task}/history", {}, "skola.rep"),
    "GET /user-tasks/{task_id}/comments": Row("/user-tasks/{task}/comments", {}, "skola.rep"),
    "POST /user-tasks/{task_id}/comments": Row("/user-tasks/{task}/comments", {"json": {"body": "Hej"}}, "skola.rep"),
    "GET /user-tasks/{task_id}/form": Row("/user-tasks/{task}/form", {}, "skola.rep"),
    "GET /user-tasks/{task_id}/attachments": Row("/user-tasks/{task}/attachments", {}, "skola.rep"),
    "POST /user-tasks/{task_id}/attachments": Row("/user-tasks/{task}/attachments", {"files": TEXT}, "sakerhetschef"),
    "GET /attachments/{attachment_id}": Row("/attachments/{attachment}", {}, "skola.rep"),
    "GET /documents": Row("/documents?municipality=askersund", {}),
    "GET /documents/{document_id}": Row("/documents/{document}", {}),
    "GET /documents/{document_id}/file": Row("/documents/{document}/file?format=html", {}),
    "GET /jobs": Row("/jobs?municipality=askersund", {}, "soc.rep"),
    "POST /jobs/{job_id}/move": Row(
        "/jobs/{job}/move", {"json": {"due_at": "2026-11-20T08:00:00+01:00", **REASON}}, "sakerhetschef"
    ),
    "GET /jobs/{job_id}": Row("/jobs/{job}", {}, "soc.rep"),
    "GET /incidents": Row("/incidents?municipality=askersund", {}, "soc.rep"),
    "GET /incidents/{incident_id}": Row("/incidents/{incident}", {}, "soc.rep"),
    "POST /incidents/{incident_id}/retry": Row("/incidents/{incident}/retry", {}, "sakerhetschef"),
    "POST /incidents/{incident_id}/resolve": Row("/incidents/{incident}/resolve", {"json": REASON}, "sakerhetschef"),
    "POST /messages": Row("/messages", {"json": {"municipality": "askersund", "name": "m"}}, "soc.rep"),
    "GET /messages": Row("/messages?municipality=askersund", {}, "soc.rep"),
    "GET /subscriptions": Row("/subscriptions?municipality=askersund", {}, "soc.rep"),
    "GET /history": Row("/history?process_instance={instance}", {}),
    "GET /municipalities": Row("/municipalities", {}, None, None),
    "GET /municipalities/{municipality}": Row("/municipalities/askersund", {}),
    "GET /municipalities/{municipality}/schedule": Row(
        "/municipalities/askersund/schedule?from=2026-09-01&to=2027-08-31", {}
    ),
    "GET /municipalities/{municipality}/meetings": Row("/municipalities/askersund/meetings", {}),
    "POST /municipalities/{municipality}/meetings": Row(
        "/municipalities/askersund/meetings", {"json": {"organ": "KS", "on": "2027-06-01"}}, "sakerhetschef"
    ),
    **{
        f"{method} /municipalities/{{municipality}}/{places}{one}": Row(
            f"/municipalities/askersund/{places}{known}", {"json": body} if body else {}, stranger
        )
        for places, kind in (("departments", "department"), ("actors", "other"), ("bodies", "group"))
        for method, one, known, body, stranger in (
            ("GET", "", "", None, "polisen"),
            ("POST", "", "", {"name": "Ny", "kind": kind}, "sakerhetschef"),
            ("PATCH", "/{place_id}", f"/{{{places}}}", {"name": "Ny"}, "sakerhetschef"),
        )
    },
    "POST /municipalities/{municipality}/schedule/start": Row(
        "/municipalities/askersund/schedule/start", {"json": OCCURRENCE}, "soc.rep"
    ),
    "POST /municipalities/{municipality}/schedule/skip": Row(
        "/municipalities/askersund/schedule/skip", {"json": {**OCCURRENCE, **REASON}}, "soc.rep"
    ),
    "GET /municipalities/{municipality}/open-questions": Row("/municipalities/askersund/open-questions", {}, "soc.rep"),
    "GET /municipalities/{municipality}/watchdogs": Row("/municipalities/askersund/watchdogs", {}),
    "GET /municipalities/{municipality}/legal-check": Row("/municipalities/askersund/legal-check", {}),
    "GET /municipalities/{municipality}/legal-check/audit-file": Row(
        "/municipalities/askersund/legal-check/audit-file", {}, "soc.rep"
    ),
    "GET /municipalities/{municipality}/backward-schedule": Row(
        "/municipalities/askersund/backward-schedule?year=2027", {}
    ),
    "GET /municipalities/{municipality}/calendar": Row("/municipalities/askersund/calendar", {}),
    "GET /municipalities/{municipality}/calendar-changes": Row("/municipalities/askersund/calendar-changes", {}),
    "POST /municipalities/{municipality}/calendar-changes": Row(
        "/municipalities/askersund/calendar-changes", {"json": {**CHANGE, **REASON}}, "sakerhetschef"
    ),
    "POST /municipalities/{municipality}/calendar-changes/preview": Row(
        "/municipalities/askersund/calendar-changes/preview", {"json": CHANGE}, "sakerhetschef"
    ),
    "POST /municipalities/{municipality}/meetings/import": Row(
        "/municipalities/askersund/meetings/import", {"files": {"file": ("plan.csv", b"organ;datum")}}, "sakerhetschef"
    ),
    "GET /municipalities/{municipality}/imports/{kind}/template": Row(
        "/municipalities/askersund/imports/measures/template", {}, "soc.rep"
    ),
    "POST /municipalities/{municipality}/imports/{kind}/preview": Row(
        "/municipalities/askersund/imports/people/preview", {"files": TABLE}, "sakerhetschef"
    ),
    "POST /municipalities/{municipality}/imports/{kind}": Row(
        "/municipalities/askersund/imports/measures", {"files": TABLE}, "soc.rep"
    ),
    "GET /people": Row("/people?municipality=askersund", {}, "sakerhetschef"),
    "POST /people": Row("/people", {"json": NEWCOMER}, "sakerhetschef"),
    "GET /people/{person_id}": Row("/people/{person}", {}, "sakerhetschef"),
    "PATCH /people/{person_id}": Row("/people/{person}", {"json": {"name": "Ny"}}, "sakerhetschef"),
    "GET /people/{person_id}/tokens": Row("/people/{person}/tokens", {}, "sakerhetschef"),
    "POST /people/{person_id}/tokens": Row("/people/{person}/tokens", {"json": {"name": "x"}}, "sakerhetschef"),
    "DELETE /people/{person_id}/tokens/{token_id}": Row("/people/{person}/tokens/{token}", {}, "sakerhetschef"),
    "GET /role-assignments": Row("/role-assignments?municipality=askersund", {}, "sakerhetschef"),
    "POST /role-assignments": Row("/role-assignments", {"json": ROLE}, "sakerhetschef"),
    "GET /role-assignments/{assignment_id}": Row("/role-assignments/{assignment}", {}, "sakerhetschef"),
    "PATCH /role-assignments/{assignment_id}": Row(
        "/role-assignments/{assignment}", {"json": {"valid_to": None}}, "sakerhetschef"
    ),
    "DELETE /role-assignments/{assignment_id}": Row("/role-assignments/{assignment}", {}, "sakerhetschef"),
    # Everybody may list their own substitutes.
    "GET /substitutions": Row("/substitutions?municipality=askersund", {}, None),
    "POST /substitutions": Row("/substitutions", {"json": STAND_IN}, "sakerhetschef"),
    "DELETE /substitutions/{substitution_id}": Row("/substitutions/{substitution}", {}, "sakerhetschef"),
    # One's own row and nobody else's.
    "GET /me": Row("/me", {}, None, None),
    "PATCH /me": Row("/me", {"json": {"language": "sv"}}, None, None),
    "POST /me/calendar-feed": Row("/me/calendar-feed", {}, None, None),
    "DELETE /me/calendar-feed": Row("/me/calendar-feed", {}, None, None),
    "POST /municipalities/{municipality}/calendar-feed": Row("/municipalities/askersund/calendar-feed", {}, "soc.rep"),
    "DELETE /municipalities/{municipality}/calendar-feed": Row(
        "/municipalities/askersund/calendar-feed", {}, "soc.rep"
    ),
    "POST /me/password": Row("/me/password", {"json": {"current": "x", "password": "y"}}, None, None),
    **{
        f"GET /{path}": Row(f"/{path}?municipality=askersund", {}, None if kind == "commitment" else "polisen")
        for kind, path in PATHS.items()
    },
    **{f"GET /{path}/export": Row(f"/{path}/export?municipality=askersund", {}) for path in PATHS.values()},
    # An external actor sees its own commitments.
    "GET /municipalities/{municipality}/commitment-ledger": Row(
        "/municipalities/askersund/commitment-ledger", {}, None
    ),
    "GET /municipalities/{municipality}/commitment-ledger/export": Row(
        "/municipalities/askersund/commitment-ledger/export", {}, None
    ),
    "GET /measures/{record_id}/thread": Row("/measures/{measure}/thread", {}),
    "GET /situation-pictures/{record_id}/thread": Row("/situation-pictures/{situation_picture}/thread", {}),
    "GET /action-plans/{record_id}/findings": Row("/action-plans/{action_plan}/findings", {}),
    # A commitment is read by its own actor too, but by no other.
    **{
        f"{method} /{path}/{{record_id}}{below}": Row(f"/{path}/{{{kind}}}{below}", options, "kyrkan")
        for kind, path in PATHS.items()
        for method, below, options in (
            ("GET", "", {}),
            ("PATCH", "", {"json": {"fields": {}}, "headers": {"If-Match": "*"}}),
            ("GET", "/history", {}),
            ("GET", "/links", {}),
        )
    },
}


def routes() -> list[str]:
    described = create_application(Installation(None), secure_cookies=False).openapi()  # type: ignore[arg-type]
    return [
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, operations in described["paths"].items()
        for method in operations
    ]


@pytest.fixture
def known(october: Installation, by: By) -> dict[str, str]:
    """One of each thing, in Askersund."""
    task = by("soc.rep").get("/user-tasks").json()["items"][0]
    deployed = by("admin").post(
        "/deployments?municipality=askersund",
        {"files": {"process.bpmn": OWN, "forms/f.json": FORM}},
    )
    assert deployed.status_code == 201, deployed.text
    attached = by("soc.rep").post(f"/user-tasks/{task['id']}/attachments", files=TEXT)
    assert attached.status_code == 201, attached.text
    job = by("admin").get("/jobs", params={"status": "waiting"}).json()["items"][0]
    found = {
        "task": task["id"],
        "instance": task["process_instance_id"],
        "definition": deployed.json()["definitions"][0]["id"],
        "attachment": attached.json()["id"],
        "job": job["id"],
        "incident": str(new_id()),
        "document": str(new_id()),
        **{kind: str(new_id()) for kind in PATHS},
    }
    found |= put_people(by)
    put_in_tables(october, found, by("polisen").get("/me").json()["roles"][0]["scope_id"])
    return found


OWN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:test">
<bpmn:process id="egen" name="Egen" isExecutable="true">
<bpmn:startEvent id="s"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="e"/><bpmn:endEvent id="e"/>
</bpmn:process></bpmn:definitions>"""

FORM = """{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "title": "F",
"x-title-en": "F", "description": "F.", "x-description-en": "F.", "additionalProperties": false, "required": [],
"properties": {"a": {"type": "string", "title": "A", "x-title-en": "A", "maxLength": 10}}}"""


def put_people(by: By) -> dict[str, str]:
    """A newcomer of Askersund with a role, a token and a substitute; and one of each place."""
    admin = by("admin")
    person = admin.post("/people", {**NEWCOMER, "username": "nykomling"}).json()
    token = admin.post(f"/people/{person['id']}/tokens", {"name": "prov"}).json()
    substitute = by("soc.rep").get("/me").json()["id"]
    standing = admin.post("/substitutions", {**STAND_IN, "person_id": person["id"], "substitute_id": substitute}).json()
    places = {
        kind: admin.get(f"/municipalities/askersund/{kind}").json()["items"][0]["id"]
        for kind in ("departments", "actors", "bodies")
    }
    return {
        **places, "person": person["id"], "token": token["id"], "substitution": standing["id"],
        "assignment": person["role_assignments"][0]["id"],
    }  # fmt: skip


def put_in_tables(installation: Installation, found: dict[str, str], actor_id: str) -> None:
    with begin_system(installation) as uow:
        incidents.add(
            uow.session,
            {
                "municipality_id": "askersund", "id": found["incident"], "process_instance_id": found["instance"],
                "kind": "timer", "element": "rapport", "sv": "Fel", "en": "Fault", "opened_at": uow.now,
            },
        )  # fmt: skip
        put_document(uow, found)
        for kind in PATHS:
            fields: dict[str, Any] = {
                "municipality_id": "askersund", "id": found[kind], "source_key": f"prov:{kind}", "year": 2026,
                "extra": {}, "created_at": uow.now, "updated_at": uow.now,
            }  # fmt: skip
            if kind == "commitment":
                fields["actor_id"] = actor_id
            if kind == "status_report":
                fields |= {"measure_id": found["measure"], "reported_on": uow.today, "status": "ongoing",
                           "status_before": "decided"}  # fmt: skip
            if kind == "measurement":
                fields["indicator_id"] = found["indicator"]
            row = RECORDS[kind](**fields)
            uow.session.add(row)
        uow.session.flush()


def put_document(uow: UnitOfWork, found: dict[str, str]) -> None:
    row = {
        "municipality_id": "askersund", "id": UUID(found["document"]), "type": "lagesbild", "title": "Bild",
        "confidentiality": "internal", "version": 1, "year": 2026, "status": "final", "content_sha256": "0" * 64,
        "process_instance_id": UUID(found["instance"]), "sources": [], "produced_at": uow.now, "produced_by": "s",
    }  # fmt: skip
    page = b"<!doctype html><title>Bild</title>"
    about = [{"format": "html", "media_type": "text/html; charset=utf-8", "size": len(page), "sha256": "0" * 64}]
    documents.add(uow.session, row, {"html": page}, about)


def test_every_route_is_in_the_table() -> None:
    assert sorted(ROWS) == sorted(routes())


def send(caller: Caller, route: str, known: Mapping[str, str]) -> Any:
    row, method = ROWS[route], route.split(maxsplit=1)[0]
    path = row.path
    for name, value in known.items():
        path = path.replace("{" + name + "}", value)
    return caller(method, path, **row.options)


def test_nobody_gets_anything_without_a_token(client: TestClient, known: dict[str, str]) -> None:
    for route in ROWS:
        for token in ("", "tgh_okand"):
            answer = send(Caller(client, token), route, known)
            assert (route, answer.status_code) == (route, 401)
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["type"] == "/problems/not-signed-in"


def test_who_lacks_the_role_is_told_so_and_changes_nothing(by: By, known: dict[str, str]) -> None:
    for route, row in ROWS.items():
        if row.stranger is not None:
            answer = send(by(row.stranger), route, known)
            assert (route, answer.status_code, answer.text) == (route, 403, answer.text)
            assert answer.json()["type"] == "/problems/not-yours"
    assert by("soc.rep").get(f"/user-tasks/{known['task']}").json()["version"] == 1


def test_another_municipality_learns_nothing(by: By, known: dict[str, str]) -> None:
    for route, row in ROWS.items():
        if row.outsider is not None:
            answer = send(by(row.outsider), route, known)
            assert (route, answer.status_code, answer.text) == (route, 404, answer.text)
            assert answer.json()["type"] == "/problems/not-found"


def test_what_does_not_exist_is_not_found_even_by_the_system_administrator(by: By, known: dict[str, str]) -> None:
    nothing = {name: str(new_id()) for name in known}
    for route, row in ROWS.items():
        if "{" in row.path:
            answer = send(by("drift"), route, nothing)
            assert (route, answer.status_code, answer.text) == (route, 404, answer.text)


def test_ids_that_are_none_are_invalid(by: By, known: dict[str, str]) -> None:
    for route, row in ROWS.items():
        if "{" in row.path:
            answer = send(by("drift"), route, dict.fromkeys(known, "7"))
            assert (route, answer.status_code) == (route, 422)


def test_an_external_actor_sees_its_own_commitments_and_no_others(by: By, known: dict[str, str]) -> None:
    own = by("polisen").get("/commitments").json()["items"]
    assert [row["id"] for row in own] == [known["commitment"]]
    assert by("polisen").get(f"/commitments/{known['commitment']}").json()["kind"] == "commitment"
    assert by("kyrkan").get("/commitments").json()["items"] == []
    assert by("soc.rep").get("/commitments").json()["items"][0]["id"] == known["commitment"]


def test_the_lists_of_somebody_else_hold_nothing_of_this_municipality(by: By, known: dict[str, str]) -> None:
    outsider = by("nassjo.sakerhetschef")
    for path in ("process-instances", "user-tasks?view=municipality", "jobs", "incidents", "messages", "subscriptions"):
        assert outsider.get(f"/{path}").json()["items"] == []
    for path in PATHS.values():
        assert outsider.get(f"/{path}").json()["items"] == []
    assert [m["id"] for m in outsider.get("/municipalities").json()["items"]] == ["nassjo"]
    assert "egen" not in [d["key"] for d in outsider.get("/process-definitions").json()["items"]]
    assert "egen" in [d["key"] for d in by("soc.rep").get("/process-definitions").json()["items"]]
