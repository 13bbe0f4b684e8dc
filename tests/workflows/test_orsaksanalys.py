"""Stories of the cause analysis: its time box ends, or what is known does not suffice."""

from datetime import date

from app.db.process import process_instances
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.timelines import completed, day, ended, in_turn, of

PERIOD = (["lagesbild"], date(2027, 1, 1), date(2027, 3, 31))
FRAUD = "Nätbedrägerier mot äldre"


def test_an_analysis_whose_time_box_ends_is_preliminary_and_the_picture_is_adopted_in_time(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(*PERIOD, silent=frozenset({("orsaksanalys.orsaker", FRAUD)}))
    (timer,) = of(rows, "timer_fired", "tidsram_slut")
    # The box is seven working days before the last of February, that day in full.
    assert timer["at"].startswith("2027-02-18T08:00")
    assert ended(rows, "orsaksanalys")
    with begin_system(installation) as uow:
        (picture,) = process_instances.page(uow.session, ["askersund"], key="lagesbild")
    found = {entry["item"]["name"]: entry["preliminar"] for entry in picture.variables["analyser"]}
    assert found == {FRAUD: True, "Otrygghet vid busstationen": False, "Skadegörelse vid skolorna på helger": False}
    assert day(of(rows, "decision", "registrera_faststalld")[0]) <= date(2027, 2, 26)


def test_an_answer_on_the_last_day_of_the_time_box_counts(tell: Tell) -> None:
    last_minute = dict.fromkeys(("orsaksanalys.problemformulera", "orsaksanalys.orsaker", "orsaksanalys.vikta"), 0)
    rows = tell(*PERIOD, early=last_minute)
    weighed = of(rows, "task_completed", "vikta")
    assert {(row["due_on"], day(row)) for row in weighed} == {("2027-02-17", date(2027, 2, 17))}
    assert len(of(rows, "task_completed", "mal")) == 3
    assert of(rows, "timer_fired", "tidsram_slut") == []


def test_too_little_knowledge_leads_to_one_deeper_look_and_no_more(tell: Tell) -> None:
    silent = frozenset({("orsaksanalys.problemformulera", name) for name in (FRAUD, "Otrygghet vid busstationen")})
    lacking = {"kunskap_tillracklig": False}
    rows = tell(*PERIOD, silent=silent, answers={"orsaksanalys.vikta": [lacking, lacking]})
    assert in_turn(rows, "problemformulera", "orsaker", "vikta", "orsaker", "vikta", "mal")
    assert completed(rows).count("orsaker") == 2
