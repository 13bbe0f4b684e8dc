"""The load: clients that start, answer and send, each under an idempotency key, and remember what they were told."""

from collections.abc import Iterable
from random import Random
from threading import Event, Thread
from time import monotonic
from typing import Any
from uuid import UUID

import httpx2

from app.domain.ids import new_id
from chaos.clusters import ROOT, Cluster
from chaos.histories import Answered, Started

PROCESSES = ("chaos_child", "chaos_calls", "chaos_laps", "chaos_race", "chaos_timer", "chaos_waits")
PATIENCE_S = 90.0
TOLD: dict[int, str] = {200: "done", 409: "lost"}
BUSY = "/problems/idempotency-key-in-use"


class Caller:
    """Somebody who calls the replicas at random, and calls again until there is an answer."""

    def __init__(self, cluster: Cluster, username: str, random: Random) -> None:
        self.cluster, self.random = cluster, random
        self.headers = {"Authorization": f"Bearer {cluster.token(username)}"}
        self.http = httpx2.Client(timeout=20)
        self.unanswered = 0

    def __call__(self, method: str, path: str, body: Any = None) -> httpx2.Response | None:
        """The answer, once there is one; None when there was none in time. The work is done once at most."""
        headers = {**self.headers, "Idempotency-Key": str(new_id())} if method == "POST" else self.headers
        until = monotonic() + PATIENCE_S
        while monotonic() < until:
            answer = self._try(method, path, body, headers)
            if answer is not None:
                return answer
            Event().wait(self.random.uniform(0.05, 0.4))
        self.unanswered += 1
        return None

    def _try(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx2.Response | None:
        address = self.random.choice(self.cluster.replicas).address
        try:
            answer = self.http.request(method, f"{address}/api/v1{path}", json=body, headers=headers)
        except httpx2.HTTPError:
            return None
        if answer.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
            return None
        busy = answer.status_code == httpx2.codes.CONFLICT and answer.json().get("type") == BUSY
        return None if busy else answer


def deploy(cluster: Cluster) -> None:
    """The diagrams of the load, the called one first."""
    call = Caller(cluster, "drift", Random(0))  # noqa: S311  a load, not a secret
    with call.http:
        for key in PROCESSES:
            drawing = (ROOT / "chaos" / "processes" / f"{key}.bpmn").read_text(encoding="utf-8")
            answer = call("POST", "/deployments", {"files": {"process.bpmn": drawing}})
            if answer is None or answer.is_error:
                raise RuntimeError(answer.text if answer is not None else "no answer")


class Client(Thread):
    """One client, until it is told to stop. The same seed and number give the same wishes in the same order."""

    def __init__(self, cluster: Cluster, seed: int, number: int, kinds: Iterable[str]) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        self.random = Random(f"{seed}:{number}")  # noqa: S311  a load, not a secret
        self.call = Caller(cluster, "sakerhetschef", self.random)
        self.name_of_run, self.kinds = f"{seed}-{number}", list(kinds)
        self.started: list[Started] = []
        self.answered: list[Answered] = []
        self.counted = 0
        self._stopped = Event()

    def run(self) -> None:
        """One wish after the other."""
        wishes = {"race": self._race, "laps": self._laps, "waits": self._waits, "calls": self._calls}
        with self.call.http:
            while not self._stopped.is_set():
                wishes[self.random.choice(self.kinds)]()

    def stop(self) -> None:
        """After the wish in hand."""
        self._stopped.set()

    def _number(self) -> str:
        self.counted += 1
        return f"{self.name_of_run}-{self.counted}"

    def _start(self, process: str, **variables: Any) -> UUID | None:
        key = self._number()
        body = {
            "process_key": process, "municipality": "askersund", "business_key": key,
            "variables": {"varv": 0, "ringt": 0, **variables},
        }  # fmt: skip
        answer = self.call("POST", "/process-instances", body)
        if answer is None or answer.is_error:
            return None
        instance = UUID(answer.json()["id"])
        self.started.append(Started(key, instance))
        return instance

    def _task(self, instance: UUID) -> UUID | None:
        answer = self.call("GET", f"/user-tasks?process_instance={instance}&limit=1")
        items = answer.json()["items"] if answer is not None and answer.is_success else []
        return UUID(items[0]["id"]) if items else None

    def _complete(self, instance: UUID, task: UUID, **values: Any) -> bool:
        nonce = self._number()
        answer = self.call("POST", f"/user-tasks/{task}/complete", {"submission": {"nonce": nonce, **values}})
        told = TOLD.get(answer.status_code, "unknown") if answer is not None else "unknown"
        self.answered.append(Answered(task, instance, nonce, told))
        return told == "done"

    def _race(self) -> None:
        """Several tasks whose timers run, each answered at about the moment its timer fires."""
        running = []
        for _ in range(4):
            if (instance := self._start("chaos_race", frist="PT1S")) is None:
                continue
            began = monotonic()
            if (task := self._task(instance)) is not None:
                running.append((began, instance, task))
        for began, instance, task in running:
            # The timer was armed a little before the answer came.
            Event().wait(max(0.0, began + 1 + self.random.uniform(-0.6, 0.05) - monotonic()))
            self._complete(instance, task)

    def _laps(self) -> None:
        """A task that comes back, with a timer beside it that has its time or not."""
        instance, laps = self._start("chaos_laps"), self.random.randint(2, 5)
        for lap in range(laps):
            task = self._task(instance) if instance is not None else None
            if instance is None or task is None:
                return
            Event().wait(self.random.choice([0.0, 0.0, 0.3, 1.02]))
            if not self._complete(instance, task, klar=lap == laps - 1):
                return

    def _waits(self) -> None:
        self._start("chaos_waits", frist=f"PT{self.random.randint(1, 4)}S")

    def _calls(self) -> None:
        if self._start("chaos_calls") is not None:
            body = {"municipality": "askersund", "name": "chaos_hej", "correlation": self.started[-1].key}
            self.call("POST", "/messages", body)
