"""The forms of changes of the calendar: their fields, and what was typed as a change that the API would take."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from pydantic import TypeAdapter, ValidationError

from app.db.prevention import calendars, municipalities
from app.domain.adoptions import open_questions
from app.domain.calendar_changes import Timetable
from app.domain.day_offsets import RuleTextInvalid
from app.domain.meeting_plans import organ_name
from app.domain.schedules import read_process_rule
from app.services.facts import organisation
from app.services.prevention.calendar_changes import timetable
from app.web.api.calendar_changes import AnyChange, PreviewBody
from app.web.pages.calendar_views import FormField
from app.web.pages.calendar_words import capital, day_in_words, pause_in_words, process_names, question_title, said
from app.web.pages.visits import Items, Visit, text_of
from app.web.views import Choice, Fact

_ANY: TypeAdapter[Any] = TypeAdapter(AnyChange)
_LONGEST_RULE = 200


@dataclass
class Draft:
    """A change that is being filled in: what was typed, and what is wrong, by field."""

    visit: Visit
    place: str
    values: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    near: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def table(self) -> Timetable:
        """What the municipality's days are reckoned by today."""
        return timetable(self.visit.uow, organisation(self.visit.uow, self.place))

    def value(self, name: str) -> str:
        """What was typed in a field."""
        return self.values.get(name, "")

    def field(self, kind: Any, name: str, label: str, help_text: str = "", **more: Any) -> FormField:
        """A field as it is shown, with what was typed and what is wrong."""
        return FormField(
            kind, name, label, self.value(name), help_text, self.errors.get(name, ""), near=self.near.get(name), **more
        )

    def choice(self, name: str, label: str, offers: Sequence[tuple[str, str]], help_text: str = "") -> FormField:
        """A list to choose from; the first line chooses nothing unless something is chosen already."""
        choices = tuple(Choice(key, words, key == self.value(name)) for key, words in offers)
        if not any(choice.is_selected for choice in choices):
            choices = (Choice("", self.visit.words("Välj i listan"), is_selected=True), *choices)
        return self.field("select", name, label, help_text, choices=choices)


@dataclass(frozen=True)
class Form:
    """A kind of change. `raw` makes what the API takes of what was typed; `fields` gives the form.

    `pointers` says at which field a fault of the change is shown, by the last part of its pointer.
    """

    title: Callable[[Visit], str]
    lead: Callable[[Visit], str]
    fields: Callable[[Draft], tuple[FormField, ...]]
    raw: Callable[[Draft], dict[str, Any]]
    pointers: Mapping[str, str]

    def at(self, pointer: str) -> str:
        """The field at which a fault is shown."""
        return self.pointers.get(pointer.rsplit("/", 1)[-1], next(iter(self.pointers.values())))


def read_draft(visit: Visit, place: str, items: Items) -> Draft:
    """What was typed."""
    names = {name for name, value in items if isinstance(value, str)}
    return Draft(visit, place, {name: text_of(items, name).strip() for name in names})


def read_change(draft: Draft, form: Form) -> dict[str, Any] | None:
    """The change as the API takes it; None when a field is not rightly filled in, which the draft then says."""
    raw = form.raw(draft)
    try:
        _ANY.validate_json(orjson.dumps(raw))
    except ValidationError as fault:
        for error in fault.errors():
            draft.errors.setdefault(form.at(str(error["loc"][-1])), _words(draft.visit, str(error["type"])))
        return None
    return raw


def body_of(changes: object) -> PreviewBody:
    """The changes, read by the API's own models. Raises ValidationError."""
    return PreviewBody.model_validate_json(orjson.dumps({"changes": changes}))


def place_rule_fault(draft: Draft) -> None:
    """Say where in a rule's text the fault is."""
    if draft.errors.keys() <= {"process"}:
        return
    try:
        organs = {meeting.organ for meeting in draft.table.plan.meetings}
        read_process_rule(draft.value("process"), draft.value("start"), draft.value("anchor"), organs)
    except RuleTextInvalid as fault:
        name = str(getattr(fault, "field", "start"))
        text = draft.value(name)
        number = draft.visit.words("Tecken %(n)s:") % {"n": fault.position + 1}
        words = fault.en if draft.visit.language == "en" else fault.sv
        draft.errors = {name: f"{number} {words}"}
        draft.near[name] = (text[: fault.position], text[fault.position :])


