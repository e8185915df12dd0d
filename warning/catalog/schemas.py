"""JSON Schema of each kind of file, for editors: completion and marks while typing."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from warning.catalog.overlays import OverlayFile
from warning.catalog.source_each import KEY as EACH
from warning.catalog.sources import SourceSpec
from warning.catalog.trees import RULE
from warning.core.chains import ChainFile
from warning.core.clock_tests import ClockTestFile
from warning.core.desks import Desk
from warning.core.exposure import CountryExposure
from warning.core.measures import MeasureRegister
from warning.core.policy import Policy
from warning.core.terms import Terms

DIALECT = "https://json-schema.org/draft/2020-12/schema"

KINDS: Mapping[str, tuple[str, Any]] = {
    "rule": ("rules/signals/<id>.yaml: one rule", RULE),
    "terms": ("rules/terms/*.yaml: materials, acts, actors", Terms),
    "exposure": ("rules/exposure/<country>.yaml: what materials mean to one country", CountryExposure),
    "desk": ("rules/desks/<id>.yaml: who is told", Desk),
    "policy": ("rules/policy.yaml: how signals become alerts", Policy),
    "chains": ("rules/chains.yaml: the steps of a legal act, by issuer", ChainFile),
    "measures": ("rules/measures/*.yaml: register of legal acts", MeasureRegister),
    "test": (
        "rules/tests/*.yaml: evidence under a virtual clock and the alerts it must bring",
        ClockTestFile,
    ),
    "source": ("feeds/<group>/<id>.yaml: one source", SourceSpec),
    "overlay": ("<overlays>/*.yaml: tuning apart from the shipped rules", OverlayFile),
}


def file_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of one kind of file. `kind` is a key of KINDS.

    An editor reads `301` and `2825.60` as numbers where the catalogue reads text, so text may be written so.
    """
    title, shape = KINDS[kind]
    adapter = shape if isinstance(shape, TypeAdapter) else TypeAdapter(shape)
    schema = _written_freely(adapter.json_schema(mode="validation"))
    assert isinstance(schema, dict)
    if kind == "source":
        schema = _or_each(schema)
    return {"$schema": DIALECT, **schema, "title": title}


def _or_each(one: dict[str, Any]) -> dict[str, Any]:
    """A file with `each` makes many sources: its values hold places, so that only the names of its keys are checked."""
    definitions = one.pop("$defs", {})
    axis = {"anyOf": [{"type": "array"}, {"type": "object"}]}
    names: dict[str, Any] = {name: {} for name in one["properties"]}
    many = {
        "type": "object",
        "properties": {EACH: {"type": "object", "additionalProperties": axis}, **names},
        "required": [EACH, *one["required"]],
        "additionalProperties": False,
    }
    return {
        "$defs": {**definitions, "Source": one, "Sources": many},
        "if": {"required": [EACH]},
        "then": {"$ref": "#/$defs/Sources"},
        "else": {"$ref": "#/$defs/Source"},
    }


def _written_freely(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_written_freely(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: part if key in _NO_SCHEMAS else _written_freely(part) for key, part in schema.items()}
    is_text = schema.get("type") == "string" and not _CLOSED & schema.keys()
    return {**parts, "type": ["string", "number"]} if is_text else parts


_CLOSED = frozenset({"enum", "const", "format"})
_NO_SCHEMAS = frozenset({"enum", "const", "default", "examples", "required", "description", "discriminator"})
