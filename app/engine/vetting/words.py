"""Everything written in a small language is read before it runs: expressions, scripts, deadlines, calendar rules."""

import re
from collections.abc import Iterator

from app.domain import calendar_rules, deadlines, reminders
from app.engine.diagrams import Diagram, FlowNode, Process, SequenceFlow
from app.engine.expressions import ExpressionInvalid, compile_expression, is_plain_name, parse_script
from app.engine.problems import Problem, error
from app.engine.vetting.surroundings import Rule, Surroundings

_DEADLINES = ("due", "followUp", "expire", "anchor")
_RESERVED = frozenset({"municipality", "year", "period", "anchor", "business_key", "started_on", "typename"})
_NO_DUE_DATE = (
    "Här finns ingen sista dag att räkna D från: räkna från T eller från nu.",
    "There is no due date here to count D from: count from T or from now.",
)
_PRIORITY = re.compile("0*(100|[0-9]{1,2})")
_CODES = {"sara": ("S", "A", "R", "As"), "pdca": ("P", "D", "C", "A")}


def conditions(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Every condition is an expression of the language."""
    for process in diagram.processes:
        for flow in process.flows:
            if flow.condition is not None:
                yield from _expression(flow, flow.condition, "expression.condition")


def node_expressions(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Collections, cardinalities, completion conditions, parameters, correlation keys, deciders, places."""
    for node in diagram.every_node():
        for name, text in node.parameters:
            yield from _expression(node, text, "expression.parameter")
            if not name.isidentifier():
                yield _at(node, "expression.variable", f"”{name}” kan inte vara namn på en parameter.",
                          f"'{name}' cannot be the name of a parameter.")  # fmt: skip
        if (decider := node.hjul.get("decider")) and not is_plain_name(decider):
            yield from _expression(node, decider, "expression.decider")
        if within := node.hjul.get("within"):
            yield from _expression(node, within, "expression.within")
        if "correlation" in node.hjul:
            yield from _expression(node, node.hjul["correlation"], "expression.correlation")
        if node.loop:
            loop = node.loop
            texts = (loop.collection, loop.cardinality, loop.completion, loop.condition)
            for text in filter(None, texts):
                yield from _expression(node, text, "expression.loop")


def scripts(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """A script is assignments; there is no Python."""
    for node in diagram.every_node():
        if node.tag != "scriptTask" or not node.script:
            continue
        try:
            for name, _value in parse_script(node.script):
                if name in _RESERVED:
                    yield _at(node, "expression.reserved", f"Variabeln ”{name}” sätts av tjänsten.",
                              f"The variable '{name}' is set by the service.")  # fmt: skip
        except ExpressionInvalid as invalid:
            yield _at(node, "expression.script", invalid.sv, invalid.en)


def deadline_texts(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Due dates, expiries and timers are deadlines; a timer may be an expression that gives one."""
    for node in diagram.every_node():
        for attribute in _DEADLINES:
            if text := node.hjul.get(attribute):
                try:
                    deadline = deadlines.parse(text)
                except deadlines.DeadlineInvalid as invalid:
                    yield _at(node, f"deadline.{attribute}", invalid.sv, invalid.en)
                    continue
                if deadline.needs_task_due and attribute in {"due", "anchor"}:
                    yield _at(node, f"deadline.{attribute}", *_NO_DUE_DATE)
    for process in diagram.processes:
        for node in process.nodes.values():
            if node.event and node.event.kind == "timer" and node.tag != "startEvent":
                yield from _timer(process, node)


def _timer(process: Process, node: FlowNode) -> Iterator[Problem]:
    event = node.event
    if event is None or not event.text:
        yield _at(node, "deadline.timer", "Timern anger ingen tid.", "The timer gives no time.")
        return
    if event.timer == "timeCycle":
        yield error("subset.timer-cycle",
                    "Upprepade timrar körs inte. Rita en slinga med en timer, eller låt schemat starta.",
                    "Repeating timers do not run. Draw a loop with a timer, or let the schedule start the process.",
                    element=node.id, line=event.line)  # fmt: skip
        return
    try:
        deadline = deadlines.parse(event.text)
    except deadlines.DeadlineInvalid as invalid:
        try:
            compile_expression(event.text)
        except ExpressionInvalid:
            yield error("deadline.timer", invalid.sv, invalid.en, element=node.id, line=event.line)
        return
    host = process.nodes.get(node.attributes.get("attachedToRef", ""))
    if deadline.needs_task_due and (host is None or host.tag not in {"userTask", "manualTask"}):
        yield error("deadline.timer", *_NO_DUE_DATE, element=node.id, line=event.line)


def calendar_rule_texts(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """A timer start event holds a calendar rule."""
    for node in diagram.every_node():
        if node.tag == "startEvent" and node.event and node.event.kind == "timer":
            try:
                calendar_rules.parse(node.event.text or "")
            except calendar_rules.CalendarRuleInvalid as invalid:
                yield error("calendar.rule", invalid.sv, invalid.en, element=node.id, line=node.event.line)


def names_of_variables(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Variables have plain names, and those of the service are its own."""
    for node in diagram.every_node():
        names = [name for name, _source in node.results]
        if node.loop:
            names += [n for n in (node.loop.item, node.loop.collect) if n]
        for name in names:
            if not name.isidentifier() or name in _RESERVED:
                yield _at(node, "expression.variable", f"”{name}” kan inte vara namn på en variabel.",
                          f"'{name}' cannot be the name of a variable.")  # fmt: skip


def reminder_texts(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """A task's reminders are a policy."""
    for node in diagram.every_node():
        if text := node.hjul.get("reminders"):
            try:
                reminders.parse(text)
            except reminders.RemindersInvalid as invalid:
                place = invalid.position + 1
                yield _at(node, "hjul.reminders", f"hjul:reminders, tecken {place}: {invalid.sv}",
                          f"hjul:reminders, character {place}: {invalid.en}")  # fmt: skip


def codes(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Phases are those of SARA and PDCA; a priority is 0 to 100."""
    for node in diagram.every_node():
        for attribute, allowed in _CODES.items():
            value = node.hjul.get(attribute)
            if value is not None and value not in allowed:
                yield _at(node, f"hjul.{attribute}", f"hjul:{attribute} ska vara något av {', '.join(allowed)}.",
                          f"hjul:{attribute} must be one of {', '.join(allowed)}.")  # fmt: skip
        priority = node.hjul.get("priority")
        if priority is not None and not _PRIORITY.fullmatch(priority):
            yield _at(node, "hjul.priority", "Prioriteten ska vara 0–100.", "The priority must be 0 to 100.")


def _expression(place: FlowNode | SequenceFlow, text: str, rule: str) -> Iterator[Problem]:
    try:
        compile_expression(text)
    except ExpressionInvalid as invalid:
        yield error(rule, invalid.sv, invalid.en, element=place.id, line=place.line)


def _at(node: FlowNode, rule: str, sv: str, en: str) -> Problem:
    return error(rule, sv, en, element=node.id, line=node.line)


RULES: tuple[Rule, ...] = (
    conditions, node_expressions, scripts, deadline_texts, calendar_rule_texts, names_of_variables, codes,
    reminder_texts,
)  # fmt: skip
