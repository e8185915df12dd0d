"""What could make a source well again: new addresses, selectors, encodings, fields, bounds. Only ideas: `mending` tries them."""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from pydantic import SecretStr

from warning.app.polling import Asker
from warning.app.source_preview import Preview, preview
from warning.app.source_requests import key_of, request_for
from warning.catalog.source_fields import places_in
from warning.catalog.sources import SourceSpec, Span
from warning.collect.barriers import barrier_in, canonical_elsewhere, is_page
from warning.collect.decode import Decoded
from warning.collect.fetch_values import Fetched
from warning.collect.field_candidates import columns_in_table, fields_in_json, fields_in_list
from warning.collect.mend_candidates import encoding_found, feeds_named, selectors_for
from warning.collect.text import has_unseen, literal
from warning.core.documents import Document
from warning.core.formats import (
    FileFormat,
    HtmlListFormat,
    JsonFormat,
    MailFormat,
    PdfFormat,
    RssFormat,
    TableFormat,
)
from warning.core.health import SourceState
from warning.errors import FetchError, FetchGone

SLACK = 2
MOST_SAID = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """`changes` are keys of the source, dotted below the top, with their new values."""

    changes: Mapping[str, Any]
    because: str


@dataclass(slots=True)
class Trial:
    spec: SourceSpec
    fetcher: Asker
    clock: Callable[[], datetime]
    keys: Mapping[str, SecretStr]
    known: Mapping[str, str]
    tried: list[str] = field(default_factory=list)
    gone_to: str = ""

    async def seen(self, spec: SourceSpec) -> Preview:
        return await preview(spec, self.fetcher, self.clock, self.keys)

    async def raw(self, spec: SourceSpec) -> Fetched | None:
        """The answer as it comes, None where there is none; `gone_to` then holds where a page that is gone points to."""
        key = key_of(spec, self.keys)
        if key is None:
            return None
        try:
            return await self.fetcher.fetch(
                request_for(spec, SourceState(source_id=spec.id), self.clock(), key)
            )
        except FetchGone as gone:
            self.gone_to = self.gone_to or gone.target
        except FetchError:
            pass
        return None


class _Candidates:
    """Collects candidates, each set of changes once. What a page says is shown on one line, and taken only where all of it is seen."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._key = key_of(trial.spec, trial.keys) or ""
        self.found: dict[str, Candidate] = {}

    def add(self, because: str, **changes: Any) -> None:
        named = {name.replace("__", "."): value for name, value in changes.items()}
        if not any(has_unseen(str(value)) for value in named.values()):
            candidate = Candidate(changes=named, because=self._without_key(because))
            self.found.setdefault(repr(sorted(named.items())), candidate)

    def add_address(self, because: str, target: str) -> None:
        """An address that a page or a redirect names. A source's key goes to no other host for it, and is written into none."""
        spec = self._trial.spec
        url = readdressed(spec.url, target)
        if not url or places_in(url) != places_in(spec.url) or (self._key and self._key in url):
            return
        because = f"{because} {target}"
        if spec.needs_key is not None and urlsplit(url)[:2] != urlsplit(spec.url)[:2]:
            not_sent = (
                f"{self._without_key(because)} (another host: not tried, as the source's key would go there)"
            )
            if not_sent not in self._trial.tried:
                self._trial.tried.append(not_sent)
            return
        self.add(because, url=url)

    def _without_key(self, said: str) -> str:
        return literal(said.replace(self._key, "…") if self._key else said, MOST_SAID)


async def candidates(trial: Trial, fetched: Fetched | None, before: Preview) -> AsyncIterator[Candidate]:
    """Yield what could be wrong, the likeliest first."""
    spec, found = trial.spec, _Candidates(trial)
    document = fetched.document if fetched else None
    if fetched is not None and fetched.moved_to:
        found.add_address("redirected for good to", fetched.moved_to)
    if trial.gone_to:
        found.add_address("the page in its place points to", trial.gone_to)
    if document is not None:
        for target, why in _pointed_to(document):
            found.add_address(why, target)
        _by_content(found, trial, document, before)
    if isinstance(spec.parse, RssFormat) and not (document and not is_page(document.body)):
        await _discovered(found, trial, document)
    for candidate in found.found.values():
        yield candidate
    for url in [c.changes["url"] for c in found.found.values() if "url" in c.changes]:
        async for further in _at_new_address(trial, str(url)):
            yield further


async def _at_new_address(trial: Trial, url: str) -> AsyncIterator[Candidate]:
    """A page that has moved often looks different where it is now: try both changes together."""
    if not isinstance(trial.spec.parse, HtmlListFormat):
        return
    fetched = await trial.raw(trial.spec.model_copy(update={"url": url}))
    if fetched is None or fetched.document is None:
        return
    for selectors in selectors_for(fetched.document, trial.known):
        changes = {"url": url, **{f"parse.{name}": value for name, value in selectors.items()}}
        because = literal(f"at {url} the list is found by {selectors['item']}", MOST_SAID)
        yield Candidate(changes=changes, because=because)


def _pointed_to(document: Document) -> Iterator[tuple[str, str]]:
    barrier = barrier_in(document.body, document.content_type, url=document.url)
    if barrier is not None and barrier.kind == "moved" and barrier.target:
        yield barrier.target, "the page points to"
    canonical = canonical_elsewhere(document.body, document.content_type, document.url)
    if canonical:
        yield canonical, "the page names as its own address"


