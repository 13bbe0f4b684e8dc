"""Kalender: what starts when and why, the clocks of the law, and what a municipality's days are reckoned by."""

from datetime import date, timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, Response

from app.db.prevention import calendars, meetings
from app.domain.backward_schedules import STOP_SUFFIX, PlannedStep
from app.domain.errors import InvalidInput
from app.domain.meeting_plans import organ_name
from app.domain.pauses import Pause
from app.domain.principals import administers, leads, require_internal
from app.domain.schedules import ProcessRule
from app.domain.swedish_dates import Sentence
from app.domain.watchdogs import Watch
from app.services import schedules
from app.services.facts import organisation
from app.services.prevention import watchdogs
from app.services.schedules import LOOK_BACK, Planned
from app.web.pages.calendar_views import (
    CalendarPage,
    Clock,
    Entry,
    MeetingRow,
    MeetingTable,
    RuleRow,
    StartRow,
    Step,
)
from app.web.pages.calendar_words import (
    capital,
    day_in_words,
    day_of,
    pause_in_words,
    process_names,
    rule_in_words,
    said,
    undecided,
)
from app.web.pages.places import internal_place, place_filter
from app.web.pages.visits import Posted, Visit, Visiting, require_csrf, see_other, text_of
from app.web.swedish import joined
from app.web.views import FieldError, LinkText, Tag, Tone

router = APIRouter(include_in_schema=False)

FIRST_YEAR, LAST_YEAR = 2020, 2100
AHEAD = timedelta(days=548)
"""How far ahead what starts is told: eighteen months."""

_STATUS: dict[str, tuple[str, Tone]] = {
    "planned": ("Planerad", "neutral"),
    "started": ("Startad", "success"),
    "skipped": ("Struken", "neutral"),
    "missed": ("Startade aldrig", "danger"),
}
_CLOCKS: dict[str, tuple[str, Tone]] = {
    "on_time": ("I tid", "success"),
    "alarm": ("Dags snart", "warning"),
    "overdue": ("För sent", "danger"),
    "never": ("Aldrig gjort", "danger"),
}
_DUTIES = {
    "situation_picture": "Lägesbilden (6 §)",
    "follow_up": "Uppföljningen av åtgärdsplanen (6 §)",
    "reporting": "Rapporten till kommunfullmäktige (13 §)",
}
# What an administrator may change, and the page where it is done.
CHANGES = (
    "nytt-sammantrade", "flytta-sammantrade", "stall-in-sammantrade", "ny-ledig-dag", "ta-bort-ledig-dag", "ny-paus",
    "ta-bort-paus", "regel", "sammantradesplan", "borja-med-process", "sluta-med-process",
)  # fmt: skip


@router.get("/kalender")
def show(
    visit: Visiting,
    kommun: Annotated[str | None, Query(max_length=40)] = None,
    ar: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)] = None,
) -> HTMLResponse:
    """The municipality's calendar; `ar` is the year that is counted backwards, that of its last step."""
    return _page(visit, internal_place(visit, kommun), ar)


@router.post("/kalender/starta")
def start(visit: Visiting, items: Posted) -> Response:
    """Start an occurrence by hand."""
    require_csrf(visit, items)
    place = internal_place(visit, text_of(items, "kommun"))
    instance = schedules.start_early(visit.uow, place, text_of(items, "process"), text_of(items, "period"))
    return see_other(f"/arenden/{instance.id}")


@router.post("/kalender/stryk")
def strike(visit: Visiting, items: Posted) -> Response:
    """Let an occurrence not start, with a reason."""
    require_csrf(visit, items)
    place = internal_place(visit, text_of(items, "kommun"))
    process, period, reason = (text_of(items, name) for name in ("process", "period", "skal"))
    try:
        with visit.uow.attempt():
            schedules.skip(visit.uow, place, process, period, reason)
    except InvalidInput as refusal:
        words = refusal.en if visit.language == "en" else refusal.sv
        return _page(visit, place, None, (_row_id(process, period), words, reason))
    return see_other(f"/kalender?kommun={place}#{_row_id(process, period)}")


def change_url(place: str, change: str, **chosen: object) -> str:
    """The page where a change is made, with what is already chosen."""
    given = "".join(f"&{name}={quote(str(value))}" for name, value in chosen.items())
    return f"/kalender/andra/{change}?kommun={place}{given}"


