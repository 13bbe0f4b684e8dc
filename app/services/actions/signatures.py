"""Actions that let what both have signed be in force."""

from collections.abc import Mapping
from typing import Any

from app.db.prevention import agreements, municipalities, records
from app.db.prevention.agreements import Agreement, CitizenPromise
from app.db.process.process_instances import ProcessInstance
from app.services.actions.groups import decide_measures
from app.services.actions.results import ActionFailed, ActionResult
from app.services.unit_of_work import UnitOfWork


def sign_agreement(uow: UnitOfWork, instance: ProcessInstance, _parameters: Mapping[str, Any]) -> ActionResult:
    """Both have signed: the agreement is in force and the one before with the same party is not. Law (2023:196) 9 §."""
    session, place = uow.session, instance.municipality_id
    found = records.of_instance(session, Agreement, place, instance.id)
    if not found or not (found[0].signed_municipality_on and found[0].signed_party_on):
        raise ActionFailed("Båda har inte undertecknat.", "Both have not signed.")
    row: Agreement = found[0]
    if not (row.purposes and row.areas):
        raise ActionFailed("Syften och områden saknas (9 §).", "Purposes and areas are missing (section 9).")
    party = next((a.name for a in municipalities.actors(session, place, uow.today) if a.id == row.actor_id), None)
    records.change(session, Agreement, place, row.id, {"status": "signed", "actor_name": party, "updated_at": uow.now})
    agreements.end_earlier_agreements(session, place, row)
    return ActionResult({"id": str(row.id)}, {"agreement": str(row.id), "status": "signed"})


def sign_citizen_promise(uow: UnitOfWork, instance: ProcessInstance, parameters: Mapping[str, Any]) -> ActionResult:
    """Both have signed: the promise is in force, its activities are decided, and the promise before is over."""
    session, place = uow.session, instance.municipality_id
    found = records.of_instance(session, CitizenPromise, place, instance.id)
    if not found or not (found[0].signed_municipality_on and found[0].signed_police_on):
        raise ActionFailed("Båda har inte undertecknat.", "Both have not signed.")
    records.change(session, CitizenPromise, place, found[0].id, {"status": "signed", "updated_at": uow.now})
    agreements.end_earlier_promises(session, place, found[0])
    decide_measures(uow, instance, parameters)
    return ActionResult({"id": str(found[0].id)}, {"promise": str(found[0].id), "status": "signed"})
