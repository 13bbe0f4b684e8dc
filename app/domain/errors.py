"""Refusals: facts about why something was not done. No status codes here; `app/web/problems.py` has the one table.

    Refusal
    ├── NotSignedIn                 nobody, or a session or token that is out of date
    ├── WrongPassword               the user name and password do not belong together
    ├── NotYours                    the principal lacks the role; nothing changed
    ├── NotFound                    there is no such thing, or it is another municipality's
    ├── StaleVersion                somebody changed it since it was read
    ├── InvalidInput                what was sent does not fit; `errors` say where
    │   ├── InvalidSubmission       the form is not filled in rightly
    │   └── DeploymentRefused       the folder cannot be deployed; `problems` say why
    ├── TooLarge                    more bytes than the limit
    ├── Conflict                    the state of things does not allow it
    │   ├── UserTaskAlreadyCompleted
    │   ├── UserTaskCancelled
    │   ├── UserTaskClaimed         somebody else has claimed it
    │   ├── InstanceSuspended
    │   ├── InstanceEnded
    │   ├── ProcessCannotGoOn       the process cannot go on; an incident is open, the answer is kept as a draft
    │   ├── NobodyWaits
    │   └── AlreadyResolved
    ├── KeyReused                   the idempotency key was used for something else
    ├── KeyInUse                    a call under the same idempotency key is in hand
    └── VettingBusy                 other uploads are being vetted; try again

Each carries a sentence in Swedish (`sv`) and English (`en`) for people, and facts for machines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldFault:
    """What is wrong with one field; `pointer` is RFC 6901."""

    pointer: str
    sv: str
    en: str


class Refusal(Exception):
    """Something was not done, and nothing was changed."""

    code = "refused"

    def __init__(self, sv: str, en: str, **facts: Any) -> None:
        super().__init__(en)
        self.sv, self.en, self.facts = sv, en, facts


class NotSignedIn(Refusal):
    """Nobody is signed in, or the session or token is out of date."""

    code = "not-signed-in"

    def __init__(self) -> None:
        super().__init__(
            "Du behöver logga in, eller så har inloggningen gått ut.",
            "You need to sign in, or your session or token has expired.",
        )


class WrongPassword(Refusal):
    """User name and password do not belong together; which of them is wrong is not said."""

    code = "wrong-password"

    def __init__(self) -> None:
        super().__init__("Användarnamnet eller lösenordet stämmer inte.", "The user name or the password is wrong.")


class NotYours(Refusal):
    """The principal's roles do not allow it."""

    code = "not-yours"


class NotFound(Refusal):
    """There is no such thing, or it belongs to a municipality where the principal has no role."""

    code = "not-found"

    def __init__(self, what_sv: str = "Det du söker", what_en: str = "What you asked for") -> None:
        super().__init__(f"{what_sv} finns inte.", f"{what_en} does not exist.")


class StaleVersion(Refusal):
    """Somebody changed it since it was read."""

    code = "stale-version"

    def __init__(self, current: int) -> None:
        super().__init__(
            "Någon har ändrat det här sedan du läste det. Läs om och försök igen.",
            "Somebody has changed this since you read it. Read it again and retry.",
            version=current,
        )


class InvalidInput(Refusal):
    """What was sent does not fit."""

    code = "invalid-input"

    def __init__(self, sv: str, en: str, errors: Sequence[FieldFault] = ()) -> None:
        super().__init__(sv, en)
        self.errors = tuple(errors)


class InvalidSubmission(InvalidInput):
    """The form is not filled in rightly."""

    code = "invalid-submission"

    def __init__(self, errors: Sequence[FieldFault]) -> None:
        super().__init__("Formuläret är inte rätt ifyllt.", "The form is not filled in correctly.", errors)


