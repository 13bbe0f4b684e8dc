"""Every rule of the vetting: a diagram that breaks it, told with element and line, and its neighbour that does not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engine import run
from app.engine.problems import Problem
from app.engine.vetting import RULES, Surroundings, Verdict, judge, own_names, words
from tests.engine import test_budgets, test_reading, test_runs, test_tokens
from tests.engine.drawings import diagram
from tests.engine.own_name_examples import NAMES
from tests.engine.vetting_examples import EXAMPLES as OF_RULES
from tests.engine.vetting_examples import (
    KNOWN,
    TIMER,
    USER,
    A,
    B,
    Example,
    S,
    after_start,
    call,
    count,
    many,
    script,
    split,
    sub,
)

ENGINE = Path(__file__).parents[2] / "app" / "engine"
VETTING = sorted((ENGINE / "vetting").glob("*.py"))
SOURCES = [ENGINE / "xml_trees.py", ENGINE / "reading.py", *VETTING]
RULE = re.compile(r"(xml|bpmn|subset|expression|deadline|calendar|hjul|reference)\.[A-Za-z-]+")
MADE_OF = {"deadline.": words._DEADLINES, "hjul.": tuple(words._CODES)}

EXAMPLES = [*OF_RULES, *NAMES]


def judged(raw: bytes) -> Verdict:
    return judge(raw, KNOWN)


def names() -> list[str]:
    counts: dict[str, int] = {}
    found = []
    for example in EXAMPLES:
        counts[example.rule] = counts.get(example.rule, 0) + 1
        found.append(f"{example.rule} {counts[example.rule]}")
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=names())
def test_a_diagram_that_breaks_a_rule_is_told_which_and_where(example: Example) -> None:
    raw = diagram(example.bad, top=example.top, attributes=example.attributes)
    found = judged(raw)
    problems = [p for p in found.problems if p.rule == example.rule and p.element == example.element]
    assert problems, found.problems
    line = None if example.at is None else 1 + raw[: raw.index(example.at.encode())].count(b"\n")
    assert problems[0].line == line
    assert problems[0].severity == example.severity
    assert found.accepted == (example.severity == "warning")
    assert_worded(problems[0])


@pytest.mark.parametrize("example", EXAMPLES, ids=names())
def test_the_neighbour_that_keeps_the_rule_is_accepted(example: Example) -> None:
    top = example.top if example.good_top is None else example.good_top
    found = judged(diagram(example.good, top=top))
    assert example.rule not in {p.rule for p in found.problems}
    assert found.accepted, found.problems
    assert found.program is not None
    assert run.prepare(found.program.raw).program == found.program


def assert_worded(problem: Problem) -> None:
    for sentence in (problem.sv, problem.en):
        assert sentence
        assert sentence == sentence.strip()
        assert sentence.endswith(".") or ". " in sentence
    assert problem.sv != problem.en


def rules_in_the_source() -> Iterator[str]:
    """Every text that is a rule id, and those put together from a family and a name."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and RULE.fullmatch(node.value):
                yield node.value
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                family = str(node.values[0].value)
                if re.fullmatch(r"[a-z]+\.", family):
                    yield from (family + name for name in MADE_OF[family])


def test_every_rule_has_an_example() -> None:
    of_files = {rule for _raw, rule, _line in test_reading.FILES.values() if rule.startswith("xml.")}
    assert set(rules_in_the_source()) == {example.rule for example in EXAMPLES} | of_files


def test_every_family_of_rules_is_asked() -> None:
    defined = {
        node.name
        for path in VETTING
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name != "judge"
    }
    assert {rule.__name__ for rule in RULES} == defined


def test_problems_come_in_the_order_of_the_lines() -> None:
    stranger = A.replace("security_manager", "okänd")
    found = judged(diagram(after_start(stranger, "<serviceTask id='x'/>", "<task id='y'/>")))
    lines = [p.line or 0 for p in found.problems]
    assert len(lines) == 4
    assert lines == sorted(lines)


def test_one_problem_is_told_once() -> None:
    found = judged(diagram(after_start(A, B, B, B)))
    assert [p.rule for p in found.problems].count("bpmn.duplicate-id") == 1


def test_what_is_not_known_is_not_judged() -> None:
    lone = Surroundings(roles=KNOWN.roles)
    body = after_start("<callActivity id='a' calledElement='vad_som_helst'/>", A.replace("'a'", "'b' hjul:form='x'"))
    assert judge(diagram(body + "\na -> b"), lone).executable


def test_a_draft_is_kept_but_not_deployed() -> None:
    found = judged(diagram(after_start(A), attributes='isExecutable="false"'))
    assert found.accepted
    assert not found.executable


def test_the_forms_that_are_used_are_known_by_task() -> None:
    found = judged(diagram(after_start(A.replace("/>", " hjul:form='rapport'/>"), B, "a -> b")))
    assert found.forms_used == {"a": "rapport"}


def event(tag: str, kind: str, inside: str = "") -> str:
    definition = f"<{kind}EventDefinition id='d'>{inside}</{kind}EventDefinition>"
    return f"<{tag} id='x'>{definition}</{tag}>"


