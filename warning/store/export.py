"""All evidence in the store, in batches, so that an export of any size needs little memory."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, Row, Select, func, select

from warning.core.evidence import Evidence
from warning.store.engine import reading
from warning.store.figures import JOINED
from warning.store.rows import item_of, listing_of, observation_of
from warning.store.schema import items, listings, observations, source_reports, withdrawals
from warning.store.sources import report_of_row
from warning.store.withdrawals import withdrawal_of

BATCH = 1_000
LISTINGS_BATCH = 10  # a list may hold tens of thousands of entries


class Span(NamedTuple):
    """What became known from `since` on and before `until`; None leaves an end open."""

    since: datetime | None
    until: datetime | None

    def of(self, query: Select[Any], known_at: ColumnElement[datetime]) -> Select[Any]:
        if self.since is not None:
            query = query.where(known_at >= self.since)
        return query if self.until is None else query.where(known_at < self.until)


class ItemMonth(NamedTuple):
    """The items of one month: how many they are, and the highest of their numbers. `month_mark` tells whether any changed."""

    since: datetime
    until: datetime
    items: int
    newest: int


def export(
    engine: Engine, since: datetime | None = None, until: datetime | None = None
) -> Iterator[Evidence]:
    """Yield items, then every vintage of every figure, then every version of every list, then how sources
    did, then what was taken back, as they were stored.

    With `since`, only what was known at or after it; with `until`, only what was known before that.
    """
    span = Span(since, until)
    figure_seq = observations.c.seq
    yield from _pages(engine, select(items), items.c.seq, items.c.known_at, item_of, span, BATCH)
    yield from _pages(engine, JOINED, figure_seq, observations.c.known_at, observation_of, span, BATCH)
    lists = select(listings)
    yield from _pages(engine, lists, listings.c.seq, listings.c.known_at, listing_of, span, LISTINGS_BATCH)
    reports, read = select(source_reports), source_reports.c
    yield from _pages(engine, reports, read.seq, read.known_at, report_of_row, span, BATCH)
    acts, taken = select(withdrawals), withdrawals.c
    yield from _pages(engine, acts, taken.seq, taken.known_at, withdrawal_of, span, BATCH)


def export_items(engine: Engine, since: datetime, until: datetime) -> Iterator[Evidence]:
    """Yield the items alone that became known from `since` on and before `until`."""
    return _pages(engine, select(items), items.c.seq, items.c.known_at, item_of, Span(since, until), BATCH)


def item_months(engine: Engine) -> tuple[ItemMonth, ...]:
    """Return the months (UTC) in which items became known that the store holds, the oldest first."""
    known_at = items.c.known_at
    with reading(engine) as connection:
        first, last = connection.execute(select(func.min(known_at), func.max(known_at))).one()
        found: list[ItemMonth] = []
        begin = _month_of(first) if first else None
        while begin is not None and begin <= last:
            end = _month_of(begin + timedelta(days=32))
            asked = select(func.count(), func.max(items.c.seq)).where(known_at >= begin, known_at < end)
            count, newest = connection.execute(asked).one()
            if count:
                found.append(ItemMonth(begin, end, count, newest))
            begin = end
    return tuple(found)


def month_mark(engine: Engine, month: ItemMonth, newest: int) -> str:
    """Return a digest of a month's items up to a number, which moves with any one's text, time, labels, marking and release."""
    read = items.c
    labels = read.kind, read.country, read.language
    asked = select(read.seq, read.known_at, read.content_hash, read.marking, read.release_to, *labels)
    asked = Span(month.since, month.until).of(asked, read.known_at).where(read.seq <= newest)
    mark = blake2b(digest_size=8)
    with reading(engine) as connection:
        ordered = asked.order_by(read.known_at, read.seq)  # as the index has them
        for row in connection.execute(ordered, execution_options={"yield_per": BATCH}):
            mark.update(repr(tuple(row)).encode())
    return mark.hexdigest()


def _month_of(moment: datetime) -> datetime:
    return datetime(moment.year, moment.month, 1, tzinfo=UTC)


def _pages(
    engine: Engine,
    query: Select[Any],
    seq: ColumnElement[int],
    known_at: ColumnElement[datetime],
    value_of: Callable[[Row[Any]], Evidence],
    span: Span,
    size: int,
) -> Iterator[Evidence]:
    """Read page after page; no connection is held while the caller works on one."""
    query = span.of(query.add_columns(seq.label("page_seq")).order_by(seq).limit(size), known_at)
    last = -1
    while True:
        with reading(engine) as connection:
            rows = connection.execute(query.where(seq > last)).all()
        yield from (value_of(row) for row in rows)
        if len(rows) < size:
            return
        last = rows[-1].page_seq
