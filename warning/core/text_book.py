"""What judging texts rests on: the part of a rulebook that text rules read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from warning.core.ids import content_id
from warning.core.sources import SourceProfile, unknown_source
from warning.core.terms import Terms
from warning.core.vocabulary import SourceKind

if TYPE_CHECKING:  # texts are judged with nothing but a rule at hand
    from warning.core.rules import AnyRule


@dataclass(frozen=True, kw_only=True)
class TextBook:
    """`rules` are sorted by id; `sources` by their id."""

    rules: "tuple[AnyRule, ...]" = ()
    terms: Terms = field(default_factory=Terms)
    sources: Mapping[str, SourceProfile] = field(default_factory=dict)

    @cached_property
    def version(self) -> str:
        return content_id("t", self.terms.digest, *(f"{rule.id}={rule.version}" for rule in self.rules))

    def active(self, *kinds: str) -> "tuple[AnyRule, ...]":
        """The enabled rules of the given kinds, in order of id."""
        found = self._active.get(kinds)
        if found is None:
            found = tuple(r for r in self.rules if r.enabled and r.status != "deprecated" and r.kind in kinds)
            self._active[kinds] = found
        return found

    @cached_property
    def _active(self) -> "dict[tuple[str, ...], tuple[AnyRule, ...]]":
        """What `active` has found: every round asks it again for each sequence and step."""
        return {}

    def source(self, source_id: str, kind: SourceKind, country: str, language: str) -> SourceProfile:
        """The catalogue's profile, or a cautious one for evidence whose source nobody declared."""
        return self.sources.get(source_id) or unknown_source(source_id, kind, country, language)
