"""Åtgärder: the register of measures, found by words, state and department, and taken home as a table."""

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, Response

from app.db.prevention import causes, municipalities, registers
from app.db.prevention.measures import Measure
from app.db.prevention.municipalities import Unit
from app.db.prevention.registers import Wanted
from app.domain.measures import UNDER_WAY
from app.services.prevention.registers import Exporting, export_table
from app.web.downloads import sent
from app.web.pages.places import internal_place
from app.web.pages.register_views import MeasureRow, MeasuresPage
from app.web.pages.registers import (
    Chosen,
    Place,
    address,
    back_url,
    cases,
    exports,
    place_selections,
    selection,
)
from app.web.pages.visits import Visit, Visiting
from app.web.pages.wording import stamp_of_day
from app.web.paging import After, page_of, read_instant_key
from app.web.swedish import Swedish
from app.web.translations import translations
from app.web.views import Filter, LinkText, Tag, Tone

router = APIRouter(include_in_schema=False)

MOST = 100
Sought = Annotated[str, Query(max_length=100)]

_STATUS: dict[str, tuple[str, Tone]] = {
    "proposed": ("Föreslagen", "neutral"),
    "decided": ("Ej påbörjad", "neutral"),
    "ongoing": ("Pågår", "info"),
    "late": ("Försenad", "danger"),
    "done": ("Genomförd", "success"),
    "cancelled": ("Avbruten", "neutral"),
    "evaluated": ("Utvärderad", "success"),
}


@router.get("/atgarder")
def show(
    visit: Visiting,
    kommun: Place = None,
    status: Chosen = "",
    forvaltning: Chosen = "",
    q: Sought = "",
    efter: After = None,
) -> HTMLResponse:
    """The measures of a municipality, newest first; `efter` is where the following page begins."""
    place = internal_place(visit, kommun)
    units = municipalities.units(visit.uow.session, place, None)
    wanted = _wanted(units, status, forvaltning, q)
    chosen = _chosen(place, wanted)
    found = registers.page(visit.uow.session, Measure, [place], wanted, after=read_instant_key(efter), limit=MOST + 1)
    measures, following = page_of(found, MOST, lambda row: (row.created_at, row.id))
    areas = causes.area_titles(visit.uow.session, place, {row.cause_id for row in measures if row.cause_id})
    links = cases(visit, place, [row.process_instance_id for row in measures])
    counted = translations(visit.language).ngettext("%(n)s åtgärd visas.", "%(n)s åtgärder visas.", len(measures))
    page = MeasuresPage(
        title=visit.words("Åtgärder, %(name)s") % {"name": visit.municipality_name(place)},
        summary=counted % {"n": len(measures)},
        back_url=back_url(place),
        rows=tuple(_row(visit, row, areas, links) for row in measures),
        exports=exports(visit, "/atgarder/tabell", **chosen),
        filter=_filter(visit, place, units, wanted),
        more_url=address("/atgarder", **chosen, efter=following) if following else "",
    )
    return visit.page("pages/measures.html", page, current="registers")


@router.get("/atgarder/tabell")
def table(
    visit: Visiting,
    kommun: Place = None,
    status: Chosen = "",
    forvaltning: Chosen = "",
    q: Sought = "",
    format: Literal["csv", "xlsx"] = "xlsx",  # noqa: A002  the address's own word
) -> Response:
    """The same choice as a file."""
    place = internal_place(visit, kommun)
    wanted = _wanted(municipalities.units(visit.uow.session, place, None), status, forvaltning, q)
    return sent(export_table(visit.uow, Exporting(Measure, [place], wanted, is_public=False), format))


def _wanted(units: list[Unit], status: str, department: str, text: str) -> Wanted:
    """What is asked for; what does not exist asks for anything."""
    return Wanted(
        status=status if status in _STATUS else None,
        department_id=next((unit.id for unit in units if str(unit.id) == department), None),
        text=text.strip() or None,
    )


def _chosen(place: str, wanted: Wanted) -> dict[str, str | None]:
    department = str(wanted.department_id) if wanted.department_id else None
    return {"kommun": place, "status": wanted.status, "forvaltning": department, "q": wanted.text}


def _filter(visit: Visit, place: str, units: list[Unit], wanted: Wanted) -> Filter:
    states = [(key, visit.words(words)) for key, (words, _) in _STATUS.items()]
    names = [(str(unit.id), unit.name) for unit in units]
    department = str(wanted.department_id or "")
    return Filter(
        (
            *place_selections(visit, place),
            selection(visit, "status", visit.words("Läge"), states, wanted.status or ""),
            selection(visit, "forvaltning", visit.words("Förvaltning"), names, department),
        ),
        wanted.text or "",
        is_active=wanted != Wanted(),
    )


def _row(visit: Visit, row: Measure, areas: Mapping[UUID, str], links: Mapping[UUID, LinkText]) -> MeasureRow:
    words, tone = _STATUS.get(row.status, (row.status, "neutral"))
    has_passed = row.ends_on is not None and row.ends_on < visit.uow.today
    return MeasureRow(
        title=Swedish(row.title) if row.title else visit.words("Åtgärd utan rubrik"),
        case=links.get(row.process_instance_id) if row.process_instance_id else None,
        status=Tag(visit.words(words), tone),
        owner=Swedish(row.owner or ""),
        department=Swedish(row.department_name or "") if row.department_name != row.owner else "",
        area=Swedish(areas.get(row.cause_id, "") if row.cause_id else ""),
        ends=stamp_of_day(row.ends_on, visit.language) if row.ends_on else None,
        late=Tag(visit.words("För sent"), "danger") if has_passed and row.status in UNDER_WAY else None,
    )
