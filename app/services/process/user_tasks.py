"""User tasks: claim, release, assign, complete, save a draft, comment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.db import people
from app.db.process import attachments, comments, incidents, process_instances, user_tasks
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.domain import privacy_guard
from app.domain.errors import (
    FieldFault,
    InvalidInput,
    InvalidSubmission,
    NotFound,
    NotYours,
    StaleVersion,
    UserTaskAlreadyCompleted,
    UserTaskCancelled,
    UserTaskClaimed,
)
from app.domain.forms import Form, file_ids, validate, variables
from app.domain.ids import new_id
from app.domain.people import checked_reason
from app.domain.principals import (
    leads,
    may_do,
    oversees,
    require_leads,
    require_may_do,
    role_for,
    sees_municipality,
)
from app.engine.outcomes import EngineFault, TokenUnknown
from app.services.prevention.records import absorb
from app.services.process.advancing import continue_token, forms, loaded, require_active
from app.services.process.findings import Findings, examine, examine_text, require_clean, stops_within
from app.services.process.histories import write_line
from app.services.process.process_instances import check_variables
from app.services.process.projection import Cause
from app.services.unit_of_work import UnitOfWork
from app.telemetry import COMPLETIONS

MAX_COMMENT = 4000


class CompletionFault(EngineFault):
    """The engine could not go on from a completion; carries what is needed to keep the answer and open an incident."""

    def __init__(
        self, fault: EngineFault, task: UserTask, submission: Mapping[str, Any], person_id: UUID | None = None
    ) -> None:
        super().__init__(fault.element, fault.sv, fault.en)
        self.task, self.submission, self.person_id = task, dict(submission), person_id


@dataclass(frozen=True)
class Completed:
    """What a completion led to. `warnings` are what the personal-data guard would have the writer look at again."""

    task: UserTask
    instance: ProcessInstance
    ended: bool
    outcome: str | None = None
    on_behalf_of: UUID | None = None
    warnings: tuple[FieldFault, ...] = ()


@dataclass(frozen=True)
class Commented:
    """A comment that was written, with what the personal-data guard would have its writer look at again."""

    id: UUID
    warnings: tuple[FieldFault, ...] = ()


def visible(uow: UnitOfWork, task_id: UUID) -> UserTask:
    """The task, if the principal may see it: theirs, or in a municipality they oversee. Raises NotFound, NotYours."""
    task = user_tasks.get(uow.session, task_id)
    principal = uow.who()
    if task is None or not sees_municipality(principal, task.municipality_id):
        raise NotFound("Uppgiften", "The user task")
    if task.closed_by == principal.id or oversees(principal, task.municipality_id):
        return task
    require_may_do(principal, task)
    return task


def _lock(uow: UnitOfWork, task_id: UUID, if_match: int | None) -> tuple[UserTask, ProcessInstance]:
    """Lock the instance, then read the task: what is true after the lock was granted."""
    instance = process_instances.lock_of_task(uow.session, task_id)
    if instance is None:
        raise NotFound("Uppgiften", "The user task")
    found = user_tasks.read_locked(uow.session, task_id)
    if found is None or not sees_municipality(uow.who(), instance.municipality_id):
        raise NotFound("Uppgiften", "The user task")
    task, at = found
    uow.settle_now(at)
    if if_match is not None and if_match != task.version:
        raise StaleVersion(task.version)
    return task, instance


def _require_open(task: UserTask, instance: ProcessInstance) -> None:
    if task.status == "completed":
        raise UserTaskAlreadyCompleted
    if task.status == "cancelled":
        raise UserTaskCancelled
    require_active(instance)


def complete(
    uow: UnitOfWork,
    task_id: UUID,
    submission: Mapping[str, Any],
    *,
    if_match: int | None = None,
    reason: str | None = None,
) -> Completed:
    """Complete a task with a submission; `reason` is why what the personal-data guard warns of shall stand.

    Raises NotFound (unknown, or another municipality's), NotYours, UserTaskAlreadyCompleted, UserTaskCancelled,
    UserTaskClaimed, InstanceSuspended, StaleVersion, InvalidSubmission, and CompletionFault when the engine cannot go
    on: the caller rolls back, keeps the answer as a draft and opens an incident.
    """
    principal = uow.who()
    task, instance = _lock(uow, task_id, None)
    require_may_do(principal, task)
    _require_open(task, instance)
    if if_match is not None and if_match != task.version:
        raise StaleVersion(task.version)
    if task.assignee_id is not None and task.assignee_id not in principal.person_ids(task.municipality_id):
        raise UserTaskClaimed
    form = form_of(uow, task)
    found = examine(form, submission) if form is not None else Findings([], [])
    values = _judge(uow, task, form, submission, found)
    note_warned(uow, task, found, reason, "form")
    submission_id, cause = new_id(), _cause(uow, task)
    outcome = "completed" if _may_expire(uow, instance, task) else None
    try:
        values |= absorb(uow, instance, task, form, submission, submission_id)
        done = continue_token(uow, instance, task.token, values, cause, outcome=outcome)
    except TokenUnknown as unknown:
        raise UserTaskCancelled from unknown
    except EngineFault as fault:
        # The rollback would make the row unreadable for whoever keeps the answer.
        uow.session.expunge(task)
        raise CompletionFault(fault, task, submission, principal.id) from fault
    if task.draft_at is not None:
        # An answer that could not go on was kept as the draft, with an incident.
        incidents.resolve_of_completion(uow.session, task.municipality_id, instance.id, task.id, uow.now)
    user_tasks.add_submission(uow.session, _submission_row(uow, task, submission, submission_id))
    uow.after_commit(COMPLETIONS.inc)
    return Completed(task, instance, done.ended, cause.outcome, cause.on_behalf_of, found.warned_faults)


def _submission_row(
    uow: UnitOfWork, task: UserTask, submission: Mapping[str, Any], submission_id: UUID
) -> dict[str, Any]:
    return {
        "municipality_id": task.municipality_id,
        "id": submission_id,
        "process_instance_id": task.process_instance_id,
        "user_task_id": task.id,
        "element_id": task.element_id,
        "form_key": task.form_key,
        "data": dict(submission),
        "submitted_at": uow.now,
        "submitted_by": uow.who().id,
    }


def _may_expire(uow: UnitOfWork, instance: ProcessInstance, task: UserTask) -> bool:
    return "expire" in loaded(uow, instance).program.nodes[task.element_id].attributes


def _cause(uow: UnitOfWork, task: UserTask) -> Cause:
    principal = uow.who()
    held = role_for(principal, task)
    other = held.person_id if held is not None else task.assignee_id
    return Cause(
        person_id=principal.id,
        on_behalf_of=other if other is not None and other != principal.id else None,
        user_task_id=task.id,
    )


def form_of(uow: UnitOfWork, task: UserTask) -> Form | None:
    """The form of the task, as it was deployed; None for a task without one."""
    return forms(uow, task.definition_id).get(task.form_key) if task.form_key else None


def _judge(
    uow: UnitOfWork, task: UserTask, form: Form | None, submission: Mapping[str, Any], found: Findings
) -> dict[str, Any]:
    """The variables the submission gives. Raises InvalidSubmission naming each field at fault."""
    if form is None:
        # A task without a form takes plain variables, as BPM clients send them.
        check_variables(submission)
        return dict(submission)
    if faults := faults_of(uow, task, form, submission, found):
        raise InvalidSubmission(faults)
    return dict(variables(form, submission))


def note_warned(uow: UnitOfWork, task: UserTask, found: Findings, reason: str | None, of: str) -> None:
    """Write in the history that warnings were answered: by whom, of which kinds, and why; never what was found.

    `of` is form or comment. Raises InvalidSubmission where a reason is needed and not given, or points somebody out.
    """
    if not found.warnings:
        return
    why = checked_reason(reason) if reason and reason.strip() else None
    if why is None and (unreasoned := found.unreasoned_faults):
        raise InvalidSubmission(unreasoned)
    if why is not None and privacy_guard.examine(why):
        sv, en = "Skriv skälet utan att peka ut någon.", "Give the reason without pointing anybody out."
        raise InvalidSubmission([FieldFault("", sv, en)])
    detail = {"of": of, "kinds": found.kinds, **({"reason": why} if why else {})}
    _line(uow, task, "warnings_confirmed", detail)


def faults_of(
    uow: UnitOfWork, task: UserTask, form: Form, submission: Mapping[str, Any], found: Findings
) -> list[FieldFault]:
    """Why the submission would be refused; empty when it would not. What the guard stops is never stored."""
    if faults := [FieldFault(e.pointer, e.sv, e.en) for e in validate(form, submission)]:
        return faults
    return [*found.stops, *_file_faults(uow, task, form, submission)]


def _file_faults(uow: UnitOfWork, task: UserTask, form: Form, submission: Mapping[str, Any]) -> list[FieldFault]:
    wanted = list(file_ids(form, submission))
    if not wanted:
        return []
    own = {str(row.id) for row in attachments.of_task(uow.session, task.municipality_id, task.id)}
    return [
        FieldFault(pointer, "Filen finns inte på den här uppgiften.", "The file is not attached to this task.")
        for pointer, attachment_id in wanted
        if str(attachment_id) not in own
    ]


def claim(uow: UnitOfWork, task_id: UUID, if_match: int | None = None) -> UserTask:
    """Take a task of one's role. Raises NotYours, UserTaskClaimed and the refusals of a closed task."""
    principal = uow.who()
    task, instance = _lock(uow, task_id, if_match)
    require_may_do(principal, task)
    _require_open(task, instance)
    if task.assignee_id is not None and task.assignee_id != principal.id:
        raise UserTaskClaimed
    return _assign(uow, task, principal.id, "user_task_claimed", None)


def release(uow: UnitOfWork, task_id: UUID, if_match: int | None = None) -> UserTask:
    """Give a claimed task back to its role. Raises NotYours unless it is one's own or one leads the work."""
    principal = uow.who()
    task, instance = _lock(uow, task_id, if_match)
    if not leads(principal, task.municipality_id):
        require_may_do(principal, task)
    _require_open(task, instance)
    theirs = {None, *principal.person_ids(task.municipality_id)}
    if task.assignee_id not in theirs and not leads(principal, task.municipality_id):
        raise NotYours("Bara den som har tagit uppgiften kan släppa den.", "Only its assignee can release the task.")
    return _assign(uow, task, None, "user_task_released", None)


def assign(
    uow: UnitOfWork, task_id: UUID, person_id: UUID, message: str | None = None, if_match: int | None = None
) -> UserTask:
    """Hand a task to somebody: by those who lead the work, or by whoever has it (hand over).

    The receiver must hold a role in the municipality. Raises NotFound, NotYours, InvalidInput.
    """
    require_clean({"message": message or ""})
    principal = uow.who()
    task, instance = _lock(uow, task_id, if_match)
    if not may_do(principal, task):
        require_leads(principal, task.municipality_id)
    _require_open(task, instance)
    today = uow.today
    known = {held for held, _name in people.everyone_in(uow.session, task.municipality_id, today)}
    if person_id not in known:
        raise InvalidInput(
            "Personen har ingen roll i kommunen i dag.", "The person holds no role in the municipality today."
        )
    return _assign(uow, task, person_id, "user_task_assigned", message)


def _assign(uow: UnitOfWork, task: UserTask, person_id: UUID | None, kind: str, message: str | None) -> UserTask:
    handed = person_id is not None and person_id != uow.who().id
    user_tasks.change(uow.session, task, {"assignee_id": person_id, "assigned_by": uow.who().id if handed else None})
    detail = {"assignee": str(person_id) if person_id else None, **({"message": message} if message else {})}
    _line(uow, task, kind, detail)
    return _reread(uow, task)


def lock_open(uow: UnitOfWork, task_id: UUID, if_match: int | None = None) -> UserTask:
    """The open task, its instance locked, for whoever may do it. Raises as `complete` does, but for the submission."""
    task, instance = _lock(uow, task_id, if_match)
    require_may_do(uow.who(), task)
    _require_open(task, instance)
    return task


def save_draft(uow: UnitOfWork, task_id: UUID, draft: Mapping[str, Any], if_match: int | None = None) -> UserTask:
    """Keep what was typed, valid or not, but never what the personal-data guard stops.

    Raises InvalidSubmission for that, and the refusals of a task that is not open or not one's own.
    """
    principal = uow.who()
    task, instance = _lock(uow, task_id, if_match)
    require_may_do(principal, task)
    _require_open(task, instance)
    form = form_of(uow, task)
    stops = list(stops_within(draft)) if form is None else examine(form, draft).stops
    if stops:
        raise InvalidSubmission(stops)
    if "\x00" in str(draft):
        raise InvalidInput("Utkastet har ett NUL-tecken.", "The draft has a NUL character.")
    user_tasks.change(uow.session, task, {"draft": dict(draft), "draft_at": uow.now, "draft_by": principal.id})
    return _reread(uow, task)


def comment_findings(uow: UnitOfWork, task: UserTask, body: str) -> Findings:
    """What the personal-data guard finds in a comment: as strictly as in the task's form."""
    form = form_of(uow, task)
    return examine_text(body.strip()[: MAX_COMMENT + 1], "/body", "usual" if form is None else form.guard)


def add_comment(uow: UnitOfWork, task_id: UUID, body: str, reason: str | None = None) -> Commented:
    """Write a comment beside a task; `reason` is why what the personal-data guard warns of shall stand.

    Raises NotFound, NotYours, InvalidInput.
    """
    task = visible(uow, task_id)
    body = body.strip()
    if not body or len(body) > MAX_COMMENT or "\x00" in body:
        raise InvalidInput(f"En kommentar har 1–{MAX_COMMENT} tecken.", f"A comment has 1 to {MAX_COMMENT} characters.")
    found = comment_findings(uow, task, body)
    if found.stops:
        raise InvalidInput(found.stops[0].sv, found.stops[0].en, found.stops)
    note_warned(uow, task, found, reason, "comment")
    comment_id = new_id()
    comments.add(
        uow.session,
        {
            "municipality_id": task.municipality_id,
            "id": comment_id,
            "user_task_id": task.id,
            "person_id": uow.who().id,
            "body": body,
            "written_at": uow.now,
        },
    )
    return Commented(comment_id, found.warned_faults)


def _line(uow: UnitOfWork, task: UserTask, kind: str, detail: dict[str, Any]) -> None:
    place = (task.municipality_id, task.process_instance_id)
    write_line(uow, place, kind, detail, element=task.element_id, name=task.name, user_task_id=task.id)


def _reread(uow: UnitOfWork, task: UserTask) -> UserTask:
    found = user_tasks.read_locked(uow.session, task.id)
    if found is None:
        raise NotFound("Uppgiften", "The user task")
    return found[0]
