"""The calendar, changes of it that are previewed before they bind, and the schedule."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.clock import SetClock
from app.services import schedules
from app.services.installation import Installation
from app.services.process import jobs
from tests.web.api.conftest import REPORT, Caller

By = Callable[[str], Caller]
HERE = "/municipalities/askersund"


def day(clock: SetClock, year: int, month: int, number: int) -> None:
    clock.set(datetime(year, month, number, 6, 0, tzinfo=UTC))


def preview(by: By, *changes: dict[str, Any]) -> dict[str, Any]:
    answer = by("admin").post(f"{HERE}/calendar-changes/preview", {"changes": list(changes)})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def confirm(by: By, *changes: dict[str, Any], digest: str | None = None) -> Any:
    body = {"changes": list(changes), "reason": "Nämndens beslut", **({"digest": digest} if digest else {})}
    return by("admin").post(f"{HERE}/calendar-changes", body)


def moves(found: dict[str, Any], kind: str) -> set[tuple[str, str | None, str | None]]:
    return {(m["process"], m["from_on"], m["to_on"]) for m in found["moves"] if m["kind"] == kind}


def test_the_calendar_says_its_rules_in_words(by: By) -> None:
    found = by("sakerhetschef").get(f"{HERE}/calendar").json()
    rules = {rule["process"]: rule for rule in found["rules"]}
    assert "vecka 51" in rules["strategiskt_rad"]["anchor_in_words"]
    assert found["days_off"] == []
    assert len(found["version"]) == 12


def test_a_day_off_moves_what_would_fall_on_it_and_nothing_is_written_by_the_preview(
    by: By, october: Installation
) -> None:
    task = by("soc.rep").get("/user-tasks").json()["items"][0]
    found = preview(by, {"kind": "add_day_off", "on": task["due_on"], "name": "Planeringsdag"})
    moved = [m for m in found["moves"] if m["user_task_id"] == task["id"]]
    assert [m["from_on"] for m in moved] == [task["due_on"]]
    assert moved[0]["to_on"] != task["due_on"]
    assert moved[0]["why"]
    assert by("soc.rep").get(f"/user-tasks/{task['id']}").json() == task
    assert by("admin").get(f"{HERE}/calendar").json()["days_off"] == []


def test_what_was_previewed_is_what_happens_and_it_is_written_down(by: By, october: Installation) -> None:
    task = by("soc.rep").get("/user-tasks").json()["items"][0]
    change = {"kind": "add_day_off", "on": task["due_on"], "name": "Planeringsdag"}
    found = preview(by, change)
    assert confirm(by, change, digest=found["digest"]).status_code == 201
    jobs.run_due(october)
    foretold = next(m for m in found["moves"] if m["user_task_id"] == task["id"])
    now = by("soc.rep").get(f"/user-tasks/{task['id']}").json()
    assert (now["due_on"], now["version"]) == (foretold["to_on"], 2)
    lines = by("admin").get(f"/history?process_instance={task['process_instance_id']}").json()["items"]
    line = next(entry for entry in lines if entry["kind"] == "due_date_moved" and entry["user_task_id"] == task["id"])
    assert line["detail"] == {"from": task["due_on"], "to": foretold["to_on"], "reason": "Nämndens beslut"}
    (kept,) = by("admin").get(f"{HERE}/calendar-changes").json()["items"]
    assert kept["reason"] == "Nämndens beslut"
    assert kept["version_before"] != kept["version_after"]
    assert len(kept["moves"]) == len(found["moves"])
    assert by("admin").get(f"{HERE}/calendar").json()["days_off"] == [{"on": task["due_on"], "name": "Planeringsdag"}]


def test_the_expiry_of_a_task_follows_its_day(by: By, october: Installation) -> None:
    def expiries() -> list[str]:
        waiting = by("admin").get("/jobs?status=waiting&limit=200").json()["items"]
        return [job["due_on"] for job in waiting if job["kind"] == "expiry"]

    before = expiries()
    task = by("soc.rep").get("/user-tasks").json()["items"][0]
    change = {"kind": "add_day_off", "on": task["due_on"], "name": "Planeringsdag"}
    foretold = {(m["from_on"], m["to_on"]) for m in preview(by, change)["moves"] if m["kind"] == "expiry"}
    confirm(by, change)
    jobs.run_due(october)
    assert expiries() == [dict(foretold).get(on, on) for on in before]


def test_a_confirmation_of_an_old_preview_is_refused(by: By, october: Installation) -> None:
    task = by("soc.rep").get("/user-tasks").json()["items"][0]
    change = {"kind": "add_day_off", "on": task["due_on"], "name": "Planeringsdag"}
    found = preview(by, change)
    done = by("soc.rep").post(f"/user-tasks/{task['id']}/complete", {"submission": REPORT})
    assert done.status_code == 200
    assert confirm(by, change, digest=found["digest"]).status_code == 409
    assert confirm(by, change, digest=preview(by, change)["digest"]).status_code == 201


def test_a_moved_meeting_moves_the_anchor_and_what_counts_from_it(
    by: By, installation: Installation, clock: SetClock
) -> None:
    """The plan works towards the board's March meeting: when that moves, so does everything before it."""
    day(clock, 2026, 12, 14)
    started = by("sakerhetschef").post(f"{HERE}/schedule/start", {"process_key": "atgardsplan", "period": "2027"})
    assert started.status_code == 201, started.text
    instance = started.json()
    assert instance["anchor_on"] == "2027-03-23"
    change = {"kind": "move_meeting", "organ": "KS", "on": "2027-03-23", "to_on": "2027-03-30"}
    found = preview(by, change)
    assert ("atgardsplan", "2027-03-23", "2027-03-30") in moves(found, "anchor")
    assert confirm(by, change, digest=found["digest"]).status_code == 201
    jobs.run_due(installation)
    now = by("sakerhetschef").get(f"/process-instances/{instance['id']}").json()
    assert now["anchor_on"] == "2027-03-30"
    variables = by("admin").get(f"/process-instances/{instance['id']}/variables").json()["variables"]
    assert variables["anchor"] == "2027-03-30"
    meetings = [m["on"] for m in by("admin").get(f"{HERE}/meetings").json()["items"] if m["organ"] == "KS"]
    assert "2027-03-30" in meetings
    assert "2027-03-23" not in meetings


