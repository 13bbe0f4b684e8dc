"""Corrections of records: by those allowed, of what may be changed, as the forms would have it, and never unseen.

Who, when, what it said before and why are kept by the database (`app/db/prevention/record_changes.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from app.db.prevention import record_changes, records, registers
from app.db.prevention.records import RecordRow
from app.db.process import process_instances
from app.db.tables import RECORDS
from app.domain import privacy_guard
from app.domain.errors import Conflict, FieldFault, InvalidInput, InvalidSubmission, NotFound, StaleVersion
from app.domain.people import checked_reason
from app.domain.principals import require_may_change_record, sees_municipality
from app.domain.record_rules import is_decided, may_become, needs_reason, period_faults, status_fault
from app.domain.record_values import Asked, ValueUnfit, asked_of, faults_as_asked, typed
from app.services.process.advancing import forms
from app.services.process.findings import Findings, examine, examine_text, require_clean
from app.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Correction:
    """What is to be changed: columns, what an administrator's form added, and why."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None


def change(
    uow: UnitOfWork, table: type[RecordRow], record_id: UUID, wanted: Correction, if_match: int | Literal["*"] | None
) -> RecordRow:
    """Change a record; what has that value already is left as it is. Returns the record as it became.

    `if_match` is the version that was read; "*" says that any will do, which must be said. Raises NotFound, NotYours,
    Conflict (withdrawn, or decided), StaleVersion with the version that there is now, and InvalidInput naming each
    value at fault.
    """
    known = registers.get(uow.session, table, record_id)
    if known is None or not sees_municipality(uow.who(), known.municipality_id):
        raise NotFound("Posten", "The record")
    allowed = require_may_change_record(uow.who(), known.municipality_id, table.KIND, owners_of(known))
    row = registers.lock(uow.session, table, known.municipality_id, record_id)
    uow.refresh_now()
    if row is None:
        raise NotFound("Posten", "The record")
    if if_match is None:
        sv, en = "Skicka postens version i If-Match.", "Send the record's version in If-Match."
        raise InvalidInput(sv, en, [FieldFault("", sv, en)])
    if if_match not in {"*", row.version}:
        raise StaleVersion(row.version)
    if row.withdrawn_at is not None:
        raise Conflict("Posten är återtagen och kan inte ändras.", "The record is withdrawn and cannot be changed.")
    return _Corrector(uow, table, row).correct(wanted, allowed)


def owners_of(row: RecordRow) -> frozenset[UUID]:
    """The department or actor whose record it is."""
    named = (getattr(row, "department_id", None), getattr(row, "actor_id", None))
    return frozenset(owner for owner in named if owner is not None)


