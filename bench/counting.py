"""(f) the work of one completion, counted: free of noise."""

from typing import Any

from sqlalchemy import event
from starlette.testclient import TestClient

from app.db import people
from app.db.embedded import EmbeddedPostgres
from app.db.session import Database
from app.services import api_tokens
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from app.web.application import create_application


def count_per_completion(postgres: EmbeddedPostgres, _definition: str) -> dict[str, Any]:
    """Commits and SQL statements of one completion of the loop over HTTP, in this process."""
    database = Database(postgres.url())
    installation = Installation(database)
    with begin_system(installation) as uow:
        person = people.by_username(uow.session, "sakerhetschef")
        assert person is not None
        token = api_tokens.issue_as_operator(uow, person.id, "bench")
    client = TestClient(
        create_application(installation, secure_cookies=False), headers={"Authorization": f"Bearer {token}"}
    )
    begun = client.post(
        "/api/v1/process-instances",
        json={"process_key": "bench_loop", "municipality": "askersund", "business_key": "f"},
    ).json()
    statements: list[str] = []
    commits = 0

    def saw(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    def committed(_c: Any) -> None:
        nonlocal commits
        commits += 1

    def complete() -> None:
        params = {"process_instance": begun["id"], "limit": 1}
        task = client.get("/api/v1/user-tasks", params=params).json()["items"][0]["id"]
        statements.clear()
        nonlocal commits
        commits = 0
        client.post(f"/api/v1/user-tasks/{task}/complete", json={"submission": {"klar": False}}).raise_for_status()

    event.listen(database.engine, "before_cursor_execute", saw)
    event.listen(database.engine, "commit", committed)
    complete()
    complete()
    database.close()
    return {"commits": commits, "statements": len(statements), "what": [s.split("\n")[0][:60] for s in statements]}
