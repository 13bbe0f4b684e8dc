"""Lagkoll: how each binding paragraph of lag (2023:196) stands for one municipality on one day.

Lag (2023:196) om kommuners ansvar för brottsförebyggande arbete is in force since 2023-07-01, the duty of 5 § to have
a plan since 2024-07-01, and 14 § since 2025-04-01 (lag 2025:223). Before its day a paragraph does not apply. The
facts come from the records; nothing is judged by what somebody says of themselves in the check.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from app.domain.legal_checks.cooperation import agreements, cameras, coordination, council, reporting
from app.domain.legal_checks.facts import (
    Agreement,
    Camera,
    CouncilMeeting,
    Facts,
    Holding,
    Member,
    Picture,
    Plan,
    Proof,
)
from app.domain.legal_checks.findings import DUTIES, STATES, Clock, Finding, Paragraph, State
from app.domain.legal_checks.knowledge import action_plan, other_analyses, renewal, situation_picture
from app.domain.swedish_dates import Sentence, long_date

__all__ = [
    "DUTIES",
    "LAW_FROM",
    "STATES",
    "Agreement",
    "Camera",
    "Clock",
    "CouncilMeeting",
    "Facts",
    "Finding",
    "Holding",
    "Member",
    "Paragraph",
    "Picture",
    "Plan",
    "Proof",
    "State",
    "action_plan",
    "agreements",
    "cameras",
    "coordination",
    "council",
    "judge",
    "other_analyses",
    "renewal",
    "reporting",
    "situation_picture",
]

LAW_FROM: Final = date(2023, 7, 1)
PLAN_FROM: Final = date(2024, 7, 1)
CAMERAS_FROM: Final = date(2025, 4, 1)
_SINCE: Final[dict[Paragraph, date]] = {"5": PLAN_FROM, "14": CAMERAS_FROM}


def judge(facts: Facts, on: date) -> tuple[Finding, ...]:
    """How each paragraph stands on the day, in the order of the law."""
    follow_up_watch = facts.follow_up_watch if on >= PLAN_FROM else None
    found = (
        situation_picture(facts.picture),
        action_plan(facts.plan),
        renewal(facts.picture_watch, follow_up_watch, facts.picture, facts.plan, facts.follow_up, on),
        other_analyses(facts.picture),
        agreements(facts.agreements, on),
        council(facts.council, on),
        coordination(facts.holdings, facts.told, on),
        reporting(facts.reporting_watch, facts.reports, on),
        cameras(facts.cameras, on),
    )
    return tuple(_in_force(finding, on) for finding in found)


def _in_force(finding: Finding, on: date) -> Finding:
    since = _SINCE.get(finding.paragraph, LAW_FROM)
    if on >= since:
        return finding
    told = Sentence(
        f"Kravet gäller från {long_date(since)}.",
        f"The requirement applies from {long_date(since, 'en')}.",
    )
    return Finding(finding.paragraph, "not_applicable", told, proof=finding.proof)
