"""Process operations over HTTP: deploy, start, read, suspend, cancel, send messages, look at what waits."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from app.domain.clock import SetClock
from app.services.installation import Installation
from app.services.process import jobs
from tests.engine.drawings import diagram
from tests.web.api.conftest import LOOP, Caller, deploy_and_start, task_of

By = Callable[[str], Caller]


def test_a_folder_is_deployed_as_a_version_and_unchanged_content_makes_none(by: By) -> None:
    files = [("files", ("process.bpmn", LOOP)), ("files", ("README.md", b"# Varv"))]
    new = by("drift")("POST", "/deployments", files=files)
    assert new.status_code == 201
    (made,) = new.json()["definitions"]
    assert (made["key"], made["version"], made["new"], made["municipality"]) == ("varv", 1, True, None)
    again = by("drift")("POST", "/deployments", files=files)
    assert (again.status_code, again.json()["id"], again.json()["definitions"][0]["new"]) == (200, None, False)
    other = by("drift").post("/deployments", {"files": {"process.bpmn": LOOP.decode().replace("Räkna", "Räkna om")}})
    assert other.json()["definitions"][0]["version"] == 2
    versions = by("soc.rep").get("/process-definitions", params={"key": "varv"}).json()["items"]
    assert [d["version"] for d in versions] == [2, 1]


def test_a_repeated_upload_under_one_key_gets_the_first_answer_whatever_its_boundary(by: By) -> None:
    key = {"Idempotency-Key": "lagg-upp"}
    first = by("drift")("POST", "/deployments", files=[("files", ("process.bpmn", LOOP))], headers=key)
    again = by("drift")("POST", "/deployments", files=[("files", ("process.bpmn", LOOP))], headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content


def test_only_the_system_administrator_deploys_for_all_and_an_administrator_for_their_own(by: By) -> None:
    folder = {"files": {"process.bpmn": LOOP.decode()}}
    assert by("admin").post("/deployments", folder).status_code == 403
    own = by("admin").post("/deployments?municipality=askersund", folder)
    assert own.json()["definitions"][0]["municipality"] == "askersund"
    assert by("admin").post("/deployments?municipality=nassjo", folder).status_code == 404
    assert by("nassjo.admin").get("/process-definitions", params={"key": "varv"}).json()["items"] == []


def test_a_refused_diagram_says_rule_element_and_line_in_the_callers_language(by: By) -> None:
    bad = diagram(
        '<startEvent id="s"/>\ns -> t\n<serviceTask id="t" hjul:action="finns.inte"/>\nt -> e\n<endEvent id="e"/>'
    )
    answer = by("drift").post("/deployments", {"files": {"process.bpmn": bad.decode()}})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/deployment-refused")
    worst = next(p for p in answer.json()["problems"] if p["severity"] == "error")
    assert worst["element"] == "t"
    assert worst["line"] == 6
    checked = by("soc.rep")("POST", "/process-definitions/check?file=p.bpmn", content=bad)
    assert checked.json()["file"] == "p.bpmn"
    assert (checked.json()["accepted"], checked.json()["executable"]) == (False, False)
    assert worst in checked.json()["problems"]
    english = by("soc.rep")("POST", "/process-definitions/check", content=bad, headers={"Accept-Language": "en"})
    assert english.json()["problems"][0]["message"] != checked.json()["problems"][0]["message"]
    good = by("soc.rep")("POST", "/process-definitions/check", content=LOOP)
    assert (good.json()["accepted"], good.json()["executable"]) == (True, True)


def test_a_definition_is_read_with_its_drawing_and_form(by: By) -> None:
    (found,) = by("soc.rep").get("/process-definitions", params={"key": "forvaltningsrapport"}).json()["items"]
    assert by("soc.rep").get(f"/process-definitions/{found['id']}").json() == found
    xml = by("soc.rep").get(f"/process-definitions/{found['id']}/xml")
    assert xml.headers["content-type"].startswith("application/xml")
    assert b'id="rapport"' in xml.content
    assert by("soc.rep").get(f"/process-definitions/{found['id']}/forms/finns_inte").status_code == 404
    english = by("soc.rep").get(f"/process-definitions/{found['id']}", headers={"Accept-Language": "en"}).json()
    assert english["name"] == "Departments' autumn report"


def test_definitions_come_in_pages(by: By) -> None:
    whole = [d["key"] for d in by("soc.rep").get("/process-definitions").json()["items"]]
    keys, after = [], None
    for _ in range(20):
        page = (
            by("soc.rep").get("/process-definitions", params={"limit": 2, **({"after": after} if after else {})}).json()
        )
        keys += [d["key"] for d in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert keys == whole == sorted(whole)


def test_an_instance_is_started_with_its_variables_and_found_again(by: By, loop: str) -> None:
    body = {
        "process_key": "varv", "municipality": "askersund", "business_key": "KS-2026-1",
        "variables": {"belopp": 3, "namn": "Åsa"}, "anchor_on": "2027-02-26",
    }  # fmt: skip
    started = by("sakerhetschef").post("/process-instances", body)
    assert started.status_code == 201
    assert (started.json()["anchor_on"], started.json()["year"]) == ("2027-02-26", 2027)
    one = started.json()["id"]
    found = by("soc.rep").get("/process-instances", params={"business_key": "KS-2026-1"}).json()["items"]
    assert [i["id"] for i in found] == [one]
    read = by("soc.rep").get(f"/process-instances/{one}")
    assert read.json() == started.json()
    assert read.headers["etag"] == f'"{read.json()["version"]}"'
    variables = by("sakerhetschef").get(f"/process-instances/{one}/variables").json()["variables"]
    assert (variables["belopp"], variables["namn"], variables["business_key"]) == (3, "Åsa", "KS-2026-1")
    assert by("sakerhetschef").post("/process-instances", {**body, "process_key": "okand"}).status_code == 404


def test_a_start_repeated_under_one_key_starts_once(by: By, loop: str) -> None:
    body, key = {"process_key": "varv", "municipality": "askersund"}, {"Idempotency-Key": "start-1"}
    first = by("sakerhetschef").post("/process-instances", body, headers=key)
    again = by("sakerhetschef").post("/process-instances", body, headers=key)
    assert first.content == again.content
    assert len(by("sakerhetschef").get("/process-instances").json()["items"]) == 2
    # The key is one's own: another person's is another.
    assert by("admin").post("/process-instances", body, headers=key).json()["id"] != first.json()["id"]


def test_an_instance_is_suspended_resumed_and_cancelled_each_with_a_trace(by: By, loop: str) -> None:
    caller = by("sakerhetschef")
    paused = caller.post(f"/process-instances/{loop}/suspend", {"reason": "Väntar"}, headers={"If-Match": '"2"'})
    assert paused.json()["status"] == "suspended", paused.text
    assert caller.get("/user-tasks").json()["items"] == []
    assert caller.post(f"/process-instances/{loop}/suspend", {"reason": "Igen"}).status_code == 409
    stale = caller.post(f"/process-instances/{loop}/resume", headers={"If-Match": '"2"'})
    assert stale.status_code == 412
    assert caller.post(f"/process-instances/{loop}/resume").json()["status"] == "active"
    assert caller.post(f"/process-instances/{loop}/cancel", {"reason": "  "}).status_code == 422
    ended = caller.post(f"/process-instances/{loop}/cancel", {"reason": "Behövs inte"})
    assert (ended.json()["status"], ended.json()["end_reason"]) == ("cancelled", "Behövs inte")
    assert caller.post(f"/process-instances/{loop}/cancel", {"reason": "Igen"}).status_code == 409
    kinds = [line["kind"] for line in caller.get("/history", params={"process_instance": loop}).json()["items"]]
    assert kinds[0] == "instance_started"
    assert kinds[-3:] == ["instance_suspended", "instance_resumed", "instance_cancelled"]
    assert caller.get(f"/process-instances/{loop}/waiting").json()["items"] == []


def test_variables_are_changed_by_an_administrator_with_a_reason(by: By, loop: str) -> None:
    before = by("admin").get(f"/process-instances/{loop}/variables")
    body = {"variables": {"antal": 4}, "reason": "Fel tal från början"}
    changed = by("admin")(
        "PATCH", f"/process-instances/{loop}/variables", json=body, headers={"If-Match": before.headers["etag"]}
    )
    assert changed.json()["variables"]["antal"] == 4
    stale = by("admin")(
        "PATCH", f"/process-instances/{loop}/variables", json=body, headers={"If-Match": before.headers["etag"]}
    )
    assert stale.status_code == 412
    last = by("admin").get(f"/process-instances/{loop}/history").json()["items"][-1]
    assert (last["kind"], last["detail"]["reason"]) == ("variables_changed", "Fel tal från början")
    assert by("admin")("PATCH", f"/process-instances/{loop}/variables", json={"variables": {}}).status_code == 422


def test_history_comes_in_pages_in_order(by: By, loop: str) -> None:
    caller = by("sakerhetschef")
    for _ in range(4):
        caller.post(f"/user-tasks/{task_of(caller, loop)['id']}/complete", {"submission": {"igen": True}})
    whole = caller.get(f"/process-instances/{loop}/history", params={"limit": 200}).json()["items"]
    seen, after = [], None
    for _ in range(100):
        query = {"limit": 3, **({"after": after} if after else {})}
        page = caller.get(f"/process-instances/{loop}/history", params=query).json()
        seen += page["items"]
        after = page["next"]
        if after is None:
            break
    assert seen == whole
    assert [line["sequence"] for line in whole] == sorted(line["sequence"] for line in whole)


WAITING = diagram(
    """
