"""Measures, commitments and agreements of a table, held against the records there are, and written.

A record keeps in `extra["import"]` what its row said, its reference, when it was read in and by whom. What has happened
to it here since is not undone by reading the same file again (`app/domain/table_imports/outcomes.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from app.db.prevention import imports, measures, records
from app.db.prevention.agreements import Agreement
from app.db.prevention.commitments import Commitment
from app.db.prevention.measures import Measure
from app.db.prevention.records import RecordRow
from app.domain.ids import new_id
from app.domain.measures import UNDER_WAY, MeasureCannotBecome, status_after, word_for
from app.domain.table_imports.columns import ImportKind
from app.domain.table_imports.outcomes import CellChange, Known, Outcome, outcome_of
from app.domain.table_imports.rows import Entry, natural_key
from app.domain.table_imports.tables import Fault
from app.services.prevention.measure_starts import start_each
from app.services.prevention.status_reports import Told, tell
from app.services.unit_of_work import UnitOfWork

TABLES: Mapping[str, type[RecordRow]] = {"measures": Measure, "commitments": Commitment, "agreements": Agreement}
_PLACES = {"department": ("department_id", "department_name"), "actor": ("actor_id", "actor_name")}
_DEFAULTS: Mapping[str, str] = {"measures": "proposed", "commitments": "made", "agreements": "draft"}


def judge(
    uow: UnitOfWork, municipality: str, kind: ImportKind, entries: Sequence[Entry], language: str, *, locked: bool
) -> tuple[list[Outcome], list[Fault]]:
    """What would become of each entry, and the faults of those that cannot be. `locked`: it is to be carried out."""
    standing = _Standing(kind, imports.every(uow.session, TABLES[kind.id], municipality, locked=locked))
    outcomes: list[Outcome] = []
    faults: list[Fault] = []
    taken: dict[object, Outcome] = {}
    for entry in entries:
        found = standing.known(entry)
        outcome = outcome_of(kind, entry, found.known if found else None)
        if found is not None and found.is_withdrawn:
            outcome = replace(outcome, result="unchanged", changes=(), is_news=False, **_WITHDRAWN)
        if kind.id == "measures":
            try:
                outcome = _moved_along(outcome)
            except MeasureCannotBecome as fault:
                faults.append(Fault(entry.number, kind.column("status").heading(language), fault.sv, fault.en))
        first = taken.setdefault(outcome.record_id or outcome.key, outcome)
        if first is not outcome:
            faults.append(_same_record(outcome, first))
        outcomes.append(outcome)
    return outcomes, faults


def _same_record(outcome: Outcome, first: Outcome) -> Fault:
    sv = f"Raden är samma post som rad {first.number}. Ta bort den ena."
    return Fault(outcome.number, "", sv, f"The row is the same record as row {first.number}. Remove one.")


_WITHDRAWN: Mapping[str, Any] = {
    "note_sv": "Har tagits bort här, och läggs inte till igen.",
    "note_en": "Has been removed here, and is not added again.",
}


def carry_out(uow: UnitOfWork, municipality: str, kind: ImportKind, outcomes: Sequence[Outcome]) -> None:
    """Write what was judged. Decided measures that are not over begin."""
    table = TABLES[kind.id]
    created = [outcome for outcome in outcomes if outcome.result == "created"]
    rows = [_row(uow, municipality, kind, outcome) for outcome in created]
    begun = [row["id"] for row in rows if kind.id == "measures" and row["status"] in UNDER_WAY]
    records.upsert(uow.session, table, rows)
    for outcome in outcomes:
        # One that is unchanged may have to remember what its row says now.
        if outcome.record_id is not None and outcome.is_news:
            _change(uow, municipality, kind, outcome)
            if kind.id == "measures" and any(
                c.name == "status" and c.before == "proposed" and c.after in UNDER_WAY for c in outcome.changes
            ):
                begun.append(outcome.record_id)
    if begun:
        uow.session.flush()
        start_each(uow, municipality, records.of_ids(uow.session, Measure, municipality, begun))


@dataclass(frozen=True)
class _Found:
    known: Known
    is_withdrawn: bool


class _Standing:
    """The records there are, to be found by what a row is known by."""

    def __init__(self, kind: ImportKind, rows: Sequence[Any]) -> None:
        self.kind = kind
        self._by_key: dict[str, Any] = {}
        self._alike: dict[tuple[str, ...], Any] = {}
        for row in rows:
            self._by_key[row.source_key] = row
            if row.withdrawn_at is None:
                self._alike.setdefault(natural_key(kind, _values(kind, row)), row)

    def known(self, entry: Entry) -> _Found | None:
        """The record that the entry means: the one it made before, or one that reads like it."""
        row = self._by_key.get(entry.key) or self._alike.get(entry.natural)
        if row is None and (alike := self._alike.get((*entry.natural[:-1], ""))) is not None:
            # One from a form has often no day yet; an imported one has the day its row gave it.
            row = alike if "import" not in alike.extra else None
        if row is None or (row.source_key != entry.key and _has_another_reference(row, entry)):
            return None
        kept = row.extra.get("import", {})
        known = Known(
            row.id, _values(self.kind, row), kept.get("said"), row.source_key, str(kept.get("reference") or "")
        )
        return _Found(known, row.withdrawn_at is not None)


def _has_another_reference(row: Any, entry: Entry) -> bool:
    """Whether it reads like the entry but is known by a reference of its own."""
    other = row.extra.get("import", {}).get("reference")
    return bool(other and entry.reference and other != entry.reference)


def _values(kind: ImportKind, row: Any) -> dict[str, Any]:
    """The record's fields by the names of the columns, as JSON has them."""
    values: dict[str, Any] = {}
    for column in kind.columns:
        if column.name == "reference":
            continue
        if column.name in _PLACES:
            place_id, name = (getattr(row, field) for field in _PLACES[column.name])
            values[column.name] = {"id": str(place_id), "name": name or ""} if place_id else None
        else:
            value = getattr(row, column.name)
            values[column.name] = value.isoformat() if isinstance(value, date) else value
    return values


