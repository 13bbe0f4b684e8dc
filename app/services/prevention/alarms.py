"""The alarms of the law's clocks: told once, by mail, to those who lead the work."""

from app.db import addressees
from app.db.addressees import Addressee
from app.db.prevention import municipalities
from app.documents import mails as letters
from app.domain.swedish_dates import Language
from app.domain.watchdogs import Watch
from app.services.facts import organisation
from app.services.installation import Installation
from app.services.mails import Occasion, Outgoing, queue
from app.services.prevention.watchdogs import watchdogs
from app.services.reminder_steps import settings_of
from app.services.unit_of_work import UnitOfWork, begin_system

LEADERS = ("security_manager", "crime_prevention_coordinator")
_TOLD = frozenset({"alarm", "overdue"})


def tell_due(installation: Installation) -> int:
    """Tell of each clock that has come to its alarm or run out, once for each of the two; how many mails were written.

    What has never been done is not told: a municipality that has just begun knows it, and its calendar page says so.
    """
    with begin_system(installation) as uow:
        return sum(_tell(uow, row.id) for row in municipalities.every(uow.session))


def _tell(uow: UnitOfWork, municipality: str) -> int:
    late = [found for found in watchdogs(uow, municipality) if found.state in _TOLD]
    if not late:
        return 0
    leaders = addressees.holding(uow.session, municipality, LEADERS, None, uow.today)
    found = organisation(uow, municipality)
    mails = [_mail(uow, municipality, found.name, watch, who) for watch in late for who in leaders]
    return len(queue(uow, mails, settings_of(found.profile).hours, found.calendar))


def _mail(uow: UnitOfWork, municipality: str, name: str, watch: Watch, who: Addressee) -> Outgoing:
    language: Language = "en" if who.language == "en" else "sv"
    key = f"alarm:{municipality}:{watch.duty}:{watch.state}:{watch.due_on}:{who.id}"
    sentence = watch.en if language == "en" else watch.sv
    url = f"{uow.installation.address}/kalender"
    written = letters.alarm(sentence, watch.paragraph, name, url, overdue=watch.state == "overdue", language=language)
    return Outgoing(who, Occasion(municipality, "escalation", key), written)
