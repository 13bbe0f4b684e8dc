"""Whose turn it is in one process: a long queue of jobs gives way to people for a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Turns:
    """The requests that are in hand, counted."""

    def __init__(self) -> None:
        self._in_hand = 0
        self._changed = Condition()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Somebody's request is in hand."""
        with self._changed:
            self._in_hand += 1
        try:
            yield
        finally:
            with self._changed:
                self._in_hand -= 1
                self._changed.notify_all()

    def give_way(self, seconds: float) -> None:
        """Wait until no request is in hand, so many seconds at most: the queue must get on too."""
        with self._changed:
            self._changed.wait_for(lambda: self._in_hand == 0, seconds)
