"""Evidence as it accumulates over a rehearsal: each figure finds its place once, and nothing is sorted twice.

The windows it gives are those the store would load: what is fresh, and as much history as the rules ask for.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from warning.app.remembered import Remembered
from warning.core.evidence import (
    Evidence,
    Item,
    KnownWindow,
    Listing,
    ListingChange,
    Observation,
    Series,
    Window,
    compare_listings,
)
from warning.core.health import SourceReport
from warning.core.recalling import recall_of
from warning.core.rulebook import Need, Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.combining import companions
from warning.core.signals import Signal

TableKey = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayWindow(Window):
    """A window whose `known` view is built already.

    Whoever makes one has put in nothing that was not known at the instant it is assessed at.
    """

    known: KnownWindow

    def as_known(self, as_of: datetime) -> KnownWindow:
        """Return the view as built; AssertionError when something fresh in it lies after `as_of`."""
        assert all(item.known_at <= as_of for item in self.known.items)
        return self.known


@dataclass(slots=True, kw_only=True)
class _Line:
    """One series: its latest vintages in the order of their periods, and when each period ended."""

    days: int
    points: list[Observation] = field(default_factory=list)
    ends: list[datetime] = field(default_factory=list)

    def put(self, point: Observation, end: datetime) -> bool:
        """Put a vintage in its place; false when a later vintage holds it."""
        place = bisect_left(self.ends, end)
        if place == len(self.ends) or self.ends[place] != end:
            self.points.insert(place, point)
            self.ends.insert(place, end)
            return True
        held = self.points[place]
        if (held.known_at, held.id) > (point.known_at, point.id):
            return False
        self.points[place] = point
        return True

    def since(self, oldest: datetime) -> Series:
        start = bisect_left(self.ends, oldest - timedelta(days=self.days))
        return Series(points=tuple(self.points[start:]))


class History:
    """Everything admitted so far.

    Series that no rule looks at are not kept, unless `keep_days` asks for that much of every series.
    """

    def __init__(self, book: Rulebook, *, keep_days: int = 0) -> None:
        self._needs = book.needs()
        self._keep_days = keep_days
        series_rules = [rule for rule in book.active("series") if isinstance(rule, SeriesRule)]
        self._reads_tables = any(rule.missing_is_zero for rule in series_rules)
        self._lines: dict[str, _Line] = {}
        self._tables: dict[TableKey, dict[str, None]] = defaultdict(dict)
        self._kin: dict[str, dict[str, None]] = defaultdict(dict)
        self._listings: dict[str, Listing] = {}
        self._remembered = Remembered(recall_of(book))

    def admit(self, records: Iterable[Evidence]) -> ReplayWindow:
        """Take the records in and return the window in which they are fresh."""
        items: dict[str, Item] = {}
        changes: list[ListingChange] = []
        oldest: dict[str, datetime] = {}
        fresh: set[str] = set()
        for record in records:
            self._remembered.learn(record)
            if isinstance(record, SourceReport):
                continue
            if isinstance(record, Item):
                items[record.id] = record
                fresh.add(record.id)
            elif isinstance(record, Listing):
                changes += self._relist(record)
            elif self._place(record, oldest):
                fresh.add(record.id)
        fresh.update(change.id for change in changes)
        known = KnownWindow(
            items=tuple(sorted(items.values(), key=lambda i: (i.known_at, i.id))),
            series=self._series(oldest),
            listing_changes=tuple(sorted(changes, key=lambda c: (c.known_at, c.id))),
            fresh=frozenset(fresh),
            recalled=self._remembered.recalled(),
        )
        return ReplayWindow(fresh=known.fresh, known=known)

    def keep(self, signals: Iterable[Signal]) -> None:
        """Remember what an assessment fired, for the rules that read earlier signals."""
        self._remembered.keep(signals)

    def _relist(self, listing: Listing) -> Sequence[ListingChange]:
        """Compare a version of a list with the one before; an older version than the one held says nothing."""
        before = self._listings.get(listing.source_id)
        if before is not None and before.known_at > listing.known_at:
            return ()
        self._listings[listing.source_id] = listing
        return compare_listings(before, listing)

    def _place(self, point: Observation, oldest: dict[str, datetime]) -> bool:
        line = self._lines.get(point.series_id)
        if line is None:
            line = _Line(days=max((n.days for n in self._needs if _may_look_at(n, point)), default=0))
            line.days = max(line.days, self._keep_days)
            self._lines[point.series_id] = line
            if line.days and self._reads_tables:
                self._tables[_table(point)][point.series_id] = None
            if any(need.companions and _may_look_at(need, point) for need in self._needs):
                for name in companions(point):
                    self._kin[name][point.series_id] = None
        if not line.days:
            return False
        end = point.occurred_at
        is_news = line.put(point, end)
        if is_news and end <= oldest.get(point.series_id, end):
            oldest[point.series_id] = end
        return is_news

    def _series(self, oldest: dict[str, datetime]) -> tuple[Series, ...]:
        """The series with a fresh figure, those of the same tables, and those that rules combine with them."""
        wanted = dict(oldest)
        for series_id, end in oldest.items():
            for other in self._combined_with(self._lines[series_id].points[-1]):
                wanted[other] = min(end, wanted.get(other, end))
        if self._reads_tables:
            for series_id, end in oldest.items():
                for sibling in self._tables.get(_table(self._lines[series_id].points[-1]), ()):
                    wanted[sibling] = min(end, wanted.get(sibling, end))
        series = (self._lines[series_id].since(wanted[series_id]) for series_id in sorted(wanted))
        return tuple(one for one in series if one.points)

    def _combined_with(self, point: Observation) -> Iterator[str]:
        """Name the series that some rule makes one series of with this one, its exchange rates among them."""
        if not self._kin:
            return
        for name in companions(point):
            if point.series_id in self._kin.get(name, ()):
                yield from self._kin[name]
        for need in self._needs:
            if need.others and _may_look_at(need, point):
                yield from (other for other in need.others if other in self._lines)


def _table(point: Observation) -> TableKey:
    return point.source_id, point.measure, point.reporter, point.hs_code or point.material, point.frequency


def _may_look_at(need: Need, point: Observation) -> bool:
    """Whether a rule may want this series. Materials are left to the rule: their families are its to know."""
    select = need.select
    pairs = (
        (select.measures, point.measure),
        (select.reporters, point.reporter),
        (select.partners, point.partner),
        (select.frequencies, point.frequency),
        (select.sources, point.source_id),
        (select.series, point.series_id),
    )
    if any(wanted and found not in wanted for wanted, found in pairs):
        return False
    return not select.hs_codes or (point.hs_code or "").startswith(tuple(select.hs_codes))
