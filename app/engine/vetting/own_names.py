"""What is written in our own namespace is known where it stands: a misspelt attribute would be left out in silence."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import islice

from app.engine.diagrams import HJUL, Diagram, OwnName
from app.engine.problems import Problem, warning
from app.engine.reading import FLOW_NODES
from app.engine.vetting.surroundings import Rule, Surroundings

MAX_TOLD = 50
"""Warnings of this kind in one file: whoever misspells more has misunderstood one thing, not fifty."""

_TASK = frozenset(
    {
        "form", "role", "coRole", "within", "decider", "due", "followUp", "priority", "expire", "expireOutcome",
        "reminders",
        "quote", "source",
    }
)  # fmt: skip
_EVENTS = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "intermediateThrowEvent", "endEvent")
_OWN: Mapping[str, frozenset[str]] = {
    "userTask": _TASK,
    "manualTask": _TASK,
    "serviceTask": frozenset({"action"}),
    "businessRuleTask": frozenset({"decision"}),
    "callActivity": frozenset({"anchor"}),
    **{tag: frozenset({"correlation"}) for tag in (*_EVENTS, "receiveTask", "sendTask")},
    "startEvent": frozenset({"correlation", "startRole"}),
}
ATTRIBUTES: Mapping[str, frozenset[str]] = {
    **{tag: _OWN.get(tag, frozenset()) | {"sara", "pdca"} for tag in FLOW_NODES},
    "lane": frozenset({"role"}),
    "multiInstanceLoopCharacteristics": frozenset({"collection", "item", "collect"}),
    "hjul:parameter": frozenset({"id", "name", "value"}),
    "hjul:result": frozenset({"id", "name", "from"}),
}
"""The attributes of ours that mean something, by what they stand on."""

_THROWS = ("intermediateThrowEvent", "endEvent", "sendTask")
_CATCHES = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
ELEMENTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_THROWS, frozenset({"parameter"})),
    **dict.fromkeys((*_CATCHES, "businessRuleTask"), frozenset({"result"})),
    **dict.fromkeys(("serviceTask", "callActivity"), frozenset({"parameter", "result"})),
}
"""The elements of ours that mean something, by what they extend."""


def own_names(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """Every attribute and element of ours is one that exists, on something where it means anything."""
    yield from islice((p for name in diagram.own_names if (p := _judge(name)) is not None), MAX_TOLD)


def _judge(found: OwnName) -> Problem | None:
    if found.kind == "namespace":
        return warning(
            "hjul.namespace",
            f"Namnrymden ”{found.name[:100]}” läses inte: vår heter ”{HJUL}”.",
            f"The namespace '{found.name[:100]}' is not read: ours is '{HJUL}'.",
            element=found.element, line=found.line,
        )  # fmt: skip
    known = ATTRIBUTES if found.kind == "attribute" else ELEMENTS
    if found.name in known.get(found.on, ()):
        return None
    rule = "hjul.attribute" if found.kind == "attribute" else "hjul.element"
    shown = found.name[:60] if found.on.startswith("hjul:") else f"hjul:{found.name[:60]}"
    sv, en = _advice(found, known)
    return warning(
        rule,
        f"”{shown}” betyder ingenting {'på ' + found.on if found.on else 'här'}. {sv}",
        f"'{shown}' means nothing {'on ' + found.on if found.on else 'here'}. {en}",
        element=found.element, line=found.line,
    )  # fmt: skip


def _advice(found: OwnName, known: Mapping[str, frozenset[str]]) -> tuple[str, str]:
    """What was meant: where the name does mean something, else a name like it, else the names there are."""
    if elsewhere := sorted(tag for tag, names in known.items() if found.name in names):
        place = ("", "") if found.kind == "attribute" else ("i extensionElements ", "in the extensionElements of ")
        if len(elsewhere) >= len(FLOW_NODES):
            return "Det hör hemma på ett steg.", "It belongs on a step."
        where = ", ".join(elsewhere)
        return f"Det hör hemma {place[0]}på {where}.", f"It belongs {place[1] or 'on '}{where}."
    here = {name.lower(): name for name in known.get(found.on, ())}
    if near := get_close_matches(found.name[:60].lower(), here, 1):
        return f"Menar du ”{here[near[0]]}”?", f"Did you mean '{here[near[0]]}'?"
    names = ", ".join(sorted(here.values()))
    return (f"Där finns: {names}.", f"There are: {names}.") if names else ("Ta bort det.", "Remove it.")


RULES: tuple[Rule, ...] = (own_names,)
