"""The audit file (revisionsfil): the legal check of a day as a ZIP, with an index and the proof itself.

Records are JSON, documents and attachments are as they were stored. The order and every byte but the proof's own are
given by the records and the day: the same day gives the same file until somebody changes a record.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

import orjson
import structlog

from app.db.prevention import documents, legal_facts, records
from app.db.prevention.action_plans import Decision
from app.db.prevention.agreements import Agreement
from app.db.prevention.documents import Document
from app.db.prevention.meetings import Meeting
from app.db.prevention.records import RecordRow
from app.db.process import attachments
from app.db.process.attachments import Attachment
from app.db.process.process_instances import ProcessInstance
from app.documents.audit_indexes import Enclosed, Indexed, Words, as_page, as_table
from app.domain.clock import local_date
from app.domain.legal_checks import STATES, Finding, Proof
from app.domain.legal_checks.words import kind_name, paragraph_name
from app.domain.principals import require_oversees
from app.domain.swedish_dates import Sentence, long_date
from app.services.facts import organisation
from app.services.prevention.legal_checks import LegalCheck, Source, check, document_label
from app.services.unit_of_work import UnitOfWork

IN_MEMORY = 4 * 1024 * 1024
"""What is kept in memory, in bytes; a larger file goes to the disk while it is made and sent."""

log = structlog.get_logger()

_UNSAFE = re.compile(r"[^\w. -]+")


@dataclass(frozen=True)
class AuditFile:
    """A ZIP, ready to be read from its beginning and closed. `size` in bytes."""

    name: str
    size: int
    content: IO[bytes]


def write(uow: UnitOfWork, municipality: str, on: date | None = None, language: str = "sv") -> AuditFile:
    """The audit file of a day, today if left out, for those who may see all that is in it.

    Raises NotFound, and NotYours for whoever neither coordinates, leads nor audits the work.
    """
    require_oversees(uow.who(), municipality)
    found = check(uow, municipality, on)
    # The one who sends it closes it; if the making fails, it is closed with what made it.
    content: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  see above
    try:
        _Archive(uow, found, language, content).write()
    except BaseException:
        content.close()
        raise
    size = content.tell()
    content.seek(0)
    log.info("audit_file_written", municipality=municipality, person=str(uow.who().id), on=found.on.isoformat())
    return AuditFile(f"lagkoll-{municipality}-{found.on.isoformat()}.zip", size, content)


class _Archive:
    """One audit file in the making. Every file is put in once, however many paragraphs it proves."""

    def __init__(self, uow: UnitOfWork, found: LegalCheck, language: str, content: IO[bytes]) -> None:
        self.uow, self.found, self.language = uow, found, language
        self._zip = zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED)
        self._put: dict[str, Enclosed] = {}

    def write(self) -> None:
        """Put in the proof, then the index of it."""
        own_files = documents.files_of(
            self.uow.session, [each for found in self.found.documents.values() for each in found]
        )
        beside = self._attachments()
        with self._zip:
            rows = [
                self._indexed(finding, [*self._enclose(finding, own_files, beside)]) for finding in self.found.findings
            ]
            words = self._words()
            self._add("index.html", [as_page(words, rows)])
            self._add("index.csv", [as_table(words, rows)])

    def _enclose(
        self,
        finding: Finding,
        own_files: Mapping[UUID, Sequence[documents.DocumentFile]],
        beside: Mapping[UUID, Sequence[Attachment]],
    ) -> Iterator[Enclosed]:
        for proof in finding.proof:
            yield self._record(proof)
            for attachment in beside.get(proof.id, ()):
                yield self._attachment(attachment)
        for document in self.found.documents_of(finding):
            for file in own_files[document.id]:
                yield self._document(document, file)

    def _record(self, proof: Proof) -> Enclosed:
        what = ": ".join(part for part in (self._said(kind_name(proof.kind)), proof.title) if part)
        path = f"poster/{proof.kind}-{proof.id}.json"
        on = proof.on.isoformat() if proof.on else ""
        source = self.found.sources[proof.id]
        return self._once(path, what, on, proof.paragraph, lambda: [_as_json(source)])

    def _document(self, row: Document, file: documents.DocumentFile) -> Enclosed:
        path = f"dokument/{row.type}-{row.confidentiality}-v{row.version}-{row.id}.{file.format}"
        on = local_date(row.produced_at).isoformat()
        what = ": ".join(part for part in (self._said(document_label(row)), row.title) if part)
        return self._once(path, what, on, "", lambda: documents.read(self.uow.session, file))

    def _attachment(self, row: Attachment) -> Enclosed:
        path = f"bilagor/{row.id}-{_UNSAFE.sub('_', row.file_name)}"
        on = local_date(row.uploaded_at).isoformat()
        return self._once(path, row.file_name, on, "", lambda: attachments.read(self.uow.session, row))

    def _once(self, path: str, what: str, on: str, minutes: str, content: Any) -> Enclosed:
        if path not in self._put:
            digest, size = self._add(path, content())
            self._put[path] = Enclosed(what, on, minutes, path, digest, size)
        return self._put[path]

    def _add(self, path: str, pieces: Iterable[bytes]) -> tuple[str, int]:
        """Write a file piece by piece; the hash and the size of what was written."""
        on = self.found.on
        entry = zipfile.ZipInfo(path, (on.year, on.month, on.day, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(entry, "w") as target:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        return digest.hexdigest(), size

    def _attachments(self) -> dict[UUID, list[Attachment]]:
        """The files beside decisions, meetings and agreements, by the record."""
        owners = [row for row in self.found.sources.values() if isinstance(row, Decision | Meeting | Agreement)]
        named = {_named(row): row.id for row in owners}
        sent_in: dict[UUID | None, UUID] = {row.submission_id: row.id for row in owners}
        found: dict[UUID, list[Attachment]] = {}
        ids = [file_id for file_id in named if file_id is not None]
        submissions = [submission_id for submission_id in sent_in if submission_id is not None]
        rows = legal_facts.attachments_of(self.uow.session, self.found.municipality, submissions, ids)
        for attachment, submission_id in rows:
            owner = named.get(attachment.id) or sent_in[submission_id]
            found.setdefault(owner, []).append(attachment)
        return found

    def _indexed(self, finding: Finding, files: Sequence[Enclosed]) -> Indexed:
        return Indexed(
            paragraph=paragraph_name(finding.paragraph),
            title=self._said(finding.title),
            state=self._said(STATES[finding.state]),
            missing=self._said(finding.missing) if finding.missing else "",
            clocks=[self._said(clock.text) for clock in finding.clocks],
            files=list(dict.fromkeys(files)),
            applies=finding.state != "not_applicable",
        )

    def _words(self) -> Words:
        name = organisation(self.uow, self.found.municipality).name
        own = [self.language, *(self._said(each) for each in (_TITLE, _LEAD, _MISSING, _NOTHING))]
        on = long_date(self.found.on, "en" if self.language == "en" else "sv")
        told = {"name": name, "day": on}
        columns = [self._said(each) for each in _COLUMNS]
        about = [self._said(each) for each in _ABOUT]
        return Words(
            own[0], own[1] % told, own[2] % told, own[3], own[4],
            (columns[0], columns[1], columns[2], columns[3], columns[4], columns[5]), (*about, *columns),
        )  # fmt: skip

    def _said(self, words: Sentence) -> str:
        return words.en if self.language == "en" else words.sv


_TITLE = Sentence("Lagkoll: %(name)s, %(day)s", "Legal check: %(name)s, %(day)s")
_LEAD = Sentence(
    "Så här står det till med varje paragraf i lagen (2023:196) om kommuners ansvar för brottsförebyggande arbete, "
    "räknat ur kommunens egna poster. Varje fil har en kontrollsumma (SHA-256) som visar att den inte har ändrats.",
    "How each paragraph of the Act (2023:196) on municipalities' responsibility for crime prevention stands, worked "
    "out from the municipality's own records. Each file has a checksum (SHA-256) that shows it is unchanged.",
)
_MISSING = Sentence("Det här saknas", "What is missing")
_NOTHING = Sentence("Det finns inget bevis i tjänsten.", "There is no proof in the service.")
_ABOUT = (
    Sentence("Paragraf", "Paragraph"),
    Sentence("Krav", "Duty"),
    Sentence("Läge", "State"),
    Sentence("Det här saknas", "What is missing"),
)
_COLUMNS = (
    Sentence("Bevis", "Proof"),
    Sentence("Dag", "Day"),
    Sentence("§ i protokollet", "§ in the minutes"),
    Sentence("Fil", "File"),
    Sentence("Byte", "Bytes"),
    Sentence("SHA-256", "SHA-256"),
)


def _named(row: Decision | Meeting | Agreement) -> UUID | None:
    """The file that a record names itself."""
    if isinstance(row, Meeting):
        return row.minutes_attachment
    return row.attachment if isinstance(row, Agreement) else None


def _as_json(row: Source) -> bytes:
    """A row for people and machines: in the order of its names, with its days as ISO 8601."""
    if isinstance(row, RecordRow):
        shown: dict[str, Any] = {
            "kind": row.KIND,
            "year": row.year,
            "process_instance": row.process_instance_id,
            "fields": {name: getattr(row, name) for name in sorted(records.columns_of(type(row)))},
            "extra": row.extra,
            "version": row.version,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
        }
    elif isinstance(row, ProcessInstance):
        shown = {
            "kind": "process_instance",
            "process": row.process_key,
            "name": row.name,
            "period": row.period,
            "started_at": row.started_at,
            "ended_at": row.ended_at,
        }
    else:
        shown = {"kind": "role_assignment", "role": row.role, "from": row.valid_from, "to": row.valid_to}
    shown |= {"id": row.id, "municipality": row.municipality_id}
    return orjson.dumps(shown, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
