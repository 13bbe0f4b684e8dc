"""Who the departments and companies have named to represent them, and who of those is known in the service.

Nässjö: "Respektive nämnd och styrelse har minst en representant från förvaltningen/bolaget utsedd".
"""

from dataclasses import dataclass
from uuid import UUID, uuid5

from app.db import people
from app.db.process import submissions
from app.db.process.process_instances import ProcessInstance
from app.services.unit_of_work import UnitOfWork

_FORM, _MENDED = "utse_representanter", "valj_personer"
_FUNCTIONS = {"representant": "representant", "ersattare": "ersättare"}
_ROLES = {"department": "department_rep", "company": "municipal_company"}


@dataclass(frozen=True)
class Representative:
    """Somebody named. `id` is of the unit and the function; `person_id` is None for a name that nobody known has."""

    id: UUID
    unit_id: UUID
    unit_name: str
    role: str
    function: str
    written: str
    person_id: UUID | None

    @property
    def title(self) -> str:
        """As it is told: Socialförvaltningen, ersättare: Kim Alm."""
        return f"{self.unit_name}, {self.function}: {self.written}"


def named(uow: UnitOfWork, instance: ProcessInstance) -> list[Representative]:
    """Everybody named within the instance, by unit: the last that each unit said, mended by the coordinator."""
    sent = submissions.sent_within(uow.session, instance.municipality_id, instance.id)
    mended = [row for form in sent if form.form_key == _MENDED for row in form.data.get("personer") or []]
    chosen = {str(row["id"]): str(row["person"]) for row in mended if row.get("person")}
    known = people.everyone_in(uow.session, instance.municipality_id, uow.today)
    last = {row.scope_id: row for row in sent if row.form_key == _FORM and row.scope_id and row.scope_kind in _ROLES}
    found = []
    for unit_id, row in sorted(last.items(), key=lambda item: item[1].scope_name or ""):
        for function, word in _FUNCTIONS.items():
            written = str(row.data.get(function) or "").strip()
            if written:
                key = uuid5(unit_id, function)
                person = _person(uow, chosen.get(str(key)) or written, known)
                role = _ROLES[row.scope_kind or ""]
                told = _told(uow, written)
                found.append(Representative(key, unit_id, row.scope_name or "", role, word, told, person))
    return found


def unknown(uow: UnitOfWork, instance: ProcessInstance) -> list[Representative]:
    """Those whom nobody in the service is."""
    return [each for each in named(uow, instance) if each.person_id is None]


def _person(uow: UnitOfWork, written: str, known: list[tuple[UUID, str]]) -> UUID | None:
    """Who is meant, by id or by a name that one person in the municipality has."""
    if (person_id := _id(written)) is not None:
        person = people.get(uow.session, person_id)
        return person.id if person is not None and person.active else None
    alike = [person_id for person_id, name in known if name.casefold() == written.casefold()]
    return alike[0] if len(alike) == 1 else None


def _told(uow: UnitOfWork, written: str) -> str:
    person_id = _id(written)
    if person_id is None:
        return written
    return people.names(uow.session, {person_id}).get(person_id, written)


def _id(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
