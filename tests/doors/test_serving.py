"""The service as a technician meets it: started, stopped, killed, started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.db import embedded

PROGRAM = str(Path(sys.executable).parent / "trygghetshjulet")
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.timeout(300)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder; whatever runs in it is stopped afterwards."""
    with tempfile.TemporaryDirectory(prefix="trygghetshjulet-door-") as name:
        yield Path(name)
        folder = Path(name) / "postgres"
        if (folder / "postmaster.pid").exists():
            embedded.start(Path(name)).stop()


class Served:
    """A server in a process of its own."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.port = free_port()
        own = {k: v for k, v in os.environ.items() if not k.startswith("TRYGGHETSHJULET_") and k != "DATABASE_URL"}
        self.process = subprocess.Popen(
            [PROGRAM, "serve"],
            cwd=ROOT,
            env={**own, "TRYGGHETSHJULET_DATA": str(data), "PORT": str(self.port), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("READY"):
                return line.split()[1]
        assert self.process.stderr is not None
        raise AssertionError(self.process.stderr.read())

    def get(self, path: str, token: str = "") -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  our own address
            return answer.status, answer.read()

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
        return code


def postgres_of(data: Path) -> list[int]:
    return [p.pid for p in psutil.process_iter(["cmdline"]) if str(data) in " ".join(p.info["cmdline"] or ())]


def test_the_demonstration_starts_keeps_its_data_and_survives_a_kill(data: Path) -> None:
    first = Served(data, TRYGGHETSHJULET_DEMO="1")
    assert first.ready() == f"http://127.0.0.1:{first.port}"
    path = data / "demo-logins.json"
    assert path.stat().st_mode & 0o777 == 0o600
    logins = json.loads(path.read_text())
    assert set(logins[0]) == {"username", "password", "token", "name", "roles"}
    token = next(entry["token"] for entry in logins if entry["username"] == "soc.rep")
    assert first.get("/health/ready")[0] == 200
    assert first.stop() == 0
    assert postgres_of(data) == []

    second = Served(data, TRYGGHETSHJULET_DEMO="1")
    second.ready()
    assert json.loads(path.read_text()) == logins
    places = json.loads(second.get("/api/v1/municipalities", token)[1])["items"]
    assert [place["id"] for place in places] == ["askersund"]
    second.stop(signal.SIGKILL)
    for pid in postgres_of(data):
        os.kill(pid, signal.SIGKILL)

    third = Served(data, TRYGGHETSHJULET_DEMO="1")
    third.ready()
    assert json.loads(third.get("/api/v1/me", token)[1])["username"] == "soc.rep"
    assert third.stop(signal.SIGTERM) == 0


def refusal(data: Path, **environment: str) -> str:
    served = Served(data, **environment)
    _out, wrong = served.process.communicate(timeout=60)
    assert served.process.returncode == 1
    assert not (data / "demo-logins.json").exists()
    return wrong


def test_production_does_not_start_without_its_secret_key(data: Path) -> None:
    assert "TRYGGHETSHJULET_SECRET_KEY" in refusal(data)


def test_production_does_not_start_without_its_base_address(data: Path) -> None:
    assert "TRYGGHETSHJULET_BASE_URL" in refusal(data, TRYGGHETSHJULET_SECRET_KEY="x" * 40)


def test_demonstration_mode_listens_on_loopback_only(data: Path) -> None:
    assert "loopback" in refusal(data, TRYGGHETSHJULET_DEMO="1", TRYGGHETSHJULET_HOST="0.0.0.0")  # noqa: S104  must be refused


def test_a_port_in_use_is_one_clear_sentence(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert "upptagen" in refusal(data, TRYGGHETSHJULET_DEMO="1", PORT=port)