class DeploymentRefused(InvalidInput):
    """The folder cannot be deployed. `problems` are the vetting's."""

    code = "deployment-refused"

    def __init__(self, problems: Sequence[Any], name: str = "") -> None:
        first = next((p for p in problems if p.severity == "error"), problems[0] if problems else None)
        super().__init__(
            f"{name or 'Mappen'} kan inte driftsättas: {first.sv if first else ''}",
            f"{name or 'The folder'} cannot be deployed: {first.en if first else ''}",
        )
        self.problems = tuple(problems)


class TooLarge(Refusal):
    """More bytes than the limit."""

    code = "too-large"

    def __init__(self, limit: int) -> None:
        text = f"{limit // 1_000_000} MB" if limit >= 1_000_000 else f"{limit // 1000} kB"  # noqa: PLR2004  a megabyte
        super().__init__(f"Det är för stort: högst {text}.", f"It is too large: at most {text}.", limit=limit)


class Conflict(Refusal):
    """The state of things does not allow it."""

    code = "conflict"


class UserTaskAlreadyCompleted(Conflict):
    """The task was completed before."""

    code = "user-task-already-completed"

    def __init__(self) -> None:
        super().__init__("Uppgiften är redan slutförd.", "The user task has already been completed.")


class UserTaskCancelled(Conflict):
    """The task was cancelled: its time was out, or the process went another way."""

    code = "user-task-cancelled"

    def __init__(self) -> None:
        super().__init__(
            "Uppgiften är inte längre aktuell: tiden gick ut eller så har processen gått vidare.",
            "The user task was cancelled: its time ran out or the process went another way.",
        )


class UserTaskClaimed(Conflict):
    """Somebody else has claimed the task."""

    code = "user-task-claimed"

    def __init__(self) -> None:
        super().__init__("Någon annan har tagit uppgiften.", "Somebody else has claimed the user task.")


class InstanceSuspended(Conflict):
    """The instance is suspended: nothing in it goes on until it is resumed."""

    code = "instance-suspended"

    def __init__(self) -> None:
        super().__init__("Ärendet är pausat.", "The process instance is suspended.")


class InstanceEnded(Conflict):
    """The instance has ended or was cancelled."""

    code = "instance-ended"

    def __init__(self) -> None:
        super().__init__("Ärendet är avslutat.", "The process instance has ended.")


class ProcessCannotGoOn(Conflict):
    """The engine could not go on from here; an incident is open and what was sent is kept as a draft."""

    code = "process-cannot-go-on"

    def __init__(self, element: str, sv: str, en: str) -> None:
        super().__init__(
            f"Processen kan inte gå vidare. Det du skrev är sparat som utkast och felet är anmält. ({sv})",
            f"The process cannot go on. What you wrote is kept as a draft and the fault is reported. ({en})",
            element=element,
        )


class NobodyWaits(Conflict):
    """No token waits for it."""

    code = "nobody-waits"

    def __init__(self) -> None:
        super().__init__("Ingen väntar på det här.", "Nobody waits for this.")


class AlreadyResolved(Conflict):
    """The incident is closed already."""

    code = "already-resolved"

    def __init__(self) -> None:
        super().__init__("Felet är redan åtgärdat.", "The incident has already been resolved.")


class KeyReused(Refusal):
    """The idempotency key was used for another request."""

    code = "idempotency-key-reused"

    def __init__(self) -> None:
        super().__init__(
            "Idempotensnyckeln har använts för ett annat anrop.", "The idempotency key was used for another request."
        )


class KeyInUse(Refusal):
    """A call under the same idempotency key is in hand; its answer is not known yet."""

    code = "idempotency-key-in-use"

    def __init__(self) -> None:
        super().__init__(
            "Ett anrop med samma idempotensnyckel pågår. Försök igen om en stund, så får du dess svar.",
            "A call under the same idempotency key is in hand. Try again shortly for its answer.",
        )


class VettingBusy(Refusal):
    """As many uploads as may be are being vetted, and none ended in time."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(
            "Andra uppladdningar granskas just nu. Inget har sparats. Försök igen.",
            "Other uploads are being vetted. Nothing was saved. Try again.",
        )
