"""People as the service knows them: what a user name, a name, an address and a password may be, and role periods."""

import re
from datetime import date
from typing import Final

from app.domain import privacy_guard
from app.domain.errors import FieldFault, InvalidInput
from app.domain.roles import ROLES, role_name

MIN_PASSWORD: Final = 12
"""Characters; NIST SP 800-63B asks for at least 8, and 15 where the password is all there is."""
MAX_PASSWORD: Final = 200
MAX_NAME: Final = 200
MAX_EMAIL: Final = 254
MAX_REASON: Final = 1000
FIRST_DAY: Final = date(1990, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)

SCOPE_KINDS: Final = frozenset({"department", "company", "actor", "body"})
# Whoever holds one of these does it for somebody: without a scope they would see every actor's tasks.
_NEEDS_SCOPE: Final = {"external_actor": frozenset({"actor"})}

_USERNAME: Final = re.compile(r"[a-zåäö0-9](?:[a-zåäö0-9._-]{0,98}[a-zåäö0-9])?")
_ADDRESS: Final = re.compile(
    r"[^@\s\"<>(),;:\x00-\x1f]{1,64}@[^@\s\"<>(),;:.\x00-\x1f]+(?:\.[^@\s\"<>(),;:.\x00-\x1f]+)+"
)
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")


def invalid(pointer: str, sv: str, en: str) -> InvalidInput:
    """One field's fault as a refusal."""
    return InvalidInput(sv, en, [FieldFault(pointer, sv, en)])


def check_username(text: str) -> str:
    """The user name, in small letters. An e-mail address is one too. Raises InvalidInput."""
    folded = text.strip().casefold()
    if _USERNAME.fullmatch(folded) is None and (len(folded) > MAX_EMAIL or _ADDRESS.fullmatch(folded) is None):
        raise invalid(
            "/username",
            "Användarnamnet är en e-postadress, eller högst 100 bokstäver, siffror, punkter, bindestreck och "
            "understreck.",
            "The user name is an e-mail address, or at most 100 letters, digits, dots, hyphens and underscores.",
        )
    return folded


def check_name(text: str) -> str:
    """The name, in one line. Raises InvalidInput."""
    trimmed = " ".join(text.split())
    if not trimmed or len(trimmed) > MAX_NAME or _UNPRINTABLE.search(trimmed):
        raise invalid("/name", f"Namnet har 1–{MAX_NAME} tecken.", f"The name has 1 to {MAX_NAME} characters.")
    return trimmed


def check_email(text: str | None) -> str | None:
    """The address, or None. Raises InvalidInput."""
    if text is None or not text.strip():
        return None
    trimmed = text.strip()
    if len(trimmed) > MAX_EMAIL or _ADDRESS.fullmatch(trimmed) is None:
        raise invalid(
            "/email",
            "E-postadressen ser inte ut som namn@exempel.se.",
            "The e-mail address is not like name@example.org.",
        )
    return trimmed


def check_password(text: str, username: str) -> str:
    """A password that may be chosen. Raises InvalidInput; the password itself is never repeated."""
    if not MIN_PASSWORD <= len(text) <= MAX_PASSWORD:
        raise invalid(
            "/password",
            f"Lösenordet ska ha minst {MIN_PASSWORD} tecken och högst {MAX_PASSWORD}.",
            f"The password must have at least {MIN_PASSWORD} characters and at most {MAX_PASSWORD}.",
        )
    if len(set(text)) < MIN_PASSWORD // 3 or text.casefold() == username.casefold():
        raise invalid(
            "/password",
            "Lösenordet är för lätt att gissa: ta inte användarnamnet eller samma tecken om och om igen.",
            "The password is too easy to guess: use neither the user name nor the same character over and over.",
        )
    return text


def check_period(first: date, last: date | None, pointers: tuple[str, str]) -> None:
    """Days in order, within what the calendar knows. Raises InvalidInput."""
    for day, pointer in zip((first, last), pointers, strict=True):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise invalid(pointer, "Dagen ligger för långt bort.", "The day is too far away.")
    if last is not None and last < first:
        raise invalid(pointers[1], "Sista dagen ligger före den första.", "The last day is before the first.")


def checked_reason(reason: str) -> str:
    """Why something was done, in one line, without personal identity numbers. Raises InvalidInput."""
    trimmed = " ".join(reason.split())
    if not trimmed or len(trimmed) > MAX_REASON:
        raise invalid(
            "/reason", f"Skriv varför, med högst {MAX_REASON} tecken.", f"Say why, in at most {MAX_REASON} characters."
        )
    if found := privacy_guard.stops(trimmed):
        raise invalid("/reason", found[0].sv, found[0].en)
    return trimmed


def check_role(role: str, scope_kind: str | None) -> None:
    """A role that a person may hold, with a scope that fits it. Raises InvalidInput."""
    known = ROLES.get(role)
    if known is None:
        raise invalid("/role", f"Rollen ”{role[:60]}” finns inte.", f"There is no role '{role[:60]}'.")
    if known.political:
        raise invalid(
            "/role",
            f"{known.sv} är ett organ och loggar inte in. Kommunsekreteraren skriver in vad det beslutar.",
            f"{known.en} is a body and does not sign in. The board secretary records what it decides.",
        )
    wanted = _NEEDS_SCOPE.get(role)
    if wanted is not None and scope_kind not in wanted:
        raise invalid(
            "/scope",
            f"Rollen {role_name(role)} gäller för en aktör: säg vilken.",
            f"The role {role_name(role, 'en')} is held for an actor: say which.",
        )
