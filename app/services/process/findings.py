"""What the personal-data guard says of a submission: what stops it, and what the writer should look at once more."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain import privacy_guard
from app.domain.errors import FieldFault
from app.domain.forms import Form, guarded_texts


@dataclass(frozen=True)
class Warned:
    """Something that may point at a person. `found` is the very text: for the writer's eyes, never for a log.

    `mark` stands for what was found, wherever it stands: by it the writer's word that it is all right is recognised
    when the form comes back.
    """

    fault: FieldFault
    found: str
    mark: str


@dataclass(frozen=True)
class Findings:
    """What was found in a submission: stops refuse it, warnings do not."""

    stops: list[FieldFault]
    warnings: list[Warned]

    @property
    def warned_faults(self) -> tuple[FieldFault, ...]:
        """What is warned of, once for each field and sentence."""
        return tuple(dict.fromkeys(warned.fault for warned in self.warnings))


def examine(form: Form, submission: Mapping[str, Any]) -> Findings:
    """What the guard finds in the texts of the form that it reads, in the order of the form."""
    found = Findings([], [])
    for pointer, written in guarded_texts(form, submission):
        for finding in privacy_guard.examine(written):
            fault = FieldFault(pointer, finding.sv, finding.en)
            if finding.severity == "stop":
                found.stops.append(fault)
            else:
                text = written[finding.start : finding.end]
                found.warnings.append(Warned(fault, text, _mark(finding.kind, text)))
    return found


def _mark(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}\0{text}".encode()).hexdigest()[:12]
