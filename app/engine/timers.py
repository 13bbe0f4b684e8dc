"""When something is due: the diagram's deadlines, reckoned by the municipality's calendar from the injected instant."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain.clock import local_date
from app.domain.deadlines import (
    Deadline,
    DeadlineContext,
    DeadlineInvalid,
    DeadlineUnresolvable,
    Due,
    day_after,
    parse,
)
from app.engine.facts import Facts
from app.engine.outcomes import EngineFault
from app.engine.programs import Node

DEFAULT_DUE = "5wd"


def due_of(node: Node, facts: Facts, now: datetime) -> Due:
    """A user task's due date: its own rule, or else five working days from now but no later than T."""
    today = local_date(now)
    if text := node.attributes.get("due"):
        due = _resolve(node, parse(text), facts, now, None)
        return due if due.on >= today else _late(node, facts, now)
    return _from_now(node, facts, now)


def _from_now(node: Node, facts: Facts, now: datetime) -> Due:
    due = _resolve(node, parse(DEFAULT_DUE), facts, now, None)
    if facts.anchor_on is not None and local_date(now) <= facts.anchor_on < due.on:
        return _resolve(node, parse("T"), facts, now, None)
    return due


def _late(node: Node, facts: Facts, now: datetime) -> Due:
    """The day had passed when the task opened (a second round, a late start): nobody is late before they begin.

    While T lies ahead there is still T to meet: the work that follows waits for it.
    """
    due = _from_now(node, facts, now)
    return replace(
        due,
        reason_sv=f"{due.reason_sv}, eftersom den ordinarie dagen hade passerat",
        reason_en=f"{due.reason_en}, because the ordinary day had passed",
    )


def expiry_of(node: Node, text: str, facts: Facts, now: datetime, task_due: Due) -> Due:
    """When an unanswered task completes by itself: at the end of the last day, which counts in full."""
    deadline = parse(text)
    due = _resolve(node, deadline, facts, now, task_due)
    if deadline.is_exact:
        return due
    if due.on < task_due.on:
        # The ordinary day had passed when the task opened: the answer may still come on its due day.
        due = replace(
            due,
            on=task_due.on,
            reason_sv=f"uppgiftens sista dag: {task_due.reason_sv}",
            reason_en=f"the task's last day: {task_due.reason_en}",
        )
    return replace(due, at=day_after(due.on))


def resolve(
    node: Node, text: str, facts: Facts, now: datetime, task_due: Due | None, value: Callable[[str], Any]
) -> Due:
    """The instant of a deadline or timer. Text that is no deadline is an expression giving one (`frist`).

    Raises EngineFault naming the step when neither works or T is needed and missing.
    """
    try:
        deadline = parse(text)
    except DeadlineInvalid:
        computed = value(text)
        try:
            deadline = parse(str(computed))
        except DeadlineInvalid as error:
            raise EngineFault(node.id, error.sv, error.en) from error
    return _resolve(node, deadline, facts, now, task_due)


def _resolve(node: Node, deadline: Deadline, facts: Facts, now: datetime, task_due: Due | None) -> Due:
    context = DeadlineContext(
        anchor_on=facts.anchor_on,
        task_due_on=task_due.on if task_due else None,
        reached_at=now,
        calendar=facts.calendar,
        plan=facts.plan,
        anchor_organ=facts.anchor_organ,
        manuscript_workdays=facts.manuscript_workdays,
    )
    try:
        return deadline.resolve(context)
    except DeadlineUnresolvable as error:
        raise EngineFault(node.id, error.sv, error.en) from error
