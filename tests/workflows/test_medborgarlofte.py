"""Stories of what is told outside: the promise, the dialogue before it, and the publication after it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.db.prevention import records
from app.db.prevention.agreements import CitizenPromise, Dialogue, Publication
from app.db.prevention.measures import Measure
from app.domain.clock import SetClock
from app.domain.errors import InvalidSubmission
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.hands import Hands

ACTIVITY = {
    "atgard": "Poliser och fältare i centrum på fredagar", "orsak": "Få vuxna på plats", "agare": "Polisen",
    "klar_senast": "2027-12-31", "indikator": "Antal kvällar",
}  # fmt: skip
PROMISE: dict[str, Any] = {
    "loften": ["Vi finns i centrum varje fredagskväll."],
    "aktiviteter": [ACTIVITY],
    "loftet_fran": "2027-01-01",
    "loftet_till": "2027-08-31",
    "stammer_med_lagesbilden": True,
}
QUESTION: dict[str, Any] = {
    "fraga": "Var är du otrygg?", "syfte": "Vi ska välja löften.", "niva": "dialog", "gar_att_paverka": True,
    "paverkbart": "Vilka platser vi väljer.", "beslutsfattare": "Kommunstyrelsen",
}  # fmt: skip
OPEN: dict[str, Any] = {"vilket_dokument": "Medborgarlöfte 2027", "sekretess": "nej", "inga_enskilda": True}
DIARY: dict[str, Any] = {"diarienummer": "KS 2027/41", "bevara_gallra": "bevaras"}


@pytest.fixture
def hands(installation: Installation) -> Hands:
    return Hands(installation, "nassjo")


def _kept(installation: Installation, table: Any) -> list[Any]:
    with begin_system(installation) as uow:
        return records.of_year(uow.session, table, "nassjo", 2026)


def _publish(hands: Hands) -> None:
    hands.answer("prova_sekretess", OPEN)
    hands.answer("gor_lasbart", {"klarsprak": True, "tillganglig_pdf": True, "alttexter": True})
    went = {"adress": "https://example.org/lofte", "publicerad_den": "2026-12-20", "kanaler": ["webb"]}
    hands.answer("publicera_dokument", went)
    hands.answer("diariefor_dokument", DIARY)


def test_a_promise_is_asked_about_signed_published_followed_up_and_answered_for(
    installation: Installation, hands: Hands, clock: SetClock
) -> None:
    hands.start("medborgarlofte", "crime_prevention_coordinator")
    hands.answer("planera_lofte", {"rubrik": "Medborgarlöfte 2027", "ny_dialog": True})
    hands.answer("stall_fragan", QUESTION)
    held = {"metod": ["möte"], "hallen_den": "2026-09-01", "antal": 40, "synpunkter": ["Busstationen är mörk."]}
    hands.answer("genomfor_dialog", held)
    hands.answer("sammanstall_dialog", {"teman": ["Busstationen"], "representativitet": "Få under 25 år."})
    hands.answer("aterkoppla_dialog", {"sa_har_vi_gjort": "Vi lovar mer ljus.", "aterkopplad_den": "2026-09-01"})
    hands.answer("valj_fokus", {"fokusomraden": ["Centrum"], "varfor": "Flest händelser."})
    hands.answer("formulera_lofte", {**PROMISE, "stammer_med_lagesbilden": False})
    hands.answer("formulera_lofte", PROMISE)
    hands.answer("underteckna_lofte_polis", {"lofte_undertecknat_polis": "2026-12-15"})
    hands.answer_with_file("underteckna_lofte_kommun", "fil", {"lofte_undertecknat_kommun": "2026-12-15"})
    (promise,), (measure,) = _kept(installation, CitizenPromise), _kept(installation, Measure)
    assert (promise.status, measure.status) == ("signed", "decided")
    _publish(hands)
    (publication,) = _kept(installation, Publication)
    assert (publication.status, publication.case_number) == ("published", "KS 2027/41")
    reviews = 0
    for year, month in ((2027, 3), (2027, 9), (2028, 3)):
        clock.set(datetime(year, month, 2, 7, 0, tzinfo=UTC))
        hands.settle()
        if hands.open("halvarsavstamning"):
            reviews += 1
            row = {"id": str(measure.id), "status": "pågår", "resultat": "Varje fredag."}
            told = {"per_aktivitet": [row], "uppfoljt_den": f"{year}-0{month}-02", "slutsats": "Det hålls."}
            hands.answer("halvarsavstamning", told)
    assert reviews == 2
    hands.answer("aterkoppla_lofte", {"holls_loftet": "ja", "text_till_invanare": "Vi var där.", "kanaler": ["webb"]})
    (promise,) = _kept(installation, CitizenPromise)
    assert (promise.status, promise.kept, promise.review) == ("ended", "ja", "Det hålls.")
    (dialogue,) = _kept(installation, Dialogue)
    assert (dialogue.status, dialogue.participants) == ("answered", 40)
    assert hands.open() == []


def test_what_cannot_be_influenced_is_information_and_not_a_dialogue(installation: Installation, hands: Hands) -> None:
    hands.start("medborgardialog", "crime_prevention_coordinator")
    hands.answer("stall_fragan", {**QUESTION, "gar_att_paverka": False})
    hands.answer("informera_invanare", {"information": "Det är bestämt.", "informerat_den": "2026-09-01"})
    assert [dialogue.status for dialogue in _kept(installation, Dialogue)] == ["information"]
    assert hands.open() == []


def test_a_dialogue_is_not_over_until_the_citizens_have_been_told(installation: Installation, hands: Hands) -> None:
    hands.start("medborgardialog", "crime_prevention_coordinator")
    hands.answer("stall_fragan", QUESTION)
    view = {"metod": ["enkät"], "hallen_den": "2026-09-01", "antal": 12, "synpunkter": ["811228-9874 är otrygg."]}
    with pytest.raises(InvalidSubmission):
        hands.answer("genomfor_dialog", view)
    hands.answer("genomfor_dialog", {**view, "synpunkter": ["Parken är mörk."]})
    hands.answer("sammanstall_dialog", {"teman": ["Ljus"], "representativitet": "Jämn."})
    (left,) = hands.open()
    assert (left.element_id, left.candidate_role) == ("aterkoppla_dialog", "communications_officer")


def test_what_is_secret_is_registered_and_never_published(installation: Installation, hands: Hands) -> None:
    hands.start("publicering", "crime_prevention_coordinator")
    hands.answer("prova_sekretess", {**OPEN, "sekretess": "helt", "lagrum": "OSL 18 kap. 1 §"})
    hands.answer("diariefor_dokument", DIARY)
    (publication,) = _kept(installation, Publication)
    assert (publication.status, publication.url, publication.legal_basis) == ("reviewed", None, "OSL 18 kap. 1 §")
    assert hands.open() == []


def test_what_shows_individuals_or_small_counts_does_not_go_out(hands: Hands) -> None:
    hands.start("publicering", "crime_prevention_coordinator")
    with pytest.raises(InvalidSubmission) as refused:
        hands.answer("prova_sekretess", {**OPEN, "inga_enskilda": False})
    assert [fault.pointer for fault in refused.value.errors] == ["/inga_enskilda"]
