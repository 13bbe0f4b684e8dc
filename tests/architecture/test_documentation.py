"""The documentation is true: what the service has stands in it, what it names exists, and its examples run."""

import importlib.metadata
import json
import os
import re
import socket
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from app.cli import cli
from app.cli.opening import profiles
from app.db import embedded, migrations
from app.db.prevention import municipalities as stored
from app.db.session import Database
from app.domain.forms import vocabulary
from app.services.actions import ACTIONS
from app.services.installation import Installation
from app.services.prevention import municipalities
from app.services.unit_of_work import begin_system
from app.settings import Settings
from app.telemetry import REGISTRY

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
OPERATIONS = ROOT / "docs/operations.md"
MODELLING = ROOT / "docs/modelling.md"
DEPENDENCIES = ROOT / "docs/dependencies.md"
HANDBOOK = ROOT / "docs/anvandarhandbok/README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "workflows").glob("*/README.md"))]
NOT_OURS = {".git", ".venv", "node_modules", "data", "build", "dist", "__pycache__"}
# Written in two parts, so that this file does not name them either.
FORBIDDEN_HOSTS = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com", "docker" + ".io"]


@dataclass(frozen=True)
class Example:
    """A shell example of the documentation, and the remark before it: `run`, `run: ...` or `not run: why`."""

    page: Path
    remark: str
    script: str

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}: {self.script.splitlines()[-1].strip()[:60]}"


def examples() -> Iterator[Example]:
    block = re.compile(
        r"(?:<!-- (?P<remark>[^>]*) -->\n)?(?P<indent> *)```(?:sh|console|bash|shell)\n(?P<script>.*?)```", re.DOTALL
    )
    for page in PAGES:
        for found in block.finditer(page.read_text(encoding="utf-8")):
            lines = [line.removeprefix(found["indent"]) for line in found["script"].splitlines()]
            yield Example(page, (found["remark"] or "").strip(), "\n".join(lines).strip() + "\n")


def table_rows(page: Path) -> dict[str, list[str]]:
    """The rows of every table of a page, by what stands in backquotes in their first cell."""
    rows: dict[str, list[str]] = {}
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip()[1:-1].split("|")] if line.startswith("| `") else []
        for name in re.findall(r"`([^`]+)`", cells[0]) if cells else []:
            rows[name] = cells[1:]
    return rows


def commands() -> dict[str, Any]:
    """Every command of the program by its full name: `municipality add`."""

    def walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        if not hasattr(command, "commands"):
            yield " ".join(path), command
            return
        for name, below in command.commands.items():
            yield from walk(below, (*path, name))

    return dict(walk(typer.main.get_command(cli), ()))


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made where Markdown is shown."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    kept = (c for heading in headings for c in [*heading.lower(), "\n"])
    text = "".join(c for c in kept if c in " -_\n" or unicodedata.category(c)[0] in "LN")
    return {line.replace(" ", "-") for line in text.splitlines()}


# --- what exists is documented ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name):
    field = Settings.model_fields[name]
    variable = field.alias or f"TRYGGHETSHJULET_{name.upper()}"
    row = table_rows(OPERATIONS).get(variable)
    assert row is not None, f"{variable} is missing in docs/operations.md"
    default = {None: "none", False: "`false`"}.get(field.default, f"`{field.default}`")
    assert row[0] == default


def test_no_setting_is_documented_that_does_not_exist():
    known = {field.alias or f"TRYGGHETSHJULET_{name.upper()}" for name, field in Settings.model_fields.items()}
    named = {
        word for page in PAGES for word in re.findall(r"TRYGGHETSHJULET_[A-Z_]*[A-Z]", page.read_text(encoding="utf-8"))
    }
    assert named - known == set()


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_helps_and_is_documented_with_its_options(name):
    asked = CliRunner().invoke(cli, [*name.split(), "--help"])
    assert asked.exit_code == 0, asked.output
    section = OPERATIONS.read_text(encoding="utf-8").split("\n## Commands\n")[1].split("\n## ")[0]
    row = next((line for line in section.splitlines() if re.match(rf"\| `{name}[ `]", line)), None)
    assert row is not None, f"`{name}` is missing in docs/operations.md"
    options = {
        written
        for parameter in commands()[name].params
        if parameter.param_type_name == "option"
        for written in [*parameter.opts, *parameter.secondary_opts]
    }
    # `--scheduler` is what `serve` does by itself; its opposite is what one writes.
    assert {option for option in options - {"--help", "--scheduler"} if f"`{option}`" not in row} == set()


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_every_action_is_documented_with_its_parameters_and_results(name):
    row = table_rows(MODELLING).get(name)
    assert row is not None, f"{name} is missing in docs/modelling.md"
    action = ACTIONS[name]
    assert set(re.findall(r"`([^`]+)`", row[1])) == action.required | action.optional
    assert set(re.findall(r"`([^`]+)`", row[2])) == action.results


