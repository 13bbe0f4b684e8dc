"""The facts of a municipality: read before the engine runs, frozen while it does."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from app.db.prevention import calendars, commitments, meetings, municipalities
from app.db.process.process_instances import ProcessInstance
from app.domain.meeting_plans import Meeting, MeetingPlan
from app.domain.pauses import Pause
from app.domain.workdays import WorkdayCalendar
from app.engine.facts import Facts, Group
from app.engine.programs import Program
from app.services.caches import Organisation, Place
from app.services.unit_of_work import UnitOfWork

_KINDS = {"departments": "department", "companies": "company", "actors": "actor", "bodies": "body"}


def organisation(uow: UnitOfWork, municipality: str, revision: int | None = None) -> Organisation:
    """The municipality's organisation, calendar and meeting plan, kept in memory until its revision rises."""
    current = municipalities.revision(uow.session, municipality) if revision is None else revision
    return uow.installation.organisations.get((municipality, current), lambda: _read(uow, municipality))


def _read(uow: UnitOfWork, municipality: str) -> Organisation:
    session, today = uow.session, uow.today
    row = municipalities.get(session, municipality)
    if row is None:
        raise LookupError(municipality)
    units = municipalities.units(session, municipality, today)
    actors = municipalities.actors(session, municipality, today)
    bodies = municipalities.bodies(session, municipality, today)
    days_off = frozenset(day.on for day in calendars.days_off(session, municipality))
    pauses = tuple(
        Pause(row.name, row.first_on, row.last_on, row.process, row.yearly)
        for row in calendars.pauses(session, municipality)
    )
    planned = meetings.planned(session, municipality)
    return Organisation(
        municipality=municipality,
        name=row.name,
        profile=row.profile,
        places=(
            *(Place(u.kind, u.id, u.name, u.closed_on) for u in units),
            *(Place("actor", a.id, a.name, a.closed_on) for a in actors),
            *(Place("body", b.id, b.name, b.closed_on) for b in bodies),
        ),
        calendar=WorkdayCalendar(days_off, pauses),
        plan=MeetingPlan(tuple(Meeting(m.organ, m.on, m.manuscript_stop_on) for m in planned)),
    )


def read_facts(uow: UnitOfWork, instance: ProcessInstance, program: Program, revision: int | None = None) -> Facts:
    """What the instance's definition may ask for, and nothing it does not."""
    found = organisation(uow, instance.municipality_id, revision)
    return facts_of(uow, instance, program, found)


def facts_of(uow: UnitOfWork, instance: ProcessInstance, program: Program, found: Organisation) -> Facts:
    """The same, of an organisation that may be another than the one of today: a preview's."""
    lists: dict[str, Sequence[Mapping[str, Any]]] = {
        name: _items(uow, found, kind) for name, kind in _KINDS.items() if name in program.facts
    }
    if "open_commitments" in program.facts:
        lists["open_commitments"] = [
            {"kind": "commitment", "id": str(row.id), "name": row.title or ""}
            for row in commitments.still_open(uow.session, instance.municipality_id)
        ]
    return Facts(
        today_on=uow.today,
        calendar=found.calendar.for_process(instance.process_key),
        plan=found.plan,
        year=instance.year,
        anchor_on=instance.anchor_on,
        anchor_organ=instance.anchor_organ,
        manuscript_workdays=int(found.profile.get("manuscript_workdays", 20)),
        lists=lists,
        groups=_groups(uow, found) if program.facts & {"members", "groups"} else (),
        profile=found.profile.get("facts", {}),
    )


def _groups(uow: UnitOfWork, found: Organisation) -> tuple[Group, ...]:
    """The bodies with what the profile says of each under `groups`: who sits there, and in which months they meet."""
    said: Mapping[str, Any] = found.profile.get("groups", {})
    bodies = _items(uow, found, "body")
    return tuple(
        Group(body, tuple(_seats(uow, found, body, own.get("members", ()))), tuple(own.get("months", ())))
        for body in bodies
        if (own := said.get(body["name"])) is not None
    )


def _seats(
    uow: UnitOfWork, found: Organisation, body: Mapping[str, Any], names: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """A seat is a department, company or actor by its name; any other name is a seat that belongs to a function.

    A function's seat has an id that is always the same for the body and the name, so that a second round of the same
    task is known again.
    """
    places = {item["name"]: item for kind in ("department", "company", "actor") for item in _items(uow, found, kind)}
    for name in names:
        yield places.get(name) or {"kind": "seat", "id": str(uuid5(UUID(body["id"]), name)), "name": name}


def _items(uow: UnitOfWork, found: Organisation, kind: str) -> list[dict[str, Any]]:
    today = uow.today
    return [
        {"kind": place.kind, "id": str(place.id), "name": place.name}
        for place in found.places
        if place.kind == kind and (place.closed_on is None or place.closed_on > today)
    ]