def test_a_removed_meeting_leaves_a_gap_that_the_preview_tells(by: By) -> None:
    found = preview(by, {"kind": "remove_meeting", "organ": "KS", "on": "2027-03-23"})
    assert ("atgardsplan", "2027-03-23", None) in moves(found, "start")
    (gap,) = [g for g in found["gaps"] if g["process"] == "atgardsplan" and g["year"] == 2027]
    assert "mars 2027" in gap["reason"]


def test_another_rule_moves_what_is_planned(by: By, installation: Installation) -> None:
    rules = {r["process"]: r for r in by("admin").get(f"{HERE}/calendar").json()["rules"]}
    change = {
        "kind": "set_rule", "process": "strategiskt_rad", "start": rules["strategiskt_rad"]["start"],
        "anchor": "last_workday(1)",
    }  # fmt: skip
    found = preview(by, change)
    assert any(m["to_on"] == "2027-01-29" for m in found["moves"] if m["process"] == "strategiskt_rad")
    assert confirm(by, change, digest=found["digest"]).status_code == 201
    after = {r["process"]: r for r in by("admin").get(f"{HERE}/calendar").json()["rules"]}
    assert after["strategiskt_rad"]["anchor"] == "last_workday(1)"


def test_a_pause_lets_nothing_fall_due_in_it(by: By, october: Installation) -> None:
    pause = {"kind": "add_pause", "name": "Adventsvila", "first_on": "2026-12-01", "last_on": "2026-12-10"}
    moved = [(m["from_on"], m["to_on"]) for m in preview(by, pause)["moves"] if m["kind"] == "expiry"]
    assert set(moved) == {("2026-12-03", "2026-12-11")}
    other = {**pause, "process": "politisk_rapport"}
    assert [m for m in preview(by, other)["moves"] if m["kind"] == "expiry"] == []
    assert confirm(by, pause).status_code == 201
    assert by("admin").get(f"{HERE}/calendar").json()["pauses"][0]["name"] == "Adventsvila"
    jobs.run_due(october)
    back = preview(by, {"kind": "remove_pause", "name": "Adventsvila"})["moves"]
    assert {(m["from_on"], m["to_on"]) for m in back if m["kind"] == "expiry"} == {("2026-12-11", "2026-12-03")}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "move_meeting", "organ": "KS", "on": "2027-03-24", "to_on": "2027-03-30"}, "/changes/0/on"),
        ({"kind": "add_meeting", "organ": "KS", "on": "2027-03-23"}, "/changes/0/on"),
        ({"kind": "add_meeting", "organ": "1", "on": "2027-03-24"}, "/changes/0/organ"),
        ({"kind": "remove_day_off", "on": "2027-03-24"}, "/changes/0/on"),
        ({"kind": "remove_pause", "name": "Finns inte"}, "/changes/0/name"),
        (
            {"kind": "set_rule", "process": "atgardsplan", "start": "T-30wd", "anchor": "meeting('XX', 3)"},
            "/changes/0/anchor",
        ),
        (
            {"kind": "set_rule", "process": "lagesbild", "start": "T-30wd", "anchor": "month(2, 31)"},
            "/changes/0/anchor",
        ),
        (
            {"kind": "set_rule", "process": "lagesbild", "start": "T-30wd", "anchor": "before_week(54)"},
            "/changes/0/anchor",
        ),
        (
            {"kind": "set_rule", "process": "ingen", "start": "T-30wd", "anchor": "last_workday(2)"},
            "/changes/0/process",
        ),
    ],
)
def test_an_impossible_change_is_refused_with_its_place_and_the_mend(
    by: By, change: dict[str, str], pointer: str
) -> None:
    answer = by("admin").post(f"{HERE}/calendar-changes/preview", {"changes": [change]})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert len(answer.json()["errors"][0]["message"]) > 10


