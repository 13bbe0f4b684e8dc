"""Definitions as people read them: shared by all, or their own municipality's."""

from uuid import UUID

from app.db.process import deployments
from app.db.process.deployments import ProcessDefinition
from app.domain.errors import NotFound
from app.domain.principals import sees_municipality
from app.engine.vetting import Verdict
from app.services.process.deployments import surroundings
from app.services.process.vettings import judge_apart
from app.services.unit_of_work import UnitOfWork


def visible(uow: UnitOfWork, definition_id: UUID) -> ProcessDefinition:
    """The definition version. Raises NotFound when it is unknown or another municipality's own."""
    found = deployments.get(uow.session, definition_id)
    owner = found.municipality_id if found is not None else None
    if found is None or (owner is not None and not sees_municipality(uow.who(), owner)):
        raise NotFound("Processdefinitionen", "The process definition")
    return found


def form_text(uow: UnitOfWork, definition_id: UUID, key: str | None) -> str:
    """A form as it was deployed, its fields in order. Raises NotFound."""
    text = deployments.forms(uow.session, definition_id).get(key) if key else None
    if not isinstance(text, str):
        raise NotFound("Formuläret", "The form")
    return text


def check(raw: bytes) -> Verdict:
    """What can be said of a lone diagram from outside; nothing is deployed. Raises VettingBusy."""
    return judge_apart(raw, surroundings())
