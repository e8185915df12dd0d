"""What the core needs to know about where evidence came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from warning.core.list_patience import PATIENCE, ListPatience
from warning.core.vocabulary import Marking, Reliability, SourceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceProfile:
    """The part of a catalogue entry that decisions depend on.

    `publisher` is the publisher family: two feeds of one house corroborate nothing.
    `official` is true for the body that issues the acts it publishes (a ministry, a gazette, customs).
    `titles` is the title as desks of other languages read it, by language.
    `release_to` holds ISO 3166 alpha-2 codes; None means every desk of the system.
    """

    id: str
    title: str
    publisher: str
    kind: SourceKind
    country: str
    language: str
    reliability: Reliability
    official: bool
    marking: Marking
    release_to: frozenset[str] | None = None
    publication_lag_days: int = 0
    patience: ListPatience = PATIENCE
    titles: Mapping[str, str] = field(default_factory=dict, hash=False)


def unknown_source(source_id: str, kind: SourceKind, country: str, language: str) -> SourceProfile:
    """Return the cautious profile of a source that no catalogue names: evidence brought in from outside."""
    return SourceProfile(
        id=source_id,
        title=source_id,
        publisher=source_id,
        kind=kind,
        country=country,
        language=language,
        reliability="F",
        official=kind in {"regulatory", "customs"},
        marking=Marking.GREEN,
    )
