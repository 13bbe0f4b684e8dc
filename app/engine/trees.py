"""The tree of tokens: SpiffWorkflow's `Workflow` with our specs, and an index of what lives in it.

SpiffWorkflow looks through every task there ever was when it wants to know which are ready. A run may open thousands,
so here each change of state is noted, and each question below is answered from an index.
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Any

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.workflow import Workflow

from app.engine.outcomes import EngineFault
from app.engine.specs import (
    CANCELLED,
    COMPLETED,
    FUTURE,
    LIVE,
    READY,
    STARTED,
    WAITING,
    Boundary,
    Join,
    MultiInstance,
    StandardLoop,
    Step,
)

MAX_VISITS = 1000
"""How often one command may come to the same element of the same scope instance. Whoever comes oftener goes round
without waiting for anybody."""
MAX_STEPS = 50_000
"""How many steps one command may take in all: what a transaction can hold."""


class Token(Task):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """A task that tells its tree how it moves."""

    def _set_state(self, value: int) -> None:
        self._state = value
        self.workflow.moved(self)


class Tree(Workflow):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """The tokens of one instance, where they are, and how far they have gone in this run."""

    def __init__(self, spec: WorkflowSpec) -> None:
        super().__init__(spec, deserializing=True)
        self.next_id = 1
        self.steps = 0
        self.newly_open: list[Task] = []
        self._visits: dict[tuple[str, int], int] = {}
        self._scopes: dict[int, Task | None] = {}
        self._live: dict[int, Task] = {}
        self._ready: dict[int, Task] = {}
        self._joins: dict[int, Task] = {}
        self._held: dict[int, dict[int, Task]] = {}
        self._unheard: dict[int, list[int]] = {}
        self._settling: list[tuple[int, int]] = []

    def _task_completed_notify(self, task: Task) -> None:
        """SpiffWorkflow would update every waiting task here; ours are continued by name."""

    # --- making and moving --------------------------------------------------------------------------------------

    def new_task(self, spec: Step, parent: Task | None, **data: Any) -> Task:
        """A token with a small whole number for its id, unique within the instance for ever."""
        task = self.restore(self.next_id, spec, parent, FUTURE, data)
        self.next_id += 1
        return task

    def restore(self, identity: int, spec: Step, parent: Task | None, state: int, data: dict[str, Any]) -> Task:
        """A token as it was saved: its number, its place, its state and what it remembers."""
        task = Token(self, spec, parent, state=state, id=identity)
        task.internal_data = data
        scope = parent if parent is None or data.get("inside") else self._scopes[parent.id]
        self._scopes[identity] = scope
        self.moved(task)
        return task

    def moved(self, task: Task) -> None:
        """Note the token's state in the indexes."""
        identity, state = task.id, task._state
        scope = self._scopes[identity]
        held = self._held.setdefault(scope.id if scope is not None else 0, {})
        if state & LIVE:
            self._live[identity] = held[identity] = task
        elif held.pop(identity, None) is not None:
            del self._live[identity]
            self._left(task, scope)
        _keep(self._ready, task, wanted=state == READY)
        _keep(self._joins, task, wanted=state == WAITING and isinstance(task.task_spec, Join))
        if state == STARTED and not self._held.get(identity):
            self._look_at(task)

    def _left(self, task: Task, scope: Task | None) -> None:
        """A token is no more: the container it lay in may have something to hear of it."""
        if scope is None:
            return
        if task.state == COMPLETED and isinstance(scope.task_spec, MultiInstance | StandardLoop):
            heappush(self._unheard.setdefault(scope.id, []), task.id)
            self._look_at(scope)
        elif not self._held[scope.id]:
            self._look_at(scope)

    def _look_at(self, container: Task) -> None:
        heappush(self._settling, (-len(list(self.around(container))), container.id))

    def spawn(self, parent: Task, target: str, **data: Any) -> Task:
        """A token for the step. Inside a container it is entered at once, else when its parent completes."""
        task = self.new_task(self.spec.task_specs[target], parent, **data)
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

    def begin(self, root: Task, starts: tuple[str, ...]) -> None:
        """Put the first tokens into the process."""
        root._set_state(STARTED)
        for start in starts:
            self.spawn(root, start, inside=True)

    def opened(self, task: Task) -> None:
        """Remember a new wait state."""
        self.newly_open.append(task)

    # --- what lives ---------------------------------------------------------------------------------------------

    def living(self) -> list[Task]:
        """Every living token, in the order they were made."""
        return list(self._live.values())

    def ready(self) -> list[Task]:
        """The tokens that can run, in the order they were made."""
        return [self._ready[identity] for identity in sorted(self._ready)]

    def joining(self) -> list[Task]:
        """The tokens that wait at a gateway for others, in the order they were made."""
        return [self._joins[identity] for identity in sorted(self._joins)]

    def scope_of(self, task: Task) -> Task | None:
        """The container instance the task lies inside; None for the root."""
        return self._scopes[task.id]

    def around(self, task: Task) -> Iterator[Task]:
        """The container instances around the task, innermost first."""
        scope = self._scopes[task.id]
        while scope is not None:
            yield scope
            scope = self._scopes[scope.id]

    def tokens_in(self, scope: Task | None) -> list[Task]:
        """The living tokens that lie directly in that scope."""
        return list(self._held.get(scope.id if scope is not None else 0, {}).values())

    def alive_inside(self, container: Task) -> bool:
        """Something inside the container still lives."""
        # What lies deeper lies in a container that lives, and that one lies here.
        return bool(self._held.get(container.id))

    def next_finished(self) -> tuple[Task, Task | None] | None:
        """The innermost container to go on with: with a child that has finished, or None when it is empty."""
        while self._settling:
            _, identity = heappop(self._settling)
            container = self.tasks[identity]
            if container.state != STARTED:
                continue
            if unheard := self._unheard.get(identity):
                self._look_at(container)
                return container, self.tasks[heappop(unheard)]
            if not self.alive_inside(container):
                return container, None
        return None

    # --- ending -------------------------------------------------------------------------------------------------

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
        for child in self.tokens_in(container):
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
        for other in self.tokens_in(self.scope_of(task)):
            if other is not task and other.internal_data.get("race") == race:
                self.cancel(other)

    # --- the budget ---------------------------------------------------------------------------------------------

    def entered(self, task: Task) -> None:
        """Count the step. Raises EngineFault when the run goes round without waiting, or is too large to hold."""
        self.steps += 1
        node, scope = task.task_spec.node, self._scopes[task.id]
        if self.steps > MAX_STEPS:
            raise EngineFault(
                node.id,
                f"Processen kom inte till vila inom {MAX_STEPS} steg: dela upp det som ska göras i flera delar.",
                f"The process did not come to rest within {MAX_STEPS} steps: divide what is to be done into parts.",
            )
        if "index" in task.internal_data:
            # An item of a multi-instance: the collection says how many there are.
            return
        key = (task.task_spec.name, scope.id if scope is not None else 0)
        self._visits[key] = visits = self._visits.get(key, 0) + 1
        if visits > MAX_VISITS:
            name = node.name or node.id
            raise EngineFault(
                node.id,
                f"Processen kom inte till vila: den har passerat ”{name}” {MAX_VISITS} gånger utan att vänta på någon.",
                f"The process did not come to rest: it has passed '{name}' {MAX_VISITS} times without waiting.",
            )


def _keep(index: dict[int, Task], task: Task, *, wanted: bool) -> None:
    if wanted:
        index[task.id] = task
    else:
        index.pop(task.id, None)
