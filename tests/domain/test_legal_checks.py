"""Lagkoll: each paragraph of lag (2023:196), with dates at the edges."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.domain.ids import new_id
from app.domain.legal_checks import (
    DUTIES,
    STATES,
    Agreement,
    Camera,
    CouncilMeeting,
    Facts,
    Finding,
    Holding,
    Member,
    Picture,
    Plan,
    Proof,
    agreements,
    cameras,
    coordination,
    council,
    judge,
)
from app.domain.watchdogs import watch

TODAY = date(2027, 9, 1)
ADOPTED = date(2026, 2, 27)


def proof(kind: str, on: date | None = ADOPTED, title: str = "", paragraph: str = "") -> Proof:
    return Proof(kind, new_id(), on, title, paragraph)


PICTURE = Picture(
    proof("situation_picture"), "Skadegörelse", "40 fall", "Otrygghet", "Bygge vid torget", "Platsen är mörk",
    ("Risk- och sårbarhetsanalysen",),
)  # fmt: skip
PLAN = Plan(proof("action_plan", date(2026, 3, 24), paragraph="§ 39"), PICTURE.proof)
AGREEMENT = Agreement(
    proof("agreement"), "Polisen", 2, 3, date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 2), date(2029, 12, 31)
)
MEETING = CouncilMeeting(
    proof("meeting", date(2026, 12, 11)),
    True,
    (Member("Kommunen", True), Member("Polisen", True)),
)
HELD = Holding(proof("role_assignment", title="Sara"), date(2024, 1, 1), None)
TOLD = (proof("publication"),)


def facts(on: date = TODAY, **changes: Any) -> Facts:
    return Facts(
        **{
            "picture": PICTURE, "plan": PLAN, "agreements": (AGREEMENT,), "council": MEETING, "holdings": (HELD,),
            "told": TOLD, "reports": (proof("decision", date(2027, 4, 26), "KF", "§ 41"),),
            "picture_watch": watch("situation_picture", ADOPTED, on),
            "follow_up_watch": watch("follow_up", ADOPTED, on),
            "reporting_watch": watch("reporting", date(2027, 4, 26), on),
            **changes,
        }
    )  # fmt: skip


def on_the_day(on: date = TODAY, **changes: Any) -> dict[str, Finding]:
    return {finding.paragraph: finding for finding in judge(facts(on, **changes), on)}


def test_who_does_it_all_is_told_so_paragraph_by_paragraph():
    found = on_the_day()
    assert list(found) == ["4", "5", "6", "7", "8-9", "10", "11-12", "13", "14"]
    assert {p: f.state for p, f in found.items() if f.state != "met"} == {"14": "not_applicable"}
    assert all(f.missing is None for f in found.values() if f.state == "met")
    assert all(f.proof for f in found.values() if f.state == "met")


def test_who_has_nothing_is_told_what_to_do():
    found = on_the_day(
        picture=None, plan=None, agreements=(), council=None, holdings=(), told=(), reports=(),
        picture_watch=watch("situation_picture", None, TODAY), follow_up_watch=watch("follow_up", None, TODAY),
        reporting_watch=watch("reporting", None, TODAY),
    )  # fmt: skip
    assert {f.state for p, f in found.items() if p != "14"} == {"not_met"}
    assert all(f.missing and f.missing.sv and f.missing.en for f in found.values())
    assert [clock.due_on for clock in found["6"].clocks] == [None, None]


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2027, 11, 26), "met"),
        (date(2027, 11, 27), "soon"),
        (date(2028, 2, 27), "soon"),
        (date(2028, 2, 28), "not_met"),
    ],
)
@pytest.mark.parametrize("late", ["picture_watch", "follow_up_watch"])
def test_either_clock_of_6_paragraph_sounds_at_21_months_and_breaks_the_day_after_24(late, on, state):
    duty = late.removesuffix("_watch").replace("picture", "situation_picture")
    fresh = watch("follow_up" if late == "picture_watch" else "situation_picture", on, on)
    other = "follow_up_watch" if late == "picture_watch" else "picture_watch"
    found = on_the_day(on, **{late: watch(duty, ADOPTED, on), other: fresh})["6"]
    assert found.state == state
    (clock,) = [c for c in found.clocks if c.due_on == date(2028, 2, 27)]
    assert clock.days_left == (date(2028, 2, 27) - on).days
    assert (found.missing is None) is (state == "met")


def test_a_plan_never_followed_up_is_counted_from_its_decision():
    decided = date(2026, 3, 24)
    for on, state in ((date(2027, 12, 23), "met"), (date(2027, 12, 24), "soon"), (date(2028, 3, 25), "not_met")):
        clock = watch("follow_up", None, on, decided_on=decided)
        found = on_the_day(on, picture_watch=watch("situation_picture", on, on), follow_up_watch=clock, follow_up=None)
        assert (on, found["6"].state) == (on, state)
    assert "Åtgärdsplanen beslutades tisdag 24 mars 2026 och ska vara uppföljd senast" in clock.sv


@pytest.mark.parametrize(
    ("text", "words"),
    [("crime", "punkt 1"), ("extent", "punkt 1"), ("consequences", "punkt 1"), ("other_information", "punkt 2"),
     ("analysis", "punkt 3")],
)  # fmt: skip
def test_a_picture_without_one_of_the_three_points_is_not_one(text, words):
    empty: dict[str, Any] = {text: "  "}
    found = on_the_day(picture=replace(PICTURE, **empty))["4"]
    assert found.state == "not_met"
    assert found.missing is not None
    assert words in found.missing.sv


def test_a_plan_must_build_on_an_adopted_picture():
    found = on_the_day(plan=replace(PLAN, picture=None))["5"]
    assert found.state == "not_met"
    assert found.missing is not None
    assert "bygger inte på någon fastställd lägesbild" in found.missing.sv
    assert found.proof == (PLAN.proof,)


def test_the_law_asks_nothing_before_its_day():
    before = on_the_day(date(2023, 6, 30), picture=None)
    assert {f.state for f in before.values()} == {"not_applicable"}
    assert before["4"].missing is not None
    assert "1 juli 2023" in before["4"].missing.sv
    assert on_the_day(date(2023, 7, 1), picture=None)["4"].state == "not_met"


def test_a_plan_is_asked_for_from_july_2024_and_its_follow_up_with_it():
    def found(on: date) -> dict[str, Finding]:
        return on_the_day(on, plan=None, follow_up_watch=watch("follow_up", None, on))

    before, after = found(date(2024, 6, 30)), found(date(2024, 7, 1))
    assert (before["5"].state, len(before["6"].clocks)) == ("not_applicable", 1)
    assert (after["5"].state, len(after["6"].clocks)) == ("not_met", 2)


def test_which_other_analyses_is_for_the_picture_to_say():
    assert on_the_day(picture=replace(PICTURE, other_analyses=()))["7"].state == "unknown"
    assert on_the_day(picture=None)["7"].state == "not_met"


def test_an_agreement_states_both_purposes_and_areas():
    lacking: tuple[dict[str, Any], ...] = ({"purposes": 0}, {"areas": 0})
    for changes in lacking:
        found = agreements([AGREEMENT, replace(AGREEMENT, party="Kyrkan", **changes)], TODAY)
        assert found.state == "not_met"
        assert found.missing is not None
        assert "Kyrkan" in found.missing.sv


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (date(2028, 3, 2), "met"),
        (date(2028, 3, 1), "soon"),
        (TODAY, "soon"),
        (TODAY - timedelta(days=1), "not_met"),
        (None, "met"),
    ],
)
def test_an_agreement_is_renewed_half_a_year_before_it_ends(until, state):
    found = agreements([replace(AGREEMENT, valid_until=until)], TODAY)
    assert found.state == state
    if state == "soon":
        assert (found.clocks[0].due_on, found.clocks[0].days_left) == (until, (until - TODAY).days)


def test_the_agreement_that_follows_counts_and_the_one_not_begun_does_not():
    ending = replace(AGREEMENT, valid_until=date(2027, 12, 31))
    following = replace(AGREEMENT, valid_from=TODAY, valid_until=date(2030, 12, 31))
    assert agreements([ending, following], TODAY).state == "met"
    assert agreements([replace(following, valid_from=date(2027, 9, 2))], TODAY).state == "not_met"


def test_an_unsigned_agreement_shows_work_but_no_result():
    for changes in ({"signed_party_on": None}, {"signed_municipality_on": date(2027, 9, 2)}):
        assert agreements([replace(AGREEMENT, **changes)], TODAY).state == "unknown"


def test_a_council_led_by_somebody_else_is_not_the_laws():
    found = council(replace(MEETING, is_led_by_municipality=False), TODAY)
    assert found.state == "not_met"
    assert found.missing is not None
    assert "leddes inte av kommunen" in found.missing.sv
    assert council(replace(MEETING, is_led_by_municipality=None), TODAY).state == "unknown"


def test_each_organisation_at_the_council_has_somebody_in_a_leading_position():
    follower, leader = Member("Polisen", is_leading=False), Member("Polisen", is_leading=True)
    found = council(replace(MEETING, members=(follower,)), TODAY)
    assert found.state == "not_met"
    assert found.missing is not None
    assert "Polisen" in found.missing.sv
    assert council(replace(MEETING, members=(follower, leader)), TODAY).state == "met"
    assert council(replace(MEETING, members=(Member("Polisen", None),)), TODAY).state == "unknown"
    assert council(replace(MEETING, members=()), TODAY).state == "unknown"


def test_a_council_that_has_not_met_for_two_years_is_none():
    assert council(MEETING, date(2028, 12, 11)).state == "met"
    assert council(MEETING, date(2028, 12, 12)).state == "not_met"


def test_the_coordinators_role_is_never_vacant():
    last = replace(HELD, until_on=TODAY)
    assert coordination([last], TOLD, TODAY).state == "soon"
    assert coordination([last], TOLD, TODAY + timedelta(days=1)).state == "not_met"
    assert coordination([replace(HELD, from_on=TODAY + timedelta(days=1))], TOLD, TODAY).state == "not_met"


def test_a_successor_who_begins_the_day_after_leaves_no_gap():
    leaves = replace(HELD, until_on=date(2027, 9, 30))
    follows = replace(HELD, from_on=date(2027, 10, 1))
    assert coordination([leaves, follows], TOLD, TODAY).state == "met"
    gap = coordination([leaves, replace(follows, from_on=date(2027, 10, 2))], TOLD, TODAY)
    assert (gap.state, gap.clocks[0].due_on, gap.clocks[0].days_left) == ("soon", date(2027, 9, 30), 29)
    assert coordination([replace(HELD, until_on=date(2027, 12, 2))], TOLD, TODAY).state == "met"


def test_a_coordinator_who_has_told_the_residents_nothing_cannot_be_judged():
    assert coordination([HELD], (), TODAY).state == "unknown"


@pytest.mark.parametrize(
    ("on", "state"),
    [(date(2028, 1, 25), "met"), (date(2028, 1, 26), "soon"), (date(2028, 4, 26), "soon"),
     (date(2028, 4, 27), "not_met")],
)  # fmt: skip
def test_the_council_has_its_report_within_the_municipalitys_own_interval(on, state):
    found = on_the_day(on)["13"]
    assert found.state == state
    assert found.clocks[0].due_on == date(2028, 4, 26)
    if state == "not_met":
        assert found.missing is not None
        assert "1 dag sen" in found.missing.sv


def test_cameras_are_held_against_the_law_before_they_count():
    camera = Camera(proof("measure", title="Kamera vid stationen"), date(2027, 8, 1), "KS 2027/12")
    assert cameras([camera], TODAY).state == "met"
    for changes in ({"checked_on": None}, {"noted": " "}, {"checked_on": TODAY + timedelta(days=1)}):
        found = cameras([camera, replace(camera, **changes)], TODAY)
        assert found.state == "not_met"
        assert found.missing is not None
        assert "Kamera vid stationen" in found.missing.sv
    assert on_the_day(date(2025, 3, 31), cameras=(replace(camera, noted=""),))["14"].state == "not_applicable"
    assert on_the_day(date(2025, 4, 1), cameras=(replace(camera, noted=""),))["14"].state == "not_met"


def test_every_state_and_duty_has_words_in_both_languages():
    assert all(words.sv and words.en for words in STATES.values())
    assert all(words.sv and words.en for pair in DUTIES.values() for words in pair)
