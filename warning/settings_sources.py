"""Where settings come from: the environment over secret files over warning.toml in the home."""

import os
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as Undecoded

from warning.errors import SettingsError
from warning.settings import PREFIX, Settings

KEY_PREFIX = f"{PREFIX}KEY_"


class Unreadable(Exception):
    """What stands in the environment for `name` is not written as its kind is."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def loaded(home: Path) -> Settings:
    """Return the settings of this process, with `home` as their home.

    Raises pydantic's ValidationError, Unreadable, SettingsError of a secret file, and what reading warning.toml raises.
    """
    try:
        return LoadedSettings(home=home)
    except Undecoded as wrong:
        field = re.search(r'field "(\w+)"', str(wrong))
        raise Unreadable(field[1] if field else "?") from None


class LoadedSettings(BaseSettings, Settings):
    """Settings as this process finds them. Names in the environment carry the prefix WARNING_."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    allow_private_hosts: Annotated[tuple[str, ...], NoDecode] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings' signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment over secret files over warning.toml in the home."""
        toml = TomlConfigSettingsSource(
            settings_cls, toml_file=Path(init_settings()["home"]) / "warning.toml"
        )
        return init_settings, env_settings, SecretFiles(settings_cls), toml


class SecretFiles(PydanticBaseSettingsSource):
    """Reads WARNING_<NAME>_FILE for every setting, and WARNING_KEY_<NAME>[_FILE], the keys of sources."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the content of the file the environment names for a field, None when it names none."""
        name = f"{PREFIX}{field_name.upper()}_FILE"
        path = os.environ.get(name)
        return (_secret_file(name, path) if path else None), field_name, self.field_is_complex(field)

    def __call__(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for field_name, field in Settings.model_fields.items():
            value, _, _ = self.get_field_value(field, field_name)
            if value is not None:
                values[field_name] = value
        keys = {
            name.removeprefix(KEY_PREFIX): v for name, v in os.environ.items() if name.startswith(KEY_PREFIX)
        }
        if keys:
            values["source_keys"] = dict(_source_key(name, value) for name, value in keys.items())
        return values


def _source_key(name: str, value: str) -> tuple[str, str]:
    if name.endswith("_FILE"):
        return name.removesuffix("_FILE").lower(), _secret_file(KEY_PREFIX + name, value)
    return name.lower(), value


def _secret_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as wrong:
        raise SettingsError(f"{name}: {path} cannot be read ({wrong.strerror})") from wrong
