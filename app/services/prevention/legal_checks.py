"""Lagkoll: the paragraphs of lag (2023:196) held against a municipality's records, as they stood on a day.

What is read is a fixed number of statements, however much a municipality has recorded; what it means is judged in
`app/domain/legal_checks`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.db.prevention import action_plans, legal_facts, records, situation_pictures
from app.db.prevention.action_plans import ActionPlan, Decision
from app.db.prevention.documents import Document
from app.db.prevention.meetings import Meeting
from app.db.prevention.records import RecordRow
from app.db.prevention.situation_pictures import SituationPicture
from app.db.process import process_instances
from app.db.process.process_instances import ProcessInstance
from app.db.role_assignments import RoleAssignment
from app.domain.clock import local_date
from app.domain.document_types import TYPES
from app.domain.durations import months_later
from app.domain.legal_checks import (
    Agreement,
    Camera,
    CouncilMeeting,
    Facts,
    Finding,
    Holding,
    Member,
    Picture,
    Plan,
    Proof,
    judge,
)
from app.domain.principals import require_internal
from app.domain.swedish_dates import Sentence
from app.domain.watchdogs import STATUTORY_MONTHS
from app.services.prevention.watchdogs import FOLLOW_UPS, watchdogs
from app.services.unit_of_work import UnitOfWork

COORDINATOR = "crime_prevention_coordinator"
COUNCIL = "strategic_council"
CAMERA = "kamerabevakning"
MOST_TOLD = 5
"""How many publications and dialogues are shown: one would do."""

# What the forms ask beside the records' own columns (`extra`).
OTHER_ANALYSES = "andra_analyser"
LED_BY_MUNICIPALITY = "kommunen_ledde"
CHECKED_ON, CHECK_NOTED = "kamera_provad_den", "kamera_provning"

Source = RecordRow | ProcessInstance | RoleAssignment


@dataclass(frozen=True)
class LegalCheck:
    """How each paragraph stands on the day, with the documents of the instances that the proof came from.

    `sources` are the rows behind the proof, by the id of each.
    """

    municipality: str
    on: date
    findings: tuple[Finding, ...]
    documents: Mapping[UUID, tuple[Document, ...]]
    sources: Mapping[UUID, Source]

    def documents_of(self, finding: Finding) -> list[Document]:
        """The documents that belong to a paragraph's proof, each once."""
        instances = dict.fromkeys(proof.instance_id for proof in finding.proof if proof.instance_id is not None)
        return [document for instance in instances for document in self.documents.get(instance, ())]


def check(uow: UnitOfWork, municipality: str, on: date | None = None) -> LegalCheck:
    """How the law is kept on a day, today if left out; on a day ahead, if nothing more is done until then.

    Raises NotFound, NotYours for an external actor.
    """
    require_internal(uow.who(), municipality)
    on = on or uow.today
    reading = _Reading(uow, municipality, on)
    findings = judge(reading.facts(), on)
    instances = sorted({proof.instance_id for f in findings for proof in f.proof if proof.instance_id is not None})
    found: dict[UUID, tuple[Document, ...]] = {}
    for document in legal_facts.documents_of(uow.session, municipality, instances, on):
        found[document.process_instance_id] = (*found.get(document.process_instance_id, ()), document)
    return LegalCheck(municipality, on, findings, found, reading.sources)


def document_label(row: Document) -> Sentence:
    """What kind of document it is, where its title does not already say so; else nothing."""
    known = TYPES.get(row.type)
    if known is None or known.label.casefold() in row.title.casefold():
        return Sentence("", "")
    return Sentence(known.label, known.label_en)


