"""An engine's outcome becomes rows: the only writer of instances, tasks, jobs, subscriptions and history.

Everything an instance did in one command is written here in one go, a statement per table, in the transaction of the
use case that asked for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.db.process import history, jobs, messages, process_instances, user_tasks
from app.db.process.process_instances import ProcessInstance
from app.domain.deadlines import Due
from app.domain.ids import new_id
from app.domain.roles import DEFAULT_ROLE, role_within
from app.engine.outcomes import Opened, Outcome, Thrown
from app.services.reminder_steps import first_job
from app.services.unit_of_work import UnitOfWork

LONGEST_POLL = timedelta(seconds=60)


@dataclass(frozen=True)
class Cause:
    """Why the engine ran: the task somebody completed, on whose behalf, with what outcome; or nothing of the kind.

    `fired` is the token of a timer that fired: its job is marked done by whoever does it.
    """

    person_id: UUID | None = None
    on_behalf_of: UUID | None = None
    user_task_id: UUID | None = None
    outcome: str | None = None
    closed_kind: str = "user_task_completed"
    fired: int | None = None
    lines: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)


def project(uow: UnitOfWork, instance: ProcessInstance, outcome: Outcome, cause: Cause) -> None:
    """Write the whole effect of a command."""
    writer = _Writer(uow, instance, cause)
    writer.close(outcome)
    writer.open(outcome)
    writer.throw(outcome.thrown)
    writer.finish(outcome)


class _Writer:
    """Gathers the rows of one projection, table by table."""

    def __init__(self, uow: UnitOfWork, instance: ProcessInstance, cause: Cause) -> None:
        self.uow, self.instance, self.cause = uow, instance, cause
        self.place = instance.municipality_id
        self.lines: list[dict[str, Any]] = []
        self.jobs: list[dict[str, Any]] = []

    def close(self, outcome: Outcome) -> None:
        """Tasks, timers and subscriptions that wait no more."""
        tasks = {c.token: c for c in outcome.closed if c.kind == "user"}
        self._close_lines(outcome)
        armed = [c.token for c in outcome.closed if c.armed and c.token != self.cause.fired]
        if tasks:
            states = {
                token: ("completed", self.cause.outcome) if c.how == "completed" else ("cancelled", None)
                for token, c in tasks.items()
            }
            user_tasks.close(
                self.uow.session,
                self.place,
                self.instance.id,
                states,
                disarm=armed,
                at=self.uow.now,
                person_id=self.cause.person_id,
                on_behalf_of=self.cause.on_behalf_of,
            )
        else:
            jobs.disarm(self.uow.session, self.place, self.instance.id, armed)
        waited = [c.token for c in outcome.closed if c.kind in {"message", "signal"}]
        if waited:
            messages.unsubscribe(self.uow.session, self.place, self.instance.id, waited)

    def _close_lines(self, outcome: Outcome) -> None:
        self.lines += [{**_blank(self), **line} for line in self.cause.lines]
        for closed in outcome.closed:
            if closed.how == "completed" and closed.kind == "user":
                detail = {"outcome": self.cause.outcome} if self.cause.outcome else {}
                self._line(self.cause.closed_kind, closed.element, user_task_id=self.cause.user_task_id, detail=detail)
            elif closed.how == "cancelled" and closed.kind in {"user", "call", "action"}:
                self._line("cancelled", closed.element, detail={"token": closed.token})

    def open(self, outcome: Outcome) -> None:
        """What waits now: tasks with their due dates, timers, actions and calls as jobs, subscriptions."""
        for note in outcome.notes:
            self._line(note.kind, note.element, name=note.name or None, detail=dict(note.detail))
        tasks = [self._task(opened) for opened in outcome.opened if opened.kind == "user"]
        user_tasks.add(self.uow.session, tasks)
        subscriptions = []
        for opened in outcome.opened:
            if opened.kind == "timer" and opened.due is not None:
                self._job("timer", opened, opened.due.at, opened.due)
            elif opened.kind in {"action", "call"}:
                self._job(opened.kind, opened, self.uow.now, opened.anchor)
            elif opened.kind in {"message", "signal"}:
                subscriptions.append(self._subscription(opened))
        messages.subscribe(self.uow.session, subscriptions)

    def _task(self, opened: Opened) -> dict[str, Any]:
        """A new task's row; its line in the history and the jobs that its dates arm are queued beside it."""
        due = opened.due
        if due is None:
            raise AssertionError("the engine gives every user task a due date")
        task_id = new_id()
        self._arm(opened, due)
        scope = (opened.item or {}).get("name")
        detail = {"due_on": due.on.isoformat(), "rule": due.rule, "scope": scope}
        self._line("user_task_opened", opened.element, name=opened.name, user_task_id=task_id, detail=detail)
        return self._task_row(opened, due, task_id)

    def _arm(self, opened: Opened, due: Due) -> None:
        """What the dates of a task arm: its expiry, where the diagram says so, and its first reminder."""
        attributes, expiry = opened.attributes, opened.expire
        if expiry is not None:
            self._job("expiry", opened, expiry.at, expiry, outcome=attributes.get("expireOutcome", "no_answer"))
        reminder = first_job(self.uow, self.instance, (opened.element, opened.token), attributes, due.on)
        if reminder is not None:
            self.jobs.append(reminder)

    def _task_row(self, opened: Opened, due: Due, task_id: UUID) -> dict[str, Any]:
        item, attributes = opened.item or {}, opened.attributes
        return {
            "municipality_id": self.place,
            "id": task_id,
            "process_instance_id": self.instance.id,
            "definition_id": self.instance.definition_id,
            "token": opened.token,
            "element_id": opened.element,
            "name": opened.name or opened.element,
            "instance_name": self.instance.name,
            "form_key": attributes.get("form"),
            "candidate_role": role_within(attributes.get("role", DEFAULT_ROLE), item.get("kind")),
            "co_role": role_within(attributes["coRole"], item.get("kind")) if attributes.get("coRole") else None,
            "decider": attributes.get("decider"),
            "scope_kind": item.get("kind"),
            "scope_id": _as_uuid(item.get("id")),
            "scope_name": item.get("name"),
            "status": "open",
            "due_on": due.on,
            "due_rule": due.rule,
            "due_reason_sv": due.reason_sv,
            "due_reason_en": due.reason_en,
            "calendar_version": due.calendar_version,
            "follow_up_on": opened.follow_up.on if opened.follow_up else None,
            "priority": int(attributes.get("priority", "50")),
            "suspended": False,
            "created_at": self.uow.now,
            "version": 1,
        }

    def _job(self, kind: str, opened: Opened, due_at: datetime, due: Due | None, **payload: Any) -> None:
        self.jobs.append(
            {
                "municipality_id": self.place,
                "id": new_id(),
                "kind": kind,
                "scope_kind": "process_instance",
                "scope_id": self.instance.id,
                "element": opened.element,
                "token": opened.token,
                "occurrence": 0,
                "process_instance_id": self.instance.id,
                "due_at": due_at,
                "due_on": due.on if due else None,
                "zone": "Europe/Stockholm",
                "rule": due.rule if due else None,
                "calendar_version": due.calendar_version if due else None,
                "status": "waiting",
                "attempts": 0,
                "payload": {
                    **payload,
                    **({"parameters": dict(opened.parameters)} if kind in {"action", "call"} else {}),
                    **({"item": dict(opened.item)} if opened.item and kind in {"action", "call"} else {}),
                    **({"action": opened.attributes.get("action", "")} if kind == "action" else {}),
                    **({"called": opened.attributes.get("called", "")} if kind == "call" else {}),
                    **({"anchor_on": due.on.isoformat()} if kind == "call" and due else {}),
                },
                "created_at": self.uow.now,
            }
        )

    def _subscription(self, opened: Opened) -> dict[str, Any]:
        correlation = opened.correlation or str(self.instance.year)
        if opened.kind == "message":
            # It may have been sent before anybody waited: a job looks in the buffer.
            self._job("message", opened, self.uow.now, None, name=opened.event_name, correlation=correlation)
        return {
            "municipality_id": self.place,
            "id": new_id(),
            "process_instance_id": self.instance.id,
            "token": opened.token,
            "element": opened.element,
            "kind": opened.kind,
            "name": opened.event_name,
            "correlation": correlation,
            "since": self.uow.now,
        }

    def throw(self, thrown: tuple[Thrown, ...]) -> None:
        """Messages and signals go to the buffer, with a job that looks for who waits."""
        rows = []
        for sent in thrown:
            message_id = new_id()
            correlation = sent.correlation or str(self.instance.year)
            rows.append(
                {
                    "municipality_id": self.place,
                    "id": message_id,
                    "kind": sent.kind,
                    "name": sent.name,
                    "correlation": correlation,
                    "payload": dict(sent.payload),
                    "sent_at": self.uow.now,
                    "sent_by_instance": self.instance.id,
                    "status": "buffered",
                }
            )
            self.jobs.append(message_job(self.place, message_id, sent.kind, sent.name, self.uow.now))
            self._line(f"{sent.kind}_sent", sent.element, name=sent.name, detail={"correlation": correlation})
        messages.add(self.uow.session, rows)

    def finish(self, outcome: Outcome) -> None:
        """The instance itself, its jobs and its history."""
        values: dict[str, Any] = {"state": outcome.state, "variables": dict(outcome.variables)}
        if outcome.ended:
            values |= {"status": "ended", "ended_at": self.uow.now, "state": None}
            self._line("instance_ended", None, name=self.instance.name)
            if self.instance.parent_id is not None:
                self.jobs.append(call_end_job(self.instance, dict(outcome.variables), self.uow.now))
        process_instances.save(self.uow.session, self.instance, values)
        jobs.add(self.uow.session, self.jobs)
        history.append(self.uow.session, self.lines)
        # What falls due before the scheduler looks next wakes it, to work or to set its alarm.
        soon = self.uow.now + LONGEST_POLL
        if any(job["due_at"] <= soon for job in self.jobs):
            self.uow.ring_after_commit()

    def _line(self, kind: str, element: str | None, **values: Any) -> None:
        self.lines.append({**_blank(self), "kind": kind, "element": element, **values})


