"""For every rule of the vetting a diagram that breaks it, and its neighbour that does not."""

from dataclasses import dataclass, replace
from itertools import pairwise

from app.engine.vetting import Surroundings
from tests.engine.drawings import SURROUNDINGS

USER = "hjul:role='security_manager'"
S = "<startEvent id='s'/>"
A = f"<userTask id='a' {USER}/>"
B = f"<userTask id='b' {USER}/>"
TIMER = "<timerEventDefinition id='td'><timeDuration>P1D</timeDuration></timerEventDefinition>"
WAIT = f"<intermediateCatchEvent id='w'>{TIMER}</intermediateCatchEvent>"
MESSAGE = "<message id='m1' name='svar'/>"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
KNOWN: Surroundings = replace(
    SURROUNDINGS,
    forms=frozenset({"rapport"}),
    decisions={"prioritering": "<definitions/>"},
    calls={"annan": frozenset({"tredje"}), "tredje": frozenset(), "runt": frozenset({"prov"})},
)


@dataclass(frozen=True)
class Example:
    """`at` stands on the line the problem must name; None for a problem without a place.

    `top` and `attributes` go with the bad diagram; the good one has the same top, unless `good_top` is given.
    """

    rule: str
    bad: str
    good: str
    element: str | None = "a"
    at: str | None = "id='a'"
    top: str = ""
    attributes: str = 'isExecutable="true"'
    severity: str = "error"
    good_top: str | None = None


def after_start(*elements: str, flows: str = "s -> a") -> str:
    return "\n".join([S, *elements, flows])


def beside(event: str, host: str = A) -> str:
    """A diagram with an event on the boundary of a task."""
    return after_start(host, f"<boundaryEvent id='t' attachedToRef='a'>{event}</boundaryEvent>", B, "t -> b")


def many(inside: str, attributes: str = "") -> str:
    loop = f"<multiInstanceLoopCharacteristics {attributes}>{inside}</multiInstanceLoopCharacteristics>"
    return after_start(f"<userTask id='a' {USER}>{loop}</userTask>")


def task(attributes: str) -> str:
    return after_start(f"<userTask id='a' {USER} {attributes}/>")


def holding(inside: str) -> str:
    return after_start(f"<userTask id='a' {USER}>{inside}</userTask>")


def split(kind: str, first: str, second: str, default: str = "") -> str:
    gateway = f"<{kind}Gateway id='g' " + (f"default='{default}'/>" if default else "/>")
    return after_start(gateway, A, B, f"g {first} a\ng {second} b", flows="s -> g")


def script(text: str) -> str:
    return after_start(f"<scriptTask id='a'><script>{text}</script></scriptTask>")


def loop(tag: str, attributes: str, inside: str = "") -> str:
    repeated = f"<standardLoopCharacteristics {attributes}>{inside}</standardLoopCharacteristics>"
    return after_start(f"<{tag} id='a'>{repeated}</{tag}>", B, "a -> b")


def sub(inside: str) -> str:
    return after_start(f"<subProcess id='a'>{inside}</subProcess>")


def note(action: str = "history.note", text: str = "'x'", more: str = "") -> str:
    parameter = f'<hjul:parameter name="text" value="{text}"/>'
    held = f"<extensionElements>{parameter}{more}</extensionElements>"
    return after_start(f"<serviceTask id='a' hjul:action='{action}'>{held}</serviceTask>")


def call(attributes: str, parameter: str = "") -> str:
    held = f"<extensionElements>{parameter}</extensionElements>"
    return after_start(f"<callActivity id='a' {attributes}>{held}</callActivity>")


def receive(attributes: str) -> str:
    return after_start(f"<receiveTask id='a' {attributes}/>")


def race(target: str, arrow: str = "->", attributes: str = "", more: str = "") -> str:
    gateway = f"<eventBasedGateway id='g' {attributes}/>"
    return after_start(gateway, WAIT, target, flows=f"s -> g\ng -> w\ng {arrow} a\n{more}")


def linked(name: str, more: str = "k -> b") -> str:
    throw = "<intermediateThrowEvent id='a'><linkEventDefinition id='d1' name='vidare'/></intermediateThrowEvent>"
    catch = f"<intermediateCatchEvent id='k'><linkEventDefinition id='d2' name='{name}'/></intermediateCatchEvent>"
    return after_start(throw, catch, B, more)


