"""What an expression or a deadline may know of the municipality: a frozen value, read before the engine runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.domain.meeting_plans import MeetingPlan
from app.domain.workdays import WorkdayCalendar


@dataclass(frozen=True)
class Group:
    """A group that meets: its item, the seats at its table as items, and the months it meets in."""

    item: Mapping[str, Any]
    members: tuple[Mapping[str, Any], ...] = ()
    months: tuple[int, ...] = ()

    def is_named(self, name: str) -> bool:
        """Whether that is its name or its id."""
        return name in {self.item.get("name"), self.item.get("id")}


@dataclass(frozen=True)
class Facts:
    """The municipality as the engine sees it at one instant.

    `lists` holds items `{kind, id, name}` under the names `departments`, `companies`, `actors`, `bodies` and
    `open_commitments`; only those that the definition asks for are filled.
    """

    today_on: date
    calendar: WorkdayCalendar
    plan: MeetingPlan
    year: int
    anchor_on: date | None = None
    anchor_organ: str | None = None
    manuscript_workdays: int = 20
    lists: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    groups: Sequence[Group] = ()
    profile: Mapping[str, Any] = field(default_factory=dict)

    def functions(self) -> dict[str, Callable[..., Any]]:
        """The functions an expression may call to learn these facts."""

        def meeting(organ: str, month: int) -> str | None:
            found = self.plan.in_month(organ, self.year, month)
            return found.on.isoformat() if found else None

        return {
            "today": self.today_on.isoformat,
            "departments": lambda: list(self.lists.get("departments", ())),
            "companies": lambda: list(self.lists.get("companies", ())),
            "actors": lambda: list(self.lists.get("actors", ())),
            "bodies": lambda: list(self.lists.get("bodies", ())),
            "open_commitments": lambda: list(self.lists.get("open_commitments", ())),
            "members": lambda name: [m for g in self.groups if g.is_named(name) for m in g.members],
            "groups": self._groups,
            "meeting": meeting,
            "profile": self.profile.get,
        }

    def _groups(self, name: str | None = None) -> list[Mapping[str, Any]]:
        """The group of that name or id; without one, those that meet in the month of T."""
        if name is not None:
            return [group.item for group in self.groups if group.is_named(name)]
        month = self.anchor_on.month if self.anchor_on is not None else None
        return [group.item for group in self.groups if month in group.months]
