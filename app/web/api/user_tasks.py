"""User tasks: find, claim, release, hand over, save a draft, complete, comment and attach."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from pydantic import Field, StringConstraints

from app.db.process import comments, completed_tasks, history, user_tasks
from app.domain.errors import FieldFault, InvalidInput
from app.domain.principals import oversees, require_may_do, require_oversees
from app.services import attachments
from app.services.process import due_dates, process_definitions
from app.services.process import user_tasks as tasks
from app.services.process.findings import examine
from app.services.process.user_tasks import Completed
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import (
    AttachmentOut,
    CommentOut,
    Done,
    HistoryOut,
    MunicipalityId,
    Page,
    Reason,
    Shown,
    Taken,
    UserTaskOut,
    Variables,
    Word,
)
from app.web.api.process_instances import EARLIEST, LATEST
from app.web.api.uploads import OneFile, form_of
from app.web.deps import Call, Changing, Posting, Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_cursor, read_due_key, read_instant_key

routes = router("/user-tasks", "user-tasks")

Why = Annotated[str, StringConstraints(max_length=1000)] | None
Text = Annotated[str, StringConstraints(max_length=4000)]
Status = Literal["open", "completed", "cancelled"]


class AssignBody(Taken):
    """Who is to have the task, and a word on the way."""

    person_id: UUID
    message: Annotated[str, StringConstraints(max_length=1000)] | None = None


class CompleteBody(Taken):
    """The form's answer, or variables for a task without a form.

    `reason` is why a text that may be about somebody shall stand; without it such a text is refused.
    """

    submission: Variables = Field(default_factory=dict)
    reason: Why = None


class DraftBody(Taken):
    """What was typed so far, valid or not."""

    draft: Variables


class CommentBody(Taken):
    """A comment. `reason` is why a text that may be about somebody shall stand; without it such a text is refused."""

    body: Text
    reason: Why = None


class WarningOut(Shown):
    """A text that may point at a person, and should be looked at again. `pointer` is RFC 6901, into the answer."""

    pointer: str
    message: str


class CompletedOut(UserTaskOut):
    """The completed task, and whether its instance ended with it.

    `warnings` refused nothing. To hear them before the answer is sent in, save it as a draft first.
    """

    instance_ended: bool
    warnings: list[WarningOut]


class CommentedOut(Done):
    """The comment's id. `warnings` refused nothing."""

    warnings: list[WarningOut]


class MoveBody(Taken):
    """The day it shall be done by, and why."""

    due_on: Annotated[date, Field(ge=EARLIEST, le=LATEST)]
    reason: Reason


class DraftOut(Shown):
    """The saved draft; `version` is the task's. `warnings` are what the personal-data guard would have looked at."""

    draft: Variables | None
    saved_at: datetime | None
    saved_by: UUID | None
    version: int
    warnings: list[WarningOut]


class Items(Shown):
    """All comments of a task."""

    items: list[CommentOut]
    next: None = None


class Files(Shown):
    """All files of a task."""

    items: list[AttachmentOut]
    next: None = None


@routes.get("", response_model=Page[UserTaskOut], responses=READS)
def list_tasks(
    call: Reading,
    *,
    view: Literal["mine", "municipality"] = "mine",
    municipality: MunicipalityId | None = None,
    status: Status = "open",
    role: Word | None = None,
    process_instance: UUID | None = None,
    limit: Limit = DEFAULT_LIMIT,
    after: After = None,
) -> Response:
    """One's own tasks by due date, or every task of a municipality that one oversees."""
    if view == "municipality":
        places = call.places(oversees, require_oversees, municipality)
        found = user_tasks.in_municipalities(
            call.uow.session, places, status=status, role=role, instance_id=process_instance,
            after=read_due_key(after), limit=limit + 1,
        )  # fmt: skip
        return _page(call, found, limit)
    if status == "open":
        return _own_open(call, municipality, role, process_instance, limit, after)
    if status == "completed":
        return _own_completed(call, role, process_instance, limit, after)
    sv, en = "Avbrutna uppgifter finns i view=municipality.", "Cancelled tasks are found by view=municipality."
    raise InvalidInput(sv, en, [FieldFault("", sv, en)])


