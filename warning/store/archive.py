"""Raw documents by content hash, compressed, and the log of which source gave which bytes when."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import zstandard
from sqlalchemy import Connection, select

from warning.errors import EvidenceMissing
from warning.store.rows import insert_new, storable
from warning.store.schema import documents, fetches

COMPRESSION_LEVEL = 3
"""Level 9 makes a feed 7 % smaller and takes four times as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One time a source gave a document. `digest` finds the bytes."""

    digest: str
    source_id: str
    url: str
    content_type: str
    fetched_at: datetime
    size_bytes: int


def archive(
    connection: Connection, raw: bytes, *, source_id: str, url: str, content_type: str, fetched_at: datetime
) -> str:
    """Keep the bytes once, log that they were fetched, and return their SHA-256 in hexadecimal."""
    digest = hashlib.sha256(raw).hexdigest()
    known = connection.execute(select(documents.c.digest).where(documents.c.digest == digest)).first()
    if known is None:
        content = zstandard.compress(raw, COMPRESSION_LEVEL)
        row = {"digest": digest, "size_bytes": len(raw), "content": content, "stored_at": fetched_at}
        connection.execute(insert_new(connection, documents), row)
    connection.execute(
        fetches.insert(),
        {
            "digest": digest,
            "source_id": source_id,
            "url": storable(url),
            "content_type": storable(content_type),
            "fetched_at": fetched_at,
        },
    )
    return digest


def archived(connection: Connection, digest: str) -> bytes:
    """Return the bytes as fetched, checked against their digest. Raises EvidenceMissing."""
    d = documents.c
    row = connection.execute(select(d.content, d.base).where(d.digest == digest)).first()
    if row is None:
        raise EvidenceMissing(f"no archived document has the SHA-256 {digest!r}")
    base = b"" if row.base is None else archived(connection, row.base)
    try:
        raw = zstandard.decompress(row.content) if row.base is None else written_against(base, row.content)
    except zstandard.ZstdError:
        raw = b""
    if hashlib.sha256(raw).hexdigest() != digest:
        raise EvidenceMissing(
            f"the archived document {digest} is damaged: its bytes no longer have this SHA-256"
        )
    return raw


def written_against(base: bytes, difference: bytes) -> bytes:
    """Return a document that was written as its difference from another. Raises zstandard.ZstdError."""
    dictionary = zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdDecompressor(dict_data=dictionary).decompress(difference)


def fetch_log(
    connection: Connection, *, source_id: str | None = None, digest: str | None = None, limit: int = 100
) -> tuple[Fetch, ...]:
    """Return when documents were fetched, newest first."""
    query = select(fetches, documents.c.size_bytes).join(documents)
    if source_id is not None:
        query = query.where(fetches.c.source_id == source_id)
    if digest is not None:
        query = query.where(fetches.c.digest == digest)
    query = query.order_by(fetches.c.fetched_at.desc(), fetches.c.seq.desc()).limit(limit)
    return tuple(
        Fetch(
            digest=row.digest,
            source_id=row.source_id,
            url=row.url,
            content_type=row.content_type,
            fetched_at=row.fetched_at,
            size_bytes=row.size_bytes,
        )
        for row in connection.execute(query)
    )
