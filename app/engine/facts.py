"""What an expression or a deadline may know of the municipality: a frozen value, read before the engine runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.domain.meeting_plans import MeetingPlan
from app.domain.workdays import WorkdayCalendar


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
            "meeting": meeting,
            "profile": self.profile.get,
        }
