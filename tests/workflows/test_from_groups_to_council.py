"""Stories of what reaches the council: the groups' material, and the follow-up of the plan."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.db.prevention import documents, municipalities
from app.db.process import history, process_instances
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.timelines import in_turn, of

ASKED = {"har_styrgruppsfraga": True, "till_styrgrupp": "Belysningen kräver pengar.", "nytt_fenomen": False}


def _call_to_council(installation: Installation, place: str) -> str:
    with begin_system(installation) as uow:
        (council,) = process_instances.page(uow.session, [place], key="strategiskt_rad")
        found = [d for d in documents.of_instance(uow.session, place, council.id) if d.type == "kallelse"]
        files = documents.files_of(uow.session, found)[found[0].id]
        (page,) = [b"".join(documents.read(uow.session, f)) for f in files if f.format == "html"]
    return page.decode()


def _notes(installation: Installation, place: str, element: str) -> Sequence[Any]:
    with begin_system(installation) as uow:
        told = history.since(uow.session, place, 0, 10_000)
    return [entry.detail for entry in told if entry.element == element and entry.kind == "action_done"]


def test_what_est_hands_over_in_september_stands_in_the_council_s_papers_in_december(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(
        ["est_cykel", "strategiskt_rad"],
        date(2026, 9, 1),
        date(2026, 12, 31),
        place="kommun_002",
        answers={"est_cykel.anteckna_est": [ASKED]},
    )
    assert of(rows, "incident_opened") == []
    came = _notes(installation, "kommun_002", "notera_underlaget")
    # Each month's meeting has asked; each message waits for the council and is noted once.
    assert came
    assert all(detail["text"].startswith("Underlag till rådet har kommit från EST 2026-") for detail in came)
    assert len({detail["text"] for detail in came}) == len(came)
    page = _call_to_council(installation, "kommun_002")
    assert "Underlag från grupperna" in page
    assert "Belysningen kräver pengar." in page


def test_the_plan_is_followed_up_in_time_for_a_council_that_asks_for_it(installation: Installation, tell: Tell) -> None:
    with begin_system(installation) as uow:
        row = municipalities.get(uow.session, "askersund")
        assert row is not None
        row.profile = {**row.profile, "facts": {**row.profile["facts"], "uppfoljning_vid_radet": True}}
    rows = tell(["strategiskt_rad"], date(2026, 9, 1), date(2027, 1, 31))
    assert of(rows, "incident_opened") == []
    assert in_turn(rows, "bjud_in", "lardomar", "ta_stallning", "mote")
    with begin_system(installation) as uow:
        (followed,) = process_instances.page(uow.session, ["askersund"], key="uppfoljning")
        (council,) = process_instances.page(uow.session, ["askersund"], key="strategiskt_rad")
        written = {d.type for d in documents.of_instance(uow.session, "askersund", followed.id)}
    assert followed.parent_id == council.id
    assert written == {"uppfoljningsrapport"}