def _page(visit: Visit, place: str, year: int | None, fault: tuple[str, str, str] | None = None) -> HTMLResponse:
    """`fault` is a row's id, what is wrong with the reason that was typed there, and the reason."""
    uow = visit.uow
    found = organisation(uow, place)
    names = process_names(visit, place)
    rules = {entry.rule.key: entry.rule for entry in schedules.adopted(uow, found)}
    may_change = administers(visit.principal, place)
    wanted, steps = _year(visit, place, year)
    page = CalendarPage(
        title=visit.words("Kalender, %(name)s") % {"name": visit.municipality_name(place)},
        lead=visit.words("Vad som startar när och varför, lagens klockor, och det som dagarna räknas efter."),
        place=place,
        starts=_starts(visit, place, rules, names, fault),
        clocks=tuple(_clock(visit, watch) for watch in watchdogs.watchdogs(uow, place)),
        steps=tuple(_step(visit, step, names) for step in steps),
        steps_title=visit.words("Året räknat baklänges, till %(year)s") % {"year": wanted},
        years=_years(visit, place, wanted),
        meetings=_meetings(visit, place, may_change=may_change),
        days_off=_days_off(visit, place, may_change=may_change),
        pauses=_pauses(visit, place, names, may_change=may_change),
        rules=tuple(_rule(visit, place, rule, names, may_change=may_change) for rule in rules.values()),
        gaps=_gaps(visit, place, names),
        filter=place_filter(visit, place),
        leads=leads(visit.principal, place),
        change_urls={change: change_url(place, change) for change in CHANGES} if may_change else {},
        errors=(FieldError(f"skal-{fault[0]}", fault[1]),) if fault else (),
    )
    return visit.page("pages/calendar.html", page, current="calendar", status=422 if fault else 200)


def _starts(
    visit: Visit,
    place: str,
    rules: dict[str, ProcessRule],
    names: dict[str, str],
    fault: tuple[str, str, str] | None,
) -> tuple[StartRow, ...]:
    require_internal(visit.principal, place)
    today = visit.uow.today
    planned = schedules.planned(visit.uow, place, today - LOOK_BACK, today + AHEAD)
    may = leads(visit.principal, place)
    return tuple(_start(visit, one, rules[one.occurrence.key], names, may, fault) for one in planned)


def _start(
    visit: Visit,
    one: Planned,
    rule: ProcessRule,
    names: dict[str, str],
    may: bool,  # noqa: FBT001  whether the reader leads the work
    fault: tuple[str, str, str] | None,
) -> StartRow:
    occurrence = one.occurrence
    words, tone = _STATUS[one.status]
    row_id = _row_id(occurrence.key, occurrence.period)
    _, error, reason = fault if fault and fault[0] == row_id else ("", "", "")
    return StartRow(
        id=row_id,
        key=occurrence.key,
        period=occurrence.period,
        name=joined(" ", [names.get(occurrence.key, occurrence.key), occurrence.period]),
        starts=day_of(visit, occurrence.start_on, capital(rule_in_words(visit, rule.start))),
        towards=day_of(visit, occurrence.anchor_on, capital(rule_in_words(visit, rule.anchor))),
        status=Tag(visit.words(words), tone),
        note=one.note or "",
        case_url=f"/arenden/{one.instance_id}" if one.instance_id else "",
        may_start=may and one.status != "started",
        may_skip=may and one.status in {"planned", "missed"},
        error=error,
        reason=reason,
    )


def _row_id(process: str, period: str) -> str:
    return f"start-{process}-{period}"


def _clock(visit: Visit, watch: Watch) -> Clock:
    words, tone = _CLOCKS[watch.state]
    text = watch.en if visit.language == "en" else watch.sv
    return Clock(visit.words(_DUTIES[watch.duty]), Tag(visit.words(words), tone), text)


def _year(visit: Visit, place: str, year: int | None) -> tuple[int, list[PlannedStep]]:
    """The year asked for, or the one whose last step is next, and its steps."""
    if year is not None:
        return year, watchdogs.backwards(visit.uow, place, year)
    this = visit.uow.today.year
    steps = watchdogs.backwards(visit.uow, place, this)
    last_on = steps[-1].on if steps else None
    if steps and (last_on is None or last_on < visit.uow.today):
        return this + 1, watchdogs.backwards(visit.uow, place, this + 1)
    return this, steps


