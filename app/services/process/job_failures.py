"""A job that failed: put off, or given up with an incident that can be retried."""

import structlog

from app.db.process import incidents, jobs, process_instances
from app.db.process.jobs import MAX_ATTEMPTS, Job
from app.db.session import DatabaseUnavailable, LockNotGranted
from app.domain.errors import Refusal
from app.domain.ids import new_id
from app.engine.outcomes import EngineFault
from app.services.installation import Installation
from app.services.process.histories import write_line
from app.services.unit_of_work import UnitOfWork, begin_system
from app.telemetry import JOBS_FAILED

log = structlog.get_logger()


def write_failure(installation: Installation, job: Job, fault: Exception, said: str) -> bool:
    """A second transaction: try again later, or after the last attempt open an incident.

    The first was rolled back, with everything the job had done. False when the failure could not be written, because
    somebody else has the job or the database is away: then it still waits.
    """
    log.warning("job_failed", job=str(job.id), kind=job.kind, fault=type(fault).__name__)
    try:
        with begin_system(installation) as uow:
            return _write(uow, job, fault, said)
    except (LockNotGranted, DatabaseUnavailable):
        return False


def _write(uow: UnitOfWork, job: Job, fault: Exception, said: str) -> bool:
    sv = getattr(fault, "sv", "") or said
    en = getattr(fault, "en", "") or said
    instance = None
    if job.process_instance_id is not None:
        instance = process_instances.lock_unclaimed(uow.session, job.process_instance_id)
        if instance is None:
            return False
    locked = jobs.lock(uow.session, job.id)
    if locked is None or locked.attempts != job.attempts:
        # Somebody has done it, or written down the same failure.
        return False
    uow.after_commit(JOBS_FAILED.labels(job.kind).inc)
    lasting = isinstance(fault, EngineFault | Refusal)
    if not lasting and locked.attempts + 1 < MAX_ATTEMPTS:
        jobs.put_off(uow.session, locked, uow.now + jobs.backoff(locked.attempts), en)
        return True
    jobs.give_up(uow.session, locked, en)
    element = getattr(fault, "element", locked.element)
    incidents.add(
        uow.session,
        {
            "municipality_id": locked.municipality_id,
            "id": new_id(),
            "process_instance_id": locked.process_instance_id,
            "job_id": locked.id,
            "kind": locked.kind,
            "element": element,
            "sv": sv[:1000],
            "en": en[:1000],
            "opened_at": uow.now,
        },
    )
    if instance is not None:
        place = (instance.municipality_id, instance.id)
        write_line(uow, place, "incident_opened", {"sv": sv, "en": en}, element=element)
    return True
