"""Documents that were written from the records: what there are, and the files."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from app.db.prevention import documents as rows
from app.db.prevention.documents import Document, DocumentFile
from app.domain.principals import is_internal, require_internal
from app.services import documents
from app.web.api.documentation import READS, router
from app.web.api.models import MunicipalityId, Page, Shown
from app.web.deps import Reading
from app.web.downloads import SANDBOX, disposition
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_instant_key

routes = router("/documents", "documents")


class DocumentFileOut(Shown):
    """A file of a document. `format`: docx, pdf, html. `size` in bytes; `sha256` of its content."""

    format: str
    media_type: str
    size: int
    sha256: str


class SourceOut(Shown):
    """A record that a document was written from."""

    kind: str
    id: UUID


class DocumentOut(Shown):
    """A document. `confidentiality`: public, internal. `status`: working, final, published, archived.

    `content_sha256` is of what it says, without its day and version.
    """

    id: UUID
    municipality: str
    type: str
    title: str
    confidentiality: str
    status: str
    version: int
    year: int
    process_instance_id: UUID
    content_sha256: str
    produced_at: datetime
    produced_by: str
    sources: list[SourceOut]
    files: list[DocumentFileOut]

    @classmethod
    def of(cls, row: Document, files: list[DocumentFile]) -> "DocumentOut":
        """The row with its files."""
        return cls(
            id=row.id,
            municipality=row.municipality_id,
            type=row.type,
            title=row.title,
            confidentiality=row.confidentiality,
            status=row.status,
            version=row.version,
            year=row.year,
            process_instance_id=row.process_instance_id,
            content_sha256=row.content_sha256,
            produced_at=row.produced_at,
            produced_by=row.produced_by,
            sources=[SourceOut(**source) for source in row.sources],
            files=[
                DocumentFileOut(format=file.format, media_type=file.media_type, size=file.size, sha256=file.sha256)
                for file in files
            ],
        )


@routes.get("", response_model=Page[DocumentOut], responses=READS)
def list_documents(
    call: Reading,
    municipality: MunicipalityId | None = None,
    type: Annotated[str | None, Query(max_length=40)] = None,  # noqa: A002  the contract's name
    process_instance: UUID | None = None,
    limit: Limit = DEFAULT_LIMIT,
    after: After = None,
) -> Response:
    """Documents, newest first, of the municipalities where I hold a role of the municipality's own."""
    found = rows.page(
        call.uow.session,
        call.places(is_internal, require_internal, municipality),
        kind=type,
        instance_id=process_instance,
        after=read_instant_key(after),
        limit=limit + 1,
    )
    shown, following = page_of(found, limit, lambda row: (row.produced_at, row.id))
    files = rows.files_of(call.uow.session, shown)
    return call.answer(Page[DocumentOut](items=[DocumentOut.of(row, files[row.id]) for row in shown], next=following))


@routes.get("/{document_id}", response_model=DocumentOut, responses=READS)
def read_document(call: Reading, document_id: UUID) -> Response:
    """One document."""
    document, files = documents.read(call.uow, document_id)
    return call.answer(DocumentOut.of(document, files))


@routes.get(
    "/{document_id}/file",
    response_class=Response,
    responses={**READS, 200: {"content": {"application/octet-stream": {}}, "description": "The file."}},
)
def read_document_file(call: Reading, document_id: UUID, format: Literal["docx", "pdf", "html"] = "pdf") -> Response:  # noqa: A002  the contract's name
    """The document in one format, to be saved."""
    found = documents.open_file(call.uow, document_id, format)
    headers = {"Content-Disposition": disposition(found.file_name), "Content-Security-Policy": SANDBOX}
    return Response(found.content, headers=headers, media_type=found.about.media_type)
