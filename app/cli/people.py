"""People at the console: for the first ones, and for when nobody can sign in. Day by day it is done over the API."""

import json
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

import typer

from app.cli.opening import JsonOutput, open_installation
from app.db import api_tokens as token_rows
from app.db import people as person_rows
from app.db import role_assignments as assignment_rows
from app.db.people import Person
from app.db.prevention import municipalities
from app.domain.errors import InvalidInput, NotFound
from app.services import api_tokens, people
from app.services.people import close_as_operator
from app.services.role_assignments import Given, end_as_operator, give_as_operator
from app.services.unit_of_work import UnitOfWork, begin_system

person_cli = typer.Typer(no_args_is_help=True, help="People.")
role_cli = typer.Typer(no_args_is_help=True, help="Roles that people hold for a period.")
token_cli = typer.Typer(no_args_is_help=True, help="Tokens of HTTP clients.")

Username = Annotated[str, typer.Option(help="The person's user name.")]
Place = Annotated[str, typer.Option(help="The municipality's id, such as askersund.")]
Role = Annotated[str, typer.Option(help="The role's id, such as department_rep.")]


@person_cli.command("add")
def add_person(
    username: Username,
    name: Annotated[str, typer.Option(help="The person's name.")],
    email: Annotated[str | None, typer.Option(help="Where reminders go.")] = None,
    password: Annotated[str | None, typer.Option(help="At least 12 characters. Asked for with --ask-password.")] = None,
    ask_password: Annotated[bool, typer.Option("--ask-password", help="Ask for a password, unseen.")] = False,
) -> None:
    """Add somebody who can sign in; without a password they cannot, and a program needs none."""
    if ask_password:
        password = typer.prompt("Lösenord/password", hide_input=True, confirmation_prompt=True)
    with open_installation() as installation, begin_system(installation) as uow:
        person = people.add(uow, username=username, name=name, email=email, password=password)
        typer.echo(str(person.id))


@person_cli.command("list")
def list_people(as_json: JsonOutput = False) -> None:
    """Everybody, with the roles they hold today."""
    with open_installation() as installation, begin_system(installation) as uow:
        places = [row.id for row in municipalities.every(uow.session)]
        held = assignment_rows.listed(uow.session, places, on=uow.today, limit=100_000)
        rows: list[dict[str, object]] = [
            {
                "username": person.username,
                "name": person.name,
                "active": person.active,
                "system_admin": person.system_admin,
                "roles": [f"{row.municipality_id}:{row.role}" for row in held if row.person_id == person.id],
            }
            for person in person_rows.listed(uow.session, None, limit=100_000)
        ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            typer.echo("  ".join(str(part) for part in row.values()))


@person_cli.command("close")
def close_person(username: Username) -> None:
    """Close an account at once: its sessions and tokens end, its claimed tasks go back to their roles."""
    with open_installation() as installation, begin_system(installation) as uow:
        close_as_operator(uow, _person(uow, username).id)


@role_cli.command("give")
def give_role(
    username: Username,
    municipality: Place,
    role: Role,
    scope: Annotated[str | None, typer.Option(help="The name of a department, company, actor or body.")] = None,
    from_on: Annotated[str | None, typer.Option("--from", help="The first day, 2027-01-01; today if left out.")] = None,
    to_on: Annotated[str | None, typer.Option("--to", help="The last day; until further notice if left out.")] = None,
) -> None:
    """Give a role for a period."""
    with open_installation() as installation, begin_system(installation) as uow:
        person = _person(uow, username)
        given = Given(
            role, _day(from_on) or uow.today, _day(to_on), _scope(uow, municipality, scope) if scope else None
        )
        typer.echo(str(give_as_operator(uow, municipality, person.id, given).id))


@role_cli.command("end")
def end_role(
    assignment: Annotated[str, typer.Argument(help="The id that `role give` or the API gave.")],
    to_on: Annotated[str | None, typer.Option("--to", help="The last day; today if left out.")] = None,
) -> None:
    """Set the last day of a role."""
    with open_installation() as installation, begin_system(installation) as uow:
        end_as_operator(uow, _id(assignment), _day(to_on) or uow.today)


@token_cli.command("issue")
def issue_token(
    username: Username,
    name: Annotated[str, typer.Option(help="What the token is for.")],
    days: Annotated[int, typer.Option(min=1, max=1098, help="How long it lasts.")] = 366,
) -> None:
    """Issue a token for an HTTP client. It is printed once; only its hash is stored."""
    with open_installation() as installation, begin_system(installation) as uow:
        person = _person(uow, username)
        secret = api_tokens.issue_as_operator(uow, person.id, name, uow.now + timedelta(days=days))
    typer.echo(secret)


@token_cli.command("revoke")
def revoke_token(username: Username, name: Annotated[str, typer.Option(help="What the token is for.")]) -> None:
    """End the tokens of that name at once."""
    with open_installation() as installation, begin_system(installation) as uow:
        found = [row for row in token_rows.of_person(uow.session, _person(uow, username).id) if row.name == name]
        if not found:
            raise NotFound("API-nyckeln", "The API token")
        for row in found:
            token_rows.revoke(uow.session, row.token_id, uow.now)


def _person(uow: UnitOfWork, username: str) -> Person:
    person = person_rows.by_username(uow.session, username.strip().casefold())
    if person is None:
        raise NotFound("Personen", "The person")
    return person


def _scope(uow: UnitOfWork, municipality: str, name: str) -> UUID:
    lists = (municipalities.units, municipalities.actors, municipalities.bodies)
    for listed in lists:
        for row in listed(uow.session, municipality, uow.today):
            if row.name == name:
                return row.id
    raise NotFound(f"”{name}”", f"'{name}'")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as fault:
        raise InvalidInput("Dagar skrivs 2027-01-01.", "Days are written 2027-01-01.") from fault


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as fault:
        raise NotFound("Rolltilldelningen", "The role assignment") from fault
