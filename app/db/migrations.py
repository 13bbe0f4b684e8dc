"""Bringing a database to the version that this code speaks."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from app.db.session import APPLICATION_ROLE, Database, Session, fault_of

if TYPE_CHECKING:
    from alembic.config import Config

OLDEST = 15

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


class SchemaTooNew(RuntimeError):
    """The database was migrated by a newer version of the service; this one will not touch it."""


class DatabaseUnsuitable(RuntimeError):
    """The database answers but the service cannot live in it. The message says why, in both languages."""


# What the server may say no to while the tables are made, by SQLSTATE.
_REFUSALS = {
    "42501": (
        "Databasanvändaren får inte skapa tabeller i databasen. Gör den till databasens ägare: "
        "ALTER DATABASE ... OWNER TO ... "
        "The login may not create tables in the database. Make it the owner of the database."
    ),
    "25006": (
        "Databasen går bara att läsa: adressen leder till en replika. "
        "The database is read-only: the address leads to a standby."
    ),
}


@cache
def known() -> tuple[str, ...]:
    """The revisions that this code knows, oldest first: a migration's file is named after its revision.

    Alembic would say the same (a test holds it to that), but it is a tenth of what a start takes in time and memory,
    and a database that is up to date has no use for it.
    """
    return tuple(sorted(file.stem.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*_*.py")))


def configuration() -> "Config":
    """Alembic's, for what only it can do."""
    from alembic.config import Config  # noqa: PLC0415  see known()

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def head() -> str:
    """The revision that this code speaks."""
    return known()[-1]


def current(engine: Engine) -> str | None:
    """The database's revision; None when it is empty."""
    with engine.connect() as connection:
        return _revision(connection)


def current_of(session: Session) -> str | None:
    """The database's revision, read in a transaction of the caller's."""
    return _revision(session.connection())


def _revision(connection: Connection) -> str | None:
    if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar_one() is None:
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def migrate(database: Database) -> None:
    """Migrate to the head. Several replicas starting at once wait for each other.

    Raises SchemaTooNew when the database is ahead of this code, DatabaseUnsuitable when it can never be used as it
    is, DatabaseUnavailable when it does not answer.
    """
    try:
        _migrate(database)
    except DBAPIError as fault:
        said = _REFUSALS.get(getattr(fault.orig, "sqlstate", None) or "")
        if said is not None:
            raise DatabaseUnsuitable(said) from fault
        if isinstance(fault, OperationalError):
            raise fault_of(fault) from fault
        raise


def _migrate(database: Database) -> None:
    with database.engine.connect() as connection:
        _require_suitable(connection)
        # Another replica may be migrating for a long while: wait for it.
        connection.execute(text("SET lock_timeout = 0"))
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(hashtext('migrate'))"))
        try:
            connection.execute(text("RESET ROLE"))
            _upgrade(connection)
            _application_role(connection)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(hashtext('migrate'))"))
            connection.commit()
            # The session's settings were changed; the pool gets a fresh connection instead.
            connection.invalidate()
    database.engine.dispose()


def _require_suitable(connection: Connection) -> None:
    number = int(connection.execute(text("SELECT current_setting('server_version_num')")).scalar_one())
    if number // 10_000 < OLDEST:
        raise DatabaseUnsuitable(
            f"Databasen är PostgreSQL {number // 10_000}; tjänsten behöver {OLDEST} eller senare. "
            f"The database is PostgreSQL {number // 10_000}; the service needs {OLDEST} or later."
        )
    encoding = connection.execute(text("SELECT current_setting('server_encoding')")).scalar_one()
    if encoding != "UTF8":
        raise DatabaseUnsuitable(
            f"Databasen lagrar text som {encoding}. Skapa den med ENCODING 'UTF8' TEMPLATE template0. "
            f"The database stores text as {encoding}. Create it with ENCODING 'UTF8' TEMPLATE template0."
        )


def _upgrade(connection: Connection) -> None:
    revision = _revision(connection)
    if revision is not None and revision not in known():
        raise SchemaTooNew(revision)
    if revision == head():
        return
    from alembic import command  # noqa: PLC0415  see known()

    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _application_role(connection: Connection) -> None:
    """A login that bypasses row-level security gets a role to step down to, with the rights to all tables."""
    bypasses = connection.execute(
        text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    ).scalar_one()
    if not bypasses:
        return
    exists = connection.execute(
        text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": APPLICATION_ROLE}
    ).scalar()
    if not exists:
        connection.execute(text(f"CREATE ROLE {APPLICATION_ROLE} NOLOGIN"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {APPLICATION_ROLE}"))
    connection.execute(
        text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APPLICATION_ROLE}")
    )
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION_ROLE}"))
