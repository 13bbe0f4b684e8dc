"""Lagkoll: how each paragraph of lag (2023:196) is kept, with its proof; a page to show the auditors."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, Response

from app.db.prevention.documents import Document
from app.domain.clock import local_date
from app.domain.legal_checks import STATES, Clock, Finding, Proof, State
from app.domain.legal_checks.words import kind_name, paragraph_name
from app.domain.principals import oversees
from app.domain.swedish_dates import counted, long_date
from app.services.prevention import audit_files, legal_checks
from app.services.prevention.legal_checks import LegalCheck, document_label
from app.web.downloads import sent_in_pieces
from app.web.pages.calendar_words import said
from app.web.pages.places import internal_place, place_filter
from app.web.pages.visits import Visit, Visiting
from app.web.pages.wording import stamp_of_day
from app.web.swedish import Swedish, joined
from app.web.views import Filter, LinkText, Stamp, Tag, Tone

router = APIRouter(include_in_schema=False)

FIRST, LAST = date(2000, 1, 1), date(2150, 12, 31)
Day = Annotated[date | None, Query(ge=FIRST, le=LAST)]
Place = Annotated[str | None, Query(max_length=40)]

_TONES: dict[State, Tone] = {
    "met": "success",
    "soon": "warning",
    "not_met": "danger",
    "unknown": "info",
    "not_applicable": "neutral",
}


@dataclass(frozen=True, slots=True)
class ProofRow:
    """Something that shows a duty done: what it is, its day and minutes, where it is read, and its files."""

    what: str
    on: Stamp | None
    minutes: str
    url: str = ""
    files: tuple[LinkText, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockRow:
    """A day by which something must be done, and how far away it is in words."""

    title: str
    due: Stamp | None
    left: str
    text: str


@dataclass(frozen=True, slots=True)
class ParagraphCard:
    """A paragraph: what it asks for, how it stands, its clocks, what is missing, and its proof."""

    id: str
    name: str
    title: str
    duty: str
    status: Tag
    missing: str
    clocks: tuple[ClockRow, ...]
    proof: tuple[ProofRow, ...]


@dataclass(frozen=True, slots=True)
class LegalCheckPage:
    """Lagkoll. `day` is the day in ISO 8601, for the form; `audit_url` is empty for whoever may not fetch the file."""

    title: str
    lead: str
    summary: str
    place: str
    day: str
    paragraphs: tuple[ParagraphCard, ...]
    audit_url: str
    filter: Filter | None


@router.get("/lagkoll")
def show(visit: Visiting, kommun: Place = None, dag: Day = None) -> HTMLResponse:
    """Each paragraph as it stands on the day, today if none is given."""
    place = internal_place(visit, kommun)
    found = legal_checks.check(visit.uow, place, dag)
    told = {"name": visit.municipality_name(place), "day": long_date(found.on, visit.language)}
    page = LegalCheckPage(
        title=visit.words("Lagkoll, %(name)s") % told,
        lead=visit.words(
            "Lagen (2023:196) om kommuners ansvar för brottsförebyggande arbete, paragraf för paragraf: läget %(day)s."
        )
        % told,
        summary=_summary(visit, found),
        place=place,
        day=found.on.isoformat(),
        paragraphs=tuple(_card(visit, found, finding) for finding in found.findings),
        audit_url=f"/lagkoll/revisionsfil?kommun={place}&dag={found.on}" if oversees(visit.principal, place) else "",
        filter=place_filter(visit, place),
    )
    return visit.page("pages/legal_check.html", page, current="calendar")


@router.get("/lagkoll/revisionsfil")
def audit_file(visit: Visiting, kommun: Place = None, dag: Day = None) -> Response:
    """The audit file, to be saved."""
    made = audit_files.write(visit.uow, internal_place(visit, kommun), dag, visit.language)
    return sent_in_pieces(made.content, made.name, made.size, "application/zip")


def _summary(visit: Visit, found: LegalCheck) -> str:
    """How many paragraphs are in which state, those in none left out."""
    counts = {state: sum(finding.state == state for finding in found.findings) for state in STATES}
    return ", ".join(f"{said(visit, STATES[state])}: {count}" for state, count in counts.items() if count) + "."


def _card(visit: Visit, found: LegalCheck, finding: Finding) -> ParagraphCard:
    documents = found.documents_of(finding)
    return ParagraphCard(
        id=f"p-{finding.paragraph}",
        name=paragraph_name(finding.paragraph),
        title=said(visit, finding.title),
        duty=said(visit, finding.duty),
        status=Tag(said(visit, STATES[finding.state]), _TONES[finding.state]),
        missing=said(visit, finding.missing) if finding.missing else "",
        clocks=tuple(_clock(visit, clock) for clock in finding.clocks),
        proof=(*(_proof(visit, proof) for proof in finding.proof), *(_document(visit, row) for row in documents)),
    )


def _clock(visit: Visit, clock: Clock) -> ClockRow:
    due = stamp_of_day(clock.due_on, visit.language) if clock.due_on else None
    return ClockRow(said(visit, clock.title), due, _left(visit, clock.days_left), said(visit, clock.text))


def _left(visit: Visit, days: int | None) -> str:
    if days is None:
        return visit.words("Aldrig gjort")
    number = counted(abs(days), "day", "days") if visit.language == "en" else counted(abs(days), "dag", "dagar")
    words = visit.words("%(days)s kvar") if days >= 0 else visit.words("%(days)s för sent")
    return words % {"days": number}


def _proof(visit: Visit, proof: Proof) -> ProofRow:
    what = said(visit, kind_name(proof.kind))
    return ProofRow(
        joined(": ", [what, Swedish(proof.title)]) if proof.title else what,
        stamp_of_day(proof.on, visit.language) if proof.on else None,
        proof.paragraph,
        f"/arenden/{proof.instance_id}" if proof.instance_id else "",
    )


def _document(visit: Visit, row: Document) -> ProofRow:
    kind = visit.words("Offentlig") if row.confidentiality == "public" else visit.words("Intern")
    told = visit.words("version %(version)s den %(day)s") % {
        "version": row.version,
        "day": long_date(local_date(row.produced_at), visit.language),
    }
    labels = (("pdf", "PDF"), ("docx", "Word"), ("html", visit.words("Webbsida")))
    files = tuple(LinkText(label, f"/dokument/{row.id}/{name}") for name, label in labels)
    return ProofRow(
        joined(": ", [*_named(visit, row), f"{kind}, {told}"]),
        None,
        "",
        files=files,
    )


def _named(visit: Visit, row: Document) -> list[str]:
    """What the document is called, after what it is where its title does not say so."""
    label = said(visit, document_label(row))
    return [label, Swedish(row.title)] if label else [Swedish(row.title)]
