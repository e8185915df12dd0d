"""The first and cheapest look at many texts: which rules their words can meet, before anything else is read.

Most texts end here. What the screen calls certain is what the whole reading would say; what it calls possible
must be read.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from warning.core.text.accelerator import fastest_finder
from warning.core.text.conditions import CompiledRule
from warning.core.text.lexicon import Entry
from warning.core.text.masks import Concepts, MaskSet, judge, texts_of
from warning.core.text.pattern_table import FinderMaker, PatternTable, Rows
from warning.core.text.rule_bits import RuleBits

# Looking for the anchors first pays only where they are clearly fewer than all patterns.
_FIRST_LOOK_SHARE = 0.6
# So few texts are judged one by one: what arrays cost at each use is not yet paid back.
MOST_ONE_BY_ONE = 8


class Page(NamedTuple):
    """A folded text in UTF-8 and the languages whose terms apply, as `language_bits` gives them."""

    text: bytes
    languages: int


class Screened(NamedTuple):
    """The texts that meet rule number `rule` for certain, and those that may; bit n stands for text n."""

    rule: int
    certain: int
    possible: int


class Screen:
    """`anchors` name for each rule the concepts of which one must occur; `remarks` are for operators."""

    def __init__(
        self,
        rules: Sequence[CompiledRule],
        entries: Sequence[Entry],
        *,
        anchors: Sequence[Concepts],
        make_finder: FinderMaker = fastest_finder,
    ) -> None:
        self._masks = MaskSet(rules, anchors)
        places, read = self._masks.places, self._masks.places.keys()
        wanted = frozenset[str]().union(*anchors)
        first = [e for e in entries if e.concept in wanted and not e.shadow]
        # A material that no rule reads may still hold the name of one in its own longer name.
        whole = [e for e in entries if e.concept in read or e.concept.startswith("material:")]
        self._whole = PatternTable(whole, places, make_finder)
        worth_it = len(first) < _FIRST_LOOK_SHARE * len(whole)
        self._first = PatternTable(first, places, make_finder) if worth_it else None
        self._bits = RuleBits(rules, self._masks)
        tables = [t for t in (self._first, self._whole) if t]
        self.remarks = tuple(dict.fromkeys(table.remark for table in tables if table.remark))

    @property
    def engine(self) -> str:
        return self._whole.finder.name

    @property
    def terms(self) -> int:
        """How many patterns are looked for."""
        return self._whole.size

    def of(self, pages: Sequence[Page]) -> list[Screened]:
        """Return the rules that some of the pages may meet, by number."""
        return self._one_by_one(pages) if len(pages) <= MOST_ONE_BY_ONE else self._at_once(pages)

    def of_one(self, page: Page) -> list[int]:
        """Return the numbers of the rules that one page may meet, ascending."""
        certain, possible = self._judged(page)
        return texts_of(certain | possible)

    def _judged(self, page: Page) -> tuple[int, int]:
        return self._bits.judge(*self._whole.places_in(page.text, page.languages))

    def _one_by_one(self, pages: Sequence[Page]) -> list[Screened]:
        found: dict[int, Screened] = {}
        for text, page in enumerate(pages):
            certain, possible = self._judged(page)
            for rule in texts_of(certain | possible):
                before, is_certain = found.get(rule, Screened(rule, 0, 0)), certain >> rule & 1
                found[rule] = Screened(
                    rule, before.certain | is_certain << text, before.possible | (1 - is_certain) << text
                )
        return sorted(found.values())

    def _at_once(self, pages: Sequence[Page]) -> list[Screened]:
        kept = self._with_an_anchor(pages) if self._first else None
        if kept is not None:
            if not kept:
                return []
            pages = [pages[n] for n in kept]
        rows, doubts = _rows_of(self._whole, pages)
        sure = {place: row & ~doubts.get(place, 0) for place, row in rows.items()}
        possible, certain, unsure = map(self._masks.occurrences, (rows, sure, doubts))
        found = []
        for anchor, rules in self._masks.by_anchor.items():
            if possible[anchor]:
                for number, mask in rules:
                    met, maybe = judge(mask, possible, certain, unsure)
                    if met or maybe:
                        found.append(Screened(number, _spread(met, kept), _spread(maybe, kept)))
        return sorted(found)

    def _with_an_anchor(self, pages: Sequence[Page]) -> list[int]:
        assert self._first is not None
        rows, _ = _rows_of(self._first, pages)
        texts = self._masks.occurrences(rows)
        return texts_of(reduce(or_, (texts[anchor] for anchor in self._masks.by_anchor), 0))


def _rows_of(table: PatternTable, pages: Sequence[Page]) -> tuple[Rows, Rows]:
    return table.rows([page.text for page in pages], [page.languages for page in pages])


def candidates(screened: Sequence[Screened]) -> Mapping[int, list[int]]:
    """The numbers of the rules that may be met, ascending, by the number of the text."""
    found: dict[int, list[int]] = {}
    for one in screened:
        for text in texts_of(one.certain | one.possible):
            found.setdefault(text, []).append(one.rule)
    return found


def _spread(bits: int, kept: Sequence[int] | None) -> int:
    """Bits over the kept texts as bits over all texts."""
    if kept is None or not bits:
        return bits
    wide = 0
    for place in texts_of(bits):
        wide |= 1 << kept[place]
    return wide
