"""User tasks over HTTP: found, claimed, filled in, completed; each refusal precise and without effect."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from app.db.process import idempotency_keys, user_tasks
from app.domain.clock import SetClock
from app.domain.ids import new_id
from app.services.installation import Installation
from app.services.process import jobs
from app.services.unit_of_work import begin_system
from tests.engine.drawings import diagram
from tests.web.api.conftest import LOOP, REPORT, Caller, deploy_and_start, task_of

By = Callable[[str], Caller]


def first(caller: Caller) -> dict[str, Any]:
    """The department's report, whatever else has been asked of it that month; otherwise what is due first."""
    items = caller.get("/user-tasks").json()["items"]
    return dict(next((item for item in items if item["form_key"] == "rapport"), items[0]))


def test_a_department_finds_its_report_to_write(october: Installation, by: By) -> None:
    found = by("soc.rep").get("/user-tasks")
    assert found.status_code == 200
    (task,) = [item for item in found.json()["items"] if item["form_key"] == "rapport"]
    assert found.json()["next"] is None
    assert (task["element"], task["due_on"], task["status"]) == ("rapport", "2026-11-30", "open")
    assert task["scope"]["name"] == "Socialförvaltningen"
    assert task["candidate_role_name"] == "Förvaltningsrepresentant"


def test_a_completed_report_is_answered_with_what_happened_and_goes_to_the_head(october: Installation, by: By) -> None:
    task = first(by("soc.rep"))
    done = by("soc.rep").post(f"/user-tasks/{task['id']}/complete", {"submission": REPORT})
    assert done.status_code == 200, done.text
    assert done.json()["status"] == "completed"
    assert done.json()["instance_ended"] is False
    read = by("soc.rep").get(f"/user-tasks/{task['id']}")
    assert {k: v for k, v in done.json().items() if k not in {"instance_ended", "warnings"}} == read.json()
    assert done.headers["etag"] == read.headers["etag"] == '"2"'
    assert first(by("soc.chef"))["element"] == "godkann"
    own = by("soc.rep").get("/user-tasks", params={"status": "completed"}).json()["items"]
    assert [t["id"] for t in own] == [task["id"]]


def test_a_task_completed_twice_is_a_conflict_that_changes_nothing(october: Installation, by: By) -> None:
    task = first(by("soc.rep"))
    by("soc.rep").post(f"/user-tasks/{task['id']}/complete", {"submission": REPORT})
    again = by("soc.rep").post(f"/user-tasks/{task['id']}/complete", {"submission": REPORT})
    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"
    assert again.json()["type"] == "/problems/user-task-already-completed"
    assert by("soc.rep").get(f"/user-tasks/{task['id']}").headers["etag"] == '"2"'


def test_another_role_is_refused_and_another_municipality_sees_nothing(october: Installation, by: By) -> None:
    task = first(by("soc.rep"))
    for verb in ("claim", "release", "complete"):
        body = {"submission": REPORT} if verb == "complete" else None
        assert by("skola.rep").post(f"/user-tasks/{task['id']}/{verb}", body).status_code == 403
        assert by("kommunpolis").post(f"/user-tasks/{task['id']}/{verb}", body).status_code == 404
    assert by("skola.rep").get(f"/user-tasks/{task['id']}").status_code == 403
    assert by("kommunpolis").get(f"/user-tasks/{task['id']}").status_code == 404


def test_an_invalid_form_names_each_field_and_the_caller_chooses_the_language(october: Installation, by: By) -> None:
    task = first(by("soc.rep"))
    wrong = {**REPORT, "lagesbild": "", "okand": 1}
    sv = by("soc.rep").post(f"/user-tasks/{task['id']}/complete", {"submission": wrong})
    assert sv.status_code == 422
    assert {e["pointer"] for e in sv.json()["errors"]} == {"/lagesbild", "/okand"}
    assert sv.json()["detail"] == "Formuläret är inte rätt ifyllt."
    en = by("soc.rep").post(
        f"/user-tasks/{task['id']}/complete", {"submission": wrong}, headers={"Accept-Language": "en-GB,sv;q=0.5"}
    )
    assert en.json()["detail"] == "The form is not filled in correctly."
    assert en.headers["content-language"] == "en"
    assert first(by("soc.rep"))["version"] == 1


