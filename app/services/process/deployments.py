"""Deployments: a folder is judged, lowered and stored as a new version; all of it or nothing."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID

from app.db.process import deployments
from app.db.process.deployments import Deployment, ProcessDefinition
from app.domain import calendar_rules
from app.domain.errors import DeploymentRefused, InvalidInput, TooLarge
from app.domain.forms import FormInvalid, parse_form
from app.domain.ids import new_id
from app.domain.roles import ROLES
from app.engine.decisions import DecisionInvalid, read_decisions
from app.engine.problems import Problem, error
from app.engine.vetting import Surroundings, Verdict, judge
from app.services.actions import ACTIONS
from app.services.unit_of_work import UnitOfWork

MAX_FILES = 60
MAX_FOLDER_BYTES = 10_000_000


@dataclass(frozen=True)
class Folder:
    """A workflow folder: its name and its files, by path within it."""

    name: str
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Deployed:
    """What a deployment led to: (key, version, whether it is new) of each definition."""

    deployment_id: UUID | None
    definitions: tuple[tuple[ProcessDefinition, bool], ...]


@dataclass
class _Judged:
    """A folder on its way in."""

    folder: Folder
    verdict: Verdict
    problems: list[Problem]
    about: dict[str, Any] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)


def read_folders(path: Path) -> list[Folder]:
    """A workflow folder, or a folder of them. Raises InvalidInput when there is no process.bpmn, TooLarge."""
    if not path.is_dir():
        raise InvalidInput(f"{path} är ingen mapp.", f"{path} is not a folder.")
    roots = [path] if (path / "process.bpmn").exists() else sorted(p.parent for p in path.glob("*/process.bpmn"))
    if not roots:
        raise InvalidInput(f"{path} har ingen process.bpmn.", f"{path} has no process.bpmn.")
    return [_read_folder(root) for root in roots]


def _read_folder(root: Path) -> Folder:
    wanted = ["process.bpmn", "process.toml", "README.md"]
    found = [root / name for name in wanted if (root / name).is_file()]
    found += sorted(root.glob("forms/*.json")) + sorted(root.glob("*.dmn"))
    if len(found) > MAX_FILES or sum(f.stat().st_size for f in found) > MAX_FOLDER_BYTES:
        raise TooLarge(MAX_FOLDER_BYTES)
    return Folder(root.name, {f.relative_to(root).as_posix(): f.read_bytes() for f in found})


def folder_of(files: Mapping[str, bytes]) -> Folder:
    """Uploaded files as a folder. Raises InvalidInput for paths that do not belong in one, TooLarge."""
    if len(files) > MAX_FILES or sum(len(content) for content in files.values()) > MAX_FOLDER_BYTES:
        raise TooLarge(MAX_FOLDER_BYTES)
    plain: dict[str, bytes] = {}
    for name, content in files.items():
        path = PurePosixPath(name)
        parts = [p for p in path.parts if p not in {".", "/"}]
        if ".." in parts or not parts:
            raise InvalidInput(f"Filnamnet ”{name[:100]}” går inte.", f"The file name '{name[:100]}' will not do.")
        if path.suffix == ".bpmn":
            plain["process.bpmn"] = content
        elif path.suffix == ".json":
            plain[f"forms/{path.name}"] = content
        elif path.suffix in {".dmn", ".toml", ".md"}:
            plain[path.name] = content
        else:
            raise InvalidInput(
                f"”{path.name[:100]}” hör inte hemma i en processmapp.",
                f"'{path.name[:100]}' does not belong in a workflow folder.",
            )
    if "process.bpmn" not in plain:
        raise InvalidInput("Det saknas en process.bpmn.", "There is no process.bpmn.")
    return Folder("upload", plain)


def surroundings(
    forms: frozenset[str] | None = None,
    calls: Mapping[str, frozenset[str]] | None = None,
    decisions: Mapping[str, str] | None = None,
) -> Surroundings:
    """What exists here: actions and roles always, forms and called processes when they are known."""
    return Surroundings(
        actions={name: action.signature for name, action in ACTIONS.items()},
        roles=frozenset(ROLES),
        forms=forms,
        calls=calls,
        decisions=decisions,
    )


def surroundings_of_file(file: Path) -> Surroundings:
    """What exists beside a file: the forms and decisions of its folder when it is one, else they are not judged."""
    forms = file.parent / "forms"
    if not forms.is_dir():
        return surroundings()
    decisions: dict[str, str] = {}
    for path in sorted(file.parent.glob("*.dmn")):
        read_decision_file(path.name, path.read_bytes(), decisions)
    return surroundings(frozenset(p.stem for p in forms.glob("*.json")), None, decisions)


def deploy(
    uow: UnitOfWork, folders: Sequence[Folder], *, municipality: str | None = None, person_id: UUID | None = None
) -> Deployed:
    """Deploy folders, all or nothing. Unchanged content makes no new version. Raises DeploymentRefused."""
    known = dict(deployments.calls(uow.session, municipality))
    judged = _judge_all(folders, known)
    faults = [problem for entry in judged for problem in entry.problems if problem.severity == "error"]
    if faults:
        bad = next(entry for entry in judged if any(p.severity == "error" for p in entry.problems))
        raise DeploymentRefused([p for entry in judged for p in entry.problems], bad.folder.name)
    fresh = [(entry, _unchanged(uow, entry, municipality)) for entry in judged]
    if all(old is not None for _entry, old in fresh):
        return Deployed(None, tuple((old, False) for _entry, old in fresh if old is not None))
    deployment = Deployment(
        id=new_id(),
        municipality_id=municipality,
        name=", ".join(f.name for f in folders)[:200],
        deployed_at=uow.now,
        deployed_by=person_id,
    )
    uow.session.add(deployment)
    uow.session.flush()
    made = tuple(
        (old, False) if old is not None else (_store(uow, entry, deployment, municipality), True)
        for entry, old in fresh
    )
    return Deployed(deployment.id, made)


def _judge_all(folders: Sequence[Folder], known: dict[str, frozenset[str]]) -> list[_Judged]:
    """Judge the folders together: they may call each other, whatever their order."""
    first = [judge(folder.files["process.bpmn"], surroundings()) for folder in folders]
    calls = dict(known)
    for verdict in first:
        if verdict.program is not None:
            calls[verdict.program.key] = verdict.program.calls
    return [_judge(folder, calls) for folder in folders]


def _judge(folder: Folder, calls: Mapping[str, frozenset[str]]) -> _Judged:
    problems: list[Problem] = []
    forms = _forms(folder, problems)
    decisions = _decisions(folder, problems)
    verdict = judge(folder.files["process.bpmn"], surroundings(frozenset(forms), calls, decisions))
    judged = _Judged(folder, verdict, [*verdict.problems, *problems], _about(folder, problems), forms, decisions)
    judged.problems = [*verdict.problems, *problems]
    if not verdict.executable and verdict.accepted:
        judged.problems.append(
            error("subset.not-executable", "Processen är inte körbar.", "The process is not executable.")
        )
    if verdict.program is not None and (key := judged.about.get("key")) not in {None, verdict.program.key}:
        judged.problems.append(
            error("folder.key", f"process.toml säger ”{key}” men processens id är ”{verdict.program.key}”.",
                  f"process.toml says '{key}' but the process id is '{verdict.program.key}'.")
        )  # fmt: skip
    return judged


def _forms(folder: Folder, problems: list[Problem]) -> dict[str, str]:
    forms: dict[str, str] = {}
    for path, content in folder.files.items():
        if path.startswith("forms/"):
            key = PurePosixPath(path).stem
            try:
                parse_form(key, content)
                forms[key] = content.decode()
            except FormInvalid as invalid:
                problems += [
                    error("form.invalid", f"{path}{p.pointer}: {p.sv}", f"{path}{p.pointer}: {p.en}", element=key)
                    for p in invalid.problems
                ]
    return forms


def _decisions(folder: Folder, problems: list[Problem]) -> dict[str, str]:
    """DMN files by the id of each decision in them."""
    found: dict[str, str] = {}
    for path, content in folder.files.items():
        if path.endswith(".dmn"):
            problems += read_decision_file(path, content, found)
    return found


def read_decision_file(path: str, content: bytes, found: dict[str, str]) -> list[Problem]:
    """Add a DMN file's decisions to those found; what is wrong with it."""
    try:
        keys = list(read_decisions(content))
    except DecisionInvalid as invalid:
        return [replace(p, sv=f"{path}: {p.sv}", en=f"{path}: {p.en}") for p in invalid.problems]
    twice = [key for key in keys if key in found]
    found.update(dict.fromkeys(keys, content.decode()))
    return [
        error("dmn.duplicate", f"Beslutet ”{key}” finns i flera filer.", f"The decision '{key}' is in several files.",
              element=key)
        for key in twice
    ]  # fmt: skip


