"""What an operator wants to know when something seems wrong."""

from typing import Any

from app.db import mails, migrations
from app.db.process import incidents, job_queues, jobs, process_instances
from app.services.installation import Installation
from app.services.postal_connections import trouble_with
from app.services.unit_of_work import begin_system

# A job that has waited longer than this past its time is overdue: somebody should look.
GRACE_S = 60


def diagnose(installation: Installation) -> dict[str, Any]:
    """The state of the installation in plain facts. `healthy` is false when a person must do something."""
    head = migrations.head()
    current = migrations.current(installation.database.engine)
    with begin_system(installation) as uow:
        next_due = jobs.next_due_at(uow.session)
        late_s = job_queues.queue(uow.session, uow.now).age(uow.now)
        overdue = late_s > GRACE_S
        found = {
            "database": "reachable",
            "schema": f"{current} (expected {head})",
            "instances": process_instances.count_by_status(uow.session),
            "jobs": job_queues.count_by_status(uow.session),
            "next_job_due_at": next_due.isoformat() if next_due else None,
            "oldest_due_job_s": round(late_s),
            "jobs_overdue": overdue,
            "open_incidents": incidents.count_open(uow.session),
            "mails": mails.count_by_status(uow.session),
        }
    found["mail"], mail_works = _mail(installation)
    found["healthy"] = current == head and not overdue and found["open_incidents"] == 0 and mail_works
    return found


def _mail(installation: Installation) -> tuple[str, bool]:
    """How mail stands, and whether that is as it should be. Asks the mail server, outside every transaction."""
    server = installation.mail
    if server is None:
        return "off: no mail is sent (TRYGGHETSHJULET_SMTP_URL)", True
    trouble = trouble_with(server)
    return (f"{server.place} answers", True) if trouble is None else (f"{server.place} does not: {trouble}", False)
