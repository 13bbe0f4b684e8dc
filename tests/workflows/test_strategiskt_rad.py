"""Stories of the strategic council: an agenda that lacks a point, and the promises that come back a year later."""

from datetime import date

from app.db.prevention import records
from app.db.prevention.commitments import Commitment
from app.db.prevention.meetings import Meeting
from app.db.process import attachments, messages
from app.services.installation import Installation
from app.services.simulation.answers import read_book
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.timelines import ended, in_turn, of

ONE = (["strategiskt_rad"], date(2026, 10, 1), date(2027, 1, 31))


def test_an_agenda_that_lacks_a_point_comes_back_until_all_five_are_there(tell: Tell) -> None:
    points = read_book()["strategiskt_rad"]["dagordning"]["punkter"]
    rows = tell(*ONE, answers={"strategiskt_rad.dagordning": [{"punkter": points[:4]}, {"punkter": points[1:]}]})
    assert len(of(rows, "task_completed", "dagordning")) == 3
    assert in_turn(rows, "dagordning", "dagordning", "dagordning", "mote")
    assert ended(rows, "strategiskt_rad")


def test_after_the_council_its_minutes_and_promises_are_left_and_the_plan_is_told(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(*ONE)
    assert in_turn(rows, "mote", "egna_ataganden", "justera", "overenskommelse")
    with begin_system(installation) as uow:
        (meeting,) = records.of_year(uow.session, Meeting, "askersund", 2026)
        promises = records.of_year(uow.session, Commitment, "askersund", 2026)
        (told,) = messages.page(uow.session, ["askersund"], status="buffered", after=None, limit=10)
        minutes = attachments.get(uow.session, meeting.minutes_attachment)
    assert (meeting.body, meeting.held_on) == ("strategic_council", date(2026, 12, 11))
    assert meeting.minutes_approved_on is not None
    assert minutes is not None
    # Two of the municipality's own, and one of each actor but the silent church.
    assert sorted(p.actor_name or "" for p in promises) == [
        "", "", "Askersund i centrum", "Askersundsbostäder", "Näringslivsrådet", "Polisen, lokalpolisområdet",
    ]  # fmt: skip
    assert (told.name, told.correlation) == ("radet.atgarder", "2027")


def test_what_was_promised_is_followed_up_at_the_next_years_council(installation: Installation, tell: Tell) -> None:
    tell(["strategiskt_rad"], date(2026, 10, 1), date(2027, 12, 31))
    with begin_system(installation) as uow:
        promises = records.of_year(uow.session, Commitment, "askersund", 2026)
    assert {promise.status for promise in promises} == {"met", "partly"}
    assert all(promise.result for promise in promises)


def test_the_day_in_the_invitation_is_the_day_that_everything_is_counted_from(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(*ONE, answers={"strategiskt_rad.bjud_in": [{"datum": "2026-12-04"}]})
    due = {row["element"]: row["due_on"] for row in of(rows, "task_opened")}
    assert (due["mote"], due["justera"]) == ("2026-12-04", "2026-12-18")
    # The actors' own pictures are asked for by the process that the council calls: it has the same day.
    assert due["lamna_lagesbild"] == "2026-11-13"
    with begin_system(installation) as uow:
        (meeting,) = records.of_year(uow.session, Meeting, "askersund", 2026)
    assert meeting.held_on == date(2026, 12, 4)
