"""Bytes in, a `Diagram` out, or the reason why not. Any bytes at all get an answer."""

from collections.abc import Iterator, Mapping

from lxml import etree

from app.engine.diagrams import (
    BPMN,
    BPMNDI,
    HJUL,
    HJUL_FAMILY,
    Diagram,
    EventDefinition,
    FlowNode,
    Lane,
    Loop,
    OddElement,
    OwnName,
    Process,
    SequenceFlow,
)
from app.engine.problems import error
from app.engine.xml_trees import DocumentUnreadable, line_of, name_of, parse, text_of

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

# XML Schema writes a boolean as true, false, 1 or 0.
_BOOLEANS = frozenset({"cancelActivity", "triggeredByEvent", "isForCompensation", "instantiate"})


def read_diagram(raw: bytes) -> Diagram:
    """Read BPMN XML, within the bounds of `xml_trees`.

    Raises DocumentUnreadable for anything that is not a `<bpmn:definitions>` document.
    """
    root = parse(raw)
    if name_of(root) != (BPMN, "definitions"):
        raise DocumentUnreadable(
            error(
                "xml.definitions",
                "Filen är inte ett BPMN 2.0-diagram: rotelementet ska vara bpmn:definitions.",
                "The file is not a BPMN 2.0 diagram: its root element must be bpmn:definitions.",
                line=line_of(root),
            )
        )
    processes = tuple(_process(element) for element in root if name_of(element) == (BPMN, "process"))
    ids, missing = _ids(root)
    return Diagram(
        processes=processes,
        messages=_names(root, "message"),
        signals=_names(root, "signal"),
        ids=ids,
        missing_ids=missing,
        odd=tuple(_odd(root)),
        drawn=_drawn(root),
        references=tuple(_participant_references(root)),
        own_names=tuple(_own_names(root)),
    )


def _local(element: etree._Element) -> str:
    namespace, local = name_of(element)
    return local if namespace == BPMN else ""


def _child(element: etree._Element, local: str) -> etree._Element | None:
    return element.find(f"{{{BPMN}}}{local}")


def _hjul(element: etree._Element) -> dict[str, str]:
    prefix = f"{{{HJUL}}}"
    return {str(k)[len(prefix) :]: str(v) for k, v in element.attrib.items() if str(k).startswith(prefix)}


def _plain(element: etree._Element) -> dict[str, str]:
    plain = {str(k): str(v) for k, v in element.attrib.items() if not str(k).startswith("{")}
    return {**plain, **{name: str(_boolean(plain[name])) for name in _BOOLEANS & plain.keys()}}


def _boolean(value: str | None) -> str | None:
    return {"1": "true", "0": "false"}.get(value or "", value)


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
        executable=_boolean(element.get("isExecutable")),
        line=line_of(element),
        nodes=nodes,
        flows=tuple(flows),
        lanes=tuple(_lane(lane) for lane in element.iter(f"{{{BPMN}}}lane")),
        documentation=text_of(_child(element, "documentation")) or "",
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
                    line=line_of(element),
                    scope=scope_id,
                    condition=None if condition is None else (text_of(condition) or ""),
                )
            )


def _node(element: etree._Element, local: str, scope: str) -> FlowNode:
    extension = _child(element, "extensionElements")
    return FlowNode(
        id=str(element.get("id") or ""),
        tag=local,
        name=" ".join(str(element.get("name") or "").split()),
        line=line_of(element),
        scope=scope,
        attributes=_plain(element),
        hjul=_hjul(element),
        documentation=text_of(_child(element, "documentation")) or "",
        events=tuple(_events(element)),
        loop=_loop(element),
        parameters=_pairs(extension, "parameter", "value"),
        results=_pairs(extension, "result", "from"),
        script=text_of(_child(element, "script")),
    )


def _pairs(extension: etree._Element | None, local: str, value: str) -> tuple[tuple[str, str], ...]:
    if extension is None:
        return ()
    return tuple(
        (str(e.get("name") or ""), str(e.get(value) or e.get("name") or ""))
        for e in extension.findall(f"{{{HJUL}}}{local}")
    )


def _events(element: etree._Element) -> Iterator[EventDefinition]:
    for child in element:
        local = _local(child)
        if local == "eventDefinitionRef":
            # A definition shared between events: passed on as a kind of its own, which nothing runs.
            yield EventDefinition(local, line_of(child), reference=text_of(child))
        if not local.endswith("EventDefinition"):
            continue
        kind = local.removesuffix("EventDefinition")
        timer = next((t for t in child if _local(t) in {"timeDate", "timeDuration", "timeCycle"}), None)
        condition = _child(child, "condition")
        yield EventDefinition(
            kind=kind,
            line=line_of(child),
            reference=child.get(f"{kind}Ref") or child.get("name"),
            text=text_of(timer) if timer is not None else text_of(condition),
            timer=None if timer is None else _local(timer),
        )
    if element.get("messageRef"):
        # Send and receive tasks name their message directly.
        yield EventDefinition("message", line_of(element), reference=element.get("messageRef"))


