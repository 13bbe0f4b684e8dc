"""Bad input: always a problem document that says what and where; never a trace, a 500 or a half-written change."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.web.bodies import MAX_BODY, MAX_DEPLOYMENT
from tests.web.api.conftest import REPORT, Caller

By = Callable[[str], Caller]

START = '{"process_key": "varv", "municipality": "askersund", "variables": %s}'


def deep(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


BODIES: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{not json", ""),
    "half a document": (b'{"process_key": "varv"', ""),
    "UTF-16": (START.replace("%s", "{}").encode("utf-16"), ""),
    "Latin-1": (START.replace("%s", '{"namn": "Åsa"}').encode("latin-1"), ""),
    "a lone surrogate": (START.replace("%s", '{"a": "\\ud800"}').encode(), ""),
    "not a number": (START.replace("%s", '{"a": NaN}').encode(), ""),
    "a number too large to keep": (START.replace("%s", '{"a": [1, 18446744073709551616]}').encode(), "/variables/a/1"),
    "an infinite number": (START.replace("%s", '{"a": 1e999}').encode(), ""),
    "a NUL in a value": (START.replace("%s", '{"a": ["b", "c\\u0000"]}').encode(), "/variables/a/1"),
    "a NUL in a name": (START.replace("%s", '{"a\\u0000": 1}').encode(), "/variables"),
    "forty-one levels": (START.replace("%s", deep(41)).encode(), "/variables" + "/a" * 40),
    "ten thousand levels": (START.replace("%s", deep(10_000)).encode(), ""),
    "a list": (b"[]", ""),
    "null": (b"null", ""),
    "nothing": (b"", ""),
    "something unknown": (b'{"process_key": "varv", "municipality": "askersund", "extra": 1}', "/extra"),
    "something missing": (b'{"municipality": "askersund"}', "/process_key"),
    "a wrong type": (b'{"process_key": 7, "municipality": "askersund"}', "/process_key"),
    "a wrong date": (b'{"process_key": "v", "municipality": "askersund", "anchor_on": "2026-02-30"}', "/anchor_on"),
    "a year far away": (b'{"process_key": "v", "municipality": "askersund", "anchor_on": "9999-01-01"}', "/anchor_on"),
    "a municipality that is none": (b'{"process_key": "v", "municipality": "../etc"}', "/municipality"),
}


@pytest.fixture
def quiet(by: By) -> Iterator[Caller]:
    """Somebody who may start instances, and afterwards has started none."""
    caller = by("sakerhetschef")
    before = caller.get("/process-instances").json()
    yield caller
    assert caller.get("/process-instances").json() == before


def test_bodies_that_cannot_be_read_say_where(quiet: Caller) -> None:
    for name, (body, pointer) in BODIES.items():
        answer = quiet("POST", "/process-instances", content=body, headers={"Content-Type": "application/json"})
        assert (name, answer.status_code, answer.text) == (name, 422, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "/problems/invalid-input"
        assert (name, answer.json()["errors"][0]["pointer"]) == (name, pointer)


def test_the_names_of_the_service_are_refused_as_variables(quiet: Caller, by: By) -> None:
    by("drift").post("/deployments", {"files": {"process.bpmn": SIMPLE}})
    for name in ("typename", "municipality", "två ord", "", "a" * 101, "1"):
        body = {"process_key": "enkel", "municipality": "askersund", "variables": {name: 1}}
        assert (name, quiet.post("/process-instances", body).status_code) == (name, 422)
    for value in ("x" * 900_000, 2**70):
        body = {"process_key": "enkel", "municipality": "askersund", "variables": {"a": value}}
        assert quiet.post("/process-instances", body).status_code == 422


SIMPLE = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:test">
<bpmn:process id="enkel" name="Enkel" isExecutable="true">
<bpmn:startEvent id="s"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="t"/><bpmn:userTask id="t" name="Gör"/>
<bpmn:sequenceFlow id="g" sourceRef="t" targetRef="e"/><bpmn:endEvent id="e"/>
</bpmn:process></bpmn:definitions>"""


def test_a_body_over_a_megabyte_is_too_large_however_it_is_sent(quiet: Caller) -> None:
    big = b'{"process_key": "' + b"x" * MAX_BODY + b'"}'

    def pieces() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x" * 100_000

    for content in (big, pieces()):
        answer = quiet("POST", "/process-instances", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert (answer.json()["type"], answer.json()["limit"]) == ("/problems/too-large", MAX_BODY)


def test_a_deployment_may_have_ten_megabytes_but_not_for_a_stranger(client: TestClient, by: By) -> None:
    folder = {"files": {"process.bpmn": "x" * 2_000_000}}
    assert by("drift").post("/deployments", folder).status_code == 422
    assert by("drift").post("/deployments", {"files": {"process.bpmn": "x" * MAX_DEPLOYMENT}}).status_code == 413
    assert client.post("/api/v1/deployments", json=folder).status_code == 413


SUBMISSIONS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "an unknown field": ({**REPORT, "okand": 1}, {"/okand"}),
    "a wrong type": ({**REPORT, "nytt_fenomen": "kanske"}, {"/nytt_fenomen"}),
    "a text too long": ({**REPORT, "lagesbild": "x" * 10_001}, {"/lagesbild"}),
    "the key typename": ({**REPORT, "typename": "x"}, {""}),
    "a row that is none": ({**REPORT, "forslag_atgarder": ["x"]}, {"/forslag_atgarder/0"}),
    "a personal number": ({**REPORT, "lagesbild": "19900101-0017 var där"}, {"/lagesbild"}),
}


