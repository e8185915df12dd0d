"""What an edited rule changes over a long history, as far as it is known without reading: kept verdicts and postings."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pyroaring import BitMap

from warning.app.asked_words import OpenBlock, asked_words
from warning.app.verdict_basis import rule_names, sources_name
from warning.collect.history_blocks import Block, blocks_of
from warning.collect.history_files import SEGMENT_ITEMS, HistoryIndex, Segment
from warning.collect.history_titles import titles_of
from warning.collect.kept_verdicts import KeptVerdicts
from warning.core.text.conditions import CompiledRule
from warning.core.text.edits import SaidThings
from warning.core.text.engine import TextEngine, engine_of
from warning.core.text.inquiry import Inquiry
from warning.core.text.postings import Asked, Postings, numbers_of, set_of
from warning.core.text_book import TextBook
from warning.core.text_rules import TextRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One file's items by number, the segment's times SEGMENT_ITEMS plus the item's own: what fired before and after the edit.

    Both hold for every item but those of `unread`.
    """

    before: BitMap
    after: BitMap
    unread: BitMap


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A rule that runs and the rule in its place, in one book; `words` are all they differ by, None for more than words.

    Where none of these is said, both say the same.
    """

    book: TextBook
    before: TextRule | None
    after: TextRule
    words: SaidThings | None

    @cached_property
    def engine(self) -> TextEngine:
        return engine_of(self.book)

    @cached_property
    def compiled_before(self) -> CompiledRule | None:
        """The rule that runs, compiled; None where it is switched off or there is none."""
        return self._compiled(self.before)

    @cached_property
    def compiled_after(self) -> CompiledRule | None:
        """The rule in its place, compiled; None where it is switched off."""
        return self._compiled(self.after)

    def _compiled(self, rule: TextRule | None) -> CompiledRule | None:
        version = rule.version if rule else ""
        return next((one for one in self.engine.rules if one.version == version), None)


def known_of(index: HistoryIndex, edit: Edit, kept: "KeptOfEdit") -> Known:
    """Look up what is kept of both rules, and ask the postings which items only a reading can decide.

    A word that nobody looked for in this file yet may stand anywhere.
    """
    (before, of_before), (after, of_after) = kept.of(index)
    unread, every = BitMap(), _all_of(index)
    lacking_before, lacking_after = every - of_before, every - of_after
    for block in blocks_of(index) if lacking_before or lacking_after else iter(()):
        inquiry = _inquiry(index, block, edit, kept)
        unread |= _possible(block, inquiry, edit.compiled_before, lacking_before)
        if edit.words is None:
            unread |= _possible(block, inquiry, edit.compiled_after, lacking_after)
            continue
        taken_over = before & _range(block) & lacking_after
        if edit.words:
            rare = inquiry.items_saying(edit.words) if inquiry.is_rarely_said(edit.words) else None
            asked = _possible(block, inquiry, edit.compiled_after, lacking_after, rare)
            about = _items(block, asked | taken_over)
            touched = _numbers(
                block, inquiry.items_saying(edit.words, about) if rare is None else about & rare
            )
            unread |= asked & touched
            taken_over -= touched
        after |= taken_over
    return Known(before=before, after=after, unread=unread)


def _inquiry(index: HistoryIndex, block: Block, edit: Edit, kept: "KeptOfEdit") -> Inquiry:
    asked = asked_words(edit.engine)
    words = asked.open_in(index)

    def opened(some: Postings) -> Postings:
        return some if words.is_closed else OpenBlock(some, words)

    titles = titles_of(block)
    of_titles = Inquiry(opened(titles), asked.said, words.surely, kept.title_weights) if titles else None
    return Inquiry(opened(block), asked.said, words.surely, kept.weights, of_titles)


def _possible(
    block: Block, inquiry: Inquiry, rule: CompiledRule | None, among: BitMap, touched: BitMap | None = None
) -> BitMap:
    """The items of a block, among some of the file, that a rule may fire on, none where it is switched off.

    `touched` are items of the block, by their numbers there: no others then.
    """
    if rule is None or not among.intersect(_range(block)):
        return BitMap()
    return _numbers(block, inquiry.items_for(rule, touched)) & among


def _items(block: Block, numbers: BitMap) -> BitMap:
    """Items of a file by their numbers in the block."""
    every = numbers_of(numbers).astype(np.int64)
    segments = every // SEGMENT_ITEMS - block.first_segment
    return set_of(block.first_items[segments] + every % SEGMENT_ITEMS)


def _numbers(block: Block, items: BitMap) -> BitMap:
    """Items of a block by their numbers in the file."""
    parts = [segment * SEGMENT_ITEMS + own for segment, own in block.by_segment(numbers_of(items))]
    return set_of(np.concatenate(parts)) if parts else BitMap()


def _range(block: Block) -> BitMap:
    begin = block.first_segment * SEGMENT_ITEMS
    return BitMap(range(begin, begin + (len(block.first_items) - 1) * SEGMENT_ITEMS))


def _all_of(index: HistoryIndex) -> BitMap:
    return BitMap(range(index.manifest.segments * SEGMENT_ITEMS))


class KeptOfEdit:
    """What is kept of the verdicts of an edit's two rules, file by file; what their names rest on is worked out once.

    `weights` are what was found in the first file asked: which of a rule's words are rare, in all fields and in titles.
    """

    def __init__(self, edit: Edit) -> None:
        self._book = edit.book
        names = iter(rule_names(edit.book, [rule for rule in (edit.before, edit.after) if rule]))
        self._names = tuple(next(names) if rule else "" for rule in (edit.before, edit.after))
        self._bases: dict[bytes, str] = {}
        self.weights: dict[Asked, int] = {}
        self.title_weights: dict[Asked, int] = {}

    def of(self, index: HistoryIndex) -> list[tuple[BitMap, BitMap]]:
        """Return for each rule the items on which it fired, and those of which that is known. No rule fires on nothing."""
        kept = KeptVerdicts(index.directory)
        bases: dict[int, str] = {}
        found = [
            self._fired(index, kept.fired(name), bases) if name else (BitMap(), _all_of(index))
            for name in self._names
        ]
        kept.close()
        return found

    def _fired(
        self, index: HistoryIndex, said: Mapping[int, tuple[str, BitMap]], bases: dict[int, str]
    ) -> tuple[BitMap, BitMap]:
        fired, known = BitMap(), BitMap()
        for segment, (basis, numbers) in said.items():
            if segment < index.manifest.segments and segment not in bases:
                bases[segment] = self._basis(index.segment(segment))
            if basis == bases.get(segment):
                begin = segment * SEGMENT_ITEMS
                known.add_range(begin, begin + SEGMENT_ITEMS)
                fired |= numbers.shift(begin)
        return fired, known

    def _basis(self, segment: Segment) -> str:
        """As `basis_of`, but for segments of which something is kept: there no item lacks a time."""
        key = (segment.directory / "own_sources.npy").read_bytes()
        if key not in self._bases:
            self._bases[key] = sources_name(self._book, segment)
        return self._bases[key]
