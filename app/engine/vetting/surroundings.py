"""What a diagram is judged against: the actions, roles, forms and processes that exist."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from app.engine.diagrams import Diagram
from app.engine.problems import Problem


@dataclass(frozen=True)
class Signature:
    """What a registered action takes and gives."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    results: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Surroundings:
    """The names that exist where the diagram will run.

    `forms`, `calls` and `decisions` (DMN files by decision id) are None when they are not known (a lone file is
    checked): then what refers to them is not judged.
    """

    actions: Mapping[str, Signature] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    forms: frozenset[str] | None = None
    calls: Mapping[str, frozenset[str]] | None = None
    decisions: Mapping[str, str] | None = None


Rule = Callable[[Diagram, Surroundings], Iterator[Problem]]
