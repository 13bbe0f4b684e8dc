"""Register: the way to what is kept, and to the tools that fill it and judge it."""

from collections.abc import Collection, Iterator
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from app.db.process import process_instances
from app.domain.principals import administers, may_import
from app.domain.table_imports.kinds import KINDS
from app.web.pages.places import internal_place, place_filter
from app.web.pages.register_views import RegisterLink, RegistersPage
from app.web.pages.visits import Visit, Visiting
from app.web.swedish import Swedish
from app.web.views import Choice, LinkText, Selection

router = APIRouter(include_in_schema=False)

Place = Annotated[str | None, Query(max_length=40)]
Chosen = Annotated[str, Query(max_length=40)]


@router.get("/register")
def show(visit: Visiting, kommun: Place = None) -> HTMLResponse:
    """What there is for a reader of this municipality."""
    place = internal_place(visit, kommun)
    page = RegistersPage(
        title=visit.words("Register, %(name)s") % {"name": visit.municipality_name(place)},
        lead=visit.words("Det som arbetet har samlat: åtgärder, åtaganden och dokument, och hur lagen följs."),
        links=tuple(RegisterLink(name, f"{path}?kommun={place}", text) for name, path, text in _links(visit, place)),
        filter=place_filter(visit, place),
    )
    return visit.page("pages/registers.html", page, current="registers")


def back_url(place: str) -> str:
    """The page of the municipality's registers."""
    return f"/register?kommun={place}"


def address(path: str, **chosen: str | None) -> str:
    """The page with what is chosen on it; what is not chosen is left out."""
    return f"{path}?{urlencode({name: value for name, value in chosen.items() if value})}"


def exports(visit: Visit, path: str, **chosen: str | None) -> tuple[LinkText, ...]:
    """The same choice as files."""
    return (
        LinkText(visit.words("Hämta som Excel (XLSX)"), address(path, **chosen, format="xlsx")),
        LinkText(visit.words("Hämta som CSV"), address(path, **chosen, format="csv")),
    )


def place_selections(visit: Visit, place: str) -> tuple[Selection, ...]:
    """The choice of municipality among others; nothing for whoever has only one."""
    found = place_filter(visit, place)
    return found.selections if found else ()


def selection(visit: Visit, name: str, label: str, choices: Collection[tuple[str, str]], chosen: str) -> Selection:
    """A choice that begins with all of them; `choices` are values and words."""
    every = Choice("", visit.words("Alla"), not chosen)
    return Selection(name, label, (every, *(Choice(value, text, value == chosen) for value, text in choices)))


def cases(visit: Visit, place: str, ids: Collection[UUID | None]) -> dict[UUID, LinkText]:
    """The cases that records come from, with one question to the database."""
    wanted = {each for each in ids if each is not None}
    found = process_instances.names_of(visit.uow.session, place, wanted)
    return {each: LinkText(Swedish(name), f"/arenden/{each}") for each, name in found.items()}


def _links(visit: Visit, place: str) -> Iterator[tuple[str, str, str]]:
    words, principal = visit.words, visit.principal
    yield words("Åtgärder"), "/atgarder", words("Vem som gör vad till när, och vad som är försenat.")
    yield words("Åtagandebok"), "/atagandebok", words("Vad var och en har lovat år för år, och hur det gick.")
    yield words("Dokument"), "/dokument", words("Lägesbilder, planer, kallelser och rapporter, i alla versioner.")
    yield words("Lagkoll"), "/lagkoll", words("Hur varje paragraf i lagen följs, med bevis.")
    if administers(principal, place):
        yield words("Att besluta"), "/att-besluta", words("Det som planen lämnar öppet, med förslag.")
    if any(may_import(principal, place, kind) for kind in KINDS):
        yield words("Läs in tabeller"), "/importera", words("Fyll registren från Excel eller CSV.")