def lanes(role: str, second: str = "", tasks: str = A) -> str:
    first = f"<lane id='l' hjul:role='{role}'><flowNodeRef>a</flowNodeRef></lane>"
    return after_start("<laneSet id='ls'>", first, second, "</laneSet>", tasks)


def round_trip(middle: str, back: str = "->", default: str = "", more: str = "") -> str:
    gateways = f"<exclusiveGateway id='a'/><exclusiveGateway id='g' {default}/>{END if more else ''}"
    return after_start(gateways, middle, flows=f"s -> a\na -> b\nb -> g\ng {back} a\n{more}")


def ends(definition: str) -> str:
    return after_start(f"<endEvent id='a'>{definition}</endEvent>")


def rule_task(attributes: str) -> str:
    return after_start(f"<businessRuleTask id='a' {attributes}/>")


def count(number: object) -> str:
    return f"<loopCardinality>{number}</loopCardinality>"


def until(condition: str) -> str:
    return f"<completionCondition>{condition}</completionCondition>"


def at(text: str) -> str:
    return TIMER.replace("P1D", text)


def timed_start(rule: str) -> str:
    event = f"<startEvent id='s'>{TIMER.replace('P1D', rule)}</startEvent>"
    return after_start(A).replace(S, event)


def nested(levels: int) -> str:
    opening = [f"<subProcess id='p{n}'><startEvent id='s{n}'/>" for n in range(levels)]
    flows = ["s -> p0", *(f"s{n} -> p{n + 1}" for n in range(levels - 1)), f"s{levels - 1} -> a"]
    return "\n".join([S, *opening, A, *("</subProcess>" for _ in range(levels)), *flows])


def row(tasks: int) -> str:
    names = ["s", *(f"t{n}" for n in range(tasks))]
    flows = [f"{before} -> {after}" for before, after in pairwise(names)]
    return "\n".join([S, *(f"<task id='{name}'/>" for name in names[1:]), *flows])


RECEIVE = "<receiveTask id='a' messageRef='m1'/>"
SHAPE = f'<x:BPMNShape xmlns:x="{DI}" bpmnElement="{{}}"/>'
END, END_ALL = "<endEvent id='e'/>", "terminateEventDefinition"
GATEWAY = "<exclusiveGateway id='a'/>"
IF = "-[x == 1]->"
FLOW = ("f_g_a", 'id="f_g_a"')
PLAIN = f"<startEvent id='s2'/>{B}\ns2 -> b\n"
INSIDE = "<subProcess id='p'><startEvent id='s2'/>{}</subProcess>\ns2 -> a\ns -> p"
TWICE = "<standardLoopCharacteristics loopMaximum='2'/>"
BESIDE = f"<boundaryEvent id='t' attachedToRef='a'>{TIMER}</boundaryEvent>"
CAUGHT = "<intermediateCatchEvent id='a'><linkEventDefinition id='d3' name='vidare'/></intermediateCatchEvent>"
ODD = "<odd:task xmlns:odd='urn:odd' id='x'/>"
HELD = f"<extensionElements>{ODD}</extensionElements>"
EVENT_SUB = f"<subProcess id='p' triggeredByEvent='{{}}'><startEvent id='s2'>{TIMER}</startEvent></subProcess>"
OPEN_FLOW = "<sequenceFlow id='f' sourceRef='a' targetRef='b'>{}</sequenceFlow>"
POOL = "<collaboration id='c'><participant id='pool' processRef='{}'/></collaboration>\n"
SECOND_LANE = "<lane id='l2' {}><flowNodeRef>{}</flowNodeRef></lane>"

