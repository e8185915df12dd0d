"""A document of a source -> what it holds, or why something else stands in its place."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import TypeVar, cast

from warning.app.asking import Ask
from warning.app.mail_reading import read_mails
from warning.app.reading_budget import ReadingBudget, in_thread
from warning.app.round_memory import Memory
from warning.catalog.sources import SourceSpec
from warning.collect.barriers import barrier_in, is_page
from warning.collect.fetch_values import Fetched, FetchRequest
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
    """Reads the documents of one poll with the memory's pool of processes; in a thread, by `parser`, where it has none.

    Whatever it reads, and waits for readers, takes nothing of the source's patience. All documents have one budget of
    time, `growth` times the usual one (`app/reading_progress.py`): whoever asks for them does so through `asks`.
    """

    __slots__ = ("_counted", "_memory", "_parser", "_spec", "budget", "growth", "seconds", "unread_mails")

    def __init__(self, memory: Memory, parser: Parser, spec: SourceSpec, growth: int = 1) -> None:
        self._memory = memory
        self._parser = parser
        self._spec = spec
        self._counted: dict[tuple[str, str], Parsed] = {}
        self.growth = growth
        self.seconds = memory.reading_seconds
        self.budget = ReadingBudget(self.seconds * growth)
        self.unread_mails: tuple[int, ...] = ()

    def asks(self, ask: Ask) -> Ask:
        """Ask for nothing that could not be read any more: raises ReadingSpent. What comes knows its hash."""

        async def heeding(request: FetchRequest) -> Fetched:
            self.budget.check()
            fetched = await ask(request)
            if fetched.document is None:
                return fetched
            digest = sha256(fetched.document.body).hexdigest()
            return replace(fetched, document=replace(fetched.document, archive_hash=digest))

        return heeding

    async def count(self, document: Document) -> Parsed:
        """Parse a document to see whether another page follows; `read` does not do it again."""
        parsed = await self.parse(document)
        self._counted[document.url, document.archive_hash] = parsed
        return parsed

    def is_counted(self, document: Document) -> bool:
        return (document.url, document.archive_hash) in self._counted

    async def read(self, document: Document) -> Parsed:
        """Parse the document. Raises FetchBlocked or FetchMoved when something else stands in its place."""
        with self._memory.turns.reading(self._spec.id):
            try:
                counted = self._counted.pop((document.url, document.archive_hash), None)
                parsed = counted or await self.parse(document)
            except ParseError:
                await asyncio.to_thread(refuse_barrier, document, 0)
                raise
            if is_page(document.body):
                await asyncio.to_thread(refuse_barrier, document, max(parsed.seen, parsed.records))
            return parsed

    async def parse(self, document: Document) -> Parsed:
        with self._memory.turns.reading(self._spec.id):
            return await self._parsed(document)

    async def elsewhere(self, function: Callable[..., T], *arguments: object) -> T:
        """Call what else reads a document of this poll, as `Memory.elsewhere` does. Raises ReadingSpent too."""
        self.budget.check()
        with self._memory.turns.reading(self._spec.id):
            call = self._memory.elsewhere(function, *arguments, spending=self.budget.spending)
            return cast("T", await call)

    async def _parsed(self, document: Document) -> Parsed:
        layout = self._spec.parse
        if isinstance(layout, MailFormat):
            bare = layout.model_copy(update={"attachments": 0})
            parsed, self.unread_mails = await read_mails(
                document, partial(self._whole, layout), partial(self._whole, bare), self.budget.check
            )
            return parsed
        return await self._whole(layout, document)

    async def _whole(self, layout: Format, document: Document) -> Parsed:
        known, profile = self._memory.entries.marks(self._spec.id), self._spec.profile
        if self._memory.parser is not None:
            return await self._memory.parser(document, layout, profile, known, spending=self.budget.spending)
        try:
            return await asyncio.wait_for(
                in_thread(self._parser, document, layout, profile, known, spending=self.budget.spending),
                PARSE_SECONDS,
            )
        except TimeoutError as slow:
            raise ParseError(f"reading the document took longer than {PARSE_SECONDS:g} s") from slow
