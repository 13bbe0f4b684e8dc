"""What a municipality has still to decide: what its plan leaves open, roles that nobody holds, a plan that is old."""

from dataclasses import dataclass

from app.db import role_assignments
from app.db.prevention import municipalities
from app.db.process import deployments
from app.domain.adoptions import OpenQuestion, open_questions, vacant_roles
from app.domain.errors import NotFound
from app.domain.principals import require_administers, sees_municipality
from app.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Undecided:
    """`warning` is what the profile warns of, in Swedish; empty when it warns of nothing.

    `vacant` are the roles that the plan speaks of and nobody holds today: (role, what the plan calls who holds it).
    """

    questions: tuple[OpenQuestion, ...]
    vacant: tuple[tuple[str, str], ...]
    warning: str

    @property
    def count(self) -> int:
        """How many things wait for the administrator."""
        return len(self.questions) + len(self.vacant)


def undecided(uow: UnitOfWork, municipality: str) -> Undecided:
    """What is undecided in a municipality, as its administrator. Raises NotFound, NotYours."""
    principal = uow.who()
    row = municipalities.get(uow.session, municipality) if sees_municipality(principal, municipality) else None
    if row is None:
        raise NotFound("Kommunen", "The municipality")
    require_administers(principal, municipality)
    units = municipalities.units(uow.session, municipality, uow.today)
    deployed = [definition.key for definition in deployments.latest_of_each(uow.session, municipality)]
    held = role_assignments.held_roles(uow.session, municipality, uow.today)
    return Undecided(
        open_questions(row.profile, deployed, has_departments=bool(units)),
        vacant_roles(row.profile, held),
        str(row.profile.get("warning", "")),
    )
