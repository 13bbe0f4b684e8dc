"""Housekeeping: answers are kept for 48 hours and sessions for as long as they last, and then forgotten."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from uuid import UUID

from sqlalchemy import text

from app.db.process import idempotency_keys
from app.domain.clock import SetClock
from app.services import sign_ins
from app.services.housekeeping import BATCH, Forgotten, tidy
from app.services.installation import Installation
from app.services.unit_of_work import UnitOfWork, begin_system
from app.worker import Worker


def anybody(uow: UnitOfWork) -> UUID:
    return UUID(str(uow.session.execute(text("SELECT id FROM person ORDER BY username LIMIT 1")).scalar_one()))


def keep(uow: UnitOfWork, key: str, at: datetime) -> None:
    row = {"person_id": anybody(uow), "key": key, "request_hash": b"x", "status": 200, "body": b"{}", "created_at": at}
    assert idempotency_keys.put(uow.session, row)


def kept(installation: Installation) -> list[str]:
    with begin_system(installation) as uow:
        return [row[0] for row in uow.session.execute(text("SELECT key FROM idempotency_key ORDER BY key"))]


def test_an_answer_is_forgotten_after_two_days_and_not_before(installation: Installation, clock: SetClock) -> None:
    with begin_system(installation) as uow:
        keep(uow, "older", clock.now() - timedelta(hours=48, seconds=1))
        keep(uow, "younger", clock.now() - timedelta(hours=47, minutes=59))
    assert tidy(installation) == Forgotten(answers=1, sign_ins=0)
    assert kept(installation) == ["younger"]


def test_more_than_a_batch_is_forgotten_in_batches(installation: Installation, clock: SetClock) -> None:
    with begin_system(installation) as uow:
        rows = {"person": anybody(uow), "at": clock.now() - timedelta(days=3), "most": BATCH + 7}
        uow.session.execute(
            text(
                "INSERT INTO idempotency_key SELECT :person, 'k' || n, 'x', 200, 'y', :at "
                "FROM generate_series(1, :most) n"
            ),
            rows,
        )
    assert tidy(installation).answers == BATCH + 7
    assert kept(installation) == []


def test_what_another_replica_has_in_hand_is_passed_by(installation: Installation, clock: SetClock) -> None:
    with begin_system(installation) as uow:
        keep(uow, "a", clock.now() - timedelta(days=3))
        keep(uow, "b", clock.now() - timedelta(days=3))
    with begin_system(installation) as other:
        other.session.execute(text("SELECT 1 FROM idempotency_key WHERE key = 'a' FOR UPDATE"))
        assert tidy(installation).answers == 1
    assert kept(installation) == ["a"]


def test_a_session_is_forgotten_when_its_time_is_out(
    installation: Installation, clock: SetClock, logins: list[dict[str, object]]
) -> None:
    known = next(entry for entry in logins if entry["username"] == "soc.rep")
    with begin_system(installation) as uow:
        sign_ins.sign_in(uow, "soc.rep", str(known["password"]))
    assert tidy(installation).sign_ins == 0
    clock.set(clock.now() + sign_ins.SESSION_LASTS + timedelta(seconds=1))
    assert tidy(installation).sign_ins == 1


def test_the_scheduler_tidies_when_it_starts(installation: Installation, clock: SetClock) -> None:
    with begin_system(installation) as uow:
        keep(uow, "old", clock.now() - timedelta(days=3))
    worker = Worker(installation, 60)
    worker.start()
    try:
        _until(lambda: kept(installation) == [])
    finally:
        worker.stop()
    assert kept(installation) == []


def _until(condition: Callable[[], bool]) -> None:
    patience = Event()
    for _ in range(200):
        if condition():
            return
        patience.wait(0.05)
    raise AssertionError("it never came true")
