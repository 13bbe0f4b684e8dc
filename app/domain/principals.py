"""Who acts, and everything that decides what they may do. Authorisation is decided here and nowhere else."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from app.domain.errors import NotFound, NotYours
from app.domain.record_rules import OWNERS, RULES
from app.domain.roles import ROLES, role_name


@dataclass(frozen=True)
class HeldRole:
    """A role held today, by the principal or by `person_id` whom they stand in for."""

    municipality: str
    role: str
    scope_kind: str | None
    scope_id: UUID | None
    person_id: UUID


@dataclass(frozen=True)
class Principal:
    """A signed-in person or a token's owner, with the roles of today."""

    id: UUID
    username: str
    name: str
    language: str
    system_admin: bool
    roles: tuple[HeldRole, ...]
    stands_for: frozenset[tuple[str, UUID]] = frozenset()

    @property
    def municipalities(self) -> frozenset[str]:
        """Where they hold a role today."""
        return frozenset(held.municipality for held in self.roles)

    def person_ids(self, municipality: str) -> tuple[UUID, ...]:
        """Themselves, and those they stand in for in that municipality today."""
        return (self.id, *sorted(person for place, person in self.stands_for if place == municipality))


class TaskLike(Protocol):
    """What must be known of a task to judge who may do it."""

    @property
    def municipality_id(self) -> str: ...  # noqa: D102  a protocol's fields
    @property
    def candidate_role(self) -> str: ...  # noqa: D102  a protocol's fields
    @property
    def co_role(self) -> str | None: ...  # noqa: D102  a protocol's fields
    @property
    def scope_id(self) -> UUID | None: ...  # noqa: D102  a protocol's fields
    @property
    def assignee_id(self) -> UUID | None: ...  # noqa: D102  a protocol's fields
    @property
    def assigned_by(self) -> UUID | None: ...  # noqa: D102  a protocol's fields


def sees_municipality(principal: Principal, municipality: str) -> bool:
    """Whether the municipality exists for them at all."""
    return principal.system_admin or municipality in principal.municipalities


def role_for(principal: Principal, task: TaskLike) -> HeldRole | None:
    """The role by which the task is theirs: the candidate role or the co-role, in its department or actor."""
    for held in principal.roles:
        in_place = held.municipality == task.municipality_id and held.scope_id in {None, task.scope_id}
        if in_place and held.role in {task.candidate_role, task.co_role}:
            return held
    return None


def may_do(principal: Principal, task: TaskLike) -> bool:
    """Theirs by role, or handed to them (or to somebody they stand in for) by another.

    A claim gives nothing by itself: who claimed a task and has left its role since may not do it.
    """
    if role_for(principal, task) is not None:
        return True
    return task.assigned_by is not None and task.assignee_id in principal.person_ids(task.municipality_id)


def require_may_do(principal: Principal, task: TaskLike) -> None:
    """Raises NotFound for another municipality's task, NotYours for another role's."""
    if not sees_municipality(principal, task.municipality_id):
        raise NotFound("Uppgiften", "The user task")
    if not may_do(principal, task):
        raise NotYours(
            f"Uppgiften är för rollen {role_name(task.candidate_role)}, som du inte har i dag.",
            f"The user task is for the role {role_name(task.candidate_role, 'en')}, which you do not hold today.",
            role=task.candidate_role,
        )


def _has(principal: Principal, municipality: str, wanted: str) -> bool:
    return any(
        held.municipality == municipality and held.scope_id is None and getattr(ROLES.get(held.role), wanted, False)
        for held in principal.roles
    )


def oversees(principal: Principal, municipality: str) -> bool:
    """May see every task, instance and record of the municipality."""
    return principal.system_admin or _has(principal, municipality, "oversees")


def administers(principal: Principal, municipality: str) -> bool:
    """May change and repair what runs in the municipality."""
    return principal.system_admin or _has(principal, municipality, "administers")


def leads(principal: Principal, municipality: str) -> bool:
    """May start, cancel and hand out work: the coordinator, the security manager and the administrator."""
    leading = {"crime_prevention_coordinator", "security_manager", "system_admin"}
    return principal.system_admin or any(
        held.municipality == municipality and held.scope_id is None and held.role in leading for held in principal.roles
    )


def may_start(principal: Principal, municipality: str, role: str | None) -> bool:
    """May start a process by hand: who leads the work, and who holds the role that its start event names."""
    return leads(principal, municipality) or any(
        held.municipality == municipality and held.role == role for held in principal.roles
    )


def is_internal(principal: Principal, municipality: str) -> bool:
    """Holds a role that is not an external actor's: may read the municipality's ongoing instances."""
    return principal.system_admin or any(
        held.municipality == municipality and not getattr(ROLES.get(held.role), "external", True)
        for held in principal.roles
    )


def changeable_in_record(
    principal: Principal, municipality: str, kind: str, owners: Collection[UUID]
) -> frozenset[str]:
    """The columns of a kind of record that they may change at all; an empty set when they may change nothing.

    Those who lead the work, and those whose role keeps that kind of record for the municipality, may change what its
    rules let be changed; `owners`, the record's department or actor, some of what is its own.
    """
    rules = RULES[kind]
    held_here = [held for held in principal.roles if held.municipality == municipality]
    if leads(principal, municipality) or any(h.scope_id is None and h.role in rules.keepers for h in held_here):
        return rules.changeable | rules.free
    is_own = any(held.role in OWNERS and held.scope_id in owners for held in held_here if held.scope_id is not None)
    return rules.own if is_own else frozenset()