def _blank(writer: _Writer) -> dict[str, Any]:
    return {
        "municipality_id": writer.place,
        "process_instance_id": writer.instance.id,
        "at": writer.uow.now,
        "element": None,
        "name": None,
        "user_task_id": None,
        "person_id": writer.cause.person_id,
        "detail": {},
    }


def _as_uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value)) if value is not None else None
    except ValueError:
        return None


def message_job(municipality: str, message_id: UUID, kind: str, name: str, now: datetime) -> dict[str, Any]:
    """The job that looks for who waits for a message or signal."""
    return {
        "municipality_id": municipality,
        "id": new_id(),
        "kind": kind,
        "scope_kind": "message",
        "scope_id": message_id,
        "element": name[:100],
        "token": 0,
        "occurrence": 0,
        "process_instance_id": None,
        "due_at": now,
        "due_on": None,
        "zone": "Europe/Stockholm",
        "rule": None,
        "calendar_version": None,
        "status": "waiting",
        "attempts": 0,
        "payload": {},
        "created_at": now,
    }


def call_end_job(instance: ProcessInstance, result: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The job that tells a caller that the process it called has ended."""
    return {
        **message_job(instance.municipality_id, instance.id, "call_end", instance.process_key, now),
        "scope_kind": "process_instance",
        "token": instance.parent_token,
        "process_instance_id": instance.parent_id,
        "payload": {"child": str(instance.id), "result": result},
    }
