"""A paper is written once and becomes three files; what a template does wrong is told with its line."""

import io
import re

import pikepdf
import pytest
from docx import Document
from docx.oxml.ns import qn

from app.documents.blocks import Chart, Head, Heading, Listing, Paper, Paragraph, Table, fingerprint, plain
from app.documents.faults import TemplateInvalid
from app.documents.presses import compose, press

HEAD = Head("Askersunds kommun", "Åtgärdsplan", "2027-03-17", 1, "Arbetsmaterial", "KS 2027/12")
TEMPLATE = """# Åtgärdsplan {{ year }}

Ett stycke med **tyngd** i.

Diarienummer:: KS 2027/12
Beslutad:: {{ day | datum }}

## Åtgärder

{{ told }}

Tabell: Åtgärder i planen
| Åtgärd | Ansvarig |
|--------|-----|
{% for row in rows %}
| {{ row.title }} | {{ row.owner }} |
{% endfor %}

Diagram: Anmälda brott
| Brott | Antal |
|---|---|
| Skadegörelse | 118 |
| Bedrägerier mot äldre | 41 |

> **Kommunstyrelsen beslutar**
> - att anta planen

1. Först
2. Sedan

Underskrift: Ordförande
"""
VIEW = {
    "year": 2027,
    "day": "2027-03-17",
    "told": "Ett stycke.\n- en punkt\n- en till\nOch slut, åäö ÅÄÖ.",
    "rows": [{"title": "# Ljus | vid **bron**", "owner": "Tekniska\nGatuenheten"}],
}


def paper(template: str = TEMPLATE, **view: object) -> Paper:
    return compose("atgardsplan.md", template, {**VIEW, **view}, HEAD)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return press(paper())


def test_what_people_write_never_becomes_structure() -> None:
    hostile = "# Rubrik\n| a | b |\n> ruta\nTabell: x\nTerm:: y\n**fet** {{ 1 }} <b>"
    blocks = paper(told=hostile).blocks
    assert [b.text for b in blocks if isinstance(b, Heading)] == ["Åtgärder"]
    assert len([b for b in blocks if isinstance(b, Table)]) == 2
    told = [plain(b.spans) for b in blocks if isinstance(b, Paragraph)]
    assert told[1:] == hostile.split("\n")


def test_lines_of_a_text_area_become_paragraphs_and_items() -> None:
    found = paper().blocks
    listing = next(b for b in found if isinstance(b, Listing))
    assert [plain(item) for item in listing.items] == ["en punkt", "en till"]
    table = next(b for b in found if isinstance(b, Table))
    assert table.rows == (("# Ljus | vid **bron**", "Tekniska\nGatuenheten"),)


def test_a_chart_says_in_words_all_that_it_draws() -> None:
    chart = next(b for b in paper().blocks if isinstance(b, Chart))
    assert chart.alt == "Stapeldiagram. Anmälda brott. Antal för Skadegörelse: 118; Bedrägerier mot äldre: 41."


@pytest.mark.parametrize(
    ("template", "line", "said"),
    [
        ("# A\n\n{{ saknas }}\n", 3, "saknas"),
        ("# A\n\n{% if year %}\n", 3, "går inte att läsa"),
        ("# A\n\n{% for %}\n", 3, "går inte att läsa"),
        ("# A\n\n### Hopp\n", 3, "en nivå i taget"),
        ("# A\n\n# B\n", 3, "en nivå i taget"),
        ("\n\nText utan rubrik\n", 1, "rubriken"),
        (
            "# A\n\nTabell: T\n| a | b |\n|---|---|\n{% for r in rows %}\n| {{ r.title }} |\n{% endfor %}\n",
            7,
            "1 celler",
        ),
        ("# A\n\n| a | b |\n", 3, "Tabell: rubrik"),
        ("# A\n\nTabell: T\n\nIngen tabell\n", 3, "väntas en tabell"),
        ("# A\n\nTabell: T\n| a | |\n|---|---|\n| 1 | 2 |\n", 4, "behöver en rubrik"),
        ("# A\n\nDiagram: D\n| a | b |\n|---|---|\n| 1 | två |\n", 6, "inget tal"),
        ("# A\n\n{{ year.__class__ }}\n", 3, "går inte att fylla i"),
        ("# A\n\n{{ 1 / 0 }}\n", 3, "går inte att fylla i"),
    ],
)
def test_a_broken_template_is_refused_with_its_line(template: str, line: int, said: str) -> None:
    with pytest.raises(TemplateInvalid) as refused:
        paper(template)
    assert refused.value.line == line
    assert refused.value.sv.startswith(f"atgardsplan.md, rad {line}: ")
    assert said in refused.value.sv


