"""The week's digest: one mail with one's own tasks in all municipalities, for those who chose it before single mails.

It is written at 07:30, Swedish time, on the first working day of the week, once for each person and week whatever the
number of replicas. After a standstill it comes as soon as the service is back, the same week; who chooses the digest in
the middle of a week gets the first one at once.
"""

from datetime import UTC, date, datetime, time

from app.db import addressees
from app.db.addressees import Addressee
from app.db.process import user_tasks
from app.documents import mails as letters
from app.domain.clock import STOCKHOLM
from app.domain.swedish_dates import Language
from app.domain.workdays import WorkdayCalendar
from app.services.facts import organisation
from app.services.installation import Installation
from app.services.mails import Occasion, Outgoing, queue
from app.services.reminder_steps import settings_of
from app.services.reminders import facts_of
from app.services.unit_of_work import UnitOfWork, begin_system

DIGEST_AT = time(7, 30)
AHEAD_DAYS = 21
"""Tasks that are due later than this are counted, not listed."""
MOST_TASKS = 200


def write_due(installation: Installation) -> int:
    """Write this week's digests, when their time has come and to those who lack theirs; how many were written."""
    with begin_system(installation) as uow:
        if not is_time(uow.now):
            return 0
        prefix = _prefix(uow.today)
        waiting = addressees.wanting_digest(uow.session, prefix)
    written = 0
    for who in waiting:
        with begin_system(installation) as uow:
            written += _write(uow, who, prefix + str(who.id))
    return written


def is_time(now: datetime) -> bool:
    """Whether the week's digest may be written: a working day, after 07:30 on the week's first one."""
    calendar, local = WorkdayCalendar(), now.astimezone(STOCKHOLM)
    monday = date.fromordinal(local.date().toordinal() - local.weekday())
    first = datetime.combine(calendar.next_workday(monday), DIGEST_AT, STOCKHOLM).astimezone(UTC)
    return calendar.is_workday(local.date()) and now >= first


def _prefix(today: date) -> str:
    year, week, _day = today.isocalendar()
    return f"digest:{year}-W{week:02}:"


def _write(uow: UnitOfWork, who: Addressee, key: str) -> int:
    roles = addressees.roles_of(uow.session, who.id, uow.today)
    if not roles:
        return 0
    places = sorted({place for place, _role, _scope in roles})
    stands_for = addressees.stands_for(uow.session, who.id, uow.today)
    away = addressees.away_everywhere(uow.session, who.id, places, uow.today)
    found = user_tasks.open_for(uow.session, who.id, stands_for, roles, limit=MOST_TASKS)
    last_on = date.fromordinal(uow.today.toordinal() + AHEAD_DAYS)
    soon = [] if away else [task for task in found if task.due_on <= last_on]
    language: Language = "en" if who.language == "en" else "sv"
    home = organisation(uow, places[0])
    words = letters.Written("", "", "")
    if soon:
        facts = [facts_of(uow, task, {}, language) for task in soon]
        url = f"{uow.installation.address}/mina-uppgifter"
        words = letters.digest(facts, len(found) - len(soon), url, uow.today, language)
    occasion = Occasion(places[0], "digest", key)
    # A week with nothing to say is written down too, so that it is not looked at again.
    queued = queue(
        uow, [Outgoing(who, occasion, words)], settings_of(home.profile).hours, home.calendar, leaves=bool(soon)
    )
    return len(queued) if soon else 0
