"""The message catalogues: every sentence a desk reads, in English, Japanese and Korean."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from warning.core.phrases import filled

LANGUAGES = ("en", "ja", "ko")
FALLBACK = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language's sentences by dotted key, such as `lead.export_control`."""

    language: str
    templates: Mapping[str, str]

    def __contains__(self, key: str) -> bool:
        return key in self.templates

    def say(self, key: str, /, **values: object) -> str:
        """Return the sentence with its placeholders filled. Values are inserted as they are, never parsed."""
        return filled(self.templates[key], values, self.language)

    def join(self, parts: tuple[str, ...] | list[str]) -> str:
        """Return a list as this language writes it: "a, b and c"."""
        if len(parts) < 2:
            return "".join(parts)
        return self.say("join.list").join(parts[:-1]) + self.say("join.last") + parts[-1]


@cache
def words_for(language: str) -> Words:
    """Return the catalogue of a language, the English one where there is none (Chinese)."""
    known = language if language in LANGUAGES else FALLBACK
    text = files("warning.channels").joinpath("messages", f"{known}.toml").read_text(encoding="utf-8")
    return Words(language=known, templates=_flat(tomllib.loads(text)))


def _flat(tables: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tables.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = str(value)
    return flat
