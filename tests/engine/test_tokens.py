"""The token traces: what each element does, shown on the smallest diagram that has it."""

import pytest

from app.engine import run
from app.engine.outcomes import EngineFault, TokenUnknown
from tests.engine.drawings import NOW, Walk, facts, prepare

USER = "hjul:role='security_manager'"


def test_a_process_with_one_task_waits_and_ends() -> None:
    walk = Walk(prepare(f"<startEvent id='s'/><userTask id='a' {USER}/><endEvent id='e'/>\n s -> a\n a -> e"))
    assert walk.waiting == ["a"]
    assert walk.do("a").ended
    assert walk.waiting == []


def test_a_token_that_does_not_wait_is_unknown() -> None:
    loaded = prepare(f"<startEvent id='s'/><userTask id='a' {USER}/>\n s -> a")
    walk = Walk(loaded)
    with pytest.raises(TokenUnknown):
        run.complete(loaded, walk.last.state, 999, {}, facts(), NOW, result={})


def test_an_exclusive_gateway_takes_the_first_true_flow_or_the_default() -> None:
    body = f"""<startEvent id='s'/><exclusiveGateway id='g' default='f_g_c'/>
    <userTask id='a' {USER}/><userTask id='b' {USER}/><userTask id='c' {USER}/>
    s -> g
    g -[x > 10]-> a
    g -[x > 5]-> b
    g -> c"""
    loaded = prepare(body)
    assert [Walk(loaded, {"x": x}).waiting for x in (20, 7, 1)] == [["a"], ["b"], ["c"]]


def test_the_values_that_decided_a_gateway_are_kept() -> None:
    body = f"""<startEvent id='s'/><exclusiveGateway id='g' default='f_g_b'/><userTask id='a' {USER}/>
    <userTask id='b' {USER}/>
    s -> g
    g -[komplett == True]-> a
    g -> b"""
    walk = Walk(prepare(body), {"komplett": False})
    note = next(n for n in walk.last.notes if n.kind == "gateway_passed")
    assert note.detail == {"flows": ["f_g_b"], "values": {"komplett": False}}


def test_a_gateway_with_no_way_out_is_a_fault_that_names_it() -> None:
    body = f"""<startEvent id='s'/><exclusiveGateway id='g'/><userTask id='a' {USER}/><userTask id='b' {USER}/>
    s -> g
    g -[x == 1]-> a
    g -[x == 2]-> b"""
    with pytest.raises(EngineFault, match="No way out") as caught:
        Walk(prepare(body), {"x": 3})
    assert caught.value.element == "g"


def test_a_parallel_join_waits_for_every_flow() -> None:
    body = f"""<startEvent id='s'/><parallelGateway id='p'/><userTask id='a' {USER}/><userTask id='b' {USER}/>
    <parallelGateway id='j'/><userTask id='c' {USER}/>
    s -> p
    p -> a
    p -> b
    a -> j
    b -> j
    j -> c"""
    walk = Walk(prepare(body))
    assert walk.waiting == ["a", "b"]
    assert walk.do("b").waiting == ["a"]
    assert walk.do("a").waiting == ["c"]
    assert walk.do("c").ended


def test_a_parallel_gateway_as_loop_header_joins_afresh_each_lap() -> None:
    body = f"""<startEvent id='s'/><parallelGateway id='p'/><userTask id='a' {USER}/><userTask id='b' {USER}/>
    <parallelGateway id='j'/><exclusiveGateway id='g' default='f_g_e'/><endEvent id='e'/>
    <exclusiveGateway id='m'/>
    s -> m
    m -> p
    p -> a
    p -> b
    a -> j
    b -> j
    j -> g
    g -[again == True]-> m
    g -> e"""
    walk = Walk(prepare(body))
    for lap in range(20):
        assert walk.waiting == ["a", "b"]
        walk.do("a").do("b", {"again": lap < 19})
    assert walk.ended


def test_an_implicit_split_is_parallel_and_an_implicit_merge_runs_twice() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER}/><userTask id='b' {USER}/><userTask id='c' {USER}/>
    s -> a
    s -> b
    a -> c
    b -> c"""
    walk = Walk(prepare(body)).do("a").do("b")
    assert walk.waiting == ["c", "c"]
    assert walk.do("c").do("c").ended


def test_a_conditional_flow_out_of_a_task_is_followed_only_when_it_holds() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER} default='f_a_c'/><userTask id='b' {USER}/>
    <userTask id='c' {USER}/>
    s -> a
    a -[ja == True]-> b
    a -> c"""
    loaded = prepare(body)
    assert Walk(loaded).do("a", {"ja": True}).waiting == ["b"]
    assert Walk(loaded).do("a", {"ja": False}).waiting == ["c"]


