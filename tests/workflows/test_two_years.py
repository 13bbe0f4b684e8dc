"""Two years, September 2026 to August 2028, played from the shipped profiles: what came round, and what it left behind.

What a profile leaves open is taken as it suggests. `make test` plays Sävsjö, whose plan is the oldest and decides the
least, `make thorough` all four municipalities.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from app.db.embedded import EmbeddedPostgres
from app.db.prevention import evaluations, goals, records
from app.db.prevention.action_plans import ActionPlan
from app.db.prevention.causes import Cause
from app.db.prevention.commitments import Commitment
from app.db.prevention.measures import Measure
from app.db.prevention.situation_pictures import ProblemArea, SituationPicture
from app.db.process import incidents, user_tasks
from app.db.scratch import open_scratch
from app.domain.clock import SetClock
from app.domain.example_meetings import carry_on
from app.domain.profiles import read_profile
from app.domain.suggestions import follow
from app.services import demonstration
from app.services.facts import organisation
from app.services.installation import Installation
from app.services.process.deployments import read_folders
from app.services.schedules import planned
from app.services.simulation.scripts import script_of
from app.services.simulations import simulate
from app.services.unit_of_work import begin_system
from tests.workflows.timelines import Rows, day, of

ROOT = Path(__file__).resolve().parents[2]
FIRST, LAST = date(2026, 9, 1), date(2028, 8, 31)
START = datetime(2026, 9, 1, tzinfo=UTC)
PLACES = ("askersund", "kommun_002", "nassjo", "savsjo") if os.environ.get("TRYGGHET_THOROUGH") else ("savsjo",)

pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True)
class Years:
    """Two years that have been played: the municipality, the timeline, and the installation as it was left."""

    place: str
    rows: Rows
    installation: Installation

    def of_year(self, table: Any, year: int) -> list[Any]:
        """The records of a kind and a year."""
        with begin_system(self.installation) as uow:
            return records.of_year(uow.session, table, self.place, year)

    @property
    def pictured(self) -> tuple[int, ...]:
        """The years that have a picture: every year, or every second as the riktlinje has it."""
        return (2027,) if self.place == "kommun_002" else (2027, 2028)

    @property
    def is_the_groups(self) -> bool:
        """Whether the working group decides the plan, on its own days and without waiting for the picture."""
        with begin_system(self.installation) as uow:
            facts = organisation(uow, self.place).profile.get("facts", {})
        return bool(facts.get("beslutsniva") == "arbetsgrupp")

    def picture(self, year: int) -> SituationPicture:
        """The situation picture of the year, the short ones of groups and quarters aside."""
        pictures: list[SituationPicture] = self.of_year(SituationPicture, year)
        (found,) = [picture for picture in pictures if picture.kind == "yearly"]
        return found


@pytest.fixture(scope="module", params=PLACES)
def years(request: pytest.FixtureRequest, server: EmbeddedPostgres) -> Iterator[Years]:
    with open_scratch(server) as database:
        installation = Installation(database, SetClock(START))
        shipped = [read_profile(path.read_bytes()) for path in sorted((ROOT / "municipalities").glob("*.toml"))]
        profiles = [follow(carry_on(profile, FIRST, LAST)) for profile in shipped]
        demonstration.furnish(installation, profiles, read_folders(ROOT / "workflows"))
        demonstration.demonstration_logins(installation)
        begun = perf_counter()
        rows = simulate(installation, request.param, FIRST, LAST, lambda _: None)
        print(f"{request.param}: {len(rows)} rows in {perf_counter() - begun:.1f} s")  # noqa: T201  a figure to report
        yield Years(request.param, rows, installation)


def test_everything_adopted_came_round_as_often_as_its_rule_says(years: Years) -> None:
    with begin_system(years.installation) as uow:
        found = planned(uow, years.place, FIRST, LAST)
        profile = organisation(uow, years.place).profile
    assert {entry.status for entry in found} == {"started"}
    begun = Counter(row["process"] for row in of(years.rows, "instance_started"))
    by_rule = Counter(entry.occurrence.key for entry in found)
    assert by_rule["strategiskt_rad"] >= 2
    assert {key: count for key, count in by_rule.items() if begun[key] < count} == {}
    by_hand = Counter(start.process for start in script_of(years.place).starts if start.process in profile["processes"])
    assert {key: count for key, count in by_hand.items() if begun[key] < 2 * count} == {}
    # What nobody starts by hand and no rule starts is called, or begun by a message.
    unused = set(profile["processes"]) - set(begun)
    assert unused <= {"nytt_fenomen", "publicering"}, unused


def test_nothing_stopped_and_nobody_was_asked_for_what_they_could_not_answer(years: Years) -> None:
    assert of(years.rows, "incident_opened") == []
    with begin_system(years.installation) as uow:
        assert incidents.count_open(uow.session) == 0
        waiting = user_tasks.in_municipalities(uow.session, [years.place])
    assert [task.name for task in waiting if task.due_on < LAST] == []


def test_some_are_late_some_have_nothing_new_and_once_the_plan_is_sent_back(years: Years) -> None:
    late = [row for row in of(years.rows, "task_completed") if row["at"][:10] > row["due_on"]]
    silent = [row for row in of(years.rows, "timer_fired") if row["detail"].get("outcome") == "no_answer"]
    decisions = [row["detail"]["status"] for row in of(years.rows, "decision", "beslut") if "status" in row["detail"]]
    assert silent
    assert len(late) < len(of(years.rows, "task_completed")) / 20
    if years.place in {"askersund", "nassjo"}:
        assert len(of(years.rows, "task_completed", "beslut")) == 3, decisions
        assert late


def test_the_chain_can_be_walked_from_one_picture_to_the_next(years: Years) -> None:
    first, *later = [years.picture(year) for year in years.pictured]
    assert [first.status, *(picture.status for picture in later)] in (["adopted"], ["replaced", "adopted"])
    areas = {area.id: area for area in years.of_year(ProblemArea, 2027) if area.situation_picture_id == first.id}
    causes = {cause.id: cause for cause in years.of_year(Cause, 2027) if cause.problem_area_id in areas}
    assert {cause.problem_area_id for cause in causes.values()} == set(areas)
    if years.is_the_groups:
        # What it plans is begun before the year's picture is adopted, and looks back at the one before.
        assert years.of_year(ActionPlan, 2028)[0].situation_picture_id == first.id
        return
    (plan,) = years.of_year(ActionPlan, 2027)
    assert plan.situation_picture_id == first.id
    measures = [m for y in (2026, 2027) for m in years.of_year(Measure, y) if m.cause_id in causes]
    assert measures
    ids = [measure.id for measure in measures]
    with begin_system(years.installation) as uow:
        indicators = goals.indicators_of(uow.session, years.place, measure_ids=ids)
        judged = evaluations.of(uow.session, years.place, measure_ids=ids)
        taken_up = [{e.id for e in evaluations.taken_up(uow.session, years.place, picture.id)} for picture in later]
    assert {indicator.measure_id for indicator in indicators} == set(ids)
    assert judged
    # The second picture follows up the measures of the first.
    assert all({e.id for e in judged} & found for found in taken_up)


def test_two_problems_go_on_to_the_second_picture_and_one_is_new(years: Years) -> None:
    titles = [
        {a.title for a in years.of_year(ProblemArea, y) if a.situation_picture_id == years.picture(y).id}
        for y in years.pictured
    ]
    assert {len(found) for found in titles} == {3}
    assert [len(before & after) for before, after in pairwise(titles)] == [2] * (len(titles) - 1)


def test_each_plan_is_decided_by_the_board_on_a_day_that_it_meets_or_by_the_working_group(years: Years) -> None:
    with begin_system(years.installation) as uow:
        met = {m.on for m in organisation(uow, years.place).plan.meetings if m.organ == "KS"}
    for year in years.pictured:
        (plan,) = years.of_year(ActionPlan, year)
        assert plan.status in {"adopted", "revised", "replaced", "expired"}
        if not years.is_the_groups:
            assert plan.decided_on in met
            assert plan.situation_picture_id == years.picture(year).id


def test_what_was_promised_is_followed_up_by_the_next_council_and_not_everything_was_kept(years: Years) -> None:
    (first, *_rest) = sorted(day(row) for row in of(years.rows, "task_completed", "mote"))
    promised = years.of_year(Commitment, first.year)
    assert promised
    outcomes = {commitment.status for commitment in promised}
    assert "met" in outcomes
    assert outcomes & {"partly", "not_met"}
    assert outcomes <= {"met", "partly", "not_met"}
    assert all(commitment.result for commitment in promised)


def test_the_years_leave_their_documents(years: Years) -> None:
    made = Counter(row["detail"]["type"] for row in of(years.rows, "document_produced"))
    assert made["lagesbild"] >= 2 * len(years.pictured)
    assert made["atgardsplan"] >= 2 * len(years.pictured)
    assert made["protokoll"] >= 2
    assert made["tjansteskrivelse"] >= 2
    assert made["kallelse"] >= 2


def test_the_years_are_not_told_in_the_same_words(years: Years) -> None:
    first, second = years.picture(years.pictured[0]), years.picture(years.pictured[-1])
    if first.id == second.id:
        assert first.crime
        return
    for column in ("crime", "extent", "consequences", "other_information", "analysis"):
        assert getattr(first, column) != getattr(second, column), column
