"""Figures of a replay as arrays, a day of them at a time: however many, each costs a few bytes and no object."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Observation
from warning.core.series.columns import MICROSECOND, instant, microseconds
from warning.core.series.figure_batch import PeriodTexts, packed_ids
from warning.core.series.roster import Roster

Record = TypeVar("Record")
Figures = Mapping[str, NDArray[Any]]
DAY_US = timedelta(days=1) // MICROSECOND
# Beyond so many the figures wait for their day in files.
RUN_LENGTH = 100_000


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


@dataclass(slots=True)
class _Lists:
    codes: list[int] = field(default_factory=list)
    periods: list[int] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)
    known_us: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def packed(self) -> Figures:
        return {
            "codes": np.array(self.codes, dtype=np.int32),
            "periods": np.array(self.periods, dtype=np.int32),
            "values": np.array(self.values, dtype=np.float64),  # None becomes NaN
            "known_us": np.array(self.known_us, dtype=np.int64),
            "ids": packed_ids(self.ids),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Figures by day: those of day `days[i]` stand from `begins[i]` to `begins[i + 1]`."""

    figures: Figures
    days: NDArray[np.int64]
    begins: NDArray[np.int64]

    def of(self, day: int) -> Figures | None:
        at = int(np.searchsorted(self.days, day))
        if at == len(self.days) or self.days[at] != day:
            return None
        stretch = slice(int(self.begins[at]), int(self.begins[at + 1]))
        return {name: np.asarray(column[stretch]) for name, column in self.figures.items()}


class FigureDays:
    """Takes figures out of a stream of records; figures of the sources in `apart` stay in it, as objects."""

    def __init__(self, apart: Container[str] = (), *, run_length: int = RUN_LENGTH) -> None:
        self._apart = apart
        self._run_length = run_length
        self._roster, self._texts = Roster(), PeriodTexts()
        self._runs: list[_Run] = []
        self._directory: TemporaryDirectory[str] | None = None

    def without(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the other records; what was taken is complete once the last of them was read."""
        lists, apart, code, number = _Lists(), self._apart, self._roster.code, self._texts.number
        held, known_us = None, 0
        for record in records:
            if not isinstance(record, Observation) or record.source_id in apart:
                yield record
                continue
            if record.known_at is not held:
                held, known_us = record.known_at, microseconds(record.known_at)
            lists.codes.append(code(record))
            lists.periods.append(number(record.period))
            lists.values.append(record.value)
            lists.known_us.append(known_us)
            lists.ids.append(record.id)
            if len(lists.ids) == self._run_length:
                self._keep(lists, in_file=True)
                lists = _Lists()
        self._keep(lists, in_file=False)

    def _keep(self, lists: _Lists, *, in_file: bool) -> None:
        figures = lists.packed()
        if not lists.ids:
            return
        days = -(-figures["known_us"] // DAY_US)
        order = np.argsort(days, kind="stable")
        found, begins = np.unique(days[order], return_index=True)
        figures = {name: column[order] for name, column in figures.items()}
        self._runs.append(
            _Run(
                figures=self._in_file(figures) if in_file else figures,
                days=found,
                begins=np.append(begins, len(order)),
            )
        )

    def _in_file(self, figures: Figures) -> Figures:
        if self._directory is None:
            self._directory = TemporaryDirectory(prefix="warning-")
        stem = Path(self._directory.name) / str(len(self._runs))
        found = {}
        for name, column in figures.items():
            path = stem.with_suffix(f".{name}.npy")
            np.save(path, column)
            found[name] = np.load(path, mmap_mode="r")
        return found

    def days(self) -> Iterator[FigureDay]:
        """Yield the days in order. The files are gone when the last was asked for."""
        try:
            for day in sorted({day for run in self._runs for day in run.days.tolist()}):
                yield self._day([part for run in self._runs if (part := run.of(day)) is not None])
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
