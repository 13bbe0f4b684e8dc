"""The operator's door: `trygghetshjulet COMMAND --help`. Exit 0 on success, 1 on a refusal, 2 on bad usage."""

import json
import sys
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from app.cli.opening import JsonOutput, open_installation, say
from app.cli.people import person_cli, role_cli, token_cli
from app.db import migrations
from app.db.embedded import EmbeddedPostgresFailed
from app.db.session import AddressInvalid, DatabaseUnavailable, LockNotGranted
from app.domain.errors import DeploymentRefused, Refusal
from app.domain.profiles import ProfileInvalid, read_profile
from app.engine.vetting import judge
from app.program import imported_for_good
from app.services import people
from app.services.prevention import municipalities
from app.services.process import deployments
from app.services.unit_of_work import begin_system
from app.settings import SettingsInvalid, read_settings

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Trygghetshjulet: kommunens trygghetsår.")
municipality_cli = typer.Typer(no_args_is_help=True, help="Municipalities.")
cli.add_typer(municipality_cli, name="municipality")
cli.add_typer(person_cli, name="person")
cli.add_typer(role_cli, name="role")
cli.add_typer(token_cli, name="token")


def main() -> None:
    """The program. Refusals are one sentence on standard error and exit code 1."""
    try:
        cli()
    except Refusal as refusal:
        say(f"{refusal.sv}\n{refusal.en}")
        sys.exit(1)
    except migrations.SchemaTooNew as fault:
        say(
            f"Databasen har version {fault}, nyare än det här programmet. Installera det nyare programmet. "
            f"The database is at version {fault}, newer than this program. Install the newer program."
        )
        sys.exit(1)
    except (
        SettingsInvalid,
        AddressInvalid,
        EmbeddedPostgresFailed,
        ProfileInvalid,
        migrations.DatabaseUnsuitable,
    ) as fault:
        say(str(fault))
        sys.exit(1)
    except ValidationError as fault:
        for error in fault.errors():
            say(f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}")
        sys.exit(1)
    except DatabaseUnavailable as fault:
        say(f"Databasen svarar inte. The database does not answer. ({fault})")
        sys.exit(1)
    except LockNotGranted:
        say("Databasen var upptagen för länge. Försök igen. The database was busy for too long. Try again.")
        sys.exit(1)


@cli.command()
def serve(
    scheduler: Annotated[bool, typer.Option(help="Ring for due jobs in this process too.")] = True,
) -> None:
    """Web, API and scheduler in one process; ctrl-C stops everything."""
    with imported_for_good():
        from app.main import serve as run  # noqa: PLC0415  the web stack is heavy; other commands do without

    settings = read_settings()
    settings.check()
    run(settings, scheduler=scheduler)


@cli.command()
def worker() -> None:
    """The scheduler alone, beside `serve --no-scheduler`."""
    from app.main import work  # noqa: PLC0415  as above

    settings = read_settings()
    settings.check()
    work(settings)


@cli.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="BPMN files.", metavar="FILE.bpmn...")],
    as_json: JsonOutput = False,
    language: Annotated[str, typer.Option(help="sv or en.")] = "sv",
) -> None:
    """Judge diagrams without deploying them. Exit 1 if any is not accepted."""
    verdicts = []
    for file in files:
        if not file.is_file():
            say(f"{file}: filen finns inte. There is no such file.")
            raise typer.Exit(2)
        verdict = judge(file.read_bytes(), deployments.surroundings_of_file(file))
        verdicts.append(
            {
                "file": str(file),
                "accepted": verdict.accepted,
                "executable": verdict.executable,
                "problems": [problem.in_language(language) for problem in verdict.problems],
            }
        )
    if as_json:
        typer.echo(json.dumps(verdicts, ensure_ascii=False, indent=2))
    else:
        for row in verdicts:
            _print_verdict(row)
    if not all(row["accepted"] for row in verdicts):
        raise typer.Exit(1)


def _print_verdict(verdict: dict[str, Any]) -> None:
    word = "körbar" if verdict["executable"] else "godtagen som utkast" if verdict["accepted"] else "underkänd"
    typer.echo(f"{verdict['file']}: {word}")
    for problem in verdict["problems"]:
        where = f"rad {problem['line']}" if problem["line"] else "–"
        typer.echo(f"  {where}  {problem['rule']}  {problem['element'] or ''}  {problem['message']}")


