"""Stories of a plan whose measures lack something, and of a plan that a working group decides."""

from collections.abc import Callable
from datetime import date

from app.db.prevention import documents, municipalities, records
from app.db.prevention.action_plans import ActionPlan, Decision
from app.db.prevention.measures import Measure
from app.db.process import process_instances
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.timelines import completed, in_turn, of

REASON = "Åtgärden är liten och görs inom den ordinarie verksamheten."


def _proposal(installation: Installation, place: str) -> str:
    with begin_system(installation) as uow:
        (plan,) = process_instances.page(uow.session, [place], key="atgardsplan")
        left = documents.of_instance(uow.session, place, plan.id)
        found = next(d for d in left if d.type == "atgardsplan" and d.confidentiality == "internal")
        files = documents.files_of(uow.session, [found])[found.id]
        (page,) = [b"".join(documents.read(uow.session, f)) for f in files if f.format == "html"]
    return page.decode()


def test_a_measure_that_lacks_something_goes_to_the_board_with_a_reason_only(
    installation: Installation, tell: Tell, send: Callable[[str, str], None]
) -> None:
    send("radet.atgarder", "2027")
    send("lagesbild.faststalld", "2027")
    rows = tell(["atgardsplan"], date(2027, 1, 1), date(2027, 4, 30))
    assert of(rows, "incident_opened") == []
    # Nobody has analysed any cause this year: every measure lacks one.
    assert in_turn(rows, "kvalitetsgrind", "motivera_brister", "beslut")
    with begin_system(installation) as uow:
        found = [m for m in records.of_year(uow.session, Measure, "askersund", 2027) if m.action_plan_id]
    assert all(m.extra["skal_trots_brist"].startswith(REASON) for m in found)
    page = _proposal(installation, "askersund")
    assert "Åtgärder som saknar något i den röda tråden" in page
    assert "Åtgärden är inte knuten till någon orsak i lägesbilden." in page
    assert REASON in page


def test_in_savsjo_the_working_group_decides_and_nothing_waits_for_the_board(
    installation: Installation, tell: Tell
) -> None:
    with begin_system(installation) as uow:
        row = municipalities.get(uow.session, "savsjo")
        assert row is not None
        assert row.profile["facts"]["beslutsniva"] == "arbetsgrupp"
    rows = tell(["atgardsplan"], date(2027, 1, 1), date(2027, 5, 31), place="savsjo")
    assert of(rows, "incident_opened") == []
    done = completed(rows)
    assert "arbetsgruppens_beslut" in done
    assert not {"tjansteskrivelse", "beslut", "expediera"} & set(done)
    with begin_system(installation) as uow:
        (plan,) = records.of_year(uow.session, ActionPlan, "savsjo", 2027)
        (decision,) = records.of_year(uow.session, Decision, "savsjo", 2027)
        activities = [m for m in records.of_year(uow.session, Measure, "savsjo", 2027) if m.action_plan_id == plan.id]
    assert plan.status == "adopted"
    # Those who sit in the group have proposed the activities: the police and the rescue service as themselves.
    asked = {(row["scope"], row["role"]) for row in of(rows, "task_opened", "foresla_atgarder")}
    assert asked == {
        ("Polisen, Lokalpolisområde Höglandet", "external_actor"),
        ("Räddningstjänsten", "external_actor"),
        ("Kommunala tjänstemän", "group_member"),
    }
    assert {m.status for m in activities} == {"decided"}
    assert (decision.organ, decision.text) == ("arbetsgrupp", "antagen")
