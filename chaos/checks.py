"""The checks: pure functions from a history to its faults. An empty list is a history that holds."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from chaos.histories import GRACE, LONGEST_TRANSACTION, Answered, Fault, History, Job, Line, Task

# A job's kind, and the line it leaves when it fires.
FIRES = {"timer": "timer_fired", "expiry": "user_task_expired"}


def check(history: History) -> list[Fault]:
    """Every fault of every kind."""
    return [fault for examine in CHECKS for fault in examine(history)]


def lost_starts(history: History) -> list[Fault]:
    """An acknowledged start has its instance, and no business key has two."""
    known = {instance.id for instance in history.instances}
    keys = Counter(i.key for i in history.instances if i.key is not None and i.parent is None)
    return [
        *(Fault("start-lost", s.key) for s in history.started if s.instance not in known),
        *(Fault("start-doubled", f"{key} has {count} instances") for key, count in keys.items() if count > 1),
    ]


def lost_completions(history: History) -> list[Fault]:
    """An acknowledged completion is in the database with what was written, once; no completion is there twice."""
    tasks = {task.id: task for task in history.tasks}
    completed = Counter(line.task for line in history.lines if line.kind == "user_task_completed")
    faults = [fault for a in history.answered if a.told == "done" for fault in _not_kept(a, tasks, completed)]
    faults += [
        Fault("completion-doubled", f"{t.id} has {len(t.nonces)} answers") for t in tasks.values() if len(t.nonces) > 1
    ]
    faults += [Fault("completion-doubled", f"{t} was completed {n} times") for t, n in completed.items() if n > 1]
    return faults


def _not_kept(answer: Answered, tasks: Mapping[UUID, Task], completed: Mapping[UUID | None, int]) -> Iterable[Fault]:
    task = tasks.get(answer.task)
    if task is None or task.status != "completed":
        yield Fault("completion-lost", f"{answer.task} is {task.status if task else 'gone'}")
    elif answer.nonce not in task.nonces:
        yield Fault("completion-lost", f"{answer.task} has another answer than {answer.nonce}")
    elif not completed[answer.task]:
        yield Fault("completion-lost", f"{answer.task} has no line of history")


def two_winners(history: History) -> list[Fault]:
    """In a race between a completion and an interrupting timer one wins, and the client was told which."""
    done = {line.instance for line in history.lines if line.kind == "user_task_completed"}
    fired = {line.instance for line in history.lines if line.kind == "timer_fired"}
    races = {instance.id for instance in history.instances if instance.process == "chaos_race"}
    return [
        *(Fault("two-winners", str(race)) for race in races & done & fired),
        *(
            Fault("no-winner", f"{answer.task} was refused, and no timer fired")
            for answer in history.answered
            if answer.instance in races and answer.told == "lost" and answer.instance not in fired
        ),
    ]


def timers(history: History) -> list[Fault]:
    """No timer or expiry is lost or doubled: one line for each that is done, none for those that are not."""
    faults, done, fired = [], Counter[tuple[UUID | None, str, str]](), Counter[tuple[UUID | None, str, str]]()
    for job in _armed(history):
        done[job.instance, job.element, job.kind] += job.status == "done"
        if job.status == "waiting" and job.due_at + GRACE < history.read_at:
            faults.append(Fault("timer-lost", f"{job.element} of {job.instance} waits since {job.due_at}"))
        if job.status == "failed" and job.instance not in history.with_incidents:
            faults.append(Fault("timer-lost", f"{job.element} of {job.instance} failed without an incident"))
    for line in history.lines:
        for kind in (kind for kind, said in FIRES.items() if said == line.kind):
            fired[line.instance, line.element or "", kind] += 1
    for key in done.keys() | fired.keys():
        if done[key] != fired[key]:
            kind = "timer-lost" if fired[key] < done[key] else "timer-doubled"
            faults.append(Fault(kind, f"{key[1]} of {key[0]}: {done[key]} done, fired {fired[key]} times"))
    return faults


def early_timers(history: History) -> list[Fault]:
    """No timer fires before its time, by PostgreSQL's own record of the commits, and its time is the right one."""
    return [
        *(
            Fault("timer-early", f"{job.element} of {job.instance}: {line.committed_at} before {job.due_at}")
            for job, line in firings(history)
            if line.committed_at < job.due_at
        ),
        *(fault for job in _armed(history) for fault in _wrong_time(job, _commits(history))),
    ]


