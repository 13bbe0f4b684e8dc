"""Actions on what people report along the way."""

from collections.abc import Mapping
from typing import Any

from app.db.prevention import records
from app.db.prevention.incident_reports import IncidentReport
from app.db.process.process_instances import ProcessInstance
from app.services.actions.results import ActionFailed, ActionResult
from app.services.unit_of_work import UnitOfWork


def triage_incident_report(uow: UnitOfWork, instance: ProcessInstance, _parameters: Mapping[str, Any]) -> ActionResult:
    """The report of the instance has been judged: it stands in the next local picture. Gives its id."""
    found = records.of_instance(uow.session, IncidentReport, instance.municipality_id, instance.id)
    if not found:
        raise ActionFailed("Ärendet har ingen inrapportering.", "The instance has no incident report.")
    values = {"status": "triaged", "updated_at": uow.now}
    records.change(uow.session, IncidentReport, instance.municipality_id, found[0].id, values)
    return ActionResult({"id": str(found[0].id)}, {"report": str(found[0].id)})
