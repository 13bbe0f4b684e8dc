"""Registers to take home: for a spreadsheet (CSV, XLSX), or whole (JSON)."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

from fastapi import Query, Response

from app.db.prevention.records import RecordRow
from app.domain.principals import is_internal, require_internal
from app.services.prevention.registers import Exporting, Written, export_table, fields_of, rows_of, spooled
from app.web.api.documentation import READS
from app.web.api.models import MunicipalityId
from app.web.api.records import Asked, RecordOut, require_columns
from app.web.deps import Reading
from app.web.downloads import sent

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLES: dict[int | str, dict[str, Any]] = {
    **READS,
    200: {"description": "The table, to be saved.", "content": {"text/csv": {}, XLSX: {}}},
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    **READS,
    200: {"description": "The register, to be saved.", "content": {"text/csv": {}, XLSX: {}, "application/json": {}}},
}


def exporter(table: type[RecordRow]) -> Callable[..., Response]:
    """The route that exports a register."""

    def export_records(
        call: Reading,
        asked: Asked,
        municipality: MunicipalityId | None = None,
        format: Annotated[Literal["csv", "xlsx", "json"], Query()] = "csv",  # noqa: A002  the contract's name
        audience: Annotated[
            Literal["internal", "public"],
            Query(description="`public`: only what everybody may read, and no count under five."),
        ] = "internal",
    ) -> Response:
        """The register with the filters of the list, at most 5,000 rows, newest first.

        CSV has a semicolon between its cells and begins with a byte order mark; dates are dates in XLSX.
        """
        places = call.places(is_internal, require_internal, municipality)
        require_columns(table, asked)
        wanted = Exporting(table, places, asked, audience == "public")
        if format == "json":
            pieces = _json(rows_of(call.uow, wanted), wanted)
            return sent(Written(f"{table.__tablename__}.json", "application/json", spooled(pieces)))  # type: ignore[attr-defined]  # given by each table
        return sent(export_table(call.uow, wanted, format))

    return export_records


def _json(rows: Iterator[RecordRow], asked: Exporting) -> Iterator[bytes]:
    yield b'{"items":['
    for number, row in enumerate(rows):
        fields, extra = fields_of(row, asked)
        shown = RecordOut.of(row).model_copy(update={"fields": fields, "extra": extra})
        yield (b"," if number else b"") + shown.model_dump_json().encode()
    yield b"]}"
