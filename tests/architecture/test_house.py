"""The rules of docs/ARCHITECTURE.md that imports alone cannot show, read from the syntax trees of app/."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from app.web.problems import KINDS

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
FILES = sorted(APP.rglob("*.py"))
FILE_LINES = 400
FUNCTION_LINES = 60

# Bringing the tables to a version is no use case: it is done before anybody is served, on a connection of its own.
COMMITTERS = {"db/session.py", "db/migrations.py"}
CLOCKS = {"domain/clock.py"}
CLOCK_CALLS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"),
}  # fmt: skip
# Refusals that only the operator meets, on the command line: no route can raise them, so they have no status.
OPERATORS_OWN = {"scratch-refused", "simulation-failed"}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path) -> str:
    return path.relative_to(APP).as_posix()


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree_of(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Its lines, the docstring not counted: a meaning may take the words it needs."""
    first = node.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    words = (first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0
    return (node.end_lineno or 0) - node.lineno + 1 - words


def imported(path: Path) -> set[str]:
    """The modules that a file names in its imports, wherever in the file they stand."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def refusals() -> dict[str, str | None]:
    """Refusal and every class that descends from it -> the code it states itself, or None."""
    classes = {
        node.name: ({base.id for base in node.bases if isinstance(base, ast.Name)}, _code(node))
        for path in FILES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef)
    }
    family = {"Refusal"}
    while more := {name for name, (bases, _code_of) in classes.items() if bases & family} - family:
        family |= more
    return {name: classes[name][1] for name in sorted(family)}


def _code(node: ast.ClassDef) -> str | None:
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            if names == ["code"]:
                return str(statement.value.value)
    return None


def test_only_the_session_commits():
    committers = {
        place(path)
        for path in FILES
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    }
    assert committers <= COMMITTERS


def test_only_the_clock_reads_the_wall():
    readers = {
        f"{place(path)}:{call.lineno}"
        for path in FILES
        if place(path) not in CLOCKS
        for call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name | ast.Attribute)
        and (getattr(call.func.value, "attr", getattr(call.func.value, "id", "")), call.func.attr) in CLOCK_CALLS
    }
    assert readers == set()


def test_the_clock_is_there_to_be_read():
    """The rule above would be empty if the clock were read in some way that it does not know."""
    reads = {call.func.attr for call in calls(APP / "domain/clock.py") if isinstance(call.func, ast.Attribute)}
    assert "now" in reads


def test_only_the_engine_speaks_spiffworkflow():
    speakers = {place(path) for path in FILES if any(m.split(".")[0] == "SpiffWorkflow" for m in imported(path))}
    assert speakers
    assert {speaker for speaker in speakers if not speaker.startswith("engine/")} == set()


def test_only_the_migrations_and_db_speak_sqlalchemy():
    speakers = {
        place(path) for path in FILES if any(m.split(".")[0] in {"sqlalchemy", "psycopg"} for m in imported(path))
    }
    assert {speaker for speaker in speakers if not speaker.startswith("db/")} == set()


def test_no_file_is_longer_than_can_be_held_in_the_head():
    lengths = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_function_is_longer_than_a_screen():
    lengths = {f"{place(path)}:{node.name}": length(node) for path in FILES for node in functions(path)}
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES} == {}


def test_every_refusal_has_a_code_of_its_own():
    found = refusals()
    assert {name for name, code in found.items() if code is None} == set()
    assert len(set(found.values())) == len(found)


def test_every_refusal_has_a_status_and_stands_in_the_documentation():
    headings = set(re.findall(r"^### (\S+)$", (ROOT / "docs/problems.md").read_text(encoding="utf-8"), re.MULTILINE))
    codes = {str(code) for code in refusals().values()}
    assert codes - headings == set()
    assert codes - OPERATORS_OWN - KINDS.keys() == set()


def test_every_problem_of_the_api_is_documented_with_its_status():
    text = (ROOT / "docs/problems.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^### (\S+)\n\n\*\*(\d{3})\.\*\*", text, re.MULTILINE))
    assert documented == {code: str(kind.status) for code, kind in KINDS.items()}


@pytest.mark.parametrize("word", ["Manager", "Helper", "Service", "Util", "Utils"])
def test_no_class_is_named_for_nothing_in_particular(word):
    named = {node.name for path in FILES for node in ast.walk(tree_of(path)) if isinstance(node, ast.ClassDef)}
    assert {name for name in named if name.endswith(word)} == set()


def test_the_domain_keeps_frozen_dataclasses():
    thawed = {
        f"{place(path)}:{node.name}"
        for path in FILES
        if place(path).startswith("domain/")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if "dataclass" in ast.unparse(decorator) and "frozen=True" not in ast.unparse(decorator)
    }
    assert thawed == set()
