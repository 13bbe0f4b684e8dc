"""Calendar feeds from end to end: an address is made, a calendar program fetches it, and what changes is told."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import vobject
from sqlalchemy import text
from starlette.testclient import TestClient

from app.domain.clock import SetClock
from app.domain.ids import new_id
from app.services import calendar_feeds, schedules
from app.services.installation import Installation
from app.services.process import jobs
from app.services.unit_of_work import begin, begin_system
from app.web.application import create_application
from tests.web.conftest import Shown, Visitor

AsPerson = Callable[[str], Visitor]


class Program:
    """A calendar program and an HTTP client, with the demonstration people's tokens."""

    def __init__(self, client: TestClient, token: Callable[[str], str]) -> None:
        self.client, self.token = client, token

    def call(self, username: str, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token(username)}", **options.pop("headers", {})}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    def address(self, username: str, path: str = "/me/calendar-feed") -> str:
        answer = self.call(username, "POST", path)
        assert answer.status_code == 201, answer.text
        found: str = answer.json()["address"]
        assert found.startswith("https://hjulet.example.org/kalender/")
        return found.removeprefix("https://hjulet.example.org")

    def fetch(self, address: str, **headers: str) -> Any:
        return self.client.get(address, headers=headers)

    def events(self, address: str) -> dict[str, Any]:
        """UID -> event, as the calendar program reads them."""
        answer = self.fetch(address)
        assert answer.status_code == 200, answer.text
        found = vobject.readOne(answer.content.decode()).contents.get("vevent", [])
        by_uid = {event.uid.value: event for event in found}
        assert len(by_uid) == len(found)
        return by_uid


@pytest.fixture
def program(installation: Installation, token: Callable[[str], str]) -> Iterator[Program]:
    application = create_application(installation, base_url="https://hjulet.example.org/", secure_cookies=True)
    with TestClient(application, raise_server_exceptions=False) as client:
        yield Program(client, token)


def task_of(program: Program, username: str) -> dict[str, Any]:
    return dict(program.call(username, "GET", "/user-tasks").json()["items"][0])


def uid(task: dict[str, Any]) -> str:
    return f"{task['id']}@trygghetshjulet"


def test_a_deadline_is_a_day_in_the_persons_calendar(autumn: Installation, program: Program) -> None:
    task = task_of(program, "soc.rep")
    found = program.events(program.address("soc.rep"))[uid(task)]
    assert found.dtstart.value == date.fromisoformat(task["due_on"])
    assert found.dtend.value == found.dtstart.value + timedelta(days=1)
    assert (found.status.value, found.transp.value) == ("CONFIRMED", "TRANSPARENT")
    assert found.summary.value == f"{task['instance_name']}: {task['name']} – Socialförvaltningen"
    assert found.url.value == f"https://hjulet.example.org/uppgifter/{task['id']}"
    assert found.url.value in found.description.value
    # Why that day, in Swedish.
    assert len(found.description.value.splitlines()[0]) > 10
    assert found.description.value.splitlines()[1] == "Roll: Förvaltningsrepresentant"


def test_the_feed_speaks_the_persons_language(autumn: Installation, program: Program) -> None:
    address = program.address("soc.rep")
    assert program.call("soc.rep", "PATCH", "/me", json={"language": "en"}).status_code == 200
    (found, *_) = program.events(address).values()
    assert "Role: Department representative" in found.description.value
    assert "NAME;LANGUAGE=en:My deadlines" in program.fetch(address).text


def test_a_change_keeps_the_name_and_raises_the_sequence(
    autumn: Installation, program: Program, clock: SetClock
) -> None:
    task, address = task_of(program, "soc.rep"), program.address("soc.rep")
    before = program.events(address)[uid(task)]
    clock.set(clock.now() + timedelta(minutes=5))
    assert program.call("soc.rep", "POST", f"/user-tasks/{task['id']}/claim").status_code == 200
    after = program.events(address)[uid(task)]
    assert int(after.sequence.value) > int(before.sequence.value)
    assert (after.last_modified.value, after.status.value) == (clock.now(), "CONFIRMED")
    assert before.last_modified.value < after.last_modified.value