def _by_content(found: _Candidates, trial: Trial, document: Document, before: Preview) -> None:
    """The document is there and is read otherwise than it should be."""
    spec = trial.spec
    head = document.body[:2_000].lower()
    if right := right_encoding(spec, document):
        found.add(right.because, **{name.replace(".", "__"): value for name, value in right.changes.items()})
    if not isinstance(spec.parse, RssFormat) and any(
        mark in head for mark in (b"<rss", b"<feed", b"<rdf:rdf")
    ):
        found.add("the address now brings a feed", parse={"format": "rss"})
    for because, changes in _fields_of(spec, document, before):
        found.add(because, **{name.replace(".", "__"): value for name, value in changes.items()})
    if isinstance(spec.parse, HtmlListFormat) and is_page(document.body):
        for selectors in selectors_for(document, trial.known):
            found.add(
                f"the list is found by {selectors['item']}",
                **{f"parse__{name}": value for name, value in selectors.items()},
            )


async def _discovered(found: _Candidates, trial: Trial, document: Document | None) -> None:
    """Feeds that the page in the feed's place names, or the front page of the host."""
    page, where = document, "the page in its place"
    if page is None:
        front = urljoin(trial.spec.url, "/")
        fetched = await trial.raw(
            trial.spec.model_copy(update={"url": front, "body": None, "method": "GET", "headers": {}})
        )
        page, where = (fetched.document if fetched else None), "the front page of the host"
    for url in feeds_named(page) if page is not None else ():
        found.add_address(f"{where} names the feed", url)


def readdressed(written: str, target: str) -> str:
    """Return the new address as it is to be written: where the old one has places, only what comes before them moves.

    Empty when that cannot be told.
    """
    if not places_in(written):
        return target
    old, new = urlsplit(written), urlsplit(target)
    if places_in(old.netloc + old.path):
        return (
            urlunsplit((new.scheme, new.netloc, *old[2:]))
            if new.path.count("/") == old.path.count("/")
            else ""
        )
    return urlunsplit((new.scheme, new.netloc, new.path, old.query, old.fragment))


def is_elsewhere(written: str, target: str) -> bool:
    return urlsplit(written)[:3] != urlsplit(target)[:3]


def odd_encoding(spec: SourceSpec, document: Document) -> Decoded | None:
    """How the document reads where catalogue and publisher say otherwise; None for what is no text."""
    if isinstance(spec.parse, PdfFormat | MailFormat | FileFormat) or b"\x00" in document.body[:200]:
        return None
    return encoding_found(document, getattr(spec.parse, "encoding", None) or "" if spec.table else "")


def right_encoding(spec: SourceSpec, document: Document) -> Candidate | None:
    """The encoding to declare where catalogue and publisher say another."""
    odd = odd_encoding(spec, document)
    if odd is None:
        return None
    own = isinstance(spec.parse, TableFormat) and spec.parse.encoding
    return Candidate(
        changes={"parse.encoding" if own else "encoding": odd.encoding}, because=f"encoding: {odd.problem}"
    )


def other_expectations(spec: SourceSpec, before: Preview) -> Iterator[Candidate]:
    """The last resort: what is read is right, and what is expected of it is not."""
    cause = before.verdict.cause
    if not before.parsed.records or before.verdict.condition != "drifted":
        return
    if bounds := rows_around(spec, max(before.parsed.seen, before.parsed.records)):
        yield Candidate(changes=bounds, because=cause)
    if lacking := lacking_fields(spec, cause):
        kept = [name for name in spec.expect.required_fields if name not in lacking]
        because = (
            f"{cause}; nothing on the page was found to hold {' and '.join(lacking)}: expect it no more?"
        )
        yield Candidate(changes={"expect.required_fields": kept}, because=because)
    pace = spec.expect.items_per_week
    if pace is not None and (found := re.match(r"(\d+) entries a week", cause)):
        yield Candidate(changes=_around("expect.items_per_week", pace, float(found[1])), because=cause)


def lacking_fields(spec: SourceSpec, cause: str) -> tuple[str, ...]:
    """The required fields that most entries lack, as the verdict names them."""
    if "expect.required_fields" not in cause:
        return ()
    return tuple(name for name in spec.expect.required_fields if f"have no {name}" in cause)


def rows_around(spec: SourceSpec, rows: int) -> dict[str, str]:
    """Return the bound of `expect.rows` that `rows` breaches, moved so that it holds with room to spare."""
    return {} if spec.expect.rows is None else _around("expect.rows", spec.expect.rows, rows)


def _around(key: str, expected: Span, count: float) -> dict[str, str]:
    if expected.min is not None and count < expected.min:
        return {f"{key}.min": f"{count // SLACK:g}" if count // SLACK else str(int(key == "expect.rows"))}
    if expected.max is not None and count > expected.max:
        return {f"{key}.max": f"{count * SLACK:g}"}
    return {}


def _fields_of(
    spec: SourceSpec, document: Document, before: Preview
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Where what the entries lack stands now; for a document of which nothing is read, where all of it does."""
    lacking = lacking_fields(spec, before.verdict.cause)
    is_unread = not before.parsed.records
    match spec.parse:
        case HtmlListFormat() if lacking:
            yield from fields_in_list(document, spec.parse, lacking)
        case JsonFormat() if lacking or is_unread:
            yield from fields_in_json(document, spec.parse, lacking)
        case TableFormat() if is_unread:
            yield from columns_in_table(document, spec.parse)
