"""Which process instances a municipality's year holds: rules in, dated occurrences out.

A process rule says when a process starts and which day it works towards (its anchor date, T). A rule with one day a
year gives at most one occurrence a year, whose period is the year the anchor rule was asked about ("2027"). A rule that
comes back within the year gives one for each of its periods ("2027-03", "2027-T1", "2027-v09"). All dates are dates in
Europe/Stockholm; a window is inclusive at both ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app.domain.calendar_rules import CalendarRule, CalendarRuleInvalid, RuleDate, parse
from app.domain.day_offsets import RuleTextInvalid
from app.domain.rule_bases import base_numbers
from app.domain.swedish_dates import Sentence, long_date
from app.domain.workdays import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from app.domain.meeting_plans import MeetingPlan
    from app.domain.workdays import WorkdayCalendar

_START_AFTER_TARGET: Final = Sentence(
    "Starten kan inte ligga efter måldagen. Skriv till exempel T-30wd.",
    "The start cannot be after the target day. Write for example T-30wd.",
)
_UNEVEN: Final = Sentence(
    "Starten och måldagen kommer inte lika många gånger om året. Skriv starten som en tid före måldagen, till exempel "
    "T-30wd.",
    "The start and the target day do not come equally many times a year. Write the start as a time before the target "
    "day, for example T-30wd.",
)


class ProcessRuleInvalid(RuleTextInvalid):
    """A start or an anchor that will not do: ``field`` says which, ``position`` where in its text, and why."""

    def __init__(self, field: Literal["start", "anchor"], position: int, sv: str, en: str) -> None:
        super().__init__(position, sv, en)
        self.field = field


@dataclass(frozen=True)
class ProcessRule:
    """When the process with this key starts, and the day it works towards.

    ``read_process_rule`` makes one of texts and judges that the two rules go together.
    """

    key: str
    start: CalendarRule
    anchor: CalendarRule


@dataclass(frozen=True)
class Occurrence:
    """One start that shall happen: ``period`` is the anchor's, ``anchor_on`` the instance's T."""

    key: str
    period: str
    start_on: date
    anchor_on: date
    reason_sv: str
    reason_en: str


@dataclass(frozen=True)
class Missing:
    """A period for which the rule gives no occurrence, and why. ``period`` is the year when it has one day a year."""

    key: str
    year: int
    reason_sv: str
    reason_en: str
    period: str = ""


def read_process_rule(key: str, start: str, anchor: str, organs: Collection[str] | None = None) -> ProcessRule:
    """The rule that two texts make. Raises ProcessRuleInvalid, which says which of them is at fault, where and why.

    With ``organs``, those of the meeting plan, a meeting of any other organ is refused.
    """
    anchor_rule = _read("anchor", anchor, organs)
    start_rule = _read("start", start, organs)
    if start_rule.name == "T" and start_rule.offset is not None and not start_rule.offset.backwards:
        raise ProcessRuleInvalid("start", start.index("+"), *_START_AFTER_TARGET)
    if start_rule.name != "T" and _days_a_year(start_rule) != _days_a_year(anchor_rule):
        raise ProcessRuleInvalid("start", 0, *_UNEVEN)
    return ProcessRule(key, start_rule, anchor_rule)


def occurrences(
    rules: Iterable[ProcessRule],
    from_on: date,
    to_on: date,
    calendar: WorkdayCalendar,
    plan: MeetingPlan,
) -> list[Occurrence]:
    """Every occurrence that starts within [from_on, to_on], in order of start, then key, then period.

    Each rule meets the calendar with the pauses of its own process. The start belongs to the anchor's year when it
    comes on or before the anchor. Otherwise it is the year before's: a process that starts in September works
    towards the following February. What has no anchor or no start is not here but in ``missing``.
    """
    found = (
        entry
        for rule in rules
        for year in _years_to_ask(rule, from_on, to_on)
        for entry in _in_year(rule, year, calendar.for_process(rule.key), plan)
    )
    within = [o for o in found if isinstance(o, Occurrence) and from_on <= o.start_on <= to_on]
    return sorted(within, key=lambda o: (o.start_on, o.key, o.period, o.anchor_on))


def missing(
    rules: Iterable[ProcessRule], years: Sequence[int], calendar: WorkdayCalendar, plan: MeetingPlan
) -> list[Missing]:
    """The periods of ``years`` for which a rule gives nothing, in order of year, then key.

    Raises OutsideCalendar for a year the calendar does not know.
    """
    found = (
        entry
        for rule in rules
        for year in years
        for entry in _in_year(rule, year, calendar.for_process(rule.key), plan)
    )
    gaps = [m for m in found if isinstance(m, Missing)]
    return sorted(gaps, key=lambda m: (m.year, m.key, m.period, m.reason_sv))


def _read(field: Literal["start", "anchor"], text: str, organs: Collection[str] | None) -> CalendarRule:
    try:
        return parse(text, organs, is_start=field == "start")
    except CalendarRuleInvalid as invalid:
        raise ProcessRuleInvalid(field, invalid.position, invalid.sv, invalid.en) from invalid


def _days_a_year(rule: CalendarRule) -> int | tuple[int, ...]:
    """How many days a year the rule gives; two rules by the week must also be the same weeks."""
    if rule.name == "every_weeks" and rule.base.since is not None:
        return (rule.base.numbers[0], *rule.base.since.isocalendar()[:2], *rule.base.pause)
    return len(base_numbers(rule.base, FIRST_YEAR)) if rule.comes_back else 1


def _years_to_ask(rule: ProcessRule, from_on: date, to_on: date) -> range:
    """The years whose anchors may have a start in the window, as far as the calendar can answer for them."""
    reach = max(rule.anchor.reach_years(), rule.start.reach_years())
    first, last = FIRST_YEAR + reach + 1, LAST_YEAR - reach - 1
    return range(max(from_on.year - reach, first), min(to_on.year + reach, last) + 1)


def _in_year(
    rule: ProcessRule, year: int, calendar: WorkdayCalendar, plan: MeetingPlan
) -> Iterator[Occurrence | Missing]:
    anchors = rule.anchor.dates_in_year(year, calendar, plan)
    if rule.start.name == "T":
        for anchor in anchors:
            yield _paired(rule, year, _before_target(rule.start, anchor, calendar), anchor)
    elif rule.anchor.comes_back or rule.start.comes_back:
        starts = {s.period: s for s in rule.start.dates_in_year(year, calendar, plan)}
        if starts.keys() != {a.period for a in anchors} and len(starts) == len(anchors):
            # Different months, as many: the first start works towards the first anchor.
            starts = {a.period: s for a, s in zip(anchors, starts.values(), strict=True)}
        for anchor in anchors:
            yield _paired(rule, year, starts.get(anchor.period, RuleDate(anchor.period, None, _UNEVEN)), anchor)
    else:
        for anchor in anchors:
            yield _once_a_year(rule, year, anchor, calendar, plan)


def _before_target(start: CalendarRule, anchor: RuleDate, calendar: WorkdayCalendar) -> RuleDate:
    on = None if anchor.on is None else start.counted_from(anchor.on, calendar)
    return RuleDate(anchor.period, on, anchor.absence)


def _paired(rule: ProcessRule, year: int, start: RuleDate, anchor: RuleDate) -> Occurrence | Missing:
    if anchor.on is None or start.on is None:
        gone = anchor if anchor.on is None else start
        return _gap(rule, year, gone.absence or _UNEVEN, anchor.period)
    if start.on > anchor.on:
        return _gap(rule, year, _starts_too_late(rule, anchor.on), anchor.period)
    return _occurrence(rule, anchor.period, start.on, anchor.on)


def _once_a_year(
    rule: ProcessRule, year: int, anchor: RuleDate, calendar: WorkdayCalendar, plan: MeetingPlan
) -> Occurrence | Missing:
    if anchor.on is None:
        return _gap(rule, year, anchor.absence or rule.anchor.absence(year))
    start_on = rule.start.in_year(year, calendar, plan)
    if start_on is not None and start_on <= anchor.on:
        return _occurrence(rule, str(year), start_on, anchor.on)
    if rule.start.earliest_in_year(year, calendar, plan) <= anchor.on:
        return _gap(rule, year, rule.start.absence(year))
    return _from_year_before(rule, year, anchor.on, calendar, plan)


def _from_year_before(
    rule: ProcessRule, year: int, anchor_on: date, calendar: WorkdayCalendar, plan: MeetingPlan
) -> Occurrence | Missing:
    start_on = rule.start.in_year(year - 1, calendar, plan)
    if start_on is None:
        return _gap(rule, year, rule.start.absence(year - 1))
    previous_anchor_on = rule.anchor.in_year(year - 1, calendar, plan)
    taken = previous_anchor_on is not None and start_on <= previous_anchor_on
    if taken or start_on > anchor_on:
        # A start that already belongs to the year before must not start the process twice.
        return _gap(rule, year, _starts_too_late(rule, anchor_on))
    return _occurrence(rule, str(year), start_on, anchor_on)


def _occurrence(rule: ProcessRule, period: str, start_on: date, anchor_on: date) -> Occurrence:
    return Occurrence(
        key=rule.key,
        period=period,
        start_on=start_on,
        anchor_on=anchor_on,
        reason_sv=f"Startar {long_date(start_on)} ({rule.start.in_swedish()}) för att vara klart "
        f"{long_date(anchor_on)} ({rule.anchor.in_swedish()}).",
        reason_en=f"Starts {long_date(start_on, 'en')} ({rule.start.in_english()}) to be ready "
        f"{long_date(anchor_on, 'en')} ({rule.anchor.in_english()}).",
    )


def _gap(rule: ProcessRule, year: int, reason: Sentence, period: str = "") -> Missing:
    return Missing(rule.key, year, reason.sv, reason.en, period or str(year))


def _starts_too_late(rule: ProcessRule, anchor_on: date) -> Sentence:
    return Sentence(
        f"Starten ({rule.start.in_swedish()}) kommer efter måldagen {long_date(anchor_on)} "
        f"({rule.anchor.in_swedish()}).",
        f"The start ({rule.start.in_english()}) comes after the target day {long_date(anchor_on, 'en')} "
        f"({rule.anchor.in_english()}).",
    )
