"""The year counted backwards through the real meeting plan."""

from datetime import date

import pytest

from app.domain.backward_schedules import (
    YEAR_LINKS,
    ChainInvalid,
    Link,
    PlannedStep,
    Step,
    links_among,
    schedule_backwards,
    steps_of,
)
from app.domain.calendar_rules import parse
from app.domain.meeting_plans import Meeting, MeetingPlan, manuscript_stop
from app.domain.schedules import ProcessRule, read_process_rule
from app.domain.workdays import WorkdayCalendar

SWEDEN = WorkdayCalendar()
RULES = [
    read_process_rule("forvaltningsrapport", "first_workday(10)", "last_workday(11)"),
    read_process_rule("strategiskt_rad", "before_week(51)-45wd", "before_week(51)"),
    read_process_rule("lagesbild", "last_workday(2)-35wd", "last_workday(2)"),
    read_process_rule("atgardsplan", "meeting('KS', 3)-60d", "meeting('KS', 3)"),
    read_process_rule("politisk_rapport", "meeting('KF', 4)-45d", "meeting('KF', 4)"),
]


def plan_of(*meetings: tuple[str, date]) -> MeetingPlan:
    return MeetingPlan(tuple(Meeting(organ, on, manuscript_stop(on, 20, SWEDEN)) for organ, on in meetings))


PLAN = plan_of(("KS", date(2027, 2, 16)), ("KS", date(2027, 3, 23)), ("KF", date(2027, 4, 26)))


def year(plan: MeetingPlan = PLAN, rules: list[ProcessRule] = RULES) -> dict[str, PlannedStep]:
    links = links_among({rule.key for rule in rules})
    return {p.key: p for p in schedule_backwards(steps_of(rules, links), "politisk_rapport", 2027, SWEDEN, plan)}


def test_askersunds_year_is_laid_backwards_from_the_report_in_april():
    assert [(key, str(p.on), str(p.latest_on), p.workdays) for key, p in year().items()] == [
        ("forvaltningsrapport", "2026-11-30", "2026-12-01", 42),
        ("strategiskt_rad", "2026-12-11", "2027-01-08", 9),
        ("atgardsplan.manusstopp", "2027-02-23", "2027-02-23", -3),
        ("lagesbild", "2027-02-26", "2027-01-12", 50),
        ("atgardsplan", "2027-03-23", "2027-03-04", 20),
        ("politisk_rapport.manusstopp", "2027-03-25", "2027-03-25", 2),
        ("politisk_rapport", "2027-04-26", "2027-04-26", 20),
    ]


def test_a_picture_that_is_ready_after_the_manuscript_stop_is_told_and_not_taken_from_the_year_before():
    stop = year()["atgardsplan.manusstopp"]
    assert stop.begins_on == date(2027, 2, 26)
    assert [w.sv for w in stop.warnings] == [
        (
            "Det ska vara klart tisdag 23 februari 2027, innan det som föregår är klart fredag 26 februari 2027. Börja "
            "senast tisdag 12 januari 2027."
        )
    ]
    assert stop.warnings[0].en.endswith("Begin by Tuesday 12 January 2027.")


def test_easter_leaves_the_council_two_working_days_after_the_march_board():
    stop = year()["politisk_rapport.manusstopp"]
    assert stop.on == date(2027, 3, 25)
    assert [w.sv for w in stop.warnings] == [
        (
            "Mellan tisdag 23 mars 2027 och torsdag 25 mars 2027 är det 2 arbetsdagar, men arbetet behöver 15. Börja "
            "senast torsdag 4 mars 2027."
        )
    ]


def test_a_chain_with_time_enough_has_no_warnings():
    steps = [
        Step("lagesbild", parse("last_workday(1)"), 15, "manus", parse("T-20wd", is_start=True)),
        Step("manus", parse("manuscript_stop('KS', 4)"), 30, "beslut"),
        Step("beslut", parse("meeting('KS', 4)")),
    ]
    chain = schedule_backwards(steps, "beslut", 2027, SWEDEN, plan_of(("KS", date(2027, 4, 21))))
    assert [(p.key, str(p.begins_on), str(p.on), p.workdays) for p in chain] == [
        ("lagesbild", "2026-12-29", "2027-01-29", 20),
        ("manus", "2027-01-29", "2027-03-22", 36),
        ("beslut", "2027-03-22", "2027-04-21", 20),
    ]
    assert [p.warnings for p in chain] == [(), (), ()]


