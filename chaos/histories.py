"""What clients were told, and what the database holds: the two halves of a history that the checks compare."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID


@dataclass(frozen=True)
class Started:
    """A start that a client was told of. `key` is the business key, one of a kind in a run."""

    key: str
    instance: UUID


@dataclass(frozen=True)
class Answered:
    """A completion and what the client was told: `done` (200), `lost` (409: the timer had won), `unknown` (no answer).

    `nonce` is what the client wrote in the submission, one of a kind in a run.
    """

    task: UUID
    instance: UUID
    nonce: str
    told: str


@dataclass(frozen=True)
class Instance:
    """A process instance as it stands. `variables` are the counters that its diagram keeps."""

    id: UUID
    process: str
    key: str | None
    status: str
    parent: UUID | None = None
    counters: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """A user task as it stands, with the nonces of what was sent in for it."""

    id: UUID
    instance: UUID
    status: str
    nonces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """A job as it stands. `created_at` and `due_at` are what the service wrote; `rule` is a timer's own text."""

    id: UUID
    kind: str
    instance: UUID | None
    element: str
    status: str
    created_at: datetime
    due_at: datetime
    rule: str | None = None


@dataclass(frozen=True)
class Line:
    """A line of history. `at` is what the service wrote, `committed_at` PostgreSQL's own record of the commit."""

    instance: UUID
    kind: str
    element: str | None
    task: UUID | None
    at: datetime
    committed_at: datetime


@dataclass(frozen=True)
class Mail:
    """A mail that reached a mailbox. `about` says which mail it is: the same for all tries."""

    about: str
    message_id: str


@dataclass(frozen=True)
class History:
    """A whole run. `read_at` is the database's clock when it was read, after everything had come to rest.

    `mails` are those that reached a mailbox, `mails_sent` those that the service holds to be sent.
    """

    read_at: datetime
    started: tuple[Started, ...] = ()
    answered: tuple[Answered, ...] = ()
    instances: tuple[Instance, ...] = ()
    tasks: tuple[Task, ...] = ()
    jobs: tuple[Job, ...] = ()
    lines: tuple[Line, ...] = ()
    waiting_for_messages: frozenset[UUID] = frozenset()
    with_incidents: frozenset[UUID] = frozenset()
    mails: tuple[Mail, ...] = ()
    mails_sent: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fault:
    """Something that must not happen. `kind` is one of the names in `checks`."""

    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


GRACE = timedelta(seconds=30)
"""A job that has been due for longer than this when everything is at rest will not be done."""

LONGEST_TRANSACTION = timedelta(seconds=60)
"""Between reading the clock and committing; the service's own limits are below it."""
