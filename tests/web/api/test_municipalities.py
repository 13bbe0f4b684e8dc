"""Municipalities, records and oneself over HTTP."""

from collections.abc import Callable

from app.services.installation import Installation
from tests.web.api.conftest import REPORT, Caller

By = Callable[[str], Caller]


def test_the_municipalities_are_ones_own(by: By) -> None:
    assert [m["id"] for m in by("kommunpolis").get("/municipalities").json()["items"]] == ["nassjo", "savsjo"]
    everyone = [m["id"] for m in by("drift").get("/municipalities").json()["items"]]
    assert everyone == ["askersund", "kommun_002", "nassjo", "savsjo"]
    page = by("drift").get("/municipalities", params={"limit": 3}).json()
    rest = by("drift").get("/municipalities", params={"after": page["next"]}).json()
    assert [m["id"] for m in page["items"] + rest["items"]] == everyone
    one = by("soc.rep").get("/municipalities/askersund").json()
    assert one["name"] == "Askersunds kommun" or "Askersund" in one["name"]
    assert "forvaltningsrapport" in one["processes"]


def test_the_schedule_says_what_starts_when_and_why(by: By) -> None:
    found = by("soc.rep").get("/municipalities/askersund/schedule?from=2026-09-01&to=2027-08-31").json()["items"]
    report = next(row for row in found if row["process_key"] == "forvaltningsrapport")
    assert (report["start_on"], report["anchor_on"]) == ("2026-10-01", "2026-11-30")
    assert report["reason"]
    assert [row["start_on"] for row in found] == sorted(row["start_on"] for row in found)


def test_an_administrator_plans_a_meeting_once(by: By) -> None:
    path = "/municipalities/askersund/meetings"
    made = by("admin").post(path, {"organ": "KS", "on": "2028-03-07"})
    assert made.status_code == 201, made.text
    planned = next(m for m in by("soc.rep").get(path).json()["items"] if m["id"] == made.json()["id"])
    assert planned["manuscript_stop_on"] < "2028-03-07"
    assert by("admin").post(path, {"organ": "KS", "on": "2028-03-07"}).status_code == 409
    late = {"organ": "KS", "on": "2028-04-04", "manuscript_stop_on": "2028-04-05"}
    assert by("admin").post(path, late).status_code == 422
    assert by("admin").post(path, {"organ": "", "on": "2028-04-04"}).status_code == 422
    assert by("drift").post("/municipalities/okand/meetings", late).status_code == 404


def test_departments_and_actors_are_in_swedish_order(by: By) -> None:
    departments = [d["name"] for d in by("soc.rep").get("/municipalities/askersund/departments").json()["items"]]
    assert "Socialförvaltningen" in departments
    actors = by("soc.rep").get("/municipalities/askersund/actors").json()["items"]
    assert "Svenska kyrkan" in [a["name"] for a in actors]


def test_a_report_becomes_measures_that_are_read_as_records(october: Installation, by: By) -> None:
    task = by("soc.rep").get("/user-tasks").json()["items"][0]
    by("soc.rep").post(f"/user-tasks/{task['id']}/complete", {"submission": REPORT})
    (measure,) = by("soc.chef").get("/measures", params={"year": 2026}).json()["items"]
    assert measure["fields"]["title"] == "Bättre belysning vid busstationen"
    assert measure["fields"]["department_name"] == "Socialförvaltningen"
    assert measure["process_instance_id"] is not None
    assert by("soc.chef").get(f"/measures/{measure['id']}").json() == measure
    assert by("soc.chef").get("/measures", params={"year": 2025}).json()["items"] == []


def test_who_calls_is_told_their_roles_and_chooses_language_and_notifications(by: By) -> None:
    me = by("soc.rep").get("/me", headers={"Accept-Language": "en"}).json()
    assert (me["username"], me["municipalities"], me["language"]) == ("soc.rep", ["askersund"], "sv")
    assert me["roles"][0]["name"] == "Department representative"
    assert by("soc.rep")("PATCH", "/me", json={"language": "en"}).json()["language"] == "en"
    assert by("soc.rep").get("/me").json()["language"] == "en"
    assert by("soc.rep")("PATCH", "/me", json={"language": "de"}).status_code == 422
    assert me["notifications"] == "each"
    assert by("soc.rep")("PATCH", "/me", json={"notifications": "digest"}).json()["notifications"] == "digest"
    mine = by("soc.rep").get("/me").json()
    assert (mine["notifications"], mine["language"]) == ("digest", "en")
    assert by("soc.rep")("PATCH", "/me", json={"notifications": "never"}).status_code == 422