def test_no_board_in_march_takes_the_nearest_earlier_meeting_and_its_manuscript_stop():
    found = year(plan_of(("KS", date(2027, 2, 16)), ("KF", date(2027, 4, 26))))
    assert found["atgardsplan"].on == date(2027, 2, 16)
    assert found["atgardsplan.manusstopp"].on == date(2027, 1, 19)
    assert found["atgardsplan"].warnings[0].sv == (
        "Sammanträdesplanen har inget sammanträde med kommunstyrelsen i mars 2027. Räknat med det närmast före, "
        "tisdag 16 februari 2027."
    )
    # The picture of that February is ready ten days after the board met: it is still the same round.
    assert found["lagesbild"].on == date(2027, 2, 26)


def test_no_meeting_at_all_leaves_the_step_without_a_day_and_the_rest_in_its_year():
    found = year(plan_of(("KF", date(2027, 4, 26))))
    assert found["atgardsplan"].on is None
    assert found["atgardsplan"].workdays is None
    assert "inget sammanträde med kommunstyrelsen i mars 2027" in found["atgardsplan"].warnings[0].sv
    assert found["politisk_rapport.manusstopp"].begins_on is None
    assert found["lagesbild"].on == date(2027, 2, 26)
    assert found["strategiskt_rad"].on == date(2026, 12, 11)


def test_two_steps_may_lead_to_one_and_the_later_decides_when_it_can_begin():
    steps = [
        Step("rad", parse("before_week(51)"), 5),
        Step("rapporter", parse("last_workday(11)"), 0, "rad", parse("first_workday(10)")),
        Step("aktorer", parse("before_week(51)-15d"), 0, "rad"),
    ]
    chain = schedule_backwards(steps, "rad", 2026, SWEDEN, PLAN)
    assert [(p.key, str(p.on)) for p in chain] == [
        ("aktorer", "2026-11-26"),
        ("rapporter", "2026-11-30"),
        ("rad", "2026-12-11"),
    ]
    assert chain[2].begins_on == date(2026, 11, 30)
    assert chain[1].begins_on == date(2026, 10, 1)
    assert chain[0].begins_on is None


def test_a_chain_that_is_cut_short_by_what_is_adopted_ends_where_it_is_cut():
    assert links_among({"lagesbild", "atgardsplan"}) == [
        Link("lagesbild", "atgardsplan", 35),
        Link("atgardsplan", None, 30),
    ]
    chain = schedule_backwards(
        steps_of(RULES, links_among({"forvaltningsrapport", "strategiskt_rad"})), "strategiskt_rad", 2028, SWEDEN, PLAN
    )
    assert [(p.key, str(p.on)) for p in chain] == [
        ("forvaltningsrapport", "2028-11-30"),
        ("strategiskt_rad", "2028-12-15"),
    ]


@pytest.mark.parametrize(
    ("steps", "last", "word"),
    [
        ([Step("a", parse("date(3, 1)"), 0, "b"), Step("b", parse("date(4, 1)"), 0, "a")], "a", "ring: .* → .* →"),
        ([Step("a", parse("date(3, 1)"), 0, "a")], "a", "ring: a → a"),
        ([Step("a", parse("date(3, 1)"), 0, "x")], "a", "Steget x finns inte"),
        ([Step("a", parse("date(3, 1)"))], "b", "Steget b finns inte"),
        ([Step("a", parse("date(3, 1)")), Step("a", parse("date(4, 1)"))], "a", "samma nyckel"),
    ],
)
def test_steps_that_make_no_chain_are_refused(steps, last, word):
    with pytest.raises(ChainInvalid, match=word) as refusal:
        schedule_backwards(steps, last, 2027, SWEDEN, PLAN)
    assert refusal.value.en != refusal.value.sv


def test_links_that_make_no_chain_are_refused():
    with pytest.raises(ChainInvalid, match="Steget rad finns inte"):
        steps_of(RULES, [Link("lagesbild", "rad", 1)])
    with pytest.raises(ChainInvalid, match="leder till två"):
        steps_of(RULES, [Link("lagesbild", "atgardsplan", 1), Link("lagesbild", "politisk_rapport", 1)])


def test_the_links_of_the_year_make_one_chain():
    assert [link.before for link in YEAR_LINKS] == [*(link.key for link in YEAR_LINKS[1:]), None]
