"""Random well-structured diagrams, drawn, vetted and walked at random: what must hold whatever is drawn.

A block has one way in and one way out, and blocks lie inside blocks three deep. A walk continues any token that
waits, timers included, until the instance has ended.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from SpiffWorkflow.task import Task

from app.engine import run
from app.engine import state as states
from app.engine.nets import Net
from app.engine.outcomes import Outcome
from app.engine.programs import load_program
from app.engine.specs import FUTURE, LIVE, READY, WAITING, Wait
from tests.engine.drawings import NOW, facts, prepare

EXAMPLES = 150 * (50 if os.environ.get("TRYGGHET_THOROUGH") else 1)
DEPTH = 3
PATIENCE = 25  # steps before every loop is told to stop
BOUND = 1000  # steps in which every walk must end

USER = "hjul:role='security_manager'"
TIMER = "<timerEventDefinition id='{0}_d'><timeDuration>P1D</timeDuration></timerEventDefinition>"
SIGNAL = "<signalEventDefinition id='{0}_d' signalRef='sig'/>"
FACTS = facts(
    lists={"departments": [{"kind": "department", "id": str(n), "name": f"Förvaltning {n}"} for n in range(2)]}
)

Block = tuple[Any, ...]


@dataclass(frozen=True)
class Part:
    """Some lines of a diagram with one way in and one way out."""

    lines: list[str]
    first: str
    last: str


@dataclass
class Drawing:
    """Draws blocks, each element with an id of its own."""

    count: int = 0
    kinds: dict[str, Callable[..., Part]] = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = {name.removeprefix("draw_"): getattr(self, name) for name in dir(self) if name.startswith("draw_")}

    def whole(self, block: Block) -> str:
        inner = self.draw(block)
        return "\n".join(
            ["<startEvent id='s'/><endEvent id='e'/>", f"s -> {inner.first}", f"{inner.last} -> e", *inner.lines]
        )

    def draw(self, block: Block) -> Part:
        return self.kinds[block[0]](*block[1:])

    def new(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def single(self, tag: str, rest: str = "", inside: str = "") -> Part:
        name = self.new(tag[:3])
        return Part([f"<{tag} id='{name}' {rest}>{inside.format(name)}</{tag}>"], name, name)

    def draw_task(self) -> Part:
        return self.single("userTask", USER)

    def draw_step(self) -> Part:
        return self.single("task")

    def draw_script(self) -> Part:
        return self.single("scriptTask", inside="<script>n = n + 1</script>")

    def draw_timer(self) -> Part:
        return self.single("intermediateCatchEvent", inside=TIMER)

    def draw_action(self) -> Part:
        parameter = '<extensionElements><hjul:parameter name="text" value="v"/></extensionElements>'
        return self.single("serviceTask", "hjul:action='history.note'", parameter)

    def draw_call(self) -> Part:
        return self.single("callActivity", "calledElement='annan'")

    def draw_link(self) -> Part:
        throw, catch = self.new("throw"), self.new("catch")
        ends = [(throw, "intermediateThrowEvent"), (catch, "intermediateCatchEvent")]
        lines = [f"<{tag} id='{i}'><linkEventDefinition id='{i}_d' name='{throw}'/></{tag}>" for i, tag in ends]
        return Part(lines, throw, catch)

    def draw_sequence(self, blocks: list[Block]) -> Part:
        parts = [self.draw(block) for block in blocks]
        flows = [f"{before.last} -> {after.first}" for before, after in pairwise(parts)]
        return Part([*flows, *(line for part in parts for line in part.lines)], parts[0].first, parts[-1].last)

    def draw_xor(self, blocks: list[Block]) -> Part:
        return self.split("exclusiveGateway", blocks, "v == {}")

    def draw_or(self, blocks: list[Block]) -> Part:
        return self.split("inclusiveGateway", blocks, "v > {}")

    def draw_and(self, blocks: list[Block]) -> Part:
        return self.split("parallelGateway", blocks, "")

    def draw_implicit(self, blocks: list[Block]) -> Part:
        """Several flows out of a task; a parallel gateway joins them."""
        return self.split("task", blocks, "")

    def split(self, tag: str, blocks: list[Block], condition: str) -> Part:
        split, join = self.new("split"), self.new("join")
        parts = [self.draw(block) for block in blocks]
        default = f"default='f_{split}_{parts[-1].first}'" if condition else ""
        joins = "parallelGateway" if tag == "task" else tag
        lines = [f"<{tag} id='{split}' {default}/><{joins} id='{join}'/>"]
        for n, part in enumerate(parts):
            arrow = f"-[{condition.format(n)}]->" if condition and part is not parts[-1] else "->"
            lines += [f"{split} {arrow} {part.first}", f"{part.last} -> {join}", *part.lines]
        return Part(lines, split, join)

    def draw_loop(self, block: Block) -> Part:
        header, gateway, out = self.new("m"), self.new("g"), self.new("out")
        body, decide = self.draw(block), self.draw_task()
        lines = [
            f"<exclusiveGateway id='{header}'/><exclusiveGateway id='{gateway}' default='f_{gateway}_{out}'/>",
            f"<task id='{out}'/>",
            f"{header} -> {body.first}",
            f"{body.last} -> {decide.first}",
            f"{decide.last} -> {gateway}",
            f"{gateway} -[again == True]-> {header}",
            f"{gateway} -> {out}",
        ]
        return Part([*lines, *body.lines, *decide.lines], header, out)

    def draw_sub(self, block: Block, many: str = "") -> Part:
        name, start, end = self.new("sub"), self.new("s"), self.new("e")
        inner = self.draw(block)
        lines = [
            f"<subProcess id='{name}'>{many}",
            f"<startEvent id='{start}'/><endEvent id='{end}'/>",
            f"{start} -> {inner.first}",
            f"{inner.last} -> {end}",
            *inner.lines,
            "</subProcess>",
        ]
        return Part(lines, name, name)

    def draw_terminate(self, block: Block) -> Part:
        """A sub-process of two ways, one of which ends it all."""
        name, start, end, quiet = self.new("sub"), self.new("s"), self.new("e"), self.new("e")
        inner, ends = self.draw(block), self.draw_task()
        lines = [
            f"<subProcess id='{name}'><startEvent id='{start}'/><endEvent id='{quiet}'/>",
            f"<endEvent id='{end}'><terminateEventDefinition id='{end}_d'/></endEvent>",
            f"{inner.last} -> {quiet}",
            f"{start} -> {inner.first}",
            f"{start} -> {ends.first}",
            f"{ends.last} -> {end}",
            *inner.lines,
            *ends.lines,
            "</subProcess>",
        ]
        return Part(lines, name, name)

    def draw_many(self, sequential: bool, over: str, block: Block | None) -> Part:  # noqa: FBT001  drawn by lot
        name = self.new("svar")
        what, inner = f"hjul:collection='{over}' hjul:item='post'", ""
        if over.isdigit():
            what, inner = "", f"<loopCardinality>{over}</loopCardinality>"
        many = (
            f"<multiInstanceLoopCharacteristics isSequential='{str(sequential).lower()}' {what} "
            f"hjul:collect='{name}'>{inner}</multiInstanceLoopCharacteristics>"
        )
        return self.single("userTask", USER, many) if block is None else self.draw_sub(block, many)

    def draw_guard(self, cancels: list[bool], host: Block, late: Block) -> Part:
        """An activity with events; the way from an interrupting one meets the activity's own way again."""
        inner, meet = self.draw(host), self.new("meet")
        lines = [f"<exclusiveGateway id='{meet}'/>", f"{inner.last} -> {meet}", *inner.lines]
        for cancel in cancels:
            event, end, after = self.new("b"), self.new("e"), self.draw(late)
            definition = TIMER if self.count % 2 else SIGNAL
            lines += [
                f"<boundaryEvent id='{event}' attachedToRef='{inner.first}' cancelActivity='{str(cancel).lower()}'>",
                f"{definition.format(event)}</boundaryEvent>",
                f"{event} -> {after.first}",
                f"{after.last} -> {meet if cancel else end}",
                *([] if cancel else [f"<endEvent id='{end}'/>"]),
                *after.lines,
            ]
        return Part(lines, inner.first, meet)

    def draw_race(self, blocks: list[Block]) -> Part:
        gateway, meet = self.new("race"), self.new("meet")
        lines = [f"<eventBasedGateway id='{gateway}'/><exclusiveGateway id='{meet}'/>"]
        for block in blocks:
            event, part = self.draw_timer(), self.draw(block)
            lines += [f"{gateway} -> {event.first}", f"{event.last} -> {part.first}", f"{part.last} -> {meet}"]
            lines += [*event.lines, *part.lines]
        return Part(lines, gateway, meet)


