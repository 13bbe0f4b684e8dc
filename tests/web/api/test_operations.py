"""For operators and machines: health, metrics, the API's description and its committed copy."""

import json
from collections.abc import Callable
from pathlib import Path

import orjson
from sqlalchemy import text
from starlette.testclient import TestClient

from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from app.web.application import create_application
from app.web.problems import KINDS
from tests.web.api.conftest import Caller

By = Callable[[str], Caller]

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_it_lives_and_is_ready_when_the_schema_is_ours(client: TestClient, installation: Installation) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready"}
    with begin_system(installation) as uow:
        uow.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert client.get("/health/ready").status_code == 503


def test_metrics_are_for_this_machine_and_for_system_administrators(
    installation: Installation, client: TestClient, token: Callable[[str], str]
) -> None:
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": f"Bearer {token('admin')}"}).status_code == 403
    known = client.get("/metrics", headers={"Authorization": f"Bearer {token('drift')}"})
    assert known.status_code == 200
    assert "http_request_seconds" in known.text
    assert "waiting_jobs" in known.text
    local = TestClient(create_application(installation, secure_cookies=False), client=("127.0.0.1", 1))
    assert local.get("/metrics").status_code == 200
    assert local.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 401


def test_the_committed_description_is_the_one_that_is_served(client: TestClient) -> None:
    served = client.get("/openapi.json").json()
    assert served["openapi"].startswith("3.1")
    committed = json.loads((DOCS / "openapi.json").read_text())
    assert committed == served, "write it again: .venv/bin/python -m tests.web.api.test_operations"


def test_every_route_declares_its_problems(client: TestClient) -> None:
    served = client.get("/openapi.json").json()
    for path, operations in served["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert {"401", "422", "500", "503"} <= set(answers), (path, method)
            for status, answer in answers.items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (path, method, status)
            if method != "get":
                assert {"403", "404", "409", "412", "413"} <= set(answers), (path, method)


def test_the_documentation_lists_every_operation_without_scripts(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    for path in client.get("/openapi.json").json()["paths"]:
        assert path in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text


def test_every_type_of_problem_is_explained(client: TestClient) -> None:
    for code, kind in KINDS.items():
        page = client.get(f"/problems/{code}")
        assert page.status_code == 200
        assert str(kind.status) in page.text
    assert client.get("/problems/finns-inte").status_code == 404


def write_description() -> None:
    application = create_application(Installation(None), secure_cookies=False)  # type: ignore[arg-type]
    written = orjson.dumps(application.openapi(), option=orjson.OPT_INDENT_2)
    (DOCS / "openapi.json").write_bytes(written + b"\n")


if __name__ == "__main__":
    write_description()
