"""How the pages of the calendar say days, changes and what moves."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from app.db.prevention import municipalities
from app.db.process import deployments, process_instances
from app.domain.adoptions import OpenQuestion
from app.domain.calendar_rules import CalendarRule
from app.domain.day_offsets import RuleTextInvalid
from app.domain.meeting_plans import organ_name
from app.domain.pauses import Pause
from app.domain.schedules import Missing, read_process_rule
from app.domain.swedish_dates import Sentence, long_date
from app.domain.workdays import iso_week
from app.services.prevention.calendar_changes import Move
from app.services.process.advancing import loaded
from app.web.pages.calendar_views import Day, MoveGroup, MoveRow
from app.web.pages.visits import Visit
from app.web.pages.wording import stamp_of_day
from app.web.swedish import Swedish, joined, put

_GROUPS = {
    "task": "Pågående uppgifter",
    "expiry": "När tiden går ut för pågående uppgifter",
    "timer": "Tidsgränser i ärenden",
    "anchor": "Ärendens måldagar",
    "start": "Planerade starter: måldagen",
}
_MOST_SENTENCES = 60
NBSP = "\N{NO-BREAK SPACE}"


def said(visit: Visit, words: Sentence) -> str:
    """The sentence in the reader's language."""
    return words.en if visit.language == "en" else words.sv


def capital(text: str) -> str:
    """The text as a sentence begins."""
    return text[:1].upper() + text[1:]


def day_of(visit: Visit, on: date, why: str = "") -> Day:
    """A day for a table."""
    return Day(stamp_of_day(on, visit.language), visit.words("v. %(week)s") % {"week": iso_week(on)}, why)


def day_in_words(visit: Visit, on: date) -> str:
    """The whole day with its week: fredag 26 februari 2027 (vecka 8)."""
    return visit.words("%(day)s (vecka %(week)s)") % {"day": long_date(on, visit.language), "week": iso_week(on)}


def rule_in_words(visit: Visit, rule: CalendarRule) -> str:
    """The rule as a sentence would have it."""
    return rule.in_english() if visit.language == "en" else rule.in_swedish()


def process_names(visit: Visit, place: str) -> dict[str, str]:
    """What the processes are called, by key."""
    return {
        row.key: (row.title_en if visit.language == "en" else None) or Swedish(row.name)
        for row in deployments.latest_of_each(visit.uow.session, place)
    }


def question_title(question: OpenQuestion, names: Mapping[str, str]) -> str:
    """What an open question is about: as the profile calls it, else as its process is called."""
    if question.title:
        return Swedish(question.title)
    return names.get(question.process or "", Swedish(question.name))


def pause_in_words(visit: Visit, pause: Pause, names: Mapping[str, str]) -> str:
    """When the pause is, and of which process."""
    told = said(visit, pause.in_words())
    if pause.process is None:
        return told
    only = visit.words("%(pause)s (bara %(process)s)")
    return put(only, {"pause": told, "process": names.get(pause.process, pause.process)})


