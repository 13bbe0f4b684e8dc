"""A visit: a signed-in person on a page, with one unit of work."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.db.prevention import municipalities
from app.domain.errors import InvalidInput, NotSignedIn, NotYours
from app.domain.principals import Principal, is_internal
from app.services.unit_of_work import UnitOfWork, begin, sign_in_principal
from app.web.deps import COOKIE, installation_of, turn
from app.web.pages.rendering import render
from app.web.translations import Language, gettext_in, language_of
from app.web.views import Viewer

LANGUAGE_COOKIE = "trygghet_language"
MAX_FIELDS = 3000


@dataclass(frozen=True)
class Reader:
    """Whom a page is shown to: their language, and the header of somebody who is signed in."""

    language: Language
    viewer: Viewer | None = None
    csrf: str = ""


@dataclass
class Visit:
    """Who is here, in which language, and the unit of work of this request."""

    request: Request
    uow: UnitOfWork
    principal: Principal
    reader: Reader
    names: dict[str, str]

    @property
    def language(self) -> Language:
        """The language of the page."""
        return self.reader.language

    @property
    def csrf(self) -> str:
        """What every form of the page carries."""
        return self.reader.csrf

    def words(self, text: str) -> str:
        """The text in the reader's language."""
        return gettext_in(self.language, text)

    def municipality_name(self, municipality: str) -> str:
        """What the municipality is called."""
        return self.names.get(municipality, municipality)

    def page(self, template: str, page: object, *, current: str = "", status: int = 200) -> HTMLResponse:
        """The page, with its header for this person."""
        return page_for(self.reader, template, page, current=current, status=status)


def page_for(reader: Reader, template: str, page: object, *, current: str = "", status: int = 200) -> HTMLResponse:
    """The page, in the reader's language and with their header."""
    return render(
        template,
        page,
        language=reader.language,
        viewer=reader.viewer,
        current=current,
        csrf_token=reader.csrf,
        status=status,
    )


def page_language(request: Request) -> Language:
    """The language of a page for somebody who is not signed in."""
    return language_of(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language"))


def remember_language(request: Request, answer: Response, language: Language) -> None:
    """Let this browser remember the language, for the pages that are shown to nobody in particular."""
    answer.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=365 * 24 * 3600,
        httponly=True,
        samesite="lax",
        secure=request.app.state.secure_cookies,
        path="/",
    )


def reader_of(request: Request) -> Reader:
    """Whom an answer outside a visit is shown to: whoever was signed in when it went wrong, else nobody known."""
    known = getattr(request.state, "reader", None)
    return known if isinstance(known, Reader) else Reader(page_language(request))


def open_visit(request: Request, _turn: Annotated[None, Depends(turn, scope="function")]) -> Iterator[Visit]:
    """The visit of a signed-in person. Raises NotSignedIn, which the pages answer with the sign-in page."""
    secret = request.cookies.get(COOKIE)
    if not secret:
        raise NotSignedIn
    with begin(installation_of(request)) as uow:
        principal = sign_in_principal(uow, "sign_in", secret)
        names = _names(uow, principal)
        # Kept for the page that is shown when the visit ends in a refusal.
        request.state.reader = _reader(uow, principal, names)
        yield Visit(request, uow, principal, request.state.reader, names)


def open_reader(request: Request, _turn: Annotated[None, Depends(turn, scope="function")]) -> Reader:
    """Whom a page that is open to everybody is shown to: with their header if they are signed in."""
    if secret := request.cookies.get(COOKIE):
        try:
            with begin(installation_of(request)) as uow:
                principal = sign_in_principal(uow, "sign_in", secret)
                return _reader(uow, principal, _names(uow, principal))
        except NotSignedIn:
            pass
    return Reader(page_language(request))


def _names(uow: UnitOfWork, principal: Principal) -> dict[str, str]:
    """The municipalities that the person may look into: where they hold a role, or all for whoever runs the service."""
    if principal.system_admin:
        return {row.id: row.name for row in municipalities.every(uow.session)}
    return {row.id: row.name for row in municipalities.some(uow.session, sorted(principal.municipalities))}


def _reader(uow: UnitOfWork, principal: Principal, names: dict[str, str]) -> Reader:
    places = sorted(principal.municipalities)
    internal = principal.system_admin or any(is_internal(principal, place) for place in places)
    viewer = Viewer(principal.name, tuple(names.get(place, place) for place in places), internal)
    return Reader(language_of(principal.language, None), viewer, uow.csrf or "")


# The transaction is committed before the answer is sent: an answer must never promise what the commit then refuses.
Visiting = Annotated[Visit, Depends(open_visit, scope="function")]
Anybody = Annotated[Reader, Depends(open_reader, scope="function")]

Items = list[tuple[str, "str | UploadFile"]]


async def posted_items(request: Request) -> Items:
    """The fields of a posted form, in order. Raises InvalidInput when it is malformed or too large."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > MAX_POST_BYTES:
        raise InvalidInput("Det som skickades är för stort.", "What was sent is too large.")
    try:
        form = await request.form(max_files=20, max_fields=MAX_FIELDS, max_part_size=2_000_000)
    except Exception as fault:
        # Starlette raises its own HTTP exception for a malformed or oversized form.
        raise InvalidInput("Formuläret gick inte att läsa.", "The form could not be read.") from fault
    return list(form.multi_items())


MAX_POST_BYTES = 30_000_000
Posted = Annotated[Items, Depends(posted_items)]


def require_csrf(visit: Visit, items: Items) -> None:
    """The form came from a page of ours. Raises NotYours."""
    sent = next((value for name, value in items if name == "csrf_token" and isinstance(value, str)), "")
    sent = sent or visit.request.headers.get("x-csrf-token", "")
    if not visit.csrf or not hmac.compare_digest(sent.encode(), visit.csrf.encode()):
        raise NotYours(
            "Sidan hade blivit för gammal. Ladda om den och skicka igen.",
            "The page had become too old. Reload it and send again.",
        )


def text_of(items: Items, name: str) -> str:
    """A text field, empty when it is missing."""
    return next((value for key, value in items if key == name and isinstance(value, str)), "")


def see_other(url: str) -> RedirectResponse:
    """To another page after a form was handled."""
    return RedirectResponse(url, status_code=303)


def sign_in_first(request: Request) -> RedirectResponse:
    """To the sign-in page, and back here afterwards."""
    target = request.url.path if request.method == "GET" else "/"
    return see_other(f"/logga-in?next={quote(target)}")
