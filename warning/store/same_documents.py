"""New items that are versions of stored ones under another id, found by canonical address and by text."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from warning.core.evidence import Item
from warning.core.identity import Identities, Marks, as_version, marks_of
from warning.store.item_statements import Arriving, last_by_address, last_by_text
from warning.store.rows import item_of
from warning.store.schema import items

Place = tuple[str, int | str]


class _Wanted:
    """The marks of arriving items, by source."""

    def __init__(self, arriving: Sequence[Arriving]) -> None:
        self.addresses: dict[str, list[int | str]] = {}
        self.texts: dict[str, list[int | str]] = {}
        for one in arriving:
            address, text = one.marks = marks_of(one.item, one.content_hash)
            if address is not None:
                self.addresses.setdefault(one.item.source_id, []).append(address)
            if text is not None:
                self.texts.setdefault(one.item.source_id, []).append(text)

    def are_all_different(self) -> bool:
        lists = [*self.addresses.values(), *self.texts.values()]
        return all(len(set(marks)) == len(marks) for marks in lists)


def split_versions(connection: Connection, new: Sequence[Arriving]) -> tuple[list[Arriving], list[Item]]:
    """Return the items that are documents of their own, and the versions, under the identity of their document.

    `new` are items whose ids are not stored. Two queries, whatever their number and their sources.
    """
    arriving = sorted(new, key=lambda one: one.item.source_id)
    wanted = _Wanted(arriving)
    stored = _alike(connection, wanted)
    if not stored and wanted.are_all_different():
        return arriving, []
    shared = _shared(arriving, stored)
    own: list[Arriving] = []
    versions: list[Item] = []
    identities = Identities(stored)
    for one in arriving:
        has_shared = not shared.isdisjoint(_places(one.item.source_id, one.marks))
        document = identities.take(one.item) if has_shared else None
        if document is None:
            own.append(one)
        else:
            versions.append(as_version(document, one.item))
    return own, versions


def _places(source_id: str, marks: Marks) -> list[Place]:
    return [(source_id, mark) for mark in marks if mark is not None]


def _shared(arriving: Sequence[Arriving], stored: Sequence[Item]) -> set[Place]:
    """The marks that more than one item has: whoever has none of them is a document of its own."""
    seen: set[Place] = {place for item in stored for place in _places(item.source_id, marks_of(item))}
    shared = set(seen)
    for one in arriving:
        places = _places(one.item.source_id, one.marks)
        shared.update(place for place in places if place in seen)
        seen.update(places)
    return shared


def _alike(connection: Connection, wanted: _Wanted) -> list[Item]:
    """The stored items that share a source and a mark with a new one: of each mark the one stored last."""
    found = last_by_address(connection, wanted.addresses) | last_by_text(connection, wanted.texts)
    if not found:
        return []
    return [item_of(row) for row in connection.execute(_WHOLE, {"seqs": sorted(found)})]


_WHOLE = select(items).where(items.c.seq.in_(bindparam("seqs", expanding=True))).order_by(items.c.seq)
