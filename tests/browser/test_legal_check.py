"""Lagkoll in a browser, after a year has been lived: read on a phone, and the audit file saved."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.services.installation import Installation
from app.services.simulations import simulate
from tests.browser.test_pages import assert_accessible, assert_fits

SignIn = Callable[[str], Page]

pytestmark = pytest.mark.timeout(300)


def test_the_law_is_read_on_a_phone_and_its_proof_is_saved(
    installation: Installation, signed_in: SignIn, site: str, tmp_path: Path
) -> None:
    simulate(installation, "askersund", date(2026, 9, 1), date(2027, 5, 31), lambda _: None)
    page = signed_in("sakerhetschef")
    page.get_by_role("link", name="Kalender", exact=True).click()
    page.get_by_role("link", name="Lagkoll: alla paragrafer, med bevis").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lagkoll, Askersunds kommun")
    assert_accessible(page)
    page.set_viewport_size({"width": 320, "height": 700})
    assert_fits(page)
    assert_accessible(page)
    plan = page.get_by_role("region", name="5 § Åtgärdsplan")
    expect(plan).to_contain_text("Uppfyllt")
    expect(plan.get_by_role("link", name="PDF")).not_to_have_count(0)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Hämta revisionsfilen (ZIP)").click()
    assert saved.value.suggested_filename == "lagkoll-askersund-2027-05-31.zip"
    saved.value.save_as(tmp_path / "fil.zip")
    with zipfile.ZipFile(tmp_path / "fil.zip") as archive:
        assert archive.testzip() is None
        (tmp_path / "index.html").write_bytes(archive.read("index.html"))
    page.goto((tmp_path / "index.html").as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("Lagkoll: Askersunds kommun, måndag 31 maj 2027")
    assert_accessible(page)
