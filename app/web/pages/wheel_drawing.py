"""The geometry of the årshjul: one year as a ring of months, phases and milestones.

Pure functions from a `WheelYear` to a `WheelDrawing`, which `templates/pages/wheel.svg.html` writes out as SVG. The
drawing is a picture of the table beside it, never the only place where something is said.

Units are those of the SVG's viewBox, with the origin in the middle of the wheel and y downwards. Angles are degrees
clockwise from twelve o'clock. Every month takes 30 degrees whatever its length, as on the wheels that municipalities
draw by hand; within a month a day takes its share. Dates are calendar days in Europe/Stockholm.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

Status = Literal["done", "late", "active", "coming"]
Sara = Literal["S", "A", "R", "As"]
Method = Literal["sara", "pdca"]

MARKER_RADIUS: Final = 18.0
"""The numbered circle or square of a milestone."""
MARKER_REACH: Final = 25.0
"""How far a marker with its badge and its focus ring may stretch from its middle."""
MONTH_RING: Final = (166.0, 202.0)
SARA_RING_ALONE: Final = (114.0, 162.0)
SARA_RING: Final = (128.0, 162.0)
PDCA_RING: Final = (94.0, 124.0)

_FIRST_ORBIT: Final = 236.0
_ORBIT_STEP: Final = 2 * MARKER_REACH + 1
_LONGEST_SHIFT: Final = 10.0
_MOST_ORBITS_FOR_LOOKS: Final = 3
_MONTHS: Final = 12
_TURN: Final = 360.0
_HALF_TURN: Final = 180.0
_MONTH_DEGREES: Final = _TURN / _MONTHS
_LETTER_SIZE: Final[dict[Method, float]] = {"sara": 19.0, "pdca": 17.0}
_NEEDLE_CLEARANCE: Final = 5.0
# Three letters each, because March stands where the ring is only as wide as its name.
_SHORT_MONTHS: Final = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")

# Advance widths of Inter at weight 600, in thousandths of the letter size: letters set one by one along an arc need
# them, because SVG's own textPath is missing in several readers of the same drawing (PDF among them).
_LETTER_WIDTHS: Final = dict(
    zip("abcdefghijklmnopqrstuvwxyzåäöéü ", (
        570, 620, 580, 620, 590, 390, 630, 610, 260, 260, 570, 260, 900, 610, 610, 620, 620, 400, 550, 350, 610, 590,
        840, 570, 590, 570, 570, 570, 610, 590, 610, 250,
    ), strict=True)
)  # fmt: skip
_CAPITAL_WIDTH: Final = 690


@dataclass(frozen=True, slots=True)
class Milestone:
    """A dated point of the year (hållpunkt). `url` leads to its task or instance, empty when there is none."""

    number: int
    on: date
    title: str
    role: str
    status: Status
    url: str
    sara: Sara | None


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the year that one phase of SARA or PDCA takes; both days are included."""

    key: str
    title: str
    starts_on: date
    ends_on: date
    method: Method = "sara"


@dataclass(frozen=True, slots=True)
class WheelYear:
    """Twelve months from the first of `start_month` in `year`. `month_names` begins with January.

    Raises `ValueError` for a month that does not exist, a milestone outside the twelve months, two milestones with one
    number, or a phase that ends before it starts: each would be drawn as something it is not.
    """

    start_month: int
    year: int
    today: date
    milestones: tuple[Milestone, ...]
    phases: tuple[Phase, ...]
    month_names: tuple[str, ...] = _SHORT_MONTHS

    def __post_init__(self) -> None:
        if not 1 <= self.start_month <= _MONTHS:
            raise ValueError(f"A wheel starts in month 1 to 12, not {self.start_month}")
        for milestone in self.milestones:
            if not self.starts_on <= milestone.on < self.ends_before:
                raise ValueError(f"Milestone {milestone.number} on {milestone.on} lies outside the wheel's year")
        if len({milestone.number for milestone in self.milestones}) != len(self.milestones):
            raise ValueError("Two milestones of a wheel have the same number")
        for phase in self.phases:
            if phase.ends_on < phase.starts_on:
                raise ValueError(f"Phase {phase.title} ends on {phase.ends_on}, before it starts")

    @property
    def starts_on(self) -> date:
        """The first day of the wheel."""
        return date(self.year, self.start_month, 1)

    @property
    def ends_before(self) -> date:
        """The first day after the wheel."""
        return date(self.year + 1, self.start_month, 1)


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the drawing."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class MonthSegment:
    """A month's piece of the outer ring; `path` is SVG path data, `label` the middle of its name."""

    name: str
    path: str
    label: Point
    is_current: bool


