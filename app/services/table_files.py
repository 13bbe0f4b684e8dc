"""Files with tables, read: CSV where it stands, XLSX in a child process that is ended when it takes too much.

A spreadsheet of a few kilobytes can unfold to gigabytes, and its reader is a library for a very loose format. As with
diagrams and attachments, that is done to a child without secret, connection or lock. The request's own transaction is
open meanwhile, so wall time and patience together stay below what the database grants an idle one (45 s).
"""

import signal
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

import orjson
import structlog

import app
from app.domain.errors import VettingBusy
from app.domain.table_imports.tables import (
    CellFault,
    Table,
    TableRow,
    Unreadable,
    file_type,
    read_csv_table,
)
from app.services.process.bounds import CANNOT_BE_READ

log = structlog.get_logger()

CPU_SECONDS = 15
WALL_SECONDS = 30.0
MEMORY_BYTES = 300_000_000
PATIENCE_SECONDS = 5.0
MAX_CHILDREN = 2
_ROOM = BoundedSemaphore(MAX_CHILDREN)


def read_table(name: str, content: bytes, sheet: str, cpu_seconds: int = CPU_SECONDS) -> Table:
    """The table in a CSV or XLSX file; of a spreadsheet the sheet named so, or the first one.

    Raises Unreadable, and VettingBusy when others' files are being read.
    """
    found = file_type(name, content)
    if found == "csv":
        return read_csv_table(content)
    if found == "ics":
        raise Unreadable("Filen är en kalender, ingen tabell.", "The file is a calendar, no table.")
    return _read_apart(content, sheet, cpu_seconds)


def _read_apart(content: bytes, sheet: str, cpu_seconds: int) -> Table:
    if not _ROOM.acquire(timeout=PATIENCE_SECONDS):
        raise VettingBusy
    try:
        done = subprocess.run(  # noqa: S603  our own program; the sheet's name is one of those we name ourselves
            [sys.executable, "-E", "-s", "-m", "app.services.table_child", sheet, str(cpu_seconds), str(MEMORY_BYTES)],
            input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=WALL_SECONDS, check=False,
            env={}, cwd=Path(app.__file__).parents[1], start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        raise _too_much("wall") from late
    finally:
        _ROOM.release()
    if done.returncode == CANNOT_BE_READ:
        raise Unreadable("Filen är skadad. Spara den på nytt.", "The file is damaged. Save it anew.")
    if done.returncode != 0:
        raise _too_much(signal.strsignal(-done.returncode) if done.returncode < 0 else done.returncode)
    # The child's answer is JSON: what a hostile file has had in its hands is read as data.
    answer = orjson.loads(done.stdout)
    if "refused" in answer:
        raise Unreadable(*answer["refused"])
    return Table(
        tuple(TableRow(number, tuple(cells)) for number, cells in answer["rows"]),
        tuple(CellFault(*fault) for fault in answer["faults"]),
    )


def _too_much(why: object) -> Unreadable:
    log.warning("spreadsheet_was_not_read", why=why)
    return Unreadable(
        "Filen är för stor eller för invecklad för att läsas. Dela upp den, eller spara den som CSV.",
        "The file is too large or too intricate to be read. Divide it, or save it as CSV.",
    )