def test_an_inclusive_join_waits_only_for_tokens_that_can_still_come() -> None:
    body = f"""<startEvent id='s'/><inclusiveGateway id='o' default='f_o_c'/><userTask id='a' {USER}/>
    <userTask id='b' {USER}/><userTask id='c' {USER}/><inclusiveGateway id='j'/><userTask id='d' {USER}/>
    s -> o
    o -[x > 1]-> a
    o -[x > 2]-> b
    o -> c
    a -> j
    b -> j
    c -> j
    j -> d"""
    loaded = prepare(body)
    assert Walk(loaded, {"x": 2}).do("a").waiting == ["d"]
    both = Walk(loaded, {"x": 3})
    assert both.waiting == ["a", "b"]
    assert both.do("a").waiting == ["b"]
    assert both.do("b").waiting == ["d"]
    assert Walk(loaded, {"x": 0}).do("c").waiting == ["d"]


def test_link_events_are_a_flow_drawn_without_its_line() -> None:
    body = f"""<startEvent id='s'/><intermediateThrowEvent id='l'><linkEventDefinition id='l1' name='vidare'/>
    </intermediateThrowEvent><intermediateCatchEvent id='k'><linkEventDefinition id='l2' name='vidare'/>
    </intermediateCatchEvent><userTask id='a' {USER}/>
    s -> l
    k -> a"""
    assert Walk(prepare(body)).waiting == ["a"]


def test_a_signal_end_event_throws_its_signal() -> None:
    body = """<startEvent id='s'/><endEvent id='e'><signalEventDefinition id='d' signalRef='sig'/></endEvent>
    s -> e"""
    walk = Walk(prepare(body, top="<signal id='sig' name='klart'/>"))
    assert walk.ended
    assert [(t.kind, t.name) for t in walk.last.thrown] == [("signal", "klart")]


def test_an_event_gateway_with_two_timers_lets_either_fire_and_withdraws_the_other() -> None:
    body = f"""<startEvent id='s'/><eventBasedGateway id='g'/>
    <intermediateCatchEvent id='t1'><timerEventDefinition id='d1'><timeDuration>P1D</timeDuration>
    </timerEventDefinition></intermediateCatchEvent>
    <intermediateCatchEvent id='t2'><timerEventDefinition id='d2'><timeDuration>P2D</timeDuration>
    </timerEventDefinition></intermediateCatchEvent><userTask id='a' {USER}/><userTask id='b' {USER}/>
    s -> g
    g -> t1
    g -> t2
    t1 -> a
    t2 -> b"""
    loaded = prepare(body)
    assert Walk(loaded).waiting == ["t1", "t2"]
    assert Walk(loaded).do("t1").waiting == ["a"]
    assert Walk(loaded).do("t2").waiting == ["b"]


def test_an_interrupting_timer_cancels_the_task_and_its_token_goes_on_from_the_event() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER}/><userTask id='b' {USER}/><userTask id='c' {USER}/>
    <boundaryEvent id='t' attachedToRef='a'><timerEventDefinition id='d'><timeDuration>P21D</timeDuration>
    </timerEventDefinition></boundaryEvent>
    s -> a
    a -> b
    t -> c"""
    loaded = prepare(body)
    late = Walk(loaded).do("t")
    assert late.waiting == ["c"]
    assert "-a" in late.trace
    assert late.do("c").ended
    assert Walk(loaded).do("a").waiting == ["b"]


def test_a_non_interrupting_timer_leaves_the_task_and_both_ways_must_end() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER}/><userTask id='b' {USER}/><userTask id='c' {USER}/>
    <boundaryEvent id='t' attachedToRef='a' cancelActivity='false'><timerEventDefinition id='d'>
    <timeDuration>P21D</timeDuration></timerEventDefinition></boundaryEvent>
    s -> a
    a -> b
    t -> c"""
    walk = Walk(prepare(body)).do("t")
    assert walk.waiting == ["a", "c"]
    assert walk.do("a").waiting == ["b", "c"]
    assert not walk.do("b").ended
    assert walk.do("c").ended


