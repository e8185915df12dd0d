"""A fetched document, and what a parser made of it."""

from dataclasses import dataclass
from datetime import datetime

from warning.core.evidence import Item, Listing, Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Bytes as fetched. `url` is where they came from after redirects; `content_type` as the server said."""

    source_id: str
    url: str
    body: bytes
    content_type: str = ""
    fetched_at: datetime
    archive_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An entry that was set aside so that those behind it are read. `name` is how a person finds it."""

    name: str
    reason: str


class Remark(str):
    """A problem that cost no entry: a wrong declaration that was seen through, a link left out, a date not taken."""

    __slots__ = ()


def placed(where: str, problem: str) -> str:
    """Return a problem with where it stands before it; a remark stays one."""
    return type(problem)(f"{where}: {problem}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What one document yielded. `problems` are one sentence each: what could not be read, and remarks.

    `left_out` are entries nobody will read again by themselves: one that hangs its reader, or ends it.

    `seen` counts entries in the document, also those that are not returned because they were read before.
    `entry_hashes` marks the raw entries of a feed as they stand in this document. Whoever polls keeps them
    per source, replaces them at every poll, and hands them to the next parse as `known`: entries whose raw
    bytes have not changed are then neither parsed nor returned. It is empty for formats that are read whole.
    """

    items: tuple[Item, ...] = ()
    observations: tuple[Observation, ...] = ()
    listing: Listing | None = None
    problems: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    seen: int = 0
    entry_hashes: frozenset[str] = frozenset()

    @property
    def unread(self) -> tuple[str, ...]:
        """The problems because of which something of the document is not known."""
        return tuple(problem for problem in self.problems if not isinstance(problem, Remark))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is odd although every entry was read."""
        return tuple(problem for problem in self.problems if isinstance(problem, Remark))

    @property
    def records(self) -> int:
        """How many pieces of evidence: items, figures, and the entries of a list."""
        listed = len(self.listing.entries) if self.listing else 0
        return len(self.items) + len(self.observations) + listed
