"""Raw documents that nobody will ask for, older than the operator keeps them and behind no signal; and old traces."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import Connection, delete, func, select

from warning.store.schema import assessments, documents, fetches, signals, traces

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
    rows, last = _old_enough(connection, before, most, after)
    if not rows:
        return Leaving(looked_at=0, sizes={}, last=after)
    staying = _behind_signals(connection, list(rows)) | _needed_as_base(connection, list(rows))
    sizes = {digest: size for digest, size in rows.items() if digest not in staying}
    return Leaving(looked_at=len(rows), sizes=sizes, last=last)


def _old_enough(
    connection: Connection, before: datetime, most: int, after: str
) -> tuple[dict[str, int], str]:
    """The next documents that no source gave since, by digest with what they take, and the last that was looked at.

    Two questions by index: asked for both at once, PostgreSQL reads every fetch there is to find two hundred documents.
    """
    d = documents.c
    query = (
        select(d.digest, func.length(d.content).label("size"))
        .where(d.stored_at < before)
        .order_by(d.digest)
        .limit(most)
    )
    while rows := connection.execute(query.where(d.digest > after)).all():
        after = rows[-1].digest
        given = _given_since(connection, [row.digest for row in rows], before)
        old = {row.digest: row.size for row in rows if row.digest not in given}
        if old:
            return old, after
    return {}, after


def forget_documents(connection: Connection, leaving: Leaving, before: datetime) -> Forgotten:
    """Take the documents out, but for those that were given again, or built upon, since they were found."""
    d = documents.c
    found = select(d.digest).where(d.digest.in_(leaving.sizes))
    still = set(connection.execute(found.with_for_update()).scalars())
    still -= _given_since(connection, sorted(still), before)
    still -= _needed_as_base(connection, sorted(still)) | _behind_signals(connection, sorted(still))
    if still:
        connection.execute(delete(fetches).where(fetches.c.digest.in_(still)))
        connection.execute(delete(documents).where(d.digest.in_(still)))
    return told(leaving, still)


def told(leaving: Leaving, gone: Collection[str]) -> Forgotten:
    """Return the step that takes out these of the documents found."""
    size = sum(leaving.sizes[digest] for digest in gone)
    return Forgotten(looked_at=leaving.looked_at, documents=len(gone), bytes=size, last=leaving.last)


def _given_since(connection: Connection, digests: Sequence[str], before: datetime) -> set[str]:
    f = fetches.c
    query = select(f.digest).where(f.digest.in_(digests), f.fetched_at >= before).distinct()
    return set(connection.execute(query).scalars())


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


def last_leaving_trace(connection: Connection, *, before: datetime, most: int) -> int | None:
    """Return the number of the last of the first `most` traces that are of assessments before then; None for none.

    Traces are numbered as the assessments came: nothing is looked at behind the first that stays.
    """
    first = select(traces.c.seq, traces.c.assessment_id).order_by(traces.c.seq).limit(most).subquery()
    query = (
        select(first.c.seq, assessments.c.as_of)
        .join(assessments, assessments.c.id == first.c.assessment_id)
        .order_by(first.c.seq)
    )
    leaving = takewhile(lambda row: row.as_of < before, connection.execute(query).all())
    return max((row.seq for row in leaving), default=None)


def forget_traces(connection: Connection, last: int) -> int:
    """Forget what rules did, up to this number; return how many traces. Signals, alerts and assessments stay."""
    return connection.execute(delete(traces).where(traces.c.seq <= last)).rowcount
