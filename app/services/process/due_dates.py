"""Due dates and timers of what runs: reckoned again when the calendar has changed, and moved by hand with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.db.process import armed_jobs, jobs, process_instances, user_tasks
from app.db.process.jobs import Job
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.domain.clock import local_date
from app.domain.deadlines import Due
from app.domain.errors import Conflict, FieldFault, InvalidInput, NotFound, StaleVersion
from app.domain.people import check_period, checked_reason
from app.domain.principals import require_administers, require_leads, sees_municipality
from app.domain.swedish_dates import long_date
from app.engine.reckoning import Kind, Reckoned, Standing, reckon
from app.services.caches import Organisation
from app.services.facts import facts_of, organisation
from app.services.process.advancing import loaded, require_active
from app.services.process.histories import write_line
from app.services.reminders import rearm
from app.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Moved:
    """A deadline of an instance that lands on another day. `task` or `job` is the row it stands in."""

    task: UserTask | None
    job: Job | None
    due: Due
    follow_up_on: date | None
    from_on: date

    @property
    def name(self) -> str:
        """The task's name, or the timer's element."""
        return self.task.name if self.task is not None else self.job.element if self.job is not None else ""


def moves_of(
    uow: UnitOfWork,
    instance: ProcessInstance,
    tasks: Sequence[UserTask],
    timers: Sequence[Job],
    found: Organisation,
) -> list[Moved]:
    """What of the instance would land on another day under that organisation, with the instance's own T."""
    program = loaded(uow, instance).program
    by_task = {task.token: task for task in tasks}
    by_job = {(job.kind, job.token): job for job in timers}
    standing = [*(_standing_task(task) for task in tasks), *(_standing_job(job, by_task) for job in timers)]
    again = reckon(program, facts_of(uow, instance, program, found), standing, uow.now)
    result = []
    for each in again:
        moved = _moved(each, by_task, by_job)
        if moved is not None:
            result.append(moved)
    return result


def _standing_task(task: UserTask) -> Standing:
    fixed = task.moved_by is not None
    return Standing("task", task.token, task.element_id, task.due_rule, task.created_at, task.due_on, fixed)


def _standing_job(job: Job, tasks: dict[int, UserTask]) -> Standing:
    kind: Kind = "expiry" if job.kind == "expiry" else "timer"
    at = job.due_on or local_date(job.due_at)
    # Without its task, an expiry has nothing to count from.
    fixed = job.moved_by is not None or (kind == "expiry" and job.token not in tasks) or job.rule is None
    return Standing(kind, job.token, job.element, job.rule or "", job.created_at, at, fixed)


def _moved(each: Reckoned, tasks: dict[int, UserTask], armed: dict[tuple[str, int], Job]) -> Moved | None:
    standing, due = each.standing, each.due
    if due is None or standing.fixed:
        return None
    if standing.kind == "task":
        task = tasks[standing.token]
        follow_up_on = each.follow_up.on if each.follow_up else None
        if (due.on, follow_up_on or task.follow_up_on) == (task.due_on, task.follow_up_on):
            return None
        return Moved(task, None, due, follow_up_on, task.due_on)
    job = armed[standing.kind, standing.token]
    if due.at == job.due_at or job.attempts:
        return None
    return Moved(None, job, due, None, standing.on)


def reckon_again(uow: UnitOfWork, job: Job, instance: ProcessInstance | None) -> None:
    """The job after a change of the calendar: the instance's T and deadlines follow it, under the instance's lock."""
    if instance is None:
        raise LookupError("the job names no instance")
    reason = str(job.payload.get("reason", ""))
    if job.payload.get("anchor_on"):
        move_anchor(uow, instance, date.fromisoformat(str(job.payload["anchor_on"])), reason)
    follow(uow, instance, reason)


def move_anchor(uow: UnitOfWork, instance: ProcessInstance, on: date, reason: str) -> None:
    """Give a locked instance another T."""
    before = instance.anchor_on
    if before == on:
        return
    values = {"anchor_on": on, "variables": {**instance.variables, "anchor": on.isoformat()}}
    process_instances.save(uow.session, instance, values)
    detail = {"from": before.isoformat() if before else None, "to": on.isoformat(), "reason": reason}
    write_line(uow, (instance.municipality_id, instance.id), "anchor_moved", detail)


def follow(uow: UnitOfWork, instance: ProcessInstance, reason: str) -> int:
    """Let a locked instance's open deadlines follow its T and its municipality's calendar; how many moved."""
    tasks = user_tasks.open_of_instances(uow.session, [instance.id])
    timers = armed_jobs.armed_of(uow.session, instance.municipality_id, [instance.id])
    moved = moves_of(uow, instance, tasks, timers, organisation(uow, instance.municipality_id))
    for each in moved:
        write(uow, each, reason)
    return len(moved)


