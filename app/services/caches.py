"""What a process keeps in memory because it cannot change: parsed forms by definition, organisations by revision."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, Generic, TypeVar
from uuid import UUID

from app.domain.forms import Form
from app.domain.meeting_plans import MeetingPlan
from app.domain.workdays import WorkdayCalendar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """The most recently used values. Safe between threads; a value is never changed once kept."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = Lock()
        self._kept: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value; `make` makes it when it is not at hand."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        value = make()
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return value


@dataclass(frozen=True)
class Place:
    """A department, company, actor or body as expressions see it, and the day it closed."""

    kind: str
    id: UUID
    name: str
    closed_on: date | None


@dataclass(frozen=True)
class Organisation:
    """What a municipality's facts are made of, at one revision."""

    municipality: str
    name: str
    profile: Mapping[str, Any]
    places: tuple[Place, ...]
    calendar: WorkdayCalendar
    plan: MeetingPlan


class FormCache(Cache[UUID, Mapping[str, Form]]):
    """Forms by definition version."""

    def __init__(self) -> None:
        super().__init__(128)


class OrganisationCache(Cache[tuple[str, int], Organisation]):
    """Organisations by municipality and revision."""

    def __init__(self) -> None:
        super().__init__(600)


class ReminderCache(Cache[UUID, str]):
    """What a definition version's `process.toml` says of reminders; empty when it says nothing."""

    def __init__(self) -> None:
        super().__init__(512)
