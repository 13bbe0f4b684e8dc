"""Changes of what deadlines are reckoned by: meetings, days off, pauses and the rules of processes.

A change is tried on a timetable before it binds; the timetable it gives is what the preview reckons with, and what is
stored once the change is confirmed. Dates in Europe/Stockholm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from app.domain.adoptions import Adoption
from app.domain.day_offsets import RuleTextInvalid
from app.domain.errors import FieldFault, InvalidInput
from app.domain.meeting_plans import Meeting, MeetingInvalid, MeetingPlan, manuscript_stop
from app.domain.pauses import Pause, PauseInvalid
from app.domain.schedules import ProcessRule, read_process_rule
from app.domain.swedish_dates import long_date
from app.domain.workdays import FIRST_YEAR, LAST_YEAR, WorkdayCalendar

MOST_CHANGES = 500


@dataclass(frozen=True)
class AddMeeting:
    """A meeting of an organ; without a manuscript stop it is the usual number of working days before."""

    organ: str
    on: date
    manuscript_stop_on: date | None = None


@dataclass(frozen=True)
class MoveMeeting:
    """A meeting of the plan gets another day. What counts from it as T follows."""

    organ: str
    on: date
    to_on: date
    manuscript_stop_on: date | None = None


@dataclass(frozen=True)
class RemoveMeeting:
    """A meeting is not held."""

    organ: str
    on: date


@dataclass(frozen=True)
class AddDayOff:
    """A day on which the municipality does not work."""

    on: date
    name: str


@dataclass(frozen=True)
class RemoveDayOff:
    """The municipality works on that day after all."""

    on: date


@dataclass(frozen=True)
class AddPause:
    """A time of rest, see `app/domain/pauses.py`."""

    pause: Pause


@dataclass(frozen=True)
class RemovePause:
    """The pause of that name is no more."""

    name: str


@dataclass(frozen=True)
class SetRule:
    """When a process starts and the day it works towards, in the rules' language."""

    process: str
    start: str
    anchor: str


@dataclass(frozen=True)
class AdoptProcess:
    """The municipality takes a process into use, with rules of its own or, without, with those of the workflow.

    A process that no calendar starts has none: it is started by hand, or by what others send.
    """

    process: str
    start: str | None = None
    anchor: str | None = None


@dataclass(frozen=True)
class DropProcess:
    """The process is not started any more. What runs goes on."""

    process: str


@dataclass(frozen=True)
class SettleQuestion:
    """What the plan left open is settled in another way than by a process or a rule; the reason says how."""

    question: str


CalendarChange = (
    AddMeeting
    | MoveMeeting
    | RemoveMeeting
    | AddDayOff
    | RemoveDayOff
    | AddPause
    | RemovePause
    | SetRule
    | AdoptProcess
    | DropProcess
    | SettleQuestion
)


@dataclass(frozen=True)
class Timetable:
    """What deadlines are reckoned by. `rules` are those of the scheduled processes in use, by key."""

    calendar: WorkdayCalendar
    plan: MeetingPlan
    rules: Mapping[str, ProcessRule]
    manuscript_workdays: int = 20
    moved: Mapping[tuple[str, date], date] | None = None
    adoption: Adoption = field(default_factory=Adoption)


def changed(timetable: Timetable, changes: Sequence[CalendarChange]) -> Timetable:
    """The timetable after the changes, in order. Raises InvalidInput pointing at the change that cannot be."""
    if not 1 <= len(changes) <= MOST_CHANGES:
        raise InvalidInput(f"1–{MOST_CHANGES} ändringar åt gången.", f"1 to {MOST_CHANGES} changes at a time.")
    for number, change in enumerate(changes):
        try:
            timetable = _one(timetable, change)
        except _Impossible as fault:
            pointer = f"/changes/{number}{fault.field}"
            raise InvalidInput(fault.sv, fault.en, [FieldFault(pointer, fault.sv, fault.en)]) from fault
    return timetable


class _Impossible(Exception):
    """A change that cannot be: at which field, and why."""

    def __init__(self, field: str, sv: str, en: str) -> None:
        super().__init__(en)
        self.field, self.sv, self.en = field, sv, en


def _one(timetable: Timetable, change: CalendarChange) -> Timetable:
    match change:
        case AddMeeting() | MoveMeeting() | RemoveMeeting():
            return _meeting(timetable, change)
        case AddDayOff() | RemoveDayOff():
            return _day_off(timetable, change)
        case AddPause() | RemovePause():
            return _pause(timetable, change)
        case SetRule() | AdoptProcess() | DropProcess() | SettleQuestion():
            return _adoption(timetable, change)


def _meeting(timetable: Timetable, change: AddMeeting | MoveMeeting | RemoveMeeting) -> Timetable:
    known = {(m.organ, m.on): m for m in timetable.plan.meetings}
    if not isinstance(change, AddMeeting):
        if (change.organ, change.on) not in known:
            raise _Impossible(
                "/on",
                f"{change.organ} har inget sammanträde {long_date(change.on)} i planen.",
                f"{change.organ} has no meeting on {long_date(change.on, 'en')} in the plan.",
            )
        known.pop((change.organ, change.on))
    moved = dict(timetable.moved or {})
    if not isinstance(change, RemoveMeeting):
        on = change.on if isinstance(change, AddMeeting) else change.to_on
        if (change.organ, on) in known:
            raise _Impossible(
                "/to_on" if isinstance(change, MoveMeeting) else "/on",
                f"{change.organ} sammanträder redan {long_date(on)}.",
                f"{change.organ} meets on {long_date(on, 'en')} already.",
            )
        known[(change.organ, on)] = _planned(timetable, change.organ, on, change.manuscript_stop_on)
        if isinstance(change, MoveMeeting):
            moved = {key: on if to == change.on and key[0] == change.organ else to for key, to in moved.items()}
            moved.setdefault((change.organ, change.on), on)
    meetings = tuple(sorted(known.values(), key=lambda m: (m.on, m.organ)))
    return replace(timetable, plan=MeetingPlan(meetings), moved=moved)


