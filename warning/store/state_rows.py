"""Source states as rows: a round reads those of many with one statement, and writes them with few.

SQLite is asked by its driver alone: SQLAlchemy takes longer than the statements do.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, text

from warning.core.health import SourceState
from warning.store.columns import aware, sqlite_instant
from warning.store.engine import asked_of_sqlite
from warning.store.known_states import KnownStates, known_states
from warning.store.rows import to_json

COLUMNS = ("source_id", "condition", "next_due_at", "content")
TOGETHER = (64, 8, 1)
"""How many rows a statement to SQLite writes: few kinds, so that each is prepared once."""
_CHANGES = (
    "ON CONFLICT (source_id) DO UPDATE "
    "SET condition = excluded.condition, next_due_at = excluded.next_due_at, content = excluded.content"
)
_INSERT = f"INSERT INTO source_states ({', '.join(COLUMNS)})"
_SQLITE_OF = (
    "SELECT source_id, content FROM source_states WHERE source_id IN (SELECT value FROM json_each(?))"
)
_POSTGRESQL_OF = text(
    "SELECT source_id, content FROM source_states WHERE source_id = ANY(CAST(:ids AS text[]))"
)
_POSTGRESQL_SAVE = f"{_INSERT} VALUES (%s, %s, %s, %s) {_CHANGES}"
"""For each state: its driver sends many together, and packs a list of texts more slowly than the texts."""


def states_of(connection: Connection, source_ids: Collection[str]) -> list[SourceState]:
    """Return what is known of these sources; one that was never tried is not among them."""
    ids = list(source_ids)
    if connection.dialect.name == "sqlite":
        rows = asked_of_sqlite(connection, _SQLITE_OF, (json.dumps(ids),))
    else:
        rows = list(connection.execute(_POSTGRESQL_OF, {"ids": ids}))
    known = known_states(connection.engine)
    return [known.read(source_id, content) for source_id, content in rows]


def save_states(connection: Connection, states: Iterable[SourceState]) -> None:
    """Write states, each in place of what was known of its source; at most one state a source."""
    known = known_states(connection.engine)
    if connection.dialect.name == "sqlite":
        for some in _in_few_sizes([_row(state, sqlite_instant, known) for state in states]):
            connection.exec_driver_sql(_sqlite_save(len(some)), tuple(chain.from_iterable(some)))
        return
    if rows := [_row(state, aware, known) for state in states]:
        connection.exec_driver_sql(_POSTGRESQL_SAVE, rows)


def _in_few_sizes(rows: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    start = 0
    for size in TOGETHER:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size


@cache
def _sqlite_save(rows: int) -> str:
    places = f"({', '.join('?' * len(COLUMNS))})"
    return f"{_INSERT} VALUES {', '.join([places] * rows)} {_CHANGES}"


def _row(state: SourceState, instant: Callable[[datetime], Any], known: KnownStates) -> tuple[Any, ...]:
    due = None if state.next_due_at is None else instant(state.next_due_at)
    content = to_json(SourceState, state)
    known.keep(state, content)
    return state.source_id, state.condition, due, content
