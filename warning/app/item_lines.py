"""Single items of an indexed history, read from their lines, and when they became known."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warning.collect.history_files import UNTIMED, Segment
from warning.collect.interchange import own_identity, read_line
from warning.core.evidence import Evidence, Item

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ALL = slice(None)


def as_replayed(record: Evidence) -> Evidence:
    """Return the record with the time it could be known at, for a look back.

    An item whose file says when it was published and not when it was known counts as known when it was
    published: at the time of the import it would be old news, and a rehearsal would be about nothing.
    """
    if isinstance(record, Item) and record.time_assumed and record.published_at is not None:
        return replace(record, known_at=record.published_at)
    return record


def read_items(
    path: Path, segment: Segment, numbers: Sequence[int], imported_at: datetime
) -> Iterator[tuple[int, Item]]:
    """Yield items, given by their numbers ascending, under the identity the store knows them by."""
    lines = segment.lines(numbers)
    for number, (line_number, line) in zip(numbers, lines, strict=True):
        item = own_identity(as_replayed(read_line(path, line_number, line, imported_at)))
        assert isinstance(item, Item)
        yield number, item


def times_of(
    segment: Segment, imported_at: datetime, numbers: NDArray[np.int64] | slice = _ALL
) -> NDArray[np.int64]:
    """When the items, or those of some numbers, became known, in microseconds; those without a time at the import."""
    return timed(np.asarray(segment.array("known_at"))[numbers], imported_at)


def timed(known_at: NDArray[np.int64], imported_at: datetime) -> NDArray[np.int64]:
    """The times of a segment's items, that of the import for those without."""
    since = imported_at - _EPOCH
    assumed = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return np.where(known_at == UNTIMED, assumed, known_at)
