"""What a run does at its edges: lists that gather answers, links, states that are no states, sizes, odd starts."""

from typing import Any

import pytest

from app.engine import run
from app.engine.nets import MAX_ITEMS, MAX_VARIABLES_BYTES
from app.engine.outcomes import EngineFault
from app.engine.state import StateUnreadable
from tests.engine.drawings import NOW, Walk, diagram, facts, prepare, verdict

USER = "hjul:role='security_manager'"
DEPARTMENTS = {"departments": [{"kind": "department", "id": str(n), "name": f"Förvaltning {n}"} for n in range(2)]}
ASK = f"""<userTask id='a' {USER}><multiInstanceLoopCharacteristics hjul:collection='lista' hjul:item='post'
hjul:collect='svar'/></userTask>"""


def test_the_list_of_answers_is_there_and_empty_when_nobody_is_asked() -> None:
    body = f"""<startEvent id='s'/>{ASK}<exclusiveGateway id='g' default='f_g_b'/><userTask id='b' {USER}/>
    <userTask id='c' {USER}/>
    s -> a
    a -> g
    g -[len(svar) == 0]-> c
    g -> b"""
    assert Walk(prepare(body), {"lista": []}).waiting == ["c"]


def test_a_second_round_of_questions_begins_with_an_empty_list() -> None:
    body = f"""<startEvent id='s'/><exclusiveGateway id='m'/>{ASK}<userTask id='b' {USER}/>
    <exclusiveGateway id='g' default='f_g_e'/><endEvent id='e'/>
    s -> m
    m -> a
    a -> b
    b -> g
    g -[igen == True]-> m
    g -> e"""
    walk = Walk(prepare(body), {"lista": ["x", "y", "z"]})
    for answer in (1, 2, 3):
        walk.do("a", {"betyg": answer})
    assert [row["betyg"] for row in walk.variables["svar"]] == [1, 2, 3]
    walk.do("b", {"igen": True, "lista": ["x"]}).do("a", {"betyg": 9})
    assert walk.variables["svar"] == [{"index": 0, "item": "x", "betyg": 9}]


def test_answers_are_gathered_in_the_order_of_the_collection_however_they_come() -> None:
    walk = Walk(prepare(f"<startEvent id='s'/>{ASK}<userTask id='b' {USER}/>\n s -> a\n a -> b"), {"lista": ["x", "y"]})
    late = next(token for token, opened in walk.open.items() if opened.element == "a")
    other = next(token for token in walk.open if token != late)
    for token, answer in ((other, "andra"), (late, "första")):
        walk.last = run.complete(
            walk.loaded, walk.last.state, token, walk.last.variables, walk.facts, NOW, result={"ord": answer}
        )
    assert [(row["index"], row["ord"]) for row in walk.last.variables["svar"]] == [(0, "första"), (1, "andra")]


@pytest.mark.parametrize("before", ["text", 7, ["a", "b"], {"a": 1}, None])
def test_a_list_of_answers_takes_the_place_of_whatever_had_its_name(before: Any) -> None:
    loaded = prepare(f"<startEvent id='s'/>{ASK}<userTask id='b' {USER}/>\n s -> a\n a -> b")
    walk = Walk(loaded, {"lista": ["x"], "svar": before}).do("a", {"betyg": 1})
    assert walk.variables["svar"] == [{"index": 0, "item": "x", "betyg": 1}]


def test_a_list_of_answers_that_somebody_overwrites_meanwhile_does_not_stop_the_process() -> None:
    body = f"""<startEvent id='s'/>{ASK}<userTask id='c' {USER}/>
    s -> a
    s -> c"""
    walk = Walk(prepare(body), {"lista": ["x"]}).do("c", {"svar": "hej"}).do("a", {"betyg": 1})
    assert walk.variables["svar"] == [{"index": 0, "item": "x", "betyg": 1}]


