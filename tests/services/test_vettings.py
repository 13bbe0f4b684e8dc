"""Uploads are vetted in a process of their own: the same answers, and a problem when it takes too much."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from app.domain.errors import VettingBusy
from app.engine.folders import Folder, judge_folders
from app.engine.problems import Problem
from app.engine.vetting import judge
from app.engine.xml_trees import MAX_BYTES
from app.services.process import vettings
from app.services.process.deployments import read_folders, surroundings
from app.services.process.vettings import BOUNDS, judge_apart, judge_folders_apart
from tests.engine.drawings import diagram

ROOT = Path(__file__).parents[2]
KNOWN = surroundings(calls={})
SMALL = diagram("<startEvent id='s'/><task id='a'/>\ns -> a")


@pytest.fixture(scope="module")
def slow() -> bytes:
    """A diagram within every bound of the parsers that takes more than a second to judge: 5,500 long conditions."""
    flow = "<sequenceFlow id='f{0}' sourceRef='s' targetRef='a'><conditionExpression>{1}</conditionExpression>"
    flows = [
        flow.format(n, "+".join(str(n + k) for k in range(130)) + " == 1") + "</sequenceFlow>" for n in range(5500)
    ]
    made = diagram("\n".join(["<startEvent id='s'/><task id='a'/>", *flows]))
    assert len(made) < MAX_BYTES
    return made


@pytest.fixture(autouse=True)
def nothing_is_left_running() -> Iterator[None]:
    yield
    assert not children()


def children() -> list[psutil.Process]:
    """The vetting children that live."""
    found = []
    for process in psutil.Process().children():
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            found += [process] if "vetting_child" in " ".join(process.cmdline()) else []
    return found


def only(problems: tuple[Problem, ...]) -> str:
    (problem,) = problems
    assert problem.severity == "error"
    assert problem.sv.endswith(".")
    assert problem.en.endswith(".")
    return problem.rule


def test_the_shipped_workflows_get_the_same_answers_in_a_child_as_here() -> None:
    folders = read_folders(ROOT / "workflows")
    apart, here = judge_folders_apart(folders, KNOWN), judge_folders(folders, KNOWN)
    assert apart == here
    assert [found.verdict.program.digest for found in apart if found.verdict.program] == [
        found.verdict.program.digest for found in here if found.verdict.program
    ]


@pytest.mark.parametrize("raw", [b"", b"\xff\x00", b"<a/>", SMALL, SMALL.replace(b"s -> a", b"")])
def test_any_bytes_get_the_same_answer_in_a_child_as_here(raw: bytes) -> None:
    assert judge_apart(raw, KNOWN) == judge(raw, KNOWN)


def test_odd_files_of_a_folder_get_the_same_answer_in_a_child_as_here() -> None:
    files = {
        "process.bpmn": SMALL, "forms/x.json": b"{", "a.dmn": b"<x/>",
        "process.toml": b"key = [1]\ntitle_en = 3\nsince = 2026-01-01\n[rules]\nstart = 'aldrig'",
    }  # fmt: skip
    folder = Folder("upload", files)
    (apart,) = judge_folders_apart([folder], KNOWN)
    assert [apart] == judge_folders([folder], KNOWN)
    assert {p.rule for p in apart.faults} >= {"form.invalid", "folder.toml", "calendar.rule", "folder.key"}
    assert apart.about["since"] == "2026-01-01"


def test_a_process_with_a_bad_policy_of_reminders_is_refused_with_its_place() -> None:
    for text, rule in (("D-3wd, snart", "folder.reminders"), ("3", "folder.toml")):
        written = f'reminders = "{text}"' if rule == "folder.reminders" else f"reminders = {text}"
        (judged,) = judge_folders([Folder("upload", {"process.bpmn": SMALL, "process.toml": written.encode()})], KNOWN)
        assert [p.rule for p in judged.faults] == [rule]
        assert rule == "folder.toml" or "tecken 8" in judged.faults[0].sv


def test_a_vetting_that_takes_too_much_processor_time_is_ended_with_a_problem(slow: bytes) -> None:
    found = judge_apart(slow, KNOWN, replace(BOUNDS, cpu_seconds=1))
    assert only(found.problems) == "vetting.time"
    assert not found.accepted


def test_a_vetting_that_takes_too_long_by_the_clock_is_ended_with_a_problem(slow: bytes) -> None:
    assert only(judge_apart(slow, KNOWN, replace(BOUNDS, wall_seconds=0.1)).problems) == "vetting.time"


@pytest.mark.parametrize("megabytes", [1, 8, 20, 40])
def test_a_vetting_that_takes_too_much_memory_is_ended_with_a_problem(megabytes: int) -> None:
    words = f"<task id='a'><documentation>{'å' * 2_400_000}</documentation></task>"
    raw = diagram(f"<startEvent id='s'/>{words}\ns -> a")
    found = judge_apart(raw, KNOWN, replace(BOUNDS, memory_bytes=megabytes * 1_000_000))
    bounded = Path("/proc/self/statm").exists()  # macOS bounds no address space; there the file is simply judged
    assert found.executable if not bounded else only(found.problems) == "vetting.memory"


def test_a_folder_in_which_one_file_takes_too_much_is_refused_as_a_whole(slow: bytes) -> None:
    folders = [Folder("en", {"process.bpmn": SMALL}), Folder("annan", {"process.bpmn": slow})]
    found = judge_folders_apart(folders, KNOWN, replace(BOUNDS, cpu_seconds=1))
    assert [only(entry.problems) for entry in found] == ["vetting.time"] * 2


def test_a_child_that_is_killed_gives_a_problem(slow: bytes) -> None:
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(judge_apart, slow, KNOWN)
        while not children():
            assert not waiting.done()
        os.kill(children()[0].pid, signal.SIGKILL)
        assert only(waiting.result().problems) == "vetting.ended"


@pytest.mark.parametrize("name", ["process.bpmn", "tabell.dmn", "process.toml", "README.md", "forms/x.json"])
def test_a_file_over_five_megabytes_is_refused_unread_with_the_limit_said(name: str) -> None:
    large = Folder("upload", {"process.bpmn": SMALL, name: b"\xff" * (MAX_BYTES + 1)})
    no_time = replace(BOUNDS, wall_seconds=0.0)
    (found,) = judge_folders_apart([large], KNOWN, no_time)
    assert only(found.problems) == "xml.size"
    assert found.problems[0].sv == f"{name}: Filen är större än 5 MB och har inte lästs."
    assert found.problems == judge_folders([large], KNOWN)[0].problems
    assert only(judge_apart(b"\xff" * (MAX_BYTES + 1), KNOWN, no_time).problems) == "xml.size"


def test_when_all_the_room_is_taken_the_caller_is_told_to_try_again() -> None:
    held = [vettings._ROOM.acquire(timeout=1) for _ in range(vettings.MAX_CHILDREN)]
    try:
        with pytest.raises(VettingBusy):
            judge_apart(SMALL, KNOWN, replace(BOUNDS, patience_seconds=0.01))
    finally:
        for _ in held:
            vettings._ROOM.release()
    assert judge_apart(SMALL, KNOWN).executable


def test_a_child_knows_nothing_of_its_parents_environment(monkeypatch: pytest.MonkeyPatch, slow: bytes) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://hemlig")
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(judge_apart, slow, KNOWN)
        while not children():
            assert not waiting.done()
        assert "DATABASE_URL" not in children()[0].environ()
        waiting.result()
