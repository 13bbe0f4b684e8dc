"""Small diagrams for the engine's tests, written in one line per element."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from app.domain.meeting_plans import Meeting, MeetingPlan
from app.domain.workdays import WorkdayCalendar
from app.engine import run
from app.engine.facts import Facts
from app.engine.outcomes import Outcome
from app.engine.vetting import Surroundings, Verdict, judge
from app.engine.vetting.surroundings import Signature

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)

SURROUNDINGS = Surroundings(
    actions={"history.note": Signature(required=frozenset({"text"}))},
    roles=frozenset({"security_manager", "department_rep", "crime_prevention_coordinator"}),
)

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:hjul="urn:trygghetshjulet:bpmn:1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'targetNamespace="urn:test">\n'
)


def diagram(body: str, *, key: str = "prov", top: str = "", attributes: str = 'isExecutable="true"') -> bytes:
    """A whole file around the elements of one process. `a -> b` and `a -[cond]-> b` lines become flows."""
    lines = [_flow(line) if "->" in line and not line.lstrip().startswith("<") else line for line in body.splitlines()]
    inner = "\n".join(_prefixed(line) for line in lines)
    return (
        f'{_HEAD}{_prefixed(top)}<bpmn:process id="{key}" name="Prov" {attributes}>\n{inner}\n</bpmn:process>\n'
        "</bpmn:definitions>\n"
    ).encode()


def _flow(line: str) -> str:
    match = re.fullmatch(r"\s*(\w+)\s*-(?:\[(.*)\]-)?>\s*(\w+)\s*", line)
    assert match, line
    source, condition, target = match.groups()
    inner = ""
    if condition:
        escaped = condition.replace("&", "&amp;").replace("<", "&lt;")
        inner = f"<conditionExpression>{escaped}</conditionExpression>"
    return f'<sequenceFlow id="f_{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def _prefixed(line: str) -> str:
    return re.sub(r"<(/?)(?!\w+:|\?|!)(\w)", r"<\1bpmn:\2", line)


def verdict(raw: bytes) -> Verdict:
    return judge(raw, SURROUNDINGS)


def prepare(body: str, **options: str) -> run.Loaded:
    found = verdict(diagram(body, **options))
    assert found.executable, found.problems
    assert found.program is not None
    return run.prepare(found.program.raw)


def facts(**changes: Any) -> Facts:
    plan = MeetingPlan((Meeting("KS", date(2027, 3, 9), date(2027, 2, 9)),))
    given: dict[str, Any] = {
        "today_on": date(2027, 1, 11),
        "calendar": WorkdayCalendar(),
        "plan": plan,
        "year": 2027,
        "anchor_on": date(2027, 2, 26),
    }
    return Facts(**{**given, **changes})


class Walk:
    """An instance driven by element names, saved and loaded between every two commands as the service does."""

    def __init__(self, loaded: run.Loaded, variables: Mapping[str, Any] | None = None, **changes: Any) -> None:
        self.loaded, self.facts = loaded, facts(**changes)
        self.trace: list[str] = []
        self.open: dict[int, Any] = {}
        self.last = run.start(loaded, variables or {}, self.facts, NOW)
        self._note(self.last)

    def _note(self, outcome: Outcome) -> None:
        self.last = outcome
        for closed in outcome.closed:
            self.open.pop(closed.token)
            if closed.how == "cancelled":
                self.trace.append(f"-{closed.element}")
        for opened in outcome.opened:
            self.open[opened.token] = opened
        self.trace += [note.element for note in outcome.notes if note.kind in {"step_passed", "gateway_passed"}]

    def do(self, element: str, result: Mapping[str, Any] | None = None, outcome: str | None = None) -> "Walk":
        token = next(t for t, o in self.open.items() if o.element == element)
        self.trace.append(f"+{element}")
        done = run.complete(
            self.loaded, self.last.state, token, self.last.variables, self.facts, NOW,
            result=result or {}, outcome=outcome,
        )  # fmt: skip
        self._note(done)
        return self

    @property
    def waiting(self) -> list[str]:
        return sorted(o.element for o in self.open.values())

    @property
    def variables(self) -> Mapping[str, Any]:
        return self.last.variables

    @property
    def ended(self) -> bool:
        return self.last.ended
