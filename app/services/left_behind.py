"""Tasks that people and departments leave behind: given back to their role, or withdrawn.

Roles end by the calendar, with nobody there to act, so the scheduler looks too. Each task has a job of its own, which
holds its instance's lock as everything else that changes a task does.
"""

from uuid import UUID

from app.db import left_behind
from app.db.process import jobs, user_tasks
from app.db.process.jobs import Job
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.services.installation import Installation
from app.services.process.histories import write_line
from app.services.process.projection import message_job
from app.services.unit_of_work import UnitOfWork, begin_system


def sweep(installation: Installation) -> int:
    """Look for what has been left behind in every municipality; how many tasks were found."""
    with begin_system(installation) as uow:
        return release_claims(uow) + withdraw_of_closed(uow)


def release_claims(uow: UnitOfWork, person_id: UUID | None = None) -> int:
    """Queue the release of tasks whose assignee may do them no longer; one person's, or everybody's.

    Who claimed must still hold the role; who was handed a task must still hold any role in the municipality.
    """
    left = left_behind.of_gone_people(uow.session, uow.today, person_id=person_id)
    return _queue(uow, left, "release", {})


def withdraw_of_closed(uow: UnitOfWork, municipality: str | None = None) -> int:
    """Queue the withdrawal of open tasks of departments, companies, actors and bodies that have closed.

    Each is completed with the outcome `withdrawn`, so that its process goes on.
    """
    left = left_behind.of_closed_places(uow.session, uow.today, municipality)
    return _queue(uow, left, "expiry", {"outcome": "withdrawn"})


def release(uow: UnitOfWork, job: Job, instance: ProcessInstance | None) -> None:
    """Give a task back to its role, if its assignee is still gone."""
    if instance is None or not (left := left_behind.of_gone_people(uow.session, uow.today, task_id=job.scope_id)):
        return
    (task,) = left
    user_tasks.change(uow.session, task, {"assignee_id": None, "assigned_by": None})
    write_line(
        uow,
        (task.municipality_id, task.process_instance_id),
        "user_task_released",
        {"assignee": None, "text": "Rollen har upphört."},
        element=task.element_id,
        name=task.name,
        user_task_id=task.id,
    )


def _queue(uow: UnitOfWork, tasks: list[UserTask], kind: str, payload: dict[str, str]) -> int:
    jobs.add(
        uow.session,
        [
            {
                **message_job(task.municipality_id, task.id, kind, task.element_id, uow.now),
                "scope_kind": "user_task",
                "token": task.token,
                # Left behind twice is two jobs.
                "occurrence": task.version,
                "process_instance_id": task.process_instance_id,
                "payload": payload,
            }
            for task in tasks
        ],
    )
    if tasks:
        uow.ring_after_commit()
    return len(tasks)
