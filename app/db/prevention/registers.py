"""Registers: the records of one kind as they are listed, searched and exported, and what they hang together with.

A register of a municipality holds hundreds or thousands of rows, not millions: lists walk the index of the
municipality's years, and what is searched for is looked for in the rows found there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, cast, false, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH, REGCONFIG

from app.db.prevention.data_series import DataSeries, Observation
from app.db.prevention.records import RecordRow, columns_of
from app.db.process.process_instances import ProcessInstance
from app.db.session import Session
from app.db.tables import RECORDS

MAX_WORDS: Final = 8
"""Words that are searched for at once; more are left out."""
MAX_STEMMED: Final = 250_000
"""Characters of a record whose Swedish forms are looked at: PostgreSQL refuses a vector of words over 1 MB."""
MOST_LINKS: Final = 1000
_BATCH: Final = 500

LINKS: Final = {f"{kind}_id": kind for kind in RECORDS}
"""The columns that name another record, and its kind."""


@dataclass(frozen=True)
class Wanted:
    """What of a register is asked for; None asks for anything. `is_withdrawn` asks for those withdrawn alone."""

    from_year: int | None = None
    to_year: int | None = None
    status: str | None = None
    department_id: UUID | None = None
    actor_id: UUID | None = None
    owner: str | None = None
    instance_id: UUID | None = None
    period: str | None = None
    changed_since: datetime | None = None
    is_withdrawn: bool = False
    text: str | None = None

    def columns(self) -> frozenset[str]:
        """The columns it asks of, which not every register has."""
        asked = {"status", "department_id", "actor_id", "owner"}
        return frozenset(name for name in asked if getattr(self, name) is not None)


class Link(NamedTuple):
    """A record that another names in a column, or that names it there (`is_back`)."""

    kind: str
    id: UUID
    column: str
    is_back: bool


def page(
    session: Session,
    table: type[RecordRow],
    municipality_ids: Sequence[str],
    wanted: Wanted,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
    actor_ids: Sequence[UUID] = (),
) -> list[Any]:
    """Records of these municipalities, newest first; and those of these external actors, wherever they are."""
    statement = _asked(table, municipality_ids, wanted, actor_ids)
    if after:
        at, last = after
        statement = statement.where((table.created_at < at) | ((table.created_at == at) & (table.id < last)))
    return list(session.execute(_newest_first(statement, table).limit(limit)).scalars())


def each(
    session: Session, table: type[RecordRow], municipality_ids: Sequence[str], wanted: Wanted, *, limit: int
) -> Iterator[Any]:
    """The same, some hundreds in hand at a time, and no cursor left open when the reader gives up."""
    after: tuple[datetime, UUID] | None = None
    left = limit
    while left > 0:
        rows = page(session, table, municipality_ids, wanted, after=after, limit=min(_BATCH, left))
        yield from rows
        if len(rows) < _BATCH:
            return
        left -= len(rows)
        after = (rows[-1].created_at, rows[-1].id)


def count(session: Session, table: type[RecordRow], municipality_ids: Sequence[str], wanted: Wanted, limit: int) -> int:
    """How many there are, counted up to the limit."""
    some = _asked(table, municipality_ids, wanted, ()).with_only_columns(table.id).limit(limit).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()


def get(session: Session, table: type[RecordRow], record_id: UUID) -> Any | None:
    """The record, withdrawn or not."""
    return session.execute(select(table).where(table.id == record_id)).scalar_one_or_none()


def lock(session: Session, table: type[RecordRow], municipality_id: str, record_id: UUID) -> Any | None:
    """The record as it is when nobody else may change it any more, until the transaction is over."""
    return session.execute(
        select(table)
        .where(table.municipality_id == municipality_id, table.id == record_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def links_of(session: Session, row: RecordRow) -> list[Link]:
    """The records that it names and those that name it, the withdrawn left out."""
    own = [
        Link(kind, getattr(row, column), column, is_back=False)
        for column, kind in LINKS.items()
        if getattr(row, column, None) is not None
    ]
    back = [
        select(literal(table.KIND), table.id, literal(column)).where(
            table.municipality_id == row.municipality_id,
            table.__table__.columns[column] == row.id,  # type: ignore[attr-defined]  # given by SQLAlchemy
            table.withdrawn_at.is_(None),
        )
        for table in RECORDS.values()
        for column in sorted(columns_of(table) & {f"{row.KIND}_id"})
    ]
    back += _of_same_submission(row)
    if not back:
        return own
    found = session.execute(union_all(*back).limit(MOST_LINKS))
    return [*own, *(Link(kind, key, column, is_back=True) for kind, key, column in found)]


def _of_same_submission(row: RecordRow) -> list[Any]:
    """A series and its observations were sent in together."""
    together: dict[str, type[RecordRow]] = {DataSeries.KIND: Observation, Observation.KIND: DataSeries}
    other = together.get(row.KIND)
    if other is None or row.submission_id is None:
        return []
    return [
        select(literal(other.KIND), other.id, literal("submission_id")).where(
            other.municipality_id == row.municipality_id,
            other.submission_id == row.submission_id,
            other.withdrawn_at.is_(None),
        )
    ]


def _newest_first(statement: Select[Any], table: type[RecordRow]) -> Select[Any]:
    return statement.order_by(table.created_at.desc(), table.id.desc())


def _asked(
    table: type[RecordRow], municipality_ids: Sequence[str], wanted: Wanted, actor_ids: Sequence[UUID]
) -> Select[Any]:
    columns = table.__table__.columns  # type: ignore[attr-defined]  # given by SQLAlchemy
    theirs = table.municipality_id.in_(list(municipality_ids))
    if actor_ids:
        theirs |= columns["actor_id"].in_(list(actor_ids))
    asked: list[ColumnElement[bool]] = [
        theirs,
        table.withdrawn_at.is_not(None) if wanted.is_withdrawn else table.withdrawn_at.is_(None),
        *(columns[name] == getattr(wanted, name) if name in columns else false() for name in sorted(wanted.columns())),
    ]
    if wanted.from_year is not None:
        asked.append(table.year >= wanted.from_year)
    if wanted.to_year is not None:
        asked.append(table.year <= wanted.to_year)
    if wanted.instance_id is not None:
        asked.append(table.process_instance_id == wanted.instance_id)
    if wanted.period is not None:
        of_period = select(ProcessInstance.id).where(
            ProcessInstance.municipality_id == table.municipality_id, ProcessInstance.period == wanted.period
        )
        asked.append(table.process_instance_id.in_(of_period))
    if wanted.changed_since is not None:
        asked.append(table.updated_at >= wanted.changed_since)
    if wanted.text is not None:
        asked.append(_found(table, wanted.text))
    return select(table).where(*asked)


def _found(table: type[RecordRow], text: str) -> ColumnElement[bool]:
    """Rows whose texts hold each word as it is written, or the words in any of their Swedish forms."""
    written = _texts(table)
    words = text.split()[:MAX_WORDS]
    swedish = cast("swedish", REGCONFIG)
    stems = func.to_tsvector(swedish, func.left(written, MAX_STEMMED)).op("@@")(
        func.websearch_to_tsquery(swedish, text)
    )
    return or_(and_(*(written.icontains(word, autoescape=True) for word in words)), stems)


def _texts(table: type[RecordRow]) -> ColumnElement[str]:
    """Every text of a row: its columns, its lists, and what an administrator's form added."""
    columns = table.__table__.columns  # type: ignore[attr-defined]  # given by SQLAlchemy
    own = [columns[name] for name in sorted(columns_of(table))]
    plain = [column for column in own if isinstance(column.type, Text)]
    lists = [column for column in [*own, columns["extra"]] if isinstance(column.type, JSONB)]
    every = cast('$.** ? (@.type() == "string")', JSONPATH)
    strings = [cast(func.jsonb_path_query_array(column, every), Text) for column in lists]
    return func.concat_ws(" ", *plain, *strings)
