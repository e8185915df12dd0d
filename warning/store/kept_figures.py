"""What a process holds of the store's figures, as arrays of a file and back: of the same needs and the very same store."""

from collections.abc import Sequence
from dataclasses import fields
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from warning.core.rulebook import Need
from warning.core.series.columns import instant, microseconds
from warning.core.series.ledger import Ledger
from warning.store.figure_rows import some_rows
from warning.store.held_figures import Held, learn_series
from warning.store.ledger_file import LedgerFile

# So many of the newest rows, and as many spread over all, tell whether a store is the one that was read.
WITNESSES = 500
_FUTURE = "future."
_LEDGER = "ledger."
_ARRAYS = ("lines", "codes", "since_day")


def write_kept(file: LedgerFile, connection: Connection, held: Held) -> None:
    """Keep what is held; nothing of it may wait for an assessment."""
    numbers = held.until, held.first, microseconds(held.as_of), held.series_until
    arrays: dict[str, NDArray[Any]] = {
        "numbers": np.array(numbers, dtype=np.int64),
        "witness": _witness(connection, held),
        **{name: getattr(held, name) for name in _ARRAYS},
        **{_LEDGER + name: one for name, one in held.ledger.parts().items()},
        **{_FUTURE + name: one for name, one in (held.future or {}).items()},
    }
    file.write(_mark(connection, held.needs), arrays)


def read_kept(file: LedgerFile, connection: Connection, needs: Sequence[Need]) -> Held | None:
    """Return what was held of this store for these needs; None when nothing is kept, or not of the rows that it holds now."""
    arrays = file.read(_mark(connection, needs))
    if arrays is None:
        return None
    until, first, as_of_us, series_until = arrays["numbers"].tolist()
    ledger = Ledger(needs, forgets=True)
    held = Held(needs=needs, ledger=ledger, until=until, first=first, as_of=instant(as_of_us), kept=until)
    learn_series(connection, held, series_until)
    is_same = held.series_until == series_until and np.array_equal(
        arrays["witness"], _witness(connection, held)
    )
    is_same &= all(np.array_equal(arrays[name], getattr(held, name)) for name in _ARRAYS[:2])
    if not is_same or not ledger.put_back(_named(arrays, _LEDGER)):
        return None
    held.since_day, held.future = arrays["since_day"], _named(arrays, _FUTURE) or None
    return held


def _named(arrays: dict[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): one for name, one in arrays.items() if name.startswith(prefix)}


def _mark(connection: Connection, needs: Sequence[Need]) -> str:
    """Name the store and all that rules want of it."""
    asked = (tuple(repr(getattr(need, one.name)) for one in fields(need)) for need in needs)
    return repr((connection.engine.url.render_as_string(), *asked))


def _witness(connection: Connection, held: Held) -> NDArray[np.uint8]:
    """A digest of what the series are and of some rows: another store, or one that was put back, has others."""
    last = held.until
    asked = {*range(max(held.first, last - WITNESSES), last + 1)}
    asked |= set(np.linspace(held.first, last, WITNESSES).astype(np.int64).tolist())
    digest = blake2b(repr(held.ledger.roster.keys).encode("utf-8", "surrogatepass"), digest_size=32)
    digest.update(repr(some_rows(connection, asked)).encode())
    return np.frombuffer(digest.digest(), dtype=np.uint8)
