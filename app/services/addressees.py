"""Whom a reminder is for on the day it falls: who has the task or its role, and the substitutes of those away."""

from collections.abc import Mapping, Sequence

from app.db import addressees, left_behind
from app.db.addressees import Addressee
from app.db.process.user_tasks import UserTask
from app.domain.reminders import DIRECTOR, Step, managers_of
from app.services.unit_of_work import UnitOfWork


def of_task(uow: UnitOfWork, task: UserTask) -> list[Addressee]:
    """The assignee, unless they may do it no longer; otherwise everybody who holds its role or co-role today."""
    if task.assignee_id is not None and not left_behind.of_gone_people(uow.session, uow.today, task_id=task.id):
        found = addressees.people(uow.session, [task.assignee_id])
    else:
        roles = [role for role in (task.candidate_role, task.co_role) if role]
        found = addressees.holding(uow.session, task.municipality_id, roles, task.scope_id, uow.today)
    return _present(uow, task.municipality_id, found)


def above(uow: UnitOfWork, task: UserTask, step: Step, managers: Mapping[str, str]) -> tuple[str, Sequence[Addressee]]:
    """Whom the step escalates to, and by which role: the line manager, or the next one up where nobody is."""
    line = [DIRECTOR] if step.to == "director" else managers_of(task.candidate_role, managers)
    for role in line:
        found = addressees.holding(uow.session, task.municipality_id, [role], task.scope_id, uow.today)
        if found:
            return role, _present(uow, task.municipality_id, found)
    return line[0], ()


def _present(uow: UnitOfWork, municipality: str, found: Sequence[Addressee]) -> list[Addressee]:
    """Those who are away today are exchanged for who stands in for them; nobody twice, by name."""
    away = addressees.standing_in(uow.session, municipality, [who.id for who in found], uow.today)
    present = {who.id: who for one in found for who in away.get(one.id, [one])}
    return sorted(present.values(), key=lambda who: (who.name, who.id))
