"""The rule language of docs/modelling.md, "Calendar rules"."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.calendar_rules import MAX_LENGTH, CalendarRule, CalendarRuleInvalid, parse
from app.domain.meeting_plans import Meeting, MeetingPlan
from app.domain.workdays import OutsideCalendar, WorkdayCalendar

SWEDEN = WorkdayCalendar()
PLAN = MeetingPlan(
    (
        Meeting("KS", date(2026, 3, 18), date(2026, 2, 18)),
        Meeting("KS", date(2027, 3, 1), date(2027, 2, 1)),
        Meeting("KS", date(2027, 3, 31), date(2027, 3, 1)),
        Meeting("KF", date(2027, 4, 26), date(2027, 3, 29)),
        Meeting("KS", date(2027, 10, 1), date(2027, 9, 3)),
        Meeting("KS", date(2026, 5, 15), date(2026, 4, 15)),
        Meeting("Hållbarhetsrådet", date(2027, 5, 6), date(2027, 4, 6)),
    )
)


def day(text: str, year: int, calendar: WorkdayCalendar = SWEDEN) -> date | None:
    return parse(text).in_year(year, calendar, PLAN)


def answered(text: str) -> CalendarRule | CalendarRuleInvalid:
    try:
        return parse(text)
    except CalendarRuleInvalid as refusal:
        return refusal


@pytest.mark.parametrize(
    ("text", "in_2026", "in_2027", "in_2028"),
    [
        ("first_workday(1)", date(2026, 1, 2), date(2027, 1, 4), date(2028, 1, 3)),
        ("first_workday(5)", date(2026, 5, 4), date(2027, 5, 3), date(2028, 5, 2)),
        ("first_workday(9)", date(2026, 9, 1), date(2027, 9, 1), date(2028, 9, 1)),
        ("first_workday(10)", date(2026, 10, 1), date(2027, 10, 1), date(2028, 10, 2)),
        ("last_workday(2)", date(2026, 2, 27), date(2027, 2, 26), date(2028, 2, 29)),
        ("last_workday(11)", date(2026, 11, 30), date(2027, 11, 30), date(2028, 11, 30)),
        ("last_workday(12)", date(2026, 12, 30), date(2027, 12, 30), date(2028, 12, 29)),
        ("before_week(51)", date(2026, 12, 11), date(2027, 12, 17), date(2028, 12, 15)),
        ("before_week(53)", date(2026, 12, 23), None, None),
        ("before_week(1)", date(2025, 12, 23), date(2026, 12, 30), date(2027, 12, 30)),
        ("before_week(2)", date(2025, 12, 30), date(2027, 1, 8), date(2028, 1, 5)),
        ("meeting('KS', 3)", date(2026, 3, 18), date(2027, 3, 1), None),
        ("meeting('KF', 4)", None, date(2027, 4, 26), None),
        ("end_of_tertial(1)", date(2026, 4, 30), date(2027, 4, 30), date(2028, 5, 2)),
        ("end_of_tertial(2)", date(2026, 8, 31), date(2027, 8, 31), date(2028, 8, 31)),
        ("end_of_tertial(3)", date(2027, 1, 4), date(2028, 1, 3), date(2029, 1, 2)),
        ("end_of_quarter(1)", date(2026, 3, 31), date(2027, 3, 31), date(2028, 3, 31)),
        ("end_of_quarter(2)", date(2026, 6, 30), date(2027, 6, 30), date(2028, 6, 30)),
        ("end_of_quarter(3)", date(2026, 9, 30), date(2027, 9, 30), date(2028, 10, 2)),
        ("date(12, 1)", date(2026, 12, 1), date(2027, 12, 1), date(2028, 12, 1)),
        ("date(5, 1)", date(2026, 5, 4), date(2027, 5, 3), date(2028, 5, 2)),
        ("date(5, 7)", date(2026, 5, 7), date(2027, 5, 10), date(2028, 5, 8)),
    ],
)
def test_a_rule_gives_the_day_an_almanac_gives(text, in_2026, in_2027, in_2028):
    assert (day(text, 2026), day(text, 2027), day(text, 2028)) == (in_2026, in_2027, in_2028)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("meeting('KS', 3)-30wd", date(2027, 1, 18)),
        ("last_workday(2)-30wd", date(2027, 1, 15)),
        ("end_of_tertial(1)+10wd", date(2027, 5, 17)),
        ("first_workday(9)+14d", date(2027, 9, 15)),
        ("date(12, 1)-1wd", date(2027, 11, 30)),
        ("before_week(51)-5d", date(2027, 12, 10)),
    ],
)
def test_an_offset_is_counted_from_the_rules_day(text, expected):
    assert day(text, 2027) == expected


def test_an_offset_before_a_meeting_moves_earlier():
    assert date(2027, 1, 1) == date.fromordinal(date(2027, 3, 1).toordinal() - 59)
    assert day("meeting('KS', 3)-59d", 2027) == date(2026, 12, 30)


def test_an_offset_after_a_meeting_moves_earlier_too():
    assert day("meeting('KS', 3)+5d", 2027) == date(2027, 3, 5)
    assert day("meeting('KS', 3)+6d", 2027) == date(2027, 3, 5)


def test_an_offset_after_a_meeting_on_a_friday_may_move_back_to_that_friday():
    assert day("meeting('KS', 10)+1d", 2027) == day("meeting('KS', 10)", 2027) == date(2027, 10, 1)


def test_an_offset_after_a_meeting_never_ends_up_before_it():
    # The meeting is held on a klämdag; the day after it is a Saturday.
    assert day("meeting('KS', 5)", 2026) == date(2026, 5, 15)
    assert day("meeting('KS', 5)+1d", 2026) == date(2026, 5, 18)


def test_an_offset_backwards_from_a_month_moves_earlier_and_forwards_later():
    assert day("last_workday(2)-5d", 2027) == date(2027, 2, 19)
    assert day("last_workday(2)-6d", 2027) == date(2027, 2, 19)
    assert day("last_workday(2)+1d", 2027) == date(2027, 3, 1)


def test_an_offset_never_lands_on_a_squeeze_day():
    assert day("first_workday(5)+4d", 2027) == date(2027, 5, 10)
    assert day("date(5, 10)-3d", 2027) == date(2027, 5, 5)


def test_a_meeting_is_held_when_the_plan_says_even_on_a_red_day():
    assert day("meeting('Hållbarhetsrådet', 5)", 2027) == date(2027, 5, 6)


def test_a_month_with_no_working_day_has_no_first_or_last_one():
    july = frozenset(date(2027, 7, d) for d in range(1, 32))
    calendar = WorkdayCalendar(july)
    for text in ("first_workday(7)", "last_workday(7)"):
        assert day(text, 2027, calendar) is None
        assert parse(text).absence(2027).sv == "Juli 2027 har ingen arbetsdag i kommunens kalender."
        assert parse(text).absence(2027).en == ("July 2027 has no working day in the municipality's calendar.")


def test_an_absence_says_what_is_missing():
    assert parse("meeting('KS', 3)").absence(2028) == (
        "Sammanträdesplanen har inget sammanträde med kommunstyrelsen i mars 2028.",
        "The meeting plan has no meeting of the municipal board in March 2028.",
    )
    assert parse("before_week(53)").absence(2027) == ("År 2027 har ingen vecka 53.", "2027 has no week 53.")


def test_the_earliest_possible_day_stands_in_for_one_that_is_missing():
    assert parse("meeting('KS', 9)-10d").earliest_in_year(2027, SWEDEN, PLAN) == date(2027, 8, 22)
    assert parse("meeting('KS', 3)").earliest_in_year(2027, SWEDEN, PLAN) == date(2027, 3, 1)
    assert parse("before_week(53)").earliest_in_year(2027, SWEDEN, PLAN) == date(2027, 12, 31)


@pytest.mark.parametrize(
    ("text", "sv", "en"),
    [
        ("last_workday(2)", "sista arbetsdagen i februari", "the last working day of February"),
        ("first_workday(10)", "första arbetsdagen i oktober", "the first working day of October"),
        (
            "meeting('KS',3)-30wd",
            "30 arbetsdagar före kommunstyrelsens sammanträde i mars",
            "30 working days before the municipal board's meeting in March",
        ),
        (
            "meeting('KF',4)+14d",
            "14 dagar efter kommunfullmäktiges sammanträde i april",
            "14 days after the municipal council's meeting in April",
        ),
        (
            "before_week(51)-1wd",
            "1 arbetsdag före sista arbetsdagen före vecka 51",
            "1 working day before the last working day before week 51",
        ),
        ("end_of_tertial(3)", "slutet av tertial 3 (31 december)", "the end of tertial 3 (31 December)"),
        (
            "end_of_quarter(2)+1d",
            "1 dag efter slutet av kvartal 2 (30 juni)",
            "1 day after the end of quarter 2 (30 June)",
        ),
        ("date(12,1)", "1 december", "1 December"),
    ],
)
def test_a_rule_is_said_in_plain_words(text, sv, en):
    assert parse(text).in_swedish() == sv
    assert parse(text).in_english() == en


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("meeting('KS',3)-30wd", "meeting('KS', 3)-30wd"),
        (' meeting( "KS" , month = 3 ) - 30 wd ', "meeting('KS', 3)-30wd"),
        ("first_workday( 09 )", "first_workday(9)"),
        ("date(12,01)+5d", "date(12, 1)+5d"),
        ("before_week (51)", "before_week(51)"),
    ],
)
def test_a_rule_has_one_best_way_to_be_written(written, canonical):
    assert parse(written).text == canonical
    assert parse(canonical) == parse(written)


@pytest.mark.parametrize(
    ("text", "position", "word"),
    [
        ("", 0, "tom"),
        ("   ", 0, "tom"),
        ("oktober", 0, "namn och parenteser"),
        ("first_workday", 0, "namn och parenteser"),
        ("first_workday(10", 0, "namn och parenteser"),
        ("first_workday((10))", 0, "namn och parenteser"),
        ("third_workday(10)", 0, "Funktionen third_workday finns inte"),
        (" First_Workday(10)", 1, "Funktionen First_Workday finns inte"),
        ("__import__(1)", 0, "finns inte"),
        ("first_workday(13)", 14, "mellan 1 och 12"),
        ("last_workday(0)", 13, "mellan 1 och 12"),
        ("first_workday()", 14, "heltal"),
        ("first_workday(-1)", 14, "heltal"),
        ("first_workday(1.5)", 14, "heltal"),
        ("first_workday(1, 2)", 14, "heltal"),
        ("first_workday(12345)", 14, "heltal"),
        ("before_week(54)", 12, "mellan 1 och 53"),
        ("before_week(0)", 12, "mellan 1 och 53"),
        ("end_of_tertial(4)", 15, "mellan 1 och 3"),
        ("end_of_quarter(5)", 15, "mellan 1 och 4"),
        ("meeting(KS, 3)", 8, "citattecken"),
        ("meeting('KS')", 8, "citattecken"),
        ("meeting('KS\", 3)", 8, "citattecken"),
        ("meeting('KS', 3, 4)", 8, "citattecken"),
        ("meeting('KS', 13)", 14, "mellan 1 och 12"),
        ("meeting('', 3)", 9, "Organets namn"),
        ("meeting('3KS', 3)", 9, "Organets namn"),
        ("meeting('K;S', 3)", 9, "Organets namn"),
        ("date(2, 29)", 5, "29 februari"),
        ("date(2, 30)", 5, "finns inte i almanackan"),
        ("date(13, 1)", 5, "finns inte i almanackan"),
        ("date(0, 1)", 5, "finns inte i almanackan"),
        ("date(12)", 5, "en månad och en dag"),
        ("date(12, 1, 2)", 5, "en månad och en dag"),
        ("date(12, x)", 5, "en månad och en dag"),
        ("last_workday(2)-30", 15, "förskjutning"),
        ("last_workday(2) x", 16, "förskjutning"),
        ("last_workday(2)-30h", 15, "förskjutning"),
        ("last_workday(2)30wd", 15, "förskjutning"),
        ("last_workday(2)-30wd-5d", 20, "Bara en förskjutning"),
        ("last_workday(2)-0wd", 16, "mellan 1 och 2000"),
        ("last_workday(2)-2001wd", 16, "mellan 1 och 2000"),
        ("last_workday(2)+1831d", 16, "mellan 1 och 1830"),
        ("last_workday(2)\u201330wd", 15, "bindestreck"),
        ("last_workday(2)\u221230wd", 15, "bindestreck"),
    ],
)
def test_what_is_no_rule_is_refused_with_a_place_and_a_reason(text, position, word):
    with pytest.raises(CalendarRuleInvalid) as refusal:
        parse(text)
    assert refusal.value.position == position
    assert word in refusal.value.sv
    assert refusal.value.en
    assert refusal.value.en != refusal.value.sv
    assert str(refusal.value) == refusal.value.sv


def test_a_rule_of_two_hundred_characters_is_read_and_a_longer_one_is_not():
    assert parse("last_workday(2)".ljust(MAX_LENGTH)).text == "last_workday(2)"
    with pytest.raises(CalendarRuleInvalid, match="för lång"):
        parse("last_workday(2)".ljust(MAX_LENGTH + 1))


def test_a_year_outside_the_calendar_is_refused():
    with pytest.raises(OutsideCalendar):
        day("first_workday(1)", 2300)


_BASES = st.one_of(
    st.builds("{}({})".format, st.sampled_from(["first_workday", "last_workday"]), st.integers(1, 12)),
    st.builds("before_week({})".format, st.integers(1, 53)),
    st.builds("meeting('{}', {})".format, st.sampled_from(["KS", "KF", "Hållbarhetsrådet"]), st.integers(1, 12)),
    st.builds("end_of_tertial({})".format, st.integers(1, 3)),
    st.builds("end_of_quarter({})".format, st.integers(1, 4)),
    st.builds("date({0.month}, {0.day})".format, st.dates(date(2026, 1, 1), date(2026, 12, 31))),
)
_OFFSETS = st.one_of(
    st.just(""),
    st.builds("{}{}wd".format, st.sampled_from("+-"), st.integers(1, 300)),
    st.builds("{}{}d".format, st.sampled_from("+-"), st.integers(1, 400)),
)
_RULES = st.builds("{}{}".format, _BASES, _OFFSETS).map(parse)


@settings(max_examples=100, deadline=None)
@given(_RULES)
def test_a_rule_survives_being_written_and_read(rule: CalendarRule):
    assert parse(rule.text) == rule
    assert rule.in_swedish() != rule.in_english()


@settings(max_examples=100, deadline=None)
@given(_RULES, st.integers(2020, 2040))
def test_a_rule_lands_on_a_due_day_or_says_why_there_is_none(rule: CalendarRule, year):
    on = rule.in_year(year, SWEDEN, PLAN)
    if on is None:
        assert str(year) in rule.absence(year).sv
        assert str(year) in rule.absence(year).en
    elif rule.offset is None and rule.name in {"first_workday", "last_workday"}:
        assert SWEDEN.is_workday(on)
    elif rule.offset is not None or rule.name != "meeting":
        assert SWEDEN.is_due_day(on)


@settings(max_examples=100, deadline=None)
@given(_BASES, st.integers(1, 200), st.integers(2026, 2027))
def test_so_many_workdays_before_leaves_at_least_so_many(base, number, year):
    target = day(base, year)
    start = day(f"{base}-{number}wd", year)
    if target is not None and start is not None and base.startswith(("meeting", "last", "before")):
        assert SWEDEN.workdays_between(target, start) <= -number


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=250), st.text("meting_workday'KS\"(), 0123456789+-wd", max_size=40)))
def test_any_text_is_read_or_refused_and_nothing_else(text):
    answer = answered(text)
    if isinstance(answer, CalendarRuleInvalid):
        assert 0 <= answer.position <= len(text)
    else:
        assert parse(answer.text) == answer
