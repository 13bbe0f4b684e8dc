"""The schedule: what starts when in each municipality, and the starting of it, exactly once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import structlog

from app.db.prevention import municipalities
from app.db.process import deployments
from app.db.process.deployments import ProcessDefinition
from app.db.process.process_instances import ProcessInstance
from app.domain import calendar_rules, schedules
from app.domain.errors import Conflict, InvalidInput, NotFound
from app.domain.ids import new_id
from app.domain.people import checked_reason
from app.domain.principals import require_leads
from app.domain.schedules import Missing, Occurrence, ProcessRule
from app.engine.outcomes import EngineFault
from app.services.caches import Organisation
from app.services.facts import organisation
from app.services.installation import Installation
from app.services.process.process_instances import Start, begin_instance
from app.services.unit_of_work import UnitOfWork, begin_system

log = structlog.get_logger()

# How far back a start may lie that was missed while the service was down; its anchor must still be ahead.
LOOK_BACK = timedelta(days=120)
# What may be started or skipped by hand: this year's, last year's that was missed, next year's.
EARLIEST_BY_HAND = timedelta(days=400)
LATEST_BY_HAND = timedelta(days=550)


@dataclass(frozen=True)
class Adopted:
    """A process that a municipality has adopted, with its rules."""

    definition: ProcessDefinition
    rule: ProcessRule


def adopted(uow: UnitOfWork, found: Organisation) -> list[Adopted]:
    """The scheduled processes of a municipality: its profile's rules before those of the workflow."""
    wanted = set(found.profile.get("processes", ()))
    return [
        Adopted(definition, rule)
        for definition, rule in adoptable(uow, found)
        if rule is not None and definition.key in wanted
    ]


def adoptable(uow: UnitOfWork, found: Organisation) -> list[tuple[ProcessDefinition, ProcessRule | None]]:
    """Every process there is, each with the rule it starts by, or would; None for one that no calendar starts."""
    own: Mapping[str, Any] = found.profile.get("calendar", {})
    result: list[tuple[ProcessDefinition, ProcessRule | None]] = []
    for definition in deployments.latest_of_each(uow.session, found.municipality):
        rules = {**definition.rules, **own.get(definition.key, {})}
        rule = None
        if rules.get("start") and rules.get("anchor"):
            start = calendar_rules.parse(rules["start"], is_start=True)
            rule = ProcessRule(definition.key, start, calendar_rules.parse(rules["anchor"]))
        result.append((definition, rule))
    return result


def coming(uow: UnitOfWork, municipality: str, from_on: date, to_on: date) -> list[Occurrence]:
    """The occurrences that start within the days, in order."""
    found = organisation(uow, municipality)
    rules = [entry.rule for entry in adopted(uow, found)]
    return schedules.occurrences(rules, from_on, to_on, found.calendar, found.plan)


@dataclass(frozen=True)
class Planned:
    """An occurrence and what has become of it: planned, started, skipped, or missed: its day passed unstarted."""

    occurrence: Occurrence
    status: str
    instance_id: UUID | None = None
    note: str | None = None


def planned(uow: UnitOfWork, municipality: str, from_on: date, to_on: date) -> list[Planned]:
    """The occurrences that start within the days, in order, and what has become of each."""
    done = {(row.process_key, row.period): row for row in municipalities.occurrences(uow.session, municipality)}
    result = []
    for occurrence in coming(uow, municipality, from_on, to_on):
        row = done.get((occurrence.key, occurrence.period))
        if row is not None:
            result.append(Planned(occurrence, row.status, row.process_instance_id, row.reason))
        else:
            result.append(Planned(occurrence, "planned" if occurrence.anchor_on >= uow.today else "missed"))
    return result


def start_early(uow: UnitOfWork, municipality: str, process_key: str, period: str) -> ProcessInstance:
    """Start an occurrence by hand: before its day, after one that was missed, or one that was skipped.

    The schedule does not start it again. Raises NotFound, NotYours, InvalidInput, and Conflict when it has started.
    """
    entry, occurrence = _one(uow, municipality, process_key, period)
    row = {**_claim(municipality, occurrence), "started_by": uow.who().id}
    if not municipalities.claim_occurrence(uow.session, row) and not municipalities.claim_skipped(uow.session, row):
        raise Conflict("Den är redan startad.", "It has started already.")
    try:
        return _begin(uow, municipality, entry, occurrence)
    except EngineFault as fault:
        raise InvalidInput(
            f"Processen kunde inte starta: {fault.sv}", f"The process could not start: {fault.en}"
        ) from fault


