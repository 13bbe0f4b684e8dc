"""How the pages say dates, states and history: one place, so that the same thing is said in the same words."""

from datetime import date, datetime
from uuid import UUID

from app.db.process.history import HistoryEvent
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.domain.clock import STOCKHOLM
from app.domain.roles import role_name
from app.domain.swedish_dates import days_left_phrase, due_phrase, long_date, short_date
from app.web.swedish import Swedish, joined, put
from app.web.translations import Language, gettext_in
from app.web.views import HistoryRow, Stamp, Tag, Tone

SOON_DAYS = 7

_STATUS: dict[str, tuple[str, Tone]] = {
    "active": ("Pågår", "info"),
    "suspended": ("Pausat", "warning"),
    "ended": ("Klart", "success"),
    "cancelled": ("Avbrutet", "neutral"),
}

# What each kind of history line says. {name} is the step, {detail} whatever the line adds.
_HISTORY = {
    "instance_started": "Ärendet startade.",
    "instance_ended": "Ärendet är klart.",
    "instance_cancelled": "Ärendet avbröts.",
    "instance_suspended": "Ärendet pausades.",
    "instance_resumed": "Ärendet fortsätter.",
    "variables_changed": "Ärendets värden ändrades för hand.",
    "user_task_opened": "Det blev dags för uppgiften ”%(name)s”.",
    "user_task_completed": "Uppgiften ”%(name)s” blev klar.",
    "user_task_expired": "Tiden gick ut för uppgiften ”%(name)s”.",
    "warnings_confirmed": "Det vakten varnade för i ”%(name)s” fick stå kvar: %(kinds)s.",
    "user_task_claimed": "Uppgiften ”%(name)s” togs.",
    "user_task_released": "Uppgiften ”%(name)s” släpptes.",
    "user_task_assigned": "Uppgiften ”%(name)s” lämnades över.",
    "reminder_sent": "Påminnelse om ”%(name)s” till %(to)s.",
    "escalated": "”%(name)s” är försenad. Det har %(to)s fått veta.",
    "nobody_reached": "Ingen kunde nås med en påminnelse om ”%(name)s”.",
    "due_date_moved": "Sista dagen för ”%(name)s” flyttades från %(from)s till %(to)s.",
    "timer_moved": "En tidsgräns flyttades från %(from)s till %(to)s.",
    "anchor_moved": "Ärendets måldag flyttades från %(from)s till %(to)s.",
    "cancelled": "Steget ”%(name)s” är inte längre aktuellt.",
    "timer_fired": "En tidsgräns nåddes.",
    "message_sent": "Meddelandet ”%(name)s” skickades.",
    "message_received": "Meddelandet ”%(name)s” togs emot.",
    "signal_sent": "Signalen ”%(name)s” skickades.",
    "signal_received": "Signalen ”%(name)s” togs emot.",
    "call_started": "Ett underärende startade.",
    "call_ended": "Ett underärende blev klart.",
    "action_done": "Tjänsten utförde ett steg.",
    "incident_opened": "Något gick fel och behöver åtgärdas.",
    "incident_retried": "Ett nytt försök gjordes efter felet.",
    "incident_resolved": "Felet åtgärdades.",
    "gateway_passed": "Vägvalet ”%(name)s” gjordes.",
    "step_passed": "Steget ”%(name)s” passerades.",
    "multi_instance_opened": "Steget ”%(name)s” delades upp.",
}
# What the personal-data guard warned of, by kind.
_WARNED = {
    "email": "e-postadress",
    "phone": "telefonnummer",
    "registration_plate": "registreringsnummer",
    "handle": "användarnamn i sociala medier",
    "home_address": "hemadress",
    "accusation": "namn intill en anklagelse",
    "health": "uppgift om hälsa",
    "ethnicity": "uppgift om ursprung eller tro",
    "singled_out": "uppgift som pekar ut någon",
    "personal_number": "siffror som liknar ett personnummer",
    "coordination_number": "siffror som liknar ett samordningsnummer",
}
# Lines that only a modeller would read.
_QUIET = frozenset({"step_passed", "flows_taken", "multi_instance_opened", "gateway_passed", "action_done"})


def stamp_of_day(on: date, language: Language) -> Stamp:
    """A day in words."""
    return Stamp(short_date(on, language), on.isoformat())