<startEvent id="s"/>
s -> g
<parallelGateway id="g"/>
g -> t
g -> m
g -> k
<userTask id="t" name="Svara" hjul:role="security_manager" hjul:due="2026-09-04"/>
<intermediateCatchEvent id="m"><messageEventDefinition messageRef="besked"/></intermediateCatchEvent>
<intermediateCatchEvent id="k"><timerEventDefinition><timeDuration>P30D</timeDuration></timerEventDefinition></intermediateCatchEvent>
t -> e
m -> f
k -> h
<endEvent id="e"/>
<endEvent id="f"/>
<endEvent id="h"/>
""",  # noqa: E501  one line per element
    key="vantar",
    top='<message id="besked" name="besked"/>',
)


def by_element(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item.get("element") or item["id"]: item for item in items}


def test_what_waits_is_listed_and_drawn(installation: Installation, clock: SetClock, by: By) -> None:
    instance = deploy_and_start(by, WAITING, "vantar")
    jobs.run_due(installation)
    waiting = by_element(by("soc.rep").get(f"/process-instances/{instance}/waiting").json()["items"])
    assert {element: wait["kind"] for element, wait in waiting.items()} == {"t": "user", "m": "message", "k": "timer"}
    assert waiting["t"]["due_on"] == "2026-09-04"
    assert waiting["k"]["due_on"] == "2026-10-01"
    assert waiting["m"]["correlation"] == "2026"
    path = f"/process-instances/{instance}/diagram-state"
    drawn = by_element(by("soc.rep").get(path).json()["elements"])
    assert {e: d["status"] for e, d in drawn.items()} == {
        "s": "completed", "g": "completed", "t": "active", "m": "active", "k": "active",
    }  # fmt: skip
    clock.set(datetime(2026, 9, 7, 7, 0, tzinfo=UTC))
    late = by_element(by("soc.rep").get(path, headers={"Accept-Language": "en"}).json()["elements"])["t"]
    assert late["status"] == "late"
    assert late["label"].startswith("Late: Security manager")


def test_a_message_reaches_who_waits_once(installation: Installation, by: By) -> None:
    instance = deploy_and_start(by, WAITING, "vantar")
    jobs.run_due(installation)
    (waiting,) = by("admin").get("/subscriptions", params={"process_instance": instance}).json()["items"]
    assert (waiting["name"], waiting["element"]) == ("besked", "m")
    body = {"municipality": "askersund", "name": "besked", "correlation": "2026", "payload": {"svar": "ja"}}
    sent = by("sakerhetschef").post("/messages", body, headers={"Idempotency-Key": "besked-1"})
    assert sent.status_code == 201
    by("sakerhetschef").post("/messages", body, headers={"Idempotency-Key": "besked-1"})
    buffered = by("admin").get("/messages", params={"status": "buffered"}).json()["items"]
    assert [m["id"] for m in buffered] == [sent.json()["id"]]
    jobs.run_due(installation)
    (delivered,) = by("admin").get("/messages").json()["items"]
    assert (delivered["status"], delivered["delivered_to"]) == ("delivered", instance)
    assert by("admin").get("/subscriptions").json()["items"] == []
    assert by("sakerhetschef").post("/messages", {**body, "kind": "brev"}).status_code == 422


def test_jobs_are_listed_in_due_order_and_read(installation: Installation, by: By) -> None:
    instance = deploy_and_start(by, WAITING, "vantar")
    found = by("admin").get("/jobs", params={"process_instance": instance, "status": "waiting"}).json()["items"]
    assert {job["kind"] for job in found} == {"message", "reminder", "timer"}
    assert [job["due_at"] for job in found] == sorted(job["due_at"] for job in found)
    assert by("admin").get(f"/jobs/{found[0]['id']}").json() == found[0]


FAILING = diagram(
    """
