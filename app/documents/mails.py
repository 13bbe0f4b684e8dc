"""Mails in plain words: what, by when and why that day, and a link. The same content as accessible HTML and as text.

Pure: what is said comes in, a subject and two bodies come out. Everything is escaped in the HTML; the subject is one
line whatever the names of tasks hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.domain.mail_servers import one_line
from app.domain.swedish_dates import Language, Sentence, counted, long_date

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Written:
    """A mail ready to be put in an envelope."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class TaskFacts:
    """What a mail says of a task. `reason` is why it is due that day, `why` what it is for; `url` opens it."""

    name: str
    instance: str
    municipality: str
    scope: str | None
    role: str
    due_on: date
    reason: str
    why: str | None
    source: str | None
    url: str


@dataclass(frozen=True)
class Told:
    """Who has been told of the task before, and when. `escalated`: as somebody above those whose task it is."""

    on: date
    names: tuple[str, ...]
    escalated: bool


@dataclass(frozen=True)
class Fact:
    """A label and what it says."""

    label: str
    value: str


@dataclass(frozen=True)
class Line:
    """A line of a list, perhaps with a note under it and a link."""

    text: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Section:
    """A heading with its lines."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Letter:
    """What both bodies are made of."""

    language: Language
    subject: str
    heading: str
    opening: tuple[str, ...]
    facts: tuple[Fact, ...] = ()
    sections: tuple[Section, ...] = ()
    link: Line | None = None
    closing: tuple[str, ...] = ()


def reminder(task: TaskFacts, today: date, language: Language) -> Written:
    """To those whose task it is."""
    left = _distance(task.due_on, today, language)
    subject = _in(language, f"Påminnelse: {task.name}, {left}", f"Reminder: {task.name}, {left}")
    letter = Letter(
        language=language,
        subject=one_line(subject),
        heading=task.name,
        opening=(
            _in(
                language,
                f"Du får det här för att uppgiften är din, eller väntar på din roll ({task.role}).",
                f"You get this because the task is yours, or waits for your role ({task.role}).",
            ),
        ),
        facts=_facts(task, language),
        link=Line(_in(language, "Öppna uppgiften", "Open the task"), url=task.url),
        closing=_closing(task.municipality, language),
    )
    return _written(letter)


def escalation(task: TaskFacts, told: Sequence[Told], today: date, language: Language) -> Written:
    """To whoever leads those whose task it is: it is late, and this is who has been told when."""
    late = _distance(task.due_on, today, language)
    subject = _in(language, f"Försenat: {task.name}, {task.instance}", f"Late: {task.name}, {task.instance}")
    whose = f"{task.role}, {task.scope}" if task.scope else task.role
    lines = tuple(_told(entry, language) for entry in told) or (
        Line(_in(language, "Ingen har påmints tidigare.", "Nobody has been reminded before.")),
    )
    letter = Letter(
        language=language,
        subject=one_line(subject),
        heading=_in(language, f"{task.name} är inte klar", f"{task.name} is not done"),
        opening=(
            _in(
                language,
                f"Uppgiften skulle ha varit klar {long_date(task.due_on)} ({late}). Den väntar på {whose}.",
                f"The task was due on {long_date(task.due_on, 'en')} ({late}). It waits for {whose}.",
            ),
            _in(
                language,
                "Du får det här för att du leder arbetet. Hjälp till så att det blir gjort, eller lämna över uppgiften "
                "till någon som kan.",
                "You get this because you lead the work. Help it to be done, or hand the task over to somebody who "
                "can do it.",
            ),
        ),
        facts=_facts(task, language),
        sections=(Section(_in(language, "Vem som har fått veta", "Who has been told"), lines),),
        link=Line(_in(language, "Öppna uppgiften", "Open the task"), url=task.url),
        closing=_closing(task.municipality, language),
    )
    return _written(letter)


def digest(tasks: Sequence[TaskFacts], more: int, url: str, today: date, language: Language) -> Written:
    """The week's tasks: the late ones first, then those that are due soon. `more` are due later."""
    late = [task for task in tasks if task.due_on < today]
    soon = [task for task in tasks if task.due_on >= today]
    week = today.isocalendar().week
    sections = [
        Section(heading, tuple(_line(task, today, language) for task in found))
        for heading, found in (
            (_in(language, "Försenat", "Late"), late),
            (_in(language, "De närmaste tre veckorna", "The next three weeks"), soon),
        )
        if found
    ]
    later = _in(
        language,
        f"Dessutom väntar {counted(more, 'uppgift', 'uppgifter')} med senare sista dag.",
        f"Besides, {counted(more, 'task', 'tasks')} with a later due date {'waits' if more == 1 else 'wait'}.",
    )
    several = len({task.municipality for task in tasks}) > 1
    letter = Letter(
        language=language,
        subject=_in(
            language,
            f"Vecka {week}: {counted(len(tasks), 'uppgift', 'uppgifter')}"
            + (f", {_counted_late(late)}" if late else ""),
            f"Week {week}: {counted(len(tasks), 'task', 'tasks')}" + (f", {len(late)} late" if late else ""),
        ),
        heading=_in(language, f"Dina uppgifter vecka {week}", f"Your tasks in week {week}"),
        opening=(later,) if more else (),
        sections=tuple(sections),
        link=Line(_in(language, "Öppna Mina uppgifter", "Open My tasks"), url=url),
        closing=_closing("" if several or not tasks else tasks[0].municipality, language),
    )
    return _written(letter)