def _loop(element: etree._Element) -> Loop | None:
    many = _child(element, "multiInstanceLoopCharacteristics")
    if many is not None:
        hjul = _hjul(many)
        return Loop(
            kind="sequential" if _boolean(many.get("isSequential")) == "true" else "parallel",
            line=line_of(many),
            collection=hjul.get("collection"),
            item=hjul.get("item"),
            collect=hjul.get("collect"),
            cardinality=text_of(_child(many, "loopCardinality")),
            completion=text_of(_child(many, "completionCondition")),
            standard_data=_child(many, "loopDataInputRef") is not None,
            behavior=many.get("behavior") or "All",
        )
    again = _child(element, "standardLoopCharacteristics")
    if again is not None:
        return Loop(
            kind="standard",
            line=line_of(again),
            condition=text_of(_child(again, "loopCondition")),
            test_before=_boolean(again.get("testBefore")) == "true",
            maximum=again.get("loopMaximum"),
        )
    return None


def _lane(element: etree._Element) -> Lane:
    return Lane(
        id=str(element.get("id") or ""),
        name=str(element.get("name") or ""),
        role=element.get(f"{{{HJUL}}}role"),
        line=line_of(element),
        nodes=frozenset(str(text_of(ref)) for ref in element.findall(f"{{{BPMN}}}flowNodeRef") if text_of(ref)),
    )


def _ids(root: etree._Element) -> tuple[tuple[tuple[str, int], ...], tuple[OddElement, ...]]:
    ids: list[tuple[str, int]] = []
    missing: list[OddElement] = []
    for element in root.iter():
        if (identity := element.get("id")) and name_of(element)[0]:
            ids.append((str(identity), line_of(element)))
        elif _local(element) in FLOW_NODES | {"process", "sequenceFlow", "lane"}:
            missing.append(OddElement(_local(element), None, line_of(element), BPMN))
    return tuple(ids), tuple(missing)


def _odd(root: etree._Element) -> Iterator[OddElement]:
    for element in root:
        namespace, local = name_of(element)
        if (namespace == BPMN and local not in _TOP) or local == "choreography":
            yield OddElement(local, element.get("id"), line_of(element), namespace)
    for scope in root.iter(*(f"{{{BPMN}}}{s}" for s in SCOPES)):
        for element in scope:
            namespace, local = name_of(element)
            if namespace != BPMN or local not in FLOW_NODES | _CONTAINED:
                yield OddElement(local, element.get("id"), line_of(element), namespace)
    for element in root.iter(*(f"{{{BPMN}}}{local}" for local in (*FLOW_NODES, "sequenceFlow"))):
        around = element.getparent()
        # What lies in a task, an event or outside every process would be left out without a word.
        if around is not None and around is not root and _local(around) not in SCOPES:
            yield OddElement(_local(element), element.get("id"), line_of(element), BPMN)


def _drawn(root: etree._Element) -> frozenset[str]:
    """The ids that have a shape or an edge."""
    shapes = root.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge")
    return frozenset(str(e.get("bpmnElement")) for e in shapes if e.get("bpmnElement"))


def _own_names(root: etree._Element) -> Iterator[OwnName]:
    """Everything written in our namespace, or in one that looks like it."""
    for element in root.iter():
        namespace, local = name_of(element)
        line = line_of(element)
        names = [("element", namespace, local, _holder(element))]
        names += [("attribute", *_split(key), element) for key in map(str, element.attrib)]
        for kind, space, name, on in names:
            if space == HJUL or (space == "" and namespace == HJUL):
                # Our own elements' attributes are written without a prefix.
                prefix = "hjul:" if space == namespace == HJUL and kind == "attribute" else ""
                yield OwnName(kind, prefix + name, _tag(on), _nearest_id(element), line)
            elif space.startswith(HJUL_FAMILY):
                yield OwnName("namespace", space, _tag(on), _nearest_id(element), line)


def _holder(element: etree._Element) -> etree._Element | None:
    """What an extension element extends; None when it does not stand directly in `extensionElements`."""
    around = element.getparent()
    return around.getparent() if around is not None and _local(around) == "extensionElements" else None


def _tag(element: etree._Element | None) -> str:
    if element is None:
        return ""
    namespace, local = name_of(element)
    return f"hjul:{local}" if namespace == HJUL else local


def _split(key: str) -> tuple[str, str]:
    namespace, _, local = key.rpartition("}")
    return namespace[1:], local


def _nearest_id(element: etree._Element) -> str | None:
    at: etree._Element | None = element
    while at is not None:
        if (identity := at.get("id")) and name_of(at)[0] == BPMN:
            return str(identity)
        at = at.getparent()
    return None


def _participant_references(root: etree._Element) -> Iterator[tuple[str, str, int]]:
    for participant in root.iter(f"{{{BPMN}}}participant"):
        if reference := participant.get("processRef"):
            yield "participant", str(reference), line_of(participant)
