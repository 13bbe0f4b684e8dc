"""What a record said before, and the records it hangs together with."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import Response
from pydantic import Field

from app.db.prevention import record_changes, registers
from app.db.prevention.record_changes import Noted
from app.db.prevention.records import RecordRow
from app.db.prevention.registers import Link
from app.web.api.models import Page, Shown
from app.web.api.records import PATHS, one
from app.web.deps import Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_cursor


class FieldChangeOut(Shown):
    """A value that changed. `pointer` is its place in the record: `/fields/title`, `/extra/...`."""

    pointer: str
    before: Any
    after: Any


class RecordChangeOut(Shown):
    """A change of a record. `person` is null where the service itself made it."""

    version: int
    happened: Literal["created", "changed", "withdrawn", "restored"]
    changed_at: datetime
    person_id: UUID | None
    person: str | None
    submission_id: UUID | None = Field(description="The form that was sent in; null when it was none.")
    reason: str | None
    changes: list[FieldChangeOut]

    @classmethod
    def of(cls, noted: Noted) -> "RecordChangeOut":
        """The change, with who made it."""
        row = noted.change
        return cls(
            version=row.version,
            happened=row.happened,  # type: ignore[arg-type]  # a check constraint keeps it to these
            changed_at=row.changed_at,
            person_id=noted.person_id,
            person=noted.name,
            submission_id=row.submission_id,
            reason=row.reason,
            changes=[FieldChangeOut(**change) for change in row.changes],
        )


class LinkOut(Shown):
    """A record that this one names in a field (`to`), or that names this one there (`from`)."""

    direction: Literal["to", "from"]
    field: str
    kind: str
    id: UUID
    path: str

    @classmethod
    def of(cls, link: Link) -> "LinkOut":
        """The link."""
        return cls(
            direction="from" if link.is_back else "to",
            field=link.column,
            kind=link.kind,
            id=link.id,
            path=f"/api/v1/{PATHS[link.kind]}/{link.id}",
        )


class LinksOut(Shown):
    """The records that a record hangs together with, one step away."""

    items: list[LinkOut]


def historian(table: type[RecordRow]) -> Callable[..., Response]:
    """The route that tells what a record said before."""

    def read_history(call: Reading, record_id: UUID, limit: Limit = DEFAULT_LIMIT, after: After = None) -> Response:
        """Who changed the record, when and why, newest first; what it said before and after."""
        row = one(call, table, record_id)
        keys = read_cursor(after, int)
        found = record_changes.of_record(
            call.uow.session, row.municipality_id, row.id, before=keys[0] if keys else None, limit=limit + 1
        )
        shown, following = page_of(found, limit, lambda noted: (noted.change.version,))
        return call.answer(Page[RecordChangeOut](items=[RecordChangeOut.of(noted) for noted in shown], next=following))

    return read_history


def linker(table: type[RecordRow]) -> Callable[..., Response]:
    """The route that tells what a record hangs together with."""

    def read_links(call: Reading, record_id: UUID) -> Response:
        """The records that this one names, and those that name it."""
        found = registers.links_of(call.uow.session, one(call, table, record_id))
        return call.answer(LinksOut(items=[LinkOut.of(link) for link in found]))

    return read_links
