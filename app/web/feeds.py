"""What calendar programs fetch without signing in: the secret is in the address.

It is never logged: lines hold events and ids, metrics the route. Whoever runs a proxy in front is asked not to log it
either (docs/operations.md). 32 random bytes cannot be guessed, so a wrong one is merely not found.
"""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.services import calendar_feeds
from app.services.calendar_feeds import Answer
from app.web.deps import OpenedForAnyone

routes = APIRouter(include_in_schema=False)

MEDIA_TYPE = "text/calendar; charset=utf-8"
LONGEST_SECRET = 100


def base_of(request: Request) -> str:
    """The address people reach the service by, without a slash at its end; the request's own where none is set."""
    return str(request.app.state.base_url or request.base_url).rstrip("/")


def address_of(request: Request, secret: str) -> str:
    """The whole address of a feed."""
    return base_of(request) + calendar_feeds.path_of(secret)


@routes.api_route("/kalender/{secret}.ics", methods=["GET", "HEAD"])
def fetch(request: Request, uow: OpenedForAnyone, secret: Annotated[str, Path(max_length=LONGEST_SECRET)]) -> Response:
    """The calendar, or 304 when it says what it said before. Raises NotFound."""
    answer = calendar_feeds.answer(uow, secret, base_of(request))
    headers = {
        "ETag": f'"{answer.etag}"',
        "Last-Modified": format_datetime(answer.changed_at.astimezone(UTC).replace(microsecond=0), usegmt=True),
        # To be asked about every time, and kept by nobody but the one who fetched it.
        "Cache-Control": "private, no-cache",
        "X-Robots-Tag": "noindex",
    }
    if _is_known(request, answer):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="trygghetshjulet.ics"'
    return Response(answer.content, headers=headers, media_type=MEDIA_TYPE)


def _is_known(request: Request, answer: Answer) -> bool:
    """Whether the caller has just this (RFC 9110, 13.1.2 and 13.1.3): a tag goes before a time."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        shown = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in shown or f'"{answer.etag}"' in shown
    since = _instant(request.headers.get("if-modified-since"))
    return since is not None and answer.changed_at.replace(microsecond=0) <= since


def _instant(header: str | None) -> datetime | None:
    """The instant of a header; None for one that is none, which is as if it had not been sent."""
    try:
        found = parsedate_to_datetime(header or "")
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo is not None else None
