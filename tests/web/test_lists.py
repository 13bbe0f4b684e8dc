"""The lists: what is searched for is found, and what does not fit on a page is on the next."""

from collections.abc import Callable
from typing import Any

import pytest

from app.services.installation import Installation
from app.web.pages.tasks import MOST
from tests.engine.drawings import diagram
from tests.web.conftest import Shown, Visitor

AsPerson = Callable[[str], Visitor]
SIMPLE = """
<startEvent id="s"/>
s -> t
<userTask id="t" name="Gör" hjul:role="security_manager"/>
t -> e
<endEvent id="e"/>
"""
NAMES = {"rad": "Strategiskt råd", "procent": "Minska med 50% till 2027_28", "annat": "Minska med 500 till 2027 28"}


def titles(page: Shown) -> list[str]:
    return [link.text_content() for link in page.root.xpath("//tbody/tr/th/a")]


Post = Callable[[str, str, dict[str, Any]], None]


@pytest.fixture
def post(installation: Installation, as_person: AsPerson, token: Callable[[str], str]) -> Post:
    """Create something over the API as somebody."""
    visitor = as_person("sakerhetschef")

    def call(username: str, path: str, body: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {token(username)}"}
        answer = visitor.client.post(f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == 201, answer.text

    return call


@pytest.fixture
def leader(stranger: Visitor, post: Post) -> Visitor:
    """Somebody who sees three instances with names of their own."""
    for key, name in NAMES.items():
        drawing = diagram(SIMPLE, key=key).decode().replace('name="Prov"', f'name="{name}"')
        post("drift", "/deployments", {"files": {"process.bpmn": drawing}})
        post("sakerhetschef", "/process-instances", {"process_key": key, "municipality": "askersund"})
    return stranger


def test_what_is_searched_for_is_found_in_any_case_and_nothing_else(leader: Visitor) -> None:
    assert len(titles(leader.get("/arenden"))) == 3
    page = leader.get("/arenden", params={"q": " RÅD "})
    assert [title.partition(" 20")[0] for title in titles(page)] == ["Strategiskt råd"]
    assert page.text("//p[@class='lead']") == "1 ärende visas."
    assert page.root.xpath("//input[@name='q']/@value") == ["RÅD"]
    assert page.root.xpath("//details[@open]")
    assert titles(leader.get("/arenden", params={"q": "finns inte"})) == []


def test_signs_that_mean_anything_to_the_database_mean_themselves(leader: Visitor) -> None:
    assert len(titles(leader.get("/arenden", params={"q": "50%"}))) == 1
    assert len(titles(leader.get("/arenden", params={"q": "2027_28"}))) == 1
    assert titles(leader.get("/arenden", params={"q": "/"})) == []
    assert titles(leader.get("/arenden", params={"q": "'; --"})) == []


def test_a_search_and_a_status_are_both_kept(leader: Visitor) -> None:
    assert titles(leader.get("/arenden", params={"q": "råd", "status": "ended"})) == []
    page = leader.get("/arenden", params={"q": "råd", "status": "all"})
    assert len(titles(page)) == 1
    assert page.root.xpath("//select[@name='status']/option[@selected]/@value") == ["all"]


def test_too_long_a_search_is_refused_as_a_page(leader: Visitor) -> None:
    assert leader.get("/arenden", params={"q": "a" * 101}).status == 422


def test_what_does_not_fit_on_a_page_is_on_the_next(leader: Visitor, post: Post) -> None:
    for _ in range(MOST - 2):
        post("sakerhetschef", "/process-instances", {"process_key": "rad", "municipality": "askersund"})
    first = leader.get("/arenden", params={"status": "all"})
    second = leader.get(str(first.root.xpath("//p[@class='more']/a/@href")[0]))
    assert (len(titles(first)), len(titles(second))) == (MOST, 1)
    assert not second.root.xpath("//p[@class='more']")
    assert leader.get("/arenden?efter=trams").status == 422

    inbox = leader.get("/mina-uppgifter")
    assert inbox.text("//p[@class='lead']") == f"Här är {MOST} av dina uppgifter. Fler finns sist på sidan."
    rest = leader.get(str(inbox.root.xpath("//p[@class='more']/a/@href")[0]))
    links = "//*[@class='task-card']//a/@href"
    assert (len(inbox.root.xpath(links)), len(rest.root.xpath(links))) == (MOST, 1)
    assert set(inbox.root.xpath(links)).isdisjoint(rest.root.xpath(links))
    assert leader.get("/mina-uppgifter?efter=trams").status == 422


def test_the_wheel_offers_no_search_that_it_cannot_do(autumn: Installation, as_person: AsPerson) -> None:
    page = as_person("kommunpolis").get("/arshjul")
    assert page.root.xpath("//select[@name='kommun']")
    assert not page.root.xpath("//input[@name='q']")
