"""Attachments: the files themselves."""

from urllib.parse import quote
from uuid import UUID

from fastapi import Response

from app.services import attachments
from app.web.api.documentation import READS, router
from app.web.deps import Reading

routes = router("/attachments", "attachments")


@routes.get(
    "/{attachment_id}",
    response_class=Response,
    responses={**READS, 200: {"content": {"application/octet-stream": {}}, "description": "The file."}},
)
def read_attachment(call: Reading, attachment_id: UUID) -> Response:
    """The file, to be saved and never shown in place: for those who may see its task."""
    found = attachments.read(call.uow, attachment_id)
    plain = "".join(
        sign if (sign.isascii() and sign.isalnum()) or sign in "._-" else "_" for sign in found.about.file_name
    )
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.about.file_name, safe='')}"
    return Response(found.content, headers={"Content-Disposition": disposition}, media_type=found.about.media_type)