def rule_examples(visit: Visit) -> tuple[Fact, ...]:
    """Rules as they are written, and what they mean."""
    return (
        Fact("last_workday(2)", visit.words("sista arbetsdagen i februari")),
        Fact("first_workday(10)", visit.words("första arbetsdagen i oktober")),
        Fact("before_week(51)", visit.words("sista arbetsdagen före vecka 51")),
        Fact("meeting('KS', 3)", visit.words("kommunstyrelsens sammanträde i mars, ur sammanträdesplanen")),
        Fact("manuscript_stop('KF', 4)", visit.words("manusstoppet för fullmäktiges sammanträde i april")),
        Fact("end_of_tertial(1)+10wd", visit.words("tio arbetsdagar efter slutet av april")),
        Fact("every_months(1, pause=[7, 12])", visit.words("varje månad utom i juli och december")),
        Fact("T-30wd", visit.words("trettio arbetsdagar före måldagen; bara för starten")),
        Fact("T-60d", visit.words("sextio dagar före måldagen; bara för starten")),
    )


def _words(visit: Visit, kind: str) -> str:
    """What is wrong with a field, in plain words."""
    if kind.startswith("date"):
        return visit.words("Skriv dagen som år-månad-dag, till exempel 2027-03-30.")
    if kind in {"greater_than_equal", "less_than_equal"}:
        return visit.words("Dagen ligger för långt bort.")
    if kind == "string_too_long":
        return visit.words("Texten är för lång.")
    return visit.words("Fyll i det här.")


def _add_meeting(draft: Draft) -> tuple[FormField, ...]:
    words = draft.visit.words
    organs = sorted({meeting.organ for meeting in draft.table.plan.meetings})
    known = words("Så som planen kallar organet: %(organs)s.") % {"organs": ", ".join(organs)} if organs else ""
    return (
        draft.field("text", "organ", words("Organ"), known or words("Till exempel KS, KSAU eller KF.")),
        draft.field("date", "on", words("Sammanträdesdag")),
        _stop(draft),
    )


def _stop(draft: Draft) -> FormField:
    words = draft.visit.words
    usual = words("Utan dag här räknas det som vanligt: %(n)s arbetsdagar före sammanträdet.")
    help_text = usual % {"n": draft.table.manuscript_workdays}
    return draft.field("date", "manuscript_stop_on", words("Manusstopp"), help_text, is_optional=True)


def _move_meeting(draft: Draft) -> tuple[FormField, ...]:
    words = draft.visit.words
    return (
        draft.choice("mote", words("Sammanträde"), _coming_meetings(draft)),
        draft.field("date", "to_on", words("Ny dag")),
        _stop(draft),
    )


def _remove_meeting(draft: Draft) -> tuple[FormField, ...]:
    return (draft.choice("mote", draft.visit.words("Sammanträde"), _coming_meetings(draft)),)


def _coming_meetings(draft: Draft) -> list[tuple[str, str]]:
    visit, today = draft.visit, draft.visit.uow.today
    found = sorted(draft.table.plan.meetings, key=lambda m: (m.organ, m.on))
    return [
        (f"{m.organ} {m.on}", f"{capital(said(visit, organ_name(m.organ)))} {day_in_words(visit, m.on)}")
        for m in found
        if m.on >= today
    ]


def _chosen_meeting(draft: Draft) -> dict[str, str]:
    organ, _, on = draft.value("mote").rpartition(" ")
    return {"organ": organ, "on": on}


def _add_day_off(draft: Draft) -> tuple[FormField, ...]:
    words = draft.visit.words
    return (
        draft.field("date", "on", words("Ledig dag")),
        draft.field("text", "name", words("Vad det är för dag"), words("Till exempel Planeringsdag.")),
    )


def _remove_day_off(draft: Draft) -> tuple[FormField, ...]:
    rows = calendars.days_off(draft.visit.uow.session, draft.place)
    offers = [(row.on.isoformat(), f"{capital(day_in_words(draft.visit, row.on))}: {row.name}") for row in rows]
    return (draft.choice("dag", draft.visit.words("Ledig dag"), offers),)


