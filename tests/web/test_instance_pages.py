"""Ärende: the page, its diagram and the API say the same about where it stands."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.clock import SetClock
from app.services.installation import Installation
from app.services.process import jobs
from tests.engine.drawings import diagram
from tests.web.conftest import Shown, Visitor

AsPerson = Callable[[str], Visitor]

INSIDE = diagram(
    """
<startEvent id="s" name="Börja"/>
s -> a
<serviceTask id="a" name="Anteckna" hjul:action="history.note">
<extensionElements><hjul:parameter name="text" value="'Nu börjar vi.'"/></extensionElements>
</serviceTask>
a -> p
<subProcess id="p" name="Arbeta">
<startEvent id="ps"/>
ps -> t
<userTask id="t" name="Utreda" hjul:role="security_manager" hjul:due="3wd"/>
t -> pe
<endEvent id="pe"/>
</subProcess>
p -> b
<serviceTask id="b" name="Besluta" hjul:action="records.action_plan_decided">
<extensionElements>
<hjul:parameter name="beslut" value="'okänt'"/>
<hjul:parameter name="datum" value="'2027-03-09'"/>
<hjul:parameter name="paragraf" value="'§ 1'"/>
</extensionElements>
</serviceTask>
b -> e
<endEvent id="e"/>
""",
    key="inuti",
)


@pytest.fixture
def leader(as_person: AsPerson) -> Visitor:
    return as_person("sakerhetschef")


@pytest.fixture
def instance(installation: Installation, leader: Visitor, token: Callable[[str], str]) -> str:
    """An instance whose first step is done by the service and whose task waits inside a sub-process."""

    def post(username: str, path: str, body: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {token(username)}"}
        answer = leader.client.post(f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    post("drift", "/deployments", {"files": {"process.bpmn": INSIDE.decode()}})
    started = post("sakerhetschef", "/process-instances", {"process_key": "inuti", "municipality": "askersund"})
    jobs.run_due(installation)
    return str(started["id"])


def steps(page: Shown) -> dict[str, str]:
    """Step -> how it stands, as the table says it."""
    return {
        " ".join(row.xpath("th")[0].text_content().split()): " ".join(row.xpath("td[last()]")[0].text_content().split())
        for row in page.root.xpath("//*[@id='steg']//tbody/tr")
    }


def drawn(leader: Visitor, instance: str) -> dict[str, dict[str, Any]]:
    answer = leader.client.get(f"/arenden/{instance}/lage.json").json()
    return {element["id"]: element for element in answer["elements"]}


def statuses(leader: Visitor, token: Callable[[str], str], instance: str) -> tuple[dict[str, str], dict[str, str]]:
    """Element -> status, on the page's drawing and over the API."""
    headers = {"Authorization": f"Bearer {token('sakerhetschef')}"}
    told = leader.client.get(f"/api/v1/process-instances/{instance}/diagram-state", headers=headers).json()["elements"]
    shown = {element: state["status"] for element, state in drawn(leader, instance).items()}
    return shown, {element["id"]: element["status"] for element in told}


def test_the_steps_say_what_is_done_going_on_and_not_begun(leader: Visitor, instance: str) -> None:
    page = leader.get(f"/arenden/{instance}")
    assert steps(page) == {
        "Anteckna Automatiskt steg": "Klar",
        "Arbeta Delprocess": "Pågår",
        "Utreda Uppgift": "Pågår",
        "Besluta Automatiskt steg": "Inte påbörjad",
    }


def test_the_page_and_the_api_say_the_same_about_every_step(
    leader: Visitor, instance: str, token: Callable[[str], str]
) -> None:
    shown, told = statuses(leader, token, instance)
    assert shown == told == {"s": "completed", "a": "completed", "p": "active", "t": "active", "ps": "completed"}


def test_a_late_task_is_late_and_what_is_around_it_goes_on(as_person: AsPerson, instance: str, clock: SetClock) -> None:
    clock.set(datetime(2026, 9, 10, 7, 0, tzinfo=UTC))
    state = drawn(as_person("sakerhetschef"), instance)
    assert {element: state[element]["status"] for element in ("p", "t")} == {"p": "active", "t": "late"}
    assert "försenad" in state["t"]["label"].lower()


