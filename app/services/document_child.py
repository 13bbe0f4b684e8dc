"""The child that writes documents: reads requests one after another, bounds itself, answers. Started by `presses`.

    python -m app.services.document_child CPU_SECONDS MEMORY_BYTES

A request and its answer are a line of JSON each. When none has come for a while it ends, and so it does after many, so
that what a library forgets to give back is given back. It imports what writes and nothing more: no database, no web.
"""

import base64
import os
import resource
import select
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from app.documents.blocks import Head
from app.documents.faults import TemplateInvalid
from app.documents.presses import compose, fingerprint, press

OUT_OF_MEMORY = 3
"""The exit code when the memory bound was met."""

IDLE_SECONDS = 10
MOST_REQUESTS = 200


def main() -> None:
    """Answer requests until none comes."""
    cpu_seconds, memory_bytes = (int(argument) for argument in sys.argv[1:3])
    _bound_memory(memory_bytes)
    for _ in range(MOST_REQUESTS):
        if not select.select([sys.stdin.buffer.fileno()], [], [], IDLE_SECONDS)[0]:
            return
        line = sys.stdin.buffer.readline()
        if not line:
            return
        _bound_time(cpu_seconds)
        try:
            answer = orjson.dumps(answer_to(orjson.loads(line)))
        except MemoryError:
            # Nothing more is done here: whatever is tried next may need memory too.
            os._exit(OUT_OF_MEMORY)
        sys.stdout.buffer.write(answer + b"\n")
        sys.stdout.buffer.flush()


def answer_to(request: dict[str, Any]) -> dict[str, Any]:
    """The files in base64 with their title and fingerprint, or the fault of the template."""
    looks = {name: Path(path) for name, path in request["looks"].items()}
    try:
        paper = compose(request["name"], request["template"], request["view"], Head(**request["head"]))
        digest = fingerprint(paper)
        if digest == request.get("known"):
            return {"title": paper.title, "fingerprint": digest, "files": {}}
        files = press(paper, looks)
    except TemplateInvalid as fault:
        return {"fault": {"name": fault.name, "line": fault.line, "sv": fault.sv, "en": fault.en}}
    encoded = {kind: base64.b64encode(content).decode() for kind, content in files.items()}
    return {"title": paper.title, "fingerprint": digest, "files": encoded}


def _bound_memory(more_bytes: int) -> None:
    """Refuse this process more than so much address space beyond what it has. macOS does not hold to it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + more_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _bound_time(more_seconds: int) -> None:
    """Let the system end this process beyond so much processor time from now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + more_seconds + 1, hard))


if __name__ == "__main__":
    main()
