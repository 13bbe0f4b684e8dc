"""A written document in a real browser: it is reached from the instance's page, accessible, and fits a small phone."""

from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page

from app.db.process import deployments
from app.domain.clock import SetClock
from app.services.documents import Wanted, write
from app.services.installation import Installation
from app.services.process.process_instances import Start, begin_instance
from app.services.unit_of_work import begin_system
from tests.browser.test_pages import SignIn, assert_accessible, assert_fits


@pytest.fixture
def path(installation: Installation, clock: SetClock) -> str:
    """The page of an instance that has written its situation picture."""
    clock.set(datetime(2027, 1, 11, 8, 0, tzinfo=UTC))
    with begin_system(installation) as uow:
        definition = deployments.latest(uow.session, "lagesbild", "askersund")
        assert definition is not None
        begin = Start(municipality="askersund", process_key="lagesbild", year=2027, anchor_on=date(2027, 2, 26))
        instance = begin_instance(uow, begin, definition, None)
        for kind in ("lagesbild", "arshjul"):
            write(uow, instance, Wanted(kind, "public", "final", "skriv"))
        return f"/arenden/{instance.id}"


def test_a_document_is_read_in_the_browser_and_is_accessible(signed_in: SignIn, site: str, path: str) -> None:
    page: Page = signed_in("sakerhetschef")
    page.goto(f"{site}{path}")
    section = page.locator("section[aria-labelledby=dokument]")
    assert section.locator("li").count() == 2
    assert_accessible(page)
    addresses = [link.get_attribute("href") for link in section.get_by_text("Webbsida").all()]
    for address in addresses:
        answer = page.goto(f"{site}{address}")
        assert answer is not None
        assert "sandbox" in answer.headers["content-security-policy"]
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.lang") == "sv"
        # The page may run no script, axe's either: what it says is held against the rules on an empty page.
        tried = page.context.new_page()
        tried.set_content(answer.text())
        assert_accessible(tried)
        tried.close()


def test_a_document_fits_a_small_phone(signed_in: SignIn, site: str, path: str) -> None:
    page = signed_in("sakerhetschef")
    page.goto(f"{site}{path}")
    address = page.locator("section[aria-labelledby=dokument]").get_by_text("Webbsida").first.get_attribute("href")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{site}{address}")
    assert_fits(page)
