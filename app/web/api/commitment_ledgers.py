"""The commitment ledger (åtagandebok): what each actor promised year after year, and what came of it."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query, Response

from app.domain.commitment_ledgers import ActorYear, Ledger, Promise, Tally
from app.domain.principals import is_internal, own_actors, require_internal
from app.services.prevention import commitment_ledgers
from app.web.api.documentation import READS, router
from app.web.api.exports import TABLES
from app.web.api.models import Shown
from app.web.api.records import Year
from app.web.deps import Call, Reading
from app.web.downloads import sent

routes = router("/municipalities/{municipality}/commitment-ledger", "records")

Id = Annotated[str, Path(max_length=40)]
_YEARS_BACK = 4


class TallyOut(Shown):
    """How many commitments were kept, partly kept and not kept; `overdue` are among those still open."""

    kept: int
    partly: int
    not_kept: int
    open: int
    overdue: int

    @classmethod
    def of(cls, tally: Tally) -> "TallyOut":
        """The tally."""
        return cls.model_validate(tally)


class PromiseOut(Shown):
    """A commitment in the ledger."""

    id: UUID
    title: str | None
    due_on: date | None
    status: Literal["made", "met", "partly", "not_met"]
    result: str | None
    is_overdue: bool

    @classmethod
    def of(cls, promise: Promise, today: date) -> "PromiseOut":
        """The commitment, as of today."""
        return cls(
            id=promise.id,
            title=promise.title,
            due_on=promise.due_on,
            status=promise.status,  # type: ignore[arg-type]  # the rules of records keep it to these
            result=promise.result,
            is_overdue=promise.is_overdue(today),
        )


class ActorYearOut(Shown):
    """What one actor promised in one year."""

    actor_id: UUID | None
    actor: str
    year: int
    tally: TallyOut
    commitments: list[PromiseOut]

    @classmethod
    def of(cls, line: ActorYear, today: date) -> "ActorYearOut":
        """The line."""
        return cls(
            actor_id=line.actor_id,
            actor=line.actor,
            year=line.year,
            tally=TallyOut.of(line.tally),
            commitments=[PromiseOut.of(promise, today) for promise in line.promises],
        )


class YearOut(Shown):
    """How the commitments of a year went, every actor's together."""

    year: int
    tally: TallyOut


class LedgerOut(Shown):
    """The ledger: each year in all, and each actor's years."""

    municipality: str
    from_year: int
    to_year: int
    years: list[YearOut]
    actors: list[ActorYearOut]


@routes.get("", response_model=LedgerOut, responses=READS)
def read_commitment_ledger(
    call: Reading, municipality: Id, from_year: Year = None, to_year: Year = None, actor: UUID | None = None
) -> Response:
    """Kept, partly and not kept by actor and year, the last five years unless others are named.

    An external actor sees its own commitments.
    """
    first, last = _years(call, from_year, to_year)
    book = _book(call, municipality, first, last, actor)
    return call.answer(
        LedgerOut(
            municipality=municipality,
            from_year=first,
            to_year=last,
            years=[YearOut(year=year, tally=TallyOut.of(told)) for year, told in book.years],
            actors=[ActorYearOut.of(line, call.uow.today) for line in book.actors],
        )
    )


@routes.get("/export", response_class=Response, responses=TABLES)
def export_commitment_ledger(
    call: Reading,
    municipality: Id,
    from_year: Year = None,
    to_year: Year = None,
    actor: UUID | None = None,
    format: Annotated[Literal["csv", "xlsx"], Query()] = "xlsx",  # noqa: A002  the contract's name
) -> Response:
    """The same as a table: each commitment, and in XLSX a sheet of how many went which way."""
    book = _book(call, municipality, *_years(call, from_year, to_year), actor)
    return sent(commitment_ledgers.export(call.uow, municipality, book, format))


def _years(call: Call, from_year: int | None, to_year: int | None) -> tuple[int, int]:
    last = to_year if to_year is not None else call.uow.today.year
    return (from_year if from_year is not None else last - _YEARS_BACK), last


def _book(call: Call, municipality: str, first: int, last: int, actor: UUID | None) -> Ledger:
    own = own_actors(call.principal, municipality)
    if not own or is_internal(call.principal, municipality):
        require_internal(call.principal, municipality)
        shown = None if actor is None else [actor]
    else:
        shown = [one for one in own if actor in {None, one}]
    return commitment_ledgers.read(call.uow, municipality, first, last, shown)
