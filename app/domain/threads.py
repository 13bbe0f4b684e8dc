"""The red thread (röd tråd): what a measure lacks to hang together with its problem and with how it is followed up.

Brå found in 2023 that the link between problem and measure is often missing and that follow-up is rare; 002 asks that
the work is directed at the causes of the problem and is followed up and evaluated again and again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

OVER: Final = frozenset({"done", "cancelled"})
"""A measure that is over and not yet judged."""


@dataclass(frozen=True)
class Finding:
    """Something that a measure lacks. `code` is for machines, the sentences for people."""

    code: str
    sv: str
    en: str


@dataclass(frozen=True)
class Looked:
    """What is asked of a measure. `indicators` and `evaluations` are how many it has."""

    status: str
    cause_id: UUID | None
    owner: str | None
    follow_up_on: date | None
    ends_on: date | None
    indicators: int
    evaluations: int


NO_CAUSE: Final = Finding(
    "no-cause",
    "Åtgärden är inte knuten till någon orsak i lägesbilden.",
    "The measure is not tied to any cause in the situation picture.",
)
NO_OWNER: Final = Finding("no-owner", "Ingen är ansvarig för åtgärden.", "Nobody is responsible for the measure.")
NO_FOLLOW_UP: Final = Finding(
    "no-follow-up",
    "Det är inte bestämt när åtgärden ska följas upp.",
    "It has not been decided when the measure is to be followed up.",
)
NO_INDICATOR: Final = Finding(
    "no-indicator",
    "Det är inte sagt hur det ska märkas att åtgärden hjälper.",
    "It has not been said how it will show that the measure helps.",
)
FOLLOW_UP_MISSED: Final = Finding(
    "follow-up-missed",
    "Uppföljningsdagen har passerat utan att åtgärden är utvärderad.",
    "The day of follow-up has passed and the measure has not been evaluated.",
)
NOT_EVALUATED: Final = Finding(
    "not-evaluated",
    "Åtgärden är avslutad men inte utvärderad.",
    "The measure is over but has not been evaluated.",
)


def findings(looked: Looked, today: date) -> tuple[Finding, ...]:
    """What is missing, in the order of the thread; empty when the measure hangs together."""
    judged = looked.evaluations > 0 or looked.status == "evaluated"
    missed = looked.follow_up_on is not None and looked.follow_up_on < today and not judged
    asked = (
        (looked.cause_id is None, NO_CAUSE),
        (not (looked.owner or "").strip(), NO_OWNER),
        (looked.indicators == 0, NO_INDICATOR),
        (looked.follow_up_on is None and not judged, NO_FOLLOW_UP),
        (missed, FOLLOW_UP_MISSED),
        (looked.status in OVER and not judged and not missed, NOT_EVALUATED),
    )
    return tuple(finding for is_missing, finding in asked if is_missing)
