"""Pages and the API over the municipalities as their profiles have them, with everything that starts often started."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.domain.clock import SetClock
from app.domain.profiles import Profile
from app.services import schedules
from app.services.installation import Installation
from app.services.process.jobs import run_due
from tests.web.conftest import Visitor

PLACES = ("askersund", "kommun_002", "nassjo", "savsjo")
PAGES = (
    "/mina-uppgifter", "/arenden", "/kalender", "/arshjul", "/att-besluta", "/lagkoll", "/atgarder", "/atagandebok",
    "/dokument", "/register",
)  # fmt: skip
LISTS = ("process-instances", "user-tasks", "jobs", "incidents", "process-definitions", "municipalities")


@pytest.fixture(scope="session")
def furnished(furnish: Callable[[str, list[Profile]], str], shipped: list[Profile]) -> str:
    """The database that these tests clone: every municipality with all that it has adopted."""
    return furnish("template_real_profiles", shipped)


@pytest.fixture
def october(installation: Installation, clock: SetClock) -> Installation:
    """A month of starts in four municipalities: groups, quarters, tertials, reports."""
    for day in (datetime(2026, 9, 1, 6, tzinfo=UTC), datetime(2026, 10, 1, 6, tzinfo=UTC),
                datetime(2026, 10, 5, 6, tzinfo=UTC)):  # fmt: skip
        clock.set(day)
        schedules.start_due(installation)
        while run_due(installation) > 0:
            pass
    return installation


@pytest.mark.usefixtures("october")
def test_every_page_shows_each_municipality_with_all_that_it_has_adopted(
    as_person: Callable[[str], Visitor],
) -> None:
    visitor = as_person("drift")
    shown = {(page, place): visitor.get(f"{page}?kommun={place}") for page in PAGES for place in PLACES}
    assert {where: page.status for where, page in shown.items() if page.status != 200} == {}
    assert "EST-möte" in shown["/arenden", "kommun_002"].text()
    assert "Lägesrapport" in shown["/arenden", "askersund"].text()


@pytest.mark.usefixtures("october")
def test_whoever_holds_a_role_finds_the_quarters_report_among_their_tasks_and_opens_it(
    as_person: Callable[[str], Visitor],
) -> None:
    visitor = as_person("soc.rep")
    tasks = visitor.get("/mina-uppgifter")
    links = [str(link) for link in tasks.root.xpath("//*[contains(@class, 'task-card')]//a/@href")]
    assert len(links) >= 2
    assert {visitor.get(link).status for link in links} == {200}


@pytest.mark.usefixtures("october")
def test_every_list_of_the_api_is_answered_for_each_municipality(
    stranger: Visitor, token: Callable[[str], str]
) -> None:
    bearer = {"Authorization": f"Bearer {token('drift')}", "Accept": "application/json"}
    for kind in LISTS:
        for place in PLACES:
            answer = stranger.client.get(f"/api/v1/{kind}?municipality={place}", headers=bearer)
            assert answer.status_code == 200, (kind, place, answer.text)
            assert isinstance(answer.json()["items"], list)
    started = stranger.client.get("/api/v1/process-instances?municipality=kommun_002", headers=bearer).json()["items"]
    assert {item["process_key"] for item in started} >= {"est_cykel", "verksamhetsar"}


@pytest.mark.usefixtures("october")
def test_nothing_that_starts_often_has_stopped(stranger: Visitor, token: Callable[[str], str]) -> None:
    bearer = {"Authorization": f"Bearer {token('drift')}"}
    assert stranger.client.get("/api/v1/incidents", headers=bearer).json()["items"] == []