def skip(uow: UnitOfWork, municipality: str, process_key: str, period: str, reason: str) -> None:
    """Let an occurrence not start, and say why. Raises NotFound, NotYours, InvalidInput, Conflict."""
    _entry, occurrence = _one(uow, municipality, process_key, period)
    row = {
        **_claim(municipality, occurrence), "status": "skipped", "reason": checked_reason(reason),
        "started_by": uow.who().id,
    }  # fmt: skip
    if not municipalities.claim_occurrence(uow.session, row):
        raise Conflict("Den är redan startad eller struken.", "It has started or been skipped already.")


def _one(uow: UnitOfWork, municipality: str, process_key: str, period: str) -> tuple[Adopted, Occurrence]:
    require_leads(uow.who(), municipality)
    found = organisation(uow, municipality)
    entry = next((e for e in adopted(uow, found) if e.rule.key == process_key), None)
    if entry is None:
        raise NotFound("Processen", "The process")
    within = (uow.today - EARLIEST_BY_HAND, uow.today + LATEST_BY_HAND)
    for occurrence in schedules.occurrences([entry.rule], *within, found.calendar, found.plan):
        if occurrence.period == period:
            return entry, occurrence
    raise NotFound("Tillfället", "The occurrence")


def gaps(uow: UnitOfWork, municipality: str, years: list[int]) -> list[Missing]:
    """What cannot be scheduled in those years, and why: no board meeting in March ..."""
    found = organisation(uow, municipality)
    rules = [entry.rule for entry in adopted(uow, found)]
    return schedules.missing(rules, years, found.calendar, found.plan)


def start_due(installation: Installation, municipality: str | None = None) -> int:
    """Start what the schedule says has come, in every municipality or in one; how many were started.

    One replica at a time looks; each occurrence is claimed by a unique row in the transaction that starts it.
    """
    with begin_system(installation) as uow:
        places = [row.id for row in municipalities.every(uow.session) if municipality in {None, row.id}]
        today = uow.today
        waiting = [(place, entry, occurrence) for place in places for entry, occurrence in _due(uow, place, today)]
    return sum(_start(installation, place, entry, occurrence) for place, entry, occurrence in waiting)


def _due(uow: UnitOfWork, place: str, today: date) -> list[tuple[Adopted, Occurrence]]:
    found = organisation(uow, place)
    entries = {entry.definition.key: entry for entry in adopted(uow, found)}
    done = {(row.process_key, row.period) for row in municipalities.occurrences(uow.session, place)}
    rules = [entry.rule for entry in entries.values()]
    since = today - LOOK_BACK
    return [
        (entries[occurrence.key], occurrence)
        for occurrence in schedules.occurrences(rules, since, today, found.calendar, found.plan)
        if (occurrence.key, occurrence.period) not in done and occurrence.anchor_on >= today
    ]


def _start(installation: Installation, place: str, entry: Adopted, occurrence: Occurrence) -> bool:
    try:
        with begin_system(installation) as uow:
            if not municipalities.claim_occurrence(uow.session, _claim(place, occurrence)):
                return False
            _begin(uow, place, entry, occurrence)
            return True
    except EngineFault as fault:
        log.warning("scheduled_start_failed", municipality=place, process=occurrence.key, fault=fault.en)
        return False


def _claim(municipality: str, occurrence: Occurrence) -> dict[str, Any]:
    return {
        "municipality_id": municipality,
        "id": new_id(),
        "process_key": occurrence.key,
        "period": occurrence.period,
        "start_on": occurrence.start_on,
        "anchor_on": occurrence.anchor_on,
        "status": "started",
    }


def _begin(uow: UnitOfWork, municipality: str, entry: Adopted, occurrence: Occurrence) -> ProcessInstance:
    begin = Start(
        municipality=municipality,
        process_key=occurrence.key,
        business_key=f"{occurrence.key}:{occurrence.period}",
        anchor_on=occurrence.anchor_on,
        anchor_organ=entry.rule.anchor.organ,
        period=occurrence.period,
    )
    instance = begin_instance(uow, begin, entry.definition, uow.principal.id if uow.principal else None)
    municipalities.started(uow.session, municipality, occurrence.key, occurrence.period, instance.id)
    return instance