def test_a_date_that_does_not_exist_is_refused(by: By) -> None:
    change = {"kind": "add_day_off", "on": "2027-02-31", "name": "x"}
    assert by("admin").post(f"{HERE}/calendar-changes/preview", {"changes": [change]}).status_code == 422


def test_a_task_moved_by_hand_says_who_and_why_and_stays_when_the_calendar_changes(
    by: By, october: Installation
) -> None:
    task = by("soc.rep").get("/user-tasks").json()["items"][0]
    body = {"due_on": "2026-11-18", "reason": "Rapporten väntar på nya siffror"}
    moved = by("sakerhetschef").post(f"/user-tasks/{task['id']}/move", body)
    assert moved.status_code == 200, moved.text
    assert moved.json()["due_on"] == "2026-11-18"
    assert "Sara Lindqvist" in moved.json()["due_reason"]
    assert "nya siffror" in moved.json()["due_reason"]
    found = preview(by, {"kind": "add_day_off", "on": "2026-11-18", "name": "Planeringsdag"})
    assert task["id"] not in {m["user_task_id"] for m in found["moves"]}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"due_on": "2026-09-30", "reason": "x"}, "/due_on"),
        ({"due_on": "2026-11-20", "reason": "  "}, "/reason"),
        ({"due_on": "0001-01-01", "reason": "x"}, "/due_on"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(by: By, october: Installation, body: Any, pointer: str) -> None:
    task = by("soc.rep").get("/user-tasks").json()["items"][0]
    answer = by("sakerhetschef").post(f"/user-tasks/{task['id']}/move", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_a_timer_moved_by_hand_comes_then(by: By, october: Installation, clock: SetClock) -> None:
    waiting = by("admin").get("/jobs?status=waiting&limit=200").json()["items"]
    expiry = next(job for job in waiting if job["kind"] == "expiry")
    body = {"due_at": "2026-10-02T08:00:00+02:00", "reason": "Vi väntar inte"}
    moved = by("admin").post(f"/jobs/{expiry['id']}/move", body)
    assert moved.json()["due_on"] == "2026-10-02"
    day(clock, 2026, 10, 3)
    jobs.run_due(october)
    assert by("admin").get(f"/jobs/{expiry['id']}").json()["status"] == "done"
    assert by("admin").post(f"/jobs/{expiry['id']}/move", body).status_code == 409


def schedule(by: By) -> dict[tuple[str, str], dict[str, Any]]:
    found = by("sakerhetschef").get(f"{HERE}/schedule?from=2026-09-01&to=2027-12-31").json()["items"]
    return {(row["process_key"], row["period"]): row for row in found}


def test_an_occurrence_started_early_is_not_started_again(by: By, installation: Installation, clock: SetClock) -> None:
    key = ("forvaltningsrapport", "2026")
    assert schedule(by)[key]["status"] == "planned"
    body = {"process_key": key[0], "period": key[1]}
    started = by("sakerhetschef").post(f"{HERE}/schedule/start", body)
    assert started.status_code == 201, started.text
    assert schedule(by)[key]["process_instance_id"] == started.json()["id"]
    assert by("sakerhetschef").post(f"{HERE}/schedule/start", body).status_code == 409
    day(clock, 2026, 10, 5)
    assert schedules.start_due(installation, "askersund") == 0


def test_an_occurrence_that_was_skipped_does_not_start_unless_somebody_starts_it_after_all(
    by: By, installation: Installation, clock: SetClock
) -> None:
    body = {"process_key": "forvaltningsrapport", "period": "2026"}
    skipped = by("sakerhetschef").post(f"{HERE}/schedule/skip", {**body, "reason": "Gjordes i våras"})
    assert skipped.status_code == 201
    day(clock, 2026, 10, 5)
    assert schedules.start_due(installation, "askersund") == 0
    row = schedule(by)["forvaltningsrapport", "2026"]
    assert (row["status"], row["note"]) == ("skipped", "Gjordes i våras")
    assert by("sakerhetschef").post(f"{HERE}/schedule/start", body).status_code == 201
    assert schedule(by)["forvaltningsrapport", "2026"]["status"] == "started"


def test_an_occurrence_that_nobody_knows_is_not_found(by: By) -> None:
    body = {"process_key": "forvaltningsrapport", "period": "1999"}
    assert by("sakerhetschef").post(f"{HERE}/schedule/start", body).status_code == 404
    body = {"process_key": "finns_inte", "period": "2026"}
    assert by("sakerhetschef").post(f"{HERE}/schedule/start", body).status_code == 404


def test_a_meeting_plan_is_read_from_a_file_previewed_and_confirmed(by: By) -> None:
    content = b"Organ;Datum;Manusstopp\nKS;2028-03-14;2028-02-15\nKF;2028-04-24;\nKS;2027-03-23;\n"
    read = by("admin").post(f"{HERE}/meetings/import", files={"file": ("plan.csv", content, "text/csv")})
    assert read.status_code == 200, read.text
    found = read.json()
    assert (found["faults"], found["known"]) == ([], 1)
    assert [(c["organ"], c["on"]) for c in found["changes"]] == [("KS", "2028-03-14"), ("KF", "2028-04-24")]
    assert confirm(by, *found["changes"]).status_code == 201
    planned = {(m["organ"], m["on"]) for m in by("admin").get(f"{HERE}/meetings").json()["items"]}
    assert {("KS", "2028-03-14"), ("KF", "2028-04-24"), ("KS", "2027-03-23")} <= planned


def test_a_file_with_faults_tells_each_with_its_line(by: By) -> None:
    content = b"Organ;Datum\nKS;2028-02-31\nKS;2028-03-14\nKS;2028-03-14\n"
    read = by("admin").post(f"{HERE}/meetings/import", files={"file": ("plan.csv", content, "text/csv")}).json()
    assert [fault["line"] for fault in read["faults"]] == [2, 4]


def test_the_clocks_of_the_law_begin_with_what_was_never_done(by: By) -> None:
    found = by("sakerhetschef").get(f"{HERE}/watchdogs").json()["items"]
    assert [(w["duty"], w["state"], w["paragraph"]) for w in found] == [
        ("situation_picture", "never", "6 §"), ("follow_up", "never", "6 §"), ("reporting", "never", "13 §"),
    ]  # fmt: skip
    assert "2023:196" in found[0]["message"]


def test_the_year_counted_backwards_says_where_it_is_tight(by: By) -> None:
    found = by("sakerhetschef").get(f"{HERE}/backward-schedule?year=2027").json()
    steps = {step["step"]: step for step in found["items"]}
    assert steps["politisk_rapport"]["on"] == "2027-04-26"
    assert steps["atgardsplan"]["on"] == "2027-03-23"
    assert steps["lagesbild"]["on"] == "2027-02-26"
    assert steps["strategiskt_rad"]["on"] < "2026-12-14"
    assert any(step["warnings"] for step in found["items"])
    assert found["meeting_gaps"] == []


def test_a_meeting_that_a_rule_counts_on_and_the_plan_lacks_proposes_the_nearest_earlier(by: By) -> None:
    confirm(by, {"kind": "remove_meeting", "organ": "KS", "on": "2027-03-23"})
    (gap,) = by("sakerhetschef").get(f"{HERE}/backward-schedule?year=2027").json()["meeting_gaps"]
    assert (gap["organ"], gap["month"], gap["proposed_on"]) == ("KS", 3, "2027-02-16")
