"""Changes of a municipality's calendar: previewed, confirmed, carried out, written down."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson

from app.db.prevention import calendars, meetings, municipalities
from app.db.process import armed_jobs, jobs, process_instances, user_tasks
from app.db.process.process_instances import ProcessInstance
from app.domain import schedules
from app.domain.adoptions import Adoption, questions_of
from app.domain.calendar_changes import AdoptProcess, CalendarChange, SetRule, Timetable, changed
from app.domain.errors import Conflict, NotFound
from app.domain.ids import new_id
from app.domain.people import checked_reason
from app.domain.principals import require_administers, sees_municipality
from app.domain.schedules import Occurrence
from app.services.caches import Organisation
from app.services.facts import organisation
from app.services.process.due_dates import moves_of
from app.services.process.projection import message_job
from app.services.schedules import adoptable
from app.services.unit_of_work import UnitOfWork

AHEAD = timedelta(days=550)
"""How far ahead the preview looks for starts that move."""
BEHIND = timedelta(days=800)
"""How far back the occurrences lie whose instances may still run."""


@dataclass(frozen=True)
class Move:
    """Something that lands on another day. `kind` is task, expiry, timer, anchor, or start (of what is planned).

    `to_on` None: the period has no day any more. `why` says how the new day came to be.
    """

    kind: str
    process: str
    name: str
    instance_id: UUID | None
    task_id: UUID | None
    from_on: date | None
    to_on: date | None
    why_sv: str
    why_en: str


@dataclass(frozen=True)
class Preview:
    """What a change would move, and what it would leave without a day. `digest` confirms just this."""

    moves: tuple[Move, ...]
    kept: int
    gaps: tuple[schedules.Missing, ...]
    version_before: str
    version_after: str
    digest: str


@dataclass(frozen=True)
class _Tried:
    before: Timetable
    after: Timetable
    found: Organisation
    anchors: Mapping[UUID, date]
    moves: tuple[Move, ...]
    kept: int


def preview(uow: UnitOfWork, municipality: str, changes: Sequence[CalendarChange]) -> Preview:
    """What the changes would move, of what runs and of what is planned. Nothing is written.

    Raises NotFound, NotYours, InvalidInput.
    """
    tried = _try(uow, municipality, changes)
    years = [uow.today.year, uow.today.year + 1]
    rules = tried.after.rules.values()
    return Preview(
        moves=tried.moves,
        kept=tried.kept,
        gaps=tuple(schedules.missing(rules, years, tried.after.calendar, tried.after.plan)),
        version_before=tried.before.calendar.version,
        version_after=tried.after.calendar.version,
        digest=_digest(changes, tried.moves),
    )


def confirm(
    uow: UnitOfWork, municipality: str, changes: Sequence[CalendarChange], reason: str, digest: str | None
) -> UUID:
    """Carry the changes out, if they move just what the preview said; without a digest, whatever they move.

    The calendar is changed at once; each running instance follows by a job of its own. Raises NotFound, NotYours,
    InvalidInput, and Conflict when the preview is not true any more.
    """
    reason = checked_reason(reason)
    # Two administrators at once: the second one's preview is judged after the first one's change.
    municipalities.lock(uow.session, municipality)
    tried = _try(uow, municipality, changes)
    if digest is not None and digest != _digest(changes, tried.moves):
        raise Conflict(
            "Något har ändrats sedan förhandsgranskningen. Granska på nytt innan du bekräftar.",
            "Something has changed since the preview. Preview again before you confirm.",
        )
    return _keep(uow, municipality, tried, changes, reason)


def carry_out(uow: UnitOfWork, municipality: str, changes: Sequence[CalendarChange], reason: str) -> UUID:
    """Carry out what a process has been told by those whose task it was; nobody is asked to confirm it.

    Raises InvalidInput.
    """
    municipalities.lock(uow.session, municipality)
    return _keep(uow, municipality, _reckon(uow, municipality, changes), changes, reason)


def _keep(uow: UnitOfWork, municipality: str, tried: _Tried, changes: Sequence[CalendarChange], reason: str) -> UUID:
    change_id = new_id()
    _store(uow, municipality, tried, changes)
    calendars.note_change(
        uow.session,
        {
            "municipality_id": municipality,
            "id": change_id,
            "changed_at": uow.now,
            "person_id": uow.principal.id if uow.principal else None,
            "reason": reason,
            "changes": [as_data(change) for change in changes],
            "moves": [_plain(asdict(move)) for move in tried.moves],
            "version_before": tried.before.calendar.version,
            "version_after": tried.after.calendar.version,
        },
    )
    _queue(uow, municipality, tried, change_id, reason)
    return change_id


def _try(uow: UnitOfWork, municipality: str, changes: Sequence[CalendarChange]) -> _Tried:
    principal = uow.who()
    if not sees_municipality(principal, municipality) or municipalities.get(uow.session, municipality) is None:
        raise NotFound("Kommunen", "The municipality")
    require_administers(principal, municipality)
    return _reckon(uow, municipality, changes)


def _reckon(uow: UnitOfWork, municipality: str, changes: Sequence[CalendarChange]) -> _Tried:
    found = organisation(uow, municipality)
    before = timetable(uow, found)
    after = changed(before, changes)
    living = process_instances.living(uow.session, municipality)
    planned = _planned_moves(uow, municipality, before, after)
    anchors = _anchors(uow, municipality, living, before, after)
    running, kept = _running_moves(uow, municipality, living, anchors, replace(found, **_parts(after)))
    return _Tried(before, after, found, anchors, (*planned, *running), kept)


def timetable(uow: UnitOfWork, found: Organisation) -> Timetable:
    """What the municipality's deadlines are reckoned by today."""
    deployed = {definition.key: rule for definition, rule in adoptable(uow, found)}
    adopted = tuple(found.profile.get("processes", ()))
    rules = {key: rule for key, rule in deployed.items() if rule is not None and key in adopted}
    return Timetable(
        found.calendar,
        found.plan,
        rules,
        int(found.profile.get("manuscript_workdays", 20)),
        adoption=Adoption(deployed, adopted, questions_of(found.profile)),
    )


