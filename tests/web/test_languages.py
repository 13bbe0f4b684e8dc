"""A signed-in person reads their own language on every page, also on those that say no."""

from collections.abc import Callable

import pytest

from app.services.installation import Installation
from tests.web.conftest import Shown, Visitor

AsPerson = Callable[[str], Visitor]
SWEDISH_BROWSER = {"Accept-Language": "sv-SE,sv;q=0.9"}
ENGLISH_BROWSER = {"Accept-Language": "en-GB,en;q=0.9"}


def language_of(page: Shown) -> str:
    return str(page.root.get("lang"))


@pytest.fixture
def english(autumn: Installation, as_person: AsPerson) -> Visitor:
    """Somebody who reads English with a browser that asks for Swedish."""
    visitor = as_person("soc.rep")
    visitor.client.headers.update(SWEDISH_BROWSER)
    assert language_of(visitor.get("/sprak/en")) == "en"
    return visitor


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/mina-uppgifter", 200),
        ("/tillganglighet", 200),
        ("/personuppgifter", 200),
        ("/uppgifter/0198f0a0-0000-7000-8000-000000000001", 404),
        ("/uppgifter/inget-id", 422),
        ("/finns-inte", 404),
        ("/arshjul?kommun=finns-inte", 404),
    ],
)
def test_every_page_is_in_the_language_of_whoever_is_signed_in(english: Visitor, path: str, status: int) -> None:
    page = english.get(path)
    assert (page.status, language_of(page)) == (status, "en")
    del english.client.cookies["trygghet_language"]
    # Without the browser's memory the person's own choice counts, wherever the person is known.
    known = english.get(path)
    assert language_of(known) == ("sv" if path == "/finns-inte" else "en")


def test_a_page_that_says_no_keeps_the_header_of_the_person(english: Visitor) -> None:
    page = english.get("/uppgifter/0198f0a0-0000-7000-8000-000000000001")
    assert page.text("//h1") == "Page not found"
    assert "Sofia Ekman" in page.text("//header")
    assert page.root.xpath("//header//nav")


def test_the_statements_keep_the_header_of_whoever_is_signed_in_and_show_none_to_others(
    stranger: Visitor, as_person: AsPerson
) -> None:
    assert not stranger.get("/personuppgifter").root.xpath("//header//nav")
    assert as_person("soc.rep").get("/personuppgifter").root.xpath("//header//nav")
    stranger.client.cookies.set("trygghet_session", "gammal")
    assert stranger.get("/personuppgifter").status == 200


def test_a_language_chosen_before_signing_in_stays_with_the_person(stranger: Visitor, as_person: AsPerson) -> None:
    stranger.get("/sprak/en")
    page = as_person("soc.rep").get("/mina-uppgifter")
    assert (language_of(page), page.text("//h1")) == ("en", "My tasks")
    me = stranger.client.get("/api/v1/me").json()
    assert me["language"] == "en"


def test_the_browser_learns_the_language_of_the_person_at_sign_in(stranger: Visitor, as_person: AsPerson) -> None:
    as_person("soc.rep").get("/sprak/en")
    stranger.client.cookies.clear()
    stranger.client.headers.update(SWEDISH_BROWSER)
    as_person("soc.rep")
    assert language_of(stranger.get("/finns-inte")) == "en"


def test_signing_out_leaves_no_language_to_the_next_person(english: Visitor) -> None:
    token = english.get("/mina-uppgifter").root.xpath("//input[@name='csrf_token']/@value")[0]
    page = english.post("/logga-ut", {"csrf_token": token})
    assert (page.url, language_of(page)) == ("/logga-in", "sv")


def test_a_stranger_reads_what_the_browser_asks_for(stranger: Visitor) -> None:
    assert language_of(stranger.get("/finns-inte", headers=ENGLISH_BROWSER)) == "en"
    assert language_of(stranger.get("/logga-in", headers=SWEDISH_BROWSER)) == "sv"
