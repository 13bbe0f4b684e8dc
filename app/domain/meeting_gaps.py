"""What a meeting plan lacks: the meetings that the municipality's rules count on, and the months without any.

Each gap proposes the nearest earlier meeting, because what a meeting decides may be decided sooner, never later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.domain.meeting_plans import organ_name
from app.domain.swedish_dates import Sentence, long_date, month_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.domain.calendar_rules import CalendarRule
    from app.domain.meeting_plans import Meeting, MeetingPlan


@dataclass(frozen=True)
class MeetingGap:
    """A month in which an organ does not meet though a rule counts on it, and the meeting to use instead."""

    organ: str
    year: int
    month: int
    proposed: Meeting | None
    sv: str
    en: str


def gaps(rules: Iterable[CalendarRule], years: Iterable[int], plan: MeetingPlan) -> list[MeetingGap]:
    """The meetings that the rules count on and the plan does not have, in order of year, month and organ."""
    counted_on = {(rule.organ, month) for rule in rules if rule.organ is not None for month in rule.base.numbers}
    wanted = sorted((year, month, organ) for year in years for organ, month in counted_on)
    return [_gap(organ, y, m, plan) for y, m, organ in wanted if plan.in_month(organ, y, m) is None]


def months_without(plan: MeetingPlan, organ: str, year: int) -> tuple[int, ...]:
    """The months of the year in which the organ has no meeting: July for most, all twelve for an unknown organ."""
    held = {m.on.month for m in plan.meetings if m.organ == organ and m.on.year == year}
    return tuple(month for month in range(1, 13) if month not in held)


def nearest_earlier(plan: MeetingPlan, organ: str, year: int, month: int) -> Meeting | None:
    """The organ's last meeting before the month, or None when none is planned in the year before it."""
    first = date(year, month, 1)
    earliest = date(year - 1, month, 1)
    before = [m for m in plan.meetings if m.organ == organ and earliest <= m.on < first]
    return max(before, key=lambda m: m.on, default=None)


def _gap(organ: str, year: int, month: int, plan: MeetingPlan) -> MeetingGap:
    name = organ_name(organ)
    proposed = nearest_earlier(plan, organ, year, month)
    words = Sentence(
        f"Inget sammanträde med {name.sv} i {month_name(month)} {year}.",
        f"No meeting of {name.en} in {month_name(month, 'en')} {year}.",
    )
    if proposed is None:
        mend = Sentence("Lägg in ett i sammanträdesplanen.", "Enter one in the meeting plan.")
    else:
        mend = Sentence(
            f"Närmast före är {long_date(proposed.on)}, med manusstopp {long_date(proposed.manuscript_stop_on)}.",
            f"The nearest before is {long_date(proposed.on, 'en')}, with manuscript stop "
            f"{long_date(proposed.manuscript_stop_on, 'en')}.",
        )
    return MeetingGap(organ, year, month, proposed, f"{words.sv} {mend.sv}", f"{words.en} {mend.en}")
