"""A workflow folder judged as a whole: its diagram, forms, decision tables and rules.

Pure, so that it can be done anywhere: at the operator's console, or for an upload in a process of its own.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

import orjson

from app.domain import calendar_rules, reminders
from app.domain.day_offsets import RuleTextInvalid
from app.domain.forms import FormInvalid, parse_form
from app.domain.schedules import ProcessRuleInvalid, read_process_rule
from app.engine.decisions import DecisionInvalid, read_decisions
from app.engine.problems import Problem, error
from app.engine.vetting import Surroundings, Verdict, judge
from app.engine.xml_trees import size_problem


@dataclass(frozen=True)
class Folder:
    """A workflow folder: its name and its files, by path within it."""

    name: str
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class JudgedFolder:
    """A folder on its way in. `about` is its process.toml; forms and decision files are texts by their keys."""

    verdict: Verdict
    problems: tuple[Problem, ...]
    about: Mapping[str, Any] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, str] = field(default_factory=dict)

    @property
    def faults(self) -> list[Problem]:
        """What stops the deployment."""
        return [problem for problem in self.problems if problem.severity == "error"]


def judge_folders(folders: Sequence[Folder], known: Surroundings) -> list[JudgedFolder]:
    """Judge the folders together: they may call each other and what is `known`, whatever their order."""
    unread = [unread_problems(folder) for folder in folders]
    if any(unread):
        return [JudgedFolder(Verdict(tuple(found), executable=False), tuple(found)) for found in unread]
    alone = replace(known, calls=None, forms=None, decisions=None)
    calls = dict(known.calls or {})
    for folder in folders:
        program = judge(folder.files["process.bpmn"], alone).program
        if program is not None:
            calls[program.key] = program.calls
    return [_judge(folder, replace(known, calls=calls)) for folder in folders]


def unread_problems(folder: Folder) -> list[Problem]:
    """The files too large to be read at all."""
    found = [(path, size_problem(content)) for path, content in sorted(folder.files.items())]
    return [replace(p, sv=f"{path}: {p.sv}", en=f"{path}: {p.en}") for path, p in found if p is not None]


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


def _judge(folder: Folder, known: Surroundings) -> JudgedFolder:
    problems: list[Problem] = []
    forms = _forms(folder, problems)
    decisions = _decisions(folder, problems)
    about = _about(folder, problems)
    verdict = judge(folder.files["process.bpmn"], replace(known, forms=frozenset(forms), decisions=decisions))
    if not verdict.executable and verdict.accepted:
        problems.append(error("subset.not-executable", "Processen är inte körbar.", "The process is not executable."))
    key = about.get("key")
    if verdict.program is not None and key is not None and key != verdict.program.key:
        problems.append(
            error("folder.key", f"process.toml säger ”{key}” men processens id är ”{verdict.program.key}”.",
                  f"process.toml says '{key}' but the process id is '{verdict.program.key}'.")
        )  # fmt: skip
    return JudgedFolder(verdict, (*verdict.problems, *problems), about, forms, decisions)


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


def _about(folder: Folder, problems: list[Problem]) -> dict[str, Any]:
    raw = folder.files.get("process.toml")
    if raw is None:
        return {}
    try:
        # Through JSON, as it will be stored: TOML's dates become text.
        about: dict[str, Any] = orjson.loads(orjson.dumps(tomllib.loads(raw.decode())))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, RecursionError) as fault:
        problems.append(error("folder.toml", f"process.toml går inte att läsa: {fault}", f"process.toml: {fault}"))
        return {}
    problems += _kinds(about)
    rules = about.get("rules")
    problems += _rules(rules if isinstance(rules, dict) else {})
    problems += _reminders(about.get("reminders"))
    return about


def _reminders(text: Any) -> list[Problem]:
    """What is wrong with the process's policy of reminders."""
    try:
        if isinstance(text, str):
            reminders.parse(text)
    except reminders.RemindersInvalid as invalid:
        place = invalid.position + 1
        return [error("folder.reminders", f"process.toml, reminders, tecken {place}: {invalid.sv}",
                      f"process.toml, reminders, character {place}: {invalid.en}")]  # fmt: skip
    return []


def _rules(rules: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the calendar rules, each by itself and then start and target day together."""
    found = []
    for name, text in rules.items():
        try:
            calendar_rules.parse(str(text), is_start=name == "start")
        except calendar_rules.CalendarRuleInvalid as invalid:
            found.append(_rule_problem(name, invalid))
    if not found and {"start", "anchor"} <= rules.keys():
        try:
            read_process_rule("", str(rules["start"]), str(rules["anchor"]))
        except ProcessRuleInvalid as invalid:
            found.append(_rule_problem(invalid.field, invalid))
    return found


def _rule_problem(name: str, invalid: RuleTextInvalid) -> Problem:
    place = invalid.position + 1
    return error("calendar.rule", f"{name}, tecken {place}: {invalid.sv}", f"{name}, character {place}: {invalid.en}")


def _kinds(about: Mapping[str, Any]) -> list[Problem]:
    """What is of the wrong kind in process.toml."""
    kinds = {"key": str, "title": str, "title_en": str, "rules": dict, "reminders": str}
    return [
        error("folder.toml", f"process.toml: {name} är av fel slag.", f"process.toml: {name} is of the wrong kind.")
        for name, kind in kinds.items()
        if not isinstance(about.get(name, kind()), kind)
    ]
