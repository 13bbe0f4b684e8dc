"""The compiled form of a definition: what was lowered at deploy, stored, and run ever after.

A `Program` is plain data (JSON), so that what was deployed is what runs: new lowering code never changes the
definition under a live instance. Instances pin a program by the definition version that holds it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from app.domain import deadlines
from app.engine.decisions import Decision, read_decisions
from app.engine.expressions import compile_expression, parse_script

FORMAT = 1
ROOT = ":root"


@dataclass(frozen=True)
class Flow:
    """A way out of a node: where to, and under which condition."""

    id: str
    target: str
    condition: str | None = None


@dataclass(frozen=True)
class Event:
    """What a catching step waits for: `timer` (with its deadline's text), `message` or `signal` (with a name)."""

    kind: str
    name: str = ""
    text: str = ""


@dataclass(frozen=True)
class Repeat:
    """How an activity repeats."""

    kind: str
    collection: str | None = None
    cardinality: str | None = None
    item: str | None = None
    collect: str | None = None
    completion: str | None = None
    condition: str | None = None
    test_before: bool = False
    maximum: int | None = None


@dataclass(frozen=True)
class Node:
    """One step of the program. `id` is the drawn element's id, so positions and history need no translation."""

    id: str
    kind: str
    name: str
    scope: str
    out: tuple[Flow, ...] = ()
    default: str | None = None
    event: Event | None = None
    repeat: Repeat | None = None
    attached: tuple[str, ...] = ()
    interrupting: bool = True
    attributes: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[tuple[str, str], ...] = ()
    results: tuple[tuple[str, str], ...] = ()
    script: str | None = None
    starts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Program:
    """A whole definition, lowered. Node ids are those of the diagram; `decisions` are DMN files by decision id."""

    key: str
    name: str
    nodes: Mapping[str, Node]
    starts: tuple[str, ...]
    decisions: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def raw(self) -> bytes:
        """The stored form."""
        return orjson.dumps({"format": FORMAT, **_as_data(self)})

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the stored form: the key under which the process keeps it parsed."""
        return hashlib.sha256(self.raw).hexdigest()

    @cached_property
    def incoming(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the flows that reach each node."""
        # Several thrown links of one name share the flow behind the caught one: it is one way in, not several.
        found: dict[str, dict[str, None]] = {}
        for node in self.nodes.values():
            for flow in node.out:
                found.setdefault(flow.target, {})[flow.id] = None
        return {target: tuple(flows) for target, flows in found.items()}

    def reaches(self, source: str, join: str) -> frozenset[str]:
        """The incoming flows of the join that a token at the source can still come along, not through the join."""
        found, queue, seen = set(), [source], set()
        while queue:
            at = queue.pop()
            if at in seen or at == join:
                continue
            seen.add(at)
            node = self.nodes[at]
            for flow in node.out:
                if flow.target == join:
                    found.add(flow.id)
                queue.append(flow.target)
            queue.extend(node.attached)
        return frozenset(found)

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts any expression of the definition asks for; read before the engine runs."""
        asked = (*self._expressions(), *self.tables.values())
        return frozenset().union(*(e.facts for e in asked))

    @cached_property
    def tables(self) -> Mapping[str, Decision]:
        """The decision tables its business rule tasks use, by the id of the decision."""
        return {key: read_decisions(text.encode())[key] for key, text in self.decisions.items()}

    def _expressions(self) -> list[Any]:
        texts: list[str] = []
        scripts = []
        for node in self.nodes.values():
            texts += [f.condition for f in node.out if f.condition]
            texts += [value for _, value in node.parameters]
            texts += [t for name in ("correlation", "decider", "within") if (t := node.attributes.get(name))]
            timer = node.event.text if node.event and node.event.kind == "timer" else ""
            if timer and node.kind in {"catch", "boundary"} and not _is_deadline(timer):
                texts.append(timer)
            if node.repeat:
                repeat = node.repeat
                candidates = (repeat.collection, repeat.cardinality, repeat.completion, repeat.condition)
                texts += [t for t in candidates if t]
            if node.script:
                scripts += [e for _, e in parse_script(node.script)]
        return [compile_expression(t) for t in texts] + scripts

    @cached_property
    def calls(self) -> frozenset[str]:
        """The keys of the processes it calls."""
        return frozenset(n.attributes["called"] for n in self.nodes.values() if n.kind == "call")

    def message_starts(self) -> dict[str, str]:
        """Message name -> the start event it triggers."""
        return {
            node.event.name: node.id
            for node in (self.nodes[i] for i in self.starts)
            if node.event is not None and node.event.kind == "message"
        }


def _is_deadline(text: str) -> bool:
    try:
        deadlines.parse(text)
    except deadlines.DeadlineInvalid:
        return False
    return True


def _as_data(program: Program) -> dict[str, Any]:
    return {
        "key": program.key,
        "name": program.name,
        "starts": program.starts,
        "decisions": dict(program.decisions),
        "nodes": list(program.nodes.values()),
    }


def load_program(raw: bytes) -> Program:
    """Read a stored program. Raises ValueError when it was written by a newer version of the service."""
    data = orjson.loads(raw)
    if data.get("format") != FORMAT:
        raise ValueError(f"program format {data.get('format')} is not known to this version")
    nodes = {entry["id"]: _node(entry) for entry in data["nodes"]}
    return Program(
        key=data["key"], name=data["name"], nodes=nodes, starts=tuple(data["starts"]), decisions=data["decisions"]
    )


def _node(entry: dict[str, Any]) -> Node:
    return Node(
        **{
            **entry,
            "out": tuple(Flow(**flow) for flow in entry["out"]),
            "event": Event(**entry["event"]) if entry["event"] else None,
            "repeat": Repeat(**entry["repeat"]) if entry["repeat"] else None,
            "attached": tuple(entry["attached"]),
            "parameters": tuple((k, v) for k, v in entry["parameters"]),
            "results": tuple((k, v) for k, v in entry["results"]),
            "starts": tuple(entry["starts"]),
        }
    )
