"""The records of the work: found, read and corrected; one resource for each kind."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import AwareDatetime, Field, StringConstraints

from app.db.prevention import records, registers
from app.db.prevention.records import RecordRow
from app.db.prevention.registers import Wanted
from app.domain.errors import FieldFault, InvalidInput, NotFound
from app.domain.principals import is_internal, own_actors, require_internal
from app.services.prevention.record_changes import Correction, change
from app.web.api.models import MunicipalityId, Page, Reason, Shown, Taken
from app.web.deps import Call, Changing, Reading
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
Exactly = Annotated[str | None, Query(min_length=1, max_length=200)]
Sought = Annotated[
    str | None,
    Query(description="Words to find in the record's texts, in any Swedish form."),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
]
ColumnName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]{0,59}$")]


def wanted_of(  # noqa: PLR0917  each is a parameter of the address
    year: Year = None,
    from_year: Year = None,
    to_year: Year = None,
    status: Exactly = None,
    department: Annotated[UUID | None, Query(description="The id of the department whose own it is.")] = None,
    actor: Annotated[UUID | None, Query(description="The id of the actor whose own it is.")] = None,
    owner: Exactly = None,
    process_instance: UUID | None = None,
    period: Annotated[str | None, Query(max_length=20, description="Of the instance: `2027`, `2027-T1`.")] = None,
    changed_since: Annotated[AwareDatetime | None, Query(description="Changed then or later.")] = None,
    withdrawn: Annotated[bool, Query(description="Those that were withdrawn, and no others.")] = False,  # noqa: FBT002  a parameter of the address
    q: Sought = None,
) -> Wanted:
    """What of a register is asked for."""
    return Wanted(
        from_year=year if year is not None else from_year,
        to_year=year if year is not None else to_year,
        status=status,
        department_id=department,
        actor_id=actor,
        owner=owner,
        instance_id=process_instance,
        period=period,
        changed_since=changed_since,
        is_withdrawn=withdrawn,
        text=q,
    )


Asked = Annotated[Wanted, Depends(wanted_of)]


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
    withdrawn_at: datetime | None = Field(description="When it was taken back; null for one that stands.")
    version: int = Field(description="Its ETag: counts what has changed in what it says.")

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
            withdrawn_at=row.withdrawn_at,
            version=row.version,
        )


class RecordBody(Taken):
    """What is to be changed. What is left out stays; null empties. `reason` is needed where something was decided."""

    fields: dict[ColumnName, Any] = Field(default_factory=dict, max_length=60)
    extra: dict[ColumnName, Any] = Field(default_factory=dict, max_length=60)
    reason: Reason | None = None


def lister(table: type[RecordRow]) -> Callable[..., Response]:
    """The route that lists a register."""

    def list_records(
        call: Reading,
        asked: Asked,
        municipality: MunicipalityId | None = None,
        limit: Limit = DEFAULT_LIMIT,
        after: After = None,
    ) -> Response:
        """Records, newest first; an external actor sees its own commitments."""
        places, actors = readable(call, table, municipality)
        require_columns(table, asked)
        keys = read_instant_key(after)
        found = registers.page(call.uow.session, table, places, asked, after=keys, limit=limit + 1, actor_ids=actors)
        rows, following = page_of(found, limit, lambda row: (row.created_at, row.id))
        return call.answer(Page[RecordOut](items=[RecordOut.of(row) for row in rows], next=following))

    return list_records


def reader(table: type[RecordRow]) -> Callable[..., Response]:
    """The route that reads one record."""

    def read_record(call: Reading, record_id: UUID) -> Response:
        """One record, withdrawn or not."""
        return call.answer(RecordOut.of(one(call, table, record_id)))

    return read_record


def changer(table: type[RecordRow]) -> Callable[..., Response]:
    """The route that corrects one record."""

    def change_record(call: Changing, record_id: UUID, body: RecordBody) -> Response:
        """Correct a record, with its version in If-Match: by those who lead the work or keep these records.

        A department or an actor may change some of its own. What has been decided stays as it was decided.
        """
        version: int | Literal["*"] | None = (
            "*" if call.match is not None and call.match.strip() == "*" else call.if_match
        )
        row = change(call.uow, table, record_id, Correction(body.fields, body.extra, body.reason), version)
        return call.answer(RecordOut.of(row))

    return change_record


def one(call: Call, table: type[RecordRow], record_id: UUID) -> RecordRow:
    """The record, for whoever may read it. Raises NotFound or NotYours."""
    row: RecordRow | None = registers.get(call.uow.session, table, record_id)
    if row is None:
        raise NotFound("Posten", "The record")
    if getattr(row, "actor_id", None) not in own_actors(call.principal, row.municipality_id):
        require_internal(call.principal, row.municipality_id)
    return row


def require_columns(table: type[RecordRow], wanted: Wanted) -> None:
    """Raise InvalidInput when the register has no such thing as is asked of it."""
    if missing := wanted.columns() - records.columns_of(table):
        names = ", ".join(sorted(name.removesuffix("_id") for name in missing))
        sv, en = f"Registret har inte {names}.", f"The register has no {names}."
        raise InvalidInput(sv, en, [FieldFault("", sv, en)])


def readable(call: Call, table: type[RecordRow], municipality: str | None) -> tuple[list[str], list[UUID]]:
    """The municipalities whose records may be read, and the actors whose own may."""
    principal = call.principal
    own = own_actors(principal, municipality) if table.KIND == "commitment" else []
    if own and (municipality is None or not is_internal(principal, municipality)):
        places = [m for m in sorted(principal.municipalities) if municipality is None and is_internal(principal, m)]
        return places, own
    return call.places(is_internal, require_internal, municipality), []
