"""The meeting plan, changed by an administrator."""

from datetime import date
from uuid import UUID

from app.db.prevention import meetings
from app.domain.calendar_changes import AddMeeting
from app.domain.errors import Conflict
from app.domain.principals import require_administers
from app.services.prevention.calendar_changes import confirm
from app.services.unit_of_work import UnitOfWork


def plan(uow: UnitOfWork, municipality: str, organ: str, on: date, manuscript_stop_on: date | None) -> UUID:
    """Add a meeting; without a manuscript stop it is the municipality's usual number of working days before.

    What runs follows it. Raises NotFound, NotYours, InvalidInput, and Conflict when the organ meets that day already.
    """
    require_administers(uow.who(), municipality)
    if meetings.of(uow.session, municipality, organ, on) is not None:
        raise Conflict(f"{organ} sammanträder redan den dagen.", f"{organ} meets on that day already.")
    confirm(uow, municipality, [AddMeeting(organ, on, manuscript_stop_on)], "Sammanträdet lades till i planen.", None)
    added = meetings.of(uow.session, municipality, organ, on)
    if added is None:
        raise AssertionError("the plan holds what was added to it")
    return added.id
