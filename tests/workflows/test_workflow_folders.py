"""The shipped workflow folders are whole: diagram, rules, forms and guide agree with each other and their source."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from app.engine.expressions import compile_expression, parse_script

WORKFLOWS = Path(__file__).parents[2] / "workflows"
SEEDS = WORKFLOWS / "seeds"
FOLDERS = sorted(path.parent for path in WORKFLOWS.glob("*/process.bpmn"))

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
HJUL = "{urn:trygghetshjulet:bpmn:1}"

FLOW_NODES = {
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "userTask",
    "serviceTask", "scriptTask", "callActivity", "subProcess", "exclusiveGateway", "parallelGateway",
    "inclusiveGateway", "eventBasedGateway",
}  # fmt: skip
STANDING = {"municipality", "year", "period", "anchor", "business_key", "started_on"}
MAX_TEXT = 10_000
MAX_ROWS = 100

# Lag (2023:196) om kommuners ansvar för brottsförebyggande arbete, the sentences that the diagrams quote from.
LAW = {
    3: "Bestämmelserna i denna lag syftar till att säkerställa att kommuner utifrån ett kunskapsbaserat underlag tar "
    "ställning till behovet av brottsförebyggande åtgärder och tar visst ansvar för samordningen av det "
    "brottsförebyggande arbetet inom kommunen.",
    4: "Kommuner ska ta fram en lägesbild över brottsligheten inom kommunens geografiska område. Lägesbilden ska "
    "innehålla 1. en kartläggning av brottsligheten, dess omfattning och konsekvenser, 2. annan information av "
    "betydelse i sammanhanget, och 3. en analys av kartläggningen och informationen.",
    5: "Kommuner ska, med lägesbilden som underlag, besluta om en plan för vilka åtgärder som kommunen avser att "
    "vidta för att förebygga brott (åtgärdsplan).",
    6: "Kommuner ska minst vartannat år uppdatera lägesbilden och följa upp åtgärdsplanen.",
    9: "Kommuner ska verka för att skriftliga överenskommelser om samverkan ingås med relevanta aktörer. En sådan "
    "överenskommelse ska innehålla åtminstone uppgifter om för vilka syften och inom vilka områden som samverkan "
    "ska ske.",
    10: "Kommuner ska också verka för att strategiska brottsförebyggande frågor hanteras i ett särskilt forum "
    "(strategiskt råd) där kommunen och relevanta aktörer ingår. Rådet ska ledas av kommunen. Kommuner ska verka för "
    "att övriga aktörer i rådet deltar med representanter som har ledande befattningar.",
    11: "Kommuner ska ha en samordningsfunktion för brottsförebyggande frågor.",
    12: "Samordningsfunktionen ska särskilt 1. samordna och stödja genomförandet av kommunens arbete enligt denna "
    "lag, 2. utgöra kommunens kontaktpunkt i förhållande till externa aktörer, och 3. bidra till att information om "
    "det brottsförebyggande arbetet sprids till kommunens invånare och andra som kan ha intresse eller behov av "
    "sådan information.",
    13: "Kommunstyrelsen, eller den nämnd som kommunfullmäktige beslutar, ansvarar för ledningen av kommunens "
    "brottsförebyggande arbete och för att kontinuerligt rapportera om det brottsförebyggande arbetet till "
    "kommunfullmäktige.",
}


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture
def diagram(folder: Path) -> etree._Element:
    return etree.fromstring((folder / "process.bpmn").read_bytes())


@pytest.fixture
def meta(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "process.toml").read_text(encoding="utf-8"))


@pytest.fixture
def forms(folder: Path) -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("forms/*.json")}


def _nodes(diagram: etree._Element) -> list[etree._Element]:
    return [element for element in diagram.iter() if _local(element) in FLOW_NODES]


def _local(element: etree._Element) -> str:
    tag = str(element.tag)
    return tag.removeprefix(BPMN) if tag.startswith(BPMN) else ""


def _user_tasks(diagram: etree._Element) -> list[etree._Element]:
    return list(diagram.iter(f"{BPMN}userTask"))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _fields(schema: dict[str, Any], at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property, those of rows included, with where it stands."""
    for name, field in schema.get("properties", {}).items():
        yield f"{at}/{name}", field
        if isinstance(field.get("items"), dict):
            yield from _fields(field["items"], f"{at}/{name}")


