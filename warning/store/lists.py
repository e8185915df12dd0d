"""Listings: each version of a control or entity list, and what changed between two of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import zstandard
from sqlalchemy import Connection, delete, select, update

from warning.core.evidence import Listing, ListingChange
from warning.core.list_memory import ListMemory, baseline, follow
from warning.core.list_patience import PATIENCE, ListPatience
from warning.store.engine import serialise
from warning.store.rows import batches, from_json, insert_new, listing_of, packed_entries, storable, to_json
from warning.store.schema import list_memories, listing_changes, listings

WITHDRAWN_AT_ONCE = 500
LATEST_FIRST = (listings.c.known_at.desc(), listings.c.seq.desc())


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingVersion:
    """Which version of a list it is, without its entries (a list may hold tens of thousands)."""

    id: str
    known_at: datetime


def add_listing(
    connection: Connection, listing: Listing, patience: ListPatience = PATIENCE
) -> tuple[ListingChange, ...]:
    """Store a list that differs from the latest, with its changes; they wait for an assessment.

    Changes that the list has to show for longer lie in the store with the time at which they count, and are taken
    out again when the list says otherwise before. The same content again is nothing new. A list older than the
    latest is kept as history without changes.
    """
    serialise(connection, f"listing {listing.source_id}")
    latest = latest_version(connection, listing.source_id)
    if latest is not None and latest.id == listing.id:
        return ()
    if latest is not None and listing.known_at < latest.known_at:
        _insert(connection, listing)
        return ()
    followed = follow(_memory_before(connection, listing.source_id), listing, patience)
    seq = _insert(connection, listing)
    _withdraw(connection, followed.withdrawn)
    if followed.differences:
        rows = [_change_row(seq, change) for change in followed.differences]
        connection.execute(insert_new(connection, listing_changes), rows)
    _remember(connection, followed.memory)
    return followed.differences


def list_memory(connection: Connection, source_id: str) -> ListMemory | None:
    """Return what was told of a list and what waits; None for a list that was never stored or not since."""
    query = select(list_memories.c.content).where(list_memories.c.source_id == source_id)
    content = connection.execute(query).scalar()
    return None if content is None else from_json(ListMemory, zstandard.decompress(content).decode())


def list_memories_waiting(connection: Connection) -> tuple[ListMemory, ...]:
    """Return the lists of which something waits to be told, by source."""
    query = select(list_memories.c.source_id).where(list_memories.c.held_until.is_not(None))
    ids = connection.execute(query.order_by(list_memories.c.source_id)).scalars().all()
    return tuple(memory for one in ids if (memory := list_memory(connection, one)) is not None)


def _memory_before(connection: Connection, source_id: str) -> ListMemory | None:
    """A list stored before memories were kept is taken as it last was."""
    memory = list_memory(connection, source_id)
    if memory is not None:
        return memory
    before = latest_listing(connection, source_id)
    return None if before is None else baseline(before)


def _remember(connection: Connection, memory: ListMemory) -> None:
    content = zstandard.compress(storable(to_json(ListMemory, memory)).encode())
    held_until = max((change.known_at for change in memory.held), default=None)
    row = {"content": content, "held_until": held_until}
    here = list_memories.c.source_id == memory.source_id
    if not connection.execute(update(list_memories).where(here).values(row)).rowcount:
        connection.execute(list_memories.insert(), {"source_id": memory.source_id, **row})


def _withdraw(connection: Connection, changes: Sequence[ListingChange]) -> None:
    """Take out what has not been told; an assessment never saw it, because its time had not come."""
    for part in batches(changes, WITHDRAWN_AT_ONCE):
        connection.execute(
            delete(listing_changes).where(
                listing_changes.c.id.in_([change.id for change in part]),
                listing_changes.c.source_id == part[0].source_id,
                listing_changes.c.known_at.in_({change.known_at for change in part}),
                listing_changes.c.assessed_at.is_(None),
            )
        )


def latest_version(connection: Connection, source_id: str) -> ListingVersion | None:
    query = select(listings.c.id, listings.c.known_at).where(listings.c.source_id == source_id)
    row = connection.execute(query.order_by(*LATEST_FIRST).limit(1)).first()
    return None if row is None else ListingVersion(id=row.id, known_at=row.known_at)


def _insert(connection: Connection, listing: Listing) -> int:
    """Store a version and return its number; one that is there already keeps the number it has."""
    version = {"id": listing.id, "source_id": listing.source_id, "known_at": listing.known_at}
    known = select(listings.c.seq).filter_by(**version)
    seq: int | None = connection.execute(known).scalar()
    if seq is not None:
        return seq
    row = {
        **version,
        "url": listing.url,
        "archive_hash": listing.archive_hash,
        "read_anew": listing.read_anew,
        "entry_count": len(listing.entries),
        "entries": packed_entries(listing.entries),
    }
    added: int = connection.execute(listings.insert().returning(listings.c.seq), row).scalar_one()
    return added


def _change_row(listing_seq: int, change: ListingChange) -> dict[str, object]:
    return {
        "listing_seq": listing_seq,
        "id": change.id,
        "source_id": change.source_id,
        "change": change.change,
        "known_at": change.known_at,
        "content": storable(to_json(ListingChange, change)),
        "assessed_at": None,
    }


def latest_listing(connection: Connection, source_id: str) -> Listing | None:
    query = select(listings).where(listings.c.source_id == source_id)
    row = connection.execute(query.order_by(*LATEST_FIRST).limit(1)).first()
    return None if row is None else listing_of(row)
