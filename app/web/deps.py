"""What a route is handed: a unit of work that is committed before the answer, who calls, and what they wish."""

import hashlib
import secrets
from asyncio import Semaphore
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Depends, Header, Request, Response, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from pydantic import BaseModel

from app.db.prevention import municipalities
from app.db.process import idempotency_keys
from app.domain.errors import InvalidInput, KeyInUse, KeyReused, NotSignedIn, NotYours
from app.domain.principals import Principal
from app.services.installation import Installation
from app.services.unit_of_work import Credential, UnitOfWork, begin, sign_in_principal
from app.web.problems import language_of

COOKIE = "trygghet_session"
CSRF_HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Requests in hand at once. Each holds a connection from its sign-in to its commit, and the pool has sixteen: the
# scheduler and what follows a rollback need the others. With more, waiting threads and held connections could wait
# for each other.
TURNS = 12

_bearer = HTTPBearer(auto_error=False, description="An API token.")
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="The session of a signed-in browser.")


class Replay(Exception):
    """The call was made before under the same key: this was the answer."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__("replayed")
        self.status, self.body = status, body


def installation_of(request: Request) -> Installation:
    """The installation the application was created for."""
    found: Installation = request.app.state.installation
    return found


async def turn(request: Request) -> AsyncIterator[None]:
    """Wait for one's turn, after the body has been read: a slow sender keeps nobody waiting."""
    turns: Semaphore = request.app.state.turns
    async with turns:
        yield


def credential_of(request: Request) -> tuple[Credential, str]:
    """What the caller shows: an `Authorization` header goes before the session's cookie. Raises NotSignedIn."""
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotSignedIn
        return "api_token", token.strip()
    session = request.cookies.get(COOKIE)
    if not session:
        raise NotSignedIn
    return "sign_in", session


def opened(request: Request, _turn: Annotated[None, Depends(turn, scope="function")]) -> Iterator[UnitOfWork]:
    """A unit of work with its principal; committed when the route has returned, before anything is answered.

    Raises NotSignedIn.
    """
    kind, secret = credential_of(request)
    with begin(installation_of(request)) as uow:
        sign_in_principal(uow, kind, secret)
        yield uow


def opened_for_anyone(
    request: Request, _turn: Annotated[None, Depends(turn, scope="function")]
) -> Iterator[UnitOfWork]:
    """A unit of work of nobody yet, which sees no municipality: the sign-in page's."""
    with begin(installation_of(request)) as uow:
        yield uow


Opened = Annotated[UnitOfWork, Depends(opened, scope="function")]
OpenedForAnyone = Annotated[UnitOfWork, Depends(opened_for_anyone, scope="function")]


@dataclass(frozen=True)
class Call:
    """One call of the API: its unit of work, its language, and the answer's shape."""

    uow: UnitOfWork
    language: str
    match: str | None = None
    key: str | None = None

    @property
    def principal(self) -> Principal:
        """Who calls."""
        return self.uow.who()

    @property
    def if_match(self) -> int | None:
        """The version that the caller has read; None when they do not mind. Raises InvalidInput."""
        if self.match is None or self.match.strip() == "*":
            return None
        text = self.match.strip().strip('"')
        if not text.isascii() or not text.isdigit() or len(text) > 15:  # noqa: PLR2004  far beyond any version
            raise InvalidInput('If-Match ska vara en version, som "3".', 'If-Match must be one version, such as "3".')
        return int(text)

    def answer(self, shown: BaseModel, status: int = 200) -> Response:
        """The answer's bytes; under an idempotency key they are kept, in the same transaction."""
        body = shown.model_dump_json().encode()
        if self.key is not None:
            idempotency_keys.fill(self.uow.session, self.principal.id, self.key, status, body)
        return json_response(body, status, getattr(shown, "version", None))

    def places(
        self,
        allowed: Callable[[Principal, str], bool],
        require: Callable[[Principal, str], None],
        municipality: str | None,
    ) -> list[str]:
        """The municipality asked for, or every one where the principal is allowed.

        Raises NotFound for one that is not theirs, NotYours when there is none.
        """
        principal = self.principal
        if municipality is not None:
            require(principal, municipality)
            return [municipality]
        if principal.system_admin:
            return [row.id for row in municipalities.every(self.uow.session)]
        found = [place for place in sorted(principal.municipalities) if allowed(principal, place)]
        if not found:
            for place in sorted(principal.municipalities):
                require(principal, place)
            raise NotYours("Du har ingen roll i någon kommun i dag.", "You hold no role in any municipality today.")
        return found


