"""The published figure that a finding rests on."""

from warning.core.evidence import Observation, observation_id
from warning.core.series.judge import Finding
from warning.core.series.track import period_at


def evidence(finding: Finding) -> Observation:
    """Return the figure itself; for an absent row read as zero, the row as it would have stood."""
    point = finding.track.points[finding.place]
    if point is not None:
        return point
    track = finding.track
    first = next(i for i, p in enumerate(track.points) if p is not None)
    meta, start = track.meta, track.points[first]
    assert start is not None
    period = period_at(start, finding.place - first)
    return Observation(
        id=observation_id(meta.source_id, meta.series_id, period, 0.0),
        source_id=meta.source_id,
        series_id=meta.series_id,
        material=meta.material,
        measure=meta.measure,
        reporter=meta.reporter,
        partner=meta.partner,
        hs_code=meta.hs_code,
        unit=meta.unit,
        currency=meta.currency,
        frequency=meta.frequency,
        period=period,
        value=0.0,
        known_at=track.implied_at[finding.place],
    )
