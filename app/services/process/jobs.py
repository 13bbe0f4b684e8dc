"""Jobs: what is to happen later or elsewhere, each in a transaction of its own, exactly once.

Order of locks, always: the instance first, then the job. `run_due` is called by the scheduler, by the simulation with
its clock, and by tests.
"""

import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from functools import partial
from uuid import UUID

import structlog

from app.db.process import deployments, incidents, jobs, messages, process_instances
from app.db.process.jobs import Job
from app.db.process.process_instances import ProcessInstance
from app.db.session import DatabaseUnavailable, LockNotGranted
from app.domain.errors import Refusal
from app.engine.outcomes import EngineFault, TokenUnknown
from app.services import left_behind, reminders
from app.services.actions import ActionFailed, perform
from app.services.installation import Installation
from app.services.prevention.records import withdraw_of_instance
from app.services.process import due_dates
from app.services.process.advancing import continue_token
from app.services.process.histories import write_line
from app.services.process.job_failures import write_failure
from app.services.process.process_instances import Start, begin_instance, cancel_locked
from app.services.process.projection import Cause, message_job
from app.services.unit_of_work import UnitOfWork, begin_system
from app.telemetry import JOB_LATENESS, JOBS_DONE, JOBS_FAILED, where

log = structlog.get_logger()

MAX_DEPTH = 8
MAX_NAME = 200
# Jobs that are found with one question. Each is then done in a transaction of its own.
BATCH = 50
# Done at the same time, when there are several.
HANDS = 2
# How long one of several waits for people's requests in the same process.
GIVES_WAY_S = 0.025


def run_due(installation: Installation, limit: int = 200) -> int:
    """Do what is due now, in due order, until nothing is left or so many were tried; how many were done or failed.

    What somebody else has in hand is passed by, and not counted: there is no use in trying again at once.
    """
    tried = done = 0
    passed: list[UUID] = []
    while tried < limit:
        with begin_system(installation) as uow:
            found = jobs.due(uow.session, uow.set_instant, BATCH, not_in=passed)
        if not found:
            break
        answers = _run_all(installation, found)
        tried += len(answers)
        done += sum(done_now for _, done_now in answers)
        passed += [job.id for job, done_now in answers if not done_now]
    return done


def wait_s(installation: Installation) -> float | None:
    """Seconds until something is due; nought or less when something is and was passed by, None when nothing waits."""
    with begin_system(installation) as uow:
        return jobs.until_next(uow.session, uow.set_instant)


def _run_all(installation: Installation, found: Sequence[Job]) -> list[tuple[Job, bool]]:
    """Each job, and whether it was done or failed.

    By the database's clock several at once: most of a job's time is spent waiting for the database. They are to each
    other as two replicas are. By a set clock one after the other, so that a simulation is the same every time.
    """
    if installation.clock is not None or len(found) < HANDS:
        return [(job, run_one(installation, job)) for job in found]
    apart = _apart(found)
    with ThreadPoolExecutor(HANDS, thread_name_prefix="hand") as pool:
        return list(zip(apart, pool.map(partial(_run_in_turn, installation), apart), strict=True))


def _run_in_turn(installation: Installation, job: Job) -> bool:
    installation.turns.give_way(GIVES_WAY_S)
    return run_one(installation, job)


def _apart(found: Sequence[Job]) -> Sequence[Job]:
    """In due order; but with a long queue each replica begins somewhere of its own, so that they seldom meet.

    `jobs.take` sees to it that the timers of one instance still go in due order.
    """
    if len(found) < BATCH:
        return found
    begin = secrets.randbelow(len(found))
    return [*found[begin:], *found[:begin]]


def run_one(installation: Installation, job: Job) -> bool:
    """Do one job, or write down that it failed. False when somebody else has it, or it must wait.

    Raises DatabaseUnavailable: then there is no use in trying the next.
    """
    try:
        with begin_system(installation) as uow:
            return _perform(uow, job)
    except LockNotGranted:
        return False
    except DatabaseUnavailable:
        raise
    except (EngineFault, Refusal, ActionFailed, LookupError, ValueError) as fault:
        return write_failure(installation, job, fault, str(fault))
    except Exception as fault:  # noqa: BLE001  one job's unforeseen fault must not keep all later ones waiting
        kind = type(fault).__name__
        log.error("job_broke", job=str(job.id), kind=job.kind, fault=kind, where=where(fault))  # noqa: TRY400  no text
        return write_failure(installation, job, fault, kind)


def _perform(uow: UnitOfWork, found: Job) -> bool:
    instance = None
    if found.process_instance_id is not None:
        instance = process_instances.lock_unclaimed(uow.session, found.process_instance_id)
        if instance is None:
            return False
    taken = jobs.take(uow.session, found, uow.set_instant)
    if taken is None:
        return False
    job, at = taken
    uow.settle_now(at)
    if instance is not None and instance.status == "suspended" and job.kind != "cancel":
        return False
    if instance is None or instance.status == "active" or job.kind == "cancel":
        _HANDLERS[job.kind](uow, job, instance)
    _finish(uow, job)
    return True


