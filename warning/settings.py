"""Environment and warning.toml -> frozen Settings. Secrets can come from NAME_FILE and are never shown."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from warning.errors import SettingsError

PREFIX = "WARNING_"


class Settings(BaseSettings):
    """Everything the environment decides. Names in the environment carry the prefix WARNING_."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    home: Path = Path("ews")
    database_url: SecretStr | None = None
    feeds_dir: Path | None = None
    rules_dir: Path | None = None
    overlay_dir: Path | None = None
    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_base_url: str = "https://slack.com/api/"
    smtp_url: SecretStr | None = None
    mail_from: str = "Early Warning <early-warning@localhost>"
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

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """`load_settings` merges the environment itself, so that NAME_FILE and plain comma lists work."""
        return (init_settings,)

    @property
    def url(self) -> str:
        """The database URL, SQLite in the home when none is set."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home / 'warning.sqlite3'}"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read warning.toml in WARNING_HOME, then the environment on top of it.

    Raises SettingsError that names every setting that is wrong, never its value.
    """
    environ = os.environ if environ is None else environ
    home = Path(environ.get(f"{PREFIX}HOME", "ews"))
    values: dict[str, Any] = {**_from_toml(home / "warning.toml"), **_from_environment(environ)}
    values.setdefault("home", home)
    try:
        return Settings(**values)
    except ValidationError as wrong:
        lines = [f"{PREFIX}{_name(e['loc'])}: {e['msg']}" for e in wrong.errors(include_input=False)]
        raise SettingsError("\n".join(lines)) from None


def _name(location: tuple[int | str, ...]) -> str:
    return "_".join(str(part) for part in location).upper()


def _from_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise SettingsError(f"{path}: {wrong}") from wrong


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    keys: dict[str, str] = {}
    for name, value in environ.items():
        if not name.startswith(PREFIX) or not value:
            continue
        field = name.removeprefix(PREFIX).lower()
        if field.endswith("_file"):
            field, value = field.removesuffix("_file"), _secret_file(name, value)  # noqa: PLW2901
        if field.startswith("key_"):
            keys[field.removeprefix("key_")] = value
        elif field in Settings.model_fields:
            values[field] = value
    if keys:
        values["source_keys"] = keys
    return values


def _secret_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as wrong:
        raise SettingsError(f"{name}: {path} cannot be read ({wrong.strerror})") from wrong
