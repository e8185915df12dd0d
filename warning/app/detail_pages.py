"""The page behind a list entry, read once for every new or retitled entry: its text becomes the item's body.

A source's state marks the entries whose page has been read, for as long as they stand on the list. An entry
whose page could not be had is stored with what the list says, and its page is asked for again at the next poll.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from warning.app.source_requests import page_request
from warning.catalog.sources import SourceSpec
from warning.collect.barriers import barrier_in
from warning.collect.fetch_values import Fetched, FetchRequest
from warning.collect.further import links_at
from warning.collect.parse import parse, parse_detail
from warning.core.documents import Document
from warning.core.evidence import Item
from warning.core.formats import Format, HtmlListFormat, JsonFormat
from warning.core.formats_documents import CapFormat
from warning.core.ids import content_id
from warning.errors import FetchError, FetchRateLimited, ParseError

MOST_ANNEXES = 3

Ask = Callable[[FetchRequest], Awaitable[Fetched]]
Keep = Callable[[Document], Awaitable[str]]
Elsewhere = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detailed:
    """`items` are those to store; `read_pages` replaces the state's marks; `unread` counts pages still owed."""

    items: tuple[Item, ...]
    read_pages: tuple[str, ...]
    unread: int = 0
    cause: str = ""


def list_format(format_: Format) -> HtmlListFormat | None:
    """Return the list format that asks for the entries' own pages, None when the source wants none."""
    listed = format_.html_list if isinstance(format_, JsonFormat) else format_
    return listed if isinstance(listed, HtmlListFormat) and listed.detail else None


async def read_detail_pages(
    spec: SourceSpec,
    items: tuple[Item, ...],
    read_before: frozenset[str],
    ask: Ask,
    keep: Keep,
    elsewhere: Elsewhere = asyncio.to_thread,
) -> Detailed:
    """Fetch the pages of entries not in `read_before`, at most `detail_pages` of them, newest entries first.

    The list's own order is taken as newest first. Entries read before are left out of `items`: the list's
    version of them has no body and would look like an edit. `elsewhere` calls what reads documents: a page of
    strangers may hang its reader.
    """
    if isinstance(spec.parse, CapFormat):
        return await _read_alerts(spec, spec.parse, items, read_before, ask, keep, elsewhere)
    listed = list_format(spec.parse)
    if listed is None:
        return Detailed(items=items, read_pages=())
    marks = {item.id: page_mark(item) for item in items}
    wanted = [item for item in items if marks[item.id] not in read_before]
    stored: list[Item] = []
    done = [mark for mark in marks.values() if mark in read_before]
    cause = ""
    for position, item in enumerate(wanted):
        read, problem = item, "" if position < spec.detail_pages else "further pages follow at the next poll"
        if not problem and not _gave_up(cause):
            read, problem = await _read(spec, listed, item, ask, keep, elsewhere)
        if not problem and not _gave_up(cause):
            done.append(marks[item.id])
        cause = cause or problem
        stored.append(read)
    unread = len(marks) - len(done)
    return Detailed(items=tuple(stored), read_pages=tuple(sorted(done)), unread=unread, cause=cause)


async def _read_alerts(
    spec: SourceSpec,
    layout: CapFormat,
    items: tuple[Item, ...],
    read_before: frozenset[str],
    ask: Ask,
    keep: Keep,
    elsewhere: Elsewhere,
) -> Detailed:
    """Fetch the CAP alerts a feed's entries link to, with the feed's own key where they lie on its host.

    An entry is never stored without its alert: only the alert says who may see it. An alert that stood in the
    document itself needs no asking.
    """
    wanted = [item for item in items if not item.body]  # an alert has one, a feed's entry never
    stored = [item for item in items if item not in wanted]
    done = [mark for item in wanted if (mark := alert_mark(item)) in read_before]
    cause = ""
    for item in [item for item in wanted if alert_mark(item) not in read_before][: spec.detail_pages]:
        try:
            fetched = await ask(page_request(spec, item.url))
            if fetched.document is None:
                continue
            digest = await keep(fetched.document)
            document = replace(fetched.document, archive_hash=digest)
            parsed = await elsewhere(parse, document, layout, spec.profile)
        except (FetchError, ParseError) as failure:
            cause = cause or f"{item.url}: {failure}"
            continue
        stored += parsed.items
        done.append(alert_mark(item))
    return Detailed(
        items=tuple({item.id: item for item in stored}.values()), read_pages=tuple(sorted(done)),
        unread=len(wanted) - len(done), cause=cause or "further alerts follow at the next poll",
    )  # fmt: skip


def alert_mark(item: Item) -> str:
    """What identifies a message of a feed: another version has another address or time."""
    return content_id("p", item.id, item.url, item.occurred_at.isoformat())


async def _annexes(
    spec: SourceSpec, listed: HtmlListFormat, page: Document, ask: Ask, keep: Keep, elsewhere: Elsewhere
) -> str:
    """The text of the files that `annexes` finds on a page. One that cannot be had is named in the text."""
    if not listed.annexes:
        return ""
    texts: list[str] = []
    for link in await elsewhere(links_at, page, listed.annexes, MOST_ANNEXES):
        name = link.rpartition("/")[2][:150]
        try:
            fetched = await ask(page_request(spec, link))
            if fetched.document is not None:
                await keep(fetched.document)
                text = await elsewhere(parse_detail, fetched.document, listed)
                texts.append(f"\n[annex {name}]\n{text or 'without text: somebody has to read it'}")
        except (FetchError, ParseError) as failure:
            texts.append(f"\n[annex {name} could not be read: {failure}]")
    return "".join(texts)


def page_mark(item: Item) -> str:
    """What identifies an entry whose page is worth reading: a new title is a new entry."""
    return content_id("p", item.id, item.title, item.url)


_HOST_REFUSES = "the host asked us to wait"


def _gave_up(cause: str) -> bool:
    return cause == _HOST_REFUSES


async def _read(
    spec: SourceSpec, listed: HtmlListFormat, item: Item, ask: Ask, keep: Keep, elsewhere: Elsewhere
) -> tuple[Item, str]:
    """Return the item with its page's text, or as it was with the reason why not."""
    if not item.url:
        return item, ""
    try:
        fetched = await ask(page_request(spec, item.url))
        if fetched.document is None:
            return item, f"{item.url}: the page was not sent"
        digest = await keep(fetched.document)
        barrier = await asyncio.to_thread(
            barrier_in, fetched.document.body, fetched.document.content_type, url=fetched.document.url
        )
        if barrier is not None:
            return item, f"{item.url}: {barrier.cause}"
        body = await elsewhere(parse_detail, fetched.document, listed)
        body += await _annexes(spec, listed, fetched.document, ask, keep, elsewhere)
    except FetchRateLimited:
        return item, _HOST_REFUSES
    except (FetchError, ParseError) as failure:
        return item, f"{item.url}: {failure}"
    if not body.strip():
        return item, f"{item.url}: nothing on the page matches parse.detail"
    return replace(item, body=body, archive_hash=digest), ""
