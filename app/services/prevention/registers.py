"""Registers as tables to take home: every record of one kind, in Swedish for a spreadsheet or whole as JSON.

A table is bounded: whoever asks for more rows than it has room for is asked to choose years. In the public variant a
record that nobody has decided is left out, a field that is not for everybody is empty, and small counts are gone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Final, Literal, cast
from uuid import UUID

from app.db.prevention import records, registers
from app.db.prevention.records import RecordRow
from app.db.prevention.registers import Wanted
from app.documents import separated_values, spreadsheets
from app.documents.spreadsheets import Sheet, Value, write_sheets
from app.domain.document_types import PUBLIC_FIELDS, is_told
from app.domain.errors import FieldFault, InvalidInput, TooLarge
from app.domain.record_rules import is_public
from app.domain.record_words import REGISTERS, heading_of, status_word
from app.domain.small_counts import hide_small_counts
from app.services.unit_of_work import UnitOfWork

Format = Literal["csv", "xlsx", "json"]
MAX_ROWS: Final = 5_000
MAX_CHARACTERS: Final = 20_000_000
_IN_MEMORY: Final = 1_000_000
_BEFORE: Final = ("Id", "Kommun", "År")
_AFTER: Final = ("Övriga uppgifter", "Ärende (id)", "Skapad", "Ändrad", "Återtagen", "Version")
_WIDTHS: Final[Mapping[type, int]] = {str: 40, list: 40, UUID: 38, date: 12, datetime: 18, bool: 12}


@dataclass(frozen=True)
class Written:
    """A file to be fetched. Whoever sends it closes it."""

    file_name: str
    media_type: str
    content: BinaryIO


@dataclass(frozen=True)
class Exporting:
    """What is exported, and for whom."""

    table: type[RecordRow]
    municipality_ids: Sequence[str]
    wanted: Wanted
    is_public: bool

    @property
    def columns(self) -> list[str]:
        """The columns in the order of the table, those that everybody may read when it is public."""
        known = records.columns_of(self.table)
        ordered = [name for name in self.table.__table__.columns.keys() if name in known]  # type: ignore[attr-defined]  # noqa: SIM118  given by SQLAlchemy
        return [name for name in ordered if is_told(self.table.KIND, name, public=self.is_public)]


def rows_of(uow: UnitOfWork, asked: Exporting) -> Iterator[RecordRow]:
    """The records, newest first. Raises InvalidInput when they are more than a table has room for."""
    if asked.is_public and asked.table.KIND not in PUBLIC_FIELDS:
        sv, en = "Registret är internt och har ingen offentlig variant.", "The register has no public variant."
        raise InvalidInput(sv, en, [FieldFault("", sv, en)])
    found = registers.count(uow.session, asked.table, asked.municipality_ids, asked.wanted, MAX_ROWS + 1)
    if found > MAX_ROWS:
        sv = f"Registret har fler än {MAX_ROWS} rader. Välj ett eller några år."
        en = f"The register has more than {MAX_ROWS} rows. Choose a year or some years."
        raise InvalidInput(sv, en, [FieldFault("", sv, en)])
    rows = registers.each(uow.session, asked.table, asked.municipality_ids, asked.wanted, limit=MAX_ROWS)
    return (row for row in rows if not asked.is_public or is_public(row.KIND, {"status": getattr(row, "status", None)}))


def fields_of(row: RecordRow, asked: Exporting) -> tuple[dict[str, Any], dict[str, Any]]:
    """The record's columns and what a form added, as the one who is to read them may."""
    fields = {name: getattr(row, name) for name in asked.columns}
    extra = {name: value for name, value in row.extra.items() if is_told(row.KIND, name, public=asked.is_public)}
    return (hide_small_counts(fields), hide_small_counts(extra)) if asked.is_public else (fields, extra)


def export_table(uow: UnitOfWork, asked: Exporting, wanted: Literal["csv", "xlsx"]) -> Written:
    """The register as CSV or XLSX. Raises InvalidInput or TooLarge."""
    kind = asked.table.KIND
    headings = [*_BEFORE, *(heading_of(kind, name) for name in asked.columns), *_AFTER]
    rows = (_cells(row, asked) for row in rows_of(uow, asked))
    name = "_".join([*asked.municipality_ids[:1], REGISTERS[kind].lower().replace(" ", "-"), uow.today.isoformat()])
    types = records.types_of(asked.table)
    widths = [38, 14, 8, *(_WIDTHS.get(types[name], 12) for name in asked.columns), 40, 38, 18, 18, 18, 10]
    sheet = Sheet(REGISTERS[kind], headings, bounded(rows), widths=dict(enumerate(widths)))
    return write_table([sheet], name, wanted, uow.now)


def write_table(sheets: Sequence[Sheet], name: str, wanted: Literal["csv", "xlsx"], made_at: datetime) -> Written:
    """Sheets as a file; CSV has room for the first of them alone."""
    if wanted == "xlsx":
        # Taken before they are written: a refusal in the midst would leave the library's file open.
        taken = [Sheet(s.title, s.headings, list(s.rows), widths=s.widths) for s in sheets]
        content: BinaryIO = BytesIO(write_sheets(taken, name, made_at))
        return Written(f"{name}.xlsx", spreadsheets.MEDIA_TYPE, content)
    lines = separated_values.write_lines(sheets[0].headings, sheets[0].rows)
    return Written(f"{name}.csv", separated_values.MEDIA_TYPE, spooled(lines))


def spooled(pieces: Iterable[bytes]) -> BinaryIO:
    """The pieces in a file that is kept in memory while it is small, read from its beginning."""
    content = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  whoever sends it closes it
    try:
        for piece in pieces:
            content.write(piece)
    except BaseException:
        content.close()
        raise
    content.seek(0)
    return cast("BinaryIO", content)


def bounded(rows: Iterable[Sequence[Value]]) -> Iterator[Sequence[Value]]:
    """The rows, as long as their texts are not too much in all. Raises TooLarge."""
    written = 0
    for row in rows:
        written += sum(len(value) for value in row if isinstance(value, str))
        if written > MAX_CHARACTERS:
            raise TooLarge(MAX_CHARACTERS)
        yield row


def _cells(row: RecordRow, asked: Exporting) -> list[Value]:
    fields, extra = fields_of(row, asked)
    # What a row of an imported table said is for the next import; its reference is the municipality's own.
    imported = extra.pop("import", None) or {}
    if imported.get("reference"):
        extra["referens"] = imported["reference"]
    told = "; ".join(f"{name}: {_told(value)}" for name, value in sorted(extra.items()))
    return [
        str(row.id), row.municipality_id, row.year,
        *(_cell(row.KIND, name, value) for name, value in fields.items()),
        told or None, _cell("", "", row.process_instance_id), row.created_at, row.updated_at, row.withdrawn_at,
        row.version,
    ]  # fmt: skip


def _cell(kind: str, name: str, value: Any) -> Value:
    if name in {"status", "status_before"} and isinstance(value, str):
        return status_word(kind, value)
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, list | dict | UUID):
        return _told(value)
    return cast("Value", value)


def _told(value: Any) -> str:
    """A list or an object in one line."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_told(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "; ".join(_told(inner) for inner in value)
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return "" if value is None else str(value)