def _finish(uow: UnitOfWork, job: Job) -> None:
    jobs.finish(uow.session, job, uow.now)
    if job.attempts:
        incidents.resolve_of_job(uow.session, job.municipality_id, job.id, uow.now)
    kind, late_s = job.kind, max(0.0, (uow.now - job.due_at).total_seconds())

    def count() -> None:
        JOBS_DONE.labels(kind).inc()
        JOB_LATENESS.labels(kind).observe(late_s)

    uow.after_commit(count)


def _needed(instance: ProcessInstance | None) -> ProcessInstance:
    if instance is None:
        raise LookupError("the job names no instance")
    return instance


def _timer(uow: UnitOfWork, job: Job, instance: ProcessInstance | None) -> None:
    due_on = job.due_on.isoformat() if job.due_on else None
    line = {"kind": "timer_fired", "element": job.element, "detail": {"rule": job.rule, "due_on": due_on}}
    _continue(uow, job, _needed(instance), {}, Cause(lines=(line,), fired=job.token))


def _expiry(uow: UnitOfWork, job: Job, instance: ProcessInstance | None) -> None:
    outcome = str(job.payload.get("outcome", "no_answer"))
    _continue(
        uow,
        job,
        _needed(instance),
        {},
        Cause(outcome=outcome, closed_kind="user_task_expired"),
        outcome=outcome,
    )


def _continue(
    uow: UnitOfWork,
    job: Job,
    instance: ProcessInstance,
    result: dict[str, object],
    cause: Cause,
    *,
    outcome: str | None = None,
) -> None:
    try:
        continue_token(uow, instance, job.token, result, cause, outcome=outcome)
    except TokenUnknown:
        # The token has gone another way since; the job is simply over.
        log.info("job_was_overtaken", job=str(job.id), kind=job.kind)


def _action(uow: UnitOfWork, job: Job, instance: ProcessInstance | None) -> None:
    held = _needed(instance)
    result = perform(uow, held, str(job.payload.get("action", "")), job.payload)
    line = {
        "kind": "action_done",
        "element": job.element,
        "name": str(job.payload.get("action", "")),
        "detail": result.detail,
    }
    _continue(uow, job, held, result.values, Cause(lines=(line,)))


def _call(uow: UnitOfWork, job: Job, instance: ProcessInstance | None) -> None:
    """Start the called process as an instance of its own. Only the child is new; only the parent is locked."""
    parent = _needed(instance)
    if process_instances.child_of(uow.session, parent.municipality_id, parent.id, job.token) is not None:
        return
    if process_instances.depth(uow.session, parent.municipality_id, parent.id) >= MAX_DEPTH:
        raise EngineFault(
            job.element, f"Anrop djupare än {MAX_DEPTH} nivåer.", f"Calls nested deeper than {MAX_DEPTH} levels."
        )
    key = str(job.payload.get("called", ""))
    definition = deployments.latest(uow.session, key, parent.municipality_id)
    if definition is None:
        raise EngineFault(job.element, f"Processen ”{key}” finns inte.", f"There is no process '{key}'.")
    parameters = dict(job.payload.get("parameters") or {})
    item = job.payload.get("item") or {}
    anchor = job.payload.get("anchor_on")
    child = begin_instance(
        uow,
        Start(
            municipality=parent.municipality_id,
            process_key=key,
            business_key=parent.business_key,
            variables={**parameters, **({"item": item} if item else {})},
            anchor_on=date.fromisoformat(anchor) if anchor else parent.anchor_on,
            anchor_organ=parent.anchor_organ,
            period=parent.period,
            year=parent.year,
            name_suffix=str(item.get("name", "")) if isinstance(item, dict) else "",
            parent=parent,
            parent_token=job.token,
        ),
        definition,
        None,
    )
    _line(uow, parent, "call_started", job.element, {"child": str(child.id), "process": key})


def _call_end(uow: UnitOfWork, job: Job, instance: ProcessInstance | None) -> None:
    result = dict(job.payload.get("result") or {})
    line = {"kind": "call_ended", "element": None, "detail": {"child": job.payload.get("child")}}
    held = _needed(instance)
    if result.get("cancelled") is True:
        raise EngineFault(
            job.element,
            "Den anropade processen avbröts. Försök igen när den kan ersättas, eller avbryt ärendet.",
            "The called process was cancelled. Retry when it can be replaced, or cancel the instance.",
        )
    _continue(uow, job, held, result, Cause(lines=(line,)))


def _message(uow: UnitOfWork, job: Job, instance: ProcessInstance | None) -> None:
    """Two kinds: an instance began to wait (look in the buffer), or a message was sent (look for who waits)."""
    if instance is not None:
        _look_in_buffer(uow, job, instance)
    else:
        _look_for_waiting(uow, job)


