"""What records said before: each change with who, when and why, written by the database's own triggers.

Whoever changes a record, a form, an action or a client, has the change noted in the same transaction. Of a record's
first row nothing is kept but that it was made: what it said then stands in what was changed later.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, and_, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Municipal
from app.db.people import Person
from app.db.process.user_tasks import Submission
from app.db.session import Session


class RecordChange(Municipal, Base):
    """A record was created, changed, withdrawn or restored. `changes` are `{pointer, before, after}`.

    `person_id` is who was signed in; None for the service itself. `submission_id` is the form that was sent in.
    """

    __tablename__ = "record_change"
    kind: Mapped[str]
    record_id: Mapped[UUID]
    version: Mapped[int]
    happened: Mapped[str]
    changed_at: Mapped[datetime]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    submission_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    changes: Mapped[list[Any]]

    __table_args__ = (
        CheckConstraint("happened IN ('created', 'changed', 'withdrawn', 'restored')", name="happened"),
        Index("uq_record_change_version", "municipality_id", "record_id", "version", unique=True),
    )


class Noted(NamedTuple):
    """A change, and who made it: the one signed in, else whoever sent in the form."""

    change: RecordChange
    person_id: UUID | None
    name: str | None


def of_record(
    session: Session, municipality_id: str, record_id: UUID, *, before: int | None, limit: int
) -> Sequence[Noted]:
    """The changes of a record, newest first; those before a version when one is named."""
    person = func.coalesce(RecordChange.person_id, Submission.submitted_by)
    statement = (
        select(RecordChange, person, Person.name)
        .outerjoin(
            Submission,
            and_(
                Submission.municipality_id == RecordChange.municipality_id, Submission.id == RecordChange.submission_id
            ),
        )
        .outerjoin(Person, Person.id == person)
        .where(RecordChange.municipality_id == municipality_id, RecordChange.record_id == record_id)
        .order_by(RecordChange.version.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(RecordChange.version < before)
    return [Noted(*row) for row in session.execute(statement)]


def tell_why(session: Session, reason: str) -> None:
    """Why the records are changed that this transaction changes from now on."""
    session.execute(text("SELECT set_config('app.reason', :reason, true)"), {"reason": reason})
