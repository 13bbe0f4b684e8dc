"""Thirty simulated years, 2026 to 2056, in Europe/Stockholm, against a second reckoning of the calendar.

The second reckoning is written here from the law alone: Easter by Meeus' algorithm, summer time by directive
2000/84/EG, a deadline by stepping one day at a time. It shares no code with what it judges, not even the time zone
database.

`make test` takes every 41st day (41 shares no factor with 7, so that every weekday comes up) at one of four hours,
`make thorough` every day at all four, and fifty times as many calendars with days off and pauses of their own.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.calendar_rules import next_dates, parse
from app.domain.deadlines import DeadlineContext, Due, day_after
from app.domain.deadlines import parse as deadline
from app.domain.meeting_plans import Meeting, MeetingPlan
from app.domain.pauses import month_pause
from app.domain.schedules import occurrences, read_process_rule
from app.domain.workdays import WorkdayCalendar, iso_week, weeks_in_year

YEARS = range(2026, 2057)
THOROUGH = bool(os.environ.get("TRYGGHET_THOROUGH"))
STEP = 1 if THOROUGH else 41
HOURS = ((0, 30), (7, 59), (12, 0), (23, 45))
DAY = timedelta(days=1)
SWEDEN = WorkdayCalendar()
Days = frozenset[date]
NONE: Days = frozenset()


def easter(year: int) -> date:
    """Easter Sunday, Meeus' algorithm for the Gregorian calendar."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, g = b // 4, b % 4, (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 19 * m) // 433
    month = (h + m - 7 * n + 90) // 25
    return date(year, month, (h + m - 7 * n + 33 * month + 19) % 32)


@cache
def red(year: int) -> frozenset[date]:
    """The public holidays of lag (1989:253) and the eves of lag (1977:480) 7 §, without plain Sundays."""
    sunday = easter(year)
    moving = {sunday + timedelta(days=n) for n in (-2, 0, 1, 39, 49)}
    fixed = {date(year, m, d) for m, d in ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31))}
    midsummer = next(date(year, 6, n) for n in range(20, 27) if date(year, 6, n).isoweekday() == 6)
    all_saints = next(d for d in (date(year, 10, 31) + n * DAY for n in range(7)) if d.isoweekday() == 6)
    return frozenset({*moving, *fixed, midsummer, midsummer - DAY, all_saints})


def works(d: date, own: Days = NONE) -> bool:
    return d.isoweekday() < 6 and d not in red(d.year) and d not in own


def may_fall_due(d: date, own: Days = NONE, rest: frozenset[int] = frozenset()) -> bool:
    return works(d, own) and (works(d - DAY, own) or works(d + DAY, own)) and d.month not in rest


def stepped(d: date, workdays: int, own: Days = NONE) -> date:
    step = DAY if workdays > 0 else -DAY
    left = abs(workdays)
    while left:
        d += step
        left -= works(d, own)
    return d


def moved(d: date, step: timedelta, own: Days = NONE, rest: frozenset[int] = frozenset()) -> date:
    while not may_fall_due(d, own, rest):
        d += step
    return d


def last_sunday(year: int, month: int) -> date:
    d = date(year, month, 31)
    return d - timedelta(days=d.isoweekday() % 7)


def offset_from_utc(at: datetime) -> timedelta:
    """Swedish time's distance from UTC: summer time from 01.00 UTC the last Sunday of March to that of October."""
    begins, ends = (datetime.combine(last_sunday(at.year, m), time(1), UTC) for m in (3, 10))
    return timedelta(hours=2 if begins <= at < ends else 1)


def swedish(at: datetime) -> datetime:
    return (at + offset_from_utc(at)).replace(tzinfo=None)


def days(step: int = STEP) -> Iterator[date]:
    first, last = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
    return (first + n * DAY for n in range(0, (last - first).days + 1, step))


def third_tuesday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(1 - first.weekday()) % 7 + 14)


def easter_board(year: int) -> date:
    """A board that meets in March on the Tuesday after Easter when that lies in March: Easter squeezes its papers."""
    tuesday = easter(year) + 2 * DAY
    return tuesday if tuesday.month == 3 else third_tuesday(year, 3)


PLAN = MeetingPlan(
    tuple(
        Meeting(organ, on, stepped(on, -20))
        for year in range(YEARS[0] - 3, YEARS[-1] + 4)
        for month in (1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12)
        for organ, on in (
            ("KS", easter_board(year) if month == 3 else third_tuesday(year, month)),
            ("KF", third_tuesday(year, month) + 6 * DAY),
        )
    )
)
RULES = [
    "first_workday([1, 5, 6, 9, 12])",
    "last_workday([2, 3, 4, 6, 11, 12])",
    "before_week([1, 13, 26, 51, 53])",
    "meeting('KS', [3, 6, 9])-30wd",
    "meeting('KF', 4)+14d",
    "manuscript_stop('KS', [3, 4])-5wd",
    "end_of_month([2, 4, 12])",
    "end_of_tertial([1, 2, 3])+10wd",
    "end_of_quarter([1, 2, 3, 4])-10d earlier",
    "end_of_year()+20wd",
    "date(6, 6) earlier",
    "date(5, 1)",
    "every_months(1, pause=[7])",
    "every_weeks(2, since='2026-01-05', pause=[7])",
    "valid_until('2026-02-28', every='P2Y')-P6M",
]


