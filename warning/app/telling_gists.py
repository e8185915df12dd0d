"""Which remembered tellings can matter to new ones, seen without their words: by time, numbers and prints, as arrays.

A headline of common words is near to thousands told in three years. Nearly all of them are too old for its story, and give
other numbers than a text told again would: those need not be read.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from warning.core.identity import ONE_DOCUMENT
from warning.core.ids import key64
from warning.core.series.columns import MICROSECOND, microseconds
from warning.core.stories import REMEMBERED, STORY_SPAN, Telling

Numbers = NDArray[np.int64]
Rows = NDArray[np.void]
_GIST = np.dtype(
    [
        ("known_us", "i8"), ("begun_us", "i8"), ("numbers", "i8"), ("headline", "i8"),
        ("all", "u4"), ("undated", "u4"), ("printed", "?"), ("may_repeat", "?"),
    ]
)  # fmt: skip

# Headlines of texts with a print stand under other keys than those without.
_PRINTED = 0x5851_F42D_4C95_7F2D


def gists_of(tellings: Sequence[Telling]) -> Rows:
    """Return one row a telling; `may_repeat` where the press may tell an old text again in it."""
    return np.array([_gist(one) for one in tellings], dtype=_GIST)


def _gist(one: Telling) -> tuple[int, int, int, int, int, int, bool, bool]:
    _, every, undated = one.text_print.split(" ") if one.text_print else ("", "0", "0")
    may_repeat = one.is_news and one.interrupts and not one.official
    return (
        microseconds(one.known_at), microseconds(one.begun_at), key64(*one.numbers), key64(one.headline),
        int(every, 16), int(undated, 16), bool(one.text_print), may_repeat,
    )  # fmt: skip


class Gists:
    """Rows by the number of their telling, from 0. The first are let go."""

    def __init__(self) -> None:
        self._rows = np.zeros(1_024, dtype=_GIST)
        self._first = self._count = self._least = 0

    def add(self, rows: Rows) -> None:
        if self._count + len(rows) > len(self._rows):
            kept = self._rows[: self._count]
            self._rows = np.zeros(2 * (len(kept) + len(rows)), dtype=_GIST)
            self._rows[: len(kept)] = kept
        self._rows[self._count : self._count + len(rows)] = rows
        self._count += len(rows)

    def let_go(self, least: int) -> None:
        """Forget those with a lesser number, once there are as many of them as of the others."""
        self._least = least
        gone = least - self._first
        if 2 * gone > self._count:
            self._rows = self._rows[gone : self._count].copy()
            self._first, self._count = least, self._count - gone

    def latest_begun_us(self, first: int, end: int) -> int:
        """When the latest story of those with these numbers began, in microseconds since 1970; long ago where there are none."""
        begun = self._rows["begun_us"][first - self._first : end - self._first]
        return int(begun.max(initial=np.iinfo(np.int64).min))

    def about(self, one: np.void, end: int) -> Numbers:
        """The numbers, before an end, of those that are near in time to a new one and give the same numbers."""
        old = self._rows[self._least - self._first : max(end - self._first, 0)]
        found: Numbers = np.flatnonzero(_is_near(one, old) & (one["numbers"] == old["numbers"])) + self._least
        return found

    def matter(self, new: Rows, places: Numbers, numbers: Numbers) -> NDArray[np.bool_]:
        """Mark the pairs of a place in `new` and a number in which the old one can matter to the new one.

        It may be of one story with it (`story_told`), or be told again by it (`first_told`): all others are neither.
        """
        mine, old = new[places], self._rows[numbers - self._first]
        age = mine["known_us"] - old["known_us"]
        is_old = (age > ONE_DOCUMENT // MICROSECOND) & (age <= REMEMBERED // MICROSECOND)
        same_print = (mine["all"] == old["all"]) | (mine["undated"] == old["undated"])
        same_head = mine["headline"] == old["headline"]
        is_again = np.where(mine["printed"] & old["printed"], same_print, same_head)
        matter = _is_near(mine, old) | (is_old & is_again & mine["may_repeat"])
        found: NDArray[np.bool_] = matter & (mine["numbers"] == old["numbers"])
        return found


def _is_near(mine: Rows | np.void, old: Rows) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.abs(mine["known_us"] - old["begun_us"]) <= STORY_SPAN // MICROSECOND
    return found


def asked_again(new: Rows) -> tuple[Numbers, Numbers]:
    """Return (place, key) of what an old telling has to share with new ones to be told again by them: print or headline."""
    printed, may = new["printed"], new["may_repeat"]
    return _together(
        (may & printed, _print_keys(new, "all")),
        (may & printed, _print_keys(new, "undated")),
        (may, _head_keys(new, printed=False)),
        (may & ~printed, _head_keys(new, printed=True)),
    )


def told_before(old: Rows) -> tuple[Numbers, Numbers]:
    """Return (place, key) of what tellings are found by once they are old: a later one tells them again in that print or headline."""
    printed = old["printed"]
    return _together(
        (printed, _print_keys(old, "all")),
        (printed, _print_keys(old, "undated")),
        (~printed, _head_keys(old, printed=False)),
        (printed, _head_keys(old, printed=True)),
    )


def _together(*sorts: tuple[NDArray[np.bool_], Numbers]) -> tuple[Numbers, Numbers]:
    places = [np.flatnonzero(marks) for marks, _ in sorts]
    keys = [keys[some] for some, (_, keys) in zip(places, sorts, strict=True)]
    return np.concatenate(places), np.concatenate(keys)


def _print_keys(rows: Rows, name: str) -> Numbers:
    sort = 1 if name == "all" else 2
    keys: Numbers = rows[name].astype(np.int64) | sort << 32
    return keys


def _head_keys(rows: Rows, *, printed: bool) -> Numbers:
    """Where both have a print the headline says nothing: those with one stand apart."""
    keys: Numbers = rows["headline"] ^ (_PRINTED if printed else 0)
    return keys
