"""What a calendar feed holds: a person's own deadlines, or a municipality's wheel. Days only, no hours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from app.db.prevention import meetings, municipalities
from app.db.prevention.municipalities import Occurrence
from app.db.process import closed_deadlines, process_instances, user_tasks
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.documents.day_calendars import DOMAIN, DayCalendar, DayEvent
from app.domain import schedules as schedule
from app.domain.meeting_plans import organ_genitive, organ_name
from app.domain.roles import role_name
from app.domain.swedish_dates import Sentence, long_date
from app.services import schedules
from app.services.facts import organisation
from app.services.unit_of_work import UnitOfWork

MOST_EVENTS: Final = 2000
CLOSED_STAYS: Final = timedelta(days=60)
"""For how long a task that is over is told as cancelled, so that programs that keep events take it away."""
WHEEL_BACK: Final = timedelta(days=366)
WHEEL_AHEAD: Final = timedelta(days=2 * 366)

_OWN_NAME = Sentence("Mina sista dagar – Trygghetshjulet", "My deadlines – Trygghetshjulet")
_OWN_ABOUT = Sentence(
    "Sista dagen för dina uppgifter i kommunens brottsförebyggande arbete.",
    "The last day of your tasks in the municipality's crime prevention work.",
)
_TASK = Sentence("Uppgift", "Task")
_DONE = Sentence("Klar", "Done")
_GONE = Sentence("Inte längre aktuell", "No longer needed")
_ROLE = Sentence("Roll", "Role")
_OPEN = Sentence("Öppna uppgiften", "Open the task")
_BY_HAND = Sentence("Dagen är satt för hand.", "The day was set by hand.")


@dataclass(frozen=True)
class _Reader:
    """How the events are told: in which language, with links to which address, and whether names may be told."""

    language: str
    base: str
    own: bool

    def say(self, words: Sentence) -> str:
        return words.en if self.language == "en" else words.sv


def of_person(uow: UnitOfWork, base: str) -> DayCalendar:
    """The principal's own deadlines, and those that have been closed lately. `base` is the service's address."""
    principal, session = uow.who(), uow.session
    reader = _Reader(principal.language, base, own=True)
    roles = [(held.municipality, held.role, held.scope_id) for held in principal.roles]
    who = (principal.id, principal.stands_for, roles)
    found = user_tasks.open_for(session, *who, limit=MOST_EVENTS)
    room = MOST_EVENTS - len(found)
    found += closed_deadlines.closed_for(session, *who, since=uow.now - CLOSED_STAYS, limit=room)
    return DayCalendar(
        name=reader.say(_OWN_NAME),
        description=reader.say(_OWN_ABOUT),
        url=f"{base}/mina-uppgifter",
        language=reader.language,
        events=_task_events(uow, reader, found),
    )


def of_municipality(uow: UnitOfWork, municipality: str, base: str) -> DayCalendar:
    """The municipality's wheel: what starts and works towards a day, meetings, and what is due. No person is named."""
    session, reader = uow.session, _Reader("sv", base, own=False)
    name = organisation(uow, municipality).name
    planned = sorted([*_meetings(uow, reader, municipality), *_occurrences(uow, reader, municipality)], key=_nearness)
    events = planned[:MOST_EVENTS]
    room = MOST_EVENTS - len(events)
    waiting = user_tasks.in_municipalities(session, [municipality], limit=room)
    found = [task for task in waiting if not task.suspended]
    room -= len(found)
    found += closed_deadlines.closed_in(session, municipality, since=uow.now - CLOSED_STAYS, limit=room)
    return DayCalendar(
        name=f"Årshjulet – {name}",
        description=f"Brottsförebyggande arbete i {name}: starter, måldagar, sammanträden och sista dagar.",
        url=f"{base}/arshjul?kommun={municipality}",
        language=reader.language,
        events=(*events, *_task_events(uow, reader, found)),
    )


def _nearness(event: DayEvent) -> tuple[date, str]:
    return event.on, event.uid


def _task_events(uow: UnitOfWork, reader: _Reader, tasks: list[UserTask]) -> tuple[DayEvent, ...]:
    # A task of the first version has not changed since it was opened.
    changed = closed_deadlines.last_changes(
        uow.session, [task for task in tasks if task.status == "open" and task.version > 1]
    )
    return tuple(_task_event(reader, task, changed) for task in tasks)


def _task_event(reader: _Reader, task: UserTask, changed: Mapping[UUID, datetime]) -> DayEvent:
    over = {"completed": _DONE, "cancelled": _GONE}.get(task.status)
    url = f"{reader.base}/uppgifter/{task.id}"
    title = f"{task.instance_name}: {task.name}" + (f" – {task.scope_name}" if task.scope_name else "")
    role = role_name(task.candidate_role, reader.language)
    lines = [
        f"{reader.say(over)}." if over else _why(reader, task),
        f"{reader.say(_ROLE)}: {role}",
        f"{reader.say(_OPEN)}: {url}",
    ]
    return DayEvent(
        uid=f"{task.id}@{DOMAIN}",
        on=task.due_on,
        # Programs that show what was cancelled as if nothing had happened still show these words.
        summary=f"{reader.say(over)}: {title}" if over else title,
        description="\n".join(lines),
        url=url,
        categories=("Trygghetshjulet", reader.say(_TASK)),
        sequence=task.version,
        changed_at=task.closed_at or changed.get(task.id, task.created_at),
        cancelled=over is not None,
    )