def _add_pause(draft: Draft) -> tuple[FormField, ...]:
    words = draft.visit.words
    names = process_names(draft.visit, draft.place)
    whole = Choice("", words("Alla processer"), is_selected=not draft.value("process"))
    processes = (Choice(key, names.get(key, key), key == draft.value("process")) for key in draft.table.rules)
    yearly = draft.field(
        "checkbox", "yearly", words("Varje år mellan samma dagar"), is_checked=draft.value("yearly") == "1"
    )
    return (
        draft.field("text", "name", words("Pausens namn"), words("Till exempel Sommar.")),
        draft.field("date", "first_on", words("Första dagen")),
        draft.field("date", "last_on", words("Sista dagen")),
        yearly,
        draft.field("select", "process", words("Gäller"), choices=(whole, *processes)),
    )


def _remove_pause(draft: Draft) -> tuple[FormField, ...]:
    visit, names = draft.visit, process_names(draft.visit, draft.place)
    kept = {row.name: str(row.id) for row in calendars.pauses(visit.uow.session, draft.place)}
    offers = [
        (kept[pause.name], pause_in_words(visit, pause, names))
        for pause in draft.table.calendar.pauses
        if pause.name in kept
    ]
    return (draft.choice("paus", visit.words("Paus"), offers),)


def _pause_name(draft: Draft) -> str:
    rows = calendars.pauses(draft.visit.uow.session, draft.place)
    try:
        wanted = UUID(draft.value("paus"))
    except ValueError:
        return ""
    return next((row.name for row in rows if row.id == wanted), "")


def _set_rule(draft: Draft) -> tuple[FormField, ...]:
    words = draft.visit.words
    names = process_names(draft.visit, draft.place)
    rules = draft.table.rules
    rule = rules.get(draft.value("process"))
    if rule is not None and "start" not in draft.values:
        draft.values = {**draft.values, "start": rule.start.text, "anchor": rule.anchor.text}
    in_use = draft.table.adoption.adopted
    offers = sorted(((key, names.get(key, key)) for key in {*rules, *in_use}), key=lambda offer: offer[1])
    return (
        draft.choice("process", words("Vilken process"), offers),
        draft.field("rule", "start", words("Startar"), words("När processen startar, skrivet som i exemplen nedan.")),
        draft.field("rule", "anchor", words("Måldag (T)"), words("Dagen som arbetet siktar mot.")),
    )


def _adopt(draft: Draft) -> tuple[FormField, ...]:
    words = draft.visit.words
    names = process_names(draft.visit, draft.place)
    adoption = draft.table.adoption
    offers = [(key, names.get(key, key)) for key in adoption.deployed if key not in adoption.adopted]
    help_text = words(
        "Lämna tomt för att följa processens egen regel. En process som ingen kalender startar har ingen."
    )
    return (
        draft.choice("process", words("Vilken process"), sorted(offers, key=lambda offer: offer[1])),
        draft.field("rule", "start", words("Startar"), help_text, is_optional=True),
        draft.field("rule", "anchor", words("Måldag (T)"), words("Dagen som arbetet siktar mot."), is_optional=True),
    )


def _drop(draft: Draft) -> tuple[FormField, ...]:
    names = process_names(draft.visit, draft.place)
    offers = [(key, names.get(key, key)) for key in draft.table.adoption.adopted]
    return (draft.choice("process", draft.visit.words("Vilken process"), sorted(offers, key=lambda offer: offer[1])),)


def _settle(draft: Draft) -> tuple[FormField, ...]:
    names = process_names(draft.visit, draft.place)
    row = municipalities.get(draft.visit.uow.session, draft.place)
    profile = row.profile if row is not None else {}
    offers = [
        (question.name, question_title(question, names))
        for question in open_questions(profile, list(names), has_departments=False)
    ]
    return (draft.choice("fraga", draft.visit.words("Vilken fråga"), offers),)


def _optional(text: str) -> str | None:
    return text or None


