"""Try a source, find out why it is not well, and propose the mend: a new address, new selectors, other bounds.

A proposal is only made when it was tried: the document was fetched and read with it, and gave entries.
"""

import asyncio
import math
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from pydantic import SecretStr, ValidationError

from warning.app.polling import Asker
from warning.app.source_preview import Preview, preview
from warning.app.source_requests import key_of, request_for
from warning.catalog.source_fields import places_in
from warning.catalog.source_overlays import changed
from warning.catalog.sources import SourceSpec, Span
from warning.collect.barriers import barrier_in, canonical_elsewhere, is_page
from warning.collect.decode import Decoded
from warning.collect.fetch_values import Fetched
from warning.collect.field_candidates import columns_in_table, fields_in_json, fields_in_list
from warning.collect.mend_candidates import encoding_found, feeds_named, selectors_for
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
from warning.errors import FetchError

MOST_TRIES = 12
SLACK = 2
GOOD = frozenset({"ok", "partial"})
READ = GOOD | {"frozen", "drifted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """`changes` are keys of the source, dotted below the top, with their new values."""

    changes: Mapping[str, Any]
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """What trying a source showed. `proposal` is None when nothing is to be changed, or nothing helped.

    `before` is how it did as declared, `after` how it did with the proposal; `tried` says what was tried.
    """

    source_id: str
    before: Preview
    proposal: Candidate | None = None
    after: Preview | None = None
    tried: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Trial:
    spec: SourceSpec
    fetcher: Asker
    clock: Callable[[], datetime]
    keys: Mapping[str, SecretStr]
    known: Mapping[str, str]
    tried: list[str] = field(default_factory=list)

    async def seen(self, spec: SourceSpec) -> Preview:
        return await preview(spec, self.fetcher, self.clock, self.keys)

    async def raw(self, spec: SourceSpec) -> Fetched | None:
        key = key_of(spec, self.keys)
        if key is None:
            return None
        try:
            return await self.fetcher.fetch(
                request_for(spec, SourceState(source_id=spec.id), self.clock(), key)
            )
        except FetchError:
            return None


async def mend(
    spec: SourceSpec,
    fetcher: Asker,
    clock: Callable[[], datetime],
    keys: Mapping[str, SecretStr],
    *,
    known: Mapping[str, str],
) -> Mend:
    """Try one source and propose what would make it well. `known` are entries it had: title by address."""
    trial = _Trial(spec, fetcher, clock, keys, known)
    before = await trial.seen(spec)
    if before.verdict.condition == "unconfigured":
        return Mend(source_id=spec.id, before=before)
    fetched = await trial.raw(spec)
    notes = _notes(spec, before, fetched)
    moved = bool(fetched and fetched.moved_to and _is_elsewhere(spec.url, fetched.moved_to))
    if before.verdict.condition == "ok" and not moved:
        return Mend(source_id=spec.id, before=before, notes=notes)
    best = await _best(trial, before, fetched, moved=moved)
    if best is None:
        return Mend(source_id=spec.id, before=before, tried=tuple(trial.tried), notes=notes)
    candidate, after = best
    return Mend(
        source_id=spec.id,
        before=before,
        proposal=candidate,
        after=after,
        tried=tuple(trial.tried),
        notes=notes,
    )


async def _best(
    trial: _Trial, before: Preview, fetched: Fetched | None, *, moved: bool
) -> tuple[Candidate, Preview] | None:
    """Try the candidates in their order; the first that makes the source well wins, else the one that reads most."""
    found: list[tuple[Candidate, Preview]] = []
    least = _standing(before) + (not moved)  # what is read where it has moved to need not be read better
    queue = [c async for c in _candidates(trial, fetched, before)]
    for candidate in (*queue[:MOST_TRIES], *_other_expectations(trial.spec, before)):
        trial.tried.append(candidate.because)
        after = await _tried(trial, candidate)
        if after is None:
            continue
        one = (candidate, after)
        if after.verdict.condition == "drifted" and after.parsed.records > before.parsed.records:
            one = await _with_bounds(trial, candidate, after)
        if one[1].verdict.condition in GOOD and _standing(one[1]) >= least:
            return one
        found.append(one)
    better = [one for one in found if _is_better(one[1], before)]
    return max(better, key=lambda one: _worth(one[1]), default=None)


def _other_expectations(spec: SourceSpec, before: Preview) -> Iterator[Candidate]:
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


async def _tried(trial: _Trial, candidate: Candidate) -> Preview | None:
    try:
        spec = changed(trial.spec, candidate.changes)
    except (ValidationError, ValueError):
        return None
    after = await trial.seen(spec)
    return after if after.verdict.condition in READ and after.parsed.records else None


async def _with_bounds(trial: _Trial, candidate: Candidate, after: Preview) -> tuple[Candidate, Preview]:
    """Where a document is read and only its number of entries is another than expected, propose that too."""
    bounds = rows_around(trial.spec, max(after.parsed.seen, after.parsed.records))
    if "expect.rows" not in after.verdict.cause or not bounds:
        return candidate, after
    wider = Candidate(
        changes={**candidate.changes, **bounds}, because=f"{candidate.because}; {after.verdict.cause}"
    )
    again = await _tried(trial, wider)
    return (wider, again) if again is not None else (candidate, after)


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


def _standing(seen: Preview) -> int:
    order = {"ok": 4, "partial": 3, "frozen": 2, "drifted": 1}
    return order.get(seen.verdict.condition, 0) if seen.parsed.records else 0


def _worth(seen: Preview) -> tuple[int, float]:
    return _standing(seen), math.log1p(seen.parsed.records)


def _is_better(after: Preview, before: Preview) -> bool:
    """More entries mend a source that reads none of its own, not one of which some entries cannot be read."""
    if before.verdict.condition in GOOD:
        return _standing(after) > _standing(before)
    return _worth(after) > _worth(before)


class _Candidates:
    """Collects candidates, each set of changes once."""

    def __init__(self) -> None:
        self.found: dict[str, Candidate] = {}

    def add(self, because: str, **changes: Any) -> None:
        named = {name.replace("__", "."): value for name, value in changes.items()}
        self.found.setdefault(repr(sorted(named.items())), Candidate(changes=named, because=because))


async def _candidates(trial: _Trial, fetched: Fetched | None, before: Preview) -> AsyncIterator[Candidate]:
    """Yield what could be wrong, the likeliest first."""
    spec, found = trial.spec, _Candidates()
    document = fetched.document if fetched else None
    if fetched is not None and fetched.moved_to and (url := readdressed(spec.url, fetched.moved_to)):
        found.add(f"redirected for good to {fetched.moved_to}", url=url)
    if document is not None:
        for target, why in _pointed_to(document):
            found.add(f"{why} {target}", url=target)
        _by_content(found, trial, document, before)
    if isinstance(spec.parse, RssFormat) and not (document and not is_page(document.body)):
        await _discovered(found, trial, document)
    for candidate in found.found.values():
        yield candidate
    for url in [c.changes["url"] for c in found.found.values() if "url" in c.changes]:
        async for further in _at_new_address(trial, str(url)):
            yield further


async def _at_new_address(trial: _Trial, url: str) -> AsyncIterator[Candidate]:
    """A page that has moved often looks different where it is now: try both changes together."""
    if not isinstance(trial.spec.parse, HtmlListFormat):
        return
    fetched = await trial.raw(trial.spec.model_copy(update={"url": url}))
    if fetched is None or fetched.document is None:
        return
    for selectors in selectors_for(fetched.document, trial.known):
        changes = {"url": url, **{f"parse.{name}": value for name, value in selectors.items()}}
        yield Candidate(changes=changes, because=f"at {url} the list is found by {selectors['item']}")


def _pointed_to(document: Document) -> Iterator[tuple[str, str]]:
    barrier = barrier_in(document.body, document.content_type, url=document.url)
    if barrier is not None and barrier.kind == "moved" and barrier.target:
        yield barrier.target, "the page points to"
    canonical = canonical_elsewhere(document.body, document.content_type, document.url)
    if canonical:
        yield canonical, "the page names as its own address"


def _by_content(found: _Candidates, trial: _Trial, document: Document, before: Preview) -> None:
    """The document is there and is read otherwise than it should be."""
    spec = trial.spec
    head = document.body[:2_000].lower()
    if odd := _odd_encoding(spec, document):
        own = isinstance(spec.parse, TableFormat) and spec.parse.encoding
        found.add(f"encoding: {odd.problem}", **{"parse__encoding" if own else "encoding": odd.encoding})
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


async def _discovered(found: _Candidates, trial: _Trial, document: Document | None) -> None:
    """Feeds that the page in the feed's place names, or the front page of the host."""
    page, where = document, "the page in its place"
    if page is None:
        front = urljoin(trial.spec.url, "/")
        fetched = await trial.raw(
            trial.spec.model_copy(update={"url": front, "body": None, "method": "GET", "headers": {}})
        )
        page, where = (fetched.document if fetched else None), "the front page of the host"
    for url in feeds_named(page) if page is not None else ():
        found.add(f"{where} names the feed {url}", url=url)


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


def _is_elsewhere(written: str, target: str) -> bool:
    return urlsplit(written)[:3] != urlsplit(target)[:3]


def _odd_encoding(spec: SourceSpec, document: Document) -> Decoded | None:
    """How the document reads where catalogue and publisher say otherwise; None for what is no text."""
    if isinstance(spec.parse, PdfFormat | MailFormat | FileFormat) or b"\x00" in document.body[:200]:
        return None
    return encoding_found(document, getattr(spec.parse, "encoding", None) or "" if spec.table else "")


def _notes(spec: SourceSpec, before: Preview, fetched: Fetched | None) -> tuple[str, ...]:
    """What no change of the catalogue mends."""
    notes = list(before.notes)
    if before.verdict.condition == "blocked":
        notes.append(
            "the publisher does not let this program in: ask for access, use its API or feed, or import by hand"
        )
    if (
        fetched is not None
        and fetched.document is not None
        and (odd := _odd_encoding(spec, fetched.document))
    ):
        notes.append(f"encoding: {odd.problem}")
    return tuple(dict.fromkeys(notes))


async def mend_all(
    specs: tuple[SourceSpec, ...],
    fetcher: Asker,
    clock: Callable[[], datetime],
    keys: Mapping[str, SecretStr],
    known: Mapping[str, Mapping[str, str]],
) -> tuple[Mend, ...]:
    """Try several sources, as politeness allows, in the order given."""
    tries = (mend(spec, fetcher, clock, keys, known=known.get(spec.id, {})) for spec in specs)
    return tuple(await asyncio.gather(*tries))
