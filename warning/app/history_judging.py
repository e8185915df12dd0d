"""Segments of an indexed history judged: each by itself, in this process or in two of its own.

A process is told which segment to read and gives back what fired there. No text travels, in either direction.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warning.app.chronology import Judged, as_replayed
from warning.collect.history_files import HistoryIndex, Segment
from warning.collect.interchange import own_identity, read_line
from warning.core.detect.text import judge_item
from warning.core.evidence import Item
from warning.core.ids import key64
from warning.core.rulebook import Rulebook
from warning.core.signals import Signal
from warning.core.text.conditions import CompiledRule
from warning.core.text.engine import TextEngine, engine_of
from warning.core.text.postings import Inquiry, Said, said_by, surely_said_by

PROCESSES = 2
# Below this many items the processes' start costs more than they bring.
WORTH_PROCESSES_ITEMS = 100_000
_WORD = 0xFFFF_FFFF_FFFF_FFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A segment to judge. Items of `awaited` sources are left out: whoever waits for them reads them whole."""

    evidence: Path
    index: HistoryIndex
    number: int
    book: Rulebook
    imported_at: datetime
    awaited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """What the text rules said of a segment: the numbers of its items that fired, ascending, and their signals."""

    numbers: NDArray[np.int64]
    judged: list[Judged]


def judged_shares(shares: Sequence[Share]) -> Iterator[Fired]:
    """Yield what each share gave, in their order. At most four results wait at a time."""
    items = sum(share.index.manifest.items for share in {share.evidence: share for share in shares}.values())
    if items < WORTH_PROCESSES_ITEMS or len(shares) == 1:
        yield from map(judge_share, shares)
        return
    ahead = iter(shares)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[Fired]] = deque()
        waiting.extend(pool.submit(judge_share, share) for share in islice(ahead, 2 * PROCESSES))
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(judge_share, share) for share in islice(ahead, 1))


def judge_share(share: Share) -> Fired:
    """Judge a segment."""
    numbers: list[int] = []
    judged: list[Judged] = []
    for number, item, signals in told_in(share):
        numbers.append(number)
        judged.append(Judged(known_at=item.known_at, id=item.id, signals=tuple(signals)))
    return Fired(numbers=np.array(numbers, dtype=np.int64), judged=judged)


def told_in(share: Share) -> Iterator[tuple[int, Item, list[Signal]]]:
    """Read the items of a segment that a text rule may fire on, and yield those on which one does."""
    engine = engine_of(share.book)
    segment = share.index.segment(share.number)
    asked = possible(segment, engine, engine.rules)
    for number in np.flatnonzero(from_sources(segment, share.awaited)).tolist():
        asked.pop(number, None)
    for number, item in read_items(share.evidence, segment, sorted(asked), share.imported_at):
        signals = judge_item(share.book, item, asked[number])
        if signals:
            yield number, item, signals


def possible(segment: Segment, engine: TextEngine, rules: Sequence[CompiledRule]) -> dict[int, list[int]]:
    """The items that may meet one of the rules: for each the places of these rules among `rules`."""
    said, surely = _said(engine)
    inquiry = Inquiry(segment, said, surely)
    found: dict[int, list[int]] = {}
    for place, rule in enumerate(rules):
        for number in inquiry.items_for(rule).tolist():
            found.setdefault(number, []).append(place)
    return found


def read_items(
    path: Path, segment: Segment, numbers: Sequence[int], imported_at: datetime
) -> Iterator[tuple[int, Item]]:
    """Yield items, given by their numbers ascending, under the identity the store knows them by."""
    lines = segment.lines(numbers)
    for number, (line_number, line) in zip(numbers, lines, strict=True):
        item = own_identity(as_replayed(read_line(path, line_number, line, imported_at)))
        assert isinstance(item, Item)
        yield number, item


def from_sources(segment: Segment, sources: Sequence[str]) -> NDArray[np.bool_]:
    """Mark the items of some sources."""
    keys = np.array([key64(source) & _WORD for source in sources], dtype=np.uint64)
    return np.isin(segment.array("sources"), keys)


@lru_cache(maxsize=4)
def _said(engine: TextEngine) -> tuple[Said, Said]:
    return said_by(engine.lexicon.entries), surely_said_by(engine.lexicon.entries)
