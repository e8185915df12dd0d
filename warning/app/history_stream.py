"""The items of an indexed history as a replay reads them: those that fired as judged, their kin whole, the others counted.

Segments come in the order of their first items, as the months of a history mostly are: then the first day can be assessed
when the first of them was read, and nothing waits in memory or in files but what the next one may still precede.
"""

import pickle
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from warning.app.chronology import Bystanders, Judged, Replayed, record_order
from warning.app.history_judging import Fired, Judging, Share, judge_share
from warning.app.history_marks import Numbers, Wanted, keys_of, kindred, may_retract, told_again
from warning.app.item_lines import read_items, times_of
from warning.app.put_by import PutBy
from warning.collect.history_files import Segment
from warning.core.ids import key64

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR_MICROSECONDS = 3_600_000_000
_WORD = 0xFFFF_FFFF_FFFF_FFFF
_ALL = slice(None)
# More segments than that at a time would hold too much in memory: such a history is sorted in files.
MOST_OPEN = 8


class HistoryStream:
    """Items of the segments that `judging` judges; `awaited` are the sources of which every item is read whole."""

    def __init__(self, judging: Judging, imported_at: datetime, awaited: Sequence[str]) -> None:
        self._judging, self._imported_at, self._awaited = judging, imported_at, awaited
        self._shares = judging.shares()
        self._first, self._last = self._spans()
        self._wanted: list[Wanted] = []
        self._unkept: dict[int, int] = {}
        self._file = PutBy()

    @property
    def is_in_order(self) -> bool:
        """Whether the items can be told in order without holding more than a few segments' at a time."""
        began = np.searchsorted(np.sort(self._first), self._last, side="right")
        ended = np.searchsorted(np.sort(self._last), self._last, side="left")
        return not len(began) or int((began - ended).max()) <= MOST_OPEN

    def ordered(self) -> Iterator[Replayed]:
        """Yield the records by (known_at, id), those with the same in the order of the files: the last word holds."""
        self._look()
        places = np.argsort(self._first, kind="stable").tolist()
        pending: list[tuple[int, Replayed]] = []
        for place, following in zip(places, [*places[1:], None], strict=True):
            new = ((place, record) for record in self._records(place))
            pending = sorted((*pending, *new), key=_file_order)
            until = len(pending)
            if following is not None:
                began = _moment(int(self._first[following]))
                until = bisect_left(pending, (began, "", -1), key=_file_order)
            yield from (record for _, record in pending[:until])
            del pending[:until]

    def as_they_stand(self) -> Iterator[Replayed]:
        """Yield the records in the order of the files."""
        self._look()
        for place in range(len(self._shares)):
            yield from self._records(place)

    def _spans(self) -> tuple[Numbers, Numbers]:
        """When the first and the last item of each share became known; shares without items are left out.

        The times of one share alone are held at once: those of all items of years would be hundreds of megabytes.
        """
        spans = [_span(times_of(share.segment, self._imported_at)) for share in self._shares]
        self._shares = [share for share, span in zip(self._shares, spans, strict=True) if span]
        first, last = (np.array([span[end] for span in spans if span], dtype=np.int64) for end in (0, 1))
        return first, last

    def _look(self) -> None:
        """Judge what was not yet, and find which items are wanted: those that fired, and their kin anywhere.

        Another version of an item that fired takes its place, and may take it back: it is read whole. So is what fired and
        may be a retraction itself: what its text says of that is in no signal. And so is what may be one document with
        what fired, under another id; `settled` takes it from there.
        """
        numbers, plain, shares = list[Numbers](), list[Numbers](), list[Share]()
        for result in self._judging.fired():
            own = result.numbers
            if self._awaited and len(own):  # those are read whole, and judged then
                own = own[~from_sources(result.share.segment, self._awaited)[own]]
            if len(result.share.segment.languages):
                if not result.was_kept:
                    (self._unkept[len(shares)],) = self._file.put([pickle.dumps(dict(result.contents))])
                shares.append(result.share)
                numbers.append(own)
                plain.append(own[~may_retract(result.share.segment)[own]])
        known = list(told_again(shares, numbers))
        for share, own, told, kin in zip(shares, plain, known, kindred(shares, known), strict=True):
            whole = np.union1d(np.setdiff1d(told, own), kin)
            if self._awaited:  # each of those counts
                every = np.flatnonzero(from_sources(share.segment, self._awaited))
                whole = np.union1d(whole, np.setdiff1d(every, own))
            self._wanted.append(Wanted(plain=own, whole=whole))
        self._earliest = self._earliest_other()

    def _said(self, place: int) -> Mapping[int, Sequence[bytes]]:
        """The lines of signals of the items of a share that fired."""
        share = self._shares[place]
        if place in self._unkept:
            contents = pickle.loads(self._file.get(self._unkept[place]))  # noqa: S301 - written above, to a file without a name
            return Fired(share=share, contents=contents).lines
        kept = self._judging.said(share)
        return Fired(share=share, contents=judge_share(share)).lines if kept is None else kept

    def _records(self, place: int) -> Iterator[Replayed]:
        share, wanted = self._shares[place], self._wanted[place]
        said = self._said(place) if len(wanted.plain) or len(wanted.whole) else {}
        yield from self._told(share, wanted.plain, said)
        for number, item in read_items(
            share.evidence, share.segment, wanted.whole.tolist(), self._imported_at
        ):
            lines = tuple(said.get(number, ()))
            yield Judged(known_at=item.known_at, id=item.id, lines=lines, item=item)
        yield from self._counted(place)

    def _told(self, share: Share, numbers: Numbers, said: Mapping[int, Sequence[bytes]]) -> Iterator[Judged]:
        ids = keys_of(share, "ids")[numbers].tolist()
        times = times_of(share.segment, self._imported_at, numbers).tolist()
        for number, identity, known_at in zip(numbers.tolist(), ids, times, strict=True):
            yield Judged(known_at=_moment(known_at), id=f"i-{identity:016x}", lines=tuple(said[number]))

    def _counted(self, place: int) -> Iterator[Bystanders]:
        """Count the others by the hour. The very first is told to the microsecond: it may be what the replay begins with."""
        hours, counts = np.unique(-(-self._others(place) // _HOUR_MICROSECONDS), return_counts=True)
        earliest, where = self._earliest
        if place == where:
            yield Bystanders(known_at=_moment(earliest), count=1)
            counts[hours == -(-earliest // _HOUR_MICROSECONDS)] -= 1
        for hour, count in zip(hours.tolist(), counts.tolist(), strict=True):
            if count:
                yield Bystanders(known_at=_moment(hour * _HOUR_MICROSECONDS), count=count)

    def _others(self, place: int) -> Numbers:
        """When the items that are only counted became known."""
        times = times_of(self._shares[place].segment, self._imported_at)
        marks = np.ones(len(times), dtype=np.bool_)
        marks[self._wanted[place].plain] = marks[self._wanted[place].whole] = False
        return times[marks]

    def _earliest_other(self) -> tuple[int, int]:
        """When the first item that is only counted became known, and the place of its share; (0, -1) without one."""
        found: tuple[int, int] | None = None
        for place in np.argsort(self._first, kind="stable").tolist():
            if found is not None and found[0] <= int(self._first[place]):
                break
            times = self._others(place)
            if len(times) and (found is None or int(times.min()) < found[0]):
                found = int(times.min()), place
        return found or (0, -1)


def _span(times: Numbers) -> tuple[int, int] | None:
    """The first and the last of some times, None where there are none."""
    return (int(times.min()), int(times.max())) if len(times) else None


def from_sources(segment: Segment, sources: Iterable[str]) -> NDArray[np.bool_]:
    """Mark the items of some sources."""
    keys = np.array([key64(source) & _WORD for source in sources], dtype=np.uint64)
    return np.isin(segment.array("sources"), keys)


def _file_order(pending: tuple[int, Replayed]) -> tuple[datetime, str, int]:
    """When and what, then the place of its share; those of one share come in their order already."""
    place, record = pending
    return *record_order(record), place


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
