"""The calendar in a real browser: a meeting is moved as people do it, and the pages can be read by everybody."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.domain.clock import SetClock
from app.domain.swedish_dates import due_phrase
from app.services import schedules
from app.services.installation import Installation
from app.services.process import jobs
from tests.browser.test_pages import assert_accessible, assert_fits

SignIn = Callable[[str], Page]
PLAN = "Åtgärdsplan 2027"
# Where pictures of the pages are kept for whoever wants to look at them; nowhere unless it is said.
PICTURES = os.environ.get("PICTURES")


@pytest.fixture(autouse=True)
def october(installation: Installation, clock: SetClock) -> None:
    """Mid October: the departments' reports and the council's preparations have begun."""
    clock.set(datetime(2026, 10, 19, 6, 0, tzinfo=UTC))
    schedules.start_due(installation)
    jobs.run_due(installation)


def assert_readable(page: Page, name: str) -> None:
    """By everybody: wide and narrow, light and dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png", full_page=True)
            assert_fits(page)
            assert_accessible(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_an_administrator_moves_the_boards_march_meeting_and_the_task_follows(
    signed_in: SignIn, installation: Installation
) -> None:
    page = signed_in("admin")
    page.get_by_role("navigation", name="Huvudmeny").get_by_role("link", name="Kalender").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kalender, Askersunds kommun")
    page.get_by_text(f"Starta eller stryk – {PLAN}").click()
    page.get_by_role("button", name=f"Starta nu – {PLAN}").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Åtgärdsplan")
    jobs.run_due(installation)

    page.get_by_role("link", name="Kalender", exact=True).click()
    page.get_by_role("link", name="Flytta – kommunstyrelsen tisdag 23 mars 2027 (vecka 12)").click()
    expect(page.get_by_label("Sammanträde")).to_have_value("KS 2027-03-23")
    page.get_by_role("button", name="Se vad som flyttas").click()
    expect(page.locator(".ds-error-summary")).to_be_focused()
    page.locator(".ds-error-summary").get_by_role("link").click()
    expect(page.get_by_label("Ny dag")).to_be_focused()
    page.get_by_label("Ny dag").fill("2027-04-06")
    page.get_by_role("button", name="Se vad som flyttas").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Granska ändringen")
    moved = page.get_by_role("table", name="Pågående uppgifter").get_by_role("row", name="Föreslå åtgärder")
    last_day = date.fromisoformat(str(moved.locator("time").nth(1).get_attribute("datetime")))
    assert last_day < date(2027, 4, 6)
    expect(page.get_by_role("table", name="Ärendens måldagar")).to_contain_text("6 apr 2027")
    # What has started is no longer a start that is planned.
    expect(page.get_by_role("table", name="Planerade starter: måldagen")).to_have_count(0)
    assert_readable(page, "granska")
    page.get_by_role("textbox", name="Skäl").fill("Kommunstyrelsens beslut 8 oktober")
    page.get_by_role("button", name="Genomför ändringen").click()
    expect(page.get_by_role("status")).to_contain_text("Ändringen är genomförd")
    expect(page.get_by_role("article")).to_contain_text("Kommunstyrelsens beslut 8 oktober")
    page.get_by_role("article").locator("summary").click()
    assert_readable(page, "andringar")

    jobs.run_due(installation)
    page.get_by_role("button", name="Logga ut").click()
    page = signed_in("soc.rep")
    page.get_by_role("link", name="Föreslå åtgärder").click()
    expect(page.locator("div.facts").first).to_contain_text(due_phrase(last_day))
    expect(page.locator(".due-why")).to_contain_text("30 arbetsdagar före")
    expect(page.locator(".timeline")).to_contain_text("Kommunstyrelsens beslut 8 oktober")
    assert_readable(page, "uppgift")


@pytest.mark.parametrize("username", ["admin", "sakerhetschef", "soc.rep"])
def test_the_calendar_is_for_everybody_who_may_read_it(signed_in: SignIn, site: str, username: str) -> None:
    page = signed_in(username)
    page.goto(f"{site}/kalender")
    for fold in page.locator("details > summary").all()[:2]:
        fold.click()
    assert_readable(page, f"kalender-{username}")


@pytest.mark.parametrize("change", ["nytt-sammantrade", "ny-paus", "regel", "sammantradesplan"])
def test_a_change_is_filled_in_by_everybody_also_when_it_is_wrong(signed_in: SignIn, site: str, change: str) -> None:
    page = signed_in("admin")
    page.goto(f"{site}/kalender/andra/{change}?kommun=askersund&process=strategiskt_rad")
    if change == "regel":
        page.get_by_label("Måldag (T)").fill("last_workday(2) + T")
    assert_readable(page, change)
    page.get_by_role("button", name="Se vad som flyttas").click()
    expect(page.locator(".ds-error-summary")).to_be_focused()
    assert_readable(page, f"{change}-fel")


def test_a_leader_moves_the_last_day_of_a_task(signed_in: SignIn, site: str) -> None:
    page = signed_in("sakerhetschef")
    page.locator(".task-card a").first.click()
    page.get_by_text("Flytta sista dagen").first.click()
    page.get_by_role("textbox", name="Skäl").fill("Sjukdom")
    page.get_by_label("Ny sista dag").fill("2026-11-13")
    assert_readable(page, "flytta")
    page.get_by_role("button", name="Flytta sista dagen").click()
    expect(page.locator("div.facts").first).to_contain_text("Senast fredag 13 november (vecka 46)")
    expect(page.locator(".due-why")).to_contain_text("Sara Lindqvist måndag 19 oktober 2026: Sjukdom.")