LEAVES: list[Block] = [("task",), ("task",), ("step",), ("script",), ("timer",), ("action",), ("call",), ("link",)]


def blocks(depth: int) -> st.SearchStrategy[Block]:
    leaf = st.sampled_from(LEAVES)
    if depth == 0:
        return leaf
    inner = st.deferred(lambda: blocks(depth - 1))
    ways = st.lists(inner, min_size=2, max_size=3)
    over = st.sampled_from(["2", "3", "departments()", "[1, 2]", "1", "0"])
    many = st.tuples(st.just("many"), st.booleans(), over, st.one_of(st.none(), inner))
    host = st.one_of(st.just(("task",)), st.tuples(st.just("sub"), inner), st.just(("call",)), many)
    compound = st.one_of(
        st.tuples(st.sampled_from(["and", "or", "xor", "sequence", "implicit", "race"]), ways),
        st.tuples(st.sampled_from(["and", "or", "sequence"]), ways),
        st.tuples(st.sampled_from(["loop", "sub", "terminate"]), inner),
        many,
        st.tuples(st.just("guard"), st.sampled_from([[True], [False], [False, True]]), host, inner),
    )
    return st.one_of(leaf, compound)


# Blocks in blocks three deep, and never only one of them.
DIAGRAMS: st.SearchStrategy[Block] = st.tuples(
    st.sampled_from(["sequence", "and", "or"]), st.lists(blocks(DEPTH), min_size=2, max_size=4)
)