EXAMPLES = [
    # BPMN's own rules.
    Example("bpmn.duplicate-id", after_start(A, B.replace("'b'", "'a'")), after_start(A, B, "s -> b")),
    Example("bpmn.missing-id", after_start(A, f"<userTask {USER}/>"), after_start(A), None, f"<bpmn:userTask {USER}/>"),
    Example("bpmn.missing-id", after_start(A, f"<userTask id='' {USER}/>"), after_start(A), None, "id=''"),
    Example("bpmn.odd-id", f"{S}\n<task id='a:b'/>", after_start(A), "a:b", "id='a:b'"),
    Example("bpmn.odd-id", f"{S}\n<task id='{'å' * 101}'/>", after_start(A), "å" * 100, "å"),
    Example("bpmn.no-process", "", after_start(A), None, None),
    Example("bpmn.flow-ends", after_start(A, "a -> b"), after_start(A, B, "a -> b"), "f_a_b", 'id="f_a_b"'),
    Example("bpmn.flow-crosses", sub(f"<startEvent id='s2'/>{B}") + "\na -> b", sub(PLAIN), "f_a_b", 'id="f_a_b"'),
    Example("bpmn.flow-into-event", after_start(A, "a -> s"), after_start(A, B, "a -> b"), "s", "id='s'"),
    Example("bpmn.flow-into-event", beside(TIMER) + "\na -> t", beside(TIMER), "t", "id='t'"),
    Example("bpmn.flow-out-of-end", after_start(END, "e -> a", A), after_start(A, END, "a -> e"), "e", "id='e'"),
    Example("bpmn.boundary-host", beside(TIMER).replace("attachedToRef='a'", ""), beside(TIMER), "t", "id='t'"),
    Example("bpmn.boundary-host", beside(TIMER, host=f"{GATEWAY}\na -> b"), beside(TIMER), "t", "id='t'"),
    Example("bpmn.boundary-host", beside(TIMER, host=INSIDE.format(A)), beside(TIMER), "t", "id='t'"),
    Example("bpmn.boundary-out", beside(TIMER).replace("t -> b", "s -> b"), beside(TIMER), "t", "id='t'"),
    Example("bpmn.no-start", A, after_start(A), "prov", 'id="prov"'),
    Example("bpmn.sub-process-start", sub(B), sub(PLAIN)),
    Example("bpmn.sub-process-start", sub(PLAIN + "<startEvent id='s3'/>\ns3 -> b\n"), sub(PLAIN)),
    Example("bpmn.sub-process-start", sub(PLAIN.replace("'s2'/>", f"'s2'>{TIMER}</startEvent>")), sub(PLAIN)),
    Example("bpmn.unreachable", after_start(B, A, flows="s -> b"), after_start(B, A, "s -> b")),
    Example("bpmn.default-flow", task("default='f_s_a'"), task("default='f_a_b'") + f"\n{B}\na -> b"),
    Example("bpmn.gateway-out", after_start(GATEWAY), after_start(GATEWAY, B, "a -> b")),
    Example("bpmn.parallel-condition", split("parallel", IF, "->"), split("parallel", "->", "->"), *FLOW),
    Example("bpmn.flow-condition", split("exclusive", "->", IF), split("exclusive", "->", IF, "f_g_a"), *FLOW),
    Example(
        "bpmn.flow-condition", split("inclusive", "->", "->", "f_g_b"), split("inclusive", IF, "->", "f_g_b"), *FLOW
    ),
    Example("bpmn.event-gateway", race(A), race(RECEIVE), "g", "id='g'", MESSAGE),
    Example("bpmn.event-gateway", race(RECEIVE, IF), race(RECEIVE), "g", "id='g'", MESSAGE),
    Example("bpmn.event-gateway", race(RECEIVE, more="s -> a"), race(RECEIVE), "g", "id='g'", MESSAGE),
    Example(
        "bpmn.event-gateway", race(RECEIVE, more=f"{BESIDE.replace('td', 'te')}{B}\nt -> b"), race(RECEIVE), "g",
        "id='g'", MESSAGE,
    ),
    Example(
        "bpmn.event-gateway", race(RECEIVE.replace("/>", f">{TWICE}</receiveTask>")), race(RECEIVE), "g", "id='g'",
        MESSAGE,
    ),
    Example("bpmn.event-gateway", race(CAUGHT), race(RECEIVE), "g", "id='g'", MESSAGE),
    Example("bpmn.link-pair", linked("annat"), linked("vidare")),
    Example("bpmn.link-pair", linked("vidare") + "\n" + CAUGHT.replace("'a'", "'k2'"), linked("vidare")),
    Example("bpmn.link-flow", linked("vidare", "k -> b\na -> b"), linked("vidare")),
    Example("bpmn.link-flow", linked("vidare", "k -> b\ns -> k"), linked("vidare"), "k", "id='k'"),
    Example(
        "bpmn.not-drawn", after_start(A), after_start(A), top=SHAPE.format("s"), severity="warning",
        good_top=SHAPE.format("s") + SHAPE.format("a"),
    ),
    # What the service runs.
    *(
        Example("subset.element", after_start(f"<{tag} id='a'/>"), after_start(A))
        for tag in ("complexGateway", "adHocSubProcess", "transaction", "choreographyTask", "callChoreography")
    ),
    Example(
        "subset.one-process", after_start(A), after_start(A), "prov", 'id="prov"',
        "<process id='q'><startEvent id='s2'/></process>\n",
        good_top="<process id='q' isExecutable='false'><startEvent id='s2'/></process>\n",
    ),
    Example(
        "subset.not-executable", after_start(A), after_start(A), "prov", 'id="prov"',
        attributes='isExecutable="false"', severity="warning",
    ),
    Example("subset.one-start", after_start(A, S.replace("s'", "s2'"), "s2 -> a"), after_start(A), "prov", 'id="prov"'),
    Example("subset.event-gateway", race(RECEIVE, attributes="instantiate='1'"), race(RECEIVE), "g", "id='g'", MESSAGE),
    Example(
        "subset.event-gateway", race(RECEIVE, attributes="eventGatewayType='Parallel'"),
        race(RECEIVE, attributes="eventGatewayType='Exclusive'"), "g", "id='g'", MESSAGE,
    ),
    Example(
        "subset.unknown-element", after_start(A, "<dataMagic id='x'/>"), after_start(A, "<dataObject id='x'/>"), "x",
        "id='x'",
    ),
    Example(
        "subset.unknown-element", after_start(A), after_start(A), "x", "id='x'", "<choreography id='x'/>\n",
        good_top="<category id='x'/>\n",
    ),
    Example("subset.unknown-element", after_start(A, ODD), holding(HELD), "x", "id='x'"),
    Example("subset.unknown-element", holding("\n<task id='x'/>"), after_start(A), "x", "id='x'"),
    Example("subset.event-sub-process", after_start(A, EVENT_SUB.format("true")), beside(TIMER), "p", "id='p'"),
    Example("subset.event-sub-process", after_start(A, EVENT_SUB.format("1")), beside(TIMER), "p", "id='p'"),
    Example("subset.event-kind", after_start("<intermediateCatchEvent id='a'/>"), after_start(WAIT, flows="s -> w")),
    Example("subset.event-kind", holding(TIMER), after_start(WAIT, flows="s -> w")),
    Example("subset.event-kind", ends("<eventDefinitionRef>d</eventDefinitionRef>"), ends(f"<{END_ALL} id='d'/>")),
    Example(
        "subset.one-event", ends(f"<{END_ALL} id='d'/><messageEventDefinition id='md' messageRef='m1'/>"),
        ends("<messageEventDefinition id='md' messageRef='m1'/>"), top=MESSAGE,
    ),
    Example("subset.compensation", task("isForCompensation='true'"), task("isForCompensation='false'")),
    Example("subset.quantity", task("startQuantity='2'"), task("startQuantity='1'")),
    Example("subset.quantity", task("completionQuantity='0'"), task("completionQuantity='1'")),
    Example("subset.service-task", after_start("<serviceTask id='a'/>"), note()),
    Example("subset.decision", rule_task(""), rule_task("hjul:decision='prioritering'")),
    Example("subset.script", after_start("<scriptTask id='a'/>"), script("x = 1")),
    Example(
        "subset.receive-start", receive("messageRef='m1' instantiate='1'"), receive("messageRef='m1'"), top=MESSAGE
    ),
    Example("subset.message", receive(""), receive("messageRef='m1'"), top=MESSAGE),
    Example(
        "subset.message", after_start("<sendTask id='a'/>"), after_start("<sendTask id='a' messageRef='m1'/>"),
        top=MESSAGE,
    ),
    *(
        Example("subset.loop", loop("task", bad), loop("task", "loopMaximum='3'"))
        for bad in ("", *(f"loopMaximum='{m}'" for m in ("²", "٣", "-1", "1.5", "99999", "9" * 5000)))
    ),
    Example("subset.loop", loop("exclusiveGateway", "loopMaximum='2'"), loop("task", "loopMaximum='2'")),
    Example("subset.multi-instance", many(""), many("", "hjul:collection='departments()'")),
    Example("subset.multi-instance", many(count(2), "hjul:collection='departments()'"), many(count(2))),
    Example(
        "subset.multi-instance", many("<loopDataInputRef>d</loopDataInputRef>"),
        many("<loopDataInputRef>d</loopDataInputRef>", "hjul:collection='departments()'"),
    ),
    Example("subset.multi-instance", many(count(-2)), many(count("n - 2"))),
    Example("subset.multi-instance", many(count(2), "behavior='None'"), many(count(2), "behavior='All'")),
    Example("subset.size", row(400), row(399), "prov", 'id="prov"'),
    Example("subset.nesting", nested(9), nested(8)),
    Example("subset.busy-loop", round_trip("<task id='b'/>"), round_trip(B)),
    Example(
        "subset.busy-loop", round_trip("<task id='b'/>"),
        round_trip("<task id='b'/>", default="default='f_g_a'", more="g -[x == 9]-> e"),
    ),
    Example("subset.busy-loop", linked("vidare", "k -> a"), linked("vidare", "k -> b\nb -> a")),
    Example("subset.timer-cycle", beside(TIMER.replace("Duration", "Cycle")), beside(TIMER), "t", "timeCycle"),
    # The small languages.
    Example(
        "expression.condition", split("exclusive", "-[x.upper()]->", "->", "f_g_b"),
        split("exclusive", IF, "->", "f_g_b"), *FLOW,
    ),
    Example(
        "expression.condition", after_start(A, B, OPEN_FLOW.format("<conditionExpression/>")),
        after_start(A, B, OPEN_FLOW.format("")), "f", "id='f'",
    ),
    Example("expression.parameter", note(text="open('x')"), note()),
    Example("expression.decider", task("hjul:decider='x.__class__'"), task("hjul:decider='x if y else None'")),
    Example("expression.within", task("hjul:within='x.__class__'"), task("hjul:within='enhet if a else None'")),
    Example(
        "expression.correlation", receive("messageRef='m1' hjul:correlation='lambda: 1'"),
        receive("messageRef='m1' hjul:correlation='year + 1'"), top=MESSAGE,
    ),
    Example("expression.loop", many("", "hjul:collection='[x for x in y]'"), many("", "hjul:collection='y'")),
    Example("expression.loop", many(count("2 **")), many(count(2))),
    Example("expression.loop", many(count(2) + until("?")), many(count(2) + until("nr_of_completed == 1"))),
    Example(
        "expression.loop", loop("task", "", "<loopCondition>!x</loopCondition>"),
        loop("task", "", "<loopCondition>x</loopCondition>"),
    ),
    *(
        Example("expression.script", script(bad), script("x = 1"))
        for bad in ("import os", "x = 1; y = 2", "if x: y = 1", "x = open('/etc/passwd')", "typename = 1", "if = 1")
    ),
    Example("expression.reserved", script("year = 2030"), script("ar = 2030")),
    Example(
        "expression.variable", many("", "hjul:collection='y' hjul:item='en sak'"),
        many("", "hjul:collection='y' hjul:item='en_sak'"),
    ),
    Example(
        "expression.variable", many("", "hjul:collection='y' hjul:collect='period'"),
        many("", "hjul:collection='y' hjul:collect='svar'"),
    ),
    Example(
        "expression.variable", note(more="<hjul:result name='1' from='id'/>"),
        note(more="<hjul:result name='id1' from='id'/>"),
    ),
    Example(
        "expression.variable", call("calledElement='annan'", "<hjul:parameter value='1'/>"),
        call("calledElement='annan'", "<hjul:parameter name='x' value='1'/>"),
    ),
    *(
        Example(f"deadline.{attribute}", task(f"hjul:{attribute}='i morgon'"), task(f"hjul:{attribute}='T-5wd'"))
        for attribute in ("due", "followUp", "expire", "anchor")
    ),
    Example("deadline.due", task("hjul:due='D+3wd'"), task("hjul:due='3wd'")),
    Example("deadline.anchor", call("calledElement='annan' hjul:anchor='D'"), call("calledElement='annan'")),
    Example("deadline.timer", beside("<timerEventDefinition id='td'/>"), beside(TIMER), "t", "id='t'"),
    Example("deadline.timer", beside(at("P1X + (")), beside(at("frist")), "t", "id='td'"),
    Example(
        "deadline.timer", after_start(WAIT.replace("P1D", "D+3wd"), flows="s -> w"), beside(at("D+3wd")), "w", "id='td'"
    ),
    Example("calendar.rule", timed_start("P1D"), timed_start("first_workday(10)"), "s", "id='s'"),
    Example("hjul.sara", task("hjul:sara='X'"), task("hjul:sara='As'")),
    Example("hjul.pdca", task("hjul:pdca='p'"), task("hjul:pdca='P'")),
    *(
        Example("hjul.priority", task(f"hjul:priority='{bad}'"), task("hjul:priority='100'"))
        for bad in ("101", "-1", "hög", "", "²", "٣٣", "9" * 5000)
    ),
    *(
        Example("hjul.reminders", task(f"hjul:reminders='{bad}'"), task("hjul:reminders='D-5wd, D+2wd manager'"))
        for bad in ("3wd", "D-3wd D-1wd", "D-0wd", "D-1wd manager", "D+1wd chef", "D-3wd,D-3wd", "D-P1M", "D–3wd", ",")
    ),
    # What the diagram names.
    Example("reference.role", task("").replace("security_manager", "trollkarl"), after_start(A)),
    Example("reference.role", task("hjul:coRole='trollkarl'"), task("hjul:coRole='department_rep'")),
    Example("reference.role", task("hjul:decider='trollkarl'"), task("hjul:decider='department_rep'")),
    Example("reference.role", lanes("trollkarl"), lanes("department_rep"), "l", "id='l'"),
    Example(
        "reference.no-role", after_start("<userTask id='a'/>"), lanes("department_rep", tasks="<userTask id='a'/>"),
        severity="warning",
    ),
    Example("reference.form", task("hjul:form='saknas'"), task("hjul:form='rapport'")),
    Example(
        "reference.decision", rule_task("hjul:decision='saknas'"), rule_task("hjul:decision='prioritering'")
    ),
    Example("reference.action", note("rm.rf"), note()),
    Example("reference.parameter", after_start("<serviceTask id='a' hjul:action='history.note'/>"), note()),
    Example("reference.parameter", note(more="<hjul:parameter name='extra' value='1'/>"), note()),
    *(
        Example(f"reference.{rule}", call(f"calledElement='{bad}'"), call("calledElement='annan'"))
        for rule, bad in (("called", ""), ("called", "saknas"), ("recursion", "prov"), ("recursion", "runt"))
    ),
    Example("reference.message", receive("messageRef='m2'"), receive("messageRef='m1'"), top=MESSAGE),
    Example("reference.message", receive("messageRef='m1'"), receive("messageRef='m1'"), top="<message id='m1'/>",
            good_top=MESSAGE),
    Example(
        "reference.message", ends("<signalEventDefinition id='sd'/>"),
        ends("<signalEventDefinition id='sd' signalRef='sig'/>"), top="<signal id='sig' name='larm'/>",
    ),
    Example(
        "reference.lane", lanes("department_rep", SECOND_LANE.format("", "x")),
        lanes("department_rep", SECOND_LANE.format("", "s")), "l2", "id='l2'",
    ),
    Example(
        "reference.lane", lanes("department_rep", SECOND_LANE.format("hjul:role='department_rep'", "a")),
        lanes("department_rep", SECOND_LANE.format("hjul:role='department_rep'", "s")), "l2", "id='l2'",
    ),
    Example(
        "reference.participant", after_start(A), after_start(A), None, "id='pool'", POOL.format("saknas"),
        good_top=POOL.format("ns:prov"),
    ),
]  # fmt: skip
