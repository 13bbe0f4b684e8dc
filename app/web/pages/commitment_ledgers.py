"""Åtagandebok: what each actor promised year after year, and what came of it."""

from itertools import islice
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, Response

from app.db.prevention import municipalities
from app.db.prevention.municipalities import Actor
from app.domain.commitment_ledgers import NOBODY, ActorYear, Ledger, Promise
from app.services.prevention import commitment_ledgers
from app.services.prevention.commitment_ledgers import MAX_COMMITMENTS
from app.web.downloads import sent
from app.web.pages.places import internal_place
from app.web.pages.register_views import LedgerPage, PromiseRow, TallyRow
from app.web.pages.registers import Chosen, Place, address, back_url, exports, place_selections, selection
from app.web.pages.visits import Visit, Visiting
from app.web.pages.wording import stamp_of_day
from app.web.swedish import Swedish
from app.web.translations import translations
from app.web.views import Choice, Filter, Selection, Tag, Tone

router = APIRouter(include_in_schema=False)

MOST = 200
YEARS_BACK = 4
_OFFERED_BACK = 15
Year = Annotated[int | None, Query(ge=2000, le=2150)]
Skipped = Annotated[int, Query(ge=0, le=MAX_COMMITMENTS)]

_STATUS: dict[str, tuple[str, Tone]] = {
    "made": ("Pågår", "info"),
    "met": ("Infriat", "success"),
    "partly": ("Delvis infriat", "warning"),
    "not_met": ("Inte infriat", "danger"),
}


@router.get("/atagandebok")
def show(
    visit: Visiting,
    kommun: Place = None,
    fran: Year = None,
    till: Year = None,
    aktor: Chosen = "",
    hopp: Skipped = 0,
) -> HTMLResponse:
    """The ledger, the last five years unless others are chosen; `hopp` is how many commitments came on pages before."""
    place = internal_place(visit, kommun)
    first, last = _years(visit, fran, till)
    actors = municipalities.actors(visit.uow.session, place, None)
    actor = _actor(actors, aktor)
    book = _book(visit, place, first, last, actor)
    promises = [(line, promise) for line in book.actors for promise in line.promises]
    shown = list(islice(promises, hopp, hopp + MOST))
    chosen = {"kommun": place, "fran": str(first), "till": str(last), "aktor": str(actor or "")}
    counted = translations(visit.language).ngettext("%(n)s åtagande.", "%(n)s åtaganden.", len(promises))
    page = LedgerPage(
        title=visit.words("Åtagandebok, %(name)s") % {"name": visit.municipality_name(place)},
        summary=counted % {"n": len(promises)},
        back_url=back_url(place),
        years=tuple(
            TallyRow(year, told.kept, told.partly, told.not_kept, told.open, told.overdue) for year, told in book.years
        ),
        rows=tuple(_row(visit, line, promise) for line, promise in shown),
        exports=exports(visit, "/atagandebok/tabell", **chosen),
        filter=_filter(visit, place, actors, (first, last), actor),
        more_url=address("/atagandebok", **chosen, hopp=str(hopp + MOST)) if len(promises) > hopp + MOST else "",
    )
    return visit.page("pages/commitment_ledger.html", page, current="registers")


@router.get("/atagandebok/tabell")
def table(
    visit: Visiting,
    kommun: Place = None,
    fran: Year = None,
    till: Year = None,
    aktor: Chosen = "",
    format: Literal["csv", "xlsx"] = "xlsx",  # noqa: A002  the address's own word
) -> Response:
    """The same choice as a file."""
    place = internal_place(visit, kommun)
    actors = municipalities.actors(visit.uow.session, place, None)
    book = _book(visit, place, *_years(visit, fran, till), _actor(actors, aktor))
    return sent(commitment_ledgers.export(visit.uow, place, book, format))


def _years(visit: Visit, first: int | None, last: int | None) -> tuple[int, int]:
    """The years chosen, whichever of them was written first."""
    until = last if last is not None else max(visit.uow.today.year, first or 0)
    since = first if first is not None else until - YEARS_BACK
    return min(since, until), max(since, until)


def _actor(actors: list[Actor], chosen: str) -> UUID | None:
    return next((actor.id for actor in actors if str(actor.id) == chosen), None)


def _book(visit: Visit, place: str, first: int, last: int, actor: UUID | None) -> Ledger:
    return commitment_ledgers.read(visit.uow, place, first, last, None if actor is None else [actor])


def _filter(visit: Visit, place: str, actors: list[Actor], years: tuple[int, int], actor: UUID | None) -> Filter:
    this = visit.uow.today.year
    offered = sorted({*years, *range(this - _OFFERED_BACK, this + 2)}, reverse=True)
    names = [(str(row.id), row.name) for row in actors]

    def year(name: str, label: str, chosen: int) -> Selection:
        return Selection(name, label, tuple(Choice(str(each), str(each), each == chosen) for each in offered))

    return Filter(
        (
            *place_selections(visit, place),
            year("fran", visit.words("Från år"), years[0]),
            year("till", visit.words("Till år"), years[1]),
            selection(visit, "aktor", visit.words("Aktör"), names, str(actor or "")),
        )
    )


def _row(visit: Visit, line: ActorYear, promise: Promise) -> PromiseRow:
    words, tone = _STATUS.get(promise.status, (promise.status, "neutral"))
    return PromiseRow(
        title=Swedish(promise.title) if promise.title else visit.words("Åtagande utan rubrik"),
        actor=visit.words("Utan aktör") if line.actor == NOBODY else Swedish(line.actor),
        year=line.year,
        status=Tag(visit.words(words), tone),
        due=stamp_of_day(promise.due_on, visit.language) if promise.due_on else None,
        late=Tag(visit.words("För sent"), "danger") if promise.is_overdue(visit.uow.today) else None,
        result=Swedish(promise.result or ""),
    )
