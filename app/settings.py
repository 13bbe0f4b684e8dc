"""What an operator can set, from the environment. Read once, by the doors; everything else is handed its values."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsInvalid(RuntimeError):
    """The service will not start with these settings. The message says which and why."""


class Settings(BaseSettings):
    """The settings. Names in the environment begin with TRYGGHETSHJULET_ but for DATABASE_URL and PORT."""

    model_config = SettingsConfigDict(env_prefix="TRYGGHETSHJULET_", extra="ignore")

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
    poll_seconds: float = Field(default=5.0, ge=0.1, le=60, description="How often the scheduler looks for due jobs.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR."
    )
    log_json: bool = Field(default=False, description="Log lines as JSON.")

    def check(self) -> None:
        """Raises SettingsInvalid when the service would not be safe with these settings."""
        if self.demo:
            if self.host not in {"127.0.0.1", "::1", "localhost"}:
                raise SettingsInvalid("Demonstration mode has known logins: it only listens on loopback (127.0.0.1).")
            return
        if self.secret_key is None or len(self.secret_key.get_secret_value()) < 32:  # noqa: PLR2004  256 bits in hex
            raise SettingsInvalid(
                "Set TRYGGHETSHJULET_SECRET_KEY to at least 32 random characters, for example from: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        if not self.base_url or not self.base_url.startswith(("https://", "http://localhost", "http://127.0.0.1")):
            raise SettingsInvalid("Set TRYGGHETSHJULET_BASE_URL to the address people use, https://...")
        if not self.contact_email or "@" not in self.contact_email:
            raise SettingsInvalid(
                "Set TRYGGHETSHJULET_CONTACT_EMAIL: the accessibility statement must say where to write."
            )
