"""Kalender: who sees it, who may change it, and that a change is previewed, confirmed and told."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.clock import SetClock
from app.domain.swedish_dates import long_date
from app.services import schedules
from app.services.installation import Installation
from app.services.process import jobs
from tests.web.conftest import Shown, Visitor

AsPerson = Callable[[str], Visitor]
MOVE = "/kalender/andra/flytta-sammantrade"
MARCH = {"kommun": "askersund", "mote": "KS 2027-03-23"}


@pytest.fixture
def admin(autumn: Installation, as_person: AsPerson) -> Visitor:
    return as_person("admin")


def change(visitor: Visitor, what: str, chosen: dict[str, str] | None = None, **typed: str) -> Shown:
    """Fill in a change's form and send it."""
    address = f"/kalender/andra/{what}"
    page = visitor.get(address, params={"kommun": "askersund", **(chosen or {})})
    assert page.status == 200
    return visitor.post(address, {**page.fields(), **typed})


def confirm(visitor: Visitor, preview: Shown, reason: str = "Kommunstyrelsens beslut") -> Shown:
    assert preview.status == 200, preview.text()
    return visitor.post("/kalender/andra/genomfor", {**preview.fields(), "skal": reason})


def test_the_calendar_tells_what_starts_when_and_why(admin: Visitor) -> None:
    page = admin.get("/kalender")
    assert page.text("//h1") == "Kalender, Askersunds kommun"
    row = page.text("//tr[@id='start-atgardsplan-2027']")
    assert "22 jan 2027" in row
    assert "60 dagar före kommunstyrelsens sammanträde i mars" in row
    assert "Planerad" in row
    assert "Startad" in page.text("//tr[@id='start-forvaltningsrapport-2026']")
    assert page.text("//ul[@class='clocks']").count("Aldrig gjort") == 3
    assert "13 §" in page.text("//ul[@class='clocks']")
    assert "Börja senast torsdag 4 mars 2027" in page.text("//table[@aria-labelledby='baklanges']")
    assert page.root.xpath("//nav//a[@href='/kalender' and @aria-current='page']")


def test_the_year_counted_backwards_can_be_another(admin: Visitor) -> None:
    page = admin.get("/kalender", params={"ar": 2028})
    assert page.text("//h2[@id='baklanges']") == "Året räknat baklänges, till 2028"
    steps = page.text("//table[@aria-labelledby='baklanges']")
    assert "inget sammanträde med kommunfullmäktige i april 2028. Räknat med det närmast före" in steps


@pytest.mark.parametrize("username", ["sakerhetschef", "kommundirektor", "soc.rep"])
def test_an_internal_role_reads_the_calendar_without_what_an_administrator_changes(
    autumn: Installation, as_person: AsPerson, username: str
) -> None:
    visitor = as_person(username)
    page = visitor.get("/kalender")
    assert page.status == 200
    assert not page.root.xpath("//a[contains(@href, '/kalender/andra/')]")
    assert visitor.get("/kalender/andringar").status == 200
    for what in ("flytta-sammantrade", "sammantradesplan"):
        refused = visitor.get(f"/kalender/andra/{what}?kommun=askersund")
        assert (refused.status, bool(refused.text("//h1"))) == (403, True)


def test_who_does_not_lead_the_work_may_neither_start_nor_strike(autumn: Installation, as_person: AsPerson) -> None:
    visitor = as_person("soc.rep")
    page = visitor.get("/kalender")
    assert not page.root.xpath("//form[@action='/kalender/starta']")
    csrf = page.root.xpath("//input[@name='csrf_token']/@value")[0]
    row = {"csrf_token": csrf, "kommun": "askersund", "process": "lagesbild", "period": "2027"}
    assert visitor.post("/kalender/starta", row).status == 403
    assert visitor.post("/kalender/stryk", {**row, "skal": "Nej"}).status == 403


