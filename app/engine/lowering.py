"""A vetted diagram becomes a program: what BPMN means, in the few kinds of step that run.

Link events become flows; gateways, tasks and events become steps; everything keeps the id it was drawn with, so that
positions and history need no translation. Implicit splits, conditional flows out of a task, implicit merges and
signal end events need no rewriting: the steps do what BPMN says of them.
"""

from collections.abc import Mapping

from app.engine.diagrams import Diagram, FlowNode, Loop, Process
from app.engine.programs import Event, Flow, Node, Program, Repeat

_KINDS = {
    "startEvent": "step", "endEvent": "step", "task": "step", "manualTask": "user", "userTask": "user",
    "serviceTask": "action", "businessRuleTask": "decide", "scriptTask": "script", "sendTask": "throw",
    "receiveTask": "receive", "callActivity": "call", "subProcess": "scope", "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel", "inclusiveGateway": "inclusive", "eventBasedGateway": "events",
    "boundaryEvent": "boundary", "intermediateCatchEvent": "catch", "intermediateThrowEvent": "step",
}  # fmt: skip


def lower(diagram: Diagram, process: Process, decisions: Mapping[str, str]) -> Program:
    """The program of a process. The diagram must have passed vetting: nothing is checked again here."""
    links = _links(process)
    nodes = {
        node.id: _node(diagram, process, node, links) for node in process.nodes.values() if not _is_link_catch(node)
    }
    return Program(
        key=process.id,
        name=process.name,
        nodes=nodes,
        starts=tuple(n.id for n in process.inside(process.id) if n.tag == "startEvent"),
        decisions={
            key: decisions[key] for node in nodes.values() if (key := node.attributes.get("decision", "")) in decisions
        },
    )


def _is_link_catch(node: FlowNode) -> bool:
    return node.tag == "intermediateCatchEvent" and node.event is not None and node.event.kind == "link"


def _links(process: Process) -> dict[tuple[str, str], str]:
    """(scope, link name) -> the catching link event."""
    return {(n.scope, n.event.reference or ""): n.id for n in process.nodes.values() if _is_link_catch(n) and n.event}


def _node(diagram: Diagram, process: Process, node: FlowNode, links: dict[tuple[str, str], str]) -> Node:
    attributes = {k: v for k, v in node.hjul.items() if v}
    if (role := process.role_of(node)) is not None:
        attributes["role"] = role
    if node.documentation:
        attributes["documentation"] = node.documentation
    if node.tag == "callActivity":
        attributes["called"] = node.attributes.get("calledElement", "")
    return Node(
        id=node.id,
        kind=_kind(node),
        name=node.name,
        scope="" if node.scope == process.id else node.scope,
        out=_flows(process, node, links),
        default=node.attributes.get("default"),
        event=_event(diagram, node),
        repeat=_repeat(node.loop),
        attached=tuple(n.id for n in process.boundary_events(node.id)),
        interrupting=node.attributes.get("cancelActivity", "true") != "false",
        attributes=attributes,
        parameters=node.parameters,
        results=node.results,
        script=node.script if node.tag == "scriptTask" else None,
        starts=tuple(n.id for n in process.inside(node.id) if n.tag == "startEvent"),
    )


def _kind(node: FlowNode) -> str:
    event = node.event.kind if node.event else ""
    if node.tag in {"endEvent", "intermediateThrowEvent"} and event in {"message", "signal"}:
        return "throw"
    if node.tag == "endEvent" and event == "terminate":
        return "terminate"
    if node.tag == "intermediateCatchEvent" and not event:
        return "step"
    return _KINDS[node.tag]


def _flows(process: Process, node: FlowNode, links: dict[tuple[str, str], str]) -> tuple[Flow, ...]:
    if node.tag == "intermediateThrowEvent" and node.event and node.event.kind == "link":
        # BPMN 2.0, 10.5.1: a pair of link events is a flow drawn without its line.
        caught = links[(node.scope, node.event.reference or "")]
        return tuple(Flow(f.id, f.target, f.condition) for f in process.outgoing(caught))
    return tuple(Flow(f.id, f.target, f.condition or None) for f in process.outgoing(node.id))


def _event(diagram: Diagram, node: FlowNode) -> Event | None:
    event = node.event
    if event is None or event.kind in {"terminate", "link"}:
        return None
    if event.kind == "timer":
        return Event("timer", text=event.text or "")
    names = diagram.messages if event.kind == "message" else diagram.signals
    return Event(event.kind, name=names.get(event.reference or "", ""))


def _repeat(loop: Loop | None) -> Repeat | None:
    if loop is None:
        return None
    return Repeat(
        kind=loop.kind,
        collection=loop.collection,
        cardinality=loop.cardinality,
        item=loop.item,
        collect=loop.collect,
        completion=loop.completion,
        condition=loop.condition,
        test_before=loop.test_before,
        maximum=int(loop.maximum) if loop.maximum else None,
    )