def test_a_sub_process_ends_when_all_inside_it_has_ended() -> None:
    body = f"""<startEvent id='s'/><subProcess id='sp'><startEvent id='s2'/><parallelGateway id='p'/>
    <userTask id='a' {USER}/><userTask id='b' {USER}/>
    s2 -> p
    p -> a
    p -> b
    </subProcess><userTask id='c' {USER}/>
    s -> sp
    sp -> c"""
    walk = Walk(prepare(body))
    assert walk.do("a").waiting == ["b"]
    assert walk.do("b").waiting == ["c"]


def test_an_interrupting_timer_on_a_sub_process_cancels_everything_inside_it() -> None:
    body = f"""<startEvent id='s'/><subProcess id='sp'><startEvent id='s2'/><userTask id='a' {USER}/>
    <userTask id='b' {USER}/>
    s2 -> a
    s2 -> b
    </subProcess><boundaryEvent id='t' attachedToRef='sp'><timerEventDefinition id='d'>
    <timeDate>T-7wd</timeDate></timerEventDefinition></boundaryEvent><userTask id='c' {USER}/>
    s -> sp
    t -> c"""
    walk = Walk(prepare(body)).do("t")
    assert walk.waiting == ["c"]
    assert walk.do("c").ended


def test_an_interrupting_timer_on_a_multi_instance_cancels_every_item() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER}><multiInstanceLoopCharacteristics>
    <loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>
    <boundaryEvent id='t' attachedToRef='a'><timerEventDefinition id='d'><timeDuration>PT1H</timeDuration>
    </timerEventDefinition></boundaryEvent><userTask id='c' {USER}/>
    s -> a
    t -> c"""
    walk = Walk(prepare(body))
    assert walk.waiting == ["a", "a", "a", "t"]
    assert walk.do("a").do("t").waiting == ["c"]
    assert walk.do("c").ended


DEPARTMENTS = {"departments": [{"kind": "department", "id": str(n), "name": f"F{n}"} for n in range(3)]}


def test_a_multi_instance_has_a_task_for_each_department_and_gathers_what_each_wrote() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER}><multiInstanceLoopCharacteristics
    hjul:collection='departments()' hjul:item='forvaltning' hjul:collect='svar'/></userTask><userTask id='b' {USER}/>
    s -> a
    a -> b"""
    walk = Walk(prepare(body), lists=DEPARTMENTS)
    assert [o.item["id"] for o in walk.open.values()] == ["0", "1", "2"]
    walk.do("a", {"ja": True}).do("a", {"ja": False}).do("a", {"ja": True})
    assert walk.waiting == ["b"]
    assert [(row["index"], row["ja"]) for row in walk.variables["svar"]] == [(0, True), (1, False), (2, True)]
    assert "ja" not in walk.variables


def test_an_empty_collection_is_passed_over() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER}><multiInstanceLoopCharacteristics
    hjul:collection='actors()'/></userTask><userTask id='b' {USER}/>
    s -> a
    a -> b"""
    assert Walk(prepare(body)).waiting == ["b"]


def test_each_item_of_a_multi_instance_sub_process_loops_by_its_own_variables() -> None:
    body = f"""<startEvent id='s'/><subProcess id='sp'><multiInstanceLoopCharacteristics
    hjul:collection='departments()' hjul:item='forvaltning' hjul:collect='svar'/><startEvent id='s2'/>
    <exclusiveGateway id='m'/><userTask id='a' {USER}/><exclusiveGateway id='g' default='f_g_e2'/><endEvent id='e2'/>
    s2 -> m
    m -> a
    a -> g
    g -[komplett == False]-> m
    g -> e2
    </subProcess><endEvent id='e'/>
    s -> sp
    sp -> e"""
    walk = Walk(prepare(body), lists=DEPARTMENTS)
    walk.do("a", {"komplett": False})
    assert walk.waiting == ["a", "a", "a"]
    for _ in range(3):
        walk.do("a", {"komplett": True})
    assert walk.ended
    assert len(walk.variables["svar"]) == 3


def test_a_sequential_multi_instance_takes_one_item_at_a_time() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER}><multiInstanceLoopCharacteristics isSequential='true'
    hjul:collection='departments()' hjul:item='forvaltning'/></userTask>
    s -> a"""
    walk = Walk(prepare(body), lists=DEPARTMENTS)
    for n in range(3):
        assert [o.item["id"] for o in walk.open.values()] == [str(n)]
        walk.do("a")
    assert walk.ended