def _own_open(
    call: Call, municipality: str | None, role: str | None, instance_id: UUID | None, limit: int, after: str | None
) -> Response:
    principal = call.principal
    held = [
        (r.municipality, r.role, r.scope_id)
        for r in principal.roles
        if municipality is None or r.municipality == municipality
    ]
    found = user_tasks.open_for(
        call.uow.session, principal.id, principal.stands_for, held, role=role, instance_id=instance_id,
        after=read_due_key(after), limit=limit + 1,
    )  # fmt: skip
    if municipality is not None:
        found = [task for task in found if task.municipality_id == municipality]
    return _page(call, found, limit)


def _own_completed(call: Call, role: str | None, instance_id: UUID | None, limit: int, after: str | None) -> Response:
    found = completed_tasks.page(
        call.uow.session, call.principal.id, role=role, instance_id=instance_id,
        after=read_instant_key(after), limit=limit + 1,
    )  # fmt: skip
    rows, following = page_of(found, limit, lambda row: (row.closed_at, row.id))
    items = [UserTaskOut.of(row, call.language) for row in rows]
    return call.answer(Page[UserTaskOut](items=items, next=following))


def _page(call: Call, found: list[user_tasks.UserTask], limit: int) -> Response:
    rows, following = page_of(found, limit, lambda row: (row.due_on, row.id))
    items = [UserTaskOut.of(row, call.language) for row in rows]
    return call.answer(Page[UserTaskOut](items=items, next=following))


@routes.get("/{task_id}", response_model=UserTaskOut, responses=READS)
def read_task(call: Reading, task_id: UUID) -> Response:
    """One task. Its version is its ETag."""
    return call.answer(UserTaskOut.of(tasks.visible(call.uow, task_id), call.language))


@routes.post("/{task_id}/claim", response_model=UserTaskOut, responses=CHANGES)
def claim_task(call: Posting, task_id: UUID) -> Response:
    """Take a task of one's role."""
    return call.answer(UserTaskOut.of(tasks.claim(call.uow, task_id, call.if_match), call.language))


@routes.post("/{task_id}/release", response_model=UserTaskOut, responses=CHANGES)
def release_task(call: Posting, task_id: UUID) -> Response:
    """Give a claimed task back to its role."""
    return call.answer(UserTaskOut.of(tasks.release(call.uow, task_id, call.if_match), call.language))


@routes.post("/{task_id}/assign", response_model=UserTaskOut, responses=CHANGES)
def assign_task(call: Posting, task_id: UUID, body: AssignBody) -> Response:
    """Hand a task to somebody who holds a role in the municipality."""
    row = tasks.assign(call.uow, task_id, body.person_id, body.message, call.if_match)
    return call.answer(UserTaskOut.of(row, call.language))


@routes.post("/{task_id}/complete", response_model=CompletedOut, responses=CHANGES)
def complete_task(call: Posting, task_id: UUID, body: CompleteBody) -> Response:
    """Send in the answer. It is judged against the form, and the process goes on before this is answered.

    Texts that may point at a person are accepted and listed under `warnings`; those that are about somebody, if the
    guard is right, only with a `reason`. That it was so is a line in the history.
    """
    done = tasks.complete(call.uow, task_id, body.submission, if_match=call.if_match, reason=body.reason)
    return call.answer(_completed(call, done))


def _completed(call: Call, done: Completed) -> CompletedOut:
    """The task as the transaction leaves it; nothing is read again."""
    shown = UserTaskOut.of(
        done.task, call.language,
        status="completed", closed_at=call.uow.now, closed_by=call.principal.id, version=done.task.version + 1,
        outcome=done.outcome, on_behalf_of=done.on_behalf_of,
    )  # fmt: skip
    warnings = _warnings(done.warnings, call.language)
    return CompletedOut.model_construct(**shown.__dict__, instance_ended=done.ended, warnings=warnings)


def _warnings(found: Iterable[FieldFault], language: str) -> list[WarningOut]:
    return [WarningOut(pointer=w.pointer, message=w.en if language == "en" else w.sv) for w in found]


