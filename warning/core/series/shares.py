"""Each country's share of another's trade in one good, and how concentrated that trade is (Herfindahl-Hirschman)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from warning.core.evidence import Observation
from warning.core.ids import content_id
from warning.core.series.combined import (
    Grid,
    by_key,
    commodity,
    grid,
    made_track,
    rolling,
    route,
    summed,
    unit_key,
    whole_table,
)
from warning.core.series.select import WORLD
from warning.core.series.track import Bools, Floats, Track
from warning.core.series_combine import Concentration, Share

SHARE_UNIT = "share"
HHI_UNIT = "HHI"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Market:
    """One country's trade in one good: `parts[i]` is what `countries[i]` has of `total`, period by period."""

    laid: Grid
    countries: tuple[str, ...]
    parts: Floats
    total: Floats
    tracks: tuple[Track, ...]
    anchor: str


def shares(combine: Share, tracks: Sequence[Track]) -> Iterator[Track]:
    """Yield the share of each country that the rule asks for, in each market."""
    for market in _markets(combine, tracks):
        for row, country in enumerate(market.countries):
            if combine.countries and country not in combine.countries:
                continue
            like = _like(market, combine, country, SHARE_UNIT)
            values = _ratio(market.parts[row], market.total, combine.total_min)
            yield _made(market, like, values, "share")


def concentrations(combine: Concentration, tracks: Sequence[Track]) -> Iterator[Track]:
    """Yield the sum of squared shares of each market; a lower bound where the table leaves small countries out."""
    for market in _markets(combine, tracks):
        each = np.stack([_ratio(part, market.total, combine.total_min) for part in market.parts])
        like = _like(market, combine, WORLD, HHI_UNIT)
        yield _made(market, like, np.square(each).sum(axis=0), "concentration")


def _made(market: _Market, like: Observation, values: Floats, method: str) -> Track:
    return made_track(
        like,
        values,
        market.laid.news,
        None,
        market.laid.first,
        parts=[track.meta.series_id for track in market.tracks],
        method="share" if method == "share" else "concentration",
    )


def _markets(combine: Share | Concentration, tracks: Sequence[Track]) -> Iterator[_Market]:
    usable = [
        track for track in tracks if track.on_calendar and _is_market(combine, _sides(combine, track)[0])
    ]

    def key(track: Track) -> tuple[str, ...]:
        meta = track.meta
        good = commodity(meta, combine.by)
        return meta.source_id, meta.measure, good, meta.frequency, unit_key(meta), _sides(combine, track)[0]

    for _, group in by_key(usable, map(key, usable)):
        market = _market(combine, group)
        if market is not None:
            yield market


def _is_market(combine: Share | Concentration, country: str) -> bool:
    return country != WORLD and (not combine.markets or country in combine.markets)


def _sides(combine: Share | Concentration, track: Track) -> tuple[str, str]:
    """Return the country whose trade is looked at, and the one that has a share of it."""
    exporter, importer = route(track.meta)
    return (importer, exporter) if combine.of == "imports" else (exporter, importer)


def _market(combine: Share | Concentration, group: Sequence[Track]) -> _Market | None:
    laid = grid(group)
    others = [_sides(combine, track)[1] for track in group]
    countries = sorted(set(others) - {WORLD})
    if not countries:
        return None
    of_world = np.array([other == WORLD for other in others], dtype=bool)
    whole = whole_table(laid.published[~of_world])
    rows = [np.array([other == country for other in others], dtype=bool) for country in countries]
    parts = np.stack([_traded(laid, row, whole) for row in rows])
    every = np.where(whole, parts.sum(axis=0), np.nan)
    total = summed(laid.values[of_world]) if of_world.any() else every
    return _Market(
        laid=laid,
        countries=tuple(countries),
        parts=rolling(parts, combine.total_points),
        total=rolling(total, combine.total_points),
        tracks=tuple(group),
        anchor=_sides(combine, group[0])[0],
    )


def _traded(laid: Grid, rows: Bools, whole: Bools) -> Floats:
    """What one country traded: nothing where its row is absent from a whole table, not known where suppressed."""
    found = summed(laid.values[rows])
    absent = whole & ~laid.published[rows].any(axis=0)
    traded: Floats = np.where(absent & np.isnan(found), 0.0, found)
    return traded


def _ratio(part: Floats, total: Floats, total_min: float) -> Floats:
    counts = total >= max(total_min, np.finfo(float).tiny)
    share: Floats = np.divide(part, total, out=np.full(len(part), np.nan), where=counts)
    return share


def _like(market: _Market, combine: Share | Concentration, country: str, unit: str) -> Observation:
    """The made series as an observation: the parties stand where the market's own series have them."""
    meta = next((t.meta for t in market.tracks if _sides(combine, t)[1] == country), market.tracks[0].meta)
    exporter, importer = (country, market.anchor) if combine.of == "imports" else (market.anchor, country)
    reporter, partner = exporter, importer
    if meta.measure in {"import_quantity", "import_value"}:
        reporter, partner = importer, exporter
    key = content_id(
        "m", combine.model_dump_json(), meta.source_id, meta.measure, commodity(meta, combine.by)
    )
    return replace(
        meta,
        series_id=f"{key}:{exporter}-{importer}-{meta.frequency}",
        reporter=reporter,
        partner=partner,
        unit=unit,
        currency=None,
        hs_code=meta.hs_code if combine.by == "hs_code" else None,
    )
