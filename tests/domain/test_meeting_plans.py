"""The meeting plan and its manuscript stops."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.meeting_plans import (
    Meeting,
    MeetingInvalid,
    MeetingPlan,
    is_organ,
    manuscript_stop,
    organ_genitive,
    organ_name,
)
from app.domain.workdays import WorkdayCalendar

SWEDEN = WorkdayCalendar()
KS_EARLY = Meeting("KS", date(2027, 3, 3), date(2027, 2, 3))
KS_LATE = Meeting("KS", date(2027, 3, 24), date(2027, 2, 24))
KS_APRIL = Meeting("KS", date(2027, 4, 14), date(2027, 3, 15))
KF = Meeting("KF", date(2027, 4, 26), date(2027, 3, 29))
PLAN = MeetingPlan((KS_APRIL, KF, KS_LATE, KS_EARLY))


def test_the_first_meeting_of_a_month_is_found_whatever_the_order():
    assert PLAN.in_month("KS", 2027, 3) == KS_EARLY
    assert PLAN.in_month("KF", 2027, 4) == KF


def test_a_month_without_a_meeting_gives_none():
    assert PLAN.in_month("KS", 2027, 7) is None
    assert PLAN.in_month("KS", 2026, 3) is None
    assert PLAN.in_month("KSAU", 2027, 3) is None


def test_the_next_meeting_is_strictly_after_the_day():
    assert PLAN.next_after("KS", date(2027, 3, 2)) == KS_EARLY
    assert PLAN.next_after("KS", date(2027, 3, 3)) == KS_LATE
    assert PLAN.next_after("KS", date(2027, 4, 14)) is None


def test_the_meeting_of_a_day_is_the_organs_own():
    assert PLAN.at("KS", date(2027, 3, 24)) == KS_LATE
    assert PLAN.at("KF", date(2027, 3, 24)) is None
    assert PLAN.at("KS", date(2027, 3, 25)) is None


def test_an_empty_plan_has_no_meetings():
    assert MeetingPlan().in_month("KS", 2027, 3) is None
    assert MeetingPlan().next_after("KS", date(2027, 1, 1)) is None
    assert MeetingPlan().at("KS", date(2027, 3, 3)) is None


def test_papers_cannot_be_due_after_their_meeting():
    with pytest.raises(MeetingInvalid) as refusal:
        Meeting("KS", date(2027, 3, 3), date(2027, 3, 4))
    assert refusal.value.sv == ("Manusstoppet torsdag 4 mars 2027 ligger efter sammanträdet onsdag 3 mars 2027.")
    assert "Thursday 4 March 2027" in refusal.value.en
    assert str(refusal.value) == refusal.value.sv


def test_papers_may_be_due_on_the_day_of_the_meeting():
    assert Meeting("KS", date(2027, 3, 3), date(2027, 3, 3)).manuscript_stop_on == date(2027, 3, 3)


@pytest.mark.parametrize("organ", ["", "1KS", " KS", "KS ", "K'S", "K;S", "A" * 41, "_KS", "KS\n"])
def test_a_meeting_needs_an_organ_with_a_name(organ):
    assert not is_organ(organ)
    with pytest.raises(MeetingInvalid, match="bokstav"):
        Meeting(organ, date(2027, 3, 3), date(2027, 3, 3))


@pytest.mark.parametrize("organ", ["KS", "KF", "Hållbarhetsrådet", "Lokala BRÅ-gruppen", "Ö", "est_2", "A" * 40])
def test_an_organ_may_be_named_in_swedish(organ):
    assert is_organ(organ)


@pytest.mark.parametrize(
    ("on", "workdays_before", "expected"),
    [
        (date(2027, 3, 31), 20, date(2027, 3, 1)),
        (date(2027, 3, 1), 20, date(2027, 2, 1)),
        (date(2027, 3, 31), 0, date(2027, 3, 31)),
        (date(2027, 5, 10), 1, date(2027, 5, 5)),
        (date(2026, 1, 7), 1, date(2025, 12, 30)),
    ],
)
def test_the_manuscript_stop_is_counted_in_workdays_and_never_on_a_squeeze_day(on, workdays_before, expected):
    assert manuscript_stop(on, workdays_before, SWEDEN) == expected


def test_a_manuscript_stop_after_the_meeting_cannot_be_asked_for():
    with pytest.raises(MeetingInvalid, match="negativt"):
        manuscript_stop(date(2027, 3, 31), -1, SWEDEN)


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.integers(0, 60))
def test_the_manuscript_stop_gives_at_least_the_workdays_asked_for(on, workdays_before):
    stop = manuscript_stop(on, workdays_before, SWEDEN)
    assert SWEDEN.is_due_day(stop)
    assert SWEDEN.workdays_between(on, stop) <= -workdays_before
    assert Meeting("KS", on, stop).manuscript_stop_on == stop


@pytest.mark.parametrize(
    ("organ", "sv", "en"),
    [
        ("KS", "kommunstyrelsens", "the municipal board's"),
        ("KF", "kommunfullmäktiges", "the municipal council's"),
        ("KSAU", "kommunstyrelsens arbetsutskotts", "the drafting committee's"),
        ("BOB", "BOB:s", "BOB's"),
        ("Hållbarhetsrådet", "Hållbarhetsrådets", "Hållbarhetsrådet's"),
        ("Lokalgrupp Syd Väs", "Lokalgrupp Syd Väs", "Lokalgrupp Syd Väs's"),
    ],
)
def test_an_organ_owns_its_meeting_in_both_languages(organ, sv, en):
    assert organ_genitive(organ) == (sv, en)


def test_an_unknown_organ_keeps_its_own_name():
    assert organ_name("KS").sv == "kommunstyrelsen"
    assert organ_name("BOB") == ("BOB", "BOB")