def _planned(timetable: Timetable, organ: str, on: date, stop_on: date | None) -> Meeting:
    _require_known_year(on, "/on")
    try:
        return Meeting(organ, on, stop_on or manuscript_stop(on, timetable.manuscript_workdays, timetable.calendar))
    except MeetingInvalid as fault:
        raise _Impossible("/organ", fault.sv, fault.en) from fault


def _day_off(timetable: Timetable, change: AddDayOff | RemoveDayOff) -> Timetable:
    _require_known_year(change.on, "/on")
    days = timetable.calendar.own_days_off
    if (change.on in days) == isinstance(change, AddDayOff):
        told = long_date(change.on), long_date(change.on, "en")
        if isinstance(change, AddDayOff):
            raise _Impossible("/on", f"{told[0]} är redan ledig.", f"{told[1]} is a day off already.")
        raise _Impossible("/on", f"{told[0]} är ingen egen ledig dag.", f"{told[1]} is no day off of its own.")
    days = days | {change.on} if isinstance(change, AddDayOff) else days - {change.on}
    return replace(timetable, calendar=replace(timetable.calendar, own_days_off=days))


def _pause(timetable: Timetable, change: AddPause | RemovePause) -> Timetable:
    pauses = timetable.calendar.pauses
    name = change.pause.name if isinstance(change, AddPause) else change.name
    is_known = any(pause.name == name for pause in pauses)
    if isinstance(change, AddPause):
        if is_known:
            raise _Impossible("/name", f"Pausen ”{name}” finns redan.", f"The pause '{name}' exists already.")
        pauses = (*pauses, change.pause)
    else:
        if not is_known:
            raise _Impossible("/name", f"Pausen ”{name}” finns inte.", f"There is no pause '{name}'.")
        pauses = tuple(pause for pause in pauses if pause.name != name)
    return replace(timetable, calendar=replace(timetable.calendar, pauses=pauses))


def _adoption(timetable: Timetable, change: SetRule | AdoptProcess | DropProcess | SettleQuestion) -> Timetable:
    match change:
        case SetRule():
            return _rule(timetable, change)
        case AdoptProcess():
            return _adopt(timetable, change)
        case DropProcess():
            return _drop(timetable, change)
        case SettleQuestion():
            return _settle(timetable, change)


def _rule(timetable: Timetable, change: SetRule) -> Timetable:
    if change.process not in timetable.rules and change.process not in timetable.adoption.adopted:
        raise _Impossible(
            "/process",
            f"Kommunen använder inte processen ”{change.process[:60]}”.",
            f"The municipality does not use the process '{change.process[:60]}'.",
        )
    return _with_rule(timetable, change.process, change.start, change.anchor)


def _with_rule(timetable: Timetable, process: str, start: str, anchor: str) -> Timetable:
    organs = {m.organ for m in timetable.plan.meetings}
    try:
        rule = read_process_rule(process, start, anchor, organs)
    except RuleTextInvalid as fault:
        at = getattr(fault, "field", "start")
        raise _Impossible(f"/{at}", fault.sv, fault.en) from fault
    rules = {**timetable.rules, process: rule}
    return replace(timetable, rules=rules, adoption=timetable.adoption.with_process(process))


def _adopt(timetable: Timetable, change: AdoptProcess) -> Timetable:
    adoption, process = timetable.adoption, change.process
    if process not in adoption.deployed:
        raise _Impossible("/process", f"Det finns ingen process ”{process[:60]}”.", f"No process '{process[:60]}'.")
    if process in adoption.adopted:
        raise _Impossible("/process", "Processen används redan.", "The process is in use already.")
    if change.start and change.anchor:
        return _with_rule(timetable, process, change.start, change.anchor)
    if change.start or change.anchor:
        raise _Impossible(
            "/anchor" if change.start else "/start",
            "Skriv både start och måldag, eller ingen av dem.",
            "Give both start and target day, or neither.",
        )
    rule = adoption.deployed[process]
    rules = timetable.rules if rule is None else {**timetable.rules, process: rule}
    return replace(timetable, rules=rules, adoption=adoption.with_process(process))


def _drop(timetable: Timetable, change: DropProcess) -> Timetable:
    if change.process not in timetable.adoption.adopted:
        raise _Impossible("/process", "Processen används inte.", "The process is not in use.")
    rules = {key: rule for key, rule in timetable.rules.items() if key != change.process}
    return replace(timetable, rules=rules, adoption=timetable.adoption.without_process(change.process))


def _settle(timetable: Timetable, change: SettleQuestion) -> Timetable:
    if change.question not in timetable.adoption.questions:
        raise _Impossible("/question", "Frågan är redan avgjord.", "The question is settled already.")
    return replace(timetable, adoption=timetable.adoption.without_question(change.question))


def _require_known_year(on: date, field: str) -> None:
    if not FIRST_YEAR < on.year < LAST_YEAR:
        raise _Impossible(field, f"Året {on.year} går inte.", f"The year {on.year} will not do.")


def read_pause(values: Mapping[str, Any]) -> Pause:
    """A pause of plain values. Raises InvalidInput."""
    try:
        return Pause(**values)
    except PauseInvalid as fault:
        raise InvalidInput(fault.sv, fault.en, [FieldFault("", fault.sv, fault.en)]) from fault
