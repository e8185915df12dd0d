"""Raw documents that nobody will ask for: older than the operator keeps them, and behind no signal."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Documents that may go, by digest with what they take, out of `looked_at` that are old enough."""

    looked_at: int
    sizes: Mapping[str, int]
    last: str


def find_leaving(connection: Connection, *, before: datetime, most: int, after: str = "") -> Leaving:
    """Find what may go of the next `most` documents last given before a time, in the order of their digests.

    A document stays while a signal of its source was known around a time at which the source gave it, and while
    another is written against it. What was read from it (items, figures, lists) stays in any case.
    """
    d = documents.c
    query = (
        select(d.digest, func.length(d.content).label("size"))
        .where(d.stored_at < before, d.digest > after, ~_given_since(before))
        .order_by(d.digest)
        .limit(most)
    )
    rows = connection.execute(query).all()
    if not rows:
        return Leaving(looked_at=0, sizes={}, last=after)
    digests = [row.digest for row in rows]
    staying = _behind_signals(connection, digests) | _needed_as_base(connection, digests)
    sizes = {row.digest: row.size for row in rows if row.digest not in staying}
    return Leaving(looked_at=len(rows), sizes=sizes, last=digests[-1])


def forget_documents(connection: Connection, leaving: Leaving, before: datetime) -> Forgotten:
    """Take the documents out, but for those that were given again, or built upon, since they were found."""
    d = documents.c
    found = select(d.digest).where(d.digest.in_(leaving.sizes), ~_given_since(before))
    still = set(connection.execute(found.with_for_update()).scalars())
    still -= _needed_as_base(connection, sorted(still)) | _behind_signals(connection, sorted(still))
    if still:
        connection.execute(delete(fetches).where(fetches.c.digest.in_(still)))
        connection.execute(delete(documents).where(d.digest.in_(still)))
    return told(leaving, still)


def told(leaving: Leaving, gone: Collection[str]) -> Forgotten:
    """Return the step that takes out these of the documents found."""
    size = sum(leaving.sizes[digest] for digest in gone)
    return Forgotten(looked_at=leaving.looked_at, documents=len(gone), bytes=size, last=leaving.last)


def _given_since(before: datetime) -> ColumnElement[bool]:
    f = fetches.c
    return exists().where(f.digest == documents.c.digest, f.fetched_at >= before)


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
