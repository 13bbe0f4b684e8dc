"""A line in an instance's history that a use case writes by itself; what the engine did is written by `projection`."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.db.process import history
from app.services.unit_of_work import UnitOfWork


def write_line(
    uow: UnitOfWork,
    of: tuple[str, UUID],
    kind: str,
    detail: Mapping[str, Any],
    *,
    element: str | None = None,
    name: str | None = None,
    user_task_id: UUID | None = None,
) -> None:
    """Write what was done, by whom (nobody when the service did it), at the unit of work's instant.

    `of` is the municipality and the process instance.
    """
    municipality, instance_id = of
    line = {
        "municipality_id": municipality,
        "process_instance_id": instance_id,
        "at": uow.now,
        "kind": kind,
        "element": element,
        "name": name,
        "user_task_id": user_task_id,
        "person_id": uow.principal.id if uow.principal else None,
        "detail": dict(detail),
    }
    history.append(uow.session, [line])
