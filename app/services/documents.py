"""Documents that write themselves: from the records of an instance, by a step of its diagram. Read by those who may.

Each run that says something new is a new version; a run that says what the last one did is the same document. What was
written is never changed: only its status goes on.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from app.db.prevention import documents
from app.db.prevention.documents import Document, DocumentFile
from app.db.process.process_instances import ProcessInstance
from app.documents.blocks import Head
from app.documents.presses import FORMATS, LOOK_NAMES, PAPERS
from app.domain.document_types import STATUSES, TYPES
from app.domain.errors import NotFound
from app.domain.ids import new_id
from app.domain.principals import require_internal, sees_municipality
from app.services.facts import organisation
from app.services.presses import Order, Pressed, press_apart
from app.services.prevention.document_views import View, view
from app.services.unit_of_work import UnitOfWork

_MARKING = {"internal": "Internt dokument", "public": ""}


@dataclass(frozen=True)
class Wanted:
    """What is to be written, how far it has come, and by which step.

    `about` is the id of the body that it is for, where an instance holds the meetings of several; `year` is another
    year than the instance's own.
    """

    type: str
    confidentiality: str
    status: str
    step: str
    about: str = ""
    year: int | None = None


@dataclass(frozen=True)
class Written:
    """The document, and whether it says something new."""

    document: Document
    is_new: bool


@dataclass(frozen=True)
class Content:
    """A document in one format."""

    document: Document
    about: DocumentFile
    content: bytes

    @property
    def file_name(self) -> str:
        """What the file is called when it is saved."""
        return f"{self.document.title} v{self.document.version}.{self.about.format}"


def write(uow: UnitOfWork, instance: ProcessInstance, wanted: Wanted) -> Written:
    """Write a document of an instance. Raises TemplateInvalid and PressStopped; then nothing is kept of it."""
    public = wanted.confidentiality == "public"
    found = view(uow, instance, public=public, about=wanted.about, year=wanted.year)
    before = documents.latest(
        uow.session, instance.municipality_id, instance.id, wanted.type, wanted.confidentiality, wanted.about
    )
    version = before.version + 1 if before is not None else 1
    pressed = press_apart(_order(uow, instance, wanted, found, version, before))
    if before is not None and pressed.fingerprint == before.content_sha256:
        _go_on(before, wanted.status)
        return Written(before, is_new=False)
    return Written(_store(uow, instance, wanted, found, pressed, version), is_new=True)


def _order(
    uow: UnitOfWork, instance: ProcessInstance, wanted: Wanted, found: View, version: int, before: Document | None
) -> Order:
    template = template_of(uow, instance.municipality_id, wanted.type)
    told = found.data["answers"].get("registrera") or {}
    decided = [row["case_number"] for row in found.data["decisions"] if row.get("case_number")]
    head = Head(
        municipality=organisation(uow, instance.municipality_id).name,
        label=TYPES[wanted.type].label,
        on=uow.today.isoformat(),
        version=version,
        marking=_MARKING[wanted.confidentiality],
        case_number=str(told.get("diarienummer") or (decided[-1] if decided else "")),
    )
    return Order(
        name=template.name,
        template=template.read_text(encoding="utf-8"),
        view={**found.data, "status": wanted.status},
        head=head,
        looks=_looks(uow, instance.municipality_id),
        known=before.content_sha256 if before is not None else None,
    )


def template_of(uow: UnitOfWork, municipality: str, kind: str) -> Path:
    """The municipality's own template of a type, the operator's, or the shipped one."""
    return _own_file(uow, municipality, f"{kind}.md") or PAPERS / f"{kind}.md"


def _looks(uow: UnitOfWork, municipality: str) -> dict[str, Path]:
    found = {name: _own_file(uow, municipality, name) for name in LOOK_NAMES}
    return {name: path for name, path in found.items() if path is not None}


def _own_file(uow: UnitOfWork, municipality: str, name: str) -> Path | None:
    own = uow.installation.templates
    places = [own / municipality / name, own / name] if own is not None else []
    return next((path.resolve() for path in places if path.is_file()), None)


def _go_on(document: Document, status: str) -> None:
    """A document's status goes forward only."""
    if STATUSES.index(status) > STATUSES.index(document.status):
        document.status = status


def _store(
    uow: UnitOfWork, instance: ProcessInstance, wanted: Wanted, found: View, pressed: Pressed, version: int
) -> Document:
    row = {
        "municipality_id": instance.municipality_id,
        "id": new_id(),
        "type": wanted.type,
        "confidentiality": wanted.confidentiality,
        "version": version,
        "title": pressed.title,
        "about": wanted.about,
        "year": wanted.year or instance.year,
        "status": wanted.status,
        "process_instance_id": instance.id,
        "content_sha256": pressed.fingerprint,
        "sources": found.sources,
        "produced_at": uow.now,
        "produced_by": wanted.step,
    }
    about = [
        {
            "format": kind,
            "media_type": FORMATS[kind],
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for kind, content in pressed.files.items()
    ]
    documents.add(uow.session, row, pressed.files, about)
    return Document(**row)


def publish(uow: UnitOfWork, municipality: str, document_id: UUID) -> Document | None:
    """Let a public document of the municipality be published; None when there is no such. It is never unpublished."""
    found = documents.get(uow.session, document_id)
    if found is None or found.municipality_id != municipality or found.confidentiality != "public":
        return None
    _go_on(found, "published")
    return found


def read(uow: UnitOfWork, document_id: UUID) -> tuple[Document, list[DocumentFile]]:
    """A document and what is known of its files. Raises NotFound, NotYours for an external actor."""
    found = documents.get(uow.session, document_id)
    if found is None or not sees_municipality(uow.who(), found.municipality_id):
        raise NotFound("Dokumentet", "The document")
    require_internal(uow.who(), found.municipality_id)
    return found, documents.files_of(uow.session, [found])[found.id]


def open_file(uow: UnitOfWork, document_id: UUID, kind: str) -> Content:
    """A document in one format. Raises NotFound, NotYours for an external actor."""
    document, files = read(uow, document_id)
    about = next((file for file in files if file.format == kind), None)
    if about is None:
        raise NotFound("Filen", "The file")
    return Content(document, about, b"".join(documents.read(uow.session, about)))
