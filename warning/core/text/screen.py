"""The first and cheapest look at many texts: which rules their words can meet, before anything else is read.

Most texts end here. What the screen calls certain is what the whole reading would say; what it calls possible
must be read.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from warning.core.text.accelerator import fastest_finder
from warning.core.text.conditions import CompiledRule
from warning.core.text.lexicon import Entry
from warning.core.text.masks import Concepts, Occurrences, RuleMask, mask_of, texts_of
from warning.core.text.pattern_table import FinderMaker, PatternTable

# Looking for the anchors first pays only where they are clearly fewer than all patterns.
_FIRST_LOOK_SHARE = 0.6


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
        masks = [mask_of(rule) for rule in rules]
        read = frozenset[str]().union(*anchors, *(m.reads.union(*m.required) for m in masks))
        self._places = {concept: place for place, concept in enumerate(sorted(read))}
        self._by_anchor: dict[Concepts, list[tuple[int, RuleMask]]] = {}
        for number, (anchor, mask) in enumerate(zip(anchors, masks, strict=True)):
            self._by_anchor.setdefault(anchor, []).append((number, mask))
        wanted = frozenset[str]().union(*anchors)
        first = [e for e in entries if e.concept in wanted and not e.shadow]
        # A material that no rule reads may still hold the name of one in its own longer name.
        whole = [e for e in entries if e.concept in read or e.concept.startswith("material:")]
        self._whole = PatternTable(whole, self._places, make_finder)
        worth_it = len(first) < _FIRST_LOOK_SHARE * len(whole)
        self._first = PatternTable(first, self._places, make_finder) if worth_it else None
        tables = [t for t in (self._first, self._whole) if t]
        self.remarks = tuple(dict.fromkeys(table.remark for table in tables if table.remark))

    @property
    def engine(self) -> str:
        return self._whole.finder.name

    def of(self, pages: Sequence[Page]) -> list[Screened]:
        """Return the rules that some of the pages may meet, by number."""
        kept = self._with_an_anchor(pages) if self._first else None
        if kept is not None:
            if not kept:
                return []
            pages = [pages[n] for n in kept]
        occurrences = self._occurrences(self._whole, pages)
        found = []
        for anchor, rules in self._by_anchor.items():
            if occurrences.any_of(anchor):
                for number, mask in rules:
                    certain, possible = occurrences.judge(mask)
                    if certain or possible:
                        found.append(Screened(number, _spread(certain, kept), _spread(possible, kept)))
        return sorted(found)

    def _with_an_anchor(self, pages: Sequence[Page]) -> list[int]:
        assert self._first is not None
        occurrences = self._occurrences(self._first, pages)
        holders = 0
        for anchor in self._by_anchor:
            holders |= occurrences.any_of(anchor)
        return texts_of(holders)

    def _occurrences(self, table: PatternTable, pages: Sequence[Page]) -> Occurrences:
        languages = np.fromiter((page.languages for page in pages), dtype=np.uint8, count=len(pages))
        return Occurrences(*table.bits([page.text for page in pages], languages), self._places)


def rules_by_text(screened: Sequence[Screened], *, certain: bool) -> Mapping[int, list[int]]:
    """The numbers of the rules met for certain, or possibly, by the number of the text."""
    found: dict[int, list[int]] = {}
    for one in screened:
        for text in texts_of(one.certain if certain else one.possible):
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
