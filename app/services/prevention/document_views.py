"""The frozen view that a document is written from: plain data of the records of the year, and which records they were.

In a public view a field that not everybody may read is empty, and small counts are gone: no template can tell them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.db.prevention import action_plans, causes, commitments, evaluations, goals, measures, records, status_reports
from app.db.prevention.action_plans import ActionPlan, Decision
from app.db.prevention.agreements import Agreement, CitizenPromise
from app.db.prevention.causes import Factor
from app.db.prevention.commitments import Commitment
from app.db.prevention.goals import Indicator
from app.db.prevention.incident_reports import Flag
from app.db.prevention.measures import Measure
from app.db.prevention.meetings import Meeting
from app.db.prevention.records import RecordRow
from app.db.prevention.situation_pictures import ProblemArea, SituationPicture
from app.db.prevention.situation_pictures import latest_adopted as latest_picture
from app.db.process import process_instances, submissions
from app.db.process.process_instances import ProcessInstance
from app.domain.clock import local_date
from app.domain.document_types import INTERNAL_FIELDS, PUBLIC_FIELDS, is_told
from app.domain.measures import UNDER_WAY, word_for
from app.domain.meeting_plans import organ_name
from app.domain.small_counts import hide_small_counts
from app.services.facts import organisation
from app.services.prevention import threads
from app.services.prevention.document_figures import series_of, wheel
from app.services.prevention.group_material import handed_over
from app.services.unit_of_work import UnitOfWork

Data = dict[str, Any]

_COMMITMENT_WORDS = {"made": "pågår", "met": "infriat", "partly": "delvis infriat", "not_met": "inte infriat"}
_MEASURE_WORDS = {"proposed": "föreslagen", "evaluated": "utvärderad"}
_GOAL_WORDS = {
    "open": "pågår",
    "met": "nått",
    "partly": "delvis nått",
    "not_met": "inte nått",
    "unknown": "går inte att bedöma",
}
_UNDER_WAY = frozenset({"decided", "ongoing", "late", "done", "cancelled", "evaluated"})
_YEARS_BACK = 2
_LAST = 99


@dataclass
class View:
    """What a document may tell, and the records it tells of."""

    data: Data
    sources: list[dict[str, str]] = field(default_factory=list)


def view(uow: UnitOfWork, instance: ProcessInstance, *, public: bool, about: str = "", year: int | None = None) -> View:
    """The view of an instance and its year, or of the year asked for.

    `about` is the id of the body that the document is for, where an instance holds the meetings of several.
    """
    return _Gatherer(uow, instance, public=public, about=about, year=year).gather()


class _Gatherer:
    """Reads the records of an instance and of the years about it."""

    def __init__(
        self, uow: UnitOfWork, instance: ProcessInstance, *, public: bool, about: str, year: int | None
    ) -> None:
        self.uow, self.instance, self.public, self.about = uow, instance, public, about
        self.year = year or instance.year
        self.session, self.place = uow.session, instance.municipality_id
        self.sources: dict[UUID, str] = {}
        # Where several bodies meet within the instance, only what was sent in for the one asked about.
        self.sent = [
            row
            for row in submissions.sent_within(self.session, self.place, instance.id)
            if not (about and row.scope_kind == "body" and str(row.scope_id) != about)
        ]

    def gather(self) -> View:
        """Everything; what a template does not ask for costs a few statements."""
        plan, picture = self._plan(), self._picture()
        told: Data = {
            "municipality": organisation(self.uow, self.place).name,
            "year": self.year,
            "period": self.instance.period,
            "internal": not self.public,
            "instance": self._instance(),
            "picture": self._one(picture),
            "problem_areas": self._areas(picture),
            "plan": self._one(plan),
            "factors": self._factors(plan),
            "warning_signs": self._signs(plan),
            "plan_measures": self._measures_of_plan(plan),
            "measures": self._measures(),
            "proposals": self._proposals(),
            "plan_commitments": self._commitments_of_plan(plan),
            "commitments": self._commitments(),
            "open_commitments": self._some(commitments.still_open(self.session, self.place)),
            "meeting": self._one(self._meeting()),
            "decisions": self._some(records.of_instance(self.session, Decision, self.place, self.instance.id)),
            "agreement": self._one(self._own(Agreement)),
            "promise": self._one(self._own(CitizenPromise)),
            "own_measures": self._told(self._own_measures()),
            "earlier_measures": self._told(self._earlier_measures()),
            "flags": self._flags(),
            "answers": self._answers(),
            "gathered": self._gathered(),
            "group_material": self._group_material(),
            "series": series_of(self.uow, self.place, self.instance.id, public=self.public),
            "wheel": wheel(self.uow, self.place, self.year),
            "by_whom": self._by_whom(),
            "calendar": self._calendar(),
        }
        told = hide_small_counts(told) if self.public else told
        kept = [{"kind": kind, "id": str(key)} for key, kind in self.sources.items()]
        return View(told, sorted(kept, key=lambda source: (source["kind"], source["id"])))

    def _instance(self) -> Data:
        organ = self.instance.anchor_organ
        return {
            "name": self.instance.name,
            "process": self.instance.process_key,
            "anchor_on": _plain(self.instance.anchor_on),
            "organ": organ_name(organ).sv if organ else None,
            "started_on": local_date(self.instance.started_at).isoformat(),
        }

    def _own(self, table: type[RecordRow]) -> Any | None:
        found = records.of_instance(self.session, table, self.place, self.instance.id)
        return found[0] if found else None

    def _meeting(self) -> Meeting | None:
        """The instance's meeting; of several, that of the body asked about."""
        found = records.of_instance(self.session, Meeting, self.place, self.instance.id)
        return next((row for row in found if row.source_key.endswith(self.about)), None)

    def _own_measures(self) -> list[Measure]:
        found = records.of_instance(self.session, Measure, self.place, self.instance.id)
        sent = {row.id for row in self.sent}
        return [row for row in found if row.commitment_id is None and (not self.about or row.submission_id in sent)]

    def _earlier_measures(self) -> list[Measure]:
        """What earlier meetings of a group decided and is under way; not where several groups share a process."""
        found = [] if self.about else measures.of_process(self.session, self.place, self.instance.process_key)
        return [m for m in found if m.status in UNDER_WAY and m.process_instance_id != self.instance.id]

    def _picture(self) -> SituationPicture | None:
        return self._own(SituationPicture) or latest_picture(self.session, self.place)

    def _plan(self) -> ActionPlan | None:
        return self._own(ActionPlan) or action_plans.in_force(self.session, self.place)

    def _areas(self, picture: SituationPicture | None) -> list[Data]:
        if picture is None or picture.process_instance_id is None:
            return []
        rows = records.of_instance(self.session, ProblemArea, self.place, picture.process_instance_id)
        keys = [row.id for row in rows]
        why = causes.of_areas(self.session, self.place, keys)
        aims = goals.goals_of_areas(self.session, self.place, keys)
        shown = goals.indicators_of(self.session, self.place, area_ids=keys)
        judged = {row.goal_id: row for row in evaluations.of(self.session, self.place, goal_ids=[g.id for g in aims])}
        rows.sort(key=lambda row: (_number(row.priority), row.created_at, row.source_key))
        return [
            {
                **self._row(row),
                "causes": self._some(c for c in why if c.problem_area_id == row.id),
                "goals": [
                    {**self._row(g), "evaluation": self._one(judged.get(g.id))}
                    for g in aims
                    if g.problem_area_id == row.id
                ],
                "indicators": self._indicators([i for i in shown if i.problem_area_id == row.id]),
            }
            for row in rows
        ]

    def _indicators(self, shown: Sequence[Indicator]) -> list[Data]:
        """Indicators with their measurements, by the day; what was measured is internal."""
        values = goals.measurements_of(self.session, self.place, [row.id for row in shown])
        values.sort(key=lambda row: (str(row.measured_on), row.source_key))
        return [
            {
                **self._row(row),
                "measurements": []
                if self.public
                else self._some(v for v in values if v.indicator_id == row.id and v.value is not None),
            }
            for row in shown
        ]

    def _factors(self, plan: ActionPlan | None) -> list[Data]:
        if plan is None or plan.process_instance_id is None:
            return []
        return self._some(records.of_instance(self.session, Factor, self.place, plan.process_instance_id))

    def _signs(self, plan: ActionPlan | None) -> list[Data]:
        return [] if plan is None else self._some(causes.signs_in_plan(self.session, self.place, plan.id))

    def _years(self, table: type[RecordRow], back: int = _YEARS_BACK) -> list[Any]:
        years = range(self.year - back, self.year + 1)
        return [row for year in years for row in records.of_year(self.session, table, self.place, year)]

    def _measures_of_plan(self, plan: ActionPlan | None) -> list[Data]:
        if plan is None:
            return []
        found = [m for m in self._years(Measure) if m.action_plan_id == plan.id]
        walked = [] if self.public else threads.of_plan(self.session, self.place, plan.id, self.uow.today)
        lacks = {thread.measure.id: [finding.sv for finding in thread.findings] for thread in walked}
        return [{**told, "lacks": lacks.get(row.id, [])} for row, told in zip(found, self._told(found), strict=True)]

    def _measures(self) -> list[Data]:
        """Those that have been decided, with what was last told of them; commitments are told of by themselves."""
        found = self._years(Measure)
        return self._told([row for row in found if row.status in _UNDER_WAY and row.commitment_id is None])

    def _proposals(self) -> list[Data]:
        return self._some(row for row in self._years(Measure, 1) if row.status == "proposed")

    def _told(self, rows: Sequence[Measure]) -> list[Data]:
        keys = [row.id for row in rows]
        last = status_reports.latest_of(self.session, self.place, keys)
        judged = {row.measure_id: row for row in evaluations.of(self.session, self.place, measure_ids=keys)}
        return [
            {**self._row(row), "report": self._one(last.get(row.id)), "evaluation": self._one(judged.get(row.id))}
            for row in rows
        ]

    def _commitments_of_plan(self, plan: ActionPlan | None) -> list[Data]:
        return [] if plan is None else self._some(c for c in self._years(Commitment) if c.action_plan_id == plan.id)

    def _commitments(self) -> list[Data]:
        """Those that this instance gathered; where it gathers none, those of the year before."""
        own = records.of_instance(self.session, Commitment, self.place, self.instance.id)
        return self._some(own or records.of_year(self.session, Commitment, self.place, self.instance.year - 1))

    def _flags(self) -> list[Data]:
        return [] if self.public else self._some(self._years(Flag, 1))

    def _answers(self) -> Data:
        """The last answer to each form of the instance and of those it called, by the form."""
        called = process_instances.children(self.session, self.place, self.instance.id)
        sent = [
            *(row for child in called for row in submissions.sent_within(self.session, self.place, child.id)),
            *self.sent,
        ]
        return {row.form_key: self._answer(row.form_key, row.data) for row in sent}

    def _gathered(self) -> Data:
        """The last that each department, actor or seat answered in the instance, by the form and in order of name."""
        last: dict[tuple[str, str], Data] = {}
        for row in self.sent:
            if row.scope_name and row.scope_kind != "body":
                told = self._answer(row.form_key, row.data)
                last[row.form_key, row.scope_name] = {"name": row.scope_name, **told} if told else {}
        found: Data = {}
        for (form, _), told in sorted(last.items()):
            found.setdefault(form, []).extend([told] if told else [])
        return found

    def _answer(self, form: str, data: Mapping[str, Any]) -> Data:
        return {key: value for key, value in data.items() if is_told(f"answers.{form}", key, public=self.public)}

    def _group_material(self) -> list[Data]:
        """What the groups want the council to decide on; internal, and only the council's own documents."""
        if self.public or self.instance.process_key != "strategiskt_rad":
            return []
        found = handed_over(self.uow, self.instance)
        return [{"group": one.group, "held_on": one.held_on.isoformat(), "text": one.text} for one in found]

    def _by_whom(self) -> list[Data]:
        """What departments and actors told in the autumn before, and in the council's preparations; internal."""
        if self.public:
            return []
        told = []
        for process, step in (("forvaltningsrapport", "rapport"), ("aktorsinhamtning", "lamna_lagesbild")):
            for year in (self.instance.year - 1, self.instance.year):
                found = submissions.latest_answers_to(self.session, self.place, process, step, year=year)
                told += [{"name": name, "year": year, "step": step, **data} for name, data in found.items()]
        return told

    def _calendar(self) -> list[Data]:
        """The meetings of the year."""
        plan = organisation(self.uow, self.place).plan
        met = sorted((m for m in plan.meetings if m.on.year == self.year), key=lambda m: (m.on, m.organ))
        return [
            {
                "organ": organ_name(m.organ).sv,
                "on": m.on.isoformat(),
                "manuscript_stop_on": _plain(m.manuscript_stop_on),
            }
            for m in met
        ]

    def _some(self, rows: Iterable[Any]) -> list[Data]:
        return [self._row(row) for row in rows]

    def _one(self, row: Any | None) -> Data | None:
        return None if row is None else self._row(row)

    def _row(self, row: RecordRow) -> Data:
        """A record's fields; those that are not for everybody are empty in a public view."""
        self.sources[row.id] = row.KIND
        own = {name: getattr(row, name) for name in sorted(records.columns_of(type(row)))}
        # What nobody has written is empty and not unknown: only a misspelt name is a fault of the template.
        known = PUBLIC_FIELDS.get(row.KIND, frozenset()) | INTERNAL_FIELDS.get(row.KIND, frozenset())
        told: Data = dict.fromkeys(sorted(known))
        told |= {
            name: _plain(value) if is_told(row.KIND, name, public=self.public) else None
            for name, value in {**row.extra, **own}.items()
        }
        told["status_word"] = _word(row.KIND, getattr(row, "status", None))
        return told


def _word(kind: str, status: str | None) -> str | None:
    if status is None:
        return None
    if kind == "measure":
        return _MEASURE_WORDS.get(status) or word_for(status) or status
    return {"commitment": _COMMITMENT_WORDS, "goal": _GOAL_WORDS}.get(kind, {}).get(status, status)


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdigit() else _LAST


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else str(value) if isinstance(value, UUID) else value
