"""What an operator may get wrong: each is a sentence in Swedish and in English and exit code 1, no stack trace."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from app.db.embedded import EmbeddedPostgres
from app.db.session import AddressInvalid, Database
from app.domain.mail_servers import MailServer
from app.services.diagnoses import diagnose
from app.services.installation import Installation
from app.settings import SettingsInvalid, read_settings

PROGRAM = str(Path(sys.executable).parent / "trygghetshjulet")
PRODUCTION = {
    "TRYGGHETSHJULET_SECRET_KEY": "x" * 40,
    "TRYGGHETSHJULET_BASE_URL": "https://trygghet.example.se",
    "TRYGGHETSHJULET_CONTACT_EMAIL": "trygghet@example.se",
}


def refusal(tmp_path: Path, *command: str, **environment: str) -> str:
    """What the program says on standard error when it will not."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith("TRYGGHETSHJULET_") and k not in {"DATABASE_URL", "PORT"}
    }
    done = subprocess.run(
        [PROGRAM, *command],
        cwd=tmp_path,
        env={**kept, "TRYGGHETSHJULET_DATA": str(tmp_path / "data"), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "╭" not in done.stderr, "a stack trace in a frame"
    assert len(done.stderr.strip().splitlines()) <= 2, done.stderr
    return " ".join(done.stderr.split())


@pytest.mark.parametrize(
    "address", ["not an address", "mysql://a:hemligt@b/c", "postgresql://a:hem%ligt@b/c", "postgresql://a:hem ligt@b/c"]
)
def test_an_address_that_cannot_be_read_is_not_quoted(tmp_path, address):
    said = refusal(tmp_path, "doctor", DATABASE_URL=address)
    assert "DATABASE_URL går inte att läsa" in said
    assert "DATABASE_URL cannot be read" in said
    assert "hem" not in said


def test_a_simulation_with_an_address_that_cannot_be_read_says_the_same(tmp_path):
    days = ("--from", "2026-09-01", "--to", "2026-09-02")
    said = refusal(tmp_path, "simulate", "--municipality", "askersund", *days, DATABASE_URL="mysql://a:b@c/d")
    assert "DATABASE_URL cannot be read" in said


def test_a_database_nobody_serves_is_said_to_be_silent_and_where(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    address = f"postgresql://a:hemligt@127.0.0.1:{port}/b"
    for command in (
        ["migrate"],
        ["simulate", "--municipality", "askersund", "--from", "2026-09-01", "--to", "2026-09-02"],
    ):
        said = refusal(tmp_path, *command, DATABASE_URL=address)
        assert "Databasen svarar inte. The database does not answer." in said
        assert str(port) in said
        assert "hemligt" not in said


def test_a_server_does_not_start_without_its_database(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
    address = "postgresql://a@/b?host=/nonexistent"
    said = refusal(tmp_path, "serve", **PRODUCTION, PORT=port, DATABASE_URL=address)
    assert "The database does not answer." in said


def test_what_the_database_says_no_to_is_told(tmp_path, server: EmbeddedPostgres):
    unknown = refusal(tmp_path, "migrate", DATABASE_URL=server.url("no_such_database"))
    assert 'database "no_such_database" does not exist' in unknown
    nobody = refusal(tmp_path, "migrate", DATABASE_URL=server.url(login="no_such_login"))
    assert 'role "no_such_login" does not exist' in nobody


def test_a_login_that_does_not_own_the_database_is_told_so(tmp_path, server: EmbeddedPostgres):
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN")
        connection.execute("CREATE DATABASE somebody_elses")
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0 OWNER guest")
    said = refusal(tmp_path, "migrate", DATABASE_URL=server.url("somebody_elses", "guest"))
    assert "Gör den till databasens ägare" in said
    assert "Make it the owner" in said
    said = refusal(tmp_path, "migrate", DATABASE_URL=server.url("latin", "guest"))
    assert "LATIN1" in said


def test_a_database_of_a_newer_version_is_left_alone(tmp_path, server: EmbeddedPostgres, database: Database):
    with database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    said = refusal(tmp_path, "migrate", DATABASE_URL=database.url)
    assert "Installera det nyare programmet" in said
    assert "9999" in said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "http", "PORT ska vara ett heltal från 1 till 65535. PORT must be a whole number from 1 to 65535."),
        ("PORT", "0", "PORT must be a whole number from 1 to 65535."),
        ("TRYGGHETSHJULET_DEMO", "kanske", "TRYGGHETSHJULET_DEMO must be 1 or 0."),
        ("TRYGGHETSHJULET_LOG_LEVEL", "LOUD", "TRYGGHETSHJULET_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR."),
        ("TRYGGHETSHJULET_LOG_JSON", "json", "TRYGGHETSHJULET_LOG_JSON must be true or false."),
        ("TRYGGHETSHJULET_POLL_SECONDS", "0", "TRYGGHETSHJULET_POLL_SECONDS must be a number of seconds"),
        ("TRYGGHETSHJULET_SECRETKEY", "x", "Did you mean TRYGGHETSHJULET_SECRET_KEY?"),
        ("TRYGGHETSHJULET_PORT", "8080", "There is no setting TRYGGHETSHJULET_PORT."),
        ("TRYGGHETSHJULET_COLOUR", "blue", "There is no setting TRYGGHETSHJULET_COLOUR."),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_both_languages(monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as refused:
        read_settings()
    assert said in str(refused.value)
    assert "Det finns ingen inställning" in str(refused.value) or "ska vara" in str(refused.value)


def test_what_kubernetes_sets_beside_a_service_of_our_name_is_not_ours(monkeypatch):
    address = "tcp://10.0.0.7:8000"
    for name, value in {
        "SERVICE_HOST": "10.0.0.7",
        "SERVICE_PORT": "8000",
        "SERVICE_PORT_HTTP": "8000",
        "PORT": address,
        "PORT_8000_TCP": address,
        "PORT_8000_TCP_ADDR": "10.0.0.7",
    }.items():
        monkeypatch.setenv(f"TRYGGHETSHJULET_{name}", value)
    assert read_settings().port == 8000


def test_everything_wrong_is_said_at_once(tmp_path):
    said = refusal(tmp_path, "doctor", PORT="x", TRYGGHETSHJULET_PROT="1")
    assert "PORT must be" in said
    assert "TRYGGHETSHJULET_PROT" in said


def test_a_variable_set_to_nothing_counts_as_not_set(monkeypatch):
    for name in ("DATABASE_URL", "PORT", "TRYGGHETSHJULET_BASE_URL"):
        monkeypatch.setenv(name, "")
    settings = read_settings()
    assert (settings.database_url, settings.port, settings.base_url) == (None, 8000, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRYGGHETSHJULET_SECRET_KEY", "kort"),
        ("TRYGGHETSHJULET_BASE_URL", "trygghet.example.se"),
        ("TRYGGHETSHJULET_BASE_URL", "http://trygghet.example.se"),
        ("TRYGGHETSHJULET_BASE_URL", "http://localhost.example.se"),
        ("TRYGGHETSHJULET_BASE_URL", "https://"),
        ("TRYGGHETSHJULET_BASE_URL", "https://example.se/trygghet"),
        ("TRYGGHETSHJULET_BASE_URL", "https://[example"),
        ("TRYGGHETSHJULET_CONTACT_EMAIL", "trygghet"),
    ],
)
def test_production_takes_no_setting_that_would_not_be_safe(monkeypatch, name, value):
    for key, setting in {**PRODUCTION, name: value}.items():
        monkeypatch.setenv(key, setting)
    with pytest.raises(SettingsInvalid) as refused:
        read_settings().check()
    assert f"Sätt {name}" in str(refused.value)
    assert f"Set {name}" in str(refused.value)
    assert "kort" not in str(refused.value)


def test_production_takes_good_settings(monkeypatch):
    for key, setting in PRODUCTION.items():
        monkeypatch.setenv(key, setting)
    for address in (PRODUCTION["TRYGGHETSHJULET_BASE_URL"], "http://localhost:8000/"):
        monkeypatch.setenv("TRYGGHETSHJULET_BASE_URL", address)
        settings = read_settings()
        settings.check()
        assert (settings.demo, str(settings.base_url).rstrip("/")) == (False, address.rstrip("/"))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"SMTP_URL": "smtps://mail.example.org"}, "Set both TRYGGHETSHJULET_SMTP_URL and TRYGGHETSHJULET_MAIL_FROM"),
        ({"MAIL_FROM": "h@example.org"}, "Set both TRYGGHETSHJULET_SMTP_URL and TRYGGHETSHJULET_MAIL_FROM"),
        ({"SMTP_URL": "mail.example.org", "MAIL_FROM": "h@example.org"}, "The mail server's address cannot be read."),
        ({"SMTP_URL": "smtp://u:hemligt@mail.example.org", "MAIL_FROM": "h@example.org"}, "would travel unencrypted"),
        ({"SMTP_URL": "smtps://mail.example.org", "MAIL_FROM": "hjulet"}, "The sender is written"),
    ],
)
def test_mail_settings_that_cannot_be_used_are_told_without_the_password(monkeypatch, settings, said):
    for key, setting in {
        "TRYGGHETSHJULET_DEMO": "1",
        **{f"TRYGGHETSHJULET_{k}": v for k, v in settings.items()},
    }.items():
        monkeypatch.setenv(key, setting)
    with pytest.raises(SettingsInvalid) as refused:
        read_settings().check()
    assert said in str(refused.value)
    assert "hemligt" not in str(refused.value) + repr(read_settings())