def test_two_thrown_links_of_one_name_are_one_way_into_a_join() -> None:
    link = "<linkEventDefinition id='{0}_d' name='vidare'/>"
    throw = "<intermediateThrowEvent id='{0}'>" + link + "</intermediateThrowEvent>"
    body = f"""<startEvent id='s'/><exclusiveGateway id='g' default='f_g_l2'/>{throw.format("l1")}{throw.format("l2")}
    <intermediateCatchEvent id='k'>{link.format("k")}</intermediateCatchEvent><parallelGateway id='j'/>
    <userTask id='a' {USER}/><userTask id='b' {USER}/>
    s -> g
    s -> a
    g -[x == 1]-> l1
    g -> l2
    k -> j
    a -> j
    j -> b"""
    loaded = prepare(body)
    for x in (1, 2):
        assert Walk(loaded, {"x": x}).do("a").waiting == ["b"]


def test_links_of_one_name_in_two_scopes_are_two_pairs() -> None:
    def pair(n: int) -> str:
        link = "<linkEventDefinition id='{0}_d' name='vidare'/>"
        return (
            f"<intermediateThrowEvent id='t{n}'>{link.format(f't{n}')}</intermediateThrowEvent>"
            f"<intermediateCatchEvent id='k{n}'>{link.format(f'k{n}')}</intermediateCatchEvent>"
            f"<userTask id='u{n}' {USER}/>"
        )

    body = f"""<startEvent id='s'/><subProcess id='p'><startEvent id='s1'/>{pair(1)}
    s1 -> t1
    k1 -> u1
    </subProcess>{pair(2)}
    s -> p
    p -> t2
    k2 -> u2"""
    walk = Walk(prepare(body))
    assert walk.waiting == ["u1"]
    assert walk.do("u1").waiting == ["u2"]
    assert walk.do("u2").ended


def test_variables_are_kept_up_to_their_bound_and_a_fault_beyond_it() -> None:
    loaded = prepare(f"<startEvent id='s'/><userTask id='a' {USER}/><userTask id='b' {USER}/>\n s -> a\n a -> b")
    fits = "x" * (MAX_VARIABLES_BYTES - 100)
    assert Walk(loaded).do("a", {"text": fits}).variables["text"] == fits
    with pytest.raises(EngineFault, match="cannot be stored"):
        Walk(loaded).do("a", {"text": "x" * MAX_VARIABLES_BYTES})
    with pytest.raises(EngineFault, match="cannot be stored"):
        Walk(loaded, {"före": fits}).do("a", {"efter": fits})


@pytest.mark.parametrize("value", [{1, 2}, object(), b"bytes", 2**70, "\ud800", {1: 2}])
def test_a_value_that_json_lacks_is_a_fault_at_the_step_it_came_to(value: object) -> None:
    for many in (
        "",
        "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>",
    ):
        loaded = prepare(f"<startEvent id='s'/><userTask id='a' {USER}>{many}</userTask>\n s -> a")
        with pytest.raises(EngineFault, match="cannot be stored") as caught:
            Walk(loaded).do("a", {"odd": value})
        assert caught.value.element == "a"
        assert caught.value.sv.endswith(".")


def test_a_cardinality_beyond_reason_is_a_fault_and_makes_no_list_of_it() -> None:
    loaded = prepare(f"""<startEvent id='s'/><userTask id='a' {USER}><multiInstanceLoopCharacteristics>
    <loopCardinality>n</loopCardinality></multiInstanceLoopCharacteristics></userTask>
    s -> a""")
    assert len(Walk(loaded, {"n": MAX_ITEMS}).waiting) == MAX_ITEMS
    for count in (MAX_ITEMS + 1, 10**15, True, "3", 1.5):
        with pytest.raises(EngineFault, match="not negative"):
            Walk(loaded, {"n": count})


def test_a_completion_condition_that_is_neither_true_nor_false_is_a_fault() -> None:
    loaded = prepare(f"""<startEvent id='s'/><userTask id='a' {USER}><multiInstanceLoopCharacteristics>
    <loopCardinality>2</loopCardinality><completionCondition>nr_of_completed</completionCondition>
    </multiInstanceLoopCharacteristics></userTask>
    s -> a""")
    with pytest.raises(EngineFault, match="neither true nor false"):
        Walk(loaded).do("a")


