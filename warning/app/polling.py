"""One poll of one source: asked, read, stored, and its health written down, whatever happens."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from warning.app.asked_reading import read_asked
from warning.app.asking import Ask, ask_source
from warning.app.collected import SourceOutcome
from warning.app.detail_pages import read_detail_pages
from warning.app.document_reading import DocumentReader, Parser
from warning.app.drop_files import settle_all, still_failed
from warning.app.dropping import as_its_sources, read_folder, store_taken
from warning.app.due_sources import States
from warning.app.group_writing import GroupWriter
from warning.app.mail_reading import told_of_ids_known, with_refused
from warning.app.overdue import asked_again
from warning.app.poll_findings import Findings, Settled, archive, store_read, succeeded
from warning.app.poll_room import PollRoom
from warning.app.reading_basis import as_now_read, is_read_anew, mended_labels
from warning.app.reading_progress import growth_of
from warning.app.round_memory import Memory
from warning.app.source_judgement import rows_breach
from warning.app.source_requests import key_of, with_key
from warning.app.source_states import failed, list_refused, list_unread, stood_still, unconfigured
from warning.app.stored_labels import Relabelling, Store
from warning.catalog.sources import SourceSpec
from warning.collect.fetch_values import Fetched, FetchRequest
from warning.core.documents import Document
from warning.core.formats_documents import CapFormat, FileFormat, MailFormat
from warning.core.health import SourceState
from warning.errors import FetchError, ParseError
from warning.settings import Settings
from warning.store.evidence_writer import EvidenceWriter

log = logging.getLogger(__name__)


class Asker(Protocol):
    """What collecting needs of the fetcher."""

    async def fetch(self, request: FetchRequest) -> Fetched: ...


class Evidence(States, Store, Protocol):
    """What collecting needs of the store."""

    def together(self, works: Iterable[Callable[[EvidenceWriter], Any]]) -> list[Any]: ...

    def series_owners(self, series_ids: Collection[str]) -> Mapping[str, str]: ...

    def evidence_came(self) -> None: ...


class Polls:
    """The parts that the polls of one round need."""

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
        self._asking = 0
        self.relabelled: Counter[str] = Counter()
        """How many stored items of each source stand under mended labels by now."""

    async def poll(self, spec: SourceSpec, state: SourceState) -> SourceOutcome:
        """Ask one source, store what it gave and write its state down, whatever happened."""
        state = asked_again(state, spec.every, self._clock())
        room = PollRoom(self._fetcher.fetch, int(spec.max_size), self._memory.bodies)
        try:
            relabels, outcome = await self._polled(spec, state, room.fetch)
        finally:
            room.leave()
        for one in relabels:
            self._memory.mending.add(one, self._relabel)
        return outcome

    async def _polled(
        self, spec: SourceSpec, state: SourceState, ask: Ask
    ) -> tuple[tuple[Relabelling, ...], SourceOutcome]:
        """Return what is relabelled behind it, and the outcome: the documents are held no longer."""
        kept: list[Document] = []
        self._asking += 1
        try:
            findings = await self._findings(spec, state, ask, kept)
        except (FetchError, ParseError) as failure:
            findings = Findings.nothing(failed(spec, state, failure, self._clock()))
        except Exception as surprise:  # a fault of ours over one source must not silence the others
            log.exception("collecting %s failed", spec.id)
            findings = Findings.nothing(failed(spec, state, surprise, self._clock()))
        finally:
            self._asking -= 1
        self._memory.turns.end(spec.id)  # the store takes what came of many polls together
        try:
            _, outcome = await self._write(kept, findings)
        except Exception as surprise:
            log.exception("what %s gave could not be stored", spec.id)
            return (), await self._unstored(spec, failed(spec, state, surprise, self._clock()))
        findings.remember()
        return findings.relabels, outcome

    async def _unstored(self, spec: SourceSpec, settled: Settled) -> SourceOutcome:
        self._memory.unsaved[spec.id] = settled[0]
        return (await self._write((), Findings.nothing(settled)))[1]

    async def _relabel(self, relabels: Relabelling) -> None:
        """Relabel what stands stored; where that fails or is not all, the state that stands has the next poll go on."""
        try:
            relabelled, is_all = 0, False
            async for some in relabels.relabel(self._repository):
                relabelled, is_all = relabelled + (some or 0), some is None
            if relabelled:
                self._repository.evidence_came()
            if is_all:
                await self._writer.write(relabels.end)
            self.relabelled[relabels.source_id] += relabelled
        except Exception:  # what the poll brought is stored
            log.exception("the stored items of %s could not be relabelled", relabels.source_id)

    async def _write(self, kept: Iterable[Document], findings: Findings) -> Settled:
        def store(writer: EvidenceWriter) -> Settled:
            for document in kept:
                archive(writer, document)
            settled = findings.store(writer)
            writer.save_source_state(settled[0])
            return settled

        # With nobody left to ask there is nobody to wait for.
        settled = await self._writer.write(store, may_wait=not findings.is_news and self._asking > 0)
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
        before, state = state, self._as_now_read(spec, state)
        asked_at, was = self._clock(), mended_labels(spec, state)
        reads_otherwise = is_read_anew(spec, before)
        reader = DocumentReader(self._memory, self._parser, spec, growth_of(state.read_pages))
        ask = reader.asks(ask)
        asked = await ask_source(spec, state, asked_at, key, ask, reader.count, reader.elsewhere)
        fetched = asked.fetched
        if fetched.document is None:
            still = Findings.nothing(stood_still(spec, state, fetched, self._clock(), asked_at=asked_at))
            return still.relabelling(Relabelling.of(spec, before, asked_at)) if was else still
        state = replace(state, last_attempt_at=asked_at)
        keep = partial(_keep, kept)
        # Also what was read lately is to be shown where it stands under other labels.
        anew = replace(state, read_pages=()) if was else state
        read = await read_asked(spec, anew, asked, reader, keep)
        if read.refused:
            return Findings.nothing(list_unread(spec, state, read.refused, read.marks, self._clock()))
        fetched, parsed = read.fetched, with_refused(read.parsed, fetched.left_out)
        breach = rows_breach(spec, len(parsed.listing.entries)) if parsed.listing else ""
        if breach:
            return Findings.nothing(list_refused(spec, state, parsed, breach, self._clock()))
        if isinstance(spec.parse, CapFormat):  # an ally's alerts want the token of the ally's feed
            ask = with_key(spec, asked_at, key, ask)
        read_before = frozenset(state.read_pages)
        detailed = await read_detail_pages(spec, parsed.items, read_before, ask, keep, reader.elsewhere)
        detailed = replace(detailed, read_pages=(*detailed.read_pages, *read.marks))
        briefs = self._memory.entries.briefs(spec, parsed)

        def store(writer: EvidenceWriter) -> Settled:
            is_mail = isinstance(spec.parse, MailFormat)
            found = told_of_ids_known(writer, spec.id, parsed) if is_mail else parsed
            outcome = store_read(
                writer, spec, found, detailed, state.dark_since, asked_at, anew=reads_otherwise
            )
            told = tuple(briefs.values())
            return succeeded(spec, state, fetched, found, detailed, outcome, told, self._clock())

        remembered = partial(self._memory.entries.remember, spec.id, parsed.entry_hashes, briefs)
        findings = Findings(store=store, remember=remembered)
        relabels = Relabelling.of(spec, before, asked_at, parsed.items) if was else None
        return findings if relabels is None else findings.relabelling(relabels)

    def _as_now_read(self, spec: SourceSpec, state: SourceState) -> SourceState:
        """What was read in another way counts as not read, entries of a feed too."""
        now = as_now_read(spec, state)
        if now is not state:
            self._memory.entries.forget(spec.id)
        return now

    async def _from_folder(self, spec: SourceSpec, state: SourceState) -> Findings:
        """Read a drop folder; its files are moved on when their evidence is stored."""
        now, home = self._clock(), self._settings.home
        lying = await asyncio.to_thread(still_failed, spec, home)
        reader = DocumentReader(self._memory, self._parser, spec)
        taken, unread = await read_folder(spec, home, now, reader.elsewhere)
        entry_of = self._memory.due.entry_of
        if spec.speaks_for:
            owners_of = self._repository.series_owners
            with self._memory.turns.reading(spec.id):
                taken = await asyncio.to_thread(as_its_sources, taken, spec.id, owners_of, entry_of)
        store = partial(
            store_taken,
            spec=spec,
            state=state,
            taken=taken,
            lying=lying,
            unread=unread,
            entry_of=entry_of,
            now=now,
        )
        findings = Findings(store=store, remember=partial(settle_all, taken, spec, home))
        if mended_labels(spec, state):
            findings = findings.relabelling(Relabelling.of(spec, state, now))
        return findings.relabelling_others(await self._others_mended(spec, now))

    async def _others_mended(self, folder: SourceSpec, now: datetime) -> list[Relabelling]:
        """The mended ones among the sources for which a folder alone speaks: none of their own polls will see it."""
        entries = [self._memory.due.entry_of(name) for name in folder.speaks_for]
        silent = {entry.id: entry for entry in entries if entry is not None and not entry.enabled}
        if not silent:
            return []
        states = await asyncio.to_thread(self._repository.source_states_of, list(silent))
        mended = [state for name, state in states.items() if mended_labels(silent[name], state)]
        return [Relabelling.of(silent[state.source_id], state, now) for state in mended]


async def _keep(kept: list[Document], document: Document) -> str:
    kept.append(document)
    return document.archive_hash
