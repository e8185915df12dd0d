"""How SQLite finds items by address and by text: each mark a whole number, the latest of a source apart from the older.

What a source's items are known by is random, so an index over all of them takes a poll into as many pages as it has
entries, and more the longer the source is known. New marks therefore go to a small table (`item_marks_new`), a page or
two of each source; when a source has some hundreds there, they move to the large one (`item_marks`) together, in order.
PostgreSQL has an index over the columns themselves: it sorts as well in memory of its own.
"""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache

from sqlalchemy import Connection

from warning.core.identity import Marks
from warning.core.ids import key64

SOURCE_BITS, MARK_BITS = 20, 42
"""A number holds the source, the mark and its kind, 63 bits. Whoever finds an item by it compares the whole marks."""
_MARK = (1 << MARK_BITS) - 1
MOST_NEW = 512
"""So many marks of a source wait at least, twice as many at most; sources differ, so that not all move at once."""

Held = tuple[int, int]
"""A mark's number, and the number of the item."""


@lru_cache(maxsize=16_384)
def _place(source_id: str) -> int:
    return key64("source", source_id) >> (64 - SOURCE_BITS) & (1 << SOURCE_BITS) - 1


def numbers_of(source_id: str, marks: Marks) -> list[int]:
    """Return the numbers of an item's marks: of its address, of its text, of what it has."""
    address, text = marks
    place = _place(source_id) << MARK_BITS + 1
    found = [] if address is None else [place | (address & _MARK) << 1]
    if text is not None:
        found.append(place | (int(text.removeprefix("c-"), 16) & _MARK) << 1 | 1)
    return found


def add_marks(connection: Connection, held: Sequence[Held], sources: Iterable[str]) -> None:
    """Add the marks of new items of some sources, and move those of sources that have many."""
    if not held:
        return
    connection.exec_driver_sql(ADD, sorted(held))
    for span in connection.exec_driver_sql(FULL, (limits(sources),)).all():
        connection.exec_driver_sql(MOVE, tuple(span))
        connection.exec_driver_sql(MOVED, tuple(span))


def limits(sources: Iterable[str]) -> str:
    """Return how many marks may wait of each of these sources, as `FULL` asks for it."""
    return json.dumps([[place, MOST_NEW + place % MOST_NEW] for place in {_place(one) for one in sources}])


def take_marks(connection: Connection, held: Sequence[Held]) -> None:
    """Take marks away that an item no longer has."""
    for table in ("item_marks_new", "item_marks") if held else ():
        statement = f"DELETE FROM {table} WHERE mark = ? AND seq = ?"  # noqa: S608 - one of the two names above
        connection.exec_driver_sql(statement, list(held))


def last_by_mark(connection: Connection, numbers: Sequence[int]) -> set[int]:
    """Return, of each mark, the number of the item stored last that has it."""
    if not numbers:
        return set()
    found = connection.exec_driver_sql(BY_MARK, (json.dumps(numbers),))
    return set(found.scalars())


ADD = "INSERT OR IGNORE INTO item_marks_new (mark, seq) VALUES (?, ?)"
_SPAN = 1 << MARK_BITS + 1
FULL = f"""
    SELECT first, first + {_SPAN} FROM (
        SELECT json_extract(value, '$[0]') * {_SPAN} AS first, json_extract(value, '$[1]') AS most FROM json_each(?))
    WHERE (SELECT count(*) FROM item_marks_new WHERE mark >= first AND mark < first + {_SPAN}) > most
"""  # noqa: S608 - a number of this module
MOVE = """
    INSERT OR IGNORE INTO item_marks (mark, seq)
    SELECT mark, seq FROM item_marks_new WHERE mark >= ? AND mark < ? ORDER BY mark, seq
"""
MOVED = "DELETE FROM item_marks_new WHERE mark >= ? AND mark < ?"
# LIMIT keeps SQLite from looking a second time for the condition.
BY_MARK = """
    SELECT seq FROM (
        SELECT max(ifnull((SELECT max(n.seq) FROM item_marks_new AS n WHERE n.mark = w.value), 0),
                   ifnull((SELECT max(o.seq) FROM item_marks AS o WHERE o.mark = w.value), 0)) AS seq
        FROM json_each(?) AS w LIMIT -1)
    WHERE seq > 0
"""
