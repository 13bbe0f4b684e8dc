"""What every command opens: the settings, the database, the installation."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from app.db import embedded, migrations
from app.db.session import Database
from app.domain.profiles import Profile, read_profile
from app.services import demonstration
from app.services.installation import Installation
from app.services.process import deployments
from app.settings import Settings, read_settings
from app.telemetry import configure_logging

ROOT = Path(__file__).resolve().parents[2]

JsonOutput = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


def say(text: str) -> None:
    """To standard error: what a person reads and a program does not."""
    typer.echo(text, err=True)


def profiles() -> list[Profile]:
    """The shipped municipal profiles."""
    return [read_profile(path.read_bytes()) for path in sorted((ROOT / "municipalities").glob("*.toml"))]


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database of these settings, migrated. The embedded server is stopped again if this process started it."""
    server = None
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
    else:
        server = embedded.start(settings.data)
        url = server.url()
    database = Database(url)
    try:
        migrations.migrate(database)
        yield database
    finally:
        database.close()
        if server is not None:
            server.leave()


@contextmanager
def open_installation() -> Iterator[Installation]:
    """The installation of these settings, for one command."""
    settings = read_settings()
    configure_logging("WARNING", as_json=settings.log_json)
    with open_database(settings) as database:
        yield installation_of(settings, database)


def installation_of(settings: Settings, database: Database) -> Installation:
    """The installation of these settings on a database. Raises SettingsInvalid."""
    return Installation(
        database,
        secret_key=secret_key(settings),
        address=settings.address(),
        templates=settings.templates,
        mail=settings.mail_server(),
    )


def secret_key(settings: Settings) -> bytes:
    """What is mixed into stored sessions and tokens; empty in demonstration mode without one."""
    return settings.secret_key.get_secret_value().encode() if settings.secret_key is not None else b""


def write_logins(settings: Settings, logins: list[dict[str, Any]]) -> Path:
    """The demonstration logins, readable by their owner only."""
    path = settings.data / "demo-logins.json"
    # With a database elsewhere nobody has made the folder yet.
    settings.data.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(logins, file, ensure_ascii=False, indent=2)
    temporary.rename(path)
    return path


def furnish_demonstration(settings: Settings, installation: Installation) -> Path:
    """Municipalities, workflows and people of demonstration mode; a second start changes nothing."""
    demonstration.furnish(installation, profiles(), deployments.read_folders(ROOT / "workflows"))
    logins = demonstration.demonstration_logins(installation)
    return write_logins(settings, logins) if logins else settings.data / "demo-logins.json"
