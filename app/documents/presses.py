"""From a frozen view and a template to a paper in three formats. Pure: what goes in decides every byte that comes out.

It may be a municipality's own template, so it is run in a child that can be ended (`app/services/document_prints.py`).
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.documents.blocks import Head, Paper, fingerprint
from app.documents.structures import read_marked
from app.documents.templates import fill

FORMATS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}
PAPERS = Path(__file__).parent / "papers"
LOOKS = Path(__file__).parent / "looks"
LOOK_NAMES = ("paper.docx", "paper.typ", "paper.html")


def compose(name: str, template: str, view: Mapping[str, Any], head: Head) -> Paper:
    """The paper. Raises TemplateInvalid with the line of the template."""
    title, blocks = read_marked(name, fill(name, template, view))
    return Paper(head, title, blocks)


def press(paper: Paper, looks: Mapping[str, Path] = MappingProxyType({})) -> dict[str, bytes]:
    """The paper in every format. `looks` are files that go before the shipped ones, by their names.

    Raises TemplateInvalid when a look cannot be used.
    """
    # Only the child that writes needs them, and they are 15 MB that every replica would carry.
    from app.documents.pdfs import write_pdf  # noqa: PLC0415  see above
    from app.documents.webs import write_html  # noqa: PLC0415  see above
    from app.documents.words import write_docx  # noqa: PLC0415  see above

    docx, typ, html = (looks.get(name, LOOKS / name) for name in LOOK_NAMES)
    return {"docx": write_docx(paper, docx), "pdf": write_pdf(paper, typ), "html": write_html(paper, html)}


__all__ = ["FORMATS", "LOOKS", "LOOK_NAMES", "PAPERS", "compose", "fingerprint", "press"]
