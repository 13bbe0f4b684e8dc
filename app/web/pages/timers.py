"""Tidsgränser: the timers that wait in an instance, and moving one by hand and with a reason."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from app.db.process import jobs, user_tasks
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.domain.clock import STOCKHOLM, local_date
from app.domain.errors import InvalidInput, NotFound
from app.domain.principals import administers, require_administers
from app.engine.programs import Node
from app.services.process import due_dates
from app.services.process.advancing import loaded
from app.web.pages.visits import Visit
from app.web.pages.wording import stamp_of_instant
from app.web.swedish import Swedish
from app.web.views import MoveDay, TimerRow

MOST = 200


def timers_of(visit: Visit, instance: ProcessInstance, typed: MoveDay | None = None) -> tuple[TimerRow, ...]:
    """The timers that wait, soonest first, for administrators; none for others. `typed` is what would not do."""
    if not administers(visit.principal, instance.municipality_id):
        return ()
    nodes = loaded(visit.uow, instance).program.nodes
    rows = jobs.page(
        visit.uow.session, [instance.municipality_id], status="waiting", instance_id=instance.id, limit=MOST
    )
    tasks = {task.token: task for task in user_tasks.open_of_instances(visit.uow.session, [instance.id])}
    waiting = sorted((row for row in rows if row.kind in {"timer", "expiry"}), key=lambda row: (row.due_at, row.id))
    return tuple(_row(visit, job, nodes.get(job.element), tasks.get(job.token), typed) for job in waiting)


def _row(visit: Visit, job: jobs.Job, node: Node | None, task: UserTask | None, typed: MoveDay | None) -> TimerRow:
    move = MoveDay(_address(job.process_instance_id, job.id), local_date(job.due_at).isoformat(), key=f"-{job.id}")
    # A step that is every department's has a timer for each.
    names = ((node.name if node is not None else "") or visit.words("Tidsgräns"), task.scope_name if task else "")
    return TimerRow(
        Swedish(", ".join(name for name in names if name)),
        stamp_of_instant(job.due_at, visit.language),
        typed if typed is not None and typed.url == move.url else move,
    )


def move(visit: Visit, instance: ProcessInstance, job_id: UUID, day: str, reason: str) -> MoveDay | None:
    """Move the timer to the same hour of another day; what would not do, or None when it is done.

    Raises NotFound, NotYours, and Conflict when it does not wait any more.
    """
    require_administers(visit.principal, instance.municipality_id)
    job = jobs.get(visit.uow.session, job_id)
    if job is None or job.process_instance_id != instance.id:
        raise NotFound("Tidsgränsen", "The timer")
    errors = dict(_faults(visit, day, reason))
    if not errors:
        at = datetime.combine(date.fromisoformat(day), job.due_at.astimezone(STOCKHOLM).time(), STOCKHOLM)
        try:
            with visit.uow.attempt():
                due_dates.move_timer(visit.uow, job_id, at, reason)
        except InvalidInput as refusal:
            errors = {e.pointer: e.en if visit.language == "en" else e.sv for e in refusal.errors}
    if not errors:
        return None
    return MoveDay(
        _address(instance.id, job_id), day, reason, errors.get("/due_on", ""), errors.get("/reason", ""), f"-{job_id}"
    )


def _faults(visit: Visit, day: str, reason: str) -> Iterator[tuple[str, str]]:
    try:
        date.fromisoformat(day)
    except ValueError:
        yield "/due_on", visit.words("Skriv dagen som år-månad-dag, till exempel 2027-03-30.")
    if not reason.strip():
        yield "/reason", visit.words("Skriv varför dagen flyttas.")


def _address(instance_id: UUID | None, job_id: UUID) -> str:
    return f"/arenden/{instance_id}/tidsgranser/{job_id}"
