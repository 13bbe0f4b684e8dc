"""The commitment ledger (åtagandebok): what each actor promised year after year, and what came of it.

Askersunds plan lets the strategic council take up the year's commitments with the parties and follow up those of the
year before. Kept, partly kept and not kept are the council's own judgement; nothing is judged here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

KEPT, PARTLY, NOT_KEPT, OPEN = "met", "partly", "not_met", "made"
NOBODY: Final = "Utan aktör"
"""Whom a commitment is listed under that names no actor: the municipality's own council made it."""


@dataclass(frozen=True)
class Promise:
    """A commitment as the ledger reads it. `status`: made (not followed up yet), met, partly, not_met."""

    id: UUID
    actor_id: UUID | None
    actor: str | None
    year: int
    title: str | None
    due_on: date | None
    status: str
    result: str | None

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed and nobody has said how it went."""
        return self.status == OPEN and self.due_on is not None and self.due_on < today


@dataclass(frozen=True)
class Tally:
    """How many commitments went which way. `overdue` are among the `open` ones."""

    kept: int = 0
    partly: int = 0
    not_kept: int = 0
    open: int = 0
    overdue: int = 0

    @property
    def judged(self) -> int:
        """Those that have been followed up."""
        return self.kept + self.partly + self.not_kept


@dataclass(frozen=True)
class ActorYear:
    """What one actor promised in one year, by due date."""

    actor_id: UUID | None
    actor: str
    year: int
    tally: Tally
    promises: tuple[Promise, ...]


@dataclass(frozen=True)
class Ledger:
    """The whole: by actor and year, and for every actor together by year."""

    years: tuple[tuple[int, Tally], ...]
    actors: tuple[ActorYear, ...]


def ledger(promises: Iterable[Promise], today: date) -> Ledger:
    """The ledger of the commitments; actors in the alphabet's order, each actor's years from the first."""
    kept = sorted(promises, key=_place)
    actors = []
    for (actor, actor_id, year), group in groupby(kept, key=lambda p: (p.actor or NOBODY, p.actor_id, p.year)):
        own = tuple(group)
        actors.append(ActorYear(actor_id, actor, year, tally(own, today), own))
    years = sorted({promise.year for promise in kept})
    return Ledger(tuple((year, tally([p for p in kept if p.year == year], today)) for year in years), tuple(actors))


def tally(promises: Sequence[Promise], today: date) -> Tally:
    """How the commitments went."""

    def count(status: str) -> int:
        return sum(promise.status == status for promise in promises)

    overdue = sum(promise.is_overdue(today) for promise in promises)
    return Tally(count(KEPT), count(PARTLY), count(NOT_KEPT), count(OPEN), overdue)


def _place(promise: Promise) -> tuple[bool, str, str, int, bool, str, str]:
    """Where it stands: those without an actor last, those without a day last among the actor's own."""
    actor = promise.actor or NOBODY
    due = promise.due_on.isoformat() if promise.due_on else ""
    alphabet = actor.casefold().translate(_ALPHABET)
    return promise.actor is None, alphabet, str(promise.actor_id), promise.year, not due, due, promise.title or ""


# å, ä, ö follow z in that order, which their code points do not.
_ALPHABET: Final = str.maketrans({"å": "\uf000", "ä": "\uf001", "ö": "\uf002"})
