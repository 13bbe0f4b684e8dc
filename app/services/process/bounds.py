"""What a child process may take, set by itself before it reads what came from outside."""

import resource
from contextlib import suppress
from pathlib import Path

OUT_OF_MEMORY = 3
"""The exit code when the memory bound was met."""
CANNOT_BE_READ = 4
"""The exit code for a file that is damaged or locked."""
TOO_MUCH = 5
"""The exit code for more than is read."""


def bound(cpu_seconds: int, memory_bytes: int) -> None:
    """Let the system end this process beyond so much processor time in all, or refuse it so much more memory.

    Linux holds to both. macOS does not bound the address space: there the wall time is what is left.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    with suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