MESSAGES = "<message id='m1' name='ett'/><message id='m2' name='tva'/>"
STARTS = "".join(
    f"<startEvent id='s{n}'><messageEventDefinition id='d{n}' messageRef='m{n}'/></startEvent>"
    f"<userTask id='a{n}' {USER}/>"
    for n in (1, 2)
)


def test_of_several_message_starts_only_the_one_that_is_named_begins() -> None:
    loaded = prepare(f"{STARTS}\ns1 -> a1\ns2 -> a2", top=MESSAGES)
    assert loaded.program.message_starts() == {"ett": "s1", "tva": "s2"}
    begun = run.start(loaded, {}, facts(), NOW, at="s2")
    assert [opened.element for opened in begun.opened] == ["a2"]
    with pytest.raises(EngineFault, match="name the start event"):
        run.start(loaded, {}, facts(), NOW)


def test_a_process_with_one_message_start_may_be_begun_without_naming_it() -> None:
    body = STARTS[: STARTS.index("<startEvent id='s2'")] + "\ns1 -> a1"
    assert Walk(prepare(body, top=MESSAGES)).waiting == ["a1"]


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b"{}", b'"x"', b'{"v":99}', b'{"v":null}', b"\xff", b"\x80\x04}q\x00."]
)
def test_bytes_that_are_no_state_are_said_to_be_none(raw: bytes) -> None:
    loaded = prepare(f"<startEvent id='s'/><userTask id='a' {USER}/>\n s -> a")
    with pytest.raises(StateUnreadable):
        run.complete(loaded, raw, 1, {}, facts(), NOW, result={})


def test_a_state_with_a_step_that_the_definition_lacks_is_unreadable() -> None:
    state = Walk(prepare(f"<startEvent id='s'/><userTask id='a' {USER}/>\n s -> a")).last.state
    other = prepare(f"<startEvent id='s'/><userTask id='b' {USER}/>\n s -> b")
    with pytest.raises(StateUnreadable, match="no step 'a'"):
        run.waiting_tokens(other, state, facts())


TIMED = """<startEvent id='s'/><intermediateCatchEvent id='t'><timerEventDefinition id='d'><timeDate>{}</timeDate>
</timerEventDefinition></intermediateCatchEvent>
s -> t"""


def test_the_facts_that_a_timers_expression_asks_for_are_known_before_it_runs() -> None:
    program = verdict(diagram(TIMED.format("meeting('KS', month=3)"))).program
    assert program is not None
    assert program.facts == {"meeting"}
    assert prepare(TIMED.format("T-30wd")).program.facts == frozenset()
    opened = next(iter(Walk(prepare(TIMED.format("meeting('KS', month=3)"))).open.values()))
    assert opened.due.on.isoformat() == "2027-03-09"


def test_a_calendar_rule_that_starts_a_process_is_not_taken_for_an_expression() -> None:
    body = """<startEvent id='s'><timerEventDefinition id='d'><timeCycle>first_workday(10)</timeCycle>
    </timerEventDefinition></startEvent>"""
    assert prepare(body).program.facts == frozenset()


def test_a_timer_whose_expression_gives_no_date_is_a_fault_at_the_timer() -> None:
    with pytest.raises(EngineFault) as caught:
        Walk(prepare(TIMED.format("meeting('KS', month=4)")))
    assert caught.value.element == "t"