def test_what_may_point_at_a_person_is_listed_and_refuses_nothing(october: Installation, by: By) -> None:
    task = first(by("soc.rep"))
    submission = {**REPORT, "lagesbild": "Ring 0583-810 00, 070-123 45 67 eller skriv till info@askersund.se."}
    saved = by("soc.rep")("PUT", f"/user-tasks/{task['id']}/draft", json={"draft": submission})
    assert (saved.status_code, [w["pointer"] for w in saved.json()["warnings"]]) == (200, ["/lagesbild"] * 2)
    read = by("soc.rep").get(f"/user-tasks/{task['id']}/draft")
    assert read.json()["warnings"] == saved.json()["warnings"]
    done = by("soc.rep").post(
        f"/user-tasks/{task['id']}/complete", {"submission": submission}, headers={"Accept-Language": "en"}
    )
    assert done.status_code == 200
    assert [w["pointer"] for w in done.json()["warnings"]] == ["/lagesbild"] * 2
    assert "telephone number" in done.json()["warnings"][0]["message"]
    assert "0583" not in done.text


def test_a_clean_answer_has_no_warnings(october: Installation, by: By) -> None:
    task = first(by("soc.rep"))
    assert by("soc.rep").get(f"/user-tasks/{task['id']}/draft").json()["warnings"] == []
    done = by("soc.rep").post(f"/user-tasks/{task['id']}/complete", {"submission": REPORT})
    assert done.json()["warnings"] == []


def test_a_stale_version_is_refused(october: Installation, by: By) -> None:
    task = first(by("soc.rep"))
    claimed = by("soc.rep").post(f"/user-tasks/{task['id']}/claim", headers={"If-Match": '"1"'})
    assert claimed.status_code == 200
    assert claimed.headers["etag"] == '"2"'
    stale = by("soc.rep").post(
        f"/user-tasks/{task['id']}/complete", {"submission": REPORT}, headers={"If-Match": '"1"'}
    )
    assert stale.status_code == 412
    assert stale.json()["version"] == 2
    fresh = by("soc.rep").post(
        f"/user-tasks/{task['id']}/complete", {"submission": REPORT}, headers={"If-Match": claimed.headers["etag"]}
    )
    assert fresh.status_code == 200


def test_a_task_claimed_by_another_is_theirs_until_released(loop: str, by: By) -> None:
    task = task_of(by("sakerhetschef"), loop)
    everyone = by("admin").get("/user-tasks", params={"view": "municipality", "municipality": "askersund"}).json()
    assert task["id"] in [t["id"] for t in everyone["items"]]
    director = by("kommundirektor").get("/me").json()["id"]
    assigned = by("sakerhetschef").post(
        f"/user-tasks/{task['id']}/assign", {"person_id": director, "message": "Tar du den?"}
    )
    assert assigned.json()["assignee_id"] == director
    refused = by("sakerhetschef").post(f"/user-tasks/{task['id']}/complete", {"submission": {}})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/user-task-claimed")
    assert by("kommundirektor").post(f"/user-tasks/{task['id']}/release").json()["assignee_id"] is None
    assert (
        by("sakerhetschef").post(f"/user-tasks/{task['id']}/complete", {"submission": {"igen": False}}).status_code
        == 200
    )


