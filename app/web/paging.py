"""Keyset pages: a list answers `{items, next}`; `next` is where the following page begins, opaque to the caller."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import orjson
from fastapi import Query

from app.domain.errors import FieldFault, InvalidInput

T = TypeVar("T")

MAX_LIMIT = 200
DEFAULT_LIMIT = 50

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.")]
After = Annotated[str | None, Query(max_length=500, description="The `next` of the page before.")]

_READERS: dict[type, Callable[[Any], Any]] = {
    UUID: lambda value: UUID(str(value)),
    datetime: lambda value: _aware(datetime.fromisoformat(value)),
    date: date.fromisoformat,
    str: lambda value: _of(value, str),
    int: lambda value: _of(value, int),
}


def cursor(*parts: Any) -> str:
    """An opaque cursor of the last row's keys."""
    return base64.urlsafe_b64encode(orjson.dumps(parts)).rstrip(b"=").decode()


def read_cursor(text: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The keys in a cursor; None without one. Raises InvalidInput when it is not one of ours."""
    if text is None:
        return None
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        return tuple(_READERS[kind](part) for kind, part in zip(kinds, _of(parts, list), strict=True))
    except (ValueError, TypeError, binascii.Error) as fault:
        sv, en = "Sidmärket är inte ett av våra.", "The cursor is not one of ours."
        raise InvalidInput(sv, en, [FieldFault("", sv, en)]) from fault


def read_instant_key(text: str | None) -> tuple[datetime, UUID] | None:
    """The keys of lists ordered by an instant. Raises InvalidInput."""
    found = read_cursor(text, datetime, UUID)
    return None if found is None else (found[0], found[1])


def read_due_key(text: str | None) -> tuple[date, UUID] | None:
    """The keys of lists ordered by a due date. Raises InvalidInput."""
    found = read_cursor(text, date, UUID)
    return None if found is None else (found[0], found[1])


def page_of(rows: Sequence[T], limit: int, keys: Callable[[T], tuple[Any, ...]]) -> tuple[Sequence[T], str | None]:
    """The page and the cursor of the next, from one row more than the page holds."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], cursor(*keys(rows[limit - 1]))


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(value)
    return value


def _of(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind) or isinstance(value, bool) or "\x00" in str(value):
        raise ValueError(value)
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError(value)
    return value
