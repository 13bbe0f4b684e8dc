"""What stands in an attachment, for the personal-data guard: text, CSV, PDF, Word, Excel, PowerPoint, OpenDocument.

PDF and packed documents are read in a process of their own, which is ended when it takes too long or too much memory:
a page of a few kilobytes can unfold to gigabytes. What could not be read through is refused, for unread is not the same
as clean. A picture has no text: neither a photograph nor a scanned page is read.
"""

import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

import structlog

import app
from app.domain.errors import FieldFault, InvalidInput, VettingBusy
from app.services.process.bounds import CANNOT_BE_READ

log = structlog.get_logger()

CPU_SECONDS = 10
WALL_SECONDS = 30.0
MEMORY_BYTES = 300_000_000
PATIENCE_SECONDS = 10.0
MAX_CHILDREN = 2
_ROOM = BoundedSemaphore(MAX_CHILDREN)


def text_of(content: bytes, media_type: str, cpu_seconds: int = CPU_SECONDS) -> str:
    """All text in a file of that type; empty for pictures. Raises InvalidInput when it cannot be read, VettingBusy."""
    if media_type.startswith("text/"):
        return _decoded(content)
    if media_type.startswith("image/"):
        return ""
    if not _ROOM.acquire(timeout=PATIENCE_SECONDS):
        raise VettingBusy
    try:
        done = subprocess.run(  # noqa: S603  our own program; the type is one of those we name ourselves
            _command(media_type, cpu_seconds), input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS, check=False, env={}, cwd=Path(app.__file__).parents[1], start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        raise _refused(media_type, "wall") from late
    finally:
        _ROOM.release()
    if done.returncode == CANNOT_BE_READ:
        raise _unreadable()
    if done.returncode != 0:
        raise _refused(media_type, done.returncode)
    return done.stdout.decode("utf-8", "replace")


def _command(media_type: str, cpu_seconds: int) -> list[str]:
    module = "app.services.attachment_reading"
    return [sys.executable, "-E", "-s", "-m", module, media_type, str(cpu_seconds), str(MEMORY_BYTES)]


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _refused(media_type: str, why: object) -> InvalidInput:
    log.warning("attachment_was_not_read", media_type=media_type, why=why)
    sv = "Filen är för stor eller för invecklad för att granskas. Dela upp den och skicka delarna."
    en = "The file is too large or too intricate to be examined. Divide it and send the parts."
    return InvalidInput(sv, en, [FieldFault("/file", sv, en)])


def _unreadable() -> InvalidInput:
    sv = "Filen går inte att läsa: den är skadad eller låst med lösenord. Spara den på nytt utan lösenord."
    en = "The file cannot be read: it is damaged or locked by a password. Save it anew without one."
    return InvalidInput(sv, en, [FieldFault("/file", sv, en)])
