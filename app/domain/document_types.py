"""Which documents there are, and what of the records everybody may read.

Law (2023:196) 4, 5 and 12 §§ asks for the situation picture, the plan and information to the residents. What may be
public is *named*, field by field: a field that a municipality adds to a form stays internal until somebody has thought
about it.
"""

from dataclasses import dataclass
from typing import Final, Literal

Confidentiality = Literal["public", "internal"]
CONFIDENTIALITIES: Final = ("public", "internal")
STATUSES: Final = ("working", "final", "published", "archived")


@dataclass(frozen=True)
class DocumentType:
    """A type of document: what it is called, and whether there is a variant of it that everybody may read."""

    label: str
    label_en: str
    has_public: bool


TYPES: Final[dict[str, DocumentType]] = {
    "lagesbild": DocumentType("Lägesbild", "Situation picture", has_public=True),
    "atgardsplan": DocumentType("Åtgärdsplan", "Action plan", has_public=True),
    "kallelse": DocumentType("Kallelse", "Summons", has_public=False),
    "protokoll": DocumentType("Protokoll", "Minutes", has_public=False),
    "minnesanteckningar": DocumentType("Minnesanteckningar", "Meeting notes", has_public=False),
    "tjansteskrivelse": DocumentType("Tjänsteskrivelse", "Official report", has_public=True),
    "lagesrapport": DocumentType("Lägesrapport", "Status report", has_public=True),
    "uppfoljningsrapport": DocumentType("Uppföljningsrapport", "Follow-up report", has_public=True),
    "overenskommelse": DocumentType("Samverkansöverenskommelse", "Cooperation agreement", has_public=True),
    "medborgarlofte": DocumentType("Medborgarlöfte", "Citizen promise", has_public=True),
    "arshjul": DocumentType("Årshjul", "The year's wheel", has_public=True),
}

PUBLIC_FIELDS: Final[dict[str, frozenset[str]]] = {
    "situation_picture": frozenset(
        {"title", "summary", "trend", "crime", "extent", "consequences", "other_information", "analysis", "adopted_on",
         "status", "serier", "jamforelse", "preliminar", "kallkritik", "kriterier", "motivering"}
    ),
    "problem_area": frozenset({"title", "description", "place", "priority", "reason", "status"}),
    "cause": frozenset({"title", "perspective", "kind", "weight", "influenceable"}),
    "factor": frozenset({"title", "kind", "arena", "work", "department_name"}),
    "warning_sign": frozenset({"department_name", "activity", "title", "measure", "partner", "partner_measure"}),
    "goal": frozenset({"title", "baseline", "target", "due_on", "status"}),
    "indicator": frozenset({"title", "source", "interval"}),
    "action_plan": frozenset(
        {"problem_picture", "factors", "warning_signs", "coordination", "status", "decided_on", "paragraph", "parter",
         "grans_mot_del2"}
    ),
    "measure": frozenset(
        {"title", "description", "kind", "cause", "department_name", "starts_on", "ends_on", "indicator", "status"}
    ),
    "status_report": frozenset({"status", "reported_on"}),
    "evaluation": frozenset({"result", "recommendation", "evaluated_on", "value_before", "value_after"}),
    "commitment": frozenset({"title", "due_on", "indicator", "actor_name", "status"}),
    "decision": frozenset({"organ", "decided_on", "paragraph", "text", "case_number"}),
    "agreement": frozenset(
        {"title", "actor_name", "purposes", "areas", "goals", "follow_up", "valid_from", "valid_until", "decided_on",
         "paragraph", "signed_municipality_on", "signed_party_on", "status"}
    ),
    "citizen_promise": frozenset(
        {"title", "focus_areas", "reason", "promises", "valid_from", "valid_until", "signed_municipality_on",
         "signed_police_on", "reviewed_on", "kept", "public_text", "status"}
    ),
    "meeting": frozenset({"body", "held_on", "minutes_approved_on"}),
}  # fmt: skip
"""The fields of each kind of record, columns and fields of forms, that everybody may read."""

PUBLIC_ANSWERS: Final[dict[str, frozenset[str]]] = {
    "tjansteskrivelse": frozenset(
        {"forslag_till_beslut", "sammanfattning", "bakgrund", "ekonomi", "barnets_basta", "skickas_till"}
    ),
    "skriv": frozenset({"organ", "arendetyp", "rapport", "forslag_till_beslut"}),
    "registrera": frozenset({"diarienummer"}),
    "lardomar": frozenset({"fungerade", "fungerade_inte", "andringar_nasta_plan"}),
    "prioritera": frozenset({"kriterier", "motivering"}),
}
"""The same for the answers to forms."""


INTERNAL_FIELDS: Final[dict[str, frozenset[str]]] = {
    "situation_picture": frozenset({"underlag", "uteslutna_kallor", "flaggor"}),
    "measure": frozenset({"owner", "skal_trots_brist"}),
    "evaluation": frozenset({"text", "other_explanation"}),
    "status_report": frozenset({"text", "effect"}),
    "commitment": frozenset({"contact_person", "result"}),
}
"""Fields that the shipped templates tell in internal documents only; empty where nobody wrote any."""


def is_told(kind: str, field: str, *, public: bool) -> bool:
    """Whether a field of a record, or (`answers.<form>`) of an answer, is in a document."""
    if not public:
        return True
    told = PUBLIC_ANSWERS.get(kind[8:]) if kind.startswith("answers.") else PUBLIC_FIELDS.get(kind)
    return field in (told or frozenset())
