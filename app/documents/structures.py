"""From marked text to the blocks of a paper.

Marked text is a small, strict kind of Markdown:

    # Title                          once, first
    ## Chapter     ### Section       no level is jumped
    A paragraph with **strong** words.
    - item         1. item
    Diarienummer:: KS 2027/12        a term and what it says
    > Something set apart            paragraphs and lists; a lone > parts two paragraphs
    Tabell: caption                  then the header, the line of dashes (their number is the share), the rows
    | A | B |
    |---|-------|
    | 1 | 2 |
    Diagram: caption                 the same, with two columns of which the second are numbers
    Underskrift: name                a line to sign on

What is wrong is told with its line.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from app.documents.blocks import (
    Block,
    Box,
    Chart,
    Facts,
    Heading,
    Listing,
    Paragraph,
    Signature,
    Span,
    Spans,
    Table,
)
from app.documents.charts import bars
from app.documents.faults import TemplateInvalid
from app.documents.templates import BREAK, LINE, LINE_END, clear

MAX_LEVEL = 4
_MARK = re.compile(f"{LINE}(\\d+){LINE_END}")
_BEFORE = re.compile(f"(?:{LINE}\\d+{LINE_END}|\\s)*")
_ITEM = re.compile(r"(?P<mark>[-•*]|\d{1,3}[.)]) +(?P<text>.*)", re.DOTALL)
_TERM = re.compile(r"(?P<term>[^:|]{1,80}):: *(?P<text>.*)", re.DOTALL)
_RULE = re.compile(r"\|(?:\s*-{3,}\s*\|)+")


@dataclass(frozen=True)
class Line:
    """A line of marked text, and the line of the template that it came from."""

    number: int
    text: str


def read_marked(name: str, text: str) -> tuple[str, tuple[Block, ...]]:
    """The title and the blocks. Raises TemplateInvalid with the line of the template."""
    return _Reader(name, list(_lines(text))).read()


def _lines(text: str) -> Iterator[Line]:
    number = 0
    for raw in text.split("\n"):
        marks = _MARK.findall(raw)
        before = _MARK.findall(_BEFORE.match(raw)[0])  # type: ignore[index]  # it matches nothing too
        number = int(before[-1]) if before else number
        yield Line(number, _MARK.sub("", raw).strip())
        number = int(marks[-1]) if marks else number


class _Reader:
    """Reads lines, one kind of block at a time."""

    def __init__(self, name: str, lines: list[Line]) -> None:
        self.name, self.lines = name, lines
        self.title = ""
        self.level = 1
        self.waiting: tuple[Line, str, str] | None = None

    def read(self) -> tuple[str, tuple[Block, ...]]:
        blocks: list[Block] = []
        for kind, group in groupby(self.lines, key=lambda line: _kind_of(line.text)):
            found = list(group)
            if self.waiting and kind not in {"table", "blank"}:
                self._fail(self.waiting[0], "här väntas en tabell", "a table is expected here")
            blocks.extend(self._block(kind, found))
        if self.waiting:
            self._fail(self.waiting[0], "tabellen saknas", "the table is missing")
        if not self.title:
            raise TemplateInvalid(self.name, 1, "rubriken (# ...) saknas", "the title (# ...) is missing")
        return self.title, tuple(blocks)

    def _block(self, kind: str, lines: list[Line]) -> Iterator[Block]:
        readers: dict[str, Callable[[list[Line]], Iterator[Block]]] = {
            "heading": self._headings,
            "table": self._tables,
            "caption": self._captions,
            "facts": self._facts,
            "box": self._boxes,
            "sign": self._signatures,
        }
        if kind in readers:
            yield from readers[kind](lines)
        elif kind != "blank":
            yield from _texts(lines)

    def _headings(self, lines: list[Line]) -> Iterator[Block]:
        for line in lines:
            level = len(line.text) - len(line.text.lstrip("#"))
            text = _flat(line.text[level:])
            if not text:
                self._fail(line, "rubriken är tom", "the heading is empty")
            if (level == 1) == bool(self.title) or level > min(self.level + 1, MAX_LEVEL):
                self._fail(
                    line,
                    "rubriknivån passar inte: en # först, och sedan en nivå i taget",
                    "the level of the heading does not fit: one # first, then one level at a time",
                )
            self.level = level
            if level == 1:
                self.title = text
            else:
                yield Heading(level, text)

    def _captions(self, lines: list[Line]) -> Iterator[Block]:
        for line in lines[:-1]:
            self._fail(line, "tabellen saknas", "the table is missing")
        word, _, caption = lines[-1].text.partition(":")
        if not _flat(caption):
            self._fail(lines[-1], f"{word}: rubriken saknas", f"{word}: the caption is missing")
        self.waiting = (lines[-1], word, _flat(caption))
        yield from ()

    def _tables(self, lines: list[Line]) -> Iterator[Block]:
        if self.waiting is None:
            self._fail(lines[0], "skriv ”Tabell: rubrik” före tabellen", "write 'Tabell: caption' before the table")
        _line, word, caption = self.waiting or (lines[0], "", "")
        self.waiting = None
        if len(lines) < 2 or not _RULE.fullmatch(lines[1].text):  # noqa: PLR2004  the header and the dashes
            self._fail(lines[0], "under rubrikraden ska |---|---| stå", "|---|---| must stand under the header")
        header, widths = _cells(lines[0].text), tuple(len(c) for c in _cells(lines[1].text))
        rows = [(line, _cells(line.text)) for line in lines[2:]]
        for line, cells in ((lines[1], widths), *rows):
            if len(cells) != len(header):
                self._fail(
                    line,
                    f"raden har {len(cells)} celler, rubrikraden {len(header)}",
                    f"the row has {len(cells)} cells, the header {len(header)}",
                )
        if not all(header):
            self._fail(lines[0], "varje kolumn behöver en rubrik", "each column needs a header")
        if word == "Diagram":
            yield from self._chart(caption, header, rows)
        if word == "Diagram":
            caption = f"{caption}: siffrorna i diagrammet"
        if rows:
            yield Table(caption, header, widths, tuple(cells for _, cells in rows))

    def _chart(
        self, caption: str, header: tuple[str, ...], rows: list[tuple[Line, tuple[str, ...]]]
    ) -> Iterator[Block]:
        if len(header) != 2:  # noqa: PLR2004  a label and a number
            self._fail(rows[0][0] if rows else self.lines[0], "ett diagram har två kolumner", "a chart has two columns")
        drawn: list[tuple[str, float]] = []
        for line, (label, told) in rows:
            try:
                drawn.append((label, float(told.replace("\u2212", "-").replace(" ", "").replace(",", "."))))
            except ValueError:
                if not told.startswith("färre än"):
                    self._fail(line, f"”{told}” är inget tal", f"'{told}' is no number")
        if drawn:
            yield Chart(caption, _in_words(caption, header[1], rows), bars(drawn))

    def _facts(self, lines: list[Line]) -> Iterator[Block]:
        found = [match for line in lines if (match := _TERM.fullmatch(line.text))]
        rows = [(_flat(m["term"]), _cell(m["text"])) for m in found]
        if told := tuple((term, text) for term, text in rows if text):
            yield Facts(told)

    def _boxes(self, lines: list[Line]) -> Iterator[Block]:
        inner = [Line(line.number, line.text[1:].strip()) for line in lines]
        parts = (list(group) for filled, group in groupby(inner, key=lambda line: bool(line.text)) if filled)
        if found := tuple(block for part in parts for block in _texts(part)):
            yield Box(found)

    def _signatures(self, lines: list[Line]) -> Iterator[Block]:
        for line in lines:
            yield Signature(_flat(line.text.partition(":")[2]))

    def _fail(self, line: Line, sv: str, en: str) -> None:
        raise TemplateInvalid(self.name, line.number, sv, en)


def _kind_of(text: str) -> str:
    if not text:
        return "blank"
    if text.startswith(("Tabell:", "Diagram:")):
        return "caption"
    if text.startswith("Underskrift:"):
        return "sign"
    starts = {"#": "heading", "|": "table", ">": "box"}
    return starts.get(text[0]) or ("facts" if _TERM.fullmatch(text) else "text")


def _texts(lines: list[Line]) -> Iterator[Paragraph | Listing]:
    """Paragraphs and lists.

    Lines of the template that follow each other are one paragraph; somebody's new line is a new one, and somebody's
    line that begins with a dash is an item.
    """
    items: list[tuple[bool, Spans]] = []
    said: list[str] = []
    for line in lines:
        own = _ITEM.fullmatch(line.text)
        if own is None and BREAK not in line.text and not items:
            said.append(line.text)
            continue
        if said:
            yield from _paragraph(" ".join(said))
            said = []
        if own is not None:
            item = _spans(own["text"].replace(BREAK, " "))
            items += [(own["mark"][0].isdigit(), item)] if item else []
            continue
        yield from _listings(items)
        items = []
        yield from _written(line.text)
    yield from _listings(items)
    yield from _paragraph(" ".join(said))


def _written(text: str) -> Iterator[Paragraph | Listing]:
    """What a person wrote in a text area."""
    items: list[tuple[bool, Spans]] = []
    for part in (p.strip() for p in text.split(BREAK)):
        found = _ITEM.fullmatch(clear(part))
        if found is not None:
            items.append((found["mark"][0].isdigit(), (Span(found["text"].strip()),)))
            continue
        yield from _listings(items)
        items = []
        yield from _paragraph(part)
    yield from _listings(items)


def _listings(items: list[tuple[bool, Spans]]) -> Iterator[Listing]:
    for ordered, group in groupby(items, key=lambda item: item[0]):
        yield Listing(ordered, tuple(spans for _, spans in group))


def _paragraph(text: str) -> Iterator[Paragraph]:
    if spans := _spans(text):
        yield Paragraph(spans)


def _spans(text: str) -> Spans:
    parts = text.strip().split("**")
    return tuple(Span(clear(part), number % 2 == 1) for number, part in enumerate(parts) if part)


def _cells(text: str) -> tuple[str, ...]:
    return tuple(_cell(cell) for cell in text.strip().strip("|").split("|"))


def _cell(text: str) -> str:
    return "\n".join(part.strip() for part in clear(text).split("\n") if part.strip())


def _flat(text: str) -> str:
    return " ".join(clear(text).split())


def _in_words(caption: str, unit: str, rows: list[tuple[Line, tuple[str, ...]]]) -> str:
    told = "; ".join(f"{label}: {value}" for _, (label, value) in rows)
    return f"Stapeldiagram. {caption}. {unit} för {told}."
