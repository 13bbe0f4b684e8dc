"""The engine's commands. Each is pure: program, state, variables, facts and instant in, an `Outcome` out.

`start` begins an instance; the others continue a waiting token: `complete` a user task (or a received message, a
finished action, an ended child), `fire` a timer or another event. Raises TokenUnknown when the token does not wait,
EngineFault when the run cannot go on; then nothing has happened, for the caller still holds the old state.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

from app.engine import state as states
from app.engine import timers
from app.engine.expressions import ExpressionFailed, is_plain_name, plain
from app.engine.facts import Facts
from app.engine.nets import MAX_VARIABLES_BYTES, Net
from app.engine.outcomes import Closed, EngineFault, Opened, Outcome, TokenUnknown
from app.engine.programs import ROOT, Node, Program, load_program
from app.engine.specs import FUTURE, LIVE, READY, WAITING, Guard, Wait, build_spec


@dataclass(frozen=True)
class Loaded:
    """A program with SpiffWorkflow's spec built from it; shared by every run in this process, changed by none."""

    program: Program
    spec: WorkflowSpec


class Definitions:
    """The definitions this process has parsed, by the digest of their stored form. Safe between threads."""

    def __init__(self, size: int = 256) -> None:
        self._size = size
        self._lock = Lock()
        self._kept: OrderedDict[str, Loaded] = OrderedDict()

    def get(self, digest: str, read: Callable[[], bytes]) -> Loaded:
        """The definition; `read` fetches its stored form when it is not at hand."""
        with self._lock:
            if (loaded := self._kept.get(digest)) is not None:
                self._kept.move_to_end(digest)
                return loaded
        loaded = prepare(read())
        with self._lock:
            self._kept[digest] = loaded
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return loaded


def prepare(raw: bytes) -> Loaded:
    """Parse a stored program and build SpiffWorkflow's spec of it."""
    program = load_program(raw)
    return Loaded(program, build_spec(program))


def start(
    loaded: Loaded,
    variables: Mapping[str, Any],
    facts: Facts,
    now: datetime,
    *,
    at: str | None = None,
    payload: Mapping[str, Any] | None = None,
) -> Outcome:
    """Begin an instance, at the named start event or at the program's own.

    `payload` is what the starting message brought: the start event's results pick from it, and where it names none
    all of it becomes variables; `variables` go before it. Raises EngineFault also when several messages may start the
    program and none is named.
    """
    program = loaded.program
    starts = (at,) if at else _own_starts(program)
    net = Net(loaded.spec, program, {**_brought(program, starts, payload), **variables}, facts)
    root = net.new_task(loaded.spec.start, None)
    net.task_tree = root
    root._set_state(FUTURE)
    net.entered(root)
    net.begin(root, starts)
    net.settle()
    return _outcome(net, set(), now)


def _own_starts(program: Program) -> tuple[str, ...]:
    """Where an instance begins that no message began: each start event is a beginning of its own (10.5.2)."""
    starts = tuple(i for i in program.starts if not _by_message(program.nodes[i])) or program.starts
    if len(starts) > 1:
        raise EngineFault(
            ROOT,
            "Processen startas av flera meddelanden: säg vilken starthändelse som gäller.",
            "The process is started by several messages: name the start event.",
        )
    return starts