def test_a_completion_condition_lets_the_remaining_items_go() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER}><multiInstanceLoopCharacteristics
    hjul:collection='departments()'><completionCondition>nr_of_completed >= 2</completionCondition>
    </multiInstanceLoopCharacteristics></userTask><userTask id='b' {USER}/>
    s -> a
    a -> b"""
    walk = Walk(prepare(body), lists=DEPARTMENTS).do("a").do("a")
    assert walk.waiting == ["b"]


def test_a_negative_cardinality_is_a_fault_and_not_a_wait_for_ever() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER}><multiInstanceLoopCharacteristics>
    <loopCardinality>n</loopCardinality></multiInstanceLoopCharacteristics></userTask>
    s -> a"""
    loaded = prepare(body)
    with pytest.raises(EngineFault, match="not negative"):
        Walk(loaded, {"n": -1})
    assert len(Walk(loaded, {"n": 2}).waiting) == 2


def test_a_standard_loop_repeats_while_its_condition_holds() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER}><standardLoopCharacteristics loopMaximum='5'>
    <loopCondition>mer == True</loopCondition></standardLoopCharacteristics></userTask>
    s -> a"""
    walk = Walk(prepare(body)).do("a", {"mer": True}).do("a", {"mer": True})
    assert walk.waiting == ["a"]
    assert walk.do("a", {"mer": False}).ended


def test_ids_that_spiffworkflow_reserves_are_ordinary_ids() -> None:
    body = f"""<startEvent id='Start'/><userTask id='End' {USER}/><userTask id='Root' {USER}/>
    Start -> End
    End -> Root"""
    assert Walk(prepare(body)).do("End").waiting == ["Root"]


def test_a_terminate_end_event_ends_everything_at_once() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER}/><userTask id='b' {USER}/>
    <endEvent id='e'><terminateEventDefinition id='d'/></endEvent>
    s -> a
    s -> b
    a -> e"""
    walk = Walk(prepare(body)).do("a")
    assert walk.ended
    assert "-b" in walk.trace


def test_eight_parallel_blocks_in_a_row_cost_no_more_than_their_living_tokens() -> None:
    lines = ["<startEvent id='s'/>"]
    previous = "s"
    for n in range(8):
        lines.append(f"<parallelGateway id='p{n}'/><parallelGateway id='j{n}'/>")
        lines.append(f"{previous} -> p{n}")
        for m in range(3):
            lines += [f"<userTask id='t{n}{m}' {USER}/>", f"p{n} -> t{n}{m}", f"t{n}{m} -> j{n}"]
        previous = f"j{n}"
    lines += ["<endEvent id='e'/>", f"{previous} -> e"]
    walk = Walk(prepare("\n".join(lines)))
    for n in range(8):
        assert walk.last.tokens == 4
        for m in range(3):
            walk.do(f"t{n}{m}")
    assert walk.ended


def test_a_state_is_no_larger_after_a_thousand_laps() -> None:
    body = f"""<startEvent id='s'/><exclusiveGateway id='m'/><userTask id='a' {USER}/>
    <exclusiveGateway id='g' default='f_g_m'/><endEvent id='e'/>
    s -> m
    m -> a
    a -> g
    g -[klar == True]-> e
    g -> m"""
    walk = Walk(prepare(body))
    tokens, size = walk.last.tokens, len(walk.last.state)
    for _ in range(1000):
        walk.do("a", {"klar": False})
    assert walk.last.tokens == tokens
    assert len(walk.last.state) <= size + 8  # the next id has more digits
    assert walk.do("a", {"klar": True}).ended


def test_three_hundred_steps_in_a_row_do_not_exhaust_the_stack() -> None:
    lines = ["<startEvent id='s'/>"]
    previous = "s"
    for n in range(350):
        lines += [f"<task id='t{n}'/>", f"{previous} -> t{n}"]
        previous = f"t{n}"
    assert Walk(prepare("\n".join(lines))).ended


def test_a_script_assigns_expressions_and_nothing_else() -> None:
    body = f"""<startEvent id='s'/><scriptTask id='c'><script>varv = varv + 1
    dubbelt = varv * 2</script></scriptTask><userTask id='a' {USER}/>
    s -> c
    c -> a"""
    walk = Walk(prepare(body), {"varv": 1})
    assert walk.variables == {"varv": 2, "dubbelt": 4}


