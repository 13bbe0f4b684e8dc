"""The meeting plan, changed by an administrator."""

from datetime import date
from uuid import UUID

from app.db.prevention import meetings, municipalities
from app.domain.errors import Conflict, InvalidInput
from app.domain.ids import new_id
from app.domain.meeting_plans import Meeting, MeetingInvalid, manuscript_stop
from app.domain.principals import require_administers
from app.domain.workdays import FIRST_YEAR, LAST_YEAR
from app.services.facts import organisation
from app.services.unit_of_work import UnitOfWork


def plan(uow: UnitOfWork, municipality: str, organ: str, on: date, manuscript_stop_on: date | None) -> UUID:
    """Add a meeting; without a manuscript stop it is the municipality's usual number of working days before.

    Raises NotFound, NotYours, InvalidInput, and Conflict when the organ meets that day already.
    """
    require_administers(uow.who(), municipality)
    if not FIRST_YEAR < on.year < LAST_YEAR:
        raise InvalidInput(f"Året {on.year} går inte.", f"The year {on.year} will not do.")
    found = organisation(uow, municipality)
    before = int(found.profile.get("manuscript_workdays", 20))
    try:
        meeting = Meeting(organ, on, manuscript_stop_on or manuscript_stop(on, before, found.calendar))
    except MeetingInvalid as fault:
        raise InvalidInput(fault.sv, fault.en) from fault
    meeting_id = new_id()
    row: dict[str, object] = {
        "municipality_id": municipality,
        "id": meeting_id,
        "organ": meeting.organ,
        "on": meeting.on,
        "manuscript_stop_on": meeting.manuscript_stop_on,
    }
    if meetings.plan(uow.session, [row]) == 0:
        raise Conflict(f"{organ} sammanträder redan den dagen.", f"{organ} meets on that day already.")
    municipalities.touch(uow.session, municipality)
    return meeting_id
