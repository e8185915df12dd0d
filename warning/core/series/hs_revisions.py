"""Codes that a revision of the Harmonized System ended: what they stood for goes on under other codes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from warning.core.evidence import Observation
from warning.core.ids import content_id
from warning.core.series.columns import Floats, Ints
from warning.core.series.combined import HS6_DIGITS, grid, made_track, summed
from warning.core.series.layout import NOWHERE, Layout
from warning.core.series.slots import with_others
from warning.core.series.track import Bools, Track, ordinal
from warning.core.terms import HsRevision, Terms

PERIODS_A_YEAR = {"M": 12, "Q": 4, "A": 1}


def revision_of(code: str | None, terms: Terms) -> HsRevision | None:
    """Return the revision that ended a code, national digits below six left aside."""
    return terms.hs_revisions.get((code or "")[:HS6_DIGITS])


def revised_codes(laid: Layout, terms: Terms) -> Iterator[tuple[int, Observation]]:
    """Yield the calendar tracks of codes that a revision ended or made, with what they say of themselves."""
    if not terms.hs_revisions:
        return
    known = frozenset(code for old, one in terms.hs_revisions.items() for code in (old, *one.becomes))
    roster, codes = laid.columns.roster, laid.codes[laid.calendar :]

    def ask(metas: list[Observation]) -> list[bool]:
        return [(meta.hs_code or "")[:HS6_DIGITS] in known for meta in metas]

    for i in np.flatnonzero(roster.remembered(known, codes, ask)).tolist():
        yield laid.calendar + i, roster.metas[int(codes[i])]


def without_ended(laid: Layout, terms: Terms) -> Layout:
    """Read no zero into the absent rows of a code that has ended: its table is empty because the code is gone."""
    if not terms.hs_revisions:
        return laid
    others: dict[int, Floats] = {}
    gone: list[Ints] = []
    for i, meta in revised_codes(laid, terms):
        ended = revision_of(meta.hs_code, terms)
        if ended is None:
            continue
        at = int(laid.firsts[i - laid.calendar]) + np.arange(int(laid.lengths[i]))
        late = at >= ended.year * PERIODS_A_YEAR[meta.frequency]
        places = np.flatnonzero(late & (laid.origins_of(i) == NOWHERE))
        others[i] = laid.figures.whole(i).copy()
        others[i][places] = np.nan
        gone.append(int(laid.starts[i]) + places)
    if not gone:
        return laid
    figures = with_others(laid.figures, len(laid), others)
    return replace(laid, figures=figures, fresh=np.setdiff1d(laid.fresh, np.concatenate(gone)))


def bridged(
    laid: Layout, chosen: Bools, terms: Terms, revised: Iterable[tuple[int, Observation]]
) -> Iterator[Track]:
    """Yield each ended code's series with the sum of what it became, where some of it is chosen and new.

    Only codes that went over whole are joined: from the revision's year on every one of the new codes must be
    known, and a code that kept a part of its goods is another series. `revised` is `revised_codes` of the layout.
    """
    heirs: dict[str, list[str]] = defaultdict(list)
    for old, revision in terms.hs_revisions.items():
        for code in revision.becomes:
            heirs[code].append(old)
    groups: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for i, meta in revised:
        code = (meta.hs_code or "")[:HS6_DIGITS]
        for old in (*heirs.get(code, ()), *((code,) if code in terms.hs_revisions else ())):
            key: tuple[str, ...] = (
                old,
                meta.source_id,
                meta.measure,
                meta.reporter,
                meta.partner,
                meta.frequency,
                meta.unit,
            )
            groups[key][meta.hs_code or code] = i
    for key, members in sorted(groups.items()):
        revision = terms.hs_revisions[key[0]]
        rows = list(members.values())
        if (
            key[0] in members
            and len(members) > len(revision.becomes)
            and (chosen & laid.has_fresh)[rows].any()
        ):
            yield _joined(key[0], revision, members, laid)


def _joined(old: str, revision: HsRevision, members: dict[str, int], laid: Layout) -> Track:
    codes = [old, *revision.becomes]
    tracks = [laid[members[code]] for code in codes]
    on = grid(tracks)
    first = tracks[0].points[0]
    assert first is not None
    begins = revision.year * PERIODS_A_YEAR[first.frequency]
    new = np.arange(on.values.shape[1]) + on.first >= begins
    heirs = on.values[1:]
    after = np.where(np.isnan(heirs).any(axis=0), np.nan, summed(heirs))
    meta = tracks[-1].meta
    like = replace(
        meta,
        series_id=content_id("m", "bridge", *(track.meta.series_id for track in tracks)),
        unit=tracks[0].meta.unit if not new.all() else meta.unit,
        hs_code=old,
    )
    values = np.where(new, after, on.values[0])
    assert ordinal(first.period) >= on.first
    return made_track(
        replace(like, unit="kg") if "quantity" in meta.measure else like,
        values,
        {place: point for place, point in on.news.items() if new[place]},
        None,
        on.first,
        parts=[track.meta.series_id for track in tracks],
        method="bridge",
    )
