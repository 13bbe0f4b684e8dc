"""Import of tables: a template to fill in, a dry run that names each row and cell in error, and the import."""

from typing import Annotated, Literal

from fastapi import Path, Query, Response
from pydantic import Field

from app.domain.table_imports.columns import ImportKind
from app.domain.table_imports.outcomes import CellChange, Judged, Outcome
from app.domain.table_imports.tables import Fault
from app.services.prevention import table_imports
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import Shown
from app.web.api.municipalities import visible
from app.web.api.uploads import OneFile, form_of
from app.web.deps import Posting, Reading
from app.web.downloads import disposition

routes = router("/municipalities/{municipality}/imports/{kind}", "imports")

Id = Annotated[str, Path(max_length=40)]
Kind = Annotated[
    Literal["measures", "commitments", "agreements", "meetings", "people"], Path(description="What the rows are.")
]
Digest = Annotated[
    str | None, Query(max_length=64, description="The dry run's digest; refused if the import would do anything else.")
]
_SENT = {"requestBody": {"required": True, "content": {"multipart/form-data": form_of("file", many=False)}}}


class CellChangeOut(Shown):
    """A field that gets another value, as a person reads both."""

    column: str
    before: str
    after: str

    @classmethod
    def of(cls, change: CellChange, kind: ImportKind, language: str) -> "CellChangeOut":
        """The change, under the column's heading."""
        column = kind.column(change.name)
        before, after = column.shown(change.before, language), column.shown(change.after, language)
        return cls(column=column.heading(language), before=before, after=after)


class ImportRowOut(Shown):
    """What would become of a row. `row` is its number in the file; `note` says what is left as it is."""

    row: int
    label: str
    result: Literal["created", "changed", "unchanged"]
    changes: list[CellChangeOut]
    note: str

    @classmethod
    def of(cls, outcome: Outcome, kind: ImportKind, language: str) -> "ImportRowOut":
        """The outcome, worded in that language."""
        return cls(
            row=outcome.number,
            label=outcome.label,
            result=outcome.result,
            changes=[CellChangeOut.of(change, kind, language) for change in outcome.changes],
            note=outcome.note_en if language == "en" else outcome.note_sv,
        )


class TableFaultOut(Shown):
    """What is wrong, or to be looked at again: the row (0 is the file), the column's heading, and all in a sentence."""

    row: int
    column: str
    message: str

    @classmethod
    def of(cls, fault: Fault, language: str) -> "TableFaultOut":
        """The fault, worded in that language."""
        return cls(row=fault.row, column=fault.column, message=fault.sentence(language))


class ImportedCounts(Shown):
    """How many rows were, or would be, created, changed and left as they are."""

    kind: str
    created: int
    changed: int
    unchanged: int


class ImportPreviewOut(ImportedCounts):
    """What a file would do. With any fault nothing is imported, and there is no `digest`.

    `fault_count` may be more than the faults listed. `cautions` do not stand in the way.
    """

    rows: list[ImportRowOut]
    faults: list[TableFaultOut]
    fault_count: int
    cautions: list[TableFaultOut]
    digest: str | None = Field(description="Confirms just this. Null when there are faults.")

    @classmethod
    def of(cls, judged: Judged, language: str) -> "ImportPreviewOut":
        """The dry run, worded in that language."""
        return cls(
            **_counts(judged).model_dump(),
            rows=[ImportRowOut.of(outcome, judged.kind, language) for outcome in judged.outcomes],
            faults=[TableFaultOut.of(fault, language) for fault in judged.faults],
            fault_count=judged.fault_count,
            cautions=[TableFaultOut.of(caution, language) for caution in judged.cautions],
            digest=judged.digest or None,
        )


@routes.get(
    "/template",
    response_class=Response,
    responses={**READS, 200: {"content": {"application/octet-stream": {}}, "description": "The template."}},
)
def read_import_template(
    call: Reading,
    municipality: Id,
    kind: Kind,
    format: Literal["xlsx", "csv"] = "xlsx",  # noqa: A002  the contract's name
) -> Response:
    """A template to fill in, with the municipality's own departments, actors and bodies to choose among (XLSX)."""
    visible(call, municipality)
    found = table_imports.template(call.uow, municipality, kind, format, call.language)
    headers = {"Content-Disposition": disposition(found.file_name)}
    return Response(found.content, headers=headers, media_type=found.media_type)


@routes.post("/preview", response_model=ImportPreviewOut, responses=CHANGES, openapi_extra=_SENT)
def preview_import(file: OneFile, call: Reading, municipality: Id, kind: Kind) -> Response:
    """A dry run of an XLSX or CSV file: every fault with its row and column, and what each row would do."""
    visible(call, municipality)
    judged = table_imports.preview(call.uow, municipality, kind, *file, language=call.language)
    return call.answer(ImportPreviewOut.of(judged, call.language))


@routes.post("", response_model=ImportedCounts, responses=CHANGES, openapi_extra=_SENT)
def import_table(file: OneFile, call: Posting, municipality: Id, kind: Kind, digest: Digest = None) -> Response:
    """Import an XLSX or CSV file, all of it or nothing. The same file once more changes nothing."""
    visible(call, municipality)
    judged = table_imports.run(call.uow, municipality, kind, *file, digest=digest, language=call.language)
    return call.answer(_counts(judged))


def _counts(judged: Judged) -> ImportedCounts:
    return ImportedCounts(
        kind=judged.kind.id,
        created=judged.count("created"),
        changed=judged.count("changed"),
        unchanged=judged.count("unchanged"),
    )
