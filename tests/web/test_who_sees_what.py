"""Each person is offered what they may open, and told plainly when something is not theirs."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.clock import SetClock
from app.services.installation import Installation
from tests.engine.drawings import diagram
from tests.web.conftest import Shown, Visitor

AsPerson = Callable[[str], Visitor]


def menu(page: Shown) -> list[str]:
    return [str(href) for href in page.root.xpath("//header//nav//a/@href")]


def test_a_department_is_offered_the_wheel_and_the_instances(autumn: Installation, as_person: AsPerson) -> None:
    page = as_person("skola.rep").get("/mina-uppgifter")
    assert menu(page) == ["/mina-uppgifter", "/arshjul", "/arenden", "/kalender", "/register"]


ASKED = diagram(
    """
<startEvent id="s"/>
s -> t
<userTask id="t" name="Svara kommunen" hjul:role="external_actor">
<multiInstanceLoopCharacteristics hjul:collection="actors()" hjul:item="aktor" hjul:collect="svar"/>
</userTask>
t -> e
<endEvent id="e"/>
""",
    key="fraga",
)


@pytest.fixture
def asked(installation: Installation, as_person: AsPerson, token: Callable[[str], str]) -> Visitor:
    """An external actor with a task."""
    visitor = as_person("polisen")

    def post(username: str, path: str, body: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {token(username)}"}
        answer = visitor.client.post(f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == 201, answer.text

    post("drift", "/deployments", {"files": {"process.bpmn": ASKED.decode()}})
    post("sakerhetschef", "/process-instances", {"process_key": "fraga", "municipality": "askersund"})
    return visitor


def test_an_actor_is_offered_the_tasks_alone_and_no_way_to_what_is_not_theirs(asked: Visitor) -> None:
    page = asked.first_task()
    assert menu(page) == ["/mina-uppgifter"]
    assert not page.root.xpath("//main//a[starts-with(@href, '/arenden')]")
    token = page.root.xpath("//input[@name='csrf_token']/@value")[0]
    done = asked.post(page.url, {"csrf_token": token})
    assert done.status == 200
    assert not done.root.xpath("//main//a[starts-with(@href, '/arenden')]")


def test_what_is_not_ones_own_is_said_in_words_that_help(autumn: Installation, as_person: AsPerson) -> None:
    page = as_person("polisen").get("/arshjul")
    assert (page.status, page.text("//h1")) == (403, "Du har inte rätt att göra det här")
    assert "Det här får bara kommunens och polisens egna roller se." in page.text()
    assert "Fråga den som samordnar arbetet" in page.text()


def test_an_address_that_leads_nowhere_says_what_may_be_wrong(stranger: Visitor) -> None:
    page = stranger.get("/finns-inte")
    assert (page.status, page.text("//h1")) == (404, "Sidan finns inte")
    assert "Adressen kan vara felskriven" in page.text()


def test_whoever_runs_the_service_sees_every_municipality_by_its_name(
    autumn: Installation, as_person: AsPerson
) -> None:
    visitor = as_person("drift")
    assert "Strategiskt råd 2026 Askersunds kommun" in visitor.get("/arenden").text("//tbody")
    wheel = visitor.get("/arshjul", params={"kommun": "askersund"})
    assert wheel.text("//h1") == "Årshjul 2026–2027, Askersunds kommun"
    assert len(wheel.root.xpath("//select[@name='kommun']/option")) > 2


def test_a_list_says_how_many_more_an_instance_waits_for(autumn: Installation, as_person: AsPerson) -> None:
    text = as_person("sakerhetschef").get("/arenden").text("//tbody")
    assert "Lämna förvaltningens höstrapport (Förvaltningsrepresentant, " in text
    assert " och 2 till" in text


def test_an_instance_with_a_late_task_is_late_in_the_list(
    autumn: Installation, clock: SetClock, as_person: AsPerson
) -> None:
    clock.set(datetime(2026, 10, 28, 7, 0, tzinfo=UTC))
    rows = as_person("sakerhetschef").get("/arenden").root.xpath("//tbody/tr")
    said = {row.xpath("th/a")[0].text_content(): " ".join(row.xpath("td")[0].text_content().split()) for row in rows}
    assert said == {"Strategiskt råd 2026": "Försenat", "Förvaltningarnas höstrapport 2026": "Pågår"}


def test_the_years_of_the_wheel_end_where_it_ends(autumn: Installation, as_person: AsPerson) -> None:
    visitor = as_person("sakerhetschef")
    last = visitor.get("/arshjul", params={"ar": 2100})
    assert [link.text_content() for link in last.root.xpath("//main//a[@rel]")] == ["Året före: 2099–2100"]
    now = visitor.get("/arshjul")
    assert [link.text_content() for link in now.root.xpath("//main//a[@rel]")] == [
        "Året före: 2025–2026",
        "Året efter: 2027–2028",
    ]
