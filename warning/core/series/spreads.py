"""The price outside a market over the price inside: per kilogram, in one currency, both quotes alive."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Observation, period_end
from warning.core.ids import content_id
from warning.core.series.combined import by_key, made_track
from warning.core.series.select import material_id
from warning.core.series.stale import without_stale
from warning.core.series.track import Floats, Track
from warning.core.series.units import SOLD_BY_KG
from warning.core.series_combine import Leg, Spread

RATIO_UNIT = "ratio"
DOLLAR = "USD"
# And the metric ton unit (ten kilograms of the oxide that the quote is for).
QUOTED_KG = {**SOLD_BY_KG, "mtu": 10.0}
CURRENCY_SIGNS = {"$": "USD", "US$": "USD", "RMB": "CNY", "YUAN": "CNY", "¥": "CNY", "€": "EUR", "₩": "KRW"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes:
    """A price series ready to compare: known quotes only, days ascending, per kilogram in its currency."""

    track: Track
    days: NDArray[np.int64]
    prices: Floats
    currency: str


def spreads(
    combine: Spread, tracks: Sequence[Track], others: Mapping[str, Track], refused: list[str]
) -> Iterator[Track]:
    """Yield outside over inside for every pair of quotes of one material and frequency.

    `others` are the exchange rates by series id. What cannot be compared is named in `refused`.
    """
    keys = [(material_id(track.meta.material), track.meta.frequency) for track in tracks]
    for _, group in by_key(tracks, keys):
        for outside in (track for track in group if _is_on(combine.outside, track.meta)):
            for inside in (track for track in group if _is_on(combine.inside, track.meta)):
                if outside is not inside:
                    yield from _spread(combine, outside, inside, others, refused)


def have_two_sides(combine: Spread, metas: Sequence[Observation]) -> list[bool]:
    """Say which quotes stand on a leg of a spread whose other leg is quoted too."""
    sides = [(_is_on(combine.outside, meta), _is_on(combine.inside, meta)) for meta in metas]
    keys = [(material_id(meta.material), meta.frequency) for meta in metas]
    outside = {key for key, (out, _) in zip(keys, sides, strict=True) if out}
    inside = {key for key, (_, home) in zip(keys, sides, strict=True) if home}
    both = outside & inside
    return [any(side) and key in both for key, side in zip(keys, sides, strict=True)]


def _is_on(leg: Leg, meta: Observation) -> bool:
    return all(
        not wanted or found in wanted
        for wanted, found in (
            (leg.reporters, meta.reporter),
            (leg.sources, meta.source_id),
            (leg.series, meta.series_id),
        )
    )


def _spread(
    combine: Spread, outside: Track, inside: Track, others: Mapping[str, Track], refused: list[str]
) -> Iterator[Track]:
    out, home = quotes(outside, combine.stale_points), quotes(inside, combine.stale_points)
    if out is None or home is None:
        bad = outside if out is None else inside
        refused.append(f"{bad.meta.series_id} is quoted in {bad.meta.unit!r}")
        return
    if out.currency != home.currency:
        dollars = _in_dollars(out, combine, others), _in_dollars(home, combine, others)
        if dollars[0] is None or dollars[1] is None:
            refused.append(f"{out.currency} against {home.currency} without an exchange rate")
            return
        out, home = dollars[0], dollars[1]
    yield _ratio(combine, out, home)


def quotes(track: Track, stale_points: int) -> Quotes | None:
    """Return the known quotes per kilogram; None when the unit says no weight or no currency."""
    terms = price_terms(track.meta)
    if terms is None:
        return None
    currency, kg = terms
    values = without_stale(track.values, stale_points)
    known = [i for i, point in enumerate(track.points) if point is not None and not np.isnan(values[i])]
    return Quotes(
        track=track,
        days=np.array([_day(track.points[i]) for i in known], dtype=np.int64),
        prices=values[known] / kg,
        currency=currency,
    )


def price_terms(meta: Observation) -> tuple[str, float] | None:
    """Return currency and the kilograms one quote buys: ("USD", 1000.0) for USD/t; None when either is unknown."""
    text = meta.unit.replace(" per ", "/").strip()
    head, slash, mass = text.rpartition("/")
    kg = QUOTED_KG.get(mass.strip().casefold())
    sign = head.strip().upper() if slash else ""
    currency = meta.currency or CURRENCY_SIGNS.get(sign, sign)
    return (currency, kg) if kg and currency else None


def _day(point: Observation | None) -> int:
    assert point is not None
    return period_end(point.period).toordinal()


def _in_dollars(one: Quotes, combine: Spread, others: Mapping[str, Track]) -> Quotes | None:
    """Divide by the rate of the day, the last one known within the spread's own limit."""
    if one.currency == DOLLAR:
        return one
    rate = others.get(combine.exchange.get(one.currency, ""))
    if rate is None:
        return None
    known = [i for i, point in enumerate(rate.points) if point is not None and not np.isnan(rate.values[i])]
    days = np.array([_day(rate.points[i]) for i in known], dtype=np.int64)
    per_dollar, _ = _as_of(days, rate.values[known], one.days, combine.stale_days)
    good = per_dollar > 0
    return replace(one, days=one.days[good], prices=one.prices[good] / per_dollar[good], currency=DOLLAR)


def _as_of(
    days: NDArray[np.int64], values: Floats, wanted: NDArray[np.int64], stale_days: int
) -> tuple[Floats, NDArray[np.int64]]:
    """Return the last value at or before each wanted day and its place; NaN when older than `stale_days`."""
    places = np.searchsorted(days, wanted, side="right") - 1
    if not len(days):
        return np.full(len(wanted), np.nan), places
    age = wanted - days[np.maximum(places, 0)]
    alive = (places >= 0) & (age <= stale_days)
    found: Floats = np.where(alive, values[np.maximum(places, 0)], np.nan)
    return found, places


def _ratio(combine: Spread, out: Quotes, home: Quotes) -> Track:
    days = np.union1d(out.days, home.days)
    above, _ = _as_of(out.days, out.prices, days, combine.stale_days)
    below, _ = _as_of(home.days, home.prices, days, combine.stale_days)
    below = below / (1 + combine.inside_tax_ratio)
    values = np.divide(above, below, out=np.full(len(days), np.nan), where=below > 0)
    names: dict[int, str] = {}
    news: dict[int, Observation] = {}
    for track in (out.track, home.track):
        fresh = set(track.fresh)
        for place, point in enumerate(track.points):
            if point is None:
                continue
            day = _day(point)
            names[day] = point.period
            if place in fresh:
                held = news.get(day)
                if held is None or (point.known_at, point.id) > (held.known_at, held.id):
                    news[day] = point
    at = {int(day): place for place, day in enumerate(days)}
    parts = (out.track.meta.series_id, home.track.meta.series_id)
    like = replace(
        out.track.meta,
        series_id=content_id("m", combine.model_dump_json(), *parts),
        partner=home.track.meta.reporter,
        unit=RATIO_UNIT,
        currency=None,
    )
    return made_track(
        like,
        values,
        {at[day]: point for day, point in news.items() if day in at},
        [names[int(day)] for day in days],
        parts=parts,
        method="spread",
    )
