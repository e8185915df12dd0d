"""Raw documents in less room: a source's document is written against an earlier one of the same source.

Two polls of a feed differ by an entry or two, so the difference is a twentieth of the document. Nothing is lost by
it: a packed document is read back and compared with its SHA-256 before it replaces the old form. A base is always
written whole, so that reading takes one step.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import Connection, func, select, update

from warning.errors import EvidenceMissing
from warning.store.archive import archived, written_against
from warning.store.schema import documents, fetches

LEVEL = 9
WORTH_SHARE = 0.25
"""A document whose difference takes more than this share of its own form is written whole and is the next base."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What one step did: documents looked at, and the bytes they took before and take now."""

    documents: int = 0
    bytes_before: int = 0
    bytes_after: int = 0

    def __add__(self, other: "Packed") -> "Packed":
        return Packed(
            documents=self.documents + other.documents,
            bytes_before=self.bytes_before + other.bytes_before,
            bytes_after=self.bytes_after + other.bytes_after,
        )


@dataclass(slots=True)
class _Base:
    digest: str
    raw: bytes
    dictionary: zstandard.ZstdCompressionDict


def pack_documents(connection: Connection, *, before: datetime, now: datetime, most: int) -> Packed:
    """Pack up to `most` documents stored before a time and not looked at yet, the oldest first."""
    waiting = _waiting(connection, before, most)
    done = Packed()
    bases: dict[str, _Base | None] = {}
    for row in waiting:
        if row.source_id not in bases:
            bases[row.source_id] = _last_base(connection, row.source_id)
        kept, bases[row.source_id] = _pack(connection, row, bases[row.source_id], now)
        done += Packed(documents=1, bytes_before=len(row.content), bytes_after=kept)
    return done


def _waiting(connection: Connection, before: datetime, most: int) -> Sequence[Any]:
    """The oldest unpacked documents, each with the first source that gave it."""
    source = select(func.min(fetches.c.source_id)).where(fetches.c.digest == documents.c.digest)
    query = (
        select(documents.c.digest, documents.c.content, source.scalar_subquery().label("source_id"))
        .where(documents.c.packed_at.is_(None), documents.c.stored_at < before)
        .order_by(documents.c.stored_at, documents.c.digest)
        .limit(most)
    )
    return [row for row in connection.execute(query) if row.source_id is not None]


def _last_base(connection: Connection, source_id: str) -> _Base | None:
    """What the source's last packed document is, or is written against."""
    query = (
        select(documents.c.digest, documents.c.base)
        .join(fetches)
        .where(fetches.c.source_id == source_id, documents.c.packed_at.is_not(None))
        .order_by(fetches.c.fetched_at.desc(), fetches.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    digest = row.base or row.digest
    try:
        return _base(digest, archived(connection, digest))
    except EvidenceMissing:  # damaged: nothing is written against it
        return None


def _base(digest: str, raw: bytes) -> _Base:
    kind = zstandard.DICT_TYPE_RAWCONTENT
    return _Base(digest=digest, raw=raw, dictionary=zstandard.ZstdCompressionDict(raw, dict_type=kind))


def _pack(connection: Connection, row: Any, base: _Base | None, now: datetime) -> tuple[int, _Base | None]:
    """Write one document in less room where that is possible; return what it takes, and the base for the next."""
    try:
        raw = zstandard.decompress(row.content)
    except zstandard.ZstdError:
        raw = b""
    if hashlib.sha256(raw).hexdigest() != row.digest or not raw:
        _write(connection, row.digest, packed_at=now)  # damaged: left as it is for whoever looks into it
        return len(row.content), base
    if base is not None and base.digest != row.digest:
        difference = zstandard.ZstdCompressor(level=LEVEL, dict_data=base.dictionary).compress(raw)
        if len(difference) <= WORTH_SHARE * len(row.content) and written_against(base.raw, difference) == raw:
            _write(connection, row.digest, packed_at=now, base=base.digest, content=difference)
            return len(difference), base
    _write(connection, row.digest, packed_at=now)
    return len(row.content), _base(row.digest, raw)


def _write(connection: Connection, digest: str, **values: object) -> None:
    connection.execute(update(documents).where(documents.c.digest == digest).values(values))