@routes.post("/{task_id}/move", response_model=UserTaskOut, responses=CHANGES)
def move_due_date(call: Posting, task_id: UUID, body: MoveBody) -> Response:
    """Set the last day by hand, with a reason, as one who leads the work. Its reminders and its expiry follow."""
    row = due_dates.move_task(call.uow, task_id, body.due_on, body.reason, call.if_match)
    return call.answer(UserTaskOut.of(row, call.language))


@routes.get("/{task_id}/draft", response_model=DraftOut, responses=READS)
def read_draft(call: Reading, task_id: UUID) -> Response:
    """The saved draft, for those who may do the task."""
    row = tasks.visible(call.uow, task_id)
    require_may_do(call.principal, row)
    return call.answer(_draft(call, row, user_tasks.draft(call.uow.session, task_id)))


@routes.put("/{task_id}/draft", response_model=DraftOut, responses=CHANGES)
def save_draft(call: Changing, task_id: UUID, body: DraftBody) -> Response:
    """Keep what was typed, but for what the personal-data guard stops."""
    row = tasks.save_draft(call.uow, task_id, body.draft, call.if_match)
    return call.answer(_draft(call, row, body.draft))


def _draft(call: Call, row: user_tasks.UserTask, draft: Variables | None) -> DraftOut:
    form = tasks.form_of(call.uow, row)
    found = examine(form, draft).warned_faults if form is not None and draft is not None else ()
    return DraftOut(
        draft=draft, saved_at=row.draft_at, saved_by=row.draft_by, version=row.version,
        warnings=_warnings(found, call.language),
    )  # fmt: skip


@routes.get("/{task_id}/history", response_model=Page[HistoryOut], responses=READS)
def read_history(call: Reading, task_id: UUID, limit: Limit = DEFAULT_LIMIT, after: After = None) -> Response:
    """What happened to the task, in order: who took it, who was reminded of it, and when."""
    row = tasks.visible(call.uow, task_id)
    (since,) = read_cursor(after, int) or (0,)
    found = history.of_task(
        call.uow.session, row.municipality_id, row.process_instance_id, row.id, after=since, limit=limit + 1
    )
    rows, following = page_of(found, limit, lambda line: (line.sequence,))
    return call.answer(Page[HistoryOut](items=[HistoryOut.of(line) for line in rows], next=following))


@routes.get("/{task_id}/comments", response_model=Items, responses=READS)
def list_comments(call: Reading, task_id: UUID) -> Response:
    """The comments, oldest first."""
    row = tasks.visible(call.uow, task_id)
    found = comments.of_task(call.uow.session, row.municipality_id, row.id)
    return call.answer(Items(items=[CommentOut.of(comment) for comment in found]))


@routes.post("/{task_id}/comments", status_code=201, response_model=CommentedOut, responses=CHANGES)
def add_comment(call: Posting, task_id: UUID, body: CommentBody) -> Response:
    """Write a comment. The personal-data guard reads it as it reads the task's form."""
    made = tasks.add_comment(call.uow, task_id, body.body, body.reason)
    return call.answer(CommentedOut(id=made.id, warnings=_warnings(made.warnings, call.language)), 201)


@routes.get(
    "/{task_id}/form",
    response_class=Response,
    responses={**READS, 200: {"content": {"application/schema+json": {}}, "description": "A JSON Schema."}},
)
def read_form(call: Reading, task_id: UUID) -> Response:
    """The task's form; 404 for a task without one."""
    row = tasks.visible(call.uow, task_id)
    text = process_definitions.form_text(call.uow, row.definition_id, row.form_key)
    return Response(text, media_type="application/schema+json")


@routes.get("/{task_id}/attachments", response_model=Files, responses=READS)
def list_attachments(call: Reading, task_id: UUID) -> Response:
    """The files of the task."""
    return call.answer(Files(items=[AttachmentOut.of(row) for row in attachments.of_task(call.uow, task_id)]))


@routes.post(
    "/{task_id}/attachments",
    status_code=201,
    response_model=AttachmentOut,
    responses=CHANGES,
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": form_of("file", many=False)}}},
)
def attach_file(file: OneFile, call: Posting, task_id: UUID) -> Response:
    """Put a file beside the task. What it is, its content decides; 25 MB at most."""
    return call.answer(AttachmentOut.of(attachments.attach(call.uow, task_id, *file)), 201)
