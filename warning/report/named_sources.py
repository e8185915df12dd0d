"""Which sources a digest may name: of one that its reader may not know of it says neither name, title, address nor cause.

That a place is blind, and since when, is told all the same: it is what the reader's silence is worth.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from warning.core.blind_stretches import dark_together
from warning.core.blindness import Dark, told_together
from warning.core.desks import Desk, Destination
from warning.core.evidence import Observation
from warning.core.release import source_refusal
from warning.core.rulebook import Rulebook
from warning.core.sources import SourceProfile
from warning.core.vocabulary import Marking
from warning.report.words import DigestWords, digest_words


class OfSource(Protocol):
    @property
    def source_id(self) -> str: ...


T = TypeVar("T", bound=OfSource)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSources:
    """Asked for every source a digest speaks of. `destinations` are all its ways out: it has to be fit for each."""

    book: Rulebook
    desk: Desk
    destinations: Sequence[Destination]
    words: DigestWords

    @classmethod
    def of_digest(cls, desk: Desk, book: Rulebook) -> "NamedSources":
        words = digest_words(desk.language)
        return cls(book=book, desk=desk, destinations=digest_ways(desk), words=words)

    def may_name(self, source_id: str) -> bool:
        """Whether the source may be known by every way out. One that the catalogue does not hold may not: nobody says whose it is."""
        profile = self.profile(source_id)
        return profile is not None and not self._refused(profile)

    def profile(self, source_id: str) -> SourceProfile | None:
        return self.book.sources.get(source_id)

    def released_figures(self, found: Iterable[Observation]) -> list[Observation]:
        """Return the figures that every way out may carry: of a source nobody declared as its cautious profile says."""
        figures = list(found)
        read = {name for name in {f.source_id for f in figures} if not self._refused(self._of_figures(name))}
        return [figure for figure in figures if figure.source_id in read]

    def figures_marking(self, figures: Iterable[Observation]) -> Marking:
        """The most restrictive marking of the sources of released figures."""
        profiles = map(self._of_figures, {figure.source_id for figure in figures})
        return max((profile.marking for profile in profiles), default=Marking.CLEAR)

    def _of_figures(self, source_id: str) -> SourceProfile:
        return self.book.source(source_id, "customs", "", "en")

    def _refused(self, profile: SourceProfile) -> bool:
        return any(source_refusal(profile, self.desk, destination) for destination in self.destinations)

    def parted(self, found: Iterable[T]) -> tuple[list[T], list[T]]:
        """Return those of sources that may be named, and the others."""
        named: list[T] = []
        others: list[T] = []
        for one in found:
            (named if self.may_name(one.source_id) else others).append(one)
        return named, others

    def because(self, dark: Iterable[Dark], *, with_since: bool = True) -> str:
        """Say which sources are dark and why, those that may not be named as a number."""
        named, others = self.parted(dark)
        said = told_together(named) if with_since else dark_together(named)
        return "; ".join((*said, *([not_released(len(others), self.words)] if others else ())))

    def marking(self, source_ids: Iterable[str]) -> Marking:
        """The most restrictive marking of those among the sources that are named."""
        profiles = (self.profile(name) for name in source_ids if self.may_name(name))
        return max((p.marking for p in profiles if p is not None), default=Marking.CLEAR)


def digest_ways(desk: Desk) -> tuple[Destination, ...]:
    """Where the digest of a desk goes; one that goes nowhere may hold what the desk may read."""
    return desk.digest_to or (Destination(channel="console", to=("digest",), ceiling=desk.clearance),)


def not_released(count: int, words: DigestWords) -> str:
    """Return "a source not released to you", or how many."""
    return words.say("sight.not_released" if count == 1 else "sight.several_not_released", count=count)
