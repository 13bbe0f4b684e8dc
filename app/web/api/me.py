"""Who calls, and what they settle for themselves."""

from typing import Annotated, Literal, cast
from uuid import UUID

from fastapi import Response
from pydantic import StringConstraints

from app.domain.principals import Principal
from app.domain.roles import role_name
from app.services.people import choose_password, settle
from app.web.api.documentation import CHANGES, READS, router
from app.web.api.models import Shown, Taken
from app.web.deps import Changing, Reading

routes = router("/me", "me")

Notifications = Literal["each", "digest", "escalations"]


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
    notifications: Notifications
    system_admin: bool
    municipalities: list[str]
    roles: list[HeldRoleOut]

    @classmethod
    def of(cls, principal: Principal, wording: str, chosen: str | None, notifications: str) -> "MeOut":
        """The principal, roles named in the language of the wording; `chosen` is the language they have just chosen."""
        return cls(
            id=principal.id,
            username=principal.username,
            name=principal.name,
            language=chosen or principal.language,
            notifications=cast("Notifications", notifications),
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


class MeBody(Taken):
    """What one settles for oneself; what is left out stays as it is."""

    language: Literal["sv", "en"] | None = None
    notifications: Notifications | None = None


class PasswordBody(Taken):
    """The password one has and the one to have: at least 12 characters."""

    current: Annotated[str, StringConstraints(max_length=200)]
    password: Annotated[str, StringConstraints(max_length=200)]


@routes.get("", response_model=MeOut, responses=READS)
def read_me(call: Reading) -> Response:
    """The principal, with today's roles."""
    return call.answer(MeOut.of(call.principal, call.language, None, settle(call.uow)))


@routes.patch("", response_model=MeOut, responses=CHANGES)
def change_me(call: Changing, body: MeBody) -> Response:
    """Choose a language, and how reminders reach one: each by itself, in a digest on Mondays, or escalations only."""
    notifications = settle(call.uow, body.language, body.notifications)
    return call.answer(MeOut.of(call.principal, call.language, body.language, notifications))


@routes.post("/password", status_code=204, responses=CHANGES)
def change_password(call: Changing, body: PasswordBody) -> Response:
    """Choose a password. Every other session ends."""
    choose_password(call.uow, body.current, body.password)
    return Response(status_code=204)