def test_a_moved_day_moves_the_same_event(autumn: Installation, program: Program) -> None:
    task, address = task_of(program, "soc.rep"), program.address("soc.rep")
    before = program.events(address)[uid(task)]
    with begin_system(autumn) as uow:
        move = "UPDATE user_task SET due_on = due_on + 7, version = version + 1 WHERE id = :id"
        uow.session.execute(text(move), {"id": task["id"]})
    after = program.events(address)[uid(task)]
    assert after.dtstart.value == before.dtstart.value + timedelta(days=7)
    assert int(after.sequence.value) == int(before.sequence.value) + 1


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_what_is_over_is_told_as_cancelled_for_sixty_days(
    autumn: Installation, program: Program, clock: SetClock, status: str
) -> None:
    task, address = task_of(program, "soc.rep"), program.address("soc.rep")
    before = program.events(address)[uid(task)]
    with begin_system(autumn) as uow:
        close = "UPDATE user_task SET status = :status, closed_at = :at, version = version + 1 WHERE id = :id"
        uow.session.execute(text(close), {"status": status, "at": uow.now, "id": task["id"]})
    after = program.events(address)[uid(task)]
    assert after.status.value == "CANCELLED"
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.summary.value.startswith("Klar: " if status == "completed" else "Inte längre aktuell: ")
    assert after.dtstart.value == before.dtstart.value
    clock.set(clock.now() + timedelta(days=61))
    assert uid(task) not in program.events(address)


def test_a_program_that_has_it_is_told_so_and_anything_new_is_sent(
    autumn: Installation, program: Program, clock: SetClock
) -> None:
    address = program.address("soc.rep")
    first = program.fetch(address)
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert first.headers["cache-control"] == "private, no-cache"
    assert parsedate_to_datetime(first.headers["last-modified"]) == clock.now()
    clock.set(clock.now() + timedelta(hours=1))
    for asked in (
        {"If-None-Match": first.headers["etag"]},
        {"If-None-Match": f'"x", W/{first.headers["etag"]}'},
        {"If-Modified-Since": first.headers["last-modified"]},
    ):
        same = program.fetch(address, **asked)
        assert (same.status_code, same.content) == (304, b"")
        assert same.headers["etag"] == first.headers["etag"]
        assert same.headers["last-modified"] == first.headers["last-modified"]
    assert program.fetch(address).content == first.content
    for unread in ("no date", "Tue, 31 Feb 2026 25:00:00 GMT", ""):
        assert program.fetch(address, **{"If-Modified-Since": unread}).status_code == 200
    task = task_of(program, "soc.rep")
    assert program.call("soc.rep", "POST", f"/user-tasks/{task['id']}/claim").status_code == 200
    new = program.fetch(
        address, **{"If-None-Match": first.headers["etag"], "If-Modified-Since": first.headers["last-modified"]}
    )
    assert new.status_code == 200
    assert parsedate_to_datetime(new.headers["last-modified"]) == clock.now()
    assert program.client.head(address).status_code == 200


def test_a_renewed_address_kills_the_old_and_a_stopped_one_is_no_address(
    autumn: Installation, program: Program
) -> None:
    old = program.address("soc.rep")
    new = program.address("soc.rep")
    assert old != new
    assert [program.fetch(a).status_code for a in (old, new)] == [404, 200]
    for _ in range(2):
        assert program.call("soc.rep", "DELETE", "/me/calendar-feed").status_code == 204
    assert program.fetch(new).status_code == 404
    assert program.fetch("/kalender/" + "x" * 43 + ".ics").status_code == 404
    assert program.fetch("/kalender/kort.ics").status_code == 404


def test_a_closed_accounts_address_is_not_found_and_stays_so_when_it_is_opened_again(
    autumn: Installation, program: Program
) -> None:
    address = program.address("soc.rep")
    person = program.call("soc.rep", "GET", "/me").json()["id"]
    for active in (False, True):
        changed = program.call("admin", "PATCH", f"/people/{person}", json={"active": active})
        assert (changed.status_code, changed.json()["active"]) == (200, active)
        assert program.fetch(address).status_code == 404


def test_an_account_that_was_closed_in_the_database_answers_nothing(autumn: Installation, program: Program) -> None:
    address = program.address("soc.rep")
    with begin_system(autumn) as uow:
        uow.session.execute(text("UPDATE person SET active = false WHERE username = 'soc.rep'"))
    assert program.fetch(address).status_code == 404


def test_the_role_of_today_decides_what_is_in_the_calendar(autumn: Installation, program: Program) -> None:
    address = program.address("soc.rep")
    assert program.events(address)
    with begin_system(autumn) as uow:
        end = """UPDATE role_assignment SET valid_to = :on
                 WHERE person_id = (SELECT id FROM person WHERE username = 'soc.rep')"""
        uow.session.execute(text(end), {"on": uow.today - timedelta(days=1)})
    assert program.events(address) == {}


def test_a_secret_is_kept_as_a_hash_and_told_once(autumn: Installation, program: Program) -> None:
    address = program.address("soc.rep")
    secret = address.removeprefix("/kalender/").removesuffix(".ics")
    with begin_system(autumn) as uow:
        (row,) = uow.session.execute(text("SELECT * FROM calendar_feed")).mappings()
    assert secret not in str(dict(row))
    assert len(row["id"]) == 32


