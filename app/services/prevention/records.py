"""Records by declaration: a submitted form becomes rows in the tables of the work, and only ids go on as variables."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.db.prevention import measures, records, status_reports
from app.db.prevention.goals import Goal, Indicator
from app.db.prevention.measures import Measure
from app.db.prevention.records import RecordRow
from app.db.prevention.status_reports import StatusReport
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.db.tables import RECORDS
from app.domain.errors import FieldFault, InvalidSubmission
from app.domain.forms import Form
from app.domain.forms.fields import Field
from app.domain.ids import new_id
from app.domain.measures import UNDER_WAY
from app.engine.expressions import ExpressionFailed, compile_expression, evaluate
from app.services.prevention.status_reports import Told, tell
from app.services.unit_of_work import UnitOfWork

_ABOUT: Mapping[str, type[RecordRow]] = {"measure_id": Measure, "indicator_id": Indicator, "goal_id": Goal}
"""The columns that say what a record is about, and the records they name."""


def absorb(
    uow: UnitOfWork,
    instance: ProcessInstance,
    task: UserTask,
    form: Form | None,
    submission: Mapping[str, Any],
    submission_id: UUID,
) -> dict[str, Any]:
    """Write the records that the form declares. Returns the variables that name them.

    A second submission of the same step updates its records; rows it no longer has are withdrawn. Raises
    InvalidSubmission when a row names a record that is not the municipality's.
    """
    if form is None:
        return {}
    writer = _Absorber(uow, instance, task, submission, submission_id)
    if form.record:
        writer.whole(form)
    made: dict[str, Any] = {}
    for field in form.fields:
        if field.record:
            ids = writer.rows(field)
            if field.is_variable:
                made[field.name] = ids
    # The first time there is nothing to withdraw, and nothing is asked.
    if task.submitted_before is not False:
        writer.withdraw_the_rest()
    return made


class _Absorber:
    """One submission on its way into the tables."""

    def __init__(
        self,
        uow: UnitOfWork,
        instance: ProcessInstance,
        task: UserTask,
        submission: Mapping[str, Any],
        submission_id: UUID,
    ) -> None:
        self.uow, self.instance, self.task = uow, instance, task
        self.submission, self.submission_id = submission, submission_id
        self._lists: dict[type[RecordRow], tuple[list[str], list[UUID]]] = {}

    def whole(self, form: Form) -> None:
        """The whole form is one record, that several forms may fill: what this one leaves empty stays as it is."""
        table = RECORDS[str(form.record)]
        columns, extra = _split(form.fields, self.submission, table)
        columns = {name: value for name, value in columns.items() if not _is_empty(value)}
        columns |= {name: self._value(text, self.submission) for name, text in form.values.items()}
        if table is StatusReport:
            self._tell_one(columns, extra)
            return
        if table.ABOUT is not None:
            self._require_abouts(columns)
        each = f":{self.task.token}" if table.EACH_ROUND else ""
        key = self._single() if table.SINGLE else f"{self._prefix()}{each}:0"
        records.upsert(self.uow.session, table, [self._row(table, key, columns, extra)])

    def rows(self, field: Field) -> list[dict[str, Any]]:
        """Each row is a record: a new one, or an earlier one that it names by `id`."""
        table = RECORDS[str(field.record)]
        if table is StatusReport:
            self._told(field)
            return []
        if table.ABOUT is not None:
            self._about(field, table, table.ABOUT)
            return []
        rows = [(row, *self._of_row(field, row, table)) for row in self.submission.get(field.name) or []]
        prefix = f"{self._prefix()}:{field.name}:"
        # Rows that can name their record are known by that; a new one among them must not take another's place.
        each = f"{self.task.token}." if field.field("id") is not None else ""
        new = {
            number: self._row(table, f"{prefix}{each}{number}", columns, extra)
            for number, (row, columns, extra) in enumerate(rows)
            if not row.get("id")
        }
        ids = dict(zip(new, records.upsert(self.uow.session, table, list(new.values())), strict=True))
        for number, (row, columns, extra) in enumerate(rows):
            if number not in new:
                ids[number] = self._change(table, field.name, number, row["id"], columns, extra)
        prefixes, kept = self._lists.setdefault(table, ([], []))
        prefixes.append(prefix)
        kept += ids.values()
        return [
            {"kind": table.KIND, "id": str(ids[number]), "name": str(columns.get("title") or "")}
            for number, (_row, columns, _extra) in enumerate(rows)
        ]

    def _of_row(
        self, field: Field, row: Mapping[str, Any], table: type[RecordRow]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """A row's columns, those that nobody types among them, and the rest."""
        columns, extra = _split(field.fields, row, table)
        return columns | {name: self._value(text, row) for name, text in field.values.items()}, extra

    def _about(self, field: Field, table: type[RecordRow], column: str) -> None:
        """Rows about records that exist, each named by the row's `id`. A row that says nothing is no record."""
        each = f"{self.task.token}:" if table.EACH_ROUND else ""
        prefix = f"{self._prefix()}:{field.name}:{each}"
        kept = []
        for number, row in enumerate(self.submission.get(field.name) or []):
            typed, extra = _split(field.fields, row, table)
            if all(_is_empty(value) for value in (*typed.values(), *extra.values())):
                continue
            columns, _extra = self._of_row(field, row, table)
            columns[column] = str(row["id"])
            self._require_abouts(columns, f"/{field.name}/{number}/id")
            kept.append(self._row(table, f"{prefix}{row['id']}", columns, extra))
        ids = records.upsert(self.uow.session, table, kept)
        prefixes, kept_ids = self._lists.setdefault(table, ([], []))
        prefixes.append(prefix)
        kept_ids += ids

    def _require_abouts(self, columns: Mapping[str, Any], pointer: str = "") -> None:
        """What a record is about is the municipality's, and has not been withdrawn."""
        for column, about in _ABOUT.items():
            if not columns.get(column):
                continue
            found = records.get(self.uow.session, about, UUID(str(columns[column])))
            if found is None or found.municipality_id != self.instance.municipality_id:
                raise InvalidSubmission(
                    [FieldFault(pointer, "Posten som svaret gäller finns inte.", "The record it is about is gone.")]
                )

    def _tell_one(self, columns: dict[str, Any], extra: dict[str, Any]) -> None:
        """The whole form tells of one measure, again and again: each time is a report of its own.

        Whoever carries a measure out may tell more of one that is over; it stays as it is then.
        """
        about = UUID(str(columns.pop("measure_id")))
        key = f"{self._prefix()}:{self.task.token}:{about}"
        current = measures.lock_those(self.uow.session, self.instance.municipality_id, [about]).get(about)
        if current not in UNDER_WAY:
            columns.pop("status", None)
        stored = {**self._row(StatusReport, key, columns, extra), "measure_id": about}
        tell(self.uow, self.instance.municipality_id, [Told("", about, stored)], by_owner=True)

    def _told(self, field: Field) -> None:
        """Rows that tell of records that exist: the row's `id` is that of the measure it is about."""
        prefix = f"{self._prefix()}:{field.name}:"
        told = []
        for number, row in enumerate(self.submission.get(field.name) or []):
            columns, extra = self._of_row(field, row, StatusReport)
            about = UUID(str(row["id"]))
            stored = {**self._row(StatusReport, f"{prefix}{about}", columns, extra), "measure_id": about}
            told.append(Told(f"/{field.name}/{number}", about, stored))
        ids = tell(self.uow, self.instance.municipality_id, told)
        prefixes, kept = self._lists.setdefault(StatusReport, ([], []))
        prefixes.append(prefix)
        kept += ids

    def withdraw_the_rest(self) -> None:
        """Rows that an earlier submission of the same step had, and this one has not."""
        place = self.instance.municipality_id
        for table, (prefixes, kept) in self._lists.items():
            if table is StatusReport:
                status_reports.withdraw_missing(self.uow.session, place, prefixes, kept, self.uow.now)
            else:
                records.withdraw_missing(self.uow.session, table, place, prefixes, kept, self.uow.now)

    def _single(self) -> str:
        """One record of the instance; where the task is for a body, one of each body: several groups may meet."""
        own = f":{self.task.scope_id}" if self.task.scope_kind == "body" else ""
        return f"{self.instance.id}{own}"

    def _prefix(self) -> str:
        return f"{self.instance.id}:{self.task.element_id}:{self.task.scope_id or ''}"

    def _row(self, table: type[RecordRow], key: str, columns: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
        now = self.uow.now
        return {
            "municipality_id": self.instance.municipality_id,
            "id": new_id(),
            "source_key": key,
            "process_instance_id": self.instance.id,
            "submission_id": self.submission_id,
            "year": self.instance.year,
            "extra": extra,
            "created_at": now,
            "updated_at": now,
            **self._scope(table),
            **self._stored(table, columns),
        }

    def _change(
        self,
        table: type[RecordRow],
        name: str,
        number: int,
        record_id: str,
        columns: dict[str, Any],
        extra: dict[str, Any],
    ) -> UUID:
        known = UUID(record_id)
        changed = records.change(
            self.uow.session,
            table,
            self.instance.municipality_id,
            known,
            {
                **self._stored(table, columns),
                # Which submission wrote it last: a plan gathers the proposals that its own forms have taken up.
                "submission_id": self.submission_id,
                "updated_at": self.uow.now,
            },
            extra,
        )
        if not changed:
            raise InvalidSubmission(
                [FieldFault(f"/{name}/{number}/id", "Raden finns inte längre.", "The row no longer exists.")]
            )
        return known

    def _scope(self, table: type[RecordRow]) -> dict[str, Any]:
        """Whose it is: the department or actor that the task was for."""
        possible = records.columns_of(table)
        task = self.task
        if "actor_id" in possible and task.scope_kind == "actor":
            return {"actor_id": task.scope_id, "actor_name": task.scope_name}
        if "department_id" in possible and task.scope_kind in {"department", "company"}:
            return {"department_id": task.scope_id, "department_name": task.scope_name}
        return {}

    def _stored(self, table: type[RecordRow], columns: dict[str, Any]) -> dict[str, Any]:
        try:
            return records.column_values(table, columns)
        except ValueError as error:
            raise InvalidSubmission(
                [FieldFault("", f"Värdet för {error} går inte att spara.", f"The value of {error} cannot be stored.")]
            ) from error

    def _value(self, text: str, answered: Mapping[str, Any]) -> Any:
        """What an expression gives; it sees the variables, the answer or the row, and the item the task is for."""
        scope = {"kind": self.task.scope_kind, "id": str(self.task.scope_id), "name": self.task.scope_name}
        visible = {
            **self.instance.variables,
            **_scalars(self.submission),
            **_scalars(answered),
            "aktor": scope,
            "forvaltning": scope,
        }
        if self.task.scope_kind:
            visible["item"] = scope
        try:
            return evaluate(compile_expression(text), visible, {})
        except ExpressionFailed:
            # A column that nobody types may lack its source the first time round.
            return None


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _scalars(submission: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in submission.items() if isinstance(value, str | int | float | bool)}


def _split(
    fields: Sequence[Field], values: Mapping[str, Any], table: type[RecordRow]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values of fields with a column, and the rest for `extra`."""
    possible = records.columns_of(table)
    columns: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for field in fields:
        if field.name not in values or field.name == "id":
            continue
        if field.column in possible:
            columns[str(field.column)] = values[field.name]
        elif not field.record:
            extra[field.name] = values[field.name]
    return columns, extra


def withdraw_of_instance(uow: UnitOfWork, municipality: str, instance_id: UUID) -> None:
    """A cancelled instance leaves no orphans, and what it told of measures is as if it had not been told."""
    status_reports.withdraw_of_instance(uow.session, municipality, instance_id, uow.now)
    for table in RECORDS.values():
        records.withdraw_of_instance(uow.session, table, municipality, instance_id, uow.now)