def test_the_same_key_and_body_gets_the_first_answer_byte_for_byte(loop: str, by: By) -> None:
    task = task_of(by("sakerhetschef"), loop)
    path, body = f"/user-tasks/{task['id']}/complete", {"submission": {"igen": True}}
    first_answer = by("sakerhetschef").post(path, body, headers={"Idempotency-Key": "nyckel-1"})
    again = by("sakerhetschef").post(path, body, headers={"Idempotency-Key": "nyckel-1"})
    assert (first_answer.status_code, again.status_code) == (200, 200)
    assert first_answer.content == again.content
    assert first_answer.headers["etag"] == again.headers["etag"]
    assert again.headers["idempotency-replayed"] == "true"
    other = by("sakerhetschef").post(path, {"submission": {"igen": False}}, headers={"Idempotency-Key": "nyckel-1"})
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


def test_a_refused_call_leaves_its_key_free(loop: str, by: By) -> None:
    task = task_of(by("sakerhetschef"), loop)
    path, key = f"/user-tasks/{task['id']}/complete", {"Idempotency-Key": "nyckel-2"}
    assert by("sakerhetschef").post(path, {"submission": {"typename": 1}}, headers=key).status_code == 422
    assert by("sakerhetschef").post(path, {"submission": {"igen": True}}, headers=key).status_code == 200


def test_two_calls_at_the_same_moment_under_one_key_do_the_work_once(loop: str, by: By) -> None:
    caller, instance = by("sakerhetschef"), loop
    task = task_of(caller, instance)
    path, body, key = f"/user-tasks/{task['id']}/complete", {"submission": {"igen": True}}, {"Idempotency-Key": "samma"}
    barrier = Barrier(2)

    def call(_: int) -> Any:
        barrier.wait()
        return caller.post(path, body, headers=key)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(call, range(2)))
    done = [a for a in answers if a.status_code == 200]
    assert done
    assert {a.json()["type"] for a in answers if a not in done} <= {"/problems/idempotency-key-in-use"}
    assert caller.post(path, body, headers=key).content == done[0].content
    lines = caller.get(f"/process-instances/{instance}/history").json()["items"]
    assert sum(line["kind"] == "user_task_completed" for line in lines) == 1


def test_a_call_under_a_key_whose_first_call_is_in_hand_is_told_to_come_back(
    installation: Installation, loop: str, by: By
) -> None:
    caller = by("sakerhetschef")
    task, person = task_of(caller, loop), UUID(caller.get("/me").json()["id"])
    path, body, key = f"/user-tasks/{task['id']}/complete", {"submission": {"igen": True}}, {"Idempotency-Key": "pagar"}
    with begin_system(installation) as earlier:
        row = {"person_id": person, "key": "pagar", "request_hash": b"", "status": 0, "body": b""}
        assert idempotency_keys.put(earlier.session, {**row, "created_at": earlier.now})
        answer = caller.post(path, body, headers=key)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/idempotency-key-in-use")
        assert answer.headers["retry-after"] == "1"
        somebody_else = by("kommundirektor").post(path, body, headers=key)
        assert somebody_else.json()["type"] == "/problems/not-yours", "a key is its person's own"
        earlier.session.rollback()
    assert caller.post(path, body, headers=key).status_code == 200


# Seen failing: with `.with_for_update(...)` taken out of `process_instances.lock_of_task`, the second breaks on the
# unique key of the next task and answers 500.
def test_of_two_people_completing_the_same_task_at_the_same_moment_one_is_first(loop: str, by: By) -> None:
    caller = by("sakerhetschef")
    for _ in range(8):
        task = task_of(caller, loop)
        barrier = Barrier(2)

        def call(_: int, task: dict[str, Any] = task, barrier: Barrier = barrier) -> Any:
            barrier.wait()
            return caller.post(f"/user-tasks/{task['id']}/complete", {"submission": {"igen": True}})

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(call, range(2)))
        assert sorted(a.status_code for a in answers) == [200, 409]
    lines = caller.get(f"/process-instances/{loop}/history", params={"limit": 200}).json()["items"]
    assert sum(line["kind"] == "user_task_completed" for line in lines) == 8


