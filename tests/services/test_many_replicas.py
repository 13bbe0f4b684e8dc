"""Several replicas on one database: what one holds, has moved or has done, another neither waits for nor does again.

These run by the database's clock, as the service does.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from time import monotonic
from typing import Any

import pytest

from app.db.process import jobs as rows
from app.db.process import messages, process_instances
from app.db.process.jobs import Job
from app.db.process.process_instances import ProcessInstance
from app.domain.ids import new_id
from app.engine.folders import Folder
from app.services.installation import Installation
from app.services.process import jobs
from app.services.process.deployments import deploy
from app.services.process.job_failures import write_failure
from app.services.process.process_instances import Start, begin_instance
from app.services.process.projection import call_end_job, message_job
from app.services.turns import Turns
from app.services.unit_of_work import UnitOfWork, begin_system
from app.worker import Worker
from tests.engine.drawings import diagram


def timers(*durations: str) -> bytes:
    """A task with a timer beside it for each duration; none of them interrupts it."""
    beside = "".join(
        f"<boundaryEvent id='b{n}' attachedToRef='t' cancelActivity='false'><timerEventDefinition>"
        f"<timeDuration>{duration}</timeDuration></timerEventDefinition></boundaryEvent>\nb{n} -> e{n}\n"
        f"<endEvent id='e{n}'/>\n"
        for n, duration in enumerate(durations)
    )
    task = "<startEvent id='s'/>\ns -> t\n<userTask id='t' hjul:role='security_manager'/>\n"
    return diagram(f"{task}{beside}t -> e\n<endEvent id='e'/>", key="klockor")


@pytest.fixture
def replica(installation: Installation) -> Installation:
    """A process of the service on the furnished database, by the database's clock."""
    return Installation(installation.database)


def begin(replica: Installation, drawing: bytes, key: str = "klockor") -> ProcessInstance:
    with begin_system(replica) as uow:
        definition = deploy(uow, [Folder(key, {"process.bpmn": drawing})]).definitions[0][0]
        return begin_instance(uow, Start("askersund", key), definition, None)


def armed(replica: Installation) -> list[Job]:
    with begin_system(replica) as uow:
        return [job for job in rows.page(uow.session, ["askersund"]) if job.kind == "timer"]


def put(replica: Installation, job: Job, **values: Any) -> None:
    with begin_system(replica) as uow:
        rows._set(uow.session, job, values)


def statuses(replica: Installation) -> dict[str, str]:
    return {job.element: job.status for job in armed(replica)}


# Seen failing: with FOR UPDATE instead of FOR NO KEY UPDATE on the instance, the job waits five seconds and is refused.
def test_a_child_that_ends_does_not_wait_for_whoever_holds_its_caller(replica: Installation) -> None:
    caller, child = begin(replica, timers("P1D")), begin(replica, timers("P1D"))
    child.parent_id, child.parent_token = caller.id, 1
    with begin_system(replica) as holder:
        assert process_instances.lock(holder.session, caller.id) is not None
        with begin_system(replica) as uow:
            uow.session.connection().exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
            rows.add(uow.session, [call_end_job(child, {}, uow.now)])


# Seen failing: with `lock` in the place of `take`, it fires a day early.
def test_a_timer_that_was_moved_after_it_was_found_does_not_fire_early(replica: Installation) -> None:
    begin(replica, timers("PT0S"))
    (found,) = armed(replica)
    put(replica, found, due_at=found.due_at + timedelta(days=1))
    assert jobs.run_one(replica, found) is False
    assert statuses(replica) == {"b0": "waiting"}


def test_a_job_that_another_replica_has_put_off_is_not_tried_again_at_once(replica: Installation) -> None:
    begin(replica, timers("PT0S"))
    (found,) = armed(replica)
    put(replica, found, attempts=1)
    assert jobs.run_one(replica, found) is False
    assert jobs.run_due(replica) == 1


def test_a_timer_does_not_overtake_an_earlier_one_of_its_instance_that_was_passed_by(replica: Installation) -> None:
    begin(replica, timers("PT0S", "PT0S"))
    first, second = armed(replica)
    put(replica, second, due_at=first.due_at + timedelta(microseconds=1))
    assert [jobs.run_one(replica, job) for job in (second, first, second)] == [False, True, True]
    assert statuses(replica) == {"b0": "done", "b1": "done"}


def test_two_replicas_that_found_the_same_jobs_do_each_of_them_once(replica: Installation) -> None:
    for _ in range(6):
        begin(replica, timers("PT0S"))
    barrier = Barrier(2)

    def ring(found: list[Job]) -> int:
        barrier.wait()
        return sum(jobs.run_one(replica, job) for job in found)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(ring, [armed(replica), armed(replica)])) <= 6
    jobs.run_due(replica)
    with begin_system(replica) as uow:
        lines = uow.session.connection().exec_driver_sql(
            "SELECT count(*), count(DISTINCT process_instance_id) FROM history_event WHERE kind = 'timer_fired'"
        )
        assert tuple(lines.one()) == (6, 6)