def stamp_of_instant(at: datetime, language: Language) -> Stamp:
    """An instant as people in Sweden say it."""
    local = at.astimezone(STOCKHOLM)
    return Stamp(f"{short_date(local.date(), language)} {local:%H:%M}", local.isoformat(timespec="minutes"))


def due_tag(task: UserTask, today: date, language: Language) -> Tag:
    """How a task in a list stands to its due date."""
    if task.status == "completed":
        return Tag(gettext_in(language, "Klar"), "success")
    if task.status == "cancelled":
        return Tag(gettext_in(language, "Inte längre aktuell"))
    days = (task.due_on - today).days
    words = days_left_phrase(task.due_on, today, language)
    return Tag(words, "danger" if days < 0 else "warning" if days <= SOON_DAYS else "neutral")


def due_sentence(task: UserTask, today: date, language: Language) -> Tag:
    """The due date in full, for the task's own page."""
    if task.status != "open":
        return due_tag(task, today, language)
    days = (task.due_on - today).days
    return Tag(due_phrase(task.due_on, language), "danger" if days < 0 else "warning" if days <= SOON_DAYS else "info")


def due_reason(task: UserTask, language: Language) -> str:
    """Why the last day is that day, as a sentence: by which rule, or who set it and why."""
    words = (task.due_reason_en if language == "en" else task.due_reason_sv).strip()
    ended = words if words.endswith((".", "!", "?")) else f"{words}."
    return ended[:1].upper() + ended[1:] if words else ""


def role_phrase(task: UserTask, language: Language) -> str:
    """The role, and for which department or actor."""
    role = role_name(task.candidate_role, language)
    return joined(", ", [role, Swedish(task.scope_name)]) if task.scope_name else role


def status_tag(instance: ProcessInstance, language: Language) -> Tag:
    """How an instance is doing."""
    words, tone = _STATUS[instance.status]
    return Tag(gettext_in(language, words), tone)


def history_rows(
    events: list[HistoryEvent], names: dict[str, str], people: dict[UUID, str], language: Language
) -> tuple[HistoryRow, ...]:
    """The history as sentences; what only a modeller would read is left out."""
    return tuple(
        HistoryRow(
            stamp_of_instant(event.at, language),
            _line(event, sentence, names, language),
            people.get(event.person_id, "") if event.person_id else "",
        )
        for event in events
        if (sentence := _HISTORY.get(event.kind)) is not None and (event.kind not in _QUIET or event.detail.get("text"))
    )


def _line(event: HistoryEvent, sentence: str, names: dict[str, str], language: Language) -> str:
    """What happened, in a sentence; what a person wrote about it comes after, in whatever language they wrote it."""
    name = event.name or names.get(event.element or "", event.element or "")
    words = gettext_in(language, sentence)
    scope = event.detail.get("scope")
    if event.kind == "timer_moved":
        scope = ", ".join(part for part in (event.name or names.get(event.element or ""), scope) if part)
    if scope:
        words = f"{words.removesuffix('.')} (%(scope)s)."
    told = {key: _told(event, key, language) for key in ("from", "to")} | {"kinds": _warned(event, language)}
    said = [put(words, {"name": Swedish(name), "scope": Swedish(scope or ""), **told})]
    if noted := event.detail.get("text"):
        said.append(Swedish(noted))
    elif written := event.detail.get("reason") or event.detail.get("message"):
        said.append(str(written))
    return joined(" ", said)


def _warned(event: HistoryEvent, language: Language) -> str:
    """What was warned of, in words: "telefonnummer (2), hemadress (1)"."""
    found = event.detail.get("kinds")
    counted = found.items() if isinstance(found, dict) else ()
    return ", ".join(f"{gettext_in(language, _WARNED[kind])} ({count})" for kind, count in counted if kind in _WARNED)


def _told(event: HistoryEvent, key: str, language: Language) -> str:
    """From and to which day something was moved, in words; or to whom something went."""
    found = event.detail.get(key)
    if isinstance(found, list):
        return ", ".join(map(str, found))
    if not event.kind.endswith("_moved"):
        return ""
    return long_date(date.fromisoformat(str(found)), language) if found else gettext_in(language, "ingen dag")


def day_in_full(on: date, language: Language) -> str:
    """Fredag 26 februari 2027."""
    return long_date(on, language)
