"""What the outside world told us: items, observations, listings, and the window the core looks through.

Two clocks: `occurred_at` is the period or publication a record speaks of; `known_at` is when we could have
known it. Nothing in the core ever looks at evidence whose `known_at` lies after the `as_of` it assesses.
"""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from warning.core.health import SourceReport
from warning.core.ids import content_id
from warning.core.vocabulary import ChangeKind, Frequency, Marking, Measure, SourceKind
from warning.core.withdrawals import Withdrawal

if TYPE_CHECKING:  # who reads items alone loads nothing of what is said of them
    from warning.core.alerts import Alert
    from warning.core.recall import Recalled
    from warning.core.series.recheck import Recheck
    from warning.core.series.unjudged import Unjudged
    from warning.core.signals import Found, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One document or news entry. `title`, `summary` and `body` are plain text, never markup.

    `id` is stable over edits (source and publisher's own identity); `content_hash` changes with the text.
    """

    id: str
    source_id: str
    kind: SourceKind
    country: str
    language: str
    title: str
    summary: str = ""
    body: str = ""
    url: str = ""
    published_at: datetime | None = None
    known_at: datetime
    external_id: str = ""
    archive_hash: str = ""
    time_assumed: bool = False
    marking: Marking | None = None
    release_to: frozenset[str] | None = None

    @property
    def occurred_at(self) -> datetime:
        return self.published_at or self.known_at

    @property
    def content_hash(self) -> str:
        return content_id("c", self.title, self.summary, self.body)


def item_id(source_id: str, external_id: str, url: str, title: str) -> str:
    """Return the identity of an item: the publisher's id, else its address, else its title."""
    return content_id("i", source_id, external_id or url or title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One figure of one series for one period, as published at `known_at` (a vintage).

    `value` is in `unit` (and `currency` when it is money); None is a suppressed or missing cell.
    `period` is ISO: 2023-08-01 (D), 2023-W31 (W), 2023-08 (M), 2023-Q3 (Q), 2023 (A).
    """

    id: str
    source_id: str
    series_id: str
    material: str
    measure: Measure
    reporter: str
    partner: str = "WLD"
    hs_code: str | None = None
    unit: str
    currency: str | None = None
    frequency: Frequency
    period: str
    value: float | None
    known_at: datetime

    @property
    def occurred_at(self) -> datetime:
        return period_end(self.period)

    @property
    def labels(self) -> tuple[str, ...]:
        """What it says of its series, in texts: of two that say different things at one instant, the greater is the later."""
        return (
            self.source_id, self.material, self.measure, self.reporter, self.partner, self.hs_code or "", self.unit,
            self.currency or "", self.frequency,
        )  # fmt: skip


def observation_id(source_id: str, series_id: str, period: str, value: float | None) -> str:
    """Return the identity of one vintage: the same figure published again is the same evidence."""
    return content_id("o", source_id, series_id, period, repr(value))


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Entry:
    """One line of a control, entity or sanctions list. `key` identifies it within its list."""

    key: str
    name: str
    country: str = ""
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def field_map(self) -> Mapping[str, str]:
        return dict(self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A whole list as published at `known_at`.

    `read_anew` says that it was read in another way, or from another address, than the version before.
    """

    id: str
    source_id: str
    known_at: datetime
    entries: tuple[Entry, ...]
    url: str = ""
    archive_hash: str = ""
    read_anew: bool = False


def listing_id(source_id: str, entries: Iterable[Entry]) -> str:
    """Return the identity of a list's content, whatever the order of its entries."""
    lines = sorted(repr((e.key, e.name, e.country, tuple(sorted(e.fields)))) for e in entries)
    return content_id("l", source_id, *lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingChange:
    """One entry that differs between two successive versions of a list.

    `entries_before` and `entries_after` are the sizes of the two versions; 0 when they are not known.
    """

    id: str
    listing_id: str
    source_id: str
    change: ChangeKind
    entry: Entry
    before: Entry | None = None
    known_at: datetime
    url: str = ""
    archive_hash: str = ""
    entries_before: int = 0
    entries_after: int = 0


Evidence = Item | Observation | Listing | SourceReport | Withdrawal


def period_end(period: str) -> datetime:
    """Return the last instant's date of an ISO period at 00:00 UTC of the day after it ended.

    Raises ValueError when `period` is not one of the five shapes of `Observation`.
    """
    if len(period) == 10:
        last = date.fromisoformat(period)
    elif "W" in period:
        year, week = period.split("-W")
        last = date.fromisocalendar(int(year), int(week), 7)
    elif "Q" in period:
        year, quarter = period.split("-Q")
        last = _month_end(int(year), int(quarter) * 3)
    elif len(period) == 7:
        year, month = period.split("-")
        last = _month_end(int(year), int(month))
    elif len(period) == 4:
        last = date(int(period), 12, 31)
    else:
        raise ValueError(f"{period!r} is not a period such as 2023-08-01, 2023-W31, 2023-08, 2023-Q3 or 2023")
    return datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _nothing_recalled() -> "Recalled":
    from warning.core.recall import Recalled  # noqa: PLC0415 - who reads items alone does without

    return Recalled()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Everything one assessment may look at.

    `fresh` holds the ids of the evidence that is new in this assessment: detectors fire on fresh evidence
    only and use the rest as history. Order carries no meaning; `as_known` sorts. `recalled` is what rules
    remember beside the evidence: earlier signals, last arrivals, how sources did. `told_figures` are the signals on
    figures of series of which one came anew, whatever their vintage, by the series whose figures show them; others may be among them.
    """

    items: tuple[Item, ...] = ()
    observations: Sequence[Observation] = ()
    listing_changes: tuple[ListingChange, ...] = ()
    fresh: frozenset[str] = frozenset()
    recalled: "Recalled" = field(default_factory=_nothing_recalled)
    told_figures: "Mapping[str, tuple[Signal, ...]]" = field(default_factory=dict)

    def as_known(self, as_of: datetime) -> "KnownWindow":
        """Drop what could not be known at `as_of` and keep the latest vintage of each figure."""
        return KnownWindow(
            items=tuple(sorted((i for i in self.items if i.known_at <= as_of), key=_item_order)),
            series=_series_as_known(self.observations, as_of),
            listing_changes=tuple(
                sorted((c for c in self.listing_changes if c.known_at <= as_of), key=_change_order)
            ),
            fresh=self.fresh,
            recalled=self.recalled.as_known(as_of),
            earlier=_earlier(self.observations, self.fresh, as_of),
            told_figures=self.told_figures,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWindow:
    """A window seen from one instant: sorted, without the future, one vintage a period.

    `earlier` holds the vintages that fresh figures replaced, one a figure. `alerts` are those open at that
    instant: dates that their evidence gave are counted down. `judged` is all that the book's text rules say of the
    fresh items with the ids in `told`, most of which are not here themselves. `found` is what detectors have said
    already, by kind of rule: they are not asked again. `corrects` are the figures judged once more for
    the sake of what was told of them, by their ids (see `core/series/punctual.py`); `unread` are revised figures of series
    that no rule reads, as they were and are, and `unjudged` those that were told by a rule which reads them no more.
    """

    items: tuple[Item, ...]
    series: Sequence["Series"]
    listing_changes: tuple[ListingChange, ...]
    fresh: frozenset[str] = field(default=frozenset())
    recalled: "Recalled" = field(default_factory=_nothing_recalled)
    alerts: "tuple[Alert, ...]" = ()
    earlier: tuple[Observation, ...] = ()
    judged: "tuple[Signal, ...]" = ()
    told: frozenset[str] = field(default=frozenset())
    found: "Mapping[str, Found]" = field(default_factory=dict)
    told_figures: "Mapping[str, tuple[Signal, ...]]" = field(default_factory=dict)
    corrects: "Mapping[str, Recheck]" = field(default_factory=dict)
    unread: "tuple[tuple[Observation, Observation], ...]" = ()
    unjudged: "tuple[Unjudged, ...]" = ()


@dataclass(frozen=True, kw_only=True)
class Series:
    """The figures of one series in the order of their periods, latest vintage of each."""

    points: tuple[Observation, ...]

    @property
    def meta(self) -> Observation:
        """The latest point: its descriptive fields stand for the series."""
        return self.points[-1]

    @cached_property
    def values(self) -> tuple[float | None, ...]:
        return tuple(point.value for point in self.points)


def _series_as_known(observations: Sequence[Observation], as_of: datetime) -> tuple[Series, ...]:
    known = sorted((o for o in observations if o.known_at <= as_of), key=vintage_order)
    latest = {(o.series_id, o.period): o for o in known}
    ordered = sorted(latest.values(), key=lambda o: (o.series_id, o.occurred_at))
    return tuple(Series(points=tuple(points)) for _, points in groupby(ordered, key=lambda o: o.series_id))


def _earlier(
    observations: Sequence[Observation], fresh: frozenset[str], as_of: datetime
) -> tuple[Observation, ...]:
    """Return, for each fresh figure that differs in value or label from the vintage before it, that vintage."""
    new = {(o.series_id, o.period) for o in observations if o.id in fresh}
    known = sorted(
        (o for o in observations if o.known_at <= as_of and (o.series_id, o.period) in new),
        key=vintage_order,
    )
    last: dict[tuple[str, str], Observation] = {}
    before: dict[tuple[str, str], Observation] = {}
    for one in known:
        key = one.series_id, one.period
        if key in last:
            before[key] = last[key]
        last[key] = one
    found = (
        o
        for key, o in before.items()
        if last[key].id in fresh and (o.value, o.labels) != (last[key].value, last[key].labels)
    )
    return tuple(sorted(found, key=lambda o: (o.series_id, o.occurred_at, o.known_at)))


def _item_order(item: Item) -> tuple[datetime, str]:
    return item.known_at, item.id


def _change_order(change: ListingChange) -> tuple[datetime, str]:
    return change.known_at, change.id


def vintage_order(observation: Observation) -> tuple[datetime, str, tuple[str, ...]]:
    """Return what the vintages of a figure are put in order by."""
    return observation.known_at, observation.id, observation.labels


def compare_listings(before: Listing | None, after: Listing) -> tuple[ListingChange, ...]:
    """Return what differs, sorted by entry key. The first version of a list is a baseline: no changes."""
    if before is None:
        return ()
    old = {entry.key: entry for entry in before.entries}
    new = {entry.key: entry for entry in after.entries}
    changes: list[ListingChange] = []
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if was is None and now is not None:
            changes.append(_listing_change(before, after, "added", now, None))
        elif now is None and was is not None:
            changes.append(_listing_change(before, after, "removed", was, was))
        elif was is not None and now is not None and _differs(was, now):
            changes.append(_listing_change(before, after, "amended", now, was))
    return tuple(changes)


def _differs(was: Entry, now: Entry) -> bool:
    """Editorial differences (case, punctuation, spacing) are not amendments."""
    return was != now and _gist(was) != _gist(now)


def _gist(entry: Entry) -> tuple[str, ...]:
    texts = [entry.name, entry.country, *(f"{k}={v}" for k, v in sorted(entry.fields))]
    return tuple("".join(ch for ch in text.casefold() if ch.isalnum()) for text in texts)


def _listing_change(
    previous: Listing, listing: Listing, kind: ChangeKind, entry: Entry, before: Entry | None
) -> ListingChange:
    return ListingChange(
        id=content_id("lc", listing.id, kind, entry.key),
        listing_id=listing.id,
        source_id=listing.source_id,
        change=kind,
        entry=entry,
        before=before,
        known_at=listing.known_at,
        url=listing.url,
        archive_hash=listing.archive_hash,
        entries_before=len(previous.entries),
        entries_after=len(listing.entries),
    )
