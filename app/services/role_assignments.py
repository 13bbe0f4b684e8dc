"""Roles: given for a period, ended, taken back."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.db import people, role_assignments
from app.db.prevention import municipalities
from app.db.role_assignments import RoleAssignment
from app.domain.errors import Conflict, NotFound, StaleVersion
from app.domain.ids import new_id
from app.domain.people import check_period, check_role, invalid
from app.domain.principals import require_administers, sees_municipality
from app.services.left_behind import release_claims
from app.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Given:
    """A role to give. `scope` is the id of a department, company, actor or body; None is the whole municipality."""

    role: str
    valid_from: date
    valid_to: date | None = None
    scope: UUID | None = None


def give(uow: UnitOfWork, municipality: str, person_id: UUID, given: Given) -> RoleAssignment:
    """Give a person a role for a period, as the municipality's administrator.

    Raises NotFound, NotYours, InvalidInput, and Conflict when they hold it in that place on some of the days already.
    """
    require_administers(uow.who(), municipality)
    return give_as_operator(uow, municipality, person_id, given)


def give_as_operator(uow: UnitOfWork, municipality: str, person_id: UUID, given: Given) -> RoleAssignment:
    """Give a role from the console, where nobody is signed in. Raises as `give` does."""
    if municipalities.get(uow.session, municipality) is None:
        raise NotFound("Kommunen", "The municipality")
    person = people.get(uow.session, person_id)
    if person is None or not person.active:
        raise invalid("/person_id", "Personen finns inte.", "There is no such person.")
    kind = _scope_kind(uow, municipality, given.scope)
    check_role(given.role, kind)
    check_period(given.valid_from, given.valid_to, ("/valid_from", "/valid_to"))
    row = RoleAssignment(
        municipality_id=municipality,
        id=new_id(),
        person_id=person_id,
        role=given.role,
        scope_kind=kind,
        scope_id=given.scope,
        valid_from=given.valid_from,
        valid_to=given.valid_to,
        created_at=uow.now,
        created_by=uow.principal.id if uow.principal else None,
        version=1,
    )
    _require_no_overlap(uow, row)
    role_assignments.add(uow.session, row)
    return row


def _require_no_overlap(uow: UnitOfWork, row: RoleAssignment) -> None:
    people.lock(uow.session, row.person_id)
    if role_assignments.overlapping(uow.session, row):
        raise Conflict(
            "Personen har redan rollen där någon av dagarna.",
            "The person holds that role there on some of those days already.",
        )


def _scope_kind(uow: UnitOfWork, municipality: str, scope: UUID | None) -> str | None:
    if scope is None:
        return None
    kind = municipalities.kind_of_place(uow.session, municipality, scope)
    if kind is None:
        raise invalid(
            "/scope",
            "Det finns ingen sådan förvaltning, aktör eller sådant organ i kommunen.",
            "There is no such department, company, actor or body in the municipality.",
        )
    return kind


def visible(uow: UnitOfWork, assignment_id: UUID) -> RoleAssignment:
    """An assignment of a municipality one administers, or one's own. Raises NotFound, NotYours."""
    row = role_assignments.get(uow.session, assignment_id)
    if row is None or not sees_municipality(uow.who(), row.municipality_id):
        raise NotFound("Rolltilldelningen", "The role assignment")
    if row.person_id != uow.who().id:
        require_administers(uow.who(), row.municipality_id)
    return row


def _changeable(uow: UnitOfWork, assignment_id: UUID, if_match: int | None) -> RoleAssignment:
    row = role_assignments.lock(uow.session, assignment_id)
    if row is None or not sees_municipality(uow.who(), row.municipality_id):
        raise NotFound("Rolltilldelningen", "The role assignment")
    require_administers(uow.who(), row.municipality_id)
    if if_match is not None and if_match != row.version:
        raise StaleVersion(row.version)
    return row


def set_last_day(
    uow: UnitOfWork, assignment_id: UUID, valid_to: date | None, if_match: int | None = None
) -> RoleAssignment:
    """Set the last day on which the role is held; None is until further notice.

    Tasks that the person has claimed by the role go back to it when the day has passed. Raises NotFound, NotYours,
    StaleVersion, InvalidInput, Conflict.
    """
    row = _changeable(uow, assignment_id, if_match)
    return _set_last_day(uow, row, valid_to)


def end_as_operator(uow: UnitOfWork, assignment_id: UUID, valid_to: date) -> RoleAssignment:
    """Set the last day from the console, where nobody is signed in. Raises NotFound, InvalidInput, Conflict."""
    row = role_assignments.lock(uow.session, assignment_id)
    if row is None:
        raise NotFound("Rolltilldelningen", "The role assignment")
    return _set_last_day(uow, row, valid_to)


def _set_last_day(uow: UnitOfWork, row: RoleAssignment, valid_to: date | None) -> RoleAssignment:
    check_period(row.valid_from, valid_to, ("/valid_from", "/valid_to"))
    row.valid_to = valid_to
    row.version += 1
    uow.session.flush()
    _require_no_overlap(uow, row)
    release_claims(uow, row.person_id)
    return row


def take_back(uow: UnitOfWork, assignment_id: UUID, if_match: int | None = None) -> None:
    """Remove an assignment that has not begun. One that has is ended instead: what was done by it must be explicable.

    Raises NotFound, NotYours, StaleVersion, Conflict.
    """
    row = _changeable(uow, assignment_id, if_match)
    if row.valid_from <= uow.today:
        raise Conflict(
            "Rollen har börjat gälla. Sätt en sista dag i stället.",
            "The role has begun. Set its last day instead.",
        )
    role_assignments.remove(uow.session, row)
