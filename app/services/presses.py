"""Documents are written in a process of its own, which is ended when it takes too long or too much memory.

A template may be a municipality's own: what it does to the writer is done to a child that holds no secret, connection
or lock. A child lives on for ten seconds after an answer, so that the documents of one evening are written by one; it
has about 70 MB then. There is one at a time in a replica.
"""

import atexit
import base64
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import orjson
import structlog

import app
from app.documents.blocks import Head
from app.documents.faults import TemplateInvalid
from app.services.document_child import OUT_OF_MEMORY

log = structlog.get_logger()

_TURN = Lock()


@dataclass(frozen=True)
class Bounds:
    """What a document may take: processor time, wall time, and memory beyond what the child starts with."""

    cpu_seconds: int = 20
    wall_seconds: float = 60.0
    memory_bytes: int = 400_000_000


BOUNDS = Bounds()


@dataclass(frozen=True)
class Order:
    """What is to be written. `known` is the fingerprint of the version before: the same again gives no files."""

    name: str
    template: str
    view: Mapping[str, Any]
    head: Head
    looks: Mapping[str, Path] = field(default_factory=dict)
    known: str | None = None


@dataclass(frozen=True)
class Pressed:
    """What was written: files by format, none when it says what the version before did."""

    title: str
    fingerprint: str
    files: Mapping[str, bytes]


class PressStopped(RuntimeError):
    """The writer was ended, for its time or its memory, or it stopped. Sentences in `sv` and `en`."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.sv, self.en = sv, en


@dataclass
class _Child:
    """The child that lives just now, if any."""

    process: subprocess.Popen[bytes] | None = None
    bounds: Bounds = BOUNDS


_CHILD = _Child()


def press_apart(order: Order, bounds: Bounds = BOUNDS) -> Pressed:
    """Write a document in the child. Raises TemplateInvalid and PressStopped."""
    request = orjson.dumps({**asdict(order), "looks": {name: str(path) for name, path in order.looks.items()}})
    with _TURN:
        answer = _ask(request, bounds)
    if (fault := answer.get("fault")) is not None:
        raise _refused(fault)
    files = {kind: base64.b64decode(content) for kind, content in answer["files"].items()}
    return Pressed(answer["title"], answer["fingerprint"], files)


def _refused(fault: dict[str, Any]) -> TemplateInvalid:
    made = TemplateInvalid(fault["name"], fault["line"], "", "")
    made.sv, made.en = fault["sv"], fault["en"]
    made.args = (fault["en"],)
    return made


def _ask(request: bytes, bounds: Bounds) -> dict[str, Any]:
    """What the child answers. One that has gone while nobody asked is replaced once."""
    for fresh in (False, True):
        process = _living(bounds, fresh=fresh)
        line = _line(process, request, bounds)
        if line.endswith(b"\n"):
            answer: dict[str, Any] = orjson.loads(line)
            return answer
        code = _end(process)
        # It ended by itself between two orders: that is no fault of this one.
        if code != 0 or fresh:
            log.warning("document_was_ended", why=code)
            raise _stopped(code)
    raise AssertionError


def _living(bounds: Bounds, *, fresh: bool) -> subprocess.Popen[bytes]:
    held = _CHILD.process
    if held is not None and (fresh or held.poll() is not None or _CHILD.bounds != bounds):
        _end(held)
        held = None
    if held is None:
        # Without the environment, so without the database's address and the key; -E and -s for what else steers it.
        module = "app.services.document_child"
        command = [sys.executable, "-E", "-s", "-m", module, str(bounds.cpu_seconds), str(bounds.memory_bytes)]
        held = subprocess.Popen(  # noqa: S603  our own program, with nothing of the caller's in its arguments
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={},
            cwd=Path(app.__file__).parents[1], start_new_session=True,
        )  # fmt: skip
        _CHILD.process, _CHILD.bounds = held, bounds
    return held


def _line(process: subprocess.Popen[bytes], request: bytes, bounds: Bounds) -> bytes:
    """The line the child answers; less than a line when it ended, or was ended for its time."""
    if process.stdin is None or process.stdout is None:
        return b""
    try:
        process.stdin.write(request + b"\n")
        process.stdin.flush()
    except (BrokenPipeError, OSError):
        return b""
    if not select.select([process.stdout.fileno()], [], [], bounds.wall_seconds)[0]:
        process.kill()
    return process.stdout.readline()


def _end(process: subprocess.Popen[bytes]) -> int:
    """How the child ended; it is ended here if it has not."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                # What could not be written to a child that is gone stays in the pipe's buffer.
                log.debug("pipe_was_broken")
    try:
        code = process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    if _CHILD.process is process:
        _CHILD.process = None
    return code


@atexit.register
def _leave() -> None:
    """The child has nothing to do when this process is over."""
    if _CHILD.process is not None:
        _end(_CHILD.process)


def _stopped(code: int) -> PressStopped:
    # A library that does not ask whether it was given the memory crashes where another raises.
    if code in {OUT_OF_MEMORY, -signal.SIGSEGV, -signal.SIGABRT}:
        return PressStopped(
            "Dokumentet behövde för mycket minne och avbröts. Det är för stort, eller mallen fel.",
            "The document needed too much memory and was ended. It is too large, or its template is wrong.",
        )
    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return PressStopped(
            "Dokumentet tog för lång tid att skriva och avbröts. Det är för stort, eller mallen fel.",
            "The document took too long to write and was ended. It is too large, or its template is wrong.",
        )
    return PressStopped("Dokumentet kunde inte skrivas. Försök igen.", "The document could not be written. Try again.")
