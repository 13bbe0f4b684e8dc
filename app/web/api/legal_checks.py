"""Lagkoll over HTTP: how each paragraph of lag (2023:196) stands, and the audit file with the proof."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from app.db.prevention.documents import Document
from app.domain.legal_checks import STATES, Clock, Finding, Proof
from app.domain.legal_checks.words import kind_name, paragraph_name
from app.domain.swedish_dates import Sentence
from app.services.prevention import audit_files, legal_checks
from app.services.prevention.legal_checks import LegalCheck
from app.web.api.documentation import READS, router
from app.web.api.models import Shown
from app.web.api.municipalities import Id, internal
from app.web.api.process_instances import EARLIEST, LATEST
from app.web.api.records import PATHS
from app.web.deps import Reading
from app.web.downloads import sent_in_pieces

routes = router("/municipalities/{municipality}/legal-check", "legal-check")

Day = Annotated[
    date | None, Query(ge=EARLIEST, le=LATEST, description="The day; today if left out. A day ahead shows the clocks.")
]
_OTHERS = {"process_instance": "process-instances", "role_assignment": "role-assignments"}


class LegalClockOut(Shown):
    """A day by which something must be done. `days_left` is negative afterwards, null where it was never done."""

    title: str
    due_on: date | None
    days_left: int | None
    text: str

    @classmethod
    def of(cls, clock: Clock, language: str) -> "LegalClockOut":
        """The clock, in words of that language."""
        return cls(
            title=_said(clock.title, language),
            due_on=clock.due_on,
            days_left=clock.days_left,
            text=_said(clock.text, language),
        )


class ProofOut(Shown):
    """What shows a duty done. `url` is its address in this API, `minutes_paragraph` its number in the minutes."""

    kind: str
    id: UUID
    name: str
    title: str
    on: date | None
    minutes_paragraph: str | None
    process_instance_id: UUID | None
    url: str

    @classmethod
    def of(cls, proof: Proof, language: str) -> "ProofOut":
        """The proof, named in that language."""
        return cls(
            kind=proof.kind,
            id=proof.id,
            name=_said(kind_name(proof.kind), language),
            title=proof.title,
            on=proof.on,
            minutes_paragraph=proof.paragraph or None,
            process_instance_id=proof.instance_id,
            url=f"/api/v1/{PATHS.get(proof.kind) or _OTHERS[proof.kind]}/{proof.id}",
        )


class ProvingDocumentOut(Shown):
    """A document that belongs to the proof."""

    id: UUID
    type: str
    title: str
    confidentiality: str
    version: int
    status: str
    produced_at: datetime
    url: str

    @classmethod
    def of(cls, row: Document) -> "ProvingDocumentOut":
        """The row."""
        return cls(
            id=row.id,
            type=row.type,
            title=row.title,
            confidentiality=row.confidentiality,
            version=row.version,
            status=row.status,
            produced_at=row.produced_at,
            url=f"/api/v1/documents/{row.id}",
        )


class ParagraphOut(Shown):
    """How a paragraph stands. `missing` says what is missing and what to do, null when nothing is."""

    paragraph: str = Field(description="4, 5, 6, 7, 8-9, 10, 11-12, 13 or 14.")
    name: str
    title: str
    duty: str
    state: str = Field(description="met, soon, not_met, unknown (the records do not say) or not_applicable.")
    state_in_words: str
    missing: str | None
    clocks: list[LegalClockOut]
    proof: list[ProofOut]
    documents: list[ProvingDocumentOut]

    @classmethod
    def of(cls, found: LegalCheck, finding: Finding, language: str) -> "ParagraphOut":
        """The finding with its documents."""
        return cls(
            paragraph=finding.paragraph,
            name=paragraph_name(finding.paragraph),
            title=_said(finding.title, language),
            duty=_said(finding.duty, language),
            state=finding.state,
            state_in_words=_said(STATES[finding.state], language),
            missing=_said(finding.missing, language) if finding.missing else None,
            clocks=[LegalClockOut.of(clock, language) for clock in finding.clocks],
            proof=[ProofOut.of(proof, language) for proof in finding.proof],
            documents=[ProvingDocumentOut.of(document) for document in found.documents_of(finding)],
        )


class LegalCheckOut(Shown):
    """Each binding paragraph, in the order of the law, as it stands on the day."""

    municipality: str
    on: date
    items: list[ParagraphOut]
    next: None = None


def _said(words: Sentence, language: str) -> str:
    return words.en if language == "en" else words.sv


@routes.get("", response_model=LegalCheckOut, responses=READS)
def read_legal_check(call: Reading, municipality: Id, on: Day = None) -> Response:
    """How each binding paragraph of lag (2023:196) stands: state, clocks, proof and what is missing."""
    internal(call, municipality)
    found = legal_checks.check(call.uow, municipality, on)
    items = [ParagraphOut.of(found, finding, call.language) for finding in found.findings]
    return call.answer(LegalCheckOut(municipality=municipality, on=found.on, items=items))


@routes.get(
    "/audit-file",
    response_class=Response,
    responses={**READS, 200: {"content": {"application/zip": {}}, "description": "The ZIP."}},
)
def read_audit_file(call: Reading, municipality: Id, on: Day = None) -> Response:
    """The same with the proof itself, for those who coordinate, lead or audit: an index, records, documents, files."""
    internal(call, municipality)
    made = audit_files.write(call.uow, municipality, on, call.language)
    return sent_in_pieces(made.content, made.name, made.size, "application/zip")
