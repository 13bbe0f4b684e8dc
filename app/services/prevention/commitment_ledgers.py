"""The commitment ledger (åtagandebok) of a municipality, over its years."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal
from uuid import UUID

from app.db.prevention import commitments
from app.documents.spreadsheets import Sheet, Value
from app.domain.commitment_ledgers import Ledger, Promise, ledger
from app.domain.errors import FieldFault, InvalidInput
from app.domain.record_words import status_word
from app.services.prevention.registers import Written, bounded, write_table
from app.services.unit_of_work import UnitOfWork

MAX_YEARS: Final = 25
MAX_COMMITMENTS: Final = 5000


def read(
    uow: UnitOfWork, municipality_id: str, from_year: int, to_year: int, actor_ids: Sequence[UUID] | None
) -> Ledger:
    """The ledger from one year to another, of these actors (None: of all). Raises InvalidInput when it is too much."""
    if not from_year <= to_year < from_year + MAX_YEARS:
        _refuse(f"Välj 1 till {MAX_YEARS} år.", f"Choose 1 to {MAX_YEARS} years.")
    years = range(from_year, to_year + 1)
    rows = commitments.of_years(uow.session, municipality_id, years, actor_ids, limit=MAX_COMMITMENTS + 1)
    if len(rows) > MAX_COMMITMENTS:
        _refuse("Åtagandena är för många. Välj färre år.", "There are too many commitments. Choose fewer years.")
    promises = [
        Promise(row.id, row.actor_id, row.actor_name, row.year, row.title, row.due_on, row.status, row.result)
        for row in rows
    ]
    return ledger(promises, uow.today)


def export(uow: UnitOfWork, municipality_id: str, book: Ledger, wanted: Literal["csv", "xlsx"]) -> Written:
    """The ledger as a table: each commitment, and in a spreadsheet a sheet of how many went which way."""
    name = f"{municipality_id}_åtagandebok_{uow.today.isoformat()}"
    headings = ("Aktör", "År", "Åtagande", "Klart senast", "Utfall", "Försenat", "Resultat", "Id")
    widths = dict(enumerate((30, 8, 50, 14, 16, 12, 50, 38)))
    sheets = [
        Sheet("Åtaganden", headings, bounded(_commitments(uow, book)), widths=widths),
        Sheet(
            "Per aktör och år",
            ("Aktör", "År", "Infriade", "Delvis", "Inte infriade", "Pågår", "Varav försenade"),
            list(_tallies(book)),
            widths={0: 30},
        ),
    ]
    return write_table(sheets, name, wanted, uow.now)


def _commitments(uow: UnitOfWork, book: Ledger) -> Iterator[Sequence[Value]]:
    for line in book.actors:
        for promise in line.promises:
            yield (
                line.actor, line.year, promise.title, promise.due_on, status_word("commitment", promise.status),
                "ja" if promise.is_overdue(uow.today) else "nej", promise.result, str(promise.id),
            )  # fmt: skip


def _tallies(book: Ledger) -> Iterator[Sequence[Value]]:
    for line in book.actors:
        told = line.tally
        yield line.actor, line.year, told.kept, told.partly, told.not_kept, told.open, told.overdue
    for year, told in book.years:
        yield "Alla", year, told.kept, told.partly, told.not_kept, told.open, told.overdue


def _refuse(sv: str, en: str) -> None:
    raise InvalidInput(sv, en, [FieldFault("", sv, en)])
