"""What the pages show: one frozen dataclass per template, already in the reader's words.

A template never sees a row of the database and never words a date, a status or a number: the page's code does, in the
language the reader chose. Texts are plain text; the templates escape them. Every address is a path of this service.
Fields that may be empty say so by a default.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["neutral", "info", "success", "warning", "danger"]
"""How a status looks: neutral = ahead or not begun, info = going on, success = done, warning = soon, danger = late."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person, for the page header, with the municipalities where the person holds a role.

    `is_internal` is whether any of the roles is the municipality's own: others see their tasks only.
    """

    name: str
    municipality_names: tuple[str, ...]
    is_internal: bool = True


@dataclass(frozen=True, slots=True)
class Tag:
    """A status in words; the tone adds a colour and a sign but never says more than the words."""

    text: str
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class LinkText:
    """A link and its words; without an address, just the words."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date or an instant: the words for people, `iso` (ISO 8601) for machines."""

    text: str
    iso: str


@dataclass(frozen=True, slots=True)
class Quote:
    """The sentence of a plan or a law that asks for something, in Swedish as it was adopted, and where it stands."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Action:
    """A button that posts to `url` with nothing but the CSRF token."""

    text: str
    url: str
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a choice."""

    value: str
    text: str
    is_selected: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """A drop-down list of a filter; `name` is the query parameter."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Search and filter of a list, by GET. `query` is the search text, None where there is nothing to search.

    `is_active` keeps the fold open.
    """

    selections: tuple[Selection, ...] = ()
    query: str | None = None
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class FieldError:
    """A fault in a field of a form: the id of the field's element and the words."""

    field_id: str
    message: str


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Logga in. `notice` is a sentence above the form, such as that the session ended or where demo logins are."""

    username: str = ""
    next_url: str = ""
    errors: tuple[FieldError, ...] = ()
    notice: str = ""

    def error_of(self, field_id: str) -> str:
        """Give the words at a field, empty when the field is right."""
        return next((error.message for error in self.errors if error.field_id == field_id), "")


@dataclass(frozen=True, slots=True)
class TaskCard:
    """A user task in the list; `subtitle` says which process instance, where and until when."""

    url: str
    title: str
    subtitle: str
    status: Tag


@dataclass(frozen=True, slots=True)
class TaskSection:
    """A part of the list (behöver göras nu, kommande); `empty` is what it says when it has no cards."""

    title: str
    cards: tuple[TaskCard, ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class DoneTask:
    """A recently completed task."""

    url: str
    title: str
    instance: str
    done: Stamp


@dataclass(frozen=True, slots=True)
class TaskListPage:
    """Mina uppgifter. `summary` is the whole list in one sentence.

    `undecided` are the municipalities whose administrator is reading and where something is still to be decided.
    """

    summary: str
    sections: tuple[TaskSection, ...]
    done: tuple[DoneTask, ...] = ()
    more_url: str = ""
    undecided: tuple[LinkText, ...] = ()


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a task."""

    author: str
    at: Stamp
    text: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """Something that happened: when, by whom (empty for the service itself) and what, as a sentence."""

    at: Stamp
    text: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Handing a task to another holder of the role; `url` takes `person` and the CSRF token."""

    url: str
    people: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class MoveDay:
    """Setting a task's last day or a timer's day by hand; `url` takes `dag`, `skal` and the CSRF token.

    `key` tells it from others on the same page.
    """

    url: str
    on: str
    reason: str = ""
    on_error: str = ""
    reason_error: str = ""
    key: str = ""

    @property
    def has_errors(self) -> bool:
        """Whether what was typed will not do."""
        return bool(self.on_error or self.reason_error)


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Uppgift. `due_why` says why its last day is that day.

    `form` is what `forms/form.html` reads; None when there is nothing to fill in for this person. `notice` says why a
    task cannot be worked on (done already, taken by another), `comment_url` takes a `text`. `comment_caution` is what
    the personal-data guard asks about the comment that was just written (`forms/caution.html`).
    """

    title: str
    due: Tag
    instance: LinkText
    role: str
    documentation: tuple[str, ...] = ()
    quote: Quote | None = None
    form: object | None = None
    notice: str = ""
    has_errors: bool = False
    has_warnings: bool = False
    actions: tuple[Action, ...] = ()
    hand_over: HandOver | None = None
    comments: tuple[Comment, ...] = ()
    comment_url: str = ""
    comment_error: str = ""
    comment_text: str = ""
    comment_caution: object | None = None
    history: tuple[HistoryRow, ...] = ()
    municipality: str = ""
    due_why: str = ""
    move_day: MoveDay | None = None


@dataclass(frozen=True, slots=True)
class TaskDonePage:
    """The receipt: what was sent in and what happens next."""

    title: str
    summary: str
    next_steps: tuple[str, ...]
    instance: LinkText
    next_task: LinkText | None = None


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """A process instance in the list; `waits_for` says what it waits for and whom."""

    url: str
    title: str
    municipality: str
    status: Tag
    waits_for: str
    due: Stamp | None = None


@dataclass(frozen=True, slots=True)
class InstanceListPage:
    """Ärenden."""

    summary: str
    instances: tuple[InstanceRow, ...]
    filter: Filter | None = None
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of a process, equal to its shape in the diagram. `task_url` is empty when the reader may not open it."""

    number: int
    name: str
    kind: str
    status: Tag
    role: str = ""
    when: Stamp | None = None
    task_url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document in its latest version: what it is called, which one it is, and the files."""

    title: str
    about: str
    files: tuple[LinkText, ...]


@dataclass(frozen=True, slots=True)
class TimerRow:
    """A timer that waits in an instance, and the form that moves it."""

    name: str
    when: Stamp
    move: MoveDay


@dataclass(frozen=True, slots=True)
class InstancePage:
    """Ärende: where it stands, on the diagram and in words.

    `bpmn_url` gives the BPMN XML and `state_url` the JSON that `frontend/src/viewer/index.js` describes.
    """

    title: str
    status: Tag
    summary: str
    facts: tuple[Fact, ...]
    bpmn_url: str
    state_url: str
    steps: tuple[StepRow, ...]
    history: tuple[HistoryRow, ...] = ()
    documents: tuple[LinkText, ...] = ()
    actions: tuple[Action, ...] = ()
    papers: tuple[DocumentRow, ...] = ()
    timers: tuple[TimerRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What went wrong and what to do about it. `reference` is the request's id, for the person who asks for help.

    Without a title the template says what it usually says at 400, 403, 404, 409 and 500, after the paragraphs.
    """

    status: int
    title: str = ""
    paragraphs: tuple[str, ...] = ()
    links: tuple[LinkText, ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True)
class MessagePage:
    """A page that only says something."""

    title: str
    paragraphs: tuple[str, ...]
    tone: Tone = "info"
    links: tuple[LinkText, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessibilityPage:
    """Tillgänglighetsredogörelse. `provider` is who runs the service, `authority` who supervises the law."""

    provider: str
    contact_email: str
    authority: LinkText
    assessed: Stamp
    updated: Stamp
    contact_phone: str = ""


@dataclass(frozen=True, slots=True)
class PrivacyPage:
    """How personal data is handled. `controller` is the body responsible in the reader's municipality."""

    controller: str
    contact_email: str
    officer_email: str
    updated: Stamp
