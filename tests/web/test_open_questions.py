"""Att besluta: what a plan leaves open is told with a suggestion, and decided in the browser."""

from collections.abc import Callable
from typing import Any

from app.services.installation import Installation
from tests.web.conftest import Shown, Visitor

AsPerson = Callable[[str], Visitor]


def questions(page: Shown) -> list[str]:
    return [" ".join(found.text_content().split()) for found in page.root.xpath("//section//h3")]


def link(page: Shown, words: str, about: str) -> str:
    wanted = f"//section//h3[.='{about}']/following-sibling::ul[1]//a[starts-with(., '{words}')]/@href"
    return str(page.root.xpath(wanted)[0])


def follow(visitor: Visitor, address: str, reason: str) -> Shown:
    """Open the form that an address chooses, send it as it stands, and confirm what it leads to."""
    form = visitor.get(address)
    preview = visitor.post(form.url.split("?")[0], form.fields())
    assert preview.status == 200, preview.text()
    return visitor.post("/kalender/andra/genomfor", {**preview.fields(), "skal": reason})


def test_an_administrator_is_told_what_the_plan_does_not_say(as_person: AsPerson) -> None:
    page = as_person("drift").get("/att-besluta?kommun=nassjo")
    assert page.status == 200
    assert "Strategiskt råd" in questions(page)
    assert "Rapport till kommunfullmäktige" in questions(page)
    assert "Planen säger inte hur ofta rådet möts." in page.text()
    assert "Sista arbetsdagen i mars och november" in page.text()
    assert "Roller som ingen har" in page.text()
    assert "Temaägare Trygghet och säkerhet" in page.text()


def test_a_plan_that_has_run_out_is_warned_of(as_person: AsPerson) -> None:
    page = as_person("drift").get("/att-besluta?kommun=savsjo")
    assert "Planen gällde 2020–2023. Den har gått ut och är äldre än lag (2023:196)" in page.text()


def test_a_suggestion_is_taken_and_the_calendar_starts_by_it(as_person: AsPerson) -> None:
    visitor = as_person("drift")
    page = visitor.get("/att-besluta?kommun=nassjo")
    address = link(page, "Börja använda processen", "Strategiskt råd")
    form = visitor.get(address)
    assert (form.fields()["start"], form.fields()["anchor"]) == (["T-45wd"], ["last_workday([3, 11])"])
    done = follow(visitor, address, "Rådet den 3 september")
    assert "Strategiskt råd börjar användas: starten är" in done.text()
    assert "Strategiskt råd" not in questions(visitor.get("/att-besluta?kommun=nassjo"))
    assert "start-strategiskt_rad-" in str(visitor.client.get("/kalender?kommun=nassjo").text)


def test_what_is_in_use_without_a_day_gets_its_rule(as_person: AsPerson) -> None:
    visitor = as_person("drift")
    page = visitor.get("/att-besluta?kommun=nassjo")
    follow(visitor, link(page, "Bestäm när den ska vara", "Medborgardialog"), "Säkerhetschefens beslut")
    assert "Medborgardialog" not in questions(visitor.get("/att-besluta?kommun=nassjo"))


def test_a_question_is_settled_in_another_way_with_a_reason(as_person: AsPerson) -> None:
    visitor = as_person("drift")
    page = visitor.get("/att-besluta?kommun=kommun_002")
    title = "Ombudsgruppen En kommun fri från våld"
    done = follow(visitor, link(page, "Avgör på annat sätt", title), "Projektet är avslutat")
    assert f"Frågan ”{title}” är avgjord." in done.text()
    assert "Projektet är avslutat" in done.text()
    assert title not in questions(visitor.get("/att-besluta?kommun=kommun_002"))


def test_a_process_that_is_given_up_starts_no_more(as_person: AsPerson) -> None:
    visitor = as_person("admin")
    assert "start-forvaltningsrapport-2027" in visitor.client.get("/kalender").text
    address = "/kalender/andra/sluta-med-process"
    form = visitor.get(address, params={"kommun": "askersund"})
    preview = visitor.post(address, {**form.fields(), "process": "forvaltningsrapport"})
    assert "Processen används inte längre" in preview.text("//tbody")
    visitor.post("/kalender/andra/genomfor", {**preview.fields(), "skal": "Ny arbetsordning"})
    assert "start-forvaltningsrapport-2027" not in visitor.client.get("/kalender").text
    again = visitor.post(address, {**form.fields(), "process": "forvaltningsrapport"})
    assert again.status == 422
    assert "Processen används inte." in again.text()


def test_only_administrators_see_what_is_undecided(
    installation: Installation, as_person: AsPerson, token: Callable[[str], str]
) -> None:
    reader = as_person("soc.rep")
    assert reader.get("/att-besluta").status == 403
    assert reader.get("/att-besluta?kommun=nassjo").status == 404
    answer: Any = reader.client.get(
        "/api/v1/municipalities/nassjo/open-questions", headers={"Authorization": f"Bearer {token('drift')}"}
    ).json()
    council = next(row for row in answer["questions"] if row["name"] == "strategiskt_rad")
    assert council["anchor"] == "last_workday([3, 11])"
    assert {"role": "theme_owner", "name": "Temaägare", "holder": "Temaägare Trygghet och säkerhet"} in answer[
        "vacant_roles"
    ]
    assert answer["warning"] == ""