def on_boundary(kind: str, inside: str = "") -> str:
    return after_start(
        A, event("boundaryEvent", kind, inside).replace("id='x'", "id='x' attachedToRef='a'"), B, "x -> b"
    )


def started_by(kind: str) -> str:
    return after_start(
        A,
        f"<subProcess id='p' triggeredByEvent='true'>{event('startEvent', kind)}<task id='c'/>\nx -> c\n</subProcess>",
    )


# What other engines accept and run wrong (link events that end the process early, a signal that is never thrown ...),
# or refuse in words nobody understands: either run as the named test shows, or refused here by the rule.
def once(element: str) -> str:
    return after_start(element, flows="s -> x")


RUNS: dict[str, str] = {
    "link events": "test_link_events_are_a_flow_drawn_without_its_line",
    "two links to one": "test_two_thrown_links_of_one_name_are_one_way_into_a_join",
    "signal end event": "test_a_signal_end_event_throws_its_signal",
    "condition out of a task": "test_a_conditional_flow_out_of_a_task_is_followed_only_when_it_holds",
    "implicit split": "test_an_implicit_split_is_parallel_and_an_implicit_merge_runs_twice",
    "event gateway with two timers": ("test_an_event_gateway_with_two_timers_lets_either_fire_and_withdraws_the_other"),
    "timer on a multi-instance": "test_an_interrupting_timer_on_a_multi_instance_cancels_every_item",
    "timer on a sub-process": "test_an_interrupting_timer_on_a_sub_process_cancels_everything_inside_it",
    "timer on a multi-instance call": "test_an_interrupting_timer_on_a_multi_instance_call_withdraws_every_call",
    "ids Start, End and Root": "test_ids_that_spiffworkflow_reserves_are_ordinary_ids",
    "parallel blocks in a row": "test_eight_parallel_blocks_in_a_row_cost_no_more_than_their_living_tokens",
    "negative cardinality": "test_a_negative_cardinality_is_a_fault_and_not_a_wait_for_ever",
    "hundreds of steps in a row": "test_three_hundred_steps_in_a_row_do_not_exhaust_the_stack",
    "loop that never waits": "test_a_loop_that_never_waits_is_stopped_where_it_goes_round",
    "parallel gateway as loop header": "test_a_parallel_gateway_as_loop_header_joins_afresh_each_lap",
    "data store": "test_data_stores_notes_and_groups_are_drawings_and_change_nothing",
}
REFUSED: dict[str, tuple[str, str]] = {
    "compensation throw": (once(event("intermediateThrowEvent", "compensate")), "subset.event-kind"),
    "compensation end": (once(event("endEvent", "compensate")), "subset.event-kind"),
    "compensation boundary": (on_boundary("compensate"), "subset.event-kind"),
    "compensation activity": (after_start(A.replace("/>", " isForCompensation='true'/>")), "subset.compensation"),
    "unreachable node": (after_start(A, B), "bpmn.unreachable"),
    "unreachable in a sub-process": (sub(f"<startEvent id='t'/>{B}"), "bpmn.unreachable"),
    "event sub-process": (started_by("timer"), "subset.event-sub-process"),
    "error event sub-process": (started_by("error"), "subset.event-sub-process"),
    "escalation event sub-process": (started_by("escalation"), "subset.event-sub-process"),
    "conditional boundary event": (on_boundary("conditional", "<condition>x</condition>"), "subset.event-kind"),
    "conditional catch": (once(event("intermediateCatchEvent", "conditional")), "subset.event-kind"),
    "error end event": (once(event("endEvent", "error")), "subset.event-kind"),
    "error boundary": (on_boundary("error"), "subset.event-kind"),
    "escalation boundary": (on_boundary("escalation"), "subset.event-kind"),
    "cancel end event": (once(event("endEvent", "cancel")), "subset.event-kind"),
    "signal start": (after_start(A).replace(S, event("startEvent", "signal")), "subset.event-kind"),
    "ad-hoc sub-process": (once("<adHocSubProcess id='x'><task id='c'/></adHocSubProcess>"), "subset.element"),
    "transaction": (once("<transaction id='x'><startEvent id='t'/></transaction>"), "subset.element"),
    "duplicate ids": (after_start(A, A), "bpmn.duplicate-id"),
    "missing id": (after_start(A, "<task name='utan'/>"), "bpmn.missing-id"),
    "missing flow id": (after_start(A, B, "<sequenceFlow sourceRef='a' targetRef='b'/>"), "bpmn.missing-id"),
    "recursive call": (call("calledElement='prov'"), "reference.recursion"),
    "recursion through another": (call("calledElement='runt'"), "reference.recursion"),
    "negative number": (many(count(-1)), "subset.multi-instance"),
    "more than 400 steps": ("".join(f"<task id='t{n}'/>" for n in range(401)), "subset.size"),
    "complex gateway": (once("<complexGateway id='x'/>"), "subset.element"),
    "choreography task": (once("<choreographyTask id='x'/>"), "subset.element"),
    "bare service task": (once("<serviceTask id='x'/>"), "subset.service-task"),
    "bare business rule task": (once("<businessRuleTask id='x'/>"), "subset.decision"),
    "receive task that starts": (once("<receiveTask id='x' instantiate='true'/>"), "subset.receive-start"),
    "missing called element": (call(""), "reference.called"),
    "unknown called element": (call("calledElement='saknas'"), "reference.called"),
    "exclusive without condition or default": (split("exclusive", "->", "->"), "bpmn.flow-condition"),
    "one without condition": (split("exclusive", "-[x]->", "->"), "bpmn.flow-condition"),
    "timer cycle": (on_boundary("timer", "<timeCycle>R3/P1D</timeCycle>"), "subset.timer-cycle"),
    "Python in a script": (script("import os"), "expression.script"),
}