def _parts(after: Timetable) -> dict[str, Any]:
    return {"calendar": after.calendar, "plan": after.plan}


def _by_period(uow: UnitOfWork, table: Timetable) -> dict[tuple[str, str], Occurrence]:
    found = schedules.occurrences(
        table.rules.values(), uow.today - BEHIND, uow.today + AHEAD, table.calendar, table.plan
    )
    return {(o.key, o.period): o for o in found}


def _planned_moves(uow: UnitOfWork, municipality: str, before: Timetable, after: Timetable) -> tuple[Move, ...]:
    """The starts that have not come yet, nor been struck, and land on other days, or on none."""
    old, new = _by_period(uow, before), _by_period(uow, after)
    decided = {(row.process_key, row.period) for row in municipalities.occurrences(uow.session, municipality)}
    moves = []
    for key in sorted((old.keys() | new.keys()) - decided):
        was, will = old.get(key), new.get(key)
        starts = [o.start_on for o in (was, will) if o is not None]
        same = was and will and (was.start_on, was.anchor_on) == (will.start_on, will.anchor_on)
        if same or max(starts) < uow.today:
            continue
        moves.append(_start_move(*key, was, will, in_use=key[0] in after.rules))
    return tuple(moves)


_NOT_IN_USE = ("processen används inte längre", "the process is not in use any more")


def _start_move(process: str, period: str, was: Occurrence | None, will: Occurrence | None, *, in_use: bool) -> Move:
    from_on, to_on = (o.anchor_on if o is not None else None for o in (was, will))
    why_sv, why_en = ("ingen dag finns", "there is no day") if in_use else _NOT_IN_USE
    if will is not None:
        why_sv, why_en = will.reason_sv, will.reason_en
    return Move("start", process, period, None, None, from_on, to_on, why_sv, why_en)


def _anchors(
    uow: UnitOfWork, municipality: str, living: Sequence[ProcessInstance], before: Timetable, after: Timetable
) -> dict[UUID, date]:
    """The instances whose T follows: by the rule they were started by, by their meeting, or by who called them."""
    old, new = _by_period(uow, before), _by_period(uow, after)
    started = {
        row.process_instance_id: (row.process_key, row.period)
        for row in municipalities.occurrences(uow.session, municipality)
        if row.process_instance_id is not None
    }
    found: dict[UUID, date] = {}
    was = {instance.id: instance.anchor_on for instance in living}
    for instance in living:
        if instance.anchor_on is None:
            continue
        key = started.get(instance.id)
        by_rule = new.get(key) if key and key in old and old[key].anchor_on == instance.anchor_on else None
        by_meeting = (after.moved or {}).get((instance.anchor_organ or "", instance.anchor_on))
        if instance.parent_id in found and instance.anchor_on == was[instance.parent_id]:
            found[instance.id] = found[instance.parent_id]
        elif by_rule is not None and by_rule.anchor_on != instance.anchor_on:
            found[instance.id] = by_rule.anchor_on
        elif by_meeting is not None and by_rule is None:
            found[instance.id] = by_meeting
    return found


