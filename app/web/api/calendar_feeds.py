"""Secret calendar addresses: one's own, and a municipality's."""

from fastapi import Request, Response
from pydantic import Field

from app.services import calendar_feeds
from app.web.api.documentation import CHANGES, router
from app.web.api.models import Shown
from app.web.api.municipalities import Id
from app.web.deps import Call, Changing
from app.web.feeds import address_of

routes = router("", "calendar-feeds")


class CalendarFeedOut(Shown):
    """An address for calendar programs. It is shown in this answer and nowhere else: keep it as a password."""

    address: str = Field(description="Answers text/calendar to whoever knows it.")


@routes.post("/me/calendar-feed", status_code=201, response_model=CalendarFeedOut, responses=CHANGES)
def make_own(request: Request, call: Changing) -> Response:
    """An address of one's own deadlines. The one before, if any, ends at once."""
    return _made(request, call, None)


@routes.delete("/me/calendar-feed", status_code=204, responses=CHANGES)
def end_own(call: Changing) -> Response:
    """End the address of one's own deadlines."""
    calendar_feeds.revoke(call.uow)
    return Response(status_code=204)


@routes.post(
    "/municipalities/{municipality}/calendar-feed", status_code=201, response_model=CalendarFeedOut, responses=CHANGES
)
def make_of_municipality(request: Request, call: Changing, municipality: Id) -> Response:
    """An address of the municipality's wheel, as one who leads it. The one before, if any, ends at once."""
    return _made(request, call, municipality)


@routes.delete("/municipalities/{municipality}/calendar-feed", status_code=204, responses=CHANGES)
def end_of_municipality(call: Changing, municipality: Id) -> Response:
    """End the address of the municipality's wheel, as one who leads it."""
    calendar_feeds.revoke(call.uow, municipality)
    return Response(status_code=204)


def _made(request: Request, call: Call, municipality: str | None) -> Response:
    """A new address. Not under an idempotency key: its secret would be kept."""
    secret = calendar_feeds.make_or_renew(call.uow, municipality)
    return call.answer(CalendarFeedOut(address=address_of(request, secret)), 201)
