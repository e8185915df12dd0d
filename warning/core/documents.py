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
class Parsed:
    """What one document yielded. `problems` are entries that could not be read, one sentence each.

    `seen` counts entries in the document, also those that are not returned because they were read before.
    """

    items: tuple[Item, ...] = ()
    observations: tuple[Observation, ...] = ()
    listing: Listing | None = None
    problems: tuple[str, ...] = ()
    seen: int = 0
