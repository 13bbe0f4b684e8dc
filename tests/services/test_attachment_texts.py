"""What stands in an attachment is read, within bounds, before it is stored."""

import io
import zipfile

import docx
import pytest
from pypdf import PdfReader, PdfWriter

from app.domain import privacy_guard
from app.domain.errors import InvalidInput
from app.services.attachment_texts import text_of

OFFICE = "application/vnd.openxmlformats-officedocument."
WORD, EXCEL = f"{OFFICE}wordprocessingml.document", f"{OFFICE}spreadsheetml.sheet"
PRESENTATION = f"{OFFICE}presentationml.presentation"
OPEN_TEXT = "application/vnd.oasis.opendocument.text"
NUMBER = "811228-9874"


def pdf(text: str) -> bytes:
    """A page with a line of text, as a program writes it."""
    drawn = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 %s >> >> >>"
        % b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
    ]
    made, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(made)
    return made + b"xref\n0 5\n0000000000 65535 f \n" + table + trailer


def word(*runs: str) -> bytes:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for i, run in enumerate(runs):
        paragraph.add_run(run).bold = i % 2 == 1
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def package(**parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return made.getvalue()


FILES = {
    "text": (f"Hej {NUMBER}".encode(), "text/plain"),
    "text of Windows": (f"Å {NUMBER}".encode("cp1252"), "text/csv"),
    "CSV": (f"namn;nummer\r\nx;{NUMBER}\r\n".encode(), "text/csv"),
    "PDF": (pdf(f"Se {NUMBER} i akten"), "application/pdf"),
    "Word, half of it bold": (word("Se 8112", "28-98", "74 i akten"), WORD),
    "Excel, a text": (package(xl__sharedStrings="<sst><si><r><t>811228</t></r><r><t>-9874</t></r></si></sst>"), EXCEL),
    "Excel, a number": (package(xl__worksheets__sheet1="<a><c><v>198112289874</v></c><c><v>3</v></c></a>"), EXCEL),
    "PowerPoint": (package(ppt__slides__slide1=f"<a><p><t>{NUMBER}</t></p></a>"), PRESENTATION),
    "OpenDocument": (package(content="<a><p>Se <span>811228</span>-9874</p></a>"), OPEN_TEXT),
}


@pytest.mark.parametrize("name", FILES)
def test_a_number_in_a_file_is_found(name: str) -> None:
    found = privacy_guard.stops(text_of(*FILES[name]))
    assert [one.kind for one in found] == ["personal_number"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pdf("Antal 2026: 12, 14 och 9"), "application/pdf"),
        (word("Dnr KS 2026/123", ", org.nr 556703-7485"), WORD),
        (package(xl__worksheets__sheet1="<a><c><v>45231</v></c><c><v>811228</v></c><c><v>9874</v></c></a>"), EXCEL),
        (b"\x89PNG", "image/png"),
    ],
)
def test_a_file_without_one_is_let_through(content: bytes, kind: str) -> None:
    assert privacy_guard.stops(text_of(content, kind)) == []


def locked() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("hemligt"))))
    writer.encrypt("lösenord", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n%%EOF\n", "application/pdf"),
        (locked(), "application/pdf"),
        (package(word__document="<a><b>"), WORD),
    ],
    ids=["damaged", "locked", "half XML"],
)
def test_what_cannot_be_read_is_refused_since_unread_is_not_clean(content: bytes, kind: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        text_of(content, kind)


@pytest.mark.parametrize(
    "part",
    [
        "<a>" + "<p>x</p>" * 9_000_000 + "</a>",
        '<!DOCTYPE a [<!ENTITY b "' + "x" * 100_000 + '">]><a>' + "&b;" * 1_000_000 + "</a>",
    ],
    ids=["unfolds", "entities"],
)
def test_a_small_file_that_unfolds_to_a_large_one_takes_no_more_than_its_bounds(part: str) -> None:
    content = package(word__document=part)
    assert len(content) < 1_000_000
    with pytest.raises(InvalidInput, match=r"to be examined|cannot be read"):
        text_of(content, WORD)


def test_a_file_that_takes_too_long_is_refused() -> None:
    with pytest.raises(InvalidInput, match="too large or too intricate"):
        text_of(pdf("a) Tj (b" * 400_000), "application/pdf", cpu_seconds=1)
