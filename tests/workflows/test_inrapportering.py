"""Stories of reporting: what a caretaker sees on a Friday becomes a flag in the next situation picture."""

from typing import Any

import pytest

from app.db.prevention import records
from app.db.prevention.incident_reports import Flag, IncidentReport
from app.db.process import messages, process_instances
from app.domain.errors import InvalidSubmission, NotYours
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.hands import Hands

SEEN: dict[str, Any] = {
    "inget_pagar": True,
    "tidpunkt": "2026-08-28T22:30:00+02:00",
    "plats": "Skolgården, norra sidan",
    "kategori": "trafik och buskörning",
    "art": "händelse",
    "beskrivning": "Flera mopeder körde över skolgården efter klockan 22. Samma sak förra fredagen.",
    "polisanmald": "nej",
    "nytt_fenomen": False,
}
FINE: dict[str, Any] = {"pekar_ut": False, "prioritet": "normal", "meddela": "ingen"}


@pytest.fixture
def hands(installation: Installation) -> Hands:
    return Hands(installation)


def _kept(installation: Installation, table: Any = IncidentReport) -> list[Any]:
    with begin_system(installation) as uow:
        return records.of_year(uow.session, table, "askersund", 2026)


def test_a_reporter_starts_by_hand_and_the_report_is_judged_within_two_working_days(
    installation: Installation, hands: Hands
) -> None:
    begun = hands.start("inrapportering", "reporter")
    hands.answer("registrera_handelse", SEEN)
    (task,) = hands.open("bedom_rapport")
    assert (task.candidate_role, task.due_on.isoformat()) == ("crime_prevention_coordinator", "2026-09-03")
    (report,) = _kept(installation)
    assert (report.status, report.title) == ("new", "2026-08-28, trafik och buskörning, Skolgården, norra sidan")
    hands.answer("bedom_rapport", FINE)
    (report,) = _kept(installation)
    assert (report.status, report.priority, report.description) == ("triaged", "normal", SEEN["beskrivning"])
    assert hands.instance(begun).status == "ended"
    assert _kept(installation, Flag) == []


def test_nobody_else_starts_it_and_a_reporter_starts_nothing_else(hands: Hands) -> None:
    with pytest.raises(NotYours):
        hands.start("inrapportering", "board_chair")
    with pytest.raises(NotYours):
        hands.start("atgardsplan", "reporter")


def test_whoever_reports_danger_now_is_told_whom_to_call_and_nothing_is_kept(
    installation: Installation, hands: Hands
) -> None:
    hands.start("inrapportering", "reporter")
    with pytest.raises(InvalidSubmission) as refused:
        hands.answer("registrera_handelse", {**SEEN, "inget_pagar": False})
    (fault,) = refused.value.errors
    assert "112" in fault.sv
    assert "114 14" in fault.sv
    assert "112" in fault.en
    assert _kept(installation) == []


@pytest.mark.parametrize("field", ["beskrivning", "plats", "omedelbar_atgard"])
def test_a_personal_number_is_refused_in_every_free_text(installation: Installation, hands: Hands, field: str) -> None:
    hands.start("inrapportering", "reporter")
    with pytest.raises(InvalidSubmission) as refused:
        hands.answer("registrera_handelse", {**SEEN, field: "Det var 811228-9874 som körde."})
    assert [fault.pointer for fault in refused.value.errors] == [f"/{field}"]
    assert "9874" not in str([fault.sv for fault in refused.value.errors])
    assert _kept(installation) == []


def test_a_text_that_points_somebody_out_is_rewritten_and_the_old_one_is_gone(
    installation: Installation, hands: Hands
) -> None:
    hands.start("inrapportering", "reporter")
    hands.answer("registrera_handelse", {**SEEN, "beskrivning": "Han som bor vid kiosken körde moped."})
    hands.answer("bedom_rapport", {**FINE, "pekar_ut": True})
    rewritten = {"plats": "Skolgården", "beskrivning": "En moped körde över skolgården."}
    hands.answer("ratta_text", rewritten)
    hands.answer("bedom_rapport", FINE)
    (report,) = _kept(installation)
    assert (report.place, report.description, report.status) == (*rewritten.values(), "triaged")
    # What was not asked again stands.
    assert report.category == "trafik och buskörning"


def test_two_new_phenomena_are_judged_apart_and_become_flags_that_name_their_reports(
    installation: Installation, hands: Hands
) -> None:
    for _ in range(2):
        hands.start("inrapportering", "reporter")
        hands.answer("registrera_handelse", {**SEEN, "nytt_fenomen": True})
        hands.answer("bedom_rapport", FINE)
    first, _second = hands.open("bedom_fenomen")
    assert (first.candidate_role, first.co_role) == ("security_manager", "municipal_police_officer")
    assert {task.due_on.isoformat() for task in hands.open("bedom_fenomen")} == {"2026-09-04"}
    with begin_system(installation) as uow:
        assert len(process_instances.page(uow.session, ["askersund"], key="nytt_fenomen")) == 2
        assert messages.page(uow.session, ["askersund"], status="buffered", after=None, limit=10) == []


def test_a_report_from_another_system_opens_the_same_form_once(
    installation: Installation, hands: Hands, send: Any
) -> None:
    send("inrapportering.anmalan", "E-tjänsten 4711")
    send("inrapportering.anmalan", "E-tjänsten 4711")
    hands.settle()
    assert [task.candidate_role for task in hands.open("registrera_handelse")] == ["reporter"]
    assert _kept(installation) == []
