"""Reminders and sending hours: counted from the due date in Swedish working days, told in their own small language."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.profiles import ProfileInvalid, read_profile
from app.domain.reminders import (
    DEFAULT_POLICY,
    ReminderSettingsInvalid,
    RemindersInvalid,
    begins_after,
    managers_of,
    parse,
    policy_of,
    read_settings,
)
from app.domain.sending_hours import DEFAULT_HOURS, SendingHours, parse_hours
from app.domain.workdays import WorkdayCalendar

CALENDAR = WorkdayCalendar()


def days(policy: str, due_on: date) -> list[tuple[str, str]]:
    return [(f.step.text, f.on.isoformat()) for f in parse(policy).fall(due_on, CALENDAR)]


def test_the_default_reminds_ten_and_three_working_days_before_and_escalates_one_and_five_after() -> None:
    # 30 November 2026 is a Monday.
    assert days(DEFAULT_POLICY.text, date(2026, 11, 30)) == [
        ("D-10wd", "2026-11-16"),
        ("D-3wd", "2026-11-25"),
        ("D+1wd manager", "2026-12-01"),
        ("D+5wd director", "2026-12-07"),
    ]


def test_working_days_pass_by_christmas_easter_and_midsummer() -> None:
    # Worked out by hand: 24, 25, 26 and 31 December 2026, 1 and 6 January 2027 are days off.
    assert days("D-3wd, D+5wd director", date(2026, 12, 29)) == [
        ("D-3wd", "2026-12-22"),
        ("D+5wd director", "2027-01-08"),
    ]
    assert days("D-3wd", date(2027, 3, 31)) == [("D-3wd", "2027-03-24")]
    assert days("D+1wd manager", date(2027, 6, 24)) == [("D+1wd manager", "2027-06-28")]


def test_a_step_falls_at_eight_in_the_morning_in_summer_and_in_winter() -> None:
    (summer,) = parse("D").fall(date(2027, 6, 1), CALENDAR)
    (winter,) = parse("D").fall(date(2027, 12, 1), CALENDAR)
    assert (summer.at, winter.at) == (datetime(2027, 6, 1, 6, tzinfo=UTC), datetime(2027, 12, 1, 7, tzinfo=UTC))


def test_calendar_days_that_end_on_a_day_off_move_away_from_the_due_date() -> None:
    # Seven days before Saturday 8 May is Saturday 1 May; the working day before it is Friday.
    assert days("D-7d", date(2027, 5, 8)) == [("D-7d", "2027-04-30")]
    assert days("D+1d manager", date(2027, 4, 30)) == [("D+1d manager", "2027-05-03")]


def test_a_municipalitys_own_day_off_is_no_working_day() -> None:
    own = WorkdayCalendar(frozenset({date(2026, 11, 25)}))
    (fallen,) = parse("D-3wd").fall(date(2026, 11, 30), own)
    assert fallen.on == date(2026, 11, 24)


def test_what_fell_before_the_task_opened_is_passed_by() -> None:
    due_on, opened_at = date(2026, 11, 30), datetime(2026, 11, 20, 9, tzinfo=UTC)
    following = DEFAULT_POLICY.following(due_on, CALENDAR, begins_after(opened_at))
    assert following is not None
    assert following.step.text == "D-3wd"
    opened_that_day = datetime(2026, 11, 25, 6, tzinfo=UTC)
    following = DEFAULT_POLICY.following(due_on, CALENDAR, begins_after(opened_that_day))
    assert following is not None
    assert following.step.text == "D+1wd manager"


def test_of_several_missed_steps_the_latest_is_left() -> None:
    due_on = date(2026, 11, 30)
    before, now = datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC)
    left = DEFAULT_POLICY.latest(due_on, CALENDAR, before, now)
    assert left is not None
    assert left.step.text == "D+1wd manager"
    assert DEFAULT_POLICY.latest(due_on, CALENDAR, now, datetime(2026, 12, 3, tzinfo=UTC)) is None


@given(due_on=st.dates(date(2026, 1, 1), date(2056, 12, 31)))
def test_every_step_falls_on_a_working_day_in_the_order_of_the_policy(due_on: date) -> None:
    fallen = DEFAULT_POLICY.fall(due_on, CALENDAR)
    assert [f.step for f in fallen] == list(DEFAULT_POLICY.steps)
    assert all(CALENDAR.is_workday(f.on) for f in fallen)
    assert fallen[1].on < due_on < fallen[2].on


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("3wd", 0),
        ("D-3wd, 3wd", 7),
        ("D-3wd, D-0wd", 9),
        ("D-1wd manager", 6),
        ("D manager", 2),
        ("D+1wd boss", 6),
        ("D-3wd,  D-3wd", 6),
        ("D–3wd", 1),
        ("D-3wd,", 6),
        ("D-3m", 0),
        ("none, D-3wd", 0),
        ("x" * 201, 200),
        ("D-1d,D-2d,D-3d,D-4d,D-5d,D-6d,D-7d,D-8d,D-9d", 0),
    ],
)
def test_what_is_no_policy_is_refused_at_its_place(text: str, position: int) -> None:
    with pytest.raises(RemindersInvalid) as refused:
        parse(text)
    assert refused.value.position == position
    assert refused.value.sv != refused.value.en


@pytest.mark.parametrize("text", [DEFAULT_POLICY.text, "none", "D", "D-30d, D+2wd manager"])
def test_a_policy_is_written_as_it_was_read(text: str) -> None:
    assert parse(text).text == text
    assert parse(f"  {text.replace(',', ' ,  ')} ").text == text


def test_the_most_particular_policy_holds() -> None:
    own = read_settings({"policy": "D-5wd", "processes": {"a": "D-4wd"}})
    none = read_settings(None)
    assert policy_of("D-2wd", ("a", "D-3wd"), own).text == "D-2wd"
    assert policy_of(None, ("a", "D-3wd"), own).text == "D-4wd"
    assert policy_of(None, ("b", "D-3wd"), own).text == "D-3wd"
    assert policy_of(None, ("b", None), own).text == "D-5wd"
    assert policy_of(None, ("b", None), none) == DEFAULT_POLICY
    assert policy_of("none", ("a", "D-3wd"), own).steps == ()


def test_the_line_of_managers_ends_with_the_municipal_director() -> None:
    assert managers_of("department_rep", {}) == ["department_head", "municipal_director"]
    assert managers_of("external_actor", {}) == ["crime_prevention_coordinator", "municipal_director"]
    assert managers_of("board_secretary", {}) == ["municipal_director"]
    assert managers_of("municipal_director", {}) == ["municipal_director"]
    assert managers_of("archivist", {"archivist": "registrar", "registrar": "archivist"})[-1] == "municipal_director"
    assert managers_of("department_rep", {"department_rep": "theme_owner"})[0] == "theme_owner"


@pytest.mark.parametrize(
    "table",
    [
        [],
        {"polcy": "D"},
        {"policy": "D-1wd chef"},
        {"processes": "D"},
        {"processes": {"a": "x"}},
        {"managers": {"department_rep": "chefen"}},
        {"managers": {"department_rep": "department_rep"}},
        {"hours": "7-18"},
        {"hours": "18:00-07:00"},
    ],
)
def test_a_profile_that_cannot_be_meant_is_refused_in_both_languages(table: object) -> None:
    with pytest.raises(ReminderSettingsInvalid) as refused:
        read_settings(table)
    assert refused.value.sv
    assert refused.value.en


def test_a_profile_file_with_bad_reminders_is_no_profile() -> None:
    good = b'id = "x"\nname = "X"\n[reminders]\npolicy = "D-5wd"\n'
    assert read_profile(good).parameters["reminders"] == {"policy": "D-5wd"}
    with pytest.raises(ProfileInvalid, match="character 1: 'sometimes'"):
        read_profile(good.replace(b"D-5wd", b"sometimes"))


def test_mails_leave_in_office_hours_on_working_days() -> None:
    friday_evening, saturday = datetime(2026, 11, 27, 17, 0, tzinfo=UTC), datetime(2026, 11, 28, 9, tzinfo=UTC)
    monday = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
    assert DEFAULT_HOURS.next_from(friday_evening, CALENDAR) == monday
    assert DEFAULT_HOURS.next_from(saturday, CALENDAR) == monday
    assert DEFAULT_HOURS.next_from(monday, CALENDAR) == monday
    early = datetime(2026, 11, 30, 5, 59, tzinfo=UTC)
    assert DEFAULT_HOURS.next_from(early, CALENDAR) == monday
    assert parse_hours(" 08:30 - 16:00 ") == SendingHours(time(8, 30), time(16))
