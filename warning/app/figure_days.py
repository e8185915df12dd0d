"""Figures of a replay as arrays, a day of them at a time: however many, each costs a few bytes and no object."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from warning.collect.history_figures import DAY_US, SegmentFigures
from warning.core.evidence import Observation
from warning.core.series.columns import instant, microseconds
from warning.core.series.figure_batch import PeriodTexts, packed_ids
from warning.core.series.held_ids import names_of
from warning.core.series.roster import Key, Roster

Record = TypeVar("Record")


class Known(Protocol):
    @property
    def known_at(self) -> datetime: ...


Timed = TypeVar("Timed", bound=Known)
Figures = Mapping[str, NDArray[Any]]
_APART = -1
# Beyond so many the figures wait for their day in files.
RUN_LENGTH = 100_000
# So many records are put side by side at a time: their objects are still near then, and gone after.
AT_A_TIME = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureDay:
    """Figures that became known after one midnight (UTC) and not after the next, from `known_at` to `last_known_at`.

    `figures` are `codes` of the roster, `periods` of the texts, `values`, `known_us` and `ids`.
    """

    known_at: datetime
    last_known_at: datetime
    figures: Figures
    roster: Roster
    texts: PeriodTexts
    id: str = ""

    @property
    def count(self) -> int:
        return len(self.figures["codes"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Figures by day: those of day `days[i]` are what `read` gives from `begins[i]` to `begins[i + 1]`."""

    read: Callable[[int, int], Figures]
    days: NDArray[np.int64]
    begins: NDArray[np.int64]

    def of(self, day: int) -> Figures | None:
        at = int(np.searchsorted(self.days, day))
        if at == len(self.days) or self.days[at] != day:
            return None
        return self.read(int(self.begins[at]), int(self.begins[at + 1]))


@dataclass(frozen=True, slots=True)
class _File:
    """A column in a file. What was read of it is gone with the day: a mapped file would stay, and count as memory."""

    path: Path
    kind: np.dtype[Any]

    def read(self, begin: int, end: int) -> NDArray[Any]:
        size = self.kind.itemsize
        return np.fromfile(self.path, dtype=self.kind, count=end - begin, offset=begin * size)


class _Numbered:
    """The numbers here of what the rows of an index name; most segments name the same series, and share them."""

    def __init__(self, roster: Roster, texts: PeriodTexts, apart: Collection[str]) -> None:
        self._roster, self._texts, self._apart = roster, texts, apart
        self._last: tuple[tuple[Key, ...], NDArray[np.int32]] | None = None

    def codes(self, series: tuple[Key, ...]) -> NDArray[np.int32]:
        """The numbers of series, _APART for those that are not taken."""
        if self._last is None or self._last[0] is not series:
            codes = [_APART if key[0] in self._apart else self._roster.code_of(key) for key in series]
            self._last = series, np.array(codes, dtype=np.int32)
        return self._last[1]

    def periods(self, texts: Iterable[str]) -> NDArray[np.int32]:
        return np.array(self._texts.numbers(texts), dtype=np.int32)


class _Indexed:
    """The rows of a segment as figures. What they name is read with the first of them, once."""

    def __init__(self, segment: SegmentFigures, numbered: _Numbered) -> None:
        self._segment, self._numbered = segment, numbered
        self._known: tuple[NDArray[np.int32], NDArray[np.int32]] | None = None

    def read(self, begin: int, end: int) -> Figures:
        if self._known is None:
            names = self._segment.names
            self._known = self._numbered.codes(names.series), self._numbered.periods(names.periods)
        codes, periods = self._known
        rows = self._segment.rows(begin, end)
        if (codes == _APART).any():
            rows = rows[codes[rows["codes"]] != _APART]
        return {
            "codes": codes[rows["codes"]],
            "periods": periods[rows["periods"]],
            "values": rows["values"],
            "known_us": rows["known_us"],
            "ids": names_of(rows["ids"]),
        }


