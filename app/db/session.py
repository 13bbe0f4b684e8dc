"""The only place that opens transactions and commits them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import orjson
import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

APPLICATION_ROLE = "trygghetshjulet_app"
IDLE_IN_TRANSACTION_MS = 45_000

__all__ = [
    "APPLICATION_ROLE",
    "AddressInvalid",
    "Database",
    "DatabaseUnavailable",
    "LockNotGranted",
    "Session",
    "address_of",
    "everything",
    "fault_of",
    "insert_rows",
]


class AddressInvalid(ValueError):
    """The database's address cannot be read. The message does not quote it: there may be a password in it."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_URL går inte att läsa. Den skrivs postgresql://användare:lösenord@värd:5432/databas, och i "
            "lösenordet skrivs blanksteg, / och @ som %20, %2F och %40. DATABASE_URL cannot be read. It is written "
            "postgresql://user:password@host:5432/database; write spaces, / and @ in the password as %20, %2F, %40."
        )


class DatabaseUnavailable(RuntimeError):
    """The database does not answer. Nothing was written; try again. The message never holds a password."""


class LockNotGranted(RuntimeError):
    """Somebody else held the row for longer than `lock_timeout`. Nothing was written; try again."""


class Database:
    """One PostgreSQL, its connection pool, and transactions on it.

    The statement timeout is 15 s, the lock timeout 5 s, and whoever is silent in a transaction for 45 s is cut off. A
    connection whose login may bypass row-level security steps
    down to a role that may not, so that the second wall stands also with a superuser's address.

    The address is read by libpq, so it means what it means to `psql`: `sslmode`, several hosts and so on. Raises
    AddressInvalid.
    """

    def __init__(self, url: str, *, pool_size: int = 12, statement_timeout_ms: int = 15_000) -> None:
        self.url = url
        address = address_of(url)
        # Whatever the server's defaults are: what is read after a lock was granted must be what its holder wrote.
        own = (
            f"-c timezone=UTC -c lock_timeout=5000 -c statement_timeout={statement_timeout_ms} "
            r"-c default_transaction_isolation=read\ committed "
            # A replica that is frozen, or whose machine has gone, must not keep its locks: the server ends it.
            f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS} "
            "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
        )
        self.engine: Engine = create_engine(
            URL.create("postgresql+psycopg", database=address.pop("dbname", None)),
            pool_size=pool_size,
            max_overflow=4,
            pool_timeout=10,
            pool_pre_ping=False,
            pool_recycle=1800,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={
                "connect_timeout": 5,
                # And the other way round: a server whose machine has gone is noticed within half a minute.
                "keepalives_idle": 15,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "tcp_user_timeout": 30_000,
                "application_name": "trygghetshjulet",
                **address,
                "options": f"{address.get('options', '')} {own}".strip(),
            },
        )
        event.listen(self.engine, "connect", _step_down)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed when the block ends well, rolled back otherwise.

        Raises DatabaseUnavailable or LockNotGranted for faults that a retry may mend.
        """
        session = self._sessions()
        try:
            yield session
            session.commit()
        except (OperationalError, PoolTimeout) as fault:
            session.rollback()
            raise fault_of(fault) from fault
        except DBAPIError as fault:
            session.rollback()
            if fault.connection_invalidated:
                raise DatabaseUnavailable(str(fault.orig)) from fault
            raise
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()

    def close(self) -> None:
        """Close every connection of the pool."""
        self.engine.dispose()


def address_of(url: str) -> dict[str, Any]:
    """The parts of an address, as libpq reads it. Raises AddressInvalid."""
    try:
        read = dict(conninfo_to_dict(url))
    except psycopg.Error:
        # Without its cause: libpq quotes what it stumbled on.
        raise AddressInvalid from None
    if not read:
        raise AddressInvalid
    return read


def fault_of(fault: OperationalError | PoolTimeout) -> Exception:
    """What the driver's fault means to those above: LockNotGranted or DatabaseUnavailable."""
    code = getattr(getattr(fault, "orig", None), "sqlstate", None)
    if code in {"55P03", "40P01", "40001", "57014"}:
        return LockNotGranted(str(code))
    if isinstance(fault, OperationalError) and fault.statement is None:
        # No connection came about: PostgreSQL says why, and names host, database and login at most.
        return DatabaseUnavailable(" ".join(str(fault.orig).split()))
    return DatabaseUnavailable(type(fault).__name__)


def _step_down(connection: Any, _record: Any) -> None:
    """A login that bypasses row-level security takes the application's role instead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        (bypasses,) = cursor.fetchone()
        if bypasses:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (APPLICATION_ROLE,))
            if cursor.fetchone():
                cursor.execute(f"SET ROLE {APPLICATION_ROLE}")
    connection.commit()


def insert_rows(session: Session, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows in one statement, whatever their keys: one that lacks a key of another has NULL there.

    Left to itself SQLAlchemy sends a statement for each set of keys; `returning` makes it a single VALUES list.
    """
    if rows:
        keys = dict.fromkeys(key for row in rows for key in row)
        table = statement.table
        session.execute(
            statement.returning(table.c.municipality_id), [{key: row.get(key) for key in keys} for row in rows]
        )


def everything(session: Session, at: datetime | None = None) -> None:
    """Open every municipality for this transaction: the scheduler, the operator, the start-up.

    Where a clock is set, `at` is its instant: the triggers that note changes go by it.
    """
    session.execute(
        text("SELECT set_config('app.municipalities', '*', true), set_config('app.at', :at, true)"),
        {"at": at.isoformat() if at is not None else ""},
    )
