"""What went wrong, as a page: plain words, what to do, never a trace."""

from fastapi import Request
from starlette.responses import Response

from app.web.pages.visits import page_for, reader_of, sign_in_first
from app.web.problems import Kind, Problem
from app.web.translations import Language, gettext_in
from app.web.views import ErrorPage, LinkText


def render_problem(request: Request, problem: Problem) -> Response:
    """The problem as a page; somebody who is not signed in is asked to sign in."""
    if problem.code == "not-signed-in":
        return sign_in_first(request)
    reader = reader_of(request)
    language = reader.language
    kind = problem.kind
    page = ErrorPage(
        status=kind.status,
        # What these mean to a person the template says better than the name of the problem's type.
        title="" if problem.code in {"not-yours", "not-found", "internal-error"} else _title(kind, language),
        paragraphs=(problem.en if language == "en" else problem.sv,),
        links=(LinkText(gettext_in(language, "Till mina uppgifter"), "/mina-uppgifter"),),
        reference=str(problem.facts.get("reference", "")),
    )
    answer = page_for(reader, "pages/error.html", page, status=kind.status)
    for name, value in {**kind.headers, **problem.headers}.items():
        if name.lower() != "www-authenticate":
            answer.headers[name] = value
    return answer


def _title(kind: Kind, language: Language) -> str:
    return kind.en if language == "en" else kind.sv
