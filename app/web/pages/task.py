"""Uppgift: what, why, until when, and the form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.db import people
from app.db.process import attachments, comments, history, process_instances, user_tasks
from app.db.process.user_tasks import UserTask
from app.domain.errors import FieldFault, InvalidInput, InvalidSubmission, Refusal, TooLarge, UserTaskClaimed
from app.domain.forms import Form
from app.domain.forms.vocabulary import REASON_NAME
from app.domain.principals import is_internal, leads, may_do, role_for
from app.domain.swedish_dates import short_date
from app.services import attachments as uploads
from app.services.process import user_tasks as tasks
from app.services.process.advancing import loaded
from app.services.process.findings import Warned, examine
from app.services.sources import options_for
from app.web.forms import CautionView, FormView, Option, PostedForm, parse_posted, render_form
from app.web.forms.cautions import caution_of, is_answered
from app.web.forms.posting import checked_in
from app.web.pages.visits import Items, Posted, Visit, Visiting, require_csrf, see_other, text_of
from app.web.pages.wording import due_reason, due_sentence, history_rows, role_phrase, stamp_of_instant
from app.web.swedish import Swedish, put
from app.web.views import (
    Action,
    Choice,
    Comment,
    HandOver,
    HistoryRow,
    LinkText,
    MoveDay,
    Quote,
    TaskDonePage,
    TaskPage,
)

router = APIRouter(include_in_schema=False)


@dataclass
class Shown:
    """What the form is shown with: the draft, or what was just typed with what is wrong with it.

    `keeps_form` shows it to somebody whom the task was just taken from, so that nothing typed is lost.
    """

    values: Mapping[str, Any] | None = None
    faults: Sequence[FieldFault] = ()
    warned: Sequence[Warned] = ()
    checked: frozenset[str] | None = None
    reason: str = ""
    focus: str | None = None
    comment_error: str = ""
    comment_text: str = ""
    comment_caution: CautionView | None = None
    notice: str = ""
    keeps_form: bool = False
    move_day: MoveDay | None = None


@router.get("/uppgifter/{task_id}")
def show(visit: Visiting, task_id: UUID, sparat: Annotated[int, Query()] = 0) -> HTMLResponse:
    """The task, with the draft if there is one."""
    task = tasks.visible(visit.uow, task_id)
    notice = visit.words("Utkastet är sparat.") if sparat else ""
    return task_page(visit, task, Shown(values=user_tasks.draft(visit.uow.session, task.id), notice=notice))


@router.post("/uppgifter/{task_id}")
def submit(visit: Visiting, task_id: UUID, items: Posted) -> Response:
    """Send in, save a draft, or add or remove a row: whichever button was pressed."""
    require_csrf(visit, items)
    task = tasks.visible(visit.uow, task_id)
    form = tasks.form_of(visit.uow, task)
    if form is not None:
        return _submit_form(visit, task, form, items)
    tasks.complete(visit.uow, task_id, {})
    return see_other(f"/uppgifter/{task_id}/klar")


def _submit_form(visit: Visit, task: UserTask, form: Form, items: Items) -> Response:
    try:
        posted = parse_posted(form, _store_files(visit, task, form, items))
    except (TooLarge, InvalidInput) as refusal:
        fault = FieldFault("", refusal.sv, refusal.en)
        return task_page(visit, task, Shown(faults=(fault,)), status=422)
    if posted.action == "rows":
        return task_page(visit, task, Shown(values=posted.draft_values, focus=posted.focus))
    if posted.action == "draft":
        return _draft(visit, task, posted.draft_values)
    return _send(visit, task, form, posted)


def _send(visit: Visit, task: UserTask, form: Form, posted: PostedForm) -> Response:
    """Complete the task, once the writer has looked at what the personal-data guard warns of."""
    found = examine(form, posted.submission)
    shown = Shown(values=posted.draft_values, warned=found.warnings, checked=posted.checked, reason=posted.reason)
    if not is_answered(found.warnings, posted.checked, posted.reason):
        shown.faults = tasks.faults_of(visit.uow, task, form, posted.submission, found)
        return task_page(visit, task, shown, status=422)
    try:
        with visit.uow.attempt():
            tasks.complete(visit.uow, task.id, posted.submission, reason=posted.reason)
    except InvalidSubmission as invalid:
        shown.faults = invalid.errors
        return task_page(visit, task, shown, status=422)
    except UserTaskClaimed as claimed:
        shown.notice, shown.keeps_form = claimed.en if visit.language == "en" else claimed.sv, True
        return task_page(visit, task, shown, status=409)
    return see_other(f"/uppgifter/{task.id}/klar")


def _draft(visit: Visit, task: UserTask, values: Mapping[str, Any]) -> Response:
    try:
        with visit.uow.attempt():
            tasks.save_draft(visit.uow, task.id, values)
    except InvalidSubmission as invalid:
        return task_page(visit, task, Shown(values=values, faults=invalid.errors), status=422)
    return see_other(f"/uppgifter/{task.id}?sparat=1")


@router.post("/uppgifter/{task_id}/utkast")
def autosave(visit: Visiting, task_id: UUID, items: Posted) -> JSONResponse:
    """The draft saves itself. Files are left for the person to send."""
    require_csrf(visit, items)
    task = tasks.visible(visit.uow, task_id)
    form = tasks.form_of(visit.uow, task)
    if form is None:
        return JSONResponse({"saved": False})
    texts = [(name, value) for name, value in items if isinstance(value, str)]
    try:
        saved = tasks.save_draft(visit.uow, task.id, parse_posted(form, texts).draft_values)
    except Refusal as refusal:
        message = refusal.en if visit.language == "en" else refusal.sv
        return JSONResponse({"saved": False, "message": message}, status_code=422)
    at = stamp_of_instant(saved.draft_at, visit.language).text if saved.draft_at else ""
    return JSONResponse({"saved": True, "at": at})


@router.post("/uppgifter/{task_id}/kommentarer")
def comment(visit: Visiting, task_id: UUID, items: Posted) -> Response:
    """Write a comment, once its writer has looked at what the personal-data guard warns of."""
    require_csrf(visit, items)
    task, text, reason = tasks.visible(visit.uow, task_id), text_of(items, "text"), text_of(items, REASON_NAME).strip()
    warned = tasks.comment_findings(visit.uow, task, text).warnings
    checked = checked_in(items)
    caution = caution_of(warned, checked, lambda _: "kommentar", visit.language, "kommentar", reason)
    shown = Shown(comment_text=text, comment_caution=caution)
    if not is_answered(warned, checked, reason):
        return task_page(visit, task, shown, status=422)
    try:
        with visit.uow.attempt():
            tasks.add_comment(visit.uow, task_id, text, reason)
    except InvalidInput as refusal:
        said = refusal.errors[0] if refusal.errors else refusal
        shown.comment_error = said.en if visit.language == "en" else said.sv
        return task_page(visit, task, shown, status=422)
    return see_other(f"/uppgifter/{task_id}#kommentarer")


@router.post("/uppgifter/{task_id}/ta")
def claim(visit: Visiting, task_id: UUID, items: Posted) -> Response:
    """Take the task."""
    require_csrf(visit, items)
    tasks.claim(visit.uow, task_id)
    return see_other(f"/uppgifter/{task_id}")


@router.post("/uppgifter/{task_id}/slapp")
def release(visit: Visiting, task_id: UUID, items: Posted) -> Response:
    """Give the task back to the role."""
    require_csrf(visit, items)
    tasks.release(visit.uow, task_id)
    return see_other(f"/uppgifter/{task_id}")


@router.post("/uppgifter/{task_id}/lamna-over")
def hand_over(visit: Visiting, task_id: UUID, items: Posted) -> Response:
    """Hand the task to somebody with the same role."""
    require_csrf(visit, items)
    try:
        person_id = UUID(text_of(items, "person"))
    except ValueError as fault:
        raise InvalidInput("Välj en person.", "Choose a person.") from fault
    tasks.assign(visit.uow, task_id, person_id)
    return see_other("/mina-uppgifter")


@router.get("/uppgifter/{task_id}/klar")
def receipt(visit: Visiting, task_id: UUID) -> HTMLResponse:
    """What was sent in, and what happens next."""
    task = tasks.visible(visit.uow, task_id)
    instance = process_instances.get(visit.uow.session, task.process_instance_id)
    opened = [
        t for t in user_tasks.of_instance(visit.uow.session, task.municipality_id, task.process_instance_id)
        if t.status == "open"
    ]  # fmt: skip
    steps = tuple(
        put(
            visit.words("%(role)s: %(task)s, senast %(day)s"),
            {
                "role": role_phrase(t, visit.language),
                "task": Swedish(t.name),
                "day": short_date(t.due_on, visit.language),
            },
        )
        for t in opened[:5]
    )
    if instance is not None and instance.status == "ended":
        steps = (visit.words("Ärendet är klart."),)
    mine = next((t for t in opened if may_do(visit.principal, t)), None)
    page = TaskDonePage(
        title=put(visit.words("Tack! Uppgiften ”%(task)s” är klar."), {"task": Swedish(task.name)}),
        summary=visit.words("Nästa uppgift dyker upp under Mina uppgifter när det är din tur."),
        next_steps=steps or (visit.words("Ärendet går vidare av sig självt."),),
        instance=_instance_link(visit, task),
        next_task=LinkText(Swedish(mine.name), f"/uppgifter/{mine.id}") if mine else None,
    )
    return visit.page("pages/task_done.html", page, current="tasks")


def _store_files(visit: Visit, task: UserTask, form: Form, items: Items) -> list[tuple[str, str]]:
    """Store what was uploaded; the attachment's id takes the file's place among the items."""
    kept: list[tuple[str, str]] = []
    for name, value in items:
        if not isinstance(value, UploadFile):
            kept.append((name, value))
        elif value.filename and form.has_files:
            content = value.file.read(uploads.MAX_BYTES + 1)
            stored = uploads.attach(visit.uow, task.id, value.filename, content).id
            kept.append((name, str(stored)))
    return kept


def task_page(visit: Visit, task: UserTask, shown: Shown, status: int = 200) -> HTMLResponse:
    """The task's page."""
    page = _view(visit, task, shown)
    return visit.page("pages/task.html", page, current="tasks", status=status)