def require_may_change_record(
    principal: Principal, municipality: str, kind: str, owners: Collection[UUID]
) -> frozenset[str]:
    """The columns that they may change. Raises NotFound or NotYours."""
    allowed = changeable_in_record(principal, municipality, kind, owners)
    require(
        bool(allowed),
        principal,
        municipality,
        "Posten får bara den ändra som leder arbetet eller för just de här posterna.",
        "Only those who lead the work or keep these records may change this one.",
    )
    return allowed


def own_actors(principal: Principal, municipality: str | None) -> list[UUID]:
    """The actors they act for in the municipality; anywhere when none is named."""
    return [
        held.scope_id
        for held in principal.roles
        if held.scope_kind == "actor" and held.scope_id and municipality in {None, held.municipality}
    ]


def require(allowed: bool, principal: Principal, municipality: str, sv: str, en: str) -> None:  # noqa: FBT001  a test
    """Raises NotFound when the municipality is not theirs to know of, NotYours when they lack the right."""
    if not sees_municipality(principal, municipality):
        raise NotFound
    if not allowed:
        raise NotYours(sv, en)


def require_oversees(principal: Principal, municipality: str) -> None:
    """Raises NotFound or NotYours."""
    require(
        oversees(principal, municipality),
        principal,
        municipality,
        "Det här får bara den se som samordnar eller leder arbetet.",
        "Only those who coordinate or lead the work may see this.",
    )


def require_internal(principal: Principal, municipality: str) -> None:
    """Raises NotFound or NotYours."""
    require(
        is_internal(principal, municipality),
        principal,
        municipality,
        "Det här får bara kommunens och polisens egna roller se.",
        "Only the municipality's and the police's own roles may see this.",
    )


def require_leads(principal: Principal, municipality: str) -> None:
    """Raises NotFound or NotYours."""
    require(
        leads(principal, municipality),
        principal,
        municipality,
        "Det här får bara samordnaren, säkerhetschefen eller administratören göra.",
        "Only the coordinator, the security manager or the administrator may do this.",
    )


def require_may_start(principal: Principal, municipality: str, role: str | None) -> None:
    """Raises NotFound or NotYours."""
    require(
        may_start(principal, municipality, role),
        principal,
        municipality,
        "Den här processen får du inte starta. Be samordnaren.",
        "You may not start this process. Ask the coordinator.",
    )


def require_administers(principal: Principal, municipality: str) -> None:
    """Raises NotFound or NotYours."""
    require(
        administers(principal, municipality),
        principal,
        municipality,
        "Det här får bara administratören göra.",
        "Only the administrator may do this.",
    )


def may_import(principal: Principal, municipality: str, kind: str) -> bool:
    """May read in a table of that kind: who leads the work; people and meetings are the administrator's."""
    if kind in _ADMINISTRATORS_TABLES:
        return administers(principal, municipality)
    return leads(principal, municipality)


def require_may_import(principal: Principal, municipality: str, kind: str) -> None:
    """Raises NotFound or NotYours."""
    if kind in _ADMINISTRATORS_TABLES:
        require_administers(principal, municipality)
    require_leads(principal, municipality)


# Who gets a role, and the plan that every deadline is reckoned by.
_ADMINISTRATORS_TABLES = frozenset({"people", "meetings"})


def require_may_change_person(principal: Principal, places: Collection[str], *, is_system_admin: bool) -> None:
    """Who may change a person's name, address, password or tokens, or close their account.

    The installation's administrator; and a municipality's administrator for somebody who holds roles (past, present
    or to come) nowhere but where the administrator administers: whoever sets a password could act as that person.
    `places` are the municipalities of those roles. Raises NotFound or NotYours.
    """
    if principal.system_admin:
        return
    if not any(administers(principal, place) for place in places):
        if any(sees_municipality(principal, place) for place in places):
            raise NotYours("Det här får bara administratören göra.", "Only the administrator may do this.")
        raise NotFound("Personen", "The person")
    if is_system_admin or not all(administers(principal, place) for place in places):
        raise NotYours(
            "Personen har roller även i andra kommuner. Ändringen görs av den som driver tjänsten.",
            "The person holds roles in other municipalities too. The system administrator makes this change.",
        )


def require_may_arrange_substitute(principal: Principal, municipality: str, person_id: UUID) -> None:
    """One's own substitute, or as an administrator anybody's. Raises NotFound or NotYours."""
    own = person_id == principal.id
    require(
        own or administers(principal, municipality),
        principal,
        municipality,
        "Du kan bara ordna en ersättare för dig själv.",
        "You can only arrange a substitute for yourself.",
    )


def require_system_admin(principal: Principal) -> None:
    """Raises NotYours."""
    if not principal.system_admin:
        raise NotYours("Det här får bara driftansvarig göra.", "Only the system administrator may do this.")


def overseen(principal: Principal, among: Iterable[str]) -> list[str]:
    """Those of the municipalities that they may oversee."""
    return sorted(m for m in among if oversees(principal, m))
