"""Whatever is uploaded gets a verdict: never an exception, never a hang, never a silent acceptance of half a file."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.engine import run
from app.engine.reading import read_diagram
from app.engine.vetting import Surroundings, Verdict, judge
from app.engine.xml_trees import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, DocumentUnreadable
from tests.engine.drawings import SURROUNDINGS, diagram, verdict

EXAMPLES = 150 * (50 if os.environ.get("TRYGGHET_THOROUGH") else 1)
SECONDS = 5  # for the slowest of the files below, on a busy machine

SMALL = diagram("<startEvent id='s'/><userTask id='a' name='Läs åäö' hjul:role='security_manager'/>\n s -> a")
TEXT = SMALL.decode()
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
LAUGHS = "".join(f'<!ENTITY ha{n} "{f"&ha{n - 1};" * 10}">' for n in range(1, 12))


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("process.bpmn", SMALL)
    return held.getvalue()


def with_doctype(doctype: str, name: str = "Prov") -> bytes:
    head, rest = TEXT.split("\n", 1)
    return f"{head}\n{doctype}\n{rest.replace('Prov', name)}".encode()


def nested(levels: int) -> bytes:
    return diagram("<subProcess id='x'>" * levels + "</subProcess>" * levels)


FILES: dict[str, tuple[bytes, str, int | None]] = {
    "empty": (b"", "xml.well-formed", None),
    "only space": (b" \n ", "xml.well-formed", None),
    "a NUL": (b"\0", "xml.encoding", 1),
    "a NUL inside": (SMALL.replace(b"Prov", b"Pr\0v"), "xml.well-formed", 3),
    "binary": (bytes(range(256)) * 40, "xml.encoding", None),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), "xml.encoding", 1),
    "a zip": (zipped(), "xml.encoding", None),
    "text": ("Månad för månad".encode(), "xml.well-formed", 1),
    "JSON": (b'{"process": []}', "xml.well-formed", 1),
    "HTML": (b"<!DOCTYPE html>\n<html><body><p>Hej<br></body></html>", "xml.doctype", 1),
    "XHTML": (b"<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", "xml.definitions", 1),
    "cut short": (SMALL[:300], "xml.well-formed", None),
    "two roots": (SMALL + b"<more/>", "xml.well-formed", None),
    "an unclosed tag": (SMALL.replace(b"</bpmn:process>", b""), "xml.well-formed", None),
    "a prefix nobody declared": (SMALL.replace(b"<bpmn:userTask", b"<bp:userTask"), "xml.well-formed", 4),
    "an attribute twice": (SMALL.replace(b"id='a'", b"id='a' id='a'"), "xml.well-formed", 4),
    "an ampersand": (SMALL.replace(b"Prov", b"Prov & mer"), "xml.well-formed", 3),
    "an entity nobody declared": (SMALL.replace(b"Prov", b"&prov;"), "xml.well-formed", 3),
    "a character XML forbids": (SMALL.replace(b"Prov", b"&#1;"), "xml.well-formed", 3),
    "a comment without end": (b"<!-- " + SMALL, "xml.well-formed", None),
    "UTF-16 with its mark": (TEXT.replace("UTF-8", "UTF-16").encode("utf-16"), "xml.encoding", 1),
    "UTF-16 without its mark": (TEXT.encode("utf-16-le"), "xml.encoding", None),
    "UTF-16 the other way round": (TEXT.encode("utf-16-be"), "xml.encoding", None),
    "UTF-16 in English": (TEXT.replace("Läs åäö", "Read").encode("utf-16-le"), "xml.encoding", 1),
    "UTF-32": (TEXT.encode("utf-32"), "xml.encoding", 1),
    "latin-1 that says UTF-8": (TEXT.encode("latin-1"), "xml.encoding", 4),
    "latin-1 that says so": (TEXT.replace("UTF-8", "ISO-8859-1").encode("latin-1"), "xml.encoding", 4),
    "UTF-8 that says latin-1": (TEXT.replace("UTF-8", "ISO-8859-1").encode(), "xml.encoding", 1),
    "an encoding nobody knows": (TEXT.replace("UTF-8", "KLINGON-1").encode(), "xml.encoding", 1),
    "UTF-7": (TEXT.replace("UTF-8", "UTF-7").encode("utf-7"), "xml.encoding", 1),
    "EBCDIC": (TEXT.replace("UTF-8", "cp500").encode("cp500"), "xml.encoding", 1),
    "a DOCTYPE": (with_doctype("<!DOCTYPE definitions>"), "xml.doctype", 2),
    "a DOCTYPE behind a comment": (with_doctype("<!-- x -->\n<?x y?><!DOCTYPE definitions>"), "xml.doctype", 3),
    "an inner entity": (with_doctype('<!DOCTYPE d [<!ENTITY hej "Prov">]>', "&hej;"), "xml.doctype", 2),
    "a billion laughs": (with_doctype(f'<!DOCTYPE d [<!ENTITY ha0 "ha">{LAUGHS}]>', "&ha11;"), "xml.doctype", 2),
    "a file as entity": (
        with_doctype('<!DOCTYPE d [<!ENTITY fil SYSTEM "file:///etc/passwd">]>', "&fil;"), "xml.doctype", 2,
    ),
    "an address as entity": (
        with_doctype('<!DOCTYPE d SYSTEM "http://127.0.0.1:1/d.dtd" [<!ENTITY % a SYSTEM "http://127.0.0.1:1/">%a;]>'),
        "xml.doctype", 2,
    ),
    "a DOCTYPE too late": (SMALL + b"<!DOCTYPE d>", "xml.well-formed", None),
    "more than 5 MB": (SMALL + b" " * MAX_BYTES, "xml.size", None),
    "10,000 levels": (nested(10_000), "xml.size", None),
    "a level too many": (nested(MAX_DEPTH), "xml.size", None),
    "30,000 elements": (diagram("<task id='x'/>" * 30_000), "xml.size", None),
    "30,000 beside each other": (f"<d xmlns='{BPMN}'>{'<p/>' * 30_000}</d>".encode(), "xml.size", None),
    "another root": (SMALL.replace(b"bpmn:definitions", b"bpmn:process"), "xml.definitions", 2),
    "no namespace": (b"<definitions><process id='p'/></definitions>", "xml.definitions", 1),
    "another namespace": (SMALL.replace(BPMN.encode(), b"urn:other"), "xml.definitions", 2),
    "an older BPMN": (SMALL.replace(b"20100524/MODEL", b"20090803/MODEL"), "xml.definitions", 2),
    "a decision table": (
        b"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='d' name='d'/>", "xml.definitions", 1,
    ),
    "nothing in it": (f"<definitions xmlns='{BPMN}'/>".encode(), "bpmn.no-process", None),
    "an empty process": (diagram(""), "bpmn.no-process", None),
}  # fmt: skip


def in_time(raw: bytes) -> Verdict:
    began = perf_counter()
    found = verdict(raw)
    assert perf_counter() - began < SECONDS
    return found


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_diagram_is_refused_with_the_reason(name: str) -> None:
    raw, rule, line = FILES[name]
    found = in_time(raw)
    assert not found.accepted
    assert not found.executable
    assert found.program is None
    problem = found.problems[0]
    assert problem.rule == rule
    assert line is None or problem.line == line
    assert problem.sv.endswith(".")
    assert problem.en.endswith(".")


def test_a_file_at_the_bounds_is_read() -> None:
    deepest = nested(MAX_DEPTH - 2)
    assert read_diagram(deepest).processes[0].nodes.keys() == {"x"}
    with pytest.raises(DocumentUnreadable):
        read_diagram(nested(MAX_DEPTH - 1))
    most = MAX_ELEMENTS - 1  # and the process itself
    assert len(read_diagram(diagram("<task id='x'/>" * most)).ids) == most + 1
    with pytest.raises(DocumentUnreadable):
        read_diagram(diagram("<task id='x'/>" * (most + 1)))


def test_a_file_as_large_as_may_be_is_judged_in_time() -> None:
    padding = b"<!-- " + b"x" * (MAX_BYTES - len(SMALL) - 9) + b" -->"
    assert len(SMALL + padding) == MAX_BYTES
    assert in_time(SMALL + padding).executable


def many(count: int, text: str) -> str:
    return "".join(text.replace("#", str(n)) for n in range(count))


START = "<startEvent id='s'/>"
LINK = "<linkEventDefinition id='d_{0}#' name='l'/>"
LANE = "<lane id='l#' hjul:role='x'><flowNodeRef>a#</flowNodeRef></lane>"
LARGE: dict[str, Callable[[], str]] = {
    "a row of tasks": lambda: (
        START + many(6_000, "<task id='t#'/>") + "".join(f"\nt{n} -> t{n + 1}" for n in range(5_999))
    ),
    "expressions": lambda: (
        "<exclusiveGateway id='g'/>" + many(4_000, "<task id='t#'/>") + many(4_000, f"\ng -[[{'1,' * 480}1]]-> t#")
    ),
    "links": lambda: (
        many(4_000, f"<intermediateThrowEvent id='t#'>{LINK.format('t')}</intermediateThrowEvent>")
        + many(4_000, f"<intermediateCatchEvent id='c#'>{LINK.format('c')}</intermediateCatchEvent>")
    ),
    "lanes": lambda: f"<laneSet id='ls'>{many(6_000, LANE)}</laneSet>" + many(6_000, "<userTask id='a#'/>"),
    "events on one task": lambda: (
        "<userTask id='a'/>"
        + many(6_000, "<boundaryEvent id='b#' attachedToRef='a'><timerEventDefinition id='d#'/></boundaryEvent>")
    ),
    "sub-processes": lambda: many(4_000, "<subProcess id='a#'><startEvent id='s#'/><task id='t#'/></subProcess>"),
    "start events": lambda: many(9_000, "<startEvent id='s#'/>"),
    "processes": lambda: (
        "</process>" + many(6_000, "<process id='p#'><startEvent id='s#'/></process>") + "<process id='q'>"
    ),
    "one script": lambda: f"{START}<scriptTask id='c'><script>{many(500_000, 'x=# ')}</script></scriptTask>",
    "lines of script": lambda: f"<scriptTask id='c'><script>{'x=1;'.join(['&#10;'] * 500_000)}</script></scriptTask>",
    "one name": lambda: f"<task id='t' name='{'x ' * 2_000_000}'/>",
    "one id": lambda: f"<task id='{'x:' * 2_000_000}'/>",
}


@pytest.mark.parametrize("name", LARGE)
def test_a_diagram_as_large_as_a_file_may_be_is_judged_in_time(name: str) -> None:
    assert not in_time(diagram(LARGE[name]())).accepted


def test_a_tangle_of_gateways_is_judged_in_time() -> None:
    names = [f"g{n}" for n in range(100)]
    lines = [START, f"s -> {names[0]}", *(f"<parallelGateway id='{name}'/>" for name in names)]
    lines += [f"{a} -> {b}" for a in names for b in names if a != b]
    assert [p.rule for p in in_time(diagram("\n".join(lines))).problems] == ["subset.busy-loop"]


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + SMALL,
        SMALL.replace(b' encoding="UTF-8"', b""),
        SMALL.replace(b"UTF-8", b"utf-8"),
        SMALL.split(b"\n", 1)[1],
        SMALL.replace(b"\n", b"\r\n"),
        SMALL.replace(b"<bpmn:", b"<").replace(b"</bpmn:", b"</").replace(b"xmlns:bpmn", b"xmlns"),
        SMALL.replace(b"<bpmn:process", b"<!-- <!DOCTYPE x> <!ENTITY y> --><?hej?><bpmn:process"),
        SMALL.replace("Läs åäö".encode(), b"L&#228;s &#xe5;&#228;&#246;"),
    ],
    ids=["mark", "no encoding", "lower case", "no declaration", "CRLF", "no prefix", "comment", "references"],
)
def test_the_same_diagram_written_in_other_ways_is_the_same_diagram(raw: bytes) -> None:
    found = verdict(raw)
    assert found.program is not None
    assert found.program.nodes["a"].name == "Läs åäö"
    program = verdict(SMALL).program
    assert program is not None
    assert found.program.digest == program.digest


def test_a_boolean_is_written_in_any_of_the_four_ways_of_xml_schema() -> None:
    body = """<startEvent id='s'/><userTask id='a' hjul:role='security_manager'><multiInstanceLoopCharacteristics
    isSequential='{}'><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>
    <userTask id='b' hjul:role='security_manager'/><boundaryEvent id='t' attachedToRef='a' cancelActivity='{}'>
    <timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>
    s -> a
    t -> b"""

    def read(value: str) -> tuple[str, bool]:
        program = verdict(diagram(body.format(value, value))).program
        assert program is not None
        repeat = program.nodes["a"].repeat
        assert repeat is not None
        return repeat.kind, program.nodes["t"].interrupting

    assert read("1") == read("true") == ("sequential", True)
    assert read("0") == read("false") == ("parallel", False)
    assert not verdict(diagram("<startEvent id='s'/>", attributes='isExecutable="0"')).executable


def test_a_problem_is_worded_in_the_language_asked_for() -> None:
    problem = verdict(b"").problems[0]
    assert problem.in_language("sv") == {
        "rule": "xml.well-formed", "severity": "error", "element": None, "line": problem.line, "message": problem.sv,
    }  # fmt: skip
    assert problem.in_language("en")["message"] == problem.en


# --- whatever bytes --------------------------------------------------------------------------------------------------

REAL = [path.read_bytes() for path in sorted((Path(__file__).parents[2] / "workflows").glob("*/process.bpmn"))]
EVERYTHING = diagram(
    """<laneSet id='ls'><lane id='l' hjul:role='security_manager'><flowNodeRef>a</flowNodeRef></lane></laneSet>
    <startEvent id='s'><timerEventDefinition id='sd'><timeCycle>first_workday(10)</timeCycle></timerEventDefinition>
    </startEvent><userTask id='a' default='f_a_g' hjul:due='T-10wd' hjul:expire='D+3wd' hjul:priority='60'
    hjul:sara='S'><standardLoopCharacteristics loopMaximum='3'><loopCondition>x == 1</loopCondition>
    </standardLoopCharacteristics></userTask><boundaryEvent id='b' attachedToRef='a' cancelActivity='false'>
    <messageEventDefinition id='bd' messageRef='m1'/></boundaryEvent>
    <endEvent id='e1'><terminateEventDefinition id='td'/></endEvent>
    <inclusiveGateway id='g' default='f_g_c'/>
    <scriptTask id='c'><script>varv = varv + 1</script></scriptTask>
    <serviceTask id='v' hjul:action='history.note'><extensionElements><hjul:parameter name='text' value="'x'"/>
    <hjul:result name='r' from='id'/></extensionElements></serviceTask><subProcess id='p'><startEvent id='s2'/>
    <multiInstanceLoopCharacteristics isSequential='true' hjul:collection='departments()' hjul:item='d'
    hjul:collect='k'>
    <completionCondition>nr_of_completed == 1</completionCondition></multiInstanceLoopCharacteristics>
    <intermediateThrowEvent id='t1'><linkEventDefinition id='t1d' name='l'/></intermediateThrowEvent>
    <intermediateCatchEvent id='t2'><linkEventDefinition id='t2d' name='l'/></intermediateCatchEvent><task id='k'/>
    s2 -> t1
    t2 -> k
    </subProcess><eventBasedGateway id='eg'/><receiveTask id='r' messageRef='m1' hjul:correlation='year'/>
    <intermediateCatchEvent id='w'><timerEventDefinition id='wd'><timeDuration>P1D</timeDuration></timerEventDefinition>
    </intermediateCatchEvent><callActivity id='ca' calledElement='annan' hjul:anchor='T+14d'/>
    s -> a
    a -> g
    b -> e1
    g -[x > 1]-> v
    g -> c
    v -> p
    p -> eg
    eg -> r
    eg -> w
    w -> ca""",
    top="<message id='m1' name='svar'/>",
)
OPEN = Surroundings(actions=SURROUNDINGS.actions, roles=SURROUNDINGS.roles)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A real diagram with bytes turned, a piece cut out or doubled, or a value put in another's place."""
    raw = bytearray(draw(st.sampled_from([*REAL, SMALL, EVERYTHING, EVERYTHING])))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw) - 1))
        end = min(len(raw), at + draw(st.integers(1, 300)))
        match draw(st.sampled_from(["turn", "cut", "double", "put", "swap"])):
            case "turn":
                raw[at] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del raw[at:end]
            case "double":
                raw[at:at] = raw[at:end]
            case "put":
                raw[at:end] = draw(st.binary(max_size=20))
            case "swap":
                _swap_values(draw, raw)
        if not raw:
            break
    return bytes(raw)


