"""The only place that opens transactions and commits them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

APPLICATION_ROLE = "trygghetshjulet_app"

__all__ = [
    "APPLICATION_ROLE",
    "Database",
    "DatabaseUnavailable",
    "LockNotGranted",
    "Session",
    "everything",
    "insert_rows",
]


class DatabaseUnavailable(RuntimeError):
    """The database does not answer. Nothing was written; try again."""


class LockNotGranted(RuntimeError):
    """Somebody else held the row for longer than `lock_timeout`. Nothing was written; try again."""


class Database:
    """One PostgreSQL, its connection pool, and transactions on it.

    The statement timeout is 15 s, the lock timeout 5 s. A connection whose login may bypass row-level security steps
    down to a role that may not, so that the second wall stands also with a superuser's address.
    """

    def __init__(self, url: str, *, pool_size: int = 12, statement_timeout_ms: int = 15_000) -> None:
        self.url = url
        self.engine: Engine = create_engine(
            _driver(url),
            pool_size=pool_size,
            max_overflow=4,
            pool_timeout=10,
            pool_pre_ping=False,
            pool_recycle=1800,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={
                "connect_timeout": 5,
                "options": f"-c timezone=UTC -c lock_timeout=5000 -c statement_timeout={statement_timeout_ms}",
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
            raise _fault(fault) from fault
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


def _driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _fault(fault: OperationalError | PoolTimeout) -> Exception:
    code = getattr(getattr(fault, "orig", None), "sqlstate", None)
    if code in {"55P03", "40P01", "40001", "57014"}:
        return LockNotGranted(str(code))
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


def everything(session: Session) -> None:
    """Open every municipality for this transaction: the scheduler, the operator, the start-up."""
    session.execute(text("SELECT set_config('app.municipalities', '*', true)"))
