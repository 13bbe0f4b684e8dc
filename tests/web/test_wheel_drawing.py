from __future__ import annotations

import math
import re
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.pages.wheel_drawing import (
    MARKER_RADIUS,
    MARKER_REACH,
    MONTH_RING,
    Milestone,
    Phase,
    Status,
    WheelYear,
    angle_of,
    draw_wheel,
    spread,
)

if TYPE_CHECKING:
    from app.web.pages.wheel_drawing import Point

STATUSES: tuple[Status, ...] = ("done", "late", "active", "coming")


def milestone(number: int, on: date, status: Status = "coming") -> Milestone:
    return Milestone(
        number=number, on=on, title=f"Hållpunkt {number}", role="Samordnare", status=status, url="", sara=None
    )


def year_with(*days: date, today: date = date(2027, 1, 24), start_month: int = 1) -> WheelYear:
    return WheelYear(
        start_month=start_month,
        year=2027,
        today=today,
        milestones=tuple(milestone(index + 1, day) for index, day in enumerate(days)),
        phases=(),
    )


@st.composite
def wheels(draw: st.DrawFn) -> WheelYear:
    start_month = draw(st.integers(1, 12))
    year = draw(st.integers(2020, 2040))
    first = date(year, start_month, 1)
    length = (date(year + 1, start_month, 1) - first).days
    # Few distinct days: real years have their deadlines in heaps, and heaps are what is hard.
    days = draw(st.lists(st.integers(0, length - 1), min_size=1, max_size=draw(st.integers(1, 40))))
    picked = draw(st.lists(st.sampled_from(days), max_size=40))
    return WheelYear(
        start_month=start_month,
        year=year,
        today=first + timedelta(days=draw(st.integers(-40, length + 40))),
        milestones=tuple(milestone(index + 1, first + timedelta(days=day)) for index, day in enumerate(picked)),
        phases=(),
    )


def distance(a: Point, b: Point) -> float:
    return math.hypot(a.x - b.x, a.y - b.y)


@given(wheels())
def test_markers_never_overlap_whatever_falls_on_the_same_day(wheel: WheelYear) -> None:
    drawing = draw_wheel(wheel)
    assert len(drawing.markers) == len(wheel.milestones)
    for one, other in combinations(drawing.markers, 2):
        assert distance(one.at, other.at) >= 2 * MARKER_REACH


@given(wheels())
def test_markers_with_their_badges_stay_within_the_view_box_and_outside_the_months(wheel: WheelYear) -> None:
    drawing = draw_wheel(wheel)
    for marker in drawing.markers:
        assert drawing.upper_left.x <= marker.at.x - MARKER_REACH
        assert drawing.upper_left.y <= marker.at.y - MARKER_REACH
        assert marker.at.x + MARKER_REACH <= drawing.lower_right.x
        assert marker.at.y + MARKER_REACH <= drawing.lower_right.y
        assert math.hypot(marker.at.x, marker.at.y) - MARKER_RADIUS > MONTH_RING[1]


@given(wheels())
def test_a_leader_begins_at_the_rim_on_the_milestones_own_day(wheel: WheelYear) -> None:
    for marker in draw_wheel(wheel).markers:
        x, y = (float(part) for part in marker.leader.split(" ")[0].split(","))
        seen = math.degrees(math.atan2(x, -y)) % 360
        meant = angle_of(wheel, marker.milestone.on) % 360
        assert min(abs(seen - meant), 360 - abs(seen - meant)) < 0.01


@given(wheels())
def test_the_same_year_is_drawn_the_same_twice(wheel: WheelYear) -> None:
    assert draw_wheel(wheel) == draw_wheel(wheel)


@given(
    st.lists(st.floats(0, 359.99, allow_nan=False), max_size=30).map(sorted),
    st.floats(1, 11.9),
)
def test_spreading_keeps_the_order_and_the_gap_all_the_way_round(angles: list[float], gap: float) -> None:
    moved = spread(angles, gap)
    for earlier, later in pairwise(moved):
        # The cut may lie anywhere, so the order is the order round the circle.
        assert (later - earlier) % 360 >= gap - 1e-6
    if len(moved) > 1:
        assert (moved[0] - moved[-1]) % 360 >= gap - 1e-6


