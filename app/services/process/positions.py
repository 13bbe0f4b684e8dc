"""Where an instance stands: what waits, and how each step of its diagram looks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from app.db.process import history, incidents, jobs, messages, process_instances, user_tasks
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.domain.principals import require_internal
from app.domain.roles import role_name
from app.domain.swedish_dates import long_date
from app.engine.programs import Node
from app.engine.run import waiting_tokens
from app.services.facts import read_facts
from app.services.process import process_instances as instances
from app.services.process.advancing import loaded
from app.services.unit_of_work import UnitOfWork

Status = Literal["completed", "active", "late", "failed"]


@dataclass(frozen=True)
class Wait:
    """One wait state. `id` is the user task's, the job's, the subscription's or the called instance's."""

    kind: str
    element: str
    name: str
    token: int
    id: UUID | None = None
    due_on: date | None = None
    due_at: datetime | None = None
    role: str | None = None
    correlation: str | None = None
    late: bool = False
    failed: bool = False


@dataclass(frozen=True)
class Standing:
    """How a step of the diagram stands: the worst that is true of it.

    `wait` is what is most pressing there, None where nothing waits or the waiting is inside; `tasks` are all user
    tasks there ever were at it, oldest first.
    """

    element: str
    status: Status
    wait: Wait | None = None
    tasks: tuple[UserTask, ...] = ()


@dataclass(frozen=True)
class ElementState:
    """How a step of the diagram looks, and in words."""

    id: str
    status: Status
    label: str


def readable(uow: UnitOfWork, instance_id: UUID) -> ProcessInstance:
    """The instance, for the municipality's own roles. Raises NotFound, NotYours for an external actor."""
    instance = instances.visible(uow, instance_id)
    require_internal(uow.who(), instance.municipality_id)
    return instance


def waits(uow: UnitOfWork, instance: ProcessInstance) -> list[Wait]:
    """What the instance waits for, in the order it began to wait."""
    state = process_instances.state(uow.session, instance)
    if state is None or instance.status not in {"active", "suspended"}:
        return []
    program = loaded(uow, instance)
    tokens = waiting_tokens(program, state, read_facts(uow, instance, program.program))
    known = _known(uow, instance)
    nodes = program.program.nodes
    return [
        replace(known.get(token, Wait(_kind(nodes[element]), element, nodes[element].name, token)), element=element)
        for token, element in tokens.items()
    ]


def _kind(node: Node) -> str:
    return str(node.event.kind) if node.event is not None else str(node.kind)


def _known(uow: UnitOfWork, instance: ProcessInstance) -> dict[int, Wait]:
    """Token -> what the tables know of it. A called instance goes before the job that called it."""
    session, place = uow.session, instance.municipality_id
    found: dict[int, Wait] = {}
    for waiting in messages.subscriptions_of(session, [place], instance_id=instance.id, limit=1000):
        found[waiting.token] = Wait(
            waiting.kind, waiting.element, waiting.name, waiting.token, waiting.id, correlation=waiting.correlation
        )
    for job in _jobs(uow, instance):
        if job.kind in {"timer", "action", "call"}:
            found[job.token] = Wait(
                job.kind, job.element, str(job.payload.get("action") or job.payload.get("called") or ""), job.token,
                job.id, due_on=job.due_on, due_at=job.due_at, failed=job.status == "failed",
            )  # fmt: skip
    for child in process_instances.children(session, place, instance.id):
        if child.parent_token is not None and child.status in {"active", "suspended"}:
            found[child.parent_token] = Wait("call", "", child.name, child.parent_token, child.id)
    for task in user_tasks.of_instance(session, place, instance.id):
        if task.status == "open":
            found[task.token] = _task(task, uow.today)
    return found


def _jobs(uow: UnitOfWork, instance: ProcessInstance) -> list[jobs.Job]:
    return [
        job
        for status in ("waiting", "failed")
        for job in jobs.page(
            uow.session, [instance.municipality_id], status=status, instance_id=instance.id, limit=1000
        )
    ]


