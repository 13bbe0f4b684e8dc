"""What a form offers from the records: options to choose among, and rows that are there from the start."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.db import people
from app.db.prevention import (
    action_plans,
    causes,
    commitments,
    evaluations,
    goals,
    incident_reports,
    measures,
    policy_documents,
    records,
    situation_pictures,
    status_reports,
)
from app.db.prevention.causes import Cause
from app.db.prevention.commitments import Commitment
from app.db.prevention.incident_reports import Flag, IncidentReport
from app.db.prevention.measures import Measure
from app.db.prevention.policy_documents import PolicyDocument
from app.db.prevention.records import RecordRow
from app.db.prevention.situation_pictures import ProblemArea
from app.db.prevention.status_reports import StatusReport
from app.db.process import process_instances, submissions
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.domain.forms import PEOPLE, Form
from app.domain.forms.fields import Field
from app.domain.measures import UNDER_WAY, word_for
from app.services.caches import Place
from app.services.facts import organisation
from app.services.prevention import threads
from app.services.prevention.group_material import Handed, handed_over
from app.services.prevention.representatives import Representative, unknown
from app.services.prevention.threads import MeasureThread
from app.services.process.advancing import forms
from app.services.unit_of_work import UnitOfWork

_PLACES = {"departments": "department", "companies": "company", "actors": "actor", "bodies": "body"}
_YEARS_BACK = 3
_ANSWERS = {
    "department_reports": ("forvaltningsrapport", "rapport"),
    "actor_submissions": ("aktorsinhamtning", "lamna_lagesbild"),
}


@dataclass(frozen=True)
class Offer:
    """Something to choose: its id and what it is called."""

    value: str
    label: str


@dataclass(frozen=True)
class Options:
    """What a form's sources give, by source.

    `choices` are offered where one chooses; `rows` stand in a list from the start: each has the hidden `id`, the
    `label` of what it is about, and a value for every field of the row that is a column of the record.
    """

    choices: Mapping[str, tuple[Offer, ...]] = field(default_factory=dict)
    rows: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)

    @property
    def ids(self) -> dict[str, frozenset[str]]:
        """The ids that may be sent back, by source: for `validate(form, submission, choices=...)`.

        People are not among them: a person field that holds a name may name anybody.
        """
        offered = {source: {o.value for o in offers} for source, offers in self.choices.items() if source != PEOPLE}
        for source, rows in self.rows.items():
            offered.setdefault(source, set()).update(str(row["id"]) for row in rows)
        return {source: frozenset(values) for source, values in offered.items()}


@dataclass(frozen=True)
class _Asking:
    """The task and instance that a source is read for."""

    uow: UnitOfWork
    task: UserTask
    instance: ProcessInstance


@dataclass(frozen=True)
class _Reported:
    """A measure as it was told of last; `status` is the form's word."""

    id: UUID
    title: str
    status: str | None
    text: str | None


def options_for(uow: UnitOfWork, task: UserTask, form: Form) -> Options:
    """What the form's sources give for this task, today. Raises LookupError when the task has no instance."""
    wanted = form.option_sources | form.row_sources
    if not wanted:
        return Options()
    instance = process_instances.get(uow.session, task.process_instance_id)
    if instance is None:
        raise LookupError(task.process_instance_id)
    asking = _Asking(uow, task, instance)
    return Options(
        choices={source: _offers(asking, source) for source in sorted(form.option_sources)},
        rows={source: _rows(asking, source, _columns(form, source)) for source in sorted(form.row_sources)},
    )


def _columns(form: Form, source: str) -> list[Field]:
    """The fields of the lists that the source fills, those that are columns of the record."""
    lists = (f for f in form.fields if f.widget == "rows" and f.source == source)
    return [inner for f in lists for inner in f.fields if inner.column and inner.name != "id"]


def _offers(asking: _Asking, source: str) -> tuple[Offer, ...]:
    if source == PEOPLE:
        uow, place = asking.uow, asking.task.municipality_id
        return tuple(Offer(str(i), name) for i, name in people.everyone_in(uow.session, place, uow.today))
    if source in _PLACES:
        return tuple(Offer(str(place.id), place.name) for place in _places(asking, source))
    return tuple(Offer(str(row["id"]), str(row["label"])) for row in _rows(asking, source, ()))


def _rows(asking: _Asking, source: str, columns: Sequence[Field]) -> tuple[Mapping[str, Any], ...]:
    if source in _PLACES:
        return tuple({"id": str(place.id), "label": place.name} for place in _places(asking, source))
    if source in _ANSWERS:
        return tuple({"id": str(i), "label": label} for i, label in _answers(asking, source))
    found = _RECORDS[source](asking)
    return tuple(_row(record, columns) for record in found)


def _row(record: Any, columns: Sequence[Field]) -> dict[str, Any]:
    """A value that the field does not offer is left out: a commitment that was "made" has no outcome to show yet."""
    values = [(field, _plain(getattr(record, str(field.column), None))) for field in columns]
    fitting = {
        field.name: value
        for field, value in values
        if value is not None and (not field.options or value in {choice.value for choice in field.options})
    }
    return {"id": str(record.id), "label": record.title or "", **fitting}


