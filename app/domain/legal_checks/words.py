"""What paragraphs and kinds of proof are called, where people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.swedish_dates import Sentence

if TYPE_CHECKING:
    from app.domain.legal_checks.findings import Paragraph

_KINDS: Final[dict[str, Sentence]] = {
    "action_plan": Sentence("Åtgärdsplan", "Action plan"),
    "agreement": Sentence("Överenskommelse", "Agreement"),
    "decision": Sentence("Beslut", "Decision"),
    "dialogue": Sentence("Medborgardialog", "Citizen dialogue"),
    "measure": Sentence("Åtgärd", "Measure"),
    "meeting": Sentence("Rådets möte", "The council's meeting"),
    "process_instance": Sentence("Avslutat ärende", "Ended process instance"),
    "publication": Sentence("Publicering", "Publication"),
    "role_assignment": Sentence("Samordnare", "Coordinator"),
    "situation_picture": Sentence("Lägesbild", "Situation picture"),
}


def kind_name(kind: str) -> Sentence:
    """What a kind of proof is called; an unknown one as it is."""
    return _KINDS.get(kind, Sentence(kind, kind))


def paragraph_name(paragraph: Paragraph) -> str:
    """A paragraph as the law is quoted: 6 §, 8–9 §§."""
    return f"{paragraph.replace('-', '–')} {'§§' if '-' in paragraph else '§'}"
