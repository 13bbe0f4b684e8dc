"""Pauses: July, the months without EST, and what the calendar does with them."""

from datetime import date

import pytest

from app.domain.calendar_rules import parse
from app.domain.meeting_plans import MeetingPlan
from app.domain.pauses import Pause, PauseInvalid, month_pause
from app.domain.workdays import OutsideCalendar, WorkdayCalendar

JULY = month_pause(7)
EST_DECEMBER = month_pause(12, "est_cykel")
CALENDAR = WorkdayCalendar(pauses=(JULY, EST_DECEMBER))


def test_a_month_rests_every_year_and_no_day_longer():
    assert [
        CALENDAR.in_pause(d) for d in (date(2027, 6, 30), date(2027, 7, 1), date(2031, 7, 31), date(2031, 8, 1))
    ] == [
        False,
        True,
        True,
        False,
    ]


def test_a_paused_february_holds_its_29th_too():
    february = month_pause(2)
    assert february.covers(date(2028, 2, 29))
    assert february.covers(date(2027, 2, 28))
    assert not february.covers(date(2027, 3, 1))


def test_the_pause_of_a_process_rests_that_process_only():
    december = date(2027, 12, 6)
    assert not CALENDAR.in_pause(december)
    assert CALENDAR.for_process("est_cykel").pause_on(december) == EST_DECEMBER
    assert not CALENDAR.for_process("lagesbild").in_pause(december)
    assert CALENDAR.for_process("lagesbild").in_pause(date(2027, 7, 5))


def test_a_pause_may_pass_the_new_year():
    christmas = Pause("Jul", date(2026, 12, 15), date(2027, 1, 6), yearly=True)
    days = [date(2030, 12, 14), date(2030, 12, 15), date(2031, 1, 6), date(2031, 1, 7)]
    assert [christmas.covers(d) for d in days] == [False, True, True, False]


def test_a_pause_of_one_year_does_not_come_back():
    move = Pause("Flytt till nya stadshuset", date(2027, 3, 1), date(2027, 3, 12))
    assert move.covers(date(2027, 3, 12))
    assert not move.covers(date(2028, 3, 5))


def test_the_workdays_of_a_pause_count_but_nothing_falls_due_in_it():
    assert CALENDAR.is_workday(date(2027, 7, 1))
    assert not CALENDAR.is_due_day(date(2027, 7, 1))
    assert CALENDAR.workdays_between(date(2027, 6, 30), date(2027, 7, 31)) == 22
    assert CALENDAR.next_due_day(date(2027, 7, 1)) == date(2027, 8, 2)
    assert CALENDAR.previous_due_day(date(2027, 7, 31)) == date(2027, 6, 30)


def test_a_rule_that_falls_in_a_pause_moves_out_of_it():
    assert parse("date(7, 15)").in_year(2027, CALENDAR, MeetingPlan()) == date(2027, 8, 2)
    assert parse("date(8, 1)-10d").in_year(2027, CALENDAR, MeetingPlan()) == date(2027, 6, 30)


def test_a_calendar_without_any_due_day_says_what_to_do():
    halves = (
        Pause("Vår", date(2028, 1, 1), date(2028, 6, 30), yearly=True),
        Pause("Höst", date(2028, 7, 1), date(2028, 12, 31), yearly=True),
    )
    with pytest.raises(OutsideCalendar, match="korta en paus"):
        WorkdayCalendar(pauses=halves).next_due_day(date(2027, 3, 1))


def test_the_version_tells_own_days_and_pauses_apart_but_not_their_order_or_names():
    plain = WorkdayCalendar()
    versions = {
        plain.version,
        CALENDAR.version,
        WorkdayCalendar(pauses=(JULY,)).version,
        WorkdayCalendar(frozenset({date(2027, 7, 1)})).version,
        WorkdayCalendar(pauses=(month_pause(7, "est_cykel"),)).version,
    }
    assert len(versions) == 5
    assert WorkdayCalendar(pauses=(EST_DECEMBER, JULY)).version == CALENDAR.version
    renamed = Pause("Semester", JULY.first_on, JULY.last_on, yearly=True)
    assert WorkdayCalendar(pauses=(renamed,)).version == WorkdayCalendar(pauses=(JULY,)).version
    assert CALENDAR.for_process("est_cykel").version == CALENDAR.version


@pytest.mark.parametrize(
    ("first", "last", "yearly", "word"),
    [
        (date(2027, 3, 12), date(2027, 3, 1), False, "innan den börjar"),
        (date(2027, 1, 1), date(2027, 12, 31), False, "365 dagar"),
        (date(2027, 1, 1), date(2027, 12, 31), True, "366 dagar"),
        (date(2027, 3, 2), date(2027, 3, 1), True, "366 dagar"),
    ],
)
def test_a_pause_that_cannot_be_is_refused_in_both_languages(first, last, yearly, word):
    with pytest.raises(PauseInvalid, match=word) as refusal:
        Pause("Paus", first, last, yearly=yearly)
    assert refusal.value.en != refusal.value.sv


def test_a_nameless_pause_is_refused():
    with pytest.raises(PauseInvalid, match="namn"):
        Pause(" ", date(2027, 3, 1), date(2027, 3, 12))


def test_a_pause_says_when_it_is():
    assert JULY.in_words() == ("Juli, 1 juli till 31 juli varje år", "Juli, 1 July to 31 July every year")
    assert Pause("Flytt", date(2027, 3, 1), date(2027, 3, 12)).in_words().sv == (
        "Flytt, måndag 1 mars 2027 till fredag 12 mars 2027"
    )
