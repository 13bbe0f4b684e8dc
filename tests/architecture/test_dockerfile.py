"""The Dockerfile, read as text: no engine is at hand where the tests run, so what can be said of it is said here."""

import ast
import json
import re
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]


def instructions() -> list[tuple[str, str]]:
    """(word, argument) of each instruction, continued lines joined, remarks left out."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines()
    return [(word.upper(), rest) for word, _, rest in (line.partition(" ") for line in joined)]


def stages() -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = []
    for word, rest in instructions():
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest))
    return found


def of(word: str, stage: list[tuple[str, str]]) -> list[str]:
    return [rest for name, rest in stage if name == word]


def test_what_builds_is_not_what_runs():
    build, final = stages()
    assert build[0][1].endswith(" AS build")
    assert any(rest.startswith("--from=build ") for rest in of("COPY", final))
    assert not any("pip" in rest or "npm" in rest for rest in of("RUN", final))


def test_every_base_names_its_version_and_its_distribution():
    for stage in stages():
        assert re.fullmatch(r"python:3\.\d+(\.\d+)?-slim-[a-z]+(@sha256:[0-9a-f]{64})?( AS build)?", stage[0][1])


def test_the_base_has_the_python_that_the_project_asks_for():
    asked = re.search(r'requires-python = ">=(3\.\d+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert asked
    assert all(stage[0][1].startswith(f"python:{asked[1]}-") for stage in stages())


def test_it_runs_as_somebody_who_is_not_root():
    final = stages()[-1]
    users = of("USER", final)
    assert users
    assert users[-1].split(":")[0] not in {"root", "0", ""}
    # A number, so that an orchestrator can see that it is not root.
    assert users[-1].isdigit()
    assert any(f"--uid {users[-1]} " in rest for rest in of("RUN", final))
    after = [word for word, _ in final[[word for word, _ in final].index("USER") :]]
    assert not {"RUN", "COPY", "ADD"} & set(after)


def test_its_health_is_asked_over_http_on_the_port_that_is_set():
    (check,) = of("HEALTHCHECK", stages()[-1])
    command = json.loads(check[check.index("CMD ") + 4 :])
    assert command[:2] == ["python", "-c"]
    ast.parse(command[2])
    assert "/health/live" in command[2]
    assert 'os.environ.get("PORT", 8000)' in command[2]
    assert of("EXPOSE", stages()[-1]) == ["8000"]


def test_it_starts_the_service_itself_so_that_signals_reach_it():
    final = stages()[-1]
    assert json.loads(of("ENTRYPOINT", final)[-1]) == ["trygghetshjulet"]
    assert json.loads(of("CMD", final)[-1]) == ["serve"]


def test_nothing_is_fetched_but_what_the_lock_files_name():
    assert of("ADD", instructions()) == []
    runs = of("RUN", instructions())
    assert not [run for run in runs if re.search(r"\b(curl|wget|https?://)", run)]
    assert all("--require-hashes" in run for run in runs if "pip install" in run and " -r " in run)
    assert all("--no-deps" in run for run in runs if "pip install" in run and " -e " in run)
    assert all(" ci " in run for run in runs if "npm" in run)


def test_it_holds_no_secret():
    named = [rest for word, rest in instructions() if word in {"ENV", "ARG"}]
    assert not [rest for rest in named if re.search(r"SECRET|PASSWORD|TOKEN|DATABASE_URL|DEMO", rest)]


def test_everything_that_is_copied_exists_and_is_let_through():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored
    for copied in of("COPY", stages()[0]):
        for source in copied.split()[:-1]:
            assert (ROOT / source).exists()
            assert PurePosixPath(source).parts[0] in let_through


@pytest.mark.parametrize("folder", ["app", "migrations", "municipalities", "workflows"])
def test_what_the_service_reads_at_run_time_is_in_the_image(folder):
    assert f"{folder} {folder}" in of("COPY", stages()[0])
