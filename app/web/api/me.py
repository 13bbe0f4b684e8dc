"""Who calls, and what they settle for themselves."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from pydantic import StringConstraints

from app.domain.principals import Principal
from app.domain.roles import role_name
from app.services.people import choose_language, choose_password
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import Shown, Taken
from app.web.deps import Changing, Reading

routes = router("/me", "me")


class HeldRoleOut(Shown):
    """A role held today."""

    municipality: str
    role: str
    name: str
    scope_kind: str | None
    scope_id: UUID | None
    person_id: UUID


class MeOut(Shown):
    """Who calls."""

    id: UUID
    username: str
    name: str
    language: str
    system_admin: bool
    municipalities: list[str]
    roles: list[HeldRoleOut]

    @classmethod
    def of(cls, principal: Principal, wording: str, chosen: str | None = None) -> "MeOut":
        """The principal, roles named in the language of the wording; `chosen` is the language they have just chosen."""
        return cls(
            id=principal.id,
            username=principal.username,
            name=principal.name,
            language=chosen or principal.language,
            system_admin=principal.system_admin,
            municipalities=sorted(principal.municipalities),
            roles=[
                HeldRoleOut(
                    municipality=held.municipality,
                    role=held.role,
                    name=role_name(held.role, wording),
                    scope_kind=held.scope_kind,
                    scope_id=held.scope_id,
                    person_id=held.person_id,
                )
                for held in principal.roles
            ],
        )


class LanguageBody(Taken):
    """The language to read."""

    language: Literal["sv", "en"]


class PasswordBody(Taken):
    """The password one has and the one to have: at least 12 characters."""

    current: Annotated[str, StringConstraints(max_length=200)]
    password: Annotated[str, StringConstraints(max_length=200)]


@routes.get("", response_model=MeOut, responses=READS)
def read_me(call: Reading) -> Response:
    """The principal, with today's roles."""
    return call.answer(MeOut.of(call.principal, call.language))


@routes.patch("", response_model=MeOut, responses=CHANGES)
def change_me(call: Changing, body: LanguageBody) -> Response:
    """Choose a language."""
    choose_language(call.uow, body.language)
    return call.answer(MeOut.of(call.principal, call.language, body.language))


@routes.post("/password", status_code=204, responses=CHANGES)
def change_password(call: Changing, body: PasswordBody) -> Response:
    """Choose a password. Every other session ends."""
    choose_password(call.uow, body.current, body.password)
    return Response(status_code=204)
