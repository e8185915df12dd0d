"""Items: stored once by (source, 64-bit key), edited in place, the old text kept as a revision."""

from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Row, select, update

from warning.core.evidence import Item
from warning.core.identity import (
    address_key,
    as_it_stands,
    as_version,
    is_undated,
    no_wider,
    says_who_may_see_it,
)
from warning.core.ids import key64
from warning.core.relabelling import labels_of, relabelled
from warning.core.vocabulary import SourceKind
from warning.store.engine import serialise
from warning.store.item_labels import keep_labels_read
from warning.store.item_statements import (
    COLUMNS,
    Arriving,
    Identity,
    Known,
    by_source,
    insert_items,
    item_values,
    known_texts,
    numbers_of_id,
    numbers_stored,
    remark,
)
from warning.store.rows import batches, insert_new, item_of, storable_item
from warning.store.same_documents import document_of, entangled
from warning.store.schema import item_revisions, items

V = TypeVar("V")
LOOKUP_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(Generic[V]):
    """What storing a batch did: first seen, changed against what was known, and already known.

    Of the `revised` so many are `relabelled`: the same words under another kind, country or language.
    """

    new: tuple[V, ...] = ()
    revised: tuple[V, ...] = ()
    unchanged: int = 0
    relabelled: int = 0

    def __add__(self, other: "Stored[V]") -> "Stored[V]":
        return Stored(
            new=self.new + other.new,
            revised=self.revised + other.revised,
            unchanged=self.unchanged + other.unchanged,
            relabelled=self.relabelled + other.relabelled,
        )


def add_items(connection: Connection, batch: Sequence[Item]) -> Stored[Item]:
    """Store a batch. An item whose text changed is unassessed again; one that is the same costs a look-up."""
    # One writer a source at a time: what was absent when we looked is still absent when we insert.
    serialise(connection, *{f"items {item.source_id}" for item in batch})
    arriving = sorted((Arriving(storable_item(item)) for item in batch), key=_order)
    known = known_texts(connection, {one.identity for one in arriving})
    return _Adding(connection, known, entangled(connection, arriving, known)).all(arriving)


def _order(one: Arriving) -> tuple[datetime, str]:
    """As a replay takes them: which of two entries came first decides whose version the other is."""
    return one.item.known_at, one.item.id


class _Adding:
    """Stores items in their order; those that touch no other item wait, to be inserted together."""

    def __init__(
        self, connection: Connection, known: dict[Identity, Known], entangled: Container[Identity]
    ) -> None:
        self._connection, self._known, self._entangled = connection, known, entangled
        self._waiting: dict[Identity, Arriving] = {}
        self._new: list[Item] = []
        self._revised: list[Item] = []
        self._relabelled = 0

    def all(self, arriving: Sequence[Arriving]) -> Stored[Item]:
        for one in arriving:
            if one.identity in self._known:
                self._add_known(one)
            elif one.identity in self._entangled:
                self._add_entangled(one)
            else:
                self._add_new(one)
        self._insert_waiting()
        revised = tuple(self._revised)
        unchanged = len(arriving) - len(self._new) - len(revised)
        new = tuple(self._new)
        return Stored(new=new, revised=revised, unchanged=unchanged, relabelled=self._relabelled)

    def _add_new(self, one: Arriving) -> None:
        self._waiting[one.identity] = one
        self._known[one.identity] = one.content_hash, labels_of(one.item)
        self._new.append(one.item)

    def _add_known(self, one: Arriving) -> None:
        content_hash, labels = self._known[one.identity]
        if one.content_hash != content_hash:
            self._insert_waiting()
            self._note(one.identity, _revise(self._connection, one.identity, one.item))
        elif says_who_may_see_it(one.item) or labels_of(one.item) != labels:
            self._insert_waiting()
            self._note(one.identity, _said_again(self._connection, one.identity, one.item))

    def _add_entangled(self, one: Arriving) -> None:
        self._insert_waiting()
        document = document_of(self._connection, one)
        if document is None:
            self._add_new(one)
            self._insert_waiting()
            return
        identity = document.source_id, key64(document.id)
        version = as_version(document, one.item)
        self._note(identity, _revise(self._connection, identity, version, renamed=True))

    def _note(self, identity: Identity, edit: Item | None) -> None:
        if edit is not None:
            held = self._known.get(identity)
            if held is not None and held[0] == edit.content_hash and held[1] != labels_of(edit):
                self._relabelled += 1
            self._known[identity] = edit.content_hash, labels_of(edit)
            self._revised.append(edit)

    def _insert_waiting(self) -> None:
        if self._waiting:
            insert_items(self._connection, sorted(self._waiting.values(), key=_source))
            self._waiting = {}


def _source(one: Arriving) -> str:
    return one.item.source_id


def _revise(connection: Connection, identity: Identity, item: Item, *, renamed: bool = False) -> Item | None:
    """Replace the text of a stored item and keep the old one. Returns None when nothing is new in it.

    An empty summary or body means "not read this time" (a list page after its detail page), not an erasure.
    A text known earlier than the stored one becomes a revision and leaves the item as it is. Of a document under two
    ids (`renamed`) both stay in the feed: what one of them says again is no edit of the other.
    """
    row = connection.execute(_by_identity(connection, identity)).one()
    before = item_of(row)
    now = as_it_stands(before, item)
    if now.content_hash == row.content_hash:
        return None if renamed else _said_again(connection, identity, item)
    if item.known_at < row.known_at:
        _keep_revision(connection, row.seq, now, now.content_hash)
        return None
    if (renamed or is_undated(before, item)) and _seen_before(connection, row.seq, item):
        return None
    _keep_revision(connection, row.seq, before, row.content_hash)
    keep_labels_read(connection, [(row.seq, before, now)])
    connection.execute(update(items).where(items.c.seq == row.seq).values(_item_row(now)))
    remark(connection, row.seq, before, now)
    return now


