"""New items that are versions of stored ones under another id, found by canonical address and by text."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from warning.core.evidence import Item
from warning.core.identity import Identities, as_version, marks_of
from warning.store.rows import item_of
from warning.store.schema import items

_ITEMS = items.c


def split_versions(connection: Connection, new: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Return the items that are documents of their own, and the versions, under the identity of their document.

    `new` are items whose ids are not stored. Two queries a source, whatever their number.
    """
    own: list[Item] = []
    versions: list[Item] = []
    by_source = sorted(new, key=lambda item: item.source_id)
    for source_id, batch in groupby(by_source, key=lambda item: item.source_id):
        some = list(batch)
        identities = Identities(_alike(connection, source_id, some))
        for item in some:
            document = identities.take(item)
            if document is None:
                own.append(item)
            else:
                versions.append(as_version(document, item))
    return own, versions


def _alike(connection: Connection, source_id: str, new: Sequence[Item]) -> Iterable[Item]:
    """The stored items of the source that share a mark with a new one: of each mark the one stored last."""
    marks = [marks_of(item) for item in new]
    addresses = {one.address for one in marks if one.address is not None}
    texts = {one.text for one in marks if one.text is not None}
    found: set[int] = set()
    if addresses:
        found.update(
            connection.execute(_BY_ADDRESS, {"source": source_id, "keys": sorted(addresses)}).scalars()
        )
    if texts:
        found.update(connection.execute(_BY_TEXT, {"source": source_id, "keys": sorted(texts)}).scalars())
    if not found:
        return ()
    rows = connection.execute(_WHOLE, {"seqs": sorted(found)})
    return [item_of(row) for row in rows]


def _last_by(mark: Any) -> Any:
    last = select(func.max(_ITEMS.seq)).where(_ITEMS.source_id == bindparam("source"))
    return last.where(mark.in_(bindparam("keys", expanding=True, literal_execute=True))).group_by(mark)


_BY_ADDRESS = _last_by(_ITEMS.address_key)
_BY_TEXT = _last_by(_ITEMS.content_hash)
_WHOLE = select(items).where(_ITEMS.seq.in_(bindparam("seqs", expanding=True))).order_by(_ITEMS.seq)
