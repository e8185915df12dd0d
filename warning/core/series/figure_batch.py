"""Figures side by side as they come to a ledger: as lists that grow, or as arrays."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warning.core.series.columns import end_and_shape

Ints = NDArray[np.int64]
Figures = Mapping[str, NDArray[Any]]


class PeriodTexts:
    """Numbers the texts of periods, so that each is read once and stands in memory once."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers = _Numbers(self.texts)
        self._ended: list[tuple[int, int]] = []
        self._table = np.empty((0, 2), dtype=np.int32)

    def number(self, text: str) -> int:
        """Return the number of a period's text. ValueError when it is no period."""
        return self._numbers[text]

    def numbers(self, texts: Iterable[str]) -> list[int]:
        """Return the numbers of many."""
        return list(map(self._numbers.__getitem__, texts))

    def read(self, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Return `periods` (numbers), `ends` (the day after each as days since 1970) and `shapes` (kinds)."""
        at = np.fromiter(map(self._numbers.__getitem__, texts), dtype=np.int32, count=len(texts))
        if len(self._table) < len(self.texts):
            new = [end_and_shape(text) for text in self.texts[len(self._table) :]]
            self._table = np.concatenate((self._table, np.array(new, dtype=np.int32).reshape(-1, 2)))
        ended = self._table[at]
        return {"periods": at, "ends": ended[:, 0], "shapes": ended[:, 1].astype(np.int8)}

    def ends(self, numbers: NDArray[Any]) -> NDArray[np.int32]:
        """Return the day after each period, by number, as days since 1970."""
        ends: NDArray[np.int32] = self._table[numbers, 0]
        return ends

    def shapes(self, numbers: NDArray[Any]) -> NDArray[np.int8]:
        """Return the kind of each period, by number."""
        shapes: NDArray[np.int8] = self._table[numbers, 1].astype(np.int8)
        return shapes


class _Numbers(dict[str, int]):
    def __init__(self, texts: list[str]) -> None:
        self._texts = texts

    def __missing__(self, text: str) -> int:
        end_and_shape(text)  # what is no period takes no number
        self[text] = len(self)
        self._texts.append(text)
        return self[text]


@dataclass(slots=True)
class Batch:
    """Figures as lists side by side; `add` takes one of a line that is kept."""

    lines: list[int] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    periods: list[str] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)
    known_us: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def add(self, line: int, code: int, period: str, value: float | None, known_us: int, id_: str) -> None:
        self.lines.append(line)
        self.codes.append(code)
        self.periods.append(period)
        self.values.append(value)
        self.known_us.append(known_us)
        self.ids.append(id_)

    def packed(self, texts: PeriodTexts) -> "Packed":
        return Packed(
            {
                "lines": np.array(self.lines, dtype=np.int64),
                "codes": np.array(self.codes, dtype=np.int32),
                "values": np.array(self.values, dtype=np.float64),  # None becomes NaN
                "known_us": np.array(self.known_us, dtype=np.int64),
                "ids": packed_ids(self.ids),
                **texts.read(self.periods),
            }
        )


@dataclass(frozen=True, slots=True)
class Packed:
    """Figures as arrays side by side: `lines`, `codes`, `values`, `known_us`, `ids`, `periods`, `ends`, `shapes`."""

    figures: Figures

    def __len__(self) -> int:
        return len(self.figures["lines"])

    def where(self, chosen: NDArray[Any]) -> "Packed":
        return Packed(where(self.figures, chosen))


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where figures stand: those that a later vintage displaced, or that are not held, are left out."""

    lines: Ints
    places: Ints
    ends: Ints


def packed_ids(ids: Sequence[str]) -> NDArray[np.bytes_]:
    """Return ids as UTF-8, whose order is that of the texts."""
    if not len(ids):
        return np.empty(0, dtype="S1")
    width = len(ids[0])
    together = "".join(ids)
    if together.isascii() and set(map(len, ids)) == {width} and width:
        return np.frombuffer(together.encode(), dtype=f"S{width}")
    try:
        return np.array(ids, dtype=np.bytes_)
    except UnicodeEncodeError:
        return np.array([one.encode() for one in ids], dtype=np.bytes_)


def in_order(
    figures: Figures, label_ranks: Callable[[Ints], Ints]
) -> tuple[dict[str, NDArray[Any]], NDArray[np.bool_]]:
    """Sort figures by line, period and vintage, and say which vintage is the last.

    Of those known at once the id tells, and then what they say of their series: `label_ranks` orders that by `codes`.
    """
    lines, ends, shapes, known = (figures[name] for name in ("lines", "ends", "shapes", "known_us"))
    if np.bincount(lines).max(initial=0) < 2:  # a line has but one figure, as on most days
        return where(figures, np.argsort(lines)), np.ones(len(lines), dtype=np.bool_)
    order = np.lexsort((known, shapes, ends, lines))
    same = np.ones(len(order) - 1, dtype=np.bool_)
    for column in (lines, ends, shapes):
        same &= column[order][1:] == column[order][:-1]
    if (same & (known[order][1:] == known[order][:-1])).any():
        order = np.lexsort((label_ranks(figures["codes"]), figures["ids"], known, shapes, ends, lines))
    return where(figures, order), np.append(~same, True)


def alike(figures: Figures, others: Figures) -> NDArray[np.bool_]:
    """Say which figures have the description and the value of their counterparts; a suppressed one is NaN."""
    values, known = figures["values"], others["values"]
    same: NDArray[np.bool_] = (values == known) | (np.isnan(values) & np.isnan(known))
    same &= figures["codes"] == others["codes"]
    return same


def where(figures: Figures, chosen: NDArray[Any]) -> dict[str, NDArray[Any]]:
    return {name: column[chosen] for name, column in figures.items()}