@dataclass(frozen=True, slots=True)
class ArcText:
    """A word along an arc: one x, y and turn for each letter, as SVG's `<text x= y= rotate=>` takes them."""

    text: str
    size: float
    xs: str
    ys: str
    turns: str


@dataclass(frozen=True, slots=True)
class PhaseSegment:
    """A phase's piece of an inner ring; `label` is None where the word does not fit."""

    key: str
    method: Method
    title: str
    path: str
    label: ArcText | None


@dataclass(frozen=True, slots=True)
class Marker:
    """A milestone's place outside the ring; `leader` is the line from the milestone's day, as SVG points."""

    milestone: Milestone
    at: Point
    leader: str


@dataclass(frozen=True, slots=True)
class Needle:
    """Today: a line across the phases, from `hub` to `tip`, and the arrow head that ends it (SVG points)."""

    hub: Point
    tip: Point
    head: str


@dataclass(frozen=True, slots=True)
class WheelDrawing:
    """All that is drawn, and the corners of the box that holds it."""

    upper_left: Point
    lower_right: Point
    months: tuple[MonthSegment, ...]
    phases: tuple[PhaseSegment, ...]
    markers: tuple[Marker, ...]
    needle: Needle | None

    @property
    def view_box(self) -> str:
        """The SVG attribute."""
        width, height = self.lower_right.x - self.upper_left.x, self.lower_right.y - self.upper_left.y
        return f"{self.upper_left.x:g} {self.upper_left.y:g} {width:g} {height:g}"


def draw_wheel(wheel: WheelYear) -> WheelDrawing:
    """Lay out a year. Equal input gives an equal drawing; markers never overlap, however many fall on one day."""
    markers = _place_markers(wheel)
    has_pdca = any(phase.method == "pdca" for phase in wheel.phases)
    across, down = [marker.at.x for marker in markers], [marker.at.y for marker in markers]
    rim = MONTH_RING[1] + 1
    return WheelDrawing(
        upper_left=Point(
            x=math.floor(min([-rim, *(x - MARKER_REACH for x in across)])),
            y=math.floor(min([-rim, *(y - MARKER_REACH for y in down)])),
        ),
        lower_right=Point(
            x=math.ceil(max([rim, *(x + MARKER_REACH for x in across)])),
            y=math.ceil(max([rim, *(y + MARKER_REACH for y in down)])),
        ),
        months=_months(wheel),
        phases=tuple(
            segment
            for phase in wheel.phases
            if (segment := _phase_segment(wheel, phase, has_pdca=has_pdca)) is not None
        ),
        markers=markers,
        needle=_needle(wheel, PDCA_RING if has_pdca else SARA_RING_ALONE),
    )


def angle_of(wheel: WheelYear, on: date, share_of_day: float = 0.5) -> float:
    """Degrees clockwise from the wheel's first day; `share_of_day` 0 is the morning, 0.5 noon."""
    months = (on.year - wheel.year) * _MONTHS + on.month - wheel.start_month
    days = calendar.monthrange(on.year, on.month)[1]
    return (months + (on.day - 1 + share_of_day) / days) * _MONTH_DEGREES


