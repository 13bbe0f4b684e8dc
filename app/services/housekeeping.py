"""Housekeeping: what has had its time is forgotten, a little at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from app.db import mails, sign_ins
from app.db.process import idempotency_keys
from app.services.installation import Installation
from app.services.unit_of_work import UnitOfWork, begin_system

log = structlog.get_logger()

# A client that has tried again for two days has given up, or has been helped by a person.
ANSWERS_ARE_KEPT = timedelta(hours=48)
# Long enough to see what somebody was told about a task that dragged on; the history keeps that they were told.
MAILS_ARE_KEPT = timedelta(days=120)
BATCH = 500
MOST_BATCHES = 40


@dataclass(frozen=True)
class Forgotten:
    """How many of each kind were forgotten."""

    answers: int
    sign_ins: int
    mails: int = 0


def tidy(installation: Installation) -> Forgotten:
    """Forget answers kept under idempotency keys for 48 hours, sessions whose time is out, and mails after 120 days.

    Each batch is a short transaction of its own, and what another replica has in hand is passed by, so any number of
    replicas may tidy at once. What is left after 20,000 of a kind waits for the next time.
    """
    done = Forgotten(
        answers=_in_batches(installation, _forget_answers),
        sign_ins=_in_batches(installation, _forget_sign_ins),
        mails=_in_batches(installation, _forget_mails),
    )
    if done != Forgotten(0, 0):
        log.info("housekeeping_done", answers=done.answers, sign_ins=done.sign_ins, mails=done.mails)
    return done


def _forget_answers(uow: UnitOfWork) -> int:
    return idempotency_keys.forget_before(uow.session, uow.now - ANSWERS_ARE_KEPT, BATCH)


def _forget_sign_ins(uow: UnitOfWork) -> int:
    return sign_ins.forget_expired(uow.session, uow.now, BATCH)


def _forget_mails(uow: UnitOfWork) -> int:
    return mails.forget_before(uow.session, uow.now - MAILS_ARE_KEPT, BATCH)


def _in_batches(installation: Installation, forget: Callable[[UnitOfWork], int]) -> int:
    total = 0
    for _ in range(MOST_BATCHES):
        with begin_system(installation) as uow:
            count = forget(uow)
        total += count
        if count < BATCH:
            break
    return total
