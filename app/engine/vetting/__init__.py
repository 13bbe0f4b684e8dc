"""What a diagram must be before it may run: one function per rule, one module per family.

`judge` answers for any bytes whatever: a verdict with problems, and the lowered program when there is nothing against
it. The command line, the REST route and the deployment all use it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine.diagrams import Diagram, Process
from app.engine.lowering import lower
from app.engine.problems import Problem
from app.engine.programs import Program
from app.engine.reading import read_diagram
from app.engine.vetting import own_names, references, structure, subset, words
from app.engine.vetting.surroundings import Surroundings
from app.engine.xml_trees import DocumentUnreadable


@dataclass(frozen=True)
class Verdict:
    """What was found. `accepted`: no error. `executable`: it can be deployed as it is."""

    problems: tuple[Problem, ...]
    executable: bool
    program: Program | None = None
    forms_used: Mapping[str, str] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """No problem of severity error."""
        return all(p.severity != "error" for p in self.problems)


RULES = (*structure.RULES, *subset.RULES, *words.RULES, *references.RULES, *own_names.RULES)


def judge(raw: bytes, surroundings: Surroundings) -> Verdict:
    """Judge the bytes of a diagram. Never raises on account of what the bytes are."""
    try:
        diagram = read_diagram(raw)
    except DocumentUnreadable as unreadable:
        return Verdict((unreadable.problem,), executable=False)
    problems = [problem for rule in RULES for problem in rule(diagram, surroundings)]
    problems.sort(key=lambda p: (p.line or 0, p.rule, p.element or ""))
    if any(p.severity == "error" for p in problems):
        return Verdict(tuple(problems), executable=False)
    process = _executable(diagram)
    if process is None:
        return Verdict(tuple(problems), executable=False)
    return Verdict(
        tuple(problems),
        executable=True,
        program=lower(diagram, process, surroundings.decisions or {}),
        forms_used={n.id: n.hjul["form"] for n in process.nodes.values() if n.hjul.get("form")},
    )


def _executable(diagram: Diagram) -> Process | None:
    return next((p for p in diagram.processes if p.executable != "false" and p.nodes), None)


__all__ = ["RULES", "Surroundings", "Verdict", "judge"]
