"""People: added and changed by administrators, and what they settle for themselves."""

from typing import Any
from uuid import UUID

from app.db import api_tokens, calendar_feeds, people, sign_ins
from app.db.people import Person
from app.domain.errors import Conflict, InvalidInput, NotFound, NotYours, StaleVersion, WrongPassword
from app.domain.ids import new_id
from app.domain.people import check_email, check_name, check_password, check_username, invalid
from app.domain.principals import administers, require_may_change_person
from app.services.left_behind import release_claims
from app.services.sign_ins import hash_password, verify
from app.services.unit_of_work import UnitOfWork

LANGUAGES = frozenset({"sv", "en"})
NOTIFICATIONS = frozenset({"each", "digest", "escalations"})


def add(
    uow: UnitOfWork,
    *,
    username: str,
    name: str,
    password: str | None = None,
    email: str | None = None,
    system_admin: bool = False,
) -> Person:
    """Add somebody who can sign in; without a password they cannot until one is set. For the operator's own use.

    Raises Conflict when the user name is taken, InvalidInput for what does not fit.
    """
    username = check_username(username)
    if people.by_username(uow.session, username) is not None:
        raise Conflict("Användarnamnet är upptaget.", "The user name is taken.")
    person = Person(
        id=new_id(),
        username=username,
        name=check_name(name),
        email=check_email(email),
        password_hash=hash_password(check_password(password, username)) if password is not None else None,
        language="sv",
        system_admin=system_admin,
        active=True,
        created_at=uow.now,
        version=1,
    )
    people.add(uow.session, person)
    return person


def visible(uow: UnitOfWork, person_id: UUID) -> Person:
    """Oneself, or somebody with a role in a municipality one administers. Raises NotFound, NotYours."""
    person, principal = people.get(uow.session, person_id), uow.who()
    if person is None:
        raise NotFound("Personen", "The person")
    if person_id == principal.id or principal.system_admin:
        return person
    places = people.places_of(uow.session, person_id)
    if any(administers(principal, place) for place in places):
        return person
    if places & principal.municipalities:
        raise NotYours("Det här får bara administratören se.", "Only the administrator may see this.")
    raise NotFound("Personen", "The person")


def changeable(uow: UnitOfWork, person: Person | None) -> Person:
    """The person, if the principal may change them. Raises NotFound, NotYours."""
    if person is None:
        raise NotFound("Personen", "The person")
    places = people.places_of(uow.session, person.id)
    require_may_change_person(uow.who(), places, is_system_admin=person.system_admin)
    return person


def change(uow: UnitOfWork, person_id: UUID, changes: dict[str, Any], if_match: int | None = None) -> Person:
    """Change name, e-mail, language, password or whether the account is open (`active`).

    A new password ends every session, and closing the account its tokens too; claimed tasks go back to their roles.
    Raises NotFound, NotYours, StaleVersion, InvalidInput.
    """
    person = changeable(uow, people.lock(uow.session, person_id))
    if if_match is not None and if_match != person.version:
        raise StaleVersion(person.version)
    closes = changes.get("active") is False
    if closes and person_id == uow.who().id:
        raise invalid("/active", "Du kan inte stänga ditt eget konto.", "You cannot close your own account.")
    people.change(uow.session, person_id, _checked(person, changes))
    if "password" in changes:
        sign_ins.end_all(uow.session, person_id)
    if closes:
        close_as_operator(uow, person_id)
    return _reread(uow, person_id)


def close_as_operator(uow: UnitOfWork, person_id: UUID) -> None:
    """Close an account from the console, where nobody is signed in."""
    people.change(uow.session, person_id, {"active": False})
    sign_ins.end_all(uow.session, person_id)
    api_tokens.revoke_all(uow.session, person_id, uow.now)
    calendar_feeds.remove(uow.session, person_id, None)
    release_claims(uow, person_id=person_id)


def _checked(person: Person, changes: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "name" in changes:
        values["name"] = check_name(changes["name"])
    if "email" in changes:
        values["email"] = check_email(changes["email"])
    if "language" in changes:
        values["language"] = _language(changes["language"])
    if "active" in changes:
        values["active"] = bool(changes["active"])
    if "password" in changes:
        values["password_hash"] = hash_password(check_password(changes["password"], person.username))
    return values


def _reread(uow: UnitOfWork, person_id: UUID) -> Person:
    found = people.lock(uow.session, person_id)
    if found is None:
        raise NotFound("Personen", "The person")
    return found


def settle(uow: UnitOfWork, language: str | None = None, notifications: str | None = None) -> str:
    """What the principal settles from now on: the language they read, and how reminders reach them.

    What is None stays as it is. How reminders then reach them. Raises InvalidInput for what there is not.
    """
    values = {}
    if language is not None:
        values["language"] = _language(language)
    if notifications is not None:
        values["notifications"] = _notifications(notifications)
    if not values:
        return people.notifications(uow.session, uow.who().id)
    return people.settle(uow.session, uow.who().id, values)


def choose_password(uow: UnitOfWork, current: str, wanted: str) -> None:
    """A new password for oneself. Every session ends but the one it is chosen in.

    Raises WrongPassword when the current one is not right, InvalidInput for one that will not do.
    """
    person = people.lock(uow.session, uow.who().id)
    if person is None:
        raise WrongPassword
    verify(person, current)
    people.change(uow.session, person.id, {"password_hash": hash_password(check_password(wanted, person.username))})
    sign_ins.end_all(uow.session, person.id, but=uow.sign_in)


def _language(language: str) -> str:
    if language not in LANGUAGES:
        raise InvalidInput("Språket är sv eller en.", "The language is sv or en.")
    return language


def _notifications(notifications: str) -> str:
    if notifications not in NOTIFICATIONS:
        raise InvalidInput(
            "Påminnelser är each, digest eller escalations.", "Notifications are each, digest or escalations."
        )
    return notifications