def _view(visit: Visit, task: UserTask, shown: Shown) -> TaskPage:
    uow, language, principal = visit.uow, visit.language, visit.principal
    instance = process_instances.get(uow.session, task.process_instance_id)
    node = loaded(uow, instance).program.nodes[task.element_id] if instance is not None else None
    attributes = node.attributes if node is not None else {}
    workable = task.status == "open" and may_do(principal, task) and not task.suspended
    taken = task.assignee_id is not None and task.assignee_id not in principal.person_ids(task.municipality_id)
    quote = attributes.get("quote")
    return TaskPage(
        title=Swedish(task.name),
        due=due_sentence(task, uow.today, language),
        instance=_instance_link(visit, task),
        role=role_phrase(task, language),
        documentation=tuple(Swedish(p) for p in attributes.get("documentation", "").split("\n") if p.strip()),
        quote=Quote(Swedish(quote), Swedish(attributes.get("source", ""))) if quote else None,
        # What was typed stays on the page also when somebody else took the task meanwhile.
        form=_form(visit, task, shown) if workable and (shown.keeps_form or not taken) else None,
        notice=shown.notice or _notice(visit, task, taken=taken),
        has_errors=bool(shown.faults),
        has_warnings=bool(shown.warned),
        actions=_actions(visit, task, workable=workable, taken=taken),
        hand_over=_hand_over(visit, task) if workable else None,
        comments=_comments(visit, task),
        comment_url=f"/uppgifter/{task.id}/kommentarer",
        comment_error=shown.comment_error,
        comment_text=shown.comment_text,
        comment_caution=shown.comment_caution,
        history=_history(visit, task),
        municipality=visit.municipality_name(task.municipality_id) if len(visit.names) > 1 else "",
        due_why=due_reason(task, language) if task.status == "open" else "",
        move_day=_move_day(visit, task, shown),
    )


