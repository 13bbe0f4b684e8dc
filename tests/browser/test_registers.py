"""The registers in a browser: reached from the menu, accessible, and none wider than a small phone."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from app.services.installation import Installation
from app.services.simulations import simulate
from tests.browser.test_pages import assert_accessible, assert_fits

SignIn = Callable[[str], Page]

pytestmark = pytest.mark.timeout(300)


def test_the_registers_are_read_on_a_screen_and_on_a_phone(
    installation: Installation, signed_in: SignIn, site: str
) -> None:
    simulate(installation, "askersund", date(2026, 9, 1), date(2027, 5, 31), lambda _: None)
    page = signed_in("admin")
    page.get_by_role("navigation", name="Huvudmeny").get_by_role("link", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Register, Askersunds kommun")
    for name in ("Åtgärder", "Åtagandebok", "Dokument"):
        page.goto(f"{site}/register")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.get_by_role("main").get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{name}, Askersunds kommun")
        expect(page.get_by_role("table")).not_to_have_count(0)
        assert_accessible(page)
        # Half the width of a laptop is what it has at 200 %.
        for width in (640, 320):
            page.set_viewport_size({"width": width, "height": 700})
            assert_fits(page)
        assert_accessible(page)
    page.goto(f"{site}/register")
    assert_fits(page)
    assert_accessible(page)
