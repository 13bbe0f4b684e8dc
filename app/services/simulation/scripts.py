"""How the scripted role holders behave: who stays silent, who answers otherwise, and on which day people answer.

A step is named `process.element`.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.domain.clock import STOCKHOLM, local_date
from app.domain.meeting_plans import MeetingPlan
from app.domain.workdays import WorkdayCalendar

ANSWER_HOUR = 10
LAST_HOUR = 16


@dataclass(frozen=True)
class Script:
    """What differs from everybody answering everything well.

    `silent` are (step, name of the department or actor) that never answer. `answers` are, by step, what differs in
    the first, second ... answer to it; a field set to None is left empty. `early` is how many working days before the
    due date a step is answered, and `meetings` the organ whose meeting it waits for.
    """

    silent: frozenset[tuple[str, str]] = frozenset()
    answers: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    early: Mapping[str, int] = field(default_factory=dict)
    meetings: Mapping[str, str] = field(default_factory=dict)


EARLY = {
    # The meeting is documented, and the decision recorded, on the day itself.
    "strategiskt_rad.mote": 0,
    "atgardsplan.beslut": 0,
    # The head of the department has the same last day as whoever writes the report.
    "forvaltningsrapport.rapport": 5,
    "forvaltningsrapport.godkann": 2,
    "politisk_rapport.skriv": 5,
    "politisk_rapport.godkann": 2,
    # Four steps share the time box of a cause analysis.
    "orsaksanalys.problemformulera": 3,
    "orsaksanalys.orsaker": 2,
    "orsaksanalys.vikta": 3,
    "orsaksanalys.mal": 3,
    # In time for the drafting committee, two weeks before the board.
    "atgardsplan.kvalitetsgrind": 1,
    # Recorded when the council has just met.
    "politisk_rapport.utfall": 7,
}
MEETINGS = {"atgardsplan.beredning": "KSAU", "politisk_rapport.ks_behandlar": "KS"}

# One department never reports and one actor never answers: the year goes on without them, and says so.
YEAR = Script(
    silent=frozenset(
        {
            ("forvaltningsrapport.rapport", "Folkhälsoteamet"),
            ("aktorsinhamtning.lamna_lagesbild", "Svenska kyrkan"),
            ("strategiskt_rad.ataganden", "Svenska kyrkan"),
        }
    ),
    early=EARLY,
    meetings=MEETINGS,
)


@dataclass(frozen=True)
class Window:
    """When a task can be answered: from its opening (an instant) through its due date, by the municipality's days."""

    opened_at: datetime
    due_on: date
    calendar: WorkdayCalendar
    plan: MeetingPlan


def answer_at(script: Script, step: str, whose: str, window: Window) -> datetime:
    """When the task is answered: ten o'clock on a working day some days before it is due, never before it opened.

    The same step for the same department or actor always takes the same time.
    """
    calendar, opened_on = window.calendar, local_date(window.opened_at)
    early = script.early.get(step, 1 + zlib.crc32(f"{step}/{whose}".encode()) % 4)
    on = calendar.add_workdays(window.due_on, -early)
    if step in script.meetings:
        on = _last_meeting(window.plan, script.meetings[step], opened_on, window.due_on) or window.due_on
    on = max(on, calendar.next_workday(opened_on))
    at = _local(on, ANSWER_HOUR)
    return at if at > window.opened_at else _soon_after(window)


def _last_meeting(plan: MeetingPlan, organ: str, from_on: date, to_on: date) -> date | None:
    """The organ's last meeting within the days."""
    return max((m.on for m in plan.meetings if m.organ == organ and from_on <= m.on <= to_on), default=None)


def _soon_after(window: Window) -> datetime:
    """It opened after ten on the day it should be answered: an hour later, or the next working day if that is late."""
    at = window.opened_at + timedelta(hours=1)
    if at.astimezone(STOCKHOLM).hour < LAST_HOUR:
        return at
    next_on = window.calendar.add_workdays(local_date(window.opened_at), 1)
    return _local(next_on, ANSWER_HOUR) if next_on <= window.due_on else at


def _local(on: date, hour: int) -> datetime:
    return datetime.combine(on, time(hour), STOCKHOLM).astimezone(UTC)