def test_a_join_that_can_never_be_reached_is_a_fault_and_not_a_silent_wait() -> None:
    body = f"""<startEvent id='s'/><exclusiveGateway id='g' default='f_g_b'/><userTask id='a' {USER}/>
    <userTask id='b' {USER}/><parallelGateway id='j'/>
    <endEvent id='e'/>
    s -> g
    g -[x == 1]-> a
    g -> b
    a -> j
    b -> j
    j -> e"""
    walk = Walk(prepare(body), {"x": 1})
    with pytest.raises(EngineFault, match="stuck"):
        walk.do("a")


STUCK = f"""<startEvent id='t'/><exclusiveGateway id='g' default='f_g_x'/><task id='x'/><parallelGateway id='j'/>
<userTask id='b' {USER}/><userTask id='after' {USER}/>
t -> g
t -> b
g -[defined('vad')]-> j
g -> x
b -> j
j -> after"""


def test_a_join_that_lacks_a_token_may_wait_while_something_else_may_end_it_all() -> None:
    body = f"""{STUCK.replace("id='t'", "id='s'").replace("t ->", "s ->")}
    <userTask id='c' {USER}/><endEvent id='e'><terminateEventDefinition id='d'/></endEvent>
    s -> c
    c -> e"""
    walk = Walk(prepare(body)).do("b")
    assert walk.waiting == ["c"]
    assert walk.do("c").ended


def test_a_join_that_lacks_a_token_may_wait_for_the_event_that_interrupts_its_sub_process() -> None:
    body = f"""<startEvent id='s'/><subProcess id='p'>{STUCK}
    </subProcess><boundaryEvent id='m' attachedToRef='p'><timerEventDefinition id='d'><timeDuration>P1D</timeDuration>
    </timerEventDefinition></boundaryEvent><userTask id='late' {USER}/>
    s -> p
    m -> late"""
    walk = Walk(prepare(body)).do("b")
    assert walk.waiting == ["m"]
    assert walk.do("m").waiting == ["late"]


def test_a_join_that_lacks_a_token_is_a_fault_when_nothing_else_is_left() -> None:
    body = f"""{STUCK.replace("id='t'", "id='s'").replace("t ->", "s ->")}
    <userTask id='c' {USER}/>
    s -> c"""
    walk = Walk(prepare(body)).do("b")
    with pytest.raises(EngineFault, match="stuck") as fault:
        walk.do("c")
    assert fault.value.element == "j"


def test_a_thrown_message_carries_its_correlation_and_payload() -> None:
    body = """<startEvent id='s'/><intermediateThrowEvent id='m' hjul:correlation='year + 1'><extensionElements>
    <hjul:parameter name='plats' value="'Torget'"/></extensionElements><messageEventDefinition id='d' messageRef='mm'/>
    </intermediateThrowEvent>
    s -> m"""
    walk = Walk(prepare(body, top="<message id='mm' name='radet.atgarder'/>"), {"year": 2026})
    thrown = walk.last.thrown[0]
    assert (thrown.name, thrown.correlation, thrown.payload) == ("radet.atgarder", "2027", {"plats": "Torget"})


def test_a_caught_message_gives_only_what_the_diagram_asks_for() -> None:
    body = f"""<startEvent id='s'/><intermediateCatchEvent id='m'><extensionElements>
    <hjul:result name='bild' from='id'/></extensionElements><messageEventDefinition id='d' messageRef='mm'/>
    </intermediateCatchEvent><userTask id='a' {USER}/>
    s -> m
    m -> a"""
    walk = Walk(prepare(body, top="<message id='mm' name='lagesbild.faststalld'/>"))
    assert walk.open[next(iter(walk.open))].event_name == "lagesbild.faststalld"
    walk.do("m", {"id": "42", "typename": "x"})
    assert walk.variables == {"bild": "42"}


def test_due_dates_and_expiry_come_from_the_municipalitys_calendar() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER} hjul:due='T-10wd' hjul:expire='D+3wd'/>
    s -> a"""
    opened = next(iter(Walk(prepare(body)).open.values()))
    assert opened.due.on.isoformat() == "2027-02-12"
    assert opened.expire.on.isoformat() == "2027-02-17"


def test_an_expired_task_completes_with_its_outcome() -> None:
    body = f"""<startEvent id='s'/><userTask id='a' {USER} hjul:expire='T'/><exclusiveGateway id='g' default='f_g_b'/>
    <userTask id='b' {USER}/><endEvent id='e'/>
    s -> a
    a -> g
    g -[a_outcome == 'no_answer']-> e
    g -> b"""
    loaded = prepare(body)
    assert Walk(loaded).do("a", outcome="no_answer").ended
    assert Walk(loaded).do("a", outcome="completed").waiting == ["b"]
