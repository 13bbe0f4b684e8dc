"""Lagkoll as a page: every paragraph in words, a day of one's own, and the audit file for those who may have it."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.db.tables import RECORDS
from app.domain.ids import new_id
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.web.conftest import Visitor

AsPerson = Callable[[str], Visitor]


@pytest.fixture
def agreed(installation: Installation) -> None:
    """Askersund has an agreement that ends in the middle of 2027, and a plan on no picture."""
    with begin_system(installation) as uow:
        common = {"municipality_id": "askersund", "year": 2026, "extra": {}, "created_at": uow.now,
                  "updated_at": uow.now}  # fmt: skip
        agreement: Any = RECORDS["agreement"]
        action_plan: Any = RECORDS["action_plan"]
        uow.session.add(
            agreement(
                id=new_id(), source_key="prov:1", title="Överenskommelse med Polisen", actor_name="Polisen",
                purposes=["Trygghet"], areas=["Centrum"], signed_municipality_on=date(2026, 1, 1),
                signed_party_on=date(2026, 1, 2), valid_until=date(2027, 6, 30), status="signed", **common,
            )
        )  # fmt: skip
        plan = action_plan(
            id=new_id(), source_key="prov:2", status="adopted", decided_on=date(2026, 3, 24), paragraph="§ 39", **common
        )
        uow.session.add(plan)


def test_every_paragraph_stands_there_with_its_state_in_words(agreed: None, as_person: AsPerson) -> None:
    page = as_person("soc.rep").get("/lagkoll")
    assert page.status == 200
    assert page.text("//h1") == "Lagkoll, Askersunds kommun"
    assert page.text("//h2[1]").startswith("4 § Lägesbild")
    assert len(page.root.xpath("//main//section")) == 9
    assert len(page.root.xpath("//main//section//*[contains(@class, 'tag')][normalize-space(.)!='']")) >= 9
    agreement = page.text("//section[@aria-labelledby='p-8-9']")
    assert "Uppfyllt" in agreement
    assert "30 juni 2027 (302 dagar kvar)" in agreement
    assert "Överenskommelse: Överenskommelse med Polisen 2 jan 2026" in agreement
    plan = page.text("//section[@aria-labelledby='p-5']")
    assert "Inte uppfyllt" in plan
    assert "24 mars 2026, § 39" in plan
    assert "Uppfyllt: 1, Inte uppfyllt: 6, Kan inte bedömas: 1, Gäller inte: 1." in page.text()


def test_another_day_is_chosen_in_the_form(agreed: None, as_person: AsPerson) -> None:
    visitor = as_person("soc.rep")
    page = visitor.get("/lagkoll", params={"kommun": "askersund", "dag": "2027-01-01"})
    assert page.root.xpath("//input[@id='dag']/@value") == ["2027-01-01"]
    assert "Snart dags igen" in page.text("//section[@aria-labelledby='p-8-9']")
    after = visitor.get("/lagkoll", params={"kommun": "askersund", "dag": "2027-07-01"})
    assert "Överenskommelsen gick ut onsdag 30 juni 2027" in after.text("//section[@aria-labelledby='p-8-9']")
    assert visitor.get("/lagkoll", params={"dag": "imorgon"}).status == 422


def test_the_page_is_in_english_for_whoever_reads_english(agreed: None, as_person: AsPerson) -> None:
    visitor = as_person("sakerhetschef")
    visitor.get("/sprak/en")
    page = visitor.get("/lagkoll")
    assert page.text("//h1") == "Legal check, Askersunds kommun"
    assert "Not met" in page.text("//section[@aria-labelledby='p-5']")
    assert "302 days left" in page.text("//section[@aria-labelledby='p-8-9']")
    assert page.text("//a[starts-with(@href, '/lagkoll/revisionsfil')]") == "Download the audit file (ZIP)"


def test_the_audit_file_is_offered_to_those_who_may_fetch_it(agreed: None, as_person: AsPerson) -> None:
    visitor = as_person("sakerhetschef")
    (address,) = visitor.get("/lagkoll").root.xpath("//a[starts-with(@href, '/lagkoll/revisionsfil')]/@href")
    answer = visitor.client.get(address)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.namelist()[-2:] == ["index.html", "index.csv"]


def test_who_may_not_fetch_the_audit_file_is_told_so(agreed: None, as_person: AsPerson) -> None:
    visitor = as_person("soc.rep")
    assert not visitor.get("/lagkoll").root.xpath("//a[starts-with(@href, '/lagkoll/revisionsfil')]")
    assert visitor.get("/lagkoll/revisionsfil").status == 403


def test_an_external_actor_does_not_see_the_page(as_person: AsPerson) -> None:
    assert as_person("polisen").get("/lagkoll").status == 403


def test_another_municipality_is_not_found(as_person: AsPerson) -> None:
    assert as_person("nassjo.sakerhetschef").get("/lagkoll", params={"kommun": "askersund"}).status == 404


def test_the_clocks_of_the_calendar_lead_to_the_page(as_person: AsPerson) -> None:
    page = as_person("sakerhetschef").get("/kalender")
    assert page.root.xpath("//section[@aria-labelledby='klockor']//a/@href") == ["/lagkoll?kommun=askersund"]
