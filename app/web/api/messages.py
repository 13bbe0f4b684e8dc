"""Messages from outside, and who waits for one."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from pydantic import Field, StringConstraints

from app.db.process import messages
from app.domain.principals import oversees, require_oversees
from app.services.process.messages import send
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import Done, MessageOut, MunicipalityId, Page, SubscriptionOut, Taken, Variables, Word
from app.web.deps import Posting, Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_instant_key

routes = router("", "messages")


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
