"""One round of collecting: every source that is due is asked, read, stored, and its health written down.

What a poll brings is stored whole or not at all: raw bytes, evidence, and the source's state with the validators.
A process that dies before asks again. Polls that end at about the same time share a transaction.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from operator import attrgetter
from typing import Any, Protocol

from warning.app.asking import Ask, Elsewhere, ask_source, asks_more_than_once, merged
from warning.app.body_room import BodyRoom
from warning.app.collected import CollectReport, SourceOutcome
from warning.app.detail_pages import Detailed, read_detail_pages
from warning.app.dropping import read_folder, settle_all, store_taken
from warning.app.due_sources import DueSources, States
from warning.app.elevating import Elevated
from warning.app.entry_memory import EntryMemory
from warning.app.group_writing import GroupWriter
from warning.app.mail_reading import read_mails, still_left_out, with_refused
from warning.app.parse_pool import parse_known
from warning.app.poll_room import PollRoom
from warning.app.source_judgement import (
    EntryBrief,
    Verdict,
    judge_document,
    rows_breach,
)
from warning.app.source_requests import key_of, with_key
from warning.app.source_states import (
    answered,
    failed,
    list_refused,
    newest,
    news_days,
    stood_still,
    unconfigured,
)
from warning.app.source_timing import in_burst, is_due, is_due_in_burst
from warning.catalog.sources import SourceSpec
from warning.collect.barriers import barrier_in, is_page
from warning.collect.fetch_values import Fetched, FetchRequest
from warning.core.documents import Document, Parsed
from warning.core.evidence import Item
from warning.core.formats import Format
from warning.core.formats_documents import CapFormat, FileFormat, MailFormat
from warning.core.health import SourceState
from warning.core.rhythm import remember
from warning.core.sources import SourceProfile
from warning.errors import FetchBlocked, FetchError, FetchMoved, ParseError
from warning.settings import Settings
from warning.store.evidence_writer import EvidenceWriter

log = logging.getLogger(__name__)
PARSE_SECONDS = 120.0


class Asker(Protocol):
    """What collecting needs of the fetcher."""

    async def fetch(self, request: FetchRequest) -> Fetched: ...


class Evidence(States, Protocol):
    """What collecting needs of the store."""

    def together(self, works: Iterable[Callable[[EvidenceWriter], Any]]) -> list[Any]: ...

    def evidence_came(self) -> None: ...


Settled = tuple[SourceState, SourceOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a poll brought: `store` writes it and tells how the source is now; `remember` follows when it is stored."""

    store: Callable[[EvidenceWriter], Settled]
    remember: Callable[[], None] = lambda: None

    @classmethod
    def nothing(cls, settled: Settled) -> "Findings":
        return cls(store=lambda _: settled)


Parser = Callable[[Document, Format, SourceProfile, frozenset[str]], Parsed]
PooledParser = Callable[[Document, Format, SourceProfile, frozenset[str]], Awaitable[Parsed]]


def refuse_barrier(document: Document, entries: int) -> None:
    """Raise FetchBlocked or FetchMoved when a page that is no document stands in its place."""
    barrier = barrier_in(document.body, document.content_type, url=document.url, entries=entries)
    if barrier is None:
        return
    if barrier.kind == "blocked":
        raise FetchBlocked(barrier.cause)
    raise FetchMoved(barrier.cause, target=barrier.target)


def _late(new: Sequence[object], dark_since: datetime | None) -> int:
    """How many new items appeared while the source could not be read."""
    if dark_since is None:
        return 0
    items = (item for item in new if isinstance(item, Item))
    return sum(item.published_at is None or item.published_at >= dark_since for item in items)


