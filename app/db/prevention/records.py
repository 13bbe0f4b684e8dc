"""What the records of the work have in common: where each came from, and how a second round updates it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.schema import Index

from app.db.base import Instant, Municipal
from app.db.session import Session


class RecordRow(Municipal):
    """A record filled by a form.

    `source_key` names the instance, and for rows also the element, the department or actor, and the row: a second
    submission of the same step updates instead of doubling. Fields that have no column are in `extra`.
    `withdrawn_at` is set when a later submission left the row out or the instance was cancelled.
    """

    KIND: ClassVar[str]
    SINGLE: ClassVar[bool] = False
    # A second round is another record beside the first: what was decided first was decided too.
    EACH_ROUND: ClassVar[bool] = False
    # The column that holds what a row is about, where the row's `id` is another record's.
    ABOUT: ClassVar[str | None] = None

    source_key: Mapped[str]
    process_instance_id: Mapped[UUID | None]
    submission_id: Mapped[UUID | None]
    year: Mapped[int]
    extra: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    # Counted by a trigger, with each change of what the record says (`record_changes.py`).
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805  SQLAlchemy passes the class
        """One record per source; lists go by year."""
        name = cls.__tablename__  # type: ignore[attr-defined]  # given by each table
        return (
            Index(f"uq_{name}_source_key", "municipality_id", "source_key", unique=True),
            Index(f"ix_{name}_year", "municipality_id", "year"),
            Index(f"ix_{name}_instance", "municipality_id", "process_instance_id"),
        )


def columns_of(table: type[RecordRow]) -> frozenset[str]:
    """The columns that a form may fill."""
    own = set(table.__table__.columns.keys())  # type: ignore[attr-defined]  # given by SQLAlchemy
    common = {
        "municipality_id", "id", "source_key", "process_instance_id", "submission_id", "year", "extra", "created_at",
        "updated_at", "withdrawn_at", "version",
    }  # fmt: skip
    return frozenset(own - common)


def types_of(table: type[RecordRow]) -> dict[str, type]:
    """The Python type of each of those columns."""
    columns = table.__table__.columns  # type: ignore[attr-defined]  # given by SQLAlchemy
    kept = {JSONB: list, Instant: datetime}
    return {name: kept.get(type(columns[name].type)) or columns[name].type.python_type for name in columns_of(table)}


def column_values(table: type[RecordRow], values: dict[str, Any]) -> dict[str, Any]:
    """JSON values as the columns store them: ISO dates become dates, ids become UUIDs.

    Raises ValueError naming the column when a value does not fit.
    """
    stored: dict[str, Any] = {}
    for name, value in values.items():
        column = table.__table__.columns[name]  # type: ignore[attr-defined]  # given by SQLAlchemy
        try:
            if isinstance(value, str) and isinstance(column.type, Instant):
                stored[name] = datetime.fromisoformat(value)
            elif isinstance(value, str) and column.type.python_type is date:
                stored[name] = date.fromisoformat(value[:10])
            elif isinstance(value, str) and column.type.python_type is UUID:
                stored[name] = UUID(value)
            elif value is not None and column.type.python_type is str and not isinstance(value, str):
                stored[name] = ", ".join(str(v) for v in value) if isinstance(value, list) else str(value)
            else:
                stored[name] = value
        except ValueError as error:
            raise ValueError(name) from error
    return stored


def upsert(session: Session, table: type[RecordRow], rows: Sequence[dict[str, Any]]) -> list[UUID]:
    """Insert records, or update those of the same source; their ids, in order. Only what is given is changed.

    Rows that give the same fields are one statement.
    """
    alike: dict[frozenset[str], list[dict[str, Any]]] = {}
    for row in rows:
        alike.setdefault(frozenset(row), []).append(row)
    ids: dict[str, UUID] = {}
    for given, group in alike.items():
        ids |= {row[0]: row[1] for row in session.execute(_upserting(table, given), group)}
    return [ids[row["source_key"]] for row in rows]


def _upserting(table: type[RecordRow], given: frozenset[str]) -> Any:
    statement = insert(table.__table__)  # type: ignore[attr-defined]  # given by SQLAlchemy
    kept = {"id", "municipality_id", "source_key", "created_at", "year"}
    changes: dict[str, Any] = {key: statement.excluded[key] for key in sorted(given - kept)}
    changes["withdrawn_at"] = None
    if "extra" in given:
        changes["extra"] = table.extra.op("||")(statement.excluded["extra"])
    return statement.on_conflict_do_update(index_elements=["municipality_id", "source_key"], set_=changes).returning(
        table.source_key, table.id
    )


def withdraw_missing(
    session: Session,
    table: type[RecordRow],
    municipality_id: str,
    prefixes: Sequence[str],
    kept: Sequence[UUID],
    at: datetime,
) -> None:
    """Withdraw the records of a step's lists that its latest submission no longer has."""
    session.execute(
        update(table)
        .where(
            table.municipality_id == municipality_id,
            or_(*(table.source_key.startswith(prefix, autoescape=True) for prefix in prefixes)),
            table.id.not_in(list(kept)),
            table.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
        .execution_options(synchronize_session=False)
    )


def withdraw_of_instance(
    session: Session, table: type[RecordRow], municipality_id: str, instance_id: UUID, at: datetime
) -> None:
    """Withdraw the records of a cancelled instance."""
    session.execute(
        update(table)
        .where(table.municipality_id == municipality_id, table.process_instance_id == instance_id)
        .values(withdrawn_at=at)
        .execution_options(synchronize_session=False)
    )


def change(
    session: Session,
    table: type[RecordRow],
    municipality_id: str,
    record_id: UUID,
    values: dict[str, Any],
    extra: dict[str, Any] | None = None,
) -> bool:
    """Change a record. False when there is none with that id in the municipality."""
    result = session.execute(
        update(table)
        .where(table.municipality_id == municipality_id, table.id == record_id)
        .values(**values, **({"extra": table.extra.op("||")(literal(extra, JSONB))} if extra else {}))
        .returning(table.id)
        .execution_options(synchronize_session=False)
    )
    return result.scalar_one_or_none() is not None


def of_year(session: Session, table: type[RecordRow], municipality_id: str, year: int) -> list[Any]:
    """The records of a year that have not been withdrawn, oldest first."""
    return list(
        session.execute(
            select(table)
            .where(table.municipality_id == municipality_id, table.year == year, table.withdrawn_at.is_(None))
            .order_by(table.created_at, table.source_key)
        ).scalars()
    )


def of_instance(session: Session, table: type[RecordRow], municipality_id: str, instance_id: UUID) -> list[Any]:
    """The records of an instance that have not been withdrawn, oldest first."""
    return list(
        session.execute(
            select(table)
            .where(
                table.municipality_id == municipality_id,
                table.process_instance_id == instance_id,
                table.withdrawn_at.is_(None),
            )
            .order_by(table.created_at, table.source_key)
        ).scalars()
    )


def written_by(session: Session, table: type[RecordRow], municipality_id: str, submission_id: UUID) -> list[Any]:
    """The records that a submission was the last to write, in the order of its rows."""
    return list(
        session.execute(
            select(table)
            .where(table.municipality_id == municipality_id, table.submission_id == submission_id)
            .order_by(table.created_at, table.source_key)
        ).scalars()
    )


def get(session: Session, table: type[RecordRow], record_id: UUID) -> Any | None:
    """The record, if it has not been withdrawn."""
    return session.execute(
        select(table).where(table.id == record_id, table.withdrawn_at.is_(None))
    ).scalar_one_or_none()


def of_ids(session: Session, table: type[RecordRow], municipality_id: str, ids: Sequence[UUID]) -> list[Any]:
    """Those of the records that have not been withdrawn."""
    if not ids:
        return []
    return list(
        session.execute(
            select(table).where(
                table.municipality_id == municipality_id, table.id.in_(list(ids)), table.withdrawn_at.is_(None)
            )
        ).scalars()
    )
