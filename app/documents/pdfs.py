"""PDF for everybody: tagged, with its language and title, as PDF/UA-1 (ISO 14289-1) asks for.

Typst refuses to write a file that breaks the standard, a picture without words for instance. The fonts are the
typesetter's own, so the same paper gives the same bytes on every machine.
"""

from pathlib import Path

import orjson
import typst

from app.documents.blocks import Paper, as_data
from app.documents.faults import TemplateInvalid

_PICTURE = """#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg", width: 160mm)
"""


def write_pdf(paper: Paper, look: Path) -> bytes:
    """The paper as PDF/UA-1. Raises TemplateInvalid when the look cannot be used."""
    try:
        return typst.compile(
            str(look),
            root=str(look.parent),
            format="pdf",
            pdf_standards="ua-1",
            ignore_system_fonts=True,
            sys_inputs={"paper": orjson.dumps(as_data(paper)).decode()},
        )
    except typst.TypstError as fault:
        raise TemplateInvalid(look.name, 0, str(fault.diagnostic), str(fault.diagnostic)) from fault


def draw(svg: str) -> bytes:
    """A chart as PNG, for Word, which draws no SVG in its older versions."""
    return typst.compile(_PICTURE.encode(), format="png", ppi=200, ignore_system_fonts=True, sys_inputs={"svg": svg})
