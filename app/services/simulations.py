"""A year before it is lived: a period played on an installation of its own, with a clock that is set by hand.

Everything that happens goes through the use cases that people and the scheduler use. Only the people are scripted:
they answer every task, on a plausible day, from the answer book.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from app.db import people
from app.db.prevention import municipalities, records
from app.db.process import attachments, jobs, process_instances, submissions, user_tasks
from app.db.process.user_tasks import UserTask
from app.db.tables import RECORDS
from app.domain.clock import STOCKHOLM, SetClock, local_date
from app.domain.errors import InvalidSubmission, NotFound, Refusal
from app.domain.forms.fields import Field
from app.domain.ids import new_id
from app.domain.principals import HeldRole, Principal
from app.domain.workdays import WorkdayCalendar
from app.services import schedules
from app.services.caches import Organisation
from app.services.facts import organisation
from app.services.installation import Installation
from app.services.process import incidents
from app.services.process import process_instances as instances
from app.services.process.jobs import run_due
from app.services.process.process_instances import Start
from app.services.process.user_tasks import CompletionFault, complete, form_of
from app.services.simulation.answers import Asked, answer
from app.services.simulation.scripts import ByHand, Script, Window, answer_at, script_of
from app.services.simulation.timelines import Row, Saved, last_sequence, timeline
from app.services.sources import options_for
from app.services.unit_of_work import UnitOfWork, begin_system

MOST_TASKS = 5000
ROUND = 200
OPENING_HOUR = 6
STARTING_HOUR = 9
CHOICE_OF_GROUP = "gruppmote.valj_grupp"
SWEDEN = WorkdayCalendar()
MINUTES = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


class SimulationFailed(Refusal):
    """The period could not be played: a scripted answer does not fit its form. The sentence says which and why."""

    code = "simulation-failed"


def simulate(
    installation: Installation,
    municipality: str,
    from_on: date,
    to_on: date,
    progress: Callable[[str], None],
    script: Script | None = None,
) -> list[Row]:
    """Play the days from_on to to_on (inclusive, Swedish time) in a municipality; the timeline, in order.

    The people follow the municipality's own script unless another is given.

    The installation's clock must be a SetClock, which is moved, and its database one that may be filled. Equal
    installations and equal days give equal rows but for ids. Raises NotFound for an unknown municipality,
    SimulationFailed, and ValueError when the clock is another or already past the last day.
    """
    play = _Play(installation, municipality, script or script_of(municipality), progress)
    begin_at = _local(from_on, OPENING_HOUR)
    end_at = _local(to_on + timedelta(days=1), 0) - timedelta(seconds=1)
    if play.clock.now() > end_at:
        raise ValueError(f"the clock stands at {play.clock.now()}, after {to_on}")
    play.clock.set(max(play.clock.now(), begin_at))
    play.starts = _by_hand(play.script, local_date(play.clock.now()), to_on)
    with begin_system(installation) as uow:
        before = last_sequence(uow, municipality)
    while play.step(end_at):
        pass
    with begin_system(installation) as uow:
        return timeline(uow, municipality, before, play.saved)


@dataclass(frozen=True)
class _Planned:
    """A task that somebody will answer, and when. `order` breaks ties by what does not differ between runs."""

    at: datetime
    order: tuple[str, str, str]
    task: UserTask


class _Play:
    """A period being played."""

    def __init__(
        self, installation: Installation, municipality: str, script: Script, progress: Callable[[str], None]
    ) -> None:
        if not isinstance(installation.clock, SetClock):
            raise ValueError("a simulation needs an installation with a clock of its own")  # noqa: TRY004  a value of it
        self.installation, self.municipality, self.script = installation, municipality, script
        self.clock, self.progress = installation.clock, progress
        self.planned: dict[UUID, _Planned] = {}
        self.passed: set[UUID] = set()
        self.rounds: dict[tuple[UUID, str, str], int] = {}
        self.starts: list[tuple[datetime, ByHand]] = []
        self.groups: dict[UUID, str] = {}
        self.reckoned_from: Organisation | None = None
        self.openings: list[datetime] = []
        self.turns: dict[tuple[str, str], int] = {}
        self.saved: dict[UUID, list[Saved]] = {}
        self.month = ""
        with begin_system(installation) as uow:
            if municipalities.get(uow.session, municipality) is None:
                raise NotFound("Kommunen", "The municipality")

    def step(self, end_at: datetime) -> bool:
        """Do what is due now, or move to the next instant at which something is. False when the period is over."""
        now = self.clock.now()
        schedules.start_due(self.installation, self.municipality) if self._is_opening(now) else None
        while self.starts and self.starts[0][0] <= now:
            self._start(self.starts.pop(0)[1])
        while run_due(self.installation, ROUND) >= ROUND:
            pass
        self._plan()
        due = sorted((p for p in self.planned.values() if p.at <= now), key=lambda p: (p.at, p.order))
        if due:
            self._answer(due[0])
            return True
        following = self._next(now, end_at)
        self.clock.set(following or end_at)
        self._tell()
        return following is not None

    def _tell(self) -> None:
        month = f"{local_date(self.clock.now()):%Y-%m}"
        if month != self.month:
            self.month = month
            self.progress(f"{month}: {len(self.planned)} öppna uppgifter, {sum(self.rounds.values())} besvarade")

    def _is_opening(self, now: datetime) -> bool:
        """The schedule is looked at once a day, at six, and when the play begins."""
        local = now.astimezone(STOCKHOLM)
        return not self.month or (local.hour, local.minute) == (OPENING_HOUR, 0)

    def _next(self, now: datetime, end_at: datetime) -> datetime | None:
        """The next answer, job or start of the schedule within the period."""
        with begin_system(self.installation) as uow:
            job_at = jobs.next_due_at(uow.session, after=now)
            calendar = organisation(uow, self.municipality)
            # The same until somebody changes what it is reckoned from.
            if calendar is not self.reckoned_from:
                self.reckoned_from = calendar
                found_on = schedules.coming(uow, self.municipality, local_date(now), local_date(end_at))
                self.openings = [_local(occurrence.start_on, OPENING_HOUR) for occurrence in found_on]
        found = [p.at for p in self.planned.values()] + [at for at, _ in self.starts]
        found += [at for at in self.openings if at > now]
        found += [job_at] if job_at is not None else []
        return min((at for at in found if at <= end_at), default=None)

    def _start(self, by_hand: ByHand) -> None:
        """Somebody starts a process that has no rule, where the municipality has adopted it."""
        with begin_system(self.installation) as uow:
            if by_hand.process not in organisation(uow, self.municipality).profile.get("processes", ()):
                return
            uow.principal = _player(uow, self.municipality, [by_hand.role, "crime_prevention_coordinator"], None, None)
            instance = instances.start(uow, Start(self.municipality, by_hand.process))
            if by_hand.group is not None:
                self.groups[instance.id] = by_hand.group

    def _plan(self) -> None:
        """Decide when each open task will be answered; forget those that are open no more."""
        with begin_system(self.installation) as uow:
            opened = user_tasks.in_municipalities(uow.session, [self.municipality], limit=MOST_TASKS)
            kept = {task.id for task in opened if not task.suspended}
            self.planned = {task_id: plan for task_id, plan in self.planned.items() if task_id in kept}
            for task in opened:
                if task.id not in self.planned and task.id not in self.passed:
                    self._plan_one(uow, task)

    def _plan_one(self, uow: UnitOfWork, task: UserTask) -> None:
        instance = process_instances.get(uow.session, task.process_instance_id)
        if instance is None:
            raise LookupError(task.process_instance_id)
        step, whose = f"{instance.process_key}.{task.element_id}", _whose(task)
        if self.script.is_silent(step, whose, local_date(task.created_at).year):
            self.passed.add(task.id)
            return
        found = organisation(uow, self.municipality)
        at = answer_at(self.script, step, whose, Window(task.created_at, task.due_on, found.calendar, found.plan))
        self.planned[task.id] = _Planned(at, (step, whose, task.instance_name), task)

    def _answer(self, planned: _Planned) -> None:
        """Somebody who holds the task's role answers it."""
        task = planned.task
        try:
            with begin_system(self.installation) as uow:
                uow.principal = _holder(uow, task)
                submission = self._submission(uow, planned)
                complete(uow, task.id, submission)
                self.saved[task.id] = list(_written(uow, task))
        except InvalidSubmission as refused:
            raise _failure(planned, refused) from refused
        except CompletionFault as fault:
            self.passed.add(task.id)
            with begin_system(self.installation) as uow:
                person_id = _holder(uow, task).id
            incidents.keep_answer(self.installation, fault, person_id)
        self.planned.pop(task.id, None)

    def _submission(self, uow: UnitOfWork, planned: _Planned) -> dict[str, Any]:
        task = planned.task
        step, whose, _name = planned.order
        key = (task.process_instance_id, step, whose)
        self.rounds[key] = self.rounds.get(key, 0) + 1
        changes = self.script.changes(step, local_date(task.created_at).year, self.rounds[key] - 1)
        form = form_of(uow, task)
        instance = process_instances.get(uow.session, task.process_instance_id)
        if step == CHOICE_OF_GROUP and task.process_instance_id in self.groups:
            changes = {"grupp": self.groups[task.process_instance_id], **changes}
        if form is None or instance is None:
            return dict(changes)
        found = organisation(uow, task.municipality_id)
        asked = Asked(
            process=instance.process_key,
            form=form,
            whose=whose,
            scope_id=str(task.scope_id) if task.scope_id else None,
            year=instance.year,
            anchor_on=instance.anchor_on,
            opened_on=local_date(task.created_at),
            answered_on=uow.today,
            calendar=found.calendar,
            plan=found.plan,
            options=options_for(uow, task, form),
            municipality=task.municipality_id,
            turn=self._turn(step, whose),
        )
        return answer(asked, lambda field: _attach(uow, task, field), changes)

    def _turn(self, step: str, whose: str) -> int | None:
        """How many times they have done the step before; None when nothing varies."""
        if not self.script.varies:
            return None
        self.turns[step, whose] = self.turns.get((step, whose), -1) + 1
        return self.turns[step, whose]


