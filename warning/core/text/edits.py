"""What an edit of a text rule can change: only items in which one of these words stands.

Where two versions of a rule ask the same of other words, an item without any of the words that differ is judged
alike by both, and need not be read.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from warning.core.text.finders import Pattern, patterns_of
from warning.core.text.lexicon import Lexicon
from warning.core.text.phrases import parse_phrase
from warning.core.text.postings import Said, Sayings, said_by
from warning.core.text.unsaid import with_verbs
from warning.core.text_rules import Group, Match, Near, TextRule

T = TypeVar("T")
Words = frozenset[Pattern]
# By concept what says it: an item without one of them is judged alike.
SaidThings = frozenset[Sayings]


def words_changed(before: TextRule, after: TextRule, lexicon: Lexicon) -> Words | None:
    """Return the patterns whose presence can make the two fire differently; None where more than words differ.

    The lexicon is that of a book's terms, with or without the phrases of rules.
    """
    said = said_by(with_verbs(lexicon.entries))

    def patterns(group: Group) -> Iterable[Pattern]:
        if group.phrases:
            for language, phrases in group.phrases.items():
                for phrase in phrases:
                    yield from patterns_of(parse_phrase(phrase, language))
            return
        for concept in lexicon.concepts_of(group):
            yield from (pattern for pattern, _ in said.get(concept, ()))

    return _differing(before, after, patterns)


def sayings_changed(before: TextRule, after: TextRule, lexicon: Lexicon, said: Said) -> SaidThings | None:
    """Return by whole concepts what `words_changed` tells by patterns: few sets to look up, and each in its languages.

    The lexicon knows the phrases of both rules, and `said` what says their concepts.
    """

    def sayings(group: Group) -> Iterable[Sayings]:
        return (said[concept] for concept in lexicon.concepts_of(group) if concept in said)

    return _differing(before, after, sayings)


def _differing(
    before: TextRule, after: TextRule, parts_of: Callable[[Group], Iterable[T]]
) -> frozenset[T] | None:
    if before.require_direction or not _alike_but_for_match(before, after):
        return None
    parts = list(_changed(before.match, after.match, _Words(parts_of)))
    return None if None in parts else frozenset[T]().union(*(part for part in parts if part))


def _alike_but_for_match(before: TextRule, after: TextRule) -> bool:
    told = {"match": after.match, "title": after.title, "severity": after.severity}
    return before.kind == after.kind and before.model_copy(update=told).version == after.version


@dataclass(frozen=True, slots=True)
class _Words(Generic[T]):
    """What groups look for."""

    parts_of: Callable[[Group], Iterable[T]]

    def of(self, groups: Iterable[Group]) -> frozenset[T]:
        return frozenset(part for group in groups for part in self.parts_of(group))

    def differing(self, before: Group, after: Group) -> frozenset[T] | None:
        """What only one of two groups looks for; None where they look in other places."""
        return self.of((before,)) ^ self.of((after,)) if before.within == after.within else None


def _changed(before: Match, after: Match, words: _Words[T]) -> Iterable[frozenset[T] | None]:
    yield from _positions(before.all, after.all, words)
    yield from _positions(before.any, after.any, words)
    yield _barring(before.none, after.none, words)
    counted = before.at_least, after.at_least
    if counted[0] and counted[1] and counted[0].n == counted[1].n:
        yield from _positions(counted[0].of, counted[1].of, words)
    elif counted[0] != counted[1]:
        yield None
    if _apart_from_words(before) != _apart_from_words(after):
        yield None
    for one, other in ((before.near, after.near), (before.near_any, after.near_any)):
        yield from _nears(one, other, words)


def _apart_from_words(match: Match) -> object:
    return match.score, match.patterns, match.beside_relief


def _nears(before: Sequence[Near], after: Sequence[Near], words: _Words[T]) -> Iterable[frozenset[T] | None]:
    if len(before) != len(after):
        yield None
        return
    for one, other in zip(before, after, strict=True):
        if (one.within, one.fields) != (other.within, other.fields):
            yield None
        yield from _positions(one.of, other.of, words)
        yield _barring(one.none, other.none, words)


def _positions(
    before: Sequence[Group], after: Sequence[Group], words: _Words[T]
) -> Iterable[frozenset[T] | None]:
    if len(before) != len(after):
        yield None
        return
    for one, other in zip(before, after, strict=True):
        if one != other:
            yield words.differing(one, other)


def _barring(before: Sequence[Group], after: Sequence[Group], words: _Words[T]) -> frozenset[T]:
    """Groups that bar may come and go: without their words nothing is barred."""
    return words.of([g for g in before if g not in after] + [g for g in after if g not in before])