TIMED = diagram(
    """
<startEvent id="s"/>
s -> t
<userTask id="t" name="Svara" hjul:role="security_manager"/>
<boundaryEvent id="b" attachedToRef="t">
<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>
</boundaryEvent>
t -> e
b -> f
<endEvent id="e"/>
<endEvent id="f"/>
""",
    key="tid",
)


# Seen failing: without the same lock the task is completed and the timer fires as well.
def test_of_a_completion_and_an_interrupting_timer_one_wins(
    installation: Installation, clock: SetClock, by: By
) -> None:
    caller, won = by("sakerhetschef"), []
    for _ in range(4):
        instance = deploy_and_start_again(by, TIMED, "tid")
        task = task_of(caller, instance)
        before = clock.now()
        clock.set(datetime(2026, before.month, before.day + 4, 7, 0, tzinfo=UTC))
        barrier = Barrier(2)

        def complete(task: dict[str, Any] = task, barrier: Barrier = barrier) -> int:
            barrier.wait()
            return int(caller.post(f"/user-tasks/{task['id']}/complete", {"submission": {}}).status_code)

        def ring(barrier: Barrier = barrier) -> int:
            barrier.wait()
            return jobs.run_due(installation)

        with ThreadPoolExecutor(2) as pool:
            answered, rung = pool.submit(complete), pool.submit(ring)
            status = answered.result()
            rung.result()
        jobs.run_due(installation)
        ended = caller.get(f"/process-instances/{instance}").json()["status"]
        kinds = [e["kind"] for e in caller.get(f"/process-instances/{instance}/history").json()["items"]]
        fired, completed = kinds.count("timer_fired"), kinds.count("user_task_completed")
        assert ended == "ended"
        assert (status, completed, fired) in {(200, 1, 0), (409, 0, 1)}
        won.append(status)
    assert set(won) <= {200, 409}


def deploy_and_start_again(by: By, drawing: bytes, key: str) -> str:
    by("drift").post("/deployments", {"files": {"process.bpmn": drawing.decode()}})
    body = {"process_key": key, "municipality": "askersund"}
    return str(by("sakerhetschef").post("/process-instances", body).json()["id"])


def test_a_task_cancelled_by_its_timer_says_so(installation: Installation, clock: SetClock, by: By) -> None:
    instance = deploy_and_start(by, TIMED, "tid")
    task = task_of(by("sakerhetschef"), instance)
    clock.set(datetime(2026, 9, 4, 7, 0, tzinfo=UTC))
    jobs.run_due(installation)
    late = by("sakerhetschef").post(f"/user-tasks/{task['id']}/complete", {"submission": {}})
    assert (late.status_code, late.json()["type"]) == (409, "/problems/user-task-cancelled")


FAULTY = diagram(
    """
<startEvent id="s"/>
s -> t
<userTask id="t" name="Svara" hjul:role="security_manager"/>
t -> r
<scriptTask id="r" name="Dela"><script>kvot = 1 / namnare</script></scriptTask>
r -> e
<endEvent id="e"/>
""",
    key="delning",
)


def test_when_the_process_cannot_go_on_the_answer_is_kept_and_the_fault_reported(by: By) -> None:
    instance = deploy_and_start(by, FAULTY, "delning")
    task = task_of(by("sakerhetschef"), instance)
    answer = by("sakerhetschef").post(f"/user-tasks/{task['id']}/complete", {"submission": {"namnare": 0}})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/process-cannot-go-on")
    assert answer.json()["element"] == "r"
    assert by("sakerhetschef").get(f"/user-tasks/{task['id']}/draft").json()["draft"] == {"namnare": 0}
    (incident,) = by("admin").get("/incidents", params={"process_instance": instance}).json()["items"]
    assert incident["element"] == "r"
    state = by("admin").get(f"/process-instances/{instance}/diagram-state").json()["elements"]
    assert {e["id"]: e["status"] for e in state}["r"] == "failed"
    retried = by("admin").post(f"/incidents/{incident['id']}/retry")
    assert retried.status_code == 422
    closed = by("admin").post(f"/incidents/{incident['id']}/resolve", {"reason": "Rättat talet"})
    assert closed.json()["resolution"] == "Rättat talet"
    assert by("admin").post(f"/incidents/{incident['id']}/resolve", {"reason": "Igen"}).status_code == 409
    mended = by("sakerhetschef").post(f"/user-tasks/{task['id']}/complete", {"submission": {"namnare": 2}})
    assert mended.status_code == 200