def _plain(value: Any) -> Any:
    """As a form has it: dates as ISO text, ids as text."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _places(asking: _Asking, source: str) -> list[Place]:
    """Departments, companies or actors; a task for one of them is offered only that one."""
    kind, task = _PLACES[source], asking.task
    found = [
        place
        for place in organisation(asking.uow, task.municipality_id).places
        if place.kind == kind and (place.closed_on is None or place.closed_on > asking.uow.today)
    ]
    own = [place for place in found if place.kind == task.scope_kind and place.id == task.scope_id]
    return own or found


def _answers(asking: _Asking, source: str) -> list[tuple[UUID, str]]:
    """What departments or actors have sent in for this year's work: autumn reports belong to the year after."""
    process, element = _ANSWERS[source]
    year = asking.instance.year
    found = submissions.answers_to(
        asking.uow.session, asking.task.municipality_id, process, element, years=(year - 1, year)
    )
    return [(submission_id, label or "") for submission_id, label in found]


def _open_commitments(asking: _Asking) -> list[Commitment]:
    return commitments.still_open(asking.uow.session, asking.task.municipality_id)


def _council_commitments(asking: _Asking) -> list[Commitment]:
    """In the council's own process what it gathers now; elsewhere what the council of the year before promised."""
    uow, task = asking.uow, asking.task
    if _gathers(forms(uow, task.definition_id).values(), Commitment.KIND):
        return records.of_instance(uow.session, Commitment, task.municipality_id, asking.instance.id)
    return records.of_year(uow.session, Commitment, task.municipality_id, asking.instance.year - 1)


def _gathers(found: Iterable[Form], kind: str) -> bool:
    """Whether one of the forms makes new records of the kind."""
    return any(form.record == kind or any(f.record == kind and f.source is None for f in form.fields) for form in found)


def _problem_areas(asking: _Asking) -> list[ProblemArea]:
    """Those of the year, or of the year before until this year's are chosen."""
    session, place, year = asking.uow.session, asking.task.municipality_id, asking.instance.year
    found = records.of_year(session, ProblemArea, place, year) or records.of_year(session, ProblemArea, place, year - 1)
    return [area for area in found if area.status != "closed"]


def _measures(asking: _Asking) -> list[Measure]:
    """Measures under way, whichever year they were decided, and those that this instance has told of already."""
    return _followed(asking, UNDER_WAY)


def _measure_reports(asking: _Asking) -> list[_Reported]:
    """Measures that have been decided and not evaluated, with what was told of each last."""
    found = _followed(asking, UNDER_WAY | {"done", "cancelled"})
    ids = [measure.id for measure in found]
    latest = status_reports.latest_of(asking.uow.session, asking.task.municipality_id, ids)
    return [_reported(measure, latest.get(measure.id)) for measure in found]


def _followed(asking: _Asking, statuses: frozenset[str]) -> list[Measure]:
    told = status_reports.measures_told_of_in(asking.uow.session, asking.task.municipality_id, asking.instance.id)
    found = _of_years(asking, Measure, range(asking.instance.year - _YEARS_BACK, asking.instance.year + 1))
    # What carries out a commitment is followed up with the commitments.
    return [
        m for m in found if (m.status in statuses or m.id in told) and m.commitment_id is None and _concerns(asking, m)
    ]


def _reported(measure: Measure, last: StatusReport | None) -> _Reported:
    whose = f" ({measure.department_name})" if measure.department_name else ""
    return _Reported(
        measure.id, f"{measure.title or ''}{whose}", word_for(measure.status), last.text if last is not None else None
    )


def _measure_proposals(asking: _Asking) -> list[Measure]:
    """Proposals of the autumn before and of this year."""
    found = _of_years(asking, Measure, (asking.instance.year - 1, asking.instance.year))
    return [measure for measure in found if measure.status == "proposed" and _concerns(asking, measure)]


def _of_years(asking: _Asking, table: type[RecordRow], years: Iterable[int]) -> list[Any]:
    session, place = asking.uow.session, asking.task.municipality_id
    return [record for year in years for record in records.of_year(session, table, place, year)]


def _concerns(asking: _Asking, measure: Measure) -> bool:
    """A department or company sees its own; everybody else sees all."""
    task = asking.task
    return task.scope_kind not in {"department", "company"} or measure.department_id == task.scope_id


def _flags(asking: _Asking) -> list[Flag]:
    """What has been flagged as new since the picture in force was adopted."""
    session, place = asking.uow.session, asking.task.municipality_id
    picture = situation_pictures.latest_adopted(session, place)
    return incident_reports.flags_since(session, place, picture.adopted_on if picture is not None else None)


def _latest_incidents(asking: _Asking) -> list[IncidentReport]:
    """What has been reported since the last short picture."""
    session, place = asking.uow.session, asking.task.municipality_id
    since_at = situation_pictures.last_noted_at(session, place, "short", but_of=asking.instance.id)
    return incident_reports.reports_since(session, place, since_at)


