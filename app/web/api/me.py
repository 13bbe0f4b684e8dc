"""Who calls, and what they settle for themselves."""

from typing import Literal

from fastapi import Response

from app.services.people import choose_language
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import MeOut, Taken
from app.web.deps import Changing, Reading

routes = router("/me", "me")


class LanguageBody(Taken):
    """The language to read."""

    language: Literal["sv", "en"]


@routes.get("", response_model=MeOut, responses=READS)
def read_me(call: Reading) -> Response:
    """The principal, with today's roles."""
    return call.answer(MeOut.of(call.principal, call.language))


@routes.patch("", response_model=MeOut, responses=CHANGES)
def change_me(call: Changing, body: LanguageBody) -> Response:
    """Choose a language."""
    choose_language(call.uow, body.language)
    return call.answer(MeOut.of(call.principal, call.language, body.language))
