"""What an edited rule changes over a long history: what a sample says of the items that only a reading decides.

As many of them as there is time for are read, drawn at random, so that what they say holds for all of them within an
interval.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warning.app.edit_known import Edit, Known
from warning.app.item_lines import read_items
from warning.collect.history_files import SEGMENT_ITEMS, HistoryIndex, Segment
from warning.core.detect.text_met import rules_met
from warning.core.evidence import Item
from warning.core.text.postings import numbers_of

# So many are read between two looks at the clock.
_TOGETHER = 16
# So many are read whatever the time: an answer without any would say next to nothing.
_AT_LEAST = 96
# How many standard errors hold 19 times in 20.
_SURE = 1.96
_SEED = 20_260_101
# Items are drawn from all over the history. Each array of a segment that is open takes one of the files a process may
# have open: many years have more arrays than that, and some systems allow 256.
_MOST_OPEN = 32
Places = NDArray[np.int64]
Files = Sequence[tuple[Path, HistoryIndex]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of items. `low` and `high` are the ends of its interval, the number itself where it is exact."""

    number: int
    low: int
    high: int

    @property
    def is_exact(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    """What an answer shows of an item."""

    evidence_id: str
    known_at: datetime
    source_id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadItem:
    """An item that was read: what is shown of it, and whether the rule fired on it before and after the edit."""

    file: int
    number: int
    shown: ShownItem
    before: bool
    after: bool


def shown_of(item: Item) -> ShownItem:
    return ShownItem(evidence_id=item.id, known_at=item.known_at, source_id=item.source_id, title=item.title)


def drawn(known: Sequence[Known]) -> Places:
    """The items that are not decided, by file and number, in the order in which they are to be read."""
    counts = [len(one.unread) for one in known]
    if not sum(counts):  # to draw from nothing would load all kinds of chance
        return np.zeros((0, 2), dtype=np.int64)
    numbers = np.concatenate([numbers_of(one.unread) for one in known])
    order = np.random.default_rng(_SEED).permutation(len(numbers))
    places = np.empty((len(numbers), 2), dtype=np.int64)
    places[:, 0], places[:, 1] = np.repeat(np.arange(len(known)), counts)[order], numbers[order]
    return places


def in_halves(places: Places) -> tuple[Places, Places]:
    """Some by turns, as many as are read together."""
    turns = np.arange(len(places)) // _TOGETHER % 2 == 0
    return places[turns], places[~turns]


def read_some(
    files: Files,
    edit: Edit,
    imported_at: datetime,
    places: Places,
    enough: Callable[[], bool],
    *,
    share: int = 1,
) -> Iterator[ReadItem]:
    """Read items one after the other until there are none left or somebody says enough.

    A hundred or so are read in any case, by as many processes as `share` the places.
    """

    @lru_cache(maxsize=_MOST_OPEN)
    def opened(file: int, number: int) -> Segment:
        return files[file][1].segment(number)

    for begin in range(0, len(places), _TOGETHER):
        if begin * share >= _AT_LEAST and enough():
            return
        some = places[begin : begin + _TOGETHER]
        yield from _read(files, edit, imported_at, some[np.lexsort((some[:, 1], some[:, 0]))], opened)


def _read(
    files: Files,
    edit: Edit,
    imported_at: datetime,
    places: Places,
    opened: Callable[[int, int], Segment],
) -> Iterator[ReadItem]:
    before, after = (rule and rule.version for rule in (edit.compiled_before, edit.compiled_after))
    for file, number in places.tolist():
        segment = opened(file, number // SEGMENT_ITEMS)
        ((_, item),) = read_items(files[file][0], segment, [number % SEGMENT_ITEMS], imported_at)
        met = set(rules_met(edit.book, item))
        yield ReadItem(
            file=file,
            number=number,
            shown=shown_of(item),
            before=before in met,
            after=after in met,
        )


def counted(exact: int, hits: int, size: int, unread: int) -> Count:
    """A number of items: those known, and the share of `hits` among the `size` read of so many that are `unread`.

    The interval is Wilson's for 19 times in 20, narrower the fewer are left; what was seen lies within it.
    """
    if size == unread:
        return Count(number=exact + hits, low=exact + hits, high=exact + hits)
    most = exact + hits + unread - size
    if not size:
        return Count(number=exact, low=exact, high=most)
    share = hits / size
    weight = _SURE**2 * (unread - size) / (unread - 1) / size
    middle = (share + weight / 2) / (1 + weight)
    half = sqrt(weight * share * (1 - share) + weight**2 / 4) / (1 + weight)
    return Count(
        number=exact + round(share * unread),
        low=max(exact + hits, exact + int((middle - half) * unread)),
        high=min(most, exact + int((middle + half) * unread) + 1),
    )
