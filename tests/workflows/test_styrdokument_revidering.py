"""Stories of a policy document: still right, corrected, written anew and decided, referred back, wrongly dated."""

from datetime import date

from app.db.prevention import policy_documents, records
from app.db.prevention.action_plans import Decision
from app.db.prevention.policy_documents import PolicyDocument
from app.services import schedules
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.timelines import completed, day, ended, in_turn, of

PERIOD = (["styrdokument_revidering"], date(2026, 12, 1), date(2028, 3, 31))


def _in_force(installation: Installation) -> list[PolicyDocument]:
    with begin_system(installation) as uow:
        return policy_documents.in_force(uow.session, "askersund")


def test_a_plan_older_than_the_law_is_written_anew_and_decided_by_the_council(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(*PERIOD)
    assert in_turn(
        rows, "aktualitetsprova", "skriv_forslag", "lamna_synpunkter", "styrelsens_forslag", "fullmaktiges_beslut",
        "ratta_processerna",
    )  # fmt: skip
    assert ended(rows, "styrdokument_revidering")
    assert of(rows, "incident_opened") == []
    # A year before the validity ends. New Year's Eve is no working day, and what ends must not end unseen.
    assert day(of(rows, "instance_started")[0]) == date(2026, 12, 30)
    (document,) = _in_force(installation)
    assert (document.title, document.organ, document.paragraph) == ("Plan för brottsförebyggande arbete", "KF", "§ 97")
    assert (document.valid_from, document.valid_until) == (date(2028, 1, 1), date(2031, 12, 31))
    assert document.text_attachment is not None
    with begin_system(installation) as uow:
        (board,) = records.of_year(uow.session, Decision, "askersund", 2027)
    assert (board.organ, board.paragraph) == ("KS", "§ 88")


def test_every_department_is_asked_and_a_silent_one_does_not_hold_the_document(tell: Tell) -> None:
    rows = tell(*PERIOD, silent=frozenset({("styrdokument_revidering.lamna_synpunkter", "Folkhälsoteamet")}))
    (silence,) = of(rows, "timer_fired", "lamna_synpunkter")
    assert silence["scope"] == "Folkhälsoteamet"
    assert len(of(rows, "task_completed", "lamna_synpunkter")) == 2
    assert ended(rows, "styrdokument_revidering")


def test_a_document_that_is_still_right_holds_until_its_time_is_out(installation: Installation, tell: Tell) -> None:
    rows = tell(*PERIOD, answers={"styrdokument_revidering.aktualitetsprova": [{"aktuell": "ja"}]})
    assert completed(rows) == ["aktualitetsprova"]
    assert ended(rows, "styrdokument_revidering")
    assert _in_force(installation) == []


def test_a_correction_is_decided_by_the_documents_owner(installation: Installation, tell: Tell) -> None:
    rows = tell(*PERIOD, answers={"styrdokument_revidering.aktualitetsprova": [{"aktuell": "redaktionell"}]})
    assert in_turn(rows, "ratta_dokumentet", "ratta_processerna")
    assert "fullmaktiges_beslut" not in completed(rows)
    assert [d.status for d in _in_force(installation)] == ["in_force"]


def test_a_document_referred_back_is_rewritten_and_sent_for_comment_again(tell: Tell) -> None:
    back = {"styrelsens_beslut": "återremiss"}
    rows = tell(*PERIOD, answers={"styrdokument_revidering.styrelsens_forslag": [back]})
    assert completed(rows).count("skriv_forslag") == 2
    assert len(of(rows, "task_completed", "lamna_synpunkter")) == 6
    assert ended(rows, "styrdokument_revidering")


def test_a_document_whose_time_ends_before_it_begins_is_an_incident_that_says_so(
    installation: Installation, tell: Tell
) -> None:
    wrong = {"galler_fran": "2028-01-01", "galler_till": "2027-01-01"}
    rows = tell(*PERIOD, answers={"styrdokument_revidering.fullmaktiges_beslut": [wrong]})
    (incident,) = of(rows, "incident_opened")
    assert "slutar före det börjar" in incident["detail"]["sv"]
    assert _in_force(installation) == []


def test_savsjos_plan_that_ran_out_in_2023_comes_up_a_year_before_the_term_that_goes_on_is_over(
    installation: Installation,
) -> None:
    with begin_system(installation) as uow:
        found = schedules.coming(uow, "savsjo", date(2026, 9, 1), date(2027, 12, 31))
    (revision,) = [o for o in found if o.key == "styrdokument_revidering"]
    assert (revision.start_on, revision.anchor_on) == (date(2026, 12, 30), date(2027, 12, 30))
