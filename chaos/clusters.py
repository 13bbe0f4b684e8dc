"""What is tormented: a real PostgreSQL of the harness's own, and replicas of the service in processes of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, TextIO

import httpx2
import psycopg

from app.db import embedded
from app.db.embedded import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[1]
SKEW = ROOT / "chaos" / "skew"
START_TIMEOUT_S = 90.0


class NotInTime(RuntimeError):
    """Something did not happen within its time."""


def wait_for(what: str, holds: Callable[[], bool], seconds: float, every_s: float = 0.1) -> float:
    """Wait until it holds; how many seconds it took. Raises NotInTime."""
    began, patience = monotonic(), Event()
    while not holds():
        if monotonic() - began > seconds:
            raise NotInTime(f"{what}: not within {seconds:.0f} s")
        patience.wait(every_s)
    return monotonic() - began


class Postgres:
    """The database server. It keeps its own record of when each transaction was committed."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.server: EmbeddedPostgres = embedded.start(data)
        with self.connect() as connection:
            connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        self.server.stop()
        self.start()

    def start(self) -> None:
        """Start it, whatever state it was left in."""
        self.server = embedded.start(self.data)

    def connect(self) -> psycopg.Connection[Any]:
        """As the superuser, to whom row-level security does not apply."""
        address = f"host={self.server.socket_folder} user=postgres dbname={embedded.DATABASE}"
        return psycopg.connect(address, autocommit=True, connect_timeout=5)

    def crash(self) -> None:
        """Stop at once, without a checkpoint, as `pg_ctl -m immediate` does."""
        self._postmaster(signal.SIGQUIT)

    def kill(self) -> None:
        """`kill -9` of the server's first process."""
        self._postmaster(signal.SIGKILL)

    def stop(self) -> None:
        """In good order."""
        self.server.stop()

    def _postmaster(self, how: signal.Signals) -> None:
        pid = int((self.server.folder / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, how)
        wait_for("PostgreSQL ends", lambda: not _lives(pid), 30)


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@dataclass
class Replica:
    """One process of the service. `mode` is what `chaos.replica` is told; `skew_s` how wrong its clock is."""

    name: str
    url: str
    data: Path
    mode: str = "serve"
    skew_s: int = 0
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    log: TextIO | None = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def lives(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process; `wait_ready` tells when it answers."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith("TRYGGHETSHJULET_")}
        path = [*([str(SKEW)] if self.skew_s else []), str(ROOT)]
        environment = {
            **kept,
            **self.settings,
            "DATABASE_URL": self.url,
            "TRYGGHETSHJULET_DATA": str(self.data),
            "TRYGGHETSHJULET_DEMO": "1",
            "TRYGGHETSHJULET_LOG_LEVEL": "WARNING",
            "PORT": str(self.port),
            "PYTHONPATH": os.pathsep.join(path),
            "CHAOS_SKEW_SECONDS": str(self.skew_s),
        }
        self.log = self.log or (self.data / f"{self.name}.log").open("a", encoding="utf-8")
        self.process = subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-m", "chaos.replica", self.mode],
            cwd=ROOT,
            env=environment,
            stdout=self.log,
            stderr=self.log,
            process_group=0,
        )

    def wait_ready(self) -> float:
        """Seconds until it answers that it is ready. Raises NotInTime."""
        return wait_for(f"{self.name} is ready", self.is_ready, START_TIMEOUT_S)

    def is_ready(self) -> bool:
        """Whether it answers that it is ready, now."""
        with suppress(httpx2.HTTPError):
            return httpx2.get(f"{self.address}/health/ready", timeout=5).status_code == httpx2.codes.OK
        return False

    def send(self, how: signal.Signals) -> None:
        """A signal to the process, if it runs."""
        if self.process is not None and self.lives:
            self.process.send_signal(how)

    def kill(self) -> None:
        """`kill -9`; a stopped process too."""
        self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(timeout=30)

    def said(self, word: str) -> int:
        """How many lines of its log hold the word."""
        path = self.data / f"{self.name}.log"
        return sum(word in line for line in path.read_text(errors="replace").splitlines()) if path.exists() else 0


@dataclass
class Cluster:
    """PostgreSQL and the replicas. One that ends by itself is started anew, as a service manager would."""

    postgres: Postgres
    replicas: list[Replica]
    down: set[str] = field(default_factory=set)
    restarts: int = 0

    def start(self) -> None:
        """The first replica furnishes the database; the others find it furnished."""
        for replica in self.replicas:
            replica.start()
            if replica is self.replicas[0]:
                replica.wait_ready()
        for replica in self.replicas:
            replica.wait_ready()

    def supervise(self) -> None:
        """Start what has ended without being asked to."""
        for replica in self.replicas:
            if replica.name not in self.down and not replica.lives:
                self.restarts += 1
                replica.start()

    def wait_ready(self) -> None:
        """Until every replica answers; one that could not start because the database was away is started again."""
        wait_for("every replica is ready", self._all_ready, START_TIMEOUT_S, 0.5)

    def _all_ready(self) -> bool:
        self.supervise()
        return all(replica.is_ready() for replica in self.replicas)

    def token(self, username: str) -> str:
        """The API token of a demonstration person."""
        rows = json.loads((self.postgres.data / "demo-logins.json").read_text())
        return str(next(row["token"] for row in rows if row["username"] == username))

    def stop(self) -> None:
        """Everything that was started, by force if need be."""
        for replica in self.replicas:
            replica.kill()
            if replica.log is not None:
                replica.log.close()
        with suppress(embedded.EmbeddedPostgresFailed):
            self.postgres.stop()
