"""Our task specs on SpiffWorkflow's token tree.

SpiffWorkflow gives the tree of tasks, their states and the order in which a completed task updates what follows.
Its BPMN layer predicts, merges data, reads the wall clock and evaluates Python; these specs replace that layer and
keep three promises: nothing is predicted, a join looks at waiting arrivals only, and whatever is finished may be
forgotten. Hence a state holds the living tokens and nothing else, however long the history (`state.py`).

The tree: every activity is one task, or a *container* with children inside it. `:root` holds the process, a
sub-process holds its own tokens, a multi-instance holds one child per item, and a guard holds an activity beside its
boundary events.
"""

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.deciding import decide
from app.engine.programs import ROOT, Flow, Node, Program, Repeat

WAITING, READY, STARTED = TaskState.WAITING, TaskState.READY, TaskState.STARTED
COMPLETED, CANCELLED, FUTURE = TaskState.COMPLETED, TaskState.CANCELLED, TaskState.FUTURE
LIVE = TaskState.NOT_FINISHED_MASK

# Kinds of step that stay until somebody outside the engine continues them.
WAITS = frozenset({"user", "action", "call", "catch", "receive"})


class Step(TaskSpec):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """A step of the program: entered by a token, run, left along its flows."""

    def __init__(self, spec: WorkflowSpec, name: str, node: Node, *, leaves: bool = True) -> None:
        super().__init__(spec, name)
        self.node = node
        self.repeat = node.repeat or Repeat("none")
        self.leaves = leaves

    def _predict(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing is predicted: eight parallel blocks in a row would cost 42,645 predicted tasks."""

    def test(self) -> None:
        """Vetting has tested the diagram; SpiffWorkflow's own structural test knows only its own specs."""

    def _update(self, task: Task) -> None:
        task.workflow.entered(task)
        self.enter(task)

    def enter(self, task: Task) -> None:
        """A token arrives."""
        task._set_state(READY)

    def _run_hook(self, task: Task) -> bool:
        if self.leaves:
            self.leave(task)
        return True

    def leave(self, task: Task) -> None:
        """Send tokens along the flows: all without a condition, those whose condition holds, else the default."""
        if not self.node.out:
            return
        taken = self.choose(task)
        if not taken:
            raise task.workflow.no_way_out(task)
        for flow in taken:
            task.workflow.spawn(task, flow.target, flow=flow.id)

    def choose(self, task: Task) -> list[Flow]:
        """The flows to take. For everything but an exclusive gateway they are independent of each other."""
        node = self.node
        taken = [
            f for f in node.out if f.id != node.default and (not f.condition or task.workflow.holds(task, f.condition))
        ]
        if not taken and node.default:
            taken = [f for f in node.out if f.id == node.default]
        task.workflow.chose(task, taken)
        return taken


class ExclusiveGateway(Step):
    """The first flow whose condition holds, else the default (BPMN 2.0, 13.4.2)."""

    def choose(self, task: Task) -> list[Flow]:
        node = self.node
        taken: Flow | None = None
        for flow in node.out:
            if flow.id != node.default and (not flow.condition or task.workflow.holds(task, flow.condition)):
                taken = flow
                break
        else:
            taken = next((f for f in node.out if f.id == node.default), None)
        chosen = [taken] if taken else []
        task.workflow.chose(task, chosen)
        return chosen


class Join(Step):
    """A gateway that waits for several tokens. `arrivals` are the waiting tokens of the same scope instance."""

    def enter(self, task: Task) -> None:
        task._set_state(WAITING)
        self.consider(task)

    def arrivals(self, task: Task) -> list[Task]:
        """Tokens waiting here, oldest first, within the same instance of the enclosing scope."""
        scope = task.workflow.scope_of(task)
        found = [o for o in task.workflow.tokens_in(scope) if o.task_spec is self and o.state == WAITING]
        return sorted(found, key=lambda other: other.id)

    def consider(self, task: Task) -> bool:
        """Fire if enough tokens wait. True when it fired."""
        raise NotImplementedError

    def fire(self, task: Task, consumed: Iterable[Task]) -> None:
        """Merge the consumed tokens into this one and go on."""
        for other in consumed:
            if other is not task:
                task.workflow.merge(other)
        task._set_state(READY)


class ParallelGateway(Join):
    """One token from each incoming flow, one on each outgoing flow; excess tokens stay (BPMN 2.0, 13.4.1)."""

    def enter(self, task: Task) -> None:
        if len(task.workflow.program.incoming.get(self.node.id, ())) <= 1:
            task._set_state(READY)
            return
        super().enter(task)

    def consider(self, task: Task) -> bool:
        first: dict[str, Task] = {}
        for arrival in self.arrivals(task):
            first.setdefault(arrival.internal_data["flow"], arrival)
        if len(first) < len(task.workflow.program.incoming[self.node.id]):
            return False
        # The token that goes on must be one of the consumed ones.
        last = task if task in first.values() else max(first.values(), key=lambda t: t.id)
        self.fire(last, first.values())
        return True

    def choose(self, task: Task) -> list[Flow]:
        """All of them: a parallel gateway knows no conditions."""
        task.workflow.chose(task, list(self.node.out))
        return list(self.node.out)


class InclusiveGateway(Join):
    """Waits while a token can still come along a flow that has none (BPMN 2.0, 13.4.3)."""

    def enter(self, task: Task) -> None:
        if len(task.workflow.program.incoming.get(self.node.id, ())) <= 1:
            task._set_state(READY)
            return
        # Whether others may still come is known only when everything automatic has run: see Net.settle.
        task._set_state(WAITING)

    def consider(self, task: Task) -> bool:
        first: dict[str, Task] = {}
        for arrival in self.arrivals(task):
            first.setdefault(arrival.internal_data["flow"], arrival)
        empty = set(task.workflow.program.incoming[self.node.id]) - set(first)
        scope = task.workflow.scope_of(task)
        for other in task.workflow.tokens_in(scope):
            if other.task_spec is self:
                continue
            reach = task.workflow.program.reaches(other.task_spec.node.id, self.node.id)
            if reach & empty and not reach & set(first):
                return False
        self.fire(max(first.values(), key=lambda t: t.id), first.values())
        return True


class EventGateway(Step):
    """The first of the following events wins; the others are withdrawn (BPMN 2.0, 13.4.4)."""

    def leave(self, task: Task) -> None:
        for flow in self.node.out:
            task.workflow.spawn(task, flow.target, flow=flow.id, race=task.id)


class Wait(Step):
    """A wait state: a user task, an action, a call, an event."""

    def enter(self, task: Task) -> None:
        task._set_state(WAITING)
        task.workflow.opened(task)

    def _run_hook(self, task: Task) -> bool:
        task.workflow.win_race(task)
        return bool(super()._run_hook(task))


class Boundary(Wait):
    """A boundary event: a wait state beside an activity."""

    @property
    def stays(self) -> bool:
        """Whether it goes on waiting when it has fired: a message or signal that interrupts nothing (13.5.3).

        A timer comes once: a repeating one is refused by the vetting.
        """
        event = self.node.event
        return not self.node.interrupting and event is not None and event.kind in {"message", "signal"}

    def _run_hook(self, task: Task) -> bool:
        if self.node.interrupting:
            task.workflow.interrupt(task)
        return bool(super()._run_hook(task))


class Throw(Step):
    """Sends a message or a signal and goes on."""

    def _run_hook(self, task: Task) -> bool:
        task.workflow.throw(task)
        return bool(super()._run_hook(task))


class Script(Step):
    """Assignments of expressions to variables."""

    def _run_hook(self, task: Task) -> bool:
        task.workflow.assign(task)
        return bool(super()._run_hook(task))


class Decide(Step):
    """A decision table is asked; `deciding` knows how."""

    def _run_hook(self, task: Task) -> bool:
        decide(task.workflow, task)
        return bool(super()._run_hook(task))


class TerminateEnd(Step):
    """Ends everything in its scope at once (BPMN 2.0, 13.5.6)."""

    def _run_hook(self, task: Task) -> bool:
        task.workflow.terminate(task)
        return True


class Container(Step):
    """A task that lives as long as what is inside it."""

    def enter(self, task: Task) -> None:
        task._set_state(STARTED)
        self.open(task)

    def open(self, task: Task) -> None:
        """Put the first tokens inside."""
        raise NotImplementedError

    def child_done(self, task: Task, child: Task) -> None:
        """A child inside has finished, with all it led to."""


class Scope(Container):
    """A process or an embedded sub-process."""

    def open(self, task: Task) -> None:
        for start in self.node.starts:
            task.workflow.spawn(task, start, inside=True)


class Guard(Container):
    """An activity beside its boundary events."""

    def open(self, task: Task) -> None:
        task.workflow.spawn(task, _inner(self.name), inside=True)
        for event in self.node.attached:
            task.workflow.spawn(task, event)


class MultiInstance(Container):
    """One child per item of a collection, all at once or one after another."""

    def open(self, task: Task) -> None:
        items = task.workflow.items(task)
        task.workflow.begin_collecting(task)
        data = task.internal_data
        data["total"], data["done"], data["next"] = len(items), 0, 0
        data["items"] = items
        first = items if self.repeat.kind == "parallel" else items[:1]
        for _ in first:
            self._next(task)

    def _next(self, task: Task) -> None:
        data = task.internal_data
        index = data["next"]
        data["next"] = index + 1
        task.workflow.spawn_item(task, _inner(self.name), index, data["items"][index])
        if data["next"] >= data["total"]:
            data["items"] = []

    def child_done(self, task: Task, child: Task) -> None:
        data = task.internal_data
        data["done"] += 1
        task.workflow.collect(task, child)
        if task.workflow.completion_reached(task):
            task.workflow.cancel_inside(task)
            data["next"] = data["total"]
        elif self.repeat.kind == "sequential" and data["next"] < data["total"]:
            self._next(task)


class StandardLoop(Container):
    """Repeats its activity while a condition holds."""

    def open(self, task: Task) -> None:
        task.internal_data["laps"] = 0
        if not self.repeat.test_before or self._again(task):
            self._lap(task)

    def _lap(self, task: Task) -> None:
        task.internal_data["laps"] += 1
        task.workflow.spawn(task, _inner(self.name), inside=True)

    def _again(self, task: Task) -> bool:
        repeat = self.repeat
        if repeat.maximum is not None and task.internal_data["laps"] >= repeat.maximum:
            return False
        return repeat.condition is None or task.workflow.holds(task, repeat.condition)

    def child_done(self, task: Task, child: Task) -> None:  # noqa: ARG002  every lap is alike
        if self._again(task):
            self._lap(task)


_LEAVES: dict[str, type[Step]] = {
    "step": Step, "exclusive": ExclusiveGateway, "parallel": ParallelGateway, "inclusive": InclusiveGateway,
    "events": EventGateway, "user": Wait, "action": Wait, "call": Wait, "catch": Wait, "receive": Wait,
    "boundary": Boundary, "throw": Throw, "script": Script, "decide": Decide, "terminate": TerminateEnd, "scope": Scope,
}  # fmt: skip


def _inner(name: str) -> str:
    node, _, layer = name.partition(":")
    return f"{node}:{int(layer or 0) + 1}"


def build_spec(program: Program) -> WorkflowSpec:
    """SpiffWorkflow's specification of the program: one spec per node, and one per layer around it.

    The outermost layer carries the node's id, so that flows lead to it; `id:1`, `id:2` lie inside. BPMN ids have no
    colon, so no drawn id can collide with these, nor with SpiffWorkflow's own reserved names, which are not used.
    """
    spec = WorkflowSpec(program.key)
    root = Node(id=ROOT, kind="scope", name=program.name, scope="", starts=program.starts)
    spec.start = Scope(spec, ROOT, root, leaves=False)
    for node in program.nodes.values():
        layers: list[type[Step]] = []
        if node.attached:
            layers.append(Guard)
        if node.repeat:
            layers.append(StandardLoop if node.repeat.kind == "standard" else MultiInstance)
        layers.append(_LEAVES[node.kind])
        for depth, layer in enumerate(layers):
            layer(spec, node.id if depth == 0 else f"{node.id}:{depth}", node, leaves=depth == 0)
    return spec
