"""What every table has in common."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

# Tables without a municipality. Everything else carries municipality_id and is behind row-level security.
GLOBAL_TABLES = frozenset(
    {
        "municipality",  # the tenants themselves
        "person",  # one person may hold roles in several municipalities
        "sign_in",  # a person's server-side sessions
        "api_token",  # a person's tokens
        "calendar_feed",  # a person's or a municipality's secret address: who it opens for is known only by finding it
        "deployment",  # shipped to all, or owned by one municipality
        "process_definition",  # the same
        "idempotency_key",  # belongs to a person
        "alembic_version",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware instant in UTC. A naive one is refused: nobody knows when it is."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  its form
        """Refuse naive instants with ValueError."""
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant without a time zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  its form
        """Always UTC, whatever the connection's zone."""
        return None if value is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The declarative base. Names of constraints follow one convention, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads this class attribute
        datetime: Instant(),
        str: Text(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


class Municipal:
    """A row of one municipality: every key contains it, and row-level security reads it."""

    @declared_attr
    def municipality_id(cls) -> Mapped[str]:  # noqa: N805  SQLAlchemy passes the class
        """The municipality the row belongs to."""
        return mapped_column(ForeignKey("municipality.id"), primary_key=True)

    id: Mapped[UUID] = mapped_column(primary_key=True)
