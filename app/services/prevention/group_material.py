"""What EST and the other groups have handed over to the council, kept in the notes of their meetings.

002: "Grupperna ska också vid behov ta fram underlag till styrgruppen."
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.db.process import submissions
from app.db.process.process_instances import ProcessInstance
from app.domain.clock import local_date
from app.services.unit_of_work import UnitOfWork

_NOTES = (("est_cykel", "anteckna_est"), ("gruppmote", "anteckna_grupp"))
_COUNCIL = ("strategiskt_rad", "bearbeta_gemensamt")
_LONGEST = 600


@dataclass(frozen=True)
class Handed:
    """What a group wants the council to decide on. `id` is the submission's."""

    id: UUID
    group: str
    held_on: date
    text: str

    @property
    def title(self) -> str:
        """As it is offered in a form."""
        told = self.text if len(self.text) <= _LONGEST else f"{self.text[:_LONGEST]} …"
        return f"{self.group} {self.held_on.isoformat()}: {told}"


def handed_over(uow: UnitOfWork, instance: ProcessInstance) -> list[Handed]:
    """What the groups have handed over since an earlier council went through its material, oldest first.

    A question that was marked and not written is no material: the chair sees that something is missing in the notes.
    """
    session, place = uow.session, instance.municipality_id
    since_at = submissions.last_sent_at(session, place, *_COUNCIL, but_of=instance.id)
    found = [
        Handed(
            row.id,
            row.scope_name or "EST",
            row.anchor_on or local_date(row.submitted_at),
            str(row.data["till_styrgrupp"]).strip(),
        )
        for process, element in _NOTES
        for row in submissions.noted_since(session, place, process, element, since_at)
        if str(row.data.get("till_styrgrupp") or "").strip()
    ]
    return sorted(found, key=lambda handed: (handed.held_on, handed.group))
