"""Process instances: start, read, suspend, resume, cancel, and change their variables."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from pydantic import Field

from app.db.process import history, process_instances
from app.domain.principals import is_internal, require_internal, require_oversees
from app.services.process import positions
from app.services.process import process_instances as instances
from app.services.process.process_instances import Start
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import (
    HistoryOut,
    MunicipalityId,
    Page,
    ProcessInstanceOut,
    Reason,
    ReasonBody,
    Shown,
    Taken,
    Variables,
    VariablesOut,
    WaitOut,
    Word,
)
from app.web.deps import Call, Changing, Posting, Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_cursor, read_instant_key

routes = router("/process-instances", "process-instances")

EARLIEST, LATEST = date(2000, 1, 1), date(2150, 12, 31)


class StartBody(Taken):
    """What to start. `anchor_on` is the instance's T."""

    process_key: Word
    municipality: MunicipalityId
    business_key: Word | None = None
    variables: Variables = Field(default_factory=dict)
    anchor_on: Annotated[date, Field(ge=EARLIEST, le=LATEST)] | None = None


class VariablesBody(Taken):
    """Variables to change, and why."""

    variables: Variables
    reason: Reason


class ElementOut(Shown):
    """How a step of the diagram stands."""

    id: str
    status: Literal["completed", "active", "late", "failed"]
    label: str


class DiagramStateOut(Shown):
    """How the diagram stands; steps not reached are left out."""

    elements: list[ElementOut]


class WaitingOut(Shown):
    """Everything the instance waits for."""

    items: list[WaitOut]


@routes.post("", status_code=201, response_model=ProcessInstanceOut, responses=CHANGES)
def start_instance(call: Posting, body: StartBody) -> Response:
    """Start an instance of the latest version."""
    begin = Start(
        municipality=body.municipality,
        process_key=body.process_key,
        business_key=body.business_key,
        variables=body.variables,
        anchor_on=body.anchor_on,
    )
    return call.answer(ProcessInstanceOut.of(instances.start(call.uow, begin)), 201)


@routes.get("", response_model=Page[ProcessInstanceOut], responses=READS)
def list_instances(
    call: Reading,
    municipality: MunicipalityId | None = None,
    process_key: Word | None = None,
    status: Literal["active", "suspended", "ended", "cancelled"] | None = None,
    business_key: Word | None = None,
    limit: Limit = DEFAULT_LIMIT,
    after: After = None,
) -> Response:
    """The instances of the municipalities where one holds a role of their own, newest first."""
    places = call.places(is_internal, require_internal, municipality)
    found = process_instances.page(
        call.uow.session, places, key=process_key, status=status, business_key=business_key,
        after=read_instant_key(after), limit=limit + 1,
    )  # fmt: skip
    rows, following = page_of(found, limit, lambda row: (row.started_at, row.id))
    return call.answer(Page[ProcessInstanceOut](items=[ProcessInstanceOut.of(r) for r in rows], next=following))


@routes.get("/{instance_id}", response_model=ProcessInstanceOut, responses=READS)
def read_instance(call: Reading, instance_id: UUID) -> Response:
    """One instance. Its version is its ETag."""
    return call.answer(ProcessInstanceOut.of(positions.readable(call.uow, instance_id)))


@routes.get("/{instance_id}/variables", response_model=VariablesOut, responses=READS)
def read_variables(call: Reading, instance_id: UUID) -> Response:
    """The variables, for those who oversee the work."""
    row = instances.visible(call.uow, instance_id)
    require_oversees(call.principal, row.municipality_id)
    return call.answer(VariablesOut(variables=row.variables, version=row.version))


@routes.patch("/{instance_id}/variables", response_model=VariablesOut, responses=CHANGES)
def change_variables(call: Changing, instance_id: UUID, body: VariablesBody) -> Response:
    """Change variables by hand, as an administrator; what they were and why is kept in the history."""
    row = instances.set_variables(call.uow, instance_id, body.variables, body.reason, call.if_match)
    return call.answer(VariablesOut(variables=row.variables, version=row.version))


@routes.post("/{instance_id}/suspend", response_model=ProcessInstanceOut, responses=CHANGES)
def suspend_instance(call: Posting, instance_id: UUID, body: ReasonBody) -> Response:
    """Stop for a while: tasks are hidden and timers wait."""
    return call.answer(ProcessInstanceOut.of(instances.suspend(call.uow, instance_id, body.reason, call.if_match)))


@routes.post("/{instance_id}/resume", response_model=ProcessInstanceOut, responses=CHANGES)
def resume_instance(call: Posting, instance_id: UUID) -> Response:
    """Go on. What fell due meanwhile happens at once, once."""
    return call.answer(ProcessInstanceOut.of(instances.resume(call.uow, instance_id, call.if_match)))


@routes.post("/{instance_id}/cancel", response_model=ProcessInstanceOut, responses=CHANGES)
def cancel_instance(call: Posting, instance_id: UUID, body: ReasonBody) -> Response:
    """End before its time, with those it called."""
    return call.answer(ProcessInstanceOut.of(instances.cancel(call.uow, instance_id, body.reason, call.if_match)))


@routes.get("/{instance_id}/diagram-state", response_model=DiagramStateOut, responses=READS)
def read_diagram_state(call: Reading, instance_id: UUID) -> Response:
    """How each step of the diagram stands."""
    row = positions.readable(call.uow, instance_id)
    found = positions.elements(call.uow, row, call.language)
    return call.answer(DiagramStateOut(elements=[ElementOut.model_validate(element) for element in found]))


@routes.get("/{instance_id}/waiting", response_model=WaitingOut, responses=READS)
def read_waiting(call: Reading, instance_id: UUID) -> Response:
    """User tasks, timers, messages, actions and calls that wait."""
    row = positions.readable(call.uow, instance_id)
    return call.answer(WaitingOut(items=[WaitOut.of(wait) for wait in positions.waits(call.uow, row)]))


@routes.get("/{instance_id}/history", response_model=Page[HistoryOut], responses=READS)
def read_history(call: Reading, instance_id: UUID, limit: Limit = DEFAULT_LIMIT, after: After = None) -> Response:
    """What happened, in order."""
    return history_page(call, instance_id, limit, after)


def history_page(call: Call, instance_id: UUID, limit: int, after: str | None) -> Response:
    """A page of an instance's history."""
    row = positions.readable(call.uow, instance_id)
    (since,) = read_cursor(after, int) or (0,)
    found = history.of_instance(call.uow.session, row.municipality_id, row.id, after=since, limit=limit + 1)
    rows, following = page_of(found, limit, lambda line: (line.sequence,))
    return call.answer(Page[HistoryOut](items=[HistoryOut.of(line) for line in rows], next=following))
