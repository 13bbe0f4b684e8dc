"""Reminders: who is told, and when, that a task is due or overdue.

A policy is steps counted from a task's own due date D, in the municipality's working days (``wd``) or calendar days:

    D-10wd, D-3wd, D+1wd manager, D+5wd director

A step without a recipient reminds those whose task it is. ``manager`` escalates to the line manager of the task's role,
``director`` to the municipal director. ``none`` is the policy of a task that nobody is reminded of. The most particular
policy holds: the task's (``hjul:reminders`` in the diagram), the municipality's for the process, the process's own
(process.toml), the municipality's, and last the default here.

Steps fall at eight in the morning, Europe/Stockholm. After downtime several may have passed: only the latest is acted
on (``latest``), so that nobody gets a heap of mails about one task.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final, Literal

from app.domain.clock import STOCKHOLM, local_date
from app.domain.day_offsets import DayOffset, RuleTextInvalid, bounded_amount, require_plain_text
from app.domain.roles import ROLES
from app.domain.sending_hours import DEFAULT_HOURS, SendingHours, parse_hours
from app.domain.swedish_dates import Sentence
from app.domain.workdays import OutsideCalendar, WorkdayCalendar

MAX_LENGTH: Final = 200
MAX_STEPS: Final = 8
REMINDER_HOUR: Final = 8
"""The hour in Europe/Stockholm at which a step falls."""

Recipient = Literal["holders", "manager", "director"]
DIRECTOR: Final = "municipal_director"
COORDINATOR: Final = "crime_prevention_coordinator"

# The line of the organisation where it is known; what is led by the coordinator's work is not listed.
_MANAGERS: Final[Mapping[str, str]] = {
    "department_rep": "department_head",
    "department_head": DIRECTOR,
    "municipal_company": DIRECTOR,
    "security_manager": DIRECTOR,
    "board_secretary": DIRECTOR,
    "registrar": "board_secretary",
    "council_secretary": "board_secretary",
    "archivist": "board_secretary",
    "communications_officer": DIRECTOR,
    "approver": DIRECTOR,
    "measure_owner": "department_head",
    "est_member": "est_chair",
    "group_member": "group_chair",
    COORDINATOR: DIRECTOR,
}
_STEP: Final = re.compile(r"D\s*(?:(?P<sign>[+-])\s*(?P<amount>[0-9]+)\s*(?P<unit>wd|d))?(?P<rest>\s.*|)$", re.DOTALL)


class RemindersInvalid(RuleTextInvalid):
    """A text that is no policy: ``position`` in the text, and why in ``sv`` and ``en``."""


class ReminderSettingsInvalid(ValueError):
    """The table ``[reminders]`` of a profile cannot be used. Sentences in ``sv`` and ``en``."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.sv, self.en = sv, en


@dataclass(frozen=True)
class Step:
    """One step: when, counted from the due date (None is the day itself), and who is told."""

    offset: DayOffset | None
    to: Recipient

    @property
    def text(self) -> str:
        """As it is written: "D-10wd", "D+1wd manager"."""
        return f"D{self.offset.text if self.offset else ''}{'' if self.to == 'holders' else f' {self.to}'}"

    @property
    def escalates(self) -> bool:
        """Whether somebody above those whose task it is gets to know."""
        return self.to != "holders"

    def falls_on(self, due_on: date, calendar: WorkdayCalendar) -> date:
        """The day it falls on: a working day, before the due date no later and after it no earlier than counted."""
        if self.offset is None:
            return due_on
        on = self.offset.applied_to(due_on, calendar)
        return calendar.previous_workday(on) if self.offset.backwards else calendar.next_workday(on)


@dataclass(frozen=True)
class Fallen:
    """A step of a task: the local day and the instant (UTC) it falls at."""

    step: Step
    on: date
    at: datetime


