"""Bytes in, a `Diagram` out, or the reason why not. Any bytes at all get an answer."""

from collections.abc import Iterator, Mapping

from lxml import etree

from app.engine.diagrams import (
    BPMN,
    BPMNDI,
    HJUL,
    Diagram,
    EventDefinition,
    FlowNode,
    Lane,
    Loop,
    OddElement,
    Process,
    SequenceFlow,
)
from app.engine.problems import Problem, error

MAX_BYTES = 5_000_000
MAX_DEPTH = 60
MAX_ELEMENTS = 20_000

FLOW_NODES = frozenset(
    {
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
        "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask",
        "businessRuleTask", "callActivity", "subProcess", "transaction", "adHocSubProcess",
        "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway",
        "subChoreography", "choreographyTask", "callChoreography",
    }
)  # fmt: skip
SCOPES = frozenset({"process", "subProcess", "transaction", "adHocSubProcess"})
_CONTAINED = frozenset(
    {
        "incoming", "outgoing", "documentation", "extensionElements", "ioSpecification", "dataInputAssociation",
        "dataOutputAssociation", "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "script",
        "laneSet", "sequenceFlow", "dataObject", "dataObjectReference", "dataStoreReference", "textAnnotation",
        "association", "group", "property", "category", "auditing", "monitoring", "rendering", "potentialOwner",
        "humanPerformer", "performer", "resourceRole", "artifact", "completionCondition", "supports",
        "eventDefinitionRef", "dataInput", "dataOutput", "inputSet", "outputSet", "ioBinding",
        "correlationSubscription", "conditionExpression",
    }
)  # fmt: skip
_TOP = frozenset(
    {
        "process", "collaboration", "message", "signal", "error", "escalation", "itemDefinition", "dataStore",
        "category", "import", "extension", "documentation", "extensionElements", "interface", "resource",
        "correlationProperty", "choreography", "globalTask", "globalUserTask", "globalScriptTask",
        "globalManualTask", "globalBusinessRuleTask", "globalConversation", "relationship", "textAnnotation",
    }
)  # fmt: skip


