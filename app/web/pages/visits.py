"""A visit: a signed-in person on a page, with one unit of work."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, RedirectResponse

from app.db.prevention import municipalities
from app.domain.errors import InvalidInput, NotSignedIn, NotYours
from app.domain.principals import Principal
from app.services.unit_of_work import UnitOfWork, begin, sign_in_principal
from app.web.deps import COOKIE, installation_of, turn
from app.web.pages.rendering import render
from app.web.translations import Language, gettext_in, language_of
from app.web.views import Viewer

LANGUAGE_COOKIE = "trygghet_language"
MAX_FIELDS = 3000


@dataclass
class Visit:
    """Who is here, in which language, and the unit of work of this request."""

    request: Request
    uow: UnitOfWork
    principal: Principal
    language: Language
    names: dict[str, str]
    kept: dict[str, object] = field(default_factory=dict)

    @property
    def csrf(self) -> str:
        """What every form of the page carries."""
        return self.uow.csrf or ""

    def words(self, text: str) -> str:
        """The text in the reader's language."""
        return gettext_in(self.language, text)

    def municipality_name(self, municipality: str) -> str:
        """What the municipality is called."""
        return self.names.get(municipality, municipality)

    def page(self, template: str, page: object, *, current: str = "", status: int = 200) -> HTMLResponse:
        """The page, with its header for this person."""
        own = sorted(self.principal.municipalities)
        viewer = Viewer(self.principal.name, tuple(self.municipality_name(m) for m in own))
        return render(
            template,
            page,
            language=self.language,
            viewer=viewer,
            current=current,
            csrf_token=self.csrf,
            status=status,
        )


def page_language(request: Request) -> Language:
    """The language of a page for somebody who is not signed in."""
    return language_of(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language"))


def open_visit(request: Request, _turn: Annotated[None, Depends(turn, scope="function")]) -> Iterator[Visit]:
    """The visit of a signed-in person. Raises NotSignedIn, which the pages answer with the sign-in page."""
    secret = request.cookies.get(COOKIE)
    if not secret:
        raise NotSignedIn
    with begin(installation_of(request)) as uow:
        principal = sign_in_principal(uow, "sign_in", secret)
        rows = municipalities.some(uow.session, sorted(principal.municipalities))
        language = language_of(request.cookies.get(LANGUAGE_COOKIE) or principal.language, None)
        yield Visit(request, uow, principal, language, {row.id: row.name for row in rows})


# The transaction is committed before the answer is sent: an answer must never promise what the commit then refuses.
Visiting = Annotated[Visit, Depends(open_visit, scope="function")]

Items = list[tuple[str, "str | UploadFile"]]


async def posted_items(request: Request) -> Items:
    """The fields of a posted form, in order. Raises InvalidInput when it is malformed or too large."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > MAX_POST_BYTES:
        raise InvalidInput("Formuläret är för stort.", "The form is too large.")
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
