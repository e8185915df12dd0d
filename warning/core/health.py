"""How a source is doing: what the collector remembers between two polls, and what `expect:` demands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

SourceCondition = Literal[
    "new", "ok", "not_modified", "empty", "partial", "failing", "drifted", "unconfigured"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """`failures` counts attempts in a row without success; `cause` is the last one in words.

    `fetched_url` is where the validators (etag, last_modified, body_hash) came from: a changed catalogue
    address makes them void. `newest_at` is the newest publication time ever seen from the source.
    `read_pages` marks the entries of a list page whose own page has been read (see `app/detail_pages.py`).
    """

    source_id: str
    condition: SourceCondition = "new"
    cause: str = ""
    since: datetime | None = None
    fetched_url: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    next_due_at: datetime | None = None
    last_attempt_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    newest_at: datetime | None = None
    failures: int = 0
    items_seen: int = 0
    read_pages: tuple[str, ...] = ()
