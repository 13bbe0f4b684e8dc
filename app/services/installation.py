"""What every use case needs: the database, the clock, what is parsed already, and the bell that wakes the scheduler."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.db.session import Database
from app.domain.clock import Clock
from app.domain.mail_servers import MailServer
from app.engine.run import Definitions
from app.services.caches import FormCache, OrganisationCache, ReminderCache
from app.services.turns import Turns


def _silent() -> None:
    """No scheduler in this process: the others poll."""


@dataclass
class Installation:
    """One running process of the service. `clock` None means the database's clock.

    `secret_key` is mixed into what is stored of sessions and tokens, so that a copy of the database alone holds
    nothing that can be tried against the service. Another key ends every session and token.

    `address` is what links in mails begin with. Templates and looks of documents in the folder
    `templates` go before the shipped ones. Without `mail` nothing is sent; what would have been is recorded.
    """

    database: Database
    clock: Clock | None = None
    definitions: Definitions = field(default_factory=Definitions)
    forms: FormCache = field(default_factory=FormCache)
    organisations: OrganisationCache = field(default_factory=OrganisationCache)
    reminders: ReminderCache = field(default_factory=ReminderCache)
    secret_key: bytes = b""
    address: str = ""
    templates: Path | None = None
    mail: MailServer | None = None
    turns: Turns = field(default_factory=Turns)
    ring: Callable[[], None] = _silent
