"""Prenumerera i din kalender: make, renew and stop one's secret address, and that of a municipality one leads."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse

from app.domain.principals import leads
from app.services import calendar_feeds
from app.web.feeds import address_of
from app.web.pages.visits import Posted, Visit, Visiting, require_csrf, see_other, text_of
from app.web.pages.wording import stamp_of_instant
from app.web.views import Stamp

router = APIRouter(include_in_schema=False)

ADDRESS = "/kalender/prenumerera"
# Where a municipality is chosen in a form; empty for one's own.
FIELD = "kommun"


@dataclass(frozen=True)
class FeedSection:
    """An address that can be made, or renewed and stopped. `renewed` is when it was made, None where there is none."""

    key: str
    municipality: str
    title: str
    lead: str
    renewed: Stamp | None
    address: str = ""

    @property
    def program_address(self) -> str:
        """The same address as one that opens a calendar program."""
        return "webcal://" + self.address.split("://", 1)[-1] if self.address else ""


@dataclass(frozen=True)
class CalendarFeedPage:
    """One's own address, and those of the municipalities one leads."""

    sections: tuple[FeedSection, ...]


@router.get(ADDRESS)
def show(visit: Visiting) -> HTMLResponse:
    """What there is; an address itself is shown only when it is made."""
    return _page(visit)


@router.post(ADDRESS)
def make(visit: Visiting, items: Posted) -> HTMLResponse:
    """Make or renew an address, and show it this once."""
    require_csrf(visit, items)
    place = text_of(items, FIELD) or None
    secret = calendar_feeds.make_or_renew(visit.uow, place)
    return _page(visit, place or "", address_of(visit.request, secret))


@router.post(f"{ADDRESS}/avsluta")
def stop(visit: Visiting, items: Posted) -> RedirectResponse:
    """End an address."""
    require_csrf(visit, items)
    calendar_feeds.revoke(visit.uow, text_of(items, FIELD) or None)
    return see_other(ADDRESS)


def _page(visit: Visit, made: str | None = None, address: str = "") -> HTMLResponse:
    """`made` is whose address was made just now: empty for one's own, None for nobody's."""
    places = [place for place in sorted(visit.principal.municipalities) if leads(visit.principal, place)]
    sections = tuple(_section(visit, place, address if place == made else "") for place in ("", *places))
    return visit.page("pages/calendar_feed.html", CalendarFeedPage(sections), current="tasks")


def _section(visit: Visit, place: str, address: str) -> FeedSection:
    kept = calendar_feeds.kept(visit.uow, place or None)
    if place:
        title = visit.words("Årshjulet i %(name)s") % {"name": visit.municipality_name(place)}
        lead = visit.words(
            "Starter, måldagar, sammanträden, manusstopp och sista dagar i kommunen, utan namn på personer. Ge "
            "adressen bara till dem som arbetar med årshjulet. Kommunen har en adress, och den som förnyar den byter "
            "den för alla."
        )
    else:
        title = visit.words("Mina sista dagar")
        lead = visit.words("Sista dagen för varje uppgift som väntar på dig, som en heldag i din kalender.")
    renewed = stamp_of_instant(kept.renewed_at, visit.language) if kept is not None else None
    return FeedSection(place or "mina", place, title, lead, renewed, address)
