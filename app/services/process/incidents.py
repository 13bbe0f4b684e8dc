"""Incidents: retry, or resolve by hand with a reason."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.db.process import incidents, jobs, process_instances, user_tasks
from app.db.process.incidents import Incident
from app.domain.errors import AlreadyResolved, InvalidInput, NotFound
from app.domain.ids import new_id
from app.domain.principals import require_administers
from app.services.installation import Installation
from app.services.process.findings import require_clean
from app.services.process.histories import write_line
from app.services.process.user_tasks import CompletionFault
from app.services.unit_of_work import UnitOfWork, begin_system


def _lock(uow: UnitOfWork, incident_id: UUID) -> Incident:
    incident = incidents.lock(uow.session, incident_id)
    if incident is None:
        raise NotFound("Felet", "The incident")
    require_administers(uow.who(), incident.municipality_id)
    if incident.resolved_at is not None:
        raise AlreadyResolved
    return incident


def retry(uow: UnitOfWork, incident_id: UUID) -> Incident:
    """Try again what failed. Raises NotFound, NotYours, AlreadyResolved, InvalidInput if nothing can be."""
    incident = _lock(uow, incident_id)
    if incident.job_id is None:
        raise InvalidInput(
            "Det finns inget att göra om: rätta felet och skicka in uppgiften igen.",
            "There is nothing to retry: mend the cause and complete the task again.",
        )
    incidents.resolve(uow.session, incident, at=uow.now, person_id=uow.who().id, resolution="retried")
    jobs.retry(uow.session, incident.municipality_id, incident.job_id, uow.now)
    _line(uow, incident, "incident_retried", {})
    uow.ring_after_commit()
    return incident


def resolve(uow: UnitOfWork, incident_id: UUID, reason: str) -> Incident:
    """Close an incident by hand. Raises NotFound, NotYours, AlreadyResolved."""
    require_clean({"reason": reason})
    incident = _lock(uow, incident_id)
    incidents.resolve(uow.session, incident, at=uow.now, person_id=uow.who().id, resolution=reason)
    _line(uow, incident, "incident_resolved", {"reason": reason})
    return incident


def _line(uow: UnitOfWork, incident: Incident, kind: str, detail: Mapping[str, Any]) -> None:
    if incident.process_instance_id is not None:
        place = (incident.municipality_id, incident.process_instance_id)
        write_line(uow, place, kind, {"incident": str(incident.id), **detail}, element=incident.element)


def keep_answer(installation: Installation, fault: CompletionFault, person_id: UUID) -> None:
    """A completion that the engine could not go on from: a second transaction keeps the answer as a draft.

    The first was rolled back, so that nothing half-run was written; nothing of what the person wrote is lost.
    """
    task = fault.task
    with begin_system(installation) as uow:
        instance = process_instances.lock(uow.session, task.process_instance_id)
        if instance is None:
            return
        user_tasks.change(uow.session, task, {"draft": fault.submission, "draft_at": uow.now, "draft_by": person_id})
        _open(uow, fault)


def _open(uow: UnitOfWork, fault: CompletionFault) -> None:
    """One incident for one cause, however often the answer is sent in."""
    task = fault.task
    place = (task.municipality_id, task.process_instance_id)
    if incidents.is_told(uow.session, *place, task.id, fault.en):
        return
    incident_id = new_id()
    incidents.add(
        uow.session,
        {
            "municipality_id": task.municipality_id,
            "id": incident_id,
            "process_instance_id": task.process_instance_id,
            "user_task_id": task.id,
            "kind": "completion",
            "element": fault.element,
            "sv": fault.sv,
            "en": fault.en,
            "opened_at": uow.now,
        },
    )
    detail = {"incident": str(incident_id), "sv": fault.sv, "en": fault.en}
    write_line(uow, place, "incident_opened", detail, element=fault.element, user_task_id=task.id)
