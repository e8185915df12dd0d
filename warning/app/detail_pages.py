"""The page behind a list entry, read once for every new or retitled entry: its text becomes the item's body.

A source's state marks the entries whose page has been read, for as long as they stand on the list. An entry whose
page could not be had is stored with what there is, and its page is asked for again at the next poll, behind those never
tried. A page that was read is done: only its annex is owed, for a few polls, and then set aside. So is, at once, an annex
that no second reading would mend (a scan, a password, no PDF, gone): told, and left to people.
"""

import asyncio
from dataclasses import dataclass, replace

from warning.app.annexes import HOST_REFUSES, Annex, Ask, Elsewhere, Keep, read_annexes
from warning.app.page_marks import Debt, alert_mark, debts_of, page_mark
from warning.app.page_settling import Page, Settled, first_read, owing, untried
from warning.app.source_requests import page_request
from warning.catalog.sources import SourceSpec
from warning.collect.parse import parse, parse_detail_page
from warning.core.documents import LeftOut
from warning.core.evidence import Item
from warning.core.formats import Format, HtmlListFormat, JsonFormat
from warning.core.formats_documents import CapFormat
from warning.errors import FetchError, FetchRateLimited, ParseError, ReadingSpent

_LATER = "further pages follow at the next poll"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detailed:
    """`items` are those to store; `read_pages` replaces the state's marks; `unread` counts pages still owed.

    `left_out` is what was found and only a person can read, `owed` names an annex that is asked for again.
    """

    items: tuple[Item, ...]
    read_pages: tuple[str, ...]
    unread: int = 0
    cause: str = ""
    left_out: tuple[LeftOut, ...] = ()
    owed: str = ""


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
    """Fetch the pages of entries not in `read_before`, at most `detail_pages` of them: those never tried first.

    Among them the list's own order is taken as newest first. Entries read before are left out of `items`: the list's
    version of them has no body and would look like an edit. `elsewhere` calls what reads documents: a page of
    strangers may hang its reader.
    """
    if isinstance(spec.parse, CapFormat):
        return await _read_alerts(spec, spec.parse, items, read_before, ask, keep, elsewhere)
    listed = list_format(spec.parse)
    if listed is None:
        return Detailed(items=items, read_pages=())
    debts = debts_of(read_before)
    marks = {item.id: page_mark(item) for item in items}
    wanted = [item for item in items if marks[item.id] not in read_before]
    settled: dict[str, Settled] = {}
    waits = ""
    for position, item in enumerate(sorted(wanted, key=lambda item: _tries(debts, marks[item.id]))):
        debt = debts.get(marks[item.id], Debt())
        if position >= spec.detail_pages or waits:
            settled[item.id] = untried(item, debt, waits or _LATER)
            continue
        try:
            page = await _read(spec, listed, item, ask, keep, elsewhere)
        except ReadingSpent as spent:
            waits = str(spent)
            settled[item.id] = untried(item, debt, waits)
            continue
        waits = page.waits
        settled[item.id] = owing(page, debt) if debt.annexes else first_read(page, debt)
    return _detailed(wanted, marks, settled, read_before)


def _detailed(
    wanted: list[Item], marks: dict[str, str], settled: dict[str, Settled], read_before: frozenset[str]
) -> Detailed:
    ends = [settled[item.id] for item in wanted]
    done = {mark for mark in marks.values() if mark in read_before}
    done |= {end.debt.marked(marks[key]) for key, end in settled.items() if end.debt.tries or not end.problem}
    problems = [end.problem for end in settled.values() if end.problem]
    return Detailed(
        items=tuple(end.item for end in ends if end.item is not None), read_pages=tuple(sorted(done)),
        unread=len(problems), cause=next(iter(problems), ""),
        left_out=tuple(left for end in ends for left in end.left_out),
        owed=next((end.owed for end in ends if end.owed), ""),
    )  # fmt: skip


def _tries(debts: dict[str, Debt], mark: str) -> int:
    return debts.get(mark, Debt()).tries


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

    An entry is never stored without its alert: only that says who may see it. One in the document itself is not asked for.
    """
    wanted = [item for item in items if not item.body]  # an alert has one, a feed's entry never
    stored = [item for item in items if item not in wanted]
    done = [mark for item in wanted if (mark := alert_mark(item)) in read_before]
    debts, cause = debts_of(read_before), ""
    owed = [item for item in wanted if alert_mark(item) not in read_before]
    failed = {mark: debts[mark] for item in owed if (mark := alert_mark(item)) in debts}
    for item in sorted(owed, key=lambda item: _tries(debts, alert_mark(item)))[: spec.detail_pages]:
        mark = alert_mark(item)
        failed[mark] = Debt(tries=_tries(debts, mark) + 1)
        try:
            fetched = await ask(page_request(spec, item.url))
            if fetched.document is None:
                continue
            document = replace(fetched.document, archive_hash=await keep(fetched.document))
            parsed = await elsewhere(parse, document, layout, spec.profile)
        except ReadingSpent as spent:
            cause = cause or str(spent)
            break
        except (FetchError, ParseError) as failure:
            cause = cause or f"{item.url}: {failure}"
            continue
        stored += parsed.items
        done.append(mark)
        del failed[mark]
    return Detailed(
        items=tuple({item.id: item for item in stored}.values()),
        read_pages=tuple(sorted((*done, *(debt.marked(mark) for mark, debt in failed.items())))),
        unread=len(wanted) - len(done), cause=cause or "further alerts follow at the next poll",
    )  # fmt: skip


async def _read(
    spec: SourceSpec, listed: HtmlListFormat, item: Item, ask: Ask, keep: Keep, elsewhere: Elsewhere
) -> Page:
    """Return the item with its page's text, or as it was with the reason why not. Raises ReadingSpent before the page is read."""
    if not item.url:
        return Page(item=item)
    try:
        fetched = await ask(page_request(spec, item.url))
        if fetched.document is None:
            return Page(item=item, problem=f"{item.url}: the page was not sent")
        digest = await keep(fetched.document)
        body, unread = await elsewhere(parse_detail_page, fetched.document, listed)
        left = tuple(LeftOut(name=f"{item.title[:80]!r} at {item.url}", reason=said) for said in unread)
        annexes = await read_annexes(spec, listed, fetched.document, ask, keep, elsewhere)
    except FetchRateLimited:
        return Page(item=item, problem=HOST_REFUSES, waits=HOST_REFUSES)
    except ReadingSpent:
        raise
    except (FetchError, ParseError) as failure:
        return Page(item=item, problem=f"{item.url}: {failure}")
    body = "".join((body, *(annex.told for annex in annexes)))
    if not body.strip() and not left:
        return Page(item=item, problem=f"{item.url}: nothing on the page matches parse.detail")
    item = replace(item, body=body, archive_hash=digest)
    return Page(item=item, left_out=left, annexes=annexes, waits=_waits(annexes))


def _waits(annexes: tuple[Annex, ...]) -> str:
    return next((annex.waits for annex in annexes if annex.waits), "")
