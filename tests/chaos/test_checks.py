"""The checks of a history, each with a history that has just that fault. A check that never fails says nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chaos.checks import check, lateness
from chaos.histories import Answered, History, Instance, Job, Line, Mail, Started, Task

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RACE, LAPS, CALLER, CHILD, ANSWERED, CANCELLED, OPEN = (UUID(int=n) for n in range(1, 8))
TIMED = UUID(int=8)


def second(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def line(instance: UUID, kind: str, at: float, element: str = "svara", task: UUID | None = None) -> Line:
    """A line, committed ten milliseconds after it was written."""
    return Line(instance, kind, element, task, second(at), second(at + 0.01))


def timer(number: int, instance: UUID, status: str, armed: float, rule: str = "PT1S", kind: str = "timer") -> Job:
    length = int(rule[2:-1])
    return Job(UUID(int=number), kind, instance, "klocka", status, second(armed), second(armed + length), rule)


SOUND = History(
    read_at=second(300),
    started=(Started("a", RACE), Started("b", LAPS), Started("c", CALLER), Started("d", TIMED)),
    answered=(
        Answered(ANSWERED, LAPS, "n1", "done"),
        Answered(CANCELLED, RACE, "n2", "lost"),
        Answered(OPEN, LAPS, "n3", "unknown"),
    ),
    instances=(
        Instance(RACE, "chaos_race", "a", "ended", None, {"varv": 0, "ringt": 1}),
        Instance(LAPS, "chaos_laps", "b", "active", None, {"varv": 1, "ringt": 0}),
        Instance(CALLER, "chaos_calls", "c", "active"),
        Instance(CHILD, "chaos_child", "c", "active", CALLER),
        Instance(TIMED, "chaos_waits", "d", "ended"),
    ),
    tasks=(
        Task(ANSWERED, LAPS, "completed", ("n1",)),
        Task(CANCELLED, RACE, "cancelled"),
        Task(OPEN, LAPS, "open"),
    ),
    jobs=(
        timer(1, RACE, "done", 0),
        timer(2, LAPS, "cancelled", 0),
        timer(3, CHILD, "waiting", 290, "PT20S"),
        timer(4, TIMED, "done", 0, "PT2S", "expiry"),
    ),
    lines=(
        line(RACE, "user_task_opened", 0),
        line(RACE, "timer_fired", 1.2, "klocka"),
        line(LAPS, "user_task_opened", 0),
        line(LAPS, "user_task_completed", 0.5, task=ANSWERED),
        line(TIMED, "user_task_opened", 0),
        line(TIMED, "user_task_expired", 2.1, "klocka"),
    ),
    mails=(Mail("m1", "<1@x>"), Mail("m1", "<1@x>"), Mail("m2", "<2@x>")),
)  # fmt: skip


def kinds(history: History) -> set[str]:
    return {fault.kind for fault in check(history)}


def without(history: History, kind: str) -> History:
    return replace(history, lines=tuple(entry for entry in history.lines if entry.kind != kind))


def with_job(index: int, **values: object) -> History:
    changed = list(SOUND.jobs)
    changed[index] = replace(changed[index], **values)  # type: ignore[arg-type]  # the test's own fields
    return replace(SOUND, jobs=tuple(changed))


def with_line(index: int, **values: object) -> History:
    changed = list(SOUND.lines)
    changed[index] = replace(changed[index], **values)  # type: ignore[arg-type]  # the test's own fields
    return replace(SOUND, lines=tuple(changed))


def with_task(index: int, **values: object) -> History:
    changed = list(SOUND.tasks)
    changed[index] = replace(changed[index], **values)  # type: ignore[arg-type]  # the test's own fields
    return replace(SOUND, tasks=tuple(changed))


def test_a_history_in_which_all_is_well_has_no_faults() -> None:
    assert check(SOUND) == []
    assert lateness(SOUND) == pytest.approx([0.11, 0.21])


BAD: dict[str, tuple[History, set[str]]] = {
    "an acknowledged start is gone": (
        replace(SOUND, started=(*SOUND.started, Started("e", UUID(int=99)))), {"start-lost"},
    ),
    "one start made two instances": (
        replace(SOUND, instances=(*SOUND.instances, Instance(UUID(int=99), "chaos_race", "a", "ended"))),
        {"start-doubled"},
    ),
    "an acknowledged completion is not in the task": (with_task(0, status="open"), {"completion-lost"}),
    "an acknowledged completion has somebody else's answer": (with_task(0, nonces=("n9",)), {"completion-lost"}),
    "an acknowledged completion is not in the history": (
        without(SOUND, "user_task_completed"), {"completion-lost", "step-overwritten"},
    ),
    "a completion was stored twice": (with_task(0, nonces=("n1", "n1")), {"completion-doubled"}),
    "a completion was applied twice": (
        replace(SOUND, lines=(*SOUND.lines, line(LAPS, "user_task_completed", 0.6, task=ANSWERED))),
        {"completion-doubled", "step-overwritten"},
    ),
    "both the completion and its interrupting timer won": (
        replace(SOUND, lines=(*SOUND.lines, line(RACE, "user_task_completed", 1, task=CANCELLED))),
        {"two-winners", "step-overwritten"},
    ),
    "a completion was refused though no timer fired": (
        replace(with_job(0, status="cancelled"), lines=tuple(e for e in SOUND.lines if e.kind != "timer_fired")),
        {"no-winner", "step-overwritten"},
    ),
    "a timer still waits long after its time": (with_job(2, due_at=second(200), rule=None), {"timer-lost"}),
    "a timer was marked done and did nothing": (
        without(SOUND, "timer_fired"), {"timer-lost", "no-winner", "step-overwritten"},
    ),
    "a timer failed and nobody was told": (with_job(2, status="failed"), {"timer-lost", "instance-stuck"}),
    "a timer fired twice": (
        replace(SOUND, lines=(*SOUND.lines, line(RACE, "timer_fired", 1.3, "klocka"))),
        {"timer-doubled", "step-overwritten"},
    ),
    "a cancelled timer fired": (
        replace(SOUND, lines=(*SOUND.lines, line(LAPS, "timer_fired", 1, "klocka"))),
        {"timer-doubled", "step-overwritten"},
    ),
    "an expiry was marked done and did nothing": (without(SOUND, "user_task_expired"), {"timer-lost"}),
    "a timer fired before its time": (with_line(1, at=second(0.8), committed_at=second(0.9)), {"timer-early"}),
    "a timer was armed by a clock an hour fast": (
        replace(
            with_job(0, created_at=second(3600), due_at=second(3601)),
            lines=tuple(replace(e, at=second(3600)) if e.kind == "user_task_opened" and e.instance == RACE else e
                        for e in SOUND.lines),
        ),
        {"wrong-clock", "timer-early"},
    ),
    "a timer has another length than its rule": (with_job(1, due_at=second(1.5)), {"wrong-clock"}),
    "a step was overwritten by another": (
        replace(SOUND, instances=(*SOUND.instances[:1], replace(SOUND.instances[1], counters={"varv": 0, "ringt": 0}),
                                  *SOUND.instances[2:])),
        {"step-overwritten"},
    ),
    "an active instance waits for nothing": (
        replace(SOUND, tasks=tuple(t for t in SOUND.tasks if t.id != OPEN)), {"instance-stuck"},
    ),
    "a call was never done": (
        replace(SOUND, jobs=(*SOUND.jobs, Job(UUID(int=9), "call", LAPS, "c", "waiting", NOON, NOON))), {"job-left"},
    ),
    "a mail has two Message-IDs": (
        replace(SOUND, mails=(Mail("m1", "<1@x>"), Mail("m1", "<2@x>"))), {"mail-doubled"},
    ),
    "a mail that was sent never arrived": (replace(SOUND, mails_sent=frozenset({"m1", "m3"})), {"mail-lost"}),
    "two mails have one Message-ID": (
        replace(SOUND, mails=(Mail("m1", "<1@x>"), Mail("m2", "<1@x>"))), {"mail-confused"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_history_with_a_fault_is_told_by_its_name(name: str) -> None:
    history, expected = BAD[name]
    assert kinds(history) == expected


def test_an_instance_that_waits_for_a_message_a_child_or_an_administrator_is_not_stuck() -> None:
    bare = replace(SOUND, tasks=SOUND.tasks[:2])
    assert kinds(bare) == {"instance-stuck"}
    assert kinds(replace(bare, waiting_for_messages=frozenset({LAPS}))) == set()
    assert kinds(replace(bare, with_incidents=frozenset({LAPS}))) == set()
    assert kinds(
        replace(bare, instances=(*bare.instances, Instance(UUID(int=99), "chaos_child", None, "ended", LAPS)))
    ) == {"instance-stuck"}


def test_a_timer_that_failed_with_an_incident_is_told_to_somebody() -> None:
    assert kinds(replace(with_job(2, status="failed"), with_incidents=frozenset({CHILD}))) == set()


def test_mail_may_wait_for_its_server() -> None:
    waiting = Job(UUID(int=9), "mail", None, "m", "waiting", NOON, NOON)
    assert kinds(replace(SOUND, jobs=(*SOUND.jobs, waiting))) == set()