def test_an_external_actor_has_no_calendar_and_another_municipality_none_at_all(
    autumn: Installation, as_person: AsPerson
) -> None:
    visitor = as_person("polisen")
    page = visitor.get("/kalender")
    assert (page.status, bool(page.text("//h1"))) == (403, True)
    assert not page.root.xpath("//nav//a[@href='/kalender']")
    visitor = as_person("nassjo.admin")
    for address in ("/kalender", "/kalender/andringar", MOVE):
        assert visitor.get(address, params={"kommun": "askersund"}).status == 404
    assert visitor.get("/kalender/andra/nagot-annat", params={"kommun": "nassjo"}).status == 404


def test_a_form_from_elsewhere_is_refused(admin: Visitor) -> None:
    for address in (
        "/kalender/starta", "/kalender/stryk", MOVE, "/kalender/andra/genomfor", "/kalender/andra/sammantradesplan",
    ):  # fmt: skip
        assert admin.post(address, {"kommun": "askersund", "csrf_token": "fel"}).status == 403


def test_a_leader_starts_an_occurrence_early(autumn: Installation, as_person: AsPerson) -> None:
    leader = as_person("sakerhetschef")
    page = leader.get("/kalender")
    form = page.root.xpath("//tr[@id='start-atgardsplan-2027']//form[@action='/kalender/starta']")[0]
    started = leader.post("/kalender/starta", dict(form.form_values()))
    assert started.status == 200
    assert started.url.startswith("/arenden/")
    row = leader.get("/kalender").root.xpath("//tr[@id='start-atgardsplan-2027']")[0]
    assert "Startad" in row.text_content()
    assert row.xpath(".//a/@href") == [started.url]


def test_a_leader_strikes_an_occurrence_with_a_reason_and_not_without(
    autumn: Installation, as_person: AsPerson
) -> None:
    leader = as_person("sakerhetschef")
    page = leader.get("/kalender")
    form = page.root.xpath("//tr[@id='start-politisk_rapport-2027']//form[@action='/kalender/stryk']")[0]
    typed = dict(form.form_values())
    refused = leader.post("/kalender/stryk", {**typed, "skal": "  "})
    assert refused.status == 422
    assert "Skriv varför" in refused.text("//tr[@id='start-politisk_rapport-2027']")
    assert refused.root.xpath("//*[contains(@class, 'ds-error-summary')]//a/@href") == [
        "#skal-start-politisk_rapport-2027"
    ]
    struck = leader.post("/kalender/stryk", {**typed, "skal": "Rapporten lämnas i maj"})
    assert struck.status == 200
    row = struck.text("//tr[@id='start-politisk_rapport-2027']")
    assert "Struken" in row
    assert "Rapporten lämnas i maj" in row


def test_a_moved_meeting_is_previewed_confirmed_and_told(admin: Visitor) -> None:
    preview = change(admin, "flytta-sammantrade", MARCH, to_on="2027-03-30")
    assert "från tisdag 23 mars 2027 (vecka 12) till tisdag 30 mars 2027 (vecka 13)" in preview.text()
    assert "Åtgärdsplan 2027 23 mars 2027 v. 12 30 mars 2027 v. 13" in preview.text("//table")
    assert "4 öppna uppgifter ligger kvar" in preview.text()
    # Nothing is changed yet.
    assert "23 mars 2027" in admin.get("/kalender").text("//tr[@id='start-atgardsplan-2027']")
    done = confirm(admin, preview)
    assert (done.status, done.url) == (200, "/kalender/andringar")
    told = done.text("//article")
    assert "Adam Arvidsson" in told
    assert "Kommunstyrelsens beslut" in told
    assert "1 dag flyttades" in told
    assert "30 mars 2027" in admin.get("/kalender").text("//tr[@id='start-atgardsplan-2027']")


