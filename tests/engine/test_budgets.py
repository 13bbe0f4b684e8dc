"""How far one command may go: as far as the diagram asks for, but not round and round."""

import pytest

from app.engine import run
from app.engine.nets import MAX_ITEMS, Net
from app.engine.outcomes import EngineFault
from app.engine.specs import FUTURE
from app.engine.trees import MAX_STEPS, MAX_VISITS
from tests.engine.drawings import Walk, facts, prepare

USER = "hjul:role='security_manager'"
LOOP = """<startEvent id='s'/><exclusiveGateway id='m'/><scriptTask id='c' name='Räkna'><script>n = n + 1</script>
</scriptTask><exclusiveGateway id='g' default='f_g_m'/><endEvent id='e'/>
s -> m
m -> c
c -> g
g -[n >= {}]-> e
g -> m"""


def stopped(loaded: run.Loaded, **variables: object) -> tuple[int, EngineFault]:
    """How many steps were taken before the run was stopped, and what was said."""
    net = Net(loaded.spec, loaded.program, variables, facts())
    net.task_tree = net.new_task(loaded.spec.start, None)
    assert net.task_tree.state == FUTURE
    net.begin(net.task_tree, loaded.program.starts)
    with pytest.raises(EngineFault) as fault:
        net.settle()
    return net.steps, fault.value


def each(inside: str, count: str = str(MAX_ITEMS), flows: str = "t -> a") -> str:
    """A sub-process for each of many items."""
    return f"""<startEvent id='s'/><subProcess id='p'><multiInstanceLoopCharacteristics hjul:collect='svar'>
    <loopCardinality>{count}</loopCardinality></multiInstanceLoopCharacteristics><startEvent id='t'/>{inside}
    {flows}
    </subProcess><userTask id='b' {USER}/>
    s -> p
    p -> b"""


def test_a_sub_process_for_each_of_two_thousand_items_runs_and_ends() -> None:
    walk = Walk(prepare(each("<scriptTask id='a'><script>x = 1</script></scriptTask><task id='c'/>\na -> c")))
    assert walk.waiting == ["b"]
    assert len(walk.variables["svar"]) == 2000
    assert walk.last.steps > 4 * 2000


def test_a_task_for_each_of_two_thousand_items_waits_and_each_can_be_done() -> None:
    walk = Walk(prepare(each(f"<userTask id='a' {USER}/>")))
    assert walk.waiting == ["a"] * 2000
    assert walk.do("a").waiting == ["a"] * 1999


def test_two_thousand_items_one_after_another_run() -> None:
    loaded = prepare(f"""<startEvent id='s'/><scriptTask id='a'><script>x = 1</script><multiInstanceLoopCharacteristics
    isSequential='true'><loopCardinality>2000</loopCardinality></multiInstanceLoopCharacteristics></scriptTask>
    <userTask id='b' {USER}/>
    s -> a
    a -> b""")
    assert Walk(loaded).waiting == ["b"]


def test_each_item_may_go_its_rounds() -> None:
    rounds = """<exclusiveGateway id='a'/><scriptTask id='c'><script>n = (n if defined('n') else 0) + 1</script>
    </scriptTask><exclusiveGateway id='g' default='f_g_a'/><endEvent id='e'/>"""
    flows = "t -> a\na -> c\nc -> g\ng -[n >= 5]-> e\ng -> a"
    assert Walk(prepare(each(rounds, "500", flows))).last.steps > 3 * 5 * 500


def test_a_loop_that_never_waits_is_stopped_where_it_goes_round() -> None:
    steps, fault = stopped(prepare(LOOP.format("10000000")), n=0)
    assert steps <= 3 * MAX_VISITS + 3
    assert fault.element in {"m", "c", "g"}
    assert f"{MAX_VISITS} gånger utan att vänta" in fault.sv
    assert f"{MAX_VISITS} times without waiting" in fault.en


def test_a_loop_that_ends_in_time_may_go_round_a_thousand_times() -> None:
    walk = Walk(prepare(LOOP.format(MAX_VISITS - 1)), {"n": 0})
    assert walk.ended
    assert walk.variables["n"] == MAX_VISITS - 1


def test_the_rounds_are_counted_anew_after_each_wait() -> None:
    body = f"""<startEvent id='s'/><exclusiveGateway id='m'/><userTask id='a' {USER}/>
    <exclusiveGateway id='g' default='f_g_m'/><endEvent id='e'/>
    s -> m
    m -> a
    a -> g
    g -[klar == True]-> e
    g -> m"""
    walk = Walk(prepare(body))
    for _ in range(MAX_VISITS + 1):
        walk.do("a", {"klar": False})
    assert walk.do("a", {"klar": True}).ended


def test_a_standard_loop_that_never_ends_is_stopped() -> None:
    loaded = prepare("""<startEvent id='s'/><scriptTask id='a'><script>n = n + 1</script><standardLoopCharacteristics>
    <loopCondition>n > 0</loopCondition></standardLoopCharacteristics></scriptTask>
    s -> a""")
    steps, fault = stopped(loaded, n=0)
    assert steps <= MAX_VISITS + 4
    assert fault.element == "a"


def test_a_loop_through_a_sub_process_is_a_loop_all_the_same() -> None:
    loaded = prepare("""<startEvent id='s'/><exclusiveGateway id='m'/><subProcess id='p'><startEvent id='t'/>
    <scriptTask id='c'><script>n = n + 1</script></scriptTask>
    t -> c
    </subProcess><exclusiveGateway id='g' default='f_g_m'/><endEvent id='e'/>
    s -> m
    m -> p
    p -> g
    g -[n < 0]-> e
    g -> m""")
    steps, fault = stopped(loaded, n=0)
    assert steps <= 5 * MAX_VISITS + 3
    assert fault.element in {"m", "p", "g"}


def test_many_items_within_many_items_are_stopped_by_what_a_transaction_can_hold() -> None:
    many = (
        "<multiInstanceLoopCharacteristics><loopCardinality>2000</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    steps, fault = stopped(prepare(each(f"<task id='a'>{many}</task>")))
    assert steps == MAX_STEPS + 1
    assert "dela upp" in fault.sv
    assert "divide" in fault.en
