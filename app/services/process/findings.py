"""What the personal-data guard says of what is sent in: what stops it, and what its writer should look at once more."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain import privacy_guard
from app.domain.errors import FieldFault, InvalidInput
from app.domain.forms import Form, guarded_texts, texts_within
from app.domain.privacy_guard import NEEDS_REASON, Finding, Kind, Strictness

_SHORTEST = 8
"""Characters; nothing that stops is shorter."""


@dataclass(frozen=True)
class Warned:
    """Something that may point at a person. `found` is the very text: for the writer's eyes, never for a log.

    `mark` stands for what was found, wherever it stands: by it the writer's word that it is all right is recognised
    when the form comes back.
    """

    fault: FieldFault
    found: str
    mark: str
    kind: Kind = "phone"

    @property
    def needs_reason(self) -> bool:
        """Whether it is about somebody, if it is right: then the writer says why it shall stand."""
        return self.kind in NEEDS_REASON


@dataclass(frozen=True)
class Findings:
    """What was found in a submission: stops refuse it, warnings do not."""

    stops: list[FieldFault]
    warnings: list[Warned]

    @property
    def warned_faults(self) -> tuple[FieldFault, ...]:
        """What is warned of, once for each field and sentence."""
        return tuple(dict.fromkeys(warned.fault for warned in self.warnings))

    @property
    def unreasoned_faults(self) -> list[FieldFault]:
        """What is refused when no reason is given."""
        return [
            FieldFault(
                fault.pointer,
                f"{fault.sv} Ska det stå kvar behövs ett skäl.",
                f"{fault.en} If it is to stand, a reason is needed.",
            )
            for fault in dict.fromkeys(warned.fault for warned in self.warnings if warned.needs_reason)
        ]

    @property
    def kinds(self) -> dict[str, int]:
        """How many warnings there are of each kind."""
        return dict(sorted(Counter(warned.kind for warned in self.warnings).items()))


def examine(form: Form, submission: Mapping[str, Any]) -> Findings:
    """What the guard finds: stops in everything written, warnings in the texts that the form has it ask about."""
    found = Findings([], [])
    asked = guarded_texts(form, submission)
    for pointer, written in asked:
        _add(found, pointer, written, privacy_guard.examine(written, form.guard))
    read = {pointer for pointer, _ in asked}
    found.stops.extend(fault for fault in stops_within(submission) if fault.pointer not in read)
    return found


def examine_text(written: str, pointer: str, strictness: Strictness = "usual") -> Findings:
    """What the guard finds in one text that is no form's."""
    found = Findings([], [])
    _add(found, pointer, written, privacy_guard.examine(written, strictness))
    return found


def stops_within(value: object) -> Iterator[FieldFault]:
    """What refuses the texts in a value, wherever they stand, whoever wrote them."""
    for pointer, written in texts_within(value):
        if len(written) >= _SHORTEST:
            for finding in privacy_guard.stops(written):
                yield FieldFault(pointer, finding.sv, finding.en)


def require_clean(value: object) -> None:
    """Raise InvalidInput, naming each place, where the guard stops a text in the value."""
    if faults := list(stops_within(value)):
        raise InvalidInput(faults[0].sv, faults[0].en, faults)


def _add(found: Findings, pointer: str, written: str, findings: list[Finding]) -> None:
    for finding in findings:
        fault = FieldFault(pointer, finding.sv, finding.en)
        if finding.severity == "stop":
            found.stops.append(fault)
        else:
            text = written[finding.start : finding.end]
            found.warnings.append(Warned(fault, text, _mark(finding.kind, text), finding.kind))


def _mark(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}\0{text}".encode()).hexdigest()[:12]
