"""How SQLite finds items by id, address and text: each mark a whole number, many of them in one row.

What a source's items are known by is random, so an index over all of them takes a poll into as many pages as it has
entries, and more the longer the source is known. The marks of a source therefore stand side by side in rows that fill a
page each: the latest few hundred in one row (`item_marks_recent`), the older in rows by their order (`item_mark_pages`).
When the one row is full, its marks move among the others together. So a poll writes a page or two however much its source
has given before.

An entry is the upper half of a mark's number and the number of the item, eight bytes. Whoever finds an item by it
compares the whole marks. That no id is stored twice is seen to by whoever writes: SQLite has one writer at a time, and it
looks first. PostgreSQL has indexes over the columns themselves: it sorts as well in memory of its own.
"""

import json
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import groupby

from sqlalchemy import Connection

from warning.core.identity import Marks
from warning.core.ids import key64
from warning.store.engine import asked_of_sqlite
from warning.store.mark_pages import Entries, Execute, entries_of, pages_with, take_from_page, whole_place
from warning.store.mark_sketches import doubtful

SOURCE_BITS, MARK_BITS = 20, 42
"""A number holds the source, the mark and its kind, 63 bits.

Ids stand in a place of their own and fill it: what a source has taken in is found by id far more often than by the rest.
"""
_MARK = (1 << MARK_BITS) - 1
SPAN_BITS = MARK_BITS + 1
_SPAN = 1 << SPAN_BITS
DROPPED_BITS = SPAN_BITS - 32
"""So many digits of a number are not kept: of a million marks one in four thousand questions meets another's entry."""
MOST_RECENT = 1_000
"""As many marks fit into two pages; places move them at half as many at least, so that not all move at once."""

_KEPT = 0xFFFFFFFF
Held = tuple[int, int]
"""A mark's number, and the number of the item."""


@lru_cache(maxsize=16_384)
def _place(source_id: str, of: str) -> int:
    """The first number of a source's marks, or of its ids."""
    return (key64(of, source_id) >> (64 - SOURCE_BITS) & (1 << SOURCE_BITS) - 1) * _SPAN


def number_of_id(source_id: str, key: int) -> int:
    """Return the number of an id by its 64-bit key."""
    return _place(source_id, "source ids") | key & _SPAN - 1


def numbers_of(source_id: str, marks: Marks) -> list[int]:
    """Return the numbers of an item's marks: of its address, of its text, of what it has."""
    address, text = marks
    place = _place(source_id, "source")
    found = [] if address is None else [place | (address & _MARK) << 1]
    if text is not None:
        found.append(place | (int(text.removeprefix("c-"), 16) & _MARK) << 1 | 1)
    return found


def add_marks(connection: Connection, held: Sequence[Held]) -> None:
    """Add the marks of new items, and move those of places that have many."""
    if held:
        put_marks(partial(asked_of_sqlite, connection), held)


def put_marks(execute: Execute, held: Collection[Held]) -> None:
    """The same by whatever runs a statement."""
    new: dict[int, list[int]] = {}
    for number, seq in held:
        new.setdefault(number >> SPAN_BITS, []).append(_entry(number, seq))
    recent = _recent(execute, new)
    for place, some in sorted(new.items()):
        waiting = recent.get(place, array("Q"))
        for entry in some:
            at = bisect_left(waiting, entry)
            if at == len(waiting) or waiting[at] != entry:
                waiting.insert(at, entry)
        if len(waiting) > most_recent(place):
            _move(execute, place, waiting)
            del waiting[:]
        execute(WRITE_RECENT, (place, waiting.tobytes()))


def _entry(number: int, seq: int) -> int:
    return (number >> DROPPED_BITS & _KEPT) << 32 | seq


def _move(execute: Execute, place: int, entries: Entries) -> None:
    from warning.store.mark_moves import move  # noqa: PLC0415 - numpy: most polls of a service move nothing

    move(execute, place, entries)


def most_recent(place: int) -> int:
    """Return how many marks may wait in a place."""
    return MOST_RECENT // 2 + place % (MOST_RECENT // 2)


def take_marks(connection: Connection, held: Sequence[Held]) -> None:
    """Take marks away that an item no longer has."""
    execute = partial(asked_of_sqlite, connection)
    for number, seq in held:
        place, entry = number >> SPAN_BITS, _entry(number, seq)
        for waiting in _recent(execute, [place]).values():
            if entry in waiting:
                waiting.remove(entry)
                execute(WRITE_RECENT, (place, waiting.tobytes()))
        take_from_page(execute, place, entry)


def holders(connection: Connection, numbers: Sequence[int]) -> set[int]:
    """Return the numbers of all items that have one of these marks: what is unique, or nearly."""
    return {entry & _KEPT for some in _held(connection, numbers) for entry in some}


def last_by_mark(connection: Connection, numbers: Sequence[int]) -> set[int]:
    """Return, of each mark, the numbers of the two items stored last that have it: one may have another mark alike."""
    return {entry & _KEPT for some in _held(connection, numbers) for entry in some[-2:]}


def of_source(connection: Connection, source_id: str) -> list[int]:
    """Return the numbers of all items of a source; there may be others among them."""
    execute, place = partial(asked_of_sqlite, connection), _place(source_id, "source ids") >> SPAN_BITS
    every = [whole_place(execute, place), *_recent(execute, [place]).values()]
    return [entry & _KEPT for entries in every for entry in entries]


def numbers_anywhere(connection: Connection, key: int) -> list[int]:
    """Return the numbers that an id may have, whichever source it is of."""
    return [place << SPAN_BITS | key & _SPAN - 1 for (place,) in asked_of_sqlite(connection, PLACES, ())]


def _held(connection: Connection, numbers: Sequence[int]) -> Iterator[Entries]:
    """Yield the entries that have each of these marks, the recent ones apart from the older, in order."""
    if not numbers:
        return
    execute = partial(asked_of_sqlite, connection)
    asked = sorted({number >> DROPPED_BITS for number in numbers})  # the place, and 32 digits of the mark
    parts = {place: list(marks) for place, marks in groupby(asked, _place_of)}
    for place, waiting in _recent(execute, parts).items():
        yield from _with(waiting, parts[place])
    older = doubtful(execute, parts)
    for first, entries in pages_with(execute, older):
        yield from _with(
            entries, [mark for mark in older if mark >= first and _place_of(mark) == _place_of(first)]
        )


def _place_of(named: int) -> int:
    return named >> 32


def _with(entries: Entries, asked: Iterable[int]) -> Iterator[Entries]:
    """Yield those entries that have each of the marks that some have."""
    for mark in asked:
        low = (mark & _KEPT) << 32
        begin = bisect_left(entries, low)
        end = bisect_right(entries, low | _KEPT, begin)
        if end > begin:
            yield entries[begin:end]


def _recent(execute: Execute, places: Iterable[int]) -> Mapping[int, Entries]:
    """Return what waits in those of the places that had any."""
    rows = execute(RECENT, (json.dumps(list(places)),))
    return {place: entries_of(blob) for place, blob in rows}


RECENT = """
    SELECT r.place, r.entries FROM json_each(?) AS w CROSS JOIN item_marks_recent AS r ON r.place = w.value"""
WRITE_RECENT = "INSERT OR REPLACE INTO item_marks_recent (place, entries) VALUES (?, ?)"
PLACES = "SELECT place FROM item_marks_recent"
"""Every place stands here, also one whose marks have all moved."""