def _brought(program: Program, starts: tuple[str, ...], payload: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The variables that the starting message gives."""
    if payload is None:
        return {}
    results = [pair for start in starts for pair in program.nodes[start].results]
    return {name: payload.get(source) for name, source in results} if results else payload


def _by_message(node: Node) -> bool:
    return node.event is not None and node.event.kind in {"message", "signal"}


def complete(
    loaded: Loaded,
    state: bytes,
    token: int,
    variables: Mapping[str, Any],
    facts: Facts,
    now: datetime,
    *,
    result: Mapping[str, Any],
    outcome: str | None = None,
) -> Outcome:
    """Continue a waiting token with what it brought: a form's variables, a payload, an action's result.

    `outcome` is set for user tasks that may expire: it becomes the variable `<element>_outcome`.
    """
    net = states.load(state, loaded.spec, loaded.program, variables, facts)
    before = _waiting(net)
    task = net.tasks.get(token)
    if task is None or token not in before:
        raise TokenUnknown(token)
    node = task.task_spec.node
    # A form's fields are variables as they are; what came from outside is taken only where the diagram asks for it.
    values = dict(result) if node.kind == "user" else {name: result.get(source) for name, source in node.results}
    if outcome is not None:
        values[f"{node.id}_outcome"] = outcome
    going = net.occurrence(task)
    net.write(going, _storable(node.id, values))
    going._set_state(READY)
    net.settle()
    return _outcome(net, before, now, completed=token)


def fire(
    loaded: Loaded, state: bytes, token: int, variables: Mapping[str, Any], facts: Facts, now: datetime
) -> Outcome:
    """A timer's time has come."""
    return complete(loaded, state, token, variables, facts, now, result={})


def waiting_tokens(loaded: Loaded, state: bytes, facts: Facts) -> dict[int, str]:
    """Token -> element id of every wait state: what a consistency check compares the tables with."""
    net = states.load(state, loaded.spec, loaded.program, {}, facts)
    return {token: net.tasks[token].task_spec.node.id for token in sorted(_waiting(net))}


def _waiting(net: Net) -> set[int]:
    return {t.id for t in net.living() if t.state == WAITING and isinstance(t.task_spec, Wait)}


def _outcome(net: Net, before: set[int], now: datetime, completed: int | None = None) -> Outcome:
    after = _waiting(net)
    ended = not net.task_tree.has_state(LIVE)
    if not ended and not after:
        _raise_stuck(net)
    variables = _storable(ROOT, net.variables)
    raw = states.save(net)
    return Outcome(
        state=raw,
        variables=variables,
        opened=tuple(_opened(net, net.tasks[i], now) for i in _in_order(net, after - before)),
        closed=tuple(_closed(net.tasks[i], completed) for i in sorted(before - after)),
        thrown=tuple(net.thrown),
        notes=tuple(net.notes),
        ended=ended,
        steps=net.steps,
        tokens=len(net.living()),
    )


def _storable(element: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The variables as they will be kept. Raises EngineFault when they are too large or of kinds that JSON lacks."""
    try:
        return dict(plain(values, limit=MAX_VARIABLES_BYTES))
    except ExpressionFailed as error:
        raise EngineFault(
            element,
            f"Variablerna går inte att spara: de är större än {MAX_VARIABLES_BYTES} byte eller av ett okänt slag.",
            f"The variables cannot be stored: they exceed {MAX_VARIABLES_BYTES} bytes or are of an unknown kind.",
        ) from error


def _closed(task: Task, completed: int | None) -> Closed:
    how = "completed" if task.id == completed else "cancelled"
    kind, node = _kind(task), task.task_spec.node
    return Closed(task.id, node.id, kind, how, kind in {"timer", "action", "call", "user"})


def _in_order(net: Net, tokens: set[int]) -> Iterable[int]:
    return [task.id for task in net.newly_open if task.id in tokens]


def _raise_stuck(net: Net) -> None:
    joins = [t.task_spec.node for t in net.joining()]
    where = joins[0].id if joins else ROOT
    raise EngineFault(
        where,
        "Processen står stilla: en sammanslutning väntar på en väg som ingen längre är på.",
        "The process is stuck: a join waits for a way that nothing is on any more.",
    )


def _decided(attributes: Mapping[str, str], value: Callable[[str], Any]) -> Mapping[str, str]:
    """The attributes with who decides worked out, where that hangs on what was answered; nobody when it gives None."""
    decider = attributes.get("decider", "")
    if not decider or is_plain_name(decider):
        return attributes
    found = value(decider)
    return {**{name: text for name, text in attributes.items() if name != "decider"},
            **({"decider": str(found)} if found else {})}  # fmt: skip


def _place(found: Any) -> Mapping[str, Any] | None:
    """The department, actor or other thing with an id that a task is for; None when the expression gives none."""
    return found if isinstance(found, Mapping) and "kind" in found and "id" in found else None


def _kind(task: Task) -> str:
    node = task.task_spec.node
    return node.event.kind if node.event is not None else str(node.kind)


def _opened(net: Net, task: Task, now: datetime) -> Opened:
    node, facts = task.task_spec.node, net.facts
    kind = _kind(task)
    common: dict[str, Any] = {
        "token": task.id, "element": node.id, "kind": kind, "name": node.name,
        "attributes": node.attributes, "item": net.item_of(task),
    }  # fmt: skip

    def value(text: str) -> Any:
        return net.value(task, text)

    if kind == "user":
        common["attributes"] = _decided(node.attributes, value)
        if within := node.attributes.get("within"):
            common["item"] = _place(value(within)) or common["item"]
        return Opened(**common, **_days(node, facts, now, value))
    if kind == "timer":
        return Opened(**common, due=timers.resolve(node, node.event.text, facts, now, _beside(net, task, now), value))
    if kind in {"message", "signal"}:
        return Opened(**common, event_name=node.event.name, correlation=net.correlation(task))
    anchor = node.attributes.get("anchor")
    return Opened(
        **common,
        parameters=net.parameters(task),
        anchor=timers.resolve(node, anchor, facts, now, None, value) if anchor else None,
    )


def _days(node: Node, facts: Facts, now: datetime, value: Callable[[str], Any]) -> dict[str, Any]:
    """When a user task is due, is followed up, and completes by itself."""
    due = timers.due_of(node, facts, now)
    follow, expire = node.attributes.get("followUp"), node.attributes.get("expire")
    return {
        "due": due,
        "follow_up": timers.resolve(node, follow, facts, now, due, value) if follow else None,
        "expire": timers.expiry_of(node, expire, facts, now, due) if expire else None,
    }


def _beside(net: Net, task: Task, now: datetime) -> Any:
    """The due date of the user task that a boundary timer sits on: what D means there."""
    guard = task.parent
    if guard is None or not isinstance(guard.task_spec, Guard) or guard.task_spec.node.kind != "user":
        return None
    return timers.due_of(guard.task_spec.node, net.facts, now)
