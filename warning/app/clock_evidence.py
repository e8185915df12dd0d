"""What a test under the virtual clock says of its evidence, as records with the times they become known."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warning.collect.interchange import own_identity, read_evidence
from warning.core.clock_tests import TestedEvidence, TestedItem, TestedListing, TestedSeries
from warning.core.evidence import (
    Entry,
    Evidence,
    Item,
    Listing,
    Observation,
    listing_id,
    observation_id,
    period_end,
)
from warning.core.series_notation import periods_from, read_cells


def records_of(evidence: TestedEvidence, beside: Path) -> Iterator[Evidence]:
    """Yield every record. Raises ValueError for a notation, EvidenceError for a file that cannot be read."""
    for number, item in enumerate(evidence.items, 1):
        yield _item(item, number)
    for series in evidence.series:
        yield from _observations(series)
    for listing in evidence.listings:
        yield _listing(listing)
    for name in evidence.files:
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        yield from (own_identity(record) for record in read_evidence(beside / name, imported_at=epoch))


def _item(item: TestedItem, number: int) -> Item:
    known = utc(item.at)
    return Item(
        id=item.id or f"item-{number}",
        source_id=item.source,
        kind=item.kind,
        country=item.country,
        language=item.language,
        title=item.title,
        summary=item.summary,
        body=item.body,
        published_at=utc(item.published) if item.published else known,
        known_at=known,
    )


def _observations(series: TestedSeries) -> Iterator[Observation]:
    cells = tuple(read_cells(series.values))
    periods = periods_from(series.starts, series.frequency, len(cells))
    for period, cell in zip(periods, cells, strict=True):
        first = period_end(period) + timedelta(days=series.lag_days)
        vintages = [] if cell.is_absent else [(timedelta(), cell.value), *cell.revisions]
        yield from (_observation(series, period, value, first + after) for after, value in vintages)


def _observation(series: TestedSeries, period: str, value: float | None, known_at: datetime) -> Observation:
    return Observation(
        id=f"{observation_id(series.source, series.id, period, value)}@{known_at.date()}",
        source_id=series.source,
        series_id=series.id,
        material=series.material,
        measure=series.measure,
        reporter=series.reporter,
        partner=series.partner,
        hs_code=series.hs_code,
        unit=series.unit,
        currency=series.currency,
        frequency=series.frequency,
        period=period,
        value=value,
        known_at=known_at,
    )


def _listing(listing: TestedListing) -> Listing:
    named = [
        Entry(key=e.key or e.name, name=e.name, country=e.country, fields=tuple(sorted(e.fields.items())))
        for e in listing.entries
    ]
    others = [Entry(key=f"other-{n}", name=f"Other entry {n}") for n in range(listing.others)]
    entries = (*named, *others)
    known_at = utc(listing.at)
    return Listing(
        id=f"{listing_id(listing.source, entries)}@{known_at.isoformat()}",
        source_id=listing.source,
        known_at=known_at,
        entries=entries,
    )


def utc(moment: datetime) -> datetime:
    """A time without offset is UTC."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