class FigureDays:
    """Takes figures out of a stream of records; figures of the sources in `apart` stay in it, as objects."""

    def __init__(self, apart: Collection[str] = (), *, run_length: int = RUN_LENGTH) -> None:
        self._apart = apart
        self._run_length = run_length
        self._roster, self._texts = Roster(), PeriodTexts()
        self._runs: list[_Run] = []
        self._directory: TemporaryDirectory[str] | None = None

    def without(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the other records; what was taken is complete once the last of them was read."""
        apart = self._apart
        parts: list[Figures] = []
        stream, most = iter(records), min(AT_A_TIME, self._run_length)
        while together := list(islice(stream, most)):
            points = [one for one in together if isinstance(one, Observation) and one.source_id not in apart]
            if points:
                parts.append(self._packed(points))
            if len(points) < len(together):
                yield from (
                    one for one in together if not isinstance(one, Observation) or one.source_id in apart
                )
            if sum(len(part["ids"]) for part in parts) >= self._run_length:
                self._keep(parts, in_file=True)
                parts = []
        self._keep(parts, in_file=False)

    def indexed(self, segments: Iterable[SegmentFigures]) -> Iterator[Observation]:
        """Take figures that stand in an index already; yield those of the sources in `apart`, as objects."""
        numbered = _Numbered(self._roster, self._texts, self._apart)
        for segment in segments:
            yield from segment.observations(self._apart)
            read = _Indexed(segment, numbered).read
            self._runs.append(_Run(read=read, days=segment.days, begins=segment.begins))

    def by_day(self, records: Iterable[Timed]) -> Iterator["Timed | FigureDay"]:
        """Yield records that come in order, the figures of each day together as its first of them became known."""
        for _, some in groupby(records, key=_day_us):
            day = list(some)
            points = [one for one in day if isinstance(one, Observation) and one.source_id not in self._apart]
            if not points:
                yield from day
                continue
            taken = set(map(id, points))
            figures = self._day([self._packed(points)])
            rest = [one for one in day if id(one) not in taken]
            before = [one for one in rest if one.known_at < figures.known_at]
            yield from before
            yield figures
            yield from rest[len(before) :]

    def _packed(self, points: Sequence[Observation]) -> Figures:
        return {
            "codes": np.array(self._roster.codes(points), dtype=np.int32),
            "periods": np.array(self._texts.numbers([point.period for point in points]), dtype=np.int32),
            "values": np.array([point.value for point in points], dtype=np.float64),  # None becomes NaN
            "known_us": np.fromiter(_instants(points), dtype=np.int64, count=len(points)),
            "ids": packed_ids([point.id for point in points]),
        }

    def _keep(self, parts: Sequence[Figures], *, in_file: bool) -> None:
        if not parts:
            return
        figures = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        days = -(-figures["known_us"] // DAY_US)
        order = np.argsort(days, kind="stable")
        found, begins = np.unique(days[order], return_index=True)
        figures = {name: column[order] for name, column in figures.items()}
        read = self._in_file(figures) if in_file else partial(_part, figures)
        self._runs.append(_Run(read=read, days=found, begins=np.append(begins, len(order))))

    def _in_file(self, figures: Figures) -> Callable[[int, int], Figures]:
        if self._directory is None:
            self._directory = TemporaryDirectory(prefix="warning-")
        stem = Path(self._directory.name) / str(len(self._runs))
        found = {}
        for name, column in figures.items():
            found[name] = _File(stem.with_suffix(f".{name}"), column.dtype)
            column.tofile(found[name].path)
        return partial(_read, found)

    def days(self) -> Iterator[FigureDay]:
        """Yield the days in order. The files are gone when the last was asked for."""
        try:
            for day in sorted({day for run in self._runs for day in run.days.tolist()}):
                parts = [
                    part for run in self._runs if (part := run.of(day)) is not None and len(part["codes"])
                ]
                if parts:  # else all of them are of sources apart
                    yield self._day(parts)
        finally:
            self._runs = []
            if self._directory is not None:
                self._directory.cleanup()

    def _day(self, parts: list[Figures]) -> FigureDay:
        figures = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        first, last = int(figures["known_us"].min()), int(figures["known_us"].max())
        return FigureDay(
            known_at=instant(first),
            last_known_at=instant(last),
            figures=figures,
            roster=self._roster,
            texts=self._texts,
        )


def _part(figures: Figures, begin: int, end: int) -> Figures:
    return {name: column[begin:end] for name, column in figures.items()}


def _read(files: Mapping[str, _File], begin: int, end: int) -> Figures:
    return {name: column.read(begin, end) for name, column in files.items()}


def _day_us(record: Known) -> int:
    """The midnight (UTC) that ends the day in which it became known."""
    return -(-microseconds(record.known_at) // DAY_US)


def _instants(points: Iterable[Observation]) -> Iterator[int]:
    """Yield when each figure became known, in microseconds since 1970; neighbours mostly share the instant."""
    held, known_us = None, 0
    for point in points:
        if point.known_at is not held:
            held, known_us = point.known_at, microseconds(point.known_at)
        yield known_us