def test_a_change_without_a_reason_stays_a_preview(admin: Visitor) -> None:
    preview = change(admin, "ny-ledig-dag", on="2026-11-30", name="Planeringsdag")
    refused = confirm(admin, preview, " ")
    assert refused.status == 422
    assert "Skriv varför" in refused.text("//p[@id='skal-fel']")
    assert "Planeringsdag" in refused.text()
    assert "har inte ändrats än" in admin.get("/kalender/andringar").text()


def test_a_preview_that_is_not_true_any_more_is_refused_with_the_new_one(
    admin: Visitor, token: Callable[[str], str]
) -> None:
    preview = change(admin, "ny-ledig-dag", on="2026-11-30", name="Planeringsdag")
    assert "(3 stycken)" in preview.text()
    headers = {"Authorization": f"Bearer {token('sakerhetschef')}"}
    found = admin.client.get("/api/v1/user-tasks?view=municipality&municipality=askersund", headers=headers).json()
    report = next(task for task in found["items"] if task["due_on"] == "2026-11-30")
    body = {"due_on": "2026-12-04", "reason": "Sjukdom"}
    moved = admin.client.post(f"/api/v1/user-tasks/{report['id']}/move", json=body, headers=headers)
    assert moved.status_code in {200, 201}, moved.text
    refused = admin.post("/kalender/andra/genomfor", {**preview.fields(), "skal": "Studiedag"})
    assert refused.status == 409
    assert "Granska på nytt" in refused.text("//*[@role='alert']")
    assert "(2 stycken)" in refused.text()
    assert refused.root.xpath("//textarea[@name='skal']")[0].value.strip() == "Studiedag"
    assert confirm(admin, Shown(200, refused.url, refused.root)).url == "/kalender/andringar"


def test_a_removed_meeting_says_which_gap_it_leaves_and_the_calendar_keeps_saying_so(admin: Visitor) -> None:
    preview = change(admin, "stall-in-sammantrade", MARCH)
    assert "inget sammanträde med kommunstyrelsen i mars 2027" in preview.text("//section[@class='gaps section']")
    confirm(admin, preview)
    gaps = admin.get("/kalender").text("//section[@aria-labelledby='luckor']")
    assert "Inget sammanträde med kommunstyrelsen i mars 2027. Närmast före är tisdag 16 februari 2027" in gaps


def test_a_rule_that_cannot_be_is_told_at_its_place(admin: Visitor) -> None:
    refused = change(admin, "regel", {"process": "strategiskt_rad"}, anchor="last_workday(13)")
    assert refused.status == 422
    fault = refused.text("//p[@id='anchor-fel']")
    assert fault.startswith("Tecken 14: Månaden ska vara mellan 1 och 12, inte 13.")
    assert refused.text("//p[@id='anchor-fel']//mark") == "13)"
    assert refused.root.xpath("//input[@name='anchor']/@value") == ["last_workday(13)"]
    right = change(admin, "regel", {"process": "strategiskt_rad"}, anchor="last_workday(1)")
    assert "sista arbetsdagen i januari" in right.text()