def alarm(sentence: str, paragraph: str, municipality: str, url: str, *, overdue: bool, language: Language) -> Written:
    """To those who lead the work: a clock of lag (2023:196) is near its end, or has run out."""
    state = _in(language, "har gått ut", "has run out") if overdue else _in(language, "går snart ut", "is running out")
    heading = _in(language, f"Lagens tid {state} ({paragraph})", f"The law's time {state} ({paragraph})")
    letter = Letter(
        language=language,
        subject=one_line(f"{heading}: {municipality}"),
        heading=heading,
        opening=(
            sentence,
            _in(
                language,
                "Du får det här för att du leder kommunens brottsförebyggande arbete.",
                "You get this because you lead the municipality's work against crime.",
            ),
        ),
        link=Line(_in(language, "Öppna kalendern", "Open the calendar"), url=url),
        closing=_closing(municipality, language),
    )
    return _written(letter)


def _counted_late(late: Sequence[TaskFacts]) -> str:
    return counted(len(late), "försenad", "försenade")


def _facts(task: TaskFacts, language: Language) -> tuple[Fact, ...]:
    facts = [
        Fact(_in(language, "Sista dag", "Due"), long_date(task.due_on, language)),
        Fact(_in(language, "Varför just den dagen", "Why that day"), task.reason),
        Fact(_in(language, "Ärende", "Case"), task.instance),
    ]
    if task.scope:
        facts.append(Fact(_in(language, "Gäller", "Concerns"), task.scope))
    if task.why:
        facts.append(Fact(_in(language, "Vad som ska göras", "What to do"), task.why))
    if task.source:
        facts.append(Fact(_in(language, "Varför det görs", "Why it is done"), task.source))
    return tuple(facts)


def _told(entry: Told, language: Language) -> Line:
    names = ", ".join(entry.names)
    what = Sentence("försenad, till", "late, to") if entry.escalated else Sentence("påminnelse till", "reminder to")
    return Line(f"{long_date(entry.on, language)}: {_in(language, *what)} {names}")


def _line(task: TaskFacts, today: date, language: Language) -> Line:
    whose = ", ".join(part for part in (task.instance, task.scope, task.municipality) if part)
    due = _in(language, "sista dag", "due")
    return Line(
        task.name,
        f"{due} {long_date(task.due_on, language)}, {_distance(task.due_on, today, language)}. {whose}.",
        task.url,
    )


def _distance(due_on: date, today: date, language: Language) -> str:
    days = (due_on - today).days
    if days == 0:
        return _in(language, "i dag", "today")
    number = _in(language, counted(abs(days), "dag", "dagar"), counted(abs(days), "day", "days"))
    if days > 0:
        return _in(language, f"om {number}", f"in {number}")
    return _in(language, f"{number} försenad", f"{number} late")


def _closing(municipality: str, language: Language) -> tuple[str, ...]:
    sender = f"Trygghetshjulet, {municipality}." if municipality else "Trygghetshjulet."
    return (
        sender,
        _in(
            language,
            "Mejlet skickades automatiskt och går inte att svara på. Skriv inga personuppgifter i mejl om ärendet.",
            "This mail was sent automatically and cannot be answered. Write no personal data in mails about the case.",
        ),
    )


def _in(language: Language, sv: str, en: str) -> str:
    return en if language == "en" else sv


def _written(letter: Letter) -> Written:
    text = _templates(html=False).get_template("mail.txt").render(letter=letter)
    html = _templates(html=True).get_template("mail.html").render(letter=letter)
    return Written(letter.subject, text, html)


@lru_cache(maxsize=2)
def _templates(*, html: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=html,  # noqa: S701  the other is plain text, where an escape would be read as it stands
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
