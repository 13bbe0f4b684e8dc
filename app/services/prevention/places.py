"""A municipality's departments and companies, external actors, and bodies: added, renamed, closed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.db.prevention import municipalities
from app.db.prevention.municipalities import PLACES, Actor, Body, Unit
from app.domain.errors import Conflict, NotFound
from app.domain.ids import new_id
from app.domain.meeting_plans import is_organ
from app.domain.people import check_name, invalid
from app.domain.principals import require_administers
from app.domain.profiles import sort_key
from app.services.left_behind import withdraw_of_closed
from app.services.unit_of_work import UnitOfWork

Placed = Unit | Actor | Body

KINDS = {
    "departments": frozenset({"department", "company"}),
    "actors": frozenset({"police", "business", "church", "property_owner", "association", "authority", "other"}),
    "bodies": frozenset({"political", "council", "group"}),
}


def add(uow: UnitOfWork, municipality: str, places: str, *, name: str, kind: str, organ: str | None = None) -> UUID:
    """Add a department or company, an actor or a body. `places` is the list's name in the API.

    Tasks are asked of it from the next time a process asks. Raises NotFound, NotYours, InvalidInput, Conflict.
    """
    require_administers(uow.who(), municipality)
    name = check_name(name)
    _require_kind(places, kind)
    _require_organ(organ)
    table = PLACES[places]
    if municipalities.is_named(uow.session, table, municipality, name):
        raise Conflict(f"”{name}” finns redan.", f"'{name}' exists already.")
    row = table(municipality_id=municipality, id=new_id(), kind=kind, name=name, sort_key=sort_key(name))
    if isinstance(row, Body):
        row.organ = organ
    uow.session.add(row)
    uow.session.flush()
    municipalities.touch(uow.session, municipality)
    return row.id


def change(uow: UnitOfWork, municipality: str, places: str, place_id: UUID, changes: Mapping[str, Any]) -> Placed:
    """Rename (`name`), and close from a day (`closed_on`; None opens it again). What is left out stays.

    Open tasks of a closed one are completed with the outcome `withdrawn`, by the scheduler, from that day. Raises
    NotFound, NotYours, InvalidInput, Conflict.
    """
    require_administers(uow.who(), municipality)
    table = PLACES[places]
    row = municipalities.place(uow.session, table, municipality, place_id)
    if row is None:
        raise NotFound
    if changes.get("name") is not None and (name := check_name(changes["name"])) != row.name:
        if municipalities.is_named(uow.session, table, municipality, name):
            raise Conflict(f"”{name}” finns redan.", f"'{name}' exists already.")
        row.name, row.sort_key = name, sort_key(name)
    if "closed_on" in changes:
        row.closed_on = changes["closed_on"]
    uow.session.flush()
    municipalities.touch(uow.session, municipality)
    withdraw_of_closed(uow, municipality)
    return row


def _require_kind(places: str, kind: str) -> None:
    if kind not in KINDS[places]:
        wanted = ", ".join(sorted(KINDS[places]))
        raise invalid("/kind", f"Slaget är ett av {wanted}.", f"The kind is one of {wanted}.")


def _require_organ(organ: str | None) -> None:
    if organ is not None and not is_organ(organ):
        raise invalid(
            "/organ",
            "Organet skrivs som i sammanträdesplanen, till exempel KS.",
            "The organ is written as in the meeting plan, for example KS.",
        )
