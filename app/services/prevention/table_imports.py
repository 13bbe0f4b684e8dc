"""Import of tables: a template to fill in, a dry run that tells all of it, and the real thing. All or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog

from app.db.prevention import imports
from app.documents.import_templates import CSV_TYPE, write_csv_template, write_xlsx_template
from app.documents.spreadsheets import MEDIA_TYPE
from app.domain.errors import Conflict, FieldFault, InvalidInput
from app.domain.meeting_imports import ImportedPlan
from app.domain.principals import require_may_import
from app.domain.table_imports.columns import ImportKind, KnownPlace
from app.domain.table_imports.kinds import kind_named
from app.domain.table_imports.outcomes import Judged, Outcome, digest_of
from app.domain.table_imports.rows import MAX_FAULTS, ReadRows, read_rows
from app.domain.table_imports.tables import Fault, Unreadable
from app.services import people_imports
from app.services.facts import organisation
from app.services.prevention import meeting_imports, record_imports
from app.services.table_files import read_table
from app.services.unit_of_work import UnitOfWork

log = structlog.get_logger()


@dataclass(frozen=True)
class Template:
    """A file to fill in."""

    file_name: str
    media_type: str
    content: bytes


def template(uow: UnitOfWork, municipality: str, word: str, file_format: str, language: str) -> Template:
    """The template of a kind, with the municipality's own places to choose among. Raises NotFound, NotYours."""
    kind = kind_named(word)
    require_may_import(uow.who(), municipality, kind.id)
    name = (kind.en if language == "en" else kind.sv).lower().replace(" ", "-")
    if file_format == "csv":
        return Template(f"{name}.csv", CSV_TYPE, write_csv_template(kind, language))
    places: dict[str, list[str]] = {}
    for place in organisation(uow, municipality).places:
        places.setdefault(place.kind, []).append(place.name)
    return Template(f"{name}.xlsx", MEDIA_TYPE, write_xlsx_template(kind, places, language))


def preview(uow: UnitOfWork, municipality: str, word: str, name: str, content: bytes, language: str = "sv") -> Judged:
    """What a file would do, and everything that is wrong in it. Nothing is written.

    Raises NotFound, NotYours, and VettingBusy when other files are being read.
    """
    kind = kind_named(word)
    require_may_import(uow.who(), municipality, kind.id)
    trial = _Trial(uow, municipality, kind, language)
    return trial.of(trial.read(name, content)).judged


def run(
    uow: UnitOfWork,
    municipality: str,
    word: str,
    name: str,
    content: bytes,
    digest: str | None = None,
    language: str = "sv",
) -> Judged:
    """Import a file, if it does just what the dry run said; without a digest, whatever it does.

    Raises NotFound, NotYours, VettingBusy, InvalidInput with every fault, and Conflict when the dry run is not true
    any more.
    """
    kind = kind_named(word)
    require_may_import(uow.who(), municipality, kind.id)
    trial = _Trial(uow, municipality, kind, language, locked=True)
    read = trial.read(name, content)
    # Two imports at once: the second is judged by what the first one wrote. People are everybody's.
    imports.lock(uow.session, "people" if kind.id == "people" else municipality)
    if kind.id == "meetings":
        meeting_imports.lock(uow, municipality)
    tried = trial.of(read)
    judged = tried.judged
    if judged.faults:
        raise _invalid(judged)
    if digest is not None and digest != judged.digest:
        raise Conflict(
            "Något har ändrats sedan provkörningen. Se vad en ny provkörning visar innan du läser in.",
            "Something has changed since the dry run. See what a new one shows before you import.",
        )
    tried.carry_out()
    log.info("table_was_imported", municipality=municipality, kind=kind.id,
             created=judged.count("created"), changed=judged.count("changed"))  # fmt: skip
    return judged


@dataclass(frozen=True)
class _Tried:
    judged: Judged
    carry_out: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True)
class _Trial:
    """A file held against what there is. `locked`: what it would change is locked, for it is to be carried out."""

    uow: UnitOfWork
    municipality: str
    kind: ImportKind
    language: str
    locked: bool = False

    def read(self, name: str, content: bytes) -> ReadRows | ImportedPlan:
        """What the file holds, or what is wrong in it; no lock is held meanwhile. Raises VettingBusy."""
        if self.kind.id == "meetings":
            return meeting_imports.read_plan(name, content)
        try:
            table = read_table(name, content, self.kind.sv)
        except Unreadable as refused:
            return ReadRows(faults=(refused.fault,))
        places = [KnownPlace(p.kind, p.id, p.name) for p in organisation(self.uow, self.municipality).places]
        return read_rows(self.kind, table, places, self.language)

    def of(self, read: ReadRows | ImportedPlan) -> _Tried:
        """What the file would do."""
        where = (self.uow, self.municipality)
        if isinstance(read, ImportedPlan):
            plan = meeting_imports.judge(*where, read)
            judged = _judged(self.kind, plan.outcomes, plan.faults, plan.cautions, [plan.preview])
            return _Tried(judged, partial(meeting_imports.carry_out, *where, plan.changes))
        if self.kind.id == "people":
            outcomes, faults = people_imports.judge(*where, self.kind, read.entries, self.language)
            carry_out = partial(people_imports.carry_out, *where, outcomes)
        else:
            outcomes, faults = record_imports.judge(*where, self.kind, read.entries, self.language, locked=self.locked)
            carry_out = partial(record_imports.carry_out, *where, self.kind, outcomes)
        return _Tried(_judged(self.kind, outcomes, sorted([*read.faults, *faults], key=_row), read.cautions), carry_out)


def _judged(
    kind: ImportKind,
    outcomes: Sequence[Outcome],
    faults: Sequence[Fault],
    cautions: Sequence[Fault],
    more: Sequence[str] = (),
) -> Judged:
    digest = "" if faults else digest_of(kind, outcomes, more)
    return Judged(kind, tuple(outcomes), tuple(faults[:MAX_FAULTS]), len(faults), tuple(cautions[:MAX_FAULTS]), digest)


def _invalid(judged: Judged) -> InvalidInput:
    errors = [
        FieldFault(f"/rows/{fault.row}/{_token(fault.column)}" if fault.column else f"/rows/{fault.row}",
                   fault.sentence(), fault.sentence("en"))
        for fault in judged.faults
    ]  # fmt: skip
    return InvalidInput(
        f"Filen har fel, och inget av den är inläst ({judged.fault_count}).",
        f"There are faults in the file, and nothing of it is imported ({judged.fault_count}).",
        errors,
    )


def _token(text: str) -> str:
    """A heading as a part of a JSON pointer (RFC 6901, 3)."""
    return text.replace("~", "~0").replace("/", "~1")


def _row(fault: Fault) -> int:
    return fault.row
