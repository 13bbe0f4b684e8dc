"""Messages from outside: correlated like those between instances, durable until somebody waits."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.db.process import jobs, messages
from app.domain.errors import InvalidInput
from app.domain.ids import new_id
from app.domain.principals import require_leads
from app.services.process.process_instances import check_variables
from app.services.process.projection import message_job
from app.services.unit_of_work import UnitOfWork

KINDS = frozenset({"message", "signal"})


def send(
    uow: UnitOfWork, municipality: str, name: str, correlation: str, payload: Mapping[str, Any], kind: str = "message"
) -> UUID:
    """Send a message to whoever waits for it in the municipality, now or later.

    Raises NotFound, NotYours, InvalidInput.
    """
    require_leads(uow.who(), municipality)
    if kind not in KINDS:
        raise InvalidInput("Slaget är message eller signal.", "The kind is message or signal.")
    check_variables(payload)
    message_id = new_id()
    messages.add(
        uow.session,
        [
            {
                "municipality_id": municipality,
                "id": message_id,
                "kind": kind,
                "name": name,
                "correlation": correlation,
                "payload": dict(payload),
                "sent_at": uow.now,
                "status": "buffered",
            }
        ],
    )
    jobs.add(uow.session, [message_job(municipality, message_id, kind, name, uow.now)])
    uow.ring_after_commit()
    return message_id
