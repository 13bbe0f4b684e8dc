"""What an import would do: each row created, changed or unchanged, with a digest that confirms just that.

A record that was imported remembers what its row said. The next time only the cells that say something else than they
did then are written: what has happened to the record here since (it was reported as done, say) stays, and the same
file once more changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from app.domain.table_imports.columns import ImportKind
    from app.domain.table_imports.rows import Entry
    from app.domain.table_imports.tables import Fault

Result = Literal["created", "changed", "unchanged"]


@dataclass(frozen=True)
class CellChange:
    """A field that gets another value: the column's name, and the values before and after as JSON has them."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Known:
    """A record that a row means: its fields as they are today, and what its row said when it was imported.

    `said` is None for one that came from a form: such a record is left as it is. `key` and `reference` are what it was
    known by then.
    """

    id: UUID
    values: Mapping[str, Any]
    said: Mapping[str, Any] | None
    key: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Outcome:
    """What would become of a row. `said` is what the record will remember of it, and `is_news` whether it is another.

    `key` and `reference` are what it will be known by.
    """

    number: int
    label: str
    result: Result
    key: str = ""
    reference: str = ""
    record_id: UUID | None = None
    changes: tuple[CellChange, ...] = ()
    said: Mapping[str, Any] = field(default_factory=dict)
    is_news: bool = False
    note_sv: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class Judged:
    """What a file would do. With any fault nothing is done.

    `fault_count` may be more than the faults that are told. `digest` is empty when there are faults.
    """

    kind: ImportKind
    outcomes: tuple[Outcome, ...]
    faults: tuple[Fault, ...]
    fault_count: int
    cautions: tuple[Fault, ...]
    digest: str

    def count(self, result: Result) -> int:
        """How many rows have that outcome."""
        return sum(outcome.result == result for outcome in self.outcomes)


def outcome_of(kind: ImportKind, entry: Entry, known: Known | None) -> Outcome:
    """What would become of an entry, given the record that it means, or None when there is none."""
    said = dict(entry.values)
    if known is None:
        return Outcome(entry.number, entry.label, "created", entry.key, entry.reference, said=said)
    if known.said is None:
        return Outcome(
            entry.number, entry.label, "unchanged", entry.key, entry.reference, known.id,
            note_sv="Finns redan, från ett formulär, och lämnas som den är.",
            note_en="Exists already, from a form, and is left as it is.",
        )  # fmt: skip
    changes = tuple(_changes(kind, entry.values, known))
    remembered = {**known.said, **said}
    # A row without a reference does not take one away.
    keeps = bool(known.reference) and not entry.reference
    key, reference = (known.key, known.reference) if keeps else (entry.key, entry.reference)
    is_news = bool(changes) or remembered != known.said or (key, reference) != (known.key, known.reference)
    result: Result = "changed" if changes else "unchanged"
    return Outcome(entry.number, entry.label, result, key, reference, known.id, changes, remembered, is_news)


def _changes(kind: ImportKind, values: Mapping[str, Any], known: Known) -> Iterable[CellChange]:
    columns = {column.name: column for column in kind.columns}
    for name, value in values.items():
        column = columns[name]
        if value is None and column.keeps:
            continue
        before = known.values.get(name)
        says_the_same = name in (known.said or {}) and column.is_same(value, (known.said or {})[name])
        if not says_the_same and not column.is_same(value, before):
            yield CellChange(name, before, value)


def digest_of(kind: ImportKind, outcomes: Sequence[Outcome], more: Sequence[str] = ()) -> str:
    """What confirms that an import does just what the dry run said."""
    said = [
        [o.number, o.key, o.result, str(o.record_id or ""), [[c.name, c.before, c.after] for c in o.changes],
         dict(o.said) if o.result == "created" else {}]
        for o in outcomes
    ]  # fmt: skip
    text = json.dumps([kind.id, said, list(more)], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