@pytest.mark.parametrize(
    ("what", "typed", "field"),
    [
        ("flytta-sammantrade", {"to_on": "2027-03-30"}, "mote"),
        ("flytta-sammantrade", {"mote": "KS 2027-03-23", "to_on": "31 mars"}, "to_on"),
        ("flytta-sammantrade", {"mote": "KS 2027-03-23", "to_on": "2027-02-16"}, "to_on"),
        ("nytt-sammantrade", {"organ": "", "on": "2027-03-30"}, "organ"),
        ("nytt-sammantrade", {"organ": "KS", "on": "2400-01-01"}, "on"),
        ("stall-in-sammantrade", {}, "mote"),
        ("ny-ledig-dag", {"on": "", "name": "Planeringsdag"}, "on"),
        ("ny-ledig-dag", {"on": "2027-05-07", "name": ""}, "name"),
        ("ta-bort-ledig-dag", {"dag": "2027-05-07"}, "dag"),
        ("ny-paus", {"name": "Vila", "first_on": "2027-05-07", "last_on": "2027-05-01"}, "last_on"),
        ("ta-bort-paus", {"paus": "okänd"}, "paus"),
        ("regel", {"process": "okänd", "start": "T-30wd", "anchor": "last_workday(1)"}, "process"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_what_was_typed_is_kept(
    admin: Visitor, what: str, typed: dict[str, str], field: str
) -> None:
    page = change(admin, what, None, **typed)
    assert page.status == 422
    assert page.text(f"//p[@id='{field}-fel']")
    assert page.root.xpath(f"//*[@id='{field}']/@aria-invalid") == ["true"]
    for name, value in typed.items():
        kept = page.root.xpath(f"//input[@name='{name}']/@value")
        assert kept in ([], [value])


def test_a_pause_and_a_day_off_come_and_go(admin: Visitor) -> None:
    confirm(admin, change(admin, "ny-paus", name="Vila", first_on="2027-07-01", last_on="2027-07-31", yearly="1"))
    confirm(admin, change(admin, "ny-ledig-dag", on="2027-05-07", name="Planeringsdag"))
    page = admin.get("/kalender")
    assert "Vila, 1 juli till 31 juli varje år" in page.text("//section[@aria-labelledby='pauser']")
    assert "Fredag 7 maj 2027 (vecka 18): Planeringsdag" in page.text("//section[@aria-labelledby='lediga']")
    for what in ("pauser", "lediga"):
        address = page.root.xpath(f"//section[@aria-labelledby='{what}']//a[contains(@href, 'ta-bort')]/@href")[0]
        form = admin.get(address)
        done = confirm(admin, admin.post(form.url, form.fields()))
        assert done.url == "/kalender/andringar"
    assert len(admin.get("/kalender/andringar").root.xpath("//article")) == 4
    assert "Inga pauser." in admin.get("/kalender").text()


def read_in(visitor: Visitor, content: str, name: str = "plan.csv") -> Shown:
    page = visitor.get("/kalender/andra/sammantradesplan", params={"kommun": "askersund"})
    fields: dict[str, Any] = page.fields()
    fields.pop("fil", None)
    return visitor.post(page.url, fields, files={"fil": (name, content.encode(), "text/csv")} if content else None)


def test_a_meeting_plan_is_read_in_from_a_file(admin: Visitor) -> None:
    preview = read_in(admin, "organ;datum\nKS;2028-03-21\nKS;2027-03-23\nKF;2028-04-24\n")
    assert preview.status == 200, preview.text()
    assert "Nytt sammanträde med kommunstyrelsen tisdag 21 mars 2028" in preview.text()
    assert "1 sammanträde står redan i planen." in preview.text()
    done = confirm(admin, preview)
    assert done.url == "/kalender/andringar"
    assert "Kommunstyrelsen 2028" in admin.get("/kalender").text("//section[@aria-labelledby='sammantraden']")


def test_the_faults_of_a_file_are_told_with_their_lines(admin: Visitor) -> None:
    page = read_in(admin, "organ;datum\nKS;2028-02-31\nKF;2028-04-24\n")
    assert page.status == 422
    assert page.text("//section[@aria-labelledby='rader']").startswith("Fel i filen Rad 2:")
    assert read_in(admin, "").status == 422
    known = read_in(admin, "organ;datum\nKS;2027-03-23\n")
    assert "inga sammanträden som planen saknar" in known.text()


def test_changes_that_were_tampered_with_on_the_way_are_refused(admin: Visitor) -> None:
    preview = change(admin, "flytta-sammantrade", MARCH, to_on="2027-03-30")
    for forged in ("", "{}", "[]", '[{"kind": "drop_everything"}]', "[1]"):
        refused = admin.post("/kalender/andra/genomfor", {**preview.fields(), "andringar": forged, "skal": "Nej"})
        assert (refused.status, bool(refused.text("//h1"))) == (422, True)
    other = '[{"kind": "remove_meeting", "organ": "KS", "on": "2027-03-23"}]'
    swapped = admin.post("/kalender/andra/genomfor", {**preview.fields(), "andringar": other, "skal": "Nej"})
    assert swapped.status == 409
    without = admin.post("/kalender/andra/genomfor", {**preview.fields(), "kontroll": "", "skal": "Nej"})
    assert without.status == 409


def first_report(visitor: Visitor) -> Shown:
    href = visitor.get("/mina-uppgifter").root.xpath(
        "//*[contains(@class, 'task-card')]//a[contains(., 'höstrapport')]/@href"
    )
    return visitor.get(str(href[0]))


def test_a_task_says_why_its_last_day_is_that_day_also_when_the_calendar_changes(
    autumn: Installation, as_person: AsPerson
) -> None:
    page = first_report(as_person("soc.rep"))
    assert page.text("//p[@class='due-why']") == "Varför den dagen: Måldagen måndag 30 november 2026."
    assert not page.root.xpath("//form[contains(@action, '/sista-dag')]")
    admin = as_person("admin")
    confirm(admin, change(admin, "ny-ledig-dag", on="2026-11-30", name="Planeringsdag"), "Studiedag för alla")
    jobs.run_due(autumn)
    page = first_report(as_person("soc.rep"))
    assert "27 november" in page.text("//div[@class='facts']")
    assert "27 november 2026" in page.text("//p[@class='due-why']")
    story = page.text("//section[@aria-labelledby='historik']")
    assert "flyttades från måndag 30 november 2026 till fredag 27 november 2026. Studiedag för alla" in story


def test_a_leader_moves_the_last_day_of_a_task_and_the_reader_sees_who_and_why(
    autumn: Installation, as_person: AsPerson
) -> None:
    address = first_report(as_person("soc.rep")).url
    leader = as_person("sakerhetschef")
    form = leader.get(address).root.xpath("//form[contains(@action, '/sista-dag')]")[0]
    typed, target = dict(form.form_values()), str(form.action)
    for wrong, field in (({"dag": "31 december"}, "dag"), ({"dag": "2026-10-01"}, "dag"), ({"skal": " "}, "skal")):
        refused = leader.post(target, {**typed, "dag": "2026-12-04", "skal": "Sjukdom", **wrong})
        assert refused.status == 422
        assert refused.text(f"//p[@id='{field}-fel']")
    moved = leader.post(target, {**typed, "dag": "2026-12-04", "skal": "Sjukdom i förvaltningen"})
    assert (moved.status, moved.url) == (200, address)
    told = as_person("soc.rep").get(address)
    assert "Senast fredag 4 december (vecka 49)" in told.text("//div[@class='facts']")
    today = long_date(date(2026, 10, 19))
    why = f"Varför den dagen: Bestämt av Sara Lindqvist {today}: Sjukdom i förvaltningen."
    assert told.text("//p[@class='due-why']") == why


def test_who_does_not_lead_may_not_move_a_last_day(autumn: Installation, as_person: AsPerson) -> None:
    visitor = as_person("soc.rep")
    page = first_report(visitor)
    csrf = page.root.xpath("//input[@name='csrf_token']/@value")[0]
    typed = {"csrf_token": csrf, "dag": "2026-12-04", "skal": "Jag vill"}
    assert visitor.post(f"{page.url}/sista-dag", typed).status == 403
    assert visitor.post(f"{page.url}/sista-dag", {**typed, "csrf_token": "fel"}).status == 403


def test_whoever_sees_several_municipalities_chooses_one(
    installation: Installation, clock: SetClock, as_person: AsPerson
) -> None:
    clock.set(datetime(2026, 10, 19, 6, 0, tzinfo=UTC))
    schedules.start_due(installation)
    visitor = as_person("drift")
    page = visitor.get("/kalender", params={"kommun": "nassjo"})
    assert page.status == 200
    assert page.root.xpath("//select[@name='kommun']/option[@selected]/@value") == ["nassjo"]