def test_submissions_that_do_not_fit_change_nothing(october: object, by: By) -> None:
    caller = by("soc.rep")
    task = caller.get("/user-tasks").json()["items"][0]
    for name, (submission, pointers) in SUBMISSIONS.items():
        answer = caller.post(f"/user-tasks/{task['id']}/complete", {"submission": submission})
        assert (name, answer.status_code, answer.text) == (name, 422, answer.text)
        assert (name, {e["pointer"] for e in answer.json()["errors"]}) == (name, pointers)
    huge = {"submission": {**REPORT, "lagesbild": "x" * 10_000_000}}
    assert caller.post(f"/user-tasks/{task['id']}/complete", huge).status_code == 413
    nul = {"submission": {**REPORT, "lagesbild": "a\x00b"}}
    assert caller.post(f"/user-tasks/{task['id']}/complete", nul).status_code == 422
    assert caller.get("/user-tasks").json()["items"] == [task]


QUERIES: dict[str, str] = {
    "/user-tasks?limit=0": "limit",
    "/user-tasks?limit=201": "limit",
    "/user-tasks?limit=många": "limit",
    "/user-tasks?limit=99999999999999999999": "limit",
    "/user-tasks?after=inte-ett-märke": "",
    "/user-tasks?after=AAAA": "",
    "/user-tasks?after=WzEsMl0": "",
    "/user-tasks?view=allas": "view",
    "/user-tasks?status=%00": "",
    "/process-instances?process_key=a%00b": "",
    "/history?process_instance=7": "process_instance",
    "/history": "process_instance",
    "/measures?year=0": "year",
    "/municipalities/askersund/schedule?from=2026-09-01": "to",
    "/municipalities/askersund/schedule?from=2027-09-01&to=2026-09-01": "",
    "/municipalities/askersund/schedule?from=2026-09-01&to=9999-01-01": "to",
    "/process-definitions?after=WyJhXHUwMDAwIiwxXQ": "",
    "/process-definitions?after=WyJhIiw5OTk5OTk5OTk5OTk5OTk5OTk5OTldXQ": "",
}


def test_queries_that_cannot_be_are_invalid(by: By) -> None:
    caller = by("sakerhetschef")
    for path, parameter in QUERIES.items():
        answer = caller.get(path)
        assert (path, answer.status_code, answer.text) == (path, 422, answer.text)
        errors = answer.json().get("errors") or [{}]
        assert (path, errors[0].get("parameter", "")) == (path, parameter)


def test_unknown_and_repeated_parameters_do_no_harm(by: By) -> None:
    caller = by("sakerhetschef")
    assert caller.get("/user-tasks?farg=röd&limit=5&limit=7").status_code == 200


def test_headers_that_cannot_be_are_invalid(loop: str, by: By) -> None:
    caller = by("sakerhetschef")
    for value in ("abc", '"1", "2"', "-1", "9" * 30):
        answer = caller.post(f"/process-instances/{loop}/resume", headers={"If-Match": value})
        assert (value, answer.status_code) == (value, 422)
    for key in (b"", "å".encode("latin-1"), b"x" * 201, b"med mellanslag"):
        answer = caller.post(f"/process-instances/{loop}/resume", headers={"Idempotency-Key": key})
        assert (key, answer.status_code) == (key, 422)


def test_addresses_that_lead_nowhere_are_problems(client: TestClient, by: By) -> None:
    for path in ("/api/v1/nothing", "/api/v2/me", "/api/v1/user-tasks/", "/nothing", "/api/v1/me%00"):
        answer = client.get(path)
        assert (path, answer.status_code) == (path, 404)
        assert answer.json()["type"] == "/problems/not-found"
    wrong = by("soc.rep")("DELETE", "/me")
    assert (wrong.status_code, wrong.json()["type"]) == (405, "/problems/method-not-allowed")
    assert "GET" in wrong.headers["allow"]


def test_forms_that_are_no_multipart_are_invalid(october: object, by: By) -> None:
    caller = by("soc.rep")
    path = f"/user-tasks/{caller.get('/user-tasks').json()['items'][0]['id']}/attachments"
    kinds = {"Content-Type": "multipart/form-data; boundary=x"}
    for content, headers in ((b"", {}), (b"x", kinds), (b"--x\r\nfoo", kinds), (b"{}", {"Content-Type": "text/plain"})):
        answer = caller("POST", path, content=content, headers=headers)
        assert (content, answer.status_code, answer.text) == (content, 422, answer.text)
    two = [("file", ("a.txt", b"a")), ("file", ("b.txt", b"b"))]
    assert caller("POST", path, files=two).status_code == 422


def test_diagrams_of_any_kind_get_a_verdict(by: By) -> None:
    caller = by("soc.rep")
    doctype = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    for raw in (b"", b"\x00", b"<x", doctype, b"\xff\xfe<", b"<a>" * 5000, "<å/>".encode("latin-1"), b"x" * 6_000_000):
        answer = caller("POST", "/process-definitions/check?file=a.bpmn", content=raw)
        assert answer.status_code == 200
        assert (answer.json()["file"], answer.json()["accepted"]) == ("a.bpmn", False)
        assert answer.json()["problems"][0]["severity"] == "error"