@given(st.lists(st.floats(0, 359.99, allow_nan=False), max_size=6, unique=True).map(sorted))
def test_spreading_moves_nothing_that_already_has_room(angles: list[float]) -> None:
    gaps = [(later - earlier) % 360 for earlier, later in pairwise([*angles, *angles[:1]])]
    gap = min(gaps, default=10.0) * 0.99
    assert spread(angles, gap) == pytest.approx(angles)


def test_markers_that_do_not_crowd_stand_on_their_own_day() -> None:
    wheel = year_with(date(2027, 1, 8), date(2027, 2, 15), date(2027, 8, 20))
    for marker in draw_wheel(wheel).markers:
        seen = math.degrees(math.atan2(marker.at.x, -marker.at.y)) % 360
        assert seen == pytest.approx(angle_of(wheel, marker.milestone.on), abs=0.02)


def test_a_year_of_few_milestones_needs_one_orbit_and_a_heap_more() -> None:
    calm = draw_wheel(year_with(*(date(2027, month, 10) for month in range(1, 13))))
    crowded = draw_wheel(year_with(*[date(2027, 11, 30)] * 12))
    assert len({round(math.hypot(marker.at.x, marker.at.y)) for marker in calm.markers}) == 1
    assert len({round(math.hypot(marker.at.x, marker.at.y)) for marker in crowded.markers}) == 3


def test_a_wheel_without_milestones_is_just_the_ring() -> None:
    drawing = draw_wheel(year_with())
    assert drawing.markers == ()
    assert drawing.view_box == "-203 -203 406 406"


def test_more_milestones_than_three_orbits_hold_get_a_fourth() -> None:
    drawing = draw_wheel(year_with(*[date(2027, 6, 1) + timedelta(days=day % 30) for day in range(150)]))
    assert all(distance(a.at, b.at) >= 2 * MARKER_REACH for a, b in combinations(drawing.markers, 2))


def test_markers_come_in_the_order_of_the_year() -> None:
    drawing = draw_wheel(year_with(date(2027, 12, 3), date(2027, 2, 26), date(2027, 6, 1)))
    assert [marker.milestone.number for marker in drawing.markers] == [2, 3, 1]


def test_every_month_takes_thirty_degrees_from_the_top() -> None:
    wheel = year_with()
    assert angle_of(wheel, date(2027, 1, 1), 0) == 0
    assert angle_of(wheel, date(2027, 2, 1), 0) == 30
    assert angle_of(wheel, date(2027, 2, 28), 1) == 60
    assert angle_of(wheel, date(2027, 12, 31), 1) == pytest.approx(360)


def test_a_leap_day_has_its_place() -> None:
    wheel = WheelYear(start_month=1, year=2028, today=date(2028, 2, 29), milestones=(), phases=())
    assert angle_of(wheel, date(2028, 2, 29), 1) == 60
    assert draw_wheel(wheel).needle is not None


def test_a_wheel_may_begin_in_september_and_end_in_august() -> None:
    wheel = year_with(date(2028, 3, 14), start_month=9, today=date(2028, 3, 1))
    drawing = draw_wheel(wheel)
    assert [month.name for month in drawing.months][:5] == ["sep", "okt", "nov", "dec", "jan"]
    assert [month.name for month in drawing.months if month.is_current] == ["mar"]
    assert angle_of(wheel, date(2028, 3, 1), 0) == 180


def test_today_outside_the_year_has_no_needle_and_no_current_month() -> None:
    drawing = draw_wheel(year_with(today=date(2028, 1, 2)))
    assert drawing.needle is None
    assert not any(month.is_current for month in drawing.months)