def _move_day(visit: Visit, task: UserTask, shown: Shown) -> MoveDay | None:
    """Moving the last day, for those who lead the work."""
    if task.status != "open" or task.suspended or not leads(visit.principal, task.municipality_id):
        return None
    return shown.move_day or MoveDay(f"/uppgifter/{task.id}/sista-dag", task.due_on.isoformat())


def _instance_link(visit: Visit, task: UserTask) -> LinkText:
    """The way to the task's instance, for those who may read it."""
    may_read = is_internal(visit.principal, task.municipality_id)
    return LinkText(Swedish(task.instance_name), f"/arenden/{task.process_instance_id}" if may_read else "")


def _notice(visit: Visit, task: UserTask, *, taken: bool) -> str:
    if task.status == "completed":
        return visit.words("Uppgiften är redan slutförd.")
    if task.status == "cancelled":
        return visit.words("Uppgiften är inte längre aktuell.")
    if task.suspended:
        return visit.words("Ärendet är pausat.")
    if taken and task.assignee_id is not None:
        who = people.names(visit.uow.session, {task.assignee_id}).get(task.assignee_id, "")
        return visit.words("%(name)s har tagit uppgiften.") % {"name": who}
    held = role_for(visit.principal, task)
    if held is not None and held.person_id != visit.principal.id:
        who = people.names(visit.uow.session, {held.person_id}).get(held.person_id, "")
        return visit.words("Du gör uppgiften i stället för %(name)s.") % {"name": who}
    return ""


