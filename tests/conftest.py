"""Fixtures that every floor's tests share: a real PostgreSQL, a database of one's own per test, a clock that is set."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.db import embedded, migrations
from app.db.embedded import EmbeddedPostgres
from app.db.session import Database
from app.domain.clock import SetClock
from app.domain.profiles import Profile, read_profile
from app.engine.folders import Folder
from app.services import demonstration
from app.services.installation import Installation
from app.services.process.deployments import read_folders

ROOT = Path(__file__).resolve().parents[1]
START = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
_numbers = itertools.count()


# They start so often that a test of an autumn's work would meet them in the midst of it: they are left out of the
# database that most tests clone. Their own stories adopt them, and tests/web/test_real_profiles.py takes the profiles
# as they are.
OFTEN = frozenset({"lagesrapport", "est_cykel", "gruppmote", "medborgarlofte", "samverkansoverenskommelse"})
LOGINS: dict[str, list[dict[str, Any]]] = {}


def profiles() -> list[Profile]:
    """The shipped profiles, as they are."""
    return [read_profile(path.read_bytes()) for path in sorted((ROOT / "municipalities").glob("*.toml"))]


def _without_often(profile: Profile) -> Profile:
    kept = [name for name in profile.parameters["processes"] if name not in OFTEN]
    return replace(profile, parameters={**profile.parameters, "processes": kept})


def folders() -> list[Folder]:
    """The shipped workflows. TRYGGHET_WITHOUT takes one away: its stories must then fail (test_coverage.py)."""
    found = read_folders(ROOT / "workflows")
    return [folder for folder in found if folder.name != os.environ.get("TRYGGHET_WITHOUT")]


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of this test process's own, without fsync: its data is thrown away."""
    # The wheel's server runs as another user under root: its folder must be reachable by all.
    folder = Path(tempfile.mkdtemp(prefix="trygghetshjulet-test-"))
    started = embedded.start(folder)
    with psycopg.connect(f"host={started.socket_folder} user=postgres dbname=postgres", autocommit=True) as connection:
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    yield started
    started.stop()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(started.socket_folder, ignore_errors=True)


def _admin(server: EmbeddedPostgres, statement: str) -> None:
    with psycopg.connect(f"host={server.socket_folder} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(statement)


def _clone(server: EmbeddedPostgres, template: str) -> str:
    name = f"test_{next(_numbers)}"
    _admin(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER trygghetshjulet STRATEGY file_copy')
    return name


@pytest.fixture(scope="session")
def migrated(server: EmbeddedPostgres) -> str:
    """A migrated, empty database to clone."""
    _admin(server, "CREATE DATABASE template_migrated OWNER trygghetshjulet")
    database = Database(server.url("template_migrated"))
    migrations.migrate(database)
    database.close()
    return "template_migrated"


@pytest.fixture(scope="session")
def shipped() -> list[Profile]:
    """The municipalities as their profiles have them."""
    return profiles()


@pytest.fixture(scope="session")
def furnish(server: EmbeddedPostgres, migrated: str) -> Callable[[str, list[Profile]], str]:
    """Make a database with these municipalities, the workflows and the demonstration people, to clone; its name."""

    def make(name: str, chosen: list[Profile]) -> str:
        _admin(server, f"CREATE DATABASE {name} TEMPLATE {migrated} OWNER trygghetshjulet")
        database = Database(server.url(name))
        installation = Installation(database, SetClock(START))
        demonstration.furnish(installation, chosen, folders())
        LOGINS[name] = demonstration.demonstration_logins(installation)
        database.close()
        return name

    return make


@pytest.fixture(scope="session")
def furnished(furnish: Callable[[str, list[Profile]], str], shipped: list[Profile]) -> str:
    """The database that tests clone, without what starts every month or quarter."""
    return furnish("template_furnished", [_without_often(profile) for profile in shipped])


@pytest.fixture
def database(server: EmbeddedPostgres, migrated: str) -> Iterator[Database]:
    """An empty, migrated database of this test's own."""
    name = _clone(server, migrated)
    made = Database(server.url(name))
    yield made
    made.close()
    _admin(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def clock() -> SetClock:
    """The first of September 2026, eight in the morning in Sweden."""
    return SetClock(START)


@pytest.fixture
def installation(server: EmbeddedPostgres, furnished: str, clock: SetClock) -> Iterator[Installation]:
    """The service furnished as the demonstration is, on a database of this test's own, at a set clock."""
    name = _clone(server, furnished)
    made = Database(server.url(name))
    yield Installation(made, clock)
    made.close()
    _admin(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def logins(furnished: str) -> list[dict[str, Any]]:
    """The demonstration people's user names, passwords and tokens."""
    return LOGINS[furnished]


@pytest.fixture
def token(logins: list[dict[str, Any]]) -> Callable[[str], str]:
    """The API token of a demonstration person."""

    def of(username: str) -> str:
        return str(next(login["token"] for login in logins if login["username"] == username))

    return of
