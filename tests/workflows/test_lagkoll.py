"""Stories of the legal check: what the forms ask is what the paragraphs are judged by."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.domain.ids import new_id
from app.domain.legal_checks import Finding
from app.domain.principals import HeldRole, Principal
from app.services.installation import Installation
from app.services.prevention import legal_checks
from app.services.simulation.answers import read_book
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell

COUNCIL = (["strategiskt_rad"], date(2026, 10, 1), date(2027, 1, 31))
PLAN = (["atgardsplan"], date(2027, 1, 1), date(2027, 6, 30))
CAMERA = {
    "atgard": "Kamera vid busstationen", "orsak": "Platsen är mörk", "typ": "kamerabevakning", "agare": "Tekniska",
    "klar_senast": "2027-10-31", "indikator": "Antal händelser efter kl. 20",
}  # fmt: skip


def found(installation: Installation, on: date) -> dict[str, Finding]:
    with begin_system(installation) as uow:
        auditor = HeldRole("askersund", "auditor", None, None, new_id())
        uow.principal = Principal(new_id(), "", "Rut", "sv", system_admin=False, roles=(auditor,))
        return {finding.paragraph: finding for finding in legal_checks.check(uow, "askersund", on).findings}


@pytest.mark.parametrize(("led", "state"), [(True, "met"), (False, "not_met"), (None, "unknown")])
def test_the_minutes_say_whether_the_municipality_led_its_council(
    installation: Installation,
    tell: Tell,
    led: bool | None,  # noqa: FBT001  an answer
    state: str,
) -> None:
    tell(*COUNCIL, answers={"strategiskt_rad.mote": [{"kommunen_ledde": led}]})
    assert found(installation, date(2027, 1, 31))["10"].state == state


def test_an_actor_without_a_leading_representative_is_named(installation: Installation, tell: Tell) -> None:
    present = [dict(row) for row in read_book()["strategiskt_rad"]["mote"]["narvaro"]]
    present[1]["ledande_befattning"] = False
    tell(*COUNCIL, answers={"strategiskt_rad.mote": [{"narvaro": present}]})
    council = found(installation, date(2027, 1, 31))["10"]
    assert council.state == "not_met"
    assert council.missing is not None
    assert "ledande befattning för: Polisen." in council.missing.sv


@pytest.mark.parametrize(
    ("checked", "state"),
    [({"kamera_provad_den": "2027-02-10", "kamera_provning": "KS 2027/14"}, "met"), ({}, "not_met")],
)
def test_a_camera_in_the_plan_is_held_against_the_law_in_the_check_of_the_plan(
    installation: Installation,
    tell: Tell,
    send: Callable[[str, str], None],
    checked: dict[str, Any],
    state: str,
) -> None:
    send("radet.atgarder", "2027")
    send("lagesbild.faststalld", "2027")
    tell(
        *PLAN,
        answers={
            "atgardsplan.foresla_atgarder": [{"atgarder": [CAMERA]}],
            "atgardsplan.kvalitetsgrind": [{"atgarder": [checked]}],
        },
    )
    after = found(installation, date(2027, 6, 30))
    assert after["14"].state == state
    # Decided all the same, but on no picture: the municipality of this story makes none.
    assert after["5"].state == "not_met"
    assert after["5"].proof[0].paragraph == "§ 39"
