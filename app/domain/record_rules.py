"""What may be changed in a record besides by its process, by whom, and how its values must go together.

A process writes a record by its forms, and decides about it by its steps. What is changed beside that is a correction:
it must not do what only a step of the process may do, such as adopting a picture, and it must not change what somebody
has decided, such as a measure of an adopted plan. What is not named here may not be changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from app.domain.errors import FieldFault
from app.domain.measures import MeasureCannotBecome, status_after, word_for

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date


@dataclass(frozen=True)
class Rules:
    """The rules of one kind of record.

    `changeable` may be changed until the record is decided, `free` also afterwards. It is decided when its status is
    one of `decided_in`, when the column `decided_by` has a value, or (`"*"`) from the beginning. `statuses` are those
    that a person may give it; its process gives it the others. `own` is what its own department or actor may change,
    and `keepers` the roles of the municipality that keep it besides those who lead the work.
    """

    changeable: frozenset[str]
    free: frozenset[str] = frozenset()
    decided_in: frozenset[str] = frozenset()
    decided_by: str | None = None
    statuses: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    keepers: frozenset[str] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ANALYSTS: Final = _words("analysis_lead situation_picture_group")
_SECRETARIES: Final = _words("council_secretary board_secretary")

RULES: Final[Mapping[str, Rules]] = MappingProxyType(
    {
        "situation_picture": Rules(
            _words("title summary trend crime extent consequences other_information analysis"),
            free=_words("title"),
            decided_in=_words("adopted replaced"),
            keepers=_ANALYSTS,
        ),
        "problem_area": Rules(
            _words("title description place priority reason status"),
            free=_words("status"),
            decided_by="situation_picture_id",
            statuses=("identified", "prioritised", "watched", "closed"),
            keepers=_ANALYSTS,
        ),
        "cause": Rules(
            _words("problem_area_id title perspective kind basis weight influenceable status"),
            free=_words("basis status"),
            statuses=("hypothesis", "supported"),
            keepers=_ANALYSTS,
        ),
        "factor": Rules(
            _words("problem_area_id title kind arena work"), own=_words("title kind arena work"), keepers=_ANALYSTS
        ),
        "warning_sign": Rules(
            _words("activity title measure partner partner_measure"),
            decided_by="action_plan_id",
            own=_words("activity title measure partner partner_measure"),
        ),
        "goal": Rules(
            _words("problem_area_id title baseline target due_on status"),
            statuses=("open", "met", "partly", "not_met", "unknown"),
            keepers=_ANALYSTS,
        ),
        "indicator": Rules(_words("problem_area_id measure_id title source interval"), keepers=_ANALYSTS),
        "measurement": Rules(_words("measured_on value text"), keepers=_ANALYSTS),
        "measure": Rules(
            _words(
                "title description kind cause cause_id owner starts_on ends_on indicator evidence budget follow_up_on "
                "status"
            ),
            free=_words("cause_id indicator evidence follow_up_on status"),
            decided_in=_words("decided ongoing late done cancelled evaluated"),
            statuses=("ongoing", "late", "done", "cancelled"),
            own=_words("status evidence"),
        ),
        "status_report": Rules(_words("text effect"), own=_words("text effect")),
        "evaluation": Rules(
            _words("evaluated_on result value_before value_after other_explanation text recommendation"),
            decided_by="situation_picture_id",
            keepers=_ANALYSTS,
        ),
        "action_plan": Rules(
            _words("problem_picture factors warning_signs coordination"),
            free=_words("paragraph"),
            decided_in=_words("adopted replaced rejected"),
        ),
        "decision": Rules(
            _words("organ decided_on paragraph text case_number"),
            free=_words("paragraph case_number"),
            decided_by="*",
            keepers=_SECRETARIES | _words("registrar"),
        ),
        "commitment": Rules(
            _words("title contact_person due_on indicator result status"),
            statuses=("made", "met", "partly", "not_met"),
            own=_words("contact_person result"),
            keepers=_words("council_secretary"),
        ),
        "agreement": Rules(
            _words("title purposes areas goals follow_up valid_from valid_until reviewed_on review"),
            free=_words("reviewed_on review"),
            decided_in=_words("signed ended"),
        ),
        "citizen_promise": Rules(
            _words("title focus_areas reason promises valid_from valid_until reviewed_on review kept public_text"),
            free=_words("reviewed_on review kept public_text"),
            decided_in=_words("signed ended"),
        ),
        "dialogue": Rules(
            _words(
                "title purpose level influence decision_maker method held_on participants views themes "
                "representativeness feedback feedback_on"
            ),
            free=_words("themes representativeness feedback feedback_on"),
            decided_in=_words("answered"),
            keepers=_words("communications_officer politician_host"),
        ),
        "meeting": Rules(
            _words("body held_on place agenda attendance minutes minutes_approved_on"),
            free=_words("place"),
            decided_by="minutes_approved_on",
            keepers=_SECRETARIES,
        ),
        "data_series": Rules(_words("title source from_on to_on preliminary comment"), keepers=_ANALYSTS),
        "observation": Rules(_words("title place value comparison unit"), keepers=_ANALYSTS),
        "incident_report": Rules(
            _words(
                "happened_at place category kind description reported_to_police immediate_action priority "
                "problem_area_id"
            ),
            free=_words("priority problem_area_id"),
            decided_in=_words("triaged"),
            keepers=_words("est_chair"),
        ),
        "flag": Rules(
            _words("title description source reliability spread decision assessment status"),
            statuses=("open", "dismissed"),
            keepers=_ANALYSTS | _words("est_chair"),
        ),
        "policy_document": Rules(
            _words("title kind organ decided_on paragraph valid_from valid_until change_log"),
            free=_words("paragraph change_log"),
            decided_in=_words("in_force replaced rejected"),
            keepers=_words("document_owner archivist"),
        ),
        "publication": Rules(
            _words(
                "title confidentiality masked_parts legal_basis summary url published_on channels case_number "
                "retention weeded_in"
            ),
            free=_words("url channels case_number retention weeded_in"),
            decided_in=_words("published"),
            keepers=_words("communications_officer archivist registrar"),
        ),
    }
)

PERIODS: Final = (("starts_on", "ends_on"), ("valid_from", "valid_until"), ("from_on", "to_on"))
"""Columns of which the first must not come after the second."""

OWNERS: Final = _words("department_head department_rep municipal_company measure_owner project_manager external_actor")
"""The roles that act for a department or an actor in its own records."""


def is_decided(kind: str, values: Mapping[str, Any]) -> bool:
    """Whether somebody has decided about the record, so that most of it must stay as it was decided."""
    rules = RULES[kind]
    if rules.decided_by == "*":
        return True
    has_value = rules.decided_by is not None and values.get(rules.decided_by) is not None
    return has_value or values.get("status") in rules.decided_in


def is_public(kind: str, values: Mapping[str, Any]) -> bool:
    """Whether everybody may read of it: a kind that is decided about, when it has been and was not turned down."""
    decided_in = RULES[kind].decided_in
    return not decided_in or values.get("status") in decided_in - {"rejected"}


def may_become(kind: str, values: Mapping[str, Any]) -> frozenset[str]:
    """The columns that may be changed, as the record is now; whoever asks."""
    rules = RULES[kind]
    return rules.free if is_decided(kind, values) else rules.changeable | rules.free


def needs_reason(kind: str, values: Mapping[str, Any], changed: Mapping[str, Any]) -> bool:
    """Whether the change must say why: of what has been decided, of a status, and of what was promised by when."""
    promised = {"title", "due_on"} if kind == "commitment" else set()
    return is_decided(kind, values) or bool(({"status"} | promised) & changed.keys())


def status_fault(kind: str, current: str, wanted: object) -> FieldFault | None:
    """Why the record cannot be given the status by a person; None when it can."""
    allowed = RULES[kind].statuses
    if wanted not in allowed:
        listed = ", ".join(allowed)
        return FieldFault("/fields/status", f"Läget ska vara ett av {listed}.", f"The status must be one of {listed}.")
    if kind == "measure":
        try:
            status_after(current, str(word_for(str(wanted))))
        except MeasureCannotBecome as fault:
            return FieldFault("/fields/status", fault.sv, fault.en)
    return None


def period_faults(values: Mapping[str, Any], changed: Collection[str]) -> list[FieldFault]:
    """Each period that would end before it begins, where one of its ends is changed."""
    faults = []
    for first, last in PERIODS:
        begins: date | None = values.get(first)
        ends: date | None = values.get(last)
        if begins is not None and ends is not None and ends < begins and {first, last} & set(changed):
            pointer = f"/fields/{last if last in changed else first}"
            sv = f"Slutdagen {ends} ligger före startdagen {begins}."
            faults.append(FieldFault(pointer, sv, f"The last day {ends} is before the first day {begins}."))
    return faults
