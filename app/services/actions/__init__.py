"""What a service task may ask for. Each action has a name, typed parameters and a transaction of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.db.process.process_instances import ProcessInstance
from app.engine.vetting.surroundings import Signature
from app.services.actions import (
    anchors,
    commitments,
    follow_ups,
    groups,
    measures,
    meeting_plans,
    notes,
    papers,
    plans,
    policies,
    reports,
    representatives,
    signatures,
)
from app.services.actions.results import ActionFailed, ActionResult
from app.services.unit_of_work import UnitOfWork

Perform = Callable[[UnitOfWork, ProcessInstance, Mapping[str, Any]], ActionResult]


@dataclass(frozen=True)
class Action:
    """A registered action. `sv` says what it does, for the modeller's list and the documentation."""

    perform: Perform
    sv: str
    required: frozenset[str] = field(default_factory=frozenset)
    optional: frozenset[str] = field(default_factory=frozenset)
    results: frozenset[str] = field(default_factory=frozenset)

    @property
    def signature(self) -> Signature:
        """What vetting holds a diagram against."""
        return Signature(self.required, self.optional, self.results)


ACTIONS: dict[str, Action] = {
    "history.note": Action(notes.write_note, "Skriver en rad i ärendets historik.", required=frozenset({"text"})),
    "notify": Action(notes.notify, "Antecknar ett meddelande till en roll.", required=frozenset({"role", "text"})),
    "move_anchor": Action(
        anchors.move_anchor,
        "Flyttar T till den dag som anges, annars till organets nästa sammanträde som handlingarna hinner till.",
        optional=frozenset({"organ", "datum"}),
        results=frozenset({"datum"}),
    ),
    "render_document": Action(
        papers.render_document,
        "Skriver ett dokument av ärendets och årets uppgifter: Word, PDF och webbsida.",
        required=frozenset({"type"}),
        optional=frozenset({"confidentiality", "status", "about", "year"}),
        results=frozenset({"id", "version", "nytt"}),
    ),
    "documents.publish": Action(
        papers.publish_document,
        "Märker det dokument som ärendet gäller som publicerat.",
        results=frozenset({"id"}),
    ),
    "records.situation_picture_adopted": Action(
        plans.adopt_situation_picture,
        "Fastställer ärendets lägesbild; den förra ersätts.",
        optional=frozenset({"datum"}),
        results=frozenset({"id"}),
    ),
    "records.incident_report_triaged": Action(
        reports.triage_incident_report,
        "Noterar att ärendets inrapportering är bedömd.",
        results=frozenset({"id"}),
    ),
    "records.measures_decided": Action(
        groups.decide_measures,
        "Gör de åtgärder som ärendets formulär har föreslagit beslutade.",
        results=frozenset({"antal"}),
    ),
    "records.agreement_signed": Action(
        signatures.sign_agreement,
        "Låter ärendets överenskommelse gälla när båda har undertecknat.",
        results=frozenset({"id"}),
    ),
    "records.citizen_promise_signed": Action(
        signatures.sign_citizen_promise,
        "Låter ärendets medborgarlöfte gälla när båda har undertecknat.",
        results=frozenset({"id"}),
    ),
    "records.action_plan_assemble": Action(
        plans.assemble_action_plan,
        "Samlar periodens åtgärder och rådets åtaganden i åtgärdsplanen.",
        results=frozenset({"id", "antal_atgarder", "antal_ataganden"}),
    ),
    "plans.findings": Action(
        plans.count_findings,
        "Räknar de åtgärder i planen som saknar orsak, ansvarig, uppföljning eller mått.",
        results=frozenset({"antal"}),
    ),
    "records.action_plan_decided": Action(
        plans.decide_action_plan,
        "Antecknar beslutet om åtgärdsplanen; antagen gör åtgärderna beslutade.",
        required=frozenset({"beslut", "datum", "paragraf"}),
        results=frozenset({"id"}),
    ),
    "follow_up.gather": Action(
        follow_ups.gather_follow_up,
        "Samlar de mål som ska bedömas, och räknar åtgärder och indikatorer.",
        results=frozenset({"mal", "antal_atgarder", "antal_indikatorer"}),
    ),
    "follow_up.judge_goals": Action(
        follow_ups.judge_goals,
        "Skriver in i målen hur ärendets utvärderingar bedömde dem.",
        results=frozenset({"oklara"}),
    ),
    "records.policy_document_decided": Action(
        policies.decide_policy_document,
        "Låter ärendets styrdokument gälla; det förra ersätts.",
        required=frozenset({"fran", "till"}),
        results=frozenset({"id"}),
    ),
    "representatives.assign": Action(
        representatives.assign_representatives,
        "Ger dem som förvaltningar och bolag har utsett deras roller för nästa år.",
        results=frozenset({"antal", "okanda"}),
    ),
    "meetings.plan": Action(
        meeting_plans.plan_meetings,
        "Lägger in de sammanträden som formuläret anger i sammanträdesplanen.",
        results=frozenset({"antal"}),
    ),
    "meetings.gaps": Action(
        meeting_plans.tell_meeting_gaps,
        "Talar om vilka sammanträden som nästa års regler räknar med och planen saknar.",
        results=frozenset({"antal", "text"}),
    ),
    "measures.start": Action(
        measures.start_measures,
        "Startar ett ärende för varje beslutad åtgärd i ärendets plan, eller som ärendets grupp har beslutat.",
        results=frozenset({"antal"}),
    ),
    "commitments.start": Action(
        commitments.start_commitments,
        "Startar ett ärende för varje åtagande som rådet är överens om.",
        results=frozenset({"antal"}),
    ),
    "measures.change": Action(
        measures.change_measure,
        "Ändrar en åtgärds tid, ansvariga eller förvaltning.",
        required=frozenset({"atgard"}),
        optional=frozenset({"start", "slut", "ansvarig", "enhet"}),
        results=frozenset({"enhet", "slut"}),
    ),
    "measures.late": Action(
        measures.mark_late,
        "Märker en åtgärd som försenad.",
        required=frozenset({"atgard"}),
    ),
    "measures.evaluate": Action(
        measures.evaluate_measure,
        "Sparar hur den som genomförde en åtgärd bedömer den.",
        required=frozenset({"atgard", "effekt"}),
        optional=frozenset({"resultat", "rekommendation"}),
        results=frozenset({"id"}),
    ),
}


def perform(uow: UnitOfWork, instance: ProcessInstance, name: str, payload: Mapping[str, Any]) -> ActionResult:
    """Do what a service task asked for. Raises ActionFailed; nothing of it is kept then."""
    action = ACTIONS.get(name)
    if action is None:
        raise ActionFailed(f"Åtgärden ”{name}” finns inte.", f"There is no action '{name}'.")
    return action.perform(uow, instance, payload.get("parameters") or {})


__all__ = ["ACTIONS", "Action", "ActionFailed", "ActionResult", "perform"]
