"""What is measured beside the history: a replica that dies while it fires, and many timers after an outage."""

from contextlib import suppress
from dataclasses import dataclass
from statistics import median
from typing import Any
from uuid import UUID

import psycopg

from chaos.arming import PATTERN, arm_many
from chaos.clusters import Cluster, NotInTime, Replica, wait_for
from chaos.faults import outage
from chaos.loads import Caller
from chaos.replica import STALLED

REFIRED_WITHIN_S = 60.0
CAUGHT_UP_WITHIN_S = 120.0

COUNT = "SELECT count(*) FROM job j JOIN process_instance i ON i.id = j.process_instance_id WHERE i.business_key = %s AND j.kind = 'timer'"
FIRINGS = """
SELECT count(*), count(DISTINCT h.process_instance_id), min(pg_xact_commit_timestamp(h.xmin)),
    max(pg_xact_commit_timestamp(h.xmin))
FROM history_event h JOIN process_instance i ON i.id = h.process_instance_id
WHERE i.business_key = %s AND h.kind = 'timer_fired'
"""


@dataclass(frozen=True)
class Measured:
    """A figure with its aim. `kept` is None when nothing was promised."""

    what: str
    value: str
    aim: str
    kept: bool | None = None


def pattern(call: Caller) -> UUID:
    """An instance that waits at a timer for a long time."""
    answer = call("POST", "/process-instances", PATTERN)
    if answer is None or answer.is_error:
        raise NotInTime("a pattern for timers could not be started")
    return UUID(answer.json()["id"])


def dead_while_firing(cluster: Cluster, call: Caller) -> Measured:
    """A replica stands still in the middle of firing, its locks held, and is killed; the others fire the timer."""
    stalling = Replica("stalling", cluster.postgres.server.url(), cluster.postgres.data, "stalling")
    stalling.start()
    what = "a timer whose replica died while firing it: fired after its death, s"
    try:
        stalling.wait_ready()
        with cluster.postgres.connect() as database:
            one = pattern(call)
            for number in range(20):
                key = f"stalled-{number}"
                arm_many(database, one, key, 10, 0.5)
                with suppress(NotInTime):
                    wait_for("it stalls", lambda: stalling.said(STALLED) > 0, 3)
                    break
            stalling.kill()
            took = wait_for("fired again", lambda: _left(database, key) == 0, REFIRED_WITHIN_S + 30)
    finally:
        stalling.kill()
    stalled = stalling.said(STALLED) > 0
    return Measured(
        what, f"{took:.1f}" if stalled else "it never came to fire", "≤ 60", stalled and took <= REFIRED_WITHIN_S
    )


def after_outage(cluster: Cluster, call: Caller, seconds: float, count: int) -> list[Measured]:
    """So many timers fall due while the database is away; how long after its return the last has fired."""
    key = "overdue"
    with cluster.postgres.connect() as database:
        arm_many(database, pattern(call), key, count, min(2.0, seconds / 2))
    gone = outage(cluster, seconds)
    with cluster.postgres.connect() as database:
        wait_for("overdue timers are fired", lambda: _left(database, key) == 0, CAUGHT_UP_WITHIN_S + 120, 0.5)
        lines, instances, _first, last = _one(database, FIRINGS, key)
    took = (last - gone.ended_at).total_seconds()
    aim = CAUGHT_UP_WITHIN_S * count / 1000
    return [
        Measured(
            f"{count} timers overdue after {seconds:.0f} s without a database: all fired after its return, s",
            f"{took:.1f}", f"≤ {aim:.0f} (1,000 in 120)", took <= aim,
        ),
        Measured("each of them fired once", f"{lines} lines, {instances} instances", str(count), lines == instances == count),
    ]  # fmt: skip


def lateness_of(seconds: list[float], what: str, *, promised: bool) -> Measured:
    """p50, p99 and the latest of the timers' lateness."""
    if not seconds:
        return Measured(what, "no timer fired", "≤ 5" if promised else "", False if promised else None)
    p99 = seconds[max(0, int(len(seconds) * 0.99) - 1)]
    value = f"{median(seconds):.2f} / {p99:.2f} / {seconds[-1]:.2f} ({len(seconds)} timers)"
    return Measured(what, value, "p99 ≤ 5" if promised else "", p99 <= 5 if promised else None)  # noqa: PLR2004  the aim


def _left(database: psycopg.Connection[Any], key: str) -> int:
    return int(_one(database, f"{COUNT} AND j.status = 'waiting'", key)[0])


def _one(database: psycopg.Connection[Any], question: str, key: str) -> Any:
    return database.execute(question, (key,)).fetchone()
