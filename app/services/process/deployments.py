"""Deployments: a folder is judged, lowered and stored as a new version; all of it or nothing."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from uuid import UUID

from app.db.process import deployments
from app.db.process.deployments import Deployment, ProcessDefinition
from app.domain.errors import DeploymentRefused, InvalidInput, TooLarge
from app.domain.ids import new_id
from app.domain.roles import ROLES
from app.engine.folders import Folder, JudgedFolder, judge_folders, read_decision_file
from app.engine.vetting import Surroundings
from app.services.actions import ACTIONS
from app.services.unit_of_work import UnitOfWork

Judging = Callable[[Sequence[Folder], Surroundings], list[JudgedFolder]]
MAX_FILES = 60
MAX_FOLDER_BYTES = 10_000_000


@dataclass(frozen=True)
class Deployed:
    """What a deployment led to: (key, version, whether it is new) of each definition."""

    deployment_id: UUID | None
    definitions: tuple[tuple[ProcessDefinition, bool], ...]


@dataclass(frozen=True)
class _Entry:
    """A folder with what was found in it."""

    folder: Folder
    judged: JudgedFolder


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
    uow: UnitOfWork,
    folders: Sequence[Folder],
    *,
    municipality: str | None = None,
    person_id: UUID | None = None,
    judging: Judging = judge_folders,
) -> Deployed:
    """Deploy folders, all or nothing. Unchanged content makes no new version. Raises DeploymentRefused.

    What comes from outside is judged by `vettings.judge_folders_apart`; the operator's own folders need no child.
    """
    judged = judging(folders, surroundings(calls=dict(deployments.calls(uow.session, municipality))))
    entries = [_Entry(folder, found) for folder, found in zip(folders, judged, strict=True)]
    bad = next((entry for entry in entries if entry.judged.faults), None)
    if bad is not None:
        raise DeploymentRefused([p for entry in entries for p in entry.judged.problems], bad.folder.name)
    fresh = [(entry, _unchanged(uow, entry, municipality)) for entry in entries]
    if all(old is not None for _entry, old in fresh):
        return Deployed(None, tuple((old, False) for _entry, old in fresh if old is not None))
    deployment = _record(uow, folders, municipality, person_id)
    made = tuple(
        (old, False) if old is not None else (_store(uow, entry, deployment, municipality), True)
        for entry, old in fresh
    )
    return Deployed(deployment.id, made)


def _record(uow: UnitOfWork, folders: Sequence[Folder], municipality: str | None, person_id: UUID | None) -> Deployment:
    """Who deployed what, when."""
    deployment = Deployment(
        id=new_id(),
        municipality_id=municipality,
        name=", ".join(f.name for f in folders)[:200],
        deployed_at=uow.now,
        deployed_by=person_id,
    )
    uow.session.add(deployment)
    uow.session.flush()
    return deployment


def _hash(folder: Folder) -> str:
    """What makes a version: every file that changes what happens. The README does not."""
    summed = hashlib.sha256()
    for path in sorted(folder.files):
        if path != "README.md":
            summed.update(path.encode() + b"\0" + hashlib.sha256(folder.files[path]).digest())
    return summed.hexdigest()


def _unchanged(uow: UnitOfWork, entry: _Entry, municipality: str | None) -> ProcessDefinition | None:
    program = entry.judged.verdict.program
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


def _store(uow: UnitOfWork, entry: _Entry, deployment: Deployment, municipality: str | None) -> ProcessDefinition:
    program = entry.judged.verdict.program
    if program is None:
        raise AssertionError("a folder without problems has a program")
    row = ProcessDefinition(
        id=new_id(),
        municipality_id=municipality,
        deployment_id=deployment.id,
        key=program.key,
        version=deployments.next_version(uow.session, program.key, municipality),
        name=str(entry.judged.about.get("title") or program.name),
        title_en=entry.judged.about.get("title_en"),
        content_hash=_hash(entry.folder),
        program_digest=program.digest,
        rules={**(entry.judged.about.get("rules") or {}), "calls": sorted(program.calls)},
        message_starts=program.message_starts(),
        deployed_at=uow.now,
        xml=entry.folder.files["process.bpmn"],
        program=program.raw,
        forms=dict(entry.judged.forms),
        decisions=dict(entry.judged.decisions),
        about=dict(entry.judged.about),
    )
    uow.session.add(row)
    uow.session.flush()
    return row
