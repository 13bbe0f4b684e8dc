"""Refusals as problem details (RFC 9457): the one table from code to status, and the one way a fault is answered.

`type` is `/problems/<code>`. `detail` is a sentence in Swedish, or in English when the caller asks for it. Invalid
input has `errors`, a refused diagram `problems`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException  # noqa: TID251  the router raises it; this is the one place that knows

from app.db.session import DatabaseUnavailable, LockNotGranted
from app.domain.errors import DeploymentRefused, InvalidInput, ProcessCannotGoOn, Refusal
from app.domain.ids import new_id
from app.services.process import incidents
from app.services.process.user_tasks import CompletionFault
from app.telemetry import where

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """A type of problem: its status, its title in both languages and the headers that go with it."""

    status: int
    sv: str
    en: str
    headers: Mapping[str, str] = field(default_factory=dict)


KINDS: dict[str, Kind] = {
    "not-signed-in": Kind(
        401, "Inte inloggad", "Not signed in", {"WWW-Authenticate": 'Bearer realm="trygghetshjulet"'}
    ),
    "wrong-password": Kind(
        401, "Fel lösenord", "Wrong password", {"WWW-Authenticate": 'Bearer realm="trygghetshjulet"'}
    ),
    "not-yours": Kind(403, "Inte din sak", "Not yours"),
    "not-found": Kind(404, "Finns inte", "Not found"),
    "method-not-allowed": Kind(405, "Går inte att göra här", "Method not allowed"),
    "conflict": Kind(409, "Läget tillåter det inte", "Conflict"),
    "user-task-already-completed": Kind(409, "Redan slutförd", "Already completed"),
    "user-task-cancelled": Kind(409, "Inte längre aktuell", "Cancelled"),
    "user-task-claimed": Kind(409, "Tagen av någon annan", "Claimed by somebody else"),
    "instance-suspended": Kind(409, "Pausat", "Suspended"),
    "instance-ended": Kind(409, "Avslutat", "Ended"),
    "process-cannot-go-on": Kind(409, "Processen kan inte gå vidare", "The process cannot go on"),
    "nobody-waits": Kind(409, "Ingen väntar", "Nobody waits"),
    "already-resolved": Kind(409, "Redan åtgärdat", "Already resolved"),
    "stale-version": Kind(412, "Ändrat sedan du läste", "Changed since you read it"),
    "too-large": Kind(413, "För stort", "Too large"),
    "invalid-input": Kind(422, "Går inte att ta emot", "Invalid input"),
    "invalid-submission": Kind(422, "Inte rätt ifyllt", "Invalid submission"),
    "deployment-refused": Kind(422, "Kan inte driftsättas", "Deployment refused"),
    "idempotency-key-reused": Kind(422, "Nyckeln är använd", "Idempotency key reused"),
    "idempotency-key-in-use": Kind(409, "Anropet pågår", "The call is in hand", {"Retry-After": "1"}),
    "refused": Kind(409, "Går inte", "Refused"),
    "internal-error": Kind(500, "Något gick fel hos oss", "Something went wrong on our side"),
    "busy": Kind(503, "Upptaget just nu", "Busy", {"Retry-After": "1"}),
    "database-unavailable": Kind(503, "Databasen svarar inte", "The database does not answer", {"Retry-After": "5"}),
}


@dataclass(frozen=True)
class Problem:
    """A fault as it will be answered. `facts` are further members of the problem document."""

    code: str
    sv: str
    en: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """The row of the table; a code without a row would be a fault of ours, never a status by chance."""
        return KINDS[self.code]


class BodyRefused(HTTPException):
    """A refusal met while the body was read: FastAPI lets only its own exceptions through there."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(KINDS[refusal.code].status)
        self.refusal = refusal


def language_of(request: Request) -> str:
    """`en` when the caller prefers English, else `sv`."""
    best = {"sv": 0.0, "en": 0.0}
    for part in request.headers.get("accept-language", "")[:200].split(","):
        tag, _, weight = part.strip().partition(";q=")
        name = tag.split("-")[0].strip().lower()
        if name in best:
            try:
                best[name] = max(best[name], float(weight or 1))
            except ValueError:
                continue
    return "en" if best["en"] > best["sv"] else "sv"


def answer(request: Request, problem: Problem) -> Response:
    """The problem as JSON; as a page where pages are served and a person asks."""
    render = getattr(request.app.state, "render_problem", None)
    wants_page = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")
    if render is not None and wants_page:
        page: Response = render(request, problem)
        return page
    return problem_response(problem, language_of(request))


def problem_response(problem: Problem, language: str) -> Response:
    """The problem document."""
    kind = problem.kind
    body = {
        "type": f"/problems/{problem.code}",
        "title": kind.en if language == "en" else kind.sv,
        "status": kind.status,
        "detail": problem.en if language == "en" else problem.sv,
        **problem.facts,
    }
    headers = {**kind.headers, **problem.headers, "Content-Language": language}
    return Response(orjson.dumps(body, default=str), kind.status, headers, MEDIA_TYPE)


def problem_of(refusal: Refusal, language: str) -> Problem:
    """A refusal as a problem, its errors worded in that language."""
    facts: dict[str, Any] = dict(refusal.facts)
    if isinstance(refusal, InvalidInput):
        facts["errors"] = [
            {"pointer": fault.pointer, "message": fault.en if language == "en" else fault.sv}
            for fault in refusal.errors
        ]
    if isinstance(refusal, DeploymentRefused):
        facts["problems"] = [problem.in_language(language) for problem in refusal.problems]
    code = refusal.code if refusal.code in KINDS else "refused"
    return Problem(code, refusal.sv, refusal.en, facts)


