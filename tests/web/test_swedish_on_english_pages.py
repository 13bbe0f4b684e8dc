"""What is Swedish on an English page says so, so that it is read aloud in Swedish (WCAG 3.1.2)."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from app.services.installation import Installation
from app.web.swedish import Mixed, Swedish, joined, marked, put, tongue
from tests.web.conftest import Shown, Visitor

AsPerson = Callable[[str], Visitor]

SWEDISH = re.compile("[åäöÅÄÖ]")
# Names of people and places are in no language.
NAMES = re.compile("Åsa Bergström|Björn Hallgren|Fredrik Öst|Stefan Chruséus|Höglandet")


def texts(page: Shown) -> Iterator[tuple[str, str]]:
    """Every text on the page with the language that it is in; but for the title, which can hold only one."""
    for element in page.root.iter():
        if not isinstance(element.tag, str) or element.tag in {"script", "style", "title"}:
            continue
        if element.text and element.text.strip():
            yield element.text, language_at(element)
        if element.tail and element.tail.strip():
            yield element.tail, language_at(element.getparent())


def language_at(element: Any) -> str:
    return str(next(e.get("lang") for e in (element, *element.iterancestors()) if e.get("lang")))


def assert_marked(page: Shown, names: set[str]) -> None:
    """Nothing in Swedish stands on the page as if it were English."""
    assert page.status in {200, 422}
    english = [" ".join(text.split()) for text, language in texts(page) if language == "en"]
    told = [text for text in english if SWEDISH.search(NAMES.sub("", text)) or any(name in text for name in names)]
    assert told == []


@pytest.fixture
def english(autumn: Installation, as_person: AsPerson) -> Callable[[str], Visitor]:
    """Sign in as somebody who reads English."""

    def sign_in(username: str) -> Visitor:
        visitor = as_person(username)
        visitor.get("/sprak/en")
        return visitor

    return sign_in


def names_of(visitor: Visitor, token: str) -> set[str]:
    """What tasks, instances and processes are called, as the API tells them in Swedish."""
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "sv"}

    def items(path: str) -> list[dict[str, Any]]:
        return list(visitor.client.get(f"/api/v1{path}", headers=headers).json()["items"])

    places = "?view=municipality&municipality=askersund&limit=200"
    return {
        *(task["name"] for task in items(f"/user-tasks{places}")),
        *(instance["name"] for instance in items("/process-instances?limit=200")),
    }


def test_every_page_of_a_leader_marks_what_is_swedish(
    english: Callable[[str], Visitor], token: Callable[[str], str]
) -> None:
    leader = english("sakerhetschef")
    names = names_of(leader, token("sakerhetschef"))
    assert names >= {"Bjud in till rådet", "Strategiskt råd 2026"}
    paths = {"/mina-uppgifter", "/arenden", "/arshjul", "/tillganglighet", "/personuppgifter"}
    paths |= {str(path) for path in leader.get("/arenden").root.xpath("//tbody//a/@href")}
    paths |= {str(path) for path in leader.get("/mina-uppgifter").root.xpath("//*[@class='task-card']//a/@href")}
    assert len(paths) >= 8
    for path in sorted(paths):
        assert_marked(leader.get(path), names)


def test_a_form_its_faults_and_its_receipt_mark_what_is_swedish(
    english: Callable[[str], Visitor], token: Callable[[str], str]
) -> None:
    writer = english("soc.rep")
    names = names_of(writer, token("sakerhetschef"))
    page = writer.first_task()
    assert page.root.xpath("//h1/@lang") == page.root.xpath("//title/@lang") == ["sv"]
    assert_marked(page, names)
    assert_marked(writer.send(page), names)
    row = {"atgard": "A", "orsak": "B", "typ": "social", "agare": "C", "klar_senast": "2027-05-31", "indikator": "D"}
    answers = {f"forslag_atgarder.0.{name}": value for name, value in row.items()}
    done = writer.send(page, lagesbild="Calm.", nytt_fenomen="false", **answers)
    assert done.url.endswith("/klar")
    assert_marked(done, names)


def test_a_swedish_page_needs_no_marks(autumn: Installation, as_person: AsPerson) -> None:
    page = as_person("soc.rep").first_task()
    assert {element.tag for element in page.root.xpath("//main//*[@lang]")} <= {"blockquote", "figcaption"}


def test_a_sentence_remembers_which_of_its_words_are_swedish() -> None:
    said = put("The task ”%(name)s” was done by %(who)s, 100%%.", {"name": Swedish("Följ <upp>"), "who": "Bo"})
    assert said == "The task ”Följ <upp>” was done by Bo, 100%."
    assert marked(said, "en") == ('The task ”<span lang="sv">Följ &lt;upp&gt;</span>” was done by Bo, 100%.')
    assert marked(said, "sv") == "The task ”Följ &lt;upp&gt;” was done by Bo, 100%."
    assert isinstance(joined(", ", [said]), Mixed)


def test_an_element_says_its_language_only_where_all_of_it_is_swedish() -> None:
    assert tongue(Swedish("Råd"), "en") == tongue(joined(" ", [Swedish("Råd"), Swedish("två")]), "en") == ' lang="sv"'
    assert tongue(Swedish("Råd"), "sv") == tongue(joined(" ", [Swedish("Råd"), "one"]), "en") == ""
    assert tongue(Swedish(""), "en") == tongue("", "en") == ""


PIECES = st.lists(st.one_of(st.text(max_size=8), st.text(max_size=8).map(Swedish)), max_size=6)


@given(PIECES, st.text(max_size=3))
def test_texts_put_together_are_the_same_text_and_as_html_show_it(pieces: list[str], between: str) -> None:
    text = joined(between, pieces)
    assert text == between.join(pieces)
    shown = html.fragment_fromstring(f"<p>{marked(text, 'en')}</p>") if text.isprintable() else None
    assert shown is None or shown.text_content() == text