FORMS: dict[str, Form] = {
    "nytt-sammantrade": Form(
        lambda visit: visit.words("Lägg till ett sammanträde"),
        lambda visit: visit.words("Det som räknas från organets sammanträde den månaden får sin dag av det."),
        _add_meeting,
        lambda d: {
            "kind": "add_meeting", "organ": d.value("organ"), "on": d.value("on"),
            "manuscript_stop_on": _optional(d.value("manuscript_stop_on")),
        },
        {"organ": "organ", "on": "on", "manuscript_stop_on": "manuscript_stop_on"},
    ),
    "flytta-sammantrade": Form(
        lambda visit: visit.words("Flytta ett sammanträde"),
        lambda visit: visit.words("Det som räknas från sammanträdet följer med: starter, måldagar och sista dagar."),
        _move_meeting,
        lambda d: {
            "kind": "move_meeting", **_chosen_meeting(d), "to_on": d.value("to_on"),
            "manuscript_stop_on": _optional(d.value("manuscript_stop_on")),
        },
        {"organ": "mote", "on": "mote", "to_on": "to_on", "manuscript_stop_on": "manuscript_stop_on"},
    ),
    "stall-in-sammantrade": Form(
        lambda visit: visit.words("Ställ in ett sammanträde"),
        lambda visit: visit.words("Det som räknas från sammanträdet kan bli utan dag. Det visas innan du bekräftar."),
        _remove_meeting,
        lambda d: {"kind": "remove_meeting", **_chosen_meeting(d)},
        {"organ": "mote", "on": "mote"},
    ),
    "ny-ledig-dag": Form(
        lambda visit: visit.words("Lägg till en ledig dag"),
        lambda visit: visit.words("En dag då kommunen inte arbetar. Inget får sin sista dag då."),
        _add_day_off,
        lambda d: {"kind": "add_day_off", "on": d.value("on"), "name": d.value("name")},
        {"on": "on", "name": "name"},
    ),
    "ta-bort-ledig-dag": Form(
        lambda visit: visit.words("Ta bort en ledig dag"),
        lambda visit: visit.words("Kommunen arbetar den dagen som vanligt."),
        _remove_day_off,
        lambda d: {"kind": "remove_day_off", "on": d.value("dag")},
        {"on": "dag"},
    ),
    "ny-paus": Form(
        lambda visit: visit.words("Lägg till en paus"),
        lambda visit: visit.words("En tid då inget får sin sista dag. Det går fortfarande att arbeta."),
        _add_pause,
        lambda d: {
            "kind": "add_pause", "name": d.value("name"), "first_on": d.value("first_on"),
            "last_on": d.value("last_on"), "process": _optional(d.value("process")),
            "yearly": d.value("yearly") == "1",
        },
        {"last_on": "last_on", "name": "name", "first_on": "first_on", "process": "process"},
    ),
    "ta-bort-paus": Form(
        lambda visit: visit.words("Ta bort en paus"),
        lambda visit: visit.words("Tiden blir som andra tider."),
        _remove_pause,
        lambda d: {"kind": "remove_pause", "name": _pause_name(d)},
        {"name": "paus"},
    ),
    "regel": Form(
        lambda visit: visit.words("Ändra en regel"),
        lambda visit: visit.words("När en process startar, och den måldag som dess sista dagar räknas från."),
        _set_rule,
        lambda d: {"kind": "set_rule", "process": d.value("process"), "start": d.value("start"),
                   "anchor": d.value("anchor")},
        {"process": "process", "start": "start", "anchor": "anchor"},
    ),
    "borja-med-process": Form(
        lambda visit: visit.words("Börja använda en process"),
        lambda visit: visit.words("Kalendern startar den sedan av sig själv, om den har en regel."),
        _adopt,
        lambda d: {"kind": "adopt_process", "process": d.value("process"), "start": _optional(d.value("start")),
                   "anchor": _optional(d.value("anchor"))},
        {"process": "process", "start": "start", "anchor": "anchor"},
    ),
    "sluta-med-process": Form(
        lambda visit: visit.words("Sluta använda en process"),
        lambda visit: visit.words("Den startar inte mer. Det som pågår går vidare."),
        _drop,
        lambda d: {"kind": "drop_process", "process": d.value("process")},
        {"process": "process"},
    ),
    "avgor-fraga": Form(
        lambda visit: visit.words("Avgör en fråga på annat sätt"),
        lambda visit: visit.words("När svaret inte är en process eller en regel. Sedan skriver du vad ni har bestämt."),
        _settle,
        lambda d: {"kind": "settle_question", "question": d.value("fraga")},
        {"question": "fraga"},
    ),
}  # fmt: skip