def _task(task: UserTask, today: date) -> Wait:
    return Wait(
        "user", task.element_id, task.name, task.token, task.id,
        due_on=task.due_on, role=task.candidate_role, late=task.due_on < today,
    )  # fmt: skip


def standings(uow: UnitOfWork, instance: ProcessInstance) -> dict[str, Standing]:
    """Element -> how it stands, in the order they were drawn. Elements where nothing has happened are left out."""
    nodes = loaded(uow, instance).program.nodes
    passed = history.passed_elements(uow.session, instance.municipality_id, instance.id)
    tasks = _tasks(uow, instance)
    found = {element: Standing(element, "completed", tasks=tuple(tasks.get(element, ()))) for element in passed}
    # A task that was cancelled has not been passed; one that somebody completed has, whatever came of it.
    for element, there in tasks.items():
        if any(task.status == "completed" for task in there):
            found[element] = Standing(element, "completed", tasks=tuple(there))
        else:
            found.pop(element, None)
    for wait in waits(uow, instance):
        before, now = found.get(wait.element), _status(wait)
        if before is None or _RANK[before.status] <= _RANK[now]:
            found[wait.element] = Standing(wait.element, now, wait, tuple(tasks.get(wait.element, ())))
        for scope in _around(nodes, wait.element):
            if scope not in found or found[scope].status == "completed":
                found[scope] = Standing(scope, "active")
    for incident in incidents.page(uow.session, [instance.municipality_id], instance_id=instance.id, limit=200):
        if incident.element is not None:
            found[incident.element] = Standing(incident.element, "failed", tasks=tuple(tasks.get(incident.element, ())))
    return {element: found[element] for element in nodes if element in found}


def elements(uow: UnitOfWork, instance: ProcessInstance, language: str) -> list[ElementState]:
    """The steps of the diagram that have been passed or that something waits at. The worst that is true is shown."""
    return [
        ElementState(element, standing.status, _label(standing, language))
        for element, standing in standings(uow, instance).items()
    ]


def _tasks(uow: UnitOfWork, instance: ProcessInstance) -> dict[str, list[UserTask]]:
    found: dict[str, list[UserTask]] = {}
    for task in user_tasks.of_instance(uow.session, instance.municipality_id, instance.id):
        found.setdefault(task.element_id, []).append(task)
    return found


def _around(nodes: Mapping[str, Node], element: str) -> Iterator[str]:
    """The sub-processes around an element, from the inside out."""
    at = nodes[element].scope
    while at in nodes:
        yield at
        at = nodes[at].scope


_RANK: Mapping[Status, int] = {"completed": 0, "active": 1, "late": 2, "failed": 3}


def _status(wait: Wait) -> Status:
    if wait.failed:
        return "failed"
    return "late" if wait.late else "active"


def _label(standing: Standing, language: str) -> str:
    english, wait = language == "en", standing.wait
    if standing.status == "completed":
        return "Done" if english else "Klart"
    if standing.status == "failed":
        return "An incident is open" if english else "Ett fel väntar på åtgärd"
    if wait is None:
        return "Ongoing" if english else "Pågår"
    return _label_of_wait(wait, language)


def _label_of_wait(wait: Wait, language: str) -> str:
    english = language == "en"
    if wait.kind == "user" and wait.due_on is not None:
        day = long_date(wait.due_on, "en" if english else "sv")
        role = role_name(str(wait.role), language)
        if wait.late:
            return f"Late: {role}, due {day}" if english else f"Försenad: {role}, senast {day}"
        return f"Ongoing: {role}, due {day}" if english else f"Pågår: {role}, senast {day}"
    if wait.due_on is not None and wait.kind == "timer":
        day = long_date(wait.due_on, "en" if english else "sv")
        return f"Waits for {day}" if english else f"Väntar till {day}"
    return "Waits" if english else "Väntar"
