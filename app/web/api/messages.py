"""Messages from outside, and who waits for one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Response
from pydantic import Field, StringConstraints

from app.db.process import messages
from app.db.process.messages import Message, Subscription
from app.domain.principals import oversees, require_oversees
from app.services.process.messages import send
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import Done, MunicipalityId, Page, Shown, Taken, Variables, Word
from app.web.deps import Posting, Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_instant_key

routes = router("", "messages")


class MessageOut(Shown):
    """A message or signal, in the buffer or delivered."""

    id: UUID
    municipality: str
    kind: str
    name: str
    correlation: str
    payload: Mapping[str, Any]
    status: str
    sent_at: datetime
    delivered_at: datetime | None
    delivered_to: UUID | None

    @classmethod
    def of(cls, row: Message) -> "MessageOut":
        """The row."""
        return cls(
            id=row.id,
            municipality=row.municipality_id,
            kind=row.kind,
            name=row.name,
            correlation=row.correlation,
            payload=row.payload,
            status=row.status,
            sent_at=row.sent_at,
            delivered_at=row.delivered_at,
            delivered_to=row.delivered_to,
        )


class SubscriptionOut(Shown):
    """A token that waits for a message or signal."""

    id: UUID
    municipality: str
    process_instance_id: UUID
    element: str
    kind: str
    name: str
    correlation: str
    since: datetime

    @classmethod
    def of(cls, row: Subscription) -> "SubscriptionOut":
        """The row."""
        return cls(
            id=row.id,
            municipality=row.municipality_id,
            process_instance_id=row.process_instance_id,
            element=row.element,
            kind=row.kind,
            name=row.name,
            correlation=row.correlation,
            since=row.since,
        )


class MessageBody(Taken):
    """A message to whoever waits for it in the municipality, now or later; a signal reaches only those who wait."""

    municipality: MunicipalityId
    name: Word
    correlation: Annotated[str, StringConstraints(max_length=200)] = ""
    payload: Variables = Field(default_factory=dict)
    kind: Literal["message", "signal"] = "message"


@routes.post("/messages", status_code=201, response_model=Done, responses=CHANGES)
def send_message(call: Posting, body: MessageBody) -> Response:
    """Send. It is delivered by a job of its own, exactly once."""
    made = send(call.uow, body.municipality, body.name, body.correlation, body.payload, body.kind)
    return call.answer(Done(id=made), 201)


@routes.get("/messages", response_model=Page[MessageOut], responses=READS)
def list_messages(
    call: Reading,
    municipality: MunicipalityId | None = None,
    status: Literal["buffered", "delivered"] | None = None,
    limit: Limit = DEFAULT_LIMIT,
    after: After = None,
) -> Response:
    """Messages, newest first."""
    places = call.places(oversees, require_oversees, municipality)
    keys = read_instant_key(after)
    found = messages.page(call.uow.session, places, status=status, after=keys, limit=limit + 1)
    rows, following = page_of(found, limit, lambda row: (row.sent_at, row.id))
    return call.answer(Page[MessageOut](items=[MessageOut.of(row) for row in rows], next=following))


@routes.get("/subscriptions", response_model=Page[SubscriptionOut], responses=READS)
def list_subscriptions(
    call: Reading,
    municipality: MunicipalityId | None = None,
    process_instance: UUID | None = None,
    limit: Limit = DEFAULT_LIMIT,
    after: After = None,
) -> Response:
    """Who waits for a message or signal, longest first."""
    places = call.places(oversees, require_oversees, municipality)
    keys = read_instant_key(after)
    found = messages.subscriptions_of(
        call.uow.session, places, instance_id=process_instance, limit=limit + 1, after=keys
    )
    rows, following = page_of(found, limit, lambda row: (row.since, row.id))
    return call.answer(Page[SubscriptionOut](items=[SubscriptionOut.of(row) for row in rows], next=following))
