"""The year counted backwards: the report to the council in April needs the board's decision in March, which needs ...

A step has a day of its own (a calendar rule), a number of working days its work takes, and the step it must be ready
for. From the last step the chain is laid backwards through the real meeting plan: each step takes the day of its rule
that belongs to the step it leads to, and the answer says whether there are working days enough between them.

Two steps may overlap. Where the situation picture is ready in the last days of February and the papers for the board's
meeting in March are due before that, the chain says so instead of using the picture of the year before: the drafting
must begin while the picture is still being made. Dates in Europe/Stockholm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.calendar_rules import CalendarRule
from app.domain.meeting_gaps import nearest_earlier
from app.domain.rule_bases import base_numbers
from app.domain.rule_words import absence_in_words
from app.domain.swedish_dates import Sentence, counted, long_date

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from app.domain.meeting_plans import MeetingPlan
    from app.domain.schedules import ProcessRule
    from app.domain.workdays import WorkdayCalendar

OVERLAP: Final = timedelta(days=62)
"""How long after the step it leads to a step's day may lie and still be that of the same round, and not the next."""
STOP_SUFFIX: Final = ".manusstopp"
"""What the key of a manuscript stop ends with, after the key of the step whose meeting it belongs to."""
_ANOTHER_ROUND: Final = timedelta(days=270)
"""How long before the step it leads to a step's day may lie and still be that of the same round."""


