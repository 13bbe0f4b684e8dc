"""For every rule on our own namespace a diagram that breaks it, and its neighbour that does not."""

from tests.engine.vetting_examples import USER, A, B, Example, after_start, holding, lanes, note

ELSEWHERE = "<userTask xmlns:h='urn:trygghetshjulet:bpmn' h:due='T'"
NAMES = [
    *(
        Example("hjul.attribute", after_start(bad, B, "a -> b"), after_start(good, B, "a -> b"), severity="warning")
        for bad, good in (
            (f"<userTask id='a' {USER} hjul:dew='T'/>", f"<userTask id='a' {USER} hjul:due='T'/>"),
            ("<task id='a' hjul:quote='Den ska'/>", f"<userTask id='a' {USER} hjul:quote='Den ska'/>"),
            ("<exclusiveGateway id='a' hjul:Sara='S'/>", "<exclusiveGateway id='a' hjul:sara='S'/>"),
        )
    ),
    Example("hjul.attribute", lanes("department_rep").replace("hjul:role", "hjul:roll"), lanes("department_rep"),
            "l", "id='l'", severity="warning"),
    Example("hjul.attribute", note(more="<hjul:result id='r' name='x' form='id'/>"),
            note(more="<hjul:result name='x' from='id'/>"), "a", "id='r'", severity="warning"),
    Example("hjul.attribute", note(more="<hjul:result id='r' name='x' hjul:from='id'/>"),
            note(more="<hjul:result name='x'/>"), "a", "id='r'", severity="warning"),
    Example("hjul.element", note(more="<hjul:resultat name='x' id='r'/>"), note(), "a", "id='r'", severity="warning"),
    Example("hjul.element", holding("<extensionElements><hjul:result name='x' id='r'/></extensionElements>"),
            note(), "a", "id='r'", severity="warning"),
    Example("hjul.namespace", after_start(A).replace("<userTask", ELSEWHERE), after_start(A), severity="warning"),
]  # fmt: skip
