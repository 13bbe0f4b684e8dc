"""The interface speaks Swedish and English, and neither language has words that the other lacks.

The English catalogue is app/web/locale/en.po. After new or changed words in a template or a page's code, run

    .venv/bin/python -m tests.web.msgids

and translate what has become empty there. A new table of words is named in ``TABLES`` of that module, a new template in
``PAGES`` here.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from babel.messages.catalog import Message
from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta
from lxml import html

from app.domain.errors import FieldFault
from app.domain.forms import parse_form
from app.web.forms import (
    ButtonView,
    CautionView,
    ErrorView,
    FieldView,
    FileView,
    FormView,
    Option,
    OptionView,
    RowView,
    SummaryView,
    render_form,
)
from app.web.forms.views import Kind
from app.web.pages.calendar_feed import CalendarFeedPage, FeedSection
from app.web.pages.calendar_views import (
    CalendarPage,
    ChangePage,
    Clock,
    Day,
    Entry,
    FormField,
    MeetingRow,
    MeetingTable,
    MoveGroup,
    MoveRow,
    PastChange,
    PastChangesPage,
    PreviewPage,
    RuleRow,
    StartRow,
    Step,
)
from app.web.pages.calendars import CHANGES
from app.web.pages.import_views import ImportPage, ImportPreviewPage, KindRow, OutcomeRow
from app.web.pages.legal_check import ClockRow, LegalCheckPage, ParagraphCard, ProofRow
from app.web.pages.open_question_views import OpenQuestionsPage, QuestionRow
from app.web.pages.register_views import (
    LedgerPage,
    MeasureRow,
    MeasuresPage,
    PaperRow,
    PapersPage,
    PromiseRow,
    RegisterLink,
    RegistersPage,
    TallyRow,
)
from app.web.pages.rendering import filters, render
from app.web.pages.wheel_drawing import Milestone, Phase, WheelYear, draw_wheel
from app.web.pages.wheel_views import MilestoneRow, PhaseRow, WheelPage
from app.web.translations import gettext_in, translations
from app.web.views import (
    AccessibilityPage,
    Action,
    Choice,
    Comment,
    DocumentRow,
    DoneTask,
    ErrorPage,
    Fact,
    FieldError,
    Filter,
    HandOver,
    HistoryRow,
    InstanceListPage,
    InstancePage,
    InstanceRow,
    LinkText,
    MessagePage,
    MoveDay,
    PrivacyPage,
    Quote,
    Selection,
    SignInPage,
    Stamp,
    StepRow,
    Tag,
    TaskCard,
    TaskDonePage,
    TaskListPage,
    TaskPage,
    TaskSection,
    TimerRow,
    Viewer,
)
from tests.web.msgids import (
    HANDING_ON,
    TABLES,
    WEB,
    english,
    modules,
    parsed,
    template_msgids,
    variables_put_into_words,
    written_msgids,
)

SWEDISH = re.compile("[åäöÅÄÖ]")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?.?")
WORD = re.compile(r"[^\W\d_]+")
# The same in both languages.
SHARED = {"Period", "Version"}
# Names: of the service, of the models of problem solving, and what the data of these tests are made of.
NAMES = {"Trygghetshjulet", "SARA", "PDCA", "Data"}
# A proper name in Swedish, which the code shows as it is.
PROPER = {"Myndigheten för digital förvaltning (Digg)"}
# Attributes that are read out or shown.
SPOKEN = ("aria-label", "title", "alt", "placeholder", "data-label", "data-name")

D = "Data"
TITLES = {"title": "Rad", "x-title-en": D}
ROWS = {"type": "object", "additionalProperties": False, **TITLES}
GONE = "0190f3b0-0000-7000-8000-000000000009"
STAMP = Stamp(D, "2026-11-21")
LINK = LinkText(D, "/data")
TAGS = tuple(Tag(D, tone) for tone in ("neutral", "info", "success", "warning", "danger"))
TAG = TAGS[0]
FILTER = Filter((Selection("data", D, (Choice("data", D, is_selected=True),)),), D, is_active=True)
HISTORY = (HistoryRow(STAMP, D, D),)
PAPERS = (DocumentRow(D, D, (LINK,)),)


def field(
    kind: Kind,
    *,
    name: str = "data",
    options: tuple[OptionView, ...] = (),
    file: FileView | None = None,
    rows: tuple[RowView, ...] = (),
    is_optional: bool = False,
) -> FieldView:
    return FieldView(
        kind=kind, id=f"f-{name}", name=name, label=D, help=D, errors=(D,), described_by="",
        is_required=not is_optional, is_optional=is_optional, warnings=(D,),
        options=options, file=file, rows=rows, add=ButtonView("b", "add:data", D),
        suggestions=(D,),
    )  # fmt: skip


OPTION = (OptionView("o", "data", D, is_checked=True),)
ROW = RowView(
    id="r", marker="data.0", legend=D, errors=(D,), fields=(field("input"),), has_autofocus=False,
    remove=ButtonView("x", "remove:data:0", D),
)  # fmt: skip
FORM = FormView(
    title=D, description=D, action="/data", autosave_url="/data", encoding="multipart/form-data",
    summary=SummaryView("f-errors", D, (ErrorView(D, "f-data"), ErrorView(D, ""))),
    fields=(
        field("input", is_optional=True), field("textarea"), field("select", options=OPTION),
        field("select", options=OPTION, is_optional=True), field("radios", options=OPTION), field("radios"),
        field("checkboxes", options=OPTION), field("checkbox"), field("rows", rows=(ROW,)), field("rows"),
        field("file", file=FileView("1", D, "rm", "data:remove", D)), field("hidden"),
    ),
    caution=CautionView(
        "f-caution", "data", "1", (ErrorView(D, "f-data"), ErrorView(D, "")),
        error=D, asks_reason=True, reason_name="data", reason=D, reason_error=D,
    ),
)  # fmt: skip
TASK = TaskPage(
    title=D, due=TAG, instance=LINK, role=D, documentation=(D,), quote=Quote("Därför", "Källa"), form=FORM, notice=D,
    has_errors=True, actions=(Action(D, "/data", is_primary=True), Action(D, "/data")),
    hand_over=HandOver("/data", (Choice("data", D),)), comments=(Comment(D, STAMP, D),), comment_url="/data",
    comment_error=D, history=HISTORY, municipality=D, due_why=D, move_day=MoveDay("/data", "data", D, D, D),
)  # fmt: skip
STEPS = tuple(StepRow(n, D, D, tag, D, STAMP, "/data") for n, tag in enumerate(TAGS, start=1))


def wheel(*, is_empty: bool = False) -> WheelPage:
    on = date(2026, 11, 21)
    milestones = () if is_empty else (Milestone(1, on, D, D, "late", "#hallpunkt-1", "As"),)
    phase = Phase("As", D, date(2026, 9, 1), date(2026, 11, 30))
    return WheelPage(
        title=D, summary=D, description=D, centre="2026", today=(D, D),
        drawing=draw_wheel(WheelYear(9, 2026, on, milestones, (phase,), (D,) * 12)),
        milestones=tuple(MilestoneRow(m.number, STAMP, D, D, D, TAG, D, "/data", D) for m in milestones),
        phases=(PhaseRow("As", "sara", D, D, is_current=True), PhaseRow("P", "pdca", D, D)),
        previous=LINK, next=LINK, filter=replace(FILTER, query=None), downloads=(LINK,),
    )  # fmt: skip


DAY = Day(STAMP, D, D)
START = StartRow("data", "data", D, D, DAY, DAY, TAG, D, "/data", may_start=True, may_skip=True, error=D, reason=D)
GROUPS = (MoveGroup("data", D, (MoveRow(D, "/data", DAY, None, D), MoveRow(D, "", None, DAY, D))),)
CALENDAR = CalendarPage(
    title=D, lead=D, place="data", starts=(START, replace(START, may_skip=False)), clocks=(Clock(D, TAG, D),),
    steps=(Step(D, DAY, DAY, D, TAG, (D,)), Step(D, None, None, D, TAG)), steps_title=D, years=(LINK,),
    meetings=(MeetingTable("data", D, (MeetingRow(DAY, DAY, D, "/data", "/data"),)),), days_off=(Entry(D, "/data"),),
    pauses=(Entry(D, "/data"),), rules=(RuleRow(D, D, D, D, D, "/data"),), gaps=(D,),
    filter=replace(FILTER, query=None), leads=True, change_urls=dict.fromkeys(CHANGES, "/data"),
    errors=(FieldError("data", D), FieldError("", D)),
)  # fmt: skip
EMPTY_CALENDAR = CalendarPage(D, D, "data", (), (), (), D, (), (), (), (), (), ())
CHANGE = ChangePage(
    title=D, lead=D, url="/data", place="data", back_url="/data", errors=(FieldError("data", D),), lines=(Fact(D, D),),
    examples=(Fact(D, D),),
    fields=(
        FormField("text", "data", D, D, D, D, is_optional=True), FormField("rule", "data", D, near=("", D), error=D),
        FormField("select", "data", D, choices=(Choice("data", D),)), FormField("checkbox", "data", D),
        FormField("file", "data", D),
    ),
)  # fmt: skip
PREVIEW = PreviewPage("data", "/data", (D,), GROUPS, D, (D,), (D,), "data", "data", D, D, D)
IMPORTS = ImportPage(
    "data", D, (KindRow(D, D, "/data", "/data"),), (Choice("data", D),), D, D, D, (FieldError("data", D),),
    replace(FILTER, query=None),
)  # fmt: skip
TRIED = ImportPreviewPage(
    D, D, "data", "data", "/data", (D,), D, (D,), (OutcomeRow(2, D, TAG, (D,)),), D, may_confirm=True, file_name=D,
    parts=("data",), digest="data", stale=D,
)  # fmt: skip
PAST = PastChange("data", STAMP, D, D, (D,), D, GROUPS)

# Every template of a page, with what makes it say all it can.
TIMERS = (TimerRow(D, STAMP, MoveDay("/", "2026-09-01", D, D, D)),)
PARAGRAPH = ParagraphCard(
    "data", D, D, D, TAG, D, (ClockRow(D, STAMP, D, D), ClockRow(D, None, D, D)),
    (ProofRow(D, STAMP, D, "/data", (LINK,)), ProofRow(D, None, "")),
)  # fmt: skip
QUESTIONS = OpenQuestionsPage(D, D, (QuestionRow(D, D, (Fact(D, D),), D, "/", "/"),), (Fact(D, D),), D, FILTER)
MEASURE = MeasureRow(D, LINK, TAG, D, D, D, STAMP, TAG)
LEDGER = LedgerPage(
    D, D, "/data", (TallyRow(2026, 1, 1, 1, 1, 1),), (PromiseRow(D, D, 2026, TAG, STAMP, TAG, D),), (LINK,),
    replace(FILTER, query=None), "/data",
)  # fmt: skip
PAPER = PaperRow(D, D, D, 1, STAMP, LINK, (LINK,))
PAGES: tuple[tuple[str, object], ...] = (
    ("sign_in", SignInPage()),
    ("sign_in", SignInPage("data", "/data", (FieldError("username", D), FieldError("password", D)), D)),
    ("tasks", TaskListPage(D, (TaskSection(D, tuple(TaskCard("/data", D, D, tag) for tag in TAGS)),
                               TaskSection(D, (), D)), (DoneTask("/data", D, D, STAMP),), "/data", (LINK,))),
    ("open_questions", QUESTIONS),
    ("calendar_feed", CalendarFeedPage((FeedSection("data", "data", D, D, None),
                                        FeedSection("data", "data", D, D, STAMP, "data://data")))),
    ("calendar_feed", CalendarFeedPage((FeedSection("data", "data", D, D, STAMP),))),
    ("calendar", CALENDAR),
    ("calendar", EMPTY_CALENDAR),
    ("calendar_change", CHANGE),
    ("imports", IMPORTS),
    ("import_preview", TRIED),
    ("import_preview", replace(TRIED, may_confirm=False)),
    ("calendar_preview", PREVIEW),
    ("calendar_preview", replace(PREVIEW, groups=(), reason_error="")),
    ("calendar_changes", PastChangesPage(D, "/data", (PAST, replace(PAST, groups=())), D, "/data",
                                         replace(FILTER, query=None))),
    ("calendar_changes", PastChangesPage(D, "/data", ())),
    ("legal_check", LegalCheckPage(D, D, D, "data", "data", (PARAGRAPH,), "/data", replace(FILTER, query=None))),
    ("legal_check", LegalCheckPage(D, D, D, "data", "data", (), "", None)),
    ("registers", RegistersPage(D, D, (RegisterLink(D, "/data", D),), replace(FILTER, query=None))),
    ("measures", MeasuresPage(D, D, "/data", (MEASURE, replace(MEASURE, case=None)), (LINK,), FILTER, "/data")),
    ("measures", MeasuresPage(D, D, "/data", ())),
    ("commitment_ledger", LEDGER),
    ("commitment_ledger", LedgerPage(D, D, "/data", (), ())),
    ("documents", PapersPage(D, D, "/data", (PAPER,), replace(FILTER, query=None), "/data")),
    ("documents", PapersPage(D, D, "/data", ())),
    ("task", TASK),
    ("task", TaskPage(title=D, due=TAG, instance=LINK, role=D)),
    ("task", TaskPage(title=D, due=TAG, instance=LINK, role=D, has_warnings=True)),
    ("task_done", TaskDonePage(D, D, (D,), LINK, LINK)),
    ("task_done", TaskDonePage(D, D, (), LINK)),
    ("task_done", TaskDonePage(D, D, (), LinkText(D, ""))),
    ("instances", InstanceListPage(D, (InstanceRow("/data", D, D, TAG, D, STAMP),), FILTER, "/data")),
    ("instances", InstanceListPage(D, ())),
    (
        "instance",
        InstancePage(
            D, TAG, D, (Fact(D, D),), "/data", "/data", STEPS, HISTORY, (LINK,), (Action(D, "/"),), PAPERS, TIMERS
        ),
    ),
    ("wheel", wheel()),
    ("wheel", wheel(is_empty=True)),
    *(("error", ErrorPage(status, reference=D)) for status in (400, 403, 404, 409, 500)),
    ("error", ErrorPage(409, D, (D,), (LINK,))),
    ("message", MessagePage(D, (D,), "info", (LINK,))),
    ("accessibility", AccessibilityPage(D, D, LINK, STAMP, STAMP, D)),
    ("privacy", PrivacyPage(D, D, D, STAMP)),
)  # fmt: skip
each_page = pytest.mark.parametrize(("name", "page"), PAGES, ids=[name for name, _ in PAGES])
VIEWER = Viewer(D, (D,))


def messages() -> Iterator[Message]:
    return (message for message in english() if message.id)


def forms_of(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def shown_words(page: str) -> str:
    """What a page shows and says in English; quotations and the way back to Swedish are marked as Swedish."""
    root = html.document_fromstring(page)
    for swedish in root.xpath("//*[@lang='sv']"):
        swedish.drop_tree()
    spoken = [str(value) for name in SPOKEN for value in root.xpath(f"//@{name}")]
    return "\n".join([*root.itertext(), *spoken])


def in_brackets(name: str, page: object) -> tuple[str, set[str]]:
    """The page with every word that comes from the catalogue in brackets, and those msgids."""
    asked: set[str] = set()

    def bracketed(text: str) -> str:
        asked.add(text)
        return f"⟦{text}⟧"

    def counted(one: str, several: str, _number: int) -> str:
        return bracketed(one) + bracketed(several)

    environment = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(bracketed, counted, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    environment.filters |= filters("en")
    rendered = environment.get_template(f"pages/{name}.html").render(
        page=page, language="en", viewer=VIEWER, current="tasks", csrf_token="1", asset=str
    )
    return rendered, asked


def words_outside_brackets(rendered: str) -> set[str]:
    return set(WORD.findall(re.sub(r"⟦.*?⟧", "", shown_words(rendered), flags=re.DOTALL)))


def test_every_word_of_the_interface_is_in_the_english_catalogue():
    known = {message.id if isinstance(message.id, str) else tuple(message.id) for message in messages()}
    assert written_msgids().keys() - known == set()


def test_the_catalogue_has_no_words_that_nothing_says():
    known = {message.id if isinstance(message.id, str) else tuple(message.id) for message in messages()}
    assert known - written_msgids().keys() == set()


def test_every_translation_is_written_and_certain():
    unfinished = [
        message.id for message in messages() if message.fuzzy or not message.string or not all(forms_of(message.string))
    ]
    assert unfinished == []


def test_a_translation_is_not_swedish():
    for message in messages():
        for said in forms_of(message.string):
            assert not SWEDISH.search(said), said
            assert said not in forms_of(message.id) or said in SHARED, said


def test_a_translation_has_the_placeholders_of_its_swedish():
    for message in messages():
        wanted = sorted(PLACEHOLDER.findall(forms_of(message.id)[-1]))
        for said in (*forms_of(message.id), *forms_of(message.string)):
            assert sorted(PLACEHOLDER.findall(said)) == wanted, said


def test_no_word_in_the_catalogue_would_be_read_as_markup():
    # The templates take the catalogue's text as it is, in attributes too.
    for message in messages():
        for said in (*forms_of(message.id), *forms_of(message.string)):
            assert not set('<>&"') & set(said), said


def test_words_kept_in_a_table_are_in_a_table_the_catalogue_knows():
    known = {(table.module, spoken) for table in TABLES for spoken in table.spoken_as} | HANDING_ON
    assert variables_put_into_words() == known


def test_no_swedish_words_of_a_page_go_round_the_catalogue():
    known = {said for msgid in written_msgids() for said in forms_of(msgid)} | PROPER
    pages = [name for name in modules() if name.startswith("pages/") and name != "pages/wheel_drawing.py"]
    assert {(name, text) for name in pages for text in swedish_texts(parsed(name)) if text not in known} == set()


def swedish_texts(tree: ast.AST) -> Iterator[str]:
    """Texts of a module but for docstrings and refusals, which carry both languages: ``raise X("...", "...")``."""
    for node in ast.iter_child_nodes(tree):
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_docstring or isinstance(node, ast.Raise):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SWEDISH.search(node.value):
            yield node.value
        yield from swedish_texts(node)


def test_the_catalogue_is_what_an_english_reader_gets():
    assert gettext_in("en", "Mina uppgifter") == "My tasks"
    assert gettext_in("sv", "Mina uppgifter") == "Mina uppgifter"


@pytest.mark.parametrize(
    ("number", "said"), [(0, "You have 0 tasks."), (1, "You have 1 task."), (2, "You have 2 tasks.")]
)
def test_english_counts_as_english_does(number: int, said: str):
    text = translations("en").ngettext("Du har %(n)s uppgift.", "Du har %(n)s uppgifter.", number)
    assert text % {"n": number} == said


def test_every_template_is_among_the_pages_tried_here():
    environment = Environment(
        loader=FileSystemLoader(WEB / "templates"), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    tried: set[str] = set()
    waiting = {f"pages/{name}.html" for name, _ in PAGES}
    while waiting:
        template = waiting.pop()
        tried.add(template)
        source = (WEB / "templates" / template).read_text(encoding="utf-8")
        waiting |= {str(other) for other in meta.find_referenced_templates(environment.parse(source))} - tried
    assert tried == {path.relative_to(WEB / "templates").as_posix() for path in (WEB / "templates").rglob("*.html")}


@each_page
def test_no_word_of_a_template_goes_round_the_catalogue(name: str, page: object):
    rendered, asked = in_brackets(name, page)
    assert asked <= template_msgids()
    assert words_outside_brackets(rendered) <= NAMES


def test_the_pages_tried_here_say_all_that_templates_can_say():
    said = set().union(*(in_brackets(name, page)[1] for name, page in PAGES))
    assert template_msgids() - said == set()


@each_page
def test_a_page_in_english_has_no_swedish_letter(name: str, page: object):
    answer = render(f"pages/{name}.html", page, language="en", viewer=VIEWER, current="tasks", csrf_token="1")
    assert not SWEDISH.search(shown_words(bytes(answer.body).decode()))


def test_the_fixed_words_of_a_form_are_english_for_an_english_reader():
    about: dict[str, dict[str, object]] = {
        "yes": {"type": "boolean", "x-widget": "yesno"},
        "lines": {"type": "array", "items": {"type": "string"}, "x-widget": "textarea"},
        "whom": {"type": "string", "format": "uuid", "x-widget": "select", "x-source": "departments"},
        "file": {"type": "string", "format": "uuid", "x-widget": "file"},
        "rows": {"type": "array", "items": {**ROWS, "properties": {"what": {"type": "string", **TITLES}}}},
    }
    schema = {**ROWS, "properties": {name: {**TITLES, **field} for name, field in about.items()}}
    form = parse_form("form", json.dumps(schema).encode())
    given = {"whom": GONE, "file": GONE, "rows": [{}, {}]}
    faults = [FieldFault("/yes", "Fel", D), FieldFault("", "Fel", D)]
    view = render_form(form, given, faults, {"departments": [Option("1", D)]}, "en")
    page = TaskPage(title=D, due=TAG, instance=LINK, role=D, form=view)
    rendered, _ = in_brackets("task", page)
    said = "things need to be corrected Add Remove the attached file Your earlier choice no longer offered Yes No"
    assert words_outside_brackets(rendered) - NAMES == {
        *said.split(),
        "Write",
        "one",
        "thing",
        "on",
        "each",
        "line",
        "data",
    }
