"""The files that a notice links to: their text, what of them only a person can read, and what has to be asked for again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from warning.app.source_requests import page_request
from warning.catalog.sources import SourceSpec
from warning.collect.fetch_values import Fetched, FetchRequest
from warning.collect.further import links_at
from warning.collect.parse import parse_annex
from warning.core.documents import Document
from warning.core.formats import HtmlListFormat
from warning.errors import FetchError, FetchGone, FetchRateLimited, FetchTooLarge, ParseError, ReadingSpent

MOST_ANNEXES = 6
HOST_REFUSES = "the host asked us to wait"

Ask = Callable[[FetchRequest], Awaitable[Fetched]]
Keep = Callable[[Document], Awaitable[str]]
Elsewhere = Callable[..., Awaitable[Any]]

_NOT_HAD = "could not be had so far"


@dataclass(frozen=True, slots=True, kw_only=True)
class Annex:
    """`unread` is what only a person can read, `missing` why it has to be asked for again; `waits`: why no other is asked for now."""

    name: str
    text: str = ""
    unread: tuple[str, ...] = ()
    missing: str = ""
    waits: str = ""

    @property
    def told(self) -> str:
        """What joins the notice's text. No passing cause: an answer that changes would look like an edit."""
        notes = "; ".join((*self.unread, *([_NOT_HAD] if self.missing else [])))
        return "\n".join(filter(None, (f"\n[{self.name}{': ' if notes else ''}{notes}]", self.text)))


async def read_annexes(
    spec: SourceSpec,
    listed: HtmlListFormat,
    page: Document,
    ask: Ask,
    keep: Keep,
    elsewhere: Elsewhere = asyncio.to_thread,
) -> tuple[Annex, ...]:
    """Read the files that `annexes` finds on the page; behind one that has to wait none is asked for."""
    annexes: list[Annex] = []
    links = await elsewhere(links_at, page, listed.annexes, 10 * MOST_ANNEXES) if listed.annexes else ()
    for link in links[:MOST_ANNEXES]:
        name = f"annex {link.rpartition('/')[2][:150]}"
        if annexes and (waits := annexes[-1].waits):
            annexes.append(Annex(name=name, missing=waits, waits=waits))
        else:
            annexes.append(await _read(spec, name, link, ask, keep, elsewhere))
    if further := links[MOST_ANNEXES:]:
        names = ", ".join(link.rpartition("/")[2][:80] for link in further)
        annexes.append(
            Annex(name="further annexes", unread=(f"not read, {MOST_ANNEXES} a notice are: {names[:1_000]}",))
        )
    return tuple(annexes)


async def _read(spec: SourceSpec, name: str, link: str, ask: Ask, keep: Keep, elsewhere: Elsewhere) -> Annex:
    try:
        fetched = await ask(page_request(spec, link))
        if fetched.document is None:
            return Annex(name=name, missing="it was not sent")
        await keep(fetched.document)
        text, unread = await elsewhere(parse_annex, fetched.document)
    except FetchRateLimited:
        return Annex(name=name, missing=HOST_REFUSES, waits=HOST_REFUSES)
    except ReadingSpent as spent:
        return Annex(name=name, missing=str(spent), waits=str(spent))
    except (FetchGone, FetchTooLarge, ParseError) as final:
        return Annex(name=name, unread=(str(final),))
    except FetchError as failure:
        said = str(failure)
        return Annex(name=name, missing=said) if failure.retryable else Annex(name=name, unread=(said,))
    return Annex(name=name, text=text, unread=unread)
