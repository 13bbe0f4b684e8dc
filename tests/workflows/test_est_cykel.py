"""Stories of EST in the municipality of seed 002: a meeting a month but in summer and December, each with a picture."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.db.prevention import records, situation_pictures
from app.db.prevention.data_series import DataSeries, Observation
from app.db.prevention.incident_reports import IncidentReport
from app.db.prevention.measures import Measure
from app.db.prevention.meetings import Meeting
from app.db.prevention.situation_pictures import ProblemArea, SituationPicture
from app.db.prevention.status_reports import StatusReport
from app.db.process import process_instances, user_tasks
from app.db.process.messages import Message
from app.domain.errors import InvalidSubmission
from app.domain.roles import role_within
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Rows, Tell
from tests.workflows.hands import Hands
from tests.workflows.timelines import day, ended, in_turn, of

PLACE = "kommun_002"
LIGHT: Mapping[str, Any] = {
    "orsak": "Platsen är mörk sedan lamporna gick sönder.",
    "atgarder": [
        {
            "atgard": "Laga lamporna vid busstationen", "orsak": "Mörk plats", "typ": "situationell",
            "agare": "Gatuenheten", "klar_senast": "2026-11-15", "indikator": "Antal händelser efter kl. 20",
        }
    ],
}  # fmt: skip
DARK: Mapping[str, Any] = {"problem": [{"namn": "Skadegörelse vid busstationen", "plats": "Busstationen"}]}
NEWS: Mapping[str, Any] = {
    "inget_nytt": False,
    "iakttagelser": [
        {"kategori": "skadegörelse", "plats": "Busstationen", "beskrivning": "Lamporna sönder två helger i rad."}
    ],
}
CALM: Mapping[str, Any] = {"har_styrgruppsfraga": False, "nytt_fenomen": False}


def _kept(installation: Installation, table: Any, year: int = 2026) -> list[Any]:
    with begin_system(installation) as uow:
        return records.of_year(uow.session, table, PLACE, year)


def _play(tell: Tell, to_on: date, answers: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> Rows:
    usual = {
        "est_cykel.lokal_lagesbild": [DARK],
        "est_cykel.enkel_orsaksutredning": [LIGHT],
        "est_cykel.anteckna_est": [CALM],
    }
    return tell(["est_cykel"], date(2026, 9, 1), to_on, place=PLACE, answers={**usual, **(answers or {})})


def test_est_meets_every_month_but_july_and_december(tell: Tell) -> None:
    rows = _play(tell, date(2027, 8, 31))
    months = [row["at"][:7] for row in of(rows, "instance_started") if row["process"] == "est_cykel"]
    assert months == [
        "2026-09", "2026-10", "2026-11", "2027-01", "2027-02", "2027-03", "2027-04", "2027-05", "2027-06", "2027-08",
    ]  # fmt: skip
    assert of(rows, "incident_opened") == []


def test_every_seat_is_asked_and_a_silent_one_does_not_stop_the_meeting(tell: Tell) -> None:
    silent = frozenset({("est_cykel.lamna_underlag", "Bostadsbolaget")})
    rows = tell(
        ["est_cykel"], date(2026, 9, 1), date(2026, 9, 30), place=PLACE, silent=silent,
        answers={"est_cykel.anteckna_est": [CALM]},
    )  # fmt: skip
    asked = of(rows, "task_opened", "lamna_underlag")
    assert {(row["scope"], row["role"]) for row in asked} == {
        ("Folkhälsostrateg", "est_member"),
        ("Räddningstjänsten", "external_actor"),
        ("Bostadsbolaget", "external_actor"),
        ("Näringslivets representant", "external_actor"),
    }
    assert [row["scope"] for row in of(rows, "timer_fired", "lamna_underlag")] == ["Bostadsbolaget"]
    assert in_turn(rows, "kalla_till_est", "folj_upp_est", "lokal_lagesbild", "anteckna_est")
    assert ended(rows, "est_cykel")
    # The chair writes the picture on the day of the meeting at the latest.
    (picture,) = of(rows, "task_completed", "lokal_lagesbild")
    assert day(picture) <= date(2026, 9, 21)


def test_a_meeting_leaves_a_picture_figures_observations_and_decided_measures(
    installation: Installation, tell: Tell
) -> None:
    _play(tell, date(2026, 9, 30), {"est_cykel.lamna_underlag": [NEWS]})
    (picture,) = _kept(installation, SituationPicture)
    assert (picture.kind, picture.status) == ("short", "noted")
    assert picture.summary
    (problem,) = _kept(installation, ProblemArea)
    assert (problem.title, problem.situation_picture_id) == ("Skadegörelse vid busstationen", picture.id)
    (measure,) = _kept(installation, Measure)
    assert (measure.status, measure.cause) == ("decided", "Mörk plats")
    assert "Lamporna sönder två helger i rad." in {r.description for r in _kept(installation, IncidentReport)}
    (series,), figures = _kept(installation, DataSeries), _kept(installation, Observation)
    assert (series.title, series.source, series.preliminary) == ("EST 2026-09", "Polisen", True)
    assert {figure.submission_id for figure in figures} == {series.submission_id}
    (meeting,) = _kept(installation, Meeting)
    assert meeting.body == "EST"
    assert all((meeting.held_on, meeting.agenda, meeting.attendance, meeting.minutes))


def test_the_short_picture_never_takes_the_place_of_the_one_in_force(installation: Installation, tell: Tell) -> None:
    _play(tell, date(2026, 9, 30))
    with begin_system(installation) as uow:
        assert situation_pictures.latest_adopted(uow.session, PLACE) is None


def test_what_was_decided_is_followed_up_at_the_next_meeting_until_it_is_done(
    installation: Installation, tell: Tell
) -> None:
    done: Mapping[str, Any] = {"uppfoljda": [{"status": "genomförd", "resultat": "Lamporna lyser igen."}]}
    rows = _play(tell, date(2026, 11, 30), {"est_cykel.folj_upp_est": [done]})
    assert len(of(rows, "task_completed", "folj_upp_est")) == 3
    # Each meeting decides one; the next one hears that it is done, and it is not asked about again.
    assert [m.status for m in _kept(installation, Measure)] == ["done", "done", "decided"]
    told = [(r.status_before, r.status, r.text) for r in _kept(installation, StatusReport)]
    assert told == [("decided", "done", "Lamporna lyser igen.")] * 2


def test_what_needs_the_steering_group_and_what_is_new_goes_on(installation: Installation, tell: Tell) -> None:
    both = {"har_styrgruppsfraga": True, "till_styrgrupp": "Belysningen kräver pengar.", "nytt_fenomen": True}
    rows = _play(tell, date(2026, 9, 30), {"est_cykel.anteckna_est": [both]})
    with begin_system(installation) as uow:
        (instance,) = process_instances.page(uow.session, [PLACE], key="est_cykel")
        sent = uow.session.execute(select(Message).where(Message.sent_by_instance == instance.id)).scalars()
        handed = [(m.correlation, m.payload["fran"], m.status) for m in sent if m.name == "strategiskt_rad.underlag"]
    # It waits for whichever council comes next.
    assert handed == [("strategiskt_rad", f"EST {instance.anchor_on}", "buffered")]
    assert {row["process"] for row in of(rows, "task_completed", "bedom_fenomen")} == {"nytt_fenomen"}


def test_a_new_phenomenon_calls_an_extra_meeting_within_ten_working_days(
    installation: Installation, send_to: Any
) -> None:
    send_to(PLACE, "nytt_fenomen", "rapport 1")
    hands = Hands(installation, PLACE)
    hands.settle()
    new = {
        "rubrik": "Fyrverkerier i tunneln", "beskrivning": "Smällare i gångtunneln efter skoltid.",
        "tillforlitlighet": "bekräftad", "spridning": "lokal", "beslut": "extra EST",
    }  # fmt: skip
    hands.answer("bedom_fenomen", new)
    (task,) = hands.open("kalla_till_est")
    with begin_system(installation) as uow:
        found = user_tasks.get(uow.session, task.id)
    assert found is not None
    assert found.instance_name.startswith("EST-möte")
    assert found.due_on <= date(2026, 9, 15)


def test_a_count_under_five_is_not_taken_in(installation: Installation, send_to: Any) -> None:
    hands = Hands(installation, PLACE)
    hands.start("est_cykel", "security_manager", anchor_on=date(2026, 9, 21))
    call = {"motesdag": "2026-09-22", "plats": "Stadshuset", "punkter": ["Läget"]}
    hands.answer("kalla_till_est", call)
    small = {"brott": "Skadegörelse", "antal": 3}
    figures = {
        "fran": "2026-08-01", "till": "2026-08-31", "preliminar": True, "observationer": [small], "kommentar": "Lugnt.",
    }  # fmt: skip
    with pytest.raises(InvalidSubmission) as refused:
        hands.answer("lamna_brottsstatistik", figures)
    assert [fault.pointer for fault in refused.value.errors] == ["/observationer/0/antal"]


def test_an_actor_in_a_group_answers_for_itself() -> None:
    assert role_within("est_member", "actor") == role_within("group_member", "actor") == "external_actor"
    assert role_within("est_member", "department") == role_within("est_member", "seat") == "est_member"