def _failure(planned: _Planned, refused: InvalidSubmission) -> SimulationFailed:
    step = " / ".join(part for part in planned.order[:2] if part)
    sv = " ".join(f"{fault.pointer}: {fault.sv}" for fault in refused.errors)
    en = " ".join(f"{fault.pointer}: {fault.en}" for fault in refused.errors)
    return SimulationFailed(
        f"Det påhittade svaret på {step} passar inte formuläret. {sv}",
        f"The scripted answer to {step} does not fit its form. {en}",
    )


def _whose(task: UserTask) -> str:
    """The department or actor, or else what the instance is about ("Orsaksanalys 2027: Otrygghet vid busstationen")."""
    return task.scope_name or task.instance_name.partition(": ")[2]


def _holder(uow: UnitOfWork, task: UserTask) -> Principal:
    roles = [task.candidate_role, *([task.co_role] if task.co_role else [])]
    return _player(uow, task.municipality_id, roles, task.scope_kind, task.scope_id)


def _player(
    uow: UnitOfWork, municipality: str, roles: Sequence[str], scope_kind: str | None, scope_id: UUID | None
) -> Principal:
    """The first by name who holds the first of the roles that anybody holds today; where nobody does, a stand-in."""
    for role in roles:
        held = people.holders(uow.session, municipality, role, scope_id, uow.today)
        if held:
            return _principal(held[0][0], held[0][1], HeldRole(municipality, role, scope_kind, scope_id, held[0][0]))
    standing = people.by_username(uow.session, "simulering")
    if standing is None:
        standing = people.Person(
            id=new_id(), username="simulering", name="Simulerad rollinnehavare", email=None, password_hash=None,
            language="sv", system_admin=False, active=True, created_at=uow.now,
        )  # fmt: skip
        uow.session.add(standing)
        uow.session.flush()
    return _principal(standing.id, standing.name, HeldRole(municipality, roles[0], scope_kind, scope_id, standing.id))