def test_a_draft_is_kept_but_not_what_the_personal_data_guard_stops(october: Installation, by: By) -> None:
    task = first(by("soc.rep"))
    path = f"/user-tasks/{task['id']}/draft"
    assert by("soc.rep").get(path).json()["draft"] is None
    saved = by("soc.rep")("PUT", path, json={"draft": {"lagesbild": "Halvt"}}, headers={"If-Match": '"1"'})
    assert (saved.status_code, saved.headers["etag"]) == (200, '"2"')
    assert by("soc.rep").get(path).json()["draft"] == {"lagesbild": "Halvt"}
    assert by("soc.rep").get(path).json()["saved_at"] is not None
    stopped = by("soc.rep")("PUT", path, json={"draft": {"lagesbild": "Hon är 19900101-0017"}})
    assert stopped.status_code == 422
    assert stopped.json()["errors"][0]["pointer"] == "/lagesbild"
    assert by("soc.rep").get(path).json()["draft"] == {"lagesbild": "Halvt"}


def test_comments_stand_beside_the_task_in_order(october: Installation, by: By) -> None:
    task = first(by("soc.rep"))
    for text in ("Jag börjar", "Klar på fredag"):
        assert by("soc.rep").post(f"/user-tasks/{task['id']}/comments", {"body": text}).status_code == 201
    found = by("sakerhetschef").get(f"/user-tasks/{task['id']}/comments").json()["items"]
    assert [c["body"] for c in found] == ["Jag börjar", "Klar på fredag"]
    assert by("soc.rep").post(f"/user-tasks/{task['id']}/comments", {"body": "  "}).status_code == 422


def test_the_form_is_the_schema_that_was_deployed(october: Installation, by: By, loop: str) -> None:
    task = first(by("soc.rep"))
    form = by("soc.rep").get(f"/user-tasks/{task['id']}/form")
    assert form.headers["content-type"].startswith("application/schema+json")
    assert next(iter(form.json()["properties"])) == "lagesbild"
    same = by("soc.rep").get(f"/process-definitions/{task['process_definition_id']}/forms/rapport")
    assert same.content == form.content
    without = next(t for t in by("sakerhetschef").get("/user-tasks").json()["items"] if t["element"] == "t")
    assert by("sakerhetschef").get(f"/user-tasks/{without['id']}/form").status_code == 404


def test_tasks_come_in_pages_that_meet(by: By) -> None:
    by("drift").post("/deployments", {"files": {"process.bpmn": LOOP.decode()}})
    started = [
        by("sakerhetschef")
        .post("/process-instances", {"process_key": "varv", "municipality": "askersund"})
        .json()["id"]
        for _ in range(5)
    ]
    seen, after = [], None
    while True:
        query = {"limit": 2, **({"after": after} if after else {})}
        page = by("sakerhetschef").get("/user-tasks", params=query).json()
        seen += [task["process_instance_id"] for task in page["items"]]
        assert len(page["items"]) <= 2
        after = page["next"]
        if after is None:
            break
    assert sorted(seen) == sorted(started)


def test_overseers_filter_and_others_do_not_oversee(october: Installation, by: By) -> None:
    query = {"view": "municipality", "municipality": "askersund", "role": "department_rep"}
    found = by("admin").get("/user-tasks", params=query).json()["items"]
    assert {t["candidate_role"] for t in found} == {"department_rep"}
    assert len(found) > 2
    assert by("soc.rep").get("/user-tasks", params=query).status_code == 403
    assert by("kommunpolis").get("/user-tasks", params=query).status_code == 404
    assert by("soc.rep").get("/user-tasks", params={"status": "cancelled"}).status_code == 422