def test_an_idempotency_key_keeps_no_secret(autumn: Installation, program: Program) -> None:
    keyed = {"headers": {"Idempotency-Key": "samma"}}
    answers = [program.call("soc.rep", "POST", "/me/calendar-feed", **keyed).json()["address"] for _ in range(2)]
    assert answers[0] != answers[1]
    with begin_system(autumn) as uow:
        assert uow.session.execute(text("SELECT count(*) FROM idempotency_key")).scalar_one() == 0


def test_the_wall_is_opened_to_the_feeds_own_municipalities_and_no_others(
    autumn: Installation, program: Program
) -> None:
    owners = {
        program.address("soc.rep"): "askersund",
        program.address("nassjo.sakerhetschef"): "nassjo",
        # Whoever runs the installation sees everything signed in, but not by a secret address.
        program.address("drift"): "",
        program.address("nassjo.sakerhetschef", "/municipalities/nassjo/calendar-feed"): "nassjo",
    }
    for address, place in owners.items():
        secret = address.removeprefix("/kalender/").removesuffix(".ics")
        with begin(autumn) as uow:
            calendar_feeds.answer(uow, secret, "https://x")
            seen = uow.session.execute(text("SELECT current_setting('app.municipalities')")).scalar_one()
        assert (address, seen) == (address, place)


def test_another_municipalitys_deadlines_never_appear(autumn: Installation, program: Program) -> None:
    askersund = program.fetch(program.address("sakerhetschef", "/municipalities/askersund/calendar-feed")).text
    other = program.fetch(program.address("nassjo.sakerhetschef", "/municipalities/nassjo/calendar-feed")).text
    task = task_of(program, "soc.rep")
    assert task["id"] in askersund.replace("\r\n ", "")
    assert task["id"] not in other.replace("\r\n ", "")
    assert "askersund" not in other.replace("\r\n ", "").lower()
    own = program.events(program.address("nassjo.sakerhetschef"))
    assert uid(task) not in own


def wheel(program: Program) -> str:
    return program.address("sakerhetschef", "/municipalities/askersund/calendar-feed")


def test_the_wheel_has_starts_target_days_meetings_and_what_is_due(autumn: Installation, program: Program) -> None:
    events = program.events(wheel(program))
    kinds = {category for event in events.values() for category in event.categories.value}
    assert kinds == {"Trygghetshjulet", "Start", "Måldag", "Sammanträde", "Manusstopp", "Uppgift"}
    start = events["askersund.forvaltningsrapport.2026.start@trygghetshjulet"]
    target = events["askersund.forvaltningsrapport.2026.maldag@trygghetshjulet"]
    assert (start.dtstart.value, target.dtstart.value) == (date(2026, 10, 1), date(2026, 11, 30))
    later = events["askersund.forvaltningsrapport.2027.start@trygghetshjulet"]
    assert later.dtstart.value.year == 2027
    assert "first_workday" not in later.description.value
    assert any(e.summary.value == "Manusstopp för kommunstyrelsens sammanträde" for e in events.values())
    assert uid(task_of(program, "soc.rep")) in events


def test_the_wheel_names_no_person(autumn: Installation, program: Program) -> None:
    address, task = wheel(program), task_of(program, "soc.rep")
    assert program.call("soc.rep", "POST", f"/user-tasks/{task['id']}/claim").status_code == 200
    with begin_system(autumn) as uow:
        names = list(uow.session.execute(text("SELECT name FROM person")).scalars())
        by_hand = """UPDATE user_task SET due_reason_sv = :why,
                     moved_by = (SELECT id FROM person WHERE username = 'sakerhetschef') WHERE id = :id"""
        uow.session.execute(text(by_hand), {"why": f"bestämt av {names[0]}", "id": task["id"]})
    written = program.fetch(address).content.decode().replace("\r\n ", "")
    assert [name for name in names if name in written] == []
    assert "Dagen är satt för hand." in written
    assert f"Bestämt av {names[0]}." in program.fetch(program.address("soc.rep")).text.replace("\r\n ", "")


def test_an_occurrence_keeps_its_name_when_its_day_moves(
    autumn: Installation, program: Program, clock: SetClock
) -> None:
    name, address = "askersund.forvaltningsrapport.2027.maldag@trygghetshjulet", wheel(program)
    before = program.events(address)[name]
    clock.set(clock.now() + timedelta(days=1))
    with begin_system(autumn) as uow:
        uow.session.execute(
            text("INSERT INTO day_off (municipality_id, id, \"on\", name) VALUES ('askersund', :id, :on, 'Ledig')"),
            {"id": new_id(), "on": before.dtstart.value},
        )
        uow.session.execute(text("UPDATE municipality SET revision = revision + 1"))
    after = program.events(address)[name]
    assert after.dtstart.value < before.dtstart.value
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.last_modified.value == clock.now()


