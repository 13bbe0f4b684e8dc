"""When something is due: the diagram's deadlines, reckoned by the municipality's calendar from the injected instant."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.domain.clock import local_date
from app.domain.deadlines import (
    Deadline,
    DeadlineContext,
    DeadlineInvalid,
    DeadlineUnresolvable,
    Due,
    parse,
)
from app.engine.facts import Facts
from app.engine.outcomes import EngineFault
from app.engine.programs import Node

DEFAULT_DUE = "5wd"


def due_of(node: Node, facts: Facts, now: datetime) -> Due:
    """A user task's due date: its own rule, or else five working days from now but no later than T."""
    if text := node.attributes.get("due"):
        return _resolve(node, parse(text), facts, now, None)
    due = _resolve(node, parse(DEFAULT_DUE), facts, now, None)
    if facts.anchor_on is not None and local_date(now) <= facts.anchor_on < due.on:
        return _resolve(node, parse("T"), facts, now, None)
    return due


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