Key = tuple[str, tuple[int, ...], int]


def keys(net: Net) -> dict[Key, int]:
    """Every waiting token by what it is: element, indexes of the items around it, and its number among equals."""
    found: dict[Key, int] = {}
    seen: Counter[tuple[str, tuple[int, ...]]] = Counter()
    for task in sorted(net.tasks.values(), key=lambda t: t.id):
        if task.state == WAITING and isinstance(task.task_spec, Wait):
            place = (task.task_spec.node.id, tuple(h.internal_data["index"] for h in net._holders(task)))
            found[(*place, seen[place])] = task.id
            seen[place] += 1
    return found


def variables(seed: int) -> dict[str, Any]:
    return {"v": seed % 4, "n": 0, "again": False}


class Stored:
    """A walk as the service walks: saved and loaded between every two commands."""

    def __init__(self, loaded: run.Loaded, seed: int) -> None:
        self.loaded = loaded
        self.history = [run.start(loaded, variables(seed), FACTS, NOW)]

    @property
    def last(self) -> Outcome:
        return self.history[-1]

    def net(self) -> Net:
        return states.load(self.last.state, self.loaded.spec, self.loaded.program, self.last.variables, FACTS)

    def do(self, key: Key, result: dict[str, Any]) -> None:
        token = keys(self.net())[key]
        self.history.append(
            run.complete(self.loaded, self.last.state, token, self.last.variables, FACTS, NOW, result=result)
        )


class Remembered:
    """The same walk on a net that is never saved: every finished step is still in its tree."""

    def __init__(self, loaded: run.Loaded, seed: int) -> None:
        self.net = Net(loaded.spec, loaded.program, variables(seed), FACTS)
        root = self.net.new_task(loaded.spec.start, None)
        self.net.task_tree = root
        root._set_state(FUTURE)
        self.net.begin(root, loaded.program.starts)
        self.net.settle()

    def do(self, key: Key, result: dict[str, Any]) -> None:
        task: Task = self.net.tasks[keys(self.net)[key]]
        self.net.steps = 0
        self.net._visits.clear()
        going = self.net.occurrence(task)
        self.net.write(going, result if task.task_spec.node.kind == "user" else {})
        going._set_state(READY)
        self.net.settle()

    @property
    def ended(self) -> bool:
        return not self.net.task_tree.has_state(LIVE)


