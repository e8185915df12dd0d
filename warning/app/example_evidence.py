"""A rule's examples as evidence: what an operator wrote in three lines becomes a document, a series, a change."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from warning.core.evidence import Entry, Item, ListingChange, Observation, Series, observation_id, period_end
from warning.core.rules import ListingExample, ListingRule, SeriesExample, SeriesRule, TextExample, TextRule
from warning.core.series.explaining import SeriesGroup
from warning.core.series_notation import read_values
from warning.core.series_rules import ExampleSeries
from warning.core.vocabulary import Frequency

# The virtual clock of examples that name no date of their own.
EXAMPLE_DAY = date(2024, 6, 14)
EXAMPLE_SOURCE = "example"
PUBLICATION_LAG = timedelta(days=1)


def example_item(rule: TextRule, example: TextExample, number: int) -> Item:
    """The document of a text example, known at noon of its day."""
    published = datetime.combine(example.published or EXAMPLE_DAY, time(12), tzinfo=UTC)
    return Item(
        id=f"{rule.id}#{number}",
        source_id=example.source or (rule.where.sources[0] if rule.where.sources else EXAMPLE_SOURCE),
        kind=example.kind,
        country=example.country,
        language=example.language,
        title=example.title,
        summary=example.summary,
        body=example.body,
        published_at=published,
        known_at=published,
    )


def example_change(rule: ListingRule, example: ListingExample, number: int) -> ListingChange:
    """The list change of an example, in a list large enough not to look like a broken page."""
    entry = Entry(
        key=example.name,
        name=example.name,
        country=example.country,
        fields=tuple(sorted(example.fields.items())),
    )
    before = None
    if example.change == "amended":
        before = Entry(key=entry.key, name=f"{entry.name} (as it stood before)", country=entry.country)
    elif example.change == "removed":
        before = entry
    first = rule.where.sources[0] if rule.where.sources else EXAMPLE_SOURCE
    return ListingChange(
        id=f"{rule.id}#{number}",
        listing_id=f"{rule.id}#{number}#listing",
        source_id=example.source or first,
        change=example.change,
        entry=entry,
        before=before,
        known_at=datetime.combine(EXAMPLE_DAY, time(12), tzinfo=UTC),
        entries_before=1000,
        entries_after=1000,
    )


def example_series(rule: SeriesRule, example: SeriesExample, number: int) -> Series | SeriesGroup:
    """The series of an example, each figure known a day after its period ended; several where it lists several.

    What the example leaves open is the first thing the rule selects. Raises ValueError when `values` cannot
    be read or no series ends in a figure.
    """
    if not example.series:
        lone = ExampleSeries(
            **{n: getattr(example, n) for n in ExampleSeries.model_fields if hasattr(example, n)}
        )
        return _series(rule, example, lone, f"{rule.id}#{number}")
    several = [
        _series(rule, example, one, one.id or f"{rule.id}#{number}.{i}")
        for i, one in enumerate(example.series)
    ]
    newest = max(one.meta.occurred_at for one in several)
    fresh = frozenset(one.meta.id for one in several if one.meta.occurred_at == newest)
    return SeriesGroup(series=tuple(several), fresh=fresh)


def _series(rule: SeriesRule, example: SeriesExample, one: ExampleSeries, series_id: str) -> Series:
    values = tuple(read_values(one.values))
    if not values or values[-1] is None:
        raise ValueError("values must end in a figure: the rule is judged on the newest one")
    ends = one.ends or example.ends or newest_period(example.frequency)
    periods = tuple(periods_up_to(ends, example.frequency, len(values)))
    return Series(
        points=tuple(
            _observation(rule, example, one, series_id, period, value)
            for period, value in zip(periods, values, strict=True)
        )
    )


def newest_period(frequency: Frequency) -> str:
    """The period that holds the virtual clock's day."""
    day = EXAMPLE_DAY
    week = day.isocalendar()
    return {
        "D": day.isoformat(),
        "W": f"{week.year}-W{week.week:02d}",
        "M": f"{day.year}-{day.month:02d}",
        "Q": f"{day.year}-Q{(day.month + 2) // 3}",
        "A": str(day.year),
    }[frequency]


def periods_up_to(last: str, frequency: Frequency, count: int) -> Iterator[str]:
    """Yield `count` periods in order, the last of which is `last`. Weekends are days too.

    Raises ValueError when `last` is not a period of that frequency.
    """
    end = period_end(last) - timedelta(days=1)
    for back in range(count - 1, -1, -1):
        if frequency in "DW":
            day = (end - timedelta(days=back * (7 if frequency == "W" else 1))).date()
            week = day.isocalendar()
            yield day.isoformat() if frequency == "D" else f"{week.year}-W{week.week:02d}"
            continue
        months = {"M": 1, "Q": 3, "A": 12}[frequency]
        at = end.year * 12 + end.month - 1 - back * months
        year, month = divmod(at, 12)
        yield {"M": f"{year:04d}-{month + 1:02d}", "Q": f"{year:04d}-Q{month // 3 + 1}", "A": f"{year:04d}"}[
            frequency
        ]


def _observation(
    rule: SeriesRule,
    example: SeriesExample,
    one: ExampleSeries,
    series_id: str,
    period: str,
    value: float | None,
) -> Observation:
    select = rule.select
    source_id = select.sources[0] if select.sources else EXAMPLE_SOURCE
    partner = "JP" if select.bilateral else "WLD"
    measure = one.measure or example.measure or (select.measures[0] if select.measures else "export_quantity")
    materials = (*rule.materials, *select.materials)
    return Observation(
        id=observation_id(source_id, series_id, period, value),
        source_id=source_id,
        series_id=series_id,
        material=one.material or example.material or next(iter(materials), "gallium"),
        measure=measure,
        reporter=one.reporter or example.reporter or next(iter(select.reporters), "CN"),
        partner=one.partner or example.partner or next(iter(select.partners), partner),
        hs_code=one.hs_code or example.hs_code or next(iter(select.hs_codes), None),
        unit=one.unit or example.unit or "kg",
        currency=one.currency or example.currency,
        frequency=example.frequency,
        period=period,
        value=value,
        known_at=period_end(period) + PUBLICATION_LAG,
    )