def _stored(kind: ImportKind, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the columns of the table store them."""
    stored: dict[str, Any] = {}
    for name, value in values.items():
        if name in _PLACES:
            place_id, place_name = _PLACES[name]
            stored |= {place_id: (value or {}).get("id"), place_name: (value or {}).get("name")}
        else:
            stored[name] = value
    year = stored.pop("year", None)
    found = records.column_values(TABLES[kind.id], stored)
    return found if year is None else {**found, "year": year}


def _moved_along(outcome: Outcome) -> Outcome:
    """A measure's status goes the ways it may go. Raises MeasureCannotBecome."""
    wanted = next((change for change in outcome.changes if change.name == "status"), None)
    if wanted is None or wanted.before == "proposed":
        return outcome
    if wanted.after == "proposed":
        raise MeasureCannotBecome(
            "Åtgärden är redan beslutad och kan inte bli föreslagen.",
            "The measure has been decided already and cannot become proposed.",
        )
    status = status_after(wanted.before, str(word_for(wanted.after)))
    kept = [change for change in outcome.changes if change.name != "status"]
    if status != wanted.before:
        kept.append(CellChange("status", wanted.before, status))
    return replace(outcome, changes=tuple(kept), result="changed" if kept else "unchanged")


def _row(uow: UnitOfWork, municipality: str, kind: ImportKind, outcome: Outcome) -> dict[str, Any]:
    said = outcome.said
    days = [said[c.name] for c in kind.columns if c.shape == "date" and said.get(c.name)]
    year = said.get("year") or (int(days[0][:4]) if days else uow.today.year)
    values = _stored(kind, {name: value for name, value in said.items() if name != "year"})
    return {
        "municipality_id": municipality,
        "id": new_id(),
        "source_key": outcome.key,
        "year": year,
        "extra": {"import": _remembered(uow, outcome)},
        "created_at": uow.now,
        "updated_at": uow.now,
        **values,
        "status": values.get("status") or _DEFAULTS[kind.id],
    }


def _change(uow: UnitOfWork, municipality: str, kind: ImportKind, outcome: Outcome) -> None:
    values = {change.name: change.after for change in outcome.changes}
    record_id = outcome.record_id
    assert record_id is not None  # noqa: S101  only those that are known come here
    status = values.pop("status", None) if kind.id == "measures" else None
    stored = _stored(kind, values)
    if outcome.changes:
        stored["updated_at"] = uow.now
    stored["source_key"] = outcome.key
    records.change(uow.session, TABLES[kind.id], municipality, record_id, stored, {"import": _remembered(uow, outcome)})
    if status is not None:
        before = next(change.before for change in outcome.changes if change.name == "status")
        _report(uow, municipality, record_id, before, status)


def _remembered(uow: UnitOfWork, outcome: Outcome) -> dict[str, Any]:
    return {
        "said": dict(outcome.said),
        "reference": outcome.reference,
        "at": uow.now.isoformat(),
        "by": str(uow.who().id),
    }


def _report(uow: UnitOfWork, municipality: str, measure_id: UUID, before: str, status: str) -> None:
    """A measure that has come further is reported as such, so that its own instance knows and its years can be read."""
    if before == "proposed":
        measures.set_status(uow.session, municipality, [measure_id], status, uow.now)
        return
    row = {
        "municipality_id": municipality,
        "id": new_id(),
        "source_key": f"import:{measure_id}:{new_id()}",
        "year": uow.today.year,
        "extra": {},
        "created_at": uow.now,
        "updated_at": uow.now,
        "measure_id": measure_id,
        "status": word_for(status),
    }
    tell(uow, municipality, [Told("", measure_id, row)])
