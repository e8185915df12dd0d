"""What polling a source would store: fetched, read and judged, and nothing written down."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import SecretStr

from warning.app.asking import ask_source, asks_more_than_once, merged
from warning.app.detail_pages import read_detail_pages
from warning.app.document_reading import refuse_barrier
from warning.app.polling import Asker
from warning.app.source_judgement import Verdict, brief, judge_document, rows_breach
from warning.app.source_requests import key_of, request_for
from warning.app.source_states import failure_verdict, newest
from warning.catalog.sources import SourceSpec
from warning.collect.parse import parse
from warning.core.documents import Document, Parsed
from warning.core.formats_documents import FileFormat
from warning.core.health import SourceState
from warning.errors import FetchError, ParseError

SAMPLE_PAGES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`parsed` is empty when the source did not answer; `notes` are oddities of the fetch and of sample pages."""

    source_id: str
    verdict: Verdict
    url: str
    size_bytes: int = 0
    parsed: Parsed = field(default_factory=Parsed)
    notes: tuple[str, ...] = ()

    @property
    def is_healthy(self) -> bool:
        return self.verdict.condition in {"ok", "unconfigured"}


async def preview_sources(
    specs: Iterable[SourceSpec],
    fetcher: Asker,
    clock: Callable[[], datetime],
    keys: Mapping[str, SecretStr],
) -> tuple[Preview, ...]:
    """Poll every source given, in parallel as politeness allows, in the order given."""
    return tuple(await asyncio.gather(*(preview(spec, fetcher, clock, keys) for spec in specs)))


async def preview(
    spec: SourceSpec, fetcher: Asker, clock: Callable[[], datetime], keys: Mapping[str, SecretStr]
) -> Preview:
    """Poll one source. Every failure of the source is a verdict; a drop folder is left as it is."""
    if isinstance(spec.parse, FileFormat):
        return Preview(
            source_id=spec.id,
            verdict=Verdict(condition="ok", cause="files are taken when the service polls"),
            url=spec.url,
        )
    key = key_of(spec, keys)
    if key is None:
        unset = Verdict(condition="unconfigured", cause=f"{spec.key_setting} is not set")
        return Preview(source_id=spec.id, verdict=unset, url=spec.url)
    request = request_for(spec, SourceState(source_id=spec.id), clock(), key)
    shown = request.without_secrets(request.url)
    try:
        asked = await ask_source(
            spec,
            SourceState(source_id=spec.id),
            clock(),
            key,
            fetcher.fetch,
            lambda d: read_document(d, spec),
        )
        fetched = asked.fetched
        if fetched.document is None:
            return Preview(source_id=spec.id, verdict=Verdict(condition="ok", cause="nothing new"), url=shown)
        read = [await read_document(document, spec) for document in asked.documents]
        parsed = merged(read, asked.problems) if asks_more_than_once(spec) else read[0]
        parsed, problem = await _with_sample_pages(spec, parsed, fetcher)
    except FetchError as failure:
        return Preview(source_id=spec.id, verdict=failure_verdict(failure), url=shown)
    except ParseError as failure:
        return Preview(source_id=spec.id, verdict=Verdict(condition="drifted", cause=str(failure)), url=shown)
    return Preview(
        source_id=spec.id,
        verdict=_judged(spec, parsed, clock()),
        url=fetched.document.url,
        size_bytes=len(fetched.document.body),
        parsed=parsed,
        notes=(*fetched.notes, *([problem] if problem else [])),
    )


async def read_document(document: Document, spec: SourceSpec) -> Parsed:
    """Parse one document as collecting does. Raises FetchBlocked, FetchMoved or ParseError."""
    try:
        parsed = await asyncio.to_thread(parse, document, spec.parse, spec.profile)
    except ParseError:
        refuse_barrier(document, 0)
        raise
    refuse_barrier(document, max(parsed.seen, parsed.records))
    return parsed


def _judged(spec: SourceSpec, parsed: Parsed, now: datetime) -> Verdict:
    breach = rows_breach(spec, len(parsed.listing.entries)) if parsed.listing else ""
    if breach:
        return Verdict(condition="drifted", cause=f"the list would not be stored: {breach}")
    seen = SourceState(source_id=spec.id)
    seen = replace(seen, newest_at=newest(parsed, seen, now))
    return judge_document(spec, parsed, tuple(brief(item) for item in parsed.items), seen, now)


async def _with_sample_pages(spec: SourceSpec, parsed: Parsed, fetcher: Asker) -> tuple[Parsed, str]:
    """Read the pages of the first entries only: enough to see whether `detail` fits."""
    sample, rest = parsed.items[:SAMPLE_PAGES], parsed.items[SAMPLE_PAGES:]
    few = spec.model_copy(update={"detail_pages": SAMPLE_PAGES})
    detailed = await read_detail_pages(few, sample, frozenset(), fetcher.fetch, _kept_nowhere)
    return replace(parsed, items=(*detailed.items, *rest)), detailed.cause or detailed.owed


async def _kept_nowhere(_document: Document) -> str:
    return ""