def _years(visit: Visit, place: str, year: int) -> tuple[LinkText, ...]:
    around = ((year - 1, visit.words("Året före: %(years)s")), (year + 1, visit.words("Året efter: %(years)s")))
    return tuple(
        LinkText(words % {"years": other}, f"/kalender?kommun={place}&ar={other}#baklanges")
        for other, words in around
        if FIRST_YEAR <= other <= LAST_YEAR
    )


def _step(visit: Visit, step: PlannedStep, names: dict[str, str]) -> Step:
    key = step.key.removesuffix(STOP_SUFFIX)
    name = names.get(key, key)
    if step.key.endswith(STOP_SUFFIX):
        name = joined(": ", [visit.words("Manusstopp"), name])
    there = visit.words("%(n)s, behöver %(needed)s") % {"n": step.workdays, "needed": step.workdays_needed}
    fits = Tag(visit.words("Hinns"), "success")
    if step.warnings:
        fits = Tag(visit.words("För kort tid"), "warning")
    if step.on is None:
        fits = Tag(visit.words("Ingen dag"), "danger")
    return Step(
        name=name,
        on=day_of(visit, step.on, capital(said(visit, step.reason))) if step.on else None,
        latest=day_of(visit, step.latest_on) if step.latest_on else None,
        workdays=there if step.workdays is not None else "",
        status=fits,
        warnings=tuple(said(visit, warning) for warning in step.warnings),
    )


def _meetings(visit: Visit, place: str, *, may_change: bool) -> tuple[MeetingTable, ...]:
    """The plan of this year and those to come, by year and organ."""
    tables: dict[tuple[int, str], list[MeetingRow]] = {}
    for meeting in meetings.planned(visit.uow.session, place):
        if meeting.on.year < visit.uow.today.year:
            continue
        chosen = f"{meeting.organ} {meeting.on.isoformat()}"
        may = may_change and meeting.on >= visit.uow.today
        tables.setdefault((meeting.on.year, meeting.organ), []).append(
            MeetingRow(
                day=day_of(visit, meeting.on),
                stop=day_of(visit, meeting.manuscript_stop_on),
                spoken=f"{said(visit, organ_name(meeting.organ))} {day_in_words(visit, meeting.on)}",
                move_url=change_url(place, "flytta-sammantrade", mote=chosen) if may else "",
                remove_url=change_url(place, "stall-in-sammantrade", mote=chosen) if may else "",
            )
        )
    return tuple(
        MeetingTable(f"moten-{number}", f"{capital(said(visit, organ_name(organ)))} {year}", tuple(rows))
        for number, ((year, organ), rows) in enumerate(sorted(tables.items()), start=1)
    )


def _days_off(visit: Visit, place: str, *, may_change: bool) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            f"{capital(day_in_words(visit, row.on))}: {row.name}",
            change_url(place, "ta-bort-ledig-dag", dag=row.on) if may_change else "",
        )
        for row in calendars.days_off(visit.uow.session, place)
    )


def _pauses(visit: Visit, place: str, names: dict[str, str], *, may_change: bool) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            pause_in_words(visit, Pause(row.name, row.first_on, row.last_on, row.process, row.yearly), names),
            change_url(place, "ta-bort-paus", paus=row.id) if may_change else "",
        )
        for row in calendars.pauses(visit.uow.session, place)
    )


def _rule(visit: Visit, place: str, rule: ProcessRule, names: dict[str, str], *, may_change: bool) -> RuleRow:
    return RuleRow(
        name=names.get(rule.key, rule.key),
        start=capital(rule_in_words(visit, rule.start)),
        start_text=rule.start.text,
        anchor=capital(rule_in_words(visit, rule.anchor)),
        anchor_text=rule.anchor.text,
        change_url=change_url(place, "regel", process=rule.key) if may_change else "",
    )


def _gaps(visit: Visit, place: str, names: dict[str, str]) -> tuple[str, ...]:
    """What lies ahead without a day, this year and the next: a meeting that is missing is told once, with the mend."""
    today = visit.uow.today
    missing = watchdogs.meeting_gaps(visit.uow, place, [today.year, today.year + 1])
    ahead = [gap for gap in missing if date(gap.year, gap.month, 1) >= today.replace(day=1)]
    told = [said(visit, Sentence(gap.sv, gap.en)) for gap in ahead]
    for gap in undecided(visit, place, schedules.gaps(visit.uow, place, [today.year + 1])):
        process = joined(" ", [names.get(gap.key, gap.key), gap.period or str(gap.year)])
        told.append(joined(": ", [process, said(visit, Sentence(gap.reason_sv, gap.reason_en))]))
    return tuple(told)
