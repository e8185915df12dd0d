"""What is asked of the fetcher and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import quote, quote_plus

from warning.core.documents import Document, LeftOut

MEBIBYTE = 1024 * 1024
Status = Literal["fresh", "not_modified", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What the last stored document said of itself: the next request asks "changed since?".

    `url` is the address they were given for; another address makes them void.
    `body_hash` is the SHA-256 of the decoded body, for publishers that know neither ETag nor Last-Modified.
    """

    url: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One document to be asked for.

    `max_bytes` caps what is sent and what it decompresses to. `total_seconds` covers everything from the first
    connection to the last byte, redirects included; `idle_seconds` the longest silence in between.
    `spacing_seconds` is the least time between two requests to the host. `since` is how far back a mailbox is read
    that was never read before. `encoding` is what the document is in, whatever its server says. `secrets` never appear in a message,
    a log line or the document's address, and are not sent on to another host.
    """

    source_id: str
    url: str
    method: Literal["GET", "POST"] = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    validators: Validators = field(default_factory=Validators)
    max_bytes: int = 20 * MEBIBYTE
    total_seconds: float = 60.0
    idle_seconds: float = 20.0
    spacing_seconds: float = 1.0
    since: datetime | None = None
    encoding: str = ""
    secrets: tuple[str, ...] = ()

    def said_type(self, content_type: str) -> str:
        """The Content-Type of an answer, with the encoding that the catalogue knows better."""
        if not self.encoding:
            return content_type
        kind = content_type.split(";", maxsplit=1)[0].strip() or "application/octet-stream"
        return f"{kind}; charset={self.encoding}"

    def without_secrets(self, text: str) -> str:
        for secret in self.secrets:
            for form in {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)} - {""}:
                text = text.replace(form, "[key]")
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer. `document` is there only when it is fresh.

    `not_modified` is the server's own word (304); `unchanged` means it sent the same bytes again.
    `max_age_seconds` is how long the server says the answer stays good, None when it does not say.
    `notes` are oddities worth telling, one sentence each (a downgrade to http, for one). `moved_to` is where
    redirects for good (301, 308) led from the address asked for; empty when there were none. `left_out` are mails the
    server would not give.
    """

    status: Status
    document: Document | None
    validators: Validators
    max_age_seconds: float | None = None
    retry_after_seconds: float | None = None
    notes: tuple[str, ...] = ()
    moved_to: str = ""
    left_out: tuple[LeftOut, ...] = ()
