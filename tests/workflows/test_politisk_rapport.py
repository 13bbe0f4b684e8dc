"""Stories of the political report: to the board only, sent back by the director, with and without assignments."""

from datetime import date

from app.db.prevention import records
from app.db.prevention.action_plans import Decision
from app.db.process import history, process_instances, user_tasks
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.timelines import completed, ended, in_turn

PERIOD = (["politisk_rapport"], date(2027, 3, 1), date(2027, 6, 30))


def _decisions(installation: Installation) -> list[Decision]:
    with begin_system(installation) as uow:
        return records.of_year(uow.session, Decision, "askersund", 2027)


def test_a_report_to_the_board_only_skips_the_way_to_the_council(installation: Installation, tell: Tell) -> None:
    rows = tell(
        *PERIOD,
        answers={
            "politisk_rapport.skriv": [{"organ": "KS"}],
            "politisk_rapport.utfall": [{"datum": "KS", "beslut": "Kommunstyrelsen noterar rapporten."}],
        },
    )
    assert "ks_behandlar" not in completed(rows)
    (decision,) = _decisions(installation)
    assert (decision.organ, decision.decided_on, decision.case_number) == ("KS", date(2027, 4, 13), "KS 2027/0123")
    assert ended(rows, "politisk_rapport")
    assert _deciders(installation) == {"utfall": "municipal_board"}


def _deciders(installation: Installation) -> dict[str, str | None]:
    with begin_system(installation) as uow:
        (instance,) = process_instances.page(uow.session, ["askersund"])
        opened = user_tasks.of_instance(uow.session, "askersund", instance.id)
    return {task.element_id: task.decider for task in opened if task.decider is not None}


def test_a_report_to_the_council_leaves_both_treatments_with_their_case_number(
    installation: Installation, tell: Tell
) -> None:
    tell(*PERIOD)
    assert _deciders(installation) == {"ks_behandlar": "municipal_board", "utfall": "municipal_council"}
    assert [(d.organ, d.decided_on, d.case_number) for d in _decisions(installation)] == [
        ("KS", date(2027, 4, 13), "KS 2027/0123"),
        ("KF", date(2027, 4, 26), "KS 2027/0123"),
    ]


def test_a_report_that_the_director_sends_back_is_written_again(tell: Tell) -> None:
    rows = tell(*PERIOD, answers={"politisk_rapport.godkann": [{"godkand": False, "kommentar": "Visa effekten."}]})
    assert in_turn(rows, "skriv", "godkann", "skriv", "godkann", "registrera")


def test_assignments_from_the_meeting_reach_the_security_manager(installation: Installation, tell: Tell) -> None:
    tell(*PERIOD)
    assert _told(installation) == ["security_manager"]


def test_a_meeting_without_assignments_tells_nobody(installation: Installation, tell: Tell) -> None:
    tell(*PERIOD, answers={"politisk_rapport.utfall": [{"uppdrag": None}]})
    assert _told(installation) == []


def _told(installation: Installation) -> list[str]:
    with begin_system(installation) as uow:
        (instance,) = process_instances.page(uow.session, ["askersund"])
        lines = history.of_instance(uow.session, "askersund", instance.id)
    return [line.detail["role"] for line in lines if line.kind == "action_done" and line.name == "notify"]


def test_a_report_to_the_steering_group_is_recorded_on_the_groups_behalf(
    installation: Installation, tell: Tell
) -> None:
    tell(*PERIOD, answers={"politisk_rapport.skriv": [{"organ": "styrgrupp"}]})
    assert _deciders(installation) == {"utfall": "steering_group"}
