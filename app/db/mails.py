"""Mails to people: written with what caused them, sent afterwards by a leased job."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Municipal
from app.db.session import Session


class Mail(Municipal, Base):
    """A mail as it was written. `kind`: reminder, escalation, digest. `status`: waiting, sent, failed, unsent.

    `unsent` is a mail that is not to leave: e-mail was off when it was written, there was nothing to say, or its task
    was closed before it left. The Message-ID is the same over all tries, and `dedup_key` makes a second writing of the
    same mail impossible. A digest covers all the person's municipalities and belongs to the first of them.
    """

    __tablename__ = "mail"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str]
    language: Mapped[str]
    kind: Mapped[str]
    user_task_id: Mapped[UUID | None]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    message_id: Mapped[str]
    dedup_key: Mapped[str]
    status: Mapped[str]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["municipality_id", "user_task_id"], ["user_task.municipality_id", "user_task.id"]),
        CheckConstraint("kind IN ('reminder', 'escalation', 'digest')", name="kind"),
        CheckConstraint("status IN ('waiting', 'sent', 'failed', 'unsent')", name="status"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        Index("uq_mail_dedup_key", "dedup_key", unique=True),
        Index("ix_mail_task", "municipality_id", "user_task_id"),
        Index("ix_mail_created_at", "created_at"),
    )


def add(session: Session, rows: Sequence[dict[str, Any]]) -> set[UUID]:
    """Write mails; the ids of those that had not been written before."""
    if not rows:
        return set()
    statement = insert(Mail).on_conflict_do_nothing(index_elements=["dedup_key"]).returning(Mail.id)
    return set(session.execute(statement, list(rows)).scalars())


def get(session: Session, mail_id: UUID) -> Mail | None:
    """The mail."""
    return session.execute(
        select(Mail).where(Mail.id == mail_id).execution_options(populate_existing=True)
    ).scalar_one_or_none()


def set_status(session: Session, mail_id: UUID, status: str, sent_at: datetime | None = None) -> None:
    """What became of the mail."""
    session.execute(
        update(Mail)
        .where(Mail.id == mail_id)
        .values(status=status, sent_at=sent_at)
        .execution_options(synchronize_session=False)
    )


def of_task(session: Session, municipality_id: str, task_id: UUID) -> list[Mail]:
    """The mails about a task, in the order they were written."""
    return list(
        session.execute(
            select(Mail)
            .where(Mail.municipality_id == municipality_id, Mail.user_task_id == task_id)
            .order_by(Mail.created_at, Mail.id)
        ).scalars()
    )


def count_by_status(session: Session) -> dict[str, int]:
    """How many mails there are of each status."""
    rows = session.execute(select(Mail.status, func.count()).group_by(Mail.status))
    return {row[0]: row[1] for row in rows}


def forget_before(session: Session, at: datetime, limit: int) -> int:
    """Forget mails that were written before the instant and no longer wait; how many."""
    old = (
        select(Mail.municipality_id, Mail.id)
        .where(Mail.created_at < at, Mail.status != "waiting")
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("old")
    )
    done = session.execute(
        delete(Mail)
        .where(Mail.municipality_id == old.c.municipality_id, Mail.id == old.c.id)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())
