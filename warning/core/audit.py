"""A log in which every entry holds the hash of the one before: what was changed, left out or put in later shows."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

GENESIS = "0" * 64
SYSTEM = "system"

AuditKind = Literal["assessment", "delivery", "review", "operator"]
Plain = str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is to be told. `subject` is the id of what it happened to, `actor` a person or `system`."""

    at: datetime
    kind: AuditKind
    actor: str
    subject: str
    content: Mapping[str, Plain]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record in the chain. `content` is its canonical JSON, `previous` the hash of entry `seq` - 1."""

    seq: int
    at: datetime
    kind: str
    actor: str
    subject: str
    content: str
    previous: str
    hash: str

    def computed_hash(self) -> str:
        """Return the SHA-256, in hexadecimal, that this content has behind this predecessor."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        told = json.dumps([self.seq, at, self.kind, self.actor, self.subject, self.content])
        return hashlib.sha256(f"{self.previous}\n{told}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a reading of the whole chain found. `broken_at` is the first entry that does not hold, if any.

    `head` is the hash of the last entry that holds; noted elsewhere, it shows later that nothing was cut off.
    """

    entries: int
    head: str
    broken_at: int | None = None
    fault: str = ""

    @property
    def holds(self) -> bool:
        return not self.fault


def link(record: Record, previous: str, seq: int) -> Entry:
    """Return the record as entry `seq` behind the entry whose hash is `previous`."""
    unsealed = Entry(
        seq=seq,
        at=record.at,
        kind=record.kind,
        actor=record.actor,
        subject=record.subject,
        content=json.dumps(dict(record.content), sort_keys=True, separators=(",", ":"), ensure_ascii=False),
        previous=previous,
        hash="",
    )
    return replace(unsealed, hash=unsealed.computed_hash())


def verify(entries: Iterable[Entry], expected: str | None = None) -> Verified:
    """Follow the chain from its first entry to the first fault.

    With `expected`, a hash noted earlier must be in the chain: entries cut off its end would go unseen otherwise.
    """
    head, count, seen = GENESIS, 0, expected is None or expected == GENESIS
    for entry in entries:
        fault = _fault(entry, head, count + 1)
        if fault:
            broken_at = min(entry.seq, count + 1)
            return Verified(entries=count, head=head, broken_at=broken_at, fault=fault)
        head, count = entry.hash, count + 1
        seen = seen or head == expected
    if seen:
        return Verified(entries=count, head=head)
    fault = f"no entry has the hash {expected}: entries were cut off the end, or the hash is of another log"
    return Verified(entries=count, head=head, broken_at=count + 1, fault=fault)


def _fault(entry: Entry, head: str, seq: int) -> str:
    if entry.seq > seq:
        return f"entry {seq} is missing"
    if entry.seq < seq:
        return f"entry {entry.seq} stands before the first"
    if entry.previous != head:
        return f"entry {seq} does not follow the entry before it, as that one stands now"
    if entry.hash != entry.computed_hash():
        return f"entry {seq} was changed after it was written"
    return ""
