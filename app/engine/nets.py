"""The token net of one instance while it runs: SpiffWorkflow's `Workflow` with our specs and our bookkeeping."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.workflow import Workflow

from app.engine.expressions import (
    Expression,
    ExpressionFailed,
    ExpressionInvalid,
    compile_expression,
    evaluate,
    parse_script,
)
from app.engine.facts import Facts
from app.engine.outcomes import EngineFault, Note, Thrown
from app.engine.programs import Flow, Node, Program
from app.engine.specs import (
    CANCELLED,
    COMPLETED,
    FUTURE,
    LIVE,
    READY,
    STARTED,
    WAITING,
    Boundary,
    Container,
    Join,
    MultiInstance,
    StandardLoop,
    Step,
)

STEP_BUDGET = 2000
MAX_ITEMS = 1000
MAX_VARIABLES_BYTES = 256_000

_NOTED_ELSEWHERE = frozenset({"user", "action", "call", "decide", "exclusive", "inclusive", "parallel"})


class Net(Workflow):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """Tokens, the variables they see, and a record of what happened in this run."""

    def __init__(self, spec: WorkflowSpec, program: Program, variables: Mapping[str, Any], facts: Facts) -> None:
        super().__init__(spec, deserializing=True)
        self.program = program
        self.variables = dict(variables)
        self.facts = facts
        self.functions = facts.functions()
        self.next_id = 1
        self.steps = 0
        self.newly_open: list[Task] = []
        self.thrown: list[Thrown] = []
        self.notes: list[Note] = []

    # --- the tree -----------------------------------------------------------------------------------------------

    def _task_completed_notify(self, task: Task) -> None:
        """SpiffWorkflow would update every waiting task here; ours are continued by name."""

    def new_task(self, spec: Step, parent: Task | None) -> Task:
        """A task with a small whole number for its id, unique within the instance for ever."""
        task = Task(self, spec, parent, state=FUTURE, id=self.next_id)
        self.next_id += 1
        return task

    def spawn(self, parent: Task, target: str, *, flow: str | None = None, inside: bool = False) -> Task:
        """A token for the step. Inside a container it is entered at once, else when its parent completes."""
        task = self.new_task(self.spec.task_specs[target], parent)
        if flow:
            task.internal_data["flow"] = flow
        if inside:
            task.internal_data["inside"] = True
        if parent.state == STARTED:
            task.task_spec._update(task)
        return task

    def occurrence(self, task: Task) -> Task:
        """The token that goes on when the wait state is over: its own, or a new one beside an event that stays.

        The event keeps its token and thereby its subscription, so nothing sent in between can be missed.
        """
        if not (isinstance(task.task_spec, Boundary) and task.task_spec.stays):
            return task
        token = self.new_task(task.task_spec, task.parent)
        self.entered(token)
        return token

    def spawn_item(self, parent: Task, target: str, index: int, item: Any) -> None:
        """A multi-instance child, with a scope of variables of its own."""
        task = self.new_task(self.spec.task_specs[target], parent)
        task.internal_data.update(inside=True, index=index, locals={}, item=item)
        task.task_spec._update(task)

    def entered(self, task: Task) -> None:
        """Count the step against the budget. Raises EngineFault when the instance seems never to come to rest."""
        self.steps += 1
        if self.steps > STEP_BUDGET:
            raise EngineFault(
                task.task_spec.node.id,
                f"Processen kom inte till vila inom {STEP_BUDGET} steg: den går troligen runt utan att vänta.",
                f"The process did not come to rest within {STEP_BUDGET} steps: it probably loops without waiting.",
            )

    def opened(self, task: Task) -> None:
        """Remember a new wait state."""
        self.newly_open.append(task)

    def scope_of(self, task: Task) -> Task | None:
        """The container instance the task lies inside; None for the root."""
        child, parent = task, task.parent
        while parent is not None:
            if child.internal_data.get("inside"):
                return parent
            child, parent = parent, parent.parent
        return None

    def within(self, container: Task) -> Iterator[Task]:
        """The living tasks inside the container, at any depth."""
        for task in list(self.tasks.values()):
            if task.has_state(LIVE):
                at = self.scope_of(task)
                while at is not None and at is not container:
                    at = self.scope_of(at)
                if at is container:
                    yield task

    def tokens_in(self, scope: Task | None) -> list[Task]:
        """The living tasks that lie directly in that scope."""
        return [t for t in self.tasks.values() if t.has_state(LIVE) and t is not scope and self.scope_of(t) is scope]

    def alive_inside(self, container: Task) -> bool:
        """Something inside the container still lives."""
        return next(self.within(container), None) is not None

    def begin(self, root: Task, starts: tuple[str, ...]) -> None:
        """Put the first tokens into the process."""
        root._set_state(STARTED)
        for start in starts:
            self.spawn(root, start, inside=True)

    # --- moving -------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Run everything automatic until only wait states are left."""
        while True:
            ready = [t for t in self.tasks.values() if t.state == READY]
            if ready:
                for task in ready:
                    if task.state == READY:
                        self._run(task)
            elif not self._consider_joins() and not self._finish_containers():
                return

    def _run(self, task: Task) -> None:
        spec = task.task_spec
        # User tasks, actions and calls have lines of their own; gateways note themselves, with what decided.
        if not isinstance(spec, Container) and spec.leaves and spec.node.kind not in _NOTED_ELSEWHERE:
            self.note("step_passed", spec.node)
        task.run()

    def _consider_joins(self) -> bool:
        waiting = [t for t in self.tasks.values() if t.state == WAITING and isinstance(t.task_spec, Join)]
        return any(task.task_spec.consider(task) for task in waiting)

    def _finish_containers(self) -> bool:
        """Let containers hear of finished children, innermost first. True when something became possible."""
        containers = [t for t in self.tasks.values() if t.state == STARTED]
        for container in sorted(containers, key=lambda t: -t.depth):
            if isinstance(container.task_spec, MultiInstance | StandardLoop) and self._hear_children(container):
                return True
            if container.task_spec.done(container):
                self._close(container)
                return True
        return False

    def _hear_children(self, container: Task) -> bool:
        for child in container.children:
            data = child.internal_data
            if not data.get("inside") or data.get("heard") or child.state != COMPLETED:
                continue
            if not any(self._descends(t, child) for t in self.within(container)):
                data["heard"] = True
                container.task_spec.child_done(container, child)
                return True
        return False

    @staticmethod
    def _descends(task: Task, ancestor: Task) -> bool:
        at = task.parent
        while at is not None and at is not ancestor:
            at = at.parent
        return at is ancestor

    def _close(self, container: Task) -> None:
        """The container is empty: withdraw its boundary events and go on behind it."""
        for child in container.children:
            if child.has_state(LIVE):
                self.cancel(child)
        if container.task_spec.leaves and container.task_spec.node.kind == "scope":
            self.note("step_passed", container.task_spec.node)
        container._set_state(READY)

    def cancel(self, task: Task) -> None:
        """Cancel a token and everything living below it."""
        # The tree is as deep as the run was long: a call for each step would exhaust the stack.
        queue = [task]
        while queue:
            at = queue.pop()
            queue.extend(at.children)
            if at.has_state(LIVE):
                at._set_state(CANCELLED)

    def merge(self, task: Task) -> None:
        """A token consumed by a join."""
        task._set_state(COMPLETED)

    def cancel_inside(self, container: Task) -> None:
        """Cancel everything inside the container, but not its boundary events."""
        for child in container.children:
            if child.internal_data.get("inside"):
                self.cancel(child)

    def interrupt(self, boundary: Task) -> None:
        """An interrupting boundary event: the activity beside it is cancelled and does not go on."""
        guard = boundary.parent
        for child in guard.children:
            if child is not boundary and child.has_state(LIVE):
                self.cancel(child)
        self.cancel_inside(guard)
        guard._set_state(COMPLETED)

    def terminate(self, task: Task) -> None:
        """A terminate end event: everything else in its scope is cancelled."""
        for other in self.tokens_in(self.scope_of(task)):
            if other is not task:
                self.cancel(other)

    def win_race(self, task: Task) -> None:
        """The first event behind an event-based gateway withdraws the others."""
        race = task.internal_data.get("race")
        if race is None:
            return
        for other in list(self.tasks.values()):
            if other is not task and other.has_state(LIVE) and other.internal_data.get("race") == race:
                self.cancel(other)

    # --- variables and expressions ------------------------------------------------------------------------------

    def visible(self, task: Task) -> dict[str, Any]:
        """The variables the step sees: the instance's, and those of each multi-instance item around it."""
        layers: list[Mapping[str, Any]] = []
        for holder in self._holders(task):
            data = holder.internal_data
            item_name = holder.task_spec.node.repeat.item if holder.task_spec.node.repeat else None
            layers.append({**({item_name: data["item"]} if item_name else {}), **data["locals"]})
        visible = dict(self.variables)
        for layer in reversed(layers):
            visible.update(layer)
        return visible

    def _holders(self, task: Task) -> Iterator[Task]:
        at: Task | None = task
        while at is not None:
            if "locals" in at.internal_data:
                yield at
            at = at.parent if not at.internal_data.get("inside") else self.scope_of(at)

    def item_of(self, task: Task) -> Mapping[str, Any] | None:
        """The nearest multi-instance item that is a department, an actor or another thing with an id."""
        for holder in self._holders(task):
            item = holder.internal_data["item"]
            if isinstance(item, Mapping) and "kind" in item and "id" in item:
                return item
        return None

    def write(self, task: Task, values: Mapping[str, Any]) -> None:
        """Set variables, within the nearest multi-instance item or else in the instance."""
        holder = next(self._holders(task), None)
        (self.variables if holder is None else holder.internal_data["locals"]).update(values)

    def value(self, task: Task, text: str, extra: Mapping[str, Any] | None = None) -> Any:
        """The value of an expression at a step. Raises EngineFault naming the step."""
        try:
            return self._evaluate(task, compile_expression(text), extra)
        except ExpressionInvalid as error:
            raise EngineFault(task.task_spec.node.id, error.sv, error.en) from error

    def _evaluate(self, task: Task, expression: Expression, extra: Mapping[str, Any] | None = None) -> Any:
        try:
            return evaluate(expression, {**self.visible(task), **(extra or {})}, self.functions)
        except ExpressionFailed as error:
            raise EngineFault(
                task.task_spec.node.id,
                f"Uttrycket ”{error.text}” gick inte att räkna ut: {error.why}.",
                f"The expression '{error.text}' could not be evaluated: {error.why}.",
            ) from error

    def holds(self, task: Task, condition: str, extra: Mapping[str, Any] | None = None) -> bool:
        """Whether a condition is true. Anything but true or false is a fault: nobody meant it."""
        value = self.value(task, condition, extra)
        if not isinstance(value, bool):
            raise EngineFault(
                task.task_spec.node.id,
                f"Villkoret ”{condition}” gav varken sant eller falskt.",
                f"The condition '{condition}' gave neither true nor false.",
            )
        return value

    def assign(self, task: Task) -> None:
        """Run a script's assignments, in order."""
        for name, expression in parse_script(task.task_spec.node.script):
            self.write(task, {name: self._evaluate(task, expression)})

    def parameters(self, task: Task) -> dict[str, Any]:
        """The evaluated parameters of an action, a call or a throw."""
        return {name: self.value(task, text) for name, text in task.task_spec.node.parameters}

    def correlation(self, task: Task) -> str | None:
        """The evaluated correlation key; None stands for the default, the instance's year."""
        text = task.task_spec.node.attributes.get("correlation")
        return None if text is None else str(self.value(task, text))

    def throw(self, task: Task) -> None:
        """Put a message or a signal in the out tray."""
        node = task.task_spec.node
        self.thrown.append(
            Thrown(node.event.kind, node.event.name, node.id, self.correlation(task), self.parameters(task))
        )

    # --- multi-instance -----------------------------------------------------------------------------------------

    def items(self, task: Task) -> list[Any]:
        """The collection of a multi-instance, snapshotted when it is reached."""
        node = task.task_spec.node
        repeat = node.repeat
        value = self.value(task, repeat.collection or repeat.cardinality)
        if repeat.cardinality and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            value = list(range(min(value, MAX_ITEMS + 1)))
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            raise EngineFault(
                node.id,
                f"Upprepningen behöver en lista med högst {MAX_ITEMS} delar eller ett antal som inte är negativt.",
                f"The multi-instance needs a list of at most {MAX_ITEMS} items, or a count that is not negative.",
            )
        self.note("multi_instance_opened", node, {"count": len(value), "items": _brief(value)})
        return value

    def begin_collecting(self, task: Task) -> None:
        """Empty the list that gathers the answers: it holds those of this round, and is there when nobody is asked."""
        if collect := task.task_spec.node.repeat.collect:
            self.write(task, {collect: []})

    def collect(self, task: Task, child: Task) -> None:
        """Append what a finished item wrote to the list that gathers the answers, in the collection's order."""
        repeat = task.task_spec.node.repeat
        if not repeat.collect:
            return
        data = child.internal_data
        gathered = self.visible(task).get(repeat.collect)
        # Another branch may have written over the list meanwhile.
        rows = [row for row in gathered if isinstance(row, Mapping)] if isinstance(gathered, list) else []
        rows.append({"index": data["index"], "item": data["item"], **data["locals"]})
        self.write(task, {repeat.collect: sorted(rows, key=lambda row: row.get("index", 0))})

    def completion_reached(self, task: Task) -> bool:
        """Whether the completion condition lets the remaining items go."""
        condition = task.task_spec.node.repeat.completion
        if not condition:
            return False
        data = task.internal_data
        counts = {"nr_of_instances": data["total"], "nr_of_completed": data["done"]}
        return self.holds(task, condition, counts)

    # --- notes --------------------------------------------------------------------------------------------------

    def note(self, kind: str, node: Node, detail: Mapping[str, Any] | None = None) -> None:
        """A line for the history."""
        self.notes.append(Note(kind, node.id, node.name, detail or {}))

    def chose(self, task: Task, flows: Iterable[Flow]) -> None:
        """A gateway chose. The values that decided are kept."""
        node = task.task_spec.node
        taken = [f.id for f in flows]
        if node.kind not in {"exclusive", "inclusive", "parallel"}:
            if len(node.out) > 1:
                self.note("flows_taken", node, {"flows": taken})
            return
        names = {name for f in node.out if f.condition for name in compile_expression(f.condition).names}
        visible = self.visible(task) if names else {}
        values = {name: _brief(visible[name]) for name in sorted(names) if name in visible}
        self.note("gateway_passed", node, {"flows": taken, "values": values})

    def no_way_out(self, task: Task) -> EngineFault:
        """No flow's condition holds and there is no default flow."""
        node = task.task_spec.node
        return EngineFault(
            node.id,
            f"Ingen väg ut ur ”{node.name or node.id}” är öppen: inget villkor stämmer och ingen väg är förvald.",
            f"No way out of '{node.name or node.id}' is open: no condition holds and there is no default flow.",
        )


def _brief(value: Any) -> Any:
    """A value short enough for the history."""
    if isinstance(value, list):
        return [v.get("name", v.get("id")) if isinstance(v, Mapping) else v for v in value[:50]]
    return value if not isinstance(value, str) or len(value) <= 200 else value[:197] + "..."  # noqa: PLR2004  a line