@dataclass(frozen=True)
class Policy:
    """The steps of a task, in the order they are written. No steps: nobody is reminded."""

    steps: tuple[Step, ...]

    @property
    def text(self) -> str:
        """As it is best written."""
        return ", ".join(step.text for step in self.steps) or "none"

    def fall(self, due_on: date, calendar: WorkdayCalendar) -> list[Fallen]:
        """When each step falls, in order of time; of two at once the one further down the policy is the last.

        A step that would run off the calendar (1990 to 2199) is left out.
        """
        fallen = []
        for step in self.steps:
            try:
                on = step.falls_on(due_on, calendar)
            except (OutsideCalendar, OverflowError):
                continue
            fallen.append(Fallen(step, on, _at_hour(on, REMINDER_HOUR)))
        return sorted(fallen, key=lambda f: f.at)

    def following(self, due_on: date, calendar: WorkdayCalendar, after: datetime) -> Fallen | None:
        """The first step later than the instant."""
        return next((f for f in self.fall(due_on, calendar) if f.at > after), None)

    def latest(self, due_on: date, calendar: WorkdayCalendar, after: datetime, until: datetime) -> Fallen | None:
        """The last step later than ``after`` and no later than ``until``: what is left of those that were missed."""
        return next((f for f in reversed(self.fall(due_on, calendar)) if after < f.at <= until), None)


@dataclass(frozen=True)
class ReminderSettings:
    """What a municipality's profile says in ``[reminders]``. Empty where it says nothing."""

    policy: Policy | None
    processes: Mapping[str, Policy]
    managers: Mapping[str, str]
    hours: SendingHours


def begins_after(opened_at: datetime) -> datetime:
    """The instant after which a task's steps count: the end of the day it opened.

    Nobody needs a reminder on the day they get a task.
    """
    return _at_hour(local_date(opened_at) + timedelta(days=1), 0) - timedelta(microseconds=1)


@lru_cache(maxsize=512)
def parse(text: str) -> Policy:
    """Read a policy. Raises RemindersInvalid, with the place and the reason, for anything that is none."""
    require_plain_text(text, MAX_LENGTH, RemindersInvalid)
    if text.strip() == "none":
        return Policy(())
    steps: list[Step] = []
    at = 0
    for part in text.split(","):
        step = _step(part, at)
        if step in steps:
            raise RemindersInvalid(at, f"{step.text} står två gånger.", f"{step.text} is written twice.")
        steps.append(step)
        at += len(part) + 1
    if len(steps) > MAX_STEPS:
        raise RemindersInvalid(
            0, f"Högst {MAX_STEPS} påminnelser för en uppgift.", f"At most {MAX_STEPS} reminders for a task."
        )
    return Policy(tuple(steps))


DEFAULT_POLICY: Final = Policy(
    (
        Step(DayOffset(-10, "wd"), "holders"),
        Step(DayOffset(-3, "wd"), "holders"),
        Step(DayOffset(1, "wd"), "manager"),
        Step(DayOffset(5, "wd"), "director"),
    )
)


def policy_of(task: str | None, process: tuple[str, str | None], settings: ReminderSettings) -> Policy:
    """The policy that holds for a task: `task` is its own text, `process` the process's key and own text."""
    key, own = process
    if task:
        return parse(task)
    if key in settings.processes:
        return settings.processes[key]
    return parse(own) if own else settings.policy or DEFAULT_POLICY


def managers_of(role: str, overrides: Mapping[str, str]) -> list[str]:
    """The role's line managers, the nearest first, up to the municipal director, who has none here.

    A role that is not in the line is led by the coordinator.
    """
    line: list[str] = []
    at = role
    while at != DIRECTOR:
        above = overrides.get(at) or _MANAGERS.get(at, COORDINATOR)
        at = DIRECTOR if above in line or above == role else above
        line.append(at)
    return line or [DIRECTOR]


def read_settings(table: Any) -> ReminderSettings:
    """The profile's table ``[reminders]``: `policy`, `hours`, `processes` and `managers`, each optional.

    Raises ReminderSettingsInvalid, saying what is wrong and where.
    """
    if table is None:
        table = {}
    if not isinstance(table, Mapping):
        raise ReminderSettingsInvalid("[reminders] ska vara en tabell.", "[reminders] must be a table.")
    unknown = sorted(set(table) - {"policy", "hours", "processes", "managers"})
    if unknown:
        raise ReminderSettingsInvalid(
            f"[reminders] har inget ”{unknown[0]}”. Där finns policy, hours, processes och managers.",
            f"[reminders] has no '{unknown[0]}'. There are policy, hours, processes and managers.",
        )
    policy = table.get("policy")
    return ReminderSettings(
        policy=_read_policy("policy", policy) if policy is not None else None,
        processes={key: _read_policy(f"processes.{key}", text) for key, text in _texts(table, "processes")},
        managers=dict(_manager(role, manager) for role, manager in _texts(table, "managers")),
        hours=_hours(table.get("hours")),
    )