def steps(walk: Stored, seed: int) -> Iterator[tuple[Key, dict[str, Any]]]:
    """A random order in which whatever waits is continued; after a while no loop goes round again."""
    lot = Random(seed)  # noqa: S311  a walk, not a secret
    count = 0
    while not walk.last.ended:
        assert count < BOUND, "the walk does not end"
        result = {"v": lot.randrange(4), "again": count < PATIENCE and lot.random() < 0.5}
        waiting = sorted(keys(walk.net()))
        # What is beside an activity usually comes late or never, and a signal may come again and again: not for ever.
        unhurried = [key for key in waiting if walk.loaded.program.nodes[key[0]].kind != "boundary"]
        patient = lot.random() < 0.8 or count >= PATIENCE
        yield lot.choice(unhurried if unhurried and patient else waiting), result
        count += 1


def draw(block: Block) -> run.Loaded:
    return prepare(Drawing().whole(block), top="<signal id='sig' name='larm'/>")


WHATEVER_IS_DRAWN = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@WHATEVER_IS_DRAWN
@given(DIAGRAMS, st.integers(0, 10_000))
def test_a_walk_that_is_saved_between_steps_is_the_walk_of_a_net_that_remembers_everything(
    block: Block, seed: int
) -> None:
    loaded = draw(block)
    stored, remembered = Stored(loaded, seed), Remembered(loaded, seed)
    for key, result in steps(stored, seed):
        stored.do(key, result)
        remembered.do(key, result)
        assert keys(stored.net()).keys() == keys(remembered.net).keys()
        assert stored.last.variables == remembered.net.variables
        assert stored.last.ended == remembered.ended


@WHATEVER_IS_DRAWN
@given(DIAGRAMS, st.integers(0, 10_000))
def test_every_token_that_opens_closes_and_a_state_holds_the_living_ones_only(block: Block, seed: int) -> None:
    walk = Stored(draw(block), seed)
    for key, result in steps(walk, seed):
        assert states.count_tokens(walk.last.state) == walk.last.tokens
        assert states.save(walk.net()) == walk.last.state
        walk.do(key, result)
    opened = [opened.token for outcome in walk.history for opened in outcome.opened]
    closed = [closed.token for outcome in walk.history for closed in outcome.closed]
    assert sorted(opened) == sorted(closed)
    assert len(set(opened)) == len(opened)
    assert walk.last.tokens == 0


@WHATEVER_IS_DRAWN
@given(DIAGRAMS, st.integers(0, 10_000))
def test_what_waits_is_what_was_opened_and_not_closed(block: Block, seed: int) -> None:
    walk = Stored(draw(block), seed)
    for key, result in steps(walk, seed):
        walk.do(key, result)
    waiting: dict[int, str] = {}
    for outcome in walk.history:
        waiting.update({opened.token: opened.element for opened in outcome.opened})
        for closed in outcome.closed:
            assert waiting.pop(closed.token) == closed.element
        assert run.waiting_tokens(walk.loaded, outcome.state, FACTS) == waiting


@WHATEVER_IS_DRAWN
@given(DIAGRAMS, st.integers(0, 10_000))
def test_the_same_walk_twice_gives_the_same_bytes(block: Block, seed: int) -> None:
    loaded = draw(block)
    first, second = Stored(loaded, seed), Stored(run.prepare(loaded.program.raw), seed)
    for key, result in steps(first, seed):
        first.do(key, result)
        second.do(key, result)
    assert [outcome.state for outcome in first.history] == [outcome.state for outcome in second.history]
    assert first.history == second.history


@WHATEVER_IS_DRAWN
@given(DIAGRAMS)
def test_a_program_read_from_its_stored_form_is_the_same_program(block: Block) -> None:
    program = draw(block).program
    assert load_program(program.raw) == program
    assert load_program(program.raw).digest == program.digest
