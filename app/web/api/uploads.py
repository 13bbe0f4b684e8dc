"""Uploaded files, read before any transaction is opened: nothing waits for the network inside one."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from app.domain.errors import FieldFault, InvalidInput, TooLarge
from app.web.bodies import MAX_ATTACHMENT, inspect

MAX_FILES = 60


async def folder_files(request: Request) -> dict[str, bytes]:
    """The files of a workflow folder by path: multipart `files`, or JSON `{"files": {path: text}}`."""
    if _is_multipart(request):
        async with request.form(max_files=MAX_FILES, max_fields=MAX_FILES) as form:
            files = dict([await _read(part) for part in _parts(form, "files")])
    else:
        files = _json_files(await request.body())
    if not files:
        raise _fault("/files", "Det saknas filer.", "There are no files.")
    _note_content(request, files)
    return files


async def one_file(request: Request) -> tuple[str, bytes]:
    """The one file of a multipart form, in the field `file`: (its name, its content)."""
    if not _is_multipart(request):
        raise _fault("", "Skicka filen som multipart/form-data.", "Send the file as multipart/form-data.")
    async with request.form(max_files=1, max_fields=5) as form:
        parts = _parts(form, "file")
        if len(parts) != 1:
            raise _fault("/file", "Skicka en fil i fältet file.", "Send one file in the field file.")
        name, content = await _read(parts[0])
    if len(content) > MAX_ATTACHMENT:
        raise TooLarge(MAX_ATTACHMENT)
    _note_content(request, {name: content})
    return name, content


async def raw_body(request: Request) -> bytes:
    """The body as it came."""
    return await request.body()


FolderFiles = Annotated[dict[str, bytes], Depends(folder_files)]
OneFile = Annotated[tuple[str, bytes], Depends(one_file)]
RawBody = Annotated[bytes, Depends(raw_body)]


def form_of(field: str, *, many: bool) -> dict[str, Any]:
    """The multipart body as OpenAPI tells it."""
    file = {"type": "string", "format": "binary"}
    shape = {"type": "array", "items": file} if many else file
    return {"schema": {"type": "object", "required": [field], "properties": {field: shape}}}


def _is_multipart(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


def _parts(form: FormData, field: str) -> list[UploadFile]:
    return [part for name, part in form.multi_items() if name == field and isinstance(part, UploadFile)]


async def _read(part: UploadFile) -> tuple[str, bytes]:
    name = part.filename or ""
    if "\x00" in name:
        raise _fault("", "Filnamnet har ett NUL-tecken.", "The file name has a NUL character.")
    return name, await part.read()


def _json_files(raw: bytes) -> dict[str, bytes]:
    try:
        sent = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        raise _fault("", "Texten är inte JSON i UTF-8.", "The text is not JSON in UTF-8.") from fault
    inspect(sent)
    files = sent.get("files") if isinstance(sent, dict) and set(sent) == {"files"} else None
    if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
        sv, en = 'Skicka {"files": {"process.bpmn": "..."}}.', 'Send {"files": {"process.bpmn": "..."}}.'
        raise _fault("/files", sv, en)
    return {path: text.encode() for path, text in files.items()}


def _note_content(request: Request, files: Mapping[str, bytes]) -> None:
    """For idempotency keys: a repeated form has a boundary of its own, but the same files."""
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(content).digest())
    request.state.digest = digest


def _fault(pointer: str, sv: str, en: str) -> InvalidInput:
    return InvalidInput(sv, en, [FieldFault(pointer, sv, en)])
