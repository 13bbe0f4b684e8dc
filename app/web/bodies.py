"""Bodies as they arrive: never more than the limit, never JSON that something further in would choke on."""

import hashlib
import re
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import FieldFault, InvalidInput, TooLarge
from app.web.problems import BodyRefused

MAX_BODY = 1_000_000
MAX_DEPLOYMENT = 10_000_000
MAX_ATTACHMENT = 25_000_000
MAX_TABLE = 5_000_000
ENVELOPE = 64_000
MAX_DEPTH = 40
# Beyond it a whole number has become a float on the way in, and is no longer the number that was sent.
MAX_NUMBER = 2.0**63

_LIMITS = (
    (re.compile(r"/api/v1/(deployments|process-definitions/check)"), MAX_DEPLOYMENT),
    (re.compile(r"/api/v1/user-tasks/[^/]+/attachments"), MAX_ATTACHMENT + ENVELOPE),
    (re.compile(r"/api/v1/municipalities/[^/]+/imports/"), MAX_TABLE + ENVELOPE),
    (re.compile(r"/api/.*"), MAX_BODY),
)


class BodyLimit:
    """Counts a body while it is read and refuses the first byte too many; notes its digest for idempotency keys.

    Who shows no token and no session may send little, whatever the address.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with a reader that counts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        limit = _limit(scope["path"], known=b"authorization" in headers or b"cookie" in headers)
        declared = headers.get(b"content-length", b"0")
        count, digest = 0, hashlib.sha256()
        state = scope.setdefault("state", {})

        async def counted() -> Message:
            nonlocal count
            if declared.isdigit() and int(declared) > limit:
                raise BodyRefused(TooLarge(limit))
            message = await receive()
            if message["type"] == "http.request":
                body = message.get("body", b"")
                count += len(body)
                if count > limit:
                    raise BodyRefused(TooLarge(limit))
                digest.update(body)
                state["digest"] = digest
            return message

        await self.app(scope, counted, send)


def _limit(path: str, *, known: bool) -> int:
    if not known:
        return MAX_BODY
    # The pages take attachments in their forms.
    return next((limit for pattern, limit in _LIMITS if pattern.fullmatch(path)), MAX_ATTACHMENT + ENVELOPE)


class StrictRequest(Request):
    """A request whose JSON is UTF-8, finite, not too deep and without NUL."""

    async def json(self) -> Any:
        """The value. Raises JSONDecodeError (a 422 by FastAPI's own way) or BodyRefused."""
        value = orjson.loads(await self.body())
        inspect(value)
        return value


class StrictRoute(APIRoute):
    """A route that reads its body strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, given a strict request."""
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strict


def inspect(value: Any) -> None:
    """Refuse what PostgreSQL or a later reader cannot hold. Raises BodyRefused naming where."""
    waiting: list[tuple[Any, str, int]] = [(value, "", 0)]
    while waiting:
        at, pointer, depth = waiting.pop()
        if isinstance(at, dict | list):
            if depth > MAX_DEPTH:
                raise _unfit(pointer, f"Högst {MAX_DEPTH} nivåer.", f"At most {MAX_DEPTH} levels.")
            waiting += [
                (inner, f"{pointer}/{name}", depth + 1) for name, inner in _inside(at, pointer) if _is_suspect(inner)
            ]
        elif isinstance(at, str) and "\x00" in at:
            raise _unfit(pointer, "Texten har ett NUL-tecken.", "The text has a NUL character.")
        elif isinstance(at, float) and abs(at) >= MAX_NUMBER:
            raise _unfit(pointer, "Talet är för stort.", "The number is too large.")


def _inside(container: dict[str, Any] | list[Any], pointer: str) -> Iterable[tuple[object, Any]]:
    if isinstance(container, list):
        return enumerate(container)
    if any("\x00" in name for name in container):
        raise _unfit(pointer, "Ett namn har ett NUL-tecken.", "A name has a NUL character.")
    return ((name[:60].replace("~", "~0").replace("/", "~1"), inner) for name, inner in container.items())


def _is_suspect(value: Any) -> bool:
    return isinstance(value, str | float | dict | list)


def _unfit(pointer: str, sv: str, en: str) -> BodyRefused:
    return BodyRefused(InvalidInput(sv, en, [FieldFault(pointer, sv, en)]))
