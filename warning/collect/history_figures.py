"""Figures of a history index: the rows of a segment by day in one file, and beside it what they are figures of.

A row takes 32 bytes and no object is made of it. What a figure says of its series, and the text of its period, stand once
a segment.
"""

import json
from array import array
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from struct import Struct
from typing import NamedTuple, TypeVar

import numpy as np
import zstandard
from numpy.typing import NDArray

from warning.core.evidence import Observation, observation_id
from warning.core.series.columns import MICROSECOND, instant, microseconds
from warning.core.series.roster import KEY_OF, Key, described

ROWS, DAYS, BEGINS = "figures", "figure_days.npy", "figure_begins.npy"
SERIES, PERIODS = "figure_series.zst", "figure_periods.json"
ROW = np.dtype([("codes", "<i4"), ("periods", "<i4"), ("values", "<f8"), ("known_us", "<i8"), ("ids", "<u8")])
DAY_US = timedelta(days=1) // MICROSECOND
Name = TypeVar("Name", str, Key)
_PACKED = Struct("<iidqQ")


class Names(NamedTuple):
    """What figures say of their series, each once, and the texts of periods."""

    series: tuple[Key, ...]
    periods: tuple[str, ...]


class FigureRows:
    """The figures of a segment to be, taken one by one."""

    def __init__(self) -> None:
        self._codes: dict[Key, int] = {}
        self._periods: dict[str, int] = {}
        self._rows = array("B")

    def __len__(self) -> int:
        return len(self._rows) // ROW.itemsize

    def add(self, point: Observation) -> None:
        """Take a figure, under the identity that the store knows it by."""
        identity = observation_id(point.source_id, point.series_id, point.period, point.value)
        row = (
            self._codes.setdefault(KEY_OF(point), len(self._codes)),
            self._periods.setdefault(point.period, len(self._periods)),
            np.nan if point.value is None else point.value,
            microseconds(point.known_at),
            int(identity.removeprefix("o-"), 16),
        )
        self._rows.frombytes(_PACKED.pack(*row))

    def write(self, directory: Path) -> None:
        """Write them, if there are any, as `SegmentFigures` reads them."""
        if len(self):
            table = np.frombuffer(self._rows, dtype=ROW).copy()
            series = _renumbered(table, "codes", self._codes, json.dumps)
            periods = _renumbered(table, "periods", self._periods, str)
            write_rows(directory, table, Names(tuple(series), tuple(periods)))


def _renumbered(
    table: NDArray[np.void], column: str, numbers: Mapping[Name, int], order: Callable[[Name], str]
) -> list[Name]:
    """Number the names of a column in an order of their own: neighbours that name the same then do so alike."""
    names = sorted(numbers, key=order)
    new = np.empty(len(names), dtype=np.int32)
    new[[numbers[name] for name in names]] = np.arange(len(names))
    table[column] = new[table[column]]
    return names


def write_rows(directory: Path, table: NDArray[np.void], names: Names) -> None:
    """Write rows whose codes and periods are places in `names`."""
    ends = -(-table["known_us"] // DAY_US)
    order = np.argsort(ends, kind="stable")
    days, begins = np.unique(ends[order], return_index=True)
    table[order].tofile(directory / ROWS)
    np.save(directory / DAYS, days)
    np.save(directory / BEGINS, np.append(begins, len(order)))
    sources = sorted({key[0] for key in names.series})
    (directory / SERIES).write_bytes(zstandard.compress(json.dumps(names.series).encode(), 1))
    (directory / PERIODS).write_text(json.dumps([sources, names.periods]))


class SegmentFigures:
    """The figures of one segment. `days` are the midnights (UTC) that end the days in which they became known.

    Those of `days[i]` are the rows from `begins[i]` to `begins[i + 1]`.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.days: NDArray[np.int64] = np.load(directory / DAYS)
        self.begins: NDArray[np.int64] = np.load(directory / BEGINS)

    @property
    def names(self) -> Names:
        """What the codes and the periods of rows stand for. Neighbours with the same series share one list of them."""
        return Names(_read_series((self._directory / SERIES).read_bytes()), self._sources_and_periods()[1])

    def _sources_and_periods(self) -> tuple[frozenset[str], tuple[str, ...]]:
        sources, periods = json.loads((self._directory / PERIODS).read_text())
        return frozenset(sources), tuple(periods)

    def rows(self, begin: int, end: int) -> NDArray[np.void]:
        """Return some rows. They are read, not mapped: a mapped file would stay, and count as memory."""
        found: NDArray[np.void] = np.fromfile(
            self._directory / ROWS, dtype=ROW, count=end - begin, offset=begin * ROW.itemsize
        )
        return found

    def observations(self, source_ids: Collection[str] | None = None) -> Iterator[Observation]:
        """Yield the figures, or those of some sources, as objects."""
        if source_ids is not None and self._sources_and_periods()[0].isdisjoint(source_ids):
            return
        names = self.names
        wanted = [source_ids is None or key[0] in source_ids for key in names.series]
        rows = self.rows(0, int(self.begins[-1]))
        for row in rows[np.array(wanted, dtype=np.bool_)[rows["codes"]]]:
            value = float(row["values"])
            yield replace(
                described(names.series[row["codes"]]),
                id=f"o-{int(row['ids']):016x}",
                period=names.periods[row["periods"]],
                value=None if np.isnan(value) else value,
                known_at=instant(int(row["known_us"])),
            )


def figures_in(directory: Path) -> SegmentFigures | None:
    """Return the figures of a segment, None where it has none."""
    return SegmentFigures(directory) if (directory / ROWS).exists() else None


@lru_cache(maxsize=2)
def _read_series(content: bytes) -> tuple[Key, ...]:
    return tuple(map(tuple, json.loads(zstandard.decompress(content))))
