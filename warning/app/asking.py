"""All the documents of one poll: a source's page, or its pages, windows of dates, sitemaps, and a file behind a page."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import SplitResult, urlsplit

from warning.app.reading_progress import counted_marks, document_mark
from warning.app.source_requests import request_for
from warning.catalog.source_asking import PAGE, put, window_places
from warning.catalog.sources import SourceSpec
from warning.collect.fetch_values import Fetched, FetchRequest, Validators
from warning.collect.further import first_link, next_said, sitemaps_of
from warning.core.documents import Document, Parsed, placed
from warning.core.evidence import Item, Listing, Observation, listing_id
from warning.core.formats_documents import SitemapFormat
from warning.core.health import SourceState
from warning.core.ids import content_id
from warning.errors import FetchError, ParseError, ReadingSpent

Ask = Callable[[FetchRequest], Awaitable[Fetched]]
Read = Callable[[Document], Awaitable[Parsed]]
Elsewhere = Callable[..., Awaitable[Any]]
WHOLE = "whole "


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a poll gave. `fetched` stands for all of it; `further` are the documents behind its first one.

    `counts` says of the pages' marks what was counted in each; `is_cut` is true where the time to read was up before all
    were asked for, `is_lacking` where one that was asked for did not come.
    """

    fetched: Fetched
    further: tuple[Document, ...] = ()
    problems: tuple[str, ...] = ()
    counts: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False
    is_lacking: bool = False

    @property
    def documents(self) -> tuple[Document, ...]:
        return (self.fetched.document, *self.further) if self.fetched.document is not None else ()


def asks_more_than_once(spec: SourceSpec) -> bool:
    return bool(spec.pages or spec.window or spec.through) or isinstance(spec.parse, SitemapFormat)


async def ask_source(
    spec: SourceSpec,
    state: SourceState,
    now: datetime,
    key: str,
    ask: Ask,
    read: Read,
    elsewhere: Elsewhere = asyncio.to_thread,
) -> Asked:
    """Ask for everything a poll at `now` wants. Raises FetchError when not even the first document came.

    A later page or window that fails is a problem; what came before is kept, and the next poll asks again for all.
    `read` parses a document where its rows tell whether a page follows; `elsewhere` calls what else reads documents.
    """
    request = request_for(spec, state, now, key)
    if not asks_more_than_once(spec):
        return Asked(fetched=await ask(request))
    if isinstance(spec.parse, SitemapFormat):
        return await _sitemaps(spec.parse, request, ask, elsewhere)
    return await _Poll(spec, state, now, ask, read, elsewhere, request).all()


async def _sitemaps(layout: SitemapFormat, request: FetchRequest, ask: Ask, elsewhere: Elsewhere) -> Asked:
    fetched = await ask(replace(request, validators=Validators()) if layout.follow else request)
    if fetched.document is None:
        return Asked(fetched=fetched)
    links = await elsewhere(sitemaps_of, fetched.document, layout)
    further: list[Document] = []
    problems: list[str] = []
    is_cut = is_lacking = False
    for link in links:
        try:
            answer = await ask(replace(_told(request, link), url=link, validators=Validators()))
        except (FetchError, ReadingSpent) as failure:
            problems.append(f"{link}: {failure}")
            is_cut = is_cut or isinstance(failure, ReadingSpent)
            is_lacking = is_lacking or not isinstance(failure, ReadingSpent)
        else:
            further += [answer.document] if answer.document is not None else []
    settled = _settled(request, fetched, further, problems, mark="")
    return replace(settled, is_cut=is_cut, is_lacking=is_lacking)


