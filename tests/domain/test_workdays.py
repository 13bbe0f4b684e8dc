"""The working calendar, against dates checked by hand for 2026, 2027 and 2028."""

from datetime import date, datetime, timedelta

import pytest
from holidays import DE_FACTO, PUBLIC
from holidays.countries.sweden import Sweden
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import workdays
from app.domain.workdays import (
    OutsideCalendar,
    WorkdayCalendar,
    iso_week,
    month_end,
    quarter_end,
    red_days,
    tertial_end,
    weeks_in_year,
)

SWEDEN = WorkdayCalendar()
DATES = st.dates(date(2000, 1, 1), date(2099, 12, 31))
OWN_DAYS = st.frozensets(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=40)

WEEKDAYS_OFF = {
    2026: ["01-01", "01-06", "04-03", "04-06", "05-01", "05-14", "06-19", "12-24", "12-25", "12-31"],
    2027: ["01-01", "01-06", "03-26", "03-29", "05-06", "06-25", "12-24", "12-31"],
    2028: ["01-06", "04-14", "04-17", "05-01", "05-25", "06-06", "06-23", "12-25", "12-26"],
}
SQUEEZE_DAYS = [
    date(2026, 1, 2),
    date(2026, 1, 5),
    date(2026, 5, 15),
    date(2027, 5, 7),
    date(2028, 1, 7),
    date(2028, 5, 26),
    date(2028, 6, 5),
]


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=i) for i in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_the_red_weekdays_of_the_year_are_those_of_the_almanac(year):
    off = [d for d in days_of(year) if d.weekday() < 5 and not SWEDEN.is_workday(d)]
    assert off == [date.fromisoformat(f"{year}-{d}") for d in WEEKDAYS_OFF[year]]


@pytest.mark.parametrize(("year", "number"), [(2026, 251), (2027, 253), (2028, 251)])
def test_the_year_has_as_many_workdays_as_the_almanac_says(year, number):
    assert sum(SWEDEN.is_workday(d) for d in days_of(year)) == number


@pytest.mark.parametrize(
    ("year", "by_month"),
    [
        (2026, [20, 20, 22, 20, 19, 21, 23, 21, 22, 22, 21, 20]),
        (2027, [19, 20, 21, 22, 20, 21, 22, 22, 22, 21, 22, 21]),
        (2028, [20, 21, 23, 18, 21, 20, 21, 23, 21, 22, 22, 19]),
    ],
)
def test_each_month_has_as_many_workdays_as_are_counted_by_hand(year, by_month):
    assert [sum(SWEDEN.is_workday(d) for d in days_of(year) if d.month == m) for m in range(1, 13)] == by_month


def test_the_squeeze_days_of_three_years_are_the_seven_known_ones():
    found = [d for year in (2026, 2027, 2028) for d in days_of(year) if SWEDEN.is_squeeze_day(d)]
    assert found == SQUEEZE_DAYS


@pytest.mark.parametrize("squeeze_day", SQUEEZE_DAYS)
def test_a_squeeze_day_is_worked_but_nothing_falls_due_on_it(squeeze_day):
    assert SWEDEN.is_workday(squeeze_day)
    assert not SWEDEN.is_due_day(squeeze_day)
    assert SWEDEN.next_workday(squeeze_day) == squeeze_day
    assert SWEDEN.previous_due_day(squeeze_day) < squeeze_day < SWEDEN.next_due_day(squeeze_day)


def test_easter_2027_is_26_to_29_march():
    closed = [d for d in days_of(2027) if d.month == 3 and d.day > 24 and not SWEDEN.is_workday(d)]
    assert closed == [date(2027, 3, d) for d in (26, 27, 28, 29)]


@pytest.mark.parametrize("year", range(2006, 2060))
def test_the_red_days_agree_with_the_days_the_library_calls_de_facto(year):
    assert red_days(year) == frozenset(Sweden(years=year, categories=(PUBLIC, DE_FACTO), expand=False).keys())


