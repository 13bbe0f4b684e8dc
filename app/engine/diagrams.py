"""A BPMN diagram as read, before it is judged: what was drawn, with the line of each thing.

Nothing here decides whether the diagram is good; `vetting` does, and `lowering` makes a program of it.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

HJUL = "urn:trygghetshjulet:bpmn:1"
HJUL_FAMILY = "urn:trygghetshjulet"
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"


@dataclass(frozen=True)
class EventDefinition:
    """What an event waits for or throws. `kind` is the BPMN word without its suffix: `timer`, `message` ..."""

    kind: str
    line: int
    reference: str | None = None
    text: str | None = None
    timer: str | None = None


@dataclass(frozen=True)
class Loop:
    """Repetition of an activity: `parallel` or `sequential` multi-instance, or a `standard` loop."""

    kind: str
    line: int
    collection: str | None = None
    item: str | None = None
    collect: str | None = None
    cardinality: str | None = None
    completion: str | None = None
    condition: str | None = None
    test_before: bool = False
    maximum: str | None = None
    standard_data: bool = False
    behavior: str = "All"


@dataclass(frozen=True)
class FlowNode:
    """A flow node. `scope` is the id of the process or sub-process it lies in; `hjul` holds our attributes."""

    id: str
    tag: str
    name: str
    line: int
    scope: str
    attributes: Mapping[str, str]
    hjul: Mapping[str, str]
    documentation: str
    events: tuple[EventDefinition, ...] = ()
    loop: Loop | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    results: tuple[tuple[str, str], ...] = ()
    script: str | None = None

    @property
    def event(self) -> EventDefinition | None:
        """The only event definition, or None for a none event."""
        return self.events[0] if self.events else None


@dataclass(frozen=True)
class SequenceFlow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    name: str
    line: int
    scope: str
    condition: str | None


@dataclass(frozen=True)
class Lane:
    """A lane, with the ids of what lies in it."""

    id: str
    name: str
    role: str | None
    line: int
    nodes: frozenset[str]


@dataclass(frozen=True)
class Process:
    """A process with all its nodes and flows, those of its sub-processes included."""

    id: str
    name: str
    executable: str | None
    line: int
    nodes: Mapping[str, FlowNode]
    flows: tuple[SequenceFlow, ...]
    lanes: tuple[Lane, ...]
    documentation: str = ""
    hjul: Mapping[str, str] = field(default_factory=dict)

    def outgoing(self, node_id: str) -> Sequence[SequenceFlow]:
        """The flows that leave the node, as drawn."""
        return self._flows_from.get(node_id, ())

    def incoming(self, node_id: str) -> Sequence[SequenceFlow]:
        """The flows that reach the node."""
        return self._flows_to.get(node_id, ())

    def next_nodes(self, node_id: str) -> list[str]:
        """Where a token may go from the node: along its flows, and from a thrown link to the one caught."""
        targets = [flow.target for flow in self.outgoing(node_id)]
        node = self.nodes.get(node_id)
        if node is not None and node.tag == "intermediateThrowEvent" and len(self.link_targets(node)) == 1:
            targets.append(self.link_targets(node)[0].id)
        return targets

    def link_targets(self, node: FlowNode) -> Sequence[FlowNode]:
        """The link events that catch what the node throws: those of its scope with the same name."""
        if node.event is None or node.event.kind != "link":
            return ()
        return self._links.get((node.scope, node.event.reference), ())

    def boundary_events(self, node_id: str) -> Sequence[FlowNode]:
        """The boundary events attached to the activity."""
        return self._attached.get(node_id, ())

    def inside(self, scope: str) -> Sequence[FlowNode]:
        """The nodes that lie directly in that scope."""
        return self._by_scope.get(scope, ())

    def role_of(self, node: FlowNode) -> str | None:
        """The candidate role: the node's own, or its lane's, or the lane of the sub-process around it."""
        if role := node.hjul.get("role"):
            return role
        at: FlowNode | None = node
        while at is not None:
            if at.id in self._lane_roles:
                return self._lane_roles[at.id]
            at = self.nodes.get(at.scope)
        return None

    # A file may hold 20,000 elements: each question above is answered from an index, never by looking through them.

    @cached_property
    def _flows_from(self) -> Mapping[str, Sequence[SequenceFlow]]:
        return _grouped((flow.source, flow) for flow in self.flows)

    @cached_property
    def _flows_to(self) -> Mapping[str, Sequence[SequenceFlow]]:
        return _grouped((flow.target, flow) for flow in self.flows)

    @cached_property
    def _attached(self) -> Mapping[str | None, Sequence[FlowNode]]:
        return _grouped((node.attributes.get("attachedToRef"), node) for node in self.nodes.values())

    @cached_property
    def _by_scope(self) -> Mapping[str, Sequence[FlowNode]]:
        return _grouped((node.scope, node) for node in self.nodes.values())

    @cached_property
    def _links(self) -> Mapping[tuple[str, str | None], Sequence[FlowNode]]:
        return _grouped(
            ((node.scope, node.event.reference), node)
            for node in self.nodes.values()
            if node.tag == "intermediateCatchEvent" and node.event is not None and node.event.kind == "link"
        )

    @cached_property
    def _lane_roles(self) -> Mapping[str, str]:
        return {node_id: lane.role for lane in reversed(self.lanes) if lane.role for node_id in lane.nodes}


def _grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, Sequence[V]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


@dataclass(frozen=True)
class OddElement:
    """Something read that is no flow node, flow or lane of ours: unknown, or of a kind we must speak about."""

    tag: str
    id: str | None
    line: int
    namespace: str


@dataclass(frozen=True)
class OwnName:
    """A name in our namespace. `kind` is `attribute`, `element`, or `namespace` for one that only looks like ours.

    `on` is what it was written on: a BPMN tag, or `hjul:parameter` and the like for what stands in our own elements.
    `element` is the id of the nearest thing around it that has one.
    """

    kind: str
    name: str
    on: str
    element: str | None
    line: int


@dataclass(frozen=True)
class Diagram:
    """Everything read from one file."""

    processes: tuple[Process, ...]
    messages: Mapping[str, str]
    signals: Mapping[str, str]
    ids: tuple[tuple[str, int], ...]
    missing_ids: tuple[OddElement, ...]
    odd: tuple[OddElement, ...]
    drawn: frozenset[str]
    references: tuple[tuple[str, str, int], ...]
    own_names: tuple[OwnName, ...] = ()

    def placed_nodes(self) -> Iterator[tuple[Process, FlowNode]]:
        """Every node of every process, with its process."""
        for process in self.processes:
            for node in process.nodes.values():
                yield process, node

    def every_node(self) -> Iterator[FlowNode]:
        """Every node of every process."""
        return (node for _process, node in self.placed_nodes())
