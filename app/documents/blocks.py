"""What a document is made of, whatever file it becomes: headings, paragraphs, lists, tables, charts.

DOCX, PDF and HTML are written from the same `Paper`, so they never say different things.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson


@dataclass(frozen=True)
class Span:
    """Words in a line; strong ones are important."""

    text: str
    strong: bool = False


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Heading:
    """A heading. `level` 2 is a chapter: the title of the paper is the only one of level 1."""

    level: int
    text: str
    kind: str = "heading"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    spans: Spans
    kind: str = "paragraph"


@dataclass(frozen=True)
class Listing:
    """A list, with numbers when the order matters."""

    ordered: bool
    items: tuple[Spans, ...]
    kind: str = "listing"


@dataclass(frozen=True)
class Facts:
    """Terms with what they say: diary number, date, those present."""

    rows: tuple[tuple[str, str], ...]
    kind: str = "facts"


@dataclass(frozen=True)
class Table:
    """A table with a row of headers. `widths` are shares; a new line in a cell is a new line."""

    caption: str
    header: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str = "table"


@dataclass(frozen=True)
class Chart:
    """Horizontal bars. `alt` says in words all that the picture says; `svg` is the picture."""

    caption: str
    alt: str
    svg: str
    kind: str = "chart"


@dataclass(frozen=True)
class Box:
    """Something set apart: a proposed decision, a notice."""

    blocks: tuple[Paragraph | Listing, ...]
    kind: str = "box"


@dataclass(frozen=True)
class Signature:
    """A line to sign on."""

    name: str
    kind: str = "signature"


Block = Heading | Paragraph | Listing | Facts | Table | Chart | Box | Signature


@dataclass(frozen=True)
class Head:
    """What stands above the text and in the properties of the files. `on` is an ISO date, `label` the kind of paper."""

    municipality: str
    label: str
    on: str
    version: int
    marking: str
    case_number: str = ""
    language: str = "sv"


@dataclass(frozen=True)
class Paper:
    """A whole document."""

    head: Head
    title: str
    blocks: tuple[Block, ...]


def as_data(paper: Paper) -> dict[str, Any]:
    """The paper as JSON can hold it."""
    return asdict(paper)


def fingerprint(paper: Paper) -> str:
    """SHA-256 of what the paper says. Its day and version do not count: the same text again is the same document."""
    told = asdict(paper)
    told["head"] = {key: value for key, value in told["head"].items() if key not in {"on", "version"}}
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def plain(spans: Sequence[Span]) -> str:
    """The words without emphasis."""
    return "".join(span.text for span in spans)
