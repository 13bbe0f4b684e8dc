"""Stories of what is decided outside the plan: the council's commitments and the groups' measures have owners too."""

from datetime import date

from app.db.prevention import records
from app.db.prevention.commitments import Commitment
from app.db.prevention.measures import Measure
from app.db.process import process_instances
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.timelines import day, of


def test_each_commitment_of_the_council_is_carried_out_by_whoever_made_it(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(["strategiskt_rad", "atgard"], date(2026, 9, 1), date(2027, 12, 31))
    assert of(rows, "incident_opened") == []
    with begin_system(installation) as uow:
        promised = {c.id: c for c in records.of_year(uow.session, Commitment, "askersund", 2026)}
        carried = [m for m in records.of_year(uow.session, Measure, "askersund", 2026) if m.commitment_id]
        begun = process_instances.page(uow.session, ["askersund"], key="atgard", limit=200)
    assert {m.commitment_id for m in carried} == set(promised)
    first = [row for row in of(rows, "task_opened", "bekrafta") if day(row) < date(2027, 3, 1)]
    actors = {c.actor_name for c in promised.values() if c.actor_name}
    assert {row["scope"] for row in first if row["role"] == "external_actor"} == actors
    # The municipality's own go to those who own measures.
    assert {row["role"] for row in first} == {"external_actor", "measure_owner"}
    assert len({instance.name for instance in begun}) >= len(promised)
    # What came of it stands ready when the council of the year after asks; the council says if it was kept.
    assert any(c.result for c in promised.values())
    assert {c.status for c in promised.values()} <= {"met", "partly", "not_met", "made"}


def test_a_municipality_that_has_not_adopted_the_process_follows_up_at_the_next_council_only(
    installation: Installation, tell: Tell
) -> None:
    tell(["strategiskt_rad"], date(2026, 9, 1), date(2027, 1, 31))
    with begin_system(installation) as uow:
        assert process_instances.page(uow.session, ["askersund"], key="atgard") == []


def test_what_est_decides_gets_an_owner_and_an_instance_once(installation: Installation, tell: Tell) -> None:
    rows = tell(["est_cykel", "atgard"], date(2026, 9, 1), date(2026, 11, 30), place="kommun_002")
    assert of(rows, "incident_opened") == []
    with begin_system(installation) as uow:
        decided = records.of_year(uow.session, Measure, "kommun_002", 2026)
        begun = process_instances.page(uow.session, ["kommun_002"], key="atgard", limit=200)
    assert len(begun) == len(decided) > 0
    assert {str(instance.variables["atgard_id"]) for instance in begun} == {str(m.id) for m in decided}
