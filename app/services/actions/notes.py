"""Actions that write a line in the history."""

from collections.abc import Mapping
from typing import Any

from app.db.process.process_instances import ProcessInstance
from app.domain.roles import role_name
from app.services.actions.results import ActionResult
from app.services.unit_of_work import UnitOfWork

MAX_TEXT = 1000


def write_note(_uow: UnitOfWork, _instance: ProcessInstance, parameters: Mapping[str, Any]) -> ActionResult:
    """A line in the instance's history, for instance that a department never answered."""
    return ActionResult(detail={"text": str(parameters["text"])[:MAX_TEXT]})


def notify(_uow: UnitOfWork, _instance: ProcessInstance, parameters: Mapping[str, Any]) -> ActionResult:
    """A message to a role, kept in the history where the role's holders see it."""
    role = str(parameters["role"])
    return ActionResult(detail={"role": role, "to": role_name(role), "text": str(parameters["text"])[:MAX_TEXT]})