@pytest.mark.parametrize("trouble", RUNS)
def test_what_others_run_wrong_and_we_run_is_shown_to_run(trouble: str) -> None:
    shown = [getattr(module, RUNS[trouble], None) for module in (test_tokens, test_runs, test_budgets)]
    assert any(callable(test) for test in shown)


@pytest.mark.parametrize("trouble", REFUSED)
def test_what_others_run_wrong_and_we_do_not_run_is_refused_by_name(trouble: str) -> None:
    body, rule = REFUSED[trouble]
    found = judged(diagram(body))
    assert rule in {p.rule for p in found.problems if p.severity == "error"}
    assert not found.executable


@pytest.mark.parametrize("value", ["false", "0"])
def test_a_process_that_is_not_executable_says_so_in_words(value: str) -> None:
    found = judged(diagram(after_start(A), attributes=f'isExecutable="{value}"'))
    assert [p.rule for p in found.problems] == ["subset.not-executable"]
    assert "utkast" in found.problems[0].sv


def test_a_timer_may_count_from_the_due_date_of_the_task_it_sits_on() -> None:
    at_timer = TIMER.replace("P1D", "D+3wd")
    boundary = f"<boundaryEvent id='t' attachedToRef='a'>{at_timer}</boundaryEvent>"
    assert judged(diagram(after_start(A, boundary, B, "t -> b"))).executable
    on_a_call = after_start("<callActivity id='a' calledElement='annan'/>", boundary, B, "t -> b")
    assert [p.rule for p in judged(diagram(on_a_call)).problems] == ["deadline.timer"]


def test_a_diagram_without_any_drawing_is_not_scolded_for_it() -> None:
    assert judged(diagram(after_start(A))).problems == ()


def advice(body: str) -> tuple[str, str]:
    """The last sentences of the only warning."""
    (problem,) = judged(diagram(body)).problems
    return problem.sv, problem.en


def test_a_misspelt_attribute_of_ours_is_told_with_the_one_that_was_meant() -> None:
    body = after_start(f"<userTask id='a' {USER} hjul:folowup='T+5wd'/>")
    assert advice(body) == (
        "”hjul:folowup” betyder ingenting på userTask. Menar du ”followUp”?",
        "'hjul:folowup' means nothing on userTask. Did you mean 'followUp'?",
    )


def test_an_attribute_of_ours_in_the_wrong_place_is_told_where_it_belongs() -> None:
    assert "Det hör hemma på manualTask, userTask." in advice(after_start("<task id='a' hjul:due='T'/>"))[0]
    loop = "<multiInstanceLoopCharacteristics hjul:collection='[1]' hjul:sara='S'/>"
    assert "It belongs on a step." in advice(after_start(f"<userTask id='a' {USER}>{loop}</userTask>"))[1]


def test_an_attribute_of_ours_like_no_other_is_told_with_those_there_are() -> None:
    assert (
        "Där finns: decision, pdca, sara."
        in advice(after_start("<businessRuleTask id='a' hjul:decision='prioritering' hjul:xyz='1'/>"))[0]
    )


def test_our_elements_outside_extension_elements_are_told_to_move() -> None:
    body = after_start(f"<userTask id='a' {USER}><hjul:result name='x' from='y'/></userTask>")
    assert "in the extensionElements of boundaryEvent, businessRuleTask" in advice(body)[1]


def test_every_attribute_that_is_told_of_is_described_in_the_guide() -> None:
    guide = (ENGINE.parents[1] / "docs" / "modelling.md").read_text(encoding="utf-8")
    named = set().union(*(names for tag, names in own_names.ATTRIBUTES.items() if ":" not in tag))
    assert {name for name in named if f"`hjul:{name}`" not in guide} == set()
    assert {name for names in own_names.ELEMENTS.values() for name in names if f"<hjul:{name} " not in guide} == set()


def test_a_file_full_of_misspelt_names_is_answered_within_reason() -> None:
    many = " ".join(f"hjul:x{n}='1'" for n in range(5000))
    found = judged(diagram(after_start(f"<userTask id='a' {USER} {many}/>")))
    assert len(found.problems) == own_names.MAX_TOLD
    assert found.executable
