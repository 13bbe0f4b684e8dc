"""Stories of the progress report: Nässjö every tertial, Askersund every quarter, one diagram for both."""

from datetime import date

from app.db.prevention import records
from app.db.prevention.action_plans import Decision
from app.db.prevention.data_series import DataSeries, Observation
from app.db.prevention.situation_pictures import SituationPicture
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Rows, Tell
from tests.workflows.timelines import day, ended, in_turn, of

TO_BOARD = {
    "lagesrapport.faststall_rapport": [{"redovisas_ks": True}],
    "politisk_rapport.skriv": [{"organ": "KS", "arendetyp": "information"}],
}


def _begun(rows: Rows, process: str) -> list[str]:
    return [row["at"][:10] for row in of(rows, "instance_started") if row["process"] == process]


def test_nassjo_reports_three_times_a_year_and_askersund_four(tell: Tell) -> None:
    year = (["lagesrapport"], date(2026, 9, 1), date(2027, 12, 1))
    nassjo = tell(*year, place="nassjo")
    assert _begun(nassjo, "lagesrapport") == ["2026-09-01", "2027-01-04", "2027-04-30", "2027-08-31"]
    assert of(nassjo, "incident_opened") == []


def test_askersund_reports_every_quarter_and_a_silent_department_stops_nobody(
    installation: Installation, tell: Tell
) -> None:
    silent = frozenset({("lagesrapport.lamna_lage", "Folkhälsoteamet")})
    rows = tell(["lagesrapport"], date(2026, 9, 1), date(2027, 7, 31), silent=silent)
    assert _begun(rows, "lagesrapport") == ["2026-09-30", "2027-01-04", "2027-03-31", "2027-06-30"]
    assert {row["scope"] for row in of(rows, "timer_fired", "lamna_lage")} == {"Folkhälsoteamet"}
    assert in_turn(rows, "sammanstall_rapport", "ledningsgruppens_synpunkter", "faststall_rapport")
    assert ended(rows, "lagesrapport")
    # What is left of each: a picture of the period, and the figures it rests on.
    with begin_system(installation) as uow:
        pictures = records.of_year(uow.session, SituationPicture, "askersund", 2027)
        series = records.of_year(uow.session, DataSeries, "askersund", 2027)
        figures = records.of_year(uow.session, Observation, "askersund", 2027)
    assert [(p.kind, p.status, p.title) for p in pictures] == [
        ("period", "noted", "Lägesrapport 2026-K4"),
        ("period", "noted", "Lägesrapport 2027-K1"),
        ("period", "noted", "Lägesrapport 2027-K2"),
    ]
    assert [s.title for s in series] == [p.title for p in pictures]
    assert all(s.preliminary for s in series)
    assert {f.submission_id for f in figures} == {s.submission_id for s in series}


def test_the_third_tertial_becomes_a_picture_with_causes_that_the_board_is_told(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(["lagesrapport"], date(2026, 9, 1), date(2027, 6, 30), place="nassjo", answers=TO_BOARD)
    assert len(_begun(rows, "lagesbild")) == 1
    assert of(rows, "task_completed", "orsaker")
    assert in_turn(rows, "faststall_rapport", "faststall", "skriv", "utfall")
    (adopted,) = of(rows, "decision", "registrera_faststalld")
    assert day(adopted) <= date(2027, 3, 12)
    with begin_system(installation) as uow:
        pictures = records.of_year(uow.session, SituationPicture, "nassjo", 2027)
        decisions = records.of_year(uow.session, Decision, "nassjo", 2027)
    assert ("yearly", "adopted") in {(p.kind, p.status) for p in pictures}
    assert {d.organ for d in decisions} == {"KS"}
    assert of(rows, "incident_opened") == []


def test_the_other_tertials_make_no_picture_and_go_to_the_board_all_the_same(tell: Tell) -> None:
    rows = tell(["lagesrapport"], date(2027, 4, 1), date(2027, 7, 31), place="nassjo", answers=TO_BOARD)
    assert _begun(rows, "lagesbild") == []
    assert len(_begun(rows, "politisk_rapport")) == 1
    # The papers of June had left already: the board is told on 8 September, twenty working days after the stop.
    (written,) = of(rows, "task_opened", "skriv")
    assert written["due_on"] == "2027-08-11"