<startEvent id="s"/>
s -> t
<serviceTask id="t" name="Beslut" hjul:action="records.action_plan_decided">
<extensionElements>
<hjul:parameter name="beslut" value="beslut"/>
<hjul:parameter name="datum" value="'2027-03-09'"/>
<hjul:parameter name="paragraf" value="'§ 1'"/>
</extensionElements>
</serviceTask>
t -> e
<endEvent id="e"/>
""",
    key="beslutar",
)


def test_a_failing_action_opens_an_incident_that_can_be_retried(
    installation: Installation, clock: SetClock, by: By
) -> None:
    instance = deploy_and_start(by, FAILING, "beslutar", beslut="okänt")
    for minutes in range(6):
        clock.set(datetime(2026, 9, 1, 7, minutes * 5, tzinfo=UTC))
        jobs.run_due(installation)
    (incident,) = by("admin").get("/incidents").json()["items"]
    assert (incident["element"], incident["kind"], incident["process_instance_id"]) == ("t", "action", instance)
    assert by("admin").get(f"/incidents/{incident['id']}").json() == incident
    drawn = by_element(by("admin").get(f"/process-instances/{instance}/diagram-state").json()["elements"])
    assert drawn["t"]["status"] == "failed"
    retried = by("admin").post(f"/incidents/{incident['id']}/retry")
    assert (retried.status_code, retried.json()["resolution"]) == (200, "retried")
    assert by("admin").get("/incidents").json()["items"] == []
    assert by("admin").post(f"/incidents/{incident['id']}/retry").status_code == 409
    assert len(by("admin").get("/incidents", params={"status": "all"}).json()["items"]) == 1


STOPPING = diagram(
    """
