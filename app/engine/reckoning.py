"""Deadlines that stand, reckoned again: what they would be if the calendar, the meeting plan or T were another.

Nothing runs: the engine is asked what it would have said, from the instant at which each deadline began to count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from app.domain.clock import local_date
from app.domain.deadlines import DeadlineInvalid, Due, parse
from app.engine import timers
from app.engine.facts import Facts
from app.engine.outcomes import EngineFault
from app.engine.programs import Node, Program

Kind = Literal["task", "expiry", "timer"]


@dataclass(frozen=True)
class Standing:
    """An open task's due date, the expiry of one, or a waiting timer.

    `since` is the instant from which it counts, `on` the day it stands at, `rule` what it was reckoned by. `fixed`
    is a day that somebody has set by hand.
    """

    kind: Kind
    token: int
    element: str
    rule: str
    since: datetime
    on: date
    fixed: bool = False


@dataclass(frozen=True)
class Reckoned:
    """A deadline and what it would be; `due` None: it cannot be reckoned any more, and stays."""

    standing: Standing
    due: Due | None
    follow_up: Due | None = None


def reckon(program: Program, facts: Facts, standing: Sequence[Standing], now: datetime) -> list[Reckoned]:
    """Each deadline again, tasks before what counts from their days. What was set by hand stays where it is."""
    tasks = {s.token: _task(program, facts, s, now) for s in standing if s.kind == "task"}
    others = [_other(program, facts, s, tasks) for s in standing if s.kind != "task"]
    return [*tasks.values(), *others]


def _task(program: Program, facts: Facts, standing: Standing, now: datetime) -> Reckoned:
    node = program.nodes[standing.element]
    if standing.fixed:
        return Reckoned(standing, _fixed(standing, facts))
    try:
        due = timers.due_of(node, facts, standing.since)
        if due.on < local_date(now) <= standing.on:
            # The change would make it late at once: it gets the time of a task that opens today.
            due = timers.due_of(node, facts, now)
        follow = node.attributes.get("followUp")
        return Reckoned(standing, due, _follow_up(node, follow, facts, standing, due) if follow else None)
    except EngineFault:
        return Reckoned(standing, None)


def _follow_up(node: Node, text: str, facts: Facts, standing: Standing, due: Due) -> Due | None:
    try:
        return timers.resolve(node, text, facts, standing.since, due, lambda _: None)
    except EngineFault:
        return None


def _fixed(standing: Standing, facts: Facts) -> Due:
    day = standing.on.isoformat()
    due = timers.resolve(_NOWHERE, day, facts, standing.since, None, lambda text: text)
    # A day that somebody chose is not moved off a weekend.
    return Due(standing.on, due.at, day, due.reason_sv, due.reason_en, due.calendar_version)


_NOWHERE = Node(id="", kind="user", name="", scope="")


def _other(program: Program, facts: Facts, standing: Standing, tasks: dict[int, Reckoned]) -> Reckoned:
    if standing.fixed:
        return Reckoned(standing, None)
    node = program.nodes[standing.element]
    try:
        if standing.kind == "expiry":
            of_task = tasks[standing.token].due
            text = node.attributes.get("expire")
            if text is None or of_task is None:
                return Reckoned(standing, None)
            return Reckoned(standing, timers.expiry_of(node, text, facts, standing.since, of_task))
        parse(standing.rule)
        beside = _host_due(program, node, standing, tasks)
        return Reckoned(standing, timers.resolve(node, standing.rule, facts, standing.since, beside, lambda _: None))
    except (EngineFault, DeadlineInvalid, KeyError):
        return Reckoned(standing, None)


def _host_due(program: Program, node: Node, standing: Standing, tasks: dict[int, Reckoned]) -> Due | None:
    """The due date of the task that a boundary timer sits on: the one that opened with it."""
    hosts = {host.id for host in program.nodes.values() if node.id in host.attached}
    beside = [r for r in tasks.values() if r.standing.element in hosts]
    same = [r for r in beside if r.standing.since == standing.since]
    return next((r.due for r in (*same, *beside)), None)
