"""Measure, print a table, write bench.json."""

import json
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from app.db.embedded import start as start_postgres
from bench.counting import count_per_completion
from bench.draining import draining
from bench.server import ROOT, Server, start

LOOP = (ROOT / "bench" / "loop.bpmn").read_text()
ROUNDS = 300
CLIENTS = 4


def timed(act: Callable[[], object], rounds: int) -> list[float]:
    """Milliseconds of each round."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        found.append((time.perf_counter() - began) * 1000)
    return found


def quantiles(samples: Sequence[float]) -> dict[str, float]:
    """p50 and p95."""
    ordered = sorted(samples)
    return {"p50": round(statistics.median(ordered), 2), "p95": round(ordered[int(len(ordered) * 0.95) - 1], 2)}


class Looper:
    """One looping instance, completed over HTTP."""

    def __init__(self, server: Server, key: str) -> None:
        self.client = server.client("sakerhetschef")
        begun = self.client.post(
            "/api/v1/process-instances",
            json={"process_key": "bench_loop", "municipality": "askersund", "business_key": key},
        )
        begun.raise_for_status()
        self.instance = begun.json()["id"]
        self.task = self._open()

    def _open(self) -> str:
        rows = self.client.get("/api/v1/user-tasks", params={"process_instance": self.instance, "limit": 1})
        return str(rows.json()["items"][0]["id"])

    def complete(self) -> float:
        """Complete the open task; milliseconds of that call alone."""
        began = time.perf_counter()
        answer = self.client.post(f"/api/v1/user-tasks/{self.task}/complete", json={"submission": {"klar": False}})
        took = (time.perf_counter() - began) * 1000
        answer.raise_for_status()
        self.task = self._open()
        return took


def completion(server: Server) -> dict[str, Any]:
    """(a) complete a user task with one client and with four, (b) the floor."""
    looper = Looper(server, "a1")
    for _ in range(30):
        looper.complete()
    me = server.client("sakerhetschef")
    single, floor = [], []
    # In turn, so that a noisy moment touches both.
    for number in range(ROUNDS):
        single.append(looper.complete())
        language = "sv" if number % 2 else "en"
        floor += timed(lambda chosen=language: me.patch("/api/v1/me", json={"language": chosen}).raise_for_status(), 1)  # type: ignore[misc]  # bound now
    loopers = [Looper(server, f"a4-{n}") for n in range(CLIENTS)]

    def busy(one: Looper) -> list[float]:
        return [one.complete() for _ in range(ROUNDS // 2)]

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        many = [took for samples in pool.map(busy, loopers) for took in samples]
    seconds = time.perf_counter() - began
    a, b = quantiles(single), quantiles(floor)
    return {
        "definition": "bench/loop.bpmn (two gateways, one user task, a loop)",
        "a_one_client_ms": a,
        "a_four_clients_ms": quantiles(many),
        "a_four_clients_per_second": round(len(many) / seconds, 1),
        "b_floor_ms": b,
        "ratio_a_to_b": round(a["p50"] / b["p50"], 2),
        "difference_ms": round(a["p50"] - b["p50"], 2),
    }


def history(server: Server, database: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    """(c) the same completion at 10, 100 and 1,000 completed tasks in one looping instance."""
    looper = Looper(server, "c")
    rows: list[dict[str, Any]] = []
    done = 0
    for target in (10, 100, 1000):
        while done < target:
            looper.complete()
            done += 1
        samples = [looper.complete() for _ in range(60)]
        done += 60
        state = database.execute("SELECT state FROM process_instance WHERE id = %s", (looper.instance,)).fetchone()
        raw = bytes(state[0]) if state else b"{}"
        rows.append(
            {
                "completed": target,
                "p50_ms": quantiles(samples)["p50"],
                "engine_tasks": len(json.loads(raw)["tokens"]),
                "state_bytes": len(raw),
            }
        )
    for row in rows:
        row["ratio"] = round(row["p50_ms"] / rows[0]["p50_ms"], 2)
    return rows


SEED = """
INSERT INTO user_task (municipality_id, id, process_instance_id, definition_id, token, element_id, name,
    instance_name, candidate_role, scope_kind, scope_id, status, due_on, due_rule, due_reason_sv, due_reason_en,
    calendar_version, priority, suspended, created_at, version, assignee_id)
SELECT 'askersund', gen_random_uuid(), i.id, i.definition_id, %(first)s + n, 'gor', 'Uppgift ' || n, i.name,
    %(role)s, NULL, NULL, 'open', current_date + (n %% 300)::int, '5wd', '', '', '', 50, false, now(), 1, %(assignee)s
