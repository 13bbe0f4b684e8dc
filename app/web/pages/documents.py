"""Documents as files for the browser: Word and PDF to be saved, the page to be read."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from app.services import documents
from app.web.downloads import SANDBOX, disposition
from app.web.pages.visits import Visiting

router = APIRouter(include_in_schema=False)


@router.get("/dokument/{document_id}/{kind}")
def show_file(visit: Visiting, document_id: UUID, kind: Literal["docx", "pdf", "html"]) -> Response:
    """The document in one format."""
    found = documents.open_file(visit.uow, document_id, kind)
    headers = {
        "Content-Disposition": disposition(found.file_name, shown=kind != "docx"),
        "Content-Security-Policy": SANDBOX if kind == "html" else "default-src 'none'; frame-ancestors 'none'",
    }
    return Response(found.content, headers=headers, media_type=found.about.media_type)
