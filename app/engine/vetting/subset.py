"""The executable subset: what BPMN allows and this engine does not run is refused by name, never ignored."""

import re
from collections.abc import Iterator

from app.engine.diagrams import Diagram, FlowNode, Loop, Process
from app.engine.problems import Problem, error
from app.engine.vetting.structure import ACTIVITIES
from app.engine.vetting.surroundings import Rule, Surroundings

_REFUSED_NODES = {
    "complexGateway": ("komplexa grindar", "complex gateways"),
    "adHocSubProcess": ("ad hoc-delprocesser", "ad-hoc sub-processes"),
    "transaction": ("transaktioner", "transactions"),
    "choreographyTask": ("koreografier", "choreographies"),
    "subChoreography": ("koreografier", "choreographies"),
    "callChoreography": ("koreografier", "choreographies"),
}
_EVENTS = {
    "startEvent": {"timer", "message"},
    "endEvent": {"message", "signal", "terminate"},
    "intermediateCatchEvent": {"timer", "message", "signal", "link"},
    "intermediateThrowEvent": {"message", "signal", "link"},
    "boundaryEvent": {"timer", "message", "signal"},
}
MAX_NODES = 400
MAX_NESTING = 8
_LAPS = re.compile("[0-9]{1,4}")


def no_refused_nodes(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Complex gateways, ad-hoc sub-processes, transactions and choreographies do not run here."""
    for node in diagram.every_node():
        if node.tag in _REFUSED_NODES:
            sv, en = _REFUSED_NODES[node.tag]
            yield _at(node, "subset.element", f"Tjänsten kör inte {sv}.", f"The service does not run {en}.")
    for odd in diagram.odd:
        yield error(
            "subset.unknown-element",
            f"Elementet ”{odd.tag}” hör inte till det som kan köras.",
            f"The element '{odd.tag}' does not belong to what can run.",
            element=odd.id,
            line=odd.line,
        )


def no_event_sub_processes(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Event sub-processes are refused: use a boundary event on a sub-process."""
    for node in diagram.every_node():
        if node.attributes.get("triggeredByEvent") == "true":
            yield _at(node, "subset.event-sub-process",
                      "Händelsedelprocesser körs inte. Sätt en gränshändelse på en delprocess i stället.",
                      "Event sub-processes do not run. Put a boundary event on a sub-process instead.")  # fmt: skip


def events_that_run(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Each kind of event is one that its place can have: compensation, error, escalation and the rest are refused."""
    for node in diagram.every_node():
        if node.tag not in _EVENTS:
            if node.events and node.tag not in {"sendTask", "receiveTask"}:
                yield _at(node, "subset.event-kind", f"Ett {node.tag} kan inte ha en händelsedefinition.",
                          f"A {node.tag} cannot have an event definition.")  # fmt: skip
            continue
        if len(node.events) > 1:
            yield _at(node, "subset.one-event", "Händelsen har flera definitioner; den ska ha en.",
                      "The event has several definitions; it must have one.")  # fmt: skip
        for event in node.events:
            if event.kind not in _EVENTS[node.tag]:
                yield error("subset.event-kind", f"Händelser av slaget ”{event.kind}” körs inte här ({node.tag}).",
                            f"Events of the kind '{event.kind}' do not run here ({node.tag}).",
                            element=node.id, line=event.line)  # fmt: skip
        if node.tag in {"intermediateCatchEvent", "boundaryEvent"} and not node.events:
            yield _at(node, "subset.event-kind", "Händelsen väntar inte på något: ge den en definition.",
                      "The event waits for nothing: give it a definition.")  # fmt: skip


def compensation(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """An activity for compensation would never run."""
    for node in diagram.every_node():
        if node.attributes.get("isForCompensation") == "true":
            yield _at(node, "subset.compensation", "Kompensation körs inte.", "Compensation does not run.")


def quantities(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """An activity takes one token and gives one (10.3.1); other numbers would be ignored."""
    for node in diagram.every_node():
        for attribute in ("startQuantity", "completionQuantity"):
            if node.attributes.get(attribute, "1") != "1":
                yield _at(node, "subset.quantity", f"{attribute} ska vara 1.", f"{attribute} must be 1.")


def tasks_that_do(diagram: Diagram, surroundings: Surroundings) -> Iterator[Problem]:
    """A service task names an action, a script has assignments, a receive task does not start the process."""
    for node in diagram.every_node():
        if node.tag == "serviceTask" and not node.hjul.get("action"):
            known = ", ".join(sorted(surroundings.actions)) or "–"
            yield _at(node, "subset.service-task", f"Tjänsteuppgiften saknar åtgärd (hjul:action). Finns: {known}.",
                      f"The service task names no action (hjul:action). There are: {known}.")  # fmt: skip
        if node.tag == "businessRuleTask" and not node.hjul.get("decision"):
            yield _at(node, "subset.decision", "Beslutsuppgiften anger ingen beslutstabell (hjul:decision).",
                      "The business rule task names no decision table (hjul:decision).")  # fmt: skip
        if node.tag == "scriptTask" and not node.script:
            yield _at(node, "subset.script", "Skriptet är tomt.", "The script is empty.")
        if node.tag == "receiveTask" and node.attributes.get("instantiate") == "true":
            yield _at(node, "subset.receive-start", "En mottagaruppgift kan inte starta processen; använd en "
                      "starthändelse med meddelande.", "A receive task cannot start the process; use a message start "
                      "event.")  # fmt: skip
        if node.tag in {"sendTask", "receiveTask"} and not node.events:
            yield _at(node, "subset.message", "Uppgiften anger inget meddelande (messageRef).",
                      "The task names no message (messageRef).")  # fmt: skip


def loops(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Repetition says over what, and ends."""
    for node in diagram.every_node():
        if node.loop is None:
            continue
        if node.tag not in ACTIVITIES:
            yield _at(node, "subset.loop", "Bara aktiviteter kan upprepas.", "Only activities can repeat.")
        elif node.loop.kind == "standard":
            yield from _standard_loop(node, node.loop)
        else:
            yield from _multi_instance(node, node.loop)


def _standard_loop(node: FlowNode, loop: Loop) -> Iterator[Problem]:
    if not loop.condition and not loop.maximum:
        yield _at(node, "subset.loop", "Slingan har varken villkor eller högsta antal.",
                  "The loop has neither a condition nor a maximum.")  # fmt: skip
    if loop.maximum and not _LAPS.fullmatch(loop.maximum):
        yield _at(node, "subset.loop", "Slingans högsta antal ska vara ett tal med högst fyra siffror.",
                  "The loop's maximum must be a number of at most four digits.")  # fmt: skip


def _multi_instance(node: FlowNode, loop: Loop) -> Iterator[Problem]:
    if loop.standard_data and not loop.collection:
        yield _at(node, "subset.multi-instance", "Ange listan med hjul:collection; loopDataInputRef används inte.",
                  "Give the list with hjul:collection; loopDataInputRef is not used.")  # fmt: skip
    elif bool(loop.collection) == bool(loop.cardinality):
        yield _at(node, "subset.multi-instance", "Upprepningen ska ha antingen hjul:collection eller ett antal.",
                  "The multi-instance must have either hjul:collection or a cardinality.")  # fmt: skip
    if loop.cardinality and loop.cardinality.lstrip().startswith("-"):
        yield _at(node, "subset.multi-instance", "Antalet är negativt.", "The cardinality is negative.")
    if loop.behavior != "All":
        yield _at(node, "subset.multi-instance", f"Upprepningens behavior ”{loop.behavior}” körs inte, bara All.",
                  f"The multi-instance behavior '{loop.behavior}' does not run, only All.")  # fmt: skip


def size(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """A diagram nobody can read is no diagram: at most 400 nodes, eight levels of sub-process."""
    for process in diagram.processes:
        if len(process.nodes) > MAX_NODES:
            yield error("subset.size", f"Processen har fler än {MAX_NODES} element. Dela upp den med anrop.",
                        f"The process has more than {MAX_NODES} elements. Divide it with call activities.",
                        element=process.id, line=process.line)  # fmt: skip
        for node in process.nodes.values():
            if _depth(process, node) > MAX_NESTING:
                yield _at(node, "subset.nesting", f"Delprocesserna är nästlade djupare än {MAX_NESTING} nivåer.",
                          f"The sub-processes are nested deeper than {MAX_NESTING} levels.")  # fmt: skip


def _depth(process: Process, node: FlowNode) -> int:
    depth, at = 0, process.nodes.get(node.scope)
    while at is not None and depth <= MAX_NESTING:
        depth, at = depth + 1, process.nodes.get(at.scope)
    return depth


def automatic_loops(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """A cycle on which nothing ever waits and no condition decides would run until the step budget stops it."""
    for process in diagram.processes:
        restless = {
            n.id for n in process.nodes.values()
            if not _waits(n) and not any(flow.condition for flow in process.outgoing(n.id))
        }  # fmt: skip
        node = _on_a_cycle(process, restless)
        if node is not None:
            name = node.name or node.id
            yield _at(node, "subset.busy-loop", f"Från ”{name}” går en slinga runt utan att vänta på någon.",
                      f"From '{name}' a loop runs round without waiting for anybody.")  # fmt: skip


def _waits(node: FlowNode) -> bool:
    if node.tag in {"intermediateCatchEvent", "boundaryEvent"}:
        return bool(node.event and node.event.kind != "link")
    return node.tag in {"userTask", "manualTask", "receiveTask", "serviceTask", "callActivity", "subProcess"}


def _on_a_cycle(process: Process, among: set[str]) -> FlowNode | None:
    """A node from which a way leads back to itself through the given nodes only."""
    left: set[str] = set()
    for first in process.nodes:
        if first not in among or first in left:
            continue
        # Depth first: `way` is how we came to where we stand, `left` what leads to no cycle.
        way = {first: iter(process.next_nodes(first))}
        while way:
            at = next(reversed(way))
            step = next((n for n in way[at] if n in among and n not in left), None)
            if step is None:
                left.add(at)
                del way[at]
            elif step in way:
                return process.nodes[step]
            else:
                way[step] = iter(process.next_nodes(step))
    return None


def _at(node: FlowNode, rule: str, sv: str, en: str) -> Problem:
    return error(rule, sv, en, element=node.id, line=node.line)


RULES: tuple[Rule, ...] = (
    no_refused_nodes, no_event_sub_processes, events_that_run, compensation, quantities, tasks_that_do, loops, size,
    automatic_loops,
)  # fmt: skip
