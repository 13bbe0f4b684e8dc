"""Bringing a database to the version that this code speaks."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from app.db.session import APPLICATION_ROLE, Database, Session

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


class SchemaTooNew(RuntimeError):
    """The database was migrated by a newer version of the service; this one will not touch it."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def head() -> str:
    """The revision that this code speaks."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None, "there is always a first migration"  # noqa: S101  a broken installation, not input
    return revision


def current(engine: Engine) -> str | None:
    """The database's revision; None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def current_of(session: Session) -> str | None:
    """The database's revision, read in a transaction of the caller's."""
    return MigrationContext.configure(session.connection()).get_current_revision()


def migrate(database: Database) -> None:
    """Migrate to the head. Several replicas starting at once wait for each other.

    Raises SchemaTooNew when the database is ahead of this code.
    """
    with database.engine.connect() as connection:
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


def _upgrade(connection: Connection) -> None:
    revision = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaTooNew(revision)
    if revision != head():
        config = _config()
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
