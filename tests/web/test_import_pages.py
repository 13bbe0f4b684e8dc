"""Läs in tabeller: a template is fetched, a file tried, its faults told, and what it does confirmed."""

import io
import zlib
from base64 import b64encode
from collections.abc import Callable

import openpyxl
import pytest

from app.services.installation import Installation
from tests.web.conftest import Shown, Visitor

AsPerson = Callable[[str], Visitor]
GOOD = "Åtgärd;Läge;Slutdatum\r\nNattvandring;pågår;2026-12-31\r\nBelysning;föreslagen;\r\n"
BAD = GOOD.replace("2026-12-31", "2026-13-31")


@pytest.fixture
def admin(installation: Installation, as_person: AsPerson) -> Visitor:
    return as_person("admin")


def attempt(visitor: Visitor, content: str | bytes, kind: str = "measures", name: str = "åtgärder.csv") -> Shown:
    """Choose a kind and a file, and try it."""
    fields = visitor.get("/importera?kommun=askersund").fields()
    file = content.encode() if isinstance(content, str) else content
    fields.pop("fil", None)
    return visitor.post("/importera/provkor", {**fields, "slag": kind}, files={"fil": (name, file)})


def confirm(visitor: Visitor, tried: Shown, **changed: str) -> Shown:
    return visitor.post("/importera/genomfor", {**tried.fields(), **changed})


def test_a_file_is_tried_and_confirmed_without_scripts(admin: Visitor) -> None:
    tried = attempt(admin, GOOD)
    assert tried.status == 200
    assert tried.text("//h1") == "Provkörning: Åtgärder"
    assert "Läggs till: 2. Ändras: 0. Oförändrade: 0." in tried.text()
    assert "Nattvandring" in tried.text("//tbody")
    done = confirm(admin, tried)
    assert done.status == 200
    assert "Filen är inläst. Läggs till: 2. Ändras: 0. Oförändrade: 0." in done.text("//*[@role='status']")
    again = attempt(admin, GOOD)
    assert "Allt i filen finns redan." in again.text()
    assert not again.root.xpath("//form[@action='/importera/genomfor']")
    altered = attempt(admin, GOOD.replace("2026-12-31", "2027-01-31"))
    assert "Slutdatum: från ”2026-12-31” till ”2027-01-31”" in altered.text("//tbody")


def test_faults_are_listed_and_there_is_nothing_to_confirm(admin: Visitor) -> None:
    tried = attempt(admin, BAD)
    assert tried.status == 422
    assert "Rad 2, kolumn ”Slutdatum”: 2026-13-31 finns inte i almanackan" in tried.text()
    assert not tried.root.xpath("//form[@action='/importera/genomfor']")


def test_a_spreadsheet_travels_whole_through_the_dry_run(admin: Visitor) -> None:
    template = admin.client.get("/importera/mall/measures?kommun=askersund")
    made = openpyxl.load_workbook(io.BytesIO(template.content))
    page = made.worksheets[0]
    headings = [str(cell.value).rstrip(" *") for cell in page[1]]
    page.append(
        [{"Åtgärd": "Läxhjälp", "Läge": "pågår", "Förvaltning": "Socialförvaltningen"}.get(h) for h in headings]
    )
    written = io.BytesIO()
    made.save(written)
    tried = attempt(admin, written.getvalue(), name="mall.xlsx")
    assert tried.status == 200, tried.text()
    assert "Läggs till: 1." in confirm(admin, tried).text("//*[@role='status']")


def test_what_has_changed_meanwhile_is_shown_before_it_is_confirmed(admin: Visitor) -> None:
    first, second = attempt(admin, GOOD), attempt(admin, GOOD)
    confirm(admin, first)
    stale = confirm(admin, second)
    assert stale.status == 409
    assert "Något har ändrats sedan provkörningen." in stale.text("//*[@role='alert']")
    assert "Allt i filen finns redan." in stale.text()


def test_a_meeting_plan_is_tried_at_the_same_entrance_and_so_are_calendars(admin: Visitor) -> None:
    tried = attempt(admin, "Organ;Datum;Manusstopp\r\nKS;2027-06-01;2027-05-14", "meetings", "plan.csv")
    assert "KS 2027-06-01" in tried.text("//tbody")
    assert confirm(admin, tried).status == 200
    event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20270602\r\n"
    calendar = f"{event}SUMMARY:Kommunstyrelsen\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    assert "KS 2027-06-02" in attempt(admin, calendar, "meetings", "plan.ics").text("//tbody")