def change_sentences(
    visit: Visit, place: str, changes: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> tuple[str, ...]:
    """What the changes are, as they are written down; of very many only the first."""
    told = [_change_sentence(visit, place, change, names) for change in changes[:_MOST_SENTENCES]]
    if len(changes) > _MOST_SENTENCES:
        told.append(visit.words("Och %(n)s ändringar till.") % {"n": len(changes) - _MOST_SENTENCES})
    return tuple(told)


def _change_sentence(visit: Visit, place: str, change: Mapping[str, Any], names: Mapping[str, str]) -> str:
    kind = str(change["kind"])
    if kind in {"add_meeting", "move_meeting", "remove_meeting"}:
        return _meeting_sentence(visit, kind, change)
    if kind in {"add_day_off", "remove_day_off", "add_pause", "remove_pause"}:
        return _rest_sentence(visit, kind, change, names)
    if kind == "settle_question":
        name = _question_named(visit, place, str(change["question"]), names)
        return put(visit.words("Frågan ”%(name)s” är avgjord."), {"name": name})
    return _process_sentence(visit, kind, change, names)


def _question_named(visit: Visit, place: str, name: str, names: Mapping[str, str]) -> str:
    """What a question is called; the profile says so when it is settled too."""
    row = municipalities.get(visit.uow.session, place)
    said_of_it = (row.profile if row is not None else {}).get("suggestions", {}).get(name, {})
    process = str(said_of_it.get("process", name))
    return question_title(OpenQuestion(name, process, str(said_of_it.get("title", "")), ""), names)


def _rest_sentence(visit: Visit, kind: str, change: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """A day off, or a pause."""
    if kind == "add_day_off":
        said_so = visit.words("Ny ledig dag: %(day)s, %(name)s.")
        return put(said_so, {"day": _day(visit, change["on"]), "name": change["name"]})
    if kind == "remove_day_off":
        return put(visit.words("%(day)s är inte längre ledig."), {"day": capital(_day(visit, change["on"]))})
    if kind == "add_pause":
        return put(visit.words("Ny paus: %(pause)s."), {"pause": pause_in_words(visit, _pause(change), names)})
    return put(visit.words("Pausen ”%(name)s” tas bort."), {"name": change["name"]})


def _process_sentence(visit: Visit, kind: str, change: Mapping[str, Any], names: Mapping[str, str]) -> str:
    values = {"process": names.get(str(change["process"]), str(change["process"]))}
    if kind == "drop_process":
        return put(visit.words("%(process)s används inte längre."), values)
    if kind == "adopt_process" and not change["start"]:
        return put(visit.words("%(process)s börjar användas."), values)
    values |= _rule_texts(visit, change)
    if kind == "adopt_process":
        words = visit.words("%(process)s börjar användas: starten är %(start)s, och måldagen är %(anchor)s.")
    else:
        words = visit.words("%(process)s får en ny regel: starten är %(start)s, och måldagen är %(anchor)s.")
    return put(words, values)


def _meeting_sentence(visit: Visit, kind: str, change: Mapping[str, Any]) -> str:
    values = {"organ": said(visit, organ_name(str(change["organ"]))), "day": _day(visit, change["on"])}
    if kind == "add_meeting":
        words = visit.words("Nytt sammanträde med %(organ)s %(day)s.")
    elif kind == "move_meeting":
        words = visit.words("Sammanträdet med %(organ)s flyttas från %(day)s till %(to)s.")
        values["to"] = _day(visit, change["to_on"])
    else:
        words = visit.words("Sammanträdet med %(organ)s %(day)s ställs in.")
    told = put(words, values)
    if change.get("manuscript_stop_on"):
        stop = visit.words("Manusstopp: %(day)s.") % {"day": _day(visit, change["manuscript_stop_on"])}
        told = joined(" ", [told, stop])
    return told


def _day(visit: Visit, on: Any) -> str:
    return day_in_words(visit, date.fromisoformat(str(on)))


def _pause(change: Mapping[str, Any]) -> Pause:
    values = dict(change["pause"])
    days = {name: date.fromisoformat(str(values[name])) for name in ("first_on", "last_on")}
    return Pause(**{**values, **days})


def _rule_texts(visit: Visit, change: Mapping[str, Any]) -> dict[str, str]:
    """The two rules in words; as they were written if the language has changed since."""
    start, anchor = str(change["start"]), str(change["anchor"])
    try:
        rule = read_process_rule(str(change["process"]), start, anchor)
    except RuleTextInvalid:
        return {"start": start, "anchor": anchor}
    return {"start": rule_in_words(visit, rule.start), "anchor": rule_in_words(visit, rule.anchor)}


def undecided(visit: Visit, place: str, gaps: Sequence[Missing]) -> list[Missing]:
    """The gaps of what has neither been started nor struck: what runs already needs no day to start on."""
    decided = {(row.process_key, row.period) for row in municipalities.occurrences(visit.uow.session, place)}
    return [gap for gap in gaps if (gap.key, gap.period or str(gap.year)) not in decided]


def written_move(data: Mapping[str, Any]) -> Move:
    """A move as it was written down."""
    values = dict(data)
    for name in ("from_on", "to_on"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    for name in ("instance_id", "task_id"):
        values[name] = UUID(values[name]) if values[name] else None
    return Move(**values)


def move_groups(visit: Visit, moves: Iterable[Move], names: Mapping[str, str], prefix: str = "") -> list[MoveGroup]:
    """The moves by kind. What is the same for many, such as every department's report, is one row with a number."""
    counts = Counter(replace(move, task_id=None) for move in moves)
    groups = []
    for kind, title in _GROUPS.items():
        rows = [_move_row(visit, move, number, names) for move, number in counts.items() if move.kind == kind]
        if rows:
            groups.append(MoveGroup(f"{prefix}{kind}", visit.words(title), tuple(rows)))
    return groups


def _move_row(visit: Visit, move: Move, number: int, names: Mapping[str, str]) -> MoveRow:
    process = names.get(move.process, move.process)
    if move.kind == "start":
        name = joined(" ", [process, move.name])
    elif move.kind == "anchor":
        name = Swedish(move.name)
    else:
        name = joined(": ", [process, Swedish(_step_name(visit, move))])
    if number > 1:
        name = joined(" ", [name, (visit.words("(%(n)s stycken)") % {"n": number}).replace(" ", NBSP)])
    return MoveRow(
        name=name,
        url=f"/arenden/{move.instance_id}" if move.instance_id else "",
        was=day_of(visit, move.from_on) if move.from_on else None,
        to=day_of(visit, move.to_on) if move.to_on else None,
        why=capital(move.why_en if visit.language == "en" else move.why_sv),
    )


def _step_name(visit: Visit, move: Move) -> str:
    """The step's name: a time limit is written down by its element."""
    if move.kind == "task" or move.instance_id is None:
        return move.name
    instance = process_instances.get(visit.uow.session, move.instance_id)
    node = loaded(visit.uow, instance).program.nodes.get(move.name) if instance is not None else None
    return (node.name if node is not None else "") or move.name
