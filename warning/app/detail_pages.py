"""The page behind a list entry, read once for every new or retitled entry: its text becomes the item's body.

A source's state marks the entries whose page has been read, for as long as they stand on the list. An entry
whose page or annex could not be had is stored with what there is, and its page is asked for again at the next poll.
An annex that no second reading would mend (a scan, a password, no PDF, gone) is set aside: told, and left to people.
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
from warning.collect.parse import parse, parse_annex, parse_detail
from warning.core.documents import Document, LeftOut
from warning.core.evidence import Item
from warning.core.formats import Format, HtmlListFormat, JsonFormat
from warning.core.formats_documents import CapFormat
from warning.core.ids import content_id
from warning.errors import FetchError, FetchGone, FetchRateLimited, FetchTooLarge, ParseError

MOST_ANNEXES = 3

Ask = Callable[[FetchRequest], Awaitable[Fetched]]
Keep = Callable[[Document], Awaitable[str]]
Elsewhere = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detailed:
    """`items` are those to store; `read_pages` replaces the state's marks; `unread` counts pages still owed.

    `left_out` is what was found and only a person can read.
    """

    items: tuple[Item, ...]
    read_pages: tuple[str, ...]
    unread: int = 0
    cause: str = ""
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What became of one entry: `problem` is why its page is asked for again, empty when it is not."""

    item: Item
    problem: str = ""
    left_out: tuple[LeftOut, ...] = ()


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
    pages: list[_Page] = []
    done = [mark for mark in marks.values() if mark in read_before]
    cause = ""
    for position, item in enumerate(wanted):
        page = _Page(item=item, problem="" if position < spec.detail_pages else _LATER)
        if not page.problem and not _gave_up(cause):
            page = await _read(spec, listed, item, ask, keep, elsewhere)
        if not page.problem and not _gave_up(cause):
            done.append(marks[item.id])
        cause = cause or page.problem
        pages.append(page)
    return Detailed(
        items=tuple(page.item for page in pages), read_pages=tuple(sorted(done)), unread=len(marks) - len(done),
        cause=cause, left_out=tuple(left for page in pages for left in page.left_out),
    )  # fmt: skip


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


async def _with_annexes(
    spec: SourceSpec,
    listed: HtmlListFormat,
    read: _Page,
    page: Document,
    ask: Ask,
    keep: Keep,
    elsewhere: Elsewhere,
) -> _Page:
    """Join the text of the files that `annexes` finds on the page; what cannot be read is named in the text too."""
    if not listed.annexes:
        return read
    texts, left, problem = [read.item.body], list(read.left_out), ""
    for link in await elsewhere(links_at, page, listed.annexes, MOST_ANNEXES):
        name = f"annex {link.rpartition('/')[2][:150]}"
        text, unread, missing = await _annex(spec, link, ask, keep, elsewhere)
        problem = problem or (f"{name} of {read.item.title[:80]}: {missing}" if missing else "")
        left += [LeftOut(name=f"{name} of {read.item.title[:80]!r}", reason=said) for said in unread]
        notes = "; ".join((*unread, *filter(None, [missing])))
        texts.append("\n".join(filter(None, (f"\n[{name}{': ' if notes else ''}{notes}]", text))))
    return replace(read, item=replace(read.item, body="".join(texts)), problem=problem, left_out=tuple(left))


async def _annex(
    spec: SourceSpec, link: str, ask: Ask, keep: Keep, elsewhere: Elsewhere
) -> tuple[str, tuple[str, ...], str]:
    """Return an annex's text, what of it only a person can read, and why it has to be asked for again."""
    try:
        fetched = await ask(page_request(spec, link))
        if fetched.document is None:
            return "", (), "it was not sent"
        await keep(fetched.document)
        text, unread = await elsewhere(parse_annex, fetched.document)
    except FetchRateLimited:
        raise
    except (FetchGone, FetchTooLarge, ParseError) as final:
        return "", (str(final),), ""
    except FetchError as failure:
        return ("", (), str(failure)) if failure.retryable else ("", (str(failure),), "")
    return text, unread, ""


def page_mark(item: Item) -> str:
    """What identifies an entry whose page is worth reading: a new title is a new entry."""
    return content_id("p", item.id, item.title, item.url)


_HOST_REFUSES = "the host asked us to wait"
_LATER = "further pages follow at the next poll"


def _gave_up(cause: str) -> bool:
    return cause == _HOST_REFUSES


async def _read(
    spec: SourceSpec, listed: HtmlListFormat, item: Item, ask: Ask, keep: Keep, elsewhere: Elsewhere
) -> _Page:
    """Return the item with its page's text, or as it was with the reason why not."""
    if not item.url:
        return _Page(item=item)
    try:
        fetched = await ask(page_request(spec, item.url))
        if fetched.document is None:
            return _Page(item=item, problem=f"{item.url}: the page was not sent")
        digest = await keep(fetched.document)
        barrier = await asyncio.to_thread(
            barrier_in, fetched.document.body, fetched.document.content_type, url=fetched.document.url
        )
        if barrier is not None:
            return _Page(item=item, problem=f"{item.url}: {barrier.cause}")
        body, unread = await elsewhere(parse_detail, fetched.document, listed)
        left = tuple(LeftOut(name=f"{item.title[:80]!r} at {item.url}", reason=said) for said in unread)
        read = _Page(item=replace(item, body=body, archive_hash=digest), left_out=left)
        read = await _with_annexes(spec, listed, read, fetched.document, ask, keep, elsewhere)
    except FetchRateLimited:
        return _Page(item=item, problem=_HOST_REFUSES)
    except (FetchError, ParseError) as failure:
        return _Page(item=item, problem=f"{item.url}: {failure}")
    if not read.item.body.strip() and not read.left_out:
        return _Page(item=item, problem=f"{item.url}: nothing on the page matches parse.detail")
    return read