def test_national_day_is_red_since_2005_and_whit_monday_before():
    assert date(2005, 6, 6) in red_days(2005)
    assert date(2004, 6, 6) not in red_days(2004)
    assert date(2004, 5, 31) in red_days(2004)


def test_own_days_off_are_not_worked_and_can_squeeze_their_neighbours():
    friday = date(2027, 2, 26)
    calendar = WorkdayCalendar(frozenset({date(2027, 2, 25)}))
    assert SWEDEN.is_due_day(friday)
    assert not calendar.is_workday(date(2027, 2, 25))
    assert calendar.is_squeeze_day(friday)
    assert calendar.previous_due_day(friday) == date(2027, 2, 24)


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        (date(2027, 3, 1), -30, date(2027, 1, 18)),
        (date(2027, 3, 31), -20, date(2027, 3, 1)),
        (date(2027, 2, 26), 1, date(2027, 3, 1)),
        (date(2027, 2, 27), 1, date(2027, 3, 1)),
        (date(2027, 2, 27), -1, date(2027, 2, 26)),
        (date(2027, 2, 27), 0, date(2027, 2, 27)),
        (date(2026, 12, 23), 5, date(2027, 1, 5)),
        (date(2027, 3, 25), 1, date(2027, 3, 30)),
        (date(2027, 5, 5), 1, date(2027, 5, 7)),
        (date(2028, 6, 5), 1, date(2028, 6, 7)),
    ],
)
def test_workdays_are_counted_as_by_finger_in_an_almanac(start, n, expected):
    assert SWEDEN.add_workdays(start, n) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (date(2027, 2, 26), date(2027, 2, 26), 0),
        (date(2027, 2, 26), date(2027, 3, 1), 1),
        (date(2027, 3, 1), date(2027, 2, 26), -1),
        (date(2027, 2, 27), date(2027, 2, 28), 0),
        (date(2026, 12, 31), date(2027, 12, 31), 253),
        (date(2027, 3, 1), date(2027, 1, 18), -30),
    ],
)
def test_the_workdays_between_two_days_are_counted(a, b, expected):
    assert SWEDEN.workdays_between(a, b) == expected


def test_26_february_is_the_last_workday_of_february_2027():
    assert SWEDEN.previous_workday(date(2027, 2, 28)) == date(2027, 2, 26)


def test_the_next_due_day_after_new_year_2026_passes_both_squeeze_days():
    assert SWEDEN.next_workday(date(2026, 1, 1)) == date(2026, 1, 2)
    assert SWEDEN.next_due_day(date(2026, 1, 1)) == date(2026, 1, 7)
    assert SWEDEN.previous_due_day(date(2026, 1, 6)) == date(2025, 12, 30)


@pytest.mark.parametrize(
    ("on", "week"),
    [
        (date(2026, 1, 1), 1),
        (date(2026, 12, 28), 53),
        (date(2027, 1, 3), 53),
        (date(2027, 1, 4), 1),
        (date(2027, 2, 26), 8),
        (date(2028, 1, 2), 52),
    ],
)
def test_the_week_is_the_iso_week(on, week):
    assert iso_week(on) == week


def test_2026_has_week_53_and_its_neighbours_have_not():
    assert [weeks_in_year(y) for y in (2025, 2026, 2027, 2028)] == [52, 53, 52, 52]


def test_a_tertial_ends_in_april_august_and_december():
    assert {tertial_end(d) for d in days_of(2027)} == {
        date(2027, 4, 30),
        date(2027, 8, 31),
        date(2027, 12, 31),
    }
    assert tertial_end(date(2027, 4, 30)) == date(2027, 4, 30)
    assert tertial_end(date(2027, 5, 1)) == date(2027, 8, 31)


def test_a_quarter_ends_every_third_month():
    assert {quarter_end(d) for d in days_of(2027)} == {
        date(2027, 3, 31),
        date(2027, 6, 30),
        date(2027, 9, 30),
        date(2027, 12, 31),
    }
    assert quarter_end(date(2027, 4, 1)) == date(2027, 6, 30)