<startEvent id="s"/>
s -> t
<userTask id="t" name="Svara" hjul:role="security_manager"/>
t -> g
<exclusiveGateway id="g" default="f_g_e"/>
g -[antal > gräns]-> u
g -> e
<userTask id="u" name="Mera" hjul:role="security_manager"/>
u -> e
<endEvent id="e"/>
""",
    key="stannar",
)


def test_an_answer_that_cannot_go_on_is_told_once_kept_and_closed_when_it_goes_on_after_all(by: By) -> None:
    instance = deploy_and_start(by, STOPPING, "stannar", gräns=3)
    task = task_of(by("sakerhetschef"), instance)
    path = f"/process-instances/{instance}/variables"
    broken = {"variables": {"gräns": "tre"}, "reason": "Prov"}
    assert by("admin")("PATCH", path, json=broken).status_code == 200
    for _ in range(2):
        refused = by("sakerhetschef").post(f"/user-tasks/{task['id']}/complete", {"submission": {"antal": 5}})
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/process-cannot-go-on")
    (incident,) = by("admin").get("/incidents").json()["items"]
    assert (incident["kind"], incident["element"]) == ("completion", "g")
    assert by("sakerhetschef").get(f"/user-tasks/{task['id']}/draft").json()["draft"] == {"antal": 5}
    by("admin")("PATCH", path, json={"variables": {"gräns": 3}, "reason": "Rättat"})
    done = by("sakerhetschef").post(f"/user-tasks/{task['id']}/complete", {"submission": {"antal": 5}})
    assert done.status_code == 200
    assert by("admin").get("/incidents").json()["items"] == []
