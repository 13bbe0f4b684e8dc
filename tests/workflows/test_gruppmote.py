"""Stories of the groups that meet: SSPF and the rights network of seed 002, and Askersund's BOB, by hand."""

from datetime import date
from typing import Any

import pytest

from app.db.prevention import municipalities, records
from app.db.prevention.measures import Measure
from app.db.prevention.meetings import Meeting
from app.domain.errors import InvalidSubmission
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.hands import Hands
from tests.workflows.timelines import of

CALL: dict[str, Any] = {
    "motesdag": "2026-09-22", "plats": "Stadshuset", "dagordning": ["Skyddsfaktorer i skolan"], "inga_enskilda": True,
}  # fmt: skip


def test_sspf_and_the_rights_network_meet_four_times_a_year_each(installation: Installation, tell: Tell) -> None:
    rows = tell(["gruppmote"], date(2026, 12, 20), date(2027, 12, 15), place="kommun_002")
    called = of(rows, "task_completed", "kalla_grupp")
    by_group = {
        group: [row["at"][:7] for row in called if row["scope"] == group] for group in {r["scope"] for r in called}
    }
    assert set(by_group) == {"SSPF", "Rättighetsnätverket"}
    assert {group: len(months) for group, months in by_group.items()} == {"SSPF": 4, "Rättighetsnätverket": 4}
    # In November both meet, side by side: each has a meeting of its own.
    with begin_system(installation) as uow:
        meetings = records.of_year(uow.session, Meeting, "kommun_002", 2027)
    assert sorted(m.body for m in meetings) == ["Rättighetsnätverket"] * 4 + ["SSPF"] * 4
    assert all(m.agenda and m.attendance and m.minutes for m in meetings)
    assert {row["scope"] for row in of(rows, "task_opened", "lamna_gruppunderlag")} >= {
        "Rektorer",
        "Bygglovshandläggare",
    }
    assert of(rows, "incident_opened") == []


def test_bob_is_called_by_hand_and_refuses_what_concerns_one_person(installation: Installation) -> None:
    hands = Hands(installation)
    hands.start("gruppmote", "group_chair")
    with begin_system(installation) as uow:
        (bob,) = [b.id for b in municipalities.bodies(uow.session, "askersund", uow.today) if b.name == "BOB"]
    hands.answer("valj_grupp", {"grupp": str(bob), "gruppens_motesdag": "2026-09-22"})
    with pytest.raises(InvalidSubmission) as refused:
        hands.answer("kalla_grupp", {**CALL, "inga_enskilda": False})
    assert "socialtjänstens eller skolans system" in refused.value.errors[0].sv
    hands.answer("kalla_grupp", CALL)
    seats = hands.open("lamna_gruppunderlag")
    assert [task.scope_name for task in seats] == ["Kommundirektören", "Kommunstyrelsens ordförande", "Säkerhetschefen"]
    with pytest.raises(InvalidSubmission) as refused:
        hands.answer("lamna_gruppunderlag", {"inget_nytt": False, "inga_enskilda": False}, whose="Kommundirektören")
    assert "socialtjänstens eller skolans system" in refused.value.errors[0].sv
    for task in seats:
        hands.answer("lamna_gruppunderlag", {"inget_nytt": True, "inga_enskilda": True}, whose=task.scope_name)
    notes = {
        "narvaro": ["Säkerhetschefen, kommunen"], "slutsatser": "Skolan är tryggast på dagen.", "inga_enskilda": True,
        "har_styrgruppsfraga": False,
        "uppdrag": [
            {"atgard": "Öppet hus på kvällen", "orsak": "Få mötesplatser", "agare": "Fritid",
             "klar_senast": "2026-12-01"},
        ],
    }  # fmt: skip
    hands.answer("anteckna_grupp", notes)
    with begin_system(installation) as uow:
        (meeting,) = records.of_year(uow.session, Meeting, "askersund", 2026)
        (measure,) = records.of_year(uow.session, Measure, "askersund", 2026)
    assert (meeting.body, meeting.held_on, meeting.minutes) == ("BOB", date(2026, 9, 22), notes["slutsatser"])
    assert measure.status == "decided"
    # What the group asked for is a case of its own, and waits for whoever shall do it.
    assert [task.element_id for task in hands.open()] == ["bekrafta"]


def test_the_ombudsmen_of_a_project_meet_when_called_and_leave_their_notes(installation: Installation) -> None:
    """The guideline of 002 says that the group is run as a project, and not how often it meets."""
    hands = Hands(installation, "kommun_002")
    hands.start("gruppmote", "group_chair")
    with begin_system(installation) as uow:
        bodies = municipalities.bodies(uow.session, "kommun_002", uow.today)
        (group,) = [body.id for body in bodies if body.name == "Ombudsgruppen En kommun fri från våld"]
    hands.answer("valj_grupp", {"grupp": str(group), "gruppens_motesdag": "2026-10-06"})
    call = {**CALL, "motesdag": "2026-10-06", "dagordning": ["Återkoppling till personalgrupperna"]}
    hands.answer("kalla_grupp", call)
    seats = [task.scope_name for task in hands.open("lamna_gruppunderlag")]
    assert seats == ["Badmästare Sportcenter", "Folkhälsostrateg", "Fritidspedagog fritidsgården"]
    for seat in seats:
        hands.answer("lamna_gruppunderlag", {"inget_nytt": True, "inga_enskilda": True}, whose=seat)
    notes = {
        "narvaro": ["Projektledaren, kommunen", "Folkhälsostrategen, kommunen"],
        "slutsatser": "Arbetsplatserna har fått sin utbildning.",
        "inga_enskilda": True,
        "har_styrgruppsfraga": False,
    }
    hands.answer("anteckna_grupp", notes)
    with begin_system(installation) as uow:
        (meeting,) = records.of_year(uow.session, Meeting, "kommun_002", 2026)
    assert (meeting.body, meeting.held_on) == ("Ombudsgruppen En kommun fri från våld", date(2026, 10, 6))
    assert meeting.minutes == notes["slutsatser"]
    assert hands.open() == []
