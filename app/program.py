"""The program's first step: everything is imported with Python's garbage collector at rest.

An import makes hundreds of thousands of objects that live as long as the program. Looking through them again and again
takes a fifth of a start, and later some of every long collection; what has been imported is therefore set aside.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def imported_for_good() -> Iterator[None]:
    """What is made here lives as long as the program: nobody looks for garbage in it, now or later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def main() -> None:
    """`trygghetshjulet`."""
    with imported_for_good():
        from app.cli import main as run  # noqa: PLC0415  this import is what takes time

    run()
