"""The child that reads an attachment: bounds itself, reads the file on standard input, writes its text.

    python -m app.services.attachment_reading MEDIA_TYPE CPU_SECONDS MEMORY_BYTES

It holds no secret, connection or lock. Text that stands together in a paragraph, a cell or a line stays together, so
that a number of which half is bold is still one number.
"""

import io
import logging
import os
import sys
import zipfile
from collections.abc import Iterator

from lxml import etree
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from app.services.process.bounds import CANNOT_BE_READ, OUT_OF_MEMORY, TOO_MUCH, bound

MAX_TEXT = 10_000_000
"""Characters. A book has a million."""
MAX_PART = 60_000_000
"""Bytes of XML in one packed document, unpacked."""
_PARTS = ("word/", "xl/", "ppt/slides/", "ppt/notesSlides/", "ppt/comments/", "docProps/")
_OPEN_PARTS = ("content.xml", "styles.xml", "meta.xml")
_PARAGRAPHS = {"p", "h", "br", "line-break"}
_CELLS = {"si", "v", "is", "table-cell"}
_ABOUT = {"title", "subject", "creator", "keywords", "description"}
_ENDS = frozenset(_PARAGRAPHS | _CELLS | _ABOUT)
_SPACES = frozenset({"tab", "s"})


def main() -> None:
    """Read one file."""
    media_type = sys.argv[1]
    cpu_seconds, memory_bytes = (int(argument) for argument in sys.argv[2:4])
    content = sys.stdin.buffer.read()
    bound(cpu_seconds, memory_bytes)
    logging.disable(logging.CRITICAL)
    size, pieces = 0, []
    try:
        for piece in _pdf(content) if media_type == "application/pdf" else _package(content):
            size += len(piece)
            if size > MAX_TEXT:
                os._exit(TOO_MUCH)
            pieces.append(piece)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except etree.XMLSyntaxError as error:
        os._exit(OUT_OF_MEMORY if error.code == etree.ErrorTypes.ERR_NO_MEMORY else CANNOT_BE_READ)
    except RecursionError:
        os._exit(TOO_MUCH)
    except (PyPdfError, zipfile.BadZipFile, OSError, RuntimeError):
        os._exit(CANNOT_BE_READ)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError):
        # What a library for a format as loose as PDF trips over in a damaged file.
        os._exit(CANNOT_BE_READ)
    sys.stdout.buffer.write("\n".join(pieces).encode("utf-8", "replace"))


def _pdf(content: bytes) -> Iterator[str]:
    """The pages, what is filled into forms, comments, and what the file says of itself."""
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("locked")
    for page in reader.pages:
        yield page.extract_text()
        for held in page.get("/Annots") or ():
            note = held.get_object()
            yield from (str(note[key]) for key in ("/Contents", "/V") if key in note)
    yield from map(str, (reader.metadata or {}).values())


def _package(content: bytes) -> Iterator[str]:
    """The paragraphs and cells of the parts that hold text."""
    left = MAX_PART
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for entry in package.infolist():
            name = entry.filename
            if not name.endswith(".xml") or not (name.startswith(_PARTS) or name in _OPEN_PARTS):
                continue
            left -= entry.file_size
            if left < 0:
                os._exit(TOO_MUCH)
            yield from _paragraphs(package.read(entry))


def _paragraphs(part: bytes) -> Iterator[str]:
    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    written: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            written.append((isinstance(element.tag, str) and element.text) or "")
            continue
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if name in _ENDS:
            yield "".join(written)
            written = []
        written.append((" " if name in _SPACES else "") + (element.tail or ""))
    yield "".join(written)


if __name__ == "__main__":
    main()
