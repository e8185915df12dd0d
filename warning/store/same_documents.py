"""New items that are versions of stored ones under another id, found by canonical address and by text."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, bindparam, select

from warning.core.evidence import Item
from warning.core.identity import Identities, marks_of
from warning.store.item_marks import numbers_of
from warning.store.item_statements import Arriving, Identity, Known, last_alike
from warning.store.rows import batches, item_of
from warning.store.schema import items

BATCH = 500


def entangled(
    connection: Connection, arriving: Sequence[Arriving], known: Mapping[Identity, Known]
) -> set[Identity]:
    """Return the new items that may be versions of stored ones or of each other, by (source, key).

    Whichever is not among them shares no address and no text with any other item of its source, stored or arriving:
    it is a document of its own in whatever order they are stored. A query for their marks, and one for each few hundred found.
    `known` are the texts of the stored ones.
    """
    new = [one for one in arriving if one.identity not in known]
    if not new:
        return set()
    edits = [one for one in arriving if one.identity in known and known[one.identity][0] != one.content_hash]
    for one in (*new, *edits):
        one.marks = marks_of(one.item, one.content_hash)
        one.numbers = numbers_of(one.item.source_id, one.marks)
    shared = _held_by_two((*new, *edits)) | _held_by_stored(connection, new)
    touched = {one.identity for one in new if not shared.isdisjoint(one.numbers)} if shared else set()
    touched |= _told_twice(new)
    return touched | _alike_when_whole(new, [*edits, *(one for one in new if one.identity in touched)])


def _held_by_two(arriving: Sequence[Arriving]) -> set[int]:
    """The marks that two arriving items have."""
    every = [number for one in arriving for number in one.numbers]
    if len(set(every)) == len(every):
        return set()
    first: dict[int, Identity] = {}
    held = ((number, one.identity) for one in arriving for number in one.numbers)
    return {number for number, identity in held if first.setdefault(number, identity) != identity}


def _held_by_stored(connection: Connection, new: Sequence[Arriving]) -> set[int]:
    stored = _alike(connection, new)
    return {number for item in stored for number in numbers_of(item.source_id, marks_of(item))}


def _told_twice(new: Sequence[Arriving]) -> set[Identity]:
    if len({one.identity for one in new}) == len(new):
        return set()
    times = Counter(one.identity for one in new)
    return {identity for identity, count in times.items() if count > 1}


def _alike_when_whole(new: Sequence[Arriving], edits: Iterable[Arriving]) -> set[Identity]:
    """A text of which a part was not read is stored with the part read before, and may be another's text then."""
    partly = [one.item for one in edits if not (one.item.summary and one.item.body)]
    heads = {(item.source_id, item.title) for item in partly}
    return {one.identity for one in new if (one.item.source_id, one.item.title) in heads} if heads else set()


def document_of(connection: Connection, one: Arriving) -> Item | None:
    """Return the stored document that an item with an unknown id is a version of; None when it is one of its own."""
    return Identities(_alike(connection, [one])).take(one.item)


def _alike(connection: Connection, new: Sequence[Arriving]) -> list[Item]:
    """The stored items that share a source and a mark with a new one: of each mark the one stored last."""
    return [
        item_of(row)
        for seqs in batches(sorted(last_alike(connection, new)), BATCH)
        for row in connection.execute(_WHOLE, {"seqs": seqs})
    ]


_WHOLE = select(items).where(items.c.seq.in_(bindparam("seqs", expanding=True))).order_by(items.c.seq)
