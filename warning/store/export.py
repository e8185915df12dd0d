"""All evidence in the store, in batches, so that an export of any size needs little memory."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, select

from warning.core.evidence import Evidence
from warning.store.engine import reading
from warning.store.figures import JOINED
from warning.store.rows import item_of, listing_of, observation_of
from warning.store.schema import items, listings, observations, source_reports, withdrawals
from warning.store.sources import report_of_row
from warning.store.withdrawals import withdrawal_of

BATCH = 1_000
LISTINGS_BATCH = 10  # a list may hold tens of thousands of entries


def export(engine: Engine, since: datetime | None = None) -> Iterator[Evidence]:
    """Yield items, then every vintage of every figure, then every version of every list, then how sources
    did, then what was taken back, as they were stored.

    With `since`, only what was known at or after it.
    """
    figure_seq = observations.c.seq
    yield from _pages(engine, select(items), items.c.seq, items.c.known_at, item_of, since, BATCH)
    yield from _pages(engine, JOINED, figure_seq, observations.c.known_at, observation_of, since, BATCH)
    lists = select(listings)
    yield from _pages(engine, lists, listings.c.seq, listings.c.known_at, listing_of, since, LISTINGS_BATCH)
    reports, read = select(source_reports), source_reports.c
    yield from _pages(engine, reports, read.seq, read.known_at, report_of_row, since, BATCH)
    acts, taken = select(withdrawals), withdrawals.c
    yield from _pages(engine, acts, taken.seq, taken.known_at, withdrawal_of, since, BATCH)


def _pages(
    engine: Engine,
    query: Select[Any],
    seq: ColumnElement[int],
    known_at: ColumnElement[datetime],
    value_of: Callable[[Row[Any]], Evidence],
    since: datetime | None,
    size: int,
) -> Iterator[Evidence]:
    """Read page after page; no connection is held while the caller works on one."""
    query = query.add_columns(seq.label("page_seq")).order_by(seq).limit(size)
    if since is not None:
        query = query.where(known_at >= since)
    last = -1
    while True:
        with reading(engine) as connection:
            rows = connection.execute(query.where(seq > last)).all()
        yield from (value_of(row) for row in rows)
        if len(rows) < size:
            return
        last = rows[-1].page_seq
