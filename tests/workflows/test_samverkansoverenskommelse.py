"""Stories of an agreement: purposes and areas as 9 § asks, signed by both, reviewed every year until it has run out."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from app.db.prevention import municipalities, records
from app.db.prevention.agreements import Agreement
from app.domain.clock import SetClock
from app.domain.errors import InvalidSubmission
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.hands import Hands

POLICE = "Polisen, lokalpolisområdet"
TEXT: dict[str, Any] = {
    "syften": ["Färre skadegörelser", "Ökad trygghet"],
    "omraden": ["Centrum", "Skolgårdarna"],
    "uppfoljning": "Säkerhetschefen och polisen går igenom den i december.",
    "giltig_fran": "2027-01-01",
    "giltig_till": "2028-06-30",
}
YES: dict[str, Any] = {"avtalsbeslut": "ja", "beslutad_den": "2026-10-06", "paragraf": "§ 91"}


@pytest.fixture
def hands(installation: Installation) -> Hands:
    return Hands(installation)


def _begin(installation: Installation, hands: Hands, need: str = "ny") -> None:
    with begin_system(installation) as uow:
        (party,) = [a.id for a in municipalities.actors(uow.session, "askersund", uow.today) if a.name == POLICE]
    hands.start("samverkansoverenskommelse", "security_manager")
    hands.answer("bedom_behov", {"part": str(party), "rubrik": "Kommun och polis", "behov": need})


def _sign(installation: Installation, hands: Hands) -> None:
    hands.answer("underteckna_part", {"undertecknad_part": "2026-12-02"})
    (agreement,) = _kept(installation)[-1:]
    assert agreement.status == "draft"
    hands.answer_with_file("underteckna_kommun", "fil", {"undertecknad_kommun": "2026-12-01"})


def _kept(installation: Installation) -> list[Agreement]:
    with begin_system(installation) as uow:
        return [row for year in (2026, 2028) for row in records.of_year(uow.session, Agreement, "askersund", year)]


def test_an_agreement_is_in_force_when_both_have_signed(installation: Installation, hands: Hands) -> None:
    _begin(installation, hands)
    hands.answer("skriv_utkast", TEXT)
    (task,) = hands.open("registrera_avtalsbeslut")
    assert (task.candidate_role, task.decider) == ("board_secretary", "municipal_board")
    hands.answer("registrera_avtalsbeslut", YES)
    _sign(installation, hands)
    (agreement,) = _kept(installation)
    assert (agreement.status, agreement.actor_name, agreement.paragraph) == ("signed", POLICE, "§ 91")
    assert (agreement.purposes, agreement.areas) == (TEXT["syften"], TEXT["omraden"])


def test_without_purposes_or_areas_it_is_refused(installation: Installation, hands: Hands) -> None:
    _begin(installation, hands)
    with pytest.raises(InvalidSubmission) as refused:
        hands.answer("skriv_utkast", {**TEXT, "syften": [], "omraden": []})
    assert {fault.pointer for fault in refused.value.errors} == {"/syften", "/omraden"}


def test_one_that_ends_before_it_begins_and_one_that_the_board_refuses_are_rewritten(
    installation: Installation, hands: Hands
) -> None:
    _begin(installation, hands)
    hands.answer("skriv_utkast", {**TEXT, "giltig_till": "2026-12-31"})
    hands.answer("skriv_utkast", TEXT)
    hands.answer("registrera_avtalsbeslut", {**YES, "avtalsbeslut": "nej"})
    assert [task.element_id for task in hands.open()] == ["skriv_utkast"]


def test_it_is_reviewed_every_year_until_it_has_run_out(
    installation: Installation, hands: Hands, clock: SetClock
) -> None:
    _begin(installation, hands)
    hands.answer("skriv_utkast", TEXT)
    hands.answer("registrera_avtalsbeslut", YES)
    _sign(installation, hands)
    for day in (date(2027, 9, 2), date(2028, 9, 6)):
        clock.set(datetime.combine(day, time(7), UTC))
        hands.settle()
        said = {"avstamd_den": day.isoformat(), "avstamning": f"Gick bra {day.year}."}
        hands.answer("arlig_avstamning", said)
    assert hands.open() == []
    assert [agreement.review for agreement in _kept(installation)] == ["Gick bra 2028."]


def test_no_need_leaves_no_agreement_in_force(installation: Installation, hands: Hands) -> None:
    _begin(installation, hands, "avsluta")
    assert hands.open() == []
    assert [agreement.status for agreement in _kept(installation)] == ["draft"]