def _look_in_buffer(uow: UnitOfWork, job: Job, instance: ProcessInstance) -> None:
    waiting = messages.subscription(uow.session, job.municipality_id, instance.id, job.token)
    if waiting is None:
        return
    message = messages.take_first_buffered(uow.session, job.municipality_id, waiting.name, waiting.correlation)
    if message is None:
        return
    messages.deliver(uow.session, message, instance.id, uow.now)
    _receive(uow, job, instance, message)
    if messages.subscription(uow.session, job.municipality_id, instance.id, job.token) is not None:
        # An event that interrupts nothing waits on: the buffer may hold the next one.
        again = {
            **message_job(job.municipality_id, instance.id, "message", job.element, uow.now),
            "scope_kind": job.scope_kind,
            "token": job.token,
            "occurrence": job.occurrence + 1,
            "process_instance_id": instance.id,
        }
        jobs.add(uow.session, [again])
        uow.ring_after_commit()


def _receive(uow: UnitOfWork, job: Job, instance: ProcessInstance, message: messages.Message) -> None:
    line = {
        "kind": f"{message.kind}_received",
        "element": job.element,
        "name": message.name,
        "detail": {"correlation": message.correlation},
    }
    _continue(uow, job, instance, dict(message.payload), Cause(lines=(line,)))


def _look_for_waiting(uow: UnitOfWork, job: Job) -> None:
    message = messages.lock(uow.session, job.scope_id)
    if message is None:
        return
    waiting = messages.waiting_for(
        uow.session, message.municipality_id, message.kind, message.name, message.correlation
    )
    if message.kind == "signal":
        jobs.add(uow.session, [_delivery(message, w, uow.now) for w in waiting])
        messages.deliver(uow.session, message, message.id, uow.now)
        uow.ring_after_commit()
    elif waiting:
        # Its own job, so that one transaction never holds two instance locks.
        jobs.add(uow.session, [_delivery(message, waiting[0], uow.now)])
        uow.ring_after_commit()
    else:
        _start_by_message(uow, message)


def _delivery(message: messages.Message, waiting: messages.Subscription, now: datetime) -> dict[str, object]:
    return {
        **message_job(message.municipality_id, message.id, "deliver", message.name, now),
        "element": waiting.element,
        "token": waiting.token,
        "scope_kind": f"message:{waiting.process_instance_id}",
        "process_instance_id": waiting.process_instance_id,
    }


def _deliver(uow: UnitOfWork, job: Job, instance: ProcessInstance | None) -> None:
    held = _needed(instance)
    message = messages.get(uow.session, job.scope_id)
    if message is None:
        return
    if messages.subscription(uow.session, job.municipality_id, held.id, job.token) is None:
        # It waits no more. A message looks for the next who waits; a signal is over.
        if message.kind == "message" and message.status == "buffered":
            again = message_job(job.municipality_id, message.id, "message", message.name, uow.now)
            jobs.add(uow.session, [{**again, "occurrence": job.occurrence + 1}])
        return
    if message.kind == "message":
        if messages.lock(uow.session, message.id) is None:
            return
        messages.deliver(uow.session, message, held.id, uow.now)
    _receive(uow, job, held, message)


def _start_by_message(uow: UnitOfWork, message: messages.Message) -> None:
    """Nobody waits: a definition may start by it, unless the instance it would start is there already."""
    for definition in deployments.latest_of_each(uow.session, message.municipality_id):
        at = definition.message_starts.get(message.name)
        if at is None:
            continue
        key = f"{definition.key}:{message.correlation}"
        process_instances.lock_key(uow.session, message.municipality_id, definition.key, key)
        if process_instances.active_with_key(uow.session, message.municipality_id, definition.key, key):
            return
        payload = {k: v for k, v in message.payload.items() if k.isidentifier()}
        child = begin_instance(
            uow,
            Start(
                municipality=message.municipality_id,
                process_key=definition.key,
                business_key=key,
                payload=payload,
                at=str(at),
                # What is sent may bring the T of what it starts, and the end of its name.
                anchor_on=_day(payload.get("anchor")),
                name_suffix=str(payload.get("name") or "")[:MAX_NAME],
                year=int(message.correlation) if message.correlation.isdigit() else None,
            ),
            definition,
            None,
        )
        messages.deliver(uow.session, message, child.id, uow.now)
        return


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _cancel(uow: UnitOfWork, job: Job, instance: ProcessInstance | None) -> None:
    held = _needed(instance)
    if held.status in {"active", "suspended"}:
        cancel_locked(uow, held, str(job.payload.get("reason", "")))
        withdraw_of_instance(uow, held.municipality_id, held.id)


_HANDLERS: dict[str, Callable[[UnitOfWork, Job, ProcessInstance | None], None]] = {
    "timer": _timer, "expiry": _expiry, "action": _action, "call": _call, "call_end": _call_end,
    "message": _message, "signal": _message, "deliver": _deliver, "cancel": _cancel, "release": left_behind.release,
    "reminder": reminders.fire,
    "reckon": due_dates.reckon_again,
}  # fmt: skip

# Every kind is counted from the start, at nought: a rate over a series that is not there yet says nothing.
for _kind in _HANDLERS:
    JOBS_DONE.labels(_kind), JOBS_FAILED.labels(_kind), JOB_LATENESS.labels(_kind)


def _line(uow: UnitOfWork, instance: ProcessInstance, kind: str, element: str, detail: dict[str, object]) -> None:
    write_line(uow, (instance.municipality_id, instance.id), kind, detail, element=element)
