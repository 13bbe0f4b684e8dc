"""The four municipalities as their plans have them: what is adopted, what is suggested, what is warned of."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.domain import calendar_rules
from app.domain.profiles import read_profile
from app.domain.roles import ROLES
from app.services.installation import Installation
from app.services.schedules import gaps
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.timelines import of

ROOT = Path(__file__).parents[2]
PROFILES = sorted((ROOT / "municipalities").glob("*.toml"))


@pytest.fixture(params=PROFILES, ids=lambda path: path.stem)
def profile(request: pytest.FixtureRequest) -> dict[str, Any]:
    raw = Path(request.param).read_bytes()
    assert read_profile(raw).id == Path(request.param).stem
    return tomllib.loads(raw.decode())


def test_what_is_adopted_exists_and_its_seed_is_kept(profile: dict[str, Any]) -> None:
    known = {path.parent.name for path in (ROOT / "workflows").glob("*/process.bpmn")}
    assert profile["processes"]
    assert set(profile["processes"]) <= known
    assert any((ROOT / "workflows" / "seeds" / name).is_file() for name in profile["seed"])
    assert set(profile["roles"]) <= set(ROLES)


def test_every_rule_of_a_profile_is_one(profile: dict[str, Any]) -> None:
    for rules in profile.get("calendar", {}).values():
        assert calendar_rules.parse(rules["start"], is_start=True).in_swedish()
        assert calendar_rules.parse(rules["anchor"]).in_swedish()


def test_what_the_plan_does_not_say_is_left_open_with_a_suggestion_and_why(profile: dict[str, Any]) -> None:
    suggested = profile.get("suggestions", {})
    assert set(profile.get("undecided", ())) <= set(suggested)
    for name, suggestion in suggested.items():
        assert suggestion["why"].endswith("."), name
        for rule in ("start", "anchor"):
            if rule in suggestion:
                calendar_rules.parse(suggestion[rule], is_start=rule == "start")
    # What is only suggested binds nobody.
    assert not {name for name in profile.get("undecided", ()) if name in profile.get("calendar", {})}


def test_a_group_with_seats_is_a_body(profile: dict[str, Any]) -> None:
    bodies = {body["name"] for body in profile.get("bodies", ())}
    assert set(profile.get("groups", {})) <= bodies
    for group in profile.get("groups", {}).values():
        assert len(set(group["members"])) == len(group["members"]) > 0


def test_nothing_that_is_scheduled_lacks_its_meeting(installation: Installation) -> None:
    for path in PROFILES:
        with begin_system(installation) as uow:
            assert gaps(uow, path.stem, [2027]) == [], path.stem


def test_savsjo_is_told_that_its_plan_has_run_out_and_is_older_than_the_law() -> None:
    savsjo = tomllib.loads((ROOT / "municipalities" / "savsjo.toml").read_text(encoding="utf-8"))
    assert "2020–2023" in savsjo["warning"]
    assert "har gått ut" in savsjo["warning"]
    assert "äldre än lag (2023:196)" in savsjo["warning"]
    assert {"lagesbild", "atgardsplan", "strategiskt_rad", "kf_rapport"} <= set(savsjo["undecided"])


def test_savsjo_renews_its_promise_every_second_year_and_its_agreement_every_fourth(tell: Tell) -> None:
    rows = tell(
        ["samverkansoverenskommelse", "medborgarlofte"], date(2027, 6, 1), date(2027, 8, 31), place="savsjo",
        silent=frozenset({("samverkansoverenskommelse.bedom_behov", ""), ("medborgarlofte.planera_lofte", "")}),
    )  # fmt: skip
    begun = [(row["process"], row["at"][:10]) for row in of(rows, "instance_started")]
    assert begun == [("samverkansoverenskommelse", "2027-06-30"), ("medborgarlofte", "2027-07-30")]
