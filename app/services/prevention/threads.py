"""The red thread walked: from a measure both ways, from a picture forward, and what the measures of a plan lack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.db.prevention import causes, evaluations, goals, measures, records, situation_pictures, status_reports
from app.db.prevention.causes import Cause
from app.db.prevention.evaluations import Evaluation
from app.db.prevention.goals import Goal, Indicator, Measurement
from app.db.prevention.measures import Measure
from app.db.prevention.situation_pictures import ProblemArea, SituationPicture
from app.db.prevention.status_reports import StatusReport
from app.db.session import Session
from app.domain.threads import Finding, Looked, findings


@dataclass(frozen=True)
class MeasureThread:
    """A measure with all it hangs on (back to the picture) and all that hangs on it (to the next pictures)."""

    picture: SituationPicture | None
    area: ProblemArea | None
    cause: Cause | None
    measure: Measure
    indicators: Sequence[Indicator]
    measurements: Sequence[Measurement]
    reports: Sequence[StatusReport]
    evaluations: Sequence[Evaluation]
    next_pictures: Sequence[SituationPicture]
    findings: Sequence[Finding]


@dataclass(frozen=True)
class AreaThread:
    """A problem area with its causes, goals, measures (each in its own thread), indicators and judged goals."""

    area: ProblemArea
    causes: Sequence[Cause]
    goals: Sequence[Goal]
    indicators: Sequence[Indicator]
    evaluations: Sequence[Evaluation]
    measures: Sequence[MeasureThread]


@dataclass(frozen=True)
class PictureThread:
    """A picture, what it took up from the time before, and what came of it."""

    picture: SituationPicture
    taken_up: Sequence[Evaluation]
    areas: Sequence[AreaThread]


def of_measure(session: Session, measure: Measure, today: date) -> MeasureThread:
    """The measure's thread, both ways."""
    return _of_measures(session, measure.municipality_id, [measure], today)[0]


def of_plan(session: Session, municipality: str, plan_id: UUID, today: date) -> list[MeasureThread]:
    """The threads of the measures that a plan holds."""
    return _of_measures(session, municipality, measures.in_plan(session, municipality, plan_id), today)


def of_picture(session: Session, picture: SituationPicture, today: date) -> PictureThread:
    """The picture's thread: back to what was evaluated, forward to what is done about each problem."""
    place = picture.municipality_id
    areas = situation_pictures.areas_in(session, place, picture.id)
    ids = [area.id for area in areas]
    found = causes.of_areas(session, place, ids)
    threads = _of_measures(session, place, measures.of_causes(session, place, [c.id for c in found]), today)
    aims = goals.goals_of_areas(session, place, ids)
    signs = goals.indicators_of(session, place, area_ids=ids)
    judged = evaluations.of(session, place, goal_ids=[goal.id for goal in aims])
    return PictureThread(
        picture,
        evaluations.taken_up(session, place, picture.id),
        [_of_area(area, found, aims, signs, judged, threads) for area in areas],
    )


def _of_area(
    area: ProblemArea,
    found: Sequence[Cause],
    aims: Sequence[Goal],
    signs: Sequence[Indicator],
    judged: Sequence[Evaluation],
    threads: Sequence[MeasureThread],
) -> AreaThread:
    own = [goal for goal in aims if goal.problem_area_id == area.id]
    ids = {goal.id for goal in own}
    return AreaThread(
        area,
        [cause for cause in found if cause.problem_area_id == area.id],
        own,
        [indicator for indicator in signs if indicator.problem_area_id == area.id],
        [evaluation for evaluation in judged if evaluation.goal_id in ids],
        [thread for thread in threads if thread.area is not None and thread.area.id == area.id],
    )


def _of_measures(session: Session, place: str, found: Sequence[Measure], today: date) -> list[MeasureThread]:
    """The threads of several measures, with one question per kind of record."""
    ids = [measure.id for measure in found]
    by_id = _Known(session, place)
    reasons = by_id.of(Cause, [m.cause_id for m in found])
    areas = by_id.of(ProblemArea, [c.problem_area_id for c in reasons.values()])
    indicators = goals.indicators_of(session, place, measure_ids=ids)
    values = goals.measurements_of(session, place, [i.id for i in indicators])
    reports = status_reports.of_measures(session, place, ids)
    judged = evaluations.of(session, place, measure_ids=ids)
    of_areas = [a.situation_picture_id for a in areas.values()]
    pictures = by_id.of(SituationPicture, [*of_areas, *(e.situation_picture_id for e in judged)])
    threads = []
    for measure in found:
        cause = reasons.get(measure.cause_id)
        area = areas.get(cause.problem_area_id) if cause else None
        own = [i for i in indicators if i.measure_id == measure.id]
        own_ids = {i.id for i in own}
        evaluated = [e for e in judged if e.measure_id == measure.id]
        following = {e.situation_picture_id: None for e in evaluated if e.situation_picture_id in pictures}
        threads.append(
            MeasureThread(
                picture=pictures.get(area.situation_picture_id) if area else None,
                area=area,
                cause=cause,
                measure=measure,
                indicators=own,
                measurements=[v for v in values if v.indicator_id in own_ids],
                reports=[r for r in reports if r.measure_id == measure.id],
                evaluations=evaluated,
                next_pictures=[pictures[picture_id] for picture_id in following],
                findings=findings(_looked(measure, len(own), len(evaluated)), today),
            )
        )
    return threads


def _looked(measure: Measure, indicators: int, evaluated: int) -> Looked:
    # Until the plan is adopted an indicator is only words in the proposal.
    said = indicators or int(bool((measure.indicator or "").strip()))
    return Looked(
        measure.status, measure.cause_id, measure.owner, measure.follow_up_on, measure.ends_on, said, evaluated
    )


class _Known:
    """Records asked for by id, those of one municipality."""

    def __init__(self, session: Session, place: str) -> None:
        self.session, self.place = session, place

    def of(self, table: Any, ids: Sequence[UUID | None]) -> Mapping[UUID | None, Any]:
        """The records by id; those that are gone are left out."""
        wanted = sorted({each for each in ids if each is not None})
        return {row.id: row for row in records.of_ids(self.session, table, self.place, wanted)}