VALUES = st.one_of(
    st.sampled_from(
        ["", " ", "a", "s", "0", "-1", "²", "٣", "9" * 5000, "true", "1", "T-30wd", "D", "P1D", "x == 1",
         "departments()", "departments", "(", "nr_of_completed", "ns:x", "x" * 200, "__class__", "1e999", "None",
         "first_workday(10)"]
    ),
    st.text(st.characters(exclude_characters="<>&'\"", exclude_categories=["Cc", "Cs"]), max_size=20),
)  # fmt: skip


def _swap_values(draw: st.DrawFn, raw: bytearray) -> None:
    """Put another value between two quotation marks, so that the file stays XML and the vetting is reached."""
    pieces = bytes(raw).split(b"'") if raw.count(b"'") > raw.count(b'"') else bytes(raw).split(b'"')
    mark = b"'" if raw.count(b"'") > raw.count(b'"') else b'"'
    if len(pieces) > 2:
        pieces[2 * draw(st.integers(1, len(pieces) // 2)) - 1] = draw(VALUES).encode()
        raw[:] = mark.join(pieces)


@st.composite
def revalued(draw: st.DrawFn) -> bytes:
    """A whole diagram in which a few attributes have other values."""
    raw = bytearray(draw(st.sampled_from([*REAL, EVERYTHING, EVERYTHING, EVERYTHING])))
    for _ in range(draw(st.integers(1, 3))):
        _swap_values(draw, raw)
    return bytes(raw)


def never_raises(raw: bytes) -> None:
    found = judge(raw, OPEN)
    assert found.executable == (found.program is not None)
    assert all(problem.sv and problem.en for problem in found.problems)
    if found.program is not None:
        assert run.prepare(found.program.raw).program == found.program
        assert found.program.facts is not None


def test_the_undamaged_diagrams_are_good_ones() -> None:
    assert len(REAL) > 0
    assert judge(EVERYTHING, OPEN).executable
    never_raises(EVERYTHING)


CAREFULLY = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@CAREFULLY
@given(st.binary(max_size=2_000))
@example(b"\xff\xfe<\0?\0")
@example(b"<?xml version='1.0' encoding='' ?><a/>")
def test_any_bytes_get_a_verdict(raw: bytes) -> None:
    never_raises(raw)


@CAREFULLY
@given(damaged())
def test_a_damaged_diagram_gets_a_verdict(raw: bytes) -> None:
    never_raises(raw)


@CAREFULLY
@given(revalued())
def test_a_diagram_with_odd_values_gets_a_verdict(raw: bytes) -> None:
    never_raises(raw)


@CAREFULLY
@given(st.lists(st.sampled_from(EVERYTHING.decode().splitlines()), max_size=40).map("\n".join))
def test_the_lines_of_a_diagram_in_any_order_get_a_verdict(text: str) -> None:
    never_raises(text.encode())
    never_raises(diagram("").replace(b"\n\n", f"\n{text}\n".encode()))