def _own_measures(asking: _Asking) -> list[Measure]:
    """Measures that instances of the same process have decided, and those that this one has told of already."""
    session, place, instance = asking.uow.session, asking.task.municipality_id, asking.instance
    told = status_reports.measures_told_of_in(session, place, instance.id)
    found = measures.of_process(session, place, instance.process_key)
    return [m for m in found if m.status in UNDER_WAY or m.id in told]


def _new_phenomena(asking: _Asking) -> list[IncidentReport]:
    year = asking.instance.year
    return incident_reports.new_phenomena(asking.uow.session, asking.task.municipality_id, (year - 1, year))


@dataclass(frozen=True)
class _Named:
    """A record under a name that says enough where it is chosen."""

    id: UUID
    title: str


def _causes(asking: _Asking) -> list[Any]:
    """In a cause analysis its own; elsewhere those of the problem areas of the year, the weightiest first."""
    session, place = asking.uow.session, asking.task.municipality_id
    own = records.of_instance(session, Cause, place, asking.instance.id)
    if own:
        return own
    areas = {area.id: area for area in _problem_areas(asking)}
    found = sorted(causes.of_areas(session, place, list(areas)), key=lambda c: _WEIGHTS.get(c.weight or "", 3))
    return [_Named(c.id, f"{c.title} ({areas[c.problem_area_id].title})") for c in found if c.problem_area_id]


_WEIGHTS = {"stor": 0, "viss": 1, "liten": 2}


def _plan_measures(asking: _Asking) -> list[Measure]:
    """What the plan's own forms have proposed or taken up."""
    return measures.taken_up_in(asking.uow.session, asking.task.municipality_id, asking.instance.id)


def _indicators(asking: _Asking) -> list[_Named]:
    """In a measure's own instance its own; else those of the year's problem areas, and of decided measures."""
    session, place = asking.uow.session, asking.task.municipality_id
    if own := asking.instance.variables.get("atgard_id"):
        return [_Named(i.id, i.title or "") for i in goals.indicators_of(session, place, measure_ids=[UUID(str(own))])]
    areas: dict[UUID | None, str | None] = {area.id: area.title for area in _problem_areas(asking)}
    followed: dict[UUID | None, str | None] = {m.id: m.title for m in _followed(asking, UNDER_WAY | {"done"})}
    found = goals.indicators_of(
        session, place, area_ids=[i for i in areas if i], measure_ids=[i for i in followed if i]
    )
    whose = {**areas, **followed}
    return [_Named(i.id, f"{i.title} ({whose.get(i.measure_id or i.problem_area_id)})") for i in found]


def _evaluations(asking: _Asking) -> list[_Named]:
    """What has been evaluated since the last situation picture."""
    session, place = asking.uow.session, asking.task.municipality_id
    found = evaluations.waiting(session, place)
    return [_Named(e.id, _said(evaluations.subject(session, e), e.result or e.recommendation)) for e in found]


def _said(subject: str, judged: str | None) -> str:
    return f"{subject}: {judged}" if judged else subject


def _policy_documents(asking: _Asking) -> list[PolicyDocument]:
    return policy_documents.in_force(asking.uow.session, asking.task.municipality_id)


def _group_material(asking: _Asking) -> list[Handed]:
    return handed_over(asking.uow, asking.instance)


def _unknown_representatives(asking: _Asking) -> list[Representative]:
    return unknown(asking.uow, asking.instance)


def _plan_findings(asking: _Asking) -> list[_Named]:
    """The measures of the instance's plan that lack something, each with what, and why it is there all the same."""
    uow, place = asking.uow, asking.task.municipality_id
    plan = action_plans.of_instance(uow.session, place, asking.instance.id)
    found = threads.of_plan(uow.session, place, plan.id, uow.today) if plan is not None else []
    return [_Named(each.measure.id, _lacking(each)) for each in found if each.findings]


def _lacking(thread: MeasureThread) -> str:
    reason = str(thread.measure.extra.get("skal_trots_brist") or "").strip()
    told = " ".join(finding.sv for finding in thread.findings)
    return f"{thread.measure.title}: {told}" + (f" Skäl: {reason}" if reason else "")


_RECORDS: dict[str, Callable[[_Asking], Sequence[Any]]] = {
    "open_commitments": _open_commitments,
    "council_commitments": _council_commitments,
    "problem_areas": _problem_areas,
    "measures": _measures,
    "measure_proposals": _measure_proposals,
    "measure_reports": _measure_reports,
    "flags": _flags,
    "new_phenomena": _new_phenomena,
    "causes": _causes,
    "plan_measures": _plan_measures,
    "indicators": _indicators,
    "evaluations": _evaluations,
    "policy_documents": _policy_documents,
    "latest_incidents": _latest_incidents,
    "own_measures": _own_measures,
    "group_material": _group_material,
    "plan_findings": _plan_findings,
    "unknown_representatives": _unknown_representatives,
}
