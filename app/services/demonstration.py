"""Demonstration mode: invented people with known logins, on loopback only."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.db import people
from app.db.prevention import municipalities
from app.domain.errors import Conflict
from app.domain.profiles import Profile
from app.engine.folders import Folder
from app.services import api_tokens
from app.services import people as accounts
from app.services.installation import Installation
from app.services.prevention.municipalities import add
from app.services.process.deployments import deploy
from app.services.role_assignments import Given, give_as_operator
from app.services.unit_of_work import UnitOfWork, begin_system

SINCE = date(2024, 1, 1)


@dataclass(frozen=True)
class Demonstrator:
    """An invented person: user name, name, and (municipality, role, name of department or actor or None)."""

    username: str
    name: str
    roles: tuple[tuple[str, str, str | None], ...]
    system_admin: bool = False


def _in_askersund(username: str, name: str, *roles: str, scope: str | None = None) -> Demonstrator:
    return Demonstrator(username, name, tuple(("askersund", role, scope) for role in roles))


DEMONSTRATORS: tuple[Demonstrator, ...] = (
    Demonstrator("drift", "Disa Driftsson", (), system_admin=True),
    _in_askersund("admin", "Adam Arvidsson", "system_admin"),
    _in_askersund(
        "sakerhetschef", "Sara Lindqvist", "security_manager", "crime_prevention_coordinator", "council_chair",
        "analysis_lead",
    ),
    _in_askersund("kommundirektor", "Karl Dahlberg", "municipal_director", "approver"),
    _in_askersund("kommunsekreterare", "Kerstin Sandell", "board_secretary", "council_secretary", "registrar"),
    _in_askersund("lagesbild", "Lena Gustavsson", "situation_picture_group", "measures_group"),
    _in_askersund("dataskydd", "David Skoglund", "data_protection_reviewer"),
    _in_askersund("soc.rep", "Sofia Ekman", "department_rep", scope="Socialförvaltningen"),
    _in_askersund("soc.chef", "Stefan Chruséus", "department_head", scope="Socialförvaltningen"),
    _in_askersund("skola.rep", "Åsa Bergström", "department_rep", scope="Barn och Utbildningsförvaltningen"),
    _in_askersund("skola.chef", "Björn Hallgren", "department_head", scope="Barn och Utbildningsförvaltningen"),
    _in_askersund("folkhalsa.rep", "Fatima Nordin", "department_rep", scope="Folkhälsoteamet"),
    _in_askersund("folkhalsa.chef", "Fredrik Öst", "department_head", scope="Folkhälsoteamet"),
    _in_askersund("polisen", "Petra Polismark", "external_actor", scope="Polisen, lokalpolisområdet"),
    _in_askersund("naringsliv", "Nils Handelius", "external_actor", scope="Näringslivsrådet"),
    _in_askersund("centrum", "Cecilia Torgny", "external_actor", scope="Askersund i centrum"),
    _in_askersund("kyrkan", "Klas Kyrkander", "external_actor", scope="Svenska kyrkan"),
    _in_askersund("bostader", "Berit Hussén", "external_actor", scope="Askersundsbostäder"),
    _in_askersund("kommunpolis.askersund", "Ola Vakt", "municipal_police_officer"),
    # One kommunpolis serves two municipalities on Höglandet: one inbox.
    Demonstrator(
        "kommunpolis", "Helena Höglund",
        (("nassjo", "municipal_police_officer", None), ("savsjo", "municipal_police_officer", None)),
    ),
    Demonstrator(
        "nassjo.sakerhetschef", "Gunnar Nässing",
        (("nassjo", "security_manager", None), ("nassjo", "crime_prevention_coordinator", None)),
    ),
    Demonstrator("nassjo.admin", "Anna Tall", (("nassjo", "system_admin", None),)),
    Demonstrator("savsjo.samordnare", "Siv Säv", (("savsjo", "crime_prevention_coordinator", None),)),
    Demonstrator(
        "kommun002.sakerhetschef", "Ture Norén",
        (("kommun_002", "security_manager", None), ("kommun_002", "crime_prevention_coordinator", None)),
    ),
)  # fmt: skip


def furnish(installation: Installation, profiles: Sequence[Profile], folders: Sequence[Folder]) -> bool:
    """Municipalities and workflows, each added once; unchanged workflows make no new version. True when new."""
    with begin_system(installation) as uow:
        fresh = False
        for profile in profiles:
            try:
                add(uow, profile)
                fresh = True
            except Conflict:
                continue
        if folders:
            deploy(uow, folders)
        return fresh


def demonstration_logins(installation: Installation) -> list[dict[str, Any]]:
    """Make the demonstration people; their logins with fresh passwords and tokens. Empty when they exist already."""
    with begin_system(installation) as uow:
        if people.count(uow.session) > 0:
            return []
        return [_person(uow, demonstrator) for demonstrator in DEMONSTRATORS]


def _person(uow: UnitOfWork, demonstrator: Demonstrator) -> dict[str, Any]:
    password = secrets.token_urlsafe(12)
    person = accounts.add(
        uow,
        username=demonstrator.username,
        name=demonstrator.name,
        password=password,
        email=f"{demonstrator.username}@example.org",
        system_admin=demonstrator.system_admin,
    )
    roles = []
    for municipality, role, scope in demonstrator.roles:
        found = _scope(uow, municipality, scope)
        give_as_operator(uow, municipality, person.id, Given(role, SINCE, scope=found))
        roles.append({"role": role, "municipality": municipality, "scope": scope})
    token = api_tokens.issue_as_operator(uow, person.id, "demonstration")
    return {
        "username": demonstrator.username,
        "password": password,
        "token": token,
        "name": demonstrator.name,
        "roles": roles,
    }


def _scope(uow: UnitOfWork, municipality: str, name: str | None) -> UUID | None:
    if name is None:
        return None
    units = municipalities.units(uow.session, municipality, uow.today)
    actors = municipalities.actors(uow.session, municipality, uow.today)
    for unit in units:
        if unit.name == name:
            return unit.id
    return next(actor.id for actor in actors if actor.name == name)
