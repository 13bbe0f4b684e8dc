"""Mails written, in the transaction of what caused them: a row each, and when e-mail is on the job that sends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db import mails
from app.db.addressees import Addressee
from app.db.process import jobs
from app.documents.mails import Written
from app.domain.ids import new_id
from app.domain.sending_hours import SendingHours
from app.domain.workdays import WorkdayCalendar
from app.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Occasion:
    """What a mail is about. `dedup_key` is the same whenever the same thing is written to the same person."""

    municipality: str
    kind: str
    dedup_key: str
    task_id: UUID | None = None


@dataclass(frozen=True)
class Outgoing:
    """A mail to write: to whom, about what, and its words."""

    to: Addressee
    occasion: Occasion
    written: Written


def queue(
    uow: UnitOfWork,
    outgoing: Sequence[Outgoing],
    hours: SendingHours,
    calendar: WorkdayCalendar,
    *,
    leaves: bool = True,
) -> list[Outgoing]:
    """Write mails and queue their sending within the hours; those that had not been written before.

    With e-mail off the rows say what would have been sent, and nothing leaves; nor does it when not `leaves`.
    """
    leaves = leaves and uow.installation.mail is not None
    rows = [_row(uow, entry, leaves=leaves) for entry in outgoing if entry.to.address]
    fresh = mails.add(uow.session, rows)
    if leaves:
        at = hours.next_from(uow.now, calendar)
        jobs.add(uow.session, [_job(row, at, uow.now) for row in rows if row["id"] in fresh])
        uow.ring_after_commit()
    keys = {row["dedup_key"] for row in rows if row["id"] in fresh}
    return [entry for entry in outgoing if entry.occasion.dedup_key in keys]


def _row(uow: UnitOfWork, entry: Outgoing, *, leaves: bool) -> dict[str, Any]:
    mail_id, server = new_id(), uow.installation.mail
    return {
        "municipality_id": entry.occasion.municipality,
        "id": mail_id,
        "person_id": entry.to.id,
        "address": entry.to.address,
        "language": entry.to.language,
        "kind": entry.occasion.kind,
        "user_task_id": entry.occasion.task_id,
        "subject": entry.written.subject,
        "text": entry.written.text,
        "html": entry.written.html,
        "message_id": f"<{mail_id}@{server.domain if server else 'localhost'}>",
        "dedup_key": entry.occasion.dedup_key,
        "status": "waiting" if leaves else "unsent",
        "created_at": uow.now,
    }


def _job(row: dict[str, Any], at: datetime, now: datetime) -> dict[str, Any]:
    return {
        "municipality_id": row["municipality_id"],
        "id": new_id(),
        "kind": "mail",
        "scope_kind": "mail",
        "scope_id": row["id"],
        "element": row["kind"],
        "token": 0,
        "occurrence": 0,
        "process_instance_id": None,
        "due_at": at,
        "due_on": None,
        "zone": "Europe/Stockholm",
        "status": "waiting",
        "attempts": 0,
        "payload": {},
        "created_at": now,
    }
