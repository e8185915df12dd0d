"""The series a rule makes of those it selects: which parts, and what could not be compared."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from warning.core.rules import SeriesRule
from warning.core.series.columns import Ints
from warning.core.series.combined import HS6_DIGITS, Made
from warning.core.series.layout import Layout
from warning.core.series.mirror import have_two_sides as mirror_sides
from warning.core.series.mirror import mirror_gaps
from warning.core.series.shares import concentrations, shares
from warning.core.series.spreads import have_two_sides as spreads_sides
from warning.core.series.spreads import spreads
from warning.core.series.track import Bools, Track
from warning.core.series.windows import Rows
from warning.core.series_combine import Combine, Concentration, MirrorGap, Share, Spread


class Described(Protocol):
    """What a figure or a stored series says of itself."""

    @property
    def material(self) -> str: ...
    @property
    def hs_code(self) -> str | None: ...
    @property
    def frequency(self) -> str: ...


def companions(point: Described) -> tuple[str, ...]:
    """Name what a figure shares with those it may be combined with: its material, and its six-digit code.

    The material counts as the source spells it: a store finds it by an index, and a replay must find the same.
    """
    names = [f"{point.material} {point.frequency}"]
    if point.hs_code:
        names.append(f"{point.hs_code[:HS6_DIGITS]} {point.frequency}")
    return tuple(names)


def make(rule: SeriesRule, laid: Layout, parts: Ints) -> Made:
    """Make the rule's series of the parts that share a material or a code with a fresh one."""
    assert rule.combine is not None
    if not laid.has_fresh[parts].any():
        return Made()
    metas = laid.columns.roster.metas
    names = [companions(metas[code]) for code in laid.codes[parts].tolist()]
    has_fresh = laid.has_fresh[parts].tolist()
    news = {name for new, shared in zip(has_fresh, names, strict=True) if new for name in shared}
    wanted = [i for i, shared in zip(parts.tolist(), names, strict=True) if news.intersection(shared)]
    others = {
        metas[code].series_id: laid[i]
        for i, code in enumerate(laid.codes.tolist() if rule.other_series else ())
        if metas[code].series_id in rule.other_series
    }
    return made_of(rule.combine, [laid[i] for i in wanted], others)


def comparable(combine: Combine, laid: Layout, chosen: Bools) -> Ints:
    """Return the chosen tracks without those that have nothing to be compared with, before any is made."""
    parts = np.flatnonzero(chosen)
    question, asked = combine.model_dump_json(), laid.columns.roster.remembered
    match combine:
        case Spread():
            return parts[asked(question, laid.codes[parts], lambda metas: spreads_sides(combine, metas))]
        case MirrorGap():
            return parts[asked(question, laid.codes[parts], lambda metas: mirror_sides(combine, metas))]
        case Share() | Concentration():
            return parts


def made_of(combine: Combine, tracks: Sequence[Track], others: Mapping[str, Track]) -> Made:
    """Make the series of tracks that have a new figure; sorted, so that the tracks' order carries no meaning."""
    refused: list[str] = []
    match combine:
        case Spread():
            made = tuple(spreads(combine, tracks, others, refused))
        case Share():
            made = tuple(shares(combine, tracks))
        case Concentration():
            made = tuple(concentrations(combine, tracks))
        case MirrorGap():
            made = tuple(mirror_gaps(combine, tracks, refused))
    told = [f"{why} ({n} times)" if n > 1 else why for why, n in sorted(Counter(refused).items())]
    return Made(tracks=tuple(track for track in made if track.fresh), refused=tuple(told))


def fresh_rows(tracks: Sequence[Track]) -> Rows:
    """Return the fresh places of all tracks, in order."""
    return Rows(
        owners=np.repeat(np.arange(len(tracks)), [len(track.fresh) for track in tracks]),
        places=np.array([place for track in tracks for place in track.fresh], dtype=np.int64),
    )
