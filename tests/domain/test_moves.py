"""The preview: which deadlines move, from when to when, and why."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.deadlines import DeadlineContext, parse
from app.domain.meeting_plans import Meeting, MeetingPlan
from app.domain.moves import DatedThing, dated, moved
from app.domain.workdays import WorkdayCalendar

TASK = DatedThing("task:1", "Skriv lägesbilden", date(2027, 2, 26), rule="T", calendar_version="a")


def one(before: DatedThing, **changed: object) -> tuple[str, int, str]:
    (move,) = moved([before], [replace(before, **changed)])  # type: ignore[arg-type]  # each test names real fields
    assert move.en != move.sv
    return move.cause, move.days, move.sv


def test_what_stands_still_is_left_out_even_when_the_calendar_is_another():
    assert moved([TASK], [replace(TASK, calendar_version="b", rule="T-1d")]) == []


def test_a_new_day_off_moves_a_deadline_for_the_calendars_sake():
    assert one(TASK, on=date(2027, 2, 25), calendar_version="b") == (
        "calendar",
        -1,
        (
            "Från fredag 26 februari 2027 till torsdag 25 februari 2027, 1 dag tidigare. Kommunens kalender är ändrad: "
            "lediga dagar eller pauser."
        ),
    )


def test_a_changed_rule_a_moved_meeting_and_a_moved_target_day_are_told_apart():
    rule = one(TASK, on=date(2027, 3, 5), rule="T+5wd")
    assert rule[:2] == ("rule", 7)
    assert rule[2].endswith("7 dagar senare. Regeln är ändrad från T till T+5wd.")
    board = replace(TASK, meeting_on=date(2027, 3, 23), anchor_on=date(2027, 3, 23))
    meeting = one(board, on=date(2027, 3, 5), meeting_on=date(2027, 3, 30), anchor_on=date(2027, 3, 30))
    assert meeting[0] == "meeting"
    assert meeting[2].endswith("Sammanträdet är flyttat från tisdag 23 mars 2027 till tisdag 30 mars 2027.")
    anchor = one(replace(board, meeting_on=None), on=date(2027, 3, 5), anchor_on=date(2027, 3, 30))
    assert anchor[0] == "anchor"
    assert anchor[2].endswith("Måldagen är flyttad från tisdag 23 mars 2027 till tisdag 30 mars 2027.")


def test_a_meeting_that_is_taken_away_or_put_in_is_told():
    board = replace(TASK, meeting_on=date(2027, 3, 23))
    assert "är borttaget ur sammanträdesplanen" in one(board, on=date(2027, 3, 5), meeting_on=None)[2]
    assert "är nytt i sammanträdesplanen" in one(TASK, on=date(2027, 3, 5), meeting_on=date(2027, 3, 23))[2]


def test_a_manuscript_stop_that_alone_is_changed_is_told_as_the_plans():
    assert one(TASK, on=date(2027, 2, 23))[2].endswith("Sammanträdesplanen är ändrad.")


def test_a_day_set_by_hand_stays_until_a_hand_moves_it():
    fixed = replace(TASK, by_hand=True)
    assert moved([fixed], [replace(TASK, on=date(2027, 3, 5))]) == []
    assert moved([fixed], []) == []
    assert one(fixed, on=date(2027, 3, 5))[0] == "by_hand"
    assert one(TASK, on=date(2027, 3, 5), by_hand=True)[0] == "by_hand"


def test_a_timer_may_move_within_its_day():
    timer = replace(TASK, at=datetime(2027, 2, 26, 7, 0, tzinfo=UTC))
    assert one(timer, at=datetime(2027, 2, 26, 9, 30, tzinfo=UTC), calendar_version="b") == (
        "calendar",
        0,
        (
            "Samma dag, fredag 26 februari 2027, men från 08.00 till 10.30. Kommunens kalender är ändrad: lediga dagar "
            "eller pauser."
        ),
    )


def test_what_is_added_and_what_disappears_are_moves_too_in_order_of_day():
    new = DatedThing("start:est:2027-04", "EST", date(2027, 1, 4))
    assert [(m.key, m.cause, m.sv) for m in moved([TASK], [new])] == [
        ("start:est:2027-04", "added", "Tillkommer måndag 4 januari 2027."),
        ("task:1", "removed", "Försvinner. Det var fredag 26 februari 2027."),
    ]


def test_a_deadline_is_compared_as_it_was_reckoned():
    plan = MeetingPlan((Meeting("KS", date(2027, 3, 23), date(2027, 2, 23)),))
    context = DeadlineContext(
        date(2027, 3, 23), None, datetime(2027, 1, 4, 9, tzinfo=UTC), WorkdayCalendar(), plan, "KS"
    )
    closed = replace(context, calendar=WorkdayCalendar(frozenset({date(2027, 3, 9)})))
    due, later = (parse("T-10wd").resolve(c) for c in (context, closed))
    (move,) = moved([dated("task:2", "Bereda", due)], [dated("task:2", "Bereda", later)])
    # With the Tuesday closed the Monday before it is a klämdag, so that the day moves on to Friday.
    assert (move.cause, str(due.on), str(later.on)) == ("calendar", "2027-03-09", "2027-03-05")
    timer = dated("timer:1", "Påminn", parse("PT2H").resolve(context))
    assert timer.at == datetime(2027, 1, 4, 11, tzinfo=UTC)
    assert dated("task:2", "Bereda", due).at is None


def test_a_naive_instant_and_a_key_that_stands_twice_are_refused():
    with pytest.raises(ValueError, match="tidszon"):
        replace(TASK, at=datetime.fromisoformat("2027-02-26T08:00:00"))
    with pytest.raises(ValueError, match="två gånger"):
        moved([TASK, TASK], [])


_THINGS = st.lists(
    st.builds(
        DatedThing,
        st.sampled_from("abcdef"),
        st.just("x"),
        st.dates(date(2026, 1, 1), date(2028, 12, 31)),
        by_hand=st.booleans(),
    ),
    unique_by=lambda t: t.key,
)


@given(_THINGS, _THINGS)
def test_the_moves_lead_from_before_to_after_for_all_that_no_hand_has_set(before, after):
    moves = {m.key: m for m in moved(before, after)}
    assert moved(before, before) == []
    held = {t.key: t for t in before if t.by_hand}
    for thing in after:
        known = next((t for t in before if t.key == thing.key), None)
        if thing.key in held and not thing.by_hand:
            assert thing.key not in moves
        elif known is None or known.on != thing.on:
            assert moves[thing.key].after == thing
            assert known is None or known.on + timedelta(days=moves[thing.key].days) == thing.on
