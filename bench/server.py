"""A real server in a process of its own, on loopback, with fsync on."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Server:
    """A running service."""

    process: subprocess.Popen[str]
    address: str
    data: Path
    ready_s: float

    def logins(self) -> dict[str, dict[str, Any]]:
        """The demonstration people by user name."""
        rows = json.loads((self.data / "demo-logins.json").read_text())
        return {row["username"]: row for row in rows}

    def client(self, username: str) -> httpx2.Client:
        """A keep-alive client with that person's token."""
        token = self.logins()[username]["token"]
        return httpx2.Client(base_url=self.address, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def browser(self, username: str) -> httpx2.Client:
        """A client signed in through the form, as a browser is."""
        client = httpx2.Client(base_url=self.address, timeout=60, follow_redirects=True)
        form = {"username": username, "password": self.logins()[username]["password"]}
        client.post("/logga-in", data=form).raise_for_status()
        return client

    def memory_mb(self) -> float:
        """Resident memory of the service's own process, the database not included."""
        return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6

    def stop(self) -> None:
        """As ctrl-C does."""
        self.process.terminate()
        self.process.wait(timeout=30)


def start(data: Path) -> Server:
    """Start the service and wait for READY."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "TRYGGHETSHJULET_DEMO": "1",
        "TRYGGHETSHJULET_DATA": str(data),
        "PORT": str(port),
        "TRYGGHETSHJULET_LOG_LEVEL": "WARNING",
    }
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  our own program
        [str(Path(sys.executable).parent / "trygghetshjulet"), "serve"],
        stdout=subprocess.PIPE,
        env=environment,
        cwd=ROOT,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("READY"):
            return Server(process, line.split()[1], data, time.perf_counter() - began)
    raise SystemExit("the server did not start")
