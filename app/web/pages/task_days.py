"""Flytta sista dagen: another last day for a task, by hand and with a reason, for those who lead the work."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from app.domain.errors import InvalidInput
from app.domain.principals import require_leads
from app.services.process import due_dates
from app.services.process import user_tasks as tasks
from app.web.pages.task import Shown, task_page
from app.web.pages.visits import Posted, Visit, Visiting, require_csrf, see_other, text_of
from app.web.views import MoveDay

router = APIRouter(include_in_schema=False)


@router.post("/uppgifter/{task_id}/sista-dag")
def move(visit: Visiting, task_id: UUID, items: Posted) -> Response:
    """Set the task's last day, or show its page again with what is wrong."""
    require_csrf(visit, items)
    task = tasks.visible(visit.uow, task_id)
    require_leads(visit.principal, task.municipality_id)
    day, reason = text_of(items, "dag").strip(), text_of(items, "skal")
    errors = {"/due_on": _fault_of_day(visit, day), "/reason": ""}
    if not reason.strip():
        errors["/reason"] = visit.words("Skriv varför dagen flyttas.")
    if not any(errors.values()):
        try:
            with visit.uow.attempt():
                due_dates.move_task(visit.uow, task_id, date.fromisoformat(day), reason)
            return see_other(f"/uppgifter/{task_id}")
        except InvalidInput as refusal:
            errors |= {error.pointer: error.en if visit.language == "en" else error.sv for error in refusal.errors}
    typed = MoveDay(f"/uppgifter/{task_id}/sista-dag", day, reason, errors["/due_on"], errors["/reason"])
    return task_page(visit, task, Shown(move_day=typed), status=422)


def _fault_of_day(visit: Visit, day: str) -> str:
    try:
        date.fromisoformat(day)
    except ValueError:
        return visit.words("Skriv dagen som år-månad-dag, till exempel 2027-03-30.")
    return ""
