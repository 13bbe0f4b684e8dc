"""Secret addresses that calendar programs fetch: made, renewed, ended, and answered.

A person's address gives their own deadlines, a municipality's its wheel. There is one of each; making it again renews
it, and the address before is no address any more. The secret is shown once, and only its hash is stored.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.db import calendar_feeds
from app.db.calendar_feeds import CalendarFeed
from app.db.prevention import municipalities
from app.documents.day_calendars import fingerprint
from app.domain.errors import NotFound, NotSignedIn
from app.domain.principals import require_leads
from app.services import calendar_contents
from app.services.unit_of_work import UnitOfWork, digest, sign_in_principal

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Answer:
    """A feed as it is answered. `changed_at` is since when it has said just this."""

    content: bytes
    etag: str
    changed_at: datetime


def make_or_renew(uow: UnitOfWork, municipality: str | None = None) -> str:
    """The secret of one's own feed, or of a municipality's for those who lead it. The one before ends at once.

    Raises NotFound, NotYours.
    """
    person = uow.who()
    _require_may_keep(uow, municipality)
    secret = secrets.token_urlsafe(32)
    row = {
        "id": digest(uow.installation, secret),
        "person_id": person.id if municipality is None else None,
        "municipality_id": municipality,
        "created_at": uow.now,
        "renewed_at": uow.now,
        "renewed_by": person.id,
    }
    calendar_feeds.put(uow.session, row)
    return secret


def revoke(uow: UnitOfWork, municipality: str | None = None) -> None:
    """End one's own feed, or a municipality's. Ending it twice is ending it once. Raises NotFound, NotYours."""
    _require_may_keep(uow, municipality)
    calendar_feeds.remove(uow.session, uow.who().id if municipality is None else None, municipality)


def kept(uow: UnitOfWork, municipality: str | None = None) -> CalendarFeed | None:
    """One's own feed, or a municipality's for those who lead it; None without. Raises NotFound, NotYours."""
    _require_may_keep(uow, municipality)
    if municipality is None:
        return calendar_feeds.of_person(uow.session, uow.who().id)
    return calendar_feeds.of_municipality(uow.session, municipality)


def path_of(secret: str) -> str:
    """Where a feed is fetched, below the service's address."""
    return f"/kalender/{secret}.ics"


def answer(uow: UnitOfWork, secret: str, base: str) -> Answer:
    """What the address answers, to whoever knows it. `base` is the service's address, for the links.

    The transaction sees the municipality of the feed, or those where its person holds a role today, and no other.
    Raises NotFound for an address that is none, has been renewed or ended, or whose person's account is closed.
    """
    if _SECRET.fullmatch(secret) is None:
        raise _unknown()
    shown = digest(uow.installation, secret)
    municipality = calendar_feeds.open_municipality(uow.session, shown)
    if municipality is not None:
        calendar = calendar_contents.of_municipality(uow, municipality, base)
    else:
        try:
            sign_in_principal(uow, "calendar_feed", secret)
        except NotSignedIn:
            raise _unknown() from None
        calendar = calendar_contents.of_person(uow, base)
    changed_at = calendar_feeds.changed_at(uow.session, shown, fingerprint(calendar), uow.now)
    from app.documents.calendars import write_calendar  # noqa: PLC0415  4 MB that only a service with feeds needs

    content = write_calendar(calendar, changed_at)
    return Answer(content, hashlib.sha256(content).hexdigest()[:32], changed_at)


def _unknown() -> NotFound:
    return NotFound("Kalendern", "The calendar")


def _require_may_keep(uow: UnitOfWork, municipality: str | None) -> None:
    """One's own, or as one who leads the municipality's work. Raises NotFound, NotYours."""
    if municipality is None:
        return
    require_leads(uow.who(), municipality)
    if municipalities.get(uow.session, municipality) is None:
        raise NotFound("Kommunen", "The municipality")
