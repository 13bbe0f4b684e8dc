"""Attachments: files beside a user task. What a file is, its content decides, never its name."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from uuid import UUID

import puremagic

from app.db.process import attachments
from app.db.process.attachments import Attachment
from app.domain import privacy_guard
from app.domain.errors import FieldFault, InvalidInput, NotFound, TooLarge
from app.domain.ids import new_id
from app.services.attachment_texts import text_of
from app.services.process import user_tasks
from app.services.process.user_tasks import lock_open
from app.services.unit_of_work import UnitOfWork

MAX_BYTES = 25_000_000
MAX_NAME = 150

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
TEXT, CSV = "text/plain", "text/csv"

# Media type -> the ending a file of that type is given when its name has another.
ALLOWED = {
    PDF: ".pdf",
    f"{_OFFICE}wordprocessingml.document": ".docx",
    f"{_OFFICE}spreadsheetml.sheet": ".xlsx",
    f"{_OFFICE}presentationml.presentation": ".pptx",
    f"{_OPEN}text": ".odt",
    f"{_OPEN}spreadsheet": ".ods",
    PNG: ".png",
    JPEG: ".jpg",
    TEXT: ".txt",
    CSV: ".csv",
}

_MAIN_PARTS = {
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{_OFFICE}presentationml.presentation",
}
_HEAD = 4096


@dataclass(frozen=True)
class Content:
    """An attachment with its content."""

    about: Attachment
    content: bytes


def attach(uow: UnitOfWork, task_id: UUID, file_name: str, content: bytes) -> Attachment:
    """Put a file beside an open task that is the principal's to do.

    Raises NotFound, NotYours, the refusals of a closed task, TooLarge, and InvalidInput for kinds that are not taken
    and for files in which the personal-data guard finds what is stored nowhere. Only somebody who may see the task has
    a file read; nothing is locked meanwhile.
    """
    user_tasks.visible(uow, task_id)
    if len(content) > MAX_BYTES:
        raise TooLarge(MAX_BYTES)
    media_type = judge(content, file_name)
    _require_clean(text_of(content, media_type), file_name)
    task = lock_open(uow, task_id)
    row = {
        "municipality_id": task.municipality_id,
        "id": new_id(),
        "user_task_id": task.id,
        "file_name": plain_name(file_name, media_type),
        "media_type": media_type,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "uploaded_at": uow.now,
        "uploaded_by": uow.who().id,
    }
    attachments.add(uow.session, row, content)
    return Attachment(**row)


def _require_clean(text: str, file_name: str) -> None:
    for found in privacy_guard.stops(text) or privacy_guard.stops(file_name):
        sv, en = f"I filen: {found.sv}", f"In the file: {found.en}"
        raise InvalidInput(sv, en, [FieldFault("/file", sv, en)])


def of_task(uow: UnitOfWork, task_id: UUID) -> list[Attachment]:
    """The files of a task that the principal may see. Raises NotFound, NotYours."""
    task = user_tasks.visible(uow, task_id)
    return attachments.of_task(uow.session, task.municipality_id, task.id)


def read(uow: UnitOfWork, attachment_id: UUID) -> Content:
    """A file with its content, for those who may see its task. Raises NotFound, NotYours."""
    about = attachments.get(uow.session, attachment_id)
    if about is None:
        raise NotFound("Filen", "The file")
    user_tasks.visible(uow, about.user_task_id)
    return Content(about, b"".join(attachments.read(uow.session, about)))


def judge(content: bytes, file_name: str) -> str:
    """The media type, by what the file holds. Raises InvalidInput when it is none of those that are taken."""
    if not content:
        raise _refused("Filen är tom.", "The file is empty.")
    zipped = content.startswith(b"PK\x03\x04")
    found = _package(content) if zipped else _by_signature(content) or _text(content, file_name)
    if found is None:
        raise _refused(
            "Filen är av ett slag som inte tas emot: PDF, Word, Excel, PowerPoint, OpenDocument, PNG, JPEG, text och "
            "CSV går bra.",
            "The file is of a kind that is not taken: PDF, Word, Excel, PowerPoint, OpenDocument, PNG, JPEG, text and "
            "CSV will do.",
        )
    return found


def _by_signature(content: bytes) -> str | None:
    """PDF and pictures, whose first bytes say what they are and must stand first."""
    try:
        known = {match.mime_type for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return None
    starts = {PDF: b"%PDF-", PNG: b"\x89PNG\r\n\x1a\n", JPEG: b"\xff\xd8\xff"}
    return next((kind for kind, start in starts.items() if kind in known and content.startswith(start)), None)


def _package(content: bytes) -> str | None:
    """A zip file that is a document: told by its table of contents, which is all that is read of it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = {entry.filename for entry in package.infolist()}
            if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for name in names):
                return None
            if "[Content_Types].xml" in names:
                return next((kind for part, kind in _MAIN_PARTS.items() if part in names), None)
            if "mimetype" in names and package.getinfo("mimetype").file_size < 100:  # noqa: PLR2004  one short word
                kind = package.read("mimetype").decode("ascii", "replace").strip()
                return kind if kind in ALLOWED else None
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return None
    return None


def _text(content: bytes, file_name: str) -> str | None:
    """Plain text or CSV: text all through, and nothing a browser or a shell would run."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Excel on Windows still writes CSV so.
        text = content.decode("cp1252", "replace")
    if any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in text) or "\ufffd" in text:  # noqa: PLR2004  controls
        return None
    if _would_run(text[:_HEAD]):
        return None
    return CSV if PurePosixPath(file_name).suffix.lower() == ".csv" else TEXT


def _would_run(head: str) -> bool:
    start = head.lstrip().lower()
    marks = ("<!doctype", "<html", "<script", "<svg", "<?xml", "<?php", "<iframe", "<body", "<head")
    return start.startswith(("#!", "<", "mz", "@echo")) or any(mark in start for mark in marks)


def plain_name(file_name: str, media_type: str) -> str:
    """The name without folders, control characters or an ending that belies the content."""
    name = PurePosixPath(file_name.replace("\\", "/")).name
    name = "".join(sign for sign in name if sign.isprintable()).strip(" .") or "fil"
    ending, wanted = PurePosixPath(name).suffix.lower(), ALLOWED[media_type]
    right = {wanted, ".jpeg"} if media_type == JPEG else {wanted, ".md", ".log"} if media_type == TEXT else {wanted}
    if ending not in right:
        name += wanted
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    return stem[: MAX_NAME - len(suffix)] + suffix


def _refused(sv: str, en: str) -> InvalidInput:
    return InvalidInput(sv, en, [FieldFault("/file", sv, en)])