def test_a_failure_that_another_replica_has_written_down_is_not_counted_twice(
    replica: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_uow: UnitOfWork, _found: Job, _instance: ProcessInstance | None) -> None:
        raise RuntimeError

    begin(replica, timers("PT0S"))
    (found,) = armed(replica)
    monkeypatch.setitem(jobs._HANDLERS, "timer", breaks)
    assert jobs.run_one(replica, found) is True
    assert [job.attempts for job in armed(replica)] == [1]
    assert write_failure(replica, found, RuntimeError(), "again") is False
    assert [job.attempts for job in armed(replica)] == [1]


def send(uow: UnitOfWork, name: str, kind: str = "message") -> Any:
    row: dict[str, Any] = {
        "municipality_id": "askersund", "id": new_id(), "kind": kind, "name": name, "correlation": "2026",
        "payload": {}, "sent_at": uow.now, "status": "buffered",
    }  # fmt: skip
    messages.add(uow.session, [row])
    rows.add(uow.session, [message_job("askersund", row["id"], kind, name, uow.now)])
    return row["id"]


# Seen failing: when only the oldest was looked at, the second waited for somebody who had gone home.
def test_when_somebody_else_takes_the_oldest_message_the_next_one_is_taken(replica: Installation) -> None:
    with begin_system(replica) as uow:
        first, second = send(uow, "tips"), send(uow, "tips")
    holds, waits = Event(), Event()

    def take_first() -> None:
        with begin_system(replica) as uow:
            message = messages.take_first_buffered(uow.session, "askersund", "tips", "2026")
            assert message is not None
            holds.set()
            waits.wait(0.3)
            messages.deliver(uow.session, message, first, uow.now)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(take_first)
        assert holds.wait(5)
        with begin_system(replica) as uow:
            taken = messages.take_first_buffered(uow.session, "askersund", "tips", "2026")
        other.result()
    assert taken is not None
    assert taken.id == second


STARTED = diagram(
    "<startEvent id='s'><messageEventDefinition id='d' messageRef='m'/></startEvent>\n"
    "<userTask id='a' hjul:role='security_manager'/>\ns -> a",
    key="anmald",
    top="<message id='m' name='anmalan'/>",
)


# Seen failing: without `lock_key` both replicas saw that there was none, and both started one.
def test_two_messages_handled_at_once_start_one_instance(replica: Installation) -> None:
    with begin_system(replica) as uow:
        deploy(uow, [Folder("anmald", {"process.bpmn": STARTED})])
    for _ in range(3):
        with begin_system(replica) as uow:
            uow.session.connection().exec_driver_sql("UPDATE process_instance SET business_key = id::text")
            send(uow, "anmalan"), send(uow, "anmalan")
            found = rows.due(uow.session, None)
        barrier = Barrier(2)

        def ring(job: Job, barrier: Barrier = barrier) -> bool:
            barrier.wait()
            return jobs.run_one(replica, job)

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(ring, [job for job in found if job.kind == "message"])) == [True, True]
        with begin_system(replica) as uow:
            living = process_instances.page(uow.session, ["askersund"], key="anmald")
            assert len([row for row in living if row.business_key == "anmald:2026"]) == 1
            uow.session.connection().exec_driver_sql("UPDATE message SET status = 'delivered'")


@pytest.fixture
def working(replica: Installation) -> Any:
    """A scheduler that looks once a minute."""
    worker = Worker(replica, 60)
    worker.start()
    yield worker
    worker.stop()


def soon(holds: Callable[[], bool], seconds: float = 10) -> bool:
    patience = Event()
    for _ in range(int(seconds * 20)):
        if holds():
            return True
        patience.wait(0.05)
    return False


# Seen failing: a scheduler that only polls is up to a minute late.
def test_the_scheduler_sleeps_until_the_next_timer_and_no_longer(replica: Installation, working: Worker) -> None:
    begin(replica, timers("PT1S"))
    working.wake()
    assert soon(lambda: statuses(replica) == {"b0": "done"})
    (job,) = armed(replica)
    assert job.done_at is not None
    assert timedelta(0) <= job.done_at - job.due_at < timedelta(seconds=3)


def test_a_timer_whose_instance_was_held_when_it_fell_due_fires_once_it_is_let_go(
    replica: Installation, working: Worker
) -> None:
    instance = begin(replica, timers("PT1S"))
    working.wake()
    with begin_system(replica) as holder:
        process_instances.lock(holder.session, instance.id)
        Event().wait(1.5)
        assert statuses(replica) == {"b0": "waiting"}
    assert soon(lambda: statuses(replica) == {"b0": "done"}, 5)


def test_whoever_falls_silent_in_a_transaction_is_cut_off(replica: Installation) -> None:
    with begin_system(replica) as uow:
        ask = uow.session.connection().exec_driver_sql
        assert ask("SHOW idle_in_transaction_session_timeout").scalar_one() == "45s"


def test_a_long_queue_gives_way_to_people_for_a_moment_and_no_longer() -> None:
    turns, began = Turns(), monotonic()
    turns.give_way(5)
    assert monotonic() - began < 1, "nobody is there"
    with turns.taken(), turns.taken():
        turns.give_way(0.05)
        assert monotonic() - began >= 0.05
    turns.give_way(5)
    assert monotonic() - began < 1


def test_many_jobs_at_once_are_each_done_once(replica: Installation) -> None:
    for _ in range(12):
        begin(replica, timers("PT0S"))
    while jobs.run_due(replica):
        pass
    assert [job.status for job in armed(replica)] == ["done"] * 12
