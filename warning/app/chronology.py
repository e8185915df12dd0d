"""Evidence in the order in which it could be known, however much of it there is."""

import heapq
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from warning.app.figure_days import FigureDay, FigureDays
from warning.app.item_shelf import ItemShelf
from warning.collect.history_figures import SegmentFigures
from warning.core.evidence import Evidence, Item
from warning.core.identity import Identities
from warning.core.signal_lines import signal_of
from warning.core.signals import Signal

RUN_LENGTH = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bystanders:
    """Items that no rule may fire on, counted instead of read: known by `known_at`, after the hour before it."""

    known_at: datetime
    count: int
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An item read elsewhere: what the text rules said of it, mostly without its text.

    `lines` are its signals as `line_of` gives them: most wait in files until their turn, and cost less there so.
    `item` is the item itself where more than its verdict may be asked: it may be a version of another, or retract one.
    """

    known_at: datetime
    id: str
    lines: tuple[bytes, ...] = ()
    item: Item | None = None

    @property
    def signals(self) -> tuple[Signal, ...]:
        return tuple(signal_of(line) for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """An item known before, whose words came again at `known_at` under a narrower marking or release list."""

    known_at: datetime
    item: Item

    @property
    def id(self) -> str:
        return self.item.id


Replayed = Evidence | Bystanders | Judged | Narrowed | FigureDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """Records of which some come by (known_at, id) already: those are read as they are asked for, and never sorted.

    `figures` are those that stand by day in indexes.
    """

    ordered: Iterator[Replayed]
    others: Iterator[Replayed]
    figures: Iterable[SegmentFigures] = ()

    def __iter__(self) -> Iterator[Replayed]:
        return chain(self.in_no_order(), self.ordered)

    def in_no_order(self) -> Iterator[Replayed]:
        """Yield the records that are still to be sorted, figures as objects."""
        return chain(self.others, (one for some in self.figures for one in some.observations()))


def in_days(records: Iterable[Replayed], figures: FigureDays) -> Iterator[Replayed]:
    """Yield the records by (known_at, id), figures as the days that `figures` makes of them."""
    streams = records if isinstance(records, Streams) else Streams(ordered=iter(()), others=iter(records))
    others = chain(figures.indexed(streams.figures), figures.without(streams.others))
    yield from heapq.merge(
        figures.by_day(streams.ordered), in_order(others), figures.days(), key=record_order
    )


def counted(records: Iterable[Replayed]) -> int:
    """Return how many records these stand for."""
    return sum(record.count if isinstance(record, Bystanders | FigureDay) else 1 for record in records)


def in_order(records: Iterable[Replayed], *, run_length: int = RUN_LENGTH) -> Iterator[Replayed]:
    """Yield the records by (known_at, id). More than `run_length` of them are sorted in files, not memory."""
    ordered, others = (
        (records.ordered, records.in_no_order()) if isinstance(records, Streams) else ((), records)
    )
    yield from heapq.merge(ordered, _sorted(others, run_length), key=record_order)


def _sorted(records: Iterable[Replayed], run_length: int) -> Iterator[Replayed]:
    stream = iter(records)
    first = _run(stream, run_length)
    if len(first) < run_length:
        yield from first
        return
    with TemporaryDirectory(prefix="warning-") as directory:
        files = [_spilled(Path(directory) / "0", first)]
        del first
        while run := _run(stream, run_length):
            files.append(_spilled(Path(directory) / str(len(files)), run))
        yield from heapq.merge(*(_read(file) for file in files), key=record_order)


def settled(records: Iterable[Replayed]) -> Iterator[Replayed]:
    """Yield records, given in order, items under the identity that the store gave them when they came in this order.

    What a document says again under another id is only counted. An item that comes both judged and whole, as neighbours,
    is taken whole: it may be a version of another, and is then judged anew, under that one's identity.
    """
    identities = Identities(shelf=ItemShelf())
    for _, some in groupby(records, key=record_order):
        alike = list(some)
        is_whole = any(isinstance(_read_of(record), Item) for record in alike)
        for record in alike:
            read = _read_of(record)
            if isinstance(read, Item):
                item = identities.settle(read)
                if item is None:
                    yield Bystanders(known_at=record.known_at, count=1)
                elif item.known_at < record.known_at:
                    yield Narrowed(known_at=record.known_at, item=item)
                else:  # what was said of it holds for the very same text and identity
                    yield record if item == read else item
            elif not (is_whole and isinstance(record, Judged)):
                yield record


def _read_of(record: Replayed) -> Replayed | None:
    return record.item if isinstance(record, Judged) else record


def _run(stream: Iterator[Replayed], length: int) -> list[Replayed]:
    return sorted(islice(stream, length), key=record_order)


def record_order(record: Replayed) -> tuple[datetime, str]:
    """What records are put in order by."""
    return record.known_at, record.id


def _spilled(path: Path, records: Iterable[Replayed]) -> Path:
    with path.open("wb") as stream:
        for record in records:
            pickle.dump(record, stream, protocol=pickle.HIGHEST_PROTOCOL)
    return path


def _read(path: Path) -> Iterator[Replayed]:
    with path.open("rb") as stream:
        while True:
            try:
                yield pickle.load(stream)  # noqa: S301 - written above, by this process, to its own directory
            except EOFError:
                return
