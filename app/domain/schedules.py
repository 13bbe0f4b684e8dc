"""Which process instances a municipality's year holds: rules in, dated occurrences out.

A process rule says when a process starts and which day it works towards (its anchor date, T). Each year has at most
one occurrence of a rule; its period is the year the anchor rule was asked about. All dates are dates in
Europe/Stockholm; a window is inclusive at both ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.swedish_dates import Sentence, long_date
from app.domain.workdays import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from app.domain.calendar_rules import CalendarRule
    from app.domain.meeting_plans import MeetingPlan
    from app.domain.workdays import WorkdayCalendar

_REACH: Final = 6
"""Years an offset can carry a rule away from its own year, and one more for the year before the anchor's."""


@dataclass(frozen=True)
class ProcessRule:
    """When the process with this key starts, and the day it works towards."""

    key: str
    start: CalendarRule
    anchor: CalendarRule


@dataclass(frozen=True)
class Occurrence:
    """One start that shall happen: ``period`` is the anchor's year, ``anchor_on`` the instance's T."""

    key: str
    period: str
    start_on: date
    anchor_on: date
    reason_sv: str
    reason_en: str


@dataclass(frozen=True)
class Missing:
    """A year for which the rule gives no occurrence, and why."""

    key: str
    year: int
    reason_sv: str
    reason_en: str


def occurrences(
    rules: Iterable[ProcessRule],
    from_on: date,
    to_on: date,
    calendar: WorkdayCalendar,
    plan: MeetingPlan,
) -> list[Occurrence]:
    """Every occurrence that starts within [from_on, to_on], in order of start, then key, then period.

    The start belongs to the anchor's year when it comes on or before the anchor. Otherwise it is the year before's:
    a process that starts in September works towards the following February. What has no anchor or no start is not
    here but in ``missing``.
    """
    years = range(max(from_on.year - 1, FIRST_YEAR + _REACH), min(to_on.year + 1, LAST_YEAR - _REACH) + 1)
    found = (_in_year(rule, year, calendar, plan) for rule in rules for year in years)
    within = [o for o in found if isinstance(o, Occurrence) and from_on <= o.start_on <= to_on]
    return sorted(within, key=lambda o: (o.start_on, o.key, o.period, o.anchor_on))


def missing(
    rules: Iterable[ProcessRule], years: Sequence[int], calendar: WorkdayCalendar, plan: MeetingPlan
) -> list[Missing]:
    """The years among ``years`` for which a rule gives nothing, in order of year, then key.

    Raises OutsideCalendar for a year the calendar does not know.
    """
    found = (_in_year(rule, year, calendar, plan) for rule in rules for year in years)
    return sorted((m for m in found if isinstance(m, Missing)), key=lambda m: (m.year, m.key, m.reason_sv))


def _in_year(rule: ProcessRule, year: int, calendar: WorkdayCalendar, plan: MeetingPlan) -> Occurrence | Missing:
    anchor_on = rule.anchor.in_year(year, calendar, plan)
    if anchor_on is None:
        return _gap(rule, year, rule.anchor.absence(year))
    start_on = rule.start.in_year(year, calendar, plan)
    if start_on is not None and start_on <= anchor_on:
        return _occurrence(rule, year, start_on, anchor_on)
    if rule.start.earliest_in_year(year, calendar, plan) <= anchor_on:
        return _gap(rule, year, rule.start.absence(year))
    return _from_year_before(rule, year, anchor_on, calendar, plan)


def _from_year_before(
    rule: ProcessRule, year: int, anchor_on: date, calendar: WorkdayCalendar, plan: MeetingPlan
) -> Occurrence | Missing:
    start_on = rule.start.in_year(year - 1, calendar, plan)
    if start_on is None:
        return _gap(rule, year, rule.start.absence(year - 1))
    previous_anchor_on = rule.anchor.in_year(year - 1, calendar, plan)
    taken = previous_anchor_on is not None and start_on <= previous_anchor_on
    if taken or start_on > anchor_on:
        # A start that already belongs to the year before must not start the process twice.
        return _gap(rule, year, _starts_too_late(rule, anchor_on))
    return _occurrence(rule, year, start_on, anchor_on)


def _occurrence(rule: ProcessRule, year: int, start_on: date, anchor_on: date) -> Occurrence:
    return Occurrence(
        key=rule.key,
        period=str(year),
        start_on=start_on,
        anchor_on=anchor_on,
        reason_sv=f"Startar {long_date(start_on)} ({rule.start.in_swedish()}) för att vara klart "
        f"{long_date(anchor_on)} ({rule.anchor.in_swedish()}).",
        reason_en=f"Starts {long_date(start_on, 'en')} ({rule.start.in_english()}) to be ready "
        f"{long_date(anchor_on, 'en')} ({rule.anchor.in_english()}).",
    )


def _gap(rule: ProcessRule, year: int, reason: Sentence) -> Missing:
    return Missing(rule.key, year, reason.sv, reason.en)


def _starts_too_late(rule: ProcessRule, anchor_on: date) -> Sentence:
    return Sentence(
        f"Starten ({rule.start.in_swedish()}) kommer efter måldagen {long_date(anchor_on)} "
        f"({rule.anchor.in_swedish()}).",
        f"The start ({rule.start.in_english()}) comes after the target day {long_date(anchor_on, 'en')} "
        f"({rule.anchor.in_english()}).",
    )