@pytest.mark.parametrize("person", ["soc.rep", "kommundirektor"])
def test_a_task_can_only_be_handed_to_somebody_with_a_role_in_the_municipality(
    october: Installation, by: By, person: str
) -> None:
    task = first(by("soc.rep"))
    police = by("kommunpolis").get("/me").json()["id"]
    for stranger in (police, str(new_id())):
        answer = by(person).post(f"/user-tasks/{task['id']}/assign", {"person_id": stranger})
        assert answer.status_code == (422 if person == "soc.rep" else 403)


def test_a_suspended_instance_takes_no_answers(loop: str, by: By, installation: Installation) -> None:
    task = task_of(by("sakerhetschef"), loop)
    by("sakerhetschef").post(f"/process-instances/{loop}/suspend", {"reason": "Väntar på besked"})
    refused = by("sakerhetschef").post(f"/user-tasks/{task['id']}/complete", {"submission": {}})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/instance-suspended")
    with begin_system(installation) as uow:
        row = user_tasks.get(uow.session, UUID(task["id"]))
        assert row is not None
        assert row.status == "open"


def test_a_text_about_somebody_needs_a_reason_over_http_too(october: Installation, by: By) -> None:
    task = first(by("soc.rep"))
    body = {"submission": {**REPORT, "lagesbild": "Pojken har adhd och söker sig dit."}}
    refused = by("soc.rep").post(f"/user-tasks/{task['id']}/complete", body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/lagesbild"]
    done = by("soc.rep").post(f"/user-tasks/{task['id']}/complete", {**body, "reason": "Behövs för analysen"})
    assert done.status_code == 200
    assert [warning["pointer"] for warning in done.json()["warnings"]] == ["/lagesbild"]


@pytest.mark.parametrize(
    "written", ["85 07 09 98 05", "８５０７０９－９８０５", 8507099805, "8\u200b5\u200b0\u200b7\u200b099805"]
)
def test_a_personal_number_is_refused_in_every_field_and_every_draft(
    october: Installation, by: By, written: str | int
) -> None:
    task = first(by("soc.rep"))
    for path in ("lagesbild", "okand"):
        draft = {**REPORT, path: written}
        refused = by("soc.rep")("PUT", f"/user-tasks/{task['id']}/draft", json={"draft": draft})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"/{path}")
    draft = {**REPORT, "forslag_atgarder": [{"orsak": str(written)}]}
    refused = by("soc.rep")("PUT", f"/user-tasks/{task['id']}/draft", json={"draft": draft})
    assert refused.json()["errors"][0]["pointer"] == "/forslag_atgarder/0/orsak"
    assert by("soc.rep").get(f"/user-tasks/{task['id']}/draft").json()["draft"] is None


def test_a_comment_lists_what_it_may_point_at_and_a_reason_and_a_variable_hold_no_number(
    october: Installation, by: By
) -> None:
    task = first(by("soc.rep"))
    made = by("soc.rep").post(f"/user-tasks/{task['id']}/comments", {"body": "Ring 0583-810 00."})
    assert (made.status_code, len(made.json()["warnings"])) == (201, 1)
    about = {"body": "Kevin Andersson säljer narkotika."}
    assert by("soc.rep").post(f"/user-tasks/{task['id']}/comments", about).status_code == 422
    made = by("soc.rep").post(f"/user-tasks/{task['id']}/comments", {**about, "reason": "Citerat ur tidningen"})
    assert made.status_code == 201
    path = f"/process-instances/{task['process_instance_id']}"
    refused = by("sakerhetschef").post(f"{path}/suspend", {"reason": "Gäller 850709-9805"})
    assert refused.status_code == 422
