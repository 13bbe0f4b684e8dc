"""People and roles of a table, held against those there are, and written: a row for each role somebody holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from app.db import people as rows_of_people
from app.db.people import Person
from app.db.prevention import imports
from app.db.role_assignments import RoleAssignment
from app.domain.errors import NotFound, NotYours
from app.domain.people import check_email, check_name, check_username
from app.domain.principals import require_may_change_person
from app.domain.table_imports.columns import CellInvalid, ImportKind
from app.domain.table_imports.outcomes import CellChange, Outcome
from app.domain.table_imports.rows import Entry
from app.domain.table_imports.tables import Fault
from app.services import people
from app.services.role_assignments import Given, give, set_last_day
from app.services.unit_of_work import UnitOfWork


def judge(
    uow: UnitOfWork, municipality: str, kind: ImportKind, entries: Sequence[Entry], language: str
) -> tuple[list[Outcome], list[Fault]]:
    """What would become of each row, and the faults of those that cannot be."""
    judge_of = _Judge(uow, municipality, entries)
    outcomes: list[Outcome] = []
    faults: list[Fault] = []
    for entry in entries:
        try:
            outcomes.append(judge_of.outcome(entry))
        except _Refused as fault:
            heading = kind.column(fault.column).heading(language)
            faults.append(Fault(entry.number, heading, fault.sv, fault.en))
    return outcomes, faults


def carry_out(uow: UnitOfWork, municipality: str, outcomes: Sequence[Outcome]) -> None:
    """Add people, give roles, and change what rows say otherwise."""
    added: dict[str, UUID] = {}
    for outcome in outcomes:
        said = outcome.said
        user = str(said["user"])
        person_id = outcome.record_id or added.get(user)
        if person_id is None:
            person = people.add(uow, username=user, name=str(said["name"]), email=said.get("email"))
            person_id = added[user] = person.id
        changes = {change.name: change.after for change in outcome.changes}
        about: dict[str, Any] = {name: changes[name] for name in ("name", "email") if name in changes}
        if about and outcome.record_id is not None:
            people.change(uow, person_id, about)
        if said.get("assignment") is None:
            given = Given(str(said["role"]), date.fromisoformat(said["from"]), _day(said.get("to")), _id(said["scope"]))
            give(uow, municipality, person_id, given)
        elif "valid_to" in changes:
            set_last_day(uow, UUID(said["assignment"]), _day(changes["valid_to"]))


_LEFT: Mapping[str, Any] = {
    "note_sv": "Personen har roller även i andra kommuner: namn och adress lämnas som de är.",
    "note_en": "The person holds roles in other municipalities too: name and address are left as they are.",
}


class _Refused(CellInvalid):
    """A row that cannot be, and the column where it shows."""

    def __init__(self, column: str, sv: str, en: str) -> None:
        super().__init__(sv, en)
        self.column = column


@dataclass(frozen=True)
class _Period:
    first: date | None
    last: date | None

    def meets(self, row: RoleAssignment, today: date) -> bool:
        """Whether some day of the row's is a day of the period; without a first day, from today."""
        first = self.first or min(today, self.last or today)
        return (row.valid_to is None or row.valid_to >= first) and row.valid_from <= (self.last or date.max)