class ChainInvalid(ValueError):
    """Steps that make no chain: two with one key, an unknown one, or a cycle. Sentences in ``sv`` and ``en``."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(sv, en)
        self.sv = sv
        self.en = en

    def __str__(self) -> str:
        return self.sv


@dataclass(frozen=True)
class Step:
    """One step: its day, the working days its work takes, and the step that waits for it (None: the last one).

    ``earliest`` says when its work can begin, for a step that no other step leads to.
    """

    key: str
    rule: CalendarRule
    workdays_needed: int = 0
    before: str | None = None
    earliest: CalendarRule | None = None


@dataclass(frozen=True)
class Link:
    """That process ``key`` must be ready before process ``before``, and the working days the work of ``key`` takes.

    The last process of a chain has a link too, with ``before`` None.
    """

    key: str
    before: str | None
    workdays_needed: int


@dataclass(frozen=True)
class PlannedStep:
    """A step with its dates.

    ``on`` is the day of its rule; None when it has none and no earlier meeting can stand in. ``latest_on`` is the
    last day it may be ready for the step after it to have the working days that one needs; for a manuscript stop, the
    stop itself. ``begins_on`` is when its
    work can begin, and ``workdays`` how many working days that gives: negative when it must be ready before it can
    begin, None when either day is unknown.
    """

    key: str
    on: date | None
    latest_on: date | None
    begins_on: date | None
    workdays: int | None
    workdays_needed: int
    before: str | None
    reason: Sentence
    warnings: tuple[Sentence, ...]


YEAR_LINKS: Final = (
    Link("forvaltningsrapport", "strategiskt_rad", 40),
    Link("strategiskt_rad", "lagesbild", 8),
    Link("lagesbild", "atgardsplan", 35),
    Link("atgardsplan", "politisk_rapport", 30),
    Link("politisk_rapport", None, 15),
)
"""The year as the processes that come with the house hang together; the working days are what they ask for."""


def links_among(keys: Collection[str], links: Iterable[Link] = YEAR_LINKS) -> list[Link]:
    """The links between processes that a municipality has adopted; one that leads out of them becomes a last one."""
    return [replace(k, before=k.before if k.before in keys else None) for k in links if k.key in keys]


def steps_of(rules: Iterable[ProcessRule], links: Iterable[Link]) -> list[Step]:
    """The steps that a municipality's processes make when they are linked, manuscript stops put in between.

    A process that no link names is left out. At a meeting it is the papers that take work: what leads to the
    meeting leads to its manuscript stop. Raises ChainInvalid when a link names a process that is not among the
    rules, or a process leads to two.
    """
    known = {rule.key: rule for rule in rules}
    by_key: dict[str, Link] = {}
    for link in links:
        for key in filter(None, (link.key, link.before)):
            if key not in known:
                raise ChainInvalid(*_no_such(key))
        if link.key in by_key:
            raise ChainInvalid(
                f"Processen {link.key} leder till två andra. Den kan bara vara klar före en.",
                f"The process {link.key} leads to two others. It can be ready before one only.",
            )
        by_key[link.key] = link
    return [step for link in by_key.values() for step in _steps_of_process(link, known, by_key)]


def schedule_backwards(
    steps: Sequence[Step], last: str, year: int, calendar: WorkdayCalendar, plan: MeetingPlan
) -> list[PlannedStep]:
    """The chain that ends with the step ``last`` in ``year``, in order of day, the last step last.

    Steps that do not lead to ``last`` are left out. Raises ChainInvalid, and OutsideCalendar for a year the calendar
    does not know.
    """
    order = _ordered(steps, last)
    days: dict[str, _Day] = {}
    for step in order:
        following = days.get(step.before or "") if step.key != last else None
        own = calendar.for_process(step.key.removesuffix(STOP_SUFFIX))
        days[step.key] = _day_of(step, following.on if following else None, year, own, plan)
    chain = _Chain(order, days, calendar, plan)
    planned = [chain.planned(step) for step in order]
    return sorted(planned, key=lambda p: (p.key == last, p.on or p.latest_on or date.min, p.key))


class _Day(NamedTuple):
    on: date | None
    reason: Sentence
    warnings: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class _Chain:
    """The steps from the last to the first, with the day of each."""

    order: Sequence[Step]
    days: Mapping[str, _Day]
    calendar: WorkdayCalendar
    plan: MeetingPlan

    def planned(self, step: Step) -> PlannedStep:
        """The step with what surrounds it."""
        day = self.days[step.key]
        begins_on = self._begins_on(step)
        workdays = None
        if day.on is not None and begins_on is not None:
            workdays = self.calendar.workdays_between(begins_on, day.on)
        return PlannedStep(
            key=step.key,
            on=day.on,
            latest_on=self._latest_on(step),
            begins_on=begins_on,
            workdays=workdays,
            workdays_needed=step.workdays_needed,
            before=step.before,
            reason=day.reason,
            warnings=(*day.warnings, *self._shortage(step, begins_on, workdays)),
        )

    def _begins_on(self, step: Step) -> date | None:
        """When everything before it is ready, or, when nothing is before it, when its own rule lets it begin."""
        leading = [s for s in self.order if s.before == step.key]
        if leading:
            days = [self.days[s.key].on for s in leading]
            known = [on for on in days if on is not None]
            return max(known) if len(known) == len(days) else None
        on = self.days[step.key].on
        if step.earliest is None or on is None:
            return None
        if step.earliest.name == "T":
            return step.earliest.counted_from(on, self.calendar)
        starts = _candidates(step.earliest, on.year, self.calendar, self.plan)
        return max((d for d in starts if d <= on), default=None)

    def _latest_on(self, step: Step) -> date | None:
        following = next((s for s in self.order if s.key == step.before), None)
        if following is None or step.rule.name == "manuscript_stop":
            return self.days[step.key].on
        on = self.days[following.key].on
        if on is None:
            return None
        return self.calendar.previous_due_day(self.calendar.add_workdays(on, -following.workdays_needed))

    def _shortage(self, step: Step, begins_on: date | None, workdays: int | None) -> Iterator[Sentence]:
        on = self.days[step.key].on
        if on is None or begins_on is None or workdays is None or workdays >= step.workdays_needed:
            return
        needed, begin = step.workdays_needed, self.calendar.add_workdays(on, -step.workdays_needed)
        if workdays < 0:
            first = Sentence(
                f"Det ska vara klart {long_date(on)}, innan det som föregår är klart {long_date(begins_on)}.",
                f"It must be ready on {long_date(on, 'en')}, before what precedes it is, on "
                f"{long_date(begins_on, 'en')}.",
            )
        else:
            first = Sentence(
                f"Mellan {long_date(begins_on)} och {long_date(on)} är det "
                f"{counted(workdays, 'arbetsdag', 'arbetsdagar')}, men arbetet behöver {needed}.",
                f"Between {long_date(begins_on, 'en')} and {long_date(on, 'en')} there are "
                f"{counted(workdays, 'working day', 'working days')}, but the work needs {needed}.",
            )
        yield Sentence(f"{first.sv} Börja senast {long_date(begin)}.", f"{first.en} Begin by {long_date(begin, 'en')}.")


def _steps_of_process(link: Link, known: Mapping[str, ProcessRule], links: Mapping[str, Link]) -> Iterator[Step]:
    rule, before = known[link.key], link.before
    if before is not None and _is_meeting(known[before].anchor):
        before = f"{before}{STOP_SUFFIX}"
    earliest = None if any(other.before == link.key for other in links.values()) else rule.start
    if not _is_meeting(rule.anchor):
        yield Step(link.key, rule.anchor, link.workdays_needed, before, earliest)
        return
    stop = replace(rule.anchor, base=replace(rule.anchor.base, name="manuscript_stop"))
    yield Step(f"{link.key}{STOP_SUFFIX}", stop, link.workdays_needed, link.key, earliest)
    yield Step(link.key, rule.anchor, 0, before)


def _is_meeting(rule: CalendarRule) -> bool:
    return rule.name == "meeting" and rule.offset is None


def _ordered(steps: Sequence[Step], last: str) -> list[Step]:
    """The steps that lead to the last one, from it and backwards."""
    by_key = {step.key: step for step in steps}
    if len(by_key) < len(steps):
        raise ChainInvalid("Två steg har samma nyckel.", "Two steps have the same key.")
    for key in (last, *(s.before for s in steps if s.before is not None)):
        if key not in by_key:
            raise ChainInvalid(*_no_such(key))
    for step in steps:
        _require_no_cycle(step, by_key)
    order = [by_key[last]]
    for step in order:
        # The list grows while it is read: what leads to a step is read after it.
        order += [s for s in steps if s.before == step.key]
    return order


def _require_no_cycle(step: Step, by_key: Mapping[str, Step]) -> None:
    path = [step.key]
    while (key := by_key[path[-1]].before) is not None:
        if key in path:
            circle = " → ".join([*path[path.index(key) :], key])
            raise ChainInvalid(
                f"Stegen väntar på varandra i en ring: {circle}. Ta bort ett av sambanden.",
                f"The steps wait for each other in a circle: {circle}. Remove one of the links.",
            )
        path.append(key)


def _day_of(step: Step, following: date | None, year: int, calendar: WorkdayCalendar, plan: MeetingPlan) -> _Day:
    """The step's day in the round that leads to ``following``, or in ``year`` for the last step."""
    rule = step.rule
    words = Sentence(rule.in_swedish(), rule.in_english())
    if following is None:
        found = rule.in_year(year, calendar, plan)
        return _stand_in(rule, year, None, words, plan, calendar) if found is None else _Day(found, words)
    if rule.name == "manuscript_stop" and rule.offset is None:
        meeting = plan.at(rule.organ or "", following)
        if meeting is not None:
            return _Day(calendar.previous_due_day(meeting.manuscript_stop_on), words)
    candidates = _candidates(rule, following.year, calendar, plan)
    before = max((d for d in candidates if d <= following), default=None)
    after = min((d for d in candidates if following < d <= following + OVERLAP), default=None)
    if after is not None and (before is None or following - before > _ANOTHER_ROUND):
        return _Day(after, words)
    if before is None or (rule.organ is not None and following - before > _ANOTHER_ROUND):
        return _stand_in(rule, following.year, following, words, plan, calendar)
    return _Day(before, words)