def _about(folder: Folder, problems: list[Problem]) -> dict[str, Any]:
    raw = folder.files.get("process.toml")
    if raw is None:
        return {}
    try:
        about = tomllib.loads(raw.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        problems.append(error("folder.toml", f"process.toml går inte att läsa: {fault}", f"process.toml: {fault}"))
        return {}
    for name, text in (about.get("rules") or {}).items():
        try:
            calendar_rules.parse(str(text), is_start=name == "start")
        except calendar_rules.CalendarRuleInvalid as invalid:
            problems.append(error("calendar.rule", f"{name}: {invalid.sv}", f"{name}: {invalid.en}"))
    return about


def _hash(folder: Folder) -> str:
    """What makes a version: every file that changes what happens. The README does not."""
    summed = hashlib.sha256()
    for path in sorted(folder.files):
        if path != "README.md":
            summed.update(path.encode() + b"\0" + hashlib.sha256(folder.files[path]).digest())
    return summed.hexdigest()


def _unchanged(uow: UnitOfWork, entry: _Judged, municipality: str | None) -> ProcessDefinition | None:
    program = entry.verdict.program
    if program is None:
        return None
    latest = deployments.latest(uow.session, program.key, municipality)
    same = (
        latest is not None
        and latest.municipality_id == municipality
        and latest.content_hash == _hash(entry.folder)
        and latest.program_digest == program.digest
    )
    return latest if same else None


def _store(uow: UnitOfWork, entry: _Judged, deployment: Deployment, municipality: str | None) -> ProcessDefinition:
    program = entry.verdict.program
    if program is None:
        raise AssertionError("a folder without problems has a program")
    row = ProcessDefinition(
        id=new_id(),
        municipality_id=municipality,
        deployment_id=deployment.id,
        key=program.key,
        version=deployments.next_version(uow.session, program.key, municipality),
        name=str(entry.about.get("title") or program.name),
        title_en=entry.about.get("title_en"),
        content_hash=_hash(entry.folder),
        program_digest=program.digest,
        rules={**(entry.about.get("rules") or {}), "calls": sorted(program.calls)},
        message_starts=program.message_starts(),
        deployed_at=uow.now,
        xml=entry.folder.files["process.bpmn"],
        program=program.raw,
        forms=entry.forms,
        decisions=entry.decisions,
        about=entry.about,
    )
    uow.session.add(row)
    uow.session.flush()
    return row
