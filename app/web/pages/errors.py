"""What went wrong, as a page: plain words, what to do, never a trace."""

from fastapi import Request
from starlette.responses import Response

from app.web.pages.rendering import render
from app.web.pages.visits import page_language, sign_in_first
from app.web.problems import Problem
from app.web.translations import gettext_in
from app.web.views import ErrorPage, LinkText


def render_problem(request: Request, problem: Problem) -> Response:
    """The problem as a page; somebody who is not signed in is asked to sign in."""
    if problem.code == "not-signed-in":
        return sign_in_first(request)
    language = page_language(request)
    kind = problem.kind
    page = ErrorPage(
        status=kind.status,
        title=kind.en if language == "en" else kind.sv,
        paragraphs=(problem.en if language == "en" else problem.sv,),
        links=(LinkText(gettext_in(language, "Till mina uppgifter"), "/mina-uppgifter"),),
        reference=str(problem.facts.get("reference", "")),
    )
    answer = render("pages/error.html", page, language=language, status=kind.status)
    for name, value in {**kind.headers, **problem.headers}.items():
        if name.lower() != "www-authenticate":
            answer.headers[name] = value
    return answer
