"""Stories of a new phenomenon: judged, told to those concerned, and a section of the next situation picture."""

from datetime import date
from typing import Any

import pytest

from app.db.prevention import records
from app.db.prevention.incident_reports import Flag
from app.db.process import process_instances, submissions
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.hands import Hands
from tests.workflows.timelines import completed, ended, of

JUDGED: dict[str, Any] = {
    "rubrik": "Samtal med förinspelad röst",
    "beskrivning": "Äldre blir uppringda av en inspelad röst på vardagar före lunch.",
    "tillforlitlighet": "flera källor",
    "spridning": "kommunövergripande",
    "beslut": "bevaka",
}
FROM_AUTUMN = "höstrapport 2026 Socialförvaltningen"


@pytest.fixture
def hands(installation: Installation) -> Hands:
    return Hands(installation)


def _flags(installation: Installation) -> list[Flag]:
    with begin_system(installation) as uow:
        return [flag for year in (2026, 2027) for flag in records.of_year(uow.session, Flag, "askersund", year)]


def _sections(installation: Installation, year: int) -> list[list[dict[str, Any]]]:
    """The flags as the year's picture had them, in each of its rounds."""
    with begin_system(installation) as uow:
        found = process_instances.page(uow.session, ["askersund"], key="lagesbild", limit=10)
        (picture,) = [instance for instance in found if instance.year == year]
        sent = submissions.of_instance(uow.session, "askersund", picture.id)
    return [s.data["flaggor"] for s in sent if s.form_key == "atgardslage"]


def test_every_department_is_told_and_a_silent_one_stops_nobody(
    installation: Installation, hands: Hands, send: Any
) -> None:
    send("nytt_fenomen", FROM_AUTUMN)
    hands.settle()
    hands.answer("bedom_fenomen", {**JUDGED, "beslut": "informera"})
    asked = [task.scope_name for task in hands.open("ta_del_av_fenomen")]
    assert asked == ["Barn och Utbildningsförvaltningen", "Folkhälsoteamet", "Socialförvaltningen"]
    hands.answer("ta_del_av_fenomen", {"tagit_del": True}, whose="Socialförvaltningen")
    (flag,) = _flags(installation)
    assert (flag.title, flag.decision, flag.status) == (JUDGED["rubrik"], "informera", "open")


def test_what_is_nothing_new_is_dismissed_and_asks_nobody(installation: Installation, hands: Hands, send: Any) -> None:
    send("nytt_fenomen", FROM_AUTUMN)
    hands.settle()
    hands.answer("bedom_fenomen", {**JUDGED, "beslut": "avskriv"})
    assert hands.open() == []
    assert [flag.status for flag in _flags(installation)] == ["dismissed"]


def test_what_a_department_flags_in_november_is_a_section_of_februarys_picture(
    installation: Installation, tell: Tell
) -> None:
    rows = tell(
        ["forvaltningsrapport", "lagesbild"],
        date(2026, 10, 1),
        date(2027, 3, 31),
        answers={"nytt_fenomen.bedom_fenomen": [JUDGED], "lagesbild.atgardslage": [{"flaggor": []}]},
    )
    assert ended(rows, "nytt_fenomen")
    assert "bedom_fenomen" in completed(rows)
    (flag,) = _flags(installation)
    assert flag.title == JUDGED["rubrik"]
    (picture,) = of(rows, "task_completed", "atgardslage")
    assert picture["at"] > of(rows, "task_completed", "bedom_fenomen")[0]["at"]
    (answer,) = _sections(installation, 2027)
    # It stood there from the start, with its id and its source, and was not typed again.
    assert [(row["id"], row["fenomen"]) for row in answer] == [(str(flag.id), JUDGED["rubrik"])]


def test_a_flag_that_a_picture_has_had_does_not_come_again(installation: Installation, tell: Tell) -> None:
    tell(["forvaltningsrapport", "lagesbild"], date(2026, 10, 1), date(2028, 3, 15))
    first, second = (_sections(installation, year)[-1] for year in (2027, 2028))
    assert {row.get("id") for row in first} & {row.get("id") for row in second} <= {None}
    assert {flag.year for flag in _flags(installation)} == {2026, 2027}
