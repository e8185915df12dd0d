"""All text rules of a rulebook, compiled once."""

from dataclasses import dataclass, field
from functools import lru_cache

from warning.core.evidence import Item
from warning.core.rulebook import Rulebook
from warning.core.rules import TextRule
from warning.core.text.conditions import CompiledRule, Verdict, compile_rule
from warning.core.text.lexicon import Lexicon
from warning.core.text.matcher import Matcher
from warning.core.text.reading import Reading


class TextEngine:
    """Reads items and says which rules' conditions they meet. Without state: order never matters."""

    def __init__(self, book: Rulebook) -> None:
        self.lexicon = Lexicon(book.terms)
        active = [rule for rule in book.active("text", "context") if isinstance(rule, TextRule)]
        self.rules = tuple(compile_rule(rule, self.lexicon) for rule in active)
        anchors = frozenset[str]().union(*(rule.anchors for rule in self.rules))
        entries = self.lexicon.entries
        self._anchor_matcher = Matcher(e for e in entries if e.concept in anchors and not e.shadow)
        self._matcher = Matcher(entries)
        self._by_anchor: dict[str, list[int]] = {}
        for number, rule in enumerate(self.rules):
            for concept in rule.anchors:
                self._by_anchor.setdefault(concept, []).append(number)

    def read(self, item: Item) -> Reading:
        """Read an item completely."""
        reading = Reading(item)
        self._find(reading)
        return reading

    def judge(self, item: Item) -> tuple[Reading, list[tuple[CompiledRule, Verdict]]]:
        """Return the rules whose text condition the item meets; most items are done after the anchors."""
        reading = Reading(item)
        candidates = self._candidates(reading)
        if not candidates:
            return reading, []
        self._find(reading)
        verdicts = ((self.rules[n], self.rules[n].verdict(reading)) for n in candidates)
        return reading, [(rule, verdict) for rule, verdict in verdicts if verdict.met]

    def compiled(self, rule_id: str) -> CompiledRule | None:
        return next((rule for rule in self.rules if rule.rule.id == rule_id), None)

    def _candidates(self, reading: Reading) -> list[int]:
        present = self._anchor_matcher.concepts(reading.folded.text, reading.comparable, reading.languages)
        return sorted({number for concept in present for number in self._by_anchor[concept]})

    def _find(self, reading: Reading) -> None:
        reading.hits = self._matcher.hits(reading.folded.text, reading.comparable, reading.languages)


@dataclass(frozen=True, slots=True)
class _Versioned:
    version: str
    book: Rulebook = field(compare=False)


@lru_cache(maxsize=4)
def _engine(versioned: _Versioned) -> TextEngine:
    return TextEngine(versioned.book)


def engine_of(book: Rulebook) -> TextEngine:
    """The engine of a rulebook, compiled at its first use; books of one version share it."""
    return _engine(_Versioned(book.version, book))
