"""A database that lives as long as a simulation: made, migrated and dropped on the server that is there already."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from app.db import migrations
from app.db.embedded import LOGIN, EmbeddedPostgres
from app.db.session import Database, DatabaseUnavailable, address_of
from app.domain.errors import Refusal


class ScratchRefused(Refusal):
    """The login may not create databases, so there is nowhere to simulate."""

    code = "scratch-refused"

    def __init__(self) -> None:
        super().__init__(
            "Databasanvändaren får inte skapa databaser. Ge den rättigheten CREATEDB, eller simulera utan "
            "DATABASE_URL, så används den medföljande databasen.",
            "The database login may not create databases. Grant it CREATEDB, or simulate without DATABASE_URL to use "
            "the database that comes along.",
        )


@contextmanager
def open_scratch(server: EmbeddedPostgres | str) -> Iterator[Database]:
    """A fresh, migrated database on the embedded server, or on that of an address; dropped when the block ends.

    It does not wait for the disk, since nothing in it is kept. Raises ScratchRefused when the address's login may not
    create databases, DatabaseUnavailable when the server does not answer.
    """
    name = f"simulation_{secrets.token_hex(8)}"
    admin, owner, url = _addresses(server, name)
    _create(admin, name, owner)
    try:
        database = Database(url)
        try:
            migrations.migrate(database)
            yield database
        finally:
            database.close()
    finally:
        _drop(admin, name)


def _addresses(server: EmbeddedPostgres | str, name: str) -> tuple[str, str | None, str]:
    """Where to create from, whom it shall belong to (None: whoever creates it), and the address of the database."""
    if isinstance(server, EmbeddedPostgres):
        return server.url("postgres", "postgres"), LOGIN, server.url(name)
    address = address_of(server)
    return make_conninfo(**address), None, make_conninfo(**{**address, "dbname": name})


def _create(admin: str, name: str, owner: str | None) -> None:
    identifier = sql.Identifier(name)
    statement = sql.SQL("CREATE DATABASE {}").format(identifier)
    if owner is not None:
        statement += sql.SQL(" OWNER {}").format(sql.Identifier(owner))
    try:
        opened = psycopg.connect(admin, autocommit=True)
    except psycopg.OperationalError as fault:
        raise DatabaseUnavailable(" ".join(str(fault).split())) from fault
    with opened as connection:
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege as refused:
            raise ScratchRefused from refused
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(identifier))


def _drop(admin: str, name: str) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