def _candidates(rule: CalendarRule, year: int, calendar: WorkdayCalendar, plan: MeetingPlan) -> list[date]:
    reach = rule.reach_years()
    days = (d.on for y in range(year - reach, year + reach + 1) for d in rule.dates_in_year(y, calendar, plan))
    return sorted(on for on in days if on is not None)


def _stand_in(
    rule: CalendarRule, year: int, following: date | None, words: Sentence, plan: MeetingPlan, calendar: WorkdayCalendar
) -> _Day:
    """The nearest earlier meeting for one that is not in the plan, counted as the rule counts; or no day."""
    numbers = base_numbers(rule.base, year)
    month = numbers[0] if numbers else 1
    if following is not None and month > following.month:
        year -= 1
    absence = absence_in_words(rule.base, year, month)
    meeting = nearest_earlier(plan, rule.organ, year, month) if rule.organ is not None else None
    if meeting is None:
        return _Day(None, words, (absence,))
    base_on = meeting.on if rule.name == "meeting" else calendar.previous_due_day(meeting.manuscript_stop_on)
    return _Day(
        rule.counted_from(base_on, calendar),
        words,
        (
            Sentence(
                f"{absence.sv} Räknat med det närmast före, {long_date(meeting.on)}.",
                f"{absence.en} Counted with the nearest before it, {long_date(meeting.on, 'en')}.",
            ),
        ),
    )


def _no_such(key: str) -> Sentence:
    return Sentence(f"Steget {key} finns inte.", f"There is no step {key}.")
