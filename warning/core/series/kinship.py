"""Which series an assessment wants beside those with a new figure, and how far back each of them goes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from warning.core.rulebook import Need, correction_days
from warning.core.series.combining import companions
from warning.core.series.roster import Described, table_of

Ints = NDArray[np.int64]
FAR = np.iinfo(np.int64).max


def may_look_at(need: Need, series: Described) -> bool:
    """Whether a rule may want this series. Materials are left to the rule: their families are its to know."""
    select = need.select
    pairs: tuple[tuple[Sequence[str], str], ...] = (
        (select.measures, series.measure),
        (select.reporters, series.reporter),
        (select.partners, series.partner),
        (select.frequencies, series.frequency),
        (select.sources, series.source_id),
        (select.series, series.series_id),
    )
    if any(wanted and found not in wanted for wanted, found in pairs):
        return False
    return not select.hs_codes or (series.hs_code or "").startswith(tuple(select.hs_codes))


class Looks:
    """Which of the needs may look at a series. Series that differ in nothing a need asks about are asked once."""

    def __init__(self, needs: Sequence[Need]) -> None:
        self._needs = needs
        self._named = any(need.select.series for need in needs)
        self._read_beside = frozenset().union(*(need.others for need in needs))
        self._late_days = correction_days(needs)
        late_days = (need.late_days for need in needs)
        self._longest = max((*late_days, *self._late_days.values()), default=0)
        self._known: dict[tuple[str | None, ...], tuple[int, ...]] = {}
        tables = _of_tables(needs)
        self._tables = Looks(tables) if tables else None

    def at(self, series: Described) -> tuple[int, ...]:
        """Return the numbers of the needs."""
        key = (
            series.measure, series.reporter, series.partner, series.frequency, series.source_id, series.hs_code,
            series.series_id if self._named else None,
        )  # fmt: skip
        found = self._known.get(key)
        if found is None:
            found = tuple(i for i, need in enumerate(self._needs) if may_look_at(need, series))
            self._known[key] = found
        return found

    def days(self, series: Described) -> int:
        """Return how many days of history any rule wants of this series; 0 when none looks at it."""
        own = max((self._needs[i].days for i in self.at(series)), default=0)
        return max(own, self._tables.days(series)) if own and self._tables else own

    def late_days(self, series: Described) -> int:
        """Return how many days after its period a figure that reads this series may still be news, or correct what was told.

        It is of the same table, material or code and so of the same frequency; single series are read with any.
        """
        if series.series_id in self._read_beside:
            return self._longest
        return self._late_days.get(series.frequency, 0)


def days_of(needs: Sequence[Need], series: Described) -> int:
    """Return how many days of history any rule wants of this series; 0 when none looks at it."""
    own = max((need.days for need in needs if may_look_at(need, series)), default=0)
    return (
        max((need.days for need in _of_tables(needs) if may_look_at(need, series)), default=own) if own else 0
    )


def _of_tables(needs: Sequence[Need]) -> tuple[Need, ...]:
    """The needs of rules that read absent rows: whether a row is absent is seen from all rows of its table, as far back."""
    every: dict[str, tuple[str, ...]] = {"partners": (), "series": ()}
    return tuple(
        replace(need, select=need.select.model_copy(update=every), whole_tables=False)
        for need in needs
        if need.whole_tables
    )


class Kinship:
    """Groups of series that come together. A line is a series' number; a group is a table, a material, a code.

    A new figure in a line that gives to a group brings every line that takes from it, back to that figure.
    """

    def __init__(self, needs: Sequence[Need]) -> None:
        self._needs = needs
        self._whole_tables = any(need.whole_tables for need in needs)
        self._combining = {number for number, need in enumerate(needs) if need.companions}
        self.looks = Looks(needs)
        self._groups: dict[object, int] = {}
        self._gives: dict[tuple[int, int], None] = {}
        self._takes: dict[tuple[int, int], None] = {}
        self._pairs: tuple[Ints, Ints] | None = None

    def add(self, line: int, series: Described) -> None:
        """Place a line, or what another description of its series adds to it."""
        for name in self._shared(series):
            group = self._groups.setdefault(name, len(self._groups))
            self._gives[line, group] = self._takes[line, group] = None
        looking = self.looks.at(series)
        for number, need in enumerate(self._needs):
            if not need.others:
                continue
            group = self._groups.setdefault(number, len(self._groups))
            if number in looking:
                self._gives[line, group] = None
            if series.series_id in need.others:
                self._takes[line, group] = None
        self._pairs = None

    def _shared(self, series: Described) -> Iterator[object]:
        if self._whole_tables:
            yield table_of(series)
        if not self._combining.isdisjoint(self.looks.at(series)):
            yield from companions(series)

    def wanted(self, lines: Ints, ends: Ints, count: int) -> tuple[Ints, Ints]:
        """Return the lines to look at, in order of number, and the oldest end each answers to.

        `lines` have a new figure that ended at `ends`; `count` is the number of lines there are.
        """
        oldest = np.full(count, FAR)
        np.minimum.at(oldest, lines, ends)
        if self._gives:
            gives, takes = self._pairs or self._packed()
            low = np.full(len(self._groups), FAR)
            np.minimum.at(low, gives[:, 1], oldest[gives[:, 0]])
            np.minimum.at(oldest, takes[:, 0], low[takes[:, 1]])
        found = np.flatnonzero(oldest != FAR)
        return found, oldest[found]

    def _packed(self) -> tuple[Ints, Ints]:
        self._pairs = (
            np.array(list(self._gives), dtype=np.int64).reshape(-1, 2),
            np.array(list(self._takes), dtype=np.int64).reshape(-1, 2),
        )
        return self._pairs
