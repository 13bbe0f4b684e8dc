"""Attachments: the files themselves."""

from uuid import UUID

from fastapi import Response

from app.services import attachments
from app.web.api.documentation import READS, router
from app.web.deps import Reading
from app.web.downloads import disposition

routes = router("/attachments", "attachments")


@routes.get(
    "/{attachment_id}",
    response_class=Response,
    responses={**READS, 200: {"content": {"application/octet-stream": {}}, "description": "The file."}},
)
def read_attachment(call: Reading, attachment_id: UUID) -> Response:
    """The file, to be saved and never shown in place: for those who may see its task."""
    found = attachments.read(call.uow, attachment_id)
    return Response(
        found.content,
        headers={"Content-Disposition": disposition(found.about.file_name)},
        media_type=found.about.media_type,
    )
