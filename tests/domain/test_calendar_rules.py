"""The rule language of docs/modelling.md, "Calendar rules"."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.calendar_rules import MAX_LENGTH, CalendarRule, CalendarRuleInvalid, next_dates, parse
from app.domain.meeting_plans import Meeting, MeetingPlan
from app.domain.pauses import month_pause
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
        ("end_of_month(2)", date(2026, 3, 2), date(2027, 3, 1), date(2028, 2, 29)),
        ("end_of_year()", date(2027, 1, 4), date(2028, 1, 3), date(2029, 1, 2)),
        ("end_of_year()+10wd", date(2027, 1, 18), date(2028, 1, 17), date(2029, 1, 15)),
        ("manuscript_stop('KS', 3)", date(2026, 2, 18), date(2027, 2, 1), None),
        ("valid_until('2026-12-31', every='P2Y')", date(2026, 12, 30), None, date(2028, 12, 29)),
        ("valid_until('2027-02-28')-P6M", None, date(2026, 8, 28), None),
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


def test_the_day_after_a_meeting_on_a_friday_is_the_monday():
    assert day("meeting('KS', 10)", 2027) == date(2027, 10, 1)
    assert day("meeting('KS', 10)+1d", 2027) == date(2027, 10, 4)


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
        ("end_of_month([3,6])", "slutet av mars och juni", "the end of March and June"),
        ("end_of_year()", "slutet av året (31 december)", "the end of the year (31 December)"),
        (
            "meeting('KS', [3, 6, 9])",
            "kommunstyrelsens sammanträden i mars, juni och september",
            "the municipal board's meetings in March, June and September",
        ),
        (
            "manuscript_stop('KS', 3)-5wd",
            "5 arbetsdagar före manusstopp för kommunstyrelsens sammanträde i mars",
            "5 working days before the manuscript stop of the municipal board's meeting in March",
        ),
        (
            "end_of_tertial([1, 2, 3])+10wd",
            "10 arbetsdagar efter slutet av varje tertial",
            "10 working days after the end of every tertial",
        ),
        (
            "every_months(1, pause=[7, 12])",
            "första möjliga dagen varje månad utom i juli och december",
            "the first possible day of every month except in July and December",
        ),
        (
            "every_months(3, first=2)",
            "första möjliga dagen var tredje månad räknat från februari",
            "the first possible day of every third month counted from February",
        ),
        (
            "every_weeks(2, since='2027-01-11', pause=[7])",
            "första möjliga dagen varannan vecka från vecka 2 2027 utom i juli",
            "the first possible day of every second week from week 2 of 2027 except in July",
        ),
        (
            "valid_until('2027-12-31', every='P2Y')-P6M",
            "6 månader före dagen då giltigheten går ut (fredag 31 december 2027, sedan med 2 års mellanrum)",
            "6 months before the day the validity ends (Friday 31 December 2027, then at intervals of 2 years)",
        ),
        (
            "date(12, 1) earlier",
            "1 december, flyttas tidigare om inget kan förfalla den dagen",
            "1 December, moves earlier when nothing may fall due on that day",
        ),
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
        ("last_workday( [10,4] )", "last_workday([4, 10])"),
        ("last_workday([4])", "last_workday(4)"),
        ("every_months(1,pause=[12,7])-P2W", "every_months(1, pause=[7, 12])-14d"),
        ("every_weeks(2, since='2027-01-11')", "every_weeks(2, since='2027-01-11')"),
        ("valid_until('2027-12-31', every='P24M') - P12M", "valid_until('2027-12-31', every='P2Y')-P1Y"),
        ("meeting('KS', month=[9, 3])", "meeting('KS', [3, 9])"),
        ("  date(12, 1)+5d   later ", "date(12, 1)+5d later"),
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
        ("last_workday([])", 13, "heltal"),
        ("last_workday([1 2])", 13, "heltal"),
        ("last_workday([1, 13])", 17, "mellan 1 och 12"),
        ("last_workday([3, 3])", 17, "två gånger"),
        ("last_workday(2,)", 13, "heltal"),
        ("last_workday(month=2)", 13, "heltal"),
        ("before_week([10, 54])", 17, "mellan 1 och 53"),
        ("end_of_month(13)", 13, "mellan 1 och 12"),
        ("end_of_year(1)", 12, "inget mellan parenteserna"),
        ("manuscript_stop('KS')", 16, "citattecken"),
        ("every_months(5)", 13, "1, 2, 3, 4 eller 6"),
        ("every_months()", 13, "every_months(1, pause=[7, 12])"),
        ("every_months(3, first=4)", 22, "mellan 1 och 3"),
        ("every_months(3, first=[1])", 13, "every_months(1, pause=[7, 12])"),
        ("every_months(6, pause=[1, 7])", 13, "ger aldrig någon dag"),
        ("every_months(1, rest=[7])", 13, "every_months(1, pause=[7, 12])"),
        ("every_months(1, pause=[7], pause=[8])", 13, "every_months(1, pause=[7, 12])"),
        ("every_weeks(2)", 12, "en dag i den första veckan"),
        ("every_weeks(0, since='2027-01-11')", 12, "mellan 1 och 26"),
        ("every_weeks(2, since='2027-02-30')", 22, "finns inte i almanackan"),
        (f"every_weeks(1, since='2027-01-11', pause={list(range(1, 13))})", 12, "ger aldrig någon dag"),
        ("valid_until(2027)", 12, "den sista giltiga dagen"),
        ("valid_until('2027-02-31')", 13, "finns inte i almanackan"),
        ("valid_until('2027-12-31', every='P0M')", 33, "hela månader eller år"),
        ("valid_until('2027-12-31', every='P11Y')", 33, "hela månader eller år"),
        ("valid_until('2027-12-31', every='P400D')", 33, "hela månader eller år"),
        ("last_workday(2)-P6", 16, "går inte som förskjutning"),
        ("last_workday(2)-PT6H", 16, "går inte som förskjutning"),
        ("last_workday(2)-P0M", 16, "går inte som förskjutning"),
        ("last_workday(2)-P1M5D", 16, "går inte som förskjutning"),
        ("last_workday(2)-P61M", 16, "högst fem år"),
        ("meeting('KS', 3)-5wd later", 21, "flyttas aldrig senare"),
        ("manuscript_stop('KS', 3) later", 25, "flyttas aldrig senare"),
        (" earlier", 0, "tom"),
        ("date(12, 1) sooner", 12, "förskjutning"),
        ("T-30wd", 0, "kan inte räknas från sig själv"),
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


def labelled(text: str, year: int, calendar: WorkdayCalendar = SWEDEN) -> list[tuple[str, str]]:
    return [(d.period, str(d.on)) for d in parse(text).dates_in_year(year, calendar, PLAN)]


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("last_workday(2)", 2027, [("2027", "2027-02-26")]),
        ("last_workday([4, 10])", 2027, [("2027-04", "2027-04-30"), ("2027-10", "2027-10-29")]),
        ("meeting('KS', [3, 4])", 2027, [("2027-03", "2027-03-01"), ("2027-04", "None")]),
        ("manuscript_stop('KS', [3, 10])", 2027, [("2027-03", "2027-02-01"), ("2027-10", "2027-09-03")]),
        ("before_week([9, 53])", 2026, [("2026-v09", "2026-02-20"), ("2026-v53", "2026-12-23")]),
        (
            "end_of_tertial([1, 2, 3])+10wd",
            2027,
            [("2027-T1", "2027-05-17"), ("2027-T2", "2027-09-14"), ("2027-T3", "2028-01-17")],
        ),
        ("end_of_quarter([1, 4])", 2027, [("2027-K1", "2027-03-31"), ("2027-K4", "2028-01-03")]),
        (
            "every_months(2, first=2, pause=[8])",
            2027,
            [
                ("2027-02", "2027-02-01"),
                ("2027-04", "2027-04-01"),
                ("2027-06", "2027-06-01"),
                ("2027-10", "2027-10-01"),
                ("2027-12", "2027-12-01"),
            ],
        ),
        ("every_months(6)", 2026, [("2026-01", "2026-01-07"), ("2026-07", "2026-07-01")]),
    ],
)
def test_a_rule_that_comes_back_names_the_period_of_each_day(text, year, expected):
    assert labelled(text, year) == expected


def test_every_second_week_goes_on_over_new_year_and_week_53():
    days = [d for year in (2026, 2027) for d in labelled("every_weeks(2, since='2026-11-30')", year)]
    assert days[:5] == [
        ("2026-v49", "2026-11-30"),
        ("2026-v51", "2026-12-14"),
        ("2026-v53", "2026-12-28"),
        ("2027-v02", "2027-01-11"),
        ("2027-v04", "2027-01-25"),
    ]


def test_a_week_with_a_red_monday_starts_on_its_first_possible_day():
    assert ("2027-v13", "2027-03-30") in labelled("every_weeks(1, since='2027-01-04')", 2027)


def test_an_interval_rests_in_the_months_of_its_pause():
    weeks = labelled("every_weeks(1, since='2027-01-04', pause=[7, 12])", 2027)
    assert {on[5:7] for _, on in weeks}.isdisjoint({"07", "12"})
    assert len(weeks) == 44


def test_a_month_that_the_municipality_pauses_gives_no_day_and_says_so():
    calendar = WorkdayCalendar(pauses=(month_pause(7, "est_cykel"),))
    rule = parse("every_months(1)")
    assert [d.period for d in rule.dates_in_year(2027, calendar, PLAN) if d.on is None] == []
    (gone,) = [d for d in rule.dates_in_year(2027, calendar.for_process("est_cykel"), PLAN) if d.on is None]
    assert gone.period == "2027-07"
    assert gone.absence == (
        "Juli 2027 har ingen dag som något kan förfalla på.",
        "July 2027 has no day on which anything may fall due.",
    )


def test_a_validity_that_is_renewed_has_no_end_in_the_years_between():
    rule = parse("valid_until('2025-06-30', every='P18M')")
    ends = {year: [d.on for d in rule.dates_in_year(year, SWEDEN, PLAN)] for year in range(2024, 2030)}
    assert ends == {
        2024: [],
        2025: [date(2025, 6, 30)],
        2026: [date(2026, 12, 30)],
        2027: [],
        2028: [date(2028, 6, 30)],
        2029: [date(2029, 12, 28)],
    }


@pytest.mark.parametrize(
    ("text", "direction", "in_2027"),
    [
        ("date(5, 7)", "later", date(2027, 5, 10)),
        ("date(5, 7) earlier", "earlier", date(2027, 5, 5)),
        ("date(5, 10)-3d", "earlier", date(2027, 5, 5)),
        ("date(5, 10)-3d later", "later", date(2027, 5, 10)),
        ("first_workday(5)", "stays", date(2027, 5, 3)),
        ("meeting('KS', 3)", "stays", date(2027, 3, 1)),
        ("meeting('KS', 3)+5d", "earlier", date(2027, 3, 5)),
        ("valid_until('2027-05-07')", "earlier", date(2027, 5, 5)),
    ],
)
def test_a_rule_says_which_way_it_moves_and_moves_that_way(text, direction, in_2027):
    rule = parse(text)
    assert rule.direction == direction
    assert rule.in_year(2027, SWEDEN, PLAN) == in_2027
    assert (
        rule.direction_in_words().sv
        == {
            "earlier": "flyttas tidigare om inget kan förfalla den dagen",
            "later": "flyttas senare om inget kan förfalla den dagen",
            "stays": "flyttas aldrig",
        }[direction]
    )


def test_an_organ_that_is_not_in_the_plan_is_refused_with_those_that_are():
    assert parse("meeting('KS', 3)", {"KS", "KF"}).organ == "KS"
    with pytest.raises(CalendarRuleInvalid, match="De som finns är KF, KS") as refusal:
        parse("meeting('KSAU', 3)", {"KS", "KF"})
    assert refusal.value.position == 9
    with pytest.raises(CalendarRuleInvalid, match="Planen är tom"):
        parse("manuscript_stop('KS', 3)", frozenset())


def test_the_next_days_of_a_rule_are_listed_in_order():
    after = date(2027, 4, 30)
    tertials = next_dates(parse("end_of_tertial([1, 2, 3])+10wd"), after, 4, SWEDEN, PLAN)
    assert [(d.period, str(d.on)) for d in tertials] == [
        ("2027-T1", "2027-05-17"),
        ("2027-T2", "2027-09-14"),
        ("2027-T3", "2028-01-17"),
        ("2028-T1", "2028-05-15"),
    ]
    yearly = next_dates(parse("last_workday(2)-P18M"), date(2027, 1, 1), 2, SWEDEN, PLAN)
    assert [(d.period, str(d.on)) for d in yearly] == [("2029", "2027-08-27"), ("2030", "2028-08-28")]


def test_a_rule_lists_no_more_days_than_the_plan_and_the_calendar_hold():
    assert [str(d.on) for d in next_dates(parse("meeting('KS', 3)"), date(2026, 3, 18), 5, SWEDEN, PLAN)] == [
        "2027-03-01"
    ]
    assert next_dates(parse("valid_until('2027-12-31')"), date(2028, 1, 1), 3, SWEDEN, PLAN) == []
    assert next_dates(parse("last_workday(2)"), date(2199, 1, 1), 3, SWEDEN, PLAN) == []
    assert len(next_dates(parse("every_weeks(1, since='2027-01-04')"), date(2027, 1, 1), 900, SWEDEN, PLAN)) == 200


def test_a_day_years_away_from_its_own_year_is_found():
    assert next_dates(parse("date(12, 1)+2000wd"), date(2027, 1, 1), 1, SWEDEN, PLAN)[0].period == "2019"


_BASES = st.one_of(
    st.builds("{}({})".format, st.sampled_from(["first_workday", "last_workday"]), st.integers(1, 12)),
    st.builds("before_week({})".format, st.integers(1, 53)),
    st.builds("meeting('{}', {})".format, st.sampled_from(["KS", "KF", "Hållbarhetsrådet"]), st.integers(1, 12)),
    st.builds("end_of_tertial({})".format, st.integers(1, 3)),
    st.builds("end_of_quarter({})".format, st.integers(1, 4)),
    st.builds("end_of_month({})".format, st.lists(st.integers(1, 12), min_size=1, unique=True)),
    st.builds("manuscript_stop('KS', {})".format, st.integers(1, 12)),
    st.builds("every_months({}, pause=[7])".format, st.sampled_from([1, 2, 3, 4, 6])),
    st.builds("every_weeks({}, since='{}')".format, st.integers(1, 26), st.dates(date(2010, 1, 1), date(2019, 1, 1))),
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