@dataclass(slots=True)
class _Poll:
    """One poll of several requests, and what it has brought so far."""

    spec: SourceSpec
    state: SourceState
    now: datetime
    ask: Ask
    read: Read
    elsewhere: Elsewhere
    request: FetchRequest
    first: Fetched | None = None
    further: list[Document] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    counts: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False
    is_lacking: bool = False

    async def all(self) -> Asked:
        request = await self._behind_page() if self.spec.through else self.request
        whole = self._is_whole()
        for places in self._windows(whole=whole):
            try:
                await self._pages(request, places)
            except (FetchError, ParseError) as failure:
                if self.first is None:
                    raise
                self.problems.append(f"{self.request.without_secrets(_named(places))}{failure}")
                self.is_cut = isinstance(failure, ReadingSpent)
                self.is_lacking = not self.is_cut
                break
        assert self.first is not None
        mark = self.state.etag if self.state.etag.startswith(WHOLE) else ""
        if whole and not self.problems:
            mark = f"{WHOLE}{self.now.date().isoformat()}"
        mark = mark if self.spec.window else ""
        asked = _settled(self.request, self.first, self.further, self.problems, mark=mark)
        return replace(asked, counts=self.counts, is_cut=self.is_cut, is_lacking=self.is_lacking)

    def _is_whole(self) -> bool:
        """Whether all windows are wanted: at first, and when `revisions` says so. The ETag's place keeps the day."""
        said = self.state.etag.removeprefix(WHOLE)
        if self.spec.window is None or not self.state.etag.startswith(WHOLE):
            return self.spec.window is not None
        if self.spec.revisions is None:
            return False
        return self.now.date() - datetime.fromisoformat(said).date() >= self.spec.revisions.every

    def _windows(self, *, whole: bool) -> Iterator[Mapping[str, str]]:
        if self.spec.window is None:
            return iter(({},))
        lag = self.spec.publication_lag_days
        return iter(window_places(self.spec.window, self.now, lag, whole=whole))

    async def _behind_page(self) -> FetchRequest:
        """The request for what the page at `url` links to. It carries no key and no headers of the page's."""
        page = await self.ask(replace(self.request, validators=Validators()))
        assert page.document is not None, "a request without validators brings a document or fails"
        link = await self.elsewhere(first_link, page.document, self.spec.through or "")
        if not link:
            raise ParseError(f"no link on the page fits `through: {self.spec.through}`")
        return replace(
            self.request, url=link, headers={}, body=None, method="GET", validators=Validators(), secrets=()
        )

    async def _pages(self, request: FetchRequest, places: Mapping[str, str]) -> None:
        pages = self.spec.pages
        number = str(pages.first) if pages else ""
        turned: set[str] = {number}
        before = ""
        for count in range(pages.most if pages else 1):
            filled = _filled(request, {**places, PAGE: number})
            document = await self._one(filled)
            if pages is None or document is None:
                return
            if pages.next is not None:
                said = await self.elsewhere(next_said, document, pages.next)
                if not said or said == number:
                    return
                if said in turned:
                    self.problems.append(
                        f"the next page leads back to {said[:80]!r}, which was read: the rest is not seen"
                    )
                    return
                turned.add(said)
                number = said
                request = _at(request, said, document)
            else:
                rows, marks = await self._rows(document)
                if rows < (pages.size or 1):
                    return
                if marks and marks == before:  # behind the end many servers send their last page again
                    if count == 1:
                        self.problems.append(
                            f"page {number} is page {pages.first} again: what lies behind the first {rows} entries is not seen"
                        )
                    return
                before = marks
                number = str(pages.first + (count + 1) * pages.step)
        self.problems.append(f"only the first {pages.most if pages else 1} pages were asked for (pages.most)")

    async def _rows(self, document: Document) -> tuple[int, str]:
        """How many entries a page has, and which: the same entries are the same page, whatever else it says.

        A page that a poll before had time for is as it was counted then.
        """
        page = document_mark(document)
        counted = counted_marks(self.state.read_pages).get(page, "")
        if not counted:
            try:
                counted = _counted(await self.read(document))
            except ParseError:
                return 0, ""  # the reading of the page will tell why
        self.counts[page] = counted
        rows, _, marks = counted.partition(" ")
        return int(rows), marks

    async def _one(self, request: FetchRequest) -> Document | None:
        answer = await self.ask(replace(request, validators=Validators()))
        if self.first is None:
            self.first = answer
        elif answer.document is not None:
            self.further.append(answer.document)
        return answer.document


