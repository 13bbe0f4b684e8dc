"""Rules in, dated occurrences out."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.calendar_rules import parse
from app.domain.meeting_plans import Meeting, MeetingPlan
from app.domain.pauses import month_pause
from app.domain.schedules import Occurrence, ProcessRule, ProcessRuleInvalid, missing, occurrences, read_process_rule
from app.domain.workdays import OutsideCalendar, WorkdayCalendar

SWEDEN = WorkdayCalendar()
PLAN = MeetingPlan(
    (
        Meeting("KS", date(2027, 3, 31), date(2027, 3, 1)),
        Meeting("KS", date(2027, 9, 8), date(2027, 8, 11)),
        Meeting("KF", date(2027, 4, 26), date(2027, 3, 29)),
        Meeting("KS", date(2028, 3, 1), date(2028, 2, 2)),
        Meeting("KF", date(2028, 4, 24), date(2028, 3, 24)),
    )
)


def rule(key: str, start: str, anchor: str) -> ProcessRule:
    return ProcessRule(key, parse(start, is_start=True), parse(anchor))


# Askersund's year: reports in the autumn, council in December, situation picture in February, plan in March.
ASKERSUND = (
    rule("verksamhetsar", "first_workday(9)", "last_workday(10)"),
    rule("forvaltningsrapport", "first_workday(10)", "last_workday(11)"),
    rule("strategiskt_rad", "before_week(51)-50wd", "before_week(51)"),
    rule("lagesbild", "last_workday(2)-40wd", "last_workday(2)"),
    rule("atgardsplan", "meeting('KS', 3)-60d", "meeting('KS', 3)"),
    rule("politisk_rapport", "meeting('KF', 4)-40wd", "meeting('KF', 4)"),
)


def found(*rules: ProcessRule, first: date, last: date, plan: MeetingPlan = PLAN) -> list[Occurrence]:
    return occurrences(rules, first, last, SWEDEN, plan)


def starts(*rules: ProcessRule, first: date, last: date, plan: MeetingPlan = PLAN) -> list[tuple[str, ...]]:
    return [
        (o.key, o.period, o.start_on.isoformat(), o.anchor_on.isoformat())
        for o in found(*rules, first=first, last=last, plan=plan)
    ]


def test_askersunds_year_stands_in_the_order_it_happens():
    assert starts(*ASKERSUND, first=date(2026, 9, 1), last=date(2027, 8, 31)) == [
        ("verksamhetsar", "2026", "2026-09-01", "2026-10-30"),
        ("forvaltningsrapport", "2026", "2026-10-01", "2026-11-30"),
        ("strategiskt_rad", "2026", "2026-10-02", "2026-12-11"),
        ("lagesbild", "2027", "2026-12-29", "2027-02-26"),
        ("atgardsplan", "2027", "2027-01-29", "2027-03-31"),
        ("politisk_rapport", "2027", "2027-02-25", "2027-04-26"),
    ]


def test_an_offset_may_take_the_start_into_the_year_before():
    early = rule("atgardsplan", "meeting('KS', 3)-60d", "meeting('KS', 3)")
    # 60 days before 1 March 2028 is 1 January, a red Saturday after new year's eve: it moves to 30 December.
    assert starts(early, first=date(2027, 12, 1), last=date(2028, 1, 31)) == [
        ("atgardsplan", "2028", "2027-12-30", "2028-03-01")
    ]


def test_a_start_in_the_autumn_works_towards_the_following_february():
    autumn = rule("lagesbild", "first_workday(9)", "last_workday(2)")
    assert starts(autumn, first=date(2026, 1, 1), last=date(2027, 12, 31)) == [
        ("lagesbild", "2027", "2026-09-01", "2027-02-26"),
        ("lagesbild", "2028", "2027-09-01", "2028-02-29"),
    ]


def test_a_start_on_the_very_anchor_belongs_to_its_own_year():
    same = rule("kvittens", "last_workday(2)", "last_workday(2)")
    assert starts(same, first=date(2027, 1, 1), last=date(2027, 12, 31)) == [
        ("kvittens", "2027", "2027-02-26", "2027-02-26")
    ]


def test_both_ends_of_the_window_belong_to_it():
    report = rule("forvaltningsrapport", "first_workday(10)", "last_workday(11)")
    start_on = date(2027, 10, 1)
    assert len(found(report, first=start_on, last=start_on)) == 1
    assert found(report, first=start_on + timedelta(days=1), last=date(2027, 12, 31)) == []
    assert found(report, first=date(2027, 1, 1), last=start_on - timedelta(days=1)) == []


def test_a_window_that_ends_before_it_begins_holds_nothing():
    assert found(*ASKERSUND, first=date(2027, 2, 1), last=date(2027, 1, 1)) == []


def test_a_window_far_outside_the_calendar_holds_nothing():
    assert found(*ASKERSUND, first=date(2400, 1, 1), last=date(2401, 1, 1)) == []
    assert found(*ASKERSUND, first=date.min, last=date(1990, 1, 1)) == []


def test_a_meeting_that_is_not_planned_gives_no_occurrence_but_a_reason():
    plan = rule("atgardsplan", "meeting('KS', 3)-60d", "meeting('KS', 3)")
    assert starts(plan, first=date(2025, 1, 1), last=date(2026, 12, 31)) == []
    gaps = missing([plan], [2026, 2027, 2028], SWEDEN, PLAN)
    assert [(g.key, g.year) for g in gaps] == [("atgardsplan", 2026)]
    assert gaps[0].reason_sv == "Sammanträdesplanen har inget sammanträde med kommunstyrelsen i mars 2026."
    assert gaps[0].reason_en == "The meeting plan has no meeting of the municipal board in March 2026."


def test_a_start_at_an_unplanned_meeting_is_missing_and_not_taken_from_the_year_before():
    january = rule("beredning", "meeting('KS', 3)", "last_workday(4)")
    plan = MeetingPlan((Meeting("KS", date(2026, 3, 18), date(2026, 2, 18)),))
    assert starts(january, first=date(2026, 1, 1), last=date(2028, 12, 31), plan=plan) == [
        ("beredning", "2026", "2026-03-18", "2026-04-30")
    ]
    gaps = missing([january], [2026, 2027], SWEDEN, plan)
    assert [(g.year, g.reason_en) for g in gaps] == [
        (2027, "The meeting plan has no meeting of the municipal board in March 2027.")
    ]


def test_an_autumn_meeting_starts_the_work_for_february_though_next_autumn_is_not_planned():
    autumn = rule("lagesbild", "meeting('KS', 9)", "last_workday(2)")
    assert starts(autumn, first=date(2026, 1, 1), last=date(2028, 12, 31)) == [
        ("lagesbild", "2028", "2027-09-08", "2028-02-29")
    ]
    gaps = missing([autumn], [2027, 2028], SWEDEN, PLAN)
    assert [(g.year, g.reason_sv) for g in gaps] == [
        (2027, "Sammanträdesplanen har inget sammanträde med kommunstyrelsen i september 2026.")
    ]


def test_a_start_that_comes_too_late_is_missing_and_never_starts_twice():
    plan = MeetingPlan(
        (
            Meeting("KS", date(2026, 3, 4), date(2026, 2, 4)),
            Meeting("KS", date(2027, 3, 31), date(2027, 3, 1)),
        )
    )
    late = rule("beredning", "meeting('KS', 3)", "first_workday(3)+10wd")
    assert starts(late, first=date(2026, 1, 1), last=date(2027, 12, 31), plan=plan) == [
        ("beredning", "2026", "2026-03-04", "2026-03-16")
    ]
    (gap,) = missing([late], [2027], SWEDEN, plan)
    assert gap.reason_sv == (
        "Starten (kommunstyrelsens sammanträde i mars) kommer efter måldagen måndag 15 mars 2027 "
        "(10 arbetsdagar efter första arbetsdagen i mars)."
    )
    assert gap.reason_en.startswith("The start (the municipal board's meeting in March) comes after")


def test_week_53_exists_some_years_only():
    last_week = rule("bokslut", "first_workday(12)", "before_week(53)")
    assert starts(last_week, first=date(2026, 1, 1), last=date(2028, 12, 31)) == [
        ("bokslut", "2026", "2026-12-01", "2026-12-23")
    ]
    assert [(g.year, g.reason_sv) for g in missing([last_week], [2026, 2027], SWEDEN, PLAN)] == [
        (2027, "År 2027 har ingen vecka 53.")
    ]


def test_what_is_missing_stands_in_order_of_year_and_key():
    rules = [
        rule("b", "meeting('KS', 6)-5d", "meeting('KS', 6)"),
        rule("a", "meeting('KF', 6)-5d", "meeting('KF', 6)"),
    ]
    assert [(g.year, g.key) for g in missing(rules, [2028, 2027], SWEDEN, PLAN)] == [
        (2027, "a"),
        (2027, "b"),
        (2028, "a"),
        (2028, "b"),
    ]


def test_the_years_of_what_is_missing_must_lie_in_the_calendar():
    with pytest.raises(OutsideCalendar):
        missing(ASKERSUND, [2300], SWEDEN, PLAN)


def test_the_reason_tells_both_days_in_plain_words():
    report = rule("forvaltningsrapport", "first_workday(10)", "last_workday(11)")
    (occurrence,) = found(report, first=date(2027, 1, 1), last=date(2027, 12, 31))
    assert occurrence.reason_sv == (
        "Startar fredag 1 oktober 2027 (första arbetsdagen i oktober) för att vara klart "
        "tisdag 30 november 2027 (sista arbetsdagen i november)."
    )
    assert occurrence.reason_en == (
        "Starts Friday 1 October 2027 (the first working day of October) to be ready "
        "Tuesday 30 November 2027 (the last working day of November)."
    )


def test_three_rules_of_one_process_give_its_three_tertials():
    tertials = [rule("lagesrapport", f"end_of_tertial({n})", f"end_of_tertial({n})+20wd") for n in (1, 2, 3)]
    assert starts(*tertials, first=date(2027, 2, 1), last=date(2028, 1, 31)) == [
        ("lagesrapport", "2027", "2027-04-30", "2027-05-31"),
        ("lagesrapport", "2027", "2027-08-31", "2027-09-28"),
        ("lagesrapport", "2027", "2028-01-03", "2028-01-31"),
    ]


def test_the_last_tertial_may_start_in_january_and_belongs_to_the_year_it_ends():
    third = rule("lagesrapport", "end_of_tertial(3)", "end_of_tertial(3)+20wd")
    assert starts(third, first=date(2027, 1, 1), last=date(2027, 6, 30)) == [
        ("lagesrapport", "2026", "2027-01-04", "2027-02-01")
    ]


def periods(one: ProcessRule, year: int, calendar: WorkdayCalendar = SWEDEN) -> list[tuple[str, str, str]]:
    held = occurrences([one], date(year, 1, 1), date(year, 12, 31), calendar, PLAN)
    return [(o.period, o.start_on.isoformat(), o.anchor_on.isoformat()) for o in held]


def test_a_rule_that_comes_back_gives_an_occurrence_for_each_period():
    tertials = rule("lagesrapport", "end_of_tertial([1, 2, 3])", "end_of_tertial([1, 2, 3])+10wd")
    assert periods(tertials, 2027) == [
        ("2026-T3", "2027-01-04", "2027-01-18"),
        ("2027-T1", "2027-04-30", "2027-05-17"),
        ("2027-T2", "2027-08-31", "2027-09-14"),
    ]


def test_a_start_counted_from_t_belongs_to_each_target_day():
    est = rule("est_cykel", "T-10wd", "every_months(3)")
    assert periods(est, 2027) == [
        ("2027-04", "2027-03-16", "2027-04-01"),
        ("2027-07", "2027-06-16", "2027-07-01"),
        ("2027-10", "2027-09-17", "2027-10-01"),
        ("2028-01", "2027-12-16", "2028-01-03"),
    ]


def test_as_many_starts_as_target_days_are_paired_in_order():
    council = rule("strategiskt_rad", "first_workday([2, 9])", "last_workday([4, 11])")
    assert periods(council, 2027) == [
        ("2027-04", "2027-02-01", "2027-04-30"),
        ("2027-11", "2027-09-01", "2027-11-30"),
    ]


def test_the_pause_of_a_process_leaves_out_its_months():
    calendar = WorkdayCalendar(pauses=(month_pause(7, "est_cykel"), month_pause(12, "est_cykel")))
    est = rule("est_cykel", "T-5wd", "every_months(1)")
    assert [p for p, _, _ in periods(est, 2027, calendar) if p[5:] in {"07", "12"}] == []
    assert [(g.period, g.reason_sv) for g in missing([est], [2027], calendar, PLAN)] == [
        ("2027-07", "Juli 2027 har ingen dag som något kan förfalla på."),
        ("2027-12", "December 2027 har ingen dag som något kan förfalla på."),
    ]
    assert len(periods(rule("gruppmote", "T-5wd", "every_months(1)"), 2027, calendar)) == 12


def test_a_period_without_a_meeting_is_missing_alone():
    board = rule("uppfoljning", "T-20wd", "meeting('KS', [3, 6, 9])")
    assert [p for p, _, _ in periods(board, 2027)] == ["2027-03", "2027-09"]
    assert [(g.period, g.year) for g in missing([board], [2027], SWEDEN, PLAN)] == [("2027-06", 2027)]


def test_an_agreement_is_taken_up_six_months_before_it_ends():
    agreement = rule("samverkansoverenskommelse", "T-P6M", "valid_until('2025-12-31', every='P2Y')")
    assert periods(agreement, 2027) == [("2027", "2027-06-30", "2027-12-30")]
    assert periods(agreement, 2026) == []
    assert missing([agreement], [2026, 2028], SWEDEN, PLAN) == []


def test_a_start_more_than_a_year_ahead_is_found():
    revision = rule("styrdokument_revidering", "T-P18M", "valid_until('2028-12-31')")
    assert periods(revision, 2027) == [("2028", "2027-06-29", "2028-12-29")]


def test_uneven_starts_and_target_days_give_a_reason_and_no_occurrence():
    uneven = rule("lagesrapport", "first_workday(1)", "end_of_tertial([1, 2, 3])")
    assert periods(uneven, 2027) == []
    assert [g.period for g in missing([uneven], [2027], SWEDEN, PLAN)] == ["2027-T1", "2027-T2", "2027-T3"]
    assert "lika många gånger" in missing([uneven], [2027], SWEDEN, PLAN)[0].reason_sv


def test_a_rule_of_two_texts_that_go_together_is_read():
    read = read_process_rule("est_cykel", "T-10wd", "every_months(1, pause=[7, 12])")
    assert read == rule("est_cykel", "T-10wd", "every_months(1, pause=[7, 12])")
    assert read_process_rule("plan", "meeting('KS', 3)-60d", "meeting('KS', 3)", {"KS"}).anchor.organ == "KS"


@pytest.mark.parametrize(
    ("start", "anchor", "field", "position", "word"),
    [
        ("T-10wd", "T", "anchor", 0, "räknas från sig själv"),
        ("T+10wd", "last_workday(2)", "start", 1, "inte ligga efter måldagen"),
        ("first_workday(1)", "end_of_tertial([1, 2])", "start", 0, "lika många gånger"),
        ("first_workday([1, 9])", "last_workday(2)", "start", 0, "lika många gånger"),
        ("every_weeks(2, since='2027-01-04')", "every_weeks(2, since='2027-01-11')", "start", 0, "lika många gånger"),
        ("every_months(1)", "every_months(1, pause=[7])", "start", 0, "lika många gånger"),
        ("last_workday(2", "last_workday(2)", "start", 0, "namn och parenteser"),
        ("T-5wd", "meeting('BOB', 3)", "anchor", 9, "Organet BOB finns inte"),
    ],
)
def test_two_texts_that_do_not_go_together_are_refused_with_the_place(start, anchor, field, position, word):
    with pytest.raises(ProcessRuleInvalid, match=word) as refusal:
        read_process_rule("x", start, anchor, {"KS", "KF"})
    assert (refusal.value.field, refusal.value.position) == (field, position)
    assert refusal.value.en != refusal.value.sv


_BASES = st.one_of(
    st.builds("{}({})".format, st.sampled_from(["first_workday", "last_workday"]), st.integers(1, 12)),
    st.builds("before_week({})".format, st.integers(1, 53)),
    st.builds("meeting('{}', {})".format, st.sampled_from(["KS", "KF"]), st.sampled_from([3, 4, 9])),
    st.builds("end_of_tertial({})".format, st.integers(1, 3)),
)
_TEXTS = st.builds("{}{}".format, _BASES, st.sampled_from(["", "-60d", "-30wd", "+10wd", "+14d"]))
_RULES = st.lists(st.builds(rule, st.sampled_from("abc"), _TEXTS, _TEXTS), max_size=4)


@settings(max_examples=100, deadline=None)
@given(_RULES, st.dates(date(2025, 1, 1), date(2028, 12, 31)), st.integers(0, 900))
def test_an_occurrence_starts_in_the_window_and_no_later_than_its_anchor(rules, first, length):
    last = first + timedelta(days=length)
    held = occurrences(rules, first, last, SWEDEN, PLAN)
    assert [o.start_on for o in held] == sorted(o.start_on for o in held)
    for o in held:
        assert first <= o.start_on <= last
        assert o.start_on <= o.anchor_on


@settings(max_examples=100, deadline=None)
@given(_RULES, st.dates(date(2025, 1, 1), date(2028, 12, 31)), st.integers(0, 500), st.integers(1, 500))
def test_two_windows_side_by_side_hold_what_the_whole_holds(rules, first, to_split, beyond):
    split, last = first + timedelta(days=to_split), first + timedelta(days=to_split + beyond)
    before = occurrences(rules, first, split, SWEDEN, PLAN)
    after = occurrences(rules, split + timedelta(days=1), last, SWEDEN, PLAN)
    assert before + after == occurrences(rules, first, last, SWEDEN, PLAN)


@settings(max_examples=100, deadline=None)
@given(st.builds(rule, st.just("a"), _TEXTS, _TEXTS))
def test_every_year_either_has_its_occurrence_or_is_missing(one):
    years = range(2022, 2032)
    held = occurrences([one], date(2015, 1, 1), date(2040, 12, 31), SWEDEN, PLAN)
    periods = [int(o.period) for o in held if int(o.period) in years]
    gaps = [g.year for g in missing([one], years, SWEDEN, PLAN)]
    assert sorted(periods + gaps) == list(years)
    assert len({o.start_on for o in held}) == len(held)


_RECURRING = st.builds(
    rule,
    st.just("a"),
    st.sampled_from(["T-5wd", "T-40wd", "T-P6M", "T"]),
    st.sampled_from(
        [
            "every_months(1, pause=[7])",
            "every_weeks(3, since='2020-01-06')",
            "end_of_tertial([1, 2, 3])+10wd",
            "last_workday([2, 9])-20d",
            "meeting('KS', [3, 9])",
        ]
    ),
)


@settings(max_examples=60, deadline=None)
@given(_RECURRING, st.dates(date(2025, 1, 1), date(2028, 12, 31)), st.integers(0, 500), st.integers(1, 500))
def test_recurring_windows_side_by_side_hold_what_the_whole_holds_each_period_once(one, first, to_split, beyond):
    split, last = first + timedelta(days=to_split), first + timedelta(days=to_split + beyond)
    before = occurrences([one], first, split, SWEDEN, PLAN)
    after = occurrences([one], split + timedelta(days=1), last, SWEDEN, PLAN)
    whole = occurrences([one], first, last, SWEDEN, PLAN)
    assert before + after == whole
    assert len({o.period for o in whole}) == len(whole)