def _running_moves(
    uow: UnitOfWork,
    municipality: str,
    living: Sequence[ProcessInstance],
    anchors: Mapping[UUID, date],
    after: Organisation,
) -> tuple[tuple[Move, ...], int]:
    """What of the living instances moves, and how many open tasks stay on their day."""
    ids = [instance.id for instance in living]
    tasks = _grouped(user_tasks.open_of_instances(uow.session, ids))
    timers = _grouped(armed_jobs.armed_of(uow.session, municipality, ids))
    moves: list[Move] = []
    for instance in living:
        anchor = anchors.get(instance.id)
        if anchor is not None:
            moves.append(_anchor_move(instance, anchor))
        with process_instances.supposed(uow.session, instance, anchor_on=anchor or instance.anchor_on):
            found = moves_of(uow, instance, tasks.get(instance.id, []), timers.get(instance.id, []), after)
        moves += [
            Move(
                "task" if m.task else m.job.kind if m.job else "", instance.process_key, m.name, instance.id,
                m.task.id if m.task else None, m.from_on, m.due.on, m.due.reason_sv, m.due.reason_en,
            )
            for m in found
        ]  # fmt: skip
    moved = {move.task_id for move in moves}
    kept = sum(task.id not in moved for group in tasks.values() for task in group)
    return tuple(moves), kept


def _anchor_move(instance: ProcessInstance, to_on: date) -> Move:
    return Move(
        "anchor", instance.process_key, instance.name, instance.id, None, instance.anchor_on, to_on,
        "måldagen följer sammanträdet eller regeln", "the target day follows the meeting or the rule",
    )  # fmt: skip


def _grouped(rows: Sequence[Any]) -> dict[UUID, list[Any]]:
    groups: dict[UUID, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.process_instance_id, []).append(row)
    return groups


def _store(uow: UnitOfWork, municipality: str, tried: _Tried, changes: Sequence[CalendarChange]) -> None:
    session, after = uow.session, tried.after
    meetings.replace_plan(
        session,
        municipality,
        {(m.organ, m.on): m.manuscript_stop_on for m in after.plan.meetings},
        dict(after.moved or {}),
    )
    names = {row.on: row.name for row in calendars.days_off(session, municipality)}
    names |= {change.on: getattr(change, "name", "") for change in changes if hasattr(change, "name")
              and hasattr(change, "on")}  # fmt: skip
    calendars.replace_days_off(
        session,
        municipality,
        [
            {"municipality_id": municipality, "id": new_id(), "on": on, "name": names.get(on, "")}
            for on in sorted(after.calendar.own_days_off)
        ],
    )
    calendars.replace_pauses(
        session,
        municipality,
        [{"municipality_id": municipality, "id": new_id(), **asdict(pause)} for pause in after.calendar.pauses],
    )
    rules = {
        c.process: {"start": c.start, "anchor": c.anchor}
        for c in changes
        if isinstance(c, SetRule | AdoptProcess) and c.start and c.anchor
    }
    if rules:
        municipalities.set_rules(session, municipality, rules)
    if after.adoption != tried.before.adoption:
        municipalities.set_adoption(session, municipality, after.adoption.adopted, tuple(after.adoption.questions))
    municipalities.touch(session, municipality)


def _queue(uow: UnitOfWork, municipality: str, tried: _Tried, change_id: UUID, reason: str) -> None:
    """A job for each instance that something moves in, with its own lock."""
    touched = {move.instance_id: move.process for move in tried.moves if move.instance_id is not None}
    rows = []
    for instance_id, process in touched.items():
        anchor = tried.anchors.get(instance_id)
        rows.append(
            {
                **message_job(municipality, instance_id, "reckon", process, uow.now),
                "scope_kind": f"calendar_change:{change_id}",
                "process_instance_id": instance_id,
                "payload": {"reason": reason, "anchor_on": anchor.isoformat() if anchor else None},
            }
        )
    jobs.add(uow.session, rows)
    if rows:
        uow.ring_after_commit()


def as_data(change: CalendarChange) -> dict[str, Any]:
    """A change as it is written down: its kind and its fields."""
    return _plain({"kind": _KIND_OF[type(change).__name__], **asdict(change)})


_KIND_OF = {
    "AddMeeting": "add_meeting", "MoveMeeting": "move_meeting", "RemoveMeeting": "remove_meeting",
    "AddDayOff": "add_day_off", "RemoveDayOff": "remove_day_off", "AddPause": "add_pause",
    "RemovePause": "remove_pause", "SetRule": "set_rule",
    "AdoptProcess": "adopt_process", "DropProcess": "drop_process", "SettleQuestion": "settle_question",
}  # fmt: skip


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return dict(orjson.loads(orjson.dumps(dict(values))))


def _digest(changes: Sequence[CalendarChange], moves: Sequence[Move]) -> str:
    said = [[as_data(change) for change in changes], [_plain(asdict(move)) for move in moves]]
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