def _counted(parsed: Parsed) -> str:
    listed = parsed.listing.entries if parsed.listing else ()
    marks = {item.id for item in parsed.items} | {figure.id for figure in parsed.observations}
    marks |= {entry.key for entry in listed}
    return f"{max(parsed.seen, parsed.records)} {content_id('e', *sorted(marks)) if marks else ''}"


def _named(places: Mapping[str, str]) -> str:
    return f"{places['{iso_from}']} to {places['{iso_to}']}: " if places else ""


def _filled(request: FetchRequest, places: dict[str, str]) -> FetchRequest:
    return replace(
        request,
        url=put(request.url, places),
        headers={name: put(value, places) for name, value in request.headers.items()},
        body=None if request.body is None else put(request.body, places),
    )


def _at(request: FetchRequest, said: str, document: Document) -> FetchRequest:
    """An address of the same host is followed as it is; anything else is what to put for `{page}`."""
    if not said.lower().startswith(("http://", "https://")):
        return request
    here, there = _split(document.url), _split(said)
    if there.hostname != here.hostname:
        raise FetchError("the next page lies on another host: not followed")
    if here.scheme == "https" and there.scheme == "http" and there.port in {None, 80}:
        there = there._replace(
            scheme="https", netloc=here.netloc
        )  # what APIs behind a proxy say of themselves
    if (there.scheme, there.netloc.lower()) != (here.scheme, here.netloc.lower()):
        raise FetchError("the next page lies at another port or without encryption: not followed")
    return replace(_told(request, there.geturl()), url=there.geturl())


def _told(request: FetchRequest, url: str) -> FetchRequest:
    """The request as another address may hear it: headers and key are for the host that was asked first.

    A redirect may have led elsewhere, and what stands there names further addresses of its own.
    """
    own, there = _split(request.url), _split(url)
    if (there.scheme, there.netloc.lower()) == (own.scheme, own.netloc.lower()):
        return request
    if request.body is not None and any(secret and secret in request.body for secret in request.secrets):
        raise FetchError("what follows lies on another host: not asked with a key in the request")
    return replace(request, headers={})


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as wrong:
        raise FetchError(f"the next page is no address ({wrong})") from wrong
    return parts


def _settled(
    request: FetchRequest, first: Fetched, further: list[Document], problems: list[str], *, mark: str
) -> Asked:
    """One answer of several: unchanged when every body is what it was."""
    bodies = [d.body for d in (first.document, *further) if d is not None]
    digest = sha256(b"".join(sha256(body).digest() for body in bodies)).hexdigest()
    known = request.validators
    address = request.without_secrets(request.url)
    settled = Validators(url=address, etag=mark, body_hash="" if problems else digest)
    if known.url == address and known.body_hash == settled.body_hash != "" and known.etag == mark:
        return Asked(fetched=replace(first, status="unchanged", document=None, validators=settled))
    return Asked(fetched=replace(first, validators=settled), further=tuple(further), problems=tuple(problems))


def merged(parts: list[Parsed], problems: tuple[str, ...]) -> Parsed:
    """One reading of all the documents: what two of them hold is held once."""
    items: dict[str, Item] = {}
    figures: dict[tuple[str, str], Observation] = {}
    for part in parts:
        for item in part.items:
            items.setdefault(item.id, item)
        for figure in part.observations:
            figures.setdefault((figure.series_id, figure.period), figure)
    told = [placed(f"document {n}", p) for n, part in enumerate(parts, start=1) for p in part.problems]
    return Parsed(
        items=tuple(items.values()),
        observations=tuple(figures.values()),
        listing=_one_list(
            [part.listing for part in parts if part.listing is not None], complete=not problems
        ),
        problems=(*problems, *told),
        seen=sum(part.seen for part in parts),
        entry_hashes=frozenset().union(*(part.entry_hashes for part in parts)),
    )


def _one_list(lists: list[Listing], *, complete: bool) -> Listing | None:
    """The list of all pages; nothing when a page is missing, since half a list reads as removals."""
    if not lists or not complete:
        return None
    entries = tuple({entry.key: entry for each in lists for entry in each.entries}.values())
    return replace(lists[0], id=listing_id(lists[0].source_id, entries), entries=entries)
