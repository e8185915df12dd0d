"""Figures of which something was told, where a figure came anew on which that rests: they are judged once more.

That is the figure itself in another vintage, or one of its series before it, against which it was held. What was told is
found by series, so that no step of a revision is missed, however many came together and in whatever order.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Observation
from warning.core.rulebook import history_days
from warning.core.rules import SeriesRule
from warning.core.series.columns import MICROSECONDS_A_DAY, Columns, Ints, end_and_shape, microseconds
from warning.core.series.figures import factor_beside
from warning.core.signals import Signal, is_withdrawal

Moved = tuple[Observation, Observation]
"""A figure as it was before, and as it came anew."""
FAR = 1_000
"""So many figures before one are looked at for what is hidden: more than any rule reads of months, and of most days."""
INCREDIBLE = 100.0
"""So many times the usual figure of its series before, and nobody takes a revision for more than a slip of unit or pen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """A figure as it stands, and what was told of it, oldest first.

    `is_fresh`: it came anew itself; else `moved` did, and nothing but what was told is corrected. `is_late`: that came too
    late to be news. `fills` are the figures before it that were hidden since, three times over: as low, as
    usual and as high as the others are.
    """

    point: Observation
    told: tuple[Signal, ...]
    is_fresh: bool
    is_late: bool
    moved: tuple[Moved, ...] = ()
    fills: tuple[tuple[Observation, ...], ...] = ()
    is_incredible: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """By frequency, in days after the period: from when on a figure corrects alone what was told, and until when it may."""

    late: Ints
    last: Ints


def rechecks(
    columns: Columns, told: Mapping[str, Sequence[Signal]], earlier: Sequence[Observation], ages: Ages
) -> Mapping[int, Recheck]:
    """Return the figures to be judged once more by their places. `told` is by series, `earlier` what fresh figures replaced."""
    revised = defaultdict[str, dict[str, Observation]](dict)
    for one in earlier:
        if one.series_id in told:
            revised[one.series_id][one.period] = one
    if not revised:
        return {}
    metas = columns.roster.metas
    owners = np.unique(np.searchsorted(columns.offsets, columns.fresh, side="right") - 1)
    named = ((owner, metas[code].series_id) for owner, code in _numbered(owners, columns.codes))
    return {
        at: found
        for owner, series_id in named
        if series_id in revised
        for at, found in _of_series(columns, owner, told[series_id], revised[series_id], ages)
    }


def _numbered(owners: Ints, codes: Ints) -> Iterator[tuple[int, int]]:
    return zip(owners.tolist(), codes[owners].tolist(), strict=True)