class _Corrector:
    """One correction of one record that is locked."""

    def __init__(self, uow: UnitOfWork, table: type[RecordRow], row: Any) -> None:
        self.uow, self.table, self.row = uow, table, row
        self.now = {name: getattr(row, name) for name in records.columns_of(table)}

    def correct(self, wanted: Correction, allowed: frozenset[str]) -> RecordRow:
        """Judge and write. Raises Conflict or InvalidInput."""
        reason = _reason(wanted)
        require_clean({"fields": dict(wanted.fields), "extra": dict(wanted.extra)})
        self._require_open(wanted, allowed)
        columns, extra = asked_of(self._forms(), self.table.KIND)
        faults: list[FieldFault] = []
        values = self._values(wanted.fields, columns, faults)
        faults += self._extra_faults(wanted.extra, extra)
        values = {name: value for name, value in values.items() if value != self.now[name]}
        told = {name: value for name, value in wanted.extra.items() if value != self.row.extra.get(name)}
        faults += period_faults({**self.now, **values}, values)
        if faults:
            raise InvalidSubmission(faults)
        if values or told:
            self._require_reason(wanted, values, reason, columns | extra)
            self._write(values, told, reason)
        return self.row  # type: ignore[no-any-return]  # the row that was handed in

    def _forms(self) -> list[Any]:
        """The forms of the process version that the record came from."""
        if self.row.process_instance_id is None:
            return []
        instance = process_instances.get(self.uow.session, self.row.process_instance_id)
        return [] if instance is None else list(forms(self.uow, instance.definition_id).values())

    def _require_open(self, wanted: Correction, allowed: frozenset[str]) -> None:
        """Nothing but what may be changed by whoever asks, as the record is. Raises Conflict or InvalidInput."""
        may = may_become(self.table.KIND, self.now)
        decided = is_decided(self.table.KIND, self.now)
        asked = [f"/fields/{name}" for name in wanted.fields if name not in allowed & may]
        # What a form added has no rules of its own: it goes with the whole record, until that is decided.
        if decided or not allowed >= may:
            asked += [f"/extra/{name}" for name in wanted.extra]
        if not asked:
            return
        listed = ", ".join(sorted(allowed & may)) or "–"
        if decided:
            raise Conflict(
                f"Posten är beslutad. Det som går att ändra är {listed}. Annat ändras genom ett nytt beslut.",
                f"The record has been decided. What may be changed is {listed}. Anything else takes a new decision.",
                pointers=asked,
            )
        sv, en = f"Det går inte att ändra här. Det som går är {listed}.", f"Not to be changed here. You may: {listed}."
        raise InvalidInput(sv, en, [FieldFault(pointer, sv, en) for pointer in asked])

    def _values(
        self, wanted: Mapping[str, Any], asked: Mapping[str, list[Asked]], faults: list[FieldFault]
    ) -> dict[str, Any]:
        """The columns' values; what is wrong with any is added to the faults."""
        types = records.types_of(self.table)
        values: dict[str, Any] = {}
        for name, value in wanted.items():
            try:
                values[name] = typed(types[name], value)
            except ValueUnfit as fault:
                faults.append(FieldFault(f"/fields/{name}", fault.sv, fault.en))
                continue
            if name == "status":
                found = status_fault(self.table.KIND, self.now[name], value) if value != self.now[name] else None
                faults += [found] if found is not None else []
            else:
                faults += _below("/fields", faults_as_asked(asked.get(name, []), name, value))
            faults += self._link_faults(name, values[name])
        return values

    def _extra_faults(self, wanted: Mapping[str, Any], asked: Mapping[str, list[Asked]]) -> list[FieldFault]:
        faults = []
        for name, value in wanted.items():
            if name in asked:
                faults += _below("/extra", faults_as_asked(asked[name], name, value))
            else:
                sv, en = "Inget formulär har den uppgiften.", "No form asks for this."
                faults.append(FieldFault(f"/extra/{name[:60]}", sv, en))
        return faults

    def _link_faults(self, name: str, value: Any) -> list[FieldFault]:
        """A record that is named must be the municipality's, and not withdrawn."""
        kind = registers.LINKS.get(name)
        if kind is None or value is None:
            return []
        found = records.get(self.uow.session, RECORDS[kind], value)
        if found is not None and found.municipality_id == self.row.municipality_id:
            return []
        return [FieldFault(f"/fields/{name}", "Posten finns inte.", "There is no such record.")]

    def _require_reason(
        self, wanted: Correction, values: Mapping[str, Any], reason: str | None, asked: Mapping[str, list[Asked]]
    ) -> None:
        """Why, where it must be said, also of what may point at somebody. Raises InvalidInput."""
        if reason is None and needs_reason(self.table.KIND, self.now, values):
            sv, en = "Skriv varför posten ändras.", "Say why the record is changed."
            raise InvalidInput(sv, en, [FieldFault("/reason", sv, en)])
        for part, given in (("/fields", wanted.fields), ("/extra", wanted.extra)):
            for name, value in given.items():
                found = _examined(asked.get(name, []), name, value)
                if refused := found.stops or (found.unreasoned_faults if reason is None else []):
                    raise InvalidSubmission(_below(part, refused))

    def _write(self, values: dict[str, Any], extra: dict[str, Any], reason: str | None) -> None:
        if reason is not None:
            record_changes.tell_why(self.uow.session, reason)
        place = self.row.municipality_id
        stored = {**values, "updated_at": self.uow.now}
        records.change(self.uow.session, self.table, place, self.row.id, stored, extra)
        self.row = registers.lock(self.uow.session, self.table, place, self.row.id)


def _reason(wanted: Correction) -> str | None:
    """Why, in one line; it is kept for ever, so it points nobody out. Raises InvalidInput."""
    if wanted.reason is None:
        return None
    reason = checked_reason(wanted.reason)
    if privacy_guard.examine(reason):
        sv, en = "Skriv skälet utan att peka ut någon.", "Give the reason without pointing anybody out."
        raise InvalidInput(sv, en, [FieldFault("/reason", sv, en)])
    return reason


def _examined(asked: list[Asked], name: str, value: Any) -> Findings:
    """What the personal-data guard says of a value: as its forms would have it read, or as any text."""
    found = Findings([], [])
    for question in asked:
        one = examine(question.form, {name: value})
        found.stops.extend(one.stops)
        found.warnings.extend(one.warnings)
    if not asked and isinstance(value, str):
        return examine_text(value, f"/{name}")
    return found


def _below(part: str, faults: list[FieldFault]) -> list[FieldFault]:
    return [FieldFault(f"{part}{fault.pointer}", fault.sv, fault.en) for fault in faults]
