"""The table of people with their roles: a row for each role that somebody holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.domain.errors import InvalidInput
from app.domain.people import MAX_EMAIL, MAX_NAME, check_email, check_name, check_period, check_role, check_username
from app.domain.roles import ROLES
from app.domain.table_imports.columns import Column, ImportKind
from app.domain.table_imports.common import days_in_order
from app.domain.written_dates import read_written_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def _roles() -> dict[str, str]:
    words: dict[str, str] = {}
    for role in ROLES.values():
        if not role.political:
            words |= {role.sv: role.id, role.en: role.id}
    return words


def _check(values: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    yield from days_in_order(values, "valid_from", "valid_to")
    if not values.get("username") and not values.get("email"):
        yield (
            "email",
            "Skriv en e-postadress eller ett användarnamn: det är det personen loggar in med.",
            "Write an e-mail address or a user name: it is what the person signs in with.",
        )
    scope = values.get("scope") or {}
    checks: tuple[tuple[str, Callable[[], object]], ...] = (
        ("username", lambda: check_username(values["username"]) if values.get("username") else None),
        ("email", lambda: check_email(values.get("email"))),
        ("name", lambda: check_name(str(values.get("name") or ""))),
        ("role", lambda: check_role(str(values.get("role")), scope.get("kind"))),
        ("valid_from", lambda: _period(values)),
    )
    for name, check in checks:
        try:
            check()
        except InvalidInput as fault:
            pointer = fault.errors[0].pointer if fault.errors else ""
            yield ("scope" if pointer == "/scope" else name, fault.sv, fault.en)


def _period(values: Mapping[str, Any]) -> None:
    if values.get("valid_from"):
        check_period(read_written_date(values["valid_from"]), None, ("", ""))


def _advise(values: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    if values.get("role") in {"department_head", "department_rep"} and not values.get("scope"):
        yield (
            "scope",
            "Utan förvaltning gäller rollen alla förvaltningar i kommunen.",
            "Without a department the role holds for all departments of the municipality.",
        )


PEOPLE: Final = ImportKind(
    id="people",
    sv="Personer och roller",
    en="People and roles",
    label="name",
    key=("user", "role", "scope", "valid_from"),
    check=_check,
    advise=_advise,
    help_sv="En rad per roll som någon har. Den som saknas läggs upp, utan lösenord.",
    help_en="A row for each role that somebody holds. Whoever is missing is added, without a password.",
    columns=(
        Column("username", "Användarnamn", "User name", longest=MAX_EMAIL, keeps=True, example="asa.berg",
               help_sv="Det personen loggar in med. Tomt: e-postadressen.",
               help_en="What the person signs in with. Empty: the e-mail address."),
        Column("name", "Namn", "Name", required=True, longest=MAX_NAME, example="Åsa Berg",
               help_sv="För- och efternamn.", help_en="First and last name."),
        Column("email", "E-post", "E-mail", longest=MAX_EMAIL, keeps=True, also=("E-postadress", "Mejl", "Epost"),
               example="asa.berg@exempel.se", help_sv="Dit påminnelser går.", help_en="Where reminders go."),
        Column("role", "Roll", "Role", "choice", required=True, choices=_roles(), example="Samordnare",
               help_sv="Rollen, som den heter i tjänsten.", help_en="The role, as the service names it."),
        Column("scope", "Gäller för", "Held for", "place", places=("department", "company", "actor", "body"),
               also=("Förvaltning", "Verksamhet"), keeps=True,
               help_sv="Förvaltningen, bolaget, aktören eller organet. Tomt: hela kommunen.",
               help_en="The department, company, actor or body. Empty: the whole municipality."),
        Column("valid_from", "Från", "From", "date", keeps=True, also=("Första dag",), example="2026-01-01",
               help_sv="Första dagen. Tomt: i dag.", help_en="The first day. Empty: today."),
        Column("valid_to", "Till", "To", "date", keeps=True, also=("Sista dag",),
               help_sv="Sista dagen. Tomt: tills vidare.", help_en="The last day. Empty: until further notice."),
    ),
)  # fmt: skip