def _of_series(
    columns: Columns, owner: int, told: Sequence[Signal], before: Mapping[str, Observation], ages: Ages
) -> Iterator[tuple[int, Recheck]]:
    first, last = int(columns.offsets[owner]), int(columns.offsets[owner + 1])
    places = np.arange(first, last)
    ends, frequency = (
        columns.ends_at(places),
        int(columns.roster.frequencies(columns.codes[owner : owner + 1])[0]),
    )
    came = [
        (was, columns.point(at)) for was in before.values() for at in _at(columns, places, ends, was.period)
    ]
    for period, signals in sorted(_by_period(told).items()):
        for at in _at(columns, places, ends, period):
            point, end = columns.point(at), int(ends[at - first])
            own = [pair for pair in came if pair[1].period == period]
            moved = own or [pair for pair in came if end_and_shape(pair[1].period)[0] < end]
            age = max(
                (microseconds(now.known_at) // MICROSECONDS_A_DAY - end for _, now in moved), default=-1
            )
            if moved and age <= ages.last[frequency]:
                hidden = _Hidden.before(columns, owner, at, signals)
                yield (
                    at,
                    Recheck(
                        point=point,
                        told=signals,
                        is_fresh=bool(own),
                        is_late=age >= ages.late[frequency],
                        moved=tuple(moved),
                        fills=hidden.fills(),
                        is_incredible=bool(own) and hidden.doubts(at),
                    ),
                )


def _at(columns: Columns, places: Ints, ends: Ints, period: str) -> Iterator[int]:
    """Yield where the figure of a period stands, if it does."""
    for at in places[ends == end_and_shape(period)[0]].tolist():
        if columns.point(at).period == period:
            yield at


def _by_period(told: Sequence[Signal]) -> Mapping[str, tuple[Signal, ...]]:
    found = defaultdict[str, list[Signal]](list)
    for signal in sorted(told, key=lambda s: (s.known_at, is_withdrawal(s), s.id)):
        if signal.figure is not None:
            found[signal.figure.period].append(signal)
    return {period: tuple(signals) for period, signals in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hidden:
    """The figures up to one of which something was told, and which of those before it came since and say nothing.

    That is what was suppressed, is in a unit that nothing converts, or is incredible: below nothing, or far beyond what was
    usual when it was told.
    """

    columns: Columns
    meta: Observation
    places: Ints
    values: NDArray[np.float64]
    later: NDArray[np.bool_]

    @classmethod
    def before(cls, columns: Columns, owner: int, at: int, told: Sequence[Signal]) -> "_Hidden":
        places = np.arange(max(int(columns.offsets[owner]), at - FAR), at + 1)
        since = microseconds(min(signal.known_at for signal in told))
        meta = columns.roster.metas[int(columns.codes[owner])]
        later = columns.known_at(places) > since
        return cls(
            columns=columns, meta=meta, places=places, values=_read(columns, places, meta), later=later
        )

    @property
    def _incredible(self) -> NDArray[np.bool_]:
        """Which of them came since and are no evidence, whatever is asked of the others."""
        before = self.values[:-1][~self.later[:-1]]
        usual = before[before > 0]
        most = INCREDIBLE * float(np.median(usual)) if len(usual) else np.inf
        found: NDArray[np.bool_] = self.later & ((self.values < 0) | (self.values > most))
        return (
            found & (self.values[~self.later] >= 0).all()
        )  # where figures below nothing are usual none is odd

    def doubts(self, at: int) -> bool:
        return bool(self._incredible[self.places == at].any())

    def fills(self) -> tuple[tuple[Observation, ...], ...]:
        """Return what is hidden as it may have been: nothing where nothing is, or where all that is known is that."""
        no_evidence = np.isnan(self.values) | self._incredible
        hidden = (self.later & no_evidence)[:-1]
        values = self.values[:-1][~no_evidence[:-1]]
        if not hidden.any() or hidden.all() or not len(values):
            return ()
        known = values / factor_beside(self.meta, self.meta)
        points = [self.columns.point(place) for place in self.places[:-1][hidden].tolist()]
        return tuple(
            tuple(
                replace(self.meta, id=one.id, period=one.period, value=value, known_at=one.known_at)
                for one in points
            )
            for value in (float(known.min()), float(np.median(known)), float(known.max()))
        )


def _read(columns: Columns, places: Ints, meta: Observation) -> NDArray[np.float64]:
    """The figures as they stand beside the last of their series; NaN where nobody can read one."""
    values = columns.values_at(places)
    metas, codes = columns.roster.metas, columns.codes_at(places)
    factors = np.array([factor_beside(metas[code], meta) for code in codes.tolist()])
    with np.errstate(over="ignore"):  # 1e308 tonnes are infinitely many kilograms, which no test holds
        found: NDArray[np.float64] = values * factors
    return found


def nearest(recheck: Recheck, rule: SeriesRule) -> Moved | None:
    """Return which of the figures that moved explains most: one that a verdict of the rule reads; None where none is."""
    frequency = recheck.point.frequency
    days = history_days(rule.raw_reach(frequency), frequency)
    end = end_and_shape(recheck.point.period)[0]
    near = [pair for pair in recheck.moved if end - end_and_shape(pair[1].period)[0] < days]
    return max(near, key=lambda pair: (_move(pair), pair[1].period), default=None)


def _move(pair: Moved) -> float:
    was, now = (0.0 if one.value is None or isnan(one.value) else one.value for one in pair)
    return abs(now - was)
