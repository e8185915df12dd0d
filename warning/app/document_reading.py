"""A document of a source -> what it holds, or why something else stands in its place."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar, cast

from warning.app.mail_reading import read_mails
from warning.app.round_memory import Memory
from warning.catalog.sources import SourceSpec
from warning.collect.barriers import barrier_in, is_page
from warning.core.documents import Document, Parsed
from warning.core.formats import Format
from warning.core.formats_documents import MailFormat
from warning.core.sources import SourceProfile
from warning.errors import FetchBlocked, FetchMoved, ParseError

PARSE_SECONDS = 120.0
T = TypeVar("T")

Parser = Callable[[Document, Format, SourceProfile, frozenset[str]], Parsed]


def refuse_barrier(document: Document, entries: int) -> None:
    """Raise FetchBlocked or FetchMoved when a page that is no document stands in its place."""
    barrier = barrier_in(document.body, document.content_type, url=document.url, entries=entries)
    if barrier is None:
        return
    if barrier.kind == "blocked":
        raise FetchBlocked(barrier.cause)
    raise FetchMoved(barrier.cause, target=barrier.target)


class DocumentReader:
    """Reads with the memory's pool of processes; in a thread, by `parser`, where it has none.

    Whatever it reads, and waits for readers, takes nothing of the source's patience.
    """

    def __init__(self, memory: Memory, parser: Parser) -> None:
        self._memory = memory
        self._parser = parser

    async def read(self, spec: SourceSpec, document: Document) -> Parsed:
        """Parse the document. Raises FetchBlocked or FetchMoved when something else stands in its place."""
        with self._memory.turns.reading(spec.id):
            try:
                parsed = await self.parse(spec, document)
            except ParseError:
                await asyncio.to_thread(refuse_barrier, document, 0)
                raise
            if is_page(document.body):
                await asyncio.to_thread(refuse_barrier, document, max(parsed.seen, parsed.records))
            return parsed

    async def parse(self, spec: SourceSpec, document: Document) -> Parsed:
        with self._memory.turns.reading(spec.id):
            return await self._parsed(spec, document)

    async def elsewhere(self, spec: SourceSpec, function: Callable[..., T], *arguments: object) -> T:
        """Call what else reads a document of this source, as `Memory.elsewhere` does."""
        with self._memory.turns.reading(spec.id):
            return cast("T", await self._memory.elsewhere(function, *arguments))

    async def _parsed(self, spec: SourceSpec, document: Document) -> Parsed:
        if isinstance(spec.parse, MailFormat):
            bare = spec.parse.model_copy(update={"attachments": 0})
            return await read_mails(
                document, partial(self._parse_whole, spec, spec.parse), partial(self._parse_whole, spec, bare)
            )
        return await self._parse_whole(spec, spec.parse, document)

    async def _parse_whole(self, spec: SourceSpec, layout: Format, document: Document) -> Parsed:
        known = self._memory.entries.marks(spec.id)
        if self._memory.parser is not None:
            return await self._memory.parser(document, layout, spec.profile, known)
        try:
            return await asyncio.wait_for(
                asyncio.to_thread(self._parser, document, layout, spec.profile, known), PARSE_SECONDS
            )
        except TimeoutError as slow:
            raise ParseError(f"reading the document took longer than {PARSE_SECONDS:g} s") from slow
