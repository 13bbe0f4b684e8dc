"""Actions on the meeting plan: what the board secretary enters becomes planned meetings, and gaps are told."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.db.process import submissions
from app.db.process.process_instances import ProcessInstance
from app.domain.calendar_changes import AddMeeting
from app.domain.errors import InvalidInput
from app.services.actions.results import ActionFailed, ActionResult
from app.services.facts import organisation
from app.services.prevention.calendar_changes import carry_out
from app.services.prevention.watchdogs import meeting_gaps
from app.services.unit_of_work import UnitOfWork

_ORGANS = ("KSAU", "KS", "KF")
_FORM = "ange_sammantraden"


def plan_meetings(uow: UnitOfWork, instance: ProcessInstance, _parameters: Mapping[str, Any]) -> ActionResult:
    """Put the days that the instance's form names in the meeting plan; those that stand there already stay.

    What runs follows the new meetings, as when an administrator adds them. Raises ActionFailed when a day cannot be.
    """
    place = instance.municipality_id
    answers = submissions.answers_of(uow.session, place, instance.id, _FORM)
    said: Mapping[str, Any] = answers[-1][1] if answers else {}
    standing = {(m.organ, m.on) for m in organisation(uow, place).plan.meetings}
    named = [(organ, date.fromisoformat(on)) for organ in _ORGANS for on in said.get(organ.lower()) or []]
    new = [AddMeeting(organ, on) for organ, on in dict.fromkeys(named) if (organ, on) not in standing]
    if new:
        try:
            carry_out(uow, place, new, "Sammanträdesplanen för verksamhetsåret.")
        except InvalidInput as refused:
            raise ActionFailed(refused.sv, refused.en) from refused
    return ActionResult({"antal": len(new)}, {"meetings": len(new)})


def tell_meeting_gaps(uow: UnitOfWork, instance: ProcessInstance, _parameters: Mapping[str, Any]) -> ActionResult:
    """The meetings that the municipality's rules count on next year and the plan lacks, each with what is nearest."""
    gaps = meeting_gaps(uow, instance.municipality_id, [instance.year + 1])
    text = " ".join(gap.sv for gap in gaps)
    return ActionResult({"antal": len(gaps), "text": text}, {"gaps": len(gaps), "text": text})
