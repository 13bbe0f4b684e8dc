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
class ByHand:
    """A process that somebody starts by hand each year: `day` is the month and day, `role` who; `group` a body."""

    process: str
    day: tuple[int, int]
    role: str
    group: str | None = None


@dataclass(frozen=True)
class Script:
    """What differs from everybody answering everything well.

    `silent` are (step, name of the department or actor) that never answer, or (step, name, year) that one year. `late`
    are the same, answered that many working days after the due date. `answers` are, by step or by `step@year`, what
    differs in the first, second ... answer to it in an instance; a field set to None is left empty. `early` is how many
    working days before the due date a step is answered, and `meetings` the organ whose meeting it waits for. `starts`
    are the processes that have no rule. Unless it `varies`, everybody writes the same every time.
    """

    silent: frozenset[tuple[str, str] | tuple[str, str, int]] = frozenset()
    late: Mapping[tuple[str, str] | tuple[str, str, int], int] = field(default_factory=dict)
    answers: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    early: Mapping[str, int] = field(default_factory=dict)
    meetings: Mapping[str, str] = field(default_factory=dict)
    starts: tuple[ByHand, ...] = ()
    varies: bool = True

    def is_silent(self, step: str, whose: str, year: int) -> bool:
        """True when nobody answers."""
        return (step, whose) in self.silent or (step, whose, year) in self.silent

    def lateness(self, step: str, whose: str, year: int) -> int:
        """How many working days too late it is answered; 0 when in time."""
        return self.late.get((step, whose, year), self.late.get((step, whose), 0))

    def changes(self, step: str, year: int, turn: int) -> Mapping[str, Any]:
        """What differs in this answer, the first being turn 0."""
        scripted = self.answers.get(f"{step}@{year}", self.answers.get(step, ()))
        return scripted[turn] if turn < len(scripted) else {}


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

_REPORTS = tuple(ByHand("inrapportering", day, "reporter") for day in ((9, 14), (11, 5), (2, 3), (5, 11)))

# The first year one department does not report and one actor does not answer: the year goes on without them, and says
# so. The second year they do, the board sends the plan back once, and a head of department is late.
ASKERSUND = Script(
    silent=frozenset(
        {
            ("forvaltningsrapport.rapport", "Folkhälsoteamet", 2026),
            ("aktorsinhamtning.lamna_lagesbild", "Svenska kyrkan", 2026),
            ("strategiskt_rad.ataganden", "Svenska kyrkan", 2026),
            ("lagesrapport.lamna_lage", "Folkhälsoteamet", 2027),
        }
    ),
    late={("lagesrapport.polisens_siffror", "", 2028): 2, ("forvaltningsrapport.godkann", "Folkhälsoteamet", 2027): 1},
    answers={
        "forvaltningsrapport.granska@2027": [{"komplett": False, "begar_komplettering": "Ange åtgärdernas ägare."}],
        "atgardsplan.beslut@2028": [{"beslut": "återremiss", "paragraf": "§ 31"}],
    },
    early=EARLY,
    meetings=MEETINGS,
    starts=(*_REPORTS, ByHand("gruppmote", (10, 7), "security_manager", "BOB"),
            ByHand("gruppmote", (4, 14), "security_manager", "BOB")),
)  # fmt: skip

# The guards' company is silent the first period, and the board wants to know more before it decides on the first plan.
NASSJO = Script(
    silent=frozenset({("aktorsinhamtning.lamna_lagesbild", "Vaktbolag", 2026)}),
    late={("lagesrapport.lamna_lage", "Tekniska förvaltningen", 2027): 1},
    answers={"atgardsplan.beslut@2027": [{"beslut": "återremiss", "paragraf": "§ 58"}]},
    early=EARLY,
    meetings=MEETINGS,
    starts=(*_REPORTS, ByHand("samverkansoverenskommelse", (10, 5), "security_manager")),
)

# The working group's plan is older than the law: the first council finds little to follow up.
SAVSJO = Script(
    silent=frozenset({("aktorsinhamtning.lamna_lagesbild", "Räddningstjänsten", 2026)}),
    answers={"atgardsplan.beslut@2027": [{"beslut": "ändrad", "paragraf": "§ 33"}]},
    early=EARLY,
    meetings=MEETINGS,
    starts=_REPORTS,
)

KOMMUN_002 = Script(
    silent=frozenset({("est_cykel.lamna_underlag", "Näringslivets representant", 2026)}),
    early=EARLY,
    meetings=MEETINGS,
    starts=(
        *_REPORTS,
        ByHand("medborgardialog", (9, 7), "crime_prevention_coordinator"),
        ByHand("samverkansoverenskommelse", (10, 5), "security_manager"),
        ByHand("gruppmote", (10, 12), "project_manager", "Ombudsgruppen En kommun fri från våld"),
        ByHand("gruppmote", (3, 15), "project_manager", "Ombudsgruppen En kommun fri från våld"),
    ),
)

SCRIPTS = {"askersund": ASKERSUND, "nassjo": NASSJO, "savsjo": SAVSJO, "kommun_002": KOMMUN_002}


def script_of(municipality: str) -> Script:
    """The municipality's own script; one where everybody answers, for one that has none."""
    return SCRIPTS.get(municipality, Script(early=EARLY, meetings=MEETINGS))


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
    if late := script.lateness(step, whose, opened_on.year):
        return _local(calendar.add_workdays(window.due_on, late), ANSWER_HOUR)
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
