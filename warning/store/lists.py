"""Listings: each version of a control or entity list, and what changed between two of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from warning.core.evidence import Listing, ListingChange, compare_listings
from warning.store.engine import serialise
from warning.store.rows import insert_new, listing_of, packed_entries, storable, to_json
from warning.store.schema import listing_changes, listings

LATEST_FIRST = (listings.c.known_at.desc(), listings.c.seq.desc())


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingVersion:
    """Which version of a list it is, without its entries (a list may hold tens of thousands)."""

    id: str
    known_at: datetime


def add_listing(connection: Connection, listing: Listing) -> tuple[ListingChange, ...]:
    """Store a list that differs from the latest, with its changes; they wait for an assessment.

    The same content again is nothing new. A list older than the latest is kept as history without changes.
    """
    serialise(connection, f"listing {listing.source_id}")
    latest = latest_version(connection, listing.source_id)
    if latest is not None and latest.id == listing.id:
        return ()
    if latest is not None and listing.known_at < latest.known_at:
        _insert(connection, listing)
        return ()
    before = latest_listing(connection, listing.source_id)
    seq = _insert(connection, listing)
    changes = compare_listings(before, listing)
    if changes:
        rows = [_change_row(seq, change) for change in changes]
        connection.execute(insert_new(connection, listing_changes), rows)
    return changes


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