def test_the_same_paper_is_the_same_bytes(files: dict[str, bytes]) -> None:
    assert press(paper()) == files


def test_the_day_and_the_version_are_no_part_of_what_a_paper_says() -> None:
    one = paper()
    later = Paper(
        Head("Askersunds kommun", "Åtgärdsplan", "2028-01-01", 7, "Arbetsmaterial", "KS 2027/12"), one.title, one.blocks
    )
    assert fingerprint(one) == fingerprint(later)
    assert fingerprint(one) != fingerprint(paper(told="Något annat."))


def test_the_word_file_has_headings_lists_table_headers_and_language(files: dict[str, bytes]) -> None:
    document = Document(io.BytesIO(files["docx"]))
    styles = [(p.style.name, p.text) for p in document.paragraphs if p.style is not None]
    assert ("Title", "Åtgärdsplan 2027") in styles
    assert ("Heading 1", "Åtgärder") in styles
    assert ("List Bullet", "en punkt") in styles
    assert ("List Number", "Först") in styles
    first = document.tables[0]
    assert [c.text for c in first.rows[0].cells] == ["Åtgärd", "Ansvarig"]
    assert first.rows[0]._tr.trPr is not None
    assert first.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert document.core_properties.language == "sv-SE"
    assert document.core_properties.title == "Åtgärdsplan 2027"
    language = document.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    assert language is not None
    assert language.get(qn("w:val")) == "sv-SE"
    pictures = document.element.findall(f".//{qn('wp:docPr')}")
    assert pictures
    assert all(picture.get("descr") for picture in pictures)
    assert "Askersunds kommun" in document.sections[0].header.paragraphs[0].text


def test_the_pdf_is_tagged_with_language_title_and_words_for_pictures(files: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(files["pdf"])) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "sv-SE"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as told:
            assert told["pdfuaid:part"] == "1"
            assert "Åtgärdsplan 2027" in str(told["dc:title"])
        tags = list(tags_of(pdf.Root.StructTreeRoot))
        kinds = [str(tag.get("/S")) for tag in tags]
        assert {"/Title", "/H1", "/L", "/Table", "/TH", "/Figure"} <= set(kinds), set(kinds)
        figures = [tag for tag in tags if str(tag.get("/S")) == "/Figure"]
        assert figures
        assert all(len(str(figure.get("/Alt", ""))) > 10 for figure in figures)


def tags_of(tag: pikepdf.Object) -> list[pikepdf.Object]:
    """All structure elements beneath one."""
    inside = tag.get("/K")
    children = list(inside) if isinstance(inside, pikepdf.Array) else [] if inside is None else [inside]
    found = []
    for child in children:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            found += [child, *tags_of(child)]
    return found


def test_the_page_is_semantic_and_escapes_everything() -> None:
    page = press(paper(told="<script>alert(1)</script>"))["html"].decode()
    assert '<html lang="sv">' in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert '<th scope="col">Åtgärd</th>' in page
    assert re.findall(r"<h(\d)", page) == ["1", "2"]
    assert 'alt="Stapeldiagram.' in page


def test_a_very_long_table_goes_over_many_pages_with_its_header_on_each() -> None:
    rows = [
        {"title": f"Åtgärd {n} med en längre beskrivning av vad som görs", "owner": "Fritidsenheten"}
        for n in range(1000)
    ]
    pressed = press(paper(rows=rows))
    with pikepdf.open(io.BytesIO(pressed["pdf"])) as pdf:
        assert len(pdf.pages) > 20
    assert len(Document(io.BytesIO(pressed["docx"])).tables[0].rows) == 1001