class DiagramUnreadable(ValueError):
    """The bytes are not a diagram; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.en)
        self.problem = problem


def read_diagram(raw: bytes) -> Diagram:
    """Read BPMN XML. Entities are never expanded, nothing is fetched, size and depth are bounded.

    Raises DiagramUnreadable for anything that is not a `<bpmn:definitions>` document.
    """
    root = _parse(raw)
    _check_shape(root)
    processes = tuple(_process(element) for element in root if _tag(element) == (BPMN, "process"))
    ids, missing = _ids(root)
    return Diagram(
        processes=processes,
        messages=_names(root, "message"),
        signals=_names(root, "signal"),
        ids=ids,
        missing_ids=missing,
        odd=tuple(_odd(root)),
        drawn=frozenset(
            str(e.get("bpmnElement"))
            for e in root.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge")
            if e.get("bpmnElement")
        ),
        references=tuple(_participant_references(root)),
        conditional_without_body=(),
    )


def _parse(raw: bytes) -> etree._Element:
    if len(raw) > MAX_BYTES:
        raise DiagramUnreadable(
            error(
                "xml.size",
                f"Filen är större än {MAX_BYTES // 1_000_000} MB.",
                f"The file is larger than {MAX_BYTES // 1_000_000} MB.",
            )
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as fault:
        # The parser's words are English and technical; the line is what helps.
        line = getattr(fault, "lineno", None)
        where_sv, where_en = (f" på rad {line}", f" at line {line}") if line else ("", "")
        raise DiagramUnreadable(
            error(
                "xml.well-formed",
                f"Filen är inte välformad XML{where_sv}.",
                f"The file is not well-formed XML{where_en}.",
                line=line or None,
            )
        ) from fault
    if root.getroottree().docinfo.doctype or b"<!ENTITY" in raw[:10_000]:
        raise DiagramUnreadable(
            error(
                "xml.doctype",
                "Filen har en DOCTYPE. Ta bort den: den kan dölja annat innehåll.",
                "The file has a DOCTYPE. Remove it: it can hide other content.",
                line=1,
            )
        )
    return root


def _check_shape(root: etree._Element) -> None:
    if _tag(root) != (BPMN, "definitions"):
        raise DiagramUnreadable(
            error(
                "xml.definitions",
                "Filen är inte ett BPMN 2.0-diagram: rotelementet ska vara bpmn:definitions.",
                "The file is not a BPMN 2.0 diagram: its root element must be bpmn:definitions.",
                line=_line(root),
            )
        )
    count = 0
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
        count += len(level)
        if not level:
            return
        if count > MAX_ELEMENTS:
            break
    raise DiagramUnreadable(
        error(
            "xml.size",
            f"Diagrammet är för stort: högst {MAX_ELEMENTS} element i {MAX_DEPTH} nivåer.",
            f"The diagram is too large: at most {MAX_ELEMENTS} elements in {MAX_DEPTH} levels.",
        )
    )


def _line(element: etree._Element) -> int:
    return int(element.sourceline or 1)


def _tag(element: etree._Element) -> tuple[str, str]:
    if not isinstance(element.tag, str):
        # An unexpanded entity has a function for a tag.
        return "", ""
    name = etree.QName(element)
    return name.namespace or "", name.localname


def _local(element: etree._Element) -> str:
    namespace, local = _tag(element)
    return local if namespace == BPMN else ""


def _text(element: etree._Element | None) -> str | None:
    if element is None:
        return None
    return "".join(str(part) for part in element.itertext()).strip() or None


def _child(element: etree._Element, local: str) -> etree._Element | None:
    return element.find(f"{{{BPMN}}}{local}")


def _hjul(element: etree._Element) -> dict[str, str]:
    prefix = f"{{{HJUL}}}"
    return {str(k)[len(prefix) :]: str(v) for k, v in element.attrib.items() if str(k).startswith(prefix)}


def _plain(element: etree._Element) -> dict[str, str]:
    return {str(k): str(v) for k, v in element.attrib.items() if not str(k).startswith("{")}


def _names(root: etree._Element, local: str) -> Mapping[str, str]:
    return {
        str(e.get("id")): str(e.get("name") or "") for e in root.iter(f"{{{BPMN}}}{local}") if e.get("id") is not None
    }


def _process(element: etree._Element) -> Process:
    nodes: dict[str, FlowNode] = {}
    flows: list[SequenceFlow] = []
    _collect(element, nodes, flows)
    return Process(
        id=str(element.get("id") or ""),
        name=str(element.get("name") or element.get("id") or ""),
        executable=element.get("isExecutable"),
        line=_line(element),
        nodes=nodes,
        flows=tuple(flows),
        lanes=tuple(_lane(lane) for lane in element.iter(f"{{{BPMN}}}lane")),
        documentation=_text(_child(element, "documentation")) or "",
        hjul=_hjul(element),
    )


def _collect(scope: etree._Element, nodes: dict[str, FlowNode], flows: list[SequenceFlow]) -> None:
    scope_id = str(scope.get("id") or "")
    for element in scope:
        local = _local(element)
        if local in FLOW_NODES:
            node = _node(element, local, scope_id)
            nodes.setdefault(node.id, node)
            if local in SCOPES:
                _collect(element, nodes, flows)
        elif local == "sequenceFlow":
            condition = _child(element, "conditionExpression")
            flows.append(
                SequenceFlow(
                    id=str(element.get("id") or ""),
                    source=str(element.get("sourceRef") or ""),
                    target=str(element.get("targetRef") or ""),
                    name=str(element.get("name") or ""),
                    line=_line(element),
                    scope=scope_id,
                    condition=None if condition is None else (_text(condition) or ""),
                )
            )


def _node(element: etree._Element, local: str, scope: str) -> FlowNode:
    extension = _child(element, "extensionElements")
    return FlowNode(
        id=str(element.get("id") or ""),
        tag=local,
        name=" ".join(str(element.get("name") or "").split()),
        line=_line(element),
        scope=scope,
        attributes=_plain(element),
        hjul=_hjul(element),
        documentation=_text(_child(element, "documentation")) or "",
        events=tuple(_events(element)),
        loop=_loop(element),
        parameters=_pairs(extension, "parameter", "value"),
        results=_pairs(extension, "result", "from"),
        script=_text(_child(element, "script")),
    )


def _pairs(extension: etree._Element | None, local: str, value: str) -> tuple[tuple[str, str], ...]:
    if extension is None:
        return ()
    return tuple(
        (str(e.get("name") or ""), str(e.get(value) or e.get("name") or ""))
        for e in extension.iter(f"{{{HJUL}}}{local}")
    )


def _events(element: etree._Element) -> Iterator[EventDefinition]:
    for child in element:
        local = _local(child)
        if not local.endswith("EventDefinition"):
            continue
        kind = local.removesuffix("EventDefinition")
        timer = next((t for t in child if _local(t) in {"timeDate", "timeDuration", "timeCycle"}), None)
        condition = _child(child, "condition")
        yield EventDefinition(
            kind=kind,
            line=_line(child),
            reference=child.get(f"{kind}Ref") or child.get("name"),
            text=_text(timer) if timer is not None else _text(condition),
            timer=None if timer is None else _local(timer),
        )
    if element.get("messageRef"):
        # Send and receive tasks name their message directly.
        yield EventDefinition("message", _line(element), reference=element.get("messageRef"))


def _loop(element: etree._Element) -> Loop | None:
    many = _child(element, "multiInstanceLoopCharacteristics")
    if many is not None:
        hjul = _hjul(many)
        return Loop(
            kind="sequential" if many.get("isSequential") == "true" else "parallel",
            line=_line(many),
            collection=hjul.get("collection"),
            item=hjul.get("item"),
            collect=hjul.get("collect"),
            cardinality=_text(_child(many, "loopCardinality")),
            completion=_text(_child(many, "completionCondition")),
            standard_data=_child(many, "loopDataInputRef") is not None,
        )
    again = _child(element, "standardLoopCharacteristics")
    if again is not None:
        return Loop(
            kind="standard",
            line=_line(again),
            condition=_text(_child(again, "loopCondition")),
            test_before=again.get("testBefore") == "true",
            maximum=again.get("loopMaximum"),
        )
    return None


def _lane(element: etree._Element) -> Lane:
    return Lane(
        id=str(element.get("id") or ""),
        name=str(element.get("name") or ""),
        role=element.get(f"{{{HJUL}}}role"),
        line=_line(element),
        nodes=frozenset(str(_text(ref)) for ref in element.findall(f"{{{BPMN}}}flowNodeRef") if _text(ref)),
    )


def _ids(root: etree._Element) -> tuple[tuple[tuple[str, int], ...], tuple[OddElement, ...]]:
    ids: list[tuple[str, int]] = []
    missing: list[OddElement] = []
    for element in root.iter():
        if (identity := element.get("id")) is not None and _tag(element)[0]:
            ids.append((str(identity), _line(element)))
        elif _local(element) in FLOW_NODES | {"process", "sequenceFlow", "lane"}:
            missing.append(OddElement(_local(element), None, _line(element), BPMN))
    return tuple(ids), tuple(missing)


def _odd(root: etree._Element) -> Iterator[OddElement]:
    for element in root:
        namespace, local = _tag(element)
        if (namespace == BPMN and local not in _TOP) or local == "choreography":
            yield OddElement(local, element.get("id"), _line(element), namespace)
    for scope in root.iter(*(f"{{{BPMN}}}{s}" for s in SCOPES)):
        for element in scope:
            namespace, local = _tag(element)
            if namespace == BPMN and local not in FLOW_NODES | _CONTAINED:
                yield OddElement(local, element.get("id"), _line(element), namespace)


def _participant_references(root: etree._Element) -> Iterator[tuple[str, str, int]]:
    for participant in root.iter(f"{{{BPMN}}}participant"):
        if reference := participant.get("processRef"):
            yield "participant", str(reference), _line(participant)
