"""The web application: the API, the pages and what surrounds every request."""

from asyncio import Semaphore
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request, Response

from app.services.installation import Installation
from app.web import feeds, operations, problems
from app.web.api import api
from app.web.api.documentation import DIAGRAM_PROBLEM_SCHEMA, PROBLEM_SCHEMA
from app.web.bodies import BodyLimit
from app.web.deps import TURNS, Replay, replayed
from app.web.headers import Envelope
from app.web.pages import include_pages

TITLE = "Trygghetshjulet"
VERSION = "1"
THREADS = 20


def create_application(
    installation: Installation, *, base_url: str = "", secure_cookies: bool, pages: bool = True
) -> FastAPI:
    """The application for an installation.

    `base_url` is the address people reach it by; `secure_cookies` says that it is served over https.
    """
    app = FastAPI(
        title=TITLE,
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,
    )
    app.state.installation = installation
    app.state.base_url = base_url
    app.state.secure_cookies = secure_cookies
    app.state.turns = Semaphore(TURNS)
    problems.install(app)
    app.add_exception_handler(Replay, replayed)
    app.include_router(api())
    app.include_router(operations.routes)
    app.include_router(feeds.routes)
    app.add_api_route("/openapi.json", _openapi, include_in_schema=False)
    if pages:
        include_pages(app)
    app.openapi = lambda: openapi_of(app)  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    app.add_middleware(BodyLimit)
    app.add_middleware(Envelope, secure=secure_cookies)
    return app


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    # More threads than turns, so that a request that holds a connection always finds a thread to go on in.
    current_default_thread_limiter().total_tokens = THREADS
    yield


def _openapi(request: Request) -> Response:
    return Response(orjson.dumps(request.app.openapi()), media_type="application/json")


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 of the API, with the problem documents that every route may answer."""
    if app.openapi_schema is None:
        described = FastAPI.openapi(app)
        described["paths"] = {path: found for path, found in described["paths"].items() if path.startswith("/api/")}
        schemas = described["components"]["schemas"]
        schemas["Problem"] = dict(PROBLEM_SCHEMA)
        schemas["DiagramProblem"] = dict(DIAGRAM_PROBLEM_SCHEMA)
        app.openapi_schema = described
    return app.openapi_schema
