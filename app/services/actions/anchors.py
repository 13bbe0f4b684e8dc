"""The action that moves an instance's T: the day that its deadlines are counted from."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.db.process import process_instances
from app.db.process.process_instances import ProcessInstance
from app.domain.meeting_plans import MeetingPlan, organ_name
from app.domain.swedish_dates import long_date
from app.domain.workdays import FIRST_YEAR, LAST_YEAR
from app.services.actions.results import ActionFailed, ActionResult
from app.services.facts import organisation
from app.services.unit_of_work import UnitOfWork


def move_anchor(uow: UnitOfWork, instance: ProcessInstance, parameters: Mapping[str, Any]) -> ActionResult:
    """Give the instance a new T: the day that is named, or else the organ's next meeting that papers can still reach.

    What opens from now on is counted from the new T; a task that is open already keeps its day. A named day must lie
    ahead. The T that has just been is no new day: it is what an answer from an earlier round still says. Raises
    ActionFailed when the day has passed or the meeting plan has nothing to offer.
    """
    organ = str(parameters.get("organ") or instance.anchor_organ or "")
    before = instance.anchor_on
    named = _named(parameters.get("datum"))
    if named is not None and named == before and named <= uow.today:
        named = None
    if named is not None and named <= uow.today:
        raise ActionFailed(
            f"Ärendet kan inte flyttas till {long_date(named)}: dagen har varit.",
            f"The matter cannot be moved to {long_date(named, 'en')}: that day has been.",
        )
    on = named or _next_meeting(organisation(uow, instance.municipality_id).plan, organ, _latest(before, uow.today))
    process_instances.save(
        uow.session,
        instance,
        {
            "anchor_on": on,
            "anchor_organ": organ or None,
            "variables": {**instance.variables, "anchor": on.isoformat()},
        },
    )
    told = {"anchor_before": before.isoformat() if before else None, "anchor_on": on.isoformat(), "organ": organ}
    return ActionResult({"datum": on.isoformat()}, told)


def _next_meeting(plan: MeetingPlan, organ: str, after: date) -> date:
    """The first meeting whose manuscript stop lies ahead; where there is none, the first meeting at all."""
    coming = sorted((m for m in plan.meetings if m.organ == organ and m.on > after), key=lambda m: m.on)
    if not organ:
        raise ActionFailed(
            "Ärendet har inget organ vars nästa sammanträde det kan flyttas till.",
            "The matter has no organ to whose next meeting it could be moved.",
        )
    if not coming:
        raise ActionFailed(
            f"Sammanträdesplanen har inget senare sammanträde för {organ_name(organ).sv}. Lägg in det och försök igen.",
            f"The meeting plan has no later meeting of {organ_name(organ).en}. Add it and retry.",
        )
    return next((m.on for m in coming if m.manuscript_stop_on > after), coming[0].on)


def _latest(anchor: date | None, today: date) -> date:
    return today if anchor is None else max(anchor, today)


def _named(value: Any) -> date | None:
    if not value:
        return None
    try:
        on = date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise ActionFailed(f"”{value}” är ingen dag.", f"'{value}' is no day.") from error
    if not FIRST_YEAR < on.year < LAST_YEAR:
        raise ActionFailed(f"Året {on.year} går inte.", f"The year {on.year} will not do.")
    return on
