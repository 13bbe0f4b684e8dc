"""Meeting days for years that a profile's example plan does not reach: the same weekday of the same month.

Only examples are carried on. A municipality's own sammanträdesplan is decided by its council, a year at a time.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from app.domain.profiles import Profile
from app.domain.workdays import WorkdayCalendar

_WEEK = timedelta(days=7)
_SWEDEN = WorkdayCalendar()


def of_year(days: Iterable[date], year: int) -> tuple[date, ...]:
    """When an organ that met on these days would meet in a year: the second Tuesday in March for a second Tuesday.

    A month takes after the latest year that has it. A day that is no working day moves a week later, or earlier where
    that is another month.
    """
    latest: dict[int, dict[int, list[date]]] = defaultdict(lambda: defaultdict(list))
    for day in days:
        latest[day.month][day.year].append(day)
    found = {_same(day, year) for years in latest.values() for day in years[max(years)]}
    return tuple(sorted(found))


def carry_on(profile: Profile, from_on: date, to_on: date) -> Profile:
    """The profile with its example meetings carried on to the months of these days that the plan does not reach."""
    plan: dict[str, list[date]] = defaultdict(list)
    for organ, day in profile.meetings:
        plan[organ].append(day)
    added = [
        (organ, day)
        for organ, days in plan.items()
        for year in range(from_on.year, to_on.year + 1)
        for day in of_year(days, year)
        if _month(day) < _month(min(days)) or _month(day) > _month(max(days))
    ]
    return replace(profile, meetings=(*profile.meetings, *sorted(added)))


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _same(day: date, year: int) -> date:
    first = date(year, day.month, 1)
    found = first + timedelta(days=(day.weekday() - first.weekday()) % 7) + (day.day - 1) // 7 * _WEEK
    last = date(year, day.month, monthrange(year, day.month)[1])
    while found > last:
        found -= _WEEK
    while not _SWEDEN.is_workday(found):
        found += _WEEK if found + _WEEK <= last else -_WEEK
    return found
