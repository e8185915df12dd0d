"""Raw documents that nobody will ask for: older than the operator keeps them, and behind no signal."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, select

from warning.store.schema import documents, fetches, signals

AROUND = timedelta(hours=1)
"""A poll's pages are fetched at different moments: a signal speaks for all that its source gave around its time."""

Given = tuple[str, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What one step did. `looked_at` counts the documents old enough; `last` is where the next step goes on."""

    looked_at: int = 0
    documents: int = 0
    bytes: int = 0
    last: str = ""

    def __add__(self, other: "Forgotten") -> "Forgotten":
        return Forgotten(
            looked_at=self.looked_at + other.looked_at,
            documents=self.documents + other.documents,
            bytes=self.bytes + other.bytes,
            last=other.last,
        )


def forget_documents(
    connection: Connection, *, before: datetime, most: int, after: str = "", dry_run: bool = False
) -> Forgotten:
    """Take out what may go of the next `most` documents last given before a time, in the order of their digests.

    A document stays while a signal of its source was known around a time at which the source gave it, and while
    another is written against it. What was read from it (items, figures, lists) stays in any case.
    """
    d = documents.c
    given_since = exists().where(fetches.c.digest == d.digest, fetches.c.fetched_at >= before)
    query = (
        select(d.digest, d.content)
        .where(d.stored_at < before, d.digest > after, ~given_since)
        .order_by(d.digest)
        .limit(most)
    )
    rows = connection.execute(query).all()
    if not rows:
        return Forgotten(last=after)
    digests = [row.digest for row in rows]
    staying = _behind_signals(connection, digests) | _needed_as_base(connection, digests)
    leaving = [row.digest for row in rows if row.digest not in staying]
    if leaving and not dry_run:
        connection.execute(delete(fetches).where(fetches.c.digest.in_(leaving)))
        connection.execute(delete(documents).where(d.digest.in_(leaving)))
    size = sum(len(row.content) for row in rows if row.digest not in staying)
    return Forgotten(looked_at=len(rows), documents=len(leaving), bytes=size, last=digests[-1])


def _behind_signals(connection: Connection, digests: Sequence[str]) -> set[str]:
    """Which of the documents a source gave around the time of one of its signals."""
    f = fetches.c
    query = select(f.digest, f.source_id, f.fetched_at).where(f.digest.in_(digests))
    given = [(row.digest, (row.source_id, row.fetched_at)) for row in connection.execute(query)]
    times = _signal_times(connection, [place for _, place in given])
    return {digest for digest, (source, at) in given if _is_near(times.get(source, ()), at)}


def _signal_times(connection: Connection, given: Collection[Given]) -> dict[str, list[datetime]]:
    """The times of the sources' signals, sorted, over the time in question."""
    s = signals.c
    if not given:
        return {}
    when = [at for _, at in given]
    query = (
        select(s.source_id, s.known_at)
        .where(s.source_id.in_({source for source, _ in given}))
        .where(s.known_at >= min(when) - AROUND, s.known_at <= max(when) + AROUND)
        .distinct()
        .order_by(s.known_at)
    )
    found: dict[str, list[datetime]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.source_id].append(row.known_at)
    return found


def _is_near(times: Sequence[datetime], at: datetime) -> bool:
    place = bisect_left(times, at - AROUND)
    return place < len(times) and times[place] <= at + AROUND


def _needed_as_base(connection: Connection, digests: Sequence[str]) -> set[str]:
    query = select(documents.c.base).where(documents.c.base.in_(digests)).distinct()
    return {base for base in connection.execute(query).scalars() if base is not None}
