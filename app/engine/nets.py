"""The token net of one instance while it runs: the tree of tokens, what they see, and what they led to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

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
from app.engine.specs import LIVE, READY, WAITING, Container
from app.engine.trees import Tree

MAX_ITEMS = 2000
MAX_VARIABLES_BYTES = 256_000

_NOTED_ELSEWHERE = frozenset({"user", "action", "call", "decide", "exclusive", "inclusive", "parallel"})


class Net(Tree):
    """Tokens, the variables they see, and a record of what happened in this run."""

    def __init__(self, spec: WorkflowSpec, program: Program, variables: Mapping[str, Any], facts: Facts) -> None:
        super().__init__(spec)
        self.program = program
        self.variables = dict(variables)
        self.facts = facts
        self.functions = facts.functions()
        self.thrown: list[Thrown] = []
        self.notes: list[Note] = []

    # --- moving -------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Run everything automatic until only wait states are left."""
        while True:
            if ready := self.ready():
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
        return any(task.state == WAITING and task.task_spec.consider(task) for task in self.joining())

    def _finish_containers(self) -> bool:
        """Let a container hear of a finished child, or close it when it is empty. False when there is none to."""
        found = self.next_finished()
        if found is None:
            return False
        container, child = found
        if child is not None:
            container.task_spec.child_done(container, child)
        else:
            self._close(container)
        return True

    def _close(self, container: Task) -> None:
        """The container is empty: withdraw its boundary events and go on behind it."""
        for child in container.children:
            if child.has_state(LIVE):
                self.cancel(child)
        if container.task_spec.leaves and container.task_spec.node.kind == "scope":
            self.note("step_passed", container.task_spec.node)
        container._set_state(READY)

    def spawn_item(self, parent: Task, target: str, index: int, item: Any) -> None:
        """A multi-instance child, with a scope of variables of its own."""
        self.spawn(parent, target, inside=True, index=index, locals={}, item=item)

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
        return (at for at in (task, *self.around(task)) if "locals" in at.internal_data)

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
        rows = [row for row in gathered if isinstance(row, dict)] if isinstance(gathered, list) else []
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