@cli.command()
def deploy(
    folder: Annotated[Path, typer.Argument(help="A workflow folder, or a folder of them.")], as_json: JsonOutput = False
) -> None:
    """Deploy a folder as a new version, all or nothing. Unchanged content makes no new version."""
    folders = deployments.read_folders(folder)
    try:
        with open_installation() as installation, begin_system(installation) as uow:
            done = deployments.deploy(uow, folders)
            rows = [{"key": d.key, "version": d.version, "new": new} for d, new in done.definitions]
    except DeploymentRefused as refused:
        if as_json:
            typer.echo(json.dumps([p.in_language("sv") for p in refused.problems], ensure_ascii=False, indent=2))
        for problem in refused.problems:
            say(f"{problem.severity}  rad {problem.line or '–'}  {problem.rule}  {problem.element or ''}  {problem.sv}")
        raise typer.Exit(1) from refused
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            typer.echo(f"{row['key']} version {row['version']}{'' if row['new'] else ' (oförändrad)'}")


@cli.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    with open_installation() as installation:
        typer.echo(migrations.current(installation.database.engine))


@cli.command("bootstrap-admin")
def bootstrap_admin(
    username: Annotated[str, typer.Option(prompt=True)],
    name: Annotated[str, typer.Option(prompt=True)],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Make the first administrator. There is no default login."""
    with open_installation() as installation, begin_system(installation) as uow:
        people.add(uow, username=username, name=name, password=password, system_admin=True)
    typer.echo(f"{username} kan nu logga in. {username} can now sign in.")


@municipality_cli.command("add")
def municipality_add(
    profile: Annotated[Path, typer.Argument(help="A profile, such as municipalities/askersund.toml.")],
) -> None:
    """Add a municipality with its profile, organisation and meeting plan."""
    if not profile.is_file():
        raise typer.BadParameter(f"{profile}: there is no such file")
    read = read_profile(profile.read_bytes())
    with open_installation() as installation, begin_system(installation) as uow:
        municipalities.add(uow, read)
    typer.echo(read.id)


@cli.command()
def simulate(
    municipality: Annotated[str, typer.Option(help="The municipality's id.")],
    from_on: Annotated[str, typer.Option("--from", help="First day, 2026-09-01.")],
    to_on: Annotated[str, typer.Option("--to", help="Last day, 2027-08-31.")],
    as_decided: Annotated[
        bool, typer.Option("--as-decided", help="Leave open what the profile leaves open; do not follow suggestions.")
    ] = False,
    as_json: JsonOutput = False,
) -> None:
    """Play a period on a scratch database with an injected clock and scripted role holders."""
    from app.simulating import play  # noqa: PLC0415  only this command needs it

    try:
        first, last = date.fromisoformat(from_on), date.fromisoformat(to_on)
    except ValueError as fault:
        raise typer.BadParameter("datum skrivs 2026-09-01") from fault
    if last < first:
        raise typer.BadParameter("--to ligger före --from")
    begun = perf_counter()
    rows = play(read_settings(), municipality, first, last, progress=say, as_decided=as_decided)
    say(f"{len(rows)} händelser, {perf_counter() - begun:.1f} s")
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for row in rows:
            typer.echo(
                f"{row['at'][:16]}  {row['kind']:18}  {row['process']:20}  {row['name'] or ''}  {row['scope'] or ''}"
            )


@cli.command()
def doctor(as_json: JsonOutput = False) -> None:
    """What is configured, reachable, overdue and broken."""
    from app.services.diagnoses import diagnose  # noqa: PLC0415  only this command needs it

    with open_installation() as installation:
        findings = diagnose(installation)
    if as_json:
        typer.echo(json.dumps(findings, ensure_ascii=False, indent=2))
    else:
        for name, value in findings.items():
            typer.echo(f"{name:24} {value}")
    if not findings["healthy"]:
        raise typer.Exit(1)


if __name__ == "__main__":
    main()
