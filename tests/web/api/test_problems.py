"""Faults of ours and of the surroundings, and what every answer carries."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from app.db.session import Database
from app.domain.clock import SetClock
from app.domain.errors import Refusal
from app.services import api_tokens, sign_ins
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from app.web.application import create_application
from app.web.deps import COOKIE
from app.web.problems import KINDS
from tests.web.api.conftest import Caller

By = Callable[[str], Caller]


def kinds_of(refusal: type[Refusal]) -> Iterator[type[Refusal]]:
    yield refusal
    for below in refusal.__subclasses__():
        yield from kinds_of(below)


def test_every_refusal_has_a_status() -> None:
    # These two are met on the command line only: they are sentences there, never answers over HTTP.
    operators_own = {"scratch-refused", "simulation-failed"}
    codes = {kind.code for kind in kinds_of(Refusal) if kind.__module__.startswith("app.")}
    assert codes - operators_own <= set(KINDS)


def test_a_commit_that_fails_is_not_answered_as_if_it_had_been_done(installation: Installation, by: By) -> None:
    def refuse(_connection: Any) -> None:
        raise OperationalError("COMMIT", {}, Exception("the database went away"))

    event.listen(installation.database.engine, "commit", refuse)
    try:
        answer = by("soc.rep")("PATCH", "/me", json={"language": "en"})
    finally:
        event.remove(installation.database.engine, "commit", refuse)
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/database-unavailable"
    assert answer.headers["retry-after"]
    assert by("soc.rep").get("/me").json()["language"] == "sv"


def test_a_deferred_constraint_that_fails_at_commit_is_not_answered_as_done(installation: Installation, by: By) -> None:
    def refuse(_connection: Any) -> None:
        raise RuntimeError("secret 123")

    event.listen(installation.database.engine, "commit", refuse)
    try:
        answer = by("soc.rep")("PATCH", "/me", json={"language": "en"})
    finally:
        event.remove(installation.database.engine, "commit", refuse)
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal-error"
    assert by("soc.rep").get("/me").json()["language"] == "sv"


def test_what_nobody_foresaw_leaks_nothing_and_is_logged_by_number(
    installation: Installation, by: By, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("personnummer 19900101-0017")

    event.listen(installation.database.engine, "before_cursor_execute", fail)
    try:
        answer = by("soc.rep").get("/me")
    finally:
        event.remove(installation.database.engine, "before_cursor_execute", fail)
    assert answer.status_code == 500
    assert "19900101" not in answer.text
    assert UUID(answer.json()["reference"]).version == 7
    logged = "".join(capsys.readouterr())
    assert answer.json()["reference"] in logged
    assert "19900101" not in logged
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_database_that_went_away_is_said_and_when_it_is_back_all_goes_on(
    installation: Installation, by: By, client: TestClient
) -> None:
    assert by("soc.rep").get("/me").status_code == 200
    with installation.database.engine.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                 " AND pid <> pg_backend_pid()")
        )  # fmt: skip
    answers = [by("soc.rep").get("/me").status_code for _ in range(20)]
    assert set(answers) <= {200, 503}
    assert answers[-1] == 200


def test_without_a_database_nothing_is_ready_but_the_process_lives() -> None:
    gone = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with TestClient(
        create_application(Installation(gone), secure_cookies=False), raise_server_exceptions=False
    ) as client:
        assert client.get("/health/live").status_code == 200
        assert client.get("/health/ready").status_code == 503
        answer = client.get("/api/v1/me", headers={"Authorization": "Bearer x"})
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/database-unavailable")
    gone.close()


def test_somebody_elses_lock_is_waited_for_and_then_said(installation: Installation, loop: str, by: By) -> None:
    caller = by("sakerhetschef")
    task = caller.get("/user-tasks").json()["items"][0]
    with begin_system(installation) as uow:
        uow.session.execute(text("SELECT 1 FROM process_instance WHERE id = :id FOR UPDATE"), {"id": loop})
        answer = caller.post(f"/user-tasks/{task['id']}/claim")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/busy")
    assert answer.headers["retry-after"] == "1"


def test_every_answer_carries_the_same_protection(client: TestClient, by: By) -> None:
    for answer in (by("soc.rep").get("/me"), client.get("/api/v1/me"), client.get("/docs"), client.get("/nothing")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"]
    assert by("soc.rep").get("/me").headers["cache-control"] == "no-store"


Logins = list[dict[str, object]]


def signed_in(client: TestClient, installation: Installation, logins: Logins, username: str = "soc.rep") -> str:
    password = str(next(login["password"] for login in logins if login["username"] == username))
    with begin_system(installation) as uow:
        secret, csrf, _person = sign_ins.sign_in(uow, username, password)
    client.cookies.set(COOKIE, secret)
    return csrf


def test_a_browsers_session_reads_freely_but_writes_only_with_its_csrf_token(
    client: TestClient, installation: Installation, logins: Logins
) -> None:
    csrf = signed_in(client, installation, logins)
    assert client.get("/api/v1/me").json()["username"] == "soc.rep"
    for wrong in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "fel"}):
        refused = client.patch("/api/v1/me", json={"language": "en"}, headers=wrong)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-yours")
    done = client.patch("/api/v1/me", json={"language": "en"}, headers={"X-CSRF-Token": csrf})
    assert done.json()["language"] == "en"


def test_a_token_goes_before_a_session_and_a_wrong_one_is_not_helped_by_it(
    client: TestClient, installation: Installation, logins: Logins, by: By
) -> None:
    signed_in(client, installation, logins)
    assert by("soc.chef").get("/me").json()["username"] == "soc.chef"
    for wrong in ("Bearer fel", "Basic eDp5", "Bearer", ""):
        assert client.get("/api/v1/me", headers={"Authorization": wrong}).status_code == 401


def test_a_session_and_a_token_that_are_out_of_date_are_nobodys(
    client: TestClient, installation: Installation, logins: Logins, clock: SetClock, by: By
) -> None:
    signed_in(client, installation, logins)
    person = UUID(by("soc.rep").get("/me").json()["id"])
    with begin_system(installation) as uow:
        short = api_tokens.issue_as_operator(uow, person, "kort", uow.now + timedelta(hours=1))
    assert Caller(client, short).get("/me").status_code == 200
    clock.set(clock.now() + timedelta(hours=13))
    assert Caller(client, short).get("/me").status_code == 401
    assert client.get("/api/v1/me").status_code == 401


def test_the_language_of_a_problem_is_the_callers(client: TestClient) -> None:
    wanted = {"": "sv", "en": "en", "sv, en;q=0.8": "sv", "en-US,sv;q=0.9": "en", "de": "sv", "en;q=x": "sv", "*": "sv"}
    for header, language in wanted.items():
        answer = client.get("/api/v1/me", headers={"Accept-Language": header})
        assert (header, answer.headers["content-language"]) == (header, language)
