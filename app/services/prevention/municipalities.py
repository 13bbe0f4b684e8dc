"""Municipalities: added from a profile file, with their organisation and meeting plan."""

from app.db.prevention import meetings, municipalities
from app.db.prevention.municipalities import Actor, Body, Unit
from app.domain.errors import Conflict
from app.domain.ids import new_id
from app.domain.meeting_plans import manuscript_stop
from app.domain.profiles import Profile, sort_key
from app.domain.workdays import WorkdayCalendar
from app.services.unit_of_work import UnitOfWork


def add(uow: UnitOfWork, profile: Profile) -> None:
    """Add a municipality with everything its profile says. Raises Conflict when it exists already."""
    row = {"id": profile.id, "name": profile.name, "profile": profile.parameters, "revision": 1, "active": True}
    if not municipalities.add(uow.session, row):
        raise Conflict(f"Kommunen {profile.id} finns redan.", f"The municipality {profile.id} exists already.")
    for name, kind in profile.departments:
        uow.session.add(Unit(municipality_id=profile.id, id=new_id(), kind=kind, name=name, sort_key=sort_key(name)))
    for name, kind in profile.actors:
        uow.session.add(Actor(municipality_id=profile.id, id=new_id(), kind=kind, name=name, sort_key=sort_key(name)))
    for name, kind, organ in profile.bodies:
        uow.session.add(
            Body(municipality_id=profile.id, id=new_id(), kind=kind, name=name, sort_key=sort_key(name), organ=organ)
        )
    uow.session.flush()
    plan_meetings(uow, profile)


def plan_meetings(uow: UnitOfWork, profile: Profile) -> int:
    """Put the profile's meetings in the plan, each with its manuscript stop; how many were new."""
    calendar = WorkdayCalendar()
    before = int(profile.parameters.get("manuscript_workdays", 20))
    rows: list[dict[str, object]] = [
        {
            "municipality_id": profile.id,
            "id": new_id(),
            "organ": organ,
            "on": on,
            "manuscript_stop_on": manuscript_stop(on, before, calendar),
        }
        for organ, on in profile.meetings
    ]
    new = meetings.plan(uow.session, rows)
    municipalities.touch(uow.session, profile.id)
    return new
