"""Att besluta: what the municipality's plan leaves open, with a suggestion, and the way to decide it."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from app.domain.adoptions import DEPARTMENTS, OpenQuestion
from app.domain.calendar_rules import CalendarRule
from app.domain.day_offsets import RuleTextInvalid
from app.domain.roles import role_name
from app.domain.schedules import read_process_rule
from app.services.facts import organisation
from app.services.prevention.open_questions import undecided
from app.web.pages.calendar_words import capital, process_names, question_title, rule_in_words
from app.web.pages.open_question_views import OpenQuestionsPage, QuestionRow
from app.web.pages.places import internal_place, place_filter
from app.web.pages.visits import Visit, Visiting
from app.web.swedish import Swedish
from app.web.translations import translations
from app.web.views import Fact

router = APIRouter(include_in_schema=False)


@router.get("/att-besluta")
def show(visit: Visiting, kommun: Annotated[str | None, Query(max_length=40)] = None) -> HTMLResponse:
    """The open questions of a municipality, for its administrators."""
    place = internal_place(visit, kommun)
    found = undecided(visit.uow, place)
    names = process_names(visit, place)
    in_use = organisation(visit.uow, place).profile.get("processes", ())
    page = OpenQuestionsPage(
        place=visit.municipality_name(place),
        lead=_lead(visit, found.count),
        questions=tuple(_row(visit, place, question, names, in_use=question.process in in_use)
                        for question in found.questions),
        vacant=tuple(Fact(capital(role_name(role, visit.language)), Swedish(words)) for role, words in found.vacant),
        warning=found.warning,
        filter=place_filter(visit, place),
    )  # fmt: skip
    return visit.page("pages/open_questions.html", page, current="calendar")


def _lead(visit: Visit, count: int) -> str:
    if not count:
        return visit.words("Allt som planen lämnar öppet är beslutat, och varje roll har någon.")
    words = translations(visit.language).ngettext(
        "%(n)s sak är kvar att besluta.", "%(n)s saker är kvar att besluta.", count
    )
    return words % {"n": count}


def _row(visit: Visit, place: str, question: OpenQuestion, names: Mapping[str, str], *, in_use: bool) -> QuestionRow:
    proposal = tuple(_proposal(visit, question))
    answer, url = "", ""
    if question.process is not None:
        change = "regel" if in_use else "borja-med-process"
        answer = visit.words("Bestäm när den ska vara") if in_use else visit.words("Börja använda processen")
        chosen = {"kommun": place, "process": question.process}
        if question.start and question.anchor:
            chosen |= {"start": question.start, "anchor": question.anchor}
        url = f"/kalender/andra/{change}?{urlencode(chosen)}"
    settle = f"/kalender/andra/avgor-fraga?{urlencode({'kommun': place, 'fraga': question.name})}"
    return QuestionRow(
        question_title(question, names),
        Swedish(question.why),
        proposal,
        answer,
        url,
        "" if question.name == DEPARTMENTS else settle,
    )


def _proposal(visit: Visit, question: OpenQuestion) -> list[Fact]:
    if not (question.process and question.start and question.anchor):
        return []
    try:
        rule = read_process_rule(question.process, question.start, question.anchor)
    except RuleTextInvalid:
        # The profile's own fault: the form says where it lies.
        return []
    said = ((visit.words("Måldag (T)"), rule.anchor), (visit.words("Startar"), rule.start))
    return [Fact(label, _words(visit, each)) for label, each in said]


def _words(visit: Visit, rule: CalendarRule) -> str:
    return capital(rule_in_words(visit, rule))
