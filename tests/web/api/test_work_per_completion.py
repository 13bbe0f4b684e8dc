"""The work of a completion, counted: one commit, twelve statements at most. What it does is printed when it is more."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from app.services.installation import Installation
from tests.web.api.conftest import REPORT, Caller, task_of

By = Callable[[str], Caller]
MOST = 12


@contextmanager
def counted(installation: Installation) -> Iterator[tuple[list[str], list[str]]]:
    """The statements and the commits of a stretch of work."""
    engine = installation.database.engine
    statements: list[str] = []
    commits: list[str] = []

    def statement(_c: Any, _cursor: Any, text: str, *_: Any) -> None:
        statements.append(" ".join(text.split())[:150])

    def commit(_c: Any) -> None:
        commits.append("commit")

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield statements, commits
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)


def listing(statements: list[str]) -> str:
    return "\n".join(["", *(f"{n:3} {text}" for n, text in enumerate(statements, 1))])


def test_a_completion_in_a_loop_is_one_commit_and_at_most_twelve_statements(
    installation: Installation, loop: str, by: By
) -> None:
    caller = by("sakerhetschef")
    caller.post(f"/user-tasks/{task_of(caller, loop)['id']}/complete", {"submission": {"igen": True}})
    task = task_of(caller, loop)
    with counted(installation) as (statements, commits):
        done = caller.post(f"/user-tasks/{task['id']}/complete", {"submission": {"igen": True}})
    assert done.status_code == 200
    assert len(commits) == 1
    assert len(statements) <= 9, listing(statements)


def test_an_idempotency_key_costs_two_statements_more(installation: Installation, loop: str, by: By) -> None:
    caller = by("sakerhetschef")
    caller.post(f"/user-tasks/{task_of(caller, loop)['id']}/complete", {"submission": {"igen": True}})
    task = task_of(caller, loop)
    with counted(installation) as (statements, commits):
        body, key = {"submission": {"igen": True}}, {"Idempotency-Key": "en-gang"}
        done = caller.post(f"/user-tasks/{task['id']}/complete", body, headers=key)
    assert done.status_code == 200
    assert len(commits) == 1
    assert len(statements) <= MOST, listing(statements)


def test_a_departments_report_with_its_records_is_one_commit_and_at_most_twelve_statements(
    october: Installation, by: By
) -> None:
    other = by("skola.rep").get("/user-tasks").json()["items"][0]
    assert by("skola.rep").post(f"/user-tasks/{other['id']}/complete", {"submission": REPORT}).status_code == 200
    task = by("soc.rep").get("/user-tasks").json()["items"][0]
    with counted(october) as (statements, commits):
        done = by("soc.rep").post(f"/user-tasks/{task['id']}/complete", {"submission": REPORT})
    assert done.status_code == 200
    assert len(commits) == 1
    assert len(statements) <= MOST, listing(statements)


def test_a_report_under_an_idempotency_key_is_one_commit_and_at_most_twelve_statements(
    october: Installation, by: By
) -> None:
    other = by("skola.rep").get("/user-tasks").json()["items"][0]
    assert by("skola.rep").post(f"/user-tasks/{other['id']}/complete", {"submission": REPORT}).status_code == 200
    task = by("soc.rep").get("/user-tasks").json()["items"][0]
    body, key = {"submission": REPORT}, {"Idempotency-Key": "rapport"}
    with counted(october) as (statements, commits):
        done = by("soc.rep").post(f"/user-tasks/{task['id']}/complete", body, headers=key)
    assert done.status_code == 200
    assert len(commits) == 1
    assert len(statements) <= MOST, listing(statements)


def test_the_floor_is_one_commit_and_two_statements(installation: Installation, by: By) -> None:
    with counted(installation) as (statements, commits):
        changed = by("soc.rep")("PATCH", "/me", json={"language": "en"})
    assert changed.json()["language"] == "en"
    assert len(commits) == 1
    assert len(statements) == 2, listing(statements)