def test_doctor_says_whether_mail_is_on_and_its_server_answers(installation: Installation):
    assert diagnose(installation)["mail"].startswith("off: ")
    installation.mail = MailServer("127.0.0.1", 1, "none", "H", "h@example.org", "u", "hemligt")
    found = diagnose(installation)
    assert found["mail"].startswith("smtp://127.0.0.1:1 does not: ")
    assert not found["healthy"]
    assert "hemligt" not in str(found)


def test_a_data_folder_that_cannot_be_one_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    said = refusal(tmp_path, "migrate", TRYGGHETSHJULET_DATA=str(tmp_path / "file" / "data"))
    assert "går inte att använda" in said
    assert "TRYGGHETSHJULET_DATA" in said


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_that_is_not_this_machines_is_one_sentence(tmp_path, host):
    said = refusal(tmp_path, "serve", **PRODUCTION, TRYGGHETSHJULET_HOST=host)
    assert f"This machine has no address {host}" in said


def test_an_address_means_what_it_means_to_psql():
    database = Database("postgresql://a:l%C3%B6sen%20ord%2F%401@b:5544/c?sslmode=require&options=-c%20search_path%3Dx")
    (_, said) = database.engine.dialect.create_connect_args(database.engine.url)
    assert said["dbname"] == "c"
    assert "lösen" not in repr(database.engine)
    for unreadable in ("", "postgresql://a:b c@d/e"):
        with pytest.raises(AddressInvalid):
            Database(unreadable)
