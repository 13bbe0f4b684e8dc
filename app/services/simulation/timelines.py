"""The timeline of a simulation: what the history and the records say, as rows in the order it happened."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.db.process import history, process_instances, user_tasks
from app.db.process.history import HistoryEvent
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.domain.clock import STOCKHOLM
from app.engine.programs import Node
from app.services.process.advancing import loaded
from app.services.unit_of_work import UnitOfWork

Row = dict[str, Any]

_PAGE = 10_000
_KINDS = {
    "instance_started": "instance_started",
    "instance_ended": "instance_ended",
    "instance_cancelled": "instance_ended",
    "user_task_opened": "task_opened",
    "user_task_completed": "task_completed",
    "user_task_expired": "timer_fired",
    "timer_fired": "timer_fired",
    "incident_opened": "incident_opened",
    "action_done": "record_saved",
    "reminder_sent": "reminder_sent",
    "escalated": "escalated",
}
# Ids differ from run to run and say nothing to a reader.
_TELLING = frozenset(
    {"definition", "version", "business_key", "rule", "due_on", "outcome", "sv", "en", "text", "role", "reason", "to",
     "adopted_on", "status", "decided_on", "paragraph", "measures", "type", "title",
     "confidentiality", "content_sha256"}
)  # fmt: skip
_RENDER = "render_document"
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-")
_ADOPTED = "records.situation_picture_adopted"


@dataclass(frozen=True)
class Saved:
    """A record as a submission left it. `values` hold no ids."""

    kind: str
    title: str
    values: Mapping[str, Any]


def last_sequence(uow: UnitOfWork, municipality: str) -> int:
    """Where the municipality's history stands."""
    found = 0
    while page := history.since(uow.session, municipality, found, _PAGE):
        found = page[-1].sequence
    return found


def timeline(uow: UnitOfWork, municipality: str, after: int, saved: Mapping[UUID, Sequence[Saved]]) -> list[Row]:
    """What has happened in the municipality since a place in its history; `saved` are records by the task they came by.

    Rows are in order of instant, then of the history's own sequence.
    """
    teller = _Teller(uow, municipality, saved)
    events: list[HistoryEvent] = []
    while page := history.since(uow.session, municipality, events[-1].sequence if events else after, _PAGE):
        events += page
    return [row for event in sorted(events, key=lambda e: (e.at, e.sequence)) for row in teller.tell(event)]


class _Teller:
    """Turns lines of history into rows, with what the tables know of the tasks and instances they name."""

    def __init__(self, uow: UnitOfWork, municipality: str, saved: Mapping[UUID, Sequence[Saved]]) -> None:
        self.uow, self.municipality, self.saved = uow, municipality, saved
        self.instances: dict[UUID, ProcessInstance] = {}
        self.tasks: dict[UUID, UserTask] = {}

    def tell(self, event: HistoryEvent) -> Iterator[Row]:
        """The rows of a line: none when it is of no concern here; records follow the task that they came by."""
        kind = _KINDS.get(event.kind)
        if event.name == _RENDER and event.kind == "action_done":
            kind = None if event.detail.get("unchanged") else "document_produced"
        elif kind == "record_saved" and not str(event.name).startswith("records."):
            kind = None
        if kind is None:
            return
        instance = self._instance(event.process_instance_id)
        task = self._task(instance, event)
        node = loaded(self.uow, instance).program.nodes.get(event.element or "")
        row = _row(event, instance, task, node)
        yield {**row, "kind": "decision" if event.name == _ADOPTED else kind}
        if kind == "task_completed":
            for record in self.saved.get(event.user_task_id or UUID(int=0), ()):
                kept = "decision" if record.kind == "decision" else "record_saved"
                detail = {"record": record.kind, "title": record.title, **record.values}
                yield {**row, "kind": kept, "detail": detail}

    def _instance(self, instance_id: UUID) -> ProcessInstance:
        if instance_id not in self.instances:
            found = process_instances.get(self.uow.session, instance_id)
            if found is None:
                raise LookupError(instance_id)
            self.instances[instance_id] = found
            opened = user_tasks.of_instance(self.uow.session, self.municipality, instance_id)
            self.tasks.update({task.id: task for task in opened})
        return self.instances[instance_id]

    def _task(self, instance: ProcessInstance, event: HistoryEvent) -> UserTask | None:
        """The task of the line; an expired one is known by when and where it closed."""
        if event.user_task_id is not None or event.kind != "user_task_expired":
            return self.tasks.get(event.user_task_id) if event.user_task_id else None
        closed = [
            task
            for task in self.tasks.values()
            if task.process_instance_id == instance.id
            and (task.element_id, task.closed_at, task.closed_by) == (event.element, event.at, None)
        ]
        # Several that expired at one instant are told one by one, in the order they were opened.
        return self.tasks.pop(closed[0].id) if closed else None


def _row(event: HistoryEvent, instance: ProcessInstance, task: UserTask | None, node: Node | None) -> Row:
    attributes = node.attributes if node is not None else {}
    detail = {name: value for name, value in event.detail.items() if name in _TELLING and value is not None}
    if event.kind == "action_done":
        detail["action"] = event.name
    if _ID.search(str(detail.get("business_key", ""))):
        del detail["business_key"]
    if event.kind == "instance_cancelled":
        detail["cancelled"] = True
    named = event.name if event.kind in {"instance_started", "instance_ended", "instance_cancelled"} else None
    return {
        "at": event.at.astimezone(STOCKHOLM).isoformat(timespec="seconds"),
        "kind": event.kind,
        "municipality": event.municipality_id,
        "process": instance.process_key,
        "instance": str(instance.id),
        "element": event.element,
        "name": named or (task.name if task else None) or (node.name if node else None) or event.name,
        "role": task.candidate_role if task else None,
        "scope": task.scope_name if task else None,
        "due_on": task.due_on.isoformat() if task else detail.get("due_on"),
        "sara": attributes.get("sara"),
        "pdca": attributes.get("pdca"),
        "detail": detail,
    }