def spread(angles: Sequence[float], gap: float) -> list[float]:
    """Move angles, in ascending order, as little as needed so that all are `gap` degrees apart round the circle.

    The circle is cut where it is emptiest; then it is the least-squares problem of keeping an order (isotonic
    regression, pool adjacent violators). Raises `ValueError` when so many gaps do not fit in 360 degrees.
    """
    count = len(angles)
    slack = _TURN - count * gap
    if slack < 0:
        raise ValueError(f"{count} markers of {gap:.1f} degrees do not fit on one orbit")
    if count == 0:
        return []
    cut = max(range(count), key=lambda index: (angles[index] - angles[index - 1]) % _TURN)
    unrolled = [angles[(cut + index) % count] + (_TURN if cut + index >= count else 0) for index in range(count)]
    kept = _nondecreasing([angle - index * gap for index, angle in enumerate(unrolled)])
    # The last must also keep clear of the first, across the cut: all fit in a window as wide as the slack.
    fits = kept[-1] - kept[0] <= slack
    lowest = kept[0] if fits else sum(kept) / count - slack / 2
    moved = [min(max(value, lowest), lowest + slack) + index * gap for index, value in enumerate(kept)]
    return [moved[(index - cut) % count] - (_TURN if index < cut else 0) for index in range(count)]


def _nondecreasing(values: Sequence[float]) -> list[float]:
    """Give the nondecreasing sequence nearest to `values` by least squares."""
    pools: list[tuple[float, int]] = []
    for value in values:
        total, size = value, 1
        while pools and pools[-1][0] / pools[-1][1] > total / size:
            earlier, more = pools.pop()
            total, size = total + earlier, size + more
        pools.append((total, size))
    return [total / size for total, size in pools for _ in range(size)]


def _place_markers(wheel: WheelYear) -> tuple[Marker, ...]:
    """Place the milestones on as few orbits as let each stand near its day."""
    milestones = sorted(wheel.milestones, key=lambda milestone: (milestone.on, milestone.number))
    days = [angle_of(wheel, milestone.on) for milestone in milestones]
    orbits = 1
    while (places := _angles_on_orbits(days, orbits)) is None:
        orbits += 1
    return tuple(
        _marker(milestone, day, place, _orbit_radius(index % orbits))
        for index, (milestone, day, place) in enumerate(zip(milestones, days, places, strict=True))
    )


def _angles_on_orbits(days: Sequence[float], orbits: int) -> list[float] | None:
    """Give each day's place when every `orbits`-th shares an orbit; None when another orbit would look better."""
    places = [0.0] * len(days)
    for orbit in range(orbits):
        own = days[orbit::orbits]
        gap = 2 * math.degrees(math.asin((MARKER_REACH + 0.5) / _orbit_radius(orbit)))
        if len(own) * gap > _TURN:
            return None
        places[orbit::orbits] = spread(own, gap)
    shift = max((abs(place - day) for place, day in zip(places, days, strict=True)), default=0.0)
    return None if shift > _LONGEST_SHIFT and orbits < _MOST_ORBITS_FOR_LOOKS else places


def _orbit_radius(orbit: int) -> float:
    return _FIRST_ORBIT + orbit * _ORBIT_STEP


def _marker(milestone: Milestone, day: float, place: float, radius: float) -> Marker:
    rim, knee, middle = _polar(MONTH_RING[1], day), _polar(MONTH_RING[1] + 7, day), _polar(radius, place)
    leader = " ".join(f"{point.x:g},{point.y:g}" for point in (rim, knee, middle))
    return Marker(milestone=milestone, at=middle, leader=leader)


def _months(wheel: WheelYear) -> tuple[MonthSegment, ...]:
    segments = []
    for index in range(_MONTHS):
        month = (wheel.start_month - 1 + index) % _MONTHS
        year = wheel.year + (wheel.start_month - 1 + index) // _MONTHS
        start = index * _MONTH_DEGREES
        segments.append(
            MonthSegment(
                name=wheel.month_names[month],
                path=_ring_piece(MONTH_RING, start, start + _MONTH_DEGREES),
                label=_polar(sum(MONTH_RING) / 2, start + _MONTH_DEGREES / 2),
                is_current=(wheel.today.year, wheel.today.month) == (year, month + 1),
            )
        )
    return tuple(segments)


