"""Simulation from the inside: what people answer, when they answer, and what stops a simulation."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.db.embedded import EmbeddedPostgres
from app.db.prevention import municipalities
from app.db.process import user_tasks
from app.db.scratch import ScratchRefused, open_scratch
from app.db.session import Database
from app.domain import privacy_guard
from app.domain.clock import SetClock
from app.domain.errors import NotFound
from app.domain.forms import Form, parse_form, validate
from app.domain.meeting_plans import Meeting, MeetingPlan
from app.domain.workdays import WorkdayCalendar
from app.engine.folders import Folder
from app.services.installation import Installation
from app.services.process.deployments import deploy, read_folders
from app.services.simulation.answers import Asked, answer, read_book
from app.services.simulation.scripts import Script, Window, answer_at
from app.services.simulation.themes import read_themes, resolve, themes_of
from app.services.simulations import SimulationFailed, simulate
from app.services.sources import Offer, Options, options_for
from app.services.unit_of_work import begin_system

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {folder.name: folder for folder in read_folders(ROOT / "workflows")}
FORMS = [
    (name, parse_form(Path(path).stem, content))
    for name, folder in FOLDERS.items()
    for path, content in sorted(folder.files.items())
    if path.startswith("forms/")
]
CALENDAR = WorkdayCalendar()
PLAN = MeetingPlan(tuple(Meeting(o, date(2027, 3, d), date(2027, 2, d)) for o, d in (("KS", 23), ("KF", 22))))
IDS = ("0198f0a0-0000-7000-8000-000000000001", "0198f0a0-0000-7000-8000-000000000002")


def _asked(process: str, form: Form, whose: str = "") -> Asked:
    return Asked(
        process=process,
        form=form,
        whose=whose,
        scope_id=None,
        year=2027,
        anchor_on=date(2027, 3, 23),
        opened_on=date(2027, 3, 1),
        answered_on=date(2027, 3, 23),
        calendar=CALENDAR,
        plan=PLAN,
        options=Options(
            choices={source: tuple(Offer(i, f"Val {i[-1]}") for i in IDS) for source in form.option_sources},
            rows={source: tuple({"id": i, "label": "Rad"} for i in IDS) for source in form.row_sources},
        ),
    )


def _sections(page: Any) -> list[Any]:
    """A page and its sections, those inside each other too."""
    inner = [part for name in ("in", "for") for part in page.get(name, {}).values()]
    return [page, *page.get("vary", ()), *(found for part in inner for found in _sections(part))]


def _writers(page: Any) -> set[str]:
    """Everybody who has something of their own on the page."""
    return {name for section in _sections(page) for name in section.get("for", {})}


@pytest.mark.parametrize(("process", "form"), FORMS, ids=[f"{name}.{form.key}" for name, form in FORMS])
def test_every_shipped_form_is_answered_rightly_with_the_book_and_without_it(process: str, form: Form) -> None:
    page = read_book()[process][form.key]
    turns = max(len(section.get("vary", ())) for section in _sections(page))
    for place in ("", *read_themes()["kommuner"]):
        for whose in ("", *_writers(page)):
            for turn in (None, *range(turns)):
                asked = replace(_asked(process, form, whose), municipality=place, turn=turn)
                assert validate(form, answer(asked, lambda _: IDS[0], {})) == []
    assert validate(form, answer(_asked("en annan process", form), lambda _: IDS[0], {})) == []


def test_the_book_and_the_problems_ask_nothing_of_the_personal_data_guard() -> None:
    texts = [*_texts(read_book()), *_texts(read_themes())]
    assert [text for text in texts if privacy_guard.examine(text)] == []


def test_the_book_answers_only_what_is_asked() -> None:
    asked = {name: {form.key: form for process, form in FORMS if process == name} for name in FOLDERS}
    assert set(read_book()) == set(asked)
    for process, pages in read_book().items():
        for key, page in pages.items():
            fields = {field.name for field in asked[process][key].fields}
            written = {name for section in _sections(page) for name in section} - {"for", "in", "vary"}
            assert written <= fields, (process, key)


def test_each_year_two_problems_go_on_and_one_is_new_and_no_municipality_is_like_another() -> None:
    places = list(read_themes()["kommuner"])
    for place in places:
        years = [
            {theme["namn"] for theme in themes_of(place, date(year, 3, 1), "")["teman"]} for year in (2027, 2028, 2029)
        ]
        assert [len(found) for found in years] == [3, 3, 3]
        assert [len(first & second) for first, second in pairwise(years)] == [2, 2]
    first = [frozenset(t["namn"] for t in themes_of(place, date(2027, 3, 1), "")["teman"]) for place in places]
    assert len(set(first)) == len(places)


def test_what_is_asked_in_the_autumn_is_about_next_years_picture() -> None:
    assert themes_of("nassjo", date(2026, 11, 30), "")["teman"] == themes_of("nassjo", date(2027, 2, 26), "")["teman"]
    told = themes_of("nassjo", date(2028, 3, 1), "")
    assert told["förra1"]["namn"] == themes_of("nassjo", date(2027, 3, 1), "")["tema1"]["namn"]


def test_a_problem_that_has_been_worked_with_has_come_nearer_its_goal() -> None:
    begun, later = (themes_of("askersund", date(year, 3, 1), "Nätbedrägerier mot äldre") for year in (2027, 2029))
    figures = [next(t for t in told["teman"] if t["namn"] == told["tema"]["namn"]) for told in (begun, later)]
    assert (figures[0]["nu"], figures[1]["nu"]) == (41, 36)


def test_a_name_in_braces_that_stands_for_nothing_is_an_error_in_the_book() -> None:
    words = themes_of("savsjo", date(2027, 3, 1), "")
    with pytest.raises(KeyError):
        resolve("Om {tema9.namn}.", words)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _window(opened_at: datetime, due_on: date) -> Window:
    return Window(opened_at, due_on, CALENDAR, PLAN)


def test_a_task_is_answered_at_ten_on_a_working_day_before_it_is_due() -> None:
    window = _window(datetime(2027, 3, 1, 7, tzinfo=UTC), date(2027, 3, 12))
    at = answer_at(Script(early={"p.a": 2}), "p.a", "", window)
    assert at == datetime(2027, 3, 10, 9, tzinfo=UTC)
    assert answer_at(Script(), "p.b", "Skolan", window) == answer_at(Script(), "p.b", "Skolan", window)


def test_a_task_that_opens_on_its_last_day_is_answered_that_day_after_it_opened() -> None:
    opened = datetime(2027, 3, 12, 12, 30, tzinfo=UTC)
    at = answer_at(Script(), "p.a", "", _window(opened, date(2027, 3, 12)))
    assert at == datetime(2027, 3, 12, 13, 30, tzinfo=UTC)


def test_a_task_that_opens_at_night_before_a_weekend_waits_for_monday() -> None:
    opened = datetime(2027, 3, 5, 23, 0, tzinfo=UTC)
    at = answer_at(Script(early={"p.a": 9}), "p.a", "", _window(opened, date(2027, 3, 12)))
    assert at == datetime(2027, 3, 8, 9, tzinfo=UTC)


def test_a_decision_waits_for_the_meeting_across_the_change_to_winter_time() -> None:
    window = _window(datetime(2027, 3, 1, 7, tzinfo=UTC), date(2027, 4, 1))
    assert answer_at(Script(meetings={"p.a": "KS"}), "p.a", "", window) == datetime(2027, 3, 23, 9, tzinfo=UTC)
    # Without a meeting within the days it is the last day, by then in summer time.
    assert answer_at(Script(meetings={"p.a": "KSAU"}), "p.a", "", window) == datetime(2027, 4, 1, 8, tzinfo=UTC)


def test_an_unknown_municipality_is_refused(installation: Installation) -> None:
    with pytest.raises(NotFound):
        simulate(installation, "ingenstans", date(2026, 9, 1), date(2026, 9, 30), lambda _: None)


def test_a_clock_that_cannot_be_set_or_is_past_the_days_is_refused(installation: Installation) -> None:
    with pytest.raises(ValueError, match="2026-08-31"):
        simulate(installation, "askersund", date(2026, 8, 1), date(2026, 8, 31), lambda _: None)
    with pytest.raises(ValueError, match="clock"):
        simulate(Installation(installation.database), "askersund", date(2026, 9, 1), date(2026, 9, 2), lambda _: None)


def test_a_municipality_that_has_adopted_nothing_has_an_empty_year(installation: Installation) -> None:
    with begin_system(installation) as uow:
        nassjo = municipalities.get(uow.session, "nassjo")
        assert nassjo is not None
        nassjo.profile = {**nassjo.profile, "processes": []}
    assert simulate(installation, "nassjo", date(2026, 9, 1), date(2027, 8, 31), lambda _: None) == []


def test_an_answer_that_does_not_fit_its_form_stops_the_simulation_with_its_place(installation: Installation) -> None:
    script = Script(answers={"forvaltningsrapport.rapport": [{"nytt_fenomen": "kanske"}]})
    with pytest.raises(SimulationFailed) as stopped:
        simulate(installation, "askersund", date(2026, 10, 1), date(2026, 12, 1), lambda _: None, script)
    assert "forvaltningsrapport.rapport" in stopped.value.sv
    assert "/nytt_fenomen" in stopped.value.sv


def test_a_diagram_that_cannot_go_on_opens_an_incident_and_the_rest_of_the_year_goes_on(
    installation: Installation,
) -> None:
    shipped = FOLDERS["forvaltningsrapport"].files
    broken = shipped["process.bpmn"].replace(b"godkand == False", b"godkant == False")
    with begin_system(installation) as uow:
        deploy(uow, [Folder("forvaltningsrapport", {**shipped, "process.bpmn": broken})], municipality="askersund")
    rows = simulate(installation, "askersund", date(2026, 10, 1), date(2026, 12, 31), lambda _: None)
    faults = [row for row in rows if row["kind"] == "incident_opened"]
    assert {row["element"] for row in faults} == {"chefen_godkanner"}
    assert any(row["kind"] == "task_completed" and row["element"] == "mote" for row in rows)
    with begin_system(installation) as uow:
        left = user_tasks.in_municipalities(uow.session, ["askersund"])
        kept = [user_tasks.draft(uow.session, task.id) for task in left if task.element_id == "godkann"]
    assert [draft["godkand"] for draft in kept if draft is not None] == [True, True]


def test_a_role_that_nobody_holds_is_played_by_a_stand_in(installation: Installation) -> None:
    with begin_system(installation) as uow:
        row = municipalities.get(uow.session, "nassjo")
        assert row is not None
        row.profile = {**row.profile, "processes": ["lagesbild"]}
        uow.session.flush()
        municipalities.touch(uow.session, "nassjo")
    rows = simulate(installation, "nassjo", date(2027, 1, 1), date(2027, 3, 31), lambda _: None)
    assert [row for row in rows if row["kind"] == "incident_opened"] == []
    opened = [row for row in rows if row["kind"] == "task_opened"]
    assert len(opened) == len([row for row in rows if row["kind"] == "task_completed"]) > 0


def test_an_actor_is_offered_only_itself_and_a_department_only_its_own_proposals(
    installation: Installation, clock: SetClock
) -> None:
    simulate(installation, "askersund", date(2026, 9, 1), date(2027, 1, 31), lambda _: None, Script())
    actor = next(form for name, form in FORMS if form.key == "lamna_lagesbild")
    propose = next(form for name, form in FORMS if form.key == "foresla_atgarder")
    with begin_system(installation) as uow:
        done = user_tasks.in_municipalities(uow.session, ["askersund"], status="completed", limit=500)
        opened = user_tasks.in_municipalities(uow.session, ["askersund"], limit=500)
        asked = next(task for task in done if task.form_key == "lamna_lagesbild")
        offered = options_for(uow, asked, actor).choices["actors"]
        assert [(o.value, o.label) for o in offered] == [(str(asked.scope_id), asked.scope_name)]
        task = next(t for t in opened if t.form_key == "foresla_atgarder" and t.scope_name == "Socialförvaltningen")
        rows = options_for(uow, task, propose).rows["measure_proposals"]
    assert [row["label"] for row in rows] == [row["atgard"] for row in rows] == [
        "Uppsökande fältarbete vid centrum torsdag till lördag", "Genomgång av nätbedrägerier i varje hemtjänstgrupp",
    ]  # fmt: skip
    assert rows[0]["klar_senast"] == "2027-09-30"


def test_a_scratch_database_is_gone_afterwards(server: EmbeddedPostgres) -> None:
    with open_scratch(server) as database:
        assert isinstance(database, Database)
        assert len(_simulations(server)) == 1
    with pytest.raises(RuntimeError, match="midway"), open_scratch(server):
        raise RuntimeError("midway")
    assert _simulations(server) == []


def test_a_login_that_may_not_create_databases_is_told_what_to_do(server: EmbeddedPostgres) -> None:
    with pytest.raises(ScratchRefused) as refused, open_scratch(server.url()):
        pass
    assert "CREATEDB" in refused.value.sv


def test_a_scratch_database_is_made_by_an_address_whose_login_may(server: EmbeddedPostgres) -> None:
    with open_scratch(server.url("postgres", "postgres")) as database, database.transaction() as session:
        assert session.connection().engine.url.database in _simulations(server)


def _simulations(server: EmbeddedPostgres) -> list[str]:
    with psycopg.connect(server.url("postgres", "postgres")) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'simulation_%'")
        return [row[0] for row in found]
