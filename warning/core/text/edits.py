"""What an edit of a text rule can change: only items in which one of these words stands.

Where two versions of a rule ask the same of other words, an item without any of the words that differ is judged
alike by both, and need not be read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from warning.core.terms import Language
from warning.core.text.finders import Pattern, patterns_of
from warning.core.text.lexicon import Lexicon
from warning.core.text.pattern_table import LANGUAGE_BITS
from warning.core.text.phrases import parse_phrase
from warning.core.text.postings import Said, Sayings, said_by
from warning.core.text.unsaid import with_verbs
from warning.core.text_rules import Group, Match, Near, TextRule

Words = frozenset[Pattern]
# What says the words of an edit: an item without one of them is judged alike.
SaidThings = frozenset[Sayings]


class OwnPhrase(NamedTuple):
    """A phrase of a rule's own, as it is written: `규제` and `규제$` are two."""

    language: Language
    written: str

    @property
    def patterns(self) -> Iterable[Pattern]:
        return patterns_of(parse_phrase(self.written, self.language))


# What a group looks for: concepts of a vocabulary, or phrases of its own.
Part = str | OwnPhrase


def words_changed(before: TextRule, after: TextRule, lexicon: Lexicon) -> Words | None:
    """Return the patterns whose presence can make the two fire differently; None where more than words differ.

    The lexicon is that of a book's terms, with or without the phrases of rules.
    """
    parts = _differing(before, after, _Words(lexicon))
    if parts is None:
        return None
    said = said_by(with_verbs(lexicon.entries))
    return frozenset(pattern for part in parts for pattern in _patterns(part, said))


def sayings_changed(before: TextRule, after: TextRule, lexicon: Lexicon, said: Said) -> SaidThings | None:
    """Return the same as few sets to look up, each in its languages: whole concepts and lists, and the other phrases as one.

    `said` is what says the concepts.
    """
    words = _Words(lexicon)
    parts = _differing(before, after, words)
    if parts is None:
        return None
    whole = [(phrases, group) for phrases, group in words.lists.items() if phrases <= parts]
    concepts = {part for part in parts if isinstance(part, str)}.union(
        *(lexicon.concepts_of(group) for _, group in whole)
    )
    some = frozenset(part for part in parts if isinstance(part, OwnPhrase)).difference(
        *(phrases for phrases, _ in whole)
    )
    own: dict[Pattern, int] = {}
    for phrase in sorted(some):
        for pattern in phrase.patterns:
            own[pattern] = own.get(pattern, 0) | LANGUAGE_BITS[phrase.language]
    every = frozenset(said[concept] for concept in concepts if concept in said)
    return every | {tuple(own.items())} if own else every


def _patterns(part: Part, said: Said) -> Iterable[Pattern]:
    return part.patterns if isinstance(part, OwnPhrase) else (pattern for pattern, _ in said.get(part, ()))


def _differing(before: TextRule, after: TextRule, words: "_Words") -> frozenset[Part] | None:
    if before.require_direction or not _alike_but_for_match(before, after):
        return None
    parts = list(_changed(before.match, after.match, words))
    return None if None in parts else frozenset[Part]().union(*(part for part in parts if part))


def _alike_but_for_match(before: TextRule, after: TextRule) -> bool:
    told = {"match": after.match, "title": after.title, "severity": after.severity}
    return before.kind == after.kind and before.model_copy(update=told).version == after.version


@dataclass(frozen=True, slots=True)
class _Words:
    """What groups look for. `lists` are the groups of own phrases that were asked about, by their phrases."""

    lexicon: Lexicon
    lists: dict[frozenset[Part], Group] = field(default_factory=dict)

    def of(self, group: Group) -> frozenset[Part]:
        if not group.phrases:
            return self.lexicon.concepts_of(group)
        every = group.phrases.items()
        phrases = frozenset[Part](OwnPhrase(language, one) for language, some in every for one in some)
        self.lists[phrases] = group
        return phrases

    def differing(self, before: Group, after: Group) -> frozenset[Part] | None:
        """What only one of two groups looks for; None where they look in other places."""
        return self.of(before) ^ self.of(after) if before.within == after.within else None

    def barring(self, groups: Iterable[Group]) -> frozenset[tuple[object, Part]]:
        """What bars, and where: of which group it is makes no difference."""
        return frozenset((group.within, part) for group in groups for part in self.of(group))


def _changed(before: Match, after: Match, words: _Words) -> Iterator[frozenset[Part] | None]:
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


def _nears(before: Sequence[Near], after: Sequence[Near], words: _Words) -> Iterator[frozenset[Part] | None]:
    if len(before) != len(after):
        yield None
        return
    for one, other in zip(before, after, strict=True):
        if (one.within, one.fields) != (other.within, other.fields):
            yield None
        yield from _positions(one.of, other.of, words)
        yield _barring(one.none, other.none, words)


def _positions(
    before: Sequence[Group], after: Sequence[Group], words: _Words
) -> Iterator[frozenset[Part] | None]:
    if len(before) != len(after):
        yield None
        return
    for one, other in zip(before, after, strict=True):
        if one != other:
            yield words.differing(one, other)


def _barring(before: Sequence[Group], after: Sequence[Group], words: _Words) -> frozenset[Part]:
    """What bars may come and go: without these words nothing is barred by them."""
    return frozenset(part for _, part in words.barring(before) ^ words.barring(after))
