"""The language of docs/modelling.md, "Deadlines"."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.deadlines import (
    MAX_LENGTH,
    TIMER_HOUR,
    Deadline,
    DeadlineContext,
    DeadlineInvalid,
    DeadlineUnresolvable,
    Due,
    day_after,
    parse,
)
from app.domain.meeting_plans import Meeting, MeetingPlan
from app.domain.pauses import month_pause
from app.domain.workdays import WorkdayCalendar

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SWEDEN = WorkdayCalendar()
PLAN = MeetingPlan(
    (
        Meeting("KS", date(2027, 3, 1), date(2027, 2, 3)),
        Meeting("KF", date(2027, 4, 26), date(2027, 3, 29)),
    )
)
CONTEXT = DeadlineContext(
    anchor_on=date(2027, 3, 1),
    task_due_on=date(2027, 2, 15),
    reached_at=datetime(2027, 1, 29, 12, 0, tzinfo=UTC),
    calendar=SWEDEN,
    plan=PLAN,
    anchor_organ="KS",
)


def due(text: str, **changed: object) -> Due:
    return parse(text).resolve(replace(CONTEXT, **changed))  # type: ignore[arg-type]  # each test names real fields


def answered(text: str) -> Deadline | DeadlineInvalid:
    try:
        return parse(text)
    except DeadlineInvalid as refusal:
        return refusal


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("T", date(2027, 3, 1)),
        ("T-30wd", date(2027, 1, 18)),
        ("T+5wd", date(2027, 3, 8)),
        ("T+14d", date(2027, 3, 15)),
        ("T-60d", date(2026, 12, 30)),
        ("T+5d", date(2027, 3, 5)),
        ("D", date(2027, 2, 15)),
        ("D+3wd", date(2027, 2, 18)),
        ("D-1d", date(2027, 2, 12)),
        ("D+5d", date(2027, 2, 22)),
        ("5wd", date(2027, 2, 5)),
        ("30d", date(2027, 3, 1)),
        ("P21D", date(2027, 2, 19)),
        ("P22D", date(2027, 2, 22)),
        ("P1W", date(2027, 2, 5)),
        ("P1M", date(2027, 3, 1)),
        ("P1Y", date(2028, 1, 31)),
        ("P1Y2M3W4D", date(2028, 4, 24)),
        ("manusstopp", date(2027, 2, 3)),
        ("2027-02-26", date(2027, 2, 26)),
        ("2027-02-27", date(2027, 3, 1)),
        ("2027-05-07", date(2027, 5, 10)),
    ],
)
def test_a_deadline_is_the_day_an_almanac_gives(text, on):
    assert due(text).on == on


def test_a_deadline_tied_to_a_meeting_moves_earlier_and_never_later():
    tuesday_after_easter, monday = date(2027, 3, 30), date(2027, 3, 15)
    assert due("T-1d", anchor_on=tuesday_after_easter).on == date(2027, 3, 25)
    assert due("T-1d later", anchor_on=tuesday_after_easter).on == date(2027, 3, 25)
    assert due("T+14d", anchor_on=monday).on == date(2027, 3, 25)
    assert due("T+14d later", anchor_on=monday).on == date(2027, 3, 25)


def test_what_comes_after_a_meeting_never_moves_back_to_it():
    friday = date(2027, 3, 12)
    found = due("T+1d", anchor_on=friday)
    assert found.on == date(2027, 3, 15)
    assert found.reason_sv.endswith("flyttat senare från lördag 13 mars 2027, som inte är en arbetsdag")


def test_a_deadline_after_a_target_day_that_is_no_meeting_moves_later():
    assert due("T+14d", anchor_on=date(2027, 3, 15), anchor_organ=None).on == date(2027, 3, 30)


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("2027-05-07 earlier", date(2027, 5, 5)),
        ("2027-05-07 later", date(2027, 5, 10)),
        ("D-1d later", date(2027, 2, 15)),
        ("D+5d earlier", date(2027, 2, 19)),
        ("P22D earlier", date(2027, 2, 19)),
        ("22d earlier", date(2027, 2, 19)),
        ("T earlier", date(2027, 3, 1)),
        ("T-P6M", date(2026, 9, 1)),
        ("D+P2W", date(2027, 3, 1)),
    ],
)
def test_a_deadline_may_say_which_way_it_moves(text, on):
    assert due(text).on == on
    assert parse(parse(text).text) == parse(text)


def test_a_deadline_moves_out_of_a_pause_and_says_which():
    calendar = WorkdayCalendar(pauses=(month_pause(7),))
    found = due("P21D", reached_at=datetime(2027, 6, 21, 12, tzinfo=UTC), calendar=calendar)
    assert found.on == date(2027, 8, 2)
    assert found.reason_sv.endswith("flyttat senare från måndag 12 juli 2027, som ligger i en paus (Juli)")
    assert found.calendar_version == calendar.version


def test_the_anchor_and_the_due_date_themselves_are_never_moved():
    saturday, squeeze_day = date(2027, 2, 27), date(2027, 5, 7)
    assert due("T", anchor_on=saturday).on == saturday
    assert due("D", task_due_on=squeeze_day).on == squeeze_day


@pytest.mark.parametrize(
    ("reached", "on"),
    [
        (datetime(2028, 1, 31, 12, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2025, 1, 31, 12, tzinfo=UTC), date(2025, 2, 28)),
        (datetime(2026, 8, 31, 12, tzinfo=UTC), date(2026, 9, 30)),
        # 23:30 UTC on 31 January is 1 February in Stockholm.
        (datetime(2027, 1, 31, 23, 30, tzinfo=UTC), date(2027, 3, 1)),
        # 22:30 UTC on 30 June is 1 July in Stockholm, 1 August 2027 is a Sunday.
        (datetime(2027, 6, 30, 22, 30, tzinfo=UTC), date(2027, 8, 2)),
    ],
)
def test_a_month_is_a_calendar_month_of_the_local_date(reached, on):
    assert due("P1M", reached_at=reached).on == on


def test_days_are_counted_from_the_local_date_on_which_the_step_is_reached():
    sunday_in_utc_monday_in_stockholm = datetime(2027, 1, 31, 23, 30, tzinfo=UTC)
    assert due("1wd", reached_at=sunday_in_utc_monday_in_stockholm).on == date(2027, 2, 2)
    assert due("1d", reached_at=sunday_in_utc_monday_in_stockholm).on == date(2027, 2, 2)


def test_a_month_from_31_january_2027_is_28_february_before_it_moves():
    found = due("P1M", reached_at=datetime(2027, 1, 31, 12, tzinfo=UTC))
    assert found.on == date(2027, 3, 1)
    assert "flyttat senare från söndag 28 februari 2027, som inte är en arbetsdag" in found.reason_sv
    assert "moved later from Sunday 28 February 2027, which is no working day" in found.reason_en


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2027-01-15", datetime(2027, 1, 15, 7, tzinfo=UTC)),
        ("2027-07-15", datetime(2027, 7, 15, 6, tzinfo=UTC)),
        ("2027-03-25", datetime(2027, 3, 25, 7, tzinfo=UTC)),
        ("2027-03-30", datetime(2027, 3, 30, 6, tzinfo=UTC)),
        ("2027-10-29", datetime(2027, 10, 29, 6, tzinfo=UTC)),
        ("2027-11-01", datetime(2027, 11, 1, 7, tzinfo=UTC)),
    ],
)
def test_a_day_fires_at_eight_in_stockholm_summer_and_winter(text, at):
    assert due(text).at == at
    assert due(text).at.tzinfo is UTC
    assert due(text).at.astimezone(STOCKHOLM).hour == TIMER_HOUR


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT2H", 7200),
        ("PT30S", 30),
        ("PT0S", 0),
        ("PT1H30M", 5400),
        ("P1DT2H", 93600),
        ("P1WT1S", 604801),
    ],
)
def test_a_duration_with_a_time_is_the_exact_instant(text, seconds):
    found = due(text)
    assert found.at == CONTEXT.reached_at + timedelta(seconds=seconds)
    assert found.on == found.at.astimezone(STOCKHOLM).date()


def test_an_exact_instant_is_not_moved_from_a_weekend():
    friday_noon = datetime(2027, 2, 26, 11, tzinfo=UTC)
    assert due("PT24H", reached_at=friday_noon).on == date(2027, 2, 27)


@pytest.mark.parametrize(
    "reached",
    [
        datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    ],
)
def test_two_hours_are_two_hours_across_the_change_of_clocks(reached):
    assert due("PT2H", reached_at=reached).at - reached == timedelta(hours=2)
    assert due("P1DT0H", reached_at=reached).at - reached == timedelta(hours=24)


def test_months_with_a_time_keep_the_time_of_day_in_stockholm():
    # 14:00 in Stockholm in February is 13:00 UTC, in May it is 12:00 UTC.
    found = due("P3MT1H", reached_at=datetime(2027, 2, 10, 13, tzinfo=UTC))
    assert found.at == datetime(2027, 5, 10, 13, tzinfo=UTC)


def test_the_local_day_of_an_instant_is_that_of_stockholm():
    assert due("PT1H", reached_at=datetime(2027, 7, 14, 21, 30, tzinfo=UTC)).on == date(2027, 7, 15)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2027-02-26T10:00:00+01:00", datetime(2027, 2, 26, 9, tzinfo=UTC)),
        ("2027-02-26T10:00+01:00", datetime(2027, 2, 26, 9, tzinfo=UTC)),
        ("2027-07-01T10:00:00+02:00", datetime(2027, 7, 1, 8, tzinfo=UTC)),
        ("2027-02-27T09:00:00Z", datetime(2027, 2, 27, 9, tzinfo=UTC)),
        ("2027-02-26T23:30:00Z", datetime(2027, 2, 26, 23, 30, tzinfo=UTC)),
    ],
)
def test_a_date_time_with_an_offset_is_that_instant(text, at):
    found = due(text)
    assert found.at == at
    assert found.on == at.astimezone(STOCKHOLM).date()


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("2027-02-26T10:00:00", "2027-02-26T10:00:00+01:00"),
        ("2027-07-01T10:00", "2027-07-01T10:00:00+02:00"),
    ],
)
def test_a_date_time_without_a_zone_is_refused_with_the_mend(text, mend):
    with pytest.raises(DeadlineInvalid) as refusal:
        parse(text)
    assert refusal.value.position == len(text)
    assert mend in refusal.value.sv
    assert mend in refusal.value.en
    assert parse(mend).text == mend


def test_the_manuscript_stop_is_the_plans_own():
    found = due("manusstopp")
    assert found.on == date(2027, 2, 3)
    assert found.reason_sv == "manusstopp för kommunstyrelsens sammanträde måndag 1 mars 2027"
    assert found.reason_en == "manuscript stop of the municipal board's meeting Monday 1 March 2027"


@pytest.mark.parametrize("changed", [{"anchor_organ": "KF"}, {"anchor_organ": None}, {"plan": MeetingPlan()}])
def test_without_the_meeting_the_manuscript_stop_is_counted_from_the_anchor(changed):
    found = due("manusstopp", **changed)
    assert found.on == date(2027, 2, 1)
    assert "saknar manusstopp" in found.reason_sv
    assert due("manusstopp", manuscript_workdays=10, **changed).on == date(2027, 2, 15)


def test_a_manuscript_stop_on_a_closed_day_moves_earlier():
    closed = WorkdayCalendar(frozenset({date(2027, 2, 3)}))
    found = due("manusstopp", calendar=closed)
    assert found.on == date(2027, 2, 2)
    assert "flyttat tidigare från onsdag 3 februari 2027" in found.reason_sv


@pytest.mark.parametrize(
    ("text", "sv", "en"),
    [
        ("T-30wd", "30 arbetsdagar före måndag 1 mars 2027", "30 working days before Monday 1 March 2027"),
        ("T+1d", "1 dag efter måndag 1 mars 2027", "1 day after Monday 1 March 2027"),
        ("T", "måldagen måndag 1 mars 2027", "the target day Monday 1 March 2027"),
        (
            "D",
            "uppgiftens sista dag måndag 15 februari 2027",
            "the task's last day Monday 15 February 2027",
        ),
        (
            "5wd",
            "5 arbetsdagar efter fredag 29 januari 2027, då steget nåddes",
            "5 working days after Friday 29 January 2027, when the step was reached",
        ),
        (
            "PT2H",
            "2 timmar efter fredag 29 januari 2027 klockan 13.00, då steget nåddes",
            "2 hours after Friday 29 January 2027 at 13:00, when the step was reached",
        ),
        (
            "P1DT1H1M1S",
            "1 dag, 1 timme, 1 minut och 1 sekund efter fredag 29 januari 2027 klockan 13.00, då steget nåddes",
            "1 day, 1 hour, 1 minute and 1 second after Friday 29 January 2027 at 13:00, when the step was reached",
        ),
        (
            "P0D",
            "0 dagar efter fredag 29 januari 2027, då steget nåddes",
            "0 days after Friday 29 January 2027, when the step was reached",
        ),
        ("2027-02-26", "det datum som är bestämt", "the date that is set"),
        (
            "2027-05-07",
            "det datum som är bestämt; flyttat senare från fredag 7 maj 2027, som är en klämdag",
            "the date that is set; moved later from Friday 7 May 2027, which is a day squeezed between days off",
        ),
        (
            "2027-02-26T10:05:00+01:00",
            "fredag 26 februari 2027 klockan 10.05",
            "Friday 26 February 2027 at 10:05",
        ),
    ],
)
def test_the_reason_is_said_in_plain_words(text, sv, en):
    assert (due(text).reason_sv, due(text).reason_en) == (sv, en)


def test_a_due_remembers_the_rule_and_the_calendar_that_gave_it():
    calendar = WorkdayCalendar(frozenset({date(2027, 2, 25)}))
    assert due("T - 30wd").rule == "T-30wd"
    assert due("T-30wd").calendar_version == SWEDEN.version
    assert due("T-30wd", calendar=calendar).calendar_version == calendar.version
    assert due("T-30wd", calendar=calendar).on == date(2027, 1, 15)


@pytest.mark.parametrize(
    ("text", "anchor", "task_due"),
    [
        ("T", True, False),
        ("T-30wd", True, False),
        ("manusstopp", True, False),
        ("D", False, True),
        ("D+3wd", False, True),
        ("5wd", False, False),
        ("P21D", False, False),
        ("2027-02-26", False, False),
        ("2027-02-26T10:00:00Z", False, False),
    ],
)
def test_a_deadline_tells_what_it_needs(text, anchor, task_due):
    assert parse(text).needs_anchor is anchor
    assert parse(text).needs_task_due is task_due


@pytest.mark.parametrize("text", ["T", "T-30wd", "manusstopp"])
def test_without_an_anchor_what_counts_from_it_cannot_be_resolved(text):
    with pytest.raises(DeadlineUnresolvable) as refusal:
        due(text, anchor_on=None)
    assert "T" in refusal.value.sv
    assert "target day" in refusal.value.en
    assert str(refusal.value) == refusal.value.sv


def test_without_a_due_date_what_counts_from_it_cannot_be_resolved():
    with pytest.raises(DeadlineUnresolvable, match="sista dag"):
        due("D+3wd", task_due_on=None)


@pytest.mark.parametrize("text", ["T+1830d", "T+2000wd"])
def test_a_deadline_that_leaves_the_calendar_cannot_be_resolved(text):
    with pytest.raises(DeadlineUnresolvable, match="utanför kalendern"):
        due(text, anchor_on=date(2199, 1, 1))


def test_a_deadline_that_leaves_python_cannot_be_resolved_either():
    with pytest.raises(DeadlineUnresolvable, match="utanför kalendern"):
        due("T+1830d", anchor_on=date.max)


def test_the_context_refuses_a_naive_instant_and_a_negative_count():
    with pytest.raises(ValueError, match="tidszon"):
        replace(CONTEXT, reached_at=datetime(2027, 1, 29, 12))  # noqa: DTZ001 - the naive instant is the point
    with pytest.raises(ValueError, match="negativt"):
        replace(CONTEXT, manuscript_workdays=-1)


@pytest.mark.parametrize(
    ("on", "at"),
    [
        (date(2027, 1, 15), datetime(2027, 1, 15, 23, tzinfo=UTC)),
        (date(2027, 7, 15), datetime(2027, 7, 15, 22, tzinfo=UTC)),
        (date(2027, 3, 27), datetime(2027, 3, 27, 23, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 28, 22, tzinfo=UTC)),
        (date(2027, 10, 31), datetime(2027, 10, 31, 23, tzinfo=UTC)),
        (date(2026, 12, 31), datetime(2026, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_the_whole_last_day_counts_until_midnight_in_stockholm(on, at):
    assert day_after(on) == at
    assert day_after(on).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "position", "word"),
    [
        ("", 0, "tom"),
        ("  ", 0, "tom"),
        ("X", 0, "ingen tidsgräns"),
        ("t-5wd", 0, "ingen tidsgräns"),
        ("T5wd", 0, "ingen tidsgräns"),
        (" Torsdag", 1, "ingen tidsgräns"),
        ("-5wd", 0, "ingen tidsgräns"),
        ("5", 0, "ingen tidsgräns"),
        ("5h", 0, "ingen tidsgräns"),
        ("manusstopp-5wd", 0, "ingen tidsgräns"),
        ("R3/PT10H", 0, "ingen tidsgräns"),
        ("2027-2-6", 0, "ingen tidsgräns"),
        ("2027-02-26 10:00", 0, "ingen tidsgräns"),
        ("now()", 0, "ingen tidsgräns"),
        ("T-", 1, "förskjutning"),
        ("T-5", 1, "förskjutning"),
        ("T-5h", 1, "förskjutning"),
        ("D+x", 1, "förskjutning"),
        ("T-5wd+3d", 5, "Bara en förskjutning"),
        ("T-0wd", 2, "mellan 1 och 2000"),
        ("T-2001wd", 2, "mellan 1 och 2000"),
        ("T+1831d", 2, "mellan 1 och 1830"),
        ("T+" + "9" * 90 + "wd", 2, "mellan 1 och 2000"),
        ("0wd", 0, "mellan 1 och 2000"),
        ("2001wd", 0, "mellan 1 och 2000"),
        ("T\u20135wd", 1, "bindestreck"),
        ("P", 0, "ingen tidslängd"),
        ("PT", 0, "ingen tidslängd"),
        ("P1DT", 0, "ingen tidslängd"),
        ("P1H", 0, "ingen tidslängd"),
        ("P0.5D", 0, "ingen tidslängd"),
        ("P-1D", 0, "ingen tidslängd"),
        ("p21d", 0, "ingen tidsgräns"),
        ("P6Y", 0, "högst fem år"),
        ("P61M", 0, "högst fem år"),
        ("PT99999H", 0, "högst fem år"),
        ("P" + "9" * 90 + "D", 0, "högst fem år"),
        ("2027-02-30", 0, "finns inte i almanackan"),
        ("2027-13-01", 0, "finns inte i almanackan"),
        ("2027-02-26T25:00:00Z", 0, "finns inte i almanackan"),
        ("1990-01-01", 0, "Året"),
        ("9999-12-31", 0, "Året"),
        ("R/P1D", 0, "tar aldrig slut"),
        ("R3/PT1H", 0, "tar aldrig slut"),
        ("PT2H later", 5, "klockslag flyttas aldrig"),
        ("2027-02-26T10:00:00+01:00 earlier", 26, "klockslag flyttas aldrig"),
        ("manusstopp later", 11, "aldrig senare"),
        ("T-P6M2D", 2, "går inte som förskjutning"),
        (" later", 0, "tom"),
        ("0001-01-01T00:00:00+14:00", 0, "Året"),
    ],
)
def test_what_is_no_deadline_is_refused_with_a_place_and_a_reason(text, position, word):
    with pytest.raises(DeadlineInvalid) as refusal:
        parse(text)
    assert refusal.value.position == position
    assert word in refusal.value.sv
    assert refusal.value.en
    assert refusal.value.en != refusal.value.sv


def test_a_deadline_of_a_hundred_characters_is_read_and_a_longer_one_is_not():
    assert parse("T-5wd".ljust(MAX_LENGTH)).text == "T-5wd"
    with pytest.raises(DeadlineInvalid, match="för lång"):
        parse("T-5wd".ljust(MAX_LENGTH + 1))


@pytest.mark.parametrize(
    ("text", "year"),
    [("P5Y", 2032), ("P60M", 2032), ("P1830D", 2032), ("T+1830d", 2032), ("T-2000wd", 2019), ("2000wd", 2035)],
)
def test_five_years_are_allowed(text, year):
    assert due(text).on.year == year


_DEADLINES = st.one_of(
    st.sampled_from(["T", "D", "manusstopp"]),
    st.builds("{}{}{}wd".format, st.sampled_from("TD"), st.sampled_from("+-"), st.integers(1, 400)),
    st.builds("{}{}{}d".format, st.sampled_from("TD"), st.sampled_from("+-"), st.integers(1, 600)),
    st.builds("{}{}".format, st.integers(1, 400), st.sampled_from(["wd", "d"])),
    st.builds("P{}Y{}M{}D".format, st.integers(0, 2), st.integers(0, 12), st.integers(0, 60)),
    st.builds("P{}DT{}H{}S".format, st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)),
    st.dates(date(2020, 1, 1), date(2040, 12, 31)).map(date.isoformat),
    st.datetimes(
        datetime.fromisoformat("2020-01-01"),
        datetime.fromisoformat("2040-12-31"),
        timezones=st.just(STOCKHOLM),
    ).map(lambda at: at.replace(microsecond=0).isoformat()),
).map(parse)
_CONTEXTS = st.builds(
    DeadlineContext,
    anchor_on=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    task_due_on=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    reached_at=st.datetimes(
        datetime.fromisoformat("2026-01-01"),
        datetime.fromisoformat("2028-12-31"),
        timezones=st.just(UTC),
    ),
    calendar=st.builds(WorkdayCalendar, st.frozensets(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=20)),
    plan=st.just(PLAN),
    anchor_organ=st.sampled_from(["KS", None]),
)


@settings(max_examples=100, deadline=None)
@given(_DEADLINES)
def test_a_deadline_survives_being_written_and_read(deadline: Deadline):
    assert parse(deadline.text) == deadline


@settings(max_examples=100, deadline=None)
@given(_DEADLINES, _CONTEXTS)
def test_a_deadline_lands_on_a_due_day_unless_it_is_an_instant_or_stands_still(deadline, context):
    found = deadline.resolve(context)
    exact = "T" in deadline.text[1:]
    assert found.at.tzinfo is UTC
    assert found.at.astimezone(STOCKHOLM).date() == found.on
    if not exact:
        assert found.at.astimezone(STOCKHOLM).hour == TIMER_HOUR
        assert deadline.text in {"T", "D"} or context.calendar.is_due_day(found.on)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 200), _CONTEXTS)
def test_counting_backwards_leaves_at_least_the_workdays_asked_for(number, context):
    assert context.anchor_on is not None
    before = parse(f"T-{number}wd").resolve(context).on
    after = parse(f"T+{number}wd").resolve(context).on
    assert context.calendar.workdays_between(context.anchor_on, before) <= -number
    if context.anchor_organ is None:
        assert context.calendar.workdays_between(context.anchor_on, after) >= number
    else:
        assert after > context.anchor_on


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_day_is_over_at_the_first_instant_of_the_next(on):
    over = day_after(on).astimezone(STOCKHOLM)
    assert (over.date(), over.hour, over.minute) == (on + timedelta(days=1), 0, 0)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=120), st.text("TDPwd0123456789+-:MHSY ", max_size=30)))
def test_any_text_is_read_or_refused_and_nothing_else(text):
    answer = answered(text)
    if isinstance(answer, DeadlineInvalid):
        assert 0 <= answer.position <= len(text)
    else:
        assert parse(answer.text) == answer
