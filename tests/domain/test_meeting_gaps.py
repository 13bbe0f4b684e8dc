"""What a meeting plan lacks, and the meeting proposed instead."""

from datetime import date

from app.domain.calendar_rules import parse
from app.domain.meeting_gaps import gaps, months_without
from app.domain.meeting_plans import Meeting, MeetingPlan

PLAN = MeetingPlan(
    (
        Meeting("KS", date(2027, 1, 19), date(2026, 12, 17)),
        Meeting("KS", date(2027, 2, 16), date(2027, 1, 19)),
        Meeting("KS", date(2027, 4, 13), date(2027, 3, 11)),
        Meeting("KF", date(2027, 4, 26), date(2027, 3, 24)),
    )
)
RULES = [parse("meeting('KS', 3)-30wd"), parse("manuscript_stop('KS', [3, 4])"), parse("meeting('KF', 4)")]


def test_a_month_that_a_rule_counts_on_is_a_gap_with_the_nearest_earlier_meeting():
    (gap,) = gaps([*RULES, parse("last_workday(2)")], [2027], PLAN)
    assert (gap.organ, gap.year, gap.month) == ("KS", 2027, 3)
    assert gap.proposed == PLAN.meetings[1]
    assert gap.sv == (
        "Inget sammanträde med kommunstyrelsen i mars 2027. Närmast före är tisdag 16 februari 2027, med manusstopp "
        "tisdag 19 januari 2027."
    )
    assert gap.en == (
        "No meeting of the municipal board in March 2027. The nearest before is Tuesday 16 February 2027, with "
        "manuscript stop Tuesday 19 January 2027."
    )


def test_a_gap_without_any_meeting_the_year_before_proposes_none():
    found = gaps(RULES, [2029], PLAN)
    assert [(g.month, g.organ, g.proposed) for g in found] == [(3, "KS", None), (4, "KF", None), (4, "KS", None)]
    assert found[0].sv.endswith("Lägg in ett i sammanträdesplanen.")


def test_the_months_without_meetings_are_listed():
    assert months_without(PLAN, "KS", 2027) == (3, 5, 6, 7, 8, 9, 10, 11, 12)
    assert months_without(PLAN, "KSAU", 2027) == tuple(range(1, 13))