@dataclass(slots=True)
class Memory:
    """What a running service remembers between rounds. Losing it costs one full parse a source, no evidence.

    `entries` is what is known of feed entries already read;
    `running` holds sources that outlasted their round. `parser` reads documents elsewhere (`ParsePool.parse`);
    without one a thread does; `elsewhere` calls what else reads documents (`ParsePool.run`). `unsaved` holds states the store would not take: a full disk must not make us
    ask publishers without a pause. `bodies` bounds what waits to be read; a fetcher that is given `bodies.opened` heeds it.
    """

    entries: EntryMemory = field(default_factory=EntryMemory)
    running: dict[str, "asyncio.Task[SourceOutcome]"] = field(default_factory=dict)
    unsaved: dict[str, SourceState] = field(default_factory=dict)
    due: DueSources = field(default_factory=DueSources)
    bodies: BodyRoom = field(default_factory=BodyRoom)
    elevated: Elevated = field(default_factory=Elevated)
    parser: PooledParser | None = None
    elsewhere: Elsewhere = asyncio.to_thread

    async def drain(self, grace_seconds: float) -> None:
        """Let the sources still running finish, for so long; then cancel them."""
        tasks = list(self.running.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self.running.clear()


async def collect_due(
    sources: Iterable[SourceSpec],
    repository: Evidence,
    fetcher: Asker,
    clock: Callable[[], datetime],
    *,
    settings: Settings,
    only: Iterable[str] | None = None,
    force: bool = False,
    memory: Memory | None = None,
    patience_seconds: float | None = None,
    parser: Parser = parse_known,
    elevated: frozenset[str] = frozenset(),
) -> CollectReport:
    """Poll what is due (with `force` everything enabled, with `only` nothing else) and store what it yields.

    Returns after `patience_seconds` at the latest; sources still running go on and are left alone by the next
    rounds that are given the same `memory`. No failure of a source is raised: it becomes the source's state.
    A store that cannot even write the state down raises. `elevated` are the sources in a burst.
    """
    memory = memory or Memory()
    now = clock()
    named = None if only is None else frozenset(only)
    look = memory.due.all if force or named is not None else partial(memory.due.at, now, elevated)
    asked = await asyncio.to_thread(look, sources, repository)
    round_ = _Round(repository, fetcher, clock, settings, memory, parser)
    tasks: dict[str, asyncio.Task[SourceOutcome]] = {}
    for usual, known in asked:
        spec, state = in_burst(usual, elevated), memory.unsaved.get(usual.id, known)
        hurried = spec is not usual and is_due_in_burst(spec, state, now)
        if spec.id in memory.running or not _is_wanted(spec, state, now, settings, named, force or hurried):
            continue
        tasks[spec.id] = asyncio.create_task(round_.poll(spec, state), name=f"collect {spec.id}")
    memory.running.update(tasks)
    return await _gathered(tasks, memory, patience_seconds)


def _is_wanted(
    spec: SourceSpec,
    state: SourceState,
    now: datetime,
    settings: Settings,
    named: frozenset[str] | None,
    force: bool,
) -> bool:
    if named is not None:
        return spec.id in named and (force or is_due(spec, state, now))
    key_arrived = state.condition == "unconfigured" and key_of(spec, settings.source_keys) is not None
    return spec.enabled and (force or key_arrived or is_due(spec, state, now))


async def _gathered(
    tasks: Mapping[str, "asyncio.Task[SourceOutcome]"], memory: Memory, patience_seconds: float | None
) -> CollectReport:
    if not tasks:
        return CollectReport()
    try:
        done, late = await asyncio.wait(tasks.values(), timeout=patience_seconds)
    except asyncio.CancelledError:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        raise
    finally:
        for name, task in tasks.items():
            if task.done():
                memory.running.pop(name, None)
            else:
                task.add_done_callback(partial(_forget, memory, name))
    outcomes = sorted((task.result() for task in done), key=attrgetter("source_id"))
    running = tuple(sorted(name for name, task in tasks.items() if task in late))
    return CollectReport(outcomes=tuple(outcomes), still_running=running)


def _forget(memory: Memory, name: str, _task: "asyncio.Task[SourceOutcome]") -> None:
    memory.running.pop(name, None)


class _Round:
    """The parts one poll needs."""

    def __init__(
        self,
        repository: Evidence,
        fetcher: Asker,
        clock: Callable[[], datetime],
        settings: Settings,
        memory: Memory,
        parser: Parser,
    ) -> None:
        self._repository = repository
        self._fetcher = fetcher
        self._clock = clock
        self._settings = settings
        self._memory = memory
        self._parser = parser
        self._writer = GroupWriter(repository)

    async def poll(self, spec: SourceSpec, state: SourceState) -> SourceOutcome:
        """Ask one source, store what it gave and write its state down, whatever happened."""
        room = PollRoom(self._fetcher.fetch, int(spec.max_size), self._memory.bodies)
        try:
            return await self._polled(spec, state, room.fetch)
        finally:
            room.leave()

    async def _polled(self, spec: SourceSpec, state: SourceState, ask: Ask) -> SourceOutcome:
        kept: list[Document] = []
        try:
            findings = await self._findings(spec, state, ask, kept)
        except (FetchError, ParseError) as failure:
            findings = Findings.nothing(failed(spec, state, failure, self._clock()))
        except Exception as surprise:  # a fault of ours over one source must not silence the others
            log.exception("collecting %s failed", spec.id)
            findings = Findings.nothing(failed(spec, state, surprise, self._clock()))
        try:
            _, outcome = await self._write(kept, findings)
        except Exception as surprise:
            log.exception("what %s gave could not be stored", spec.id)
            return await self._unstored(spec, failed(spec, state, surprise, self._clock()))
        findings.remember()
        return outcome

    async def _unstored(self, spec: SourceSpec, settled: Settled) -> SourceOutcome:
        self._memory.unsaved[spec.id] = settled[0]
        _, outcome = await self._write((), Findings.nothing(settled))
        return outcome

    async def _write(self, kept: Iterable[Document], findings: Findings) -> Settled:
        def store(writer: EvidenceWriter) -> Settled:
            for document in kept:
                _archive(writer, document)
            settled = findings.store(writer)
            writer.save_source_state(settled[0])
            return settled

        settled = await self._writer.write(store)
        self._memory.unsaved.pop(settled[0].source_id, None)
        self._memory.due.polled(settled[0].source_id)
        if settled[1].news:
            self._repository.evidence_came()
        return settled

    async def _findings(
        self, spec: SourceSpec, state: SourceState, ask: Ask, kept: list[Document]
    ) -> Findings:
        """Ask and read. `kept` takes the raw documents, also those of a poll that fails later."""
        if isinstance(spec.parse, FileFormat):
            return await self._from_folder(spec, state)
        key = key_of(spec, self._settings.source_keys)
        if key is None:
            return Findings.nothing(unconfigured(spec, state, self._clock()))
        asked_at = self._clock()
        elsewhere = self._memory.elsewhere
        asked = await ask_source(spec, state, asked_at, key, ask, partial(self._parse, spec), elsewhere)
        fetched = asked.fetched
        if fetched.document is None:
            return Findings.nothing(stood_still(spec, state, fetched, self._clock(), asked_at=asked_at))
        state = replace(state, last_attempt_at=asked_at)
        keep = partial(_keep, kept)
        read = [
            await self._read(spec, replace(document, archive_hash=await keep(document)))
            for document in asked.documents
        ]
        parsed = merged(read, asked.problems) if asks_more_than_once(spec) else read[0]
        parsed = with_refused(parsed, fetched.left_out)
        breach = rows_breach(spec, len(parsed.listing.entries)) if parsed.listing else ""
        if breach:
            return Findings.nothing(list_refused(spec, state, parsed, breach, self._clock()))
        if isinstance(spec.parse, CapFormat):  # an ally's alerts want the token of the ally's feed
            ask = with_key(spec, asked_at, key, ask)
        read_before = frozenset(state.read_pages)
        detailed = await read_detail_pages(spec, parsed.items, read_before, ask, keep, elsewhere)
        briefs = self._memory.entries.briefs(spec, parsed)

        def store(writer: EvidenceWriter) -> Settled:
            outcome = _store(writer, spec, parsed, detailed, state.dark_since, asked_at)
            return self._succeeded(spec, state, fetched, parsed, detailed, outcome, tuple(briefs.values()))

        remembered = partial(self._memory.entries.remember, spec.id, parsed.entry_hashes, briefs)
        return Findings(store=store, remember=remembered)

    async def _from_folder(self, spec: SourceSpec, state: SourceState) -> Findings:
        """Read a drop folder; its files are moved on when their evidence is stored."""
        now, home = self._clock(), self._settings.home
        taken = await read_folder(spec, home, now, self._memory.elsewhere)
        store = partial(store_taken, spec=spec, state=state, taken=taken, now=now)
        return Findings(store=store, remember=partial(settle_all, taken, spec, home))

    async def _read(self, spec: SourceSpec, document: Document) -> Parsed:
        """Parse the document. Raises FetchBlocked or FetchMoved when something else stands in its place."""
        try:
            parsed = await self._parse(spec, document)
        except ParseError:
            await asyncio.to_thread(refuse_barrier, document, 0)
            raise
        if is_page(document.body):
            await asyncio.to_thread(refuse_barrier, document, max(parsed.seen, parsed.records))
        return parsed

    async def _parse(self, spec: SourceSpec, document: Document) -> Parsed:
        if isinstance(spec.parse, MailFormat):
            return await read_mails(document, partial(self._parse_whole, spec))
        return await self._parse_whole(spec, document)

    async def _parse_whole(self, spec: SourceSpec, document: Document) -> Parsed:
        known = self._memory.entries.marks(spec.id)
        if self._memory.parser is not None:
            return await self._memory.parser(document, spec.parse, spec.profile, known)
        try:
            return await asyncio.wait_for(
                asyncio.to_thread(self._parser, document, spec.parse, spec.profile, known), PARSE_SECONDS
            )
        except TimeoutError as slow:
            raise ParseError(f"reading the document took longer than {PARSE_SECONDS:g} s") from slow

    def _succeeded(
        self,
        spec: SourceSpec,
        state: SourceState,
        fetched: Fetched,
        parsed: Parsed,
        detailed: Detailed,
        outcome: SourceOutcome,
        briefs: Sequence[EntryBrief],
    ) -> Settled:
        now = self._clock()
        news = outcome.news
        after = replace(
            state,
            newest_at=newest(parsed, state, now),
            last_new_at=now if news or state.last_new_at is None else state.last_new_at,
            items_seen=outcome.seen,
            read_pages=detailed.read_pages,
            news_days=remember(
                state.news_days,
                news_days(spec, parsed, brought_news=bool(news) and state.last_new_at is not None, now=now),
            ),
            late_items=outcome.items_late if state.dark_since else state.late_items,
            left_out=still_left_out(state.left_out, parsed.left_out, now),
        )
        verdict = judge_document(spec, parsed, briefs, after, now)
        if detailed.unread and verdict.condition == "ok":
            verdict = Verdict(condition="partial", cause=f"{detailed.unread} pages unread: {detailed.cause}")
        after = answered(spec, after, fetched, verdict, now)
        if detailed.unread:
            # Without a body hash the next poll reads the list again and asks for the pages still owed.
            after = replace(after, etag="", last_modified="", body_hash="")
        return after, replace(outcome, condition=verdict.condition, cause=verdict.cause)


async def _keep(kept: list[Document], document: Document) -> str:
    kept.append(document)
    return sha256(document.body).hexdigest()


def _archive(writer: EvidenceWriter, document: Document) -> None:
    writer.archive(
        document.body,
        source_id=document.source_id,
        url=document.url,
        content_type=document.content_type,
        fetched_at=document.fetched_at,
    )


def _store(
    writer: EvidenceWriter,
    spec: SourceSpec,
    parsed: Parsed,
    detailed: Detailed,
    dark_since: datetime | None,
    seen_at: datetime,
) -> SourceOutcome:
    changes = writer.add_listing(parsed.listing, spec.expect.list) if parsed.listing else ()
    items = writer.add_items(detailed.items)
    observations = writer.add_observations(parsed.observations, seen_at=seen_at)
    return SourceOutcome(
        source_id=spec.id,
        answer="fresh",
        condition="ok",
        seen=max(parsed.seen, parsed.records),
        items_new=len(items.new),
        items_late=_late(items.new, dark_since),
        items_revised=len(items.revised),
        observations_new=len(observations.new) + len(observations.revised),
        listing_changes=len(changes),
    )
