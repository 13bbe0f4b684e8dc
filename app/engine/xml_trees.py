"""Bytes in, an element tree out, or the sentence that says why not. Any bytes at all get an answer.

Diagrams and decision tables are both XML from anywhere, and are read here under the same bounds: UTF-8, no DOCTYPE
(so no entities), nothing fetched, at most 5 MB, 60 levels and 20,000 elements.
"""

import re

from lxml import etree

from app.engine.problems import Problem, error

MAX_BYTES = 5_000_000
MAX_DEPTH = 60
MAX_ELEMENTS = 20_000

_BOM = b"\xef\xbb\xbf"
_DECLARED = re.compile(rb"""<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
# libxml2's code for a bound of its own: 256 levels, or more than its memory is to hold.
_RESOURCE_LIMIT = 114
# And for memory that the system refused it: the fault is not the document's, so it must not be blamed for its form.
_NO_MEMORY = 2


class DocumentUnreadable(ValueError):
    """The bytes are not a document that can be read; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.en)
        self.problem = problem


def parse(raw: bytes) -> etree._Element:
    """The root element, without comments and processing instructions.

    Raises DocumentUnreadable with rule `xml.size`, `xml.encoding`, `xml.doctype` or `xml.well-formed`.
    """
    if (large := size_problem(raw)) is not None:
        raise DocumentUnreadable(large)
    _require_utf8(raw)
    if _has_doctype(raw):
        raise DocumentUnreadable(
            error(
                "xml.doctype",
                "Filen har en DOCTYPE. Ta bort den: den kan dölja annat innehåll.",
                "The file has a DOCTYPE. Remove it: it can hide other content.",
                line=1 + raw[: raw.index(b"<!DOCTYPE")].count(b"\n"),
            )
        )
    root = _parse(raw)
    _check_shape(root)
    return root


def size_problem(raw: bytes) -> Problem | None:
    """What is said of a file that is too large to be read at all; None of others."""
    if len(raw) <= MAX_BYTES:
        return None
    limit = f"{MAX_BYTES // 1_000_000} MB"
    return error(
        "xml.size",
        f"Filen är större än {limit} och har inte lästs.",
        f"The file is larger than {limit} and was not read.",
    )


def line_of(element: etree._Element) -> int:
    """The line on which the element's start tag ends, counted from 1; the parser knows no other."""
    return int(element.sourceline or 1)


def name_of(element: etree._Element) -> tuple[str, str]:
    """The element's namespace and local name; no namespace is ''."""
    name = etree.QName(element)
    return name.namespace or "", name.localname


def text_of(element: etree._Element | None) -> str | None:
    """All the text in the element, trimmed; None when there is no element or no text."""
    if element is None:
        return None
    return "".join(str(part) for part in element.itertext()).strip() or None


def _require_utf8(raw: bytes) -> None:
    """UTF-8 and nothing else: bytes that mean different things to different readers can hide something from one."""
    declared = _DECLARED.match(raw.removeprefix(_BOM))
    name = declared[1].decode().lower() if declared else "utf-8"
    try:
        raw.decode()
        unreadable = None
    except UnicodeDecodeError as fault:
        unreadable = 1 + raw[: fault.start].count(b"\n")
    # UTF-16 without its mark is good UTF-8 where the letters are English, with a NUL beside each.
    wide = raw.lstrip()[:4].count(b"\0") > 0
    if unreadable is None and not wide and name in {"utf-8", "utf8", "us-ascii", "ascii"}:
        return
    raise DocumentUnreadable(
        error(
            "xml.encoding",
            "Filen är inte i UTF-8. Spara den i UTF-8.",
            "The file is not in UTF-8. Save it as UTF-8.",
            line=unreadable or 1,
        )
    )


def _has_doctype(raw: bytes) -> bool:
    """Whether a DOCTYPE stands before the root element, the only place where XML lets it stand (2.8)."""
    at = len(_BOM) if raw.startswith(_BOM) else 0
    while True:
        while raw[at : at + 1].isspace():
            at += 1
        if raw.startswith(b"<!DOCTYPE", at):
            return True
        closing = b"?>" if raw.startswith(b"<?", at) else b"-->" if raw.startswith(b"<!--", at) else b""
        end = raw.find(closing, at + 2) if closing else -1
        if end < 0:
            return False
        at = end + len(closing)


def _parse(raw: bytes) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as fault:
        if fault.code == _NO_MEMORY:
            raise MemoryError from fault
        if fault.code == _RESOURCE_LIMIT:
            raise DocumentUnreadable(_too_large()) from fault
        # The parser's words are English and technical; the line is what helps.
        line = fault.lineno
        where_sv, where_en = (f" på rad {line}", f" at line {line}") if line else ("", "")
        raise DocumentUnreadable(
            error(
                "xml.well-formed",
                f"Filen är inte välformad XML{where_sv}.",
                f"The file is not well-formed XML{where_en}.",
                line=line or None,
            )
        ) from fault


def _check_shape(root: etree._Element) -> None:
    count = 0
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
        count += len(level)
        if not level:
            return
        if count > MAX_ELEMENTS:
            break
    raise DocumentUnreadable(_too_large())


def _too_large() -> Problem:
    return error(
        "xml.size",
        f"Filen är för stor: högst {MAX_ELEMENTS} element i {MAX_DEPTH} nivåer.",
        f"The file is too large: at most {MAX_ELEMENTS} elements in {MAX_DEPTH} levels.",
    )