def test_a_phase_is_drawn_only_for_the_days_that_lie_on_the_wheel() -> None:
    phases = (
        Phase("As", "Följa upp", date(2026, 10, 1), date(2027, 1, 31)),
        Phase("S", "Kartlägga", date(2027, 2, 1), date(2027, 4, 30)),
        Phase("R", "Åtgärda", date(2028, 1, 1), date(2028, 3, 31)),
    )
    wheel = WheelYear(start_month=1, year=2027, today=date(2027, 6, 1), milestones=(), phases=phases)
    drawing = draw_wheel(wheel)
    assert [segment.key for segment in drawing.phases] == ["As", "S"]
    assert drawing.phases[0].label is None
    assert drawing.phases[1].label is not None


def test_a_phase_of_the_whole_year_is_a_closed_ring() -> None:
    phase = Phase("P", "Planera", date(2027, 1, 1), date(2027, 12, 31), "pdca")
    wheel = WheelYear(start_month=1, year=2027, today=date(2027, 6, 1), milestones=(), phases=(phase,))
    assert draw_wheel(wheel).phases[0].path.count("Z") == 2


def test_the_word_of_a_phase_keeps_clear_of_todays_needle() -> None:
    phase = Phase("S", "Kartlägga", date(2027, 1, 1), date(2027, 4, 30))
    wheel = WheelYear(start_month=1, year=2027, today=date(2027, 2, 24), milestones=(), phases=(phase,))
    label = draw_wheel(wheel).phases[0].label
    assert label is not None
    today = angle_of(wheel, wheel.today)
    angles = [
        math.degrees(math.atan2(float(x), -float(y))) % 360
        for x, y in zip(label.xs.split(), label.ys.split(), strict=True)
    ]
    assert min(angles) > today or max(angles) < today


def test_the_letters_of_a_word_stand_upright_above_and_below() -> None:
    phases = (
        Phase("S", "Kartlägga", date(2026, 12, 1), date(2027, 2, 28)),
        Phase("R", "Åtgärda", date(2027, 6, 1), date(2027, 8, 31)),
    )
    wheel = WheelYear(start_month=12, year=2026, today=date(2027, 4, 1), milestones=(), phases=phases)
    for segment in draw_wheel(wheel).phases:
        assert segment.label is not None
        assert len(segment.label.xs.split()) == len(segment.title)
        for turn in segment.label.turns.split():
            assert math.cos(math.radians(float(turn))) > 0


def test_paths_hold_nothing_but_path_data() -> None:
    phase = Phase("S", "Kartlägga", date(2027, 1, 1), date(2027, 2, 28))
    wheel = WheelYear(start_month=1, year=2027, today=date(2027, 4, 1), milestones=(), phases=(phase,))
    drawing = draw_wheel(wheel)
    for path in [month.path for month in drawing.months] + [segment.path for segment in drawing.phases]:
        assert re.fullmatch(r"[MALZ0-9 .\-]+", path)


@pytest.mark.parametrize("month", [0, 13])
def test_a_month_that_does_not_exist_is_refused(month: int) -> None:
    with pytest.raises(ValueError, match="month 1 to 12"):
        WheelYear(start_month=month, year=2027, today=date(2027, 1, 1), milestones=(), phases=())


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2028, 1, 1)])
def test_a_milestone_outside_the_year_is_refused(day: date) -> None:
    with pytest.raises(ValueError, match="outside the wheel's year"):
        year_with(day)


def test_two_milestones_with_one_number_are_refused() -> None:
    twice = (milestone(1, date(2027, 3, 1)), milestone(1, date(2027, 4, 1)))
    with pytest.raises(ValueError, match="same number"):
        WheelYear(start_month=1, year=2027, today=date(2027, 1, 1), milestones=twice, phases=())


def test_a_phase_that_ends_before_it_starts_is_refused() -> None:
    phase = Phase("S", "Kartlägga", date(2027, 3, 1), date(2027, 2, 1))
    with pytest.raises(ValueError, match="before it starts"):
        WheelYear(start_month=1, year=2027, today=date(2027, 1, 1), milestones=(), phases=(phase,))


def test_more_markers_than_a_circle_holds_cannot_be_spread() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        spread([0.0] * 40, 12.0)
