"""The action that gives those whom the departments named their roles for the coming year."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.db.process.process_instances import ProcessInstance
from app.domain.errors import Conflict, InvalidInput
from app.services.actions.results import ActionFailed, ActionResult
from app.services.prevention.representatives import Representative, named
from app.services.role_assignments import Given, give_as_operator
from app.services.unit_of_work import UnitOfWork


def assign_representatives(uow: UnitOfWork, instance: ProcessInstance, _parameters: Mapping[str, Any]) -> ActionResult:
    """Give each representative and substitute the role of its department or company, from January to December.

    The year is the one after the instance's. Who holds the role already keeps it as it is. Those whom nobody in the
    service is are counted and told, never dropped.
    """
    everybody = named(uow, instance)
    given = [each for each in everybody if each.person_id is not None and _give(uow, instance, each)]
    missing = [each.title for each in everybody if each.person_id is None]
    detail = {"given": [each.title for each in given], "unknown": missing}
    return ActionResult({"antal": len(given), "okanda": len(missing)}, detail)


def _give(uow: UnitOfWork, instance: ProcessInstance, who: Representative) -> bool:
    """Whether the role was new. Raises ActionFailed when it cannot be given: the department is closed."""
    if who.person_id is None:
        return False
    year = instance.year + 1
    given = Given(who.role, date(year, 1, 1), date(year, 12, 31), who.unit_id)
    try:
        with uow.session.begin_nested():
            give_as_operator(uow, instance.municipality_id, who.person_id, given)
    except Conflict:
        return False
    except InvalidInput as refused:
        raise ActionFailed(f"{who.title}: {refused.sv}", f"{who.title}: {refused.en}") from refused
    return True
