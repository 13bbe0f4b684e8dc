"""Årshjulet: the year of a municipality, as a ring and as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from app.db.prevention import municipalities
from app.db.process import process_instances, user_tasks
from app.db.process.deployments import ProcessDefinition
from app.db.process.process_instances import ProcessInstance
from app.domain import schedules as schedule
from app.domain.calendar_rules import CalendarRule
from app.domain.roles import role_name
from app.domain.swedish_dates import long_date, month_name, short_date
from app.domain.workdays import iso_week
from app.services import schedules
from app.services.facts import organisation
from app.services.process.advancing import loaded
from app.web.pages.places import internal_place, place_filter
from app.web.pages.visits import Visit, Visiting
from app.web.pages.wheel_drawing import Milestone, Phase, Sara, Status, WheelYear, draw_wheel
from app.web.pages.wheel_views import MilestoneRow, PhaseRow, WheelPage
from app.web.pages.wording import stamp_of_day
from app.web.swedish import Swedish
from app.web.views import LinkText, Tag, Tone

router = APIRouter(include_in_schema=False)

FIRST_YEAR, LAST_YEAR = 2020, 2100
START_MONTH = 9
MOST = 40

_TAGS: dict[Status, tuple[str, Tone]] = {
    "done": ("Klar", "success"),
    "late": ("Försenad", "danger"),
    "active": ("Pågår", "info"),
    "coming": ("Kommande", "neutral"),
}
# The year of the plan: what a quarter of the wheel is about. Months are counted from September.
_PHASES: tuple[tuple[Sara, str, int, int], ...] = (
    ("As", "Följa upp", 9, 11),
    ("S", "Kartlägga", 12, 1),
    ("A", "Analysera", 2, 2),
    ("R", "Åtgärda", 3, 8),
)


@dataclass(frozen=True)
class _Point:
    on: date
    title: str
    role: str
    status: Status
    url: str
    sara: Sara | None


@router.get("/arshjul")
def show(
    visit: Visiting,
    kommun: Annotated[str | None, Query(max_length=40)] = None,
    ar: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)] = None,
) -> HTMLResponse:
    """The wheel from September to August; `ar` is the year of its September."""
    place = internal_place(visit, kommun)
    today = visit.uow.today
    year = ar if ar is not None else (today.year if today.month >= START_MONTH else today.year - 1)
    points = sorted(_points(visit, place, year), key=lambda p: (p.on, p.title))[:MOST]
    return visit.page("pages/wheel.html", _page(visit, place, year, points), current="wheel")


def _points(visit: Visit, place: str, year: int) -> Iterator[_Point]:
    """What is planned, running and done: the anchors of scheduled processes and the due dates of their tasks."""
    first, before = date(year, START_MONTH, 1), date(year + 1, START_MONTH, 1)
    uow = visit.uow
    found = organisation(uow, place)
    started = {(row.process_key, row.period): row for row in municipalities.occurrences(uow.session, place)}
    for entry in schedules.adopted(uow, found):
        for occurrence in schedule.occurrences([entry.rule], date(year - 1, 1, 1), before, found.calendar, found.plan):
            if not first <= occurrence.anchor_on < before:
                continue
            row = started.get((occurrence.key, occurrence.period))
            instance = (
                process_instances.get(uow.session, row.process_instance_id)
                if row is not None and row.process_instance_id is not None
                else None
            )
            if instance is None and occurrence.anchor_on < uow.today:
                # It was never started: nothing was done, and nothing is late. The calendar says so.
                continue
            yield _Point(
                occurrence.anchor_on,
                _definition_name(visit, entry.definition),
                _rule_in_words(visit, entry.rule.anchor),
                _status(visit, instance, occurrence.anchor_on),
                f"/arenden/{instance.id}" if instance else "",
                _phase_of(occurrence.anchor_on),
            )
    yield from _running(visit, place, first, before)


def _definition_name(visit: Visit, definition: ProcessDefinition) -> str:
    """What the process is called; in English where whoever deployed it said so."""
    return (definition.title_en if visit.language == "en" else None) or Swedish(definition.name)


def _rule_in_words(visit: Visit, rule: CalendarRule) -> str:
    """Why it is just that day: the municipality's own rule."""
    words = rule.in_english() if visit.language == "en" else rule.in_swedish()
    return words[:1].upper() + words[1:]