def test_an_organ_that_the_plan_has_not_heard_of_is_pointed_out_once(admin: Visitor) -> None:
    plan = "Organ;Datum\r\nKS;2027-06-01\r\nKommunstyrlsen;2027-06-02\r\nKommunstyrlsen;2027-06-03\r\n"
    tried = attempt(admin, plan, "meetings", "plan.csv")
    asked = tried.text("//section[@aria-labelledby='obs']")
    assert "Rad 3: ”Kommunstyrlsen” har inga sammanträden i planen än. Är namnet rätt stavat?" in asked
    assert asked.count("rätt stavat") == 1
    assert confirm(admin, tried).status == 200


def test_a_meeting_plan_may_be_a_spreadsheet_in_the_calendar_too(admin: Visitor) -> None:
    made = openpyxl.Workbook()
    made.worksheets[0].append(["Organ", "Datum"])
    made.worksheets[0].append(["KS", "2027-06-01"])
    written = io.BytesIO()
    made.save(written)
    fields = admin.get("/kalender/andra/sammantradesplan?kommun=askersund").fields()
    fields.pop("fil", None)
    shown = admin.post("/kalender/andra/sammantradesplan", fields, files={"fil": ("plan.xlsx", written.getvalue())})
    assert shown.status == 200
    assert "1 juni 2027" in shown.text("//ul[@class='what-changes']")


@pytest.mark.parametrize(
    ("kind", "file", "said"),
    [
        ("", GOOD, "Välj vad filen innehåller."),
        ("kungar", GOOD, "Välj vad filen innehåller."),
        ("measures", None, "Välj en fil."),
    ],
)
def test_what_is_not_chosen_is_asked_for(admin: Visitor, kind: str, file: str | None, said: str) -> None:
    fields = admin.get("/importera?kommun=askersund").fields()
    fields.pop("fil", None)
    # Without a file chosen, browsers send a part without a name.
    files = {"fil": ("a.csv", file.encode()) if file else ("", b"")}
    shown = admin.post("/importera/provkor", {**fields, "slag": kind}, files=files)
    assert shown.status == 422
    assert said in shown.text("//*[@class='ds-error-summary']")


@pytest.mark.parametrize("content", ["inte base64!", b64encode(b"inte packat").decode(), ""])
def test_a_file_that_did_not_come_along_is_told(admin: Visitor, content: str) -> None:
    shown = confirm(admin, attempt(admin, GOOD), innehall=content)
    assert shown.status == 422
    assert "500" not in shown.text("//h1")


def test_a_file_that_unfolds_beyond_what_a_file_may_be_is_refused(admin: Visitor) -> None:
    shown = confirm(admin, attempt(admin, GOOD), innehall=b64encode(zlib.compress(b"a" * 50_000_000)).decode())
    assert shown.status == 422
    assert "för stor: högst 5 MB" in shown.text()


def test_the_page_is_read_in_english_too(admin: Visitor) -> None:
    admin.get("/sprak/en")
    page = admin.get("/importera?kommun=askersund")
    assert page.text("//h1") == "Import tables"
    tried = attempt(admin, BAD)
    assert "Row 2, column “End date”: 2026-13-31 is not in the calendar" in tried.text()


@pytest.mark.parametrize(("username", "kinds"), [("admin", 5), ("sakerhetschef", 3)])
def test_only_what_one_may_import_is_offered(
    installation: Installation, as_person: AsPerson, username: str, kinds: int
) -> None:
    visitor = as_person(username)
    page = visitor.get("/importera?kommun=askersund")
    assert len(page.root.xpath("//tbody/tr")) == kinds
    assert len(page.root.xpath("//select[@id='slag']/option[@value!='']")) == kinds
    assert visitor.get("/kalender?kommun=askersund").root.xpath("//a[starts-with(@href, '/importera')]")


def test_it_is_not_for_those_who_do_not_lead_the_work(installation: Installation, as_person: AsPerson) -> None:
    visitor = as_person("soc.rep")
    assert visitor.get("/importera?kommun=askersund").status == 403
    assert not visitor.get("/kalender?kommun=askersund").root.xpath("//a[starts-with(@href, '/importera')]")
    assert visitor.get("/importera?kommun=savsjo").status == 404
