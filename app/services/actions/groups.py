"""Actions of groups that decide within their own ordinary work."""

from collections.abc import Mapping
from typing import Any

from app.db.prevention import measures, records, situation_pictures
from app.db.prevention.measures import Measure
from app.db.prevention.situation_pictures import SituationPicture
from app.db.process.process_instances import ProcessInstance
from app.services.actions.results import ActionResult
from app.services.unit_of_work import UnitOfWork


def decide_measures(uow: UnitOfWork, instance: ProcessInstance, _parameters: Mapping[str, Any]) -> ActionResult:
    """The measures that the instance's forms proposed are decided by the group; those under way are left alone.

    The problem areas they answer to belong to the instance's picture, where it has one.
    """
    session, place = uow.session, instance.municipality_id
    for picture in records.of_instance(session, SituationPicture, place, instance.id):
        situation_pictures.put_areas_in(session, place, instance.id, picture.id, uow.now)
    proposed = [m for m in records.of_instance(session, Measure, place, instance.id) if m.status == "proposed"]
    measures.set_status(session, place, [m.id for m in proposed], "decided", uow.now)
    return ActionResult({"antal": len(proposed)}, {"measures": len(proposed)})