def unexpected(fault: BaseException) -> Problem:
    """Something nobody foresaw: logged with an id that the caller is told, and nothing else told."""
    reference = str(new_id())
    log.error("request_failed", reference=reference, fault=type(fault).__name__, where=where(fault))
    return Problem(
        "internal-error",
        f"Felet är antecknat hos oss med numret {reference}.",
        f"The fault is logged on our side as {reference}.",
        {"reference": reference},
    )


def install(app: FastAPI) -> None:
    """Answer every fault with a problem."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(BodyRefused, _body_refused)
    app.add_exception_handler(CompletionFault, _cannot_go_on)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _of_router)
    app.add_exception_handler(DatabaseUnavailable, _database_unavailable)
    app.add_exception_handler(LockNotGranted, _busy)


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)  # noqa: S101  registered for it
    return answer(request, problem_of(refusal, language_of(request)))


async def _body_refused(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, BodyRefused)  # noqa: S101  registered for it
    return answer(request, problem_of(fault.refusal, language_of(request)))


def _cannot_go_on(request: Request, fault: Exception) -> Response:
    """The completion was rolled back; the answer is kept as a draft in a transaction of its own."""
    assert isinstance(fault, CompletionFault)  # noqa: S101  registered for it
    try:
        if fault.person_id is not None:
            incidents.keep_answer(request.app.state.installation, fault, fault.person_id)
    except (DatabaseUnavailable, LockNotGranted):
        return answer(request, unavailable())
    refusal = ProcessCannotGoOn(fault.element, fault.sv, fault.en)
    return answer(request, problem_of(refusal, language_of(request)))


async def _invalid(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)  # noqa: S101  registered for it
    language = language_of(request)
    errors = [_error(error, language) for error in fault.errors()[:200]]
    sv, en = "Anropet går inte att ta emot.", "The request cannot be accepted."
    return answer(request, Problem("invalid-input", sv, en, {"errors": errors}))


def _error(error: Mapping[str, Any], language: str) -> dict[str, str]:
    where, *path = error["loc"]
    if error["type"] == "json_invalid":
        path = []
    in_body = where == "body"
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path) if in_body else ""
    message = str(error["msg"]) if language == "en" else _SWEDISH.get(error["type"], "Värdet går inte att ta emot.")
    return {"pointer": pointer, "message": message, **({} if in_body else {"parameter": ".".join(map(str, path))})}


_SWEDISH = {
    "missing": "Värdet saknas.",
    "extra_forbidden": "Det finns inget sådant här.",
    "json_invalid": "Texten är inte JSON i UTF-8.",
    "string_type": "Värdet ska vara text.",
    "string_too_long": "Texten är för lång.",
    "string_too_short": "Texten är för kort.",
    "string_pattern_mismatch": "Texten har inte rätt form.",
    "uuid_parsing": "Värdet ska vara ett id (UUID).",
    "uuid_type": "Värdet ska vara ett id (UUID).",
    "int_parsing": "Värdet ska vara ett heltal.",
    "int_type": "Värdet ska vara ett heltal.",
    "bool_parsing": "Värdet ska vara true eller false.",
    "greater_than_equal": "Talet är för litet.",
    "less_than_equal": "Talet är för stort.",
    "date_from_datetime_parsing": "Värdet ska vara ett datum, ÅÅÅÅ-MM-DD.",
    "date_parsing": "Värdet ska vara ett datum, ÅÅÅÅ-MM-DD.",
    "date_type": "Värdet ska vara ett datum, ÅÅÅÅ-MM-DD.",
    "dict_type": "Värdet ska vara ett objekt.",
    "model_attributes_type": "Värdet ska vara ett JSON-objekt, sänt som application/json.",
    "literal_error": "Värdet hör inte till de tillåtna.",
    "enum": "Värdet hör inte till de tillåtna.",
}


async def _of_router(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)  # noqa: S101  registered for it
    headers = dict(fault.headers or {})
    if fault.status_code == KINDS["not-found"].status:
        sv, en = "Adressen finns inte.", "There is nothing at this address."
        return answer(request, Problem("not-found", sv, en, headers=headers))
    if fault.status_code == KINDS["method-not-allowed"].status:
        sv, en = "Adressen finns, men inte för det anropet.", "The address does not take this method."
        return answer(request, Problem("method-not-allowed", sv, en, headers=headers))
    sv, en = "Det som skickades går inte att läsa.", "What was sent cannot be read."
    return answer(request, Problem("invalid-input", sv, en, {"errors": []}, headers))


async def _database_unavailable(request: Request, _fault: Exception) -> Response:
    return answer(request, unavailable())


def unavailable() -> Problem:
    """The database does not answer."""
    sv, en = "Inget har sparats. Försök igen om en stund.", "Nothing was saved. Try again in a while."
    return Problem("database-unavailable", sv, en)


async def _busy(request: Request, _fault: Exception) -> Response:
    sv = "Någon annan arbetar i samma ärende just nu. Inget har sparats. Försök igen."
    en = "Somebody else is working in the same instance. Nothing was saved. Try again."
    return answer(request, Problem("busy", sv, en))