@dataclass
class _Reading:
    """One reading of the records. `sources` gathers the rows that were met."""

    uow: UnitOfWork
    place: str
    on: date
    sources: dict[UUID, Source] = field(default_factory=dict)

    def facts(self) -> Facts:
        """The facts of the day."""
        session, place, on = self.uow.session, self.place, self.on
        picture = situation_pictures.latest_adopted(session, place, on)
        plan = action_plans.in_force(session, place, on)
        since = months_later(on, -STATUTORY_MONTHS)
        decided = legal_facts.decisions(
            session, place, organ="KF", instance_id=plan.process_instance_id if plan else None, since=since, until=on
        )
        picture_watch, follow_up_watch, reporting_watch = watchdogs(self.uow, place, on)
        meeting = legal_facts.last_meeting(session, place, COUNCIL, on)
        return Facts(
            picture=self._picture(picture) if picture else None,
            plan=self._plan(plan, picture, decided) if plan else None,
            picture_watch=picture_watch,
            follow_up_watch=follow_up_watch,
            reporting_watch=reporting_watch,
            follow_up=self._follow_up(),
            reports=tuple(self._decision(row) for row in decided if _is_report(row, since)),
            agreements=tuple(self._agreement(row) for row in legal_facts.agreements(session, place, on)),
            council=self._council(meeting) if meeting else None,
            holdings=tuple(self._holdings()),
            told=tuple(self._told(since)),
            cameras=tuple(map(self._camera, legal_facts.measures_of_kind(session, place, CAMERA, on))),
        )

    def _proof(self, row: RecordRow, on: date | None, title: str | None, paragraph: str | None = None) -> Proof:
        self.sources[row.id] = row
        return Proof(row.KIND, row.id, on, title or "", paragraph or "", row.process_instance_id)

    def _picture(self, row: SituationPicture) -> Picture:
        named = row.extra.get(OTHER_ANALYSES)
        return Picture(
            self._proof(row, row.adopted_on, row.title),
            crime=row.crime or "",
            extent=row.extent or "",
            consequences=row.consequences or "",
            other_information=row.other_information or "",
            analysis=row.analysis or "",
            other_analyses=tuple(str(each) for each in named) if isinstance(named, list) else (),
        )

    def _plan(self, row: ActionPlan, current: SituationPicture | None, decided: Iterable[Decision]) -> Plan:
        picture = current if current is not None and current.id == row.situation_picture_id else None
        if picture is None and row.situation_picture_id is not None:
            found = records.of_ids(self.uow.session, SituationPicture, self.place, [row.situation_picture_id])
            picture = found[0] if found else None
        built_on = None
        if picture is not None and picture.adopted_on is not None and row.decided_on is not None:
            built_on = picture if picture.adopted_on <= row.decided_on else None
        own = [
            each
            for each in decided
            if each.process_instance_id == row.process_instance_id and each.decided_on == row.decided_on
        ]
        return Plan(
            self._proof(row, row.decided_on, None, row.paragraph),
            self._proof(built_on, built_on.adopted_on, built_on.title) if built_on is not None else None,
            tuple(self._decision(each) for each in own) if row.process_instance_id is not None else (),
        )

    def _decision(self, row: Decision) -> Proof:
        return self._proof(row, row.decided_on, row.organ, row.paragraph)

    def _follow_up(self) -> Proof | None:
        row = process_instances.last_ended(self.uow.session, self.place, FOLLOW_UPS, self.on)
        if row is None or row.ended_at is None:
            return None
        self.sources[row.id] = row
        return Proof("process_instance", row.id, local_date(row.ended_at), row.name, instance_id=row.id)

    def _agreement(self, row: Any) -> Agreement:
        days = (row.signed_municipality_on, row.signed_party_on)
        signed_on = max(days) if all(days) else None
        return Agreement(
            self._proof(row, signed_on, row.title or row.actor_name, row.paragraph),
            party=row.actor_name or row.title or "",
            purposes=_said(row.purposes),
            areas=_said(row.areas),
            signed_municipality_on=row.signed_municipality_on,
            signed_party_on=row.signed_party_on,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )

    def _council(self, row: Meeting) -> CouncilMeeting:
        led = row.extra.get(LED_BY_MUNICIPALITY)
        present = row.attendance or row.extra.get("narvaro") or []
        return CouncilMeeting(
            self._proof(row, row.held_on, None),
            led if isinstance(led, bool) else None,
            tuple(_member(each) for each in present),
        )

    def _holdings(self) -> Iterable[Holding]:
        for row, name in legal_facts.holders(self.uow.session, self.place, COORDINATOR, self.on):
            self.sources[row.id] = row
            proof = Proof("role_assignment", row.id, row.valid_from, name)
            yield Holding(proof, row.valid_from, row.valid_to)

    def _told(self, since: date) -> Iterable[Proof]:
        session = self.uow.session
        published = legal_facts.publications(session, self.place, since, self.on)
        held = legal_facts.dialogues(session, self.place, since, self.on)
        for publication in published[:MOST_TOLD]:
            yield self._proof(publication, publication.published_on, publication.title)
        for dialogue in held[:MOST_TOLD]:
            yield self._proof(dialogue, dialogue.feedback_on or dialogue.held_on, dialogue.title)

    def _camera(self, row: Any) -> Camera:
        return Camera(
            self._proof(row, row.starts_on, row.title),
            _day(row.extra.get(CHECKED_ON)),
            str(row.extra.get(CHECK_NOTED) or ""),
        )


def _is_report(row: Decision, since: date) -> bool:
    """What the municipal council decided within the cycle: the plan's own decisions were read beside it."""
    return row.organ == "KF" and row.decided_on is not None and row.decided_on >= since


def _said(rows: Any) -> int:
    """How many of the lines of a list say something."""
    return sum(bool(str(row).strip()) for row in rows or ())


def _member(row: Any) -> Member:
    """Somebody present, as the form of the council noted them, or as a line of other notes."""
    if not isinstance(row, dict):
        return Member(str(row), None)
    position = row.get("ledande_befattning")
    return Member(str(row.get("organisation") or ""), position if isinstance(position, bool) else None)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