def _said_again(connection: Connection, identity: Identity, item: Item) -> Item | None:
    """Change what stands beside a stored text when the same words come again. None when there is nothing to change.

    A narrower marking narrows who may see it; nothing gets wider this way: whoever takes back a marking says so in a text
    of its own. Later words under a mended kind, country or language stand under that.
    """
    row = connection.execute(_by_identity(connection, identity)).one()
    stored = item_of(row)
    narrow = no_wider(stored, item)
    changed = replace(relabelled(stored, item), marking=narrow.marking, release_to=narrow.release_to)
    if changed == stored:
        return None
    keep_labels_read(connection, [(row.seq, stored, changed)])
    values = _item_row(changed)
    connection.execute(
        update(items).where(items.c.seq == row.seq).values({name: values[name] for name in _BESIDE})
    )
    remark(connection, row.seq, stored, changed)
    return changed


_BESIDE = ("kind", "country", "language", "marking", "release_to", "assessed_at")


def _item_row(item: Item) -> dict[str, Any]:
    """The row of an item that no assessment has seen, by column."""
    values = item_values(item, key64(item.id), item.content_hash, address_key(item.url))
    return dict(zip(COLUMNS, values, strict=True))


def _by_identity(connection: Connection, identity: Identity) -> Any:
    return select(items).where(items.c.seq.in_(numbers_stored(connection, [identity]).values()))


def _keep_revision(connection: Connection, item_seq: int, item: Item, content_hash: str) -> None:
    row = {
        "item_seq": item_seq,
        "content_hash": content_hash,
        "title": item.title,
        "summary": item.summary,
        "body": item.body,
        "archive_hash": item.archive_hash,
        "known_at": item.known_at,
    }
    connection.execute(insert_new(connection, item_revisions), row)


def _seen_before(connection: Connection, item_seq: int, item: Item) -> bool:
    """Without a later time of its own, a text that was once replaced is the old one again, not a new edit.

    What was not read this time (an empty summary or body) does not tell two texts apart.
    """
    query = select(item_revisions.c.seq).where(
        item_revisions.c.item_seq == item_seq, item_revisions.c.title == item.title
    )
    if item.summary:
        query = query.where(item_revisions.c.summary == item.summary)
    if item.body:
        query = query.where(item_revisions.c.body == item.body)
    return connection.execute(query.limit(1)).first() is not None


def find_item(connection: Connection, item_id: str, source_id: str | None = None) -> Item | None:
    """Return one item by its id, of this source or of the first that has it."""
    if source_id is None:
        numbers = numbers_of_id(connection, item_id)
    else:
        numbers = list(numbers_stored(connection, [(source_id, key64(item_id))]).values())
    query = select(items).where(items.c.seq.in_(numbers), items.c.id == item_id)
    row = connection.execute(query.order_by(items.c.seq)).first()
    return None if row is None else item_of(row)


def item_history(connection: Connection, item: Item) -> tuple[Item, ...]:
    """Return the earlier texts of an item, oldest first, without the present one."""
    numbers = numbers_stored(connection, [(item.source_id, key64(item.id))])
    query = (
        select(item_revisions)
        .where(item_revisions.c.item_seq.in_(numbers.values()))
        .order_by(item_revisions.c.known_at, item_revisions.c.seq)
    )
    return tuple(_earlier(item, row) for row in connection.execute(query))


def _earlier(item: Item, row: Row[Any]) -> Item:
    return replace(
        item,
        title=row.title,
        summary=row.summary,
        body=row.body,
        archive_hash=row.archive_hash,
        known_at=row.known_at,
    )


def items_between(
    connection: Connection,
    since: datetime,
    until: datetime,
    *,
    kinds: Sequence[SourceKind] = (),
    source_id: str | None = None,
    limit: int | None = None,
) -> tuple[Item, ...]:
    """Return the items known at or after `since` and before `until`, oldest first."""
    query = select(items).where(items.c.known_at >= since, items.c.known_at < until)
    if kinds:
        query = query.where(items.c.kind.in_(kinds))
    if source_id is not None:
        query = query.where(items.c.source_id == source_id)
    query = query.order_by(items.c.known_at, items.c.seq).limit(limit)
    return tuple(item_of(row) for row in connection.execute(query))


def last_items_named(
    connection: Connection, source_id: str, names: Collection[str], most: int
) -> tuple[tuple[str, str], ...]:
    """Return (publisher's id, title) of those of a source's last `most` items whose id is or begins with one of these words."""
    last = (
        select(items.c.seq).where(by_source(connection, source_id)).order_by(items.c.seq.desc()).limit(most)
    )
    query = select(items.c.external_id, items.c.title).where(items.c.seq.in_(last)).order_by(items.c.seq)
    return tuple(
        (row.external_id, row.title)
        for row in connection.execute(query)
        if row.external_id in names or row.external_id.rpartition(" ")[0] in names
    )


def known_items(connection: Connection, source_id: str, item_ids: Iterable[str]) -> frozenset[str]:
    """Return which of these ids are stored for a source."""
    found: set[str] = set()
    for batch in batches(item_ids, LOOKUP_BATCH):
        numbers = numbers_stored(connection, {(source_id, key64(identity)) for identity in batch})
        query = select(items.c.id).where(items.c.seq.in_(numbers.values()))
        found.update(connection.execute(query).scalars())
    return frozenset(found)
