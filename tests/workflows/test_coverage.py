"""Every process that an adopted plan asks for runs, and a story tells it."""

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.workflows.coverage import PAGE, ROOT, Row, page, rows

WORKFLOWS = ROOT / "workflows"
FOLDERS = {path.parent.name: tomllib.loads(path.read_text("utf-8")) for path in WORKFLOWS.glob("*/process.toml")}
ROWS = rows()
each_row = pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
TOLD = sorted({(row.workflow, row.story) for row in ROWS})
# A story with its process away takes its time: all of them in `make thorough`, one here.
TRIED = TOLD if os.environ.get("TRYGGHET_THOROUGH") else TOLD[:1]


def plain(text: str) -> str:
    return " ".join(text.split())


def test_the_page_says_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run .venv/bin/python -m tests.workflows.coverage"


def test_the_plans_ask_for_thirty_eight_processes() -> None:
    counted = {letter: sum(row.id[0] == letter for row in ROWS) for letter in "NUSA"}
    assert counted == {"N": 10, "U": 11, "S": 6, "A": 11}


@each_row
def test_the_plan_says_so(row: Row) -> None:
    assert plain(row.quote) in plain((WORKFLOWS / "seeds" / row.seed).read_text(encoding="utf-8"))
    profile = tomllib.loads((ROOT / "municipalities" / f"{row.municipality}.toml").read_text(encoding="utf-8"))
    assert row.seed in profile["seed"]


@each_row
def test_the_process_says_that_it_covers_it(row: Row) -> None:
    assert row.id in FOLDERS[row.workflow]["covers"]


def test_no_process_claims_to_cover_what_no_plan_asks_for() -> None:
    claimed = {one for folder in FOLDERS.values() for one in folder["covers"]}
    assert claimed == {row.id for row in ROWS}


@each_row
def test_a_story_tells_it(row: Row) -> None:
    file, _, function = row.story.partition("::")
    tree = ast.parse((Path(__file__).parent / file).read_text(encoding="utf-8"))
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("workflow", "story"), TRIED, ids=[f"{story}-{workflow}" for workflow, story in TRIED])
def test_a_story_fails_when_its_process_is_taken_away(workflow: str, story: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/workflows/{story}"],
        cwd=ROOT,
        env={**os.environ, "TRYGGHET_WITHOUT": workflow, "TRYGGHET_THOROUGH": ""},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 1, ended.stdout[-2000:]
    assert "1 passed" not in ended.stdout