def test_a_month_ends_on_its_last_day():
    assert month_end(2028, 2) == date(2028, 2, 29)
    assert month_end(2027, 2) == date(2027, 2, 28)
    assert month_end(2027, 12) == date(2027, 12, 31)


def test_the_version_changes_with_the_own_days_off_and_not_with_their_order():
    a, b = date(2027, 2, 25), date(2027, 12, 23)
    assert SWEDEN.version == WorkdayCalendar().version
    assert len(SWEDEN.version) == 12
    assert WorkdayCalendar(frozenset([a, b])).version == WorkdayCalendar(frozenset([b, a])).version
    assert len({SWEDEN.version, *(WorkdayCalendar(frozenset({d})).version for d in (a, b))}) == 3


def test_the_version_changes_with_the_holiday_library(monkeypatch):
    before = SWEDEN.version
    monkeypatch.setattr("app.domain.workdays.holidays_version", "0.0.1")
    workdays._version.cache_clear()
    after = SWEDEN.version
    workdays._version.cache_clear()
    assert before != after


@pytest.mark.parametrize("on", [date(1989, 12, 31), date(2200, 1, 1), date.max, date.min])
def test_a_year_the_calendar_does_not_know_is_refused_in_both_languages(on):
    with pytest.raises(OutsideCalendar) as refusal:
        SWEDEN.is_workday(on)
    assert str(on.year) in refusal.value.sv
    assert str(on.year) in refusal.value.en
    assert str(refusal.value) == refusal.value.sv


def test_a_count_that_leaves_the_calendar_is_refused():
    with pytest.raises(OutsideCalendar):
        SWEDEN.add_workdays(date(2199, 12, 1), 100)


def test_a_municipality_that_never_opens_gets_a_refusal_and_no_endless_search():
    closed = frozenset(date(2026, 1, 1) + timedelta(days=i) for i in range(1200))
    with pytest.raises(OutsideCalendar, match="egna lediga dagar"):
        WorkdayCalendar(closed).next_due_day(date(2026, 2, 1))


def test_an_instant_is_not_taken_for_a_date():
    with pytest.raises(TypeError, match="instants"):
        SWEDEN.is_workday(datetime(2027, 2, 26))  # noqa: DTZ001 - that it is naive is beside the point


@settings(max_examples=100, deadline=None)
@given(DATES, st.integers(-400, 400), OWN_DAYS)
def test_counting_there_and_measuring_give_the_same_number(start, n, own):
    calendar = WorkdayCalendar(own)
    landed = calendar.add_workdays(start, n)
    assert calendar.workdays_between(start, landed) == n
    assert n == 0 or calendar.is_workday(landed)


@settings(max_examples=100, deadline=None)
@given(DATES, st.integers(0, 300), OWN_DAYS)
def test_counting_there_and_back_returns_to_the_same_workday(start, n, own):
    calendar = WorkdayCalendar(own)
    first = calendar.next_workday(start)
    assert calendar.add_workdays(calendar.add_workdays(first, n), -n) == first


@settings(max_examples=100, deadline=None)
@given(DATES, OWN_DAYS)
def test_the_nearest_days_on_either_side_are_nearest(on, own):
    calendar = WorkdayCalendar(own)
    for accepts, before, after in (
        (calendar.is_workday, calendar.previous_workday(on), calendar.next_workday(on)),
        (calendar.is_due_day, calendar.previous_due_day(on), calendar.next_due_day(on)),
    ):
        assert accepts(before)
        assert accepts(after)
        between = [before + timedelta(days=i) for i in range(1, (after - before).days)]
        assert not any(accepts(d) for d in between)
        assert (before == on == after) == accepts(on)


@settings(max_examples=100, deadline=None)
@given(DATES)
def test_a_period_ends_on_or_after_its_days_and_the_day_after_begins_the_next(on):
    for end in (tertial_end(on), quarter_end(on)):
        assert on <= end
        assert (end + timedelta(days=1)).day == 1
    assert tertial_end(tertial_end(on) + timedelta(days=1)) > tertial_end(on)