def test_a_step_that_failed_says_so_on_the_page_too(
    installation: Installation, leader: Visitor, instance: str, clock: SetClock, token: Callable[[str], str]
) -> None:
    task = leader.get(f"/arenden/{instance}").root.xpath("//*[@id='steg']//th/a/@href")[0]
    csrf = leader.get(task).root.xpath("//input[@name='csrf_token']/@value")[0]
    assert leader.post(task, {"csrf_token": csrf}).status == 200
    for minutes in range(6):
        clock.set(datetime(2026, 9, 1, 7, minutes * 5, tzinfo=UTC))
        jobs.run_due(installation)
    assert steps(leader.get(f"/arenden/{instance}"))["Besluta Automatiskt steg"] == "Ett fel väntar på åtgärd"
    shown, told = statuses(leader, token, instance)
    assert shown == told
    assert (shown["b"], shown["t"], shown["p"]) == ("failed", "completed", "completed")


WAITING = diagram(
    """
<startEvent id="s" name="Börja"/>
s -> k
<intermediateCatchEvent id="k" name="Vänta in remissen">
<timerEventDefinition><timeDuration>P30D</timeDuration></timerEventDefinition>
</intermediateCatchEvent>
k -> t
<userTask id="t" name="Utreda" hjul:role="security_manager" hjul:due="3wd"/>
t -> e
<endEvent id="e"/>
""",
    key="vantar",
)


@pytest.fixture
def waiting(leader: Visitor, token: Callable[[str], str]) -> str:
    """An instance that waits for a month."""
    for username, path, body in (
        ("drift", "deployments", {"files": {"process.bpmn": WAITING.decode()}}),
        ("sakerhetschef", "process-instances", {"process_key": "vantar", "municipality": "askersund"}),
    ):
        headers = {"Authorization": f"Bearer {token(username)}"}
        answer = leader.client.post(f"/api/v1/{path}", json=body, headers=headers)
    return str(answer.json()["id"])


def timer_form(visitor: Visitor, instance: str) -> Any:
    return visitor.get(f"/arenden/{instance}").root.xpath("//form[contains(@action, '/tidsgranser/')]")


def test_an_administrator_moves_a_timer_by_hand_and_the_history_says_why(
    installation: Installation, clock: SetClock, as_person: AsPerson, waiting: str
) -> None:
    admin = as_person("admin")
    (form,) = timer_form(admin, waiting)
    typed, target = dict(form.form_values()), str(form.action)
    assert typed["dag"] == "2026-10-01"
    wrong_days = ("nästa vecka", "2026-08-01", typed["dag"])
    for wrong, field in (*(({"dag": day}, "dag") for day in wrong_days), ({"skal": " "}, "skal")):
        refused = admin.post(target, {**typed, "dag": "2026-09-08", "skal": "Remissen kom", **wrong})
        assert refused.status == 422
        assert refused.text(f"//p[starts-with(@id, '{field}-') and contains(@class, 'validation')]")
        assert refused.root.xpath("//details[@open]")
    moved = admin.post(target, {**typed, "dag": "2026-09-08", "skal": "Remissen kom in i förtid"})
    assert moved.status == 200
    assert "flyttades från torsdag 1 oktober 2026 till tisdag 8 september 2026 (Vänta in remissen)." in moved.text()
    assert "Remissen kom in i förtid" in moved.text()
    clock.set(datetime(2026, 9, 8, 21, tzinfo=UTC))
    jobs.run_due(installation)
    admin = as_person("admin")
    after = admin.get(f"/arenden/{waiting}")
    assert steps(after)["Vänta in remissen Väntar"] == "Klar"
    assert not after.root.xpath("//*[@id='tidsgranser']")
    again = {"csrf_token": after.root.xpath("//input[@name='csrf_token']/@value")[0], "dag": "2026-09-30", "skal": "X"}
    assert admin.post(target, again).status == 409


def test_who_does_not_administer_neither_sees_nor_moves_a_timer(as_person: AsPerson, waiting: str) -> None:
    (form,) = timer_form(as_person("admin"), waiting)
    reader = as_person("lagesbild")
    assert reader.get(f"/arenden/{waiting}").status == 200
    assert timer_form(reader, waiting) == []
    csrf = reader.get("/mina-uppgifter").root.xpath("//input[@name='csrf_token']/@value")[0]
    typed = {"csrf_token": csrf, "dag": "2026-09-08", "skal": "Jag vill"}
    assert reader.post(str(form.action), typed).status == 403
    assert reader.post(str(form.action), {**typed, "csrf_token": "fel"}).status == 403
