"""Stories of the situation picture: sent back by the approver, stopped by the reviewer, and what is left at the end."""

from datetime import date

from app.db.prevention import municipalities, records
from app.db.prevention.situation_pictures import ProblemArea, SituationPicture
from app.db.process import messages
from app.domain.calendar_changes import AdoptProcess
from app.services.installation import Installation
from app.services.prevention import calendar_changes
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.timelines import completed, day, ended, in_turn, of

PERIOD = (["lagesbild"], date(2027, 1, 1), date(2027, 4, 30))


def test_a_picture_sent_back_is_reworked_without_doing_the_analysis_again(
    installation: Installation, tell: Tell
) -> None:
    better = "Skadegörelsen sker på skolgårdens norra sida, fredag till söndag."
    rows = tell(
        *PERIOD,
        answers={
            "lagesbild.faststall": [{"beslut": "åter"}],
            "lagesbild.kartlaggning": [{}, {"brottslighet": better}],
        },
    )
    assert in_turn(rows, "faststall", "kartlaggning", "granska_personuppgifter", "faststall")
    assert completed(rows).count("prioritera") == completed(rows).count("atgardslage") == 1
    assert len(of(rows, "decision", "registrera_faststalld")) == 1
    with begin_system(installation) as uow:
        (picture,) = records.of_year(uow.session, SituationPicture, "askersund", 2027)
    assert (picture.status, picture.crime) == ("adopted", better)


def test_a_picture_with_personal_data_never_reaches_the_approver(tell: Tell) -> None:
    rows = tell(
        *PERIOD,
        answers={
            "lagesbild.granska_personuppgifter": [
                {"inga_individer": False, "atgard": "Ta bort beskrivningen i andra stycket."}
            ]
        },
    )
    assert in_turn(rows, "granska_personuppgifter", "kartlaggning", "granska_personuppgifter", "faststall")
    assert completed(rows).count("faststall") == 1


def test_an_unfinished_analysis_goes_back_to_the_choice_of_problems(installation: Installation, tell: Tell) -> None:
    one = {"namn": "Buskörning vid hamnen", "beskrivning": "Sommarkvällar.", "ordning": 1, "varfor": "Många klagar."}
    rows = tell(
        *PERIOD,
        answers={
            "lagesbild.atgardslage": [{"analys_klar": False}],
            "lagesbild.prioritera": [{}, {"problemomraden": [one]}],
        },
    )
    assert in_turn(rows, "prioritera", "atgardslage", "prioritera", "atgardslage", "faststall")
    assert ended(rows, "orsaksanalys")
    with begin_system(installation) as uow:
        areas = records.of_year(uow.session, ProblemArea, "askersund", 2027)
    # The second choice replaces the first: what it left out is withdrawn.
    assert [area.title for area in areas] == ["Buskörning vid hamnen"]


def test_an_adopted_picture_is_dated_as_the_approver_dated_it_and_the_plan_is_told(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(*PERIOD, answers={"lagesbild.faststall": [{"datum": "2027-02-19"}]})
    with begin_system(installation) as uow:
        (picture,) = records.of_year(uow.session, SituationPicture, "askersund", 2027)
        sent = messages.page(uow.session, ["askersund"], status="buffered", after=None, limit=10)
    assert picture.adopted_on == date(2027, 2, 19)
    assert day(of(rows, "task_completed", "faststall")[0]) > date(2027, 2, 19)
    assert [(m.name, m.correlation) for m in sent] == [("lagesbild.faststalld", "2027")]


def test_the_picture_of_002_comes_every_second_year_when_its_suggestion_is_taken(
    installation: Installation, tell: Tell
) -> None:
    with begin_system(installation) as uow:
        row = municipalities.get(uow.session, "kommun_002")
        assert row is not None
        said = row.profile["suggestions"]["lagesbild"]
        calendar_changes.carry_out(
            uow, "kommun_002", [AdoptProcess("lagesbild", said["start"], said["anchor"])], "Styrgruppens beslut"
        )
    rows = tell(["lagesbild"], date(2027, 1, 2), date(2029, 3, 10), place="kommun_002")
    adopted = of(rows, "task_completed", "faststall")
    assert [row["at"][:7] for row in adopted] == ["2027-02", "2029-02"]
    with begin_system(installation) as uow:
        pictures = records.of_year(uow.session, SituationPicture, "kommun_002", 2027)
    assert [picture.status for picture in pictures] == ["replaced"]
    assert of(rows, "incident_opened") == []
