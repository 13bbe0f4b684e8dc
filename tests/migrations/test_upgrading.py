"""A database that people have worked in is brought to today's tables: nothing is lost, and the work in it goes on."""

import itertools
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import text
from starlette.testclient import TestClient

from app.db import migrations
from app.db.embedded import LOGIN, EmbeddedPostgres
from app.db.session import Database, everything
from app.db.tables import METADATA
from app.domain.clock import SetClock
from app.services import sign_ins
from app.services.installation import Installation
from app.services.process import jobs
from app.services.unit_of_work import begin
from app.web.application import create_application

HERE = Path(__file__).parent
VERSIONS = sorted((HERE.parents[1] / "migrations/versions").glob("*.py"))
Rows = dict[str, list[dict[str, Any]]]
_numbers = itertools.count()


@pytest.fixture
def empty(server: EmbeddedPostgres) -> Iterator[Database]:
    """A database without tables, owned by the service's login."""
    made_name = f"upgrading_{next(_numbers)}"
    name = sql.Identifier(made_name)
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, sql.Identifier(LOGIN)))
        made = Database(server.url(made_name))
        yield made
        made.close()
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture
def old(empty: Database) -> Database:
    """A database at revision 0001, with what people had written in it."""
    with empty.engine.begin() as connection:
        config = migrations.configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    rows = (HERE / "at_0001.sql").read_text(encoding="utf-8").splitlines()
    with psycopg.connect(empty.url) as plain:
        plain.execute("SELECT set_config('app.municipalities', '*', true)")
        for row in rows:
            plain.execute(row.encode())
    return empty


def rows_of(database: Database) -> Rows:
    """Every row of every table, as JSON."""
    tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    with database.transaction() as session:
        everything(session)
        names = sorted(set(session.execute(text(tables)).scalars()) - {"alembic_version"})
        return {name: list(session.execute(text(f"SELECT to_jsonb(t) FROM {name} t")).scalars()) for name in names}  # noqa: S608  a name


def test_the_old_database_has_something_in_every_table(old: Database) -> None:
    assert migrations.current(old.engine) == "0001"
    assert [name for name, rows in rows_of(old).items() if not rows] == []


def test_every_row_is_there_after_the_upgrade_as_it_was(old: Database) -> None:
    before = rows_of(old)
    migrations.migrate(old)
    after = rows_of(old)
    assert migrations.current(old.engine) == migrations.head()
    assert set(before) <= set(after)
    for table, rows in before.items():
        columns = set(rows[0]) & set(after[table][0])
        # A column that a migration takes away on purpose is named here, with the migration.
        assert set(rows[0]) - columns == set(), table
        kept = [json.dumps({name: row[name] for name in sorted(columns)}) for row in rows]
        found = [json.dumps({name: row[name] for name in sorted(columns)}) for row in after[table]]
        assert sorted(found) == sorted(kept), table


def test_the_work_goes_on_after_the_upgrade(old: Database) -> None:
    migrations.migrate(old)
    clock = SetClock(datetime(2026, 10, 9, 6, 0, tzinfo=UTC))
    installation = Installation(old, clock)
    client = TestClient(create_application(installation, secure_cookies=False))

    def call(method: str, path: str, username: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer prov-{username}"}
        answer = client.request(method, f"/api/v1{path}", headers=headers, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    with begin(installation) as uow:
        assert sign_ins.sign_in(uow, "soc.rep", "ett långt lösenord")[2].name == "Sofia Ekman"
    (task,) = call("GET", "/user-tasks", "sakerhetschef")["items"]
    jobs.run_due(installation)
    lines = call("GET", f"/process-instances/{task['process_instance_id']}/history", "admin")["items"]
    assert "timer_fired" in {line["kind"] for line in lines}, "a timer that was armed before"
    body = {"submission": {"klart": True, "forslag": [{"title": "Fler vuxna ute"}]}}
    call("POST", f"/user-tasks/{task['id']}/complete", "sakerhetschef", body)
    for _ in range(2):
        told = {"municipality": "askersund", "name": "klartecken", "correlation": "2026", "payload": {}}
        call("POST", "/messages", "sakerhetschef", told)
    jobs.run_due(installation)
    opened = call("GET", "/user-tasks", "sakerhetschef")["items"]
    assert [row["name"] for row in opened] == ["Granska", "Granska"]
    incident = call("GET", "/incidents", "admin")["items"][-1]
    assert call("POST", f"/incidents/{incident['id']}/retry", "admin")["resolution"] == "retried"


def test_the_tables_after_all_migrations_are_those_the_code_speaks_of(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_the_rules_of_the_tables_are_those_the_code_speaks_of(database: Database) -> None:
    """Alembic does not compare CHECK constraints: their names are compared here."""
    checks = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
    with database.transaction() as session:
        made = set(session.execute(text(checks)).scalars())
    spoken = {
        str(constraint.name)
        for table in METADATA.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }
    assert made == spoken


def test_replicas_that_start_at_once_migrate_once(empty: Database) -> None:
    others = [Database(empty.url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrations.migrate, others))
    for other in others:
        other.close()
    assert migrations.current(empty.engine) == migrations.head()


def test_migrations_are_one_line_without_branches() -> None:
    scripts = list(ScriptDirectory.from_config(migrations.configuration()).walk_revisions())
    assert [script.revision for script in reversed(scripts)] == [f"{n:04}" for n in range(1, len(scripts) + 1)]
    assert len(scripts) == len(VERSIONS)


def test_what_the_files_are_called_says_what_alembic_says() -> None:
    scripts = ScriptDirectory.from_config(migrations.configuration())
    assert list(migrations.known()) == sorted(script.revision for script in scripts.walk_revisions())
    assert migrations.head() == scripts.get_current_head()


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_migration_waits_for_nobody_for_long(path: Path) -> None:
    upgrade = path.read_text(encoding="utf-8").split("def upgrade()")[1]
    first = re.search(r"\n    (op\.\w+\(.*)", upgrade)
    assert first
    assert first[1].startswith("op.execute(\"SET LOCAL lock_timeout = '5s'\")")
