"""The metrics tell what has happened: each is moved by the work itself and read where Prometheus reads it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from starlette.testclient import TestClient

from app.db.process import jobs as rows
from app.domain.clock import SetClock
from app.services.diagnoses import diagnose
from app.services.installation import Installation
from app.services.process import jobs
from app.services.unit_of_work import begin_system
from tests.engine.drawings import diagram
from tests.web.api.conftest import Caller, deploy_and_start, task_of

By = Callable[[str], Caller]

HOUR = diagram(
    """
<startEvent id="s"/>
s -> b
<intermediateCatchEvent id="b">
<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>
</intermediateCatchEvent>
b -> e
<endEvent id="e"/>
""",
    key="timme",
)

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
    key="misslyckas",
)


class Reading:
    """The metrics as a system administrator reads them, and how they have moved since."""

    def __init__(self, client: TestClient, token: Callable[[str], str]) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {token('drift')}"}
        self.before = self.read()

    def read(self) -> dict[str, float]:
        text = self.client.get("/metrics", headers=self.headers).text
        return {name: float(value) for name, value in re.findall(r"^([a-z][^ ]*) ([0-9.e+]+)$", text, re.MULTILINE)}

    def moved(self, name: str) -> float:
        return self.read()[name] - self.before[name]


def test_a_job_done_is_counted_with_how_late_it_was(
    installation: Installation, client: TestClient, token: Any, clock: SetClock, by: By
) -> None:
    deploy_and_start(by, HOUR, "timme")
    metrics = Reading(client, token)
    assert (metrics.before["waiting_jobs"], metrics.before["due_jobs"]) == (1, 0)
    assert metrics.before["oldest_due_job_seconds"] == 0
    clock.set(clock.now() + timedelta(minutes=61, seconds=30))
    late = metrics.read()
    assert (late["waiting_jobs"], late["due_jobs"], late["oldest_due_job_seconds"]) == (1, 1, 90)
    assert jobs.run_due(installation) == 1
    assert metrics.moved('jobs_done_total{kind="timer"}') == 1
    assert metrics.moved('job_lateness_seconds_sum{kind="timer"}') == 90
    assert metrics.moved('job_lateness_seconds_bucket{kind="timer",le="60.0"}') == 0
    assert metrics.moved('job_lateness_seconds_bucket{kind="timer",le="300.0"}') == 1
    now = metrics.read()
    assert (now["waiting_jobs"], now["due_jobs"], now["oldest_due_job_seconds"]) == (0, 0, 0)


def test_a_failing_job_is_counted_at_every_attempt_and_its_incident_is_open_until_it_is_resolved(
    installation: Installation, client: TestClient, token: Any, clock: SetClock, by: By
) -> None:
    metrics = Reading(client, token)
    deploy_and_start(by, FAILING, "misslyckas", beslut="okänt")
    for _ in range(6):
        jobs.run_due(installation)
        clock.set(clock.now() + timedelta(minutes=5))
    assert metrics.moved('jobs_failed_total{kind="action"}') == rows.MAX_ATTEMPTS
    assert metrics.moved('jobs_done_total{kind="action"}') == 0
    assert metrics.moved("open_incidents") == 1
    (incident,) = by("admin").get("/incidents").json()["items"]
    by("admin").post(f"/incidents/{incident['id']}/resolve", {"reason": "Rättat"})
    assert metrics.moved("open_incidents") == 0


def test_every_kind_of_job_is_told_from_the_start(client: TestClient, token: Any) -> None:
    told = Reading(client, token).before
    for kind in ("timer", "expiry", "action", "call", "call_end", "message", "signal", "deliver", "cancel"):
        assert f'jobs_done_total{{kind="{kind}"}}' in told
        assert f'jobs_failed_total{{kind="{kind}"}}' in told


def test_a_completion_is_counted_and_a_refused_one_is_not(client: TestClient, token: Any, loop: str, by: By) -> None:
    metrics = Reading(client, token)
    task = task_of(by("sakerhetschef"), loop)
    path, body = f"/user-tasks/{task['id']}/complete", {"submission": {"igen": False}}
    assert [by("sakerhetschef").post(path, body).status_code for _ in range(2)] == [200, 409]
    assert metrics.moved("user_tasks_completed_total") == 1


def test_a_suspended_instances_job_is_neither_due_nor_late_until_it_is_resumed(
    installation: Installation, client: TestClient, token: Any, clock: SetClock, by: By
) -> None:
    instance = deploy_and_start(by, HOUR, "timme")
    by("admin").post(f"/process-instances/{instance}/suspend", {"reason": "Väntar"})
    clock.set(clock.now() + timedelta(hours=3))
    assert jobs.run_due(installation) == 0
    told = Reading(client, token).before
    assert (told["waiting_jobs"], told["due_jobs"], told["oldest_due_job_seconds"]) == (1, 0, 0)
    assert diagnose(installation)["healthy"]
    by("admin").post(f"/process-instances/{instance}/resume")
    assert diagnose(installation)["jobs_overdue"]
    assert jobs.run_due(installation) == 1
    assert by("admin").get(f"/process-instances/{instance}").json()["status"] == "ended"


# Seen failing: with the last `except` taken out of `run_one`, the fault ends the round and the timer is never done.
def test_a_job_that_breaks_in_a_way_nobody_foresaw_keeps_no_other_waiting(
    installation: Installation, clock: SetClock, by: By
) -> None:
    instance = deploy_and_start(by, HOUR, "timme")
    row = {
        "municipality_id": "askersund",
        "id": UUID(int=7),
        "kind": "call",
        "scope_kind": "instance",
        "scope_id": UUID(instance),
        "element": "b",
        "token": 99,
        "occurrence": 0,
        "process_instance_id": UUID(instance),
        "due_at": clock.now(),
        "payload": {"called": "timme", "parameters": 5},
        "created_at": clock.now(),
    }
    with begin_system(installation) as uow:
        rows.add(uow.session, [row])
    clock.set(datetime(2026, 9, 1, 8, 0, tzinfo=UTC))
    assert jobs.run_due(installation) == 2
    assert by("admin").get(f"/process-instances/{instance}").json()["status"] == "ended"
    with begin_system(installation) as uow:
        broken = rows.get(uow.session, UUID(int=7))
    assert broken is not None
    assert (broken.status, broken.attempts, broken.last_error) == ("waiting", 1, "TypeError")