def _phase_segment(wheel: WheelYear, phase: Phase, *, has_pdca: bool) -> PhaseSegment | None:
    """Give the part of a phase that lies on this wheel; None when no day of it does."""
    first = max(phase.starts_on, wheel.starts_on)
    last = min(phase.ends_on, wheel.ends_before - timedelta(days=1))
    if first > last:
        return None
    start, end = angle_of(wheel, first, 0), angle_of(wheel, last, 1)
    ring = PDCA_RING if phase.method == "pdca" else SARA_RING if has_pdca else SARA_RING_ALONE
    return PhaseSegment(
        key=phase.key,
        method=phase.method,
        title=phase.title,
        path=_ring_piece(ring, start, end),
        label=_arc_text(phase.title, _LETTER_SIZE[phase.method], sum(ring) / 2, _free_part(wheel, start, end)),
    )


def _free_part(wheel: WheelYear, start: float, end: float) -> tuple[float, float]:
    """Give the longer part of a piece that today's needle leaves for a word."""
    if not wheel.starts_on <= wheel.today < wheel.ends_before:
        return start, end
    today = angle_of(wheel, wheel.today)
    before = (start, min(end, today - _NEEDLE_CLEARANCE))
    after = (max(start, today + _NEEDLE_CLEARANCE), end)
    return max(before, after, key=lambda part: part[1] - part[0])


def _needle(wheel: WheelYear, inmost_ring: tuple[float, float]) -> Needle | None:
    if not wheel.starts_on <= wheel.today < wheel.ends_before:
        return None
    today = angle_of(wheel, wheel.today)
    tip = MONTH_RING[0]
    head = (_polar(tip + 1, today), _polar(tip - 15, today - 3.2), _polar(tip - 15, today + 3.2))
    return Needle(
        hub=_polar(inmost_ring[0] - 8, today),
        tip=_polar(tip - 12, today),
        head=" ".join(f"{point.x:g},{point.y:g}" for point in head),
    )


def _arc_text(text: str, size: float, radius: float, part: tuple[float, float]) -> ArcText | None:
    """Set a word letter by letter in the middle of a part of a ring, upright as seen by the reader."""
    widths = [_LETTER_WIDTHS.get(letter, _CAPITAL_WIDTH) * size / 1000 for letter in text]
    start, end = part
    if math.degrees(sum(widths) / radius) > end - start - 3:
        return None
    middle = (start + end) / 2
    is_below = math.cos(math.radians(middle)) < 0
    # The baseline lies where the middle of a small letter meets the middle of the ring.
    baseline = radius + 0.36 * size if is_below else radius - 0.36 * size
    direction = -1 if is_below else 1
    along = -sum(widths) / 2
    points, turns = [], []
    for width in widths:
        # A letter is turned about its left edge, by the angle that its middle has.
        left = middle + direction * math.degrees(along / radius)
        centre = middle + direction * math.degrees((along + width / 2) / radius)
        points.append(_polar(baseline, left))
        turns.append(centre + (_HALF_TURN if is_below else 0))
        along += width
    return ArcText(
        text=text,
        size=size,
        xs=" ".join(f"{point.x:g}" for point in points),
        ys=" ".join(f"{point.y:g}" for point in points),
        turns=" ".join(f"{turn % _TURN:.1f}" for turn in turns),
    )


def _ring_piece(ring: tuple[float, float], start: float, end: float) -> str:
    """SVG path data of the part of a ring between two angles; a whole turn is drawn as two halves."""
    if end - start > _TURN - 0.01:
        half = start + _HALF_TURN
        return f"{_ring_piece(ring, start, half)} {_ring_piece(ring, half, half + _HALF_TURN)}"
    inner, outer = ring
    large = int(end - start > _HALF_TURN)
    a, b, c, d = _polar(outer, start), _polar(outer, end), _polar(inner, end), _polar(inner, start)
    return (
        f"M{a.x:g} {a.y:g}A{outer:g} {outer:g} 0 {large} 1 {b.x:g} {b.y:g}"
        f"L{c.x:g} {c.y:g}A{inner:g} {inner:g} 0 {large} 0 {d.x:g} {d.y:g}Z"
    )


def _polar(radius: float, degrees: float) -> Point:
    turn = math.radians(degrees)
    return Point(x=round(radius * math.sin(turn), 2), y=round(-radius * math.cos(turn), 2))
