"""Listings: each version of a control or entity list, and what changed between two of them."""

from sqlalchemy import Connection, select

from warning.core.evidence import Listing, ListingChange, compare_listings
from warning.store.engine import serialise
from warning.store.rows import insert_new, listing_of, packed_entries, storable, to_json
from warning.store.schema import listing_changes, listings


def add_listing(connection: Connection, listing: Listing) -> tuple[ListingChange, ...]:
    """Store a list that differs from the latest, with its changes; they wait for an assessment.

    The same content again is nothing new. A list older than the latest is kept as history without changes.
    """
    serialise(connection, f"listing {listing.source_id}")
    before = latest_listing(connection, listing.source_id)
    if before is not None and before.id == listing.id:
        return ()
    seq = _insert(connection, listing)
    if seq is None or (before is not None and listing.known_at < before.known_at):
        return ()
    changes = compare_listings(before, listing)
    if changes:
        rows = [_change_row(seq, change) for change in changes]
        connection.execute(insert_new(connection, listing_changes), rows)
    return changes


def _insert(connection: Connection, listing: Listing) -> int | None:
    row = {
        "id": listing.id,
        "source_id": listing.source_id,
        "known_at": listing.known_at,
        "url": listing.url,
        "archive_hash": listing.archive_hash,
        "entry_count": len(listing.entries),
        "entries": packed_entries(listing.entries),
    }
    return connection.execute(insert_new(connection, listings).returning(listings.c.seq), row).scalar()


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
    query = (
        select(listings)
        .where(listings.c.source_id == source_id)
        .order_by(listings.c.known_at.desc(), listings.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else listing_of(row)
