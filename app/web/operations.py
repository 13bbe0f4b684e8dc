"""For operators and machines: is it alive, is it ready, its metrics, and what the API can do."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from ipaddress import ip_address
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.db import migrations
from app.db.process import incidents, job_queues
from app.db.session import DatabaseUnavailable, LockNotGranted
from app.domain.principals import require_system_admin
from app.services.unit_of_work import begin, begin_system, sign_in_principal
from app.telemetry import DUE_JOBS, OLDEST_DUE_JOB, OPEN_INCIDENTS, REGISTRY, WAITING_JOBS
from app.web.deps import credential_of, installation_of
from app.web.problems import KINDS, language_of

routes = APIRouter(include_in_schema=False)


@lru_cache(maxsize=1)
def _head() -> str:
    return migrations.head()


@routes.get("/health/live")
def live() -> Response:
    """The process answers."""
    return _json({"status": "live"})


@routes.get("/health/ready")
def ready(request: Request) -> Response:
    """The database answers, and is of the version that this code speaks; 503 otherwise."""
    installation = installation_of(request)
    try:
        with begin(installation) as uow:
            current = migrations.current_of(uow.session)
    except (DatabaseUnavailable, LockNotGranted):
        return _json({"status": "waiting", "reason": "the database does not answer"}, 503)
    if current != _head():
        return _json({"status": "waiting", "reason": f"the schema is {current}, not {_head()}"}, 503)
    return _json({"status": "ready"})


def _json(body: Mapping[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")


@routes.get("/metrics")
def metrics(request: Request) -> Response:
    """Prometheus text: for somebody on this machine, or with a system administrator's token."""
    installation = installation_of(request)
    if not _on_this_machine(request):
        with begin(installation) as uow:
            require_system_admin(sign_in_principal(uow, *credential_of(request)))
    with begin_system(installation) as uow:
        OPEN_INCIDENTS.set(incidents.count_open(uow.session))
        queue = job_queues.queue(uow.session, uow.now)
        WAITING_JOBS.set(queue.waiting)
        DUE_JOBS.set(queue.due)
        OLDEST_DUE_JOB.set(queue.age(uow.now))
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


def _on_this_machine(request: Request) -> bool:
    """Not by way of a proxy on this machine: it would make everybody look local."""
    if {"x-forwarded-for", "forwarded", "x-real-ip", "via"} & set(request.headers):
        return False
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


@routes.get("/docs")
def docs(request: Request) -> Response:
    """The operations of the API as a page without scripts: a strict policy allows no other."""
    return _page("API", _operations(request.app.openapi()))


@routes.get("/problems/{code}")
def problem_type(request: Request, code: str) -> Response:
    """What a problem's `type` means."""
    kind, language = KINDS.get(code), language_of(request)
    if kind is None:
        unknown = "Unknown problem" if language == "en" else "Okänt problem"
        return _page(unknown, [f"<p><code>{escape(code[:80])}</code></p>"], 404, language)
    title = kind.en if language == "en" else kind.sv
    return _page(title, [f"<p><code>{escape(code)}</code>: HTTP {kind.status}.</p>"], language=language)


def _operations(openapi: Mapping[str, Any]) -> Iterable[str]:
    yield '<p><a href="/openapi.json">openapi.json</a> (OpenAPI 3.1). '
    yield "Errors are problem details (RFC 9457). Tokens travel as <code>Authorization: Bearer</code>.</p>"
    for path, operations in openapi["paths"].items():
        yield f"<h2><code>{escape(path)}</code></h2><dl>"
        for method, operation in operations.items():
            yield f"<dt><strong>{method.upper()}</strong> {escape(operation.get('summary', ''))}</dt>"
            yield f"<dd><p>{escape(operation.get('description', ''))}</p>{_parameters(operation)}"
            yield f"<p>Answers: {escape(', '.join(operation['responses']))}</p></dd>"
        yield "</dl>"


def _parameters(operation: Mapping[str, Any]) -> str:
    rows = [
        f"<li><code>{escape(p['name'])}</code> ({escape(p['in'])}{', required' if p.get('required') else ''}) "
        f"{escape(p.get('description', ''))}</li>"
        for p in operation.get("parameters", ())
    ]
    kinds = ", ".join(operation.get("requestBody", {}).get("content", {}))
    if kinds:
        rows.append(f"<li>body: {escape(kinds)}</li>")
    return f"<ul>{''.join(rows)}</ul>" if rows else ""


def _page(title: str, parts: Iterable[str], status: int = 200, language: str = "en") -> Response:
    body = "".join(parts)
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} – Trygghetshjulet</title></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    return Response(html, status, media_type="text/html")
