"""What every answer carries, whoever made it; and the last net under a request."""

import time
from collections.abc import MutableMapping
from typing import Any

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import InvalidInput, NotFound
from app.telemetry import REQUESTS
from app.web import problems

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Envelope:
    """Adds the headers, answers what nobody foresaw as a problem, and measures.

    Pure ASGI, outside everything else, so that an answer made by any layer passes here.
    """

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self.always = dict(_ALWAYS)
        if secure:
            self.always["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(message, scope)
            await send(message)

        try:
            if not await self._refused(scope, receive, dressed):
                await self.app(scope, receive, dressed)
        except Exception as fault:
            problem = problems.unexpected(fault)
            if status:
                # The answer has begun and cannot be taken back; the server closes the connection.
                raise
            await problems.answer(Request(scope), problem)(scope, receive, dressed)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            REQUESTS.labels(route, str(status)).observe(time.perf_counter() - began)

    def _dress(self, message: MutableMapping[str, Any], scope: Scope) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self.always.items():
            headers.setdefault(name, value)
        if scope["path"].startswith(("/api/", "/metrics", "/health/")):
            headers.setdefault("Cache-Control", "no-store")

    @staticmethod
    async def _refused(scope: Scope, receive: Receive, send: Send) -> bool:
        """A NUL in the address cannot be looked for in PostgreSQL, and is nobody's honest mistake."""
        request = Request(scope)
        if "\x00" in scope["path"]:
            refusal: NotFound | InvalidInput = NotFound()
        elif b"%00" in scope["query_string"] or b"\x00" in scope["query_string"]:
            refusal = InvalidInput("Adressen har ett NUL-tecken.", "The address has a NUL character.")
        else:
            return False
        problem = problems.problem_of(refusal, problems.language_of(request))
        await problems.answer(request, problem)(scope, receive, send)
        return True