def write(uow: UnitOfWork, moved: Moved, reason: str) -> None:
    """Write a move, with its line in the history."""
    due, detail = moved.due, {"from": moved.from_on.isoformat(), "to": moved.due.on.isoformat(), "reason": reason}
    if moved.task is not None:
        task = moved.task
        values: dict[str, Any] = {
            "due_on": due.on,
            "due_rule": due.rule,
            "due_reason_sv": due.reason_sv,
            "due_reason_en": due.reason_en,
            "calendar_version": due.calendar_version,
        }
        if moved.follow_up_on is not None:
            values["follow_up_on"] = moved.follow_up_on
        user_tasks.change(uow.session, task, values)
        rearm(uow, task, due.on)
        _line(uow, task, detail)
    elif moved.job is not None:
        job = moved.job
        values = {"due_at": due.at, "due_on": due.on, "calendar_version": due.calendar_version}
        jobs.move(uow.session, job, values)
        if job.process_instance_id is not None:
            place = (job.municipality_id, job.process_instance_id)
            write_line(uow, place, "timer_moved", detail, element=job.element)
            uow.ring_after_commit()


def _line(uow: UnitOfWork, task: UserTask, detail: dict[str, Any]) -> None:
    place = (task.municipality_id, task.process_instance_id)
    write_line(uow, place, "due_date_moved", detail, element=task.element_id, name=task.name, user_task_id=task.id)


def move_task(uow: UnitOfWork, task_id: UUID, due_on: date, reason: str, if_match: int | None = None) -> UserTask:
    """Set a task's last day by hand, as one who leads the work. What counts from the day follows: reminders, expiry.

    No change of the calendar moves it after that. Raises NotFound, NotYours, InvalidInput, StaleVersion, and the
    refusals of a task that is not open.
    """
    instance = process_instances.lock_of_task(uow.session, task_id)
    found = user_tasks.read_locked(uow.session, task_id) if instance is not None else None
    if instance is None or found is None or not sees_municipality(uow.who(), instance.municipality_id):
        raise NotFound("Uppgiften", "The user task")
    task, at = found
    uow.settle_now(at)
    require_leads(uow.who(), task.municipality_id)
    require_active(instance)
    if task.status != "open":
        raise Conflict("Uppgiften är redan avslutad.", "The user task is closed already.")
    if if_match is not None and if_match != task.version:
        raise StaleVersion(task.version)
    _require_day(uow, due_on)
    _set_by_hand(uow, task, due_on, checked_reason(reason))
    changed = user_tasks.read_locked(uow.session, task_id)
    if changed is None:
        raise NotFound("Uppgiften", "The user task")
    follow(uow, instance, reason)
    return changed[0]


def _set_by_hand(uow: UnitOfWork, task: UserTask, due_on: date, reason: str) -> None:
    name, today = uow.who().name, uow.today
    values = {
        "due_on": due_on,
        "due_rule": due_on.isoformat(),
        "due_reason_sv": f"bestämt av {name} {long_date(today)}: {reason}",
        "due_reason_en": f"set by {name} on {long_date(today, 'en')}: {reason}",
        "moved_by": uow.who().id,
    }
    user_tasks.change(uow.session, task, values)
    rearm(uow, task, due_on)
    _line(uow, task, {"from": task.due_on.isoformat(), "to": due_on.isoformat(), "reason": reason})


def move_timer(uow: UnitOfWork, job_id: UUID, due_at: datetime, reason: str) -> Job:
    """Set by hand when a waiting timer or expiry comes, as an administrator.

    Raises NotFound, NotYours, InvalidInput, and Conflict when it does not wait any more.
    """
    found = jobs.get(uow.session, job_id)
    if found is None or not sees_municipality(uow.who(), found.municipality_id):
        raise NotFound("Jobbet", "The job")
    require_administers(uow.who(), found.municipality_id)
    if found.process_instance_id is None or found.kind not in {"timer", "expiry"}:
        raise Conflict("Bara en tidsgräns kan flyttas.", "Only a timer can be moved.")
    process_instances.lock(uow.session, found.process_instance_id)
    job = jobs.lock(uow.session, job_id)
    if job is None:
        raise Conflict("Tidsgränsen väntar inte längre.", "The timer does not wait any more.")
    _require_day(uow, local_date(due_at))
    if due_at == job.due_at:
        sv, en = "Tidsgränsen har redan den dagen.", "The timer has that day already."
        raise InvalidInput(sv, en, [FieldFault("/due_on", sv, en)])
    values = {"due_at": due_at, "due_on": local_date(due_at), "moved_by": uow.who().id}
    # The day it comes, as the page shows it: what counts from a last day comes at midnight after it.
    before = local_date(job.due_at)
    jobs.move(uow.session, job, values)
    detail = {"from": before.isoformat(), "to": local_date(due_at).isoformat(), "reason": checked_reason(reason)}
    task = user_tasks.open_by_token(uow.session, job.municipality_id, found.process_instance_id, job.token)
    if task is not None and task.scope_name:
        detail["scope"] = task.scope_name
    write_line(uow, (job.municipality_id, found.process_instance_id), "timer_moved", detail, element=job.element)
    uow.ring_after_commit()
    changed = jobs.get(uow.session, job_id)
    if changed is None:
        raise NotFound("Jobbet", "The job")
    return changed


def _require_day(uow: UnitOfWork, on: date) -> None:
    check_period(on, None, ("/due_on", "/due_on"))
    if on < uow.today:
        sv, en = "Dagen har redan varit.", "The day has passed."
        raise InvalidInput(sv, en, [FieldFault("/due_on", sv, en)])
