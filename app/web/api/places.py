"""A municipality's departments and companies, external actors, and bodies."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response
from pydantic import Field, StringConstraints

from app.db.prevention import municipalities
from app.db.prevention.municipalities import Actor, Body, Unit
from app.services.prevention import places
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import Done, Shown, Taken
from app.web.api.municipalities import internal, visible
from app.web.api.process_instances import EARLIEST, LATEST
from app.web.deps import Call, Changing, Posting, Reading

routes = router("/municipalities/{municipality}", "municipalities")

Id = Annotated[str, Path(max_length=40)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Closed = Annotated[bool, Query(description="The closed ones too.")]


class PlaceOut(Shown):
    """A department, company, actor or body. `closed_on` is the day from which nothing is asked of it."""

    id: UUID
    kind: str
    name: str
    closed_on: date | None


class BodyOut(PlaceOut):
    """A body; `organ` is its word in the meeting plan."""

    organ: str | None


class Places(Shown):
    """All of them, in Swedish order."""

    items: list[PlaceOut]
    next: None = None


class Bodies(Shown):
    """All of them, in Swedish order."""

    items: list[BodyOut]
    next: None = None


class PlaceBody(Taken):
    """One to add. Kinds of department: department, company. Of actor: police, business, church and so on."""

    name: Name
    kind: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class BodyBody(PlaceBody):
    """A body to add. Kinds: political, council, group."""

    organ: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None


class PlaceChanges(Taken):
    """What to change. `closed_on` null opens it again."""

    name: Name | None = None
    closed_on: Annotated[date, Field(ge=EARLIEST, le=LATEST)] | None = None


@routes.get("/departments", response_model=Places, responses=READS)
def list_departments(call: Reading, municipality: Id, *, closed: Closed = False) -> Response:
    """The departments and municipal companies."""
    internal(call, municipality)
    found = municipalities.units(call.uow.session, municipality, None if closed else call.uow.today)
    return call.answer(Places(items=[PlaceOut.model_validate(row) for row in found]))


@routes.get("/actors", response_model=Places, responses=READS)
def list_actors(call: Reading, municipality: Id, *, closed: Closed = False) -> Response:
    """The external actors."""
    internal(call, municipality)
    found = municipalities.actors(call.uow.session, municipality, None if closed else call.uow.today)
    return call.answer(Places(items=[PlaceOut.model_validate(row) for row in found]))


@routes.get("/bodies", response_model=Bodies, responses=READS)
def list_bodies(call: Reading, municipality: Id, *, closed: Closed = False) -> Response:
    """The board and its committees, the council, and groups."""
    internal(call, municipality)
    found = municipalities.bodies(call.uow.session, municipality, None if closed else call.uow.today)
    return call.answer(Bodies(items=[BodyOut.model_validate(row) for row in found]))


@routes.post("/departments", status_code=201, response_model=Done, responses=CHANGES)
def add_department(call: Posting, municipality: Id, body: PlaceBody) -> Response:
    """Add a department or municipal company, as an administrator."""
    return _added(call, municipality, "departments", body)


@routes.post("/actors", status_code=201, response_model=Done, responses=CHANGES)
def add_actor(call: Posting, municipality: Id, body: PlaceBody) -> Response:
    """Add an external actor, as an administrator."""
    return _added(call, municipality, "actors", body)


@routes.post("/bodies", status_code=201, response_model=Done, responses=CHANGES)
def add_body(call: Posting, municipality: Id, body: BodyBody) -> Response:
    """Add a body, as an administrator."""
    return _added(call, municipality, "bodies", body, body.organ)


@routes.patch("/departments/{place_id}", response_model=PlaceOut, responses=CHANGES)
def change_department(call: Changing, municipality: Id, place_id: UUID, body: PlaceChanges) -> Response:
    """Rename or close a department or company. Its open tasks are withdrawn from the day it closes."""
    return call.answer(PlaceOut.model_validate(_changed(call, municipality, "departments", place_id, body)))


@routes.patch("/actors/{place_id}", response_model=PlaceOut, responses=CHANGES)
def change_actor(call: Changing, municipality: Id, place_id: UUID, body: PlaceChanges) -> Response:
    """Rename or close an actor. Its open tasks are withdrawn from the day it closes."""
    return call.answer(PlaceOut.model_validate(_changed(call, municipality, "actors", place_id, body)))


@routes.patch("/bodies/{place_id}", response_model=BodyOut, responses=CHANGES)
def change_body(call: Changing, municipality: Id, place_id: UUID, body: PlaceChanges) -> Response:
    """Rename or close a body."""
    return call.answer(BodyOut.model_validate(_changed(call, municipality, "bodies", place_id, body)))


def _added(call: Call, municipality: str, kind: str, body: PlaceBody, organ: str | None = None) -> Response:
    visible(call, municipality)
    made = places.add(call.uow, municipality, kind, name=body.name, kind=body.kind, organ=organ)
    return call.answer(Done(id=made), 201)


def _changed(call: Call, municipality: str, kind: str, place_id: UUID, body: PlaceChanges) -> Unit | Actor | Body:
    visible(call, municipality)
    return places.change(call.uow, municipality, kind, place_id, body.model_dump(exclude_unset=True))
