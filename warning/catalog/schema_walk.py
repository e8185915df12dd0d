"""What a file could have said at one place: a walk through the JSON Schema beside the document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SchemaWalk:
    """`root` is pydantic's JSON Schema of the whole file."""

    root: Schema

    def keys_at(self, path: Sequence[str | int], value: Any) -> tuple[str, ...]:
        """The keys that a mapping at `path` may have; empty when any are allowed or none."""
        keys: dict[str, None] = {}
        for schema in self._at(path, value):
            keys.update(dict.fromkeys(schema.get("properties", {})))
        return tuple(keys)

    def words_at(self, path: Sequence[str | int], value: Any) -> tuple[str, ...]:
        """The closed list of words allowed at `path`; empty when the text is free."""
        words: dict[str, None] = {}
        for schema in self._at(path, value):
            words.update(dict.fromkeys(map(str, schema.get("enum", ()))))
            if "const" in schema:
                words[str(schema["const"])] = None
        return tuple(words)

    def key_words_at(self, path: Sequence[str | int], value: Any) -> tuple[str, ...]:
        """The closed list of keys of a mapping at `path` whose keys are an enumeration."""
        words: dict[str, None] = {}
        for schema in self._at(path, value):
            names = self._resolved(schema.get("propertyNames", {}))
            words.update(dict.fromkeys(map(str, names.get("enum", ()))))
        return tuple(words)

    def types_at(self, path: Sequence[str | int], value: Any) -> frozenset[str]:
        """The JSON types allowed at `path`."""
        return frozenset(str(s["type"]) for s in self._at(path, value) if "type" in s)

    def form_at(self, path: Sequence[str | int]) -> tuple[tuple[str, bool], ...]:
        """The keys that the mapping at `path` needs, each with whether it takes a day; empty when none or any are."""
        needed: dict[str, bool] = {}
        for schema in self._at(path, {}):
            for key in schema.get("required", ()):
                below = [leaf for one in self._below(schema, key) for leaf in self._branches(one, "")]
                needed[key] = any(leaf.get("format") == "date" for leaf in below)
        return tuple(needed.items())

    def kinds_at(self, path: Sequence[str | int], value: Any) -> tuple[str, ...]:
        """The kinds of a discriminated union at `path`."""
        kinds = [found.get("mapping", {}) for found in self._discriminators(path, value)]
        return tuple(dict.fromkeys(word for mapping in kinds for word in mapping))

    def kind_key_at(self, path: Sequence[str | int], value: Any) -> str:
        """The key that tells the kinds of a discriminated union at `path` apart; empty where there is no such union."""
        return next((str(one["propertyName"]) for one in self._discriminators(path, value)), "")

    def _discriminators(self, path: Sequence[str | int], value: Any) -> list[Schema]:
        schemas: tuple[Schema, ...] = (self.root,)
        for i, step in enumerate(path):
            schemas = tuple(b for s in self._at(path[:i], value) for b in self._below(s, step))
        alternatives = [one for s in map(self._resolved, schemas) for one in (s, *s.get("anyOf", ()))]
        found = [self._resolved(s).get("discriminator") for s in alternatives]
        return [one for one in found if one]

    def _at(self, path: Sequence[str | int], value: Any) -> tuple[Schema, ...]:
        schemas = tuple(self._branches(self.root, value))
        for step in path:
            value = _inside(value, step)
            schemas = tuple(
                leaf
                for schema in schemas
                for below in self._below(schema, step)
                for leaf in self._branches(below, value)
            )
        return schemas

    def _below(self, schema: Schema, step: str | int) -> Iterator[Schema]:
        if isinstance(step, int):
            if "items" in schema:
                yield schema["items"]
        elif step in schema.get("properties", {}):
            yield schema["properties"][step]
        elif isinstance(schema.get("additionalProperties"), Mapping):
            yield schema["additionalProperties"]
        else:
            yield from schema.get("patternProperties", {}).values()

    def _branches(self, schema: Schema, value: Any) -> Iterator[Schema]:
        """Follow references and unions; a discriminated union gives the chosen branch only."""
        schema = self._resolved(schema)
        chosen = self._chosen(schema, value)
        if chosen is not None:
            yield from self._branches(chosen, value)
        elif "oneOf" in schema or "anyOf" in schema:
            for branch in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
                yield from self._branches(branch, value)
        else:
            yield schema

    def _chosen(self, schema: Schema, value: Any) -> Schema | None:
        discriminator = schema.get("discriminator")
        if not discriminator or not isinstance(value, dict):
            return None
        reference = discriminator["mapping"].get(value.get(discriminator["propertyName"]))
        return None if reference is None else {"$ref": reference}

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self.root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
        return schema


def _inside(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None
