"""Which documents each process leaves behind, and that what everybody may read tells nothing small or internal."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from app.db.prevention import documents, municipalities
from app.db.prevention.documents import Document
from app.db.process import process_instances
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.hands import Hands
from tests.workflows.timelines import ended, in_turn, of

CALL: dict[str, Any] = {
    "motesdag": "2026-09-22", "plats": "Stadshuset", "dagordning": ["Skyddsfaktorer i skolan"], "inga_enskilda": True,
}  # fmt: skip
NOTES: dict[str, Any] = {
    "narvaro": ["Säkerhetschefen"],
    "slutsatser": "Skolan är tryggast på dagen.",
    "inga_enskilda": True,
    "har_styrgruppsfraga": False,
}


def _written(installation: Installation, process: str, place: str = "askersund") -> list[Document]:
    """What the instances of a process have left, oldest first."""
    with begin_system(installation) as uow:
        found = process_instances.page(uow.session, [place], key=process)
        left = [d for one in found for d in documents.of_instance(uow.session, place, one.id)]
    return sorted(left, key=lambda document: (document.produced_at, document.id))


def _kinds(left: Iterable[Document]) -> set[tuple[str, str, str]]:
    return {(d.type, d.confidentiality, d.status) for d in left}


def _page(installation: Installation, document: Document) -> str:
    with begin_system(installation) as uow:
        files = documents.files_of(uow.session, [document])[document.id]
        assert {file.format for file in files} == {"docx", "pdf", "html"}
        (page,) = [b"".join(documents.read(uow.session, f)) for f in files if f.format == "html"]
    return page.decode()


def test_the_progress_report_is_written_for_the_office_and_for_the_board(
    installation: Installation, tell: Tell
) -> None:
    said = {
        "lagesrapport.faststall_rapport": [{"redovisas_ks": True}],
        "lagesrapport.sammanstall_rapport": [{"sammanfattning": "Bedrägerierna mot äldre är det som ökar."}],
    }
    rows = tell(["lagesrapport"], date(2027, 4, 1), date(2027, 9, 30), place="nassjo", answers=said)
    assert of(rows, "incident_opened") == []
    internal, public = _written(installation, "lagesrapport", "nassjo")[:2]
    assert _kinds([internal, public]) == {
        ("lagesrapport", "internal", "final"),
        ("lagesrapport", "public", "final"),
    }
    assert internal.title == "Lägesrapport 2027-T1"
    for page in (_page(installation, internal), _page(installation, public)):
        assert "Anmälda brott, perioden och samma period förra året" in page
        assert "<td>Summa</td>" in page
        assert "Bedrägerierna mot äldre är det som ökar" in page
    assert "Näringsliv, medborgare och andra källor" in _page(installation, internal)
    assert "Näringsliv, medborgare och andra källor" not in _page(installation, public)


def test_the_follow_up_is_written_with_goals_and_lessons(installation: Installation, tell: Tell) -> None:
    year = ["forvaltningsrapport", "strategiskt_rad", "lagesbild", "atgardsplan", "uppfoljning"]
    assert of(tell(year, date(2026, 9, 1), date(2027, 12, 31)), "incident_opened") == []
    left = _written(installation, "uppfoljning")
    assert _kinds(left) == {("uppfoljningsrapport", c, "final") for c in ("internal", "public")}
    internal = _page(installation, next(d for d in reversed(left) if d.confidentiality == "internal"))
    assert "Det här ändrar vi i nästa plan" in internal
    assert "delvis nått" in internal
    assert "Mätvärden för" in internal


def test_each_group_that_meets_gets_a_call_and_notes_of_its_own(installation: Installation, tell: Tell) -> None:
    rows = tell(["gruppmote"], date(2027, 10, 1), date(2027, 12, 15), place="kommun_002")
    assert of(rows, "incident_opened") == []
    left = _written(installation, "gruppmote", "kommun_002")
    # In November SSPF and the rights network meet side by side.
    assert {(d.title, d.version) for d in left} == {
        ("Kallelse till SSPF", 1),
        ("Kallelse till Rättighetsnätverket", 1),
        ("Minnesanteckningar från SSPF", 1),
        ("Minnesanteckningar från Rättighetsnätverket", 1),
    }
    assert len({d.about for d in left}) == 2


def test_bob_called_by_hand_leaves_its_call_and_notes(installation: Installation) -> None:
    hands = Hands(installation)
    hands.start("gruppmote", "group_chair")
    with begin_system(installation) as uow:
        (bob,) = [b.id for b in municipalities.bodies(uow.session, "askersund", uow.today) if b.name == "BOB"]
    hands.answer("valj_grupp", {"grupp": str(bob), "gruppens_motesdag": "2026-09-22"})
    hands.answer("kalla_grupp", CALL)
    for task in hands.open("lamna_gruppunderlag"):
        hands.answer("lamna_gruppunderlag", {"inget_nytt": True, "inga_enskilda": True}, whose=task.scope_name)
    hands.answer("anteckna_grupp", NOTES)
    call, notes = _written(installation, "gruppmote")
    assert (call.title, notes.title) == ("Kallelse till BOB", "Minnesanteckningar från BOB")
    assert "Skyddsfaktorer i skolan" in _page(installation, call)
    assert NOTES["slutsatser"] in _page(installation, notes)


def test_est_leaves_a_call_and_notes_with_the_local_picture(installation: Installation, tell: Tell) -> None:
    rows = tell(["est_cykel"], date(2026, 9, 1), date(2026, 11, 30), place="kommun_002")
    assert of(rows, "incident_opened") == []
    left = _written(installation, "est_cykel", "kommun_002")
    assert {"Kallelse till EST", "Minnesanteckningar från EST"} == {d.title for d in left}
    notes = [_page(installation, d) for d in left if d.type == "minnesanteckningar"]
    assert "Läget just nu" in notes[0]
    assert "Åtgärder från tidigare möten" in notes[1]


def test_the_wheel_of_next_year_is_written_in_september(installation: Installation, tell: Tell) -> None:
    rows = tell(["verksamhetsar", "lagesrapport", "strategiskt_rad"], date(2026, 9, 1), date(2026, 10, 31))
    assert of(rows, "incident_opened") == []
    (wheel,) = _written(installation, "verksamhetsar")
    assert (wheel.type, wheel.confidentiality, wheel.year) == ("arshjul", "public", 2027)
    page = _page(installation, wheel)
    assert "Strategiskt råd" in page
    assert "onsdag 31 mars 2027" in page or "31 mars 2027" in page


def test_the_public_picture_goes_out_through_the_privacy_review_and_is_published(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(["lagesbild"], date(2027, 1, 1), date(2027, 5, 31))
    assert of(rows, "incident_opened") == []
    assert in_turn(rows, "granska_personuppgifter", "faststall", "prova_sekretess", "publicera_dokument")
    assert ended(rows, "lagesbild")
    left = _written(installation, "lagesbild")
    assert _kinds(left) == {("lagesbild", "internal", "final"), ("lagesbild", "public", "published")}


def test_a_picture_that_must_not_go_out_is_registered_and_stays_unpublished(
    installation: Installation, tell: Tell
) -> None:
    secret = {"publicering.prova_sekretess": [{"sekretess": "helt", "lagrum": "18 kap. 1 § OSL"}]}
    rows = tell(["lagesbild"], date(2027, 1, 1), date(2027, 5, 31), answers=secret)
    assert of(rows, "task_completed", "diariefor_dokument")
    assert not of(rows, "task_opened", "publicera_dokument")
    assert ("lagesbild", "public", "final") in _kinds(_written(installation, "lagesbild"))


def test_the_board_sees_the_picture_of_the_third_tertial_before_it_goes_out(
    installation: Installation, tell: Tell
) -> None:
    to_board = {"lagesrapport.faststall_rapport": [{"redovisas_ks": True}]}
    rows = tell(["lagesrapport"], date(2026, 12, 20), date(2027, 7, 31), place="nassjo", answers=to_board)
    assert of(rows, "incident_opened") == []
    assert in_turn(rows, "faststall", "utfall", "prova_sekretess", "publicera_dokument")
    assert ("lagesbild", "public", "published") in _kinds(_written(installation, "lagesbild", "nassjo"))
