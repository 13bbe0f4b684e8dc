"""The main job on real input: Askersund's year from its plan, played from September 2026 to August 2027."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter

import pytest

from app.db import mails
from app.db.embedded import EmbeddedPostgres
from app.db.prevention import municipalities, records
from app.db.prevention.action_plans import ActionPlan
from app.db.prevention.commitments import Commitment
from app.db.prevention.situation_pictures import SituationPicture
from app.db.process import deployments, process_instances
from app.db.scratch import open_scratch
from app.domain.clock import SetClock
from app.domain.ids import new_id
from app.domain.principals import HeldRole, Principal
from app.domain.profiles import read_profile
from app.domain.workdays import WorkdayCalendar, iso_week
from app.engine.programs import load_program
from app.services import demonstration
from app.services.installation import Installation
from app.services.prevention import audit_files, legal_checks
from app.services.process.deployments import read_folders
from app.services.simulations import simulate
from app.services.unit_of_work import begin_system
from tests.workflows.timelines import Rows, completed, day, of

ROOT = Path(__file__).resolve().parents[2]
FIRST, LAST = date(2026, 9, 1), date(2027, 8, 31)
START = datetime(2026, 9, 1, tzinfo=UTC)

pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True)
class Year:
    """A year that has been played: its timeline, and the installation as it was left."""

    rows: Rows
    installation: Installation


@pytest.fixture(scope="module")
def year(server: EmbeddedPostgres) -> Iterator[Year]:
    with open_scratch(server) as database:
        installation = Installation(database, SetClock(START))
        profiles = [read_profile(path.read_bytes()) for path in sorted((ROOT / "municipalities").glob("*.toml"))]
        demonstration.furnish(installation, profiles, read_folders(ROOT / "workflows"))
        demonstration.demonstration_logins(installation)
        begun = perf_counter()
        rows = simulate(installation, "askersund", FIRST, LAST, lambda _: None)
        print(f"the Askersund year: {len(rows)} rows in {perf_counter() - begun:.1f} s")  # noqa: T201  a figure to report
        yield Year(rows, installation)


def test_the_year_writes_its_documents_and_each_says_something_new(year: Year) -> None:
    written = [
        (row["detail"]["type"], row["detail"]["confidentiality"], row["detail"]["version"])
        for row in of(year.rows, "document_produced")
    ]
    assert sorted(written) == [
        ("atgardsplan", "internal", 1),
        ("atgardsplan", "public", 1),
        ("kallelse", "internal", 1),
        ("kallelse", "internal", 1),
        ("kallelse", "internal", 1),
        ("lagesbild", "internal", 1),
        ("lagesbild", "public", 1),
        ("lagesrapport", "internal", 1),
        ("lagesrapport", "internal", 1),
        ("lagesrapport", "internal", 1),
        ("lagesrapport", "internal", 1),
        ("minnesanteckningar", "internal", 1),
        ("minnesanteckningar", "internal", 1),
        ("protokoll", "internal", 1),
        ("protokoll", "internal", 2),
        ("tjansteskrivelse", "public", 1),
        ("tjansteskrivelse", "public", 1),
    ]


def test_the_council_meets_in_december_before_week_51(year: Year) -> None:
    (meeting,) = of(year.rows, "task_completed", "mote")
    assert (day(meeting).year, day(meeting).month) == (2026, 12)
    assert iso_week(day(meeting)) < 51
    assert of(year.rows, "record_saved", "mote")[0]["detail"]["held_on"] == "2026-12-11"


def test_departments_report_by_the_last_day_of_november_and_the_silent_one_is_noted(year: Year) -> None:
    reports = of(year.rows, "task_completed", "rapport")
    assert {row["scope"] for row in reports} == {"Barn och Utbildningsförvaltningen", "Socialförvaltningen"}
    assert all(day(row) <= date(2026, 11, 30) for row in reports)
    (silent,) = of(year.rows, "timer_fired", "rapport")
    assert (silent["scope"], silent["detail"]["outcome"]) == ("Folkhälsoteamet", "no_answer")


def test_the_situation_picture_is_adopted_by_the_last_working_day_of_february(year: Year) -> None:
    (adopted,) = of(year.rows, "decision", "registrera_faststalld")
    assert day(adopted) <= WorkdayCalendar().previous_workday(date(2027, 2, 28))
    with begin_system(year.installation) as uow:
        pictures = records.of_year(uow.session, SituationPicture, "askersund", 2027)
    # The quarters' pictures are on the way to it, and take no part in what is in force.
    (picture,) = [found for found in pictures if found.kind == "yearly"]
    assert {found.status for found in pictures} == {"adopted", "noted"}
    assert picture.status == "adopted"
    assert picture.adopted_on == day(adopted)
    assert all((picture.crime, picture.extent, picture.consequences, picture.other_information, picture.analysis))


def test_the_board_decides_the_plan_at_its_meeting_in_march(year: Year) -> None:
    (decision,) = of(year.rows, "decision", "beslut")
    assert (decision["detail"]["organ"], decision["detail"]["decided_on"]) == ("KS", "2027-03-23")
    assert day(decision) == date(2027, 3, 23)
    with begin_system(year.installation) as uow:
        (plan,) = records.of_year(uow.session, ActionPlan, "askersund", 2027)
    assert (plan.status, plan.decided_on, plan.paragraph) == ("adopted", date(2027, 3, 23), "§ 39")


def test_the_plan_has_its_four_parts(year: Year) -> None:
    with begin_system(year.installation) as uow:
        (plan,) = records.of_year(uow.session, ActionPlan, "askersund", 2027)
        pictures = records.of_year(uow.session, SituationPicture, "askersund", 2027)
        promises = records.of_year(uow.session, Commitment, "askersund", 2026)
    assert plan.problem_picture
    assert plan.factors
    assert "Socialförvaltningen, Hemtjänsten: Den äldre är orolig för sitt bankkonto." in plan.warning_signs
    assert plan.coordination
    assert plan.situation_picture_id in {picture.id for picture in pictures if picture.kind == "yearly"}
    assert len(promises) == 6
    assert {promise.action_plan_id for promise in promises} == {plan.id}


def test_the_report_is_handled_by_the_municipal_council_in_april(year: Year) -> None:
    (board,) = of(year.rows, "decision", "ks_behandlar")
    (council,) = of(year.rows, "decision", "utfall")
    assert (council["detail"]["organ"], council["detail"]["decided_on"]) == ("KF", "2027-04-26")
    assert board["detail"]["decided_on"] < council["detail"]["decided_on"]
    assert day(council).month == 4


def test_no_task_is_late_and_none_is_left_past_its_last_day(year: Year) -> None:
    done = of(year.rows, "task_completed")
    assert [row["name"] for row in done if row["at"][:10] > row["due_on"]] == []
    fallen_due = [row for row in of(year.rows, "task_opened") if row["due_on"] <= LAST.isoformat()]
    assert len(fallen_due) == len(done) + len(
        [row for row in of(year.rows, "timer_fired") if row["detail"].get("outcome") == "no_answer"]
    )


def test_the_silent_departments_head_is_told_the_day_after_and_who_was_reminded_when(year: Year) -> None:
    told = [row for row in year.rows if row["kind"] in {"reminder_sent", "escalated"}]
    silent = [row for row in told if (row["element"], row["scope"]) == ("rapport", "Folkhälsoteamet")]
    # Due on Monday 30 November; the task closes by itself three working days after it.
    assert [(row["at"], row["kind"], row["detail"]["rule"], row["detail"]["to"]) for row in silent] == [
        ("2026-11-16T08:00:00+01:00", "reminder_sent", "D-10wd", ["Fatima Nordin"]),
        ("2026-11-25T08:00:00+01:00", "reminder_sent", "D-3wd", ["Fatima Nordin"]),
        ("2026-12-01T08:00:00+01:00", "escalated", "D+1wd manager", ["Fredrik Öst"]),
    ]
    assert {row["detail"].get("role") for row in silent} == {None, "department_head"}


def test_reminders_and_escalations_fall_on_working_days_counted_from_the_tasks_own_last_day(year: Year) -> None:
    calendar = WorkdayCalendar()
    days = {"D-10wd": -10, "D-3wd": -3, "D+1wd manager": 1, "D+5wd director": 5}
    told = [row for row in year.rows if row["kind"] in {"reminder_sent", "escalated"}]
    assert {row["kind"] for row in told} == {"reminder_sent", "escalated"}
    for row in told:
        due_on = date.fromisoformat(row["detail"]["due_on"])
        assert day(row) == calendar.add_workdays(due_on, days[row["detail"]["rule"]]), row
        assert row["at"][11:16] == "08:00"
    with begin_system(year.installation) as uow:
        assert set(mails.count_by_status(uow.session)) == {"unsent"}


def test_nothing_goes_wrong_and_every_instance_ends_but_those_of_measures_still_under_way(year: Year) -> None:
    assert of(year.rows, "incident_opened") == []
    with begin_system(year.installation) as uow:
        living = process_instances.living(uow.session, "askersund")
    assert {instance.process_key for instance in living} == {"atgard"}
    started, gone = of(year.rows, "instance_started"), of(year.rows, "instance_ended")
    left = {row["instance"] for row in started} - {row["instance"] for row in gone}
    assert left == {str(instance.id) for instance in living}
    # What was to be done by June is done and judged; the rest has its last day in the autumn.
    assert any(row["process"] == "atgard" for row in gone)
    assert all(instance.anchor_on and instance.anchor_on > date(2027, 8, 1) for instance in living)


def test_every_row_is_as_the_contract_says_in_order_of_time(year: Year) -> None:
    names = [
        "at", "kind", "municipality", "process", "instance", "element", "name", "role", "scope", "due_on", "sara",
        "pdca", "detail",
    ]  # fmt: skip
    assert all(list(row) == names for row in year.rows)
    instants = [datetime.fromisoformat(row["at"]) for row in year.rows]
    assert instants == sorted(instants)
    assert {row["at"][19:] for row in year.rows} == {"+01:00", "+02:00"}
    assert {row["sara"] for row in year.rows} <= {"S", "A", "R", "As", None}
    assert {row["pdca"] for row in year.rows} <= {"P", "D", "C", "A", None}
    assert all(row["role"] and row["sara"] for row in of(year.rows, "task_completed"))
    assert json.loads(json.dumps(year.rows)) == year.rows


def test_the_same_days_give_the_same_timeline_but_for_ids(year: Year, installation: Installation) -> None:
    whole = read_profile((ROOT / "municipalities" / "askersund.toml").read_bytes())
    with begin_system(installation) as uow:
        row = municipalities.get(uow.session, "askersund")
        assert row is not None
        row.profile = whole.parameters
        uow.session.flush()
        municipalities.touch(uow.session, "askersund")
    again = simulate(installation, "askersund", FIRST, LAST, lambda _: None)
    assert _without_ids(again) == _without_ids(year.rows)


def _without_ids(rows: Rows) -> Rows:
    numbers: dict[str, int] = {}
    return [{**row, "instance": numbers.setdefault(row["instance"], len(numbers))} for row in rows]


def test_every_user_task_of_the_years_diagrams_is_done_but_those_of_a_bad_year(year: Year) -> None:
    started = {row["process"] for row in of(year.rows, "instance_started")}
    assert started >= {
        "forvaltningsrapport", "nytt_fenomen", "aktorsinhamtning", "strategiskt_rad", "lagesbild", "orsaksanalys",
        "atgardsplan", "politisk_rapport",
    }  # fmt: skip
    with begin_system(year.installation) as uow:
        found = [row for row in deployments.latest_of_each(uow.session, None) if row.key in started]
        programs = [load_program(deployments.program(uow.session, row.id)) for row in found]
    drawn = {node.id for program in programs for node in program.nodes.values() if node.kind == "user"}
    assert drawn - set(completed(year.rows)) == {
        "komplettera_delar", "skriv_om_tjansteskrivelsen", "ta_del_av_fenomen", "omfordela", "ratta_text",
        # No measure lacked anything, and the board decides.
        "motivera_brister", "arbetsgruppens_beslut",
    }  # fmt: skip


def test_after_the_year_the_legal_check_finds_its_proof_in_the_records(year: Year) -> None:
    with begin_system(year.installation) as uow:
        auditor = HeldRole("askersund", "auditor", None, None, new_id())
        uow.principal = Principal(new_id(), "", "Rut", "sv", system_admin=False, roles=(auditor,))
        found = legal_checks.check(uow, "askersund", LAST)
        made = audit_files.write(uow, "askersund", LAST)
    # The plan names no agreements; picture and plan were published; the follow-up is the departments' of November.
    assert {finding.paragraph: finding.state for finding in found.findings} == {
        "4": "met", "5": "met", "6": "met", "7": "met", "8-9": "not_met", "10": "met", "11-12": "met",
        "13": "met", "14": "not_applicable",
    }  # fmt: skip
    proof = {finding.paragraph: [(p.kind, p.paragraph) for p in finding.proof] for finding in found.findings}
    assert proof["5"] == [("action_plan", "§ 39"), ("decision", "§ 39"), ("situation_picture", "")]
    with made.content, zipfile.ZipFile(made.content) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig")), delimiter=";"))
        for row in rows:
            if row["Fil"]:
                assert hashlib.sha256(archive.read(row["Fil"])).hexdigest() == row["SHA-256"]
        folders = {name.split("/")[0] for name in archive.namelist()}
    assert folders == {"poster", "dokument", "bilagor", "index.html", "index.csv"}
    assert {"atgardsplan", "lagesbild", "protokoll", "tjansteskrivelse"} <= {
        row["Fil"].removeprefix("dokument/").split("-")[0] for row in rows if row["Fil"].endswith(".pdf")
    }
