"""Dates in plain words."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.swedish_dates import (
    day_and_month,
    days_left_phrase,
    due_phrase,
    long_date,
    month_name,
    short_date,
    weekday_name,
)

TODAY = date(2027, 2, 26)


@pytest.mark.parametrize(
    ("on", "sv", "en"),
    [
        (date(2027, 2, 26), "fredag 26 februari 2027", "Friday 26 February 2027"),
        (date(2026, 1, 1), "torsdag 1 januari 2026", "Thursday 1 January 2026"),
        (date(2027, 3, 29), "måndag 29 mars 2027", "Monday 29 March 2027"),
        (date(2028, 2, 29), "tisdag 29 februari 2028", "Tuesday 29 February 2028"),
        (date(2026, 8, 1), "lördag 1 augusti 2026", "Saturday 1 August 2026"),
        (date(2026, 12, 23), "onsdag 23 december 2026", "Wednesday 23 December 2026"),
        (date(2026, 5, 24), "söndag 24 maj 2026", "Sunday 24 May 2026"),
    ],
)
def test_a_long_date_names_its_weekday_and_month(on, sv, en):
    assert long_date(on) == sv
    assert long_date(on, "en") == en


@pytest.mark.parametrize(
    ("on", "sv", "en"),
    [
        (date(2027, 2, 26), "26 feb 2027", "26 Feb 2027"),
        (date(2027, 3, 1), "1 mars 2027", "1 Mar 2027"),
        (date(2027, 6, 6), "6 juni 2027", "6 June 2027"),
        (date(2027, 10, 31), "31 okt 2027", "31 Oct 2027"),
    ],
)
def test_a_short_date_keeps_its_year(on, sv, en):
    assert short_date(on) == sv
    assert short_date(on, "en") == en


@pytest.mark.parametrize(
    ("on", "sv", "en"),
    [
        (date(2027, 2, 26), "Senast fredag 26 februari (vecka 8)", "By Friday 26 February (week 8)"),
        (date(2026, 12, 30), "Senast onsdag 30 december (vecka 53)", "By Wednesday 30 December (week 53)"),
        (date(2027, 1, 1), "Senast fredag 1 januari (vecka 53)", "By Friday 1 January (week 53)"),
        (date(2027, 1, 4), "Senast måndag 4 januari (vecka 1)", "By Monday 4 January (week 1)"),
    ],
)
def test_a_due_phrase_tells_the_week(on, sv, en):
    assert due_phrase(on) == sv
    assert due_phrase(on, "en") == en


@pytest.mark.parametrize(
    ("days", "sv", "en"),
    [
        (-3, "Försenad 3 dagar", "3 days late"),
        (-1, "Försenad 1 dag", "1 day late"),
        (0, "I dag", "Today"),
        (1, "I morgon", "Tomorrow"),
        (2, "Om 2 dagar", "In 2 days"),
        (4, "Om 4 dagar", "In 4 days"),
    ],
)
def test_the_days_left_are_told_as_people_say_them(days, sv, en):
    due_on = TODAY + timedelta(days=days)
    assert days_left_phrase(due_on, TODAY) == sv
    assert days_left_phrase(due_on, TODAY, "en") == en


def test_every_month_and_weekday_has_its_own_name_in_both_languages():
    for language in ("sv", "en"):
        assert len({month_name(m, language) for m in range(1, 13)}) == 12
        assert len({weekday_name(TODAY + timedelta(days=i), language) for i in range(7)}) == 7


@pytest.mark.parametrize("month", [0, 13, -1])
def test_a_month_that_does_not_exist_has_no_name(month):
    with pytest.raises(ValueError, match="finns inte"):
        month_name(month)


@given(st.dates(date(1990, 1, 1), date(2199, 12, 31)))
def test_the_phrases_agree_on_the_day(on):
    assert long_date(on) == f"{weekday_name(on)} {day_and_month(on)} {on.year}"
    assert f"{weekday_name(on)} {day_and_month(on)} (vecka" in due_phrase(on)
    assert short_date(on).startswith(f"{on.day} {month_name(on.month)[:3]}")
