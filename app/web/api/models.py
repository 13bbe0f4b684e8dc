"""What the API shows and takes. Shown models are built from rows, in the caller's language; taken ones forbid more."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.db.process.attachments import Attachment
from app.db.process.comments import Comment
from app.db.process.deployments import ProcessDefinition
from app.db.process.history import HistoryEvent
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.domain.roles import role_name
from app.services.process.positions import Wait

T = TypeVar("T")

Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
MunicipalityId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Variables = dict[str, Any]


class Shown(BaseModel):
    """Something the API answers with."""

    model_config = ConfigDict(from_attributes=True)


class Taken(BaseModel):
    """Something the API takes; what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid")


class Page(Shown, Generic[T]):
    """A page of a list; `next` is where the following one begins, null on the last."""

    items: list[T]
    next: str | None


class Done(Shown):
    """Something was made: its id."""

    id: UUID


class ReasonBody(Taken):
    """Why."""

    reason: Reason


class ProcessDefinitionOut(Shown):
    """A version of a process definition."""

    id: UUID
    key: str
    version: int
    name: str
    municipality: str | None = Field(description="Whose own it is; null when all share it.")
    deployed_at: datetime
    content_hash: str
    rules: Mapping[str, Any]

    @classmethod
    def of(cls, row: ProcessDefinition, language: str) -> "ProcessDefinitionOut":
        """The row, named in that language."""
        return cls(
            id=row.id,
            key=row.key,
            version=row.version,
            name=(row.title_en if language == "en" else None) or row.name,
            municipality=row.municipality_id,
            deployed_at=row.deployed_at,
            content_hash=row.content_hash,
            rules=row.rules,
        )


class ProcessInstanceOut(Shown):
    """A process instance. `anchor_on` is its T."""

    id: UUID
    municipality: str
    process_key: str
    process_definition_id: UUID
    business_key: str | None
    name: str
    status: Literal["active", "suspended", "ended", "cancelled"]
    period: str
    year: int
    anchor_on: date | None
    anchor_organ: str | None
    parent_id: UUID | None
    started_at: datetime
    started_by: UUID | None
    ended_at: datetime | None
    end_reason: str | None
    version: int

    @classmethod
    def of(cls, row: ProcessInstance) -> "ProcessInstanceOut":
        """The row."""
        return cls(
            id=row.id,
            municipality=row.municipality_id,
            process_key=row.process_key,
            process_definition_id=row.definition_id,
            business_key=row.business_key,
            name=row.name,
            status=row.status,  # type: ignore[arg-type]  # a check constraint keeps it to these
            period=row.period,
            year=row.year,
            anchor_on=row.anchor_on,
            anchor_organ=row.anchor_organ,
            parent_id=row.parent_id,
            started_at=row.started_at,
            started_by=row.started_by,
            ended_at=row.ended_at,
            end_reason=row.end_reason,
            version=row.version,
        )


class VariablesOut(Shown):
    """An instance's variables, with the version they belong to."""

    variables: Variables
    version: int


class Scope(Shown):
    """The department, company or actor that a task is for."""

    kind: str
    id: UUID | None
    name: str | None


class UserTaskOut(Shown):
    """A user task."""

    id: UUID
    municipality: str
    process_instance_id: UUID
    process_definition_id: UUID
    instance_name: str
    element: str
    name: str
    form_key: str | None
    candidate_role: str
    candidate_role_name: str
    co_role: str | None
    decider: str | None
    scope: Scope | None
    assignee_id: UUID | None
    status: Literal["open", "completed", "cancelled"]
    outcome: str | None
    due_on: date
    due_rule: str
    due_reason: str
    follow_up_on: date | None
    priority: int
    suspended: bool
    created_at: datetime
    closed_at: datetime | None
    closed_by: UUID | None
    on_behalf_of: UUID | None
    version: int

    @classmethod
    def of(cls, row: UserTask, language: str, **changes: Any) -> "UserTaskOut":
        """The row, worded in that language; `changes` are what has happened to it since it was read."""
        shown = cls(
            id=row.id,
            municipality=row.municipality_id,
            process_instance_id=row.process_instance_id,
            process_definition_id=row.definition_id,
            instance_name=row.instance_name,
            element=row.element_id,
            name=row.name,
            form_key=row.form_key,
            candidate_role=row.candidate_role,
            candidate_role_name=role_name(row.candidate_role, language),
            co_role=row.co_role,
            decider=row.decider,
            scope=Scope(kind=row.scope_kind, id=row.scope_id, name=row.scope_name) if row.scope_kind else None,
            assignee_id=row.assignee_id,
            status=row.status,  # type: ignore[arg-type]  # a check constraint keeps it to these
            outcome=row.outcome,
            due_on=row.due_on,
            due_rule=row.due_rule,
            due_reason=row.due_reason_en if language == "en" else row.due_reason_sv,
            follow_up_on=row.follow_up_on,
            priority=row.priority,
            suspended=row.suspended,
            created_at=row.created_at,
            closed_at=row.closed_at,
            closed_by=row.closed_by,
            on_behalf_of=row.on_behalf_of,
            version=row.version,
        )
        return shown.model_copy(update=changes)


class CommentOut(Shown):
    """A comment beside a task."""

    id: UUID
    person_id: UUID
    body: str
    written_at: datetime

    @classmethod
    def of(cls, row: Comment) -> "CommentOut":
        """The row."""
        return cls.model_validate(row)


class AttachmentOut(Shown):
    """A file beside a task. `media_type` is what its content says."""

    id: UUID
    user_task_id: UUID
    file_name: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime
    uploaded_by: UUID

    @classmethod
    def of(cls, row: Attachment) -> "AttachmentOut":
        """The row."""
        return cls.model_validate(row)


class HistoryOut(Shown):
    """A line of an instance's history. `sequence` orders them."""

    sequence: int
    at: datetime
    kind: str
    element: str | None
    name: str | None
    user_task_id: UUID | None
    person_id: UUID | None
    detail: Mapping[str, Any]

    @classmethod
    def of(cls, row: HistoryEvent) -> "HistoryOut":
        """The row."""
        return cls.model_validate(row)


class WaitOut(Shown):
    """One thing an instance waits for."""

    kind: str
    element: str
    name: str
    token: int
    id: UUID | None
    due_on: date | None
    due_at: datetime | None
    role: str | None
    correlation: str | None
    late: bool
    failed: bool

    @classmethod
    def of(cls, wait: Wait) -> "WaitOut":
        """The wait state."""
        return cls.model_validate(wait)
