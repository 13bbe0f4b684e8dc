"""The red thread over HTTP: picture, problem area, cause, measure, indicator, evaluation, next picture; both ways."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import Response

from app.db.prevention import records
from app.db.prevention.action_plans import ActionPlan
from app.db.prevention.measures import Measure
from app.db.prevention.records import RecordRow
from app.db.prevention.situation_pictures import SituationPicture
from app.domain.errors import NotFound
from app.domain.principals import require_internal
from app.domain.threads import Finding
from app.services.prevention import threads
from app.services.prevention.threads import AreaThread, MeasureThread, PictureThread
from app.web.api.documentation import READS, router
from app.web.api.models import Shown
from app.web.api.records import RecordOut
from app.web.deps import Call, Reading

routes = router("", "records")


class FindingOut(Shown):
    """Something that a measure lacks. `code` is for machines."""

    code: str
    message: str

    @classmethod
    def of(cls, finding: Finding, language: str) -> "FindingOut":
        """The finding, in the language of whoever asks."""
        return cls(code=finding.code, message=finding.en if language == "en" else finding.sv)


class MeasureThreadOut(Shown):
    """A measure with all it hangs on, back to the picture, and all that hangs on it, on to the next pictures."""

    situation_picture: RecordOut | None
    problem_area: RecordOut | None
    cause: RecordOut | None
    measure: RecordOut
    indicators: list[RecordOut]
    measurements: list[RecordOut]
    status_reports: list[RecordOut]
    evaluations: list[RecordOut]
    next_situation_pictures: list[RecordOut]
    findings: list[FindingOut]

    @classmethod
    def of(cls, thread: MeasureThread, language: str) -> "MeasureThreadOut":
        """The thread."""
        return cls(
            situation_picture=_perhaps(thread.picture),
            problem_area=_perhaps(thread.area),
            cause=_perhaps(thread.cause),
            measure=RecordOut.of(thread.measure),
            indicators=_all(thread.indicators),
            measurements=_all(thread.measurements),
            status_reports=_all(thread.reports),
            evaluations=_all(thread.evaluations),
            next_situation_pictures=_all(thread.next_pictures),
            findings=[FindingOut.of(finding, language) for finding in thread.findings],
        )


class AreaThreadOut(Shown):
    """A problem area of a picture, with what is known, wanted and done about it."""

    problem_area: RecordOut
    causes: list[RecordOut]
    goals: list[RecordOut]
    indicators: list[RecordOut]
    evaluations: list[RecordOut]
    measures: list[MeasureThreadOut]

    @classmethod
    def of(cls, thread: AreaThread, language: str) -> "AreaThreadOut":
        """The thread."""
        return cls(
            problem_area=RecordOut.of(thread.area),
            causes=_all(thread.causes),
            goals=_all(thread.goals),
            indicators=_all(thread.indicators),
            evaluations=_all(thread.evaluations),
            measures=[MeasureThreadOut.of(measure, language) for measure in thread.measures],
        )


class PictureThreadOut(Shown):
    """A picture: what it took up from the time before (`taken_up`), and what came of it."""

    situation_picture: RecordOut
    taken_up: list[RecordOut]
    problem_areas: list[AreaThreadOut]

    @classmethod
    def of(cls, thread: PictureThread, language: str) -> "PictureThreadOut":
        """The thread."""
        return cls(
            situation_picture=RecordOut.of(thread.picture),
            taken_up=_all(thread.taken_up),
            problem_areas=[AreaThreadOut.of(area, language) for area in thread.areas],
        )


class PlanFindingsOut(Shown):
    """What the measures of a plan lack: only those that lack something."""

    measures: list[MeasureThreadOut]


def _perhaps(row: RecordRow | None) -> RecordOut | None:
    return RecordOut.of(row) if row is not None else None


def _all(rows: Sequence[RecordRow]) -> list[RecordOut]:
    return [RecordOut.of(row) for row in rows]


@routes.get("/measures/{record_id}/thread", response_model=MeasureThreadOut, responses=READS)
def read_measure_thread(call: Reading, record_id: UUID) -> Response:
    """A measure's thread, back to the picture that asked for it and on to those that took up how it went."""
    measure = _one(call, Measure, record_id)
    return call.answer(
        MeasureThreadOut.of(threads.of_measure(call.uow.session, measure, call.uow.today), call.language)
    )


@routes.get("/situation-pictures/{record_id}/thread", response_model=PictureThreadOut, responses=READS)
def read_picture_thread(call: Reading, record_id: UUID) -> Response:
    """A picture's thread: what was evaluated before it, and its problem areas with all that hangs on them."""
    picture = _one(call, SituationPicture, record_id)
    return call.answer(
        PictureThreadOut.of(threads.of_picture(call.uow.session, picture, call.uow.today), call.language)
    )


@routes.get("/action-plans/{record_id}/findings", response_model=PlanFindingsOut, responses=READS)
def read_plan_findings(call: Reading, record_id: UUID) -> Response:
    """The measures of a plan that lack a cause, an owner, an indicator or a follow-up."""
    plan = _one(call, ActionPlan, record_id)
    found = threads.of_plan(call.uow.session, plan.municipality_id, plan.id, call.uow.today)
    lacking = [MeasureThreadOut.of(thread, call.language) for thread in found if thread.findings]
    return call.answer(PlanFindingsOut(measures=lacking))


def _one(call: Call, table: type[RecordRow], record_id: UUID) -> Any:
    row = records.get(call.uow.session, table, record_id)
    if row is None:
        raise NotFound("Posten", "The record")
    require_internal(call.principal, row.municipality_id)
    return row