def test_items_that_are_let_go_after_a_long_run_are_let_go_without_exhausting_the_stack() -> None:
    steps = "".join(f"<task id='t{n}'/>" for n in range(150))
    flows = "\n".join(f"t{n} -> t{n + 1}" for n in range(149))
    body = f"""<startEvent id='s'/><subProcess id='p'><multiInstanceLoopCharacteristics hjul:collection='[0, 1]'
    hjul:item='post'><completionCondition>nr_of_completed == 1</completionCondition></multiInstanceLoopCharacteristics>
    <startEvent id='s2'/><exclusiveGateway id='m'/>{steps}<scriptTask id='c'>
    <script>n = n + 1 if defined('n') else 1</script></scriptTask><exclusiveGateway id='g' default='f_g_x'/>
    <exclusiveGateway id='x' default='f_x_y'/><userTask id='u' {USER}/><task id='y'/>
    s2 -> m
    m -> t0
{flows}
    t149 -> c
    c -> g
    g -[n != 6]-> m
    g -> x
    x -[post == 1]-> u
    x -> y
    </subProcess><userTask id='b' {USER}/>
    s -> p
    p -> b"""
    assert Walk(prepare(body)).waiting == ["b"]


def test_a_signal_caught_beside_a_task_is_a_wait_state_of_its_own() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER}/><boundaryEvent id='b' attachedToRef='a'
    cancelActivity='false'><signalEventDefinition id='d' signalRef='sig'/></boundaryEvent><userTask id='c' {USER}/>
    s -> a
    b -> c"""
    walk = Walk(prepare(body, top="<signal id='sig' name='larm'/>"))
    assert [(o.kind, o.event_name) for o in walk.open.values()] == [("user", ""), ("signal", "larm")]
    assert walk.do("b").waiting == ["a", "b", "c"]


def test_the_departments_of_a_multi_instance_are_those_there_were_when_it_was_reached() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER}><multiInstanceLoopCharacteristics isSequential='true'
    hjul:collection='departments()' hjul:item='f'/></userTask>
    s -> a"""
    walk = Walk(prepare(body), lists=DEPARTMENTS)
    walk.facts = facts(lists={})
    assert [o.item["id"] for o in walk.do("a").open.values()] == ["1"]


def test_an_interrupting_timer_on_a_multi_instance_call_withdraws_every_call() -> None:
    body = f"""<startEvent id='s'/><callActivity id='c' calledElement='annan'><multiInstanceLoopCharacteristics>
    <loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></callActivity>
    <boundaryEvent id='t' attachedToRef='c'><timerEventDefinition id='d'><timeDuration>P1D</timeDuration>
    </timerEventDefinition></boundaryEvent><userTask id='a' {USER}/>
    s -> c
    t -> a"""
    walk = Walk(prepare(body)).do("c").do("t")
    assert walk.waiting == ["a"]
    assert walk.trace.count("-c") == 2
    assert walk.do("a").ended


def test_data_stores_notes_and_groups_are_drawings_and_change_nothing() -> None:
    plain = f"<startEvent id='s'/><userTask id='a' {USER}/>\ns -> a"
    drawn = f"""<startEvent id='s'/><dataStoreReference id='d' dataStoreRef='store'/><dataObject id='o'/>
    <dataObjectReference id='r' dataObjectRef='o'/><textAnnotation id='n'><text>Obs</text></textAnnotation>
    <association id='as' sourceRef='a' targetRef='n'/><group id='g'/><userTask id='a' {USER}>
    <dataOutputAssociation id='da'><targetRef>d</targetRef></dataOutputAssociation></userTask>
    s -> a"""
    programs = [prepare(plain).program, prepare(drawn, top="<dataStore id='store'/>").program]
    assert programs[0] == programs[1]


def test_an_interrupting_event_leaves_what_a_non_interrupting_one_began() -> None:
    timer = "<timerEventDefinition id='{}'><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>"
    body = f"""<startEvent id='s'/><userTask id='a' {USER}/><userTask id='b' {USER}/><userTask id='c' {USER}/>
    <boundaryEvent id='t1' attachedToRef='a' cancelActivity='false'>{timer.format("d1")}
    <boundaryEvent id='t2' attachedToRef='a'>{timer.format("d2")}
    s -> a
    t1 -> b
    t2 -> c"""
    walk = Walk(prepare(body)).do("t1")
    assert walk.waiting == ["a", "b", "t2"]
    assert walk.do("t2").waiting == ["b", "c"]
    assert walk.do("c").do("b").ended