FROM generate_series(1, %(count)s) n, (SELECT * FROM process_instance WHERE process_key = 'bench_loop' LIMIT 1) i
"""


def lists(server: Server, database: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    """(d) the inbox and the task list with 100, 10,000 and 100,000 open tasks in the database."""
    login = server.logins()["lagesbild"]
    client, browser = server.client("lagesbild"), server.browser("lagesbild")
    person = database.execute("SELECT id FROM person WHERE username = %s", (login["username"],)).fetchone()
    own = {"role": "archivist", "assignee": person[0] if person else None, "count": 20, "first": 1_000_000}
    database.execute(SEED, own)
    group = {"role": "situation_picture_group", "assignee": None, "count": 200, "first": 1_100_000}
    database.execute(SEED, group)
    rows, others = [], 0
    for total in (100, 10_000, 100_000):
        more = max(total - others - 220, 0)
        database.execute(SEED, {"role": "registrar", "assignee": None, "count": more, "first": 2_000_000 + others})
        others += more
        database.execute("ANALYZE user_task")
        client.get("/api/v1/user-tasks")
        page = timed(lambda: browser.get("/mina-uppgifter").raise_for_status(), 60)
        api = timed(lambda: client.get("/api/v1/user-tasks", params={"limit": 50}).raise_for_status(), 60)
        rows.append({"open_tasks": total, "page_ms": quantiles(page), "api_ms": quantiles(api)})
    for row in rows:
        row["page_p95_ratio"] = round(row["page_ms"]["p95"] / rows[0]["page_ms"]["p95"], 2)
        row["api_p95_ratio"] = round(row["api_ms"]["p95"] / rows[0]["api_ms"]["p95"], 2)
    return rows


def deploy(server: Server) -> None:
    """The definition that is measured on."""
    admin = server.client("drift")
    admin.post("/api/v1/deployments", json={"files": {"process.bpmn": LOOP}}).raise_for_status()


def main() -> None:
    """Run everything once."""
    folder = Path(tempfile.mkdtemp(prefix="trygghetshjulet-bench-"))
    try:
        result = measure(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    (ROOT / "bench.json").write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    show(result)


def measure(folder: Path) -> dict[str, Any]:
    """All figures."""
    first = start(folder)
    first.stop()
    server = start(folder)
    postgres = start_postgres(folder)
    with psycopg.connect(
        f"host={postgres.socket_folder} user=postgres dbname=trygghetshjulet", autocommit=True
    ) as database:
        deploy(server)
        idle = server.memory_mb()
        result = {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),  # noqa: TID251  a figure's date, not a deadline
            "machine": f"{platform.processor() or platform.machine()}, {platform.system()}, Python {platform.python_version()}",
            "completion": (completed := completion(server)),
            "history": history(server, database),
            "lists": lists(server, database),
            "draining": draining(server, database, completed["a_four_clients_per_second"]),
            "start": {"first_s": round(first.ready_s, 2), "migrated_s": round(server.ready_s, 2)},
            "memory_mb": {"idle": round(idle), "after": round(server.memory_mb())},
            "per_completion": count_per_completion(postgres, LOOP),
        }
    server.stop()
    return result


def show(result: dict[str, Any]) -> None:
    """The table, with the aims beside the figures."""
    c, p, g = result["completion"], result["per_completion"], result["draining"]
    rows = [
        ("complete a task, 1 client, p50 / p95 ms", f"{c['a_one_client_ms']['p50']} / {c['a_one_client_ms']['p95']}", ""),
        ("complete a task, 4 clients, p50 / p95 ms", f"{c['a_four_clients_ms']['p50']} / {c['a_four_clients_ms']['p95']}", ""),
        ("completions per second, 4 clients", c["a_four_clients_per_second"], ""),
        ("floor: one committed update, p50 / p95 ms", f"{c['b_floor_ms']['p50']} / {c['b_floor_ms']['p95']}", ""),
        ("completion / floor", c["ratio_a_to_b"], "≤ 3"),
        ("completion − floor, ms", c["difference_ms"], ""),
        *[
            (f"at {h['completed']} completed: ratio, engine tasks, bytes", f"{h['ratio']}, {h['engine_tasks']}, {h['state_bytes']}", "≤ 1.2")
            for h in result["history"]
        ],
        *[
            (f"inbox page / API p95 ms at {d['open_tasks']} open", f"{d['page_ms']['p95']} / {d['api_ms']['p95']} (×{d['page_p95_ratio']} / ×{d['api_p95_ratio']})", "≤ ×1.5")
            for d in result["lists"]
        ],
        (f"{g['timers']} timers due at once: fired per second", f"{g['per_second']} (first, last tenth {g['first_tenth_per_second']}, {g['last_tenth_per_second']})", ""),
        ("timers / completions per second, 4 clients", g["ratio_to_completions"], "≥ 0.7"),
        ("100,000 timers at that rate, minutes", g["minutes_for_100000"], ""),
        ("inbox page p95 ms, quiet / meanwhile", f"{g['page_quiet_p95_ms']} / {g['page_meanwhile_p95_ms']} (×{g['page_ratio']})", "≤ ×3"),
        ("ready, first start / migrated, s", f"{result['start']['first_s']} / {result['start']['migrated_s']}", "≤ 3"),
        ("memory idle / after, MB", f"{result['memory_mb']['idle']} / {result['memory_mb']['after']}", "≤ 200"),
        ("commits and statements per completion", f"{p['commits']} and {p['statements']}", "1 and ≤ 12"),
    ]  # fmt: skip
    print(f"{result['machine']}, {result['measured_at']}\n{c['definition']}\n")
    for name, value, aim in rows:
        print(f"{name:52} {value!s:34} {aim}")


if __name__ == "__main__":
    main()