def _shapes(diagram: etree._Element) -> dict[str, tuple[float, float, float, float]]:
    """Element id -> x, y, width, height."""
    found = {}
    for shape in diagram.iter(f"{BPMNDI}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        assert bounds is not None
        x, y, width, height = (float(bounds.attrib[k]) for k in ("x", "y", "width", "height"))
        found[str(shape.attrib["bpmnElement"])] = (x, y, width, height)
    return found


def test_there_are_workflows():
    assert FOLDERS


def test_a_folder_has_a_diagram_rules_forms_and_a_guide(folder, forms):
    assert (folder / "process.bpmn").is_file()
    assert (folder / "process.toml").is_file()
    assert (folder / "README.md").read_text(encoding="utf-8").startswith("# ")
    assert forms


def test_the_key_is_the_same_in_the_folder_the_rules_and_the_diagram(folder, diagram, meta):
    (process,) = diagram.findall(f"{BPMN}process")
    assert process.get("id") == meta["key"] == folder.name
    assert process.get("isExecutable") == "true"
    assert process.get("name") == meta["title"]
    assert meta["title_en"]
    assert meta["covers"]


def test_the_start_rule_of_the_diagram_is_the_start_rule_of_the_folder(diagram, meta):
    (process,) = diagram.findall(f"{BPMN}process")
    drawn = [
        _plain("".join(c.itertext())) for s in process.findall(f"{BPMN}startEvent") for c in s.iter(f"{BPMN}timeCycle")
    ]
    assert drawn == ([meta["rules"]["start"]] if "start" in meta["rules"] else [])


def test_every_quote_of_the_rules_stands_in_the_seed(meta):
    seed = _plain((SEEDS / meta["seed"]).read_text(encoding="utf-8"))
    assert meta["quotes"]
    assert [quote for quote in meta["quotes"] if _plain(quote) not in seed] == []


def test_every_quote_of_a_task_stands_where_its_source_says(diagram, meta):
    seed = _plain((SEEDS / meta["seed"]).read_text(encoding="utf-8"))
    for task in _user_tasks(diagram):
        quote, source = str(task.get(f"{HJUL}quote")), str(task.get(f"{HJUL}source"))
        law = source.startswith("lag (2023:196) ")
        text = LAW[int(source.split()[-2])] if law else seed
        assert _plain(quote) in text, task.get("id")
        if not law:
            assert _plain(source.partition("avsnittet ")[2]) in seed, source


def test_every_user_task_says_what_to_do_why_and_with_which_form(diagram, forms):
    for task in _user_tasks(diagram):
        assert task.get("name")
        assert task.get(f"{HJUL}form") in forms
        documentation = task.find(f"{BPMN}documentation")
        assert documentation is not None, task.get("id")
        assert documentation.text, task.get("id")
        assert task.get(f"{HJUL}quote"), task.get("id")
        assert task.get(f"{HJUL}source"), task.get("id")


def test_every_form_is_used(diagram, forms):
    assert {task.get(f"{HJUL}form") for task in _user_tasks(diagram)} == set(forms)


def test_every_form_is_json_schema(forms):
    for form in forms.values():
        Draft202012Validator.check_schema(form)
        assert form["type"] == "object"
        assert form["additionalProperties"] is False
        assert set(form["required"]) <= set(form["properties"])


def test_every_question_is_put_in_swedish_and_english(forms):
    for name, form in forms.items():
        asked = [("", form), *_fields(form)]
        assert [at for at, field in asked if not (field.get("title") and field.get("x-title-en"))] == [], name
        assert [at for at, field in asked if ("description" in field) != ("x-description-en" in field)] == [], name
        helped = [form, *form["properties"].values()]
        assert [field["title"] for field in helped if "description" not in field] == [], name


def test_every_choice_has_words_in_both_languages(forms):
    for form in forms.values():
        for at, field in _fields(form):
            holder = field if "enum" in field else field.get("items", {})
            if "enum" not in holder:
                continue
            words = field.get("x-options") or holder["x-options"]
            assert list(words) == holder["enum"], at
            assert all(set(word) == {"sv", "en"} and all(word.values()) for word in words.values()), at


def test_every_text_and_list_has_a_limit(forms):
    for name, form in forms.items():
        for at, field in _fields(form):
            texts = [field, field.get("items", {})]
            for text in texts:
                if text.get("type") == "string" and not {"enum", "format"} & set(text):
                    assert 0 < text["maxLength"] <= MAX_TEXT, (name, at)
            if field["type"] == "array":
                assert 0 < field["maxItems"] <= MAX_ROWS, (name, at)


def test_an_obligatory_list_that_nothing_fills_has_at_least_one_row(forms):
    for name, form in forms.items():
        for field in (form["properties"][required] for required in form["required"]):
            # What the register lists may be empty the first year; so may what has not happened.
            if field["type"] == "array" and "x-source" not in field and "är listan tom" not in field["description"]:
                assert field.get("minItems", 0) >= 1, (name, field["title"])


def test_an_obligatory_yes_or_no_is_a_question_and_not_a_tick(forms):
    for name, form in forms.items():
        for required in form["required"]:
            field = form["properties"][required]
            if field["type"] == "boolean":
                assert field["x-widget"] == "yesno", (name, required)


def test_every_flow_node_has_a_shape_and_every_flow_an_edge(diagram):
    drawn = set(_shapes(diagram)) | {str(e.get("bpmnElement")) for e in diagram.iter(f"{BPMNDI}BPMNEdge")}
    of_process = [*_nodes(diagram), *diagram.iter(f"{BPMN}sequenceFlow", f"{BPMN}lane", f"{BPMN}participant")]
    assert {element.get("id") for element in of_process} == drawn


def test_no_two_shapes_lie_on_each_other(diagram):
    holders = {"subProcess", "lane", "participant"}
    # A boundary event is drawn on the edge of what it belongs to.
    apart = {str(n.get("id")) for n in _nodes(diagram) if _local(n) not in holders | {"boundaryEvent"}}
    shapes = {element: bounds for element, bounds in _shapes(diagram).items() if element in apart}
    for (one, (x1, y1, w1, h1)), (other, (x2, y2, w2, h2)) in combinations(shapes.items(), 2):
        beside = x1 + w1 <= x2 or x2 + w2 <= x1 or y1 + h1 <= y2 or y2 + h2 <= y1
        assert beside, (one, other)


def test_every_line_runs_straight_and_around_the_shapes(diagram):
    boxes = {str(n.get("id")) for n in _nodes(diagram) if _local(n) != "subProcess"}
    shapes = {element: bounds for element, bounds in _shapes(diagram).items() if element in boxes}
    for edge in diagram.iter(f"{BPMNDI}BPMNEdge"):
        points = [(float(p.attrib["x"]), float(p.attrib["y"])) for p in edge.iter(f"{DI}waypoint")]
        assert len(points) >= 2
        for (ax, ay), (bx, by) in pairwise(points):
            assert ax == bx or ay == by, edge.get("id")
            for element, (x, y, width, height) in shapes.items():
                across = min(ax, bx) < x + width and max(ax, bx) > x and min(ay, by) < y + height and max(ay, by) > y
                assert not across, (edge.get("id"), element)


def test_what_can_be_named_by_the_eye_has_a_place_for_its_name(diagram):
    labelled = {
        str(shape.get("bpmnElement"))
        for shape in diagram.iter(f"{BPMNDI}BPMNShape", f"{BPMNDI}BPMNEdge")
        if shape.find(f"{BPMNDI}BPMNLabel") is not None
    }
    outside = [n for n in _nodes(diagram) if "Event" in _local(n) or "Gateway" in _local(n)]
    named = {str(e.get("id")) for e in [*outside, *diagram.iter(f"{BPMN}sequenceFlow")] if e.get("name")}
    assert named == labelled


def test_every_event_and_every_exclusive_split_has_a_name(diagram):
    for node in _nodes(diagram):
        split = _local(node) == "exclusiveGateway" and len(node.findall(f"{BPMN}outgoing")) > 1
        if "Event" in _local(node) or split:
            assert node.get("name"), node.get("id")


def test_every_lane_has_a_role_and_every_node_of_the_process_a_lane(diagram):
    lanes = list(diagram.iter(f"{BPMN}lane"))
    assert [lane.get("id") for lane in lanes if not (lane.get(f"{HJUL}role") and lane.get("name"))] == []
    held = [str(ref.text) for lane in lanes for ref in lane.findall(f"{BPMN}flowNodeRef")]
    (process,) = diagram.findall(f"{BPMN}process")
    assert Counter(held) == Counter(str(node.get("id")) for node in process if _local(node) in FLOW_NODES)


def test_a_task_in_a_sub_process_names_its_own_role(diagram):
    for sub_process in diagram.iter(f"{BPMN}subProcess"):
        for task in sub_process.iter(f"{BPMN}userTask"):
            assert task.get(f"{HJUL}role"), task.get("id")


def test_every_step_has_its_place_on_the_wheel(diagram):
    for node in _nodes(diagram):
        if _local(node).endswith("Gateway") and not node.get("name"):
            continue
        if _local(node) == "parallelGateway":
            continue
        assert node.get(f"{HJUL}sara") in {"S", "A", "R", "As"}, node.get("id")
        assert node.get(f"{HJUL}pdca") in {"P", "D", "C", "A"}, node.get("id")


def test_no_two_elements_have_the_same_id(diagram):
    ids = Counter(str(element.get("id")) for element in diagram.iter() if element.get("id"))
    assert [identity for identity, times in ids.items() if times > 1] == []
    assert {"Start", "End", "Root"} & set(ids) == set()
    assert all(identity.isascii() for identity in ids)


def test_every_exclusive_split_has_conditions_and_one_default(diagram):
    flows = {str(flow.get("id")): flow for flow in diagram.iter(f"{BPMN}sequenceFlow")}
    for gateway in diagram.iter(f"{BPMN}exclusiveGateway"):
        out = [str(o.text) for o in gateway.findall(f"{BPMN}outgoing")]
        if len(out) == 1:
            continue
        unconditional = [f for f in out if flows[f].find(f"{BPMN}conditionExpression") is None]
        assert unconditional == [gateway.get("default")], gateway.get("id")
        assert all(flows[f].get("name") for f in out), gateway.get("id")


def test_every_name_a_diagram_reads_is_written_by_something_in_it(diagram, forms):
    written = STANDING | set(_written(diagram, forms))
    read: set[str] = set()
    for text in _expressions(diagram):
        read |= compile_expression(text).names
    for script in diagram.iter(f"{BPMN}script"):
        for _name, expression in parse_script(str(script.text)):
            read |= expression.names
    assert read - written == set()


def _expressions(diagram: etree._Element) -> Iterator[str]:
    for element in diagram.iter(f"{BPMN}conditionExpression"):
        yield str(element.text)
    for element in diagram.iter(f"{HJUL}parameter"):
        yield str(element.get("value"))
    for element in diagram.iter():
        for attribute in ("collection", "correlation"):
            if text := element.get(f"{HJUL}{attribute}"):
                yield str(text)


def _written(diagram: etree._Element, forms: dict[str, dict[str, Any]]) -> Iterator[str]:
    for form in forms.values():
        for name, field in form["properties"].items():
            dated = field.get("format") in {"date", "date-time"}
            scalar = field["type"] in {"boolean", "number", "integer"} or "enum" in field or dated
            if scalar or field.get("x-variable"):
                yield name
    for script in diagram.iter(f"{BPMN}script"):
        yield from (name for name, _expression in parse_script(str(script.text)))
    for task in _user_tasks(diagram):
        if task.get(f"{HJUL}expire"):
            yield f"{task.get('id')}_outcome"
    for result in diagram.iter(f"{HJUL}result"):
        yield str(result.get("name"))
    for loop in diagram.iter(f"{BPMN}multiInstanceLoopCharacteristics"):
        yield from (str(loop.get(f"{HJUL}{name}")) for name in ("item", "collect") if loop.get(f"{HJUL}{name}"))
