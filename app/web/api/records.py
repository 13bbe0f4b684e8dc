"""The records of the work, read-only: measures and what was told of them, their causes, plans, decisions ..."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.db.prevention import records
from app.db.prevention.records import RecordRow
from app.db.tables import RECORDS
from app.domain.errors import NotFound
from app.domain.principals import Principal, is_internal, require_internal
from app.web.api.documentation import READS, router
from app.web.api.models import MunicipalityId, Page, Shown
from app.web.deps import Call, Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit, page_of, read_instant_key

PATHS = {
    "commitment": "commitments",
    "measure": "measures",
    "status_report": "status-reports",
    "problem_area": "problem-areas",
    "situation_picture": "situation-pictures",
    "action_plan": "action-plans",
    "decision": "decisions",
    "meeting": "meetings",
    "incident_report": "incident-reports",
    "flag": "flags",
    "cause": "causes",
    "factor": "factors",
    "warning_sign": "warning-signs",
    "goal": "goals",
    "indicator": "indicators",
    "measurement": "measurements",
    "evaluation": "evaluations",
    "policy_document": "policy-documents",
    "data_series": "data-series",
    "observation": "observations",
    "agreement": "agreements",
    "citizen_promise": "citizen-promises",
    "dialogue": "dialogues",
    "publication": "publications",
}

Year = Annotated[int | None, Query(ge=2000, le=2150)]


class RecordOut(Shown):
    """A record. `fields` are its columns, `extra` what an administrator's form added."""

    id: UUID
    municipality: str
    kind: str
    year: int
    process_instance_id: UUID | None
    fields: Mapping[str, Any]
    extra: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: RecordRow) -> "RecordOut":
        """The row."""
        return cls(
            id=row.id,
            municipality=row.municipality_id,
            kind=row.KIND,
            year=row.year,
            process_instance_id=row.process_instance_id,
            fields={name: getattr(row, name) for name in sorted(records.columns_of(type(row)))},
            extra=row.extra,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


def routers() -> list[APIRouter]:
    """A router for each kind of record."""
    return [_router(RECORDS[kind], path) for kind, path in PATHS.items()]


def _router(table: type[RecordRow], path: str) -> APIRouter:
    routes = router(f"/{path}", "records")
    name = path.replace("-", "_")
    routes.get("", response_model=Page[RecordOut], responses=READS, name=f"list_{name}")(_lister(table))
    routes.get("/{record_id}", response_model=RecordOut, responses=READS, name=f"read_{name}")(_reader(table))
    return routes


def _lister(table: type[RecordRow]) -> Callable[..., Response]:
    def list_records(
        call: Reading,
        municipality: MunicipalityId | None = None,
        year: Year = None,
        limit: Limit = DEFAULT_LIMIT,
        after: After = None,
    ) -> Response:
        """Records, newest first; an external actor sees its own commitments."""
        places, actors = _readable(call, table, municipality)
        keys = read_instant_key(after)
        found = records.page(call.uow.session, table, places, year=year, after=keys, limit=limit + 1, actor_ids=actors)
        rows, following = page_of(found, limit, lambda row: (row.created_at, row.id))
        return call.answer(Page[RecordOut](items=[RecordOut.of(row) for row in rows], next=following))

    return list_records


def _reader(table: type[RecordRow]) -> Callable[..., Response]:
    def read_record(call: Reading, record_id: UUID) -> Response:
        """One record."""
        row = records.get(call.uow.session, table, record_id)
        if row is None:
            raise NotFound("Posten", "The record")
        if getattr(row, "actor_id", None) not in _own_actors(call.principal, row.municipality_id):
            require_internal(call.principal, row.municipality_id)
        return call.answer(RecordOut.of(row))

    return read_record


def _readable(call: Call, table: type[RecordRow], municipality: str | None) -> tuple[list[str], list[UUID]]:
    """The municipalities whose records may be read, and the actors whose own may."""
    principal = call.principal
    own = _own_actors(principal, municipality) if table.KIND == "commitment" else []
    if own and (municipality is None or not is_internal(principal, municipality)):
        places = [m for m in sorted(principal.municipalities) if municipality is None and is_internal(principal, m)]
        return places, own
    return call.places(is_internal, require_internal, municipality), []


def _own_actors(principal: Principal, municipality: str | None) -> list[UUID]:
    return [
        held.scope_id
        for held in principal.roles
        if held.scope_kind == "actor" and held.scope_id and municipality in {None, held.municipality}
    ]
