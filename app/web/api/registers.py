"""The routes of every kind of record: its register, each record in it, and what is known about that."""

from fastapi import APIRouter, Response

from app.db.prevention.records import RecordRow
from app.db.tables import RECORDS
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.exports import ANSWERS, exporter
from app.web.api.models import Page
from app.web.api.record_changes import LinksOut, RecordChangeOut, historian, linker
from app.web.api.records import PATHS, RecordOut, changer, lister, reader


def routers() -> list[APIRouter]:
    """A router for each kind of record."""
    return [_router(RECORDS[kind], path) for kind, path in PATHS.items()]


def _router(table: type[RecordRow], path: str) -> APIRouter:
    routes = router(f"/{path}", "records")
    name = path.replace("-", "_")
    one = "/{record_id}"
    routes.get("", response_model=Page[RecordOut], responses=READS, name=f"list_{name}")(lister(table))
    routes.get("/export", response_class=Response, responses=ANSWERS, name=f"export_{name}")(exporter(table))
    routes.get(one, response_model=RecordOut, responses=READS, name=f"read_{name}")(reader(table))
    routes.patch(one, response_model=RecordOut, responses=CHANGES, name=f"change_{name}")(changer(table))
    routes.get(f"{one}/history", response_model=Page[RecordChangeOut], responses=READS, name=f"read_history_of_{name}")(
        historian(table)
    )
    routes.get(f"{one}/links", response_model=LinksOut, responses=READS, name=f"read_links_of_{name}")(linker(table))
    return routes
