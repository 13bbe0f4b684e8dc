"""A process started and answered by hand, as somebody who holds the role would: for stories outside the calendar."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from app.db.people import Person
from app.db.process import attachments, user_tasks
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.domain.ids import new_id
from app.domain.principals import HeldRole, Principal
from app.services.installation import Installation
from app.services.process import process_instances
from app.services.process.jobs import run_due
from app.services.process.process_instances import Start
from app.services.process.user_tasks import complete
from app.services.unit_of_work import UnitOfWork, begin_system

_PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


class Hands:
    """The hands of whoever holds a role in a municipality."""

    def __init__(self, installation: Installation, municipality: str = "askersund") -> None:
        self.installation, self.municipality = installation, municipality

    def start(
        self,
        process: str,
        role: str,
        *,
        variables: Mapping[str, Any] | None = None,
        anchor_on: date | None = None,
        anchor_organ: str | None = None,
    ) -> UUID:
        """Start a process as a holder of the role; the instance's id."""
        with begin_system(self.installation) as uow:
            uow.principal = self._holder(uow, role, None, None)
            begin = Start(
                self.municipality, process, variables=variables, anchor_on=anchor_on, anchor_organ=anchor_organ
            )
            instance_id = process_instances.start(uow, begin).id
        self.settle()
        return instance_id

    def settle(self) -> None:
        """Let the service do everything that is due."""
        while run_due(self.installation):
            pass

    def open(self, element: str | None = None) -> list[UserTask]:
        """The open tasks of the municipality, those of one step if it is named, by whose they are."""
        with begin_system(self.installation) as uow:
            found = user_tasks.in_municipalities(uow.session, [self.municipality], limit=500)
        wanted = [task for task in found if element in {None, task.element_id}]
        return sorted(wanted, key=lambda task: (task.element_id, task.scope_name or ""))

    def answer(self, element: str, submission: Mapping[str, Any], *, whose: str | None = None) -> UUID:
        """Answer the open task of the step (of one department or actor) as a holder of its role; the task's id."""
        (task,) = [t for t in self.open(element) if whose in {None, t.scope_name}]
        with begin_system(self.installation) as uow:
            uow.principal = self._holder(uow, task.candidate_role, task.scope_kind, task.scope_id)
            complete(uow, task.id, dict(submission))
        self.settle()
        return task.id

    def answer_with_file(self, element: str, field: str, submission: Mapping[str, Any]) -> UUID:
        """The same, with a file in one of the fields."""
        (task,) = self.open(element)
        file_id = new_id()
        with begin_system(self.installation) as uow:
            holder = self._holder(uow, task.candidate_role, task.scope_kind, task.scope_id)
            values = {
                "municipality_id": self.municipality, "id": file_id, "user_task_id": task.id, "file_name": "fil.pdf",
                "media_type": "application/pdf", "size": len(_PDF), "sha256": hashlib.sha256(_PDF).hexdigest(),
                "uploaded_at": uow.now, "uploaded_by": holder.id,
            }  # fmt: skip
            attachments.add(uow.session, values, _PDF)
        return self.answer(element, {**submission, field: str(file_id)})

    def instance(self, instance_id: UUID) -> ProcessInstance:
        """The instance as it stands."""
        with begin_system(self.installation) as uow:
            uow.principal = self._holder(uow, "auditor", None, None)
            return process_instances.visible(uow, instance_id)

    def _holder(self, uow: UnitOfWork, role: str, kind: str | None, scope_id: UUID | None) -> Principal:
        person_id = new_id()
        uow.session.add(
            Person(
                id=person_id, username=f"hand.{person_id}", name="Någon", email=None, password_hash=None,
                language="sv", system_admin=False, active=True, created_at=uow.now,
            )
        )  # fmt: skip
        uow.session.flush()
        held = HeldRole(self.municipality, role, kind, scope_id, person_id)
        return Principal(person_id, "", "Någon", "sv", system_admin=False, roles=(held,))
