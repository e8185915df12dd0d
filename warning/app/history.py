"""Evidence as it accumulates over a rehearsal: each figure finds its place once, and nothing is sorted twice.

The windows it gives are those the store would load: what is fresh, and as much history as the rules ask for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from warning.app.chronology import Judged, Narrowed
from warning.app.figure_days import FigureDay
from warning.app.remembered import Remembered
from warning.app.replayed_lists import ReplayedLists
from warning.core.evidence import (
    Evidence,
    Item,
    KnownWindow,
    Listing,
    ListingChange,
    Observation,
    Window,
)
from warning.core.health import SourceReport
from warning.core.recalling import recall_of
from warning.core.rulebook import Rulebook
from warning.core.series.figure_batch import Packed
from warning.core.series.incoming import Incoming, joined_batches
from warning.core.series.ledger import Ledger
from warning.core.signals import Signal
from warning.core.withdrawals import Withdrawal


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


class History:
    """Everything admitted so far.

    Series that no rule looks at are not kept, unless `keep_days` asks for that much of every series. With
    `forgets` figures go that cannot matter to an alert any more, so that memory does not grow with the years;
    the records must then come in the order in which they became known. So must they with `once`: a figure that says
    again what was the latest of its period is then none, as it is none to the store. Without `waits` each version of
    a list shows at once what it would say if it lasts.
    """

    def __init__(
        self,
        book: Rulebook,
        *,
        keep_days: int = 0,
        forgets: bool = False,
        once: bool = False,
        waits: bool = True,
    ) -> None:
        self._waits, self._once = waits, once
        self._ledger = Ledger(book.needs(), keep_days=keep_days, forgets=forgets)
        self._lists = ReplayedLists(book.sources)
        self._remembered = Remembered(recall_of(book))
        self._incoming: Incoming | None = None

    def admit(
        self, records: Iterable[Evidence | Judged | Narrowed | FigureDay], as_of: datetime | None = None
    ) -> ReplayWindow:
        """Take the records in and return the window in which they are fresh. Of an item's versions the last stays.

        What lists have shown for long enough at `as_of` (else when the last record became known) is fresh too.
        """
        items: dict[str, Item] = {}
        changes: list[ListingChange] = []
        figures: list[Observation] = []
        days: list[FigureDay] = []
        fresh: set[str] = set()
        judged: dict[str, Judged] = {}
        now = as_of
        for came in records:
            record = came.item if isinstance(came, Narrowed) else came
            if as_of is None:
                last = came.last_known_at if isinstance(came, FigureDay) else came.known_at
                now = last if now is None else max(now, last)
            if isinstance(record, FigureDay):
                days.append(record)
                continue
            if isinstance(record, Judged):
                judged[record.id] = record
                items.pop(record.id, None)
                if record.item is not None:
                    self._remembered.learn(record.item)
                    items[record.id] = record.item
                continue
            self._remembered.learn(record)
            if isinstance(record, SourceReport | Withdrawal):
                continue
            if isinstance(record, Item):
                items[record.id] = record
                judged.pop(record.id, None)
                fresh.add(record.id)
            elif isinstance(record, Listing):
                told = self._lists.learn(record)
                changes += () if self._waits else told
            else:
                figures.append(record)
        if self._waits and now:
            changes += self._lists.due(now)
        fresh.update(judged)
        fresh.update(change.id for change in changes)
        batch = joined_batches(self._ledger.batch(figures), [self._batch(day) for day in days])
        batch = self._ledger.news(batch) if self._once else batch
        self._ledger.put(batch)
        placed, ids = self._ledger.find(batch)
        # Of figures that come as days nobody asks by id which are new: the columns know. One says that there are any.
        fresh.update(name.decode() for name in (ids if figures else ids[:1]).tolist())
        known = KnownWindow(
            items=tuple(sorted(items.values(), key=lambda i: (i.known_at, i.id))),
            series=self._ledger.columns(batch, placed),
            listing_changes=tuple(sorted(changes, key=lambda c: (c.known_at, c.id))),
            fresh=frozenset(fresh),
            recalled=self._remembered.recalled(),
            earlier=tuple(
                sorted(self._ledger.displaced, key=lambda o: (o.series_id, o.occurred_at, o.known_at))
            ),
            judged=tuple(signal for one in judged.values() for signal in one.signals),
            told=frozenset(judged),
        )
        return ReplayWindow(fresh=known.fresh, known=known)

    def _batch(self, day: FigureDay) -> Packed:
        if self._incoming is None or self._incoming.roster is not day.roster:
            self._incoming = Incoming(self._ledger, day.roster, day.texts)
        return self._incoming.batch(day.figures)

    def keep(self, signals: Iterable[Signal]) -> None:
        """Remember what an assessment fired, for the rules that read earlier signals, and forget what is read once."""
        self._remembered.keep(signals)
