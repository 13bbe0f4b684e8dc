"""Logga in, logga ut, byt språk."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.db import people
from app.domain.errors import NotFound, NotYours, WrongPassword
from app.services import sign_ins
from app.services.unit_of_work import begin, sign_in_principal
from app.web.deps import COOKIE, OpenedForAnyone, installation_of
from app.web.pages.rendering import render
from app.web.pages.visits import (
    LANGUAGE_COOKIE,
    Items,
    Posted,
    Visiting,
    page_language,
    remember_language,
    require_csrf,
    see_other,
    text_of,
)
from app.web.translations import Language, gettext_in, language_of
from app.web.views import FieldError, SignInPage

router = APIRouter(include_in_schema=False)


@router.get("/logga-in")
def show(request: Request, next_url: Annotated[str, Query(alias="next", max_length=500)] = "") -> HTMLResponse:
    """The form."""
    notice = ""
    if next_url not in {"", "/"}:
        notice = gettext_in(page_language(request), "Logga in för att fortsätta.")
    page = SignInPage(next_url=_own_path(next_url), notice=notice)
    return render("pages/sign_in.html", page, language=page_language(request))


@router.post("/logga-in")
def sign_in(request: Request, uow: OpenedForAnyone, items: Posted) -> Response:
    """Check user name and password; a session begins in a cookie that scripts cannot read."""
    _same_site(request)
    language = page_language(request)
    if faults := _missing(items, language):
        return _again(items, faults, language)
    try:
        username = text_of(items, "username").strip()
        secret, _csrf, person = sign_ins.sign_in(uow, username, text_of(items, "password"))
    except WrongPassword as wrong:
        fault = FieldError("password", wrong.en if language == "en" else wrong.sv)
        return _again(items, [fault], language)
    answer = see_other(_own_path(text_of(items, "next")) or "/mina-uppgifter")
    _keep_session(request, answer, secret)
    # A language chosen before signing in is the person's choice too; else the browser learns the one they chose once.
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in {"sv", "en"} and chosen != person.language:
        people.set_language(uow.session, person.id, chosen)
    remember_language(request, answer, language_of(chosen, person.language))
    return answer


def _missing(items: Items, language: Language) -> list[FieldError]:
    faults = []
    if not text_of(items, "username").strip():
        faults.append(FieldError("username", gettext_in(language, "Fyll i ditt användarnamn.")))
    if not text_of(items, "password"):
        faults.append(FieldError("password", gettext_in(language, "Fyll i ditt lösenord.")))
    return faults


def _again(items: Items, faults: list[FieldError], language: Language) -> Response:
    username, target = text_of(items, "username").strip(), _own_path(text_of(items, "next"))
    page = SignInPage(username=username, next_url=target, errors=tuple(faults))
    return render("pages/sign_in.html", page, language=language, status=422)


def _keep_session(request: Request, answer: Response, secret: str) -> None:
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=int(sign_ins.SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.app.state.secure_cookies,
        path="/",
    )


@router.post("/logga-ut")
def sign_out(visit: Visiting, items: Posted) -> RedirectResponse:
    """Forget the session."""
    require_csrf(visit, items)
    sign_ins.sign_out(visit.uow, visit.request.cookies[COOKIE])
    answer = see_other("/logga-in")
    answer.delete_cookie(COOKIE, path="/")
    # The next person at this computer reads what their own browser and choice say.
    answer.delete_cookie(LANGUAGE_COOKIE, path="/")
    return answer


@router.get("/sprak/{language}")
def choose_language(request: Request, language: str) -> RedirectResponse:
    """Read the pages in Swedish or English; remembered for the person, and for this browser."""
    if language not in {"sv", "en"}:
        raise NotFound("Språket", "The language")
    if secret := request.cookies.get(COOKIE):
        with begin(installation_of(request)) as uow:
            principal = sign_in_principal(uow, "sign_in", secret)
            people.set_language(uow.session, principal.id, language)
    back = _own_path(request.headers.get("referer", "").removeprefix(str(request.base_url).rstrip("/")))
    answer = see_other(back or "/")
    remember_language(request, answer, language_of(language, None))
    return answer


def _own_path(url: str) -> str:
    """A path of this service, or nothing: a sign-in never leads to somebody else's page."""
    clean = url.replace("\\", "/")
    return url if clean.startswith("/") and not clean.startswith("//") and "\n" not in clean else ""


def _same_site(request: Request) -> None:
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotYours("Logga in på tjänstens egen sida.", "Sign in on the service's own page.")