def _why(reader: _Reader, task: UserTask) -> str:
    """Why the day is that day. Who moved it by hand is told to those whose task it is."""
    if task.moved_by is not None and not reader.own:
        return reader.say(_BY_HAND)
    return _sentence(task.due_reason_en if reader.language == "en" else task.due_reason_sv)


def _sentence(words: str) -> str:
    trimmed = words.strip().rstrip(".")
    return f"{trimmed[:1].upper()}{trimmed[1:]}." if trimmed else ""


def _meetings(uow: UnitOfWork, reader: _Reader, municipality: str) -> Iterator[DayEvent]:
    """The meeting plan: each meeting, and the last day to hand in papers to it."""
    url = f"{reader.base}/arshjul?kommun={municipality}"
    first, last = uow.today - WHEEL_BACK, uow.today + WHEEL_AHEAD
    for meeting in meetings.planned(uow.session, municipality):
        if not first <= meeting.on <= last:
            continue
        organ, whose = reader.say(organ_name(meeting.organ)), reader.say(organ_genitive(meeting.organ))
        on, stop = long_date(meeting.on), long_date(meeting.manuscript_stop_on)
        yield DayEvent(
            f"{meeting.id}@{DOMAIN}", meeting.on, f"{organ[:1].upper()}{organ[1:]} sammanträder",
            f"Manusstopp är {stop}.", url, ("Trygghetshjulet", "Sammanträde"),
        )  # fmt: skip
        yield DayEvent(
            f"{meeting.id}.manusstopp@{DOMAIN}", meeting.manuscript_stop_on,
            f"Manusstopp för {whose} sammanträde", f"Sammanträdet är {on}.", url,
            ("Trygghetshjulet", "Manusstopp"),
        )  # fmt: skip


@dataclass(frozen=True)
class _Run:
    """An occurrence as the wheel tells it: planned, started or skipped."""

    name: str
    key: str
    period: str
    start_on: date
    anchor_on: date
    reason: str
    instance: ProcessInstance | None
    off: bool


def _occurrences(uow: UnitOfWork, reader: _Reader, municipality: str) -> Iterator[DayEvent]:
    first, last = uow.today - WHEEL_BACK, uow.today + WHEEL_AHEAD
    for run in _runs(uow, municipality, first, last):
        yield from (event for event in _run_events(reader, municipality, run) if first <= event.on <= last)


def _runs(uow: UnitOfWork, municipality: str, first: date, last: date) -> Iterator[_Run]:
    """What the rules give, and what has been decided of each: a rule that changed takes nothing back."""
    found = organisation(uow, municipality)
    decided = {(row.process_key, row.period): row for row in municipalities.occurrences(uow.session, municipality)}
    for entry in schedules.adopted(uow, found):
        for planned in schedule.occurrences([entry.rule], first, last, found.calendar, found.plan):
            row = decided.pop((planned.key, planned.period), None)
            if row is None and planned.anchor_on < uow.today:
                # Its day passed before the municipality began: it never was.
                continue
            yield _run(uow, row or planned, entry.definition.name, planned.reason_sv)
    for row in decided.values():
        instance = _instance(uow, row)
        yield _run(uow, row, instance.name if instance else row.process_key, "")


def _instance(uow: UnitOfWork, row: Occurrence) -> ProcessInstance | None:
    return process_instances.get(uow.session, row.process_instance_id) if row.process_instance_id else None


def _run(uow: UnitOfWork, one: Occurrence | schedule.Occurrence, name: str, reason: str) -> _Run:
    if isinstance(one, schedule.Occurrence):
        return _Run(name, one.key, one.period, one.start_on, one.anchor_on, reason, None, off=False)
    instance = _instance(uow, one)
    anchor_on = instance.anchor_on if instance is not None and instance.anchor_on else one.anchor_on
    off = one.status == "skipped" or (instance is not None and instance.status == "cancelled")
    return _Run(name, one.process_key, one.period, one.start_on, anchor_on, reason, instance, off)


def _run_events(reader: _Reader, municipality: str, run: _Run) -> Iterator[DayEvent]:
    page = f"/arenden/{run.instance.id}" if run.instance else f"/arshjul?kommun={municipality}"
    moved = run.instance is not None and run.instance.anchor_on is not None
    towards = f"Arbetet siktar mot {long_date(run.anchor_on)}."
    reason = towards if moved or not run.reason else run.reason
    for part, on, summary in (
        ("start", run.start_on, f"Start: {run.name} {run.period}"),
        ("maldag", run.anchor_on, f"Måldag: {run.name} {run.period}"),
    ):
        yield DayEvent(
            uid=f"{municipality}.{run.key}.{run.period}.{part}@{DOMAIN}",
            on=on,
            summary=f"Inställt: {summary}" if run.off else summary,
            description=f"{reason}\n{reader.base}{page}",
            url=f"{reader.base}{page}",
            categories=("Trygghetshjulet", "Start" if part == "start" else "Måldag"),
            cancelled=run.off,
        )
