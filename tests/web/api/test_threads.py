"""The red thread over HTTP, walked in both directions; and what the measures of a plan lack."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.db.tables import RECORDS
from app.domain.ids import new_id
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.web.api.conftest import Caller

By = Callable[[str], Caller]


@pytest.fixture
def chain(installation: Installation) -> dict[str, Any]:
    """A picture, what came of it, and the picture of the year after that takes up how it went. Ids by kind."""
    names = "first area cause goal plan measure orphan indicator value report judged met next"
    ids: dict[str, Any] = {name: new_id() for name in names.split()}
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("situation_picture", "first", {"status": "replaced", "adopted_on": date(2025, 2, 28), "year": 2025}),
        ("situation_picture", "next", {"status": "adopted", "adopted_on": date(2026, 2, 27)}),
        ("problem_area", "area", {"title": "Otrygghet vid busstationen", "situation_picture_id": ids["first"]}),
        ("cause", "cause", {"title": "Platsen är mörk", "problem_area_id": ids["area"]}),
        ("goal", "goal", {"title": "Fler känner sig trygga", "problem_area_id": ids["area"]}),
        ("action_plan", "plan", {"status": "adopted"}),
        ("measure", "measure", {"title": "Ny belysning", "owner": "Tekniska", "cause_id": ids["cause"],
                                "action_plan_id": ids["plan"], "status": "evaluated", "indicator": "Andel trygga"}),
        ("measure", "orphan", {"title": "Fler möten", "action_plan_id": ids["plan"], "status": "decided"}),
        ("indicator", "indicator", {"title": "Andel trygga", "measure_id": ids["measure"]}),
        ("measurement", "value", {"indicator_id": ids["indicator"], "measured_on": date(2026, 1, 15), "value": 57.5}),
        ("status_report", "report", {"measure_id": ids["measure"], "reported_on": date(2025, 11, 1), "status": "done",
                                     "status_before": "ongoing"}),
        ("evaluation", "judged", {"measure_id": ids["measure"], "result": "ja", "recommendation": "behåll",
                                  "situation_picture_id": ids["next"]}),
        ("evaluation", "met", {"goal_id": ids["goal"], "result": "uppnått", "situation_picture_id": ids["next"]}),
    ]  # fmt: skip
    with begin_system(installation) as uow:
        for kind, name, values in rows:
            common = {
                "municipality_id": "askersund", "id": ids[name], "source_key": f"prov:{name}", "year": 2026,
                "extra": {}, "created_at": uow.now, "updated_at": uow.now,
            }  # fmt: skip
            uow.session.add(RECORDS[kind](**{**common, **values}))
    return {name: str(identity) for name, identity in ids.items()}


def test_a_measure_leads_back_to_the_picture_and_on_to_the_next(by: By, chain: dict[str, Any]) -> None:
    thread = by("soc.rep").get(f"/measures/{chain['measure']}/thread").json()
    back = ("situation_picture", "problem_area", "cause", "measure")
    assert [thread[step]["id"] for step in back] == [chain[name] for name in ("first", "area", "cause", "measure")]
    assert [row["id"] for row in thread["indicators"]] == [chain["indicator"]]
    assert [row["fields"]["value"] for row in thread["measurements"]] == [57.5]
    assert [row["id"] for row in thread["status_reports"]] == [chain["report"]]
    assert [row["fields"]["recommendation"] for row in thread["evaluations"]] == ["behåll"]
    assert [row["id"] for row in thread["next_situation_pictures"]] == [chain["next"]]
    assert thread["findings"] == []


def test_a_picture_leads_forward_to_how_its_measures_went(by: By, chain: dict[str, Any]) -> None:
    thread = by("soc.rep").get(f"/situation-pictures/{chain['first']}/thread").json()
    (area,) = thread["problem_areas"]
    assert [row["id"] for row in area["causes"]] == [chain["cause"]]
    assert [row["id"] for row in area["goals"]] == [chain["goal"]]
    assert [row["id"] for row in area["evaluations"]] == [chain["met"]]
    (measure,) = area["measures"]
    assert measure["measure"]["id"] == chain["measure"]
    assert measure["next_situation_pictures"][0]["id"] == chain["next"]
    assert thread["taken_up"] == []


def test_the_next_picture_leads_back_to_what_it_learnt_from(by: By, chain: dict[str, Any]) -> None:
    thread = by("soc.rep").get(f"/situation-pictures/{chain['next']}/thread").json()
    taken_up = {row["id"] for row in thread["taken_up"]}
    assert taken_up == {chain["judged"], chain["met"]}
    assert thread["problem_areas"] == []


def test_a_measure_without_cause_owner_or_follow_up_is_flagged_in_the_plan(by: By, chain: dict[str, Any]) -> None:
    found = by("soc.rep").get(f"/action-plans/{chain['plan']}/findings").json()["measures"]
    assert [row["measure"]["id"] for row in found] == [chain["orphan"]]
    assert [f["code"] for f in found[0]["findings"]] == ["no-cause", "no-owner", "no-indicator", "no-follow-up"]
    english = by("soc.rep").get(f"/measures/{chain['orphan']}/thread", headers={"Accept-Language": "en"}).json()
    assert english["findings"][1]["message"] == "Nobody is responsible for the measure."
    assert english["cause"] is None


def test_a_thread_is_internal_and_another_municipality_learns_nothing(by: By, chain: dict[str, Any]) -> None:
    assert by("polisen").get(f"/measures/{chain['measure']}/thread").status_code == 403
    assert by("nassjo.sakerhetschef").get(f"/measures/{chain['measure']}/thread").status_code == 404
    assert by("soc.rep").get(f"/situation-pictures/{chain['measure']}/thread").status_code == 404