def _wrong_time(job: Job, commits: Mapping[tuple[UUID, datetime], datetime]) -> Iterable[Fault]:
    """A replica that asked its own clock would have armed the timer at a time that is not the commit's."""
    armed_at = commits.get((job.instance, job.created_at)) if job.instance is not None else None
    if armed_at is not None and not timedelta(0) <= armed_at - job.created_at <= LONGEST_TRANSACTION:
        yield Fault("wrong-clock", f"{job.element} of {job.instance} armed {job.created_at}, committed {armed_at}")
    seconds = re.fullmatch(r"PT(\d+)S", job.rule or "")
    if seconds and job.due_at - job.created_at != timedelta(seconds=int(seconds[1])):
        yield Fault(
            "wrong-clock", f"{job.element} of {job.instance}: {job.due_at} is not {job.rule} after {job.created_at}"
        )


def _commits(history: History) -> Mapping[tuple[UUID, datetime], datetime]:
    return {(line.instance, line.at): line.committed_at for line in history.lines}


def firings(history: History) -> list[tuple[Job, Line]]:
    """Each timer and expiry that is done with the line it left: the first due with the first fired."""
    lines: dict[tuple[UUID | None, str, str], list[Line]] = defaultdict(list)
    for line in sorted(history.lines, key=lambda line: line.committed_at):
        lines[line.instance, line.element or "", line.kind].append(line)
    jobs: dict[tuple[UUID | None, str, str], list[Job]] = defaultdict(list)
    for job in sorted(_armed(history), key=lambda job: job.due_at):
        if job.status == "done":
            jobs[job.instance, job.element, FIRES[job.kind]].append(job)
    return [pair for key, own in jobs.items() for pair in zip(own, lines[key], strict=False)]


def wrong_counts(history: History) -> list[Fault]:
    """What a diagram counts in its variables is what its history says: no step was overwritten by another."""
    counted = Counter((line.instance, line.kind) for line in history.lines)
    return [
        Fault("step-overwritten", f"{instance.id}: {name} is {value}, the history has {counted[instance.id, kind]}")
        for instance in history.instances
        for name, kind in (("varv", "user_task_completed"), ("ringt", "timer_fired"))
        if (value := instance.counters.get(name)) is not None and value != counted[instance.id, kind]
    ]


def stuck_instances(history: History) -> list[Fault]:
    """Every active instance waits for something: a task, a job, a message, a child; or has an incident."""
    waits = {task.instance for task in history.tasks if task.status == "open"}
    waits |= {job.instance for job in history.jobs if job.status == "waiting" and job.instance is not None}
    waits |= history.waiting_for_messages | history.with_incidents
    waits |= {i.parent for i in history.instances if i.parent is not None and i.status in {"active", "suspended"}}
    return [
        Fault("instance-stuck", f"{instance.id} ({instance.process})")
        for instance in history.instances
        if instance.status == "active" and instance.id not in waits
    ]


def overdue_jobs(history: History) -> list[Fault]:
    """When everything is at rest nothing is left undone. Mail may wait for its server."""
    return [
        Fault("job-left", f"{job.kind} {job.element} of {job.instance} waits since {job.due_at}")
        for job in history.jobs
        if job.status == "waiting" and job.kind not in {*FIRES, "mail"} and job.due_at + GRACE < history.read_at
    ]


def doubled_mails(history: History) -> list[Fault]:
    """A mail keeps its Message-ID over all tries, no Message-ID is of two mails, and what was sent has arrived."""
    ids: dict[str, set[str]] = defaultdict(set)
    abouts: dict[str, set[str]] = defaultdict(set)
    for mail in history.mails:
        ids[mail.about].add(mail.message_id)
        abouts[mail.message_id].add(mail.about)
    return [
        *(Fault("mail-lost", about) for about in history.mails_sent - ids.keys()),
        *(Fault("mail-doubled", f"{about}: {sorted(found)}") for about, found in ids.items() if len(found) > 1),
        *(Fault("mail-confused", f"{one}: {sorted(found)}") for one, found in abouts.items() if len(found) > 1),
    ]


def lateness(history: History) -> list[float]:
    """Seconds from each timer's time to the commit of its firing, sorted."""
    return sorted((line.committed_at - job.due_at).total_seconds() for job, line in firings(history))


def _armed(history: History) -> Iterable[Job]:
    return (job for job in history.jobs if job.kind in FIRES)


CHECKS: tuple[Callable[[History], list[Fault]], ...] = (
    lost_starts, lost_completions, two_winners, timers, early_timers, wrong_counts, stuck_instances, overdue_jobs,
    doubled_mails,
)  # fmt: skip
