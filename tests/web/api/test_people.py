"""People in production: added, given roles for a period, ended, standing in, with tokens of their own."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.domain.clock import SetClock
from app.services import left_behind
from app.services.installation import Installation
from app.services.process import jobs
from tests.web.api.conftest import REPORT, Caller

By = Callable[[str], Caller]
PASSWORD = "nio gula bussar"


def department(by: By, name: str = "Socialförvaltningen") -> str:
    found = by("admin").get("/municipalities/askersund/departments").json()["items"]
    return str(next(row["id"] for row in found if row["name"] == name))


def newcomer(by: By, username: str = "ny.rep", **role: Any) -> dict[str, Any]:
    body = {
        "municipality": "askersund", "username": username, "name": "Nora Nyström", "password": PASSWORD,
        "roles": [{"role": "department_rep", "scope": department(by), **role}],
    }  # fmt: skip
    answer = by("admin").post("/people", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def token_of(by: By, client: TestClient, person: dict[str, Any]) -> Caller:
    issued = by("admin").post(f"/people/{person['id']}/tokens", {"name": "prov"})
    assert issued.status_code == 201, issued.text
    return Caller(client, issued.json()["token"])


def inbox(caller: Caller) -> list[dict[str, Any]]:
    return list(caller.get("/user-tasks").json()["items"])


def day(clock: SetClock, year: int, month: int, number: int) -> None:
    clock.set(datetime(year, month, number, 6, 0, tzinfo=UTC))


def test_a_newcomer_gets_the_tasks_of_their_role_at_once(by: By, client: TestClient, october: Installation) -> None:
    nora = token_of(by, client, newcomer(by))
    assert [task["scope"]["name"] for task in inbox(nora)] == ["Socialförvaltningen"]


def test_a_role_that_begins_later_gives_nothing_before(
    by: By, client: TestClient, october: Installation, clock: SetClock
) -> None:
    nora = token_of(by, client, newcomer(by, valid_from="2026-10-12"))
    assert nora.get("/me").json()["roles"] == []
    day(clock, 2026, 10, 12)
    assert len(inbox(nora)) == 1


def test_who_has_left_a_role_may_not_do_what_they_claimed_and_it_goes_back_to_the_role(
    by: By, client: TestClient, october: Installation, clock: SetClock
) -> None:
    person = newcomer(by)
    # A second role, so that the municipality is still theirs when the first has ended.
    by("admin").post(
        "/role-assignments", {"municipality": "askersund", "person_id": person["id"], "role": "group_member"}
    )
    nora = token_of(by, client, person)
    task = inbox(nora)[0]["id"]
    assert nora.post(f"/user-tasks/{task}/claim").status_code == 200
    assert inbox(by("soc.rep")) == []
    assignment = person["role_assignments"][0]["id"]
    ended = by("admin")("PATCH", f"/role-assignments/{assignment}", json={"valid_to": "2026-10-09"})
    assert ended.json()["valid_to"] == "2026-10-09"
    assert left_behind.sweep(october) == 0
    day(clock, 2026, 10, 10)
    refused = nora.post(f"/user-tasks/{task}/complete", {"submission": REPORT})
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-yours")
    assert left_behind.sweep(october) == 1
    jobs.run_due(october)
    assert inbox(by("soc.rep"))[0]["assignee_id"] is None
    lines = by("admin").get(f"/history?process_instance={inbox(by('soc.rep'))[0]['process_instance_id']}").json()
    assert lines["items"][-1]["detail"] == {"assignee": None, "text": "Rollen har upphört."}


def test_what_was_handed_over_stays_with_the_receiver_while_they_have_any_role(
    by: By, client: TestClient, october: Installation
) -> None:
    task = inbox(by("soc.rep"))[0]["id"]
    officer = by("kommunpolis.askersund").get("/me").json()["id"]
    assert by("soc.rep").post(f"/user-tasks/{task}/assign", {"person_id": officer}).status_code == 200
    assert left_behind.sweep(october) == 0
    done = by("kommunpolis.askersund").post(f"/user-tasks/{task}/complete", {"submission": REPORT})
    assert done.status_code == 200


def test_a_substitute_has_the_roles_from_the_first_day_to_the_last(
    by: By, october: Installation, clock: SetClock
) -> None:
    me = by("soc.rep").get("/me").json()["id"]
    other = by("skola.rep").get("/me").json()["id"]
    body = {"municipality": "askersund", "substitute_id": other, "from_on": "2026-10-05", "to_on": "2026-10-09"}
    assert by("soc.rep").post("/substitutions", body).status_code == 201
    assert {task["scope"]["name"] for task in inbox(by("skola.rep"))} == {"Barn och Utbildningsförvaltningen"}
    day(clock, 2026, 10, 5)
    mine = next(task for task in inbox(by("skola.rep")) if task["scope"]["name"] == "Socialförvaltningen")
    done = by("skola.rep").post(f"/user-tasks/{mine['id']}/complete", {"submission": REPORT})
    assert done.status_code == 200
    assert by("skola.rep").get(f"/user-tasks/{mine['id']}").json()["on_behalf_of"] == me
    day(clock, 2026, 10, 10)
    assert {role["scope_id"] for role in by("skola.rep").get("/me").json()["roles"]} == {
        department(by, "Barn och Utbildningsförvaltningen")
    }


def test_a_substitution_that_ends_early_ends_at_once(by: By, october: Installation, clock: SetClock) -> None:
    other = by("skola.rep").get("/me").json()["id"]
    body = {"municipality": "askersund", "substitute_id": other, "from_on": "2026-10-01", "to_on": "2026-10-09"}
    made = by("soc.rep").post("/substitutions", body).json()
    assert len(inbox(by("skola.rep"))) == 2
    assert by("skola.rep")("DELETE", f"/substitutions/{made['id']}").status_code == 403
    assert by("soc.rep")("DELETE", f"/substitutions/{made['id']}").status_code == 204
    assert len(inbox(by("skola.rep"))) == 1
    assert by("soc.rep").get("/substitutions").json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"to_on": "2026-09-30"}, "/to_on"),
        ({"from_on": "2026-10-20"}, "/to_on"),
        ({"substitute_id": "me"}, "/substitute_id"),
        ({"substitute_id": "00000000-0000-7000-8000-000000000000"}, "/substitute_id"),
    ],
)
def test_a_substitution_that_makes_no_sense_is_refused(
    by: By, october: Installation, changes: dict[str, str], pointer: str
) -> None:
    other = by("skola.rep").get("/me").json()["id"]
    body = {"municipality": "askersund", "substitute_id": other, "from_on": "2026-09-20", "to_on": "2026-10-09"}
    body |= {k: by("soc.rep").get("/me").json()["id"] if v == "me" else v for k, v in changes.items()}
    answer = by("soc.rep").post("/substitutions", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_two_substitutes_for_the_same_days_are_a_conflict(by: By, october: Installation) -> None:
    other = by("skola.rep").get("/me").json()["id"]
    body = {"municipality": "askersund", "substitute_id": other, "from_on": "2026-10-05", "to_on": "2026-10-09"}
    assert by("soc.rep").post("/substitutions", body).status_code == 201
    assert by("soc.rep").post("/substitutions", {**body, "from_on": "2026-10-09"}).status_code == 409


@pytest.mark.parametrize(
    ("role", "pointer"),
    [
        ({"role": "borgmästare"}, "/role"),
        ({"role": "municipal_council"}, "/role"),
        ({"role": "external_actor"}, "/scope"),
        ({"role": "reporter", "scope": "00000000-0000-7000-8000-000000000000"}, "/scope"),
        ({"role": "reporter", "valid_from": "2026-11-01", "valid_to": "2026-10-01"}, "/valid_to"),
    ],
)
def test_a_role_that_cannot_be_held_is_refused(by: By, role: dict[str, str], pointer: str) -> None:
    person = by("soc.rep").get("/me").json()["id"]
    answer = by("admin").post("/role-assignments", {"municipality": "askersund", "person_id": person, **role})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_a_department_of_another_municipality_is_no_scope(by: By) -> None:
    person = by("nassjo.sakerhetschef").get("/me").json()["id"]
    body = {
        "municipality": "nassjo", "person_id": person, "role": "department_rep", "scope": department(by),
    }  # fmt: skip
    assert by("nassjo.admin").post("/role-assignments", body).status_code == 422


def test_the_same_role_twice_at_once_is_a_conflict_but_one_after_the_other_is_not(by: By) -> None:
    person = by("soc.rep").get("/me").json()["id"]
    body = {"municipality": "askersund", "person_id": person, "role": "reporter", "valid_to": "2026-12-31"}
    assert by("admin").post("/role-assignments", body).status_code == 201
    assert by("admin").post("/role-assignments", {**body, "valid_to": None}).status_code == 409
    later = {**body, "valid_from": "2027-01-01", "valid_to": None}
    assert by("admin").post("/role-assignments", later).status_code == 201


def test_a_role_that_has_begun_is_ended_and_one_that_has_not_is_taken_back(by: By) -> None:
    person = newcomer(by)
    begun = person["role_assignments"][0]["id"]
    assert by("admin")("DELETE", f"/role-assignments/{begun}").status_code == 409
    body = {"municipality": "askersund", "person_id": person["id"], "role": "reporter", "valid_from": "2026-09-02"}
    future = by("admin").post("/role-assignments", body).json()["id"]
    assert by("admin")("DELETE", f"/role-assignments/{future}").status_code == 204
    listed = by("admin").get(f"/role-assignments?person={person['id']}").json()["items"]
    assert [row["id"] for row in listed] == [begun]


def test_a_stale_version_changes_nothing(by: By) -> None:
    person = newcomer(by)
    assignment = person["role_assignments"][0]["id"]
    for path, body in (
        (f"/people/{person['id']}", {"name": "N"}),
        (f"/role-assignments/{assignment}", {"valid_to": None}),
    ):
        assert by("admin")("PATCH", path, json=body, headers={"If-Match": '"1"'}).status_code == 200
        stale = by("admin")("PATCH", path, json=body, headers={"If-Match": '"1"'})
        assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale-version")


def test_an_administrator_may_not_take_over_somebody_of_another_municipality_too(by: By) -> None:
    """Who may set a password could act as that person, also where they administer nothing."""
    kommunpolis = by("kommunpolis").get("/me").json()["id"]
    for change in ({"password": PASSWORD}, {"active": False}, {"email": "annan@example.org"}):
        answer = by("nassjo.admin")("PATCH", f"/people/{kommunpolis}", json=change)
        assert answer.status_code == 403
    assert by("nassjo.admin").post(f"/people/{kommunpolis}/tokens", {"name": "x"}).status_code == 403
    assert by("nassjo.admin").get(f"/people/{kommunpolis}").json()["username"] == "kommunpolis"
    assert by("drift")("PATCH", f"/people/{kommunpolis}", json={"name": "Helena H"}).status_code == 200


def test_the_system_administrator_is_changed_by_no_municipality(by: By) -> None:
    drift = by("drift").get("/me").json()["id"]
    given = {"municipality": "askersund", "person_id": drift, "role": "reporter"}
    assert by("admin").post("/role-assignments", given).status_code == 201
    assert by("admin")("PATCH", f"/people/{drift}", json={"password": PASSWORD}).status_code == 403


def test_a_closed_account_neither_signs_in_nor_calls_and_its_tasks_go_back(
    by: By, client: TestClient, october: Installation
) -> None:
    person = newcomer(by)
    nora = token_of(by, client, person)
    task = inbox(nora)[0]["id"]
    nora.post(f"/user-tasks/{task}/claim")
    assert sign_in(client, "ny.rep").status_code == 303
    assert by("admin")("PATCH", f"/people/{person['id']}", json={"active": False}).json()["active"] is False
    assert nora.get("/me").status_code == 401
    assert sign_in(client, "ny.rep").status_code != 303
    jobs.run_due(october)
    assert inbox(by("soc.rep"))[0]["assignee_id"] is None


def sign_in(client: TestClient, username: str, password: str = PASSWORD) -> Any:
    client.cookies.clear()
    return client.post(
        "/logga-in", data={"username": username, "password": password}, follow_redirects=False,
        headers={"Origin": "http://testserver"},
    )  # fmt: skip


def test_one_chooses_a_password_by_showing_the_one_one_has(by: By, client: TestClient) -> None:
    nora = token_of(by, client, newcomer(by))
    wanted = "tolv röda cyklar"
    wrong = nora.post("/me/password", {"current": "fel lösenord helt", "password": wanted})
    assert wrong.json()["type"] == "/problems/wrong-password"
    short = nora.post("/me/password", {"current": PASSWORD, "password": "kort"})
    assert (short.status_code, short.json()["errors"][0]["pointer"]) == (422, "/password")
    assert "kort" not in short.text.replace("korta", "")
    assert nora.post("/me/password", {"current": PASSWORD, "password": wanted}).status_code == 204
    assert sign_in(client, "ny.rep").status_code != 303
    assert sign_in(client, "NY.rep ", wanted).status_code == 303


@pytest.mark.parametrize("username", ["", " ", "a b", "../x", "x" * 101, "å@", "ny\u0000", "<script>"])
def test_a_user_name_that_will_not_do_is_refused(by: By, username: str) -> None:
    body = {"municipality": "askersund", "username": username, "name": "Ny", "roles": [{"role": "reporter"}]}
    assert by("admin").post("/people", body).status_code == 422


def test_a_user_name_is_taken_whatever_its_capitals(by: By) -> None:
    body = {"municipality": "askersund", "username": "SOC.rep", "name": "Ny", "roles": [{"role": "reporter"}]}
    assert by("admin").post("/people", body).status_code == 409


def test_a_refused_role_leaves_no_person_behind(by: By) -> None:
    body = {"municipality": "askersund", "username": "halv", "name": "Halv", "roles": [{"role": "finns_inte"}]}
    assert by("admin").post("/people", body).status_code == 422
    assert by("admin").get("/people?q=halv").json()["items"] == []


def test_people_are_searched_and_paged(by: By) -> None:
    first = by("admin").get("/people?limit=3").json()
    second = by("admin").get(f"/people?limit=3&after={first['next']}").json()
    names = [row["username"] for row in (*first["items"], *second["items"])]
    assert names == sorted(names)
    assert len(set(names)) == 6
    assert [p["username"] for p in by("admin").get("/people?q=soc.").json()["items"]] == ["soc.chef", "soc.rep"]
    assert by("admin").get("/people?q=%25").json()["items"] == []


def test_a_token_is_shown_once_stored_as_a_hash_and_ended_at_once(
    by: By, client: TestClient, installation: Installation
) -> None:
    soc = by("soc.rep")
    me = soc.get("/me").json()["id"]
    issued = soc.post(f"/people/{me}/tokens", {"name": "Intranätet", "expires_at": "2026-12-31T00:00:00+01:00"}).json()
    script = Caller(client, issued["token"])
    assert script.get("/me").json()["username"] == "soc.rep"
    listed = soc.get(f"/people/{me}/tokens").json()["items"]
    assert {row["token"] for row in listed} == {None}
    with installation.database.transaction() as session:
        kept = session.execute(text("SELECT id FROM api_token WHERE token_id = :t"), {"t": issued["id"]}).scalar_one()
    assert issued["token"].encode() not in bytes(kept)
    assert soc("DELETE", f"/people/{me}/tokens/{issued['id']}").status_code == 204
    assert script.get("/me").status_code == 401
    assert soc("DELETE", f"/people/{me}/tokens/{issued['id']}").status_code == 204


def test_a_token_stops_when_its_time_is_out(by: By, client: TestClient, clock: SetClock) -> None:
    soc = by("soc.rep")
    me = soc.get("/me").json()["id"]
    issued = soc.post(f"/people/{me}/tokens", {"name": "Kort", "expires_at": "2026-09-02T00:00:00Z"}).json()
    script = Caller(client, issued["token"])
    day(clock, 2026, 9, 2)
    assert script.get("/me").status_code == 401


@pytest.mark.parametrize("expires_at", ["2026-08-31T00:00:00Z", "2031-01-01T00:00:00Z"])
def test_a_token_of_the_past_or_for_ever_is_refused(by: By, expires_at: str) -> None:
    me = by("soc.rep").get("/me").json()["id"]
    answer = by("soc.rep").post(f"/people/{me}/tokens", {"name": "x", "expires_at": expires_at})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/expires_at")


def test_a_department_that_closes_leaves_no_task_waiting_for_it(by: By, october: Installation, clock: SetClock) -> None:
    task = inbox(by("soc.rep"))[0]
    closing = {"closed_on": "2026-10-05"}
    path = f"/municipalities/askersund/departments/{department(by)}"
    assert by("admin")("PATCH", path, json=closing).json()["closed_on"] == "2026-10-05"
    assert left_behind.sweep(october) == 0
    day(clock, 2026, 10, 5)
    assert left_behind.sweep(october) == 1
    assert left_behind.sweep(october) == 0
    jobs.run_due(october)
    found = by("admin").get(f"/user-tasks/{task['id']}").json()
    assert (found["status"], found["outcome"]) == ("completed", "withdrawn")
    names = [row["name"] for row in by("admin").get("/municipalities/askersund/departments").json()["items"]]
    assert "Socialförvaltningen" not in names
    everything = by("admin").get("/municipalities/askersund/departments?closed=true").json()["items"]
    assert len(everything) == len(names) + 1


def test_a_new_department_is_asked_from_the_next_time_a_process_asks(by: By, clock: SetClock) -> None:
    made = by("admin").post("/municipalities/askersund/departments", {"name": "Älvförvaltningen", "kind": "department"})
    assert made.status_code == 201
    again = by("admin").post("/municipalities/askersund/departments", {"name": "Älvförvaltningen", "kind": "company"})
    assert again.status_code == 409
    listed = [row["name"] for row in by("admin").get("/municipalities/askersund/departments").json()["items"]]
    assert listed[-1] == "Älvförvaltningen"
    wrong = by("admin").post("/municipalities/askersund/departments", {"name": "X", "kind": "bolag"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/kind")
