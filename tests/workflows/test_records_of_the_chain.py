"""What the analysis, the departments and the plan write is kept as records that hang together by their ids."""

from datetime import date
from typing import Any

import pytest

from app.db.prevention import records
from app.db.prevention.action_plans import ActionPlan
from app.db.prevention.causes import Cause, Factor, WarningSign
from app.db.prevention.goals import Goal, Indicator
from app.db.prevention.measures import Measure
from app.db.prevention.situation_pictures import ProblemArea, SituationPicture
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Rows, Tell
from tests.workflows.timelines import of

YEAR = ["forvaltningsrapport", "strategiskt_rad", "lagesbild", "atgardsplan"]


@pytest.fixture
def played(tell: Tell) -> Rows:
    """From the autumn's reports to the plan that the board adopts in March."""
    return tell(YEAR, date(2026, 10, 1), date(2027, 4, 30))


def _of(installation: Installation, table: Any, year: int = 2027) -> list[Any]:
    with begin_system(installation) as uow:
        return records.of_year(uow.session, table, "askersund", year)


@pytest.mark.usefixtures("played")
def test_causes_factors_goals_and_indicators_belong_to_the_problem_area_they_were_found_in(
    installation: Installation,
) -> None:
    areas = {area.id: area.title for area in _of(installation, ProblemArea)}
    causes = _of(installation, Cause)
    fraud = [c for c in causes if areas[c.problem_area_id] == "Nätbedrägerier mot äldre"]
    assert [(c.title, c.perspective, c.kind, c.weight, c.influenceable, c.status) for c in fraud] == [
        ("Den uppringda känner inte igen metoden", "brottsutsatt", "direkt", "stor", True, "supported"),
        ("Få att fråga samma stund som samtalet kommer", "brottsutsatt", "indirekt", "viss", True, "hypothesis"),
    ]
    # Eight causes, each weighed where it was found and not typed again.
    assert len(causes) == 8
    assert {c.problem_area_id for c in causes} == set(areas)
    goals = {g.title: (areas[g.problem_area_id], g.due_on, g.status) for g in _of(installation, Goal)}
    assert goals["Fler känner sig trygga vid busstationen efter kl. 20"] == (
        "Otrygghet vid busstationen",
        date(2027, 12, 31),
        "open",
    )
    by_area = {i.problem_area_id for i in _of(installation, Indicator) if i.problem_area_id}
    assert by_area == set(areas)


@pytest.mark.usefixtures("played")
def test_the_problem_areas_belong_to_the_picture_that_was_adopted(installation: Installation) -> None:
    (picture,) = _of(installation, SituationPicture)
    assert {(a.situation_picture_id, a.status) for a in _of(installation, ProblemArea)} == {(picture.id, "prioritised")}


@pytest.mark.usefixtures("played")
def test_protective_factors_and_early_signs_are_the_departments_own(installation: Installation) -> None:
    autumn = {(f.department_name, f.title, f.kind, f.arena) for f in _of(installation, Factor, 2026)}
    assert ("Socialförvaltningen", "Tidigt stöd till familjen", "skydd", "familj") in autumn
    (plan,) = _of(installation, ActionPlan)
    signs = _of(installation, WarningSign)
    assert {s.action_plan_id for s in signs} == {plan.id}
    assert ("Socialförvaltningen", "Hemtjänsten", "Polisen") in {
        (s.department_name, s.activity, s.partner) for s in signs
    }


@pytest.mark.usefixtures("played")
def test_the_check_of_the_plan_ties_its_measures_to_causes_and_each_gets_an_indicator(
    installation: Installation,
) -> None:
    causes = {c.id: c.title for c in _of(installation, Cause)}
    (plan,) = _of(installation, ActionPlan)
    measures = [m for year in (2026, 2027) for m in _of(installation, Measure, year) if m.action_plan_id == plan.id]
    assert measures
    assert {causes[m.cause_id] for m in measures} == {"Platsen är mörk och skymd", "Få vuxna finns på platsen"}
    assert {m.follow_up_on for m in measures} == {date(2027, 11, 15)}
    shown_by = {i.measure_id: i.title for i in _of(installation, Indicator) if i.measure_id}
    assert shown_by == {m.id: m.indicator for m in measures}


def test_what_is_weighed_in_the_analysis_is_chosen_and_never_typed_again(played: Rows) -> None:
    weighed = [row["detail"]["title"] for row in of(played, "record_saved", "vikta")]
    assert weighed == [row["detail"]["title"] for row in of(played, "record_saved", "orsaker")
                       if row["detail"]["record"] == "cause"]  # fmt: skip