def context(d: date, at: datetime, organ: str | None) -> DeadlineContext:
    return DeadlineContext(d, d, at, SWEDEN, PLAN, organ)


def reached(d: date, hour: tuple[int, int] | None = None) -> datetime:
    """An instant of the Swedish day: early, in the morning, at noon or late, so that the UTC day differs at times."""
    local = datetime.combine(d, time(*(hour or HOURS[d.toordinal() % 4])), UTC)
    return next(at for hours in (2, 1) if swedish(at := local - timedelta(hours=hours)) == local.replace(tzinfo=None))


def moments() -> Iterator[tuple[date, datetime]]:
    return ((d, reached(d, hour)) for d in days() for hour in (HOURS if THOROUGH else (None,)))


@pytest.mark.parametrize("year", YEARS)
def test_every_day_of_the_year_is_worked_or_off_as_the_law_says(year):
    all_days = [date(year, 1, 1) + n * DAY for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    assert [d for d in all_days if SWEDEN.is_workday(d) != works(d)] == []
    assert [d for d in all_days if SWEDEN.is_due_day(d) != may_fall_due(d)] == []


@pytest.mark.parametrize("year", YEARS)
def test_week_53_exists_in_the_years_that_begin_or_end_on_a_thursday(year):
    long = date(year, 1, 1).isoweekday() == 4 or date(year, 12, 31).isoweekday() == 4
    assert (weeks_in_year(year) == 53) == long
    on = parse("before_week(53)").in_year(year, SWEDEN, PLAN)
    assert (on is not None) == long
    if on is not None:
        assert on == moved(date.fromisocalendar(year, 53, 1) - DAY, -DAY)
        assert iso_week(on) <= 52


COUNTED = [
    ("T", lambda d: d),
    ("T-30wd", lambda d: moved(stepped(d, -30), -DAY)),
    ("T-10d", lambda d: moved(d - 10 * DAY, -DAY)),
    ("T+14d", lambda d: moved(d + 14 * DAY, DAY)),
    ("D-3wd", lambda d: moved(stepped(d, -3), -DAY)),
    ("D+1wd later", lambda d: moved(stepped(d, 1), DAY)),
    ("D+5wd earlier", lambda d: moved(stepped(d, 5), -DAY)),
    ("5wd", lambda d: moved(stepped(d, 5), DAY)),
    ("P21D", lambda d: moved(d + 21 * DAY, DAY)),
]


def on_the_right_day_and_hour(due: Due, on: date) -> bool:
    return due.on == on and swedish(due.at) == datetime.combine(on, time(8))


@pytest.mark.parametrize(("text", "expected"), COUNTED)
def test_a_deadline_lies_on_the_right_day_at_eight_in_the_morning(text, expected):
    rule = deadline(text)
    wrong = [
        at for d, at in moments() if not on_the_right_day_and_hour(rule.resolve(context(d, at, None)), expected(d))
    ]
    assert wrong == []


@settings(max_examples=3000 if THOROUGH else 60, deadline=None)
@given(
    st.dates(date(2026, 1, 1), date(2056, 6, 30)),
    st.frozensets(st.integers(-90, 90), max_size=40),
    st.frozensets(st.sampled_from([1, 6, 7, 12]), max_size=2),
    st.integers(1, 60),
)
def test_a_deadline_keeps_to_the_municipalitys_own_days_off_and_pauses(d, near, rest, number):
    own = frozenset(d + n * DAY for n in near)
    calendar = WorkdayCalendar(own, tuple(month_pause(month) for month in rest))
    found = replace(context(d, reached(d), None), calendar=calendar)
    before, after = stepped(d, -number, own), stepped(d, number, own)
    assert on_the_right_day_and_hour(deadline(f"T-{number}wd").resolve(found), moved(before, -DAY, own, rest))
    assert on_the_right_day_and_hour(deadline(f"T+{number}wd").resolve(found), moved(after, DAY, own, rest))


@pytest.mark.parametrize("text", ["T-10d", "T+14d", "T+5wd", "T+14d later"])
def test_a_deadline_tied_to_a_meeting_is_never_later_than_it_is_counted(text):
    rule = deadline(text)
    for d in days(STEP * 2):
        due = rule.resolve(context(d, reached(d), "KS"))
        counted = stepped(d, 5) if "wd" in text else d + timedelta(days=14 if "+" in text else -10)
        expected = moved(counted, -DAY)
        assert due.on == (expected if not expected <= d < counted else moved(counted, DAY))
        assert swedish(due.at).hour == 8


@pytest.mark.parametrize(("text", "months"), [("P1M", 1), ("P3M", 3), ("P1Y", 12)])
def test_some_months_on_is_the_same_day_or_the_last_of_a_shorter_month(text, months):
    rule = deadline(text)
    for d in days():
        year, month = divmod(d.year * 12 + d.month - 1 + months, 12)
        day = next(n for n in (d.day, 30, 29, 28) if n <= d.day and exists(year, month + 1, n))
        assert on_the_right_day_and_hour(
            rule.resolve(context(d, reached(d), None)), moved(date(year, month + 1, day), DAY)
        )


def exists(year: int, month: int, day: int) -> bool:
    return day <= 28 or (date(year, month, 1) + (day - 1) * DAY).month == month


def test_a_time_of_day_is_elapsed_time_through_both_changes_of_the_clock():
    rule = deadline("PT36H")
    for d in [*days(), *(last_sunday(y, m) - n * DAY for y in YEARS for m in (3, 10) for n in (0, 1))]:
        at = reached(d)
        due = rule.resolve(context(d, at, None))
        assert due.at == at + timedelta(hours=36)
        assert due.on == swedish(due.at).date()


def test_a_last_day_counts_in_full_also_when_it_has_23_or_25_hours():
    for d in [*days(), *(last_sunday(y, m) for y in YEARS for m in (3, 10))]:
        assert swedish(day_after(d)) == datetime.combine(d + DAY, time(0))
    lengths = {day_after(last_sunday(y, m)) - day_after(last_sunday(y, m) - DAY) for y in YEARS for m in (3, 10)}
    assert lengths == {timedelta(hours=23), timedelta(hours=25)}


@pytest.mark.parametrize("text", RULES)
def test_a_rule_lies_on_a_day_that_will_do_and_moves_over_no_other(text):
    rule = parse(text)
    for year in YEARS:
        for found in rule.dates_in_year(year, SWEDEN, PLAN):
            if found.on is None:
                assert found.absence is not None
            elif rule.direction == "stays":
                assert works(found.on)
            else:
                assert may_fall_due(found.on)


def test_the_papers_of_a_board_after_easter_are_due_before_easter():
    squeezed = [y for y in YEARS if easter_board(y) == easter(y) + 2 * DAY]
    assert 2027 in squeezed
    for year in squeezed:
        due = deadline("T-1wd").resolve(context(easter_board(year), reached(date(year, 1, 15)), "KS"))
        assert due.on == easter(year) - 3 * DAY
        stop = parse("manuscript_stop('KS', 3)").in_year(year, SWEDEN, PLAN)
        assert stop == moved(stepped(easter_board(year), -20), -DAY)


def test_midsummer_is_never_a_due_day_and_midsummers_week_moves_around_it():
    for year in YEARS:
        eve = next(d for d in red(year) if d.month == 6 and d.isoweekday() == 5)
        rule = parse(f"date(6, {eve.day})")
        assert rule.in_year(year, SWEDEN, PLAN) == moved(eve, DAY) == eve + 3 * DAY
        earlier = parse(f"date(6, {eve.day}) earlier").in_year(year, SWEDEN, PLAN)
        assert earlier == moved(eve, -DAY) < eve


def test_thirty_years_of_a_schedule_hold_every_period_once_and_in_order():
    first, last = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
    for start, anchor in [
        ("T-10wd", "every_weeks(1, since='2026-01-05')"),
        ("T-40d", "every_months(1, pause=[7, 12])"),
        ("T-30wd", "meeting('KS', [3, 6, 9])"),
        ("first_workday(9)", "last_workday(2)"),
        ("T-P6M", "valid_until('2026-12-31', every='P2Y')"),
    ]:
        rule = read_process_rule("x", start, anchor, {"KS", "KF"})
        held = occurrences([rule], first, last, SWEDEN, PLAN)
        assert len({o.period for o in held}) == len(held)
        assert [o.period for o in held] == sorted(o.period for o in held)
        assert all(first <= o.start_on <= o.anchor_on for o in held)
        ahead = next_dates(rule.anchor, held[0].anchor_on - DAY, 20, SWEDEN, PLAN)
        both = min(len(ahead), len(held))
        assert [d.period for d in ahead[:both]] == [o.period for o in held[:both]]


def test_every_week_of_thirty_years_has_its_own_occurrence():
    rule = read_process_rule("x", "T", "every_weeks(1, since='2025-12-29')")
    held = occurrences([rule], date(2025, 12, 29), date(2056, 12, 31), SWEDEN, PLAN)
    mondays = [date.fromisocalendar(y, w, 1) for y in YEARS for w in range(1, weeks_in_year(y) + 1)]
    # Christmas 2030 leaves no day of week 52 on which anything may fall due; neither does Ascension Day in May 2035.
    idle = [m for m in mondays if not any(may_fall_due(m + n * DAY) for n in range(5))]
    assert {date(2030, 12, 23), date(2035, 4, 30)} <= set(idle)
    assert len(held) + len(idle) == len(mondays)
