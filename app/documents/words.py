"""DOCX to go on writing in: real headings, lists and table headers, the language set, pictures with words.

`paper.docx` gives the styles. A municipality can open it in Word, change fonts and colours, put its coat of arms in the
header, and save. Styles are asked for by their English names, which Word shows in the reader's language.
"""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as Opened
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm
from docx.table import Table as Grid
from docx.text.paragraph import Paragraph as Line
from lxml.etree import SubElement

from app.documents.blocks import Box, Chart, Facts, Heading, Listing, Paper, Paragraph, Signature, Spans, Table
from app.documents.faults import TemplateInvalid
from app.documents.pdfs import draw
from app.documents.table_columns import column_widths

_WIDTH = 159  # millimetres between the margins of A4 in paper.docx
# The earliest day a zip file can tell. Nothing in the file says when it was written, so equal papers are equal bytes.
_DAY = (1980, 1, 1, 0, 0, 0)


def write_docx(paper: Paper, look: Path) -> bytes:
    """The paper as DOCX. Raises TemplateInvalid when the look cannot be used."""
    try:
        document = Document(str(look))
        _tell(document, paper)
        document.add_paragraph(paper.title, style="Title")
        for block in paper.blocks:
            _put(document, block)
    except (KeyError, ValueError, zipfile.BadZipFile) as fault:
        raise TemplateInvalid(look.name, 0, f"filen duger inte: {fault}", f"the file will not do: {fault}") from fault
    written = io.BytesIO()
    document.save(written)
    return _settled(written.getvalue())


def _tell(document: Opened, paper: Paper) -> None:
    head, told = paper.head, document.core_properties
    told.title, told.author, told.language = paper.title, head.municipality, "sv-SE"
    told.subject, told.last_modified_by, told.comments = head.label, "", ""
    told.created = told.modified = datetime.fromisoformat(head.on)
    told.revision = head.version
    section = document.sections[0]
    case = f" · {head.case_number}" if head.case_number else ""
    texts = {
        "{kommun}": head.municipality,
        "{slag}": head.label.upper(),
        "{dag}": f"{head.on}{case}",
        "{markning}": head.marking,
        "{rubrik}": paper.title,
        "{version}": str(head.version),
    }
    for part in (section.header, section.footer):
        for line in part.paragraphs:
            for run in line.runs:
                for mark, text in texts.items():
                    if mark in run.text:
                        run.text = run.text.replace(mark, text)


def _put(document: Opened, block: Any) -> None:
    match block:
        case Heading():
            document.add_heading(block.text, block.level - 1)
        case Paragraph():
            _say(document.add_paragraph(), block.spans)
        case Listing():
            _list(document, block)
        case Facts():
            _facts(document, block)
        case Table():
            _table(document, block)
        case Chart():
            _chart(document, block)
        case Box():
            _box(document, block)
        case Signature():
            document.add_paragraph(block.name, style="Signature Line")


def _facts(document: Opened, block: Facts) -> None:
    for term, text in block.rows:
        _say_lines(document.add_paragraph(style="Facts"), f"{term}:", text)


def _box(document: Opened, block: Box) -> None:
    for inner in block.blocks:
        rows, style = ((inner.spans,), "Box") if isinstance(inner, Paragraph) else (inner.items, "Box List")
        for spans in rows:
            _say(document.add_paragraph(style=style), spans)
    document.add_paragraph(style="After Table")


def _list(document: Opened, block: Listing) -> None:
    style = "List Number" if block.ordered else "List Bullet"
    number = _restarted(document, style) if block.ordered else None
    for item in block.items:
        line = document.add_paragraph(style=style)
        if number is not None:
            # Its types do not tell what lxml makes of the element.
            about: Any = line._p.get_or_add_pPr()  # noqa: SLF001  python-docx has no public way
            about.get_or_add_numPr().get_or_add_numId().val = number
        _say(line, item)


def _restarted(document: Opened, style: str) -> int | None:
    """A numbering of its own for each list: without it Word would count on from the list before."""
    properties = document.styles[style].element.pPr
    if properties is None or properties.numPr is None:
        return None
    numbering = document.part.numbering_part.element
    abstract = numbering.num_having_numId(properties.numPr.numId.val).abstractNumId.val
    made = numbering.add_num(abstract)
    made.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(made.numId)


def _table(document: Opened, block: Table) -> None:
    document.add_paragraph(block.caption, style="Caption").paragraph_format.keep_with_next = True
    grid = document.add_table(0, len(block.header), style="Paper Table")
    grid.alignment = WD_TABLE_ALIGNMENT.LEFT
    grid.autofit = False
    _describe(grid, block.caption)
    widths = [Mm(each) for each in column_widths(block, _WIDTH)]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    style = document.styles["Table Text"].style_id
    for number, told in enumerate([block.header, *block.rows]):
        grid._tbl.append(_row(told, widths, style, header=number == 0))  # noqa: SLF001  python-docx has no public way
    document.add_paragraph(style="After Table")


def _row(told: tuple[str, ...], widths: Sequence[Length], style: str, *, header: bool) -> Any:
    """A row by its elements.

    Through python-docx's objects each cell seeks its style anew, and a thousand rows take ten seconds.
    """
    row = OxmlElement("w:tr")
    about = SubElement(row, qn("w:trPr"))
    SubElement(about, qn("w:cantSplit"))
    if header:
        SubElement(about, qn("w:tblHeader"))
    for text, width in zip(told, widths, strict=True):
        cell = SubElement(row, qn("w:tc"))
        size = SubElement(SubElement(cell, qn("w:tcPr")), qn("w:tcW"))
        size.set(qn("w:w"), str(width.twips))
        size.set(qn("w:type"), "dxa")
        line = SubElement(cell, qn("w:p"))
        SubElement(SubElement(line, qn("w:pPr")), qn("w:pStyle")).set(qn("w:val"), style)
        run = SubElement(line, qn("w:r"))
        for number, part in enumerate(text.split("\n")):
            if number:
                SubElement(run, qn("w:br"))
            words = SubElement(run, qn("w:t"))
            words.text = part
            words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return row


def _describe(grid: Grid, caption: str) -> None:
    """What a screen reader says of the table."""
    told: Any = OxmlElement("w:tblCaption")
    told.set(qn("w:val"), caption)
    grid._tbl.tblPr.append(told)  # noqa: SLF001  python-docx has no public way


def _chart(document: Opened, block: Chart) -> None:
    document.add_paragraph(block.caption, style="Caption").paragraph_format.keep_with_next = True
    line = document.add_paragraph()
    shape = line.add_run().add_picture(io.BytesIO(draw(block.svg)), width=Mm(_WIDTH))
    told = shape._inline.docPr  # noqa: SLF001  python-docx has no public way
    told.set("descr", block.alt)
    told.set("name", block.caption)


def _say(line: Line, spans: Spans) -> None:
    for span in spans:
        line.add_run(span.text).bold = True if span.strong else None


def _say_lines(line: Line, term: str, text: str) -> None:
    if term:
        line.add_run(term).bold = True
        line.add_run("\t")
    for number, part in enumerate(text.split("\n")):
        run = line.add_run()
        if number:
            run.add_break()
        run.add_text(part)


def _settled(content: bytes) -> bytes:
    """The same package with one day on every part, in the order of their names but for the table of contents."""
    settled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as target:
        names = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            entry = zipfile.ZipInfo(name, _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
    return settled.getvalue()
