"""What an operator can set, from the environment. Read once, by the doors; everything else is handed its values."""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.domain.mail_servers import MailServer, MailServerInvalid, read_mail_server

PREFIX = "TRYGGHETSHJULET_"
# What Kubernetes sets in every container beside a service that is called trygghetshjulet; TRYGGHETSHJULET_PORT too, as
# an address.
_OF_KUBERNETES = re.compile(rf"{PREFIX}(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_\w+)")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SettingsInvalid(RuntimeError):
    """The service will not start with these settings. The message says which and why, in both languages."""


class Settings(BaseSettings):
    """The settings. Names in the environment begin with TRYGGHETSHJULET_ but for DATABASE_URL and PORT.

    A variable that is set to nothing counts as not set.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", env_ignore_empty=True)

    demo: bool = Field(default=False, description="Demonstration mode: on loopback only, with demonstration people.")
    data: Path = Field(
        default=Path("data"), alias="TRYGGHETSHJULET_DATA", description="The data folder of the embedded PostgreSQL."
    )
    database_url: SecretStr | None = Field(
        default=None, alias="DATABASE_URL", description="PostgreSQL 15 or later; without it the embedded one is used."
    )
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, alias="PORT", ge=1, le=65535, description="The port to listen on.")
    base_url: str | None = Field(
        default=None, description="The address people reach the service by, https://... Required in production."
    )
    secret_key: SecretStr | None = Field(
        default=None, description="At least 32 random characters, the same for all replicas. Required in production."
    )
    provider: str = Field(default="Kommunen", description="Who runs the service, for the accessibility statement.")
    contact_email: str | None = Field(
        default=None, description="Where people write about accessibility and personal data. Required in production."
    )
    smtp_url: SecretStr | None = Field(
        default=None, description="The mail server, smtp+starttls://user:password@host. Without it no mail is sent."
    )
    mail_from: str | None = Field(default=None, description="The sender of mails. Required with a mail server.")
    templates: Path | None = Field(
        default=None, description="A folder with templates and looks of documents that go before the shipped ones."
    )
    poll_seconds: float = Field(default=5.0, ge=0.1, le=60, description="How often the scheduler looks for due jobs.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR."
    )
    log_json: bool = Field(default=False, description="Log lines as JSON.")

    def check(self) -> None:
        """Raises SettingsInvalid when the service would not be safe with these settings."""
        self.mail_server()
        if self.demo:
            if self.host not in LOOPBACK:
                raise SettingsInvalid(
                    "Demonstrationsläget har kända lösenord: det lyssnar bara på loopback (127.0.0.1). "
                    "Demonstration mode has known logins: it only listens on loopback (127.0.0.1)."
                )
            return
        if self.secret_key is None or len(self.secret_key.get_secret_value()) < 32:  # noqa: PLR2004  256 bits in hex
            raise SettingsInvalid(
                "Sätt TRYGGHETSHJULET_SECRET_KEY till minst 32 slumpade tecken. "
                "Set TRYGGHETSHJULET_SECRET_KEY to at least 32 random characters, for example from: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        if not _is_base_address(self.base_url or ""):
            raise SettingsInvalid(
                "Sätt TRYGGHETSHJULET_BASE_URL till adressen som folk använder, https://trygghet.example.se, utan "
                "sökväg. Set TRYGGHETSHJULET_BASE_URL to the address people use, https://trygghet.example.se, "
                "without a path."
            )
        if not self.contact_email or "@" not in self.contact_email:
            raise SettingsInvalid(
                "Sätt TRYGGHETSHJULET_CONTACT_EMAIL: tillgänglighetsredogörelsen måste säga vart man skriver. "
                "Set TRYGGHETSHJULET_CONTACT_EMAIL: the accessibility statement must say where to write."
            )

    def mail_server(self) -> MailServer | None:
        """Where mails are handed over; None when e-mail is off. Raises SettingsInvalid, never quoting a password."""
        if self.smtp_url is None and self.mail_from is None:
            return None
        if self.smtp_url is None or self.mail_from is None:
            raise SettingsInvalid(
                "Sätt både TRYGGHETSHJULET_SMTP_URL och TRYGGHETSHJULET_MAIL_FROM, eller ingen av dem. "
                "Set both TRYGGHETSHJULET_SMTP_URL and TRYGGHETSHJULET_MAIL_FROM, or neither."
            )
        try:
            return read_mail_server(self.smtp_url.get_secret_value(), self.mail_from)
        except MailServerInvalid as fault:
            raise SettingsInvalid(f"{fault.sv} {fault.en}") from None

    def address(self) -> str:
        """What links to the service begin with."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")


def read_settings() -> Settings:
    """The settings of this process's environment.

    Raises SettingsInvalid for a value that cannot be used, and for a name with our prefix that is none of ours:
    a misspelt setting would otherwise be a setting that silently does nothing.
    """
    wrong = _unknown(os.environ)
    try:
        settings = Settings()
    except ValidationError as fault:
        wrong += [_sentence(str(error["loc"][0])) for error in fault.errors()]
        raise SettingsInvalid("\n".join(wrong)) from None
    if wrong:
        raise SettingsInvalid("\n".join(wrong))
    return settings


def variable(name: str) -> str:
    """What a setting is called in the environment."""
    return Settings.model_fields[name].alias or PREFIX + name.upper()


# What a value must be, for those that may be wrong in themselves.
_WANTED: Mapping[str, tuple[str, str]] = {
    "demo": ("1 eller 0", "1 or 0"),
    "port": ("ett heltal från 1 till 65535", "a whole number from 1 to 65535"),
    "poll_seconds": ("ett antal sekunder från 0.1 till 60", "a number of seconds from 0.1 to 60"),
    "log_level": ("DEBUG, INFO, WARNING eller ERROR", "DEBUG, INFO, WARNING or ERROR"),
    "log_json": ("true eller false", "true or false"),
}


def _sentence(where: str) -> str:
    """`where` is a field's name or its alias, as pydantic has it."""
    name = next((n for n in Settings.model_fields if where in {n, variable(n)}), where)
    sv, en = _WANTED.get(name, ("något annat", "something else"))
    called = variable(name) if name in Settings.model_fields else name
    return f"{called} ska vara {sv}. {called} must be {en}."


def _unknown(environment: Mapping[str, Any]) -> list[str]:
    known = [variable(name) for name in Settings.model_fields]
    said = []
    for name in sorted(environment):
        if not name.upper().startswith(PREFIX) or name.upper() in known:
            continue
        if _OF_KUBERNETES.fullmatch(name) or (name == f"{PREFIX}PORT" and "://" in environment[name]):
            continue
        near = get_close_matches(name.upper(), known, 1, 0.8)
        sv, en = (f" Menade du {near[0]}?", f" Did you mean {near[0]}?") if near else ("", "")
        said.append(f"Det finns ingen inställning {name}.{sv} There is no setting {name}.{en}")
    return said


def _is_base_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    known = (parts.scheme == "https" and host) or (parts.scheme == "http" and host in LOOPBACK)
    return bool(known) and port != 0 and parts.path in {"", "/"} and not parts.query and not parts.fragment