def json_response(body: bytes, status: int, version: int | None) -> Response:
    """JSON with its version as ETag."""
    headers = {"ETag": f'"{version}"'} if version is not None else {}
    return Response(body, status, headers, "application/json")


def reading(
    request: Request,
    uow: Opened,
    _bearer: Annotated[object, Security(_bearer)],
    _cookie: Annotated[object, Security(_cookie)],
) -> Call:
    """A call that changes nothing."""
    return Call(uow, language_of(request))


def changing(
    request: Request,
    uow: Opened,
    _bearer: Annotated[object, Security(_bearer)],
    _cookie: Annotated[object, Security(_cookie)],
    if_match: Annotated[str | None, Header(max_length=100, description="The ETag that was read.")] = None,
) -> Call:
    """A call that changes something. Raises NotYours for a browser's session without its CSRF token."""
    _require_csrf(request, uow)
    return Call(uow, language_of(request), if_match)


def posting(
    request: Request,
    call: Annotated[Call, Depends(changing, scope="function")],
    idempotency_key: Annotated[
        str | None,
        Header(min_length=1, max_length=200, pattern="^[!-~]+$", description="The same key gets the same answer."),
    ] = None,
) -> Call:
    """A call that may be repeated under a key.

    Raises Replay with the first answer, KeyReused for another call, KeyInUse while the first is in hand.
    """
    if idempotency_key is None:
        return call
    _reserve(call.uow, idempotency_key, _fingerprint(request))
    return Call(call.uow, call.language, call.match, idempotency_key)


Reading = Annotated[Call, Depends(reading, scope="function")]
Changing = Annotated[Call, Depends(changing, scope="function")]
Posting = Annotated[Call, Depends(posting, scope="function")]


def _require_csrf(request: Request, uow: UnitOfWork) -> None:
    if request.method in SAFE or uow.csrf is None:
        return
    if not secrets.compare_digest(request.headers.get(CSRF_HEADER, "").encode(), uow.csrf.encode()):
        raise NotYours(
            f"Anropet saknar sessionens CSRF-nyckel i {CSRF_HEADER}.",
            f"The call lacks the session's CSRF token in {CSRF_HEADER}.",
        )


def _fingerprint(request: Request) -> bytes:
    """What makes two calls the same: method, address, version wanted and content."""
    digest: hashlib._Hash | None = getattr(request.state, "digest", None)
    parts = [
        request.method.encode(),
        request.url.path.encode(),
        request.scope["query_string"],
        request.headers.get("if-match", "").encode(),
        digest.digest() if digest is not None else b"",
    ]
    return hashlib.sha256(b"\0".join(parts)).digest()


def _reserve(uow: UnitOfWork, key: str, fingerprint: bytes) -> None:
    """Take the key. Raises Replay, KeyReused, or KeyInUse while a call under the same key is in hand."""
    person: UUID = uow.who().id
    row = {
        "person_id": person,
        "key": key,
        "request_hash": fingerprint,
        "status": 0,
        "body": b"",
        "created_at": uow.now,
    }
    if idempotency_keys.put(uow.session, row):
        return
    kept = idempotency_keys.get(uow.session, person, key)
    if kept is None:
        raise KeyInUse
    if kept.request_hash != fingerprint:
        raise KeyReused
    raise Replay(kept.status, kept.body)


async def replayed(_request: Request, replay: Exception) -> Response:
    """The first answer, byte for byte."""
    assert isinstance(replay, Replay)  # noqa: S101  registered for it
    shown = orjson.loads(replay.body) if replay.body else None
    version = shown.get("version") if isinstance(shown, dict) else None
    response = json_response(replay.body, replay.status, version if isinstance(version, int) else None)
    response.headers["Idempotency-Replayed"] = "true"
    return response