@pytest.mark.parametrize("target", sorted(make_targets()))
def test_every_make_target_is_documented(target):
    assert f"`make {target}`" in OPERATIONS.read_text(encoding="utf-8")


@pytest.mark.parametrize("metric", [family.name for family in REGISTRY.collect()])
def test_every_metric_is_documented(metric):
    documented = re.findall(r"`([a-z_]+?)(?:_total)?(?:\{[a-z,]+\})?`", OPERATIONS.read_text(encoding="utf-8"))
    assert metric in documented


def test_every_widget_source_and_record_of_forms_is_documented():
    text = MODELLING.read_text(encoding="utf-8")
    words = {
        *vocabulary.SOURCES,
        *vocabulary.COLUMNS,
        *(w for shape in vocabulary.SHAPES.values() for w in shape.widgets),
    }
    assert {word for word in words if f"`{word}`" not in text} == set()


@pytest.mark.parametrize(
    ("label", "limit"),
    [
        ("a form file", f"{vocabulary.MAX_FORM_BYTES // 1000} kB"),
        ("fields in a form, those of its rows counted once", f"{vocabulary.MAX_FIELDS}"),
        ("a submission, as JSON", f"{vocabulary.MAX_SUBMISSION_BYTES // 1_000_000} MB"),
        ("rows or values in a list", f"{vocabulary.MAX_ITEMS:,}"),
        ("a title; a help text", f"{vocabulary.MAX_TITLE}; {vocabulary.MAX_DESCRIPTION:,} characters"),
    ],
)
def test_the_limits_of_forms_are_the_true_ones(label, limit):
    assert f"| {label} | {limit} |" in MODELLING.read_text(encoding="utf-8")


# --- dependencies ----------------------------------------------------------------------------------------------------


def python_dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for name in ("build.in", "uv.in"):
        lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
        listed += [line for line in lines if line and not line.startswith("#")]
    return {re.split(r"[\[<>=~! ]", entry)[0] for entry in listed}


@pytest.mark.parametrize("name", sorted(python_dependencies()))
def test_every_python_dependency_is_explained_with_its_licence(name):
    row = table_rows(DEPENDENCIES).get(name)
    assert row is not None, f"{name} is missing in docs/dependencies.md"
    stated = importlib.metadata.metadata(name).get_all("License-Expression") or [""]
    assert row[-1]
    assert row[-1].startswith(stated[0])


def test_every_browser_dependency_is_explained_with_its_licence():
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text(encoding="utf-8"))["packages"]
    rows = table_rows(DEPENDENCIES)
    named = {**lock[""]["dependencies"], **lock[""].get("devDependencies", {})}
    assert named.keys() - rows.keys() == set()
    for name in named:
        stated = lock[f"node_modules/{name}"]["license"]
        assert rows[name][-1].startswith("bpmn.io licence" if stated.startswith("SEE") else stated)


def test_no_dependency_is_explained_that_is_not_there():
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text(encoding="utf-8"))["packages"][""]
    known = python_dependencies() | lock["dependencies"].keys() | lock["devDependencies"].keys()
    assert table_rows(DEPENDENCIES).keys() - known == set()


# --- what is documented exists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page):
    broken = []
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        inside = found.is_relative_to(ROOT) and found.exists()
        if not inside or (anchor and anchor not in anchors(found)):
            broken.append(target)
    assert broken == []


def test_every_page_of_the_documentation_is_linked_from_another():
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in PAGES
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
        if not re.match(r"[a-z]+:", target)
    }
    assert {page for page in (ROOT / "docs").rglob("*.md") if page.resolve() not in linked} == set()


def test_every_make_target_that_is_named_exists():
    named = {
        t for page in PAGES for t in re.findall(r"`[^`\n]*\bmake ([a-z]+)[^`\n]*`", page.read_text(encoding="utf-8"))
    }
    named |= {t for example in examples() for t in re.findall(r"^make ([a-z]+)", example.script, re.MULTILINE)}
    assert named - make_targets() == set()


def test_the_handbook_says_what_the_buttons_say():
    """What is in bold and stands on a page, stands there word for word."""
    pages = [*(ROOT / "app/web").rglob("*.html"), *(ROOT / "app/web/pages").glob("*.py")]
    said = "\n".join(path.read_text(encoding="utf-8") for path in pages)
    bold = re.findall(r"\*\*([^*]+)\*\*", HANDBOOK.read_text(encoding="utf-8"))
    labels = {" ".join(text.split()) for text in bold if not text.rstrip().endswith((".", "?"))}
    assert labels
    assert {label for label in labels if f'"{label}"' not in said} == set()


