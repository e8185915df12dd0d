"""The mirror gap: what the importer says arrived, over what the exporter says left."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from warning.core.evidence import Observation
from warning.core.ids import content_id
from warning.core.series.combined import Grid, by_key, commodity, grid, made_track, rolling, route, summed
from warning.core.series.figures import unit_of
from warning.core.series.select import WORLD
from warning.core.series.track import Floats, Track
from warning.core.series.units import NO_UNIT
from warning.core.series_combine import MirrorGap

RATIO_UNIT = "ratio"
IMPORTS = {"import_quantity": "quantity", "import_value": "value"}
EXPORTS = {"export_quantity": "quantity", "export_value": "value"}


def mirror_gaps(combine: MirrorGap, tracks: Sequence[Track], refused: list[str]) -> Iterator[Track]:
    """Yield importer over exporter for each pair of sources; pairs in two currencies are refused."""
    usable = [
        track
        for track in tracks
        if track.on_calendar and track.meta.measure in IMPORTS | EXPORTS and WORLD not in route(track.meta)
    ]

    def key(track: Track) -> tuple[str, ...]:
        meta = track.meta
        kind = (IMPORTS | EXPORTS)[meta.measure]
        return commodity(meta, combine.by), *route(meta), meta.frequency, kind

    for _, group in by_key(usable, map(key, usable)):
        arrived = [track for track in group if track.meta.measure in IMPORTS]
        left = [track for track in group if track.meta.measure in EXPORTS]
        for _, ins in by_key(arrived, (t.meta.source_id for t in arrived)):
            for _, outs in by_key(left, (t.meta.source_id for t in left)):
                if _unit(ins[0]) != _unit(outs[0]):
                    refused.append(f"{_unit(ins[0])} against {_unit(outs[0])}")
                    continue
                yield _gap(combine, ins, outs)


def have_two_sides(combine: MirrorGap, metas: Sequence[Observation]) -> list[bool]:
    """Say which flows are told by the other side too."""
    keys = [
        (commodity(meta, combine.by), *route(meta), meta.frequency, (IMPORTS | EXPORTS)[meta.measure])
        if meta.measure in IMPORTS | EXPORTS
        else None
        for meta in metas
    ]
    arrived = {key for key, meta in zip(keys, metas, strict=True) if meta.measure in IMPORTS}
    left = {key for key, meta in zip(keys, metas, strict=True) if meta.measure in EXPORTS}
    both = arrived & left
    return [key in both for key in keys]


def _unit(track: Track) -> str:
    """Currency and unit; money counted in itself has the one name of its currency."""
    currency, unit = track.meta.currency or "", unit_of(track.meta)[1]
    return currency if currency and unit in {currency, *NO_UNIT} else f"{currency} {unit}".strip()


def _gap(combine: MirrorGap, ins: Sequence[Track], outs: Sequence[Track]) -> Track:
    laid = grid([*ins, *outs])
    arrived = summed(laid.values[: len(ins)])
    left = summed(laid.values[len(ins) :])
    meta = ins[-1].meta
    if IMPORTS[meta.measure] == "value":
        left = left * (1 + combine.cif_ratio)
    arrived, left = (
        rolling(arrived, combine.total_points),
        rolling(_later(left, combine.lag_points), combine.total_points),
    )
    counts = (left > 0) & (np.fmax(left, arrived) >= combine.total_min)
    values = np.divide(arrived, left, out=np.full(len(left), np.nan), where=counts)
    parts = [track.meta.series_id for track in (*ins, *outs)]
    good = commodity(meta, combine.by)
    like = replace(
        meta,
        series_id=content_id("m", combine.model_dump_json(), good, meta.measure, *sorted(parts)),
        unit=RATIO_UNIT,
        currency=None,
        hs_code=meta.hs_code if combine.by == "hs_code" else None,
    )
    news = _news(laid, ins, outs, combine.lag_points)
    return made_track(like, values, news.news, None, laid.first, parts=parts, method="mirror_gap")


def _later(row: Floats, steps: int) -> Floats:
    return np.concatenate([np.full(steps, np.nan), row[: len(row) - steps]]) if steps else row


def _news(laid: Grid, ins: Sequence[Track], outs: Sequence[Track], lag: int) -> Grid:
    """An export that becomes known late is news for the month in which its goods arrive."""
    both = (grid(ins), 0), (grid(outs), lag)
    width = laid.values.shape[1]
    moved: dict[int, Observation] = {}
    for one, steps in both:
        for column, point in one.news.items():
            at = column + one.first - laid.first + steps
            held = moved.get(at)
            if at < width and (held is None or (point.known_at, point.id) > (held.known_at, held.id)):
                moved[at] = point
    return replace(laid, news=moved)
