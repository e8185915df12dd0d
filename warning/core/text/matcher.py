"""Find every phrase of a lexicon in a folded text, all at once."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import ahocorasick_rs

from warning.core.terms import Language
from warning.core.text.covers import Reaches, outside
from warning.core.text.lexicon import Entry
from warning.core.text.phrases import Phrase


class Hit(NamedTuple):
    """Where a phrase stands in the text, inflection included."""

    start: int
    end: int
    entry: Entry


Hits = dict[str, list[Hit]]
_new = tuple.__new__  # makes a hit in half the time of the class's own way


class Matcher:
    """The phrases of some entries, compiled into one automaton. Reusable, without state."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        by_needle: dict[str, dict[Phrase, list[Entry]]] = {}
        for entry in entries:
            for needle in entry.phrase.needles:
                by_needle.setdefault(needle, {}).setdefault(entry.phrase, []).append(entry)
        self._phrases = [
            [(phrase, phrase.is_anywhere, tuple(alike)) for phrase, alike in phrases.items()]
            for phrases in by_needle.values()
        ]
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_needle)) if by_needle else None

    def concepts(self, folded: str, raw: str, languages: frozenset[Language]) -> set[str]:
        """Return the concepts that occur, shadows not yet considered: the cheap first question."""
        if self._automaton is None:
            return set()
        return {
            entry.concept
            for number, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True)
            for phrase, _, entries in self._phrases[number]
            if phrase.language in languages and phrase.end_in(folded, raw, start, end) is not None
            for entry in entries
        }

    def hits(self, folded: str, raw: str, languages: frozenset[Language]) -> Hits:
        """Return every hit by concept, in order of place, without those inside a shadow of their concept."""
        found, shadows = self._all(folded, raw, languages)
        for concept, covers in shadows.items():
            if concept in found:
                found[concept] = outside(found[concept], covers)
        _keep_longest_materials(found)
        for hits in found.values():
            if len(hits) > 1:
                hits.sort(key=in_text_order)
        return {concept: hits for concept, hits in found.items() if hits}

    def _all(self, folded: str, raw: str, languages: frozenset[Language]) -> tuple[Hits, Hits]:
        """Every hit by concept, and every shadow. A page has hundreds: each step here counts."""
        found: Hits = defaultdict(list)
        shadows: Hits = defaultdict(list)
        if self._automaton is None:
            return found, shadows
        for number, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            for phrase, is_anywhere, entries in self._phrases[number]:
                if phrase.language not in languages:
                    continue
                last = end if is_anywhere else phrase.end_in(folded, raw, start, end)
                if last is None:
                    continue
                for entry in entries:
                    kept = shadows if entry.shadow else found
                    kept[entry.concept].append(_new(Hit, (start, last, entry)))
        return found, shadows


def in_text_order(hit: Hit) -> tuple[int, int, str]:
    """Sort key: by place, the longer first, then by concept, so that no order of a set ever shows."""
    return hit.start, -hit.end, hit.entry.concept


def _keep_longest_materials(found: Hits) -> None:
    """A material named inside the longer name of another is not meant: a neodymium magnet is a magnet."""
    named = [concept for concept in found if concept.startswith("material:")]
    if len(named) < 2:
        return
    reaches = Reaches((concept, hit) for concept in named for hit in found[concept])
    for concept in named:
        found[concept] = [hit for hit in found[concept] if not reaches.lies_within_longer(concept, hit)]
