"""How SQLite finds items by id, address and text: each mark a whole number, the latest of a source apart from the older.

What a source's items are known by is random, so an index over all of them takes a poll into as many pages as it has
entries, and more the longer the source is known. New marks therefore go to a small table (`item_marks_new`), a page or
two of each source; when a source has some hundreds there, they move to the large one (`item_marks`) together, in order.
That no id is stored twice is seen to by whoever writes: SQLite has one writer at a time, and it looks first.
PostgreSQL has indexes over the columns themselves: it sorts as well in memory of its own.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial

from sqlalchemy import Connection

from warning.core.identity import Marks
from warning.core.ids import key64
from warning.store.engine import asked_of_sqlite
from warning.store.mark_sketches import Execute, draw, sketches

SOURCE_BITS, MARK_BITS = 20, 42
"""A number holds the source, the mark and its kind, 63 bits. Whoever finds an item by it compares the whole marks.

Ids stand in a place of their own and fill it: what a source has taken in is found by id far more often than by the rest.
"""
_MARK = (1 << MARK_BITS) - 1
_SPAN = 1 << MARK_BITS + 1
MOST_NEW = 512
"""So many marks wait in a place at least, about twice as many at most; places differ, so that not all move at once."""
COUNTED = 4
"""How often a place is counted while so many come to it: counting at each new mark would cost more than the mark."""

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
        connection.exec_driver_sql(ADD, sorted(held))
        move_full(partial(asked_of_sqlite, connection), limits(held))


def move_full(execute: Execute, counted: str) -> None:
    """Move what waits in those of the places of `limits` that have many."""
    for place, first, end in list(execute(FULL, (counted,))) if counted else ():
        moved = [mark for (mark,) in execute(MOVING, (first, end))]
        execute(MOVE, (first, end))
        execute(MOVED, (first, end))
        draw(execute, place, _SPAN, moved)


def limits(held: Iterable[Held]) -> str:
    """Return how many marks may wait in the places that are to be counted now, as `FULL` asks for it; "" for none.

    A place is counted when a mark comes whose digits say so: of as many as may wait, one in some.
    """
    every = max(1, MOST_NEW // COUNTED)
    places = {number // _SPAN for number, _ in held if number // 2 % every == 0}
    return json.dumps([[place, MOST_NEW + place % MOST_NEW] for place in places]) if places else ""


def take_marks(connection: Connection, held: Sequence[Held]) -> None:
    """Take marks away that an item no longer has."""
    for table in ("item_marks_new", "item_marks") if held else ():
        statement = f"DELETE FROM {table} WHERE mark = ? AND seq = ?"  # noqa: S608 - one of the two names above
        connection.exec_driver_sql(statement, list(held))


def holders(connection: Connection, numbers: Sequence[int]) -> set[int]:
    """Return the numbers of all items that have one of these marks: what is unique, or nearly."""
    return {seq for _, seq in _held(connection, numbers, ALL)}


def of_source(source_id: str) -> tuple[int, int]:
    """Return the first number of a source's ids, and the first after them."""
    place = _place(source_id, "source ids")
    return place, place + _SPAN


def numbers_anywhere(connection: Connection, key: int) -> list[int]:
    """Return the numbers that an id may have, whichever source it is of."""
    return [first | key & _SPAN - 1 for (first,) in asked_of_sqlite(connection, PLACES, ())]


def last_by_mark(connection: Connection, numbers: Sequence[int]) -> set[int]:
    """Return, of each mark, the number of the item stored last that has it."""
    last: dict[int, int] = {}
    for mark, seq in _held(connection, numbers, LAST):
        last[mark] = max(seq, last.get(mark, seq))
    return set(last.values())


def _held(connection: Connection, numbers: Sequence[int], which: str) -> Iterator[Held]:
    """Yield what has these marks in either table."""
    if not numbers:
        return
    execute = partial(asked_of_sqlite, connection)
    known = sketches(execute, {number // _SPAN for number in numbers})
    yield from execute(BY_MARK["item_marks_new", which], (json.dumps(numbers),))
    if doubtful := known.doubtful(numbers, _SPAN):
        yield from execute(BY_MARK["item_marks", which], (json.dumps(doubtful),))


ADD = "INSERT OR IGNORE INTO item_marks_new (mark, seq) VALUES (?, ?)"
FULL = f"""
    SELECT place, first, first + {_SPAN} FROM (
        SELECT json_extract(value, '$[0]') AS place, json_extract(value, '$[0]') * {_SPAN} AS first,
               json_extract(value, '$[1]') AS most FROM json_each(?))
    WHERE (SELECT count(*) FROM item_marks_new WHERE mark >= first AND mark < first + {_SPAN}) > most
"""  # noqa: S608 - a number of this module
MOVING = "SELECT mark FROM item_marks_new WHERE mark >= ? AND mark < ?"
MOVE = """
    INSERT OR IGNORE INTO item_marks (mark, seq)
    SELECT mark, seq FROM item_marks_new WHERE mark >= ? AND mark < ? ORDER BY mark, seq
"""
MOVED = "DELETE FROM item_marks_new WHERE mark >= ? AND mark < ?"
_END = _SPAN << SOURCE_BITS
ALL, LAST = "all", "last"
_WHICH = {ALL: "", LAST: "AND t.seq = (SELECT max(m.seq) FROM {table} AS m WHERE m.mark = w.value)"}
# CROSS JOIN keeps SQLite to this order: each wanted mark is one step down the index.
BY_MARK = {
    (table, which): f"""
        SELECT t.mark, t.seq FROM json_each(?) AS w CROSS JOIN {table} AS t
        ON t.mark = w.value {condition.format(table=table)}"""  # noqa: S608 - names of this module
    for table in ("item_marks_new", "item_marks")
    for which, condition in _WHICH.items()
}
# From one place to the next: each is one step down the two tables.
PLACES = f"""
    WITH RECURSIVE place(first) AS (
        SELECT 0
        UNION ALL
        SELECT min(ifnull((SELECT min(n.mark) FROM item_marks_new AS n WHERE n.mark >= place.first + {_SPAN}), {_END}),
                   ifnull((SELECT min(o.mark) FROM item_marks AS o WHERE o.mark >= place.first + {_SPAN}), {_END}))
               / {_SPAN} * {_SPAN}
        FROM place WHERE place.first < {_END})
    SELECT first FROM place WHERE first < {_END}"""  # noqa: S608 - numbers of this module
