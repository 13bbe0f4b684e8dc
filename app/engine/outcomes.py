"""What a run of the engine led to: everything the tables need to know, and nothing they must ask for afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.deadlines import Due


@dataclass(frozen=True)
class Opened:
    """A wait state that now waits.

    `kind` is `user`, `action`, `call`, `timer`, `message` or `signal`. `item` is the `{kind, id, name}` of the
    multi-instance around it, if any. `due` is a user task's due date or the instant a timer fires; `expire` when an
    unanswered task completes by itself.
    """

    token: int
    element: str
    kind: str
    name: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    item: Mapping[str, Any] | None = None
    due: Due | None = None
    follow_up: Due | None = None
    expire: Due | None = None
    event_name: str = ""
    correlation: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    anchor: Due | None = None


@dataclass(frozen=True)
class Closed:
    """A wait state that waits no more: `completed`, or `cancelled` by something else that happened.

    `armed` says that something may be due for it: a timer, a task's expiry or reminder, an action or a call.
    """

    token: int
    element: str
    kind: str
    how: str
    armed: bool


@dataclass(frozen=True)
class Thrown:
    """A message or signal sent."""

    kind: str
    name: str
    element: str
    correlation: str | None
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Note:
    """A line for the history: a step passed, and for a gateway the flows taken and the values that decided."""

    kind: str
    element: str
    name: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The whole effect of one command on one instance."""

    state: bytes
    variables: Mapping[str, Any]
    opened: tuple[Opened, ...]
    closed: tuple[Closed, ...]
    thrown: tuple[Thrown, ...]
    notes: tuple[Note, ...]
    ended: bool
    steps: int
    tokens: int


class EngineFault(RuntimeError):
    """The run could not go on; nothing of it is kept. `element` is where, `sv` and `en` say why.

    The caller rolls back and writes an incident: the state before is intact.
    """

    def __init__(self, element: str, sv: str, en: str) -> None:
        super().__init__(f"{element}: {en}")
        self.element, self.sv, self.en = element, sv, en


class TokenUnknown(LookupError):
    """The token is not waiting: it was completed, cancelled, or never was."""
