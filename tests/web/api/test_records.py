"""The records over HTTP: found, searched, corrected by those allowed, and what each said before."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from app.db.prevention import records
from app.db.tables import RECORDS
from app.domain.clock import SetClock
from app.domain.ids import new_id
from app.domain.record_rules import RULES
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from app.web.api.records import PATHS
from tests.web.api.conftest import REPORT, Caller, Put

By = Callable[[str], Caller]
ANY = {"If-Match": "*"}
WHY = "Rättar en felskrivning"

# A column that may be changed in each kind of record, and what to change it to.
CORRECTIONS: dict[str, tuple[str, Any]] = {
    "action_plan": ("coordination", "Säkerhetschefen samordnar arbetet."),
    "agreement": ("valid_until", "2028-12-31"),
    "cause": ("weight", "stor"),
    "citizen_promise": ("promises", ["Fler vuxna ute på fredagar"]),
    "commitment": ("due_on", "2027-05-31"),
    "data_series": ("preliminary", True),
    "decision": ("paragraph", "§ 47"),
    "dialogue": ("participants", 34),
    "evaluation": ("value_after", 61.5),
    "factor": ("work", "Fältare på kvällarna"),
    "flag": ("status", "dismissed"),
    "goal": ("target", "Minst 80 procent"),
    "incident_report": ("happened_at", "2026-08-28T21:30:00+02:00"),
    "indicator": ("source", "Trygghetsmätningen"),
    "measure": ("ends_on", "2027-06-30"),
    "measurement": ("measured_on", "2026-09-01"),
    "meeting": ("agenda", ["Val av justerare", "Lägesbilden"]),
    "observation": ("unit", "anmälningar"),
    "policy_document": ("change_log", "Ny bilaga"),
    "problem_area": ("place", "Busstationen"),
    "publication": ("weeded_in", 2032),
    "situation_picture": ("summary", "Skadegörelsen minskar."),
    "status_report": ("text", "Lamporna är beställda."),
    "warning_sign": ("partner", "Fritidsgården"),
}


def patch(caller: Caller, path: str, fields: Any = None, *, match: str = "*", **body: Any) -> Any:
    return caller("PATCH", path, json={"fields": fields or {}, **body}, headers={"If-Match": match})


def scope_of(caller: Caller) -> UUID:
    return UUID(caller.get("/me").json()["roles"][0]["scope_id"])


# --- every kind ------------------------------------------------------------------------------------------------------


def test_every_kind_has_its_register_its_rules_and_a_correction_here() -> None:
    assert set(PATHS) == set(RECORDS) == set(RULES) == set(CORRECTIONS)
    for kind, rules in RULES.items():
        known = records.columns_of(RECORDS[kind])
        assert (rules.changeable | rules.free | rules.own) - known == set(), kind
        assert rules.own <= rules.changeable | rules.free, kind
        assert rules.decided_by in {None, "*", *known}, kind


def test_a_record_of_every_kind_is_found_corrected_and_tells_what_it_said_before(by: By, put: Put) -> None:
    for kind in sorted(PATHS):
        column, value = CORRECTIONS[kind]
        record, caller = put(kind), by("sakerhetschef")
        path = f"/{PATHS[kind]}/{record}"
        assert [row["id"] for row in caller.get(f"/{PATHS[kind]}").json()["items"]] == [record]
        read = caller.get(path)
        assert (read.headers["etag"], read.json()["withdrawn_at"]) == ('"1"', None)
        changed = patch(caller, path, {column: value}, match=read.headers["etag"], reason=WHY)
        assert changed.status_code == 200, changed.text
        assert (changed.headers["etag"], changed.json()["version"]) == ('"2"', 2)
        stored = caller.get(path).json()["fields"][column]
        if column == "happened_at":
            assert datetime.fromisoformat(stored) == datetime.fromisoformat(value)
        else:
            assert stored == value
        newest, oldest = caller.get(f"{path}/history").json()["items"]
        assert (oldest["happened"], oldest["changes"], oldest["person"]) == ("created", [], None)
        assert (newest["happened"], newest["version"], newest["person"]) == ("changed", 2, "Sara Lindqvist")
        assert newest["reason"] == WHY
        assert [change["pointer"] for change in newest["changes"]] == [f"/fields/{column}"]
        assert newest["changes"][0]["before"] == read.json()["fields"][column]
        assert patch(caller, path, {column: value}, match='"1"').json()["version"] == 2
        assert caller.get(f"{path}/links").status_code == 200


# --- lists -----------------------------------------------------------------------------------------------------------


def test_pages_neither_skip_nor_repeat_when_records_come_and_go(by: By, put: Put) -> None:
    known = {put("measure", title=f"Åtgärd {number}") for number in range(5)}
    caller, seen, after = by("soc.rep"), list[str](), None
    while True:
        query = {"limit": "2", **({"after": after} if after else {})}
        page = caller.get("/measures", params=query).json()
        seen += [row["id"] for row in page["items"]]
        after = page["next"]
        if after is None:
            break
        put("measure", title="En som kom emellan")
    assert len(seen) == len(set(seen))
    assert known <= set(seen)


def test_a_register_is_filtered(by: By, put: Put, clock: SetClock) -> None:
    department = scope_of(by("soc.rep"))
    wanted = put("measure", title="Belysning", status="ongoing", owner="Rektor", department_id=department, year=2025)
    put("measure", title="Fältare", status="decided", owner="Enhetschef", year=2027)
    caller = by("soc.rep")
    for query in (
        "status=ongoing", "owner=Rektor", f"department={department}", "year=2025", "to_year=2026", "q=belysning",
    ):  # fmt: skip
        found = caller.get(f"/measures?{query}").json()["items"]
        assert (query, [row["id"] for row in found]) == (query, [wanted])
    assert caller.get("/measures?from_year=2024&to_year=2027").json()["items"][1:]
    assert caller.get(f"/measures?process_instance={new_id()}").json()["items"] == []
    clock.set(clock.now() + timedelta(days=1))
    since = {"changed_since": clock.now().isoformat()}
    assert caller.get("/measures", params=since).json()["items"] == []
    patch(by("sakerhetschef"), f"/measures/{wanted}", {"follow_up_on": "2027-01-15"}, reason=WHY)
    assert [row["id"] for row in caller.get("/measures", params=since).json()["items"]] == [wanted]
    refused = caller.get("/goals?owner=Rektor")
    assert (refused.status_code, refused.json()["detail"]) == (422, "Registret har inte owner.")
    assert caller.get("/measures?changed_since=2026-01-01T00:00:00").status_code == 422
    assert caller.get("/measures?q=%20").status_code == 422


def test_words_are_sought_in_every_text_of_a_record(by: By, put: Put) -> None:
    record = put(
        "citizen_promise", title="Åtgärder vid skolorna", promises=["Bättre gatubelysning på skolgården"],
        extra={"plats": "Busstationen"},
    )  # fmt: skip
    put("citizen_promise", title="Något annat")
    sought = {
        "belysning": True,  # a part of a compound
        "ÅTGÄRD": True,  # whatever the case
        "åtgärderna skola": True,  # other forms of the words
        "skolgård busstation": True,  # words of a list and of what a form added
        "badhuset": False,
        "belysning badhuset": False,  # every word
        "100%": False,  # signs that mean something to the database mean themselves here
        "_": False,
    }
    for words, is_found in sought.items():
        found = by("soc.rep").get("/citizen-promises", params={"q": words}).json()["items"]
        assert (words, [row["id"] for row in found]) == (words, [record] if is_found else [])


def test_a_record_too_long_for_the_words_of_the_database_is_searched_all_the_same(by: By, put: Put) -> None:
    written = " ".join(f"ord{number}å" for number in range(120_000))
    record = put("goal", title=f"Trygghet {written} slutet")
    assert len(written) > 1_000_000
    for words in ("tryggheten", "trygghet slutet"):
        assert [row["id"] for row in by("soc.rep").get("/goals", params={"q": words}).json()["items"]] == [record]


def test_what_was_withdrawn_is_seen_as_withdrawn_and_stays_as_it_is(by: By, put: Put) -> None:
    caller = by("sakerhetschef")
    gone = put("goal", title="Ett mål", withdrawn_at=datetime(2026, 8, 1, tzinfo=UTC))
    assert caller.get("/goals").json()["items"] == []
    assert [row["id"] for row in caller.get("/goals?withdrawn=true").json()["items"]] == [gone]
    assert caller.get(f"/goals/{gone}").json()["withdrawn_at"] == "2026-08-01T00:00:00Z"
    assert patch(caller, f"/goals/{gone}", {"title": "Ett annat"}).status_code == 409


def test_what_a_record_hangs_together_with_is_told_in_both_directions(by: By, put: Put) -> None:
    area = put("problem_area", title="Otrygghet vid stationen")
    cause = put("cause", problem_area_id=UUID(area))
    measure = put("measure", cause_id=UUID(cause))
    gone = put("goal", problem_area_id=UUID(area), withdrawn_at=datetime(2026, 8, 1, tzinfo=UTC))
    together = new_id()
    series, value = put("data_series", submission_id=together), put("observation", submission_id=together)

    def told(path: str) -> set[tuple[str, str, str]]:
        items = by("soc.rep").get(f"{path}/links").json()["items"]
        assert all(by("soc.rep")("GET", row["path"].removeprefix("/api/v1")).status_code == 200 for row in items)
        return {(row["direction"], row["field"], row["id"]) for row in items}

    assert told(f"/causes/{cause}") == {("to", "problem_area_id", area), ("from", "cause_id", measure)}
    assert told(f"/problem-areas/{area}") == {("from", "problem_area_id", cause)}
    assert told(f"/goals/{gone}") == {("to", "problem_area_id", area)}
    assert told(f"/data-series/{series}") == {("from", "submission_id", value)}


# --- corrections -----------------------------------------------------------------------------------------------------


def test_of_two_who_correct_the_same_version_one_is_told_what_it_is_now(by: By, put: Put) -> None:
    path = f"/goals/{put('goal', title='Ett mål')}"
    caller = by("sakerhetschef")
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda text: patch(caller, path, {"target": text}, match='"1"'), ["80", "90"]))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    (refused,) = [answer for answer in answers if answer.status_code == 412]
    assert (refused.json()["type"], refused.json()["version"]) == ("/problems/stale-version", 2)
    assert len(caller.get(f"{path}/history").json()["items"]) == 2


def test_a_correction_says_which_version_it_corrects(by: By, put: Put) -> None:
    path = f"/goals/{put('goal')}"
    answer = by("sakerhetschef")("PATCH", path, json={"fields": {"title": "Mål"}})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-input")


def test_what_has_been_decided_stays_as_it_was_decided(by: By, put: Put) -> None:
    caller = by("sakerhetschef")
    measure = put("measure", title="Belysning", status="decided", ends_on=date(2027, 5, 31))
    refused = patch(caller, f"/measures/{measure}", {"title": "Kameror", "ends_on": "2030-01-01"}, reason=WHY)
    assert refused.status_code == 409
    assert refused.json()["pointers"] == ["/fields/title", "/fields/ends_on"]
    assert "cause_id, evidence, follow_up_on, indicator, status" in refused.json()["detail"]
    unsaid = patch(caller, f"/measures/{measure}", {"follow_up_on": "2027-06-30"})
    assert [error["pointer"] for error in unsaid.json()["errors"]] == ["/reason"]
    assert patch(caller, f"/measures/{measure}", {"follow_up_on": "2027-06-30"}, reason=WHY).status_code == 200
    for kind, values, column in (
        ("situation_picture", {"status": "adopted"}, "analysis"),
        ("action_plan", {"status": "adopted"}, "coordination"),
        ("agreement", {"status": "signed"}, "purposes"),
        ("decision", {}, "text"),
        ("meeting", {"minutes_approved_on": date(2026, 8, 1)}, "minutes"),
        ("policy_document", {"status": "in_force"}, "title"),
        ("evaluation", {"situation_picture_id": new_id()}, "result"),
    ):
        path = f"/{PATHS[kind]}/{put(kind, **values)}"
        assert (kind, patch(caller, path, {column: "Något annat"}, reason=WHY).status_code) == (kind, 409)
        assert (kind, patch(caller, path, extra={"fritt": "Nytt"}, reason=WHY).status_code) == (kind, 409)
        assert caller.get(path).json()["version"] == 1


UNFIT: list[tuple[str, dict[str, Any], str]] = [
    ("agreement", {"valid_from": "2027-01-01", "valid_until": "2026-12-31"}, "/fields/valid_until"),
    ("agreement", {"valid_until": "2025-12-31"}, "/fields/valid_until"),
    ("agreement", {"valid_from": "27-01-01"}, "/fields/valid_from"),
    ("agreement", {"purposes": "Trygghet"}, "/fields/purposes"),
    ("agreement", {"purposes": [{"a": 1}]}, "/fields/purposes"),
    ("agreement", {"signed_party_on": "2026-09-01"}, "/fields/signed_party_on"),
    ("agreement", {"status": "signed"}, "/fields/status"),
    ("agreement", {"municipality_id": "nassjo"}, "/fields/municipality_id"),
    ("agreement", {"version": 7}, "/fields/version"),
    ("goal", {"title": 7}, "/fields/title"),
    ("goal", {"title": "  "}, "/fields/title"),
    ("goal", {"title": "x" * 10_001}, "/fields/title"),
    ("goal", {"title": "a\ufffeb"}, "/fields/title"),
    ("goal", {"status": "done"}, "/fields/status"),
    ("goal", {"status": None}, "/fields/status"),
    ("goal", {"due_on": "1850-01-01"}, "/fields/due_on"),
    ("goal", {"problem_area_id": "7"}, "/fields/problem_area_id"),
    ("goal", {"problem_area_id": "00000000-0000-4000-8000-000000000000"}, "/fields/problem_area_id"),
    ("dialogue", {"participants": True}, "/fields/participants"),
    ("dialogue", {"participants": -3}, "/fields/participants"),
    ("dialogue", {"participants": 3.5}, "/fields/participants"),
    ("evaluation", {"value_after": "61"}, "/fields/value_after"),
    ("evaluation", {"value_after": 1e18}, "/fields/value_after"),
    ("data_series", {"preliminary": "ja"}, "/fields/preliminary"),
    ("incident_report", {"happened_at": "2026-08-28T21:30:00"}, "/fields/happened_at"),
]


def test_a_value_that_does_not_fit_is_refused_where_it_stands(by: By, put: Put) -> None:
    for kind, fields, pointer in UNFIT:
        values = {"valid_from": date(2026, 1, 1)} if kind == "agreement" else {}
        path = f"/{PATHS[kind]}/{put(kind, **values)}"
        answer = patch(by("sakerhetschef"), path, fields, reason=WHY)
        assert (fields, answer.status_code, answer.text) == (fields, 422, answer.text)
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]
        assert by("soc.rep").get(path).json()["version"] == 1


def test_another_municipalitys_record_cannot_be_named(by: By, put: Put) -> None:
    elsewhere = put("problem_area", municipality_id="nassjo")
    answer = patch(by("sakerhetschef"), f"/goals/{put('goal')}", {"problem_area_id": elsewhere})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/fields/problem_area_id"]


def test_a_department_and_an_actor_change_some_of_their_own(by: By, put: Put) -> None:
    department, actor = scope_of(by("soc.rep")), scope_of(by("polisen"))
    own, other = put("measure", status="decided", department_id=department), put("measure", status="decided")
    assert patch(by("soc.rep"), f"/measures/{own}", {"status": "ongoing"}, reason=WHY).status_code == 200
    assert patch(by("soc.chef"), f"/measures/{own}", {"status": "done"}, reason=WHY).status_code == 200
    back = patch(by("soc.rep"), f"/measures/{own}", {"status": "ongoing"}, reason=WHY)
    assert back.json()["errors"][0]["pointer"] == "/fields/status"
    assert patch(by("soc.rep"), f"/measures/{own}", {"follow_up_on": "2027-01-31"}, reason=WHY).status_code == 409
    assert patch(by("soc.rep"), f"/measures/{own}", extra={"x": 1}, reason=WHY).status_code == 409
    assert patch(by("skola.rep"), f"/measures/{own}", {"status": "ongoing"}, reason=WHY).status_code == 403
    assert patch(by("soc.rep"), f"/measures/{other}", {"status": "ongoing"}, reason=WHY).status_code == 403
    promise = f"/commitments/{put('commitment', actor_id=actor, title='Fler patruller')}"
    assert patch(by("polisen"), promise, {"result": "Vi har gått 40 pass."}).status_code == 200
    assert patch(by("polisen"), promise, {"status": "met"}, reason=WHY).status_code == 422
    assert patch(by("kyrkan"), promise, {"result": "Nej"}).status_code == 403
    assert by("polisen").get(f"{promise}/history").json()["items"][0]["person"] == "Petra Polismark"


def test_a_role_keeps_its_own_kind_of_records_and_no_other(by: By, put: Put) -> None:
    meeting, measure = put("meeting", place="Rådhuset"), put("measure")
    assert patch(by("kommunsekreterare"), f"/meetings/{meeting}", {"place": "Tivolihuset"}).status_code == 200
    assert patch(by("kommunsekreterare"), f"/measures/{measure}", {"owner": "Rektor"}).status_code == 403
    assert patch(by("kommundirektor"), f"/meetings/{meeting}", {"place": "Biblioteket"}).status_code == 403
    assert patch(by("lagesbild"), f"/causes/{put('cause')}", {"basis": "Trygghetsvandring"}).status_code == 200


def test_personal_identity_numbers_are_stored_neither_in_a_record_nor_in_its_history(by: By, put: Put) -> None:
    path = f"/causes/{put('cause')}"
    caller = by("sakerhetschef")
    refused = patch(caller, path, {"basis": "Det gäller 19811228-9874."})
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/fields/basis"]
    assert patch(caller, path, {"status": "supported"}, reason="Enligt 19811228-9874").status_code == 422
    listed = patch(caller, f"/agreements/{put('agreement')}", {"purposes": ["Trygghet", "811228-9874"]})
    assert listed.json()["errors"][0]["pointer"] == "/fields/purposes/1"
    assert caller.get(path).json()["version"] == 1


def test_a_text_that_may_point_at_somebody_needs_a_reason(by: By, put: Put) -> None:
    path = f"/causes/{put('cause')}"
    refused = patch(by("sakerhetschef"), path, {"basis": "Kalle Persson misstänks för stölden."})
    assert refused.status_code == 422
    assert "skäl" in refused.json()["errors"][0]["message"]
    pointing = patch(by("sakerhetschef"), path, {"basis": "Nytt"}, reason="Ring 070-174 06 35 om det")
    assert pointing.json()["errors"][0]["pointer"] == "/reason"
    assert by("soc.rep").get(path).json()["version"] == 1


# --- what the forms ask ----------------------------------------------------------------------------------------------


@pytest.fixture
def reported(october: Installation, by: By) -> dict[str, Any]:
    """A measure that a department proposed in its report."""
    del october
    task = by("soc.rep").get("/user-tasks").json()["items"][0]
    done = by("soc.rep").post(f"/user-tasks/{task['id']}/complete", {"submission": REPORT})
    assert done.status_code == 200, done.text
    return dict(by("soc.rep").get("/measures").json()["items"][0])


def test_what_the_form_asked_of_an_answer_is_asked_of_a_correction(by: By, reported: dict[str, Any]) -> None:
    path, caller = f"/measures/{reported['id']}", by("sakerhetschef")
    for fields in ({"kind": "annat"}, {"title": "x" * 201}, {"title": None}, {"owner": "Två\nrader"}):
        answer = patch(caller, path, fields)
        assert (fields, answer.status_code) == (fields, 422)
        assert answer.json()["errors"][0]["pointer"] == f"/fields/{next(iter(fields))}"
    assert patch(caller, path, extra={"hittepå": 1}).status_code == 422
    assert patch(caller, path, extra={"hittepa": 1}).json()["errors"][0]["pointer"] == "/extra/hittepa"
    assert patch(caller, path, {"kind": "social"}).json()["version"] == 2


def test_records_are_found_by_the_period_of_their_instance(by: By, reported: dict[str, Any]) -> None:
    instance = by("sakerhetschef").get(f"/process-instances/{reported['process_instance_id']}").json()
    found = by("soc.rep").get("/measures", params={"period": instance["period"]}).json()["items"]
    assert [row["id"] for row in found] == [reported["id"]]
    assert by("soc.rep").get("/measures?period=1999-T1").json()["items"] == []


def test_what_a_form_wrote_names_its_writer_and_the_form(by: By, reported: dict[str, Any]) -> None:
    (made,) = by("soc.rep").get(f"/measures/{reported['id']}/history").json()["items"]
    assert (made["happened"], made["person"]) == ("created", "Sofia Ekman")
    assert made["submission_id"] is not None


def test_what_the_service_itself_changes_is_in_the_history_too(
    installation: Installation, by: By, put: Put, clock: SetClock
) -> None:
    record = put("measure", status="proposed")
    clock.set(datetime(2026, 9, 2, 6, 0, tzinfo=UTC))
    with begin_system(installation) as uow:
        uow.session.execute(text("UPDATE measure SET status = 'decided', withdrawn_at = now()"))
    newest = by("soc.rep").get(f"/measures/{record}/history").json()["items"][0]
    assert (newest["happened"], newest["person_id"], newest["reason"]) == ("withdrawn", None, None)
    assert newest["changed_at"] == "2026-09-02T06:00:00Z"
    assert newest["changes"] == [{"pointer": "/fields/status", "before": "proposed", "after": "decided"}]


def test_nobody_rewrites_what_was(installation: Installation, put: Put) -> None:
    put("measure")
    with pytest.raises(IntegrityError, match="never changed"), begin_system(installation) as uow:
        uow.session.execute(text("UPDATE record_change SET reason = 'Något annat'"))


def test_a_long_history_comes_in_pages(client: TestClient, by: By, put: Put) -> None:
    del client
    path, caller = f"/goals/{put('goal')}", by("sakerhetschef")
    for number in range(4):
        patch(caller, path, {"target": str(number)})
    first = caller.get(f"{path}/history?limit=3").json()
    rest = caller.get(f"{path}/history", params={"limit": 3, "after": first["next"]}).json()
    assert [row["version"] for row in first["items"] + rest["items"]] == [5, 4, 3, 2, 1]
    assert rest["next"] is None
