"""Which reminders a task has, and the one job that waits for the next of them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog

from app.db.process import deployments
from app.db.process.process_instances import ProcessInstance
from app.domain.ids import new_id
from app.domain.reminders import (
    Fallen,
    Policy,
    ReminderSettings,
    ReminderSettingsInvalid,
    RemindersInvalid,
    begins_after,
    parse,
    policy_of,
    read_settings,
)
from app.services.facts import organisation
from app.services.unit_of_work import UnitOfWork

log = structlog.get_logger()


def settings_of(profile: Mapping[str, Any]) -> ReminderSettings:
    """What the profile says of reminders. One that cannot be used counts as silent: no work stops for its sake."""
    try:
        return read_settings(profile.get("reminders"))
    except ReminderSettingsInvalid as invalid:
        log.warning("reminder_settings_unusable", fault=invalid.en)
        return read_settings(None)


def policy(uow: UnitOfWork, instance: ProcessInstance, attributes: Mapping[str, str]) -> Policy:
    """The policy that holds for a task of the instance with these attributes of the diagram."""
    found = organisation(uow, instance.municipality_id, instance.revision)
    process = uow.installation.reminders.get(instance.definition_id, lambda: _text_of(uow, instance.definition_id))
    return policy_of(attributes.get("reminders"), (instance.process_key, process or None), settings_of(found.profile))


def first_job(
    uow: UnitOfWork, instance: ProcessInstance, place: tuple[str, int], attributes: Mapping[str, str], due_on: date
) -> dict[str, Any] | None:
    """The job for the first reminder of a task that opens now; `place` is its element and token. None: no reminder."""
    calendar = organisation(uow, instance.municipality_id, instance.revision).calendar
    after = begins_after(uow.now)
    following = policy(uow, instance, attributes).following(due_on, calendar, after)
    if following is None:
        return None
    return job_row(uow, instance, place, following, after, occurrence=0, version=calendar.version)


def job_row(
    uow: UnitOfWork,
    instance: ProcessInstance,
    place: tuple[str, int],
    fallen: Fallen,
    after: datetime,
    *,
    occurrence: int,
    version: str,
) -> dict[str, Any]:
    """The job of a step. Steps after the instant `after` are those that it may act on when its time comes."""
    element, token = place
    return {
        "municipality_id": instance.municipality_id,
        "id": new_id(),
        "kind": "reminder",
        "scope_kind": "process_instance",
        "scope_id": instance.id,
        "element": element,
        "token": token,
        "occurrence": occurrence,
        "process_instance_id": instance.id,
        "due_at": fallen.at,
        "due_on": fallen.on,
        "zone": "Europe/Stockholm",
        "rule": fallen.step.text,
        "calendar_version": version,
        "status": "waiting",
        "attempts": 0,
        "payload": {"after": after.isoformat()},
        "created_at": uow.now,
    }


def _text_of(uow: UnitOfWork, definition_id: UUID) -> str:
    text = str(deployments.about(uow.session, definition_id).get("reminders") or "")
    try:
        return parse(text).text if text else ""
    except RemindersInvalid as invalid:
        log.warning("process_reminders_unusable", definition=str(definition_id), fault=invalid.en)
        return ""
