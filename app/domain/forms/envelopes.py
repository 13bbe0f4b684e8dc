"""The outside of a submission: whether it is JSON at all, bounded, and of text that can be kept.

Nothing here knows the form. The walk keeps its own stack, so a deep value cannot exhaust Python's, and stops as soon
as the answer is too large.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from app.domain.forms.formats import is_unstorable
from app.domain.forms.vocabulary import FORBIDDEN_NAMES, MAX_DEPTH, MAX_ITEMS, MAX_NUMBER, MAX_SUBMISSION_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

FaultKind = Literal["size", "depth", "items", "name", "text", "number", "large_number", "kind"]

_MOST_FAULTS: Final = 20
_BITS: Final = MAX_NUMBER.bit_length()


class Fault(NamedTuple):
    """Something unsound, and the path to it."""

    kind: FaultKind
    path: tuple[str | int, ...]


def envelope_faults(submission: object) -> list[Fault]:
    """What is unsound in the value: at most twenty faults, and no more after the first that ends the walk."""
    faults: list[Fault] = []
    waiting: list[tuple[object, tuple[str | int, ...]]] = [(submission, ())]
    size = 0
    while waiting and len(faults) < _MOST_FAULTS:
        value, path = waiting.pop()
        size += _size(value)
        if size > MAX_SUBMISSION_BYTES:
            return [Fault("size", ())]
        kind = _fault_kind(value, path)
        if kind is not None:
            faults.append(Fault(kind, path))
        else:
            waiting.extend(_inside(value, path))
    return sorted(faults, key=lambda fault: [str(step) for step in fault.path])


def _size(value: object) -> int:
    """About how many bytes the value itself takes as JSON, what is inside it not counted."""
    if isinstance(value, str):
        return len(value.encode("utf-8", "replace")) + 3
    if isinstance(value, dict):
        return 2 + sum(len(name.encode("utf-8", "replace")) + 3 for name in value if isinstance(name, str))
    if isinstance(value, float):
        return len(repr(value)) + 1
    return value.bit_length() // 3 + 2 if isinstance(value, int) else 2


def _fault_kind(value: object, path: tuple[str | int, ...]) -> FaultKind | None:
    if isinstance(value, dict | list):
        return _container_fault(value, path)
    if isinstance(value, str):
        return "text" if is_unstorable(value) else None
    if isinstance(value, float):
        return _float_fault(value)
    if isinstance(value, int):  # True and False among them
        return "large_number" if value.bit_length() > _BITS or abs(value) > MAX_NUMBER else None
    return None if value is None else "kind"


def _container_fault(value: dict[object, object] | list[object], path: tuple[str | int, ...]) -> FaultKind | None:
    if len(path) >= MAX_DEPTH:
        return "depth"
    if isinstance(value, list):
        return "items" if len(value) > MAX_ITEMS else None
    if not all(isinstance(name, str) and not is_unstorable(name) and name not in FORBIDDEN_NAMES for name in value):
        return "name"
    return None


def _float_fault(value: float) -> FaultKind | None:
    if not math.isfinite(value):
        return "number"
    return "large_number" if abs(value) > MAX_NUMBER else None


def _inside(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[object, tuple[str | int, ...]]]:
    if isinstance(value, dict):
        yield from ((inner, (*path, name)) for name, inner in value.items())
    elif isinstance(value, list):
        yield from ((inner, (*path, position)) for position, inner in enumerate(value))
