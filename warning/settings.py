"""Environment and warning.toml -> frozen Settings. Secrets can come from NAME_FILE and are never shown."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from warning.errors import SettingsError

PREFIX = "WARNING_"


class Settings(BaseModel):
    """Everything that can be set. As a plain value it reads no environment; `load_settings` does.

    `source_keys` are the keys of sources, of desks' webhooks (webhook_<desk>) and of their feeds (feed_<desk>).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Path("ews")
    database_url: SecretStr | None = None
    feeds_dir: Path | None = None
    rules_dir: Path | None = None
    overlay_dir: Path | None = None
    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_base_url: str = "https://slack.com/api/"
    slack_signing_secret: SecretStr | None = None
    listen: str = ""
    smtp_url: SecretStr | None = None
    smime_cert: Path | None = None
    smime_key: Path | None = None
    smime_key_password: SecretStr | None = None
    mail_from: str = "Early Warning <early-warning@localhost>"
    heartbeat_url: SecretStr | None = None
    canary: bool = True
    keep_raw_days: int = Field(default=730, ge=0, le=36_500)
    allow_private_hosts: tuple[str, ...] = ()
    user_agent_contact: str = ""
    fetch_concurrency: int = Field(default=32, ge=1, le=512)
    log_level: str = "INFO"
    source_keys: Mapping[str, SecretStr] = {}

    @field_validator("allow_private_hosts", mode="before")
    @classmethod
    def _comma_list(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    def desk_keys(self, prefix: str) -> dict[str, str]:
        """Return the secrets of desks, by desk id: WARNING_KEY_<PREFIX>_<DESK>, an underscore for a dash of the id."""
        return {
            name.removeprefix(f"{prefix}_").replace("_", "-"): key.get_secret_value()
            for name, key in self.source_keys.items()
            if name.startswith(f"{prefix}_")
        }

    @property
    def can_act_in_slack(self) -> bool:
        """Whether what is pressed in Slack reaches this installation."""
        return self.slack_app_token is not None or (
            self.slack_signing_secret is not None and bool(self.listen)
        )

    @property
    def url(self) -> str:
        """The database URL, SQLite in the home when none is set."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home / 'warning.sqlite3'}"


def load_settings() -> Settings:
    """Read the environment and, under it, warning.toml in WARNING_HOME.

    Raises SettingsError that names every setting that is wrong, never its value.
    """
    try:
        return _of_the_file_alone() if _is_set_by_file_alone() else _of_every_source()
    except ValidationError as wrong:
        lines = [f"{PREFIX}{_name(e['loc'])}: {e['msg']}" for e in wrong.errors(include_input=False)]
        raise SettingsError("\n".join(lines)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise SettingsError(f"{_home() / 'warning.toml'}: {wrong}") from wrong
    except OSError as wrong:
        raise SettingsError(f"{_home() / 'warning.toml'} cannot be read ({wrong.strerror})") from wrong


def _is_set_by_file_alone() -> bool:
    """Whether the environment says nothing but where the home is: then nothing has to be ranked."""
    return not any(name.upper().startswith(PREFIX) for name in os.environ if name != f"{PREFIX}HOME")


def _of_the_file_alone() -> Settings:
    path = _home() / "warning.toml"
    told: dict[str, Any] = {}
    if path.is_file():
        with path.open("rb") as file:
            told = tomllib.load(file)
    return Settings.model_validate(told | {"home": _home()})


def _of_every_source() -> Settings:
    from warning.settings_sources import Unreadable, loaded  # noqa: PLC0415 - its library loads asyncio

    try:
        return loaded(_home())
    except Unreadable as wrong:
        raise SettingsError(f"{PREFIX}{wrong.name.upper()}: is not written as JSON") from None


def _home() -> Path:
    return Path(os.environ.get(f"{PREFIX}HOME") or "ews")


def _name(location: tuple[int | str, ...]) -> str:
    return "_".join(str(part) for part in location).upper()
