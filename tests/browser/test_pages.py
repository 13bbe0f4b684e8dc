"""The first pages in a real browser: they can be used, read aloud and trusted."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Page, expect

from app.domain.clock import SetClock
from app.services import schedules
from app.services.installation import Installation
from app.services.process import jobs

SignIn = Callable[[str], Page]


@pytest.fixture(autouse=True)
def october(installation: Installation, clock: SetClock) -> None:
    """Mid October: the departments' reports and the council's preparations have begun."""
    clock.set(datetime(2026, 10, 19, 6, 0, tzinfo=UTC))
    schedules.start_due(installation)
    jobs.run_due(installation)


PROPOSAL = {
    "atgard": "Bättre belysning vid busstationen",
    "orsak": "Platsen är mörk på kvällarna",
    "agare": "Tekniska förvaltningen",
    "klar_senast": "2027-05-31",
    "indikator": "Anmälda skadegörelser per kvartal",
}


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.2 AA that axe can see."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


def assert_fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")


def test_a_wrong_password_says_so_and_keeps_the_user_name(page: Page, site: str) -> None:
    page.goto(f"{site}/mina-uppgifter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Logga in")
    page.fill("#username", "soc.rep")
    page.fill("#password", "inte det rätta lösenordet")
    page.click("main button[type=submit]")
    expect(page.locator(".ds-error-summary")).to_be_focused()
    expect(page.locator("#username")).to_have_value("soc.rep")
    assert_accessible(page)


def test_the_inbox_says_what_is_owed_and_by_when(signed_in: SignIn) -> None:
    page = signed_in("soc.rep")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mina uppgifter")
    card = page.locator(".task-card").first
    expect(card).to_contain_text("Senast")
    assert_accessible(page)


def test_a_report_is_sent_in_with_errors_shown_first_and_then_a_receipt(signed_in: SignIn) -> None:
    page = signed_in("soc.rep")
    page.locator(".task-card a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("höstrapport")
    assert_accessible(page)
    page.get_by_role("button", name="Skicka in").last.click()
    summary = page.locator("#f-errors")
    expect(summary).to_be_focused()
    assert_accessible(page)
    summary.get_by_role("link").first.click()
    page.fill("[name=lagesbild]", "Skadegörelsen runt skolan har minskat sedan i våras.")
    page.locator("[name=nytt_fenomen]").last.check()
    for name, text in PROPOSAL.items():
        page.fill(f"[name='forslag_atgarder.0.{name}']", text)
    page.locator("[name='forslag_atgarder.0.typ']").first.check()
    page.get_by_role("button", name="Skicka in").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tack")
    assert_accessible(page)


def test_a_draft_is_there_when_one_comes_back(signed_in: SignIn, site: str) -> None:
    page = signed_in("soc.rep")
    page.locator(".task-card a").first.click()
    address = page.url
    page.fill("[name=lagesbild]", "Halvfärdigt")
    page.get_by_role("button", name="Spara utkast").click()
    expect(page.get_by_text("Utkastet är sparat.")).to_be_visible()
    page.goto(f"{site}/mina-uppgifter")
    page.goto(address)
    expect(page.locator("[name=lagesbild]")).to_have_value("Halvfärdigt")


def test_the_instance_shows_where_it_stands_on_the_diagram_and_in_words(signed_in: SignIn) -> None:
    page = signed_in("sakerhetschef")
    page.goto(page.url.replace("mina-uppgifter", "arenden"))
    assert_accessible(page)
    page.get_by_role("link", name="Förvaltningarnas höstrapport").first.click()
    expect(page.locator("figure.diagram svg").first).to_be_visible()
    expect(page.locator("figure.diagram .djs-element[data-element-id=rapport]")).to_be_visible()
    expect(page.get_by_role("table").first).to_contain_text("Pågår")
    assert_accessible(page)


def test_the_wheel_shows_the_year_as_a_ring_and_a_table(signed_in: SignIn) -> None:
    page = signed_in("sakerhetschef")
    page.get_by_role("link", name="Årshjul").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Årshjul 2026–2027")
    expect(page.get_by_role("table")).to_contain_text("Strategiskt råd")
    assert_accessible(page)


def test_a_calendar_address_is_shown_once_and_fits_the_page(signed_in: SignIn) -> None:
    page = signed_in("sakerhetschef")
    page.set_viewport_size({"width": 320, "height": 700})
    page.get_by_role("link", name="Prenumerera i din kalender").click()
    page.get_by_role("button", name="Skapa adress – Mina sista dagar").click()
    expect(page.get_by_label("Kalenderadress")).to_have_value(re.compile(r"/kalender/[\w-]{43}\.ics$"))
    assert_fits(page)
    assert_accessible(page)
    page.goto(page.url)
    expect(page.get_by_label("Kalenderadress")).to_have_count(0)
    expect(page.get_by_role("button", name="Förnya adressen – Mina sista dagar")).to_be_visible()


def test_every_page_fits_a_small_phone_in_the_dark(signed_in: SignIn, site: str) -> None:
    page = signed_in("sakerhetschef")
    page.set_viewport_size({"width": 320, "height": 700})
    page.emulate_media(color_scheme="dark")
    task = page.locator(".task-card a").first.get_attribute("href")
    for path in (
        "/mina-uppgifter",
        str(task),
        "/arenden",
        "/arshjul",
        "/kalender",
        "/kalender/prenumerera",
        "/lagkoll",
        "/importera",
        "/tillganglighet",
        "/personuppgifter",
    ):
        page.goto(site + path)
        assert_fits(page)
        assert_accessible(page)


def test_a_table_is_tried_and_imported_in_a_browser(signed_in: SignIn, site: str) -> None:
    page = signed_in("sakerhetschef")
    row = "Åtgärd;Läge;Slutdatum\r\nNattvandring;föreslagen;"
    tries = {"2026-13-01": "Rad 2, kolumn ”Slutdatum”: 2026-13-01 finns inte", "2026-12-31": "Läggs till: 1."}
    for last_day, wanted in tries.items():
        file = FilePayload(name="åtgärder.csv", mimeType="text/csv", buffer=(row + last_day).encode("cp1252"))
        page.goto(f"{site}/importera?slag=measures")
        page.get_by_label("Fil", exact=True).set_input_files(file)
        page.get_by_role("button", name="Provkör").click()
        expect(page.locator("main")).to_contain_text(wanted)
        assert_accessible(page)
        page.set_viewport_size({"width": 320, "height": 700})
        assert_fits(page)
    page.get_by_role("button", name="Läs in filen").click()
    expect(page.get_by_role("status")).to_contain_text("Filen är inläst. Läggs till: 1.")


def test_the_pages_are_in_english_for_those_who_choose_it(signed_in: SignIn) -> None:
    page = signed_in("soc.rep")
    page.get_by_role("link", name="In English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My tasks")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_names_in_a_diagram_are_read_in_swedish_on_an_english_page(signed_in: SignIn) -> None:
    page = signed_in("sakerhetschef")
    page.get_by_role("link", name="In English").click()
    page.get_by_role("link", name="Cases").click()
    page.get_by_role("link", name="Förvaltningarnas höstrapport").first.click()
    expect(page.locator("figure.diagram svg text").first).to_have_attribute("lang", "sv")
    page.get_by_role("button", name="Next step").click()
    spoken = page.locator(".diagram-spoken")
    expect(spoken).to_contain_text("Step 1 of")
    expect(spoken.locator("[lang=sv]")).not_to_be_empty()
    assert_accessible(page)


def test_a_warning_takes_the_cursor_and_is_answered_with_a_box(signed_in: SignIn) -> None:
    page = signed_in("soc.rep")
    page.locator(".task-card a").first.click()
    page.fill("[name=lagesbild]", "Ring fritidsgården på 0583-810 00.")
    page.locator("[name=nytt_fenomen]").last.check()
    for name, text in PROPOSAL.items():
        page.fill(f"[name='forslag_atgarder.0.{name}']", text)
    page.locator("[name='forslag_atgarder.0.typ']").first.check()
    page.get_by_role("button", name="Skicka in").last.click()
    caution = page.locator("#f-caution")
    expect(caution).to_be_focused()
    assert_accessible(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 700})
    assert_fits(page)
    assert_accessible(page)
    caution.get_by_role("link", name="Kryssa annars i rutan").click()
    page.get_by_label("Jag har kontrollerat att texten inte pekar ut någon person").check()
    page.get_by_role("button", name="Skicka in").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tack")


def test_somebody_elses_task_is_a_page_in_swedish_and_not_a_stack_trace(signed_in: SignIn, site: str) -> None:
    page = signed_in("soc.rep")
    href = page.locator(".task-card a").first.get_attribute("href")
    page.get_by_role("button", name="Logga ut").click()
    page = signed_in("skola.rep")
    answer = page.goto(f"{site}{href}")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)
