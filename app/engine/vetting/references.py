"""Everything a diagram names exists: roles, forms, actions and their parameters, called processes, messages."""

from collections.abc import Iterator

from app.engine.diagrams import Diagram, FlowNode, Process
from app.engine.expressions import is_plain_name
from app.engine.problems import Problem, error, warning
from app.engine.vetting.surroundings import Rule, Surroundings


def roles(diagram: Diagram, surroundings: Surroundings) -> Iterator[Problem]:
    """The candidate role of every user task exists; without one the task goes to the coordinator."""
    for process, node in diagram.placed_nodes():
        decider = node.hjul.get("decider")
        named = [node.hjul.get("role"), node.hjul.get("coRole"), decider if is_plain_name(decider or "") else None]
        for role in named:
            if role and role not in surroundings.roles:
                yield _at(node, "reference.role", f"Rollen ”{role}” finns inte.", f"There is no role '{role}'.")
        if node.tag in {"userTask", "manualTask"} and process.role_of(node) is None:
            yield warning("reference.no-role", "Uppgiften saknar roll och går till samordnaren.",
                          "The task has no role and goes to the coordinator.",
                          element=node.id, line=node.line)  # fmt: skip
    for process in diagram.processes:
        for lane in process.lanes:
            if lane.role and lane.role not in surroundings.roles:
                yield error("reference.role", f"Rollen ”{lane.role}” finns inte.", f"There is no role '{lane.role}'.",
                            element=lane.id, line=lane.line)  # fmt: skip


def forms(diagram: Diagram, surroundings: Surroundings) -> Iterator[Problem]:
    """Every form that a task names lies in the folder."""
    if surroundings.forms is None:
        return
    for _process, node in diagram.placed_nodes():
        form = node.hjul.get("form")
        if form and form not in surroundings.forms:
            yield _at(node, "reference.form", f"Formuläret forms/{form}.json finns inte.",
                      f"There is no form forms/{form}.json.")  # fmt: skip


def decisions(diagram: Diagram, surroundings: Surroundings) -> Iterator[Problem]:
    """Every decision table that a business rule task names lies in the folder."""
    if surroundings.decisions is None:
        return
    for _process, node in diagram.placed_nodes():
        decision = node.hjul.get("decision")
        if decision and decision not in surroundings.decisions:
            yield _at(node, "reference.decision", f"Beslutstabellen ”{decision}” finns inte.",
                      f"There is no decision table '{decision}'.")  # fmt: skip


def actions(diagram: Diagram, surroundings: Surroundings) -> Iterator[Problem]:
    """Every action is registered, gets the parameters it needs and no others."""
    for _process, node in diagram.placed_nodes():
        name = node.hjul.get("action")
        if not name or node.tag != "serviceTask":
            continue
        signature = surroundings.actions.get(name)
        if signature is None:
            known = ", ".join(sorted(surroundings.actions)) or "–"
            yield _at(node, "reference.action", f"Åtgärden ”{name}” finns inte. Finns: {known}.",
                      f"There is no action '{name}'. There are: {known}.")  # fmt: skip
            continue
        given = {parameter for parameter, _text in node.parameters}
        for missing in sorted(signature.required - given):
            yield _at(node, "reference.parameter", f"Åtgärden ”{name}” behöver parametern ”{missing}”.",
                      f"The action '{name}' needs the parameter '{missing}'.")  # fmt: skip
        for extra in sorted(given - signature.required - signature.optional):
            yield _at(node, "reference.parameter", f"Åtgärden ”{name}” har ingen parameter ”{extra}”.",
                      f"The action '{name}' has no parameter '{extra}'.")  # fmt: skip


def called_processes(diagram: Diagram, surroundings: Surroundings) -> Iterator[Problem]:
    """A call activity calls a process that exists, and no chain of calls comes back to where it began."""
    for process, node in diagram.placed_nodes():
        if node.tag != "callActivity":
            continue
        called = node.attributes.get("calledElement", "")
        if not called:
            yield _at(node, "reference.called", "Anropet anger ingen process (calledElement).",
                      "The call names no process (calledElement).")  # fmt: skip
        elif called == process.id:
            yield _at(node, "reference.recursion", "Processen anropar sig själv.", "The process calls itself.")
        elif surroundings.calls is not None:
            yield from _called(process, node, called, surroundings)


def _called(process: Process, node: FlowNode, called: str, surroundings: Surroundings) -> Iterator[Problem]:
    calls = surroundings.calls or {}
    if called not in calls:
        yield _at(node, "reference.called", f"Processen ”{called}” finns inte.", f"There is no process '{called}'.")
        return
    seen: set[str] = set()
    queue = [called]
    while queue:
        at = queue.pop()
        if at == process.id:
            yield _at(node, "reference.recursion", f"Anropet av ”{called}” leder tillbaka till processen själv.",
                      f"The call of '{called}' leads back to the process itself.")  # fmt: skip
            return
        if at not in seen:
            seen.add(at)
            queue += calls.get(at, frozenset())


def messages(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """A message or signal event names a message or signal with a name."""
    for _process, node in diagram.placed_nodes():
        for event in node.events:
            known = {"message": diagram.messages, "signal": diagram.signals}.get(event.kind)
            if known is not None and not known.get(event.reference or ""):
                yield error("reference.message", "Händelsen anger inget meddelande eller ingen signal med namn.",
                            "The event names no message or signal that has a name.",
                            element=node.id, line=event.line)  # fmt: skip


def lanes(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """What a lane says it holds exists, once."""
    for process in diagram.processes:
        held: dict[str, str] = {}
        for lane in process.lanes:
            for node_id in lane.nodes:
                if node_id not in process.nodes:
                    yield error("reference.lane", f"Banan hänvisar till ”{node_id}” som inte finns.",
                                f"The lane refers to '{node_id}', which does not exist.",
                                element=lane.id, line=lane.line)  # fmt: skip
                elif node_id in held and lane.role:
                    yield error("reference.lane", f"”{node_id}” ligger i två banor.", f"'{node_id}' lies in two lanes.",
                                element=lane.id, line=lane.line)  # fmt: skip
                if lane.role:
                    held[node_id] = lane.id


def participants(diagram: Diagram, _: Surroundings) -> Iterator[Problem]:
    """A pool shows a process that is in the file."""
    keys = {process.id for process in diagram.processes}
    for _kind, reference, line in diagram.references:
        if reference.split(":")[-1] not in keys:
            yield error("reference.participant", f"Poolen visar processen ”{reference}” som inte finns i filen.",
                        f"The pool shows the process '{reference}', which is not in the file.", line=line)  # fmt: skip


def _at(node: FlowNode, rule: str, sv: str, en: str) -> Problem:
    return error(rule, sv, en, element=node.id, line=node.line)


RULES: tuple[Rule, ...] = (roles, forms, decisions, actions, called_processes, messages, lanes, participants)
