"""All text rules of a rulebook, compiled once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from warning.core.evidence import Item
from warning.core.text.accelerator import fastest_finder
from warning.core.text.acting import find_acting
from warning.core.text.conditions import CompiledRule, Verdict, compile_rule
from warning.core.text.halves import find_halves
from warning.core.text.lexicon import Entry, Lexicon
from warning.core.text.matcher import Matcher
from warning.core.text.pattern_table import FinderMaker, language_bits
from warning.core.text.reading import Reading
from warning.core.text.screen import Page, Screen, candidates
from warning.core.text.unsaid import entries_of_homes, with_unsaid, with_verbs
from warning.core.text_book import TextBook
from warning.core.text_rules import TextRule

Met = tuple[CompiledRule, Verdict]
BATCH = 2_048
MOST_CHARACTERS = 500_000


class TextEngine:
    """Reads items and says which rules' conditions they meet. Order of items never matters.

    `frequencies` are the shares of ordinary texts that hold a concept: they choose what is looked for first, and
    change no answer. Without them the kind and the length of the terms do.
    """

    def __init__(
        self,
        book: TextBook,
        *,
        frequencies: Mapping[str, float] | None = None,
        make_finder: FinderMaker = fastest_finder,
    ) -> None:
        self.lexicon = Lexicon(book.terms)
        active = [rule for rule in book.active("text", "context") if isinstance(rule, TextRule)]
        self.rules = tuple(compile_rule(rule, self.lexicon) for rule in active)
        self._frequencies, self._make_finder = frequencies, make_finder

    @cached_property
    def _matcher(self) -> Matcher:
        """Made when a text is read: what is known by where terms stand needs none."""
        return Matcher(self.lexicon.entries)

    @cached_property
    def _homes(self) -> dict[str, Entry]:
        return entries_of_homes(self.lexicon.entries)

    @cached_property
    def looked_for(self) -> list[Entry]:
        """The entries by which items are chosen to be read: the lexicon's, and what may mean a state left unsaid."""
        return with_verbs(self.lexicon.entries)

    @cached_property
    def screen(self) -> Screen:
        """Made when first asked for: whoever knows where terms stand already asks only `confirm`."""
        anchors = [_anchors(rule, self._frequencies) for rule in self.rules]
        return Screen(self.rules, self.looked_for, anchors=anchors, make_finder=self._make_finder)

    def read(self, item: Item) -> Reading:
        """Read an item completely."""
        reading = Reading(item)
        self._find(reading)
        return reading

    def judge(self, item: Item) -> tuple[Reading, list[Met]]:
        """Return the rules whose text condition the item meets; most items are done after the screen."""
        reading = Reading(item)
        rules = self.screen.of_one(page_of(reading))
        return reading, self.confirm(reading, rules) if rules else []

    def judge_all(self, items: Sequence[Item]) -> Iterator[tuple[Item, Reading, list[Met]]]:
        """Yield the items that meet a rule, in order: as `judge`, for many at once and in bounded memory."""
        for batch in _batches(items):
            screened = self.screen.of([page_of(Reading(item)) for item in batch])
            for number, rules in sorted(candidates(screened).items()):
                reading = Reading(batch[number])
                met = self.confirm(reading, rules)
                if met:
                    yield batch[number], reading, met

    def confirm(self, reading: Reading, rules: Iterable[int]) -> list[Met]:
        """Read the whole item for the rules it may meet, and return those it does."""
        self._find(reading)
        verdicts = ((self.rules[number], self.rules[number].verdict(reading)) for number in rules)
        return [(rule, verdict) for rule, verdict in verdicts if verdict.met]

    def compiled(self, rule_id: str) -> CompiledRule | None:
        return next((rule for rule in self.rules if rule.rule.id == rule_id), None)

    def _find(self, reading: Reading) -> None:
        self._find_hits(reading)
        find_halves(reading, self.lexicon.terms.acts, self._find_hits)
        if not reading.halves:
            find_acting(reading, self._find_hits)

    def _find_hits(self, reading: Reading) -> None:
        hits = self._matcher.hits(reading.folded.text, reading.comparable, reading.languages)
        reading.hits = with_unsaid(reading, hits, self._homes)


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Cut where so many items, or so much of their text, are together: what is screened stands in memory several times."""
    batch: list[Item] = []
    characters = 0
    for item in items:
        batch.append(item)
        characters += len(item.title) + len(item.summary) + len(item.body)
        if len(batch) == BATCH or characters >= MOST_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def page_of(reading: Reading) -> Page:
    """What the screen looks at."""
    return Page(reading.encoded, language_bits(reading.languages))


def _anchors(rule: CompiledRule, frequencies: Mapping[str, float] | None) -> frozenset[str]:
    if frequencies is None:
        return rule.anchors
    return min(rule.clauses, key=lambda concepts: sum(frequencies.get(c, 0.0) for c in concepts))


@dataclass(frozen=True, slots=True)
class _Versioned:
    version: str
    book: TextBook = field(compare=False)


@lru_cache(maxsize=4)
def _engine(versioned: _Versioned) -> TextEngine:
    return TextEngine(versioned.book)


def engine_of(book: TextBook) -> TextEngine:
    """The engine of a rulebook, compiled at its first use; books of one version share it."""
    return _engine(_Versioned(book.version, book))