def _running(visit: Visit, place: str, first: date, before: date) -> Iterator[_Point]:
    """Open tasks of the year, one point per step and day: eight departments' reports are one thing on a wheel."""
    seen: set[tuple[object, str, date]] = set()
    today = visit.uow.today
    for task in user_tasks.in_municipalities(visit.uow.session, [place], status="open", limit=200):
        key = (task.process_instance_id, task.element_id, task.due_on)
        if key in seen or not first <= task.due_on < before:
            continue
        seen.add(key)
        instance = process_instances.get(visit.uow.session, task.process_instance_id)
        sara = None
        if instance is not None:
            sara = loaded(visit.uow, instance).program.nodes[task.element_id].attributes.get("sara")
        yield _Point(
            task.due_on,
            Swedish(task.name),
            # One point stands for every department that has the task: the role alone is true of all of them.
            role_name(task.candidate_role, visit.language),
            "late" if task.due_on < today else "active",
            f"/arenden/{task.process_instance_id}",
            sara if sara in {"S", "A", "R", "As"} else None,  # type: ignore[arg-type]  # narrowed by the test
        )


def _status(visit: Visit, instance: ProcessInstance | None, on: date) -> Status:
    if instance is None:
        return "coming"
    if instance.status in {"ended", "cancelled"}:
        return "done"
    return "late" if on < visit.uow.today else "active"


def _phase_of(on: date) -> Sara | None:
    for key, _title, first, last in _PHASES:
        inside = first <= on.month <= last if first <= last else on.month >= first or on.month <= last
        if inside:
            return key
    return None


def _phases(visit: Visit, year: int) -> tuple[Phase, ...]:
    made = []
    for key, words, first, last in _PHASES:
        starts = date(year if first >= START_MONTH else year + 1, first, 1)
        end_year = year if last >= START_MONTH else year + 1
        ends = date(end_year + (last == 12), last % 12 + 1, 1)  # noqa: PLR2004  December
        made.append(Phase(key, visit.words(words), starts, date.fromordinal(ends.toordinal() - 1)))
    return tuple(made)


def _page(visit: Visit, place: str, year: int, points: list[_Point]) -> WheelPage:
    today, phases = visit.uow.today, _phases(visit, year)
    milestones = tuple(
        Milestone(number, point.on, point.title, point.role, point.status, f"#hallpunkt-{number}", point.sara)
        for number, point in enumerate(points, start=1)
    )
    months = tuple(month_name(month, visit.language)[:3] for month in range(1, 13))
    years = {"years": f"{year}–{year + 1}", "name": visit.municipality_name(place)}
    count = {"n": len(points)}
    return WheelPage(
        title=visit.words("Årshjul %(years)s, %(name)s") % years,
        summary=_summary(visit, phases, points),
        description=visit.words("Ett årshjul. Antal hållpunkter: %(n)s. Samma sak står i tabellen.") % count,
        centre=f"{year}–{str(year + 1)[2:]}",
        today=(short_date(today, visit.language), visit.words("vecka %(week)s") % {"week": iso_week(today)}),
        drawing=draw_wheel(WheelYear(START_MONTH, year, today, milestones, phases, months)),
        milestones=tuple(_row(visit, m, p) for m, p in zip(milestones, points, strict=True)),
        phases=tuple(PhaseRow(p.key, "sara", p.title, _months(visit, p), _is_on(p, today)) for p in phases),
        previous=_year_link(place, visit.words("Året före: %(years)s"), year - 1),
        next=_year_link(place, visit.words("Året efter: %(years)s"), year + 1),
        filter=place_filter(visit, place),
    )


def _year_link(place: str, words: str, year: int) -> LinkText | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return LinkText(words % {"years": f"{year}–{year + 1}"}, f"/arshjul?kommun={place}&ar={year}")


def _summary(visit: Visit, phases: tuple[Phase, ...], points: list[_Point]) -> str:
    current = next((p.title for p in phases if _is_on(p, visit.uow.today)), "")
    late = sum(point.status == "late" for point in points)
    said = [visit.words("Fas just nu: %(phase)s.") % {"phase": current}] if current else []
    said += [visit.words("Försenade hållpunkter: %(n)s.") % {"n": late}] if late else []
    return " ".join(said)


def _is_on(phase: Phase, day: date) -> bool:
    return phase.starts_on <= day <= phase.ends_on


def _row(visit: Visit, milestone: Milestone, point: _Point) -> MilestoneRow:
    words, tone = _TAGS[point.status]
    status = visit.words(words)
    phase = next((title for key, title, _first, _last in _PHASES if key == point.sara), "")
    week = visit.words("v. %(week)s") % {"week": iso_week(point.on)}
    return MilestoneRow(
        milestone.number,
        stamp_of_day(point.on, visit.language),
        week,
        point.title,
        point.role,
        Tag(status, tone),
        f"{milestone.number}. {point.title}, {long_date(point.on, visit.language)}. {status}.",
        point.url,
        visit.words(phase) if phase else "",
    )


def _months(visit: Visit, phase: Phase) -> str:
    first, last = month_name(phase.starts_on.month, visit.language), month_name(phase.ends_on.month, visit.language)
    return first if first == last else f"{first}–{last}"
