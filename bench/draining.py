"""(g) many timers due at the same moment: how fast they are fired, and what a person notices meanwhile."""

import os
import time
from threading import Event
from typing import Any
from uuid import UUID

import psycopg

from bench.server import ROOT, Server
from chaos.arming import PATTERN, arm_many

TIMERS = int(os.environ.get("BENCH_TIMERS", "5000"))
ALL = 100_000
DONE = """
SELECT count(*), min(j.done_at), max(j.done_at), max(j.done_at) FILTER (WHERE n <= %(tenth)s),
    min(j.done_at) FILTER (WHERE n > %(count)s - %(tenth)s)
FROM (SELECT j.done_at, row_number() OVER (ORDER BY j.done_at) n FROM job j JOIN process_instance i
      ON i.id = j.process_instance_id WHERE i.business_key = 'drained' AND j.kind = 'timer' AND j.status = 'done') j
"""


def draining(server: Server, database: psycopg.Connection[Any], completions_per_s: float) -> dict[str, Any]:
    """Timers per second beside the completions per second of the same run, and the inbox quiet and meanwhile."""
    browser = server.browser("lagesbild")
    quiet = [_page(browser) for _ in range(100)]
    arm_many(database, _pattern(server), "drained", TIMERS, 3)
    Event().wait(3)
    busy = []
    while (found := _done(database))[0] < TIMERS:
        busy += [_page(browser) for _ in range(10)]
    _count, first, last, tenth, ninetieth = found
    seconds = (last - first).total_seconds()
    rate = TIMERS / seconds
    part = TIMERS / 10
    return {
        "timers": TIMERS,
        "per_second": round(rate, 1),
        "ratio_to_completions": round(rate / completions_per_s, 2),
        "first_tenth_per_second": round(part / (tenth - first).total_seconds(), 1),
        "last_tenth_per_second": round(part / (last - ninetieth).total_seconds(), 1),
        "minutes_for_100000": round(ALL / rate / 60, 1),
        "page_quiet_p95_ms": _p95(quiet),
        "page_meanwhile_p95_ms": _p95(busy),
        "page_ratio": round(_p95(busy) / _p95(quiet), 2),
    }


def _pattern(server: Server) -> UUID:
    drawing = (ROOT / "chaos" / "processes" / "chaos_timer.bpmn").read_text()
    server.client("drift").post("/api/v1/deployments", json={"files": {"process.bpmn": drawing}}).raise_for_status()
    begun = server.client("sakerhetschef").post("/api/v1/process-instances", json=PATTERN)
    begun.raise_for_status()
    return UUID(begun.json()["id"])


def _done(database: psycopg.Connection[Any]) -> tuple[Any, ...]:
    row = database.execute(DONE, {"count": TIMERS, "tenth": TIMERS // 10}).fetchone()
    return row if row is not None else (0,)


def _page(browser: Any) -> float:
    """Milliseconds, once every twentieth of a second or so: a person, not a load."""
    began = time.perf_counter()
    browser.get("/mina-uppgifter").raise_for_status()
    took = (time.perf_counter() - began) * 1000
    Event().wait(0.05)
    return took


def _p95(samples: list[float]) -> float:
    return round(sorted(samples)[int(len(samples) * 0.95) - 1], 2)
