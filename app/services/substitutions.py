"""Substitutes while somebody is away: arranged, ended."""

from datetime import date
from uuid import UUID

from app.db import people, substitutions
from app.db.substitutions import Substitution
from app.domain.errors import Conflict, NotFound
from app.domain.ids import new_id
from app.domain.people import check_period, invalid
from app.domain.principals import require_may_arrange_substitute, sees_municipality
from app.services.left_behind import release_claims
from app.services.unit_of_work import UnitOfWork


def arrange(
    uow: UnitOfWork, municipality: str, person_id: UUID, substitute_id: UUID, from_on: date, to_on: date
) -> Substitution:
    """Let somebody stand in: for oneself, or as the municipality's administrator for anybody.

    The substitute gets the other's roles in that municipality from the first day to the last, both included, and must
    hold a role there themselves on the day it is arranged. Raises NotFound, NotYours, InvalidInput, and Conflict when
    somebody stands in on some of the days already.
    """
    require_may_arrange_substitute(uow.who(), municipality, person_id)
    _require_sense(uow, municipality, (person_id, substitute_id), (from_on, to_on))
    row = Substitution(
        municipality_id=municipality,
        id=new_id(),
        person_id=person_id,
        substitute_id=substitute_id,
        from_on=from_on,
        to_on=to_on,
        created_at=uow.now,
        created_by=uow.who().id,
        version=1,
    )
    people.lock(uow.session, person_id)
    if substitutions.overlapping(uow.session, row):
        raise Conflict(
            "Någon är redan ersättare någon av dagarna.", "Somebody stands in on some of those days already."
        )
    substitutions.add(uow.session, row)
    return row


def _require_sense(uow: UnitOfWork, municipality: str, people_ids: tuple[UUID, UUID], days: tuple[date, date]) -> None:
    """Two people with roles in the municipality, and days that are to come. Raises InvalidInput."""
    (person_id, substitute_id), (from_on, to_on) = people_ids, days
    check_period(from_on, to_on, ("/from_on", "/to_on"))
    if to_on < uow.today:
        raise invalid("/to_on", "Dagarna har redan passerat.", "The days have passed already.")
    if substitute_id == person_id:
        raise invalid("/substitute_id", "Ersättaren ska vara någon annan.", "The substitute must be somebody else.")
    known = {held for held, _name in people.everyone_in(uow.session, municipality, uow.today)}
    for found, pointer in ((person_id, "/person_id"), (substitute_id, "/substitute_id")):
        if found not in known:
            raise invalid(
                pointer,
                "Personen har ingen roll i kommunen i dag.",
                "The person holds no role in the municipality today.",
            )


def end(uow: UnitOfWork, substitution_id: UUID) -> Substitution | None:
    """End a substitution today; one that has not begun is removed (None), one that is over is left as it is.

    The substitute loses the roles at once: the last day becomes yesterday, or the row goes if it began today. Raises
    NotFound, NotYours.
    """
    row = substitutions.get(uow.session, substitution_id)
    if row is None or not sees_municipality(uow.who(), row.municipality_id):
        raise NotFound("Ersättningen", "The substitution")
    require_may_arrange_substitute(uow.who(), row.municipality_id, row.person_id)
    yesterday = date.fromordinal(uow.today.toordinal() - 1)
    if row.to_on < uow.today:
        return row
    if row.from_on > yesterday:
        substitutions.remove(uow.session, row)
        release_claims(uow, row.substitute_id)
        return None
    substitutions.end(uow.session, row, yesterday)
    release_claims(uow, row.substitute_id)
    return row
