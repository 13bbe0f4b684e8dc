"""What comes from outside is vetted in a process of its own, which is ended when it takes too long or too much memory.

The bounds of the parsers (5 MB, 20,000 elements, expressions of 1,000 characters ...) should be enough. This is the
wall behind them: whatever a file can make a parser do, it is done to a child that holds no secret, no connection and no
lock, and the caller gets a problem instead of a service that hangs. The request's own transaction is open meanwhile,
for it was opened to see who asks; no instance is locked in it.

Starting a child takes about 0.3 s of processor time. It has 45 MB then, and may take 64 MB more. At most two live at
once in a replica.
"""

import pickle
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import orjson
import structlog

import app
from app.domain.errors import VettingBusy
from app.engine.folders import Folder, JudgedFolder, unread_problems
from app.engine.problems import Problem, error
from app.engine.programs import load_program
from app.engine.vetting import Surroundings, Verdict
from app.engine.xml_trees import size_problem
from app.services.process.bounds import OUT_OF_MEMORY

log = structlog.get_logger()

MAX_CHILDREN = 2
_ROOM = BoundedSemaphore(MAX_CHILDREN)


@dataclass(frozen=True)
class Bounds:
    """What a child may take: processor time with its start, wall time, and memory beyond what it starts with.

    `patience_seconds` is how long an upload waits for others' children before the caller is told to try again.
    """

    cpu_seconds: int = 2
    wall_seconds: float = 10.0
    memory_bytes: int = 64_000_000
    patience_seconds: float = 5.0


BOUNDS = Bounds()


def judge_apart(raw: bytes, surroundings: Surroundings, bounds: Bounds = BOUNDS) -> Verdict:
    """Judge a lone diagram in a child. Raises VettingBusy."""
    if (large := size_problem(raw)) is not None:
        return Verdict((large,), executable=False)
    answer = _ask(("diagram", raw, surroundings), bounds)
    return _refused(answer).verdict if isinstance(answer, Problem) else _verdict(answer[0])


def judge_folders_apart(
    folders: Sequence[Folder], surroundings: Surroundings, bounds: Bounds = BOUNDS
) -> list[JudgedFolder]:
    """Judge folders together, all in one child. Raises VettingBusy."""
    unread = [tuple(unread_problems(folder)) for folder in folders]
    if any(unread):
        return [JudgedFolder(Verdict(found, executable=False), found) for found in unread]
    answer = _ask(("folders", list(folders), surroundings), bounds)
    if isinstance(answer, Problem):
        return [_refused(answer) for _ in folders]
    return [_judged(found) for found in answer]


def _ask(request: tuple[Any, ...], bounds: Bounds) -> list[Any] | Problem:
    """What the child answers, or why it was ended."""
    if not _ROOM.acquire(timeout=bounds.patience_seconds):
        raise VettingBusy
    try:
        done = subprocess.run(  # noqa: S603  our own program, with nothing of the caller's in its arguments
            _command(bounds), input=pickle.dumps(request), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=bounds.wall_seconds, check=False, env={}, cwd=Path(app.__file__).parents[1], start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        log.warning("vetting_was_ended", why="wall")
        return _too_long()
    finally:
        _ROOM.release()
    if done.returncode == 0:
        answer: list[Any] = orjson.loads(done.stdout)
        return answer
    log.warning("vetting_was_ended", why=done.returncode)
    return _ended(done.returncode)


def _command(bounds: Bounds) -> list[str]:
    # Without the environment, so without the database's address and the key; -E and -s for what else could steer it.
    module = "app.services.process.vetting_child"
    return [sys.executable, "-E", "-s", "-m", module, str(bounds.cpu_seconds), str(bounds.memory_bytes)]


def _ended(code: int) -> Problem:
    # A library that does not ask whether it was given the memory crashes where another raises.
    if code in {OUT_OF_MEMORY, -signal.SIGSEGV, -signal.SIGABRT}:
        return error(
            "vetting.memory",
            "Granskningen behövde för mycket minne och avbröts. Filerna är för stora eller för invecklade.",
            "The vetting needed too much memory and was ended. The files are too large or too intricate.",
        )
    if code == -signal.SIGXCPU:
        return _too_long()
    return error(
        "vetting.ended",
        "Granskningen avbröts innan den var klar. Försök igen; händer det igen är det något i filerna.",
        "The vetting ended before it was done. Try again; if it happens again, it is something in the files.",
    )


def _too_long() -> Problem:
    return error(
        "vetting.time",
        "Granskningen tog för lång tid och avbröts. Filerna är för stora eller för invecklade.",
        "The vetting took too long and was ended. The files are too large or too intricate.",
    )


def _refused(problem: Problem) -> JudgedFolder:
    return JudgedFolder(Verdict((problem,), executable=False), (problem,))


# The child's answer is JSON: what a hostile file has had in its hands is read as data, never unpickled.


def _judged(data: dict[str, Any]) -> JudgedFolder:
    return JudgedFolder(
        _verdict(data["verdict"]), _problems(data["problems"]), data["about"], data["forms"], data["decisions"]
    )


def _verdict(data: dict[str, Any]) -> Verdict:
    program = data["program"]
    return Verdict(
        _problems(data["problems"]),
        executable=data["executable"],
        program=None if program is None else load_program(program.encode()),
        forms_used=data["forms_used"],
    )


def _problems(rows: list[dict[str, Any]]) -> tuple[Problem, ...]:
    return tuple(Problem(**row) for row in rows)
