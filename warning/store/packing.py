"""Raw documents in less room: a source's document is written against an earlier one of the same source.

Two polls of a feed differ by an entry or two, so the difference is a twentieth of the document. Nothing is lost by
it: a packed document is read back and compared with its SHA-256 before it replaces the old form. A base is always
written whole, so that reading takes one step.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be written of one document: its content against `base`, or the note that it stays as it is."""

    digest: str
    bytes_before: int
    content: bytes = b""
    base: str = ""


def plan_packing(connection: Connection, *, before: datetime, most: int) -> list[Plan]:
    """Find out how to write up to `most` documents stored before a time and not looked at yet, the oldest first.

    This is all of the work, and nothing is written: whoever collects is not kept waiting by it.
    """
    plans: list[Plan] = []
    bases: dict[str, _Base | None] = {}
    for row in _waiting(connection, before, most):
        if row.source_id not in bases:
            bases[row.source_id] = _last_base(connection, row.source_id, row.stored_at)
        plan, bases[row.source_id] = _pack(row, bases[row.source_id])
        plans.append(plan)
    return plans


def pack_documents(connection: Connection, plans: Sequence[Plan], now: datetime) -> Packed:
    """Write what was planned, but for documents that another process has packed or whose base it has taken away."""
    done = Packed()
    whole: set[str] = set()
    for plan in plans:
        if plan.base and plan.base not in whole:
            if not _is_base(connection, plan.base):
                continue
            whole.add(plan.base)
        if _write(connection, plan, now):
            kept = len(plan.content) or plan.bytes_before
            done += Packed(documents=1, bytes_before=plan.bytes_before, bytes_after=kept)
    return done


def _waiting(connection: Connection, before: datetime, most: int) -> Sequence[Any]:
    """The oldest unpacked documents, each with the first source that gave it."""
    source = select(func.min(fetches.c.source_id)).where(fetches.c.digest == documents.c.digest)
    query = (
        select(
            documents.c.digest,
            documents.c.content,
            documents.c.stored_at,
            source.scalar_subquery().label("source_id"),
        )
        .where(documents.c.packed_at.is_(None), documents.c.stored_at < before)
        .order_by(documents.c.stored_at, documents.c.digest)
        .limit(most)
    )
    return [row for row in connection.execute(query) if row.source_id is not None]


def _last_base(connection: Connection, source_id: str, until: datetime) -> _Base | None:
    """What the source's last packed document given by then is, or is written against.

    Without the limit all that waits of the source would be passed over again at every step.
    """
    query = (
        select(documents.c.digest, documents.c.base)
        .join(fetches)
        .where(fetches.c.source_id == source_id, fetches.c.fetched_at <= until)
        .where(documents.c.packed_at.is_not(None))
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


def _pack(row: Any, base: _Base | None) -> tuple[Plan, _Base | None]:
    """Return how to write one document, in less room where that is possible, and the base for the next."""
    as_it_is = Plan(digest=row.digest, bytes_before=len(row.content))
    try:
        raw = zstandard.decompress(row.content)
    except zstandard.ZstdError:
        raw = b""
    if hashlib.sha256(raw).hexdigest() != row.digest or not raw:
        return as_it_is, base  # damaged: left for whoever looks into it
    if base is not None and base.digest != row.digest:
        difference = zstandard.ZstdCompressor(level=LEVEL, dict_data=base.dictionary).compress(raw)
        if len(difference) <= WORTH_SHARE * len(row.content) and written_against(base.raw, difference) == raw:
            return replace(as_it_is, base=base.digest, content=difference), base
    return as_it_is, _base(row.digest, raw)


def _is_base(connection: Connection, digest: str) -> bool:
    """Whether it is packed and whole, and stays so: reading a document against it takes one step."""
    query = select(documents.c.digest).where(
        documents.c.digest == digest, documents.c.base.is_(None), documents.c.packed_at.is_not(None)
    )
    return connection.execute(query.with_for_update(read=True)).first() is not None


def _write(connection: Connection, plan: Plan, now: datetime) -> bool:
    """Return whether it was still to be done."""
    change = update(documents).where(documents.c.digest == plan.digest, documents.c.packed_at.is_(None))
    values = {"base": plan.base, "content": plan.content} if plan.base else {}
    return connection.execute(change.values(packed_at=now, **values)).rowcount > 0
