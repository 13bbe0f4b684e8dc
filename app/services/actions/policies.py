"""The action on policy documents: one that is decided holds, and the one before it does not."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.db.prevention import policy_documents, records
from app.db.prevention.policy_documents import PolicyDocument
from app.db.process.process_instances import ProcessInstance
from app.domain.swedish_dates import long_date
from app.services.actions.results import ActionFailed, ActionResult
from app.services.unit_of_work import UnitOfWork


def decide_policy_document(uow: UnitOfWork, instance: ProcessInstance, parameters: Mapping[str, Any]) -> ActionResult:
    """The instance's document is in force for its time; the one of the same name before it is replaced.

    Raises ActionFailed when there is none, and when its time ends before it begins.
    """
    found = records.of_instance(uow.session, PolicyDocument, instance.municipality_id, instance.id)
    if not found:
        raise ActionFailed("Ärendet har inget styrdokument.", "The instance has no policy document.")
    document: PolicyDocument = found[0]
    first, last = date.fromisoformat(str(parameters["fran"])), date.fromisoformat(str(parameters["till"]))
    if last < first:
        raise ActionFailed(
            f"Dokumentet kan inte gälla från {long_date(first)} till {long_date(last)}: det slutar före det börjar.",
            f"The document cannot hold from {long_date(first, 'en')} to {long_date(last, 'en')}: it ends first.",
        )
    values = {"status": "in_force", "valid_from": first, "valid_until": last, "updated_at": uow.now}
    records.change(uow.session, PolicyDocument, instance.municipality_id, document.id, values)
    policy_documents.replace_earlier(uow.session, instance.municipality_id, document)
    return ActionResult({"id": str(document.id)}, {"document": str(document.id), "valid_until": last.isoformat()})