def _step(part: str, start: int) -> Step:
    at = start + len(part) - len(part.lstrip())
    found = _STEP.match(part.strip())
    if found is None:
        raise RemindersInvalid(
            at,
            f"”{part.strip()}” går inte att förstå. En påminnelse skrivs som D-3wd, en eskalering som D+1wd manager "
            "eller D+5wd director; none betyder att ingen påminns.",
            f"'{part.strip()}' cannot be understood. A reminder is written like D-3wd, an escalation like D+1wd "
            "manager or D+5wd director; none means that nobody is reminded.",
        )
    offset = None
    if found["amount"] is not None:
        unit: Literal["wd", "d"] = "wd" if found["unit"] == "wd" else "d"
        amount = bounded_amount(found["amount"], unit, at + found.start("amount"), RemindersInvalid)
        offset = DayOffset(-amount if found["sign"] == "-" else amount, unit)
    return Step(offset, _recipient(found, offset, at))


def _recipient(found: re.Match[str], offset: DayOffset | None, at: int) -> Recipient:
    word = found["rest"].strip()
    place = at + found.start("rest") + len(found["rest"]) - len(found["rest"].lstrip())
    if not word:
        return "holders"
    if word not in {"manager", "director"}:
        raise RemindersInvalid(
            place,
            f"”{word}” är ingen mottagare. Skriv manager (närmaste chef), director (kommundirektören) eller inget.",
            f"'{word}' is no recipient. Write manager (the line manager), director (the municipal director), or none.",
        )
    if offset is None or offset.backwards:
        raise RemindersInvalid(
            place,
            "Det som inte är försenat eskaleras inte: räkna framåt från sista dagen, till exempel D+1wd manager.",
            "What is not late is not escalated: count forward from the due date, for example D+1wd manager.",
        )
    return "manager" if word == "manager" else "director"


def _texts(table: Mapping[str, Any], name: str) -> Iterable[tuple[str, str]]:
    inner = table.get(name, {})
    if not isinstance(inner, Mapping) or not all(isinstance(text, str) for text in inner.values()):
        raise ReminderSettingsInvalid(
            f"[reminders.{name}] ska vara en tabell av texter.", f"[reminders.{name}] must be a table of texts."
        )
    return inner.items()


def _read_policy(where: str, text: Any) -> Policy:
    try:
        return parse(str(text))
    except RemindersInvalid as invalid:
        place = invalid.position + 1
        raise ReminderSettingsInvalid(
            f"[reminders] {where}, tecken {place}: {invalid.sv}",
            f"[reminders] {where}, character {place}: {invalid.en}",
        ) from invalid


def _manager(role: str, manager: str) -> tuple[str, str]:
    for name in (role, manager):
        if name not in ROLES:
            raise ReminderSettingsInvalid(
                f"[reminders.managers]: rollen ”{name}” finns inte.",
                f"[reminders.managers]: there is no role '{name}'.",
            )
    if role == manager:
        raise ReminderSettingsInvalid(
            f"[reminders.managers]: {role} kan inte vara sin egen chef.",
            f"[reminders.managers]: {role} cannot be its own manager.",
        )
    return role, manager


def _hours(text: Any) -> SendingHours:
    if text is None:
        return DEFAULT_HOURS
    try:
        return parse_hours(str(text))
    except ValueError as invalid:
        said: Sentence = invalid.args[0]
        raise ReminderSettingsInvalid(f"[reminders] hours: {said.sv}", f"[reminders] hours: {said.en}") from invalid


def _at_hour(on: date, hour: int) -> datetime:
    return datetime.combine(on, time(hour), STOCKHOLM).astimezone(UTC)
