"""The child that vets an upload: reads a request, bounds itself, judges, answers. Started by `vettings`.

    python -m app.services.process.vetting_child CPU_SECONDS MEMORY_BYTES

The request is pickled on standard input, by the parent and nobody else; the answer is JSON on standard output. It
imports what judges and nothing more: no database, no web.
"""

import os
import pickle
import sys
from collections.abc import Sequence
from typing import Any

import orjson

from app.engine.folders import Folder, JudgedFolder, judge_folders
from app.engine.vetting import Surroundings, Verdict, judge
from app.services.process.bounds import OUT_OF_MEMORY, bound


def main() -> None:
    """Answer one request."""
    request = pickle.load(sys.stdin.buffer)  # noqa: S301  written by the process that started this one
    cpu_seconds, memory_bytes = (int(argument) for argument in sys.argv[1:3])
    bound(cpu_seconds, memory_bytes)
    try:
        answer = orjson.dumps(answer_to(*request))
    except MemoryError:
        # Nothing more is done here: whatever is tried next may need memory too.
        os._exit(OUT_OF_MEMORY)
    sys.stdout.buffer.write(answer)


def answer_to(kind: str, what: bytes | Sequence[Folder], known: Surroundings) -> list[dict[str, Any]]:
    """What was found, as plain data."""
    if isinstance(what, bytes):
        return [_verdict(judge(what, known))]
    if kind != "folders":
        raise ValueError(kind)
    return [_folder(found) for found in judge_folders(what, known)]


def _folder(found: JudgedFolder) -> dict[str, Any]:
    return {
        "verdict": _verdict(found.verdict),
        "problems": found.problems,
        "about": found.about,
        "forms": found.forms,
        "decisions": found.decisions,
    }


def _verdict(found: Verdict) -> dict[str, Any]:
    return {
        "problems": found.problems,
        "executable": found.executable,
        "program": None if found.program is None else found.program.raw.decode(),
        "forms_used": found.forms_used,
    }


if __name__ == "__main__":
    main()
