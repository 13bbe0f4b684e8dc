"""The child that reads a spreadsheet: bounds itself, reads the file on standard input, writes its table as JSON.

    python -m app.services.table_child SHEET CPU_SECONDS MEMORY_BYTES

It holds no secret, connection or lock.
"""

import logging
import os
import sys
import zipfile
from typing import Any

import orjson

from app.documents.sheet_reading import read_sheet
from app.domain.table_imports.tables import Unreadable
from app.services.process.bounds import CANNOT_BE_READ, OUT_OF_MEMORY, TOO_MUCH, bound


def main() -> None:
    """Read one file."""
    wanted = sys.argv[1]
    cpu_seconds, memory_bytes = (int(argument) for argument in sys.argv[2:4])
    content = sys.stdin.buffer.read()
    bound(cpu_seconds, memory_bytes)
    logging.disable(logging.CRITICAL)
    try:
        table = read_sheet(content, wanted)
    except Unreadable as refused:
        fault = refused.fault
        answer: dict[str, list[Any]] = {"refused": [fault.sv, fault.en, fault.row]}
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except RecursionError:
        os._exit(TOO_MUCH)
    except (zipfile.BadZipFile, OSError, SyntaxError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        # What a library for a format as loose as this trips over in a damaged file; XML that is none is a SyntaxError.
        os._exit(CANNOT_BE_READ)
    else:
        rows = [[row.number, row.cells] for row in table.rows]
        faults = [[fault.row, fault.column, fault.sv, fault.en] for fault in table.faults]
        answer = {"rows": rows, "faults": faults}
    sys.stdout.buffer.write(orjson.dumps(answer))


if __name__ == "__main__":
    main()