def test_an_occurrence_that_was_called_off_is_cancelled(autumn: Installation, program: Program) -> None:
    address = wheel(program)
    task = task_of(program, "soc.rep")
    cancelled = program.call(
        "sakerhetschef", "POST", f"/process-instances/{task['process_instance_id']}/cancel", json={"reason": "Prov"}
    )
    assert cancelled.status_code == 200, cancelled.text
    jobs.run_due(autumn)
    target = program.events(address)["askersund.forvaltningsrapport.2026.maldag@trygghetshjulet"]
    assert (target.status.value, target.summary.value[:8]) == ("CANCELLED", "Inställt")


def test_a_feed_of_very_much_work_is_bounded(
    autumn: Installation, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.calendar_contents.MOST_EVENTS", 5)
    assert len(program.events(wheel(program))) == 5


def test_a_program_that_asks_without_a_stop_sees_one_years_work_go_by(
    installation: Installation, program: Program, clock: SetClock
) -> None:
    """The feed answers through a whole year, also over the changes of summer time, with whole days only."""
    address = wheel(program)
    for month in range(10, 13):
        clock.set(datetime(2026, month, 26, 23, 30, tzinfo=UTC))
        schedules.start_due(installation)
        jobs.run_due(installation)
        assert all(type(e.dtstart.value) is date for e in program.events(address).values())


def test_the_secret_is_not_in_the_metrics(autumn: Installation, program: Program) -> None:
    address = program.address("soc.rep")
    program.fetch(address)
    program.fetch("/kalender/" + "y" * 43 + ".ics")
    shown = program.client.get("/metrics", headers={"Authorization": f"Bearer {program.token('drift')}"}).text
    assert 'route="/kalender/{secret}.ics"' in shown
    assert address not in shown
    assert "y" * 43 not in shown


def made_address(page: Shown) -> str:
    (address,) = page.root.xpath("//input[@readonly]/@value")
    return str(address).removeprefix("http://testserver")


def test_a_page_makes_an_address_shows_it_once_renews_and_stops_it(autumn: Installation, as_person: AsPerson) -> None:
    visitor = as_person("soc.rep")
    assert visitor.get("/mina-uppgifter").root.xpath("//main//a[@href='/kalender/prenumerera']")
    page = visitor.get("/kalender/prenumerera")
    csrf = page.root.xpath("//input[@name='csrf_token']/@value")[0]
    assert [h.text for h in page.root.xpath("//main//h2")] == ["Mina sista dagar"]
    made = visitor.post("/kalender/prenumerera", {"csrf_token": csrf, "kommun": ""})
    first = made_address(made)
    assert "Outlook" in made.text()
    assert "Google" in made.text()
    assert made.root.xpath("//a[starts-with(@href, 'webcal://testserver/kalender/')]")
    assert visitor.client.get(first).status_code == 200
    again = visitor.get("/kalender/prenumerera")
    assert not again.root.xpath("//input[@readonly]")
    assert "Den kan inte visas igen." in again.text()
    second = made_address(visitor.post("/kalender/prenumerera", {"csrf_token": csrf, "kommun": ""}))
    assert [visitor.client.get(a).status_code for a in (first, second)] == [404, 200]
    stopped = visitor.post("/kalender/prenumerera/avsluta", {"csrf_token": csrf, "kommun": ""})
    assert (stopped.status, stopped.url) == (200, "/kalender/prenumerera")
    assert visitor.client.get(second).status_code == 404


def test_those_who_lead_get_the_wheels_address_too(autumn: Installation, as_person: AsPerson) -> None:
    visitor = as_person("sakerhetschef")
    page = visitor.get("/kalender/prenumerera")
    csrf = page.root.xpath("//input[@name='csrf_token']/@value")[0]
    assert [h.text for h in page.root.xpath("//main//h2")] == ["Mina sista dagar", "Årshjulet i Askersunds kommun"]
    made = visitor.post("/kalender/prenumerera", {"csrf_token": csrf, "kommun": "askersund"})
    assert "Måldag" in visitor.client.get(made_address(made)).text
    assert visitor.post("/kalender/prenumerera", {"csrf_token": csrf, "kommun": "nassjo"}).status == 404


def test_a_form_from_elsewhere_and_somebody_without_the_right_make_no_address(
    autumn: Installation, as_person: AsPerson
) -> None:
    visitor = as_person("soc.rep")
    csrf = visitor.get("/kalender/prenumerera").root.xpath("//input[@name='csrf_token']/@value")[0]
    assert visitor.post("/kalender/prenumerera", {"csrf_token": "fel", "kommun": ""}).status == 403
    assert visitor.post("/kalender/prenumerera/avsluta", {"kommun": ""}).status == 403
    assert visitor.post("/kalender/prenumerera", {"csrf_token": csrf, "kommun": "askersund"}).status == 403
    with begin_system(autumn) as uow:
        assert uow.session.execute(text("SELECT count(*) FROM calendar_feed")).scalar_one() == 0
