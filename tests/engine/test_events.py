"""Events that come again, and messages that begin: what a token does when it is not alone in being told."""

import pytest

from app.engine import run
from app.engine.outcomes import Outcome
from tests.engine.drawings import NOW, Walk, facts, prepare

USER = "hjul:role='security_manager'"
NAMES = "<message id='mm' name='tips'/><signal id='sig' name='larm'/>"
DEFINITIONS = {
    "message": "<messageEventDefinition id='d' messageRef='mm'/>",
    "signal": "<signalEventDefinition id='d' signalRef='sig'/>",
    "timer": "<timerEventDefinition id='d'><timeDuration>P1D</timeDuration></timerEventDefinition>",
}
ASKS = "<extensionElements><hjul:result name='vem' from='namn'/></extensionElements>"


def beside(kind: str, host: str = f"<userTask id='a' {USER}/>", *, cancels: str = "false") -> run.Loaded:
    body = f"""<startEvent id='s'/>{host}<userTask id='b' {USER}/><userTask id='c' {USER}/>
    <boundaryEvent id='m' attachedToRef='a' cancelActivity='{cancels}'>{ASKS}{DEFINITIONS[kind]}</boundaryEvent>
    s -> a
    a -> b
    m -> c"""
    return prepare(body, top=NAMES)


@pytest.mark.parametrize("kind", ["message", "signal"])
def test_an_event_that_interrupts_nothing_comes_each_time_while_the_task_is_open(kind: str) -> None:
    walk = Walk(beside(kind))
    tokens = dict(walk.open)
    for count, name in enumerate(("Ada", "Bo", "Cecilia"), 1):
        walk.do("m", {"namn": name})
        assert walk.waiting == ["a", *["c"] * count, "m"]
        assert walk.variables["vem"] == name
        assert not walk.last.closed
    # The task and the event have waited all the time under the numbers they were given.
    assert tokens.items() <= walk.open.items()
    assert walk.trace == ["s", "+m", "m", "+m", "m", "+m", "m"]
    walk.do("a")
    assert walk.waiting == ["b", "c", "c", "c"]
    assert walk.trace[-2:] == ["+a", "-m"]
    assert walk.do("b").do("c").do("c").do("c").ended


def test_a_timer_that_interrupts_nothing_comes_once() -> None:
    assert Walk(beside("timer")).do("m").waiting == ["a", "c"]


@pytest.mark.parametrize("kind", ["message", "signal"])
def test_an_event_that_interrupts_comes_once_and_takes_the_task_away(kind: str) -> None:
    assert Walk(beside(kind, cancels="true")).do("m").waiting == ["c"]


def test_an_event_on_a_sub_process_comes_again_until_the_last_inside_has_ended() -> None:
    host = f"""<subProcess id='a'><startEvent id='t'/><userTask id='x' {USER}/><userTask id='y' {USER}/>
    t -> x
    t -> y
    </subProcess>"""
    walk = Walk(beside("message", host)).do("m").do("x").do("m")
    assert walk.waiting == ["c", "c", "m", "y"]
    assert walk.do("y").waiting == ["b", "c", "c"]


def test_each_item_of_a_multi_instance_has_an_event_that_comes_again() -> None:
    event = f"<boundaryEvent id='m' attachedToRef='u' cancelActivity='false'>{ASKS}{DEFINITIONS['message']}"
    body = f"""<startEvent id='s'/><subProcess id='p'><multiInstanceLoopCharacteristics hjul:collection='[1, 2]'
    hjul:item='post' hjul:collect='svar'/><startEvent id='t'/><userTask id='u' {USER}/>{event}</boundaryEvent>
    <task id='n'/>
    t -> u
    m -> n
    </subProcess>
    s -> p"""
    walk = Walk(prepare(body, top=NAMES)).do("m", {"namn": "Ada"}).do("m", {"namn": "Bo"})
    assert walk.waiting == ["m", "m", "u", "u"]
    assert walk.do("u").do("u").ended
    assert [row.get("vem") for row in walk.variables["svar"]] == ["Bo", None]


def started(asks: str, payload: dict[str, object] | None, **variables: object) -> Outcome:
    start = f"<startEvent id='s'>{asks}{DEFINITIONS['message']}</startEvent>"
    loaded = prepare(f"{start}<userTask id='a' {USER}/>\ns -> a", top=NAMES)
    return run.start(loaded, variables, facts(), NOW, at="s", payload=payload)


def test_a_message_that_starts_a_process_gives_what_the_start_event_asks_for() -> None:
    begun = started(ASKS, {"namn": "Ada", "annat": 1}, year=2027)
    assert begun.variables == {"vem": "Ada", "year": 2027}


def test_a_field_that_the_starting_message_lacks_is_a_variable_without_a_value() -> None:
    assert started(ASKS, {}).variables == {"vem": None}


def test_a_start_event_that_asks_for_nothing_takes_the_whole_message_but_not_the_services_own() -> None:
    assert started("", {"namn": "Ada", "year": 1999}, year=2027).variables == {"namn": "Ada", "year": 2027}


def test_a_process_begun_without_its_message_has_the_variables_it_was_given() -> None:
    assert started(ASKS, None, vem="Bo").variables == {"vem": "Bo"}
