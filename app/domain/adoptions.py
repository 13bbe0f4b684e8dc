"""What a municipality has taken into use, and what it has still to decide.

A plan that a municipality has adopted does not say everything: how often the council meets, when the plan of measures
is decided. Such a *question* stands in the profile under `undecided`, with a suggestion and why. It is answered by
taking a process into use or by giving it a rule, or settled in some other way, with a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.domain.schedules import ProcessRule

DEPARTMENTS: Final = "departments"
"""The question of which departments there are; it is answered by their being entered."""


@dataclass(frozen=True)
class Adoption:
    """What is in use of what there is, and what is undecided.

    `deployed`: the processes there are, by key, each with the rule it would start by, or None for one that the
    calendar does not start. `adopted`: those in use. `questions`: what is undecided, and the process it is about.
    """

    deployed: Mapping[str, ProcessRule | None] = field(default_factory=dict)
    adopted: tuple[str, ...] = ()
    questions: Mapping[str, str] = field(default_factory=dict)

    def with_process(self, process: str) -> "Adoption":
        """The process is in use; what was undecided about it is decided."""
        adopted = self.adopted if process in self.adopted else (*self.adopted, process)
        questions = {name: about for name, about in self.questions.items() if about != process}
        return replace(self, adopted=adopted, questions=questions)

    def without_process(self, process: str) -> "Adoption":
        """The process is not in use any more."""
        return replace(self, adopted=tuple(key for key in self.adopted if key != process))

    def without_question(self, name: str) -> "Adoption":
        """The question is settled."""
        return replace(self, questions={key: about for key, about in self.questions.items() if key != name})


@dataclass(frozen=True)
class OpenQuestion:
    """Something the municipality has to decide. `why` and `title` are the profile's own words, in Swedish.

    `process` is the one it is about, None when it is about none that there is; `start` and `anchor` are the rules that
    are suggested, None where nothing is.
    """

    name: str
    process: str | None
    title: str
    why: str
    start: str | None = None
    anchor: str | None = None


def questions_of(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The profile's open questions, and the process each is about: the one it names, else the one it is called as."""
    suggestions = parameters.get("suggestions", {})
    return {name: str(suggestions.get(name, {}).get("process", name)) for name in parameters.get("undecided", ())}


def open_questions(
    parameters: Mapping[str, Any], deployed: Sequence[str], *, has_departments: bool
) -> tuple[OpenQuestion, ...]:
    """What a municipality with this profile has still to decide, in the profile's order."""
    found = []
    for name, about in questions_of(parameters).items():
        if name == DEPARTMENTS and has_departments:
            continue
        said = parameters.get("suggestions", {}).get(name, {})
        process = about if about in deployed else None
        found.append(
            OpenQuestion(
                name, process, str(said.get("title", "")), str(said.get("why", "")), said.get("start"),
                said.get("anchor"),
            )
        )  # fmt: skip
    return tuple(found)


def vacant_roles(parameters: Mapping[str, Any], held: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The roles that the profile speaks of and nobody holds: (role, what the municipality calls who holds it)."""
    named: Mapping[str, Any] = parameters.get("roles", {})
    return tuple((role, str(words)) for role, words in named.items() if role not in held)