def _form(visit: Visit, task: UserTask, shown: Shown) -> FormView | None:
    form = tasks.form_of(visit.uow, task)
    if form is None:
        return None
    offered = options_for(visit.uow, task, form)
    files = {
        str(row.id): row.file_name for row in attachments.of_task(visit.uow.session, task.municipality_id, task.id)
    }
    return render_form(
        form,
        shown.values,
        shown.faults,
        {name: [Option(o.value, o.label) for o in offers] for name, offers in offered.choices.items()},
        visit.language,
        prefilled=offered.rows,
        files=files,
        warned=shown.warned,
        checked=shown.checked,
        reason=shown.reason,
        focus=shown.focus,
        action=f"/uppgifter/{task.id}",
        autosave_url=f"/uppgifter/{task.id}/utkast",
    )


def _actions(visit: Visit, task: UserTask, *, workable: bool, taken: bool) -> tuple[Action, ...]:
    own = task.assignee_id in visit.principal.person_ids(task.municipality_id) and task.assignee_id is not None
    if workable and own:
        return (Action(visit.words("Släpp uppgiften"), f"/uppgifter/{task.id}/slapp"),)
    if task.status == "open" and taken and leads(visit.principal, task.municipality_id):
        return (Action(visit.words("Släpp uppgiften"), f"/uppgifter/{task.id}/slapp"),)
    if workable and task.assignee_id is None:
        found = [Action(visit.words("Jag tar uppgiften"), f"/uppgifter/{task.id}/ta")]
        if task.form_key is None:
            found.insert(0, Action(visit.words("Markera som klar"), f"/uppgifter/{task.id}", is_primary=True))
        return tuple(found)
    return ()


def _hand_over(visit: Visit, task: UserTask) -> HandOver | None:
    holders = people.holders(
        visit.uow.session, task.municipality_id, task.candidate_role, task.scope_id, visit.uow.today
    )
    others = [(person, name) for person, name in holders if person != visit.principal.id]
    if not others:
        return None
    return HandOver(f"/uppgifter/{task.id}/lamna-over", tuple(Choice(str(person), name) for person, name in others))


def _comments(visit: Visit, task: UserTask) -> tuple[Comment, ...]:
    rows = comments.of_task(visit.uow.session, task.municipality_id, task.id)
    names = people.names(visit.uow.session, {row.person_id for row in rows})
    return tuple(
        Comment(names.get(row.person_id, ""), stamp_of_instant(row.written_at, visit.language), row.body)
        for row in rows
    )


def _history(visit: Visit, task: UserTask) -> tuple[HistoryRow, ...]:
    """What has happened to this task; the instance's whole history has a page of its own."""
    if not is_internal(visit.principal, task.municipality_id):
        return ()
    events = [
        event
        for event in history.of_instance(visit.uow.session, task.municipality_id, task.process_instance_id, limit=500)
        if event.user_task_id == task.id
    ]
    names = people.names(visit.uow.session, {e.person_id for e in events if e.person_id})
    return history_rows(events, {task.element_id: task.name}, names, visit.language)
