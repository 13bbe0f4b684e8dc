"""Documents: the list, and each as files for the browser: Word and PDF to be saved, the page to be read."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from app.db.prevention import documents as rows
from app.db.prevention.documents import Document
from app.domain.clock import local_date
from app.domain.document_types import TYPES
from app.domain.swedish_dates import Sentence
from app.services import documents
from app.web.downloads import SANDBOX, disposition
from app.web.pages.calendar_words import said
from app.web.pages.places import internal_place
from app.web.pages.register_views import PaperRow, PapersPage
from app.web.pages.registers import Chosen, Place, address, back_url, cases, place_selections, selection
from app.web.pages.visits import Visit, Visiting
from app.web.pages.wording import stamp_of_day
from app.web.paging import After, page_of, read_instant_key
from app.web.swedish import Swedish
from app.web.translations import translations
from app.web.views import Filter, LinkText

router = APIRouter(include_in_schema=False)

MOST = 100


@router.get("/dokument")
def show(visit: Visiting, kommun: Place = None, slag: Chosen = "", efter: After = None) -> HTMLResponse:
    """Every version of every document of a municipality, newest first; `efter` is where the following page begins."""
    place = internal_place(visit, kommun)
    kind = slag if slag in TYPES else None
    found = rows.page(
        visit.uow.session, [place], kind=kind, instance_id=None, after=read_instant_key(efter), limit=MOST + 1
    )
    papers, following = page_of(found, MOST, lambda row: (row.produced_at, row.id))
    links = cases(visit, place, [row.process_instance_id for row in papers])
    counted = translations(visit.language).ngettext("%(n)s dokument visas.", "%(n)s dokument visas.", len(papers))
    choices = [(key, said(visit, Sentence(told.label, told.label_en))) for key, told in TYPES.items()]
    page = PapersPage(
        title=visit.words("Dokument, %(name)s") % {"name": visit.municipality_name(place)},
        summary=counted % {"n": len(papers)},
        back_url=back_url(place),
        rows=tuple(_row(visit, row, links) for row in papers),
        filter=Filter(
            (*place_selections(visit, place), selection(visit, "slag", visit.words("Slag"), choices, kind or ""))
        ),
        more_url=address("/dokument", kommun=place, slag=kind, efter=following) if following else "",
    )
    return visit.page("pages/documents.html", page, current="registers")


@router.get("/dokument/{document_id}/{kind}")
def show_file(visit: Visiting, document_id: UUID, kind: Literal["docx", "pdf", "html"]) -> Response:
    """The document in one format."""
    found = documents.open_file(visit.uow, document_id, kind)
    headers = {
        "Content-Disposition": disposition(found.file_name, shown=kind != "docx"),
        "Content-Security-Policy": SANDBOX if kind == "html" else "default-src 'none'; frame-ancestors 'none'",
    }
    return Response(found.content, headers=headers, media_type=found.about.media_type)


def _row(visit: Visit, row: Document, links: Mapping[UUID, LinkText]) -> PaperRow:
    known = TYPES.get(row.type)
    labels = (("pdf", "PDF"), ("docx", "Word"), ("html", visit.words("Webbsida")))
    return PaperRow(
        title=Swedish(row.title),
        kind=said(visit, Sentence(known.label, known.label_en)) if known else Swedish(row.type),
        access=visit.words("Offentlig") if row.confidentiality == "public" else visit.words("Intern"),
        version=row.version,
        produced=stamp_of_day(local_date(row.produced_at), visit.language),
        case=links.get(row.process_instance_id),
        files=tuple(LinkText(label, f"/dokument/{row.id}/{name}") for name, label in labels),
    )