class _Judge:
    """The rows of one table, against the people and the roles there are."""

    def __init__(self, uow: UnitOfWork, municipality: str, entries: Sequence[Entry]) -> None:
        self.uow = uow
        users = {_user(entry) for entry in entries}
        addresses = {str(e.values["email"]).lower() for e in entries if e.values.get("email")}
        self._by_username = {p.username: p for p in imports.with_usernames(uow.session, users)}
        self._by_address: dict[str, list[Person]] = {}
        for person in imports.with_addresses(uow.session, municipality, addresses):
            self._by_address.setdefault((person.email or "").lower(), []).append(person)
        known = {p.id for p in self._by_username.values()} | {p.id for g in self._by_address.values() for p in g}
        self._roles: dict[UUID, list[RoleAssignment]] = {}
        for row in imports.roles_of(uow.session, municipality, known):
            self._roles.setdefault(row.person_id, []).append(row)
        # Who a row means is the same for all rows of the table that mean them: name and address, by person.
        self._said: dict[object, tuple[int, str, str | None]] = {}
        self._users: dict[str, str] = {}
        self._taken: dict[UUID, int] = {}

    def outcome(self, entry: Entry) -> Outcome:
        """What would become of the row. Raises _Refused."""
        person = self._person(entry)
        user = person.username if person else _user(entry)
        name = check_name(str(entry.values["name"]))
        email = check_email(entry.values.get("email"))
        self._require_same(entry, user, name, email)
        assignment = self._assignment(entry, person) if person else None
        about = self._about(person, name, email)
        may_change = not about or person is None or self._may_change(person)
        changes = [*(about if may_change else []), *_last_day(entry, assignment)]
        said = {
            "user": user,
            "name": name,
            "email": email,
            "role": entry.values["role"],
            "scope": (entry.values.get("scope") or {}).get("id"),
            "from": entry.values.get("valid_from") or self.uow.today.isoformat(),
            "to": entry.values.get("valid_to"),
            "assignment": str(assignment.id) if assignment else None,
        }
        if assignment is None:
            if (last := _day(said["to"])) is not None and last < date.fromisoformat(said["from"]):
                raise _Refused("valid_to", "Sista dagen har passerat. Skriv den första dagen också.",
                               "The last day has passed. Write the first day too.")  # fmt: skip
            result: Any = "created"
        else:
            result = "changed" if changes else "unchanged"
        outcome = Outcome(
            entry.number, entry.label, result, entry.key, "", person.id if person else None, tuple(changes), said
        )
        return outcome if may_change else replace(outcome, **_LEFT)

    def _person(self, entry: Entry) -> Person | None:
        """Whom the row means: by user name; without one, also by an address that is known in the municipality."""
        found = self._by_username.get(_user(entry))
        if found is None and not entry.values.get("username"):
            alike = self._by_address.get(str(entry.values.get("email") or "").lower(), [])
            if len(alike) > 1:
                raise _Refused("email", "Flera personer har den adressen. Skriv användarnamnet också.",
                               "Several people have that address. Write the user name too.")  # fmt: skip
            found = alike[0] if alike else None
        if found is not None and not found.active:
            raise _Refused("name", "Personens konto är stängt.", "The person's account is closed.")
        return found

    def _require_same(self, entry: Entry, user: str, name: str, email: str | None) -> None:
        """Rows about one person say the same of them."""
        number, first_name, first_email = self._said.setdefault(user, (entry.number, name, email))
        if name != first_name:
            raise _Refused("name", f"Personen heter något annat på rad {number}.",
                           f"The person has another name in row {number}.")  # fmt: skip
        if email is not None and first_email is not None and email != first_email:
            raise _Refused("email", f"Personen har en annan adress på rad {number}.",
                           f"The person has another address in row {number}.")  # fmt: skip
        other = self._users.setdefault(email.lower(), user) if email else user
        if other != user and not entry.values.get("username"):
            raise _Refused("email", "Adressen står på en annan rad med ett användarnamn. Skriv det här också.",
                           "Another row has the address with a user name. Write that here too.")  # fmt: skip

    def _about(self, person: Person | None, name: str, email: str | None) -> list[CellChange]:
        if person is None:
            return []
        changes = []
        if name != person.name:
            changes.append(CellChange("name", person.name, name))
        if email is not None and email.lower() != (person.email or "").lower():
            changes.append(CellChange("email", person.email, email))
        return changes

    def _may_change(self, person: Person) -> bool:
        """Whether their name and address may be changed here, or only by whoever runs the service."""
        try:
            places = rows_of_people.places_of(self.uow.session, person.id)
            require_may_change_person(self.uow.who(), places, is_system_admin=person.system_admin)
        except (NotYours, NotFound):
            return False
        return True

    def _assignment(self, entry: Entry, person: Person) -> RoleAssignment | None:
        """The role that the row means, when the person holds it already."""
        scope = _id((entry.values.get("scope") or {}).get("id"))
        same = [
            row for row in self._roles.get(person.id, []) if (row.role, row.scope_id) == (entry.values["role"], scope)
        ]
        period = _Period(_day(entry.values.get("valid_from")), _day(entry.values.get("valid_to")))
        exact = [row for row in same if period.first == row.valid_from]
        met = exact[:1] or [row for row in same if period.meets(row, self.uow.today)]
        if not met:
            return None
        row = met[0]
        if period.first is not None and period.first != row.valid_from:
            raise _Refused(
                "valid_from",
                f"Personen har rollen från {row.valid_from}. Skriv den dagen, eller lämna cellen tom.",
                f"The person holds the role from {row.valid_from}. Write that day, or leave the cell empty.",
            )
        if row.id in self._taken:
            number = self._taken[row.id]
            raise _Refused("role", f"Samma roll som på rad {number}.", f"The same role as in row {number}.")
        self._taken[row.id] = entry.number
        return row


def _last_day(entry: Entry, assignment: RoleAssignment | None) -> list[CellChange]:
    wanted = _day(entry.values.get("valid_to"))
    if assignment is None or wanted is None or wanted == assignment.valid_to:
        return []
    before = assignment.valid_to.isoformat() if assignment.valid_to else None
    return [CellChange("valid_to", before, wanted.isoformat())]


def _user(entry: Entry) -> str:
    return check_username(str(entry.values.get("username") or entry.values.get("email")))


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
