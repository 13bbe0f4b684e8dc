"""BPMN 2.0's own rules: ids, references, events, flows, gateways. The clause stands at each."""

from collections import Counter
from collections.abc import Iterator

from app.engine.diagrams import Diagram, FlowNode, Process
from app.engine.problems import Problem, error, warning
from app.engine.vetting.surroundings import Rule, Surroundings

ACTIVITIES = frozenset(
    {
        "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask",
        "businessRuleTask", "callActivity", "subProcess", "transaction", "adHocSubProcess",
    }
)  # fmt: skip
MAX_ID = 100


def unique_ids(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Every id is unique in its file (8.2.1)."""
    counts = Counter(identity for identity, _line in diagram.ids)
    for identity, line in diagram.ids:
        if counts[identity] > 1:
            counts[identity] = 0
            yield error(
                "bpmn.duplicate-id",
                f"Id:t ”{identity}” används av flera element.",
                f"The id '{identity}' is used by several elements.",
                element=identity,
                line=line,
            )


def ids_present(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Every process, flow node, flow and lane has an id (8.2.1); ours are at most 100 plain characters."""
    for odd in diagram.missing_ids:
        yield error("bpmn.missing-id", f"Ett {odd.tag} saknar id.", f"A {odd.tag} has no id.", line=odd.line)
    for process in diagram.processes:
        places: list[Process | FlowNode] = [process, *process.nodes.values()]
        for place in places:
            if len(place.id) > MAX_ID or any(c in place.id for c in ":/ \t\r\n"):
                yield error(
                    "bpmn.odd-id",
                    f"Id:t får vara högst {MAX_ID} tecken, utan blanksteg, kolon och snedstreck.",
                    f"The id may be at most {MAX_ID} characters, without spaces, colons and slashes.",
                    element=place.id[:MAX_ID],
                    line=place.line,
                )


def a_process(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """The file holds one process with something in it; more than one executable process is not one definition."""
    filled = [p for p in diagram.processes if p.nodes]
    if not filled:
        yield error("bpmn.no-process", "Filen har ingen process med innehåll.", "The file has no process with content.")
    runnable = [p for p in filled if p.executable != "false"]
    for process in runnable[1:]:
        yield error(
            "subset.one-process",
            "Filen har flera körbara processer. Lägg varje process i en egen fil.",
            "The file has several executable processes. Put each process in a file of its own.",
            element=process.id,
            line=process.line,
        )
    if filled and not runnable:
        yield warning(
            "subset.not-executable",
            'Processen är märkt isExecutable="false": den kan sparas som utkast men inte driftsättas.',
            'The process is marked isExecutable="false": it can be kept as a draft but not deployed.',
            element=filled[0].id,
            line=filled[0].line,
        )


def flows_connect(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """A sequence flow leads between two nodes of the same scope (7.5.1, 10.3.2)."""
    for process in diagram.processes:
        for flow in process.flows:
            ends = [process.nodes.get(flow.source), process.nodes.get(flow.target)]
            if ends[0] is None or ends[1] is None:
                yield error(
                    "bpmn.flow-ends",
                    "Flödet saknar början eller slut.",
                    "The flow lacks a source or a target.",
                    element=flow.id,
                    line=flow.line,
                )
            elif ends[0].scope != ends[1].scope:
                yield error(
                    "bpmn.flow-crosses",
                    "Flödet går över gränsen till ett delprocess.",
                    "The flow crosses the boundary of a sub-process.",
                    element=flow.id,
                    line=flow.line,
                )


def events_in_place(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Nothing flows into a start or boundary event, nothing out of an end event (10.5.2, 10.5.3, 10.5.4)."""
    for process, node in diagram.placed_nodes():
        if node.tag in {"startEvent", "boundaryEvent"} and process.incoming(node.id):
            yield _at(node, "bpmn.flow-into-event", "Inget flöde får gå till en start- eller gränshändelse.",
                      "No flow may lead to a start or boundary event.")  # fmt: skip
        if node.tag == "endEvent" and process.outgoing(node.id):
            yield _at(node, "bpmn.flow-out-of-end", "Inget flöde får lämna en sluthändelse.",
                      "No flow may leave an end event.")  # fmt: skip
        if node.tag == "boundaryEvent":
            host = process.nodes.get(node.attributes.get("attachedToRef", ""))
            if host is None or host.tag not in ACTIVITIES or host.scope != node.scope:
                yield _at(node, "bpmn.boundary-host", "Gränshändelsen sitter inte på en aktivitet.",
                          "The boundary event is not attached to an activity.")  # fmt: skip
            if not process.outgoing(node.id):
                yield _at(node, "bpmn.boundary-out", "Gränshändelsen leder ingenstans.",
                          "The boundary event leads nowhere.")  # fmt: skip


def scopes_start(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """A process and a sub-process begin with a start event; a sub-process with exactly one none start (10.5.2)."""
    for process in diagram.processes:
        if not process.nodes:
            continue
        starts = [n for n in process.inside(process.id) if n.tag == "startEvent"]
        if not starts:
            yield error("bpmn.no-start", "Processen saknar starthändelse.", "The process has no start event.",
                        element=process.id, line=process.line)  # fmt: skip
        if sum(1 for n in starts if not n.events or n.events[0].kind == "timer") > 1:
            yield error("subset.one-start", "Processen har flera starthändelser utan meddelande.",
                        "The process has several start events without a message.",
                        element=process.id, line=process.line)  # fmt: skip
        for node in process.nodes.values():
            if node.tag == "subProcess" and node.attributes.get("triggeredByEvent") != "true":
                inner = [n for n in process.inside(node.id) if n.tag == "startEvent"]
                if len(inner) != 1 or inner[0].events:
                    yield _at(node, "bpmn.sub-process-start", "Delprocessen ska ha en starthändelse, utan villkor.",
                              "The sub-process must have one start event, without a trigger.")  # fmt: skip


def everything_reached(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Every node can be reached from a start: SpiffWorkflow would drop it without a word."""
    for process in diagram.processes:
        reached = _reached(process)
        for node in process.nodes.values():
            if node.id not in reached and node.attributes.get("triggeredByEvent") != "true":
                yield _at(node, "bpmn.unreachable", f"Inget flöde leder till ”{node.name or node.id}”.",
                          f"No flow leads to '{node.name or node.id}'.")  # fmt: skip


def _reached(process: Process) -> set[str]:
    queue = [n.id for n in process.nodes.values() if n.tag == "startEvent" and n.scope == process.id]
    reached: set[str] = set()
    while queue:
        at = queue.pop()
        if at in reached:
            continue
        reached.add(at)
        queue += [target for target in process.next_nodes(at) if target in process.nodes]
        queue += [n.id for n in process.boundary_events(at)]
        queue += [n.id for n in process.inside(at) if n.tag == "startEvent"]
    return reached


def gateways(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """A gateway splits or merges (10.6); an exclusive split has conditions, and a default only among its own flows."""
    for process, node in diagram.placed_nodes():
        out = process.outgoing(node.id)
        default = node.attributes.get("default")
        if default and default not in {f.id for f in out}:
            yield _at(node, "bpmn.default-flow", "Den förvalda vägen lämnar inte detta element.",
                      "The default flow does not leave this element.")  # fmt: skip
        if not node.tag.endswith("Gateway"):
            continue
        if not out:
            yield _at(node, "bpmn.gateway-out", "Grinden leder ingenstans.", "The gateway leads nowhere.")
        if node.tag == "eventBasedGateway":
            yield from _event_gateway(process, node)


def conditions_where_they_decide(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Flows out of an exclusive or inclusive split have conditions; out of a parallel one they have none (10.6)."""
    for process, node in diagram.placed_nodes():
        out = process.outgoing(node.id)
        for flow in out:
            if node.tag == "parallelGateway" and flow.condition:
                yield error("bpmn.parallel-condition", "Vägar ur en parallell grind kan inte ha villkor.",
                            "Flows out of a parallel gateway cannot have conditions.",
                            element=flow.id, line=flow.line)  # fmt: skip
            decides = node.tag in {"exclusiveGateway", "inclusiveGateway"} and len(out) > 1
            if decides and not flow.condition and flow.id != node.attributes.get("default"):
                yield error("bpmn.flow-condition", "Vägen ur grinden saknar villkor och är inte förvald.",
                            "The flow out of the gateway has no condition and is not the default.",
                            element=flow.id, line=flow.line)  # fmt: skip


def _event_gateway(process: Process, node: FlowNode) -> Iterator[Problem]:
    if node.attributes.get("instantiate") == "true" or node.attributes.get("eventGatewayType") == "Parallel":
        yield _at(node, "subset.event-gateway", "En händelsegrind kan inte starta processen; använd starthändelser.",
                  "An event-based gateway cannot start the process; use start events.")  # fmt: skip
    for flow in process.outgoing(node.id):
        target = process.nodes.get(flow.target)
        if target is None:
            continue
        if not _may_race(process, target) or flow.condition is not None:
            yield _at(node, "bpmn.event-gateway", "Efter en händelsegrind får bara mottagande händelser stå, utan "
                      "villkor, upprepning och gränshändelser (10.6.6).", "Only catching events may follow an "
                      "event-based gateway, without conditions, repetition and boundary events (10.6.6).")  # fmt: skip


def _may_race(process: Process, target: FlowNode) -> bool:
    """Whether the node can be one of the events behind an event-based gateway."""
    if target.tag == "receiveTask":
        caught = target.loop is None and not process.boundary_events(target.id)
    else:
        caught = target.tag == "intermediateCatchEvent" and bool(target.event and target.event.kind != "link")
    return caught and len(process.incoming(target.id)) == 1


def links_pair(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Each thrown link has exactly one caught link of the same name in its scope, and no flow beside it (10.5.1)."""
    for process, node in diagram.placed_nodes():
        if node.event is None or node.event.kind != "link":
            continue
        throws = node.tag == "intermediateThrowEvent"
        if throws and (len(process.link_targets(node)) != 1 or not node.event.reference):
            yield _at(node, "bpmn.link-pair", "Länken ska ha exakt ett mål med samma namn.",
                      "The link must have exactly one target of the same name.")  # fmt: skip
        if process.outgoing(node.id) if throws else process.incoming(node.id):
            yield _at(node, "bpmn.link-flow", "Inget flöde får lämna en länk som kastas eller gå till en som fångas.",
                      "No flow may leave a thrown link or lead to a caught one.")  # fmt: skip


def drawn(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """What runs can be seen: every node and flow has a shape or an edge (clause 12)."""
    if not diagram.drawn:
        return
    for _process, node in diagram.placed_nodes():
        if node.id not in diagram.drawn:
            yield warning("bpmn.not-drawn", f"”{node.name or node.id}” syns inte i diagrammet.",
                          f"'{node.name or node.id}' is not visible in the diagram.",
                          element=node.id, line=node.line)  # fmt: skip


def _at(node: FlowNode, rule: str, sv: str, en: str) -> Problem:
    return error(rule, sv, en, element=node.id, line=node.line)


RULES: tuple[Rule, ...] = (
    unique_ids, ids_present, a_process, flows_connect, events_in_place, scopes_start, everything_reached, gateways,
    conditions_where_they_decide, links_pair, drawn,
)  # fmt: skip