def _principal(person_id: UUID, name: str, held: HeldRole) -> Principal:
    return Principal(person_id, "", name, "sv", system_admin=False, roles=(held,))


def _by_hand(script: Script, from_on: date, to_on: date) -> list[tuple[datetime, ByHand]]:
    """What is started by hand within the days and when, at nine on the first working day from the day on."""
    days = [(date(year, *start.day), start) for year in range(from_on.year, to_on.year + 1) for start in script.starts]
    found = [(_local(SWEDEN.next_workday(on), STARTING_HOUR), start) for on, start in days if from_on <= on <= to_on]
    return sorted(found, key=lambda entry: (entry[0], entry[1].process))


def _attach(uow: UnitOfWork, task: UserTask, field: Field) -> str:
    """A file that the form requires."""
    attachment_id = new_id()
    values = {
        "municipality_id": task.municipality_id,
        "id": attachment_id,
        "user_task_id": task.id,
        "file_name": f"{field.name}.pdf",
        "media_type": "application/pdf",
        "size": len(MINUTES),
        "sha256": hashlib.sha256(MINUTES).hexdigest(),
        "uploaded_at": uow.now,
        "uploaded_by": uow.who().id,
    }
    attachments.add(uow.session, values, MINUTES)
    return str(attachment_id)


def _written(uow: UnitOfWork, task: UserTask) -> Iterator[Saved]:
    """The records that the task's submission wrote, without their ids."""
    submission = submissions.of_task(uow.session, task.municipality_id, task.id)
    form = form_of(uow, task)
    if submission is None or form is None:
        return
    for kind in sorted({declared for declared in (form.record, *(f.record for f in form.fields)) if declared}):
        for record in records.written_by(uow.session, RECORDS[kind], task.municipality_id, submission.id):
            columns = ("organ", "decided_on", "paragraph", "text", "due_on", "ends_on", "held_on", "status")
            found = {name: getattr(record, name, None) for name in columns}
            values = {k: v.isoformat() if isinstance(v, date) else v for k, v in found.items() if v is not None}
            yield Saved(kind, str(getattr(record, "title", None) or ""), values)


def _local(on: date, hour: int) -> datetime:
    return datetime.combine(on, time(hour), STOCKHOLM).astimezone(UTC)


__all__ = ["Script", "SimulationFailed", "simulate"]