def test_no_host_of_a_registry_is_named_anywhere():
    naming = []
    for folder, below, files in os.walk(ROOT):
        below[:] = [
            name for name in below if name not in NOT_OURS and not name.endswith("_cache") and name != ".hypothesis"
        ]
        for path in (Path(folder) / name for name in files):
            content = path.read_bytes().lower()
            naming += [f"{path}: {host}" for host in FORBIDDEN_HOSTS if host.encode() in content]
    assert naming == []


# --- the examples run ------------------------------------------------------------------------------------------------


def test_every_shell_example_is_run_or_says_why_not():
    assert [e.name for e in examples() if not re.match(r"run$|run: \S|not run: \S", e.remark)] == []
    assert [e.name for e in examples() if e.remark.startswith("run")]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks like a checkout whose environment is this one, with data of its own."""
    for name in ("app", "workflows", "municipalities", "migrations"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The environment without this process's settings; `curl` is one of our own, since a machine may have none."""
    bin_folder = folder / "bin"
    bin_folder.mkdir(exist_ok=True)
    (bin_folder / "curl").write_text(f"#!{sys.executable}\n{CURL}", encoding="utf-8")
    (bin_folder / "curl").chmod(0o755)
    kept = {
        n: v
        for n, v in os.environ.items()
        if not n.startswith("TRYGGHETSHJULET_") and n not in {"DATABASE_URL", "PORT"}
    }
    return {**kept, "PATH": f"{bin_folder}:{kept['PATH']}", **settings}


CURL = """
import argparse, urllib.request
asked = argparse.ArgumentParser()
asked.add_argument("--silent", action="store_true")
asked.add_argument("--header", action="append", default=[])
asked.add_argument("url")
wanted = asked.parse_args()
headers = dict(header.split(": ", 1) for header in wanted.header)
print(urllib.request.urlopen(urllib.request.Request(wanted.url, headers=headers), timeout=20).read().decode())
"""


def run(script: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def marked(remark: str) -> list[Example]:
    return [example for example in examples() if example.remark == remark]


@pytest.mark.parametrize("example", marked("run"), ids=lambda example: example.name)
def test_the_examples_do_what_they_say(example, checkout):
    shown = run(example.script, checkout)
    if "--json" in example.script:
        assert json.loads(shown)


def test_a_backup_is_taken_and_restored_as_it_is_written(checkout):
    take, restore = marked("run: with the embedded database")
    server = embedded.start(checkout / "data")
    database = Database(server.url())
    try:
        migrations.migrate(database)
        installation = Installation(database)
        askersund, other = [profile for profile in profiles() if profile.id in {"askersund", "nassjo"}]
        with begin_system(installation) as uow:
            municipalities.add(uow, askersund)
            before = [unit.name for unit in stored.units(uow.session, "askersund", uow.today)]
        run(take.script, checkout)
        with begin_system(installation) as uow:
            municipalities.add(uow, other)
        run(restore.script, checkout)
        database.close()
        with begin_system(installation) as uow:
            assert [row.id for row in stored.every(uow.session)] == ["askersund"]
            assert [unit.name for unit in stored.units(uow.session, "askersund", uow.today)] == before != []
    finally:
        database.close()
        server.stop()


@pytest.fixture
def demonstration(checkout) -> Iterator[tuple[Path, int, list[str]]]:
    """The service in demonstration mode: its folder, its port and what it has said."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    settings = environment(checkout, TRYGGHETSHJULET_DEMO="1", PORT=str(port))
    program = checkout / ".venv/bin/trygghetshjulet"
    with (checkout / "log").open("w") as log:
        service = subprocess.Popen(
            [program, "serve"], cwd=checkout, env=settings, stdout=subprocess.PIPE, stderr=log, text=True
        )
        assert service.stdout is not None
        said = [service.stdout.readline().strip(), service.stdout.readline().strip()]
        try:
            yield checkout, port, said
        finally:
            service.terminate()
            ended = service.wait(timeout=60)
            service.stdout.close()
    assert ended == 0


def test_the_demonstration_says_what_the_readme_says_and_answers_the_call_in_it(demonstration):
    folder, port, said = demonstration
    promised = re.search(r"```text\n(.*?)\n```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert promised
    assert said == promised[1].replace(":8000", f":{port}").splitlines(), (folder / "log").read_text()
    logins = folder / "data/demo-logins.json"
    assert logins.stat().st_mode & 0o777 == 0o600
    named = set(re.findall(r"`([a-z.]+)` (?:leads|writes|is|administers)", README.read_text(encoding="utf-8")))
    assert named
    assert named - {login["username"] for login in json.loads(logins.read_text())} == set()
    (call,) = marked("run: with the demonstration running")
    shown = json.loads(run(call.script.replace(":8000", f":{port}"), folder))
    assert shown.keys() == {"items", "next"}
