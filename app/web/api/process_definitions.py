"""Process definitions: read, and judge a diagram without deploying it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from app.db.prevention import municipalities
from app.db.process import deployments
from app.services.process import process_definitions
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import Page, ProcessDefinitionOut, Shown, Word
from app.web.api.uploads import RawBody
from app.web.deps import Changing, Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_cursor

routes = router("/process-definitions", "process-definitions")


class DiagramProblemOut(Shown):
    """One thing wrong with a diagram."""

    rule: str
    severity: str
    element: str | None
    line: int | None
    message: str


class CheckOut(Shown):
    """What `trygghetshjulet check --json` says of a file."""

    file: str
    accepted: bool
    executable: bool
    problems: list[DiagramProblemOut]


@routes.get("", response_model=Page[ProcessDefinitionOut], responses=READS)
def list_definitions(
    call: Reading,
    key: Word | None = None,
    limit: Limit = DEFAULT_LIMIT,
    after: After = None,
) -> Response:
    """The definitions that may be read here, by key and falling version."""
    principal, session = call.principal, call.uow.session
    places = [m.id for m in municipalities.every(session)] if principal.system_admin else [*principal.municipalities]
    keys: Any = read_cursor(after, str, int)
    rows, following = page_of(
        deployments.page(session, places, key=key, after=keys, limit=limit + 1), limit, lambda r: (r.key, r.version)
    )
    items = [ProcessDefinitionOut.of(row, call.language) for row in rows]
    return call.answer(Page[ProcessDefinitionOut](items=items, next=following))


_BPMN = {
    "required": True,
    "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("application/xml", "text/xml")},
}


@routes.post("/check", response_model=CheckOut, responses=CHANGES, openapi_extra={"requestBody": _BPMN})
def check_diagram(
    raw: RawBody, call: Changing, file: Annotated[str, Query(max_length=200)] = "process.bpmn"
) -> Response:
    """Judge a diagram. Nothing is stored."""
    verdict = process_definitions.check(raw)
    problems = [DiagramProblemOut(**problem.in_language(call.language)) for problem in verdict.problems]
    return call.answer(CheckOut(file=file, accepted=verdict.accepted, executable=verdict.executable, problems=problems))


@routes.get("/{definition_id}", response_model=ProcessDefinitionOut, responses=READS)
def read_definition(call: Reading, definition_id: UUID) -> Response:
    """One version."""
    row = process_definitions.visible(call.uow, definition_id)
    shown = ProcessDefinitionOut.of(row, call.language)
    # A version never changes: its number is no ETag to change it by.
    return Response(shown.model_dump_json(), media_type="application/json")


@routes.get(
    "/{definition_id}/xml",
    response_class=Response,
    responses={**READS, 200: {"content": {"application/xml": {}}, "description": "BPMN 2.0, as it was deployed."}},
)
def read_xml(call: Reading, definition_id: UUID) -> Response:
    """The drawing, byte for byte."""
    process_definitions.visible(call.uow, definition_id)
    return Response(deployments.xml(call.uow.session, definition_id), media_type="application/xml")


@routes.get(
    "/{definition_id}/forms/{key}",
    response_class=Response,
    responses={**READS, 200: {"content": {"application/schema+json": {}}, "description": "A JSON Schema."}},
)
def read_form(call: Reading, definition_id: UUID, key: str) -> Response:
    """A form, its fields in the order they are shown."""
    process_definitions.visible(call.uow, definition_id)
    text = process_definitions.form_text(call.uow, definition_id, key)
    return Response(text, media_type="application/schema+json")
