"""Files as they leave: their name in two alphabets, and for a page that was written here what it may do: nothing."""

from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from starlette.responses import StreamingResponse

from app.services.prevention.registers import Written

PIECE = 64 * 1024

SANDBOX = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; sandbox"
)
"""For a document as HTML: its own style and pictures in it, no script, no form, no origin."""


def disposition(file_name: str, *, shown: bool = False) -> str:
    """The header for a file to be saved under its name, or to be shown in place."""
    plain = "".join(sign if (sign.isascii() and sign.isalnum()) or sign in "._-" else "_" for sign in file_name)
    how = "inline" if shown else "attachment"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"


def sent_in_pieces(content: IO[bytes], file_name: str, size: int, media_type: str) -> StreamingResponse:
    """A file to be saved that may be larger than what should be in memory; it is closed when it has been sent."""
    headers = {"Content-Disposition": disposition(file_name), "Content-Length": str(size), "Cache-Control": "no-store"}
    return StreamingResponse(_pieces(content), headers=headers, media_type=media_type)


def sent(written: Written) -> StreamingResponse:
    """A table on its way: read piece by piece, and closed when it has been sent."""
    return StreamingResponse(
        _pieces(written.content),
        headers={"Content-Disposition": disposition(written.file_name), "Cache-Control": "no-store"},
        media_type=written.media_type,
    )


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        while piece := content.read(PIECE):
            yield piece
