"""Diagrams and folders that come over HTTP: vetted apart from the service, and refused with a reason."""

from collections.abc import Callable

from app.engine.xml_trees import MAX_BYTES
from tests.engine.drawings import diagram
from tests.web.api.conftest import Caller

By = Callable[[str], Caller]
SMALL = diagram("<startEvent id='s'/><task id='a'/>\ns -> a", key="liten")
LARGE = SMALL + b"<!--" + b"x" * MAX_BYTES + b"-->"


def test_a_diagram_over_five_megabytes_is_refused_unread_with_the_limit_said(by: By) -> None:
    answer = by("drift").post("/process-definitions/check", content=LARGE, headers={"Content-Type": "text/xml"})
    assert answer.status_code == 200
    assert answer.json()["accepted"] is False
    assert [p["rule"] for p in answer.json()["problems"]] == ["xml.size"]
    assert "5 MB" in answer.json()["problems"][0]["message"]


def test_a_folder_with_a_file_over_five_megabytes_is_not_deployed(by: By) -> None:
    files = {"process.bpmn": SMALL.decode(), "tabell.dmn": LARGE.decode()}
    refused = by("drift").post("/deployments", {"files": files})
    assert refused.status_code == 422
    assert refused.json()["type"] == "/problems/deployment-refused"
    assert [p["message"] for p in refused.json()["problems"]] == [
        "tabell.dmn: Filen är större än 5 MB och har inte lästs."
    ]


def test_a_folder_is_deployed_once_however_often_it_is_sent(by: By) -> None:
    files = {"files": {"process.bpmn": SMALL.decode()}}
    first, second = (by("drift").post("/deployments", files) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["definitions"][0]["id"] == second.json()["definitions"][0]["id"]


def test_a_folder_may_call_what_was_deployed_before_it(by: By) -> None:
    caller = diagram("<startEvent id='s'/><callActivity id='a' calledElement='liten'/>\ns -> a", key="stor")
    files = {"files": {"process.bpmn": caller.decode()}}
    refused = by("drift").post("/deployments", files)
    assert [p["rule"] for p in refused.json()["problems"]] == ["reference.called"]
    by("drift").post("/deployments", {"files": {"process.bpmn": SMALL.decode()}})
    assert by("drift").post("/deployments", files).status_code == 201
