"""Reminders and escalations: sent when a task's step falls, to whoever it concerns on that very day.

An open task has one waiting job of the kind `reminder`, for its next step. When that falls, the latest step that has
passed is acted on (several have after a standstill), the mails are written and the next job is armed, in one
transaction that holds the instance's lock. Closing the task disarms it, as it does every job of its token.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from app.db.addressees import Addressee
from app.db.process import armed_jobs, deployments, history, jobs, process_instances, user_tasks
from app.db.process.jobs import Job
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.documents import mails as letters
from app.documents.mails import TaskFacts, Told
from app.domain.clock import local_date
from app.domain.mail_servers import one_line
from app.domain.reminders import Fallen, Step
from app.domain.roles import role_name
from app.domain.swedish_dates import Language
from app.services.addressees import above, of_task
from app.services.facts import organisation
from app.services.installation import Installation
from app.services.mails import Occasion, Outgoing, queue
from app.services.process.histories import write_line
from app.services.reminder_steps import job_row, policy, settings_of
from app.services.unit_of_work import UnitOfWork

MAX_EXPLANATION = 600
"""Characters of the diagram's words that a mail quotes."""


def fire(uow: UnitOfWork, job: Job, instance: ProcessInstance | None) -> None:
    """A step's time has come: tell whom it concerns, and arm the next."""
    if instance is None:
        raise LookupError("a reminder names no instance")
    task = user_tasks.open_by_token(uow.session, job.municipality_id, instance.id, job.token)
    if task is None:
        return
    attributes = attributes_of(uow, instance, task.element_id)
    calendar = organisation(uow, instance.municipality_id, instance.revision).calendar
    steps = policy(uow, instance, attributes)
    # Worked out anew: the policy, the calendar or the due date may have changed since the job was armed.
    after = datetime.fromisoformat(str(job.payload["after"]))
    fallen = steps.latest(task.due_on, calendar, after, uow.now)
    if fallen is not None:
        _tell(uow, task, instance, attributes, fallen)
    following = steps.following(task.due_on, calendar, max(after, uow.now))
    if following is not None:
        place, since = (task.element_id, task.token), max(after, uow.now)
        jobs.add(
            uow.session,
            [job_row(uow, instance, place, following, since, occurrence=job.occurrence + 1, version=calendar.version)],
        )


def rearm(uow: UnitOfWork, task: UserTask, due_on: date | None = None) -> None:
    """The task's due date was moved: reminders follow it. What would have fallen before now is passed by.

    The caller holds the instance's lock. `due_on` is the new day, where `task` was read before it was written.
    """
    armed_jobs.disarm_reminders(uow.session, task.municipality_id, task.process_instance_id, task.token)
    instance = process_instances.get(uow.session, task.process_instance_id)
    if task.status != "open" or instance is None:
        return
    calendar = organisation(uow, task.municipality_id).calendar
    steps = policy(uow, instance, attributes_of(uow, instance, task.element_id))
    following = steps.following(due_on or task.due_on, calendar, uow.now)
    if following is not None:
        last = armed_jobs.last_reminder(uow.session, task.municipality_id, instance.id, task.token)
        place = (task.element_id, task.token)
        row = job_row(uow, instance, place, following, uow.now, occurrence=last + 1, version=calendar.version)
        jobs.add(uow.session, [row])


def attributes_of(uow: UnitOfWork, instance: ProcessInstance, element: str) -> Mapping[str, str]:
    """What the diagram says of the element."""
    loaded = uow.installation.definitions.get(
        instance.program_digest, lambda: deployments.program(uow.session, instance.definition_id)
    )
    node = loaded.program.nodes.get(element)
    return node.attributes if node is not None else {}


def facts_of(uow: UnitOfWork, task: UserTask, attributes: Mapping[str, str], language: Language) -> TaskFacts:
    """What a mail says of the task. Everything is one line, and what the diagram says is kept short."""
    why, quote, source = (attributes.get(name, "") for name in ("documentation", "quote", "source"))
    said = f"”{quote}” ({source})" if quote and source else quote or source
    return TaskFacts(
        name=one_line(task.name),
        instance=one_line(task.instance_name),
        municipality=organisation(uow, task.municipality_id).name,
        scope=one_line(task.scope_name) if task.scope_name else None,
        role=role_name(task.candidate_role, language),
        due_on=task.due_on,
        reason=task.due_reason_en if language == "en" else task.due_reason_sv,
        why=one_line(why, MAX_EXPLANATION) or None,
        source=one_line(said, MAX_EXPLANATION) or None,
        url=task_address(uow.installation, task),
    )


def task_address(installation: Installation, task: UserTask) -> str:
    """The link that opens the task."""
    return f"{installation.address}/uppgifter/{task.id}"


def _tell(
    uow: UnitOfWork, task: UserTask, instance: ProcessInstance, attributes: Mapping[str, str], fallen: Fallen
) -> None:
    found = organisation(uow, task.municipality_id, instance.revision)
    settings = settings_of(found.profile)
    step = fallen.step
    role, people = above(uow, task, step, settings.managers) if step.escalates else (None, of_task(uow, task))
    reachable = [who for who in people if who.address]
    single = [who for who in reachable if step.escalates or who.notifications == "each"]
    weekly = [who for who in reachable if not step.escalates and who.notifications == "digest"]
    told = _told_before(uow, task) if step.escalates else ()
    outgoing = [
        Outgoing(who, _occasion(task, step, who), _write(uow, (task, attributes), step, told, who)) for who in single
    ]
    queue(uow, outgoing, settings.hours, found.calendar)
    if reachable and not (single or weekly):
        return
    detail = {
        "rule": step.text,
        "due_on": task.due_on.isoformat(),
        "to": [who.name for who in (*single, *weekly)],
        **({"role": role} if role else {}),
    }
    kind = "nobody_reached" if not reachable else "escalated" if step.escalates else "reminder_sent"
    place = (task.municipality_id, task.process_instance_id)
    write_line(uow, place, kind, detail, element=task.element_id, name=task.name, user_task_id=task.id)


def _occasion(task: UserTask, step: Step, who: Addressee) -> Occasion:
    kind = "escalation" if step.escalates else "reminder"
    key = f"{kind}:{task.id}:{step.text}:{task.due_on.isoformat()}:{who.id}"
    return Occasion(task.municipality_id, kind, key, task.id)


def _write(
    uow: UnitOfWork,
    about: tuple[UserTask, Mapping[str, str]],
    step: Step,
    told: Sequence[Told],
    who: Addressee,
) -> letters.Written:
    language: Language = "en" if who.language == "en" else "sv"
    facts = facts_of(uow, *about, language)
    if step.escalates:
        return letters.escalation(facts, told, uow.today, language)
    return letters.reminder(facts, uow.today, language)


def _told_before(uow: UnitOfWork, task: UserTask) -> list[Told]:
    """Who has been told of the task, and when, as its history has it."""
    lines = history.of_task(uow.session, task.municipality_id, task.process_instance_id, task.id)
    return [
        Told(local_date(line.at), tuple(line.detail.get("to", ())), escalated=line.kind == "escalated")
        for line in lines
        if line.kind in {"reminder_sent", "escalated"}
    ]
