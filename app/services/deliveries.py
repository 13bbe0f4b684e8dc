"""Mails sent: leased in one short transaction, handed over with none open, recorded in a third.

At least once: a sender that dies after handing a mail over leaves a lease that runs out, and the mail goes again with
the same Message-ID, which a mailbox shows once. A server that is down ends the round; each mail then waits for its own
next try, and after the last an incident is open, with the mail to retry. No other job waits for any of this.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from uuid import UUID

import structlog

from app.db import mails, people
from app.db.mails import Mail
from app.db.process import incidents, jobs, user_tasks
from app.db.process.jobs import Job
from app.documents.envelopes import Envelope, message
from app.domain.ids import new_id
from app.domain.mail_servers import MailServer
from app.services.facts import organisation
from app.services.installation import Installation
from app.services.postal_connections import MailRefused, PostalConnection, ServerDown
from app.services.reminder_steps import settings_of
from app.services.unit_of_work import UnitOfWork, begin_system
from app.telemetry import JOB_LATENESS, JOBS_DONE, JOBS_FAILED

log = structlog.get_logger()

LEASE = timedelta(minutes=3)
"""Longer than a mail can take: seven exchanges with the server of ten seconds each."""
MAX_TRIES = 8
MOST_A_ROUND = 50

JOBS_DONE.labels("mail"), JOBS_FAILED.labels("mail"), JOB_LATENESS.labels("mail")


@dataclass(frozen=True)
class _Leased:
    """A mail in hand, free of the database."""

    job_id: UUID
    mail_id: UUID
    owner: str
    envelope: Envelope


def send_due(installation: Installation, limit: int = MOST_A_ROUND) -> int:
    """Send mails whose time has come, the longest waiting first; how many the server answered for.

    Without a mail server nothing is sent.
    """
    server = installation.mail
    if server is None:
        return 0
    connection, owner, sent = PostalConnection(server), str(new_id()), 0
    try:
        for _ in range(limit):
            with begin_system(installation) as uow:
                job = jobs.due_mail(uow.session, uow.set_instant)
                leased = _lease(uow, job, server, owner) if job is not None else None
            if job is None:
                break
            if leased is None:
                continue
            if not _deliver(installation, connection, leased):
                break
            sent += 1
    finally:
        connection.close()
    return sent


def _deliver(installation: Installation, connection: PostalConnection, leased: _Leased) -> bool:
    """Hand one mail over and record what became of it. False when the server is down."""
    try:
        made = message(leased.envelope)
    except (ValueError, MessageError) as fault:
        # An address that no mail can be written to: the rest of the post goes on.
        _failed(installation, leased, type(fault).__name__, lasting=True)
        return True
    try:
        connection.send(made, leased.envelope.to_address)
    except ServerDown as fault:
        _failed(installation, leased, str(fault), lasting=False)
        return False
    except MailRefused as fault:
        _failed(installation, leased, str(fault), lasting=fault.lasting)
        return True
    with begin_system(installation) as uow:
        _record_sent(uow, leased)
    return True


def _lease(uow: UnitOfWork, job: Job, server: MailServer, owner: str) -> _Leased | None:
    """Take the mail in hand; None when it is not to leave now, or not at all."""
    mail = mails.get(uow.session, job.scope_id)
    if mail is None:
        jobs.finish(uow.session, job, uow.now)
        return None
    found = organisation(uow, mail.municipality_id)
    hours = settings_of(found.profile).hours
    if not hours.allow(uow.now, found.calendar):
        jobs.release(uow.session, job, hours.next_from(uow.now, found.calendar))
        return None
    person = people.get(uow.session, mail.person_id)
    if person is None or not person.active or _is_past(uow, mail):
        mails.set_status(uow.session, mail.id, "unsent")
        jobs.finish(uow.session, job, uow.now)
        return None
    if job.attempts >= MAX_TRIES:
        # Every sender that took it was lost without a word.
        _give_up(uow, job, mail, "the sender stopped before it was done")
        return None
    jobs.lease(uow.session, job, owner, uow.now + LEASE)
    return _Leased(job.id, mail.id, owner, _envelope(mail, person.name, server))


def _is_past(uow: UnitOfWork, mail: Mail) -> bool:
    """Whether its task was closed, or rests, since it was written: nobody is reminded of what is done."""
    if mail.user_task_id is None:
        return False
    task = user_tasks.get(uow.session, mail.user_task_id)
    return task is None or task.status != "open" or task.suspended


def _envelope(mail: Mail, name: str, server: MailServer) -> Envelope:
    return Envelope(
        to_name=name,
        to_address=mail.address,
        sender_name=server.sender_name,
        sender_address=server.sender_address,
        language=mail.language,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        message_id=mail.message_id,
        written_at=mail.created_at,
    )


def _record_sent(uow: UnitOfWork, leased: _Leased) -> None:
    job = jobs.lock(uow.session, leased.job_id)
    mails.set_status(uow.session, leased.mail_id, "sent", uow.now)
    if job is None:
        return
    jobs.finish(uow.session, job, uow.now)
    incidents.resolve_of_job(uow.session, job.municipality_id, job.id, uow.now)
    late_s = max(0.0, (uow.now - job.due_at).total_seconds())

    def count() -> None:
        JOBS_DONE.labels("mail").inc()
        JOB_LATENESS.labels("mail").observe(late_s)
        log.info("mail_sent", mail=str(leased.mail_id))

    uow.after_commit(count)


def _failed(installation: Installation, leased: _Leased, said: str, *, lasting: bool) -> None:
    log.warning("mail_not_sent", mail=str(leased.mail_id), lasting=lasting)
    with begin_system(installation) as uow:
        job = jobs.lock(uow.session, leased.job_id)
        mail = mails.get(uow.session, leased.mail_id)
        if job is None or mail is None or job.lease_owner != leased.owner:
            return
        uow.after_commit(JOBS_FAILED.labels("mail").inc)
        if lasting or job.attempts >= MAX_TRIES:
            _give_up(uow, job, mail, said)
        else:
            jobs.release(uow.session, job, _next_try(uow, job), said)


def _next_try(uow: UnitOfWork, job: Job) -> datetime:
    """After about 1, 4, 9 ... minutes, a fifth more or less so that mails that failed together do not come together."""
    found = organisation(uow, job.municipality_id)
    spread = 0.8 + 0.4 * (zlib.crc32(f"{job.id}:{job.attempts}".encode()) % 1000) / 1000
    at = uow.now + timedelta(minutes=job.attempts**2) * spread
    return settings_of(found.profile).hours.next_from(at, found.calendar)


def _give_up(uow: UnitOfWork, job: Job, mail: Mail, said: str) -> None:
    """The last try failed: the mail is failed, and an incident lets somebody try again."""
    mails.set_status(uow.session, mail.id, "failed")
    jobs.release(uow.session, job, job.due_at)
    jobs.give_up(uow.session, job, said)
    incidents.add(
        uow.session,
        {
            "municipality_id": job.municipality_id,
            "id": new_id(),
            "process_instance_id": None,
            "job_id": job.id,
            "kind": "mail",
            "element": mail.kind,
            "sv": f"Ett mejl till {mail.address} gick inte att skicka. E-postservern svarade: {said}"[:1000],
            "en": f"A mail to {mail.address} could not be sent. The mail server said: {said}"[:1000],
            "opened_at": uow.now,
        },
    )
